"""Requirements of the steps on batches and applications, named as sentences. The law itself is in core."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.institutions import queries as institutions
from jiangheng.apps.itembank import queries as itembank
from jiangheng.apps.standards import queries as standards
from jiangheng.core.law import calendar, levels
from jiangheng.core.law.eligibility import (
    Education,
    Facts,
    HeldCertificate,
    Title,
    Verdict,
    WorkPeriod,
    judge,
    judge_all,
)
from jiangheng.core.law.parameters import parameter
from jiangheng.core.skill.passing import Overall, PartResult, overall
from jiangheng.core.steps import rule
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face
from jiangheng.kernel.spoken import spoken

from .models import Application, Batch

UNDECIDED = ("submitted", "checked")
REVIEWED = [step.code for step in levels.NATIONAL if levels.needs_review(step.code)]


def facts_of(application: Application) -> Facts:
    """What an application says about the applicant, as the law reads it."""
    told = application.facts
    day = dt.date.fromisoformat
    occupation = application.batch.occupation
    history = (WorkPeriod(day(told["work_since"]), None, occupation, True),) if told.get("work_since") else ()
    held = (
        (HeldCertificate(told["held_level"], occupation, day(told["held_issued"]), told.get("held_number", "")),)
        if told.get("held_level") and told.get("held_issued")
        else ()
    )
    school = (
        (
            Education(
                told["school"],
                bool(told.get("school_related")),
                bool(told.get("final_year")),
                day(told["graduated"]) if told.get("graduated") else None,
                told.get("programme", ""),
            ),
        )
        if told.get("school")
        else ()
    )
    titles = (
        (Title(told["title_rank"], day(told["title_granted"])),)
        if told.get("title_rank") and told.get("title_granted")
        else ()
    )
    return Facts(
        application.birth, application.sex, history, held, school, titles,
        approved=standards.approved(occupation, on=application.batch.apply_until),
        apprenticeship_ended=day(told["apprenticeship_ended"]) if told.get("apprenticeship_ended") else None,
        preparatory_technician=day(told["preparatory_technician"]) if told.get("preparatory_technician") else None,
    )  # fmt: skip


def verdict_of(application: Application) -> Verdict:
    """Which condition of the standard the applicant meets on the last day of application, or what is missing."""
    content = standards.content(application.batch.standard)
    return judge(
        content.conditions, facts_of(application), level=application.level, on=application.batch.apply_until,
        counts_as=content.counts_as(),
    )  # fmt: skip


def verdicts_near(application: Application) -> tuple[Verdict, ...]:
    """The same for the standard's next lower and next higher level."""
    content = standards.content(application.batch.standard)
    here = content.levels.index(application.level)
    near = [content.levels[place] for place in (here - 1, here + 1) if 0 <= place < len(content.levels)]
    return judge_all(
        content.conditions, facts_of(application), levels=near, on=application.batch.apply_until,
        counts_as=content.counts_as(),
    )  # fmt: skip


def overall_of(application: Application) -> Overall:
    """The overall result of the level's parts: each at least the pass mark of the batch's standard."""
    required = levels.required_parts(application.level)
    design = standards.content(application.batch.standard).design(application.level)
    parts = [
        PartResult(
            part,
            getattr(application, f"{part}_mark"),
            pass_mark=Decimal(design.part(part).pass_mark),
            absent=getattr(application, f"{part}_absent"),
            # a computer-marked theory paper has nothing that could be vetoed
            vetoed=getattr(application, f"{part}_vetoed", False),
        )
        for part in required
    ]
    return overall(parts, required=required)


def _exam_day(batch: Batch) -> dt.date:
    return timezone.localtime(batch.exam_date).date()


@rule(_("备案已失效，不能再组织认定"), clause="W7", mend=_("请先办理备案续期"))
def filing_is_in_force(batch: Any) -> bool:
    filing = batch.filing if batch.filing_id else batch.under
    return bool(filing.state == "filed" and filing.valid_until >= clock.today())


@rule(_("考试当日计划所依据的标准已不适用"), clause="K3", mend=_("取消本计划，按现行标准重新制定"))
def standard_applies_on_the_exam_day(batch: Any) -> bool:
    return standards.applies(batch.standard, on=_exam_day(batch))


