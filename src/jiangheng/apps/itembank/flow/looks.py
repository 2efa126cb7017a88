"""Every look at an item or a paper is on the record (K7): who was shown what, in which version, when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from jiangheng.core.authority import Actor
from jiangheng.core.exam import items as core_items
from jiangheng.kernel import clock

from ..models import Exercise, Item, Look, Paper

SAME_LOOK = dt.timedelta(minutes=10)
"""Turning back to a page within this time is the same look."""


def look_at(item: Item, *, actor: Actor, what: str = "item") -> core_items.Item:
    """The content of an item for a person's eyes. The look is written down before anything is shown."""
    _write(Look(bank_id=item.bank_id, item=item, revision=item.revision), actor=actor, what=what)
    return item.content


def look_at_paper(paper: Paper, *, actor: Actor, what: str) -> None:
    """That a person is about to be shown a paper (``what``: print, key, check)."""
    _write(Look(bank_id=paper.bank_id, paper=paper), actor=actor, what=what)


def look_at_exercise(exercise: Exercise, *, actor: Actor, what: str = "exercise") -> dict[str, Any]:
    """Task and marking lines of a practical paper for a person's eyes (``what``: exercise, task, score, revise)."""
    _write(Look(bank_id=exercise.bank_id, exercise=exercise), actor=actor, what=what)
    return exercise.content


def look_at_each(rows: Sequence[Item], *, actor: Actor, what: str) -> None:
    """:func:`look_at` for many items that leave together; each is written down anew."""
    at = clock.now()
    Look.objects.bulk_create(
        (
            Look(bank_id=row.bank_id, item=row, revision=row.revision, actor=actor.id, name=actor.name[:120],
                 what=what, at=at)
            for row in rows
        ),
        batch_size=500,
    )  # fmt: skip


def _write(look: Look, *, actor: Actor, what: str) -> None:
    earlier = Look.objects.filter(
        item=look.item, paper=look.paper, exercise=look.exercise, actor=actor.id, what=what, revision=look.revision,
        at__gt=clock.now() - SAME_LOOK,
    )  # fmt: skip
    if not earlier.exists():
        look.actor, look.name, look.what, look.at = actor.id, actor.name[:120], what, clock.now()
        look.save()
