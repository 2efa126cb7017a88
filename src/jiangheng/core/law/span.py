"""Length of working life: the union of employments, counted in full years (clause P3).

Overlapping employments count once. The days worked are laid end to end from the first day of work; "满N年" is
reached when they reach that day's N-th anniversary. Counted so, more work never makes less, order never
matters, and whoever worked without a break is full on the anniversary itself.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day (Civil Code art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int, *, leap_to_march: bool = False) -> date:
    """The anniversary; 29 February falls on the 28th in common years, or on 1 March for a birthday."""
    found = add_months(day, 12 * years)
    return found + _DAY if leap_to_march and found.day != day.day else found


@dataclass(frozen=True, slots=True)
class Worked:
    """Days of work and the first of them (None when there are none)."""

    first: date | None
    days: int

    @property
    def months(self) -> int:
        """Full months."""
        if self.first is None:
            return 0
        end = self.first + timedelta(days=self.days)
        count = (end.year - self.first.year) * 12 + end.month - self.first.month
        return count - (add_months(self.first, count) > end)

    def lacking(self, years: int, *, on: date) -> date | None:
        """None if the years are full; otherwise the day they will be, with work on every day from `on`."""
        first = self.first or on
        left = add_years(first, years) - first - timedelta(days=self.days)
        return on + left if left > timedelta() else None

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        if not self.months:
            return f"{self.days}天"
        return (f"{years}年" if years else "") + (f"{months}个月" if months else "")


def worked(periods: Iterable[tuple[date, date | None]], *, on: date, since: date | None = None) -> Worked:
    """The union of employments before `on`, and not before `since` if given.

    A period is its first and last day; None as last day means it lasts. `on` itself is a day not yet worked.
    """
    begin: date | None = None
    reached = since or date.min
    days = 0
    for start, last in sorted(((start, min(last + _DAY, on) if last and last < on else on) for start, last in periods)):
        low = max(start, reached)
        if low < last:
            begin = begin or low
            days += (last - low).days
            reached = last
    return Worked(begin, days)
