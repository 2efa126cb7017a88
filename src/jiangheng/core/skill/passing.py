"""From the parts of an examination to its result: passed or not, why, and which parts may be sat again.

Serves K1 (levels two and one add the comprehensive review). Every part is out of 100 and must reach its pass mark on
its own: parts are never averaged. How long a passed part counts and how often one may resit are not fixed by any text
we could read; they are parameters (`resit.validity_years`, `resit.times`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from jiangheng.core.law.levels import level as law_level
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.span import add_years

PARTS = {"theory": "理论知识考试", "practical": "操作技能考核", "review": "综合评审"}
FULL_MARKS = Decimal(100)
_PARTS_BY_WAY = {"exam": ("theory", "practical"), "exam_and_review": ("theory", "practical", "review")}


@dataclass(frozen=True, slots=True)
class PartResult:
    """One part as sat. `mark` is the published mark out of 100; None when absent or not yet marked.

    `pass_mark` defaults to the parameter `pass.mark`, as it stands when the result is made.
    """

    part: str
    mark: Decimal | None
    pass_mark: Decimal = field(default_factory=lambda: Decimal(parameter("pass.mark")))
    absent: bool = False
    vetoed: bool = False

    @property
    def passed(self) -> bool:
        """Present, not vetoed, and at or above the pass mark."""
        return not self.absent and not self.vetoed and self.mark is not None and self.mark >= self.pass_mark


@dataclass(frozen=True, slots=True)
class Overall:
    """The result: `reasons` say part by part why it is not passed; `passed_parts` and `failed_parts` are codes."""

    passed: bool
    reasons: tuple[str, ...]
    passed_parts: tuple[str, ...]
    failed_parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResitHint:
    """Whether the failed parts may be sat again alone, until which day, and what to tell the candidate."""

    allowed: bool
    parts: tuple[str, ...]
    until: date | None
    words: str


def required_parts(level: str) -> tuple[str, ...]:
    """The parts of a level's examination, by level code. Raises ValueError for a level that is not examined."""
    found = law_level(level)
    if found.how not in _PARTS_BY_WAY:
        raise ValueError(f"{found.zh}不通过统一考试认定，没有考试科目，请使用五级至一级的等级代码")
    return _PARTS_BY_WAY[found.how]


def overall(parts: Sequence[PartResult], *, required: Collection[str] = ("theory", "practical")) -> Overall:
    """Passed exactly when every required part is.

    Raises ValueError, in words, for a part given twice, unknown, not required or missing, marked although absent,
    marked outside 0-100, or neither absent nor marked: a result is not declared on incomplete records.
    """
    problems = [*_record_problems(parts, required=required)]
    if problems:
        raise ValueError("；".join(problems))
    failed = [part for part in parts if not part.passed]
    return Overall(
        passed=not failed,
        reasons=tuple(_reason(part) for part in failed),
        passed_parts=tuple(part.part for part in parts if part.passed),
        failed_parts=tuple(part.part for part in failed),
    )


def resit(
    result: Overall,
    *,
    sat_on: date,
    today: date,
    used: int = 0,
    times: int | None = None,
    validity_years: int | None = None,
) -> ResitHint:
    """What a candidate who did not pass may do next.

    A passed part counts for `validity_years` years after `sat_on`, that day included; until then the other parts may be
    sat again, `times` times in all, of which `used` are gone. With no passed part there is nothing to keep: one
    applies anew.
    """
    allowed = parameter("resit.times") if times is None else times
    years = parameter("resit.validity_years") if validity_years is None else validity_years
    if result.passed:
        return ResitHint(False, (), None, "各部分均已合格，无需补考")
    if not result.passed_parts:
        return ResitHint(False, (), None, "没有合格的部分，请重新报名参加全部考试")
    until = add_years(sat_on, years)
    names = "、".join(PARTS[part] for part in result.failed_parts)
    kept = "、".join(PARTS[part] for part in result.passed_parts)
    if used >= allowed:
        return ResitHint(False, (), None, f"补考次数（{allowed} 次）已用完，请重新报名参加全部考试")
    if today > until:
        return ResitHint(False, (), None, f"{kept}的合格成绩已于 {until.isoformat()} 到期，请重新报名参加全部考试")
    words = f"可补考{names}，还可补考 {allowed - used} 次；{kept}的合格成绩保留至 {until.isoformat()}"
    return ResitHint(True, result.failed_parts, until, words)


def _record_problems(parts: Sequence[PartResult], *, required: Collection[str]) -> Iterable[str]:
    for code, times in Counter(part.part for part in parts).items():
        if times > 1:
            yield f"{_name(code)}有 {times} 个成绩，请只保留一个"
        if code not in required:
            yield f"本次认定不含{_name(code)}，请删去该成绩"
    for code in required:
        if code not in {part.part for part in parts}:
            yield f"缺少{_name(code)}的成绩，请补录成绩或登记缺考"
    for part in parts:
        if part.absent and part.mark is not None:
            yield f"{_name(part.part)}登记为缺考却有成绩 {part.mark} 分，请核对"
        elif not part.absent and part.mark is None:
            yield f"{_name(part.part)}没有成绩，也未登记缺考，请补录"
        elif part.mark is not None and not (part.mark.is_finite() and 0 <= part.mark <= FULL_MARKS):
            yield f"{_name(part.part)}成绩 {part.mark} 不在 0–100 之间，请核对"


def _reason(part: PartResult) -> str:
    if part.absent:
        return f"{_name(part.part)}缺考"
    if part.vetoed:
        return f"{_name(part.part)}违反否定项，判为不合格（得分 {part.mark}）"
    return f"{_name(part.part)} {part.mark} 分，未达到合格分 {part.pass_mark} 分"


def _name(code: str) -> str:
    return PARTS.get(code, code)
