"""How batches, rosters, applications and objections look; identity numbers are masked here, once (K10, P3, W5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law import identity
from jiangheng.core.law.codes import SEX
from jiangheng.core.law.eligibility import SCHOOL_KINDS, TITLE_RANKS
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Link,
    Panel,
    Related,
    display,
    level_choices,
    level_face,
    state_filter,
)

from .models import OFFICE, Application, Batch, Objection, Roster
from .queries import chain, problem_rows, progress
from .rules import facts_of, verdict_of

WHOLE = frozenset({Role.CHECKER, Role.APPROVER, Role.REGISTRAR})
"""Who compares numbers with documents and so sees them whole. Nobody else does."""
SCORERS = frozenset({Role.EXAM_OFFICER, Role.MANAGER, Role.CITY, Role.CENTRE, Role.COUNTY, Role.ISSUER})
"""Who sees marks before they are published."""
SEATED = frozenset({"seated", "scored", "published", "concluded", "approved", "archived"})
TOLD = frozenset({"published", "concluded", "approved", "archived"})
STATE = Column("state", _("状态"), kind="state", sort="state")
LEVEL = Filter("level", _("级别"), "level", lambda actor: level_choices())


def _counties(actor: Actor) -> list[tuple[str, str]]:
    return [(row.scope, row.name) for row in offices.regions() if row.scope.count("/") == 3]


def _place(thing: Any) -> str:
    return offices.place(thing.scope)


def _reached(thing: Any, actor: Actor) -> bool:
    return bool(OFFICE & actor.roles_on(thing.scope))


def _rooms(name: str) -> Any:
    return lambda batch: [f"{room.name}（{room.capacity}）" for room in getattr(batch, name).order_by("pk")]


def _progress(batch: Batch, actor: Actor) -> dict[str, Any]:
    return {"progress": progress(batch)}


def _occupation(batch: Batch) -> str:
    return f"{batch.occupation_name}（{batch.occupation}）"


def _document(name: str) -> Any:
    return lambda batch: f"/d/batch/{batch.pk}/{name}"


display(
    Display(
        flow="batch",
        label=_("认定批次"),
        title=lambda batch: batch.title,
        columns=(
            Column("title", _("批次名称"), sort="title"),
            Column("institution", _("机构"), value="institution.name", sort="institution__name"),
            Column("occupation", _("职业"), value="occupation_name", sort="occupation"),
            Column("levels", _("级别"), value="level_faces"),
            Column("apply_until", _("报名截止"), kind="date", sort="apply_until"),
            Column("theory_at", _("理论考试"), kind="datetime", sort="theory_at"),
            Column("capacity", _("计划人数"), kind="number", sort="capacity"),
            STATE,
        ),
        filters=(
            state_filter(Batch),
            Filter("county", _("县（市、区）"), "scope__startswith", _counties),
            Filter(
                "occupation", _("职业"), "occupation",
                lambda actor: [(row.occupation, row.name) for row in standards.enacted()],
            ),
            Filter("level", _("级别"), "levels__icontains", LEVEL.choices),
        ),
        search=("title", "number", "institution__name"),
        order="-pk",
        panels=(
            Panel(_("报名和审核"), template="batches/progress.html", context=_progress, shown=_reached),
            Panel(
                _("计划"),
                columns=(
                    Column("number", _("计划编号"), kind="code"),
                    Column("institution", _("机构"), value="institution.name"),
                    Column("occupation", _("职业"), value=_occupation),
                    Column("levels", _("级别"), value="level_faces"),
                    Column("capacity", _("计划人数"), kind="number"),
                    Column("announced_at", _("公告时间"), kind="datetime"),
                    Column("apply_until", _("报名截止"), kind="date"),
                    Column("theory_at", _("理论考试"), kind="datetime"),
                    Column("practical_at", _("实操考核"), kind="datetime"),
                    Column("site", _("考点"), value=lambda batch: f"{batch.site.name} {batch.site.address}"),
                    Column("theory_rooms", _("理论考场（机位）"), value=_rooms("theory_rooms"), kind="list"),
                    Column("practical_rooms", _("实操场地（工位）"), value=_rooms("practical_rooms"), kind="list"),
                    Column("published_at", _("公示开始"), kind="datetime"),
                    Column("publicity_until", _("公示截止"), kind="datetime"),
                    Column("notes", _("考生须知")),
                ),
            ),
        ),
        related=(
            Related(_("花名册"), "roster", "batch", frozenset({Role.REGISTRAR, Role.MANAGER})),
            Related(_("理论考试场次"), "session", "batch", OFFICE),
            Related(_("考评小组"), "panel", "batch", frozenset({Role.EXAM_OFFICER, Role.MANAGER, Role.COUNTY})),
            Related(_("异议"), "objection", "batch", SCORERS),
            Related(_("证书"), "certificate", "application__batch", SCORERS),
            Related(_("申报"), "application", "batch", OFFICE),
        ),
        links=(
            Link(_("花名册模板"), lambda batch: "/batches/template.xlsx", frozenset({Role.REGISTRAR}),
                 frozenset({"announced"}), "download"),
            Link(_("座位图"), _document("seating"), OFFICE - {Role.CENTRE}, SEATED, "exam"),
            Link(_("准考证"), _document("tickets.pdf"), frozenset({Role.REGISTRAR, Role.EXAM_OFFICER}),
                 frozenset({"seated"}), "print"),
            Link(_("座次表"), _document("doors.pdf"), frozenset({Role.EXAM_OFFICER, Role.INVIGILATOR}),
                 frozenset({"seated"}), "print"),
            Link(_("签到表"), _document("signin.pdf"), frozenset({Role.EXAM_OFFICER, Role.INVIGILATOR}),
                 frozenset({"seated"}), "print"),
            Link(_("成绩汇总表"), _document("results"), SCORERS, SEATED - {"seated"}, "chart"),
            Link(_("导出成绩"), _document("results.xlsx"), SCORERS, SEATED - {"seated"}, "download"),
        ),
        chain=chain,
        select_related=("institution", "site", "filing"),
        icon="batch",
        menu_for=frozenset(
            {Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER, Role.REGISTRAR, Role.EXAM_OFFICER, Role.ISSUER}
        ),
    )
)  # fmt: skip


def _previewed(roster: Roster, actor: Actor) -> dict[str, Any]:
    return {"problems": problem_rows(roster, names=bool(WHOLE & actor.roles_on(roster.scope)))}


display(
    Display(
        flow="roster",
        label=_("花名册"),
        title=lambda roster: f"{roster.batch.title} · {_('花名册')} {roster.pk}",
        columns=(
            Column("title", _("花名册"), value=lambda roster: f"{_('花名册')} {roster.pk}", sort="pk"),
            Column("batch", _("批次"), value="batch.title", sort="batch__title"),
            Column("rows", _("行数"), kind="number", sort="rows"),
            Column("bad", _("有误"), value=lambda roster: len(roster.bad_rows), kind="number"),
            Column("taken", _("已导入"), kind="number", sort="taken"),
            STATE,
        ),
        filters=(state_filter(Roster),),
        search=("batch__title", "batch__number"),
        order="-pk",
        panels=(
            Panel(_("核对结果"), template="batches/roster_preview.html", context=_previewed,
                  shown=lambda roster, actor: bool(Role.REGISTRAR in actor.roles_on(roster.scope))),
            Panel(_("文件"), columns=(
                Column("file", _("上传的工作簿"), kind="file"),
                Column("rows", _("行数"), kind="number"),
                Column("taken", _("已导入"), kind="number"),
            ), shown=lambda roster, actor: bool(Role.REGISTRAR in actor.roles_on(roster.scope))),
        ),
        related=(Related(_("申报"), "application", "roster", frozenset({Role.REGISTRAR})),),
        links=(
            Link(_("核对并导入"), lambda roster: f"/d/roster/{roster.pk}/preview", frozenset({Role.REGISTRAR}),
                 frozenset({"previewed"}), "check"),
            Link(_("下载标注后的工作簿"), lambda roster: f"/d/roster/{roster.pk}/marked.xlsx",
                 frozenset({Role.REGISTRAR}), icon="download"),
        ),
        select_related=("batch", "file"),
        icon="people",
        menu_for=frozenset({Role.REGISTRAR}),
    )
)  # fmt: skip


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
    kind = SCHOOL_KINDS.get(application.facts.get("school", ""), "")
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


def _part(name: str) -> Any:
    def mark(application: Application) -> str:
        if getattr(application, f"{name}_absent"):
            return str(_("缺考"))
        value = getattr(application, f"{name}_mark")
        veto = _("（否定项）") if name == "practical" and application.practical_vetoed else ""
        return f"{value}{veto}" if value is not None else ""

    return mark


def _judged(application: Application, actor: Actor) -> dict[str, Any]:
    return {"verdict": verdict_of(application), "facts": facts_of(application), "on": application.batch.apply_until}


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
                    Column("sex", _("性别"), value=lambda application: SEX[application.sex]),
                    Column("birth", _("出生日期"), mask=_no_birth, whole_for=WHOLE, kind="date"),
                    Column("age", _("报名截止时年龄"), value=_age, kind="number"),
                    Column("phone", _("手机号码"), mask=identity.mask_phone, whole_for=WHOLE, kind="code"),
                    Column("employer", _("工作单位")),
                    Column("education", _("文化程度")),
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
                    Column(
                        "title_rank", _("相关职称"),
                        value=lambda application: TITLE_RANKS.get(application.facts.get("title_rank", ""), ""),
                    ),
                    Column("title_granted", _("职称取得日期"), value=_day("title_granted"), kind="date"),
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
                ),
                shown=lambda application, actor: bool(application.ticket),
            ),
            Panel(
                _("成绩"),
                columns=(
                    Column("theory_mark", _("理论成绩"), value=_part("theory"), kind="number"),
                    Column("practical_mark", _("实操成绩"), value=_part("practical"), kind="number"),
                ),
                shown=_has_marks,
            ),
        ),
        related=(Related(_("证书"), "certificate", "application", SCORERS | {Role.CANDIDATE}),),
        links=(
            Link(
                _("准考证"), lambda application: f"/d/application/{application.pk}/ticket.pdf",
                frozenset({Role.REGISTRAR, Role.EXAM_OFFICER, Role.CANDIDATE}), frozenset({"seated"}), "print",
            ),
        ),
        select_related=("batch__filing__standard", "photo", "theory_room", "practical_room"),
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
            Column("batch", _("批次"), value="batch.title", sort="batch__title"),
            Column("name", _("提出人"), mask=identity.mask_name, whole_for=ANSWERS, kind="person"),
            STATE,
        ),
        filters=(state_filter(Objection), Filter("county", _("县（市、区）"), "scope__startswith", offices.counties)),
        search=("code", "batch__title"),
        order="-pk",
        panels=(
            Panel(
                _("异议"),
                columns=(
                    Column("batch", _("批次"), value="batch.title"),
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
