"""An item: on lists only where it belongs and how it stands; its content on its own page, where a look is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import rich
from jiangheng.core.exam.alike import DIFFERS
from jiangheng.core.exam.items import KINDS
from jiangheng.kernel import clock
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, display, state_filter
from jiangheng.kernel.spoken import spoken

from .. import flow, queries
from ..models import KEEPERS, Bank, Item

STATE = Column("state", _("状态"), kind="state", sort="state")
SHAPES = {"rect": _("矩形"), "circle": _("圆"), "poly": _("多边形")}
Size = Callable[[str], "tuple[int, int] | None"]
WHY = {"text": _("文字相近"), "options": _("选项相同")}


def _kind(item: Item) -> str:
    return spoken(KINDS[item.kind].name)


def _point(item: Item) -> str:
    return f"{item.point} {item.point_row.get('name', '')}".strip()


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _flags(item: Item, actor: Actor) -> dict[str, Any]:
    flow.look_at(item, actor=actor)
    return {"reasons": [spoken(each) for each in item.flags]}


def html(text: str, *, media: str) -> SafeString:
    """A rich text for a page; ``media``: where its pictures are shown.

    It was reduced to the house's subset when it came in: nothing in it can act.
    """
    addresses = {digest: f"{media}{digest}" for digest in rich.media_of(text)}
    return mark_safe(rich.with_media(text, addresses))  # noqa: S308


def shown(content: core_items.Item, *, media: str, size: Size | None = None) -> dict[str, Any]:
    """The content drawn: stem, options with which are right, the answer in words, marking lines, parts.

    ``size``: width and height of a picture by its digest; with it areas are drawn over their picture.
    """
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
        "plan": _plan(content, size(content.picture) if size and content.picture else None),
        "areas": [
            {"letter": area.key, "text": _area_words(area), "right": area.key in right} for area in content.areas
        ],
        "reference": html(content.reference, media=media),
        "rubric": [{"text": html(each.text, media=media), "share": each.share} for each in content.rubric],
        "parts": [{**shown(part, media=media, size=size), "share": part.share} for part in content.parts],
        "explanation": html(content.explanation, media=media),
    }


def _area_words(area: core_items.Area) -> str:
    return f"{SHAPES.get(area.shape, area.shape)} {', '.join(map(str, area.coords))}"


def _plan(content: core_items.Item, size: tuple[int, int] | None) -> dict[str, Any] | None:
    """The areas in pixels of their picture, to be drawn over it."""
    if size is None:
        return None
    areas = []
    for area in content.areas:
        numbers = area.coords
        drawn: dict[str, Any] = {"letter": area.key, "shape": area.shape, "right": area.key in content.answer}
        if area.shape == "rect":
            left, top, right, bottom = numbers
            drawn |= {"x": left, "y": top, "width": right - left, "height": bottom - top}
        elif area.shape == "circle":
            drawn |= dict(zip(("x", "y", "r"), numbers, strict=True))
        else:
            drawn["points"] = " ".join(f"{x},{y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True))
        areas.append(drawn)
    return {"width": size[0], "height": size[1], "areas": areas}


def _right(content: core_items.Item, key: str, right: frozenset[str]) -> bool:
    return KINDS[content.kind].answered == "keys" and key in right


def _answer(content: core_items.Item) -> str:
    answered = KINDS[content.kind].answered
    # which options or areas are right is marked on them
    if answered in ("keys", "points"):
        return ""
    if answered == "order":
        return " → ".join(content.answer)
    if answered == "pairs":
        return _t("、").join(f"{pair[:1]}–{pair[1:]}" for pair in content.answer)
    if answered == "texts":
        return _t("；").join(each.replace("|", _t(" 或 ")) for each in content.answer)
    said = " ".join(content.answer)
    if content.unit:
        said = f"{said} {content.unit}"
    return f"{said} ± {content.tolerance}" if content.tolerance else said


def size_in(bank: Bank) -> Size:
    """How large a picture of this bank is, by its digest."""

    def size(digest: str) -> tuple[int, int] | None:
        media = queries.picture_of(bank, digest)
        return None if media is None else queries.picture_size(media)

    return size


def watermark(actor: Actor) -> str:
    """What lies over a sealed content: who looks, and when."""
    return f"{actor.name} {localtime(clock.now()):%Y-%m-%d %H:%M}"


def _content(item: Item, actor: Actor) -> dict[str, Any]:
    content = flow.look_at(item, actor=actor)
    drawn = shown(content, media=queries.media_address(item), size=size_in(item.bank))
    return {"item": drawn, "watermark": watermark(actor)}


def why_alike(each: dict[str, Any]) -> str:
    """Why two items look alike, in the reader's language: what alone sets them apart, where that is telling."""
    return spoken(DIFFERS[each["differs"]]) if each.get("differs") else str(WHY[each["why"]])


def _alike(item: Item, actor: Actor) -> dict[str, Any]:
    return {
        "rows": [
            {**each, "why": why_alike(each), "percent": round(100 * each["likeness"])}
            for each in queries.twins_of(item)
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
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
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
            Filter("review", _("复核"), "flagged", lambda actor: [("True", _("待复核")), ("False", _("无需复核"))]),
        ),
        search=("code", "point"),
        find=queries.stems_like,
        find_most=queries.MOST_SEARCHED,
        find_narrower=_("试题太多，这次只按题号和鉴定点查找。要按题干查找，请先在上方选定题库。"),
        order="code",
        panels=(
            Panel(_("试题"), template="itembank/item.html", context=_content),
            Panel(
                # reasons quote answers: on the page, where a look is written down, and in no list, file or API
                _("待复核原因"), template="itembank/flags.html", context=_flags,
                shown=lambda item, actor: bool(item.flags),
            ),
            Panel(
                _("相近试题"), template="itembank/alike.html", context=_alike,
                shown=lambda item, actor: bool(queries.twins_of(item)),
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
                    Column("enemies", _("互斥试题"), value=queries.enemies_of, kind="list"),
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
                frozenset({"draft", "returned"}), "pen", True,
            ),
            Link(
                _("下一道待办试题"), lambda item: f"/d/item/{item.pk}/next",
                frozenset({Role.ITEM_REVIEWER, Role.CENTRE, Role.KEEPER}), icon="right", work=True,
            ),
            Link(
                _("再命一题"), lambda item: f"/d/bank/{item.bank_id}/write", frozenset({Role.WRITER}),
                frozenset({"draft"}), "plus", True,
            ),
        ),
        hidden=frozenset({"write", "take_in", "revise"}),
        select_related=("bank",),
        icon="pen",
        menu_for=KEEPERS - {Role.SYSTEM},
    )
)  # fmt: skip
