"""A session is closed, and without anybody's doing its items are measured and the odd ones lie in review (P2, K13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from portal_stage import it_is
from room_stage import PEOPLE, RoomStage

from jiangheng.core.authority import SYSTEM
from jiangheng.core.law.parameters import configure
from jiangheng.demo import candidates
from jiangheng.kernel.models import Entry

DAY = "2026-10-14"


@pytest.fixture
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


@pytest.fixture
def few() -> Iterator[None]:
    """What three people have answered is enough to be measured, and to be judged by."""
    configure({"bank.measure_persons": len(PEOPLE), "bank.flag_sample": len(PEOPLE)})
    yield
    configure({})


def played(stage: RoomStage) -> Any:
    """The session to its end: everybody comes, answers and hands in."""
    stage.seated()
    session = stage.opened()
    sittings = [stage.admit(each) for each in session.sittings.order_by("pk")]
    abilities = dict(zip([each.pk for each in sittings], (0.4, 0.7, 0.9), strict=True))
    it_is(DAY, "09:10")
    candidates.sit_all(sittings, abilities=abilities, seed=1)
    it_is(DAY, "10:45")
    for sitting in sittings:
        stage.play("sitting.submit", sitting, by=SYSTEM)
    return stage.play("session.close", session, by=stage.invigilator)


@pytest.mark.usefixtures("few")
@pytest.mark.django_db(transaction=True)
def test_after_a_session_items_are_measured_and_those_that_misbehave_go_to_review_by_themselves(
    stage: RoomStage,
) -> None:
    session = played(stage)
    paper = session.sittings.first().paper
    [done] = paper.bank.measurements.all()
    assert (done.persons, done.items) == (len(PEOPLE), len(paper.codes))
    flagged = paper.bank.items.filter(flagged=True)
    assert done.flagged == flagged.count() > 0
    assert all(item.flags and item.code in paper.codes for item in flagged)
    # what is flagged has its reason in the figures: nobody right, everybody right, or not the better ones
    told = {row.item_id: row.values for row in done.figures.all()}
    assert all(
        told[item.pk]["p"] < 0.2 or told[item.pk]["p"] > 0.95 or (told[item.pk]["item_rest_r"] or 0) < 0.1
        or any("答案" in reason for reason in item.flags)
        for item in flagged
    )  # fmt: skip
    steps = Entry.objects.filter(step__in=("measurement.run", "item.flag"))
    assert {entry.actor for entry in steps} == {SYSTEM.id}
    assert steps.filter(step="measurement.run").count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_people_are_too_few_to_be_measured_by_itself(stage: RoomStage) -> None:
    session = played(stage)
    assert not session.sittings.first().paper.bank.measurements.exists()
