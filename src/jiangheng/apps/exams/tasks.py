"""What follows in the examination room: papers are ordered when a batch is seated (K9), answers handed on (P2)."""

from __future__ import annotations

from typing import Any

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import SYSTEM
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.display import level_face
from jiangheng.kernel.perform import create, perform

from . import queries


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
