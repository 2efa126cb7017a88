"""How a batch looks, and what its neighbours share with it (clause K10)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Role
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Link,
    Panel,
    Related,
    aside,
    display,
    level_choices,
    state_filter,
)

from ..models import OFFICE, Batch
from ..queries import chain, progress

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
    return lambda batch: [aside(room.name, told=room.capacity) for room in getattr(batch, name).order_by("pk")]


def _progress(batch: Batch, actor: Actor) -> dict[str, Any]:
    return {"progress": progress(batch)}


def _occupation(batch: Batch) -> str:
    return aside(batch.occupation_name, told=batch.occupation)


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
            Filter( "occupation", _("职业"), "occupation", standards.occupation_choices            ),
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
                    Column("review_at", _("综合评审"), kind="datetime"),
                    Column("site", _("考点"), value=lambda batch: f"{batch.site.name} {batch.site.address}"),
                    Column("theory_rooms", _("理论考场（机位）"), value=_rooms("theory_rooms"), kind="list"),
                    Column("practical_rooms", _("实操场地（工位）"), value=_rooms("practical_rooms"), kind="list"),
                    Column("published_at", _("公示开始"), kind="datetime"),
                    Column("publicity_until", _("公示截止"), kind="datetime"),
                    Column("bank", _("使用题库"), value=lambda batch: dict(Batch.BANKS)[batch.bank]),
                    Column("notes", _("考生须知")),
                ),
            ),
        ),
        related=(
            Related(_("花名册"), "roster", "batch", frozenset({Role.REGISTRAR, Role.MANAGER})),
            Related(_("照片包"), "photopack", "batch", frozenset({Role.REGISTRAR})),
            Related(_("理论考试场次"), "session", "batch", OFFICE),
            Related(_("考评小组"), "panel", "batch", frozenset({Role.EXAM_OFFICER, Role.MANAGER, Role.COUNTY})),
            Related(_("异议"), "objection", "batch", SCORERS),
            Related(_("认定结果"), "result", "application__batch", SCORERS),
            Related(_("证书"), "certificate", "result__application__batch", SCORERS),
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
