"""Whether a stock can give the papers of a request, before any is drawn; and if not, what would be enough (K9, P2).

Three answers: supply and demand unit by unit; a proof by a relaxed programme over all papers together (what it
refuses no assembler can make); and, when refused, the fewest new items that would do, the number of papers that can
be had, and how often an item would have to be used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from jiangheng.core.exam.items import IMPORTANCE
from jiangheng.core.exam.parallel_pool import kept_off
from jiangheng.core.exam.parallel_solver import Outcome
from jiangheng.core.exam.plan import (
    GRADES,
    Limits,
    Plan,
    Stock,
    kind_name,
    limits,
    range_counts,
    range_of,
    split_bounds,
    usable,
)
from jiangheng.core.exam.sufficiency_model import Lot, Shadow, Slack


@dataclass(frozen=True, slots=True)
class Unit:
    """One quota of the whole request: `demand` and `supply` count uses of items over all papers."""

    kind: str  # range, kind, cell, difficulty, importance
    name: str
    demand: int
    supply: int
    words: str

    @property
    def ratio(self) -> float:
        """Supply over demand."""
        return self.supply / self.demand if self.demand else float("inf")


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that makes the request impossible: which constraint, by how much, in words and what would do."""

    constraint: str
    name: str
    needed: int
    available: int
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the stock can give. `lacks` is empty exactly when nothing stands against the request."""

    forms: int
    items: int
    left_out: tuple[tuple[str, int], ...]
    units: tuple[Unit, ...]
    lacks: tuple[Lack, ...] = ()
    additions: tuple[Lot, ...] = ()
    forms_possible: int | None = None
    uses_enough: int | None = None

    @property
    def ratio(self) -> float:
        """The smallest supply over demand of a unit: below 1 the request is impossible."""
        return min((unit.ratio for unit in self.units), default=0.0)


class Impossible(ValueError):
    """No papers. `proven` tells whether none can exist, or only that the search found none."""

    def __init__(self, report: Report, *, proven: bool) -> None:
        super().__init__("；".join(lack.words for lack in report.lacks))
        self.report = report
        self.proven = proven


def report(stock: Iterable[Stock], plan: Plan, *, mode: str, forms: int) -> Report:
    """The sufficiency of a stock for `forms` papers in a mode."""
    rows, out = usable(stock, plan)
    bound = limits(plan, mode=mode, forms=forms)
    found = Report(forms, len(rows), tuple(sorted(out.items())), tuple(_units(rows, plan, bound, forms)))
    shadow = Shadow(rows, plan)
    if shadow.outcome(bound, forms) is not Outcome.IMPOSSIBLE:
        return replace(found, lacks=tuple(_unserved(rows, plan, forms)))
    additions, slacks = shadow.fewest_additions(bound, forms)
    fewer = _last(0, forms - 1, lambda n: _admits(shadow, limits(plan, mode=mode, forms=n), n))
    more = _least_uses(shadow, bound, forms)
    found = replace(found, additions=tuple(additions), forms_possible=fewer, uses_enough=more)
    return replace(found, lacks=tuple(_lacks(found, bound, slacks)))


def _unserved(rows: Sequence[Stock], plan: Plan, forms: int) -> Iterable[Lack]:
    """The papers that cannot be made without items their candidates have had before, one after another by itself.

    Where one paper can be made without everything that anybody has had, each can be: mostly this is asked once.
    """
    held_off = kept_off(rows, forms=forms)
    if not held_off or _one_without(rows, plan, range(forms)):
        return
    known: dict[tuple[int, ...], bool] = {}
    for number, places in held_off.items():
        had = tuple(places.tolist())
        if had not in known:
            known[had] = _one_without(rows, plan, [number])
        if not known[had]:
            left = len(rows) - len(had)
            words = (
                f"第 {number + 1} 卷：考生做过其中 {len(had)} 题，避开以后余下 {left} 题，组不出一份卷；"
                "请补充试题，或放宽难度、重要程度的允许偏差"
            )
            yield Lack("kept_off", str(number + 1), plan.size, left, words)


def _one_without(rows: Sequence[Stock], plan: Plan, numbers: Collection[int]) -> bool:
    """Whether nothing stands against one paper of the rows that are kept off none of these papers."""
    left = [row for row in rows if not any(number in numbers for number in row.kept_off)]
    return Shadow(left, plan).outcome(limits(plan, mode="one", forms=1), 1) is not Outcome.IMPOSSIBLE


def _units(rows: Sequence[Stock], plan: Plan, bound: Limits, forms: int) -> Iterable[Unit]:
    counts = range_counts(plan)
    near = [range_of(row.range_code, counts) or "" for row in rows]
    by_range, by_kind = Counter(near), Counter(row.kind for row in rows)
    by_cell = Counter(zip(near, (row.kind for row in rows), strict=True))
    for code, count in counts.items():
        if code:
            yield _unit("range", code, f"鉴定范围 {code}", count, by_range[code], bound, forms)
    for row in plan.kinds:
        yield _unit("kind", row.kind, kind_name(row.kind), row.count, by_kind[row.kind], bound, forms)
    for cell in plan.cells:
        name, held = f"{cell.range_code}×{cell.kind}", by_cell[cell.range_code, cell.kind]
        words = f"鉴定范围 {cell.range_code} 的{kind_name(cell.kind)}"
        yield _unit("cell", name, words, cell.count, held, bound, forms)
    yield from _split_units(rows, plan, bound, forms)


def _split_units(rows: Sequence[Stock], plan: Plan, bound: Limits, forms: int) -> Iterable[Unit]:
    held: Callable[[Stock], str]
    for kind, split, marks, held, words in (
        ("difficulty", plan.difficulty, GRADES, lambda row: str(row.difficulty), "难度 {} 级"),
        ("importance", plan.importance, tuple(IMPORTANCE), lambda row: row.importance, "重要程度 {}"),
    ):
        supply = Counter(held(row) for row in rows)
        bounds = split_bounds(split, marks, size=plan.size)
        for mark, (least, most) in zip(marks, bounds, strict=True):
            # What the other marks may not take at most, this one must give.
            needed = max(least, plan.size - sum(high for _, high in bounds) + most)
            if needed > 0:
                yield _unit(kind, mark, words.format(mark), needed, supply[mark], bound, forms)


def _unit(kind: str, name: str, words: str, count: int, held: int, bound: Limits, forms: int) -> Unit:
    return Unit(kind, name, count * forms, held * min(bound.uses, forms), words)


def _least_uses(shadow: Shadow, bound: Limits, forms: int) -> int | None:
    """The least number of uses an item would need, with no limit on overlap; None when that does not help."""
    if bound.uses >= forms or not _admits(shadow, Limits(forms, None), forms):
        return None
    return forms - _last(0, forms - bound.uses, lambda n: _admits(shadow, Limits(forms - n, None), forms))


def _admits(shadow: Shadow, bound: Limits, forms: int) -> bool:
    return shadow.outcome(bound, forms, whole=False) is not Outcome.IMPOSSIBLE


def _last(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to `high` for which `holds`, which does for `low` and is not taken up again later."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _lacks(found: Report, bound: Limits, slacks: Sequence[Slack]) -> Iterable[Lack]:
    forms = found.forms
    ways = _ways(found, bound)
    short = [unit for unit in found.units if unit.supply < unit.demand]
    each = f"，每题最多用 {bound.uses} 次" if bound.uses > 1 else ""
    for unit in short:
        items = -(-(unit.demand - unit.supply) // min(bound.uses, forms))
        words = (
            f"{unit.words}：{forms} 份卷共需 {unit.demand} 题次，可用 {unit.supply} 题次{each}，"
            f"缺 {unit.demand - unit.supply}；至少补充 {items} 题{ways}"
        )
        yield Lack(unit.kind, unit.name, unit.demand, unit.supply, words)
    if found.additions and not short:
        lots = "、".join(lot.words for lot in found.additions[:8]) + ("等" if len(found.additions) > 8 else "")
        total = sum(lot.items for lot in found.additions)
        words = (
            f"各项配额单看都够，合在一起（交叉、互斥和限制）不够：{forms} 份卷至少还要补充 {total} 题，"
            f"例如：{lots}{ways}"
        )
        yield Lack("crossed", "+".join(lot.name for lot in found.additions), total, 0, words)
    for slack in slacks:
        yield Lack(slack.constraint, slack.name, slack.needed, slack.available, slack.words + ways)
    if not (short or found.additions or slacks):
        # Fractions of items would just do: one item more in any tight place is what is missing.
        words = f"{forms} 份卷的各项要求合在一起只差一点而做不到；请补充试题或放宽难度、重要程度的允许偏差{ways}"
        yield Lack("crossed", "crossed", forms, 0, words)


def _ways(found: Report, bound: Limits) -> str:
    ways = ""
    if found.forms_possible:
        ways += f"，或减为最多 {found.forms_possible} 份卷"
    if found.uses_enough is not None:
        overlap = "，并放宽两卷相同题数" if bound.overlap is not None or bound.uses == 1 else ""
        ways += f"，或允许每题在本次使用 {found.uses_enough} 次{overlap}"
    return ways
