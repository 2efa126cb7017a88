"""Score sheets as the mathematics sees them; who waits for a panel, and when and where a part begins."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from jiangheng.apps.standards import queries as standards
from jiangheng.core.law import levels
from jiangheng.core.law.standard_data import TaskSheet
from jiangheng.core.skill.aspects import Aspect, SheetTotal, sheet_total
from jiangheng.core.skill.panel import PanelMark, reconcile

from .models import Practical, Sheet


def task_of(practical: Practical) -> TaskSheet:
    """The standard's task for the candidate: of his part and level, and of his direction where there is one."""
    content = standards.content(practical.panel.batch.standard)
    direction = practical.application.direction
    fitting = content.tasks_of(practical.level, part=practical.part, direction=direction)
    own = [task for task in fitting if task.direction == direction]
    if fitting:
        return (own or fitting)[0]
    # a standard may divide a level by directions that a candidate does not name
    return next(task for task in content.tasks if task.level == practical.level and task.part == practical.part)


def waiting(batch: Any, part: str, room: Any = None) -> Any:
    """The seated candidates whom no panel marks yet in this part; in the practical those of one room, or of all."""
    rows = batch.applications.filter(state="seated")
    rows = rows.exclude(pk__in=Practical.everywhere.filter(part=part, panel__batch=batch).values("application"))
    if part == "review":
        return rows.filter(level__in=[code for code in batch.levels if levels.needs_review(code)]).order_by("ticket")
    if room is not None:
        rows = rows.filter(practical_room=room)
    return rows.order_by("station", "pk")


def reviewers_needed(batch: Any) -> int:
    """How many members the standard asks of the committee that reviews these candidates, at least."""
    content = standards.content(batch.standard)
    return max((content.design(code).committee for code in batch.levels if levels.needs_review(code)), default=0)


def begins_at(practical: Practical) -> dt.datetime:
    """When the part that is marked begins."""
    batch = practical.panel.batch
    # a batch with a review says when it is
    return batch.review_at or batch.practical_at if practical.part == "review" else batch.practical_at


def review_place(application: Any) -> str:
    """The room in which a candidate is reviewed; "" while no panel is appointed for him."""
    rows = Practical.everywhere.filter(application=application, part="review").select_related("panel__room")
    found = rows.first()
    return found.panel.room.name if found else ""


def aspects_of(practical: Practical) -> tuple[Aspect, ...]:
    """The aspects that evaluators mark."""
    return tuple(
        Aspect(each.code, each.name, each.marks, each.kind, each.descriptor)  # type: ignore[arg-type]
        for each in task_of(practical).aspects
    )


def entries(sheet: Sheet) -> dict[str, Any]:
    """A sheet's marks: Decimals for marks, booleans for vetoes."""
    return {code: value if isinstance(value, bool) else Decimal(value) for code, value in sheet.marks.items()}


def total_of(sheet: Sheet) -> SheetTotal:
    """One sheet added up."""
    return sheet_total(aspects_of(sheet.practical), entries(sheet), evaluator=f"{sheet.evaluator_id}")


def panel_mark(practical: Practical) -> PanelMark:
    """What the locked sheets of a candidate come to."""
    return reconcile([total_of(sheet) for sheet in practical.sheets.order_by("pk")])
