"""How banks, items and papers look to the few who reach them; a paper never shows its items (clauses K7, K9)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Role
from jiangheng.core.exam.items import KINDS, LETTERS
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Panel,
    Related,
    display,
    level_choices,
    level_face,
    state_filter,
)
from jiangheng.kernel.spoken import spoken

from .models import Bank, Item, Paper

STATE = Column("state", _("状态"), kind="state", sort="state")
LEVEL = Filter("level", _("级别"), "level", lambda actor: level_choices())


def _face(thing: Any) -> str:
    return level_face(thing.level)


def _stock(bank: Bank) -> int:
    return bank.items.filter(state="stock").count()


def _elements(bank: Bank, actor: Actor) -> dict[str, Any]:
    """The element table with how many items in stock each range and point has."""
    count = Counter(bank.items.filter(state="stock").values_list("point", flat=True))
    return {
        "ranges": [
            {
                **row,
                "points": [{**point, "items": count[point["code"]]} for point in _points(bank, row["code"])],
                "items": sum(count[point["code"]] for point in _points(bank, row["code"])),
            }
            for row in bank.ranges
        ]
    }


def _points(bank: Bank, code: str) -> list[dict[str, Any]]:
    return [point for point in bank.points if point.get("range") == code]


display(
    Display(
        flow="bank",
        label=_("题库"),
        title=lambda bank: bank.name,
        columns=(
            Column("name", _("题库名称"), sort="name"),
            Column("kind", _("类别"), value=lambda bank: dict(Bank.KINDS)[bank.kind], sort="kind"),
            Column("occupation", _("职业编码"), kind="code", sort="occupation"),
            Column("level", _("级别"), value=_face, sort="level"),
            Column("stock", _("已入库试题"), value=_stock, kind="number"),
            STATE,
        ),
        filters=(
            state_filter(Bank),
            LEVEL,
            Filter( "occupation", _("职业"), "occupation", standards.occupation_choices            ),
        ),
        search=("name", "occupation"),
        order="name",
        panels=(
            Panel(
                _("题库"),
                columns=(
                    Column("kind", _("类别"), value=lambda bank: dict(Bank.KINDS)[bank.kind]),
                    Column("occupation", _("职业编码"), kind="code"),
                    Column("level", _("级别"), value=_face),
                    Column("stock", _("已入库试题"), value=_stock, kind="number"),
                ),
            ),
            Panel(_("鉴定要素细目表"), template="itembank/elements.html", context=_elements),
        ),
        related=(Related(_("试题"), "item", "bank"), Related(_("试卷"), "paper", "bank", frozenset({Role.CENTRE}))),
        icon="items",
        menu_for=frozenset({Role.CENTRE, Role.WRITER, Role.ITEM_REVIEWER}),
    )
)  # fmt: skip


def _kind(item: Item) -> str:
    return spoken(KINDS[item.kind].name)


def _point(item: Item) -> str:
    found = next((point for point in item.bank.points if point["code"] == item.point), {"name": ""})
    return f"{item.point} {found['name']}".strip()


def _content(item: Item, actor: Actor) -> dict[str, Any]:
    """The item as it is read: options with their letters and which of them are right."""
    right = frozenset(item.answer.upper())
    return {
        "options": [
            {"letter": letter, "text": text, "right": letter in right}
            for letter, text in zip(LETTERS, item.options, strict=False)
        ]
    }


display(
    Display(
        flow="item",
        label=_("试题"),
        title=lambda item: f"{item.bank.name} {item.code}",
        columns=(
            Column("code", _("题号"), kind="code", sort="code"),
            Column("stem", _("题干")),
            Column("kind", _("题型"), value=_kind, sort="kind"),
            Column("point", _("鉴定点"), value=_point, sort="point"),
            Column("difficulty", _("难度"), kind="number", sort="difficulty"),
            STATE,
        ),
        filters=(
            state_filter(Item),
            Filter("bank", _("题库"), "bank", lambda actor: list(Bank.reach(actor).values_list("pk", "name"))),
            Filter(
                "kind", _("题型"), "kind", lambda actor: [(kind.code, spoken(kind.name)) for kind in KINDS.values()]
            ),
            Filter("difficulty", _("难度"), "difficulty", lambda actor: [(str(n), str(n)) for n in range(1, 6)]),
        ),
        search=("code", "stem", "point"),
        order="code",
        panels=(
            Panel(_("试题"), template="itembank/item.html", context=_content),
            Panel(
                _("属性"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("code", _("题号"), kind="code"),
                    Column("kind", _("题型"), value=_kind),
                    Column("point", _("鉴定点"), value=_point),
                    Column("difficulty", _("难度"), kind="number"),
                ),
            ),
        ),
        select_related=("bank",),
        icon="pen",
        menu_for=frozenset({Role.WRITER, Role.ITEM_REVIEWER}),
    )
)


def _kinds(paper: Paper) -> list[str]:
    return [f"{spoken(KINDS[kind].name)} {count} × {marks}" for kind, count, marks in paper.blueprint["kinds"]]


display(
    Display(
        flow="paper",
        label=_("试卷"),
        title=lambda paper: f"{paper.bank.name} {paper.digest[:8]}",
        columns=(
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            Column("level", _("级别"), value=_face, sort="level"),
            Column("digest", _("试卷摘要"), value=lambda paper: paper.digest[:16], kind="code", sort="digest"),
            Column("batch", _("批次序号"), kind="number", sort="batch"),
            STATE,
        ),
        filters=(state_filter(Paper), LEVEL),
        search=("digest", "bank__name"),
        order="-pk",
        panels=(
            Panel(
                _("试卷"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("level", _("级别"), value=_face),
                    Column("kinds", _("题型构成"), value=_kinds, kind="list"),
                    Column("minutes", _("时长（分钟）"), value=lambda paper: paper.blueprint["minutes"], kind="number"),
                    Column(
                        "pass_mark", _("及格分"), value=lambda paper: str(paper.blueprint["pass_mark"]), kind="number"
                    ),
                    Column("digest", _("试卷摘要"), kind="code"),
                ),
            ),
        ),
        select_related=("bank",),
        icon="lock",
    )
)
