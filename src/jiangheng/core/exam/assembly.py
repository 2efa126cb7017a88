"""Draw a paper from a bank under a blueprint, as a binary programme solved by HiGHS.

Serves K13 (one paper per session or per seat) and K9 (the draw happens on the server, from whatever bank the plan must
use). The draw is random by the seed and can be repeated from it. A paper is released only after `verify_paper`, which
shares no code with the solver, finds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

import highspy
import numpy as np

from jiangheng.core.exam.blueprint import Blueprint, Shortage, check, quotas, sufficiency
from jiangheng.core.exam.items import KINDS, Item, check_item
from jiangheng.core.exam.shuffle import stream

# Costs are whole numbers small enough that sums stay exact in the solver's doubles, large enough that ties are rare.
_COST_SPAN = 1 << 20


class CannotAssemble(ValueError):
    """No paper can be drawn. `problems` say so in words; `shortages` name the lacking kinds and ranges."""

    def __init__(self, problems: Sequence[str], *, shortages: Sequence[Shortage] = ()) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)
        self.shortages = tuple(shortages)


def assemble(
    items: Iterable[Item], blueprint: Blueprint, *, seed: bytes | int, avoid: frozenset[str] = frozenset()
) -> list[Item]:
    """One paper: exact kind counts, exact range quotas, no item in `avoid`; kinds in blueprint order.

    Every bank order gives the same paper for the same seed. Second and third items on one assessment point are
    chosen only where the bank leaves no other way. Raises CannotAssemble with the binding shortages, or with the
    blueprint's own problems.
    """
    problems = check(blueprint, least_minutes=0)
    if problems:
        raise CannotAssemble(problems)
    wanted = {row.kind for row in blueprint.kinds}
    ranges = {row.code for row in blueprint.ranges}
    pool = sorted(
        (item for item in items if item.kind in wanted and item.range_code in ranges and item.code not in avoid),
        key=lambda item: item.code,
    )
    if len({item.code for item in pool}) != len(pool):
        raise CannotAssemble(["题库中有重复的试题编号，请先整理题库"])
    shortages = sufficiency(blueprint, pool)
    if shortages:
        raise CannotAssemble([shortage.words for shortage in shortages], shortages=shortages)
    paper = _in_order(_solve(pool, blueprint, luck=_luck(pool, seed=seed)), blueprint)
    faults = verify_paper(paper, blueprint, avoid=avoid)
    if faults:
        raise CannotAssemble(faults)
    return paper


def verify_paper(
    items: Sequence[Item], blueprint: Blueprint, *, avoid: frozenset[str] = frozenset(), allow_all_right: bool = True
) -> list[str]:
    """What is wrong with a paper, by plain counting; empty when it may be released.

    Checks sound items, no item twice, none in `avoid`, kind counts, range quotas, and the marks' sum. Whether a
    choice item may be all right is the bank's decision, so it is admitted here unless the caller says otherwise.
    """
    problems = [problem for item in items for problem in check_item(item, allow_all_right=allow_all_right)]
    for code, times in Counter(item.code for item in items).items():
        if times > 1:
            problems.append(f"试题 {code} 在试卷中出现 {times} 次，请重新组卷")
        if code in avoid:
            problems.append(f"试题 {code} 属于本次应避开的试题，请重新组卷")
    problems += _kind_faults(items, blueprint)
    problems += _range_faults(items, blueprint)
    marks = {row.kind: row.marks for row in blueprint.kinds}
    total = sum((Fraction(marks.get(item.kind, 0)) for item in items), Fraction(0))
    if total != Fraction(blueprint.total):
        problems.append(f"试卷总分为 {float(total):g} 分，应为 {blueprint.total} 分，请重新组卷")
    return problems


def _kind_faults(items: Sequence[Item], blueprint: Blueprint) -> Iterable[str]:
    counts = Counter(item.kind for item in items)
    for row in blueprint.kinds:
        if counts[row.kind] != row.count:
            name = KINDS[row.kind].name if row.kind in KINDS else row.kind
            yield f"{name}有 {counts[row.kind]} 题，应有 {row.count} 题，请重新组卷"
    for kind in counts.keys() - {row.kind for row in blueprint.kinds}:
        yield f"组卷计划中没有题型“{kind}”，请删去该题型的试题"


def _range_faults(items: Sequence[Item], blueprint: Blueprint) -> Iterable[str]:
    counts = Counter(item.range_code for item in items)
    for code, quota in quotas(blueprint).items():
        if counts[code] != quota:
            yield f"鉴定范围 {code} 有 {counts[code]} 题，应有 {quota} 题，请重新组卷"
    for code in counts.keys() - {row.code for row in blueprint.ranges}:
        yield f"组卷计划中没有鉴定范围“{code}”，请删去该范围的试题"


def _luck(pool: Sequence[Item], *, seed: bytes | int) -> list[int]:
    """A cost for each item, hanging on the seed and the item's own code, not on its neighbours in the bank."""
    key = seed if isinstance(seed, bytes) else str(seed).encode()
    return [next(stream(key, label=f"cost:{item.code}")) % _COST_SPAN for item in pool]


