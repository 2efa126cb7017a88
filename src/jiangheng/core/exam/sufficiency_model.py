"""The relaxed programme of a request: all papers at once, items that are alike as one column (K9).

It leaves out what ties single papers together (which paper an item goes to), so it admits too much and refuses
nothing that can be made: the shadow test of van der Linden & Adema 1998 for the whole request. The elastic form adds
columns for items that do not exist yet and pays for each, and for a limit on overlap that it oversteps; the time cap
is looked at when the fewest items are known.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jiangheng.core.exam.items import IMPORTANCE
from jiangheng.core.exam.parallel_pool import foes_of
from jiangheng.core.exam.parallel_solver import Model, Outcome, solve
from jiangheng.core.exam.plan import GRADES, Limits, Plan, Stock, kind_name, range_counts, range_of, split_bounds

# In a stock of many items expected times are taken down to a whole of these seconds: fewer columns, and still a
# lower bound.
_TICK, _MANY = 5, 3_000
_SECONDS = 3.0
# What the elastic form pays for one more item that any two papers share, in new items.
_WIDER = 5.0
_LINES = 24

Key = tuple[str, str, int, str, int]


@dataclass(frozen=True, slots=True)
class Lot:
    """Items that would have to be written: how many, of what description; difficulty 0 and importance "": any."""

    range_code: str
    kind: str
    difficulty: int
    importance: str
    items: int
    words: str

    @property
    def name(self) -> str:
        """The lot in short."""
        return f"{self.range_code}×{self.kind}×{self.difficulty}×{self.importance}"


@dataclass(frozen=True, slots=True)
class Slack:
    """A limit that new items do not mend: what it is, what is set, and the least that would do."""

    constraint: str
    name: str
    needed: int
    available: int
    words: str


@dataclass(frozen=True, slots=True)
class _Group:
    """Alike items as one column; no members: items that do not exist yet."""

    key: Key
    column: int
    members: tuple[int, ...]


class Shadow:
    """The relaxed programme of a stock and a plan, for any number of papers."""

    def __init__(self, rows: Sequence[Stock], plan: Plan) -> None:
        self.rows, self.plan = rows, plan
        self._foes = foes_of(rows, plan)
        self._tick = _TICK if len(rows) > _MANY else 1
        counts = range_counts(plan)
        # Only what a rule looks at tells items apart: the fewer columns the better.
        self._keys: list[Key] = [
            (
                range_of(row.range_code, counts) or "",
                row.kind,
                row.difficulty if plan.difficulty else 0,
                row.importance if plan.importance else "",
                row.seconds // self._tick if plan.seconds is not None else 0,
            )
            for row in rows
        ]

    def outcome(self, bound: Limits, forms: int, *, whole: bool = True) -> Outcome:
        """Whether the relaxed programme has an answer: IMPOSSIBLE is a proof that the request is.

        `whole` asks for whole numbers where fractions alone would do; without it the answer is quicker and weaker.
        """
        if forms == 0:
            return Outcome.FOUND
        model = Model()
        groups = self._groups(model, bound, forms)
        self._constrain(model, groups, bound, forms)
        self._part_enemies(model, groups, forms)
        first = solve(model, seconds=_SECONDS, relaxed=True)
        if not whole or first.outcome is not Outcome.FOUND or all(abs(n - round(n)) < 1e-6 for n in first.values):
            return first.outcome
        return solve(model, seconds=_SECONDS, gap=1.0).outcome

    def fewest_additions(self, bound: Limits, forms: int) -> tuple[list[Lot], list[Slack]]:
        """The fewest new items that make the programme solvable, and limits that must give way besides."""
        model = Model()
        groups = self._groups(model, bound, forms)
        fresh = self._fresh(model)
        pairs = max(1, forms * (forms - 1) // 2)
        slack = {
            "seconds": model.column(whole=False),
            "overlap": model.column(cost=_WIDER / pairs, whole=False),
        }
        self._constrain(model, [*groups, *fresh], bound, forms, slack=slack)
        self._part_enemies(model, groups, forms)
        found = solve(model, seconds=_SECONDS, gap=0.02)
        if found.outcome is Outcome.UNKNOWN:
            found = solve(model, seconds=_SECONDS, relaxed=True)
        if found.outcome is not Outcome.FOUND:
            words = "组卷计划自身的要求互相矛盾，补充试题也不能满足，请放宽难度、重要程度分布或交叉配额"
            return [], [Slack("plan", "plan", 0, 0, words)]
        used = [(group, found.values[group.column]) for group in fresh]
        lots = [_lot(group, uses, bound, forms) for group, uses in used if uses > 0.5]
        over = {name: found.values[column] for name, column in slack.items()}
        if self.plan.seconds is not None:
            over["seconds"] = self._least_overtime(model, fresh, slack, found.values)
        return lots, [*_slacks(over, self.plan, bound, forms, tick=self._tick)]

    def _least_overtime(
        self, model: Model, fresh: Sequence[_Group], slack: dict[str, int], values: Sequence[float]
    ) -> float:
        """With the additions settled, the least ticks by which all papers together overstep the time cap."""
        for column in (*(group.column for group in fresh), slack["overlap"]):
            model.columns[column] = (0.0, max(0.0, values[column]) + 1e-6, False)
        model.costs = [0.0] * len(model.costs)
        model.costs[slack["seconds"]] = 1.0
        again = solve(model, seconds=_SECONDS, relaxed=True)
        return (again.values or values)[slack["seconds"]]

    def _groups(self, model: Model, bound: Limits, forms: int) -> list[_Group]:
        """Alike items as one column. Enemies that cannot all be used keep their own, so that a row can part them."""
        most = min(bound.uses, forms)
        members: dict[tuple[Key, int], list[int]] = defaultdict(list)
        for place, (key, others) in enumerate(zip(self._keys, self._foes, strict=True)):
            binds = bool(others) and (len(others) + 1) * most > forms
            members[key, place if binds else -1].append(place)
        return [
            _Group(key, model.column(most=len(places) * most), tuple(places))
            for (key, _), places in sorted(members.items())
        ]

    def _part_enemies(self, model: Model, groups: Sequence[_Group], forms: int) -> None:
        single = {group.members[0]: group.column for group in groups if len(group.members) == 1}
        for clique in cliques(self._foes, sorted(single)):
            columns = [single[place] for place in clique if place in single]
            if len(columns) > 1:
                model.row(((column, 1.0) for column in columns), most=forms)

    def _fresh(self, model: Model) -> list[_Group]:
        """A column for every description an item could be written to, at the price of one; its time the usual one."""
        rows, plan = self.rows, self.plan
        grades = GRADES if plan.difficulty else ("0",)
        weights = tuple(IMPORTANCE) if plan.importance else ("",)
        times = {kind.kind: sorted(row.seconds for row in rows if row.kind == kind.kind) or [0] for kind in plan.kinds}
        usual = {kind: spent[len(spent) // 2] // self._tick if plan.seconds else 0 for kind, spent in times.items()}
        return [
            _Group((code, kind.kind, int(grade), weight, usual[kind.kind]), model.column(cost=1.0), ())
            for code in range_counts(plan)
            for kind in plan.kinds
            for grade in grades
            for weight in weights
        ]

    def _constrain(
        self, model: Model, groups: Sequence[_Group], bound: Limits, forms: int, *, slack: dict[str, int] | None = None
    ) -> None:
        plan = self.plan
        by: dict[tuple[str, object], list[int]] = defaultdict(list)
        for group in groups:
            code, kind, grade, weight, _ = group.key
            own = {"range": code, "kind": kind, "cell": (code, kind), "grade": str(grade), "weight": weight}
            for name in own.items():
                by[name].append(group.column)

        def hold(name: tuple[str, object], least: int, most: int) -> None:
            model.row(((column, 1.0) for column in by[name]), least=least * forms, most=most * forms)

        for code, count in range_counts(plan).items():
            hold(("range", code), count, count)
        for row in plan.kinds:
            hold(("kind", row.kind), row.count, row.count)
        for cell in plan.cells:
            hold(("cell", (cell.range_code, cell.kind)), cell.count, cell.count)
        for what, split, marks in (("grade", plan.difficulty, GRADES), ("weight", plan.importance, tuple(IMPORTANCE))):
            if split is not None:
                for mark, (least, most) in zip(marks, split_bounds(split, marks, size=plan.size), strict=True):
                    hold((what, mark), least, most)
        if plan.seconds is not None:
            spent = [(group.column, float(group.key[4] * self._tick)) for group in groups if group.key[4]]
            give = [(slack["seconds"], -float(self._tick))] if slack else []
            model.row([*spent, *give], most=plan.seconds * forms)
        if bound.overlap is not None and bound.overlap > 0 and forms > 1:
            _share(model, groups, bound, forms, overlap=bound.overlap, size=plan.size, slack=slack)


def _share(
    model: Model,
    groups: Sequence[_Group],
    bound: Limits,
    forms: int,
    *,
    overlap: int,
    size: int,
    slack: dict[str, int] | None,
) -> None:
    """Pairs of papers that share items. n items used y times in all make at least n·C(u,2) + (y - n·u)·u of them.

    That is least when uses are spread evenly, and convex: for every whole u the right side is a lower bound. Items
    are taken together by range and kind, which weakens the bound little and keeps the programme small.
    """
    cells: dict[tuple[str, str], list[_Group]] = defaultdict(list)
    for group in groups:
        if group.members:
            cells[group.key[:2]].append(group)
    pairs: list[tuple[int, float]] = []
    lines = _lines(groups, bound, forms, size=size)
    for members in cells.values():
        held = sum(len(group.members) for group in members)
        total, pair = model.column(whole=False), model.column(whole=False)
        pairs.append((pair, 1.0))
        model.row([*((group.column, 1.0) for group in members), (total, -1.0)], least=0, most=0)
        for uses in lines:
            floor = held * uses * (uses - 1) / 2 - held * uses * uses
            model.row([(pair, 1.0), (total, -float(uses))], least=floor)
    give = [(slack["overlap"], -1.0)] if slack else []
    model.row([*pairs, *give], most=overlap * forms * (forms - 1) / 2)


def cliques(foes: Sequence[Sequence[int]], places: Iterable[int]) -> Iterable[tuple[int, ...]]:
    """Sets of mutual enemies that cover every pair: one paper takes at most one of each."""
    covered: set[tuple[int, int]] = set()
    for place in places:
        for other in foes[place]:
            if (place, other) in covered:
                continue
            clique = [place, other]
            for third in foes[place]:
                if third not in clique and all(third in foes[member] for member in clique):
                    clique.append(third)
            covered.update((one, two) for one in clique for two in clique)
            yield tuple(clique)


def _lines(groups: Sequence[_Group], bound: Limits, forms: int, *, size: int) -> list[int]:
    """The u to write a bound for. Any of them hold; two dozen around the usual number of uses are enough."""
    stock = sum(len(group.members) for group in groups) or 1
    usual = forms * size // stock
    top = min(bound.uses, forms, 3 * usual + _LINES)
    return sorted({1 + place * max(1, top - 1) // _LINES for place in range(_LINES)} & set(range(1, top)))


def _lot(group: _Group, uses: float, bound: Limits, forms: int) -> Lot:
    code, kind, grade, weight, _ = group.key
    # Where papers share little, a new item is counted for one use, so that it adds to no overlap.
    items = -(-round(uses) // (1 if bound.overlap else min(bound.uses, forms)))
    place = f"鉴定范围 {code} 的" if code else ""
    marks = "、".join([*([f"难度 {grade} 级"] if grade else []), *([f"重要程度 {weight}"] if weight else [])])
    return Lot(code, kind, grade, weight, items, f"{place}{kind_name(kind)}{f'（{marks}）' if marks else ''}{items} 题")


def _slacks(found: dict[str, float], plan: Plan, bound: Limits, forms: int, *, tick: int) -> Iterable[Slack]:
    if (over := found["seconds"] * tick) > 1e-3 and plan.seconds is not None:
        needed = plan.seconds + -(-math.ceil(over - 1e-3) // forms)
        words = (
            f"预计用时上限 {plan.seconds} 秒太短：用最省时的试题，平均每卷也要约 {needed} 秒；请放宽到 {needed} 秒以上"
        )
        yield Slack("seconds", "seconds", needed, plan.seconds, words)
    if (over := found["overlap"]) > 1e-3 and bound.overlap is not None:
        pairs = forms * (forms - 1) // 2
        needed = bound.overlap + -(-math.ceil(over - 1e-3) // pairs)
        words = (
            f"任意两卷最多相同 {bound.overlap} 题做不到：把使用次数摊到最匀，平均也有约 {needed} 题相同；"
            f"请放宽到 {needed} 题以上"
        )
        yield Slack("overlap", "overlap", needed, bound.overlap, words)
