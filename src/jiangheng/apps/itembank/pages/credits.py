"""题库贡献: what an institution's items are worth, shown where it is decided on: its own page and its filings' (K8)."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.insight.credit import Credit
from jiangheng.kernel.display import Overview, Panel, also, overview
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Bank

READERS = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.KEEPER})
ALL = frozenset({Role.CITY, Role.CENTRE})
"""Who compares institutions with each other."""


def drawn(credits: list[Credit]) -> list[dict[str, Any]]:
    """Credits for people: an item is named by its bank and its number there."""
    banks = {str(pk): name for pk, name in Bank.everywhere.values_list("pk", "name")}

    def named(words: str) -> str:
        return re.sub(r"\b(\d+):(?=\S)", lambda found: f"{banks.get(found[1], found[1])} ", words, count=1)

    return [
        {
            "unit": each.unit, "points": each.points, "given": each.given, "adopted": each.adopted,
            "measured": each.measured, "words": spoken(each.words()),
            "lines": [{"points": line.points, "words": spoken(named(line.words))} for line in each.lines],
        }
        for each in credits
    ]  # fmt: skip


def _institution_of(thing: Any) -> Any:
    return getattr(thing, "institution", thing)


def _credit(thing: Any, actor: Actor) -> dict[str, Any]:
    rows = drawn(queries.credits(institution=_institution_of(thing)))
    return {"credit": rows[0] if rows else None, "compare": bool(ALL & actor.roles_on(thing.scope))}


def _shown(thing: Any, actor: Actor) -> bool:
    return bool(READERS & actor.roles_on(thing.scope))


PANEL = Panel(_("题库贡献"), template="itembank/credit.html", context=_credit, shown=_shown)

for flow in ("institution", "filing"):
    also(flow, PANEL)

overview(Overview(_("各机构题库贡献"), "/credits", ALL))
