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
_LONGEST_YEAR = 366


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day (Civil Code art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int, *, leap_to_march: bool = False) -> date:
    """The anniversary; 29 February falls on the 28th in common years, or on 1 March for a birthday."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if leap_to_march else date(day.year + years, 2, 28)


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
        if self.days >= _LONGEST_YEAR * years:
            return None
        first = self.first or on
        left = (add_years(first, years) - first).days - self.days
        return on + timedelta(days=left) if left > 0 else None

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        if not self.months:
            return f"{self.days}天"
        return (f"{years}年" if years else "") + (f"{months}个月" if months else "")


Span = tuple[date, date]


def union(periods: Iterable[tuple[date, date | None]], *, on: date) -> tuple[Span, ...]:
    """Employments before `on` as spans that neither overlap nor touch, in order: first day and the day after.

    A period is its first and last day; None as last day means it lasts. `on` itself is a day not yet worked.
    """
    spans: list[Span] = []
    for start, last in sorted((start, last + _DAY if last and last < on else on) for start, last in periods):
        if spans and start <= spans[-1][1]:
            if last > spans[-1][1]:
                spans[-1] = (spans[-1][0], last)
        elif start < last:
            spans.append((start, last))
    return tuple(spans)


def measured(spans: Iterable[Span], *, since: date | None = None) -> Worked:
    """How much lies in spans of `union`, counted from `since` on if given."""
    begin: date | None = None
    days = 0
    for start, end in spans:
        low = start if since is None or start > since else since
        if low < end:
            begin = begin or low
            days += (end - low).days
    return Worked(begin, days)


def worked(periods: Iterable[tuple[date, date | None]], *, on: date, since: date | None = None) -> Worked:
    """The union of employments before `on`, and not before `since` if given."""
    return measured(union(periods, on=on), since=since)
