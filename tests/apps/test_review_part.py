"""The comprehensive review, the third part of the examination at levels two and one (K1, K14); listed majors (R6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from portal_stage import PHONE, it_is, person, photo
from room_stage import RoomStage

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.batches.forms import Correction, Plan
from jiangheng.apps.batches.models import Batch, Result
from jiangheng.apps.batches.rules import overall_of
from jiangheng.apps.practicals.forms import PanelPlan
from jiangheng.apps.practicals.models import Panel, Practical, Sheet
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.core.trust import canon
from jiangheng.kernel import followers
from jiangheng.web import charts, papers, progress
from kept import kept

TECHNICIAN, WORKER = "莫建军", "韦秀兰"
REVIEW_AT = "2026-10-16T09:00"


class ReviewStage(RoomStage):
    """A batch of levels five and two: one technician to be and one beginner, seated, both examined but not reviewed."""

    levels = ("5", "2")
    times: Mapping[str, str] = {**RoomStage.times, "review_at": REVIEW_AT}

    def begin(self) -> None:
        self.technician = self.applies(
            TECHNICIAN, person(20), level="2", work_since="2010-01-01", held_level="3", held_issued="2018-05-01"
        )
        self.worker = self.applies(WORKER, person(21), level="5", work_since="2015-01-01")
        self.seat()
        for thing in (self.batch, self.technician, self.worker):
            thing.refresh_from_db()

    def applies(self, name: str, number: str, **said: Any) -> Any:
        row = self.play(
            "application.enrol", under=self.batch, by=self.registrar, name=name, identity=number, phone=PHONE,
            employer="漓光电气", **said,
        )  # fmt: skip
        return self.play("application.photograph", row, by=self.registrar, files={"photo": photo()})

    def marked(self, row: Any, *, theory: str = "80", practical: str = "80") -> None:
        """The first two parts."""
        self.play("application.enter_theory", row, by=SYSTEM, mark=theory)
        self.play("application.enter_practical", row, by=SYSTEM, mark=practical)

    def reviewers(self, *, count: int = 3) -> Any:
        accounts = [self.city.accounts[f"evaluator{number}"].pk for number in range(1, count + 1)]
        return self.play(
            "panel.appoint", under=self.batch, by=self.exam_officer, part="review",
            room=self.rooms["practical"].pk, evaluators=accounts, leader=accounts[0],
        )  # fmt: skip

    def review(self, share: str, *, veto: str = "no") -> Any:
        """Every member of the review panel gives this share of each aspect's marks, and signs."""
        self.reviewers()
        it_is("2026-10-16", "10:00")
        for sheet in Sheet.everywhere.filter(practical__part="review").order_by("pk"):
            self.fill(sheet, share, veto=veto)
        followers.run()
        return Practical.everywhere.get(part="review")

    def fill(self, sheet: Any, share: str, *, veto: str = "no") -> None:
        evaluator = self.city.actor(sheet.evaluator.username)
        marks = {"R1": 30, "R2": 30, "R3": 30, "R4": 10}
        given = {code: f"{Decimal(full) * Decimal(share):.1f}" for code, full in marks.items()}
        self.play("sheet.mark", sheet, by=evaluator, remark="", V1=veto, **given)
        self.play("sheet.lock", sheet, by=evaluator)

    def finish(self) -> Any:
        """The worker passes; scores are summed up and published; the technician as he then stands."""
        self.marked(self.worker)
        self.play("batch.score", self.batch, by=self.exam_officer)
        self.play("batch.publish", self.batch, by=self.exam_officer)
        self.batch.refresh_from_db()
        self.technician.refresh_from_db()
        return self.technician


@pytest.fixture
@kept
def stage(play: Any) -> ReviewStage:
    made = ReviewStage(play)
    made.begin()
    return made


def plan(stage: ReviewStage, **more: Any) -> Any:
    text = {
        "title": "第二批", "levels": ["5", "2"], "capacity": 10, "apply_until": "2026-09-25",
        "theory_at": "2026-10-14T09:00", "practical_at": "2026-10-15T09:00", "review_at": REVIEW_AT,
        "theory_rooms": [stage.rooms["theory"].pk], "practical_rooms": [stage.rooms["practical"].pk], "notes": "",
    }  # fmt: skip
    return stage.play("batch.plan", under=stage.filing, by=stage.manager, **(text | more))


