"""What follows an examination: sealed bundles that anybody checks, marks given again, open answers marked twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from portal_stage import it_is
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank.models import Item as Row
from jiangheng.apps.itembank.models import Look
from jiangheng.apps.itembank.queries import paper_items
from jiangheng.cli import main
from jiangheng.core.authority import SYSTEM, Actor
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.exam import attempt
from jiangheng.core.exam.items import Item
from jiangheng.demo import candidates
from jiangheng.kernel.models import Entry

DAY = "2026-10-14"
ROLES = ("centre", "city", "keeper", "manager")


@pytest.fixture
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


@pytest.fixture
def sat(stage: RoomStage) -> list[Any]:
    """Three sittings that were answered and handed in."""
    stage.seated()
    session = stage.opened()
    sittings = [stage.admit(each) for each in session.sittings.order_by("pk")]
    it_is(DAY, "09:10")
    candidates.sit_all(sittings, abilities={each.pk: 0.7 for each in sittings}, seed=1)
    it_is(DAY, "10:45")
    return [stage.play("sitting.submit", sitting, by=SYSTEM) for sitting in sittings]


def test_the_bundle_of_a_sitting_is_found_sound_by_the_command_that_knows_nothing_else(
    stage: RoomStage, sat: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sitting = stage.play("sitting.seal_bundle", sat[0], by=stage.exam_officer)
    content = exams.bundle_of(sitting)
    file, kept = tmp_path / "a.json", tmp_path / "receipt.json"
    file.write_bytes(content)
    kept.write_text(json.dumps(exams.proof_of(sitting)))
    told = main(["attempt", "verify", str(file), "--key", exams.office_key(), "--receipt", str(kept)])
    assert (told, capsys.readouterr().out.count("✗")) == (0, 0)
    bundle = attempt.read(content)
    assert float(bundle.total) == float(sitting.mark) > 0
    evidence = Entry.objects.get(step="sitting.seal_bundle", thing=sitting.pk).evidence
    assert attempt.digest(content) in json.dumps(evidence)


def test_a_bundle_tells_no_name_no_identity_number_and_no_code_of_the_bank(sat: list[Any]) -> None:
    sitting = sat[0]
    text = exams.bundle_of(sitting).decode()
    person = sitting.application
    assert person.name not in text and person.identity not in text
    assert not any(f'"{code}"' in text for code in sitting.paper.codes)


def test_another_answer_in_the_journal_of_a_bundle_is_found(sat: list[Any], tmp_path: Path) -> None:
    text = exams.bundle_of(sat[0]).decode()
    file = tmp_path / "a.json"
    file.write_text(text.replace(f'"ticket": "{sat[0].application.ticket}"', '"ticket": "2311230009"'))
    assert main(["attempt", "verify", str(file)]) == 1


# ---- open answers ----


def with_essay(paper: Any) -> None:
    """Put an essay in the place of the paper's last judgement."""
    spare = paper_items(paper)[-1]
    row = Row(bank=paper.bank, scope=paper.scope, state="live", code="ESSAY-1")
    place = {"point": spare.point, "range_code": spare.range_code}
    row.hold(Item("ESSAY-1", "essay", "论述安全用电的组织措施", answer=("工作票、工作许可",), **place))
    row.save()
    kept = [entry for entry in paper.items if entry[0] != spare.code]
    paper.items = [*kept, ["ESSAY-1", row.revision, row.digest]]
    kinds = [[kind, count - (kind == "judgement"), marks] for kind, count, marks in paper.blueprint["kinds"]]
    paper.blueprint = {**paper.blueprint, "kinds": [*kinds, ["essay", 1, "1"]]}
    paper.save()


class Essays:
    """Three sittings whose paper ends with an essay of one mark, which two of them answered."""

    def __init__(self, stage: RoomStage) -> None:
        self.stage = stage
        self.markers = stage.panelists
        stage.seated()
        session = stage.session()
        with_essay(session.sittings.first().paper)
        face = exams.face_of(session.sittings.first().paper)[0]
        session.sittings.update(face=face)
        it_is(DAY, "08:50")
        stage.play("session.release", session, by=stage.exam_officer)
        session = stage.play("session.open", session, by=stage.invigilator)
        self.sittings = [stage.admit(each) for each in session.sittings.order_by("pk")]
        it_is(DAY, "09:10")
        candidates.sit_all(self.sittings[:2], abilities={each.pk: 1 for each in self.sittings}, seed=1)
        it_is(DAY, "10:45")
        self.sittings = [stage.play("sitting.submit", each, by=SYSTEM) for each in self.sittings]

    def assigned(self, place: int = 0) -> Any:
        accounts = [self.stage.city.accounts[f"evaluator{number}"].pk for number in (1, 2, 3)]
        return self.stage.play(
            "marking.assign", self.sittings[place].marking, by=self.stage.exam_officer, markers=accounts
        )

    def give(self, step: str, thing: Any, marker: int, mark: str) -> Any:
        [asked] = exams.open_answers(thing)
        return self.stage.play(f"marking.{step}", thing, by=self.markers[marker], marks={asked.place: mark})


