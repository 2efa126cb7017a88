"""Tail probabilities and the correction for many tests, in plain mathematics (P2)."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, exp, lgamma, log, sqrt


def chi_square_tail(value: float, df: int) -> float:
    """Probability that a chi-square variable with `df` ≥ 1 degrees of freedom exceeds `value`.

    The upper incomplete gamma function by its recurrence from erfc (odd `df`) or exp (even), which is exact for whole
    degrees of freedom.
    """
    if df < 1:
        raise ValueError(f"自由度须不小于 1，给出的是 {df}")
    if value <= 0:
        return 1.0
    half = value / 2
    order = 0.5 if df % 2 else 1.0
    tail = erfc(sqrt(half)) if df % 2 else exp(-half)
    while order < df / 2 - 1e-9:
        tail += exp(order * log(half) - half - lgamma(order + 1))
        order += 1
    return min(tail, 1.0)


def normal_two_sided(z: float) -> float:
    """Probability that a standard normal variable lies further from 0 than `z`."""
    return erfc(abs(z) / sqrt(2))


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values in the given order: rejecting those ≤ q keeps the false discovery rate at q (1995)."""
    count = len(p_values)
    adjusted = [1.0] * count
    least = 1.0
    for rank, place in sorted(enumerate(sorted(range(count), key=lambda at: p_values[at]), 1), reverse=True):
        least = min(least, p_values[place] * count / rank)
        adjusted[place] = least
    return adjusted