def test_a_plan_for_level_two_says_when_the_review_is_and_after_the_applications(stage: ReviewStage) -> None:
    with pytest.raises(Refused, match="综合评审时间"):
        plan(stage, review_at="")
    with pytest.raises(Refused, match="综合评审须在报名截止之后"):
        plan(stage, review_at="2026-09-25T09:00")
    made = plan(stage)
    assert made.review_at is not None and made.last_exam_at == made.review_at
    early = plan(stage, review_at="2026-10-13T09:00")
    assert early.exam_date == early.review_at


def test_a_plan_without_level_two_has_no_review(stage: ReviewStage) -> None:
    made = plan(stage, levels=["5"])
    assert made.review_at is None and not made.has_review and made.last_exam_at == made.practical_at


def test_a_plan_offers_only_levels_that_an_examination_leads_to(stage: ReviewStage) -> None:
    stage.filing.levels = ["A", "5", "2", "T", "C"]
    form = Plan(thing=Batch(filing=stage.filing), actor=stage.manager)
    assert [code for code, _face in form.fields["levels"].choices] == ["5", "2"]
    stage.filing.levels = ["A", "5", "4", "T"]
    assert "review_at" not in Plan(thing=Batch(filing=stage.filing), actor=stage.manager).fields


def test_marks_are_not_in_while_the_review_of_level_two_is_missing(stage: ReviewStage) -> None:
    stage.marked(stage.technician, theory="95", practical="95")
    stage.marked(stage.worker)
    with pytest.raises(Refused, match="综合评审成绩还缺 1 人"):
        stage.play("batch.score", stage.batch, by=stage.exam_officer)
    with pytest.raises(Refused, match="没有出齐"):
        stage.play("application.pass", stage.technician, by=SYSTEM)
    stage.play("application.pass", stage.worker, by=SYSTEM)


def test_all_three_parts_passed_are_a_pass_that_the_certificate_carries(stage: ReviewStage) -> None:
    stage.marked(stage.technician, theory="60", practical="60")
    assert stage.review("0.6").mark == 60
    assert stage.finish().state == "passed"
    stage.issue()
    result = Result.everywhere.get(name=TECHNICIAN)
    assert (result.theory_mark, result.practical_mark, result.review_mark) == (60, 60, 60)
    assert stage.certificate(TECHNICIAN).review_mark == 60
    assert stage.certificate(WORKER).review_mark is None


def test_a_review_below_the_pass_mark_fails_whatever_the_other_parts_are(stage: ReviewStage) -> None:
    stage.marked(stage.technician, theory="100", practical="100")
    stage.review("0.55")
    assert stage.finish().state == "failed"
    assert any("综合评审" in reason for reason in overall_of(stage.technician).reasons)


def test_a_veto_in_the_review_fails(stage: ReviewStage) -> None:
    stage.marked(stage.technician)
    stage.review("0.9", veto="yes")
    found = stage.finish()
    assert found.review_vetoed and not found.practical_vetoed and found.state == "failed"


def test_who_stays_away_from_the_review_fails_as_absent(stage: ReviewStage) -> None:
    stage.marked(stage.technician)
    stage.reviewers()
    row = Practical.everywhere.get(part="review")
    stage.play("practical.miss", row, by=stage.exam_officer, opinion="未到场")
    found = stage.finish()
    assert found.review_absent and not found.practical_absent and found.state == "failed"
    assert overall_of(found).reasons == ("综合评审缺考",)


def test_a_level_without_a_review_takes_no_review_mark(stage: ReviewStage) -> None:
    with pytest.raises(Refused, match="没有综合评审"):
        stage.play("application.enter_review", stage.worker, by=SYSTEM, mark="80")


