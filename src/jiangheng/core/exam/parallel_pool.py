"""The stock as whole numbers: what a paper is measured by, its targets, and the chance of a seed (K13, P2).

All figures of the search are integers made by decimal arithmetic of fixed precision, so sums and comparisons are
exact and come out the same on every machine, in whatever order they are added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.exam.items import IMPORTANCE
from jiangheng.core.exam.parallel_cells import Classes, spread
from jiangheng.core.exam.plan import EXACT, GRADES, Limits, Plan, Stock, range_counts, range_of, split_bounds

Ints = NDArray[np.int64]
# One target, in the units of the search: a deviation of one unit is a billionth.
ONE = 1 << 30
_SIX = "0.00001E0"
_WORDS = 4096


class Chance:
    """Endless 64-bit words of one seed and label: SHAKE-256 over a frame of label, seed and block number."""

    def __init__(self, seed: bytes, label: str) -> None:
        self._head = b"".join(len(part).to_bytes(4, "big") + part for part in (label.encode(), seed))
        self._block = 0
        self._words = np.zeros(0, dtype=np.uint64)

    def words(self, count: int) -> NDArray[np.uint64]:
        """The next `count` words."""
        while len(self._words) < count:
            raw = hashlib.shake_256(self._head + self._block.to_bytes(8, "big")).digest(_WORDS * 8)
            self._words = np.concatenate([self._words, np.frombuffer(raw, dtype="<u8").astype(np.uint64)])
            self._block += 1
        taken, self._words = self._words[:count], self._words[count:]
        return taken

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1; the bias of the remainder is below one in 10**13 for bounds to a million."""
        return int(self.words(1)[0]) % bound


@dataclass(frozen=True, slots=True)
class Target:
    """One thing papers have in common: its name and the value aimed at."""

    name: str
    value: Decimal


@dataclass(frozen=True)
class Pool:
    """The usable items in order of their codes, as arrays, with the quotas and targets of their plan.

    `cell` = range × kind; `grade` and `weight` the places of difficulty and importance; `measures` one row of
    figures per target; `values` the same in units of `ONE` per target; `foes` neighbours in the graph of enemies;
    `kept_off` by the number of a paper the items it may not take.
    """

    rows: tuple[Stock, ...]
    plan: Plan
    forms: int
    limits: Limits
    ranges: tuple[str, ...]
    cell: Ints
    grade: Ints
    weight: Ints
    seconds: Ints
    point: Ints
    foes: tuple[tuple[int, ...], ...]
    measures: tuple[tuple[Decimal, ...], ...]
    targets: tuple[Target, ...]
    values: Ints
    share: NDArray[np.float64]
    kept_off: Mapping[int, Ints]

    @property
    def cells(self) -> int:
        """How many cells (range × kind) there are."""
        return len(self.ranges) * len(self.plan.kinds)

    @cached_property
    def grade_bounds(self) -> Ints:
        """(least, most) of each grade."""
        return np.array(split_bounds(self.plan.difficulty, GRADES, size=self.plan.size), dtype=np.int64)

    @cached_property
    def weight_bounds(self) -> Ints:
        """(least, most) of each importance."""
        return np.array(split_bounds(self.plan.importance, tuple(IMPORTANCE), size=self.plan.size), dtype=np.int64)

    def sums(self, chosen: Sequence[int]) -> list[Decimal]:
        """What the chosen items add up to, target by target."""
        with localcontext(EXACT):
            return [sum((row[item] for item in chosen), Decimal(0)) for row in self.measures]

    def deviation(self, chosen: Sequence[int]) -> Decimal:
        """The largest relative deviation of the chosen items from a target."""
        with localcontext(EXACT):
            pairs = zip(self.sums(chosen), self.targets, strict=True)
            return max((abs(found - target.value) / target.value for found, target in pairs), default=Decimal(0))