def _solve(pool: Sequence[Item], blueprint: Blueprint, *, luck: Sequence[int]) -> list[Item]:
    solver = _quiet_solver()
    solver.passModel(_model(pool, blueprint, luck=luck))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        status = solver.modelStatusToString(solver.getModelStatus())
        raise CannotAssemble([f"求解器没有给出试卷（{status}），请检查组卷计划后重试"])
    values = solver.getSolution().col_value
    return [item for item, value in zip(pool, values[: len(pool)], strict=True) if value > 0.5]


def _model(pool: Sequence[Item], blueprint: Blueprint, *, luck: Sequence[int]) -> highspy.HighsLp:
    """A binary column for each item; a row for each kind, each range, and each point that has several items.

    A point's row reads "items of the point - excess <= 1", and an excess costs more than all luck together: a paper
    asks a point twice only when it must, and a thin bank is not made infeasible by it.
    """
    needs = quotas(blueprint)
    exact = [row.count for row in blueprint.kinds] + list(needs.values())
    crowded = [point for point, count in Counter(item.point for item in pool).items() if count > 1]
    kind_row = {row.kind: place for place, row in enumerate(blueprint.kinds)}
    range_row = {code: len(kind_row) + place for place, code in enumerate(needs)}
    point_row = {point: len(exact) + place for place, point in enumerate(crowded)}
    columns = [
        [kind_row[item.kind], range_row[item.range_code], *([point_row[item.point]] if item.point in point_row else [])]
        for item in pool
    ]
    columns += [[point_row[point]] for point in crowded]
    entries = sum(len(rows) for rows in columns)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(columns), len(exact) + len(crowded)
    model.col_cost_ = np.array([*luck, *[blueprint.size * _COST_SPAN] * len(crowded)], dtype=np.float64)
    model.col_lower_ = np.zeros(len(columns))
    model.col_upper_ = np.array([1] * len(pool) + [blueprint.size] * len(crowded), dtype=np.float64)
    model.row_lower_ = np.array([*exact, *[-highspy.kHighsInf] * len(crowded)], dtype=np.float64)
    model.row_upper_ = np.array([*exact, *[1] * len(crowded)], dtype=np.float64)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(rows) for rows in columns)], dtype=np.int32)
    model.a_matrix_.index_ = np.array([row for rows in columns for row in rows], dtype=np.int32)
    model.a_matrix_.value_ = np.array([1] * (entries - len(crowded)) + [-1] * len(crowded), dtype=np.float64)
    return model


class _Silent(highspy.Highs):
    """A solver that says nothing: the constructor would print a banner where a command writes its result."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _quiet_solver() -> highspy.Highs:
    solver = _Silent()  # type: ignore[no-untyped-call]
    for option, value in (
        ("threads", 1),
        ("random_seed", 0),
        # The default gap would let the solver stop at any nearly cheapest paper, which may differ by version.
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.5),
    ):
        solver.setOptionValue(option, value)
    return solver


def _in_order(chosen: Sequence[Item], blueprint: Blueprint) -> list[Item]:
    kinds = {row.kind: place for place, row in enumerate(blueprint.kinds)}
    ranges = {row.code: place for place, row in enumerate(blueprint.ranges)}
    return sorted(chosen, key=lambda item: (kinds[item.kind], ranges[item.range_code], item.code))
