"""A panel's sheets brought together: the mean, the spread, who differs on what, and whether a veto stands.

Serves K14. Evaluators score alone; this module is the first place where their marks meet. At least three evaluators
and an odd number, so that a vote on a veto cannot tie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from jiangheng.core.law.parameters import parameter
from jiangheng.core.skill.aspects import AspectMark, SheetTotal

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Difference:
    """An aspect on which evaluators are too far apart: the extreme marks, who gave them, and `spread` in marks."""

    aspect: str
    lowest: Decimal
    highest: Decimal
    low_evaluators: tuple[str, ...]
    high_evaluators: tuple[str, ...]
    limit: Decimal
    words: str

    @property
    def spread(self) -> Decimal:
        """Highest less lowest mark."""
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class PanelMark:
    """A panel's result. `spread` is between the totals; `reasons` say why arbitration is needed, in words."""

    mean: Decimal
    spread: Decimal
    needs_arbitration: bool
    vetoed: bool
    vetoes: tuple[str, ...]
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]


def reconcile(
    sheets: Sequence[SheetTotal],
    *,
    spread_limit_percent: Decimal | int | None = None,
    least: int | None = None,
    quantum: Decimal = TENTH,
) -> PanelMark:
    """The panel's mark: the mean of the totals, rounded half up to `quantum`.

    A veto stands when more than half of the evaluators record it. Arbitration is needed when the marks of an aspect
    lie further apart than `spread_limit_percent` of its full marks, or when more than half record a veto but no
    single one has a majority. Left out, the limit and the `least` number of sheets are the parameters
    `practical.spread_limit` and `evaluators.min`. Raises ValueError, in words, for too few or an even number of
    sheets, an evaluator twice, an unfinished sheet, or sheets of different aspects.
    """
    limit_percent = parameter("practical.spread_limit") if spread_limit_percent is None else spread_limit_percent
    problems = [*_sheet_problems(sheets, least=parameter("evaluators.min") if least is None else least)]
    if problems:
        raise ValueError("；".join(problems))
    totals = [sheet.total for sheet in sheets]
    mean = half_up(sum((Fraction(total) for total in totals), Fraction(0)) / len(sheets), quantum=quantum)
    differences = tuple(_differences(sheets, limit_percent=Decimal(limit_percent)))
    votes = Counter(code for sheet in sheets for code in sheet.vetoes)
    vetoes = tuple(code for code, count in votes.items() if 2 * count > len(sheets))
    reasons = [difference.words for difference in differences]
    if not vetoes and 2 * sum(1 for sheet in sheets if sheet.vetoed) > len(sheets):
        who = "、".join(f"{sheet.evaluator}（{'、'.join(sheet.vetoes)}）" for sheet in sheets if sheet.vetoed)
        reasons.append(f"过半考评员记了否定项，但所记项目不同：{who}，请仲裁认定")
    return PanelMark(
        mean=mean,
        spread=max(totals) - min(totals),
        needs_arbitration=bool(reasons),
        vetoed=bool(vetoes),
        vetoes=vetoes,
        differences=differences,
        reasons=tuple(reasons),
    )


def half_up(value: Fraction, *, quantum: Decimal) -> Decimal:
    """A mark rounded to a multiple of `quantum`, halves upward; exact, whatever the decimal context."""
    steps = value / Fraction(quantum)
    return floor(steps + Fraction(1, 2)) * quantum


def _sheet_problems(sheets: Sequence[SheetTotal], *, least: int) -> Iterable[str]:
    if len(sheets) < least or len(sheets) % 2 == 0:
        yield f"共有 {len(sheets)} 份评分表，应不少于 {least} 份且为单数，请补齐考评员的评分"
    for evaluator, times in Counter(sheet.evaluator for sheet in sheets).items():
        if times > 1:
            yield f"考评员 {evaluator or '（未署名）'} 有 {times} 份评分表，每人只能一份，请核对"
    for sheet in sheets:
        if sheet.missing:
            yield f"考评员 {sheet.evaluator} 尚未评 {'、'.join(sheet.missing)}，请评完后再汇总"
    layouts = {frozenset((line.code, line.full) for line in sheet.lines) for sheet in sheets if not sheet.missing}
    if len(layouts) > 1:
        yield "各评分表的评分项或分值不同，请使用同一版评分表"


def _differences(sheets: Sequence[SheetTotal], *, limit_percent: Decimal) -> Iterable[Difference]:
    given: dict[str, list[tuple[str, AspectMark]]] = {line.code: [] for line in sheets[0].lines}
    for sheet in sheets:
        for line in sheet.lines:
            given[line.code].append((sheet.evaluator, line))
    for code, entries in given.items():
        lowest = min(line.given for _, line in entries)
        highest = max(line.given for _, line in entries)
        first = entries[0][1]
        limit = first.full * limit_percent / 100
        if highest - lowest <= limit:
            continue
        low = tuple(evaluator for evaluator, line in entries if line.given == lowest)
        high = tuple(evaluator for evaluator, line in entries if line.given == highest)
        words = (
            f"评分项 {code} {first.name}：{'、'.join(low)} 给 {lowest} 分，{'、'.join(high)} 给 {highest} 分，"
            f"相差 {highest - lowest} 分，超过 {limit.normalize():f} 分，请仲裁"
        )
        yield Difference(code, lowest, highest, low, high, limit, words)
