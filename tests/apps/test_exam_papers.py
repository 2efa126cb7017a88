"""Papers of an evaluation: from the bank that was chosen, in the hall only when opened by two persons (K9, K13)."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import bank_stage
import pytest
from django.conf import settings
from portal_stage import credit_code, it_is
from room_stage import RoomStage

from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.kernel import clock
from kept import kept

DAY = "2026-10-14"


@pytest.fixture
@kept
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


def own_bank(stage: RoomStage, *, level: str) -> Any:
    """The enterprise's own bank of one level, with one item."""
    from bank_house import table

    keeper = stage.person(f"keeper{level}", "keeper")
    return stage.play(
        "bank.found_own", under=stage.institution, by=keeper, **table(name=f"漓光自建{level}级题库", level=level)
    )


def plan_batch(stage: RoomStage, *, bank: str, title: str = "另一批次") -> Any:
    return stage.play(
        "batch.plan", under=stage.filing, by=stage.manager, title=title, levels=list(stage.levels), capacity=10,
        apply_until="2026-09-15", **stage.times, theory_rooms=[stage.rooms["theory"].pk],
        practical_rooms=[stage.rooms["practical"].pk], notes="", bank=bank,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ("COLLEGE", "SOCIAL_ORG"))
def test_a_college_or_social_organisation_plans_no_batch_with_a_bank_of_its_own(stage: RoomStage, kind: str) -> None:
    from jiangheng.apps.institutions.models import Institution

    Institution.everywhere.filter(pk=stage.institution.pk).update(kind=kind)
    with pytest.raises(Refused) as no:
        plan_batch(stage, bank="own")
    assert no.value.refusals[0].field == "bank" and "统一题库" in str(no.value.refusals[0].reason)
    assert plan_batch(stage, bank="unified").bank == "unified"


def test_an_enterprise_plans_with_its_own_bank_when_it_has_every_level(stage: RoomStage) -> None:
    with pytest.raises(Refused) as no:
        plan_batch(stage, bank="own")
    assert "五级" in str(no.value.refusals[0].reason) and "四级" in str(no.value.refusals[0].reason)
    own_bank(stage, level="5")
    with pytest.raises(Refused) as no:
        plan_batch(stage, bank="own")
    assert "五级" not in str(no.value.refusals[0].reason) and "四级" in str(no.value.refusals[0].reason)
    own_bank(stage, level="4")
    assert plan_batch(stage, bank="own").bank == "own"


def test_an_own_bank_of_another_enterprise_does_not_count(stage: RoomStage) -> None:
    from jiangheng.apps.itembank.models import Bank

    other = stage.play(
        "institution.register", under=stage.city.regions["450305"], by=stage.city.actor("centre"), name="桂林试制厂",
        kind="EMPLOYER", uscc=credit_code(7), address="七星区1号", contact="办公室", telephone="0773-1",
    )  # fmt: skip
    for level in ("5", "4"):
        bank = own_bank(stage, level=level)
        Bank.everywhere.filter(pk=bank.pk).update(institution=other)
    with pytest.raises(Refused):
        plan_batch(stage, bank="own")


@pytest.mark.parametrize("chosen", ("unified", "own"))
def test_the_papers_of_a_batch_are_ordered_from_the_bank_that_was_chosen(stage: RoomStage, chosen: str) -> None:
    from jiangheng.apps.exams.tasks import order_papers
    from jiangheng.apps.itembank.models import Bank, Draw

    stage.seated()
    unified = bank_stage.a_bank(stage.play, stage.city)
    own = bank_stage.a_bank_of(stage.play, stage.institution, stage.person("keeper", "keeper"))
    type(stage.batch).everywhere.filter(pk=stage.batch.pk).update(bank=chosen)
    Draw.everywhere.all().delete()
    order_papers(stage.batch.pk, 0)
    [draw] = Draw.everywhere.filter(batch=stage.batch.pk)
    assert draw.bank_id == (own if chosen == "own" else unified).pk
    assert Bank.everywhere.count() == 2
    order_papers(stage.batch.pk, 0)
    assert Draw.everywhere.filter(batch=stage.batch.pk).count() == 1