@rule(_("离考试时间太近"), clause="K10", mend=_("修改计划，把考试时间后移"))
def filed_in_time_before_the_exam(batch: Any) -> str:
    days = parameter("plan.submit_before_exam")
    latest = calendar.add_workdays(_exam_day(batch), -days)
    if clock.today() <= latest:
        return ""
    return _t("计划须在考试前 {days} 个工作日报送，最迟应于 {latest} 报送").format(days=days, latest=latest.isoformat())


@rule(_("报名时间太短"), clause="K10", mend=_("修改计划，延后报名截止日期"))
def announced_long_enough(batch: Any) -> str:
    days = parameter("announcement.open")
    if calendar.workdays_between(clock.today(), batch.apply_until) >= days:
        return ""
    return _t("公告至报名截止不足 {days} 个工作日").format(days=days)


@rule(_("报名截止离考试太近"), clause="K10", mend=_("提前报名截止日期或推迟考试"))
def applications_end_before_the_exam(batch: Any) -> str:
    days = parameter("application.finish")
    if calendar.workdays_between(batch.apply_until, _exam_day(batch)) >= days:
        return ""
    return _t("报名须在考试前 {days} 个工作日结束").format(days=days)


@rule(_("未到报名截止时间"), clause="K10", mend=_("报名截止日期过后系统自动截止"))
def application_period_is_over(batch: Any) -> bool:
    return bool(clock.today() > batch.apply_until)


@rule(_("还有申报没有审核完"), clause="K10", mend=_("请初审、复审人员先办结全部申报"))
def every_application_is_decided(batch: Any) -> str:
    left = batch.applications.filter(state__in=UNDECIDED).count()
    return _t("还有 {count} 人的申报没有审核完").format(count=left) if left else ""


@rule(_("没有审核通过的考生"), clause="K10", mend=_("没有考生时请取消本批次"))
def somebody_is_approved(batch: Any) -> bool:
    return bool(batch.applications.filter(state="approved").exists())


@rule(_("座位或工位不够"), clause="K10", mend=_("退回修改计划，增加考场"))
def seats_suffice(batch: Any) -> str:
    count = batch.applications.filter(state="approved").count()
    rooms = list(batch.theory_rooms.all())
    seats = sum(len(institutions.usable_seats(room)) for room in rooms)
    if count <= seats:
        return ""
    told = _t("审核通过 {count} 人，理论考场只有 {seats} 个机位").format(count=count, seats=seats)
    red = sum(room.capacity for room in rooms) - seats
    return told + _t("（另有 {red} 个机位检测不合格，修好并重新检测后可用）").format(red=red) if red else told


@rule(_("考试成绩没有出齐"), clause="K10", mend=_("请完成理论收卷、实操签字锁定和缺考登记"))
def every_mark_is_in(batch: Any) -> str:
    rows = batch.applications.filter(state="seated")
    theory = rows.filter(theory_mark=None, theory_absent=False).count()
    practical = rows.filter(practical_mark=None, practical_absent=False).count()
    review = rows.filter(review_mark=None, review_absent=False, level__in=REVIEWED).count()
    if not theory and not practical and not review:
        return ""
    told = _t("理论成绩还缺 {theory} 人，实操成绩还缺 {practical} 人").format(theory=theory, practical=practical)
    return told + _t("，综合评审成绩还缺 {review} 人").format(review=review) if review else told


@rule(_("公示期未满"), clause="K10", mend=_("公示期满后系统自动转入下一步"))
def publicity_is_over(batch: Any) -> bool:
    return bool(batch.publicity_until and clock.now() > batch.publicity_until)


@rule(_("还有异议没有答复"), clause="W5", mend=_("先答复全部异议"))
def every_objection_is_answered(batch: Any) -> bool:
    return not batch.objections.filter(state="raised").exists()


@rule(_("更正成绩后还没有重新汇总"), clause="K10", mend=_("请先办理“重新汇总”"))
def every_result_is_decided(batch: Any) -> bool:
    return not batch.applications.filter(state="seated").exists()


@rule(_("还有合格人员没有发证"), clause="W5", mend=_("请证书管理员先完成制证"))
def everybody_who_passed_is_certified(batch: Any) -> bool:
    return not batch.applications.filter(state="passed").exclude(result__state="annulled").exists()


