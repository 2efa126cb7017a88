"""core/law/span.py: the union of employments in full years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.law.span import Worked, add_months, add_years, worked

ON = date(2026, 6, 1)
DAY = timedelta(days=1)
periods = st.tuples(
    st.dates(date(1995, 1, 1), date(2027, 1, 1)), st.none() | st.dates(date(1995, 1, 1), date(2027, 1, 1))
)
histories = st.lists(periods, max_size=6)


def test_overlapping_jobs_are_not_counted_twice() -> None:
    one = worked([(date(2020, 1, 1), date(2021, 12, 31))], on=ON)
    both = worked([(date(2020, 1, 1), date(2021, 12, 31)), (date(2021, 1, 1), date(2021, 12, 31))], on=ON)
    assert one == both == Worked(date(2020, 1, 1), 731)
    assert one.months == 24


def test_jobs_that_follow_each_other_are_as_long_as_one() -> None:
    joined = worked([(date(2021, 5, 1), None), (date(2020, 5, 1), date(2021, 4, 30))], on=ON)
    assert joined == worked([(date(2020, 5, 1), None)], on=ON)


def test_work_after_the_day_and_jobs_that_end_before_they_begin_count_nothing() -> None:
    assert worked([(date(2026, 6, 1), None), (date(2020, 2, 1), date(2020, 1, 1))], on=ON) == Worked(None, 0)


def test_only_work_since_a_day_counts_when_asked() -> None:
    assert worked([(date(2020, 1, 1), None)], since=date(2026, 5, 1), on=ON) == Worked(date(2026, 5, 1), 31)


@pytest.mark.parametrize(
    ("start", "full"),
    [
        ("2021-06-01", "2026-06-01"),
        ("2020-02-29", "2025-02-28"),
        ("2019-12-31", "2024-12-31"),
        ("2020-01-01", "2025-01-01"),
    ],
)
def test_five_years_without_a_break_are_full_on_the_anniversary_and_not_the_day_before(start: str, full: str) -> None:
    first, end = date.fromisoformat(start), date.fromisoformat(full)
    assert worked([(first, None)], on=end).lacking(5, on=end) is None
    assert worked([(first, None)], on=end - DAY).lacking(5, on=end - DAY) == end


def test_a_break_moves_the_day_by_its_length() -> None:
    with_break = worked([(date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 1, 31), None)], on=ON)
    assert with_break.lacking(10, on=ON) == date(2030, 1, 31)


@settings(max_examples=25, deadline=None)
@given(histories, periods)
def test_more_work_is_never_less(history: list[tuple[date, date | None]], more: tuple[date, date | None]) -> None:
    before, after = worked(history, on=ON), worked([*history, more], on=ON)
    assert after.days >= before.days
    for years in (1, 3, 4, 5, 10):
        soon, later = after.lacking(years, on=ON), before.lacking(years, on=ON)
        assert soon is None or (later is not None and soon <= later)


@settings(max_examples=25, deadline=None)
@given(histories, st.randoms(use_true_random=False))
def test_order_never_matters(history: list[tuple[date, date | None]], random: object) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert worked(shuffled, on=ON) == worked(history, on=ON)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_the_days_are_those_of_a_calendar_ticked_off_day_by_day(history: list[tuple[date, date | None]]) -> None:
    ticked = set()
    for start, last in history:
        end = min(last if last is not None else ON - DAY, ON - DAY)
        ticked |= {start.toordinal() + n for n in range((end - start).days + 1)}
    assert worked(history, on=ON).days == len(ticked)


def test_months_end_on_the_last_day_where_the_day_does_not_exist() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 1, leap_to_march=True) == date(2025, 3, 1)


def test_a_span_reads_as_years_and_months() -> None:
    assert str(worked([(date(2023, 4, 1), None)], on=ON)) == "3年2个月"
    assert str(worked([(date(2024, 6, 1), None)], on=ON)) == "2年"
    assert str(worked([(date(2026, 5, 20), None)], on=ON)) == "12天"
    assert str(worked([], on=ON)) == "0天"
