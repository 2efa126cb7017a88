"""Score sheets as the mathematics sees them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jiangheng.apps.standards import queries as standards
from jiangheng.core.law.standard_text import TaskSheet
from jiangheng.core.skill.aspects import Aspect, SheetTotal, sheet_total
from jiangheng.core.skill.panel import PanelMark, reconcile

from .models import Practical, Sheet


def task_of(practical: Practical) -> TaskSheet:
    """The task and score aspects of the candidate's level in the batch's standard."""
    content = standards.content(practical.panel.batch.filing.standard)
    return next(task for task in content.tasks if task.level == practical.level)


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
