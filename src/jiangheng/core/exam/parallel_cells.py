"""How many items of which kind from which range, paper by paper: the middle of the stock, then whole numbers (K13).

Ranges and kinds are both exact, so a paper is a table with given sums. `spread` finds the table in fractions that
stays nearest to the stock; `allocate` rounds it, differently by chance for each paper, never breaking a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.exam.items import IMPORTANCE
from jiangheng.core.exam.plan import GRADES, Plan, range_counts, split_bounds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_ROUNDS = 80


@dataclass(frozen=True)
class Classes:
    """Items that are alike in range, kind, difficulty and importance, and how many there are."""

    count: Floats
    cell: Ints
    grade: Ints
    weight: Ints
    of_item: Ints
    ranges: tuple[str, ...]
    kinds: int

    @classmethod
    def of(cls, cell: Ints, grade: Ints, weight: Ints, *, plan: Plan, ranges: tuple[str, ...]) -> Classes:
        """The classes of items whose cell, grade and importance are given."""
        key = (cell * len(GRADES) + grade) * len(IMPORTANCE) + weight
        found, of_item, count = np.unique(key, return_inverse=True, return_counts=True)
        above = found // len(IMPORTANCE)
        return cls(
            count.astype(np.float64), above // len(GRADES), above % len(GRADES), found % len(IMPORTANCE), of_item,
            ranges, len(plan.kinds),
        )  # fmt: skip

    def weights(self, middle: Floats) -> Floats:
        """Each item's part of its class."""
        return (middle / self.count)[self.of_item]

    def by_cell(self, middle: Floats) -> Floats:
        """The middle as a table range × kind."""
        cells = len(self.ranges) * self.kinds
        table: Floats = np.bincount(self.cell, weights=middle, minlength=cells).astype(np.float64)
        return table.reshape(len(self.ranges), self.kinds)


def spread(classes: Classes, plan: Plan, *, supply: float) -> Floats:
    """How many items of each class a paper takes in the middle: iterative proportional fitting of the stock.

    Scales in turn to ranges, kinds, crossed quotas, and into the bounds of difficulty and importance; no class gives
    more than `supply` of its items to a paper on average. Deming & Stephan 1940; with bounds after Csiszár 1975.
    Sums are taken in a fixed order (bincount), so the result is the same wherever doubles are IEEE 754.
    """
    counts = range_counts(plan)
    kinds, fixed = np.array([row.count for row in plan.kinds], dtype=np.float64), fixed_cells(plan, classes.ranges)
    exact: list[tuple[Ints, Floats, Floats]] = []
    for place, wanted in (
        (classes.cell // classes.kinds, np.array(list(counts.values()), dtype=np.float64)),
        (classes.cell % classes.kinds, kinds),
        (classes.cell, np.where(fixed >= 0, fixed, np.nan).reshape(-1)),
    ):
        exact.append((place, wanted, wanted))
    for place, split, marks in (
        (classes.grade, plan.difficulty, GRADES),
        (classes.weight, plan.importance, tuple(IMPORTANCE)),
    ):
        bounds = np.array(split_bounds(split, marks, size=plan.size), dtype=np.float64)
        exact.append((place, bounds[:, 0], bounds[:, 1]))
    middle = classes.count * plan.size / max(float(classes.count.sum()), 1.0)
    for _ in range(_ROUNDS):
        for place, least, most in reversed(exact):
            middle = middle * _factor(place, middle, least=least, most=most)[place]
        middle = np.minimum(middle, classes.count * supply)
    return middle


def _factor(place: Ints, middle: Floats, *, least: Floats, most: Floats) -> Floats:
    held = np.bincount(place, weights=middle, minlength=len(least))
    wanted = np.where(np.isnan(least), held, np.minimum(np.maximum(held, least), most))
    return np.divide(wanted, held, out=np.ones_like(held), where=held > 0)


def fixed_cells(plan: Plan, ranges: Sequence[str]) -> Ints:
    """The crossed quotas as a table range × kind; -1 where none is given."""
    table = np.full((len(ranges), len(plan.kinds)), -1, dtype=np.int64)
    kinds = {row.kind: place for place, row in enumerate(plan.kinds)}
    for row in plan.cells:
        table[list(ranges).index(row.range_code), kinds[row.kind]] = row.count
    return table


def allocate(
    share: Floats, *, rows: Sequence[int], columns: Sequence[int], most: Ints, fixed: Ints, luck: Floats
) -> Ints:
    """A table of whole numbers near `share` with the sums `rows` and `columns`, at most `most`, `fixed` where >= 0.

    Parts of an item are given out where `luck` (0 to 1) times the part is largest, then mended along augmenting
    paths, so a table is found whenever there is one. Where there is none the sums are met as far as they can be.
    """
    table = np.where(fixed >= 0, fixed, np.minimum(np.floor(share).astype(np.int64), most))
    most = np.where(fixed >= 0, table, most)
    _trim(table, share, rows=rows, columns=columns, fixed=fixed)
    row_open = [wanted - int(held) for wanted, held in zip(rows, table.sum(axis=1), strict=True)]
    column_open = [wanted - int(held) for wanted, held in zip(columns, table.sum(axis=0), strict=True)]
    eager = (share - table) * luck
    for flat in np.argsort(-eager, axis=None, kind="stable"):
        row, column = divmod(int(flat), len(columns))
        if row_open[row] > 0 and column_open[column] > 0 and table[row, column] < most[row, column]:
            table[row, column] += 1
            row_open[row] -= 1
            column_open[column] -= 1
    for row in range(len(rows)):
        while row_open[row] > 0 and _augment(
            table, row, column_open, most=most, least=np.maximum(fixed, 0), eager=eager
        ):
            row_open[row] -= 1
    return table


def _trim(table: Ints, share: Floats, *, rows: Sequence[int], columns: Sequence[int], fixed: Ints) -> None:
    """Take back where rounding down already gave too much (a share that never met its sums)."""
    for axis, wanted in ((1, rows), (0, columns)):
        for line, count in enumerate(wanted):
            cells = table[line] if axis else table[:, line]
            free = (fixed[line] if axis else fixed[:, line]) < 0
            parts = (share[line] if axis else share[:, line]) - cells
            while cells.sum() > count and (free & (cells > 0)).any():
                worst = int(np.argmin(np.where(free & (cells > 0), parts, np.inf)))
                cells[worst] -= 1
                parts[worst] += 1


def _augment(table: Ints, start: int, column_open: list[int], *, most: Ints, least: Ints, eager: Floats) -> bool:
    """One more item in row `start`, by a path of additions and removals to a column that still wants one."""
    came: dict[int, tuple[int, int]] = {}  # column -> (row it is added in, column that row gave back; -1 at the start)
    queue: list[tuple[int, int]] = [(start, -1)]
    seen = {start}
    for row, given in queue:
        order = sorted(range(len(column_open)), key=lambda column: -eager[row, column])
        for column in order:
            if column in came or table[row, column] >= most[row, column]:
                continue
            came[column] = (row, given)
            if column_open[column] > 0:
                _walk(table, column, came)
                column_open[column] -= 1
                return True
            for other in range(len(table)):
                if other not in seen and table[other, column] > least[other, column]:
                    seen.add(other)
                    queue.append((other, column))
    return False


def _walk(table: Ints, column: int, came: dict[int, tuple[int, int]]) -> None:
    while column >= 0:
        row, given = came[column]
        table[row, column] += 1
        if given >= 0:
            table[row, given] -= 1
        column = given
