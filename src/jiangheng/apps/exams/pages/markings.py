"""How the marking of open answers looks: nothing in it tells whose they are (clause K13)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.kernel.display import Column, Display, Link, Panel, display, state_filter

from ..models import Marking
from .who import OFFICER, STATE

MARKER = frozenset({Role.EVALUATOR})


def _questions(marking: Marking) -> int:
    return len(marking.codes)


display(
    Display(
        flow="marking",
        label=_("主观题评分"),
        # nothing here tells whose answers they are: markers see it
        title=lambda marking: str(_("主观题 {number}")).format(number=marking.number),
        columns=(
            Column("number", _("评分号"), sort="number", kind="code"),
            Column("questions", _("题数"), value=_questions, kind="number"),
            STATE,
        ),
        filters=(state_filter(Marking),),
        search=("number",),
        order="number",
        panels=(
            Panel(
                _("主观题评分"),
                columns=(
                    Column("number", _("评分号"), kind="code"),
                    Column("questions", _("题数"), value=_questions, kind="number"),
                ),
            ),
        ),
        links=(
            Link(
                _("评分"),
                lambda marking: f"/d/marking/{marking.pk}/give",
                MARKER,
                frozenset({"first", "second", "third"}),
                "pen",
                work=True,
            ),
        ),
        icon="exam",
        hidden=frozenset({"first", "second", "third"}),
        menu_for=frozenset({Role.EVALUATOR}),
        shelf_for=OFFICER,
    )
)