def test_a_session_is_not_prepared_without_papers(stage: RoomStage) -> None:
    stage.seated()
    accounts = [stage.city.accounts[name].pk for name in ("invigilator", "invigilator2")]
    with pytest.raises(Refused) as no:
        stage.play(
            "session.prepare", under=stage.batch, by=stage.exam_officer, room=stage.rooms["theory"].pk,
            invigilators=accounts,
        )  # fmt: skip
    assert "试卷还没有组好" in str(no.value.refusals[0].reason) and no.value.refusals[0].clause == "K9"


@pytest.fixture
def empty_hall() -> None:
    """A hall without the papers of earlier tests: one city makes one paper, so they would be the same."""
    shutil.rmtree(Path(settings.HOME) / "hall" / "papers", ignore_errors=True)


def faces() -> set[Path]:
    """Whatever the hall has of papers."""
    home = Path(settings.HOME)
    return {path for path in home.rglob("*") if path.is_file() and "papers" in path.relative_to(home).parts}


def stems(session: Any) -> list[bytes]:
    from jiangheng.apps.itembank.queries import paper_items

    return [item.stem.encode() for item in paper_items(session.sittings.first().paper)]


def in_the_home(wanted: list[bytes]) -> set[Path]:
    """Files of the home in which some stem can be read, as it is or as JSON writes it."""
    asked = wanted + [json.dumps(text.decode())[1:-1].encode() for text in wanted]
    found = set()
    for path in Path(settings.HOME).rglob("*"):
        if path.is_file() and any(text in path.read_bytes() for text in asked):
            found.add(path)
    return found


@pytest.mark.usefixtures("empty_hall")
def test_nothing_of_a_paper_lies_in_the_hall_before_the_session_is_opened(stage: RoomStage) -> None:
    stage.seated()
    before = faces()
    session = stage.session()
    wanted = stems(session)
    assert len(wanted) > 50
    assert faces() == before and not in_the_home(wanted)
    it_is(DAY, "08:45")
    session = stage.play("session.release", session, by=stage.exam_officer)
    assert faces() == before and not in_the_home(wanted)
    stage.play("session.open", session, by=stage.invigilator)
    assert faces() > before and in_the_home(wanted)


@pytest.mark.usefixtures("empty_hall")
def test_the_hall_never_gets_a_key(stage: RoomStage) -> None:
    stage.seated()
    before = faces()
    session = stage.opened()
    [published] = list(faces() - before)
    text = published.read_text()
    assert '"answer"' not in text and '"explanation"' not in text
    for code in session.sittings.first().paper.codes:
        assert f'"{code}"' not in text


@pytest.mark.parametrize(("time", "may"), [("08:29", False), ("08:30", True), ("08:55", True)])
def test_papers_are_released_within_the_parameters_minutes_only(stage: RoomStage, time: str, may: bool) -> None:
    stage.seated()
    session = stage.session()
    it_is(DAY, time)
    if may:
        assert stage.play("session.release", session, by=stage.exam_officer).state == "released"
        assert {sitting.paper.state for sitting in session.sittings.all()} == {"released"}
    else:
        with pytest.raises(Refused) as no:
            stage.play("session.release", session, by=stage.exam_officer)
        assert "30 分钟" in str(no.value.refusals[0].reason)