def test_the_review_panel_has_every_candidate_of_level_two_and_nobody_else(stage: ReviewStage) -> None:
    stage.panel()
    stage.reviewers()
    by_part = {(row.part, row.application_id) for row in Practical.everywhere.all()}
    assert by_part == {
        ("practical", stage.technician.pk), ("practical", stage.worker.pk), ("review", stage.technician.pk)
    }  # fmt: skip
    assert Sheet.everywhere.count() == 9
    assert Panel.everywhere.get(part="review").practicals.get().code.endswith(stage.technician.ticket[-4:])


def test_the_part_is_asked_only_while_somebody_waits_for_a_review(stage: ReviewStage) -> None:
    def form() -> PanelPlan:
        return PanelPlan(thing=Panel(batch=stage.batch), actor=stage.exam_officer)

    assert "part" in form().fields
    stage.reviewers()
    assert "part" not in form().fields


def test_nobody_is_put_before_two_panels_of_one_part(stage: ReviewStage) -> None:
    stage.panel()
    with pytest.raises(Refused, match="不需要再组建"):
        stage.panel()


def test_a_review_panel_is_odd_and_as_large_as_the_standard_asks(stage: ReviewStage) -> None:
    with pytest.raises(Refused, match="单数"):
        stage.reviewers(count=2)


def test_sheets_of_a_review_are_blind_and_carry_the_task_of_the_review(stage: ReviewStage) -> None:
    stage.reviewers()
    for number in (1, 2, 3):
        actor = stage.city.actor(f"evaluator{number}")
        (own,) = Sheet.reach(actor)
        assert own.evaluator.username == f"evaluator{number}"
        assert not Practical.reach(actor).exists()
    browser = stage.browser("evaluator1")
    it_is("2026-10-16", "10:00")
    page = browser.get(f"/d/sheet/{Sheet.reach(stage.city.actor('evaluator1')).get().pk}/score").content.decode()
    assert "技师综合评审" in page and TECHNICIAN not in page


def test_the_practical_of_level_two_is_marked_by_its_own_task(stage: ReviewStage) -> None:
    from jiangheng.apps.practicals.queries import task_of

    stage.panel()
    assert task_of(Practical.everywhere.get(application=stage.technician)).part == "practical"


def test_a_review_is_not_marked_before_it_begins(stage: ReviewStage) -> None:
    stage.reviewers()
    it_is("2026-10-16", "08:59")
    with pytest.raises(Refused, match="还没有开始"):
        stage.fill(Sheet.everywhere.order_by("pk").first(), "0.8")
    it_is("2026-10-16", "09:00")
    stage.fill(Sheet.everywhere.order_by("pk").first(), "0.8")


def test_a_changed_review_mark_changes_the_digest_and_a_batch_without_review_keeps_its_own(stage: ReviewStage) -> None:
    stage.marked(stage.technician)
    before = stage.batch.marks_digest()
    stage.play("application.enter_review", stage.technician, by=SYSTEM, mark="70")
    assert stage.batch.marks_digest() != before
    stage.batch.applications.filter(level="2").update(level="3")
    rows = stage.batch.applications.order_by("ticket")
    plain = [[row.ticket, row.theory_mark, row.practical_mark, row.practical_vetoed] for row in rows]
    assert stage.batch.marks_digest() == canon.digest(plain, stage.batch.number)


def test_a_review_mark_is_corrected_only_at_a_level_that_has_one(stage: ReviewStage) -> None:
    def parts(row: Any) -> list[str]:
        return [code for code, _label in Correction(thing=row, actor=stage.exam_officer).fields["part"].choices]

    assert parts(stage.technician) == ["theory", "practical", "review"]
    assert parts(stage.worker) == ["theory", "practical"]
    stage.marked(stage.technician)
    stage.review("0.55")
    failed = stage.finish()
    stage.play(
        "application.correct_mark", failed, by=stage.exam_officer, part="review", mark="66", reason="复核计分有误"
    )
    stage.play("batch.rescore", stage.batch, by=stage.exam_officer, reason="复核后更正")
    stage.play("batch.publish", stage.batch, by=stage.exam_officer)
    failed.refresh_from_db()
    assert failed.state == "passed" and failed.review_mark == 66


