"""What a print has been registered for: by whom, of which document, not long ago (K13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor
from jiangheng.core.law import levels
from jiangheng.kernel import clock, trail
from jiangheng.kernel.models import Entry

from ..formats.found import Media
from ..models import Bank, Paper
from .papers import paper_items
from .pictures import pictures_with

WITHIN = dt.timedelta(minutes=30)
"""How long after a print was registered its file may be fetched."""


def registered(flow: str, thing: int, actor: Actor, *, document: str = "") -> dict[str, Any] | None:
    """What this person gave when he last registered a print of the thing; None when that is too long ago, or never."""
    rows = trail.timeline(flow, thing).filter(step=f"{flow}.print", actor=actor.id, made_at__gt=clock.now() - WITHIN)
    return next((given for row in rows.order_by("-id") if (given := _given(row))["document"] in ("", document)), None)


def _given(entry: Entry) -> dict[str, Any]:
    return {"document": "", "sheet": "a4", "reason": "", **entry.evidence.get("given", {})}


def printed_name(bank: Bank) -> str:
    """Occupation, direction and level of a bank as documents name them, in Chinese whatever the reader's language."""
    standard = standards.in_force(bank.occupation)
    name = standard.name if standard is not None else bank.occupation
    direction = f"（{bank.direction}）" if bank.direction else ""
    return f"{name}{direction} {levels.level(bank.level).face}"


def pictures_of(paper: Paper) -> dict[str, Media]:
    """The pictures that a paper's items show, by digest."""
    return pictures_with(paper.bank, paper_items(paper))
