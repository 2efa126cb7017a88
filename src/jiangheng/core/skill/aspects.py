"""One evaluator's score sheet (评分记录表): its aspects, what may be entered, and the total.

Serves K14. A veto aspect (否定项) carries no marks: it records whether a key requirement was violated, and a violation
fails the practical whatever the points are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

AspectKind = Literal["measured", "judged", "veto"]
ASPECT_KINDS: Mapping[str, str] = {"measured": "测量项", "judged": "评判项", "veto": "否定项"}
HALF = Decimal("0.5")
NOTHING = Decimal(0)

# A mark for a measured or judged aspect; for a veto aspect, True when the requirement was violated.
Entry = Decimal | bool


@dataclass(frozen=True, slots=True)
class Aspect:
    """What is scored: `marks` are full marks (0 for a veto), `descriptor` tells the evaluator what to look at."""

    code: str
    name: str
    marks: Decimal
    kind: AspectKind
    descriptor: str = ""


@dataclass(frozen=True, slots=True)
class AspectMark:
    """One scored aspect of one sheet: what was given out of what."""

    code: str
    name: str
    given: Decimal
    full: Decimal


@dataclass(frozen=True, slots=True)
class SheetTotal:
    """One evaluator's sheet, added up. `total` is the sum of marks, vetoed or not; `vetoes` are violated codes."""

    evaluator: str
    total: Decimal
    vetoed: bool
    missing: tuple[str, ...]
    lines: tuple[AspectMark, ...]
    vetoes: tuple[str, ...]


def check_aspects(aspects: Sequence[Aspect], *, total: Decimal = Decimal(100), step: Decimal = HALF) -> list[str]:
    """Problems of a score sheet's design, as sentences that say how to mend it; empty when it can be used."""
    problems = []
    for code, times in Counter(aspect.code for aspect in aspects).items():
        if times > 1:
            problems.append(f"评分项 {code} 写了 {times} 次，请为每项使用不同编号")
    for aspect in aspects:
        where = f"评分项 {aspect.code} {aspect.name}"
        if aspect.kind not in ASPECT_KINDS:
            problems.append(f"{where}：类型“{aspect.kind}”不认识，请改为 {'、'.join(ASPECT_KINDS)} 之一")
        elif aspect.kind == "veto":
            if aspect.marks != 0:
                problems.append(f"{where}：否定项不计分，请把分值改为 0")
        elif not aspect.marks > 0 or aspect.marks % step != 0:
            problems.append(f"{where}：分值 {aspect.marks} 应大于 0 且为 {step} 的整数倍，请改正")
    added = sum((aspect.marks for aspect in aspects), NOTHING)
    if added != total:
        problems.append(f"各评分项合计 {added} 分，应为 {total} 分，请调整分值")
    return problems


def check_entry(aspect: Aspect, entry: Entry, *, step: Decimal = HALF) -> list[str]:
    """Problems of one entry: a veto is yes or no; a mark is a Decimal from 0 to the full marks in steps of `step`."""
    where = f"评分项 {aspect.code} {aspect.name}"
    if aspect.kind == "veto":
        return [] if isinstance(entry, bool) else [f"{where}：否定项只能填“是”或“否”，请重新选择"]
    if isinstance(entry, bool) or not isinstance(entry, Decimal) or not entry.is_finite():
        return [f"{where}：应填分数，请填写 0–{aspect.marks} 之间的数"]
    if not 0 <= entry <= aspect.marks:
        return [f"{where}：{entry} 分超出范围，请填写 0–{aspect.marks} 之间的数"]
    if entry % step != 0:
        return [f"{where}：{entry} 分不是 {step} 分的整数倍，请改为如 {entry - entry % step} 分"]
    return []


def sheet_total(
    aspects: Sequence[Aspect], marks: Mapping[str, Entry], *, evaluator: str = "", step: Decimal = HALF
) -> SheetTotal:
    """Add up one sheet. Aspects without an entry are `missing`, vetoes too: silence is not "no violation".

    Raises ValueError, in words, for an entry that `check_entry` refuses or that belongs to no aspect.
    """
    strangers = sorted(marks.keys() - {aspect.code for aspect in aspects})
    problems = [f"评分表中没有评分项 {code}，请删去该分数" for code in strangers]
    entered = [(aspect, marks[aspect.code]) for aspect in aspects if aspect.code in marks]
    problems += [problem for aspect, entry in entered for problem in check_entry(aspect, entry, step=step)]
    if problems:
        raise ValueError("；".join(problems))
    lines = tuple(
        AspectMark(aspect.code, aspect.name, Decimal(entry), aspect.marks)
        for aspect, entry in entered
        if aspect.kind != "veto"
    )
    vetoes = tuple(aspect.code for aspect, entry in entered if aspect.kind == "veto" and entry is True)
    missing = tuple(aspect.code for aspect in aspects if aspect.code not in marks)
    return SheetTotal(evaluator, sum((line.given for line in lines), NOTHING), bool(vetoes), missing, lines, vetoes)
