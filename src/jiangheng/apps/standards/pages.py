"""How occupational standards look: what they ask of applicants, how they examine (clause K3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.standard_text import ASPECT_KINDS, KINDS, PARTS
from jiangheng.kernel.display import Column, Display, Filter, Panel, display, level_face, state_filter

from .models import Standard
from .queries import content, enacted


def occupations(actor: Actor) -> list[tuple[str, str]]:
    """The occupations that have a standard in force, as choices of a filter."""
    return [(row.occupation, row.name) for row in enacted()]


def _levels(standard: Standard) -> list[str]:
    return [level_face(code) for code in content(standard).levels]


def _kind(standard: Standard) -> str:
    return KINDS[content(standard).kind]


def _says(standard: Standard, actor: Actor) -> dict[str, Any]:
    """The standard level by level, for the template."""
    data = content(standard)
    return {
        "levels": [
            {
                "face": level_face(code),
                "conditions": [each for each in data.conditions if each.level == code],
                "design": next((each for each in data.designs if each.level == code), None),
                "weights": [each for each in data.weights if each.level == code],
                "tasks": [each for each in data.tasks if each.level == code],
            }
            for code in data.levels
        ],
        "parts": PARTS,
        "kinds": ASPECT_KINDS,
    }


display(
    Display(
        flow="standard",
        label=_("职业标准"),
        title=lambda standard: f"{standard.name}（{standard.edition}）",
        columns=(
            Column("name", _("职业名称"), sort="name"),
            Column("occupation", _("职业编码"), kind="code", sort="occupation"),
            Column("edition", _("版本"), sort="edition"),
            Column("levels", _("级别"), value=_levels, kind="list"),
            Column("valid_from", _("实施日期"), kind="date", sort="valid_from"),
            Column("state", _("状态"), kind="state", sort="state"),
        ),
        filters=(state_filter(Standard), Filter("occupation", _("职业"), "occupation", occupations)),
        search=("name", "occupation"),
        order="occupation",
        panels=(
            Panel(
                _("标准"),
                columns=(
                    Column("name", _("职业名称")),
                    Column("occupation", _("职业编码"), kind="code"),
                    Column("edition", _("版本")),
                    Column("kind", _("类别"), value=_kind),
                    Column("source", _("依据"), value=lambda standard: content(standard).source),
                    Column("valid_from", _("实施日期"), kind="date"),
                ),
            ),
            Panel(_("申报条件和考核方案"), template="standards/content.html", context=_says),
        ),
        icon="standard",
        menu_for=frozenset({Role.CENTRE, Role.CITY}),
    )
)
