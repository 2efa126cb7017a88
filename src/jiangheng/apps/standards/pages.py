"""How catalogues, standards and approved programmes look: what they ask of applicants, how they examine (K3, R6)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.eligibility import APPROVED_LISTS
from jiangheng.core.law.occupations import Occupation, occupation_of
from jiangheng.core.law.standard_text import KINDS
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, aside, display, level_face, state_filter
from jiangheng.kernel.spoken import spoken

from .models import Catalogue, Programme, Standard
from .queries import content, occupation, occupation_choices, read_out

CENTRAL = frozenset({Role.CENTRE, Role.CITY})
EVERYBODY = frozenset(Role)


def _levels(standard: Standard) -> list[str]:
    return [level_face(code) for code in standard.levels]


def _kind(standard: Standard) -> str:
    return spoken(KINDS[standard.kind])


def _kinds(actor: Actor) -> list[tuple[str, str]]:
    return [(key, spoken(name)) for key, name in KINDS.items()]


def _lists(actor: Actor) -> list[tuple[str, str]]:
    return [(key, spoken(name)) for key, name in APPROVED_LISTS.items()]


def _list(programme: Programme) -> str:
    return spoken(APPROVED_LISTS[programme.list_name])


def listed(found: Occupation) -> dict[str, Any]:
    """An occupation for a template, its levels by name."""
    return {"row": found, "levels": _("、").join(level_face(code) for code in found.levels)}


def _names(programme: Programme) -> list[str]:
    return [f"{code} {found.name}" if (found := occupation(code)) else code for code in programme.occupations]


display(
    Display(
        flow="standard",
        label=_("标准"),
        title=lambda standard: aside(standard.title, told=standard.edition),
        columns=(
            Column("name", _("职业名称"), sort="name"),
            Column("occupation", _("职业编码"), kind="code", sort="occupation"),
            Column("edition", _("版本"), sort="edition"),
            Column("levels", _("级别"), value=_levels, kind="list"),
            Column("valid_from", _("实施日期"), kind="date", sort="valid_from"),
            Column("state", _("状态"), kind="state", sort="state"),
        ),
        filters=(
            state_filter(Standard),
            Filter("kind", _("类别"), "kind", _kinds),
            Filter("occupation", _("职业"), "occupation", occupation_choices),
        ),
        search=("name", "occupation", "title", "number"),
        order="occupation",
        panels=(
            Panel(
                _("标准"),
                columns=(
                    Column("name", _("职业名称")),
                    Column("occupation", _("职业编码"), kind="code"),
                    Column("edition", _("版本")),
                    Column("kind", _("类别"), value=_kind),
                    Column("directions", _("工种/职业方向"), kind="list"),
                    Column("source", _("依据"), value=lambda standard: content(standard).source),
                    Column("number", _("备案编号"), kind="code"),
                    Column("valid_from", _("实施日期"), kind="date"),
                    Column("valid_to", _("停用日期"), kind="date"),
                ),
            ),
            Panel(
                _("标准全文"),
                template="standards/content.html",
                context=lambda standard, actor: read_out(standard.text),
            ),
        ),
        links=(
            Link(
                _("编辑"),
                lambda standard: f"/d/standard/{standard.pk}/edit",
                frozenset({Role.CENTRE}),
                states=frozenset({"draft"}),
                icon="pen",
            ),
            Link(
                _("以此为蓝本起草"),
                lambda standard: f"/d/standard/new/edit?from=standard:{standard.pk}",
                frozenset({Role.CENTRE}),
                states=frozenset({"enacted"}),
                icon="plus",
            ),
            Link(_("版本对比"), lambda standard: f"/d/standard/{standard.pk}/compare", EVERYBODY, icon="look"),
            Link(
                _("打印文本（.pdf）"),
                lambda standard: f"/d/standard/{standard.pk}/standard.pdf",
                EVERYBODY,
                icon="print",
            ),
            Link(
                _("标准文本（.toml）"),
                lambda standard: f"/d/standard/{standard.pk}/standard.toml",
                EVERYBODY,
                icon="download",
            ),
        ),
        icon="standard",
        menu_for=CENTRAL,
    )
)

display(
    Display(
        flow="catalogue",
        label=_("职业目录"),
        title=lambda catalogue: catalogue.edition,
        columns=(
            Column("edition", _("版本"), sort="edition"),
            Column("source", _("依据")),
            Column("count", _("职业数"), kind="number"),
            Column("valid_from", _("启用日期"), kind="date", sort="valid_from"),
            Column("valid_to", _("停用日期"), kind="date", sort="valid_to"),
            Column("state", _("状态"), kind="state", sort="state"),
        ),
        filters=(state_filter(Catalogue),),
        search=("edition", "source"),
        panels=(
            Panel(
                _("目录"),
                columns=(
                    Column("edition", _("版本")),
                    Column("source", _("依据")),
                    Column("count", _("职业数"), kind="number"),
                    Column("valid_from", _("启用日期"), kind="date"),
                    Column("valid_to", _("停用日期"), kind="date"),
                ),
            ),
            Panel(
                _("职业"),
                template="standards/occupations.html",
                context=lambda catalogue, actor: {"rows": [listed(occupation_of(row)) for row in catalogue.entries]},
            ),
        ),
        links=(
            Link(
                _("下载本版目录（.xlsx）"),
                lambda catalogue: f"/d/catalogue/{catalogue.pk}/catalogue.xlsx",
                EVERYBODY,
                icon="download",
            ),
            Link(
                _("目录模板（.xlsx）"),
                lambda catalogue: "/standards/catalogue-template.xlsx",
                EVERYBODY,
                icon="download",
            ),
        ),
        icon="items",
        menu_for=CENTRAL,
    )
)

display(
    Display(
        flow="programme",
        label=_("经批准的专业和班级"),
        title=lambda programme: f"{programme.school} {programme.major}",
        columns=(
            Column("school", _("院校"), sort="school"),
            Column("major", _("专业/班级"), sort="major"),
            Column("code", _("编号"), kind="code", sort="code"),
            Column("list_name", _("名单"), value=_list, sort="list_name"),
            Column("occupations", _("对应职业"), kind="list"),
            Column("valid_to", _("停用日期"), kind="date", sort="valid_to"),
            Column("state", _("状态"), kind="state", sort="state"),
        ),
        filters=(
            state_filter(Programme), Filter("list", _("名单"), "list_name", _lists),
        ),
        search=("school", "major", "code", "document"),
        order="school",
        panels=(
            Panel(
                _("专业和班级"),
                columns=(
                    Column("list_name", _("名单"), value=_list),
                    Column("school", _("院校")),
                    Column("major", _("专业/班级")),
                    Column("code", _("编号"), kind="code"),
                    Column("occupations", _("对应职业"), value=_names, kind="list"),
                    Column("document", _("批准文号")),
                    Column("valid_from", _("启用日期"), kind="date"),
                    Column("valid_to", _("停用日期"), kind="date"),
                ),
            ),
        ),
        icon="items",
        menu_for=CENTRAL,
    )
)  # fmt: skip
