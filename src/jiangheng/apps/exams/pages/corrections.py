"""How the correction of a wrong key looks (clause K13)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel.display import Column, Display, Link, Panel, display, state_filter

from ..forms import CORRECTIONS
from ..models import Correction
from .who import STATE

CORRECTORS = frozenset({Role.CENTRE, Role.CITY, Role.KEEPER, Role.MANAGER})


def _way(correction: Correction) -> str:
    return str(dict(CORRECTIONS)[correction.way])


def _effect(name: str) -> Any:
    """A number of what applying came to; nothing before."""
    return lambda correction: correction.effect.get(name)


def _has_effect(correction: Correction, actor: Actor) -> bool:
    return correction.state == "applied"


display(
    Display(
        flow="correction",
        label=_("更正答案"),
        title=lambda correction: str(_("更正 {code}")).format(code=correction.item.code),
        columns=(
            Column("code", _("题号"), value="item.code", sort="item__code", kind="code"),
            Column("bank", _("题库"), value="item.bank.name", sort="item__bank__name"),
            Column("way", _("更正方式"), value=_way),
            STATE,
        ),
        filters=(state_filter(Correction),),
        search=("item__code", "item__bank__name"),
        panels=(
            Panel(
                _("更正答案"),
                columns=(
                    Column("code", _("题号"), value="item.code", kind="code"),
                    Column("bank", _("题库"), value="item.bank.name"),
                    Column("way", _("更正方式"), value=_way),
                    Column("reason", _("更正依据")),
                ),
            ),
            Panel(
                _("更正结果"),
                columns=(
                    Column("people", _("涉及人数"), value=_effect("people"), kind="number"),
                    Column("changed", _("分数变化人数"), value=_effect("changed"), kind="number"),
                    Column("up", _("变为合格"), value=_effect("up"), kind="number"),
                    Column("down", _("变为不合格"), value=_effect("down"), kind="number"),
                ),
                shown=_has_effect,
            ),
        ),
        links=(
            Link(
                _("试算"),
                lambda correction: f"/d/correction/{correction.pk}/trial",
                CORRECTORS,
                frozenset({"proposed", "checked"}),
                "chart",
                work=True,
            ),
            Link(
                _("更正前后"),
                lambda correction: f"/d/correction/{correction.pk}/changes",
                CORRECTORS,
                frozenset({"applied"}),
                "chart",
            ),
        ),
        select_related=("item__bank",),
        icon="pen",
        shelf_for=CORRECTORS,
    )
)