def test_the_ticket_says_when_and_where_the_review_is(stage: ReviewStage) -> None:
    assert [each.part for each in papers.parts(stage.worker)] == ["理论知识考试", "操作技能考核"]
    waiting = papers.parts(stage.technician)[-1]
    assert waiting.part == "综合评审" and waiting.starts == stage.batch.review_at and "引导" in waiting.place
    stage.reviewers()
    assert papers.parts(stage.technician)[-1].place == stage.rooms["practical"].name


def test_a_candidate_of_level_two_waits_for_the_review_after_the_practical(stage: ReviewStage) -> None:
    it_is("2026-10-15", "18:00")
    assert progress.where(stage.technician)["next"] == "参加综合评审"
    assert progress.where(stage.worker)["next"] == "等待成绩汇总和公示"


def test_pages_show_the_review_where_there_is_one(stage: ReviewStage, client: Client) -> None:
    stage.marked(stage.technician)
    stage.review("0.8")
    stage.finish()
    office = stage.browser("exam_officer")
    page = office.get(f"/d/batch/{stage.batch.pk}/results").content.decode()
    assert 'data-label="综合评审">80.0' in page
    assert "综合评审成绩" in client.get(f"/announcements/{stage.batch.pk}/publicity").content.decode()
    assert "综合评审" in client.get(f"/announcements/{stage.batch.pk}").content.decode()
    shown = progress.results(stage.technician)
    assert shown is not None and [row["label"] for row in shown["rows"]] == ["理论知识", "操作技能", "综合评审"]
    drawn = charts.marks(stage.batch.applications.all(), least=(60,))
    assert drawn is not None and drawn["names"] == ["理论", "实操", "综合评审"]
    assert {row["review"] for row in batches.published_results(stage.batch)} == {Decimal("80.0"), None}


def test_pages_of_a_batch_without_review_do_not_mention_it(play: Any, client: Client) -> None:
    stage = RoomStage(play)
    stage.seated()
    stage.publish(dict.fromkeys(stage.numbers, ("80", "80")))
    office = stage.browser("exam_officer")
    assert "综合评审" not in office.get(f"/d/batch/{stage.batch.pk}/results").content.decode()
    assert "综合评审" not in client.get(f"/announcements/{stage.batch.pk}/publicity").content.decode()


class StudentStage(RoomStage):
    """A batch of level three and a listed major."""

    levels = ("3",)

    def student(self, name: str, number: str, **more: Any) -> Any:
        return self.play(
            "application.enrol", under=self.batch, by=self.registrar, level="3", name=name, identity=number,
            phone=PHONE, school_related="on", final_year="on", **more,
        )  # fmt: skip


@pytest.fixture
@kept
def listed(play: Any) -> StudentStage:
    made = StudentStage(play)
    play(
        "programme.list", under=made.city.regions["450300"], by=made.city.actor("centre"), school="漓畔职业技术学院",
        list_name="higher_vocational", major="电气自动化技术", code="460306", occupations=["6-31-01-03"],
        document="市人社发〔2026〕14号", valid_from="2026-09-01",
    )  # fmt: skip
    return made


def test_a_student_of_a_listed_major_is_let_in_by_the_college_route(listed: StudentStage) -> None:
    row = listed.student(TECHNICIAN, person(20), school="higher_vocational", programme="460306")
    row = listed.play("application.check", row, by=listed.checker)
    assert listed.play("application.approve", row, by=listed.approver).met.startswith("（6）")


def test_a_student_of_a_major_that_is_not_listed_is_told_so(listed: StudentStage) -> None:
    row = listed.student(TECHNICIAN, person(20), school="higher_vocational")
    with pytest.raises(Refused, match="经评估论证的高职"):
        listed.play("application.check", row, by=listed.checker)


def test_a_major_is_chosen_from_the_list_and_together_with_its_school(listed: StudentStage) -> None:
    with pytest.raises(Refused, match="460399"):
        listed.student(TECHNICIAN, person(20), school="higher_vocational", programme="460399")
    with pytest.raises(Refused, match="学校的类别"):
        listed.student(TECHNICIAN, person(20), programme="460306")
