"""What follows in the examination room: papers are ordered when a batch is seated (K9), the hall's doors opened and
closed with the session, what happened in the hall taken in (K13), answers handed on (P2)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.core.exam.sitting import GRACE_MS
from jiangheng.core.steps import finds, follow, step_of
from jiangheng.hall import books
from jiangheng.hall.entries import Standing, StoreError
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face
from jiangheng.kernel.perform import create, perform

from . import queries
from .models import Sitting

log = logging.getLogger(__name__)


@follow("batch.seat")
def order_papers(batch: int, entry: int) -> None:
    """Bind the bank's state and the plan for every level of a batch that has been seated."""
    for seated in batches.seated():
        if seated.pk == batch:
            _order(seated)


@follow("plan.enact")
def order_late_papers(plan: int, entry: int) -> None:
    """A plan enacted after the seating serves the batches that wait for it."""
    for batch in batches.seated():
        _order(batch)


@follow("paper.destroy")
def order_again(paper: int, entry: int) -> None:
    """A level that has lost a paper is drawn anew while its batch waits for the examination."""
    for batch in batches.seated():
        if batch.pk == itembank.batch_of(paper):
            _order(batch)


def _order(batch: Any) -> None:
    seated: dict[str, list[str]] = {}
    for person in batch.applications.filter(state="seated").order_by("ticket"):
        seated.setdefault(person.level, []).append(queries.person_key(person.identity))
    for level, people in sorted(seated.items(), reverse=True):
        bank = itembank.bank_for(
            batch.occupation, level, institution=batch.institution if batch.bank == "own" else None
        )
        plan = itembank.plan_in_force(bank) if bank is not None else None
        if plan is None or itembank.ordered(batch.pk, level):
            continue
        create(step_of("draw.commit"), under=bank, actor=SYSTEM, given={
            "plan": plan.pk, "title": f"{batch.title} {level_face(level)}", "batch": batch.pk,
            "mode": plan.mode, "count": plan.papers_for(len(people)), "persons": people,
        })  # fmt: skip


@follow("session.close")
def collect_answers(session: int, entry: int) -> None:
    """Hand the answers of a closed session to the bank they came from, for measurement (P2)."""
    closed = queries.session(session)
    for paper, sheets in queries.answer_sheets(closed).items():
        perform(step_of("paper.collect"), paper, actor=SYSTEM, given={"session": session, "sheets": sheets})


@follow("correction.approve")
def apply_correction(correction: int, entry: int) -> None:
    """Two have approved: everybody concerned is marked again."""
    perform(step_of("correction.apply"), correction, actor=SYSTEM)


@follow("marking.second")
@follow("marking.third")
def compare_marks(marking: int, entry: int) -> None:
    """Settle what two or three marks come to; where two lie too far apart, call the third marker."""
    try:
        perform(step_of("marking.settle"), marking, actor=SYSTEM)
    except Refused:
        perform(step_of("marking.call"), marking, actor=SYSTEM)


@follow("marking.settle")
def complete_the_mark(marking: int, entry: int) -> None:
    """With its open answers marked a sitting has its mark, and the application gets it."""
    perform(step_of("sitting.complete"), queries.sitting_marked_in(marking), actor=SYSTEM)


@follow("session.open")
def open_the_hall(session: int, entry: int) -> None:
    """From now on candidates of the session check in at the hall, with no help from the office."""
    _let_in(session)


@follow("sitting.allow_move")
def let_in_at_another_seat(sitting: int, entry: int) -> None:
    """Whoever was moved gets his newer pass when he checks in at the other machine."""
    _let_in(Sitting.everywhere.values_list("session_id", flat=True).get(pk=sitting))


def _let_in(session: int) -> None:
    found = queries.session(session)
    # a follower may come late: a session that was closed meanwhile has no door any more
    if found.state == "open":
        queries.admit_at_the_hall(found)


@follow("session.close")
def close_the_hall(session: int, entry: int) -> None:
    """Nobody checks in any more."""
    queries.withdraw_from_the_hall(session)


@follow("session.take_in")
def collect_from_the_place(session: int, entry: int) -> None:
    """Whoever sat at the place was admitted and hands in, as far as nothing stands against it; the clock tries again
    what does."""
    rows = Sitting.everywhere.filter(session=session, state="ready").select_related("session").order_by("pk")
    for row in rows:
        if queries.entered_at(row) is None:
            continue
        for step in ("sitting.admit", "sitting.submit"):
            try:
                perform(step_of(step), row.pk, actor=SYSTEM)
            except Refused as no:
                log.warning("%s of sitting %s waits: %s", step, row.pk, no)
                break


@finds("sitting.admit")
def entered_in_the_hall() -> Collection[int]:
    """The sittings whose candidates entered the hall without the office having heard of it."""
    rows = Sitting.everywhere.filter(state="ready", session__state__in=("open", "returned")).select_related("session")
    waiting = {row.pk: row for row in rows}
    seen, now = _seen(waiting.values()), clock.epoch_ms()
    # standings may be lost with a server; at the end of the examination the journal itself is asked
    asked = [row for pk, row in waiting.items() if pk in seen or now > queries.window(row.session)[1]]
    return [row.pk for row in asked if queries.entered_at(row) is not None]


@finds("sitting.submit")
def over_in_the_hall() -> Collection[int]:
    """The sittings that were handed in or whose time is over, as far as the standings tell: the rule looks closer."""
    rows = list(Sitting.everywhere.filter(state="admitted").select_related("session"))
    seen, now = _seen(rows), clock.epoch_ms()
    return [row.pk for row in rows if _may_be_over(row, seen.get(row.pk), now)]


def _may_be_over(sitting: Sitting, one: Standing | None, now: int) -> bool:
    if one is None:
        return now > queries.window(sitting.session)[1]
    return one.stage in ("handed", "voided") or now > one.deadline + GRACE_MS


def _seen(sittings: Collection[Sitting]) -> dict[int, Standing]:
    """How these sittings stand: one question to the journal, whatever their number."""
    sessions = sorted({row.session_id for row in sittings})
    try:
        found = books.standings(queries.journal(), sessions=sessions) if sessions else []
    except StoreError:
        log.exception("the hall's journal cannot be read; the clock asks again")
        return {}
    return {one.sitting: one for one in found}