@pytest.fixture
def essays(stage: RoomStage) -> Essays:
    return Essays(stage)


def mark_of(sitting: Any) -> Any:
    sitting.refresh_from_db()
    sitting.application.refresh_from_db()
    assert sitting.mark == sitting.application.theory_mark
    return sitting.mark


@pytest.mark.django_db(transaction=True)
def test_a_sitting_with_open_answers_has_its_mark_when_two_have_marked_them(essays: Essays) -> None:
    [first, _second, empty] = essays.sittings
    assert mark_of(first) is None and mark_of(empty) == 0
    thing = essays.give("first", essays.assigned(), 0, "1")
    assert mark_of(first) is None
    essays.give("second", thing, 1, "1")
    assert mark_of(first) == 100


@pytest.mark.django_db(transaction=True)
def test_where_two_differ_a_third_decides_who_is_neither_of_them(essays: Essays) -> None:
    thing = essays.give("second", essays.give("first", essays.assigned(), 0, "0"), 1, "1")
    thing.refresh_from_db()
    assert thing.state == "third" and mark_of(essays.sittings[0]) is None
    for marker in (0, 1):
        with pytest.raises(Refused, match="另一人"):
            essays.give("third", thing, marker, "1")
    essays.give("third", thing, 2, "1")
    assert mark_of(essays.sittings[0]) == 100


def test_the_same_marker_marks_once_and_a_stranger_reaches_nothing(essays: Essays) -> None:
    waiting = essays.sittings[1].marking
    with pytest.raises(OutOfReach):
        essays.give("first", waiting, 0, "1")
    thing = essays.give("first", essays.assigned(), 0, "1")
    with pytest.raises(Refused, match="另一人"):
        essays.give("second", thing, 0, "1")
    with pytest.raises(OutOfReach):
        essays.stage.play("marking.second", thing, by=essays.stage.person("evaluator9", "evaluator"), marks={})


@pytest.mark.parametrize("mark", ["", "1.5", "-1", "abc", "0.3"])
def test_a_mark_that_cannot_be_is_refused(essays: Essays, mark: str) -> None:
    with pytest.raises(Refused):
        essays.give("first", essays.assigned(), 0, mark)


def test_a_marker_sees_question_and_answer_and_neither_name_nor_ticket_nor_marks(essays: Essays) -> None:
    thing = essays.give("first", essays.assigned(), 0, "0.5")
    person = thing.sitting.application
    client = essays.stage.browser("evaluator2")
    for address in (f"/d/marking/{thing.pk}/give", f"/d/marking/{thing.pk}", "/d/marking/"):
        page = client.get(address)
        assert page.status_code == 200, address
        text = page.content.decode()
        assert person.name not in text and person.ticket not in text and '"0.5"' not in text and ">0.5<" not in text
    text = client.get(f"/d/marking/{thing.pk}/give").content.decode()
    assert "论述安全用电的组织措施" in text and "工作票" in text
    answer = client.post(f"/d/marking/{thing.pk}/give", {"m-100": "9"})
    assert answer.status_code == 422
    answer = client.post(f"/d/marking/{thing.pk}/give", {"m-100": "0.5"})
    assert answer.status_code == 302
    looks = Look.objects.filter(what="marking", paper=thing.sitting.paper)
    assert looks.get().actor == essays.stage.panelists[1].id


# ---- marked again, and a wrong key ----


def item_of(sitting: Any) -> Any:
    """The first single-choice item of a sitting's paper."""
    code = next(item.code for item in paper_items(sitting.paper) if item.kind == "single")
    return Row.everywhere.get(bank=sitting.paper.bank, code=code)


def answered(sitting: Any, code: str) -> tuple[str, ...]:
    return exams.answers_of(sitting, sitting.paper)[0].get(code, ())


