"""Two blind marks and a third where they differ; two clerks' typings (K13)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.double import differing, settle
from jiangheng.core.law.parameters import parameter

D = Decimal
MARKS = st.integers(0, 40).map(lambda halves: D(halves) / 2)


def test_marks_close_to_each_other_give_their_mean() -> None:
    done = settle(D(12), D("13.5"), full=D(20), limit_percent=20)
    assert (done.mark, done.by, done.apart, done.limit) == (D("12.8"), "mean", D("1.5"), D(4))


def test_marks_exactly_at_the_limit_need_no_third() -> None:
    assert settle(D(10), D(14), full=D(20), limit_percent=20).mark == D(12)
    assert settle(D(10), D("14.5"), full=D(20), limit_percent=20).waits


def test_a_third_mark_joins_the_nearer_of_the_two() -> None:
    done = settle(D(4), D(12), full=D(20), third=D(10), limit_percent=20)
    assert (done.mark, done.by) == (D(11), "nearest")


def test_a_third_mark_far_from_both_or_in_their_middle_stands_alone() -> None:
    assert settle(D(2), D(18), full=D(20), third=D(10), limit_percent=20).mark == D(10)
    assert settle(D(4), D(10), full=D(20), third=D(7), limit_percent=20).by == "third"


def test_the_limit_left_out_is_the_parameter() -> None:
    assert settle(D(1), D(2), full=D(10)).limit == D(10) * parameter("theory.marker_spread") / 100


@pytest.mark.parametrize("marks", [(D("-1"), D(1)), (D(1), D(21)), (D("NaN"), D(1))])
def test_a_mark_outside_its_range_is_refused(marks: tuple[Decimal, Decimal]) -> None:
    with pytest.raises(ValueError, match="之间"):
        settle(*marks, full=D(20), limit_percent=20)


@given(MARKS, MARKS, st.one_of(st.none(), MARKS), st.integers(0, 100))
def test_who_marked_first_does_not_matter_and_the_mark_lies_among_those_given(
    first: Decimal, second: Decimal, third: Decimal | None, limit: int
) -> None:
    done = settle(first, second, full=D(20), third=third, limit_percent=limit)
    assert done == settle(second, first, full=D(20), third=third, limit_percent=limit)
    assert done.waits == (third is None and abs(first - second) > done.limit)
    if done.mark is not None:
        every = [first, second] if third is None else [first, second, third]
        assert min(every) <= done.mark <= max(every) + D("0.1")


@given(MARKS, MARKS, MARKS)
def test_a_third_mark_changes_nothing_where_none_was_wanted(first: Decimal, second: Decimal, third: Decimal) -> None:
    alone = settle(first, second, full=D(20), limit_percent=25)
    if not alone.waits:
        assert settle(first, second, full=D(20), third=third, limit_percent=25) == alone


def test_two_typings_differ_where_one_left_out_what_the_other_read() -> None:
    assert differing({"1": "A", "2": "B", "3": ""}, {"1": "A", "2": "C", "4": "D"}) == ("2", "4")
    assert differing({"1": "A"}, {"1": "A"}) == ()
