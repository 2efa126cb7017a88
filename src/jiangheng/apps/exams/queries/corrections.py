"""What a corrected key comes to: who is marked otherwise, who passes and who no longer does; writes nothing (K13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jiangheng.apps.itembank import queries as itembank
from jiangheng.apps.standards import queries as standards

from ..models import Correction, Sitting
from .answers import tenths
from .marks import marked, may_correct

UP, DOWN, SAME = "up", "down", "same"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One sitting before and after. ``turn``: up when the theory part becomes a pass by it, down when it no longer is.

    ``way``: what the change meets: the mark is corrected by its own step (correct), it is entered (enter), or the
    result has been approved and is for those who may annul it (late).
    """

    sitting: int
    application: int
    ticket: str
    session: str
    institution: str
    before: Decimal
    after: Decimal
    turn: str
    way: str


def affected(item: Any, revision: int) -> list[Sitting]:
    """The sittings with a mark on papers that have this item in that version or an earlier one."""
    papers = [
        paper.pk
        for paper in itembank.papers_with(item)
        if any(code == item.code and number <= revision for code, number, _digest in paper.items)
    ]
    rows = Sitting.everywhere.filter(paper__in=papers, state="submitted", mark__isnull=False)
    return list(
        rows.select_related("paper__bank", "application__batch__institution", "session__room", "session__batch")
        .order_by("session", "pk")
    )  # fmt: skip


def outcomes(thing: Correction) -> list[Outcome]:
    """What applying a correction would do, sitting by sitting; those whose mark stays are among them."""
    return [_outcome(sitting, thing) for sitting in affected(thing.item, thing.revision)]


def _outcome(sitting: Sitting, thing: Correction) -> Outcome:
    person, before = sitting.application, sitting.mark
    assert before is not None
    after = tenths(marked(sitting, also=thing).total)
    content = standards.content(person.batch.standard)
    least = Decimal(content.design(person.level).part("theory").pass_mark)
    turn = SAME if (before >= least) == (after >= least) else UP if after >= least else DOWN
    way = "correct" if may_correct(person) else "enter" if person.state == "seated" else "late"
    return Outcome(
        sitting.pk, person.pk, person.ticket, str(sitting.session), person.batch.institution.name, before, after, turn,
        way,
    )  # fmt: skip


def counts(rows: Iterable[Outcome], by: str) -> list[dict[str, Any]]:
    """How many are marked otherwise, pass now, fail now: by ``session`` or ``institution``."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = getattr(row, by)
        line = found.setdefault(name, {"name": name, "people": 0, "changed": 0, "up": 0, "down": 0})
        line["people"] += 1
        line["changed"] += row.before != row.after
        line["up"] += row.turn == UP
        line["down"] += row.turn == DOWN
    return list(found.values())


def effect_of(rows: Sequence[Outcome]) -> dict[str, Any]:
    """What applying came to, in numbers, and the applications whose approved results somebody has to look at."""
    return {
        "people": len(rows),
        "changed": sum(row.before != row.after for row in rows),
        "up": sum(row.turn == UP for row in rows),
        "down": sum(row.turn == DOWN for row in rows),
        "annul": [row.application for row in rows if row.turn == DOWN and row.way == "late"],
        "late": [row.application for row in rows if row.turn == UP and row.way == "late"],
    }
