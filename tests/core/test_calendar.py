"""core/law/calendar.py: working days against the published years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiangheng.core.law import calendar
from jiangheng.core.law.calendar import (
    CHINA,
    add_workdays,
    china_date,
    deadline,
    holiday_year,
    install,
    is_workday,
    parse_holidays,
    published,
    workdays_between,
)

days = st.dates(date(2024, 6, 1), date(2028, 6, 1))
moments = st.builds(datetime.combine, st.dates(date(2025, 1, 1), date(2026, 12, 1)), st.times(timezones=st.just(UTC)))


@pytest.mark.parametrize(
    ("year", "workdays"),
    # 365 days, less weekends, less weekdays off, plus weekends worked: the figures employers reckon with.
    [(2025, 248), (2026, 248)],
)
def test_a_published_year_has_the_known_number_of_working_days(year: int, workdays: int) -> None:
    assert workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == workdays


@pytest.mark.parametrize(
    "day",
    ["2026-01-02", "2026-02-16", "2026-02-23", "2026-04-06", "2026-05-05", "2026-06-19", "2026-09-25", "2026-10-07",
     "2025-01-28", "2025-02-04", "2025-06-02", "2025-10-08", "2026-03-07"],
)  # fmt: skip
def test_published_holidays_and_weekends_are_not_worked(day: str) -> None:
    assert not is_workday(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
     "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-02-24"],
)  # fmt: skip
def test_make_up_days_are_worked(day: str) -> None:
    assert is_workday(date.fromisoformat(day))


def test_a_year_without_notice_knows_only_the_fixed_holidays_and_says_so() -> None:
    assert published(2026) and not published(2027)
    off = set(holiday_year(2027).rest)
    assert off == {date(2027, 1, 1), date(2027, 5, 1), date(2027, 5, 2), *(date(2027, 10, n) for n in (1, 2, 3))}
    assert date(2024, 5, 2) not in holiday_year(2024).rest


def test_zero_working_days_is_the_same_day_or_the_next_working_one() -> None:
    assert add_workdays(date(2026, 3, 2), 0) == date(2026, 3, 2)
    assert add_workdays(date(2026, 2, 15), 0) == date(2026, 2, 24)


def test_counting_crosses_the_spring_festival_and_its_make_up_days() -> None:
    assert add_workdays(date(2026, 2, 12), 1) == date(2026, 2, 13)
    assert add_workdays(date(2026, 2, 12), 3) == date(2026, 2, 24)
    assert add_workdays(date(2026, 2, 24), -2) == date(2026, 2, 13)


@settings(max_examples=25, deadline=None)
@given(days, st.integers(1, 40))
def test_going_forward_and_back_returns_to_a_working_day(day: date, n: int) -> None:
    assume(is_workday(day))
    assert add_workdays(add_workdays(day, n), -n) == day
    assert add_workdays(add_workdays(day, -n), n) == day


@settings(max_examples=25, deadline=None)
@given(days, st.integers(-40, 40).filter(bool))
def test_the_count_between_is_the_inverse_of_adding(day: date, n: int) -> None:
    reached = add_workdays(day, n)
    assert is_workday(reached)
    assert workdays_between(day, reached) == n


@settings(max_examples=25, deadline=None)
@given(days, st.integers(0, 30), st.integers(0, 30))
def test_more_days_never_end_earlier(day: date, n: int, more: int) -> None:
    assert add_workdays(day, n) <= add_workdays(day, n + more)


def test_a_deadline_is_the_last_second_of_the_nth_working_day_in_china() -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
    assert deadline(start, 5) == datetime(2026, 3, 9, 23, 59, 59, tzinfo=CHINA)
    assert deadline(start, -1) == datetime(2026, 2, 28, 23, 59, 59, tzinfo=CHINA)


def test_an_evening_in_utc_is_the_next_day_in_china() -> None:
    evening = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert china_date(evening) == date(2026, 3, 3)
    assert deadline(evening, 1) == datetime(2026, 3, 4, 23, 59, 59, tzinfo=CHINA)


@settings(max_examples=25, deadline=None)
@given(moments, st.integers(1, 20))
def test_a_deadline_always_leaves_n_whole_working_days(start: datetime, n: int) -> None:
    end = deadline(start, n)
    assert end - start > timedelta(days=n)
    assert workdays_between(china_date(start), china_date(end)) == n


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="时区"):
        deadline(datetime(2026, 3, 2), 5)  # noqa: DTZ001 - the refusal of such a time is what is tested


@pytest.fixture
def as_before() -> Iterator[None]:
    kept = dict(calendar._years)
    yield
    calendar._years.clear()
    calendar._years.update(kept)


def test_a_later_notice_can_be_installed(as_before: None) -> None:
    assert is_workday(date(2027, 2, 8)) and not is_workday(date(2027, 2, 20))
    install(parse_holidays('[[year]]\nyear = 2027\nrest = ["02-05/02-11"]\nwork = ["02-20"]\n'))
    assert published(2027)
    assert not is_workday(date(2027, 2, 8)) and is_workday(date(2027, 2, 20))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('rest = ["02-30"]', "02-30"),
        ('rest = ["02-11/02-05"]', "终点早于起点"),
        ('rest = ["02-20"]\nwork = ["02-20"]', "既列为放假又列为上班"),
        ('work = ["02-08"]', "不是周六或周日"),
    ],
)
def test_a_wrong_table_is_refused_with_the_day_named(body: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_holidays(f"[[year]]\nyear = 2027\n{body}\n")


def test_a_table_without_year_is_refused() -> None:
    with pytest.raises(ValueError, match="year"):
        parse_holidays('[[year]]\nrest = ["01-01"]\n')
