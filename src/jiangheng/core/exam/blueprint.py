"""What a paper says of itself (试卷结构): kinds with their marks, working time, pass mark. Serves K13.

How items are chosen is the assembly plan's business (`plan`); this is what a head prints and marking reckons with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class KindRow:
    """`count` items of `kind`, `marks` for each."""

    kind: str
    count: int
    marks: Decimal


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The structure of a theory paper. Marks in points, `minutes` of working time."""

    level: str
    kinds: tuple[KindRow, ...]
    total: Decimal = Decimal(100)
    minutes: int = 90
    pass_mark: Decimal = Decimal(60)

    @property
    def size(self) -> int:
        """How many items a paper has."""
        return sum(row.count for row in self.kinds)


def apportion(total: int, *, weights: Sequence[Decimal]) -> list[int]:
    """Split `total` by `weights` with the largest-remainder method; equal remainders go to the earlier one.

    Each share is its exact value rounded down or up, and the shares add up to `total`. Raises ValueError when
    `total` or a weight is negative or all weights are zero.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if total < 0 or whole <= 0 or any(weight < 0 for weight in exact):
        raise ValueError("总题数和权重不得为负，且权重合计应大于 0，请改正组卷计划")
    shares = [total * weight / whole for weight in exact]
    counts = [int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: counts[place] - shares[place])
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts
