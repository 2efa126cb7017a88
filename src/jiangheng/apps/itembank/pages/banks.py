"""A bank: what for, its element table with what each point holds, its items by state (K7, K9)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Role
from jiangheng.core.exam import elements
from jiangheng.core.exam.bank_text import ElementPoint, ElementRange
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Link,
    Panel,
    Related,
    aside,
    display,
    level_choices,
    level_face,
    state_filter,
)
from jiangheng.kernel.spoken import spoken

from ..models import Bank, Item
from ..models.item import USABLE

OPEN = frozenset({"open"})
TABLE_READERS = frozenset({Role.CENTRE, Role.KEEPER, Role.WRITER, Role.ITEM_REVIEWER})
STATE = Column("state", _("状态"), kind="state", sort="state")
LEVEL = Filter("level", _("级别"), "level", lambda actor: level_choices())


def _level(thing: Any) -> str:
    return level_face(thing.level)


def _kind(bank: Bank) -> str:
    return str(dict(Bank.KINDS)[bank.kind])


def _subject(bank: Bank) -> str:
    return str(dict(Bank.SUBJECTS)[bank.subject])


def _usable(bank: Bank) -> int:
    return int(bank.items.filter(state__in=USABLE).count())


def _occupation(bank: Bank) -> str:
    found = standards.in_force(bank.occupation)
    name = f"{found.name} {bank.occupation}" if found is not None else bank.occupation
    return aside(name, told=bank.direction) if bank.direction else name


def _by_state(bank: Bank) -> list[str]:
    count = Counter(bank.items.values_list("state", flat=True))
    return [_t("{state} {n} 题").format(state=label, n=count[state]) for state, label in Item.STATES if count[state]]


def _elements(bank: Bank, actor: Actor) -> dict[str, Any]:
    """The element table as a tree, flattened in its order, with how many usable items each point has."""
    count = Counter(bank.items.filter(state__in=USABLE).values_list("point", flat=True))
    points: dict[str, list[dict[str, Any]]] = {}
    for point in bank.points:
        points.setdefault(point["range"], []).append({**point, "items": count[point["code"]]})
    depth: dict[str, int] = {}
    rows = []
    for row in bank.ranges:
        depth[row["code"]] = depth.get(row.get("parent", ""), -1) + 1
        own = points.get(row["code"], [])
        rows.append({**row, "depth": depth[row["code"]], "points": own, "items": sum(each["items"] for each in own)})
    return {"ranges": rows, "warnings": [spoken(each) for each in _warnings(bank, count)]}


def _warnings(bank: Bank, count: Counter[str]) -> list[str]:
    ranges = tuple(
        ElementRange(row["code"], row["name"], Decimal(str(row["weight"])), row.get("parent", ""))
        for row in bank.ranges
    )
    points = tuple(ElementPoint(row["code"], row["range"], row["name"], row["importance"]) for row in bank.points)
    return elements.warnings(ranges, points, items_by_point=count)


def _nothing(actor: Actor) -> str:
    """Why somebody finds no bank, where founding one is not his to do."""
    roles = actor.roles()
    if roles & {Role.CENTRE, Role.KEEPER}:
        return ""
    if roles & {Role.WRITER, Role.ITEM_REVIEWER}:
        return _t("题库由市指导中心或企业的题库管理员建立，建立后会列在这里。")
    return _t("题库涉密，只对命题、审题人员和管理题库的人员开放，您的岗位看不到。需要了解题库情况，请联系市指导中心。")


display(
    Display(
        flow="bank",
        label=_("题库"),
        title=lambda bank: bank.name,
        columns=(
            Column("name", _("题库名称"), sort="name"),
            Column("kind", _("类别"), value=_kind, sort="kind"),
            Column("occupation", _("职业编码"), kind="code", sort="occupation"),
            Column("level", _("级别"), value=_level, sort="level"),
            Column("subject", _("科目"), value=_subject, sort="subject"),
            Column("usable", _("可用试题"), value=_usable, kind="number"),
            STATE,
        ),
        filters=(
            state_filter(Bank),
            Filter("kind", _("类别"), "kind", lambda actor: Bank.KINDS),
            LEVEL,
            Filter("occupation", _("职业"), "occupation", standards.occupation_choices),
        ),
        search=("name", "occupation", "direction"),
        order="name",
        panels=(
            Panel(
                _("题库"),
                columns=(
                    Column("kind", _("类别"), value=_kind),
                    Column("institution", _("所属机构"), value=lambda bank: str(bank.institution or "")),
                    Column("occupation", _("职业（方向）"), value=_occupation),
                    Column("level", _("级别"), value=_level),
                    Column("subject", _("科目"), value=_subject),
                    Column("states", _("试题"), value=_by_state, kind="list"),
                ),
            ),
            Panel(_("认定要素细目表"), template="itembank/elements.html", context=_elements),
        ),
        related=(
            Related(_("试题"), "item", "bank"),
            Related(_("试题导入"), "intake", "bank"),
            Related(_("组卷计划"), "plan", "bank"),
            Related(_("抽题组卷"), "draw", "bank", frozenset({Role.CENTRE, Role.KEEPER})),
            Related(_("试题分析"), "measurement", "bank"),
            Related(_("合格线研究"), "study", "bank", frozenset({Role.CENTRE, Role.KEEPER})),
            Related(_("试卷"), "paper", "bank", frozenset({Role.CENTRE, Role.KEEPER})),
        ),
        links=(
            Link(_("命题"), lambda bank: f"/d/bank/{bank.pk}/write", frozenset({Role.WRITER}), OPEN, "pen", True),
            Link(
                _("导入试题文件"),
                lambda bank: f"/d/bank/{bank.pk}/bring",
                frozenset({Role.WRITER, Role.CENTRE, Role.KEEPER}),
                OPEN,
                "upload",
                True,
            ),
            Link(
                _("导出试题"),
                lambda bank: f"/d/bank/{bank.pk}/leaving",
                frozenset({Role.CENTRE, Role.KEEPER}),
                icon="download",
            ),
            Link(_("导出要素细目表"), lambda bank: f"/d/bank/{bank.pk}/table.xlsx", TABLE_READERS, icon="download"),
        ),
        hidden=frozenset({"illustrate", "export"}),
        empty=_nothing,
        select_related=("institution",),
        icon="items",
        menu_for=frozenset({Role.CENTRE, Role.KEEPER, Role.WRITER, Role.ITEM_REVIEWER}),
    )
)