def test_doors_open_only_after_release_and_not_before_their_time(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    it_is(DAY, "08:50")
    with pytest.raises(Refused):
        stage.play("session.open", session, by=stage.invigilator)
    it_is(DAY, "08:35")
    stage.play("session.release", session, by=stage.exam_officer)
    with pytest.raises(Refused) as no:
        stage.play("session.open", session, by=stage.invigilator)
    assert "15 分钟" in str(no.value.refusals[0].reason)


def test_who_released_the_papers_does_not_open_them(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    account = stage.city.accounts["exam_officer"]
    stage.play("grant.appoint", under=account, by=SYSTEM, role="invigilator", place=stage.institution.scope)
    it_is(DAY, "08:50")
    both = stage.city.actor("exam_officer")
    session = stage.play("session.release", session, by=both)
    with pytest.raises(Refused) as no:
        stage.play("session.open", session, by=both)
    assert "另一人" in str(no.value.refusals[0].reason)
    assert stage.play("session.open", session, by=stage.invigilator).state == "open"


def test_items_count_as_used_when_their_paper_is_opened(stage: RoomStage) -> None:
    from jiangheng.apps.itembank.models import Item

    stage.seated()
    session = stage.session()
    assert not Item.everywhere.filter(exposure__gt=0).exists()
    it_is(DAY, "08:50")
    stage.play("session.release", session, by=stage.exam_officer)
    stage.play("session.open", session, by=stage.invigilator)
    used = set(Item.everywhere.filter(exposure=1).values_list("code", flat=True))
    assert used == set(session.sittings.first().paper.codes)


def test_a_destroyed_paper_is_neither_released_nor_shown(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    before = faces()
    paper = session.sittings.first().paper
    stage.play("paper.destroy", paper, by=stage.city.actor("centre"), reason="保管中发现封条破损，按规定销毁")
    it_is(DAY, "08:50")
    with pytest.raises(Refused) as no:
        stage.play("session.release", session, by=stage.exam_officer)
    assert "销毁" in str(no.value.refusals[0].reason)
    assert faces() == before


def test_a_paper_destroyed_between_release_and_opening_is_not_shown(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    before = faces()
    it_is(DAY, "08:50")
    session = stage.play("session.release", session, by=stage.exam_officer)
    paper = session.sittings.first().paper
    stage.play("paper.destroy", paper, by=stage.city.actor("centre"), reason="发现试题外泄，立即按规定销毁")
    with pytest.raises(Refused):
        stage.play("session.open", session, by=stage.invigilator)
    assert faces() == before


def test_when_the_papers_were_destroyed_new_ones_are_ordered(stage: RoomStage) -> None:
    from jiangheng.apps.exams.tasks import order_again
    from jiangheng.apps.itembank.models import Draw, Paper

    stage.seated()
    stage.bank()
    paper = Paper.everywhere.get(batch=stage.batch.pk)
    stage.play("paper.destroy", paper, by=stage.city.actor("centre"), reason="保管中发现封条破损，按规定销毁")
    order_again(paper.pk, 0)
    assert Draw.everywhere.filter(batch=stage.batch.pk, state="committed").count() == 1


def redrawn(stage: RoomStage, papers: Any) -> None:
    """These papers destroyed, and new ones drawn in their place as the tasks and two officials would."""
    from jiangheng.apps.exams.tasks import order_again
    from jiangheng.apps.itembank.models import Draw

    for paper in papers:
        stage.play("paper.destroy", paper, by=stage.city.actor("centre"), reason="保管中发现封条破损，按规定销毁")
        order_again(paper.pk, 0)
    draw = Draw.everywhere.get(batch=stage.batch.pk, state="committed")
    stage.play("draw.pledge", draw, by=stage.city.actor("centre"))
    draw = stage.play("draw.second", draw, by=stage.city.actor("city"))
    if draw.state == "pledged":
        stage.play("draw.draw", draw, by=SYSTEM)


def test_a_session_whose_paper_was_destroyed_gets_the_new_one_and_is_released_again(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    it_is(DAY, "08:46")
    session = stage.play("session.release", session, by=stage.exam_officer)
    before = {sitting.pk: (sitting.paper_id, sitting.face, sitting.seed) for sitting in session.sittings.all()}
    redrawn(stage, [session.sittings.first().paper])
    with pytest.raises(Refused):
        stage.play("session.open", session, by=stage.invigilator)
    session = stage.play("session.rearrange", session, by=stage.exam_officer)
    after = {sitting.pk: (sitting.paper_id, sitting.face, sitting.seed) for sitting in session.sittings.all()}
    assert session.state == "planned" and before.keys() == after.keys()
    assert all(not set(before[pk]) & set(after[pk]) for pk in before)
    assert {sitting.paper.state for sitting in session.sittings.all()} == {"sealed"}
    with pytest.raises(Refused):
        stage.play("session.open", session, by=stage.invigilator)
    session = stage.play("session.release", session, by=stage.exam_officer)
    assert stage.play("session.open", session, by=stage.invigilator).state == "open"


def test_without_a_destroyed_paper_or_a_new_one_nothing_is_rearranged(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    with pytest.raises(Refused) as no:
        stage.play("session.rearrange", session, by=stage.exam_officer)
    assert "没有试卷被销毁" in str(no.value.refusals[0].reason)
    paper = session.sittings.first().paper
    stage.play("paper.destroy", paper, by=stage.city.actor("centre"), reason="保管中发现封条破损，按规定销毁")
    with pytest.raises(Refused) as no:
        stage.play("session.rearrange", session, by=stage.exam_officer)
    assert "五级" in str(no.value.refusals[0].reason)
    assert {sitting.paper_id for sitting in session.sittings.all()} == {paper.pk}


def test_whoever_sits_on_a_paper_that_still_lies_sealed_keeps_it(stage: RoomStage) -> None:
    from jiangheng.apps.exams.models import Session

    stage.seated()
    bank = bank_stage.a_bank(stage.play, stage.city, plan={**bank_stage.PLAN, "mode": "ab"})
    bank_stage.papers(stage.play, stage.city, stage.batch, bank, mode="ab", count=2)
    accounts = [stage.city.accounts[name].pk for name in ("invigilator", "invigilator2")]
    session: Session = stage.play(
        "session.prepare", under=stage.batch, by=stage.exam_officer, room=stage.rooms["theory"].pk,
        invigilators=accounts,
    )  # fmt: skip
    before = {sitting.pk: sitting.paper_id for sitting in session.sittings.all()}
    gone = session.sittings.order_by("pk").first().paper
    redrawn(stage, [gone])
    stage.play("session.rearrange", session, by=stage.exam_officer)
    for sitting in session.sittings.select_related("paper"):
        if before[sitting.pk] == gone.pk:
            assert sitting.paper.draw_id > gone.draw_id and sitting.paper.form == sitting_form(sitting)
        else:
            assert sitting.paper_id == before[sitting.pk]
    assert 0 < sum(pk == gone.pk for pk in before.values()) < len(before)


def sitting_form(sitting: Any) -> str:
    """The form a seat gets when neighbours have different ones."""
    return "AB"[sitting.application.seat % 2]


def test_after_a_session_answers_are_kept_without_names_or_numbers(stage: RoomStage) -> None:
    from django.db import connection

    from jiangheng.apps.exams.tasks import collect_answers
    from jiangheng.apps.itembank.models import AnswerSheet

    stage.seated()
    session = stage.opened()
    for sitting in session.sittings.order_by("pk"):
        stage.admit(sitting)
    it_is(DAY, "10:45")
    for sitting in session.sittings.order_by("pk"):
        stage.play("sitting.submit", sitting, by=SYSTEM)
    session = stage.play("session.close", session, by=stage.invigilator)
    collect_answers(session.pk, 0)
    sheets = list(AnswerSheet.objects.all())
    assert len(sheets) == 3 and {sheet.groups.get("sex") for sheet in sheets} == {"男"}
    assert all(len(sheet.answers) == 100 for sheet in sheets)
    assert len({sheet.person for sheet in sheets}) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM itembank_answersheet")
        kept = repr(cursor.fetchall()) + repr([sheet.answers for sheet in sheets])
    for name, number in stage.numbers.items():
        assert name not in kept and number not in kept
    collect_answers(session.pk, 0)
    assert AnswerSheet.objects.count() == 3


def test_a_session_in_an_hour_is_still_sealed_to_everybody(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    clock.move_to(session.starts_at - dt.timedelta(hours=1))
    for who in ("exam_officer", "invigilator", "manager"):
        paper = session.sittings.first().paper
        assert stage.browser(who).get(f"/d/paper/{paper.pk}").status_code == 404