@rule(_("本批次现在不接受报名"), clause="K10", mend=_("请选择报名中的公告"))
def batch_takes_applications(application: Any) -> bool:
    batch = application.under
    return bool(batch.state == "announced" and clock.today() <= batch.apply_until)


@rule(_("本批次不在受理申报的阶段"), clause="K10", mend=_("报名截止、编排之后不能再改动申报"))
def batch_is_before_seating(application: Any) -> bool:
    return application.batch.state in {"announced", "closed"}


@rule(_("计划人数已满"), clause="K10", mend=_("请选择其他批次"))
def places_are_left(application: Any) -> bool:
    batch = application.under
    taken = batch.applications.exclude(state__in=("withdrawn", "refused")).count()
    return bool(taken < batch.capacity)


@rule(_("不符合任何一项申报条件"), clause="P3", mend=_("补充材料后重新核对，或审核不通过并说明理由"))
def a_condition_is_met(application: Any) -> str:
    verdict = verdict_of(application)
    if verdict.met is not None:
        return ""
    missing = _t("；").join(
        _t("（{seq}）{what}").format(
            seq=each.condition.seq, what=_t("、").join(spoken(part.what) for part in each.missing)
        )
        for each in verdict.failed
    )
    return _t("不符合{level}的任何一项申报条件：{missing}").format(level=level_face(application.level), missing=missing)


@rule(_("没有照片"), clause="W10", mend=_("请上传白底免冠证件照"))
def a_photo_is_there(application: Any) -> bool:
    return application.photo_id is not None


@rule(_("各科目的成绩没有出齐"), clause="K10", mend=_("等待理论、实操和综合评审的成绩"))
def every_part_is_marked(application: Any) -> bool:
    return _all_marked(application)


def _all_marked(application: Any) -> bool:
    return all(
        getattr(application, f"{part}_mark") is not None or getattr(application, f"{part}_absent")
        for part in levels.required_parts(application.level)
    )


@rule(_("该级别没有综合评审"), clause="K1", mend=_("只有二级和一级进行综合评审"))
def level_needs_a_review(application: Any) -> bool:
    return levels.needs_review(application.level)


@rule(_("成绩不合格"), clause="K1", mend=_("按不合格登记"))
def result_is_a_pass(application: Any) -> bool:
    # while a mark is missing there is no result yet, and the rule above says so
    return not _all_marked(application) or overall_of(application).passed


@rule(_("成绩合格"), clause="K1", mend=_("按合格登记"))
def result_is_not_a_pass(application: Any) -> bool:
    return not _all_marked(application) or not overall_of(application).passed


@rule(_("不在公示期内"), clause="W5", mend=_("异议只能在公示期内提出"))
def results_are_published(objection: Any) -> bool:
    batch = objection.under
    return bool(batch.state == "published" and clock.now() <= batch.publicity_until)


@rule(_("成绩还没有汇总，或公示已经结束"), clause="W5", mend=_("汇总之后、公示结束之前可以更正成绩"))
def batch_is_published(application: Any) -> bool:
    return application.batch.state in {"scored", "published"}


def bank_problem(filing: Any, *, bank: str, codes: Iterable[str]) -> str:
    """Why a plan under a filing may not use that bank for these levels; empty when it may (K7, K9)."""
    if bank != "own":
        return ""
    institution = filing.institution
    if institution.kind != itembank.OWN_FOR:
        return _t("院校和社会培训评价组织须使用全区统一题库（三(三)），请改选统一题库")
    missing = [
        level_face(code) for code in codes
        if itembank.bank_for(filing.occupation, code, institution=institution) is None
    ]  # fmt: skip
    if not missing:
        return ""
    return _t("本企业没有这些级别的自建题库：{levels}；请先建库，或改用统一题库").format(levels=_t("、").join(missing))


@rule(_("不能使用所选的题库"), clause="K9", mend=_("修改计划，改用全区统一题库，或先建立、恢复自建题库"))
def its_bank_may_be_used(batch: Batch) -> str:
    return bank_problem(batch.filing, bank=batch.bank, codes=batch.levels)
