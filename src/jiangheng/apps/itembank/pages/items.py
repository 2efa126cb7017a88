"""An item: on lists only where it belongs and how it stands; its content on its own page, where a look is recorded."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, display, state_filter
from jiangheng.kernel.spoken import spoken

from .. import flow, queries
from ..models import KEEPERS, Bank, Item

STATE = Column("state", _("状态"), kind="state", sort="state")
WHY = {"text": _("文字相近"), "options": _("选项相同"), "negation": _("只差否定词")}


def _kind(item: Item) -> str:
    return spoken(KINDS[item.kind].name)


def _point(item: Item) -> str:
    return f"{item.point} {item.point_row.get('name', '')}".strip()


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _reasons(item: Item) -> list[str]:
    return [spoken(each) for each in item.flags]


def html(text: str, *, media: str) -> SafeString:
    """A rich text for a page; ``media``: where its pictures are shown.

    It was reduced to the house's subset when it came in: nothing in it can act.
    """
    addresses = {digest: f"{media}{digest}" for digest in rich.media_of(text)}
    return mark_safe(rich.with_media(text, addresses))  # noqa: S308


def shown(content: core_items.Item, *, media: str) -> dict[str, Any]:
    """The content drawn: stem, options with which are right, the answer in words, marking lines, parts."""
    right = frozenset(content.answer)
    return {
        "kind": spoken(KINDS[content.kind].name),
        "stem": html(content.stem, media=media),
        "options": [
            {"letter": each.key, "text": html(each.text, media=media), "right": _right(content, each.key, right)}
            for each in content.options
        ],
        "targets": [{"letter": each.key, "text": html(each.text, media=media)} for each in content.targets],
        "answer": _answer(content),
        "picture": f"{media}{content.picture}" if content.picture else "",
        "areas": [
            {"letter": area.key, "text": f"{area.shape} {', '.join(map(str, area.coords))}", "right": area.key in right}
            for area in content.areas
        ],
        "reference": html(content.reference, media=media),
        "rubric": [{"text": html(each.text, media=media), "share": each.share} for each in content.rubric],
        "parts": [{**shown(part, media=media), "share": part.share} for part in content.parts],
        "explanation": html(content.explanation, media=media),
    }


def _right(content: core_items.Item, key: str, right: frozenset[str]) -> bool:
    return KINDS[content.kind].answered == "keys" and key in right


def _answer(content: core_items.Item) -> str:
    if KINDS[content.kind].answered == "keys":
        return ""
    if KINDS[content.kind].answered == "texts":
        return _t("；").join(each.replace("|", _t(" 或 ")) for each in content.answer)
    said = " ".join(content.answer)
    if content.unit:
        said = f"{said} {content.unit}"
    return f"{said} ± {content.tolerance}" if content.tolerance else said


def _content(item: Item, actor: Actor) -> dict[str, Any]:
    content = flow.look_at(item, actor=actor)
    return {"item": shown(content, media=queries.media_address(item)), "watermark": actor.name}


def _alike(item: Item, actor: Actor) -> dict[str, Any]:
    codes = {
        row.code: row for row in Item.everywhere.filter(bank=item.bank_id, code__in=[e["code"] for e in item.alike])
    }
    return {
        "rows": [
            {
                **each,
                "why": WHY.get(each["why"], each["why"]),
                "percent": round(100 * each["likeness"]),
                "there": codes.get(each["code"]),
            }
            for each in item.alike
        ]
    }


def _history(item: Item, actor: Actor) -> dict[str, Any]:
    return {
        "revisions": item.revisions.order_by("-number"),
        "looks": queries.seen_by(item),
        "figures": queries.history_of(item),
    }


display(
    Display(
        flow="item",
        label=_("试题"),
        title=lambda item: f"{item.bank.name} {item.code}",
        columns=(
            Column("code", _("题号"), kind="code", sort="code"),
            Column("kind", _("题型"), value=_kind, sort="kind"),
            Column("point", _("鉴定点"), value=_point, sort="point"),
            Column("difficulty", _("难度"), kind="number", sort="difficulty"),
            Column("p", _("答对率"), value=lambda item: _figure(item.p), kind="number", sort="p"),
            Column("rest_r", _("区分度"), value=lambda item: _figure(item.rest_r), kind="number", sort="rest_r"),
            Column("exposure", _("使用次数"), kind="number", sort="exposure"),
            STATE,
        ),
        filters=(
            state_filter(Item),
            Filter("bank", _("题库"), "bank", lambda actor: list(Bank.reach(actor).values_list("pk", "name"))),
            Filter(
                "kind", _("题型"), "kind", lambda actor: [(kind.code, spoken(kind.name)) for kind in KINDS.values()]
            ),
            Filter("difficulty", _("难度"), "difficulty", lambda actor: [(str(n), str(n)) for n in range(1, 6)]),
            Filter("review", _("复核"), "flagged", lambda actor: [("True", _("待复核")), ("False", _("没有"))]),
        ),
        search=("code", "point"),
        find=queries.stems_like,
        order="code",
        panels=(
            Panel(_("试题"), template="itembank/item.html", context=_content),
            Panel(
                _("待复核原因"),
                columns=(Column("flags", _("试题分析发现"), value=_reasons, kind="list"),),
                shown=lambda item, actor: bool(item.flags),
            ),
            Panel(
                _("相近试题"), template="itembank/alike.html", context=_alike,
                shown=lambda item, actor: bool(item.alike),
            ),
            Panel(
                _("属性"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("code", _("题号"), kind="code"),
                    Column("kind", _("题型"), value=_kind),
                    Column("point", _("鉴定点"), value=_point),
                    Column("difficulty", _("难度"), kind="number"),
                    Column("author", _("命题人")),
                    Column("source", _("出处")),
                    Column("revision", _("版本"), kind="number"),
                    Column("enemies", _("互斥试题"), kind="list"),
                    Column("exposure", _("使用次数"), kind="number"),
                    Column("last_used", _("最近使用"), kind="date"),
                    Column("answered", _("作答人数"), kind="number"),
                    Column("p", _("答对率"), value=lambda item: _figure(item.p), kind="number"),
                    Column("rest_r", _("区分度"), value=lambda item: _figure(item.rest_r), kind="number"),
                ),
            ),
            Panel(_("版本和查看记录"), template="itembank/history.html", context=_history),
        ),
        links=(
            Link(
                _("编辑"), lambda item: f"/d/item/{item.pk}/edit", frozenset({Role.WRITER}),
                frozenset({"draft", "returned"}), "pen",
            ),
        ),
        hidden=frozenset({"write", "take_in", "revise"}),
        select_related=("bank",),
        icon="pen",
        menu_for=KEEPERS - {Role.SYSTEM},
    )
)  # fmt: skip
