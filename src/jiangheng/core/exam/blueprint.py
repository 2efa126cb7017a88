"""The paper blueprint (组卷计划书): how many items of which kind, for how many marks, from which ranges.

Serves K13. Range quotas count items: the weight of a range is its share of the *number* of items, as in the element
table's own use; they are apportioned by the largest remainder, so they always add up to the paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from jiangheng.core.exam.bank_text import ElementRange, weight_problems
from jiangheng.core.exam.items import KINDS, Item
from jiangheng.core.law.parameters import parameter


@dataclass(frozen=True, slots=True)
class KindRow:
    """`count` items of `kind`, `marks` for each."""

    kind: str
    count: int
    marks: Decimal


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The plan of a theory paper. Marks in points, `minutes` of working time, weights in percent."""

    level: str
    kinds: tuple[KindRow, ...]
    ranges: tuple[ElementRange, ...]
    total: Decimal = Decimal(100)
    minutes: int = 90
    pass_mark: Decimal = Decimal(60)

    @property
    def size(self) -> int:
        """How many items a paper has."""
        return sum(row.count for row in self.kinds)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A lack in the bank: `kinds` taken together and, when named, within one range."""

    kinds: tuple[str, ...]
    range_code: str | None
    needed: int
    available: int
    words: str

    @property
    def lacking(self) -> int:
        """How many items must be added at least."""
        return self.needed - self.available


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


def quotas(blueprint: Blueprint) -> dict[str, int]:
    """How many items each range gives, by range code, in the order of the element table."""
    counts = apportion(blueprint.size, weights=[row.weight for row in blueprint.ranges])
    return {row.code: count for row, count in zip(blueprint.ranges, counts, strict=True)}


def check(blueprint: Blueprint, *, least_minutes: int | None = None) -> list[str]:
    """Problems of a plan, as sentences that say how to mend it; empty when it can be used.

    `least_minutes` is what the occupation's standard asks for; without it the parameter `theory.minutes` holds.
    """
    shortest = parameter("theory.minutes") if least_minutes is None else least_minutes
    problems = [*_kind_problems(blueprint), *_range_problems(blueprint)]
    subtotal = sum((row.count * row.marks for row in blueprint.kinds), Decimal(0))
    if subtotal != blueprint.total:
        problems.append(f"各题型小计为 {subtotal} 分，总分应为 {blueprint.total} 分，请调整题数或每题分值")
    if not 0 < blueprint.pass_mark <= blueprint.total:
        problems.append(f"合格分 {blueprint.pass_mark} 应大于 0 且不超过总分 {blueprint.total}，请改正")
    if blueprint.minutes < shortest:
        problems.append(f"考试时间 {blueprint.minutes} 分钟，不应少于 {shortest} 分钟，请延长")
    return problems


def sufficiency(blueprint: Blueprint, items: Iterable[Item], *, avoid: frozenset[str] = frozenset()) -> list[Shortage]:
    """Why no paper can be drawn from these items; empty exactly when one can.

    Items in `avoid` do not count. The test is the cut condition of a transport problem: a set of kinds can be served
    when the ranges, each giving at most its quota, hold enough of them. Only smallest lacking sets are reported.
    Raises ValueError when the quotas cannot be worked out (no ranges, negative weights); `check` says why.
    """
    supply = Counter((item.kind, item.range_code) for item in _distinct(items) if item.code not in avoid)
    needs = quotas(blueprint)
    return [*_range_shortages(blueprint, needs=needs, supply=supply), *_kind_shortages(blueprint, needs, supply)]


def _distinct(items: Iterable[Item]) -> Iterable[Item]:
    return {item.code: item for item in items}.values()


def _range_shortages(
    blueprint: Blueprint, *, needs: dict[str, int], supply: Counter[tuple[str, str]]
) -> Iterable[Shortage]:
    kinds = tuple(row.kind for row in blueprint.kinds)
    for row in blueprint.ranges:
        available = sum(supply[kind, row.code] for kind in kinds)
        if available < needs[row.code]:
            words = (
                f"鉴定范围 {row.code} {row.name}：需要 {needs[row.code]} 题，可用 {available} 题，"
                f"缺 {needs[row.code] - available} 题，请补充该范围的试题"
            )
            yield Shortage(kinds, row.code, needs[row.code], available, words)


def _kind_shortages(
    blueprint: Blueprint, needs: dict[str, int], supply: Counter[tuple[str, str]]
) -> Iterable[Shortage]:
    lacking: list[frozenset[str]] = []
    rows = blueprint.kinds
    # The set of all kinds says nothing more than the ranges do, so it is left out unless there is but one kind.
    for size in range(1, max(2, len(rows))):
        for chosen in combinations(rows, size):
            kinds = tuple(row.kind for row in chosen)
            if any(smaller <= set(kinds) for smaller in lacking):
                continue
            needed = sum(row.count for row in chosen)
            held = {code: sum(supply[kind, code] for kind in kinds) for code in needs}
            available = sum(min(needs[code], held[code]) for code in needs)
            if available >= needed:
                continue
            lacking.append(frozenset(kinds))
            thin = "、".join(
                f"{code}（可用 {held[code]}，最多可放 {needs[code]}）" for code in needs if held[code] < needs[code]
            )
            names = "与".join(KINDS[kind].name if kind in KINDS else kind for kind in kinds)
            words = (
                f"{names}：需要 {needed} 题，按各范围配额最多能选 {available} 题，缺 {needed - available} 题，"
                f"请在这些鉴定范围补充：{thin}"
            )
            yield Shortage(kinds, None, needed, available, words)


def _kind_problems(blueprint: Blueprint) -> Iterable[str]:
    if not blueprint.kinds:
        yield "组卷计划没有题型，请至少写一种题型"
    for kind, times in Counter(row.kind for row in blueprint.kinds).items():
        if kind not in KINDS:
            yield f"题型“{kind}”不认识，请改为 {'、'.join(KINDS)} 之一"
        if times > 1:
            yield f"题型“{kind}”写了 {times} 行，请合并为一行"
    for row in blueprint.kinds:
        if row.count < 1:
            yield f"题型“{row.kind}”的题数为 {row.count}，应至少 1 题，请改正或删去该行"
        if not row.marks > 0:
            yield f"题型“{row.kind}”的每题分值为 {row.marks}，应大于 0，请改正"


def _range_problems(blueprint: Blueprint) -> Iterable[str]:
    if not blueprint.ranges:
        yield "组卷计划没有鉴定范围，请从要素细目表选取"
        return
    problems = weight_problems(blueprint.ranges)
    problems += [
        f"鉴定范围 {code} 写了 {times} 行，请合并为一行"
        for code, times in Counter(row.code for row in blueprint.ranges).items()
        if times > 1
    ]
    yield from problems
    if problems or any(row.count < 1 for row in blueprint.kinds):
        return
    for code, count in quotas(blueprint).items():
        if count == 0:
            yield f"鉴定范围 {code} 的权重太小，{blueprint.size} 题中分不到一题，请增加题数或合并范围"
