"""Two independent looks at one answer, and a third where they differ: marks of open items, entries of clerks.

Serves K13. Who marks a short answer, a calculation or an essay sees nobody else's mark; here the marks meet for the
first time. The same holds for two clerks who type the same answer sheets. No persons, no clocks: whose look is whose,
and that they are different people, is the caller's business (`Step.other_than`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from jiangheng.core.law.parameters import parameter

TENTH = Decimal("0.1")

By = Literal["mean", "nearest", "third", "waits"]


@dataclass(frozen=True, slots=True)
class Doubled:
    """What two marks come to, with a third where there is one.

    mark: the mark that stands, None while a third look is wanted. by: `mean` of the two, mean of the third and the
    `nearest` of the two, the `third` alone, or it `waits`. apart: how far the two lie apart, in marks. limit: how far
    they may.
    """

    mark: Decimal | None
    by: By
    apart: Decimal
    limit: Decimal

    @property
    def waits(self) -> bool:
        """Whether a third look is wanted."""
        return self.mark is None


def settle(
    first: Decimal,
    second: Decimal,
    *,
    full: Decimal,
    third: Decimal | None = None,
    limit_percent: Decimal | int | None = None,
    quantum: Decimal = TENTH,
) -> Doubled:
    """The mark that two blind marks come to, out of `full`, rounded half up to `quantum`.

    Marks at most `limit_percent` of `full` apart give their mean; a third is then not wanted and changes nothing. Else
    the third decides: its mean with the nearer of the two when that one lies within the limit of it, and the third
    alone when both do not, or when it stands exactly between them. Left out, the limit is the parameter
    `theory.marker_spread`. ValueError, in words, for a mark below zero, above `full` or no number.
    """
    for given in (first, second, third):
        if given is not None and not (given.is_finite() and 0 <= given <= full):
            raise ValueError(f"评分 {given} 应在 0 与 {full} 之间，请核对")
    percent = parameter("theory.marker_spread") if limit_percent is None else limit_percent
    limit = full * Decimal(percent) / 100
    apart = abs(first - second)
    if apart <= limit:
        return Doubled(_mean(first, second, quantum), "mean", apart, limit)
    if third is None:
        return Doubled(None, "waits", apart, limit)
    near, far = sorted((first, second), key=lambda mark: abs(mark - third))
    if abs(near - third) > limit or abs(near - third) == abs(far - third):
        return Doubled(_mean(third, third, quantum), "third", apart, limit)
    return Doubled(_mean(near, third, quantum), "nearest", apart, limit)


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[str, ...]:
    """What two clerks read differently, by name, in the order of the first and then of what only the second has.

    What one of them left out counts as read empty.
    """
    names = [*first, *(name for name in second if name not in first)]
    return tuple(name for name in names if first.get(name, "") != second.get(name, ""))


def _mean(one: Decimal, other: Decimal, quantum: Decimal) -> Decimal:
    return ((one + other) / 2 / quantum).quantize(Decimal(1), rounding=ROUND_HALF_UP) * quantum