def proposed(stage: RoomStage, item: Any, way: str, **more: Any) -> Any:
    return stage.play(
        "correction.propose", under=item, by=stage.city.actor("centre"), way=way, reason="教材第三章与所给答案相反",
        **more,
    )  # fmt: skip


def approved(stage: RoomStage, thing: Any) -> Any:
    thing = stage.play("correction.check", thing, by=stage.city.actor("centre"))
    stage.play("correction.approve", thing, by=stage.city.actor("city"))
    thing.refresh_from_db()
    return thing


@pytest.mark.django_db(transaction=True)
def test_a_new_key_marks_everybody_again_and_keeps_both_marks(stage: RoomStage, sat: list[Any]) -> None:
    item = item_of(sat[0])
    right = item.content.answer
    other = next(key for key in item.content.keys if (key,) != right)
    before = {sitting.pk: sitting.mark for sitting in sat}
    thing = proposed(stage, item, "key", answer=other)
    expected = {row.sitting: row.after for row in exams.outcomes(thing)}
    for sitting in sat:
        assert mark_of(sitting) == before[sitting.pk]
        gain = (answered(sitting, item.code) == (other,)) - (answered(sitting, item.code) == right)
        assert expected[sitting.pk] == before[sitting.pk] + gain
    thing = approved(stage, thing)
    assert thing.state == "applied" and thing.effect["people"] == 3
    for sitting in sat:
        assert mark_of(sitting) == expected[sitting.pk]
        change = sitting.changes.get()
        assert (change.before, change.after, change.correction) == (before[sitting.pk], sitting.mark, thing)
    assert thing.effect["changed"] > 0


@pytest.mark.django_db(transaction=True)
def test_everybody_right_gives_the_mark_to_all_and_the_bundle_still_verifies(
    stage: RoomStage, sat: list[Any], tmp_path: Path
) -> None:
    item = item_of(sat[0])
    wrong = [each for each in sat if answered(each, item.code) != item.content.answer]
    before = {sitting.pk: sitting.mark for sitting in sat}
    approved(stage, proposed(stage, item, "everyone"))
    for sitting in sat:
        assert mark_of(sitting) == before[sitting.pk] + (sitting in wrong)
    file = tmp_path / "a.json"
    for sitting in sat:
        file.write_bytes(exams.bundle_of(sitting))
        assert main(["attempt", "verify", str(file)]) == 0


@pytest.mark.django_db(transaction=True)
def test_a_void_item_gives_its_marks_to_the_others(stage: RoomStage, sat: list[Any], tmp_path: Path) -> None:
    item = item_of(sat[0])
    before = {each.pk: each.mark - (answered(each, item.code) == item.content.answer) for each in sat}
    approved(stage, proposed(stage, item, "void"))
    for sitting in sat:
        assert mark_of(sitting) == exams.tenths(before[sitting.pk] * 100 / 99)
    file = tmp_path / "a.json"
    file.write_bytes(exams.bundle_of(sat[0]))
    assert main(["attempt", "verify", str(file)]) == 0


def test_one_person_alone_corrects_no_key(stage: RoomStage, sat: list[Any]) -> None:
    thing = proposed(stage, item_of(sat[0]), "everyone")
    thing = stage.play("correction.check", thing, by=stage.city.actor("centre"))
    both = stage.city.actor("centre")
    alone = Actor(both.id, both.name, (*both.grants, *stage.city.actor("city").grants))
    with pytest.raises(Refused, match="另一人"):
        stage.play("correction.approve", thing, by=alone)
    with pytest.raises(WrongRole):
        stage.play("correction.approve", thing, by=both)


@pytest.mark.parametrize("answer", ["", "Z", "AB"])
def test_a_key_that_the_item_cannot_have_is_refused(stage: RoomStage, sat: list[Any], answer: str) -> None:
    with pytest.raises(Refused):
        proposed(stage, item_of(sat[0]), "key", answer=answer)


def test_an_item_nobody_was_examined_with_is_not_corrected(stage: RoomStage, sat: list[Any]) -> None:
    item = Row.everywhere.filter(bank=sat[0].paper.bank).exclude(code__in=sat[0].paper.codes).first()
    with pytest.raises(Refused, match="没有在考试中"):
        proposed(stage, item, "everyone")


def test_marking_again_by_hand_keeps_the_mark_before_and_a_reason(stage: RoomStage, sat: list[Any]) -> None:
    sitting = stage.play("sitting.remark", sat[0], by=stage.exam_officer, reason="考生异议，重放作答复核")
    change = sitting.changes.get()
    assert change.before == change.after == sitting.mark and "异议" in change.why and change.correction is None


