"""The assembly plan (组卷计划) of parallel theory papers: every constraint as a value, and the stock it is laid on.

Serves K7-K9 (papers from the bank that must be used), K13 (one paper for all, A/B, a library, one per seat) and P2
(papers of one session are equally hard). `check` says in words what a plan lacks; nothing here draws an item.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

from jiangheng.core.exam.blueprint import apportion
from jiangheng.core.exam.items import DIFFICULTY, IMPORTANCE, KINDS
from jiangheng.core.trust import canon

Mode = Literal["one", "ab", "library", "each"]
MODES: dict[str, str] = {"one": "统一卷", "ab": "A/B 卷", "library": "卷库", "each": "千人千卷"}
GRADES = tuple(str(grade) for grade in DIFFICULTY)
STOCK_LABEL, PLAN_LABEL = "jiangheng/stock/1", "jiangheng/plan/1"
# Twenty digits and a rounding that is fixed: the same figures on every machine, which no library's exp() promises.
EXACT = Context(prec=20, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Stock:
    """One item as the assembler sees it.

    `seconds` expected working time; `enemies` codes it may not share a paper with, or names of groups (any name that
    is no item's code) of which a paper takes one; `exposure` how often it was used; `resting` whether it is out for
    now; `a`, `b`, `c` of the three-parameter logistic model without the factor 1.7, `b` None when not calibrated;
    `kept_off` the numbers (from 0) of the papers of the request it may not stand on: those of who has had it before.
    """

    code: str
    kind: str = "single"
    range_code: str = ""
    point: str = ""
    importance: str = "X"
    difficulty: int = 3
    seconds: int = 0
    enemies: tuple[str, ...] = ()
    exposure: int = 0
    resting: bool = False
    a: float | None = None
    b: float | None = None
    c: float | None = None
    kept_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class KindQuota:
    """`count` items of `kind`, `marks` for each."""

    kind: str
    count: int
    marks: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class RangeQuota:
    """A range of the element table: a weight, of which `range_counts` makes a number of items, or the number itself.

    Items of the range and of all ranges below it ("A" holds "A-B") count, unless the plan names a nearer range.
    """

    code: str
    weight: Decimal = Decimal(0)
    count: int | None = None


@dataclass(frozen=True, slots=True)
class CellQuota:
    """Exactly `count` items of one kind in one range: a crossed quota."""

    range_code: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Split:
    """How many items of a paper bear each mark (a grade of difficulty, an importance): (mark, least, most)."""

    bounds: tuple[tuple[str, int, int], ...]

    @classmethod
    def by_counts(cls, counts: Mapping[str, int], *, tolerance: int = 0, marks: Collection[str]) -> Split:
        """The wanted numbers, each give or take `tolerance`; a mark that is not named is wanted 0 times."""
        wanted = {mark: counts.get(mark, 0) for mark in (*marks, *counts)}
        return cls(tuple((mark, max(0, n - tolerance), n + tolerance) for mark, n in wanted.items()))

    @classmethod
    def by_shares(cls, shares: Mapping[str, Decimal], *, size: int, tolerance: int, marks: Collection[str]) -> Split:
        """Shares of any unit, made numbers by the largest remainder."""
        counts = apportion(size, weights=list(shares.values()))
        return cls.by_counts(dict(zip(shares, counts, strict=True)), tolerance=tolerance, marks=marks)


@dataclass(frozen=True, slots=True)
class Aim:
    """What makes papers parallel.

    With parameters: test information at `thetas` and the expected mark of a person at `cut`. Without: the expected
    mark by `chances` (chance of a person at the cut, grade by grade) and mean and variance of difficulty. What is
    not given absolutely comes from the paper `reference`, else from the middle of what the stock can give.
    `goal`: relative deviation at which the search rests (None: as usual in the mode); `within`: the largest that is
    accepted (None: any).
    """

    thetas: tuple[Decimal, ...] = (Decimal(-1), Decimal(0), Decimal(1))
    cut: Decimal = Decimal(0)
    information: tuple[Decimal, ...] = ()
    expected: Decimal | None = None
    mean: Decimal | None = None
    variance: Decimal | None = None
    reference: tuple[str, ...] = ()
    scale: Literal["auto", "irt", "grades"] = "auto"
    chances: tuple[Decimal, ...] = tuple(map(Decimal, ("0.90", "0.75", "0.60", "0.45", "0.30")))
    goal: Decimal | None = None
    within: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The constraints of a paper, and those between the papers of one request.

    `seconds` caps the expected time of a paper; `per_point` items on one assessment point are exceeded only where
    the stock leaves no other way; `overlap` items at most that any two papers share; an item is used in at most
    `uses` papers of the request; items used `exposure_cap` times before are out, as are those in `avoid`.
    """

    kinds: tuple[KindQuota, ...]
    ranges: tuple[RangeQuota, ...] = ()
    cells: tuple[CellQuota, ...] = ()
    difficulty: Split | None = None
    importance: Split | None = None
    seconds: int | None = None
    per_point: int | None = 1
    enemies: tuple[tuple[str, ...], ...] = ()
    overlap: int | None = None
    uses: int | None = None
    exposure_cap: int | None = None
    avoid: frozenset[str] = frozenset()
    aim: Aim = field(default_factory=Aim)

    @property
    def size(self) -> int:
        """How many items a paper has."""
        return sum(row.count for row in self.kinds)


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds between papers: how often an item is used, and how many items two papers share (None: any)."""

    uses: int
    overlap: int | None


def limits(plan: Plan, *, mode: str, forms: int) -> Limits:
    """The limits in a mode: `ab` and `library` share nothing unless the plan says so, `each` only what it says."""
    overlap = plan.overlap
    if overlap is None and plan.uses is None and mode in ("ab", "library"):
        overlap = 0
    uses = min(forms, plan.uses if plan.uses is not None else forms)
    if overlap == 0:
        uses = 1
    return Limits(uses, None if overlap is None or overlap >= plan.size else overlap)


def range_counts(plan: Plan) -> dict[str, int]:
    """How many items each range gives; {"": size} for a plan without ranges. ValueError when it cannot be worked out.

    Given numbers stand; the rest of the paper is split over the other ranges by weight, largest remainder first.
    """
    if not plan.ranges:
        return {"": plan.size}
    given = sum(row.count for row in plan.ranges if row.count is not None)
    open_rows = [row for row in plan.ranges if row.count is None]
    shares = apportion(plan.size - given, weights=[row.weight for row in open_rows]) if open_rows else []
    share = iter(shares)
    return {row.code: next(share) if row.count is None else row.count for row in plan.ranges}


def range_of(code: str, ranges: Collection[str]) -> str | None:
    """The nearest of `ranges` that holds the range `code`; None when none does."""
    if "" in ranges:
        return ""
    while code and code not in ranges:
        code = code.rpartition("-")[0]
    return code or None


def split_bounds(split: Split | None, marks: Sequence[str], *, size: int) -> list[tuple[int, int]]:
    """(least, most) for each of `marks`; without a split anything goes."""
    if split is None:
        return [(0, size)] * len(marks)
    named = {mark: (least, most) for mark, least, most in split.bounds}
    return [named.get(mark, (0, size)) for mark in marks]


def usable(stock: Iterable[Stock], plan: Plan) -> tuple[list[Stock], Counter[str]]:
    """The items a paper may take, by code, and how many are left out for which reason (in words)."""
    kinds = {row.kind for row in plan.kinds}
    ranges = {row.code for row in plan.ranges} or {""}
    rows: list[Stock] = []
    out: Counter[str] = Counter()
    for row in stock:
        reason = _reason_out(row, plan, kinds=kinds, ranges=ranges)
        if reason:
            out[reason] += 1
        else:
            rows.append(row)
    return sorted(rows, key=lambda row: row.code), out


def _reason_out(row: Stock, plan: Plan, *, kinds: Collection[str], ranges: Collection[str]) -> str:
    if row.kind not in kinds:
        return "题型不在组卷计划中"
    if range_of(row.range_code, ranges) is None:
        return "鉴定范围不在组卷计划中"
    if row.code in plan.avoid:
        return "属于应避开的试题"
    if row.resting:
        return "处于停用间隔期"
    if plan.exposure_cap is not None and row.exposure >= plan.exposure_cap:
        return f"已使用达到 {plan.exposure_cap} 次上限"
    if plan.aim.scale == "irt" and row.b is None:
        return "没有难度参数 b"
    return ""


def check(plan: Plan) -> list[str]:
    """Problems of a plan, as sentences that say how to mend it; empty when papers can be sought under it."""
    problems = [*_kind_problems(plan), *_range_problems(plan)]
    if not problems:
        problems += [*_cell_problems(plan), *_split_problems(plan)]
    return [*problems, *_number_problems(plan), *_aim_problems(plan)]


def _kind_problems(plan: Plan) -> Iterable[str]:
    if not plan.kinds:
        yield "组卷计划没有题型，请至少写一种题型及题数"
    for kind, times in Counter(row.kind for row in plan.kinds).items():
        if times > 1:
            yield f"题型“{kind}”写了 {times} 行，请合并为一行"
    for row in plan.kinds:
        if row.count < 1:
            yield f"题型“{row.kind}”的题数为 {row.count}，应至少 1 题，请改正或删去该行"
        if not row.marks > 0:
            yield f"题型“{row.kind}”的每题分值为 {row.marks}，应大于 0，请改正"


def _range_problems(plan: Plan) -> Iterable[str]:
    for code, times in Counter(row.code for row in plan.ranges).items():
        if times > 1:
            yield f"鉴定范围 {code} 写了 {times} 行，请合并为一行"
        if not code:
            yield "有一行鉴定范围没有代码，请填写"
    given = sum(row.count for row in plan.ranges if row.count is not None)
    for row in plan.ranges:
        if (row.count or 0) < 0 or row.weight < 0:
            yield f"鉴定范围 {row.code} 的题数或权重为负，请改正"
    if plan.ranges and given > plan.size:
        yield f"各鉴定范围的题数合计 {given}，超过全卷 {plan.size} 题，请调整题数"
    elif plan.ranges and all(row.count is not None for row in plan.ranges) and given != plan.size:
        yield f"各鉴定范围的题数合计 {given}，应等于全卷 {plan.size} 题，请调整题数"
    elif any(row.count is None for row in plan.ranges) and not any(r.weight for r in plan.ranges if r.count is None):
        yield "有的鉴定范围既没有题数也没有权重，请填写其一"


def _cell_problems(plan: Plan) -> Iterable[str]:
    counts, kinds = range_counts(plan), {row.kind: row.count for row in plan.kinds}
    for (code, kind), times in Counter((row.range_code, row.kind) for row in plan.cells).items():
        if times > 1:
            yield f"鉴定范围 {code} 的 {kind} 写了 {times} 行，请合并为一行"
    for row in plan.cells:
        if row.range_code not in counts or row.kind not in kinds or row.count < 0:
            yield f"交叉配额“{row.range_code} × {row.kind} = {row.count}”不在计划的范围和题型之内，请改正"
    for code, count in counts.items():
        fixed = [row for row in plan.cells if row.range_code == code]
        total = sum(row.count for row in fixed)
        if total > count or (len(fixed) == len(kinds) and total != count):
            yield f"鉴定范围 {code} 的交叉配额合计 {total} 题，该范围应为 {count} 题，请调整"
    for kind, count in kinds.items():
        fixed = [row for row in plan.cells if row.kind == kind]
        total = sum(row.count for row in fixed)
        if total > count or (len(fixed) == len(counts) and total != count):
            yield f"题型“{kind}”的交叉配额合计 {total} 题，该题型应为 {count} 题，请调整"


def _split_problems(plan: Plan) -> Iterable[str]:
    for name, split, marks in (("难度", plan.difficulty, GRADES), ("重要程度", plan.importance, tuple(IMPORTANCE))):
        if split is None:
            continue
        if unknown := [mark for mark, *_ in split.bounds if mark not in marks]:
            yield f"{name}“{unknown[0]}”不认识，应为 {'、'.join(marks)} 之一，请改正"
        bounds = split_bounds(split, marks, size=plan.size)
        if any(not 0 <= least <= most for least, most in bounds):
            yield f"{name}分布的下限应不小于 0 且不超过上限，请改正"
        least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
        if not least <= plan.size <= most:
            yield f"{name}分布合计 {least} 至 {most} 题，装不下全卷 {plan.size} 题，请调整题数或放宽允许的偏差"


def _number_problems(plan: Plan) -> Iterable[str]:
    least = {"seconds": 1, "per_point": 1, "overlap": 0, "uses": 1, "exposure_cap": 1}
    names = ("预计用时上限", "每鉴定点题数", "两卷最多相同题数", "每题使用次数上限", "累计使用次数上限")
    for (key, smallest), name in zip(least.items(), names, strict=True):
        value = getattr(plan, key)
        if value is not None and value < smallest:
            yield f"{name}（{key}）为 {value}，不得小于 {smallest}，请改正"


def _aim_problems(plan: Plan) -> Iterable[str]:
    aim = plan.aim
    if not aim.thetas and aim.scale != "grades":
        yield "信息量目标没有能力点（thetas），请至少写一个"
    if aim.information and len(aim.information) != len(aim.thetas):
        yield f"信息量目标有 {len(aim.information)} 个值，能力点有 {len(aim.thetas)} 个，请一一对应"
    absolute = (*aim.information, aim.expected, aim.mean, aim.variance)
    if any(value is not None and value <= 0 for value in absolute):
        yield "信息量、期望得分、平均难度和难度方差的目标应大于 0，请改正"
    if len(aim.chances) != len(GRADES) or not all(0 < chance < 1 for chance in aim.chances):
        yield f"各难度等级的答对概率应为 {len(GRADES)} 个 0 与 1 之间的数，请改正"
    if (aim.goal is not None and aim.goal < 0) or (aim.within is not None and aim.within <= 0):
        yield "允许的相对偏差应大于 0，请改正"


def kind_name(kind: str) -> str:
    """The Chinese name of a kind, for sentences."""
    return KINDS[kind].name if kind in KINDS else kind


def stock_digest(stock: Iterable[Stock]) -> str:
    """SHA-256 (hex) over the canonical JSON of all items by code; parameters as the shortest decimal text."""
    return _digest([_plain(row) for row in sorted(stock, key=lambda row: row.code)], STOCK_LABEL)


def plan_digest(plan: Plan) -> str:
    """SHA-256 (hex) over the canonical JSON of every constraint of a plan."""
    return _digest(_plain(plan), PLAN_LABEL)


def _digest(value: object, label: str) -> str:
    return hashlib.sha256(canon.canonical([label, value])).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Stock | Plan | Aim | Split | KindQuota | RangeQuota | CellQuota):
        # "kept_off" came later: rows without it keep the digests that were committed before
        named = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {name: said for name, said in named.items() if name != "kept_off" or said}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return Decimal(repr(value)) if isinstance(value, float) else value
