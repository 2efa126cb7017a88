"""Whoever sits again where everybody has his own paper meets nothing of his earlier one (K9, K13)."""

from __future__ import annotations

from typing import Any

import bank_stage
import pytest
from room_stage import PEOPLE, RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank.models import AnswerSheet, Draw
from jiangheng.kernel import clock

EACH = {**bank_stage.PLAN, "mode": "each"}


@pytest.fixture
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


def ordered(stage: RoomStage, bank: Any) -> Draw:
    """The draw as the seating orders it."""
    from jiangheng.apps.exams.tasks import order_papers

    order_papers(stage.batch.pk, 0)
    return Draw.everywhere.get(batch=stage.batch.pk, bank=bank)


def test_a_candidate_sits_on_the_paper_drawn_for_him_which_has_nothing_he_has_had(stage: RoomStage) -> None:
    stage.seated()
    bank = bank_stage.a_bank(stage.play, stage.city, plan=EACH)
    again = stage.batch.applications.get(name=PEOPLE[1])
    key = exams.person_key(again.identity)
    had = list(bank.items.order_by("code").values_list("code", flat=True))[::4]
    first = bank_stage.papers(stage.play, stage.city, type(stage.batch)(pk=99, title="上一批次"), bank).papers.get()
    sheet = AnswerSheet(paper=first, bank=bank, session=1, sitting=1, person=key, at=clock.now(), mark=1)
    sheet.answers = {code: {"v": 1, "given": [], "mark": 0, "letters": True} for code in had}
    sheet.save()

    draw = ordered(stage, bank)
    assert draw.mode == "each" and draw.count == len(PEOPLE)
    draw = bank_stage.papers(stage.play, stage.city, stage.batch, bank)
    accounts = [stage.city.accounts[name].pk for name in ("invigilator", "invigilator2")]
    session = stage.play(
        "session.prepare", under=stage.batch, by=stage.exam_officer, room=stage.rooms["theory"].pk,
        invigilators=accounts,
    )  # fmt: skip
    sittings = {sitting.application.name: sitting for sitting in session.sittings.all()}
    assert {exams.person_key(one.application.identity) for one in sittings.values()} == set(draw.people)
    for sitting in sittings.values():
        assert sitting.paper.person == exams.person_key(sitting.application.identity)
    assert not set(sittings[PEOPLE[1]].paper.codes) & set(had)
    assert all(set(sittings[name].paper.codes) & set(had) for name in (PEOPLE[0], PEOPLE[2]))
    assert not any(row["resting"] for row in draw.stock)


def test_papers_are_in_the_order_of_the_tickets(stage: RoomStage) -> None:
    stage.seated()
    bank = bank_stage.a_bank(stage.play, stage.city, plan=EACH)
    tickets = stage.batch.applications.filter(state="seated").order_by("ticket")
    assert ordered(stage, bank).people == [exams.person_key(each.identity) for each in tickets]
