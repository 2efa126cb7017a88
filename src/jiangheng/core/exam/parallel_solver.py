"""A small integer programme, row by row, and HiGHS to solve it; serves K13 (assembly of papers).

Single-threaded with a fixed seed, so that one version of the solver gives one answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

import highspy
import numpy as np

INFINITE = highspy.kHighsInf


class Outcome(Enum):
    """What the solver found out; UNKNOWN when its time was over first."""

    FOUND = "found"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Solution:
    """The values of the columns when FOUND, otherwise nothing."""

    outcome: Outcome
    values: list[float]


@dataclass(slots=True)
class Model:
    """Columns with cost and bounds, rows with bounds and (column, coefficient) entries."""

    costs: list[float] = field(default_factory=list)
    columns: list[tuple[float, float, bool]] = field(default_factory=list)
    rows: list[tuple[float, float]] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    coefficients: list[float] = field(default_factory=list)

    def column(self, *, most: float = INFINITE, cost: float = 0.0, whole: bool = True) -> int:
        """A new column from 0 to `most`; its number."""
        self.costs.append(cost)
        self.columns.append((0.0, most, whole))
        return len(self.columns) - 1

    def row(self, entries: Iterable[tuple[int, float]], *, least: float = -INFINITE, most: float = INFINITE) -> None:
        """A new row: `least` <= sum of coefficient × column <= `most`."""
        for column, coefficient in entries:
            self.index.append(column)
            self.coefficients.append(coefficient)
        self.starts.append(len(self.index))
        self.rows.append((least, most))


def solve(model: Model, *, seconds: float, relaxed: bool = False, gap: float = 0.0, near: float = 0.5) -> Solution:
    """The cheapest values, or such as cost at most `gap` (of the cost) or `near` (absolute) more.

    `relaxed` drops that columns are whole.
    """
    if not model.columns:
        # The solver calls a model without columns empty, whatever its rows ask for.
        met = all(least <= 0 <= most for least, most in model.rows)
        return Solution(Outcome.FOUND if met else Outcome.IMPOSSIBLE, [])
    highs = highspy.HighsLp()
    highs.num_col_, highs.num_row_ = len(model.columns), len(model.rows)
    highs.col_cost_ = np.array(model.costs, dtype=np.float64)
    highs.col_lower_ = np.array([least for least, _, _ in model.columns], dtype=np.float64)
    highs.col_upper_ = np.array([most for _, most, _ in model.columns], dtype=np.float64)
    highs.row_lower_ = np.array([least for least, _ in model.rows], dtype=np.float64)
    highs.row_upper_ = np.array([most for _, most in model.rows], dtype=np.float64)
    if not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        highs.integrality_ = [kinds[whole] for _, _, whole in model.columns]
    highs.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    highs.a_matrix_.start_ = np.array(model.starts, dtype=np.int32)
    highs.a_matrix_.index_ = np.array(model.index, dtype=np.int32)
    highs.a_matrix_.value_ = np.array(model.coefficients, dtype=np.float64)
    solver = _quiet(seconds=seconds, gap=gap, near=near)
    solver.passModel(highs)
    solver.run()
    return _solution(solver)


def _solution(solver: highspy.Highs) -> Solution:
    status, known = solver.getModelStatus(), highspy.HighsModelStatus
    if status == known.kOptimal:
        return Solution(Outcome.FOUND, list(solver.getSolution().col_value))
    # Every column is bounded or costs something, so "unbounded or infeasible" can only mean the latter.
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        return Solution(Outcome.IMPOSSIBLE, [])
    return Solution(Outcome.UNKNOWN, [])


class _Silent(highspy.Highs):
    """A solver that says nothing: the constructor would print a banner where a command writes its result."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _quiet(*, seconds: float, gap: float, near: float) -> highspy.Highs:
    solver = _Silent()  # type: ignore[no-untyped-call]
    options = {"threads": 1, "random_seed": 0, "time_limit": seconds, "mip_rel_gap": gap, "mip_abs_gap": near}
    for option, value in options.items():
        solver.setOptionValue(option, value)
    return solver
