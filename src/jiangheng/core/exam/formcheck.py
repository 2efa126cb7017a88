"""The independent checker of papers: whatever made them, does each keep its plan (K9, K10, P2)?

Plain counting with nothing but the standard library. It shares no code with the assembler: quotas, nearest ranges,
enemies and item information are worked out here a second time, from their definitions.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from jiangheng.core.exam.plan import Plan, Split, Stock


def violations(forms: Sequence[Sequence[str]], stock: Iterable[Stock], plan: Plan, *, mode: str) -> list[str]:
    """What is wrong with the papers, as sentences; empty when they may be released.

    Papers are named by their number from 1. `mode` is one of the four; A/B papers and a library share no item unless
    the plan sets `overlap` or `uses`.
    """
    known: dict[str, Stock] = {}
    found: list[str] = []
    for row in stock:
        if row.code in known:
            found.append(f"题库中试题编号 {row.code} 重复，请先整理题库")
        known[row.code] = row
    groups, quotas = _groups(known, plan), _quotas(plan)
    near = {code: _nearest(row.range_code, quotas) for code, row in known.items()}
    for number, form in enumerate(forms, start=1):
        found += [f"第 {number} 卷：{words}" for words in _of_one(form, known, plan, groups, quotas, near)]
        found += [f"第 {number} 卷：{words}" for words in _had_before(form, known, number)]
    return [*found, *_number_of_forms(forms, mode), *_between(forms, plan, mode=mode)]


def _of_one(
    form: Sequence[str],
    known: Mapping[str, Stock],
    plan: Plan,
    groups: Mapping[str, set[str]],
    quotas: Mapping[str, int],
    near: Mapping[str, str],
) -> Iterable[str]:
    for code, times in Counter(form).items():
        if times > 1:
            yield f"试题 {code} 出现 {times} 次，请重新组卷"
    if strange := [code for code in form if code not in known]:
        yield f"试题 {'、'.join(strange[:5])} 不在题库中，请核对题库文件"
    rows = [known[code] for code in dict.fromkeys(form) if code in known]
    yield from _barred(rows, plan)
    yield from _kinds(rows, plan)
    yield from _ranges(rows, plan, quotas, [near[row.code] for row in rows])
    yield from _split("难度", Counter(str(row.difficulty) for row in rows), plan.difficulty)
    yield from _split("重要程度", Counter(row.importance for row in rows), plan.importance)
    spent = sum(row.seconds for row in rows)
    if plan.seconds is not None and spent > plan.seconds:
        yield f"预计用时 {spent} 秒，上限 {plan.seconds} 秒，请重新组卷"
    yield from _enemies(rows, groups)


def _had_before(form: Iterable[str], known: Mapping[str, Stock], number: int) -> Iterable[str]:
    """Papers are told by their number from 1; `Stock.kept_off` counts from 0."""
    for code in form:
        if code in known and number - 1 in known[code].kept_off:
            yield f"试题 {code} 是该卷考生以前做过的，请重新组卷"


def _barred(rows: Iterable[Stock], plan: Plan) -> Iterable[str]:
    for row in rows:
        if row.code in plan.avoid:
            yield f"试题 {row.code} 属于应避开的试题，请重新组卷"
        if row.resting:
            yield f"试题 {row.code} 处于停用间隔期，请重新组卷"
        if plan.exposure_cap is not None and row.exposure >= plan.exposure_cap:
            yield f"试题 {row.code} 已使用 {row.exposure} 次，达到上限 {plan.exposure_cap} 次，请重新组卷"
        if plan.aim.scale == "irt" and row.b is None:
            yield f"试题 {row.code} 没有参数 b，不能用于按参数组卷，请重新组卷"


def _kinds(rows: Sequence[Stock], plan: Plan) -> Iterable[str]:
    counts = Counter(row.kind for row in rows)
    for quota in plan.kinds:
        if counts[quota.kind] != quota.count:
            yield f"题型 {quota.kind} 有 {counts[quota.kind]} 题，应有 {quota.count} 题，请重新组卷"
    for kind in sorted(counts.keys() - {quota.kind for quota in plan.kinds}):
        yield f"组卷计划中没有题型 {kind}，请删去该题型的试题"


def _ranges(rows: Sequence[Stock], plan: Plan, quotas: Mapping[str, int], near: Sequence[str]) -> Iterable[str]:
    if not plan.ranges:
        return
    counts, cells = Counter(near), Counter((code, row.kind) for code, row in zip(near, rows, strict=True))
    for code, wanted in quotas.items():
        if counts[code] != wanted:
            yield f"鉴定范围 {code} 有 {counts[code]} 题，应有 {wanted} 题，请重新组卷"
    if counts[""]:
        strange = next(row.code for row, code in zip(rows, near, strict=True) if not code)
        yield f"有 {counts['']} 题（如 {strange}）的鉴定范围不在组卷计划中，请删去"
    for cell in plan.cells:
        if (held := cells[cell.range_code, cell.kind]) != cell.count:
            yield f"鉴定范围 {cell.range_code} 的题型 {cell.kind} 有 {held} 题，应有 {cell.count} 题，请重新组卷"


def _nearest(code: str, ranges: Iterable[str]) -> str:
    """The longest named range that is `code` or stands above it; "" when none does."""
    return max((each for each in ranges if code == each or code.startswith(each + "-")), key=len, default="")


def _quotas(plan: Plan) -> dict[str, int]:
    """Given numbers; the rest by weight: everybody gets the whole part, then one each to the largest remainders."""
    wanted = {quota.code: quota.count for quota in plan.ranges if quota.count is not None}
    rest = sum(quota.count for quota in plan.kinds) - sum(wanted.values())
    weights = {quota.code: Fraction(quota.weight) for quota in plan.ranges if quota.count is None}
    total = sum(weights.values())
    exact = {code: rest * weight / total for code, weight in weights.items()}
    whole = {code: math.floor(part) for code, part in exact.items()}
    lucky = sorted(exact, key=lambda code: exact[code] - whole[code], reverse=True)[: rest - sum(whole.values())]
    return {**wanted, **{code: count + (code in lucky) for code, count in whole.items()}}


def _split(name: str, counts: Counter[str], split: Split | None) -> Iterable[str]:
    for mark, least, most in split.bounds if split else ():
        if not least <= counts[mark] <= most:
            wanted = f"{least}" if least == most else f"{least} 至 {most}"
            yield f"{name} {mark} 有 {counts[mark]} 题，应有 {wanted} 题，请重新组卷"


def _groups(known: Mapping[str, Stock], plan: Plan) -> dict[str, set[str]]:
    """Sets of which a paper may hold one item, under a name: every pair of enemies is a set of two."""
    named: dict[str, set[str]] = defaultdict(set)
    for row in known.values():
        for name in row.enemies:
            if name in known and name != row.code:
                named[f"{min(row.code, name)} 与 {max(row.code, name)}"] = {row.code, name}
            elif name not in known:
                named[f"互斥组 {name}"].add(row.code)
    for number, group in enumerate(plan.enemies, start=1):
        named[f"计划的第 {number} 个互斥组"] = set(group)
    return {name: group for name, group in named.items() if len(group) > 1}


def _enemies(rows: Sequence[Stock], groups: Mapping[str, set[str]]) -> Iterable[str]:
    held = {row.code for row in rows}
    for name, group in groups.items():
        if len(both := sorted(held & group)) > 1:
            yield f"互斥的试题 {'、'.join(both)} 在同一卷（{name}），请重新组卷"


def _number_of_forms(forms: Sequence[Sequence[str]], mode: str) -> Iterable[str]:
    wanted = {"one": 1, "ab": 2}.get(mode)
    if not forms or (wanted is not None and len(forms) != wanted):
        yield f"共有 {len(forms)} 份卷，应有 {wanted or '至少 1'} 份，请核对"


def _between(forms: Sequence[Sequence[str]], plan: Plan, *, mode: str) -> Iterable[str]:
    overlap = plan.overlap
    if overlap is None and plan.uses is None and mode in ("ab", "library"):
        overlap = 0
    holders: dict[str, list[int]] = defaultdict(list)
    for number, form in enumerate(forms, start=1):
        for code in set(form):
            holders[code].append(number)
    if plan.uses is not None:
        for code, numbers in sorted(holders.items()):
            if len(numbers) > plan.uses:
                yield f"试题 {code} 在 {len(numbers)} 份卷中使用，上限 {plan.uses} 次，请重新组卷"
    if overlap is not None and overlap < plan.size:
        yield from _overlaps(forms, holders, overlap)


def _overlaps(forms: Sequence[Sequence[str]], holders: Mapping[str, Sequence[int]], overlap: int) -> Iterable[str]:
    for number, form in enumerate(forms, start=1):
        shared = Counter(other for code in set(form) for other in holders[code] if other > number)
        for other, count in sorted(shared.items()):
            if count > overlap:
                yield f"第 {number} 卷与第 {other} 卷有 {count} 题相同，上限 {overlap} 题，请重新组卷"


def crowded(form: Iterable[str], stock: Iterable[Stock], plan: Plan) -> list[str]:
    """Assessment points asked more often than the plan wishes: allowed where the bank is thin, worth a look."""
    chosen = set(form)
    counts = Counter(row.point for row in stock if row.code in chosen and row.point)
    most = plan.per_point
    return [] if most is None else [f"鉴定点 {point} 有 {n} 题" for point, n in sorted(counts.items()) if n > most]


def measured(rows: Iterable[Stock], plan: Plan, *, name: str) -> dict[str, float]:
    """What each item adds to a target: information@θ, expected@θ, expected, difficulty, difficulty squared."""
    marks = {quota.kind: float(quota.marks) for quota in plan.kinds}
    chances = [float(chance) for chance in plan.aim.chances]
    what, _, theta = name.partition("@")
    if what == "difficulty":
        return {row.code: float(row.difficulty) for row in rows}
    if what == "difficulty squared":
        return {row.code: float(row.difficulty**2) for row in rows}
    if what == "information":
        return {row.code: _information(row, float(theta)) for row in rows}
    if what != "expected":
        raise ValueError(f"目标“{name}”不认识，请核对 targets 中的名称")
    right = {row.code: _right(row, float(theta)) if theta else chances[row.difficulty - 1] for row in rows}
    return {row.code: marks.get(row.kind, 1.0) * right[row.code] for row in rows}


def _right(row: Stock, theta: float) -> float:
    a, b, c = 1.0 if row.a is None else row.a, row.b or 0.0, row.c or 0.0
    return c + (1 - c) / (1 + math.exp(-a * (theta - b)))


def _information(row: Stock, theta: float) -> float:
    """Birnbaum's form: a² (P-c)² Q / ((1-c)² P)."""
    a, c, right = 1.0 if row.a is None else row.a, row.c or 0.0, _right(row, theta)
    return a * a * (right - c) ** 2 * (1 - right) / ((1 - c) ** 2 * right)


def deviation(
    forms: Sequence[Sequence[str]], stock: Iterable[Stock], plan: Plan, targets: Mapping[str, float]
) -> float:
    """The largest relative deviation of any paper from any target, by name; 0 without targets.

    ValueError for a target whose name is not known.
    """
    used = {code for form in forms for code in form}
    rows, most = [row for row in stock if row.code in used], 0.0
    for name, wanted in targets.items():
        each = measured(rows, plan, name=name)
        for form in forms:
            most = max(most, abs(math.fsum(each.get(code, 0.0) for code in form) - wanted) / wanted)
    return most
