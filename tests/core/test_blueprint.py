"""core/exam/blueprint.py: shares add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.blueprint import apportion


@given(
    total=st.integers(0, 500),
    weights=st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=12).filter(lambda found: sum(found) > 0),
)
def test_shares_add_up_and_each_is_its_exact_value_rounded_down_or_up(total: int, weights: list[Decimal]) -> None:
    counts = apportion(total, weights=weights)
    assert sum(counts) == total
    for count, weight in zip(counts, weights, strict=True):
        assert abs(count - total * weight / sum(weights)) < 1


def test_of_equal_remainders_the_earlier_range_gets_the_item() -> None:
    assert apportion(4, weights=[Decimal(1), Decimal(1), Decimal(1)]) == [2, 1, 1]


@pytest.mark.parametrize("weights", [[Decimal(0)], [Decimal(-1), Decimal(3)], []])
def test_weights_that_mean_nothing_are_refused(weights: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="权重"):
        apportion(10, weights=weights)