def pool_of(rows: Sequence[Stock], plan: Plan, *, limits: Limits, forms: int, bank: Sequence[Stock]) -> Pool:
    """The pool for `forms` papers from usable `rows` (by code); `bank` is where a reference paper's items are sought.

    ValueError when the reference names an item that is not there or has no parameters, or a target comes out as nought.
    """
    ranges = tuple(range_counts(plan))
    kind_place = {row.kind: place for place, row in enumerate(plan.kinds)}
    range_place = {code: place for place, code in enumerate(ranges)}
    points = {point: place for place, point in enumerate(sorted({row.point for row in rows if row.point}), start=1)}
    cell = _ints(
        range_place[range_of(row.range_code, ranges) or ""] * len(kind_place) + kind_place[row.kind] for row in rows
    )
    grade = _ints(row.difficulty - 1 for row in rows)
    weight = _ints("XYZ".index(row.importance) for row in rows)
    names, measures = _measured(rows, plan, irt=uses_parameters(rows, plan))
    classes = Classes.of(cell, grade, weight, plan=plan, ranges=ranges)
    middle = spread(classes, plan, supply=limits.uses / max(forms, 1))
    targets = _targets(names, measures, classes.weights(middle), plan=plan, bank=bank)
    if any(target.value <= 0 for target in targets):
        raise ValueError("试题合计的信息量或期望得分为 0，各卷无从比较；请检查试题参数，或直接写出目标值")
    return Pool(
        tuple(rows), plan, forms, limits, ranges, cell, grade, weight,
        _ints(row.seconds for row in rows), _ints(points.get(row.point, 0) for row in rows),
        foes_of(rows, plan), measures, targets, _scaled(measures, targets), classes.by_cell(middle),
        kept_off(rows, forms=forms),
    )  # fmt: skip


def kept_off(rows: Sequence[Stock], *, forms: int) -> dict[int, Ints]:
    """By the number of a paper the places of the rows that may not stand on it; papers that may take any are left out.

    Raises ValueError when a row names a paper that is not asked for.
    """
    found: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        for number in row.kept_off:
            if not 0 <= number < forms:
                raise ValueError(f"试题 {row.code} 要避开第 {number + 1} 卷，但只组 {forms} 份卷，请核对题库文件")
            found.setdefault(number, []).append(place)
    return {number: _ints(places) for number, places in sorted(found.items())}


def foes_of(rows: Sequence[Stock], plan: Plan) -> tuple[tuple[int, ...], ...]:
    """For each row the places of its enemies: pairs both ways, members of one named group, groups of the plan."""
    place = {row.code: at for at, row in enumerate(rows)}
    groups: dict[str, list[int]] = {}
    found: list[set[int]] = [set() for _ in rows]
    for at, row in enumerate(rows):
        for name in row.enemies:
            if name in place:
                found[at].add(place[name])
                found[place[name]].add(at)
            else:
                groups.setdefault(name, []).append(at)
    together = [*groups.values(), *([place[code] for code in group if code in place] for group in plan.enemies)]
    for group in together:
        for at in group:
            found[at].update(group)
    return tuple(tuple(sorted(others - {at})) for at, others in enumerate(found))


def uses_parameters(rows: Sequence[Stock], plan: Plan) -> bool:
    """Whether papers are made parallel by item parameters: when the plan says so, or every usable item has them."""
    if plan.aim.scale == "auto":
        return bool(rows) and all(row.b is not None for row in rows)
    return plan.aim.scale == "irt"


def chance_and_information(row: Stock, theta: Decimal) -> tuple[Decimal, Decimal]:
    """Chance of a right answer and Fisher information of an item at `theta` (three-parameter logistic model).

    P = c + (1-c) L, I = a² (Q/P) L² with L the logistic function of a (theta - b): Birnbaum, in Lord & Novick 1968.
    """
    a, b, c = (Decimal(repr(value)) for value in (_or(row.a, 1.0), _or(row.b, 0.0), _or(row.c, 0.0)))
    with localcontext(EXACT):
        logistic = 1 / (1 + (a * (b - theta)).exp())
        right = c + (1 - c) * logistic
        return right, a * a * (1 - right) / right * logistic * logistic


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _ints(values: object) -> Ints:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]


