"""Working days of the People's Republic: holidays, make-up workdays and deadlines (clause K10).

Every clock of the procedure is counted here. The day of the event is not counted; a term ends with the last
second of its last working day in China.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from importlib import resources
from typing import Any

# One zone, no summer time: a fixed offset asks no file of the machine.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

_DAY = timedelta(days=1)
_END_OF_DAY = time(23, 59, 59, tzinfo=CHINA)


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """One published year: days off besides weekends, and weekend days that are worked."""

    year: int
    rest: frozenset[date]
    work: frozenset[date]


def _days(year: int, entries: Iterable[object], where: str) -> frozenset[date]:
    """The days of "MM-DD" and "MM-DD/MM-DD" entries; ValueError says which entry is wrong."""
    found: set[date] = set()
    for entry in entries:
        first, _, last = str(entry).partition("/")
        try:
            day, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last or first}")
        except ValueError:
            raise ValueError(f"{where} 的日期 {entry!r} 无效;写作 MM-DD 或 MM-DD/MM-DD") from None
        if end < day:
            raise ValueError(f"{where} 的日期段 {entry!r} 终点早于起点")
        while day <= end:
            found.add(day)
            day += _DAY
    return frozenset(found)


def _year(row: Mapping[str, Any]) -> HolidayYear:
    year = row.get("year")
    if not isinstance(year, int):
        raise ValueError("节假日表的 [[year]] 缺少整数 year")
    rest = _days(year, row.get("rest", ()), f"{year} 年 rest")
    work = _days(year, row.get("work", ()), f"{year} 年 work")
    if both := sorted(rest & work):
        raise ValueError(f"{both[0]} 既列为放假又列为上班")
    # A make-up day is a weekend day by definition; a weekday here is a slip of the pen that would change nothing.
    if idle := sorted(day for day in work if day.weekday() < 5):
        raise ValueError(f"{idle[0]} 不是周六或周日,不能列为调休上班日")
    return HolidayYear(year, rest, work)


def parse_holidays(text: str) -> tuple[HolidayYear, ...]:
    """The published years of a table in the form of holidays.toml; ValueError says what is wrong where."""
    return tuple(_year(row) for row in tomllib.loads(text).get("year", ()))


def _shipped() -> str:
    return resources.files(__package__).joinpath("holidays.toml").read_text("utf-8")


_years: dict[int, HolidayYear] = {one.year: one for one in parse_holidays(_shipped())}
_fixed: tuple[tuple[int, tuple[str, ...]], ...] = tuple(
    (row["since"], tuple(row["rest"])) for row in tomllib.loads(_shipped())["fixed"]
)


def install(years: Iterable[HolidayYear]) -> None:
    """Add years published after this release, or correct one; called by settings at start."""
    _years.update({one.year: one for one in years})


def published(year: int) -> bool:
    """Whether the State Council's notice for this year is known here; pages warn where it is not."""
    return year in _years


@cache
def _unpublished(year: int) -> HolidayYear:
    entries = [entry for since, rest in _fixed if year >= since for entry in rest]
    return HolidayYear(year, _days(year, entries, "法定节假日"), frozenset())


def holiday_year(year: int) -> HolidayYear:
    """The year as published, or else with the holidays that are fixed by date only."""
    return _years.get(year) or _unpublished(year)


def is_workday(day: date) -> bool:
    """Whether offices work on this day."""
    plan = holiday_year(day.year)
    return day in plan.work or (day.weekday() < 5 and day not in plan.rest)


def add_workdays(day: date, n: int) -> date:
    """The n-th working day after `day`, before it for negative n; for 0 the day itself or the next working day."""
    step = -_DAY if n < 0 else _DAY
    left = abs(n)
    if left == 0:
        while not is_workday(day):
            day += step
    while left:
        day += step
        left -= is_workday(day)
    return day


def workdays_between(a: date, b: date) -> int:
    """Working days from a (not counted) to b (counted); negative when b is earlier.

    For a working day b other than a, add_workdays(a, workdays_between(a, b)) == b.
    """
    step = _DAY if b >= a else -_DAY
    count, day = 0, a
    while day != b:
        day += step
        count += is_workday(day)
    return count if b >= a else -count


def china_date(moment: datetime) -> date:
    """The day of this moment in China; ValueError for a time without zone."""
    if moment.tzinfo is None:
        raise ValueError("时刻缺少时区;期限只能从带时区的时刻起算")
    return moment.astimezone(CHINA).date()


def deadline(start: datetime, n: int) -> datetime:
    """The end (23:59:59 in China) of the n-th working day after `start`, before it for negative n.

    The day of the event itself is not counted. ValueError for a time without zone.
    """
    return datetime.combine(add_workdays(china_date(start), n), _END_OF_DAY)