def test_a_trial_shows_who_changes_and_writes_nothing(stage: RoomStage, sat: list[Any]) -> None:
    thing = proposed(stage, somebody_wrong(sat), "everyone")
    entries = Entry.objects.count()
    page = stage.browser("centre").get(f"/d/correction/{thing.pk}/trial")
    text = page.content.decode()
    changed = [row for row in exams.outcomes(thing) if row.before != row.after]
    assert page.status_code == 200 and changed
    assert all((row.ticket in text) == (row in changed) for row in exams.outcomes(thing))
    assert Entry.objects.count() == entries
    assert stage.browser("exam_officer").get(f"/d/correction/{thing.pk}/trial").status_code == 404


def published(stage: RoomStage) -> None:
    """The practical marks come in and the results go public."""
    it_is("2026-10-16", "09:00")
    for row in stage.batch.applications.all():
        stage.play("application.enter_practical", row, by=SYSTEM, mark="80")
    stage.play("batch.score", stage.batch, by=stage.exam_officer)
    stage.play("batch.publish", stage.batch, by=stage.exam_officer)


def somebody_wrong(sat: list[Any]) -> Any:
    """An item that somebody answered wrongly."""
    answers = {each.pk: exams.answers_of(each, each.paper)[0] for each in sat}
    wrong = (
        item.code
        for item in paper_items(sat[0].paper)
        if item.kind == "single" and any(answers[each.pk].get(item.code) != item.answer for each in sat)
    )
    return Row.everywhere.get(bank=sat[0].paper.bank, code=next(wrong))


@pytest.mark.django_db(transaction=True)
def test_during_publicity_the_marks_are_corrected_by_their_own_step_and_the_results_summed_up_anew(
    stage: RoomStage, sat: list[Any]
) -> None:
    published(stage)
    item = somebody_wrong(sat)
    thing = proposed(stage, item, "everyone")
    changed = [row for row in exams.outcomes(thing) if row.before != row.after]
    assert changed and {row.way for row in changed} == {"correct"}
    approved(stage, thing)
    steps = Entry.objects.filter(step="application.correct_mark")
    assert sorted(steps.values_list("thing", flat=True)) == sorted(row.application for row in changed)
    for sitting in sat:
        mark_of(sitting)
    stage.batch.refresh_from_db()
    stage.play("batch.rescore", stage.batch, by=stage.exam_officer, reason="更正答案后重新汇总")
    stage.play("batch.publish", stage.batch, by=stage.exam_officer)
    states = set(stage.batch.applications.values_list("state", flat=True))
    assert states <= {"passed", "failed"}


@pytest.mark.django_db(transaction=True)
def test_after_approval_a_result_stays_and_is_put_before_those_who_may_annul_it(
    stage: RoomStage, sat: list[Any]
) -> None:
    published(stage)
    stage.play("batch.conclude", stage.batch, by=_after_publicity(stage))
    stage.play("batch.approve", stage.batch, by=stage.city.actor("county"), opinion="同意")
    before = {each.application_id: each.mark for each in sat}
    thing = approved(stage, proposed(stage, somebody_wrong(sat), "everyone"))
    assert thing.effect["changed"] > 0
    for sitting in sat:
        sitting.application.refresh_from_db()
        assert sitting.application.theory_mark == before[sitting.application_id]
    assert {row.way for row in exams.outcomes(thing)} == {"late"}
    page = stage.browser("centre").get(f"/d/correction/{thing.pk}/changes")
    assert page.status_code == 200 and page.content.decode().count('class="code">26') == thing.effect["changed"]


def _after_publicity(stage: RoomStage) -> Any:
    it_is("2026-10-28", "09:00")
    stage.batch.refresh_from_db()
    return stage.exam_officer


def test_a_correction_in_an_own_bank_is_its_enterprises_and_nobody_elses(
    stage: RoomStage, sat: list[Any], actor: Any, scope: Any
) -> None:
    thing = proposed(stage, item_of(sat[0]), "everyone")
    home = stage.batch.institution.scope
    rows = type(thing).everywhere.filter(pk=thing.pk)
    who = {role: actor(role, home if role in ("keeper", "manager") else scope()) for role in ROLES}
    seen = {role for role in ROLES if type(thing).reach(who[role]).exists()}
    assert seen == {"centre", "city"}
    rows.update(owner=home, scope=home)
    assert {role for role in ROLES if type(thing).reach(who[role]).exists()} == {"keeper", "manager"}