def _measured(rows: Sequence[Stock], plan: Plan, *, irt: bool) -> tuple[list[str], tuple[tuple[Decimal, ...], ...]]:
    aim, marks = plan.aim, {row.kind: row.marks for row in plan.kinds}
    names = [f"information@{theta}" for theta in aim.thetas] if irt else ["difficulty", "difficulty squared"]
    with localcontext(EXACT):
        if irt:
            columns = [[chance_and_information(row, theta)[1] for row in rows] for theta in aim.thetas]
            columns.append([marks.get(row.kind, 1) * chance_and_information(row, aim.cut)[0] for row in rows])
        else:
            columns = [[Decimal(row.difficulty**power) for row in rows] for power in (1, 2)]
            columns.append([marks.get(row.kind, 1) * aim.chances[row.difficulty - 1] for row in rows])
    return [*names, f"expected@{aim.cut}" if irt else "expected"], tuple(map(tuple, columns))


def _targets(
    names: Sequence[str],
    measures: Sequence[Sequence[Decimal]],
    weights: NDArray[np.float64],
    *,
    plan: Plan,
    bank: Sequence[Stock],
) -> tuple[Target, ...]:
    values = _reference(plan, bank=bank, names=names) or [_weighted(row, weights) for row in measures]
    given = _given(plan, irt=names[0].startswith("information"), found=values)
    return tuple(
        Target(name, value if chosen is None else chosen)
        for name, value, chosen in zip(names, values, given, strict=True)
    )


def _given(plan: Plan, *, irt: bool, found: Sequence[Decimal]) -> list[Decimal | None]:
    aim, size = plan.aim, plan.size
    if irt:
        return [*(aim.information or [None] * len(aim.thetas)), aim.expected]
    mean = found[0] / size if aim.mean is None else aim.mean
    square = None if aim.mean is None and aim.variance is None else found[1]
    if aim.variance is not None:
        square = size * (aim.variance + mean * mean)
    elif aim.mean is not None:
        square = size * (found[1] / size - (found[0] / size) ** 2 + mean * mean)
    expected = aim.expected
    if expected is None and aim.mean is not None:
        # An easier or harder paper than the stock's middle has another expected mark: by the slope of the chances.
        marks = sum((row.count * row.marks for row in plan.kinds), Decimal(0))
        slope = (aim.chances[-1] - aim.chances[0]) / (len(aim.chances) - 1)
        expected = found[2] + marks * slope * (mean - found[0] / size)
    return [None if aim.mean is None else size * mean, square, expected]


def _reference(plan: Plan, *, bank: Sequence[Stock], names: Sequence[str]) -> list[Decimal]:
    if not plan.aim.reference:
        return []
    irt, known = names[0].startswith("information"), {row.code: row for row in bank}
    if missing := [code for code in plan.aim.reference if code not in known]:
        raise ValueError(f"参照卷中的试题 {'、'.join(missing[:5])} 不在题库中，请改正参照卷，或直接写出目标值")
    rows = [known[code] for code in plan.aim.reference]
    if irt and any(row.b is None for row in rows):
        raise ValueError(
            "参照卷中有试题没有参数 b，不能作为信息量目标；请改用难度等级（scale = grades）或直接写出目标值"
        )
    with localcontext(EXACT):
        return [sum(row, Decimal(0)) for row in _measured(rows, plan, irt=irt)[1]]


def _weighted(row: Sequence[Decimal], weights: NDArray[np.float64]) -> Decimal:
    with localcontext(EXACT):
        total = sum((value * Decimal(float(weight)) for value, weight in zip(row, weights, strict=True)), Decimal(0))
    # Six digits: what comes of floats before this is cut off, and a person can copy the number.
    return total if not total else total.quantize(Decimal((0, (1,), total.adjusted() - 5)))


def _scaled(measures: Sequence[Sequence[Decimal]], targets: Sequence[Target]) -> Ints:
    with localcontext(EXACT):
        rows = [
            [int((value * ONE / target.value).to_integral_value()) for value in row]
            for row, target in zip(measures, targets, strict=True)
        ]
    return np.array(rows, dtype=np.int64)
