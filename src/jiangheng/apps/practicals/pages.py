"""How panels, practicals and score sheets look; an evaluator never learns whose work he marks (clause K14)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor, Role
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
from jiangheng.kernel.spoken import spoken

from . import queries
from .models import PARTS, Practical, Sheet
from .models import Panel as Team

PANELIST = frozenset({Role.PANELIST})
OFFICERS = frozenset({Role.EXAM_OFFICER, Role.MANAGER, Role.CITY, Role.CENTRE, Role.COUNTY, Role.SYSTEM})
"""Who may know whose work a code stands for; everybody else sees the code alone."""
STATE = Column("state", _("状态"), kind="state", sort="state")
LEVELS = level_choices()
PART = Filter("part", _("考核科目"), "part", lambda actor: PARTS)


def _part(thing: Any) -> str:
    return str(dict(PARTS)[thing.part])


def _sheet_part(sheet: Sheet) -> str:
    return _part(sheet.practical)


def _evaluators(team: Team) -> list[str]:
    return [account.name for account in team.evaluators.all()]


def _settled(team: Team) -> str:
    rows = team.practicals.all()
    return f"{sum(row.state in ('settled', 'absent') for row in rows)} / {len(rows)}"


display(
    Display(
        flow="panel",
        label=_("考评小组"),
        title=lambda team: f"{team.batch.title} · {_part(team)} · {team.room.name}",
        columns=(
            Column("part", _("考核科目"), value=_part, sort="part"),
            Column("room", _("实操场地"), value="room.name", sort="room__name"),
            Column("batch", _("批次"), value="batch.title", sort="batch__title"),
            Column("leader", _("组长"), value="leader.name", sort="leader__name", kind="person"),
            Column("evaluators", _("考评人员"), value=_evaluators, kind="list"),
            Column("settled", _("已定分"), value=_settled, kind="number"),
            STATE,
        ),
        filters=(state_filter(Team), PART, Filter("county", _("县（市、区）"), "scope__startswith", offices.counties)),
        search=("batch__title", "batch__number", "room__name"),
        order="-pk",
        related=(Related(_("考核"), "practical", "panel", OFFICERS),),
        select_related=("batch", "room", "leader"),
        prefetch_related=("evaluators", "practicals"),
        icon="people",
        menu_for=frozenset({Role.EXAM_OFFICER}),
    )
)


def _unnamed(value: str) -> str:
    return str(_("编号评分，不显示"))


def _locked(practical: Practical) -> str:
    sheets = practical.sheets.all()
    return f"{sum(sheet.state == 'locked' for sheet in sheets)} / {len(sheets)}"


def _settled_mark(practical: Practical) -> Any:
    return practical.mark if practical.state == "settled" else None


display(
    Display(
        flow="practical",
        label=_("实操考核"),
        title=lambda practical: f"{practical.code} · {_part(practical)} · {level_face(practical.level)}",
        columns=(
            Column("code", _("考核编号"), kind="code", sort="code"),
            Column("part", _("考核科目"), value=_part, sort="part"),
            Column("level", _("级别"), value=lambda practical: level_face(practical.level), sort="level"),
            Column("room", _("实操场地"), value="panel.room.name", sort="panel__room__name"),
            Column("sheets", _("已签字评分表"), value=_locked, kind="number"),
            Column(
                "mark", _("成绩"), value=_settled_mark, kind="number", sort="mark", mask=_unnamed, whole_for=OFFICERS
            ),
            STATE,
        ),
        filters=(state_filter(Practical), PART, Filter("level", _("级别"), "level", lambda actor: LEVELS)),
        search=("code", "panel__batch__title"),
        order="code",
        prefetch_related=("sheets",),
        panels=(
            Panel(
                _("考核"),
                columns=(
                    Column("code", _("考核编号"), kind="code"),
                    Column("part", _("考核科目"), value=_part),
                    Column("batch", _("批次"), value="panel.batch.title"),
                    Column("room", _("实操场地"), value="panel.room.name"),
                    Column("level", _("级别"), value=lambda practical: level_face(practical.level)),
                    Column(
                        "ticket",
                        _("准考证号"),
                        value="application.ticket",
                        kind="code",
                        mask=_unnamed,
                        whole_for=OFFICERS,
                    ),
                    Column("sheets", _("已签字评分表"), value=_locked, kind="number"),
                    Column("mark", _("成绩"), value=_settled_mark, kind="number", mask=_unnamed, whole_for=OFFICERS),
                    Column("vetoed", _("否定项"), kind="flag"),
                    Column("spread", _("分差情况"), value=lambda practical: spoken(practical.spread)),
                ),
            ),
        ),
        select_related=("panel__room", "panel__batch", "application"),
        icon="practical",
    )
)


def _aspects(sheet: Sheet, actor: Actor) -> dict[str, Any]:
    """The aspects with what this evaluator gave."""
    given = queries.entries(sheet)
    return {
        "task": queries.task_of(sheet.practical),
        "lines": [
            {"aspect": aspect, "given": given.get(aspect.code), "missing": aspect.code not in given}
            for aspect in queries.aspects_of(sheet.practical)
        ],
    }


display(
    Display(
        flow="sheet",
        label=_("评分表"),
        title=lambda sheet: sheet.practical.code,
        columns=(
            Column("code", _("考核编号"), value="practical.code", kind="code", sort="practical__code"),
            Column("part", _("考核科目"), value=_sheet_part, sort="practical__part"),
            Column(
                "level",
                _("级别"),
                value=lambda sheet: level_face(sheet.practical.level),
                sort="practical__level",
            ),
            Column("batch", _("批次"), value="practical.panel.batch.title", sort="practical__panel__batch__title"),
            Column("total", _("合计"), kind="number", sort="total"),
            Column("vetoed", _("否定项"), kind="flag"),
            STATE,
        ),
        filters=(
            state_filter(Sheet),
            Filter("part", _("考核科目"), "practical__part", lambda actor: PARTS),
            Filter("level", _("级别"), "practical__level", lambda actor: LEVELS),
        ),
        search=("practical__code", "practical__panel__batch__title"),
        order="practical__code",
        panels=(
            Panel(_("评分"), template="practicals/aspects.html", context=_aspects),
            Panel(
                _("评分表"),
                columns=(
                    Column("code", _("考核编号"), value="practical.code", kind="code"),
                    Column("part", _("考核科目"), value=_sheet_part),
                    Column("level", _("级别"), value=lambda sheet: level_face(sheet.practical.level)),
                    Column("batch", _("批次"), value="practical.panel.batch.title"),
                    Column("evaluator", _("考评人员"), value="evaluator.name", kind="person"),
                    Column("total", _("合计"), kind="number"),
                    Column("vetoed", _("否定项"), kind="flag"),
                    Column("remark", _("备注")),
                ),
            ),
        ),
        links=(Link(_("评分"), lambda sheet: f"/d/sheet/{sheet.pk}/score", PANELIST, icon="pen"),),
        select_related=("practical__panel__batch", "practical__application", "evaluator"),
        icon="practical",
        menu_for=PANELIST,
        # marking has a page of its own, made for a tablet beside the work-piece
        hidden=frozenset({"mark"}),
    )
)
