"""What follows when an evaluator locks a sheet: the last lock settles the mark or brings it to arbitration."""

from __future__ import annotations

from jiangheng.core.authority import SYSTEM
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.perform import perform

from .models import Sheet
from .rules import every_sheet_is_locked, spread_is_within_the_limit


@follow("sheet.lock")
def settle_when_all_have_locked(thing: int, entry: int) -> None:
    """The clock would do the same within seconds; doing it here shows the mark at once."""
    practical = Sheet.everywhere.select_related("practical").get(pk=thing).practical
    if practical.state != "open" or every_sheet_is_locked(practical) is not None:
        return
    step = "settle" if spread_is_within_the_limit(practical) is None else "dispute"
    perform(step_of(f"practical.{step}"), practical.pk, actor=SYSTEM)
