"""The element table (鉴定要素细目表): ranges on up to three levels, points, and what a table must and should hold.

Serves K7-K9. Sums that are wrong are errors, because papers are drawn by them; too few points or too many of little
importance are warnings, because a new bank grows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from jiangheng.core.exam.item_kinds import IMPORTANCE
from jiangheng.core.law.parameters import parameter

FULL_WEIGHT = Decimal(100)
DEEPEST = 3
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class ElementRange:
    """An assessment range (鉴定范围). `weight` is its share of the paper in percent; without `parent`, first level."""

    code: str
    name: str
    weight: Decimal
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ElementPoint:
    """An assessment point (鉴定点) of a range of the last level, with importance X, Y or Z."""

    code: str
    range_code: str
    name: str
    importance: str


def leaves(ranges: Sequence[ElementRange]) -> tuple[ElementRange, ...]:
    """The ranges of the last level, in their order: those that points belong to and quotas count."""
    parents = {row.parent for row in ranges}
    return tuple(row for row in ranges if row.code not in parents)


def weight_problems(ranges: Sequence[ElementRange]) -> list[str]:
    """Problems of the weight column: every weight above 0, together 100 on the first level, and the ranges below one
    range together its weight (国家职业标准编制技术规程, weight tables).

    Ranges whose parent is not among them count as first level, so the leaves of a table can be checked alone.
    """
    codes = {row.code for row in ranges}
    problems = [
        f"鉴定范围 {row.code}：权重 {row.weight} 应大于 0，请改正或删去该范围" for row in ranges if not row.weight > 0
    ]
    total = sum((row.weight for row in ranges if row.parent not in codes), Decimal(0))
    if total != FULL_WEIGHT:
        problems.append(f"各鉴定范围的权重合计为 {total}，应为 100，请调整权重")
    for row in ranges:
        below = [child.weight for child in ranges if child.parent == row.code]
        if below and sum(below, Decimal(0)) != row.weight:
            problems.append(
                f"鉴定范围 {row.code}：下级范围的权重合计为 {sum(below, Decimal(0))}，应为 {row.weight}，请调整权重"
            )
    return problems


def problems(ranges: Sequence[ElementRange], points: Sequence[ElementPoint]) -> list[str]:
    """Why a table cannot be used, each as a sentence that says how to mend it; empty when it can."""
    return [*weight_problems(ranges), *_tree_problems(ranges), *_point_problems(ranges, points)]


def warnings(
    ranges: Sequence[ElementRange], points: Sequence[ElementPoint], *, items_by_point: Mapping[str, int]
) -> list[str]:
    """What a usable table lacks, as sentences: shares of importance, points for the weight, points in all, items.

    `items_by_point` counts the items of each point. The limits are parameters (`bank.…`).
    """
    return [
        *_importance_warnings(points),
        *_coverage_warnings(ranges, points),
        *_item_warnings(points, items_by_point=items_by_point),
    ]


def _tree_problems(ranges: Sequence[ElementRange]) -> Iterator[str]:
    above = {row.code: row.parent for row in ranges}
    for code, times in Counter(row.code for row in ranges).items():
        if times > 1:
            yield f"鉴定范围 {code} 写了 {times} 行，请合并为一行"
    for row in ranges:
        if row.parent and row.parent not in above:
            yield f"鉴定范围 {row.code}：上级范围“{row.parent}”不存在，请先写出上级，或改正编号"
            continue
        line = _line(row.code, above=above)
        if not line:
            yield f"鉴定范围 {row.code}：上级范围绕回了自己，请改正上级编号"
        elif len(line) > DEEPEST:
            yield f"鉴定范围 {row.code} 在第 {len(line)} 级，最多 {DEEPEST} 级，请并入上级"


def _line(code: str, *, above: Mapping[str, str]) -> list[str]:
    """The codes from a range up to the first level; empty when the way up never ends."""
    line = [code]
    while parent := above.get(line[-1], ""):
        if parent in line:
            return []
        line.append(parent)
    return line


def _point_problems(ranges: Sequence[ElementRange], points: Sequence[ElementPoint]) -> Iterator[str]:
    codes = {row.code for row in ranges}
    last = {row.code for row in leaves(ranges)}
    for code, times in Counter(point.code for point in points).items():
        if times > 1:
            yield f"鉴定点 {code} 写了 {times} 行，请改为不同的编号"
    for point in points:
        if point.range_code not in codes:
            yield f"鉴定点 {point.code}：鉴定范围“{point.range_code}”不存在，请先写出该范围，或改正编号"
        elif point.range_code not in last:
            yield f"鉴定点 {point.code}：鉴定范围“{point.range_code}”还有下级，请改为最末一级的编号"
        if point.importance not in IMPORTANCE:
            yield f"鉴定点 {point.code}：重要程度“{point.importance}”不认识，请改为 X、Y 或 Z"


def _importance_warnings(points: Sequence[ElementPoint]) -> Iterator[str]:
    counts = Counter(point.importance for point in points)
    for letter, key, least in (
        ("X", "bank.importance_x", True),
        ("Y", "bank.importance_y", False),
        ("Z", "bank.importance_z", False),
    ):
        limit, share = parameter(key), Decimal(100 * counts[letter]) / max(1, len(points))
        if points and (share < limit if least else share > limit):
            bound = "不少于" if least else "不多于"
            yield (
                f"{IMPORTANCE[letter]}鉴定点（{letter}）占 {_percent(share)} %，一般{bound} {limit} %，"
                "请核对各鉴定点的重要程度"
            )


def _coverage_warnings(ranges: Sequence[ElementRange], points: Sequence[ElementPoint]) -> Iterator[str]:
    held = Counter(point.range_code for point in points)
    for row in leaves(ranges):
        # So many points for each percent of weight; a part of a point is a point.
        wanted = ceil(row.weight * parameter("bank.points_per_weight"))
        if held[row.code] < wanted:
            yield (
                f"鉴定范围 {row.code} {row.name}：有 {held[row.code]} 个鉴定点，权重 {row.weight} % 一般不少于 "
                f"{wanted} 个，请补充"
            )
    if len(points) < parameter("bank.points_min"):
        yield f"要素细目表有 {len(points)} 个鉴定点，一般不少于 {parameter('bank.points_min')} 个，请补充"


def _item_warnings(points: Sequence[ElementPoint], *, items_by_point: Mapping[str, int]) -> Iterator[str]:
    least = parameter("bank.items_per_point")
    thin = [point.code for point in points if items_by_point.get(point.code, 0) < least]
    if thin:
        more = "等" if len(thin) > MOST_NAMED else ""
        yield f"有 {len(thin)} 个鉴定点不足 {least} 道试题（{'、'.join(thin[:MOST_NAMED])}{more}），请补充试题"


def _percent(share: Decimal) -> str:
    return f"{share:.1f}".removesuffix(".0")
