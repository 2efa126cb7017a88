"""How applications and objections look; identity numbers are masked here, once (clauses P3, W5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law import identity
from jiangheng.core.law.codes import SEX
from jiangheng.core.law.eligibility import SCHOOL_KINDS, TITLE_RANKS
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, Related, display, level_face, state_filter
from jiangheng.kernel.spoken import spoken

from ..models import OFFICE, Application, Objection
from ..rules import facts_of, verdict_of, verdicts_near
from .batch import LEVEL, SCORERS, STATE, TOLD, WHOLE


def _face(application: Application) -> str:
    return level_face(application.level)


def _told(name: str) -> Any:
    return lambda application: application.facts.get(name, "")


def _day(name: str) -> Any:
    def day(application: Application) -> dt.date | None:
        text = application.facts.get(name)
        return dt.date.fromisoformat(text) if text else None

    return day


def _held(application: Application) -> str:
    code = application.facts.get("held_level")
    return level_face(code) if code else ""


def _school(application: Application) -> str:
    kind = spoken(SCHOOL_KINDS.get(application.facts.get("school", ""), ""))
    related = _("，本专业或相关专业") if application.facts.get("school_related") else ""
    final = _("，应届") if application.facts.get("final_year") else ""
    return f"{kind}{related}{final}" if kind else ""


def _age(application: Application) -> str:
    return str(identity.age_on(application.birth, application.batch.apply_until))


def _no_birth(value: str) -> str:
    return "****-**-**"


def _seat(application: Application) -> str:
    return f"{application.theory_room.name} {application.seat}" if application.theory_room else ""


def _station(application: Application) -> str:
    return f"{application.practical_room.name} {application.station}" if application.practical_room else ""


def _review_at(application: Application) -> dt.datetime | None:
    return application.batch.review_at if application.has_review else None


def _part(name: str) -> Any:
    def mark(application: Application) -> str:
        if getattr(application, f"{name}_absent"):
            return str(_("缺考"))
        value = getattr(application, f"{name}_mark")
        veto = _("（否定项）") if getattr(application, f"{name}_vetoed", False) else ""
        return f"{value}{veto}" if value is not None else ""

    return mark


def _judged(application: Application, actor: Actor) -> dict[str, Any]:
    return {
        "verdict": verdict_of(application),
        "face": _face(application),
        "near": [{"face": level_face(each.level), "verdict": each} for each in verdicts_near(application)],
        "facts": facts_of(application),
        "on": application.batch.apply_until,
    }


def _may_judge(application: Application, actor: Actor) -> bool:
    return bool((OFFICE - {Role.INVIGILATOR} | {Role.CANDIDATE}) & actor.roles_on(application.scope))


def _has_marks(application: Application, actor: Actor) -> bool:
    roles = actor.roles_on(application.scope)
    return bool(SCORERS & roles) or (Role.CANDIDATE in roles and application.batch.state in TOLD)


PERSON = (
    Column("name", _("姓名"), sort="name", kind="person"),
    Column("identity", _("证件号码"), mask=identity.mask_identity, whole_for=WHOLE, kind="code"),
)

display(
    Display(
        flow="application",
        label=_("申报"),
        title=lambda application: f"{application.name} · {_face(application)}",
        columns=(
            *PERSON,
            Column("level", _("申报级别"), value=_face, sort="level"),
            Column("employer", _("工作单位"), sort="employer"),
            Column("batch", _("批次"), value="batch.title", sort="batch__title"),
            Column("ticket", _("准考证号"), kind="code", sort="ticket"),
            STATE,
        ),
        filters=(state_filter(Application), LEVEL),
        search=("name", "ticket", "identity_index", "employer"),
        order="-pk",
        panels=(
            Panel(_("申报条件"), template="batches/verdict.html", context=_judged, shown=_may_judge),
            Panel(
                _("申报人"),
                columns=(
                    Column("photo", _("照片"), kind="image"),
                    *PERSON,
                    Column("sex", _("性别"), value=lambda application: spoken(SEX[application.sex])),
                    Column("birth", _("出生日期"), mask=_no_birth, whole_for=WHOLE, kind="date"),
                    Column("age", _("报名截止时年龄"), value=_age, kind="number"),
                    Column("phone", _("手机号码"), mask=identity.mask_phone, whole_for=WHOLE, kind="code"),
                    Column("employer", _("工作单位")),
                    Column("education", _("文化程度"), value=lambda application: spoken(application.education)),
                ),
            ),
            Panel(
                _("申报情况"),
                columns=(
                    Column("level", _("申报级别"), value=_face),
                    Column("batch", _("批次"), value="batch.title"),
                    Column("work_since", _("从事本职业起始日期"), value=_day("work_since"), kind="date"),
                    Column("held_level", _("已取得证书级别"), value=_held),
                    Column("held_number", _("已取得证书编号"), value=_told("held_number"), kind="code"),
                    Column("held_issued", _("证书发证日期"), value=_day("held_issued"), kind="date"),
                    Column("school", _("相关学历"), value=_school),
                    Column("graduated", _("毕业日期"), value=_day("graduated"), kind="date"),
                    Column("programme", _("经批准的专业或班级"), value=_told("programme"), kind="code"),
                    Column(
                        "title_rank", _("相关职称"),
                        value=lambda application: spoken(TITLE_RANKS.get(application.facts.get("title_rank", ""), "")),
                    ),
                    Column("title_granted", _("职称取得日期"), value=_day("title_granted"), kind="date"),
                    Column(
                        "apprenticeship_ended", _("学徒期满日期"), value=_day("apprenticeship_ended"), kind="date"
                    ),
                    Column(
                        "preparatory_technician", _("预备技师证书发证日期"),
                        value=_day("preparatory_technician"), kind="date",
                    ),
                ),
                shown=_may_judge,
            ),
            Panel(
                _("考试安排"),
                columns=(
                    Column("ticket", _("准考证号"), kind="code"),
                    Column("theory_at", _("理论考试"), value="batch.theory_at", kind="datetime"),
                    Column("seat", _("理论考场和座位"), value=_seat),
                    Column("practical_at", _("实操考核"), value="batch.practical_at", kind="datetime"),
                    Column("station", _("实操场地和工位"), value=_station),
                    Column("review_at", _("综合评审"), value=_review_at, kind="datetime"),
                ),
                shown=lambda application, actor: bool(application.ticket),
            ),
            Panel(
                _("成绩"),
                columns=(
                    Column("theory_mark", _("理论成绩"), value=_part("theory"), kind="number"),
                    Column("practical_mark", _("实操成绩"), value=_part("practical"), kind="number"),
                    Column("review_mark", _("综合评审成绩"), value=_part("review"), kind="number"),
                ),
                shown=_has_marks,
            ),
        ),
        related=(
            Related(_("认定结果"), "result", "application", SCORERS | {Role.CANDIDATE}),
            Related(_("证书"), "certificate", "result__application", SCORERS | {Role.CANDIDATE}),
        ),
        links=(
            Link(
                _("准考证"), lambda application: f"/d/application/{application.pk}/ticket.pdf",
                frozenset({Role.REGISTRAR, Role.EXAM_OFFICER, Role.CANDIDATE}), frozenset({"seated"}), "print",
            ),
        ),
        select_related=("batch", "photo", "theory_room", "practical_room"),
        icon="person",
        menu_for=WHOLE,
    )
)  # fmt: skip

ANSWERS = frozenset({Role.EXAM_OFFICER})

display(
    Display(
        flow="objection",
        label=_("异议"),
        title=lambda objection: objection.code,
        columns=(
            Column("code", _("受理编号"), kind="code", sort="code"),
            Column("title", _("公示事项"), sort="title"),
            Column("name", _("提出人"), mask=identity.mask_name, whole_for=ANSWERS, kind="person"),
            STATE,
        ),
        filters=(state_filter(Objection), Filter("county", _("县（市、区）"), "scope__startswith", offices.counties)),
        search=("code", "title"),
        order="-pk",
        panels=(
            Panel(
                _("异议"),
                columns=(
                    Column("title", _("公示事项")),
                    Column("name", _("提出人"), mask=identity.mask_name, whole_for=ANSWERS, kind="person"),
                    # the one who answers has to reach the one who asked
                    Column("phone", _("手机号码"), mask=identity.mask_phone, whole_for=ANSWERS, kind="code"),
                    Column("content", _("异议内容")),
                    Column("answer", _("答复")),
                ),
            ),
        ),
        select_related=("batch",),
        icon="announce",
        menu_for=frozenset({Role.COUNTY, Role.CITY, Role.EXAM_OFFICER}),
    )
)
