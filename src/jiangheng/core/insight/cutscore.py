"""Where to pass: a panel's judgement of the items, with its cut, its standard error, its agreement and its warnings.

Serves P2. Angoff (probabilities, or yes and no; in rounds) and Ebel; `borderline` has the methods that rest on graded
candidates. Every method returns the same record, so that a page shows who judged what and how sure it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from jiangheng.core.law.parameters import parameter

Floats = npt.NDArray[np.float64]
Ratings = Mapping[str, Mapping[str, float]]  # judge → item → share of just competent candidates who get it right
Cells = Mapping[str, Mapping[str, tuple[str, str]]]  # judge → item → (relevance, difficulty)
Grid = Mapping[tuple[str, str], float]  # (relevance, difficulty) → share right

Method = Literal["angoff", "angoff_yes_no", "ebel", "borderline_group", "borderline_regression", "contrasting_groups"]
METHODS: Mapping[str, str] = {
    "angoff": "安戈夫法（概率）",
    "angoff_yes_no": "安戈夫法（是否）",
    "ebel": "埃贝尔法",
    "borderline_group": "临界组法",
    "borderline_regression": "临界回归法",
    "contrasting_groups": "对照组法",
}

MOVES = 0.75  # of the standard error: a judge who moves the cut further is named

# Student's t at 97.5 % for 1 … 30 degrees of freedom; beyond, 1.96 + 2.4 / degrees is right to 0.002.
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131),
    *(2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


@dataclass(frozen=True, slots=True)
class JudgeCut:
    """One judge: the cut that follows from this judge alone, and the panel's cut without this judge (in marks)."""

    judge: str
    cut: float | None
    without: float | None


@dataclass(frozen=True, slots=True)
class Intraclass:
    """Agreement of judges: two-way random effects, one judge and the mean of all (ICC(2,1), ICC(2,k) of Shrout and
    Fleiss 1979), and consistency apart from severity (ICC(3,1)); None where nothing varies."""

    single: float | None
    average: float | None
    consistency: float | None


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a panel: its cut and the standard deviation of the judges' cuts, in marks."""

    cut: float
    spread: float


@dataclass(frozen=True, slots=True)
class CutScore:
    """A recommended cut, in marks out of `full`. `interval` holds it with 95 %.

    `error` is the standard error over panels for these items (or over candidates, for the methods that rest on their
    scores); `error_items` that over panels and items alike, for a bank whose forms change; None when not estimable.
    """

    method: Method
    judges: tuple[JudgeCut, ...]
    objects: int  # items rated, or candidates graded
    full: float
    cut: float
    error: float | None
    error_items: float | None
    interval: tuple[float, float] | None
    agreement: Intraclass | None
    rounds: tuple[Round, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def percent(self) -> float:
        """The cut in percent of full marks."""
        return 100 * self.cut / self.full

    def words(self) -> str:
        """The result as one sentence."""
        sure = f"，95% 区间 {self.interval[0]:.1f}–{self.interval[1]:.1f} 分" if self.interval else "，区间无法估计"
        error = "" if self.error is None else f"，标准误 {self.error:.2f} 分"
        return f"{METHODS[self.method]}：建议合格线 {self.cut:.1f} 分（满分 {self.full:g} 分）{error}{sure}"


def angoff(ratings: Ratings, *, marks: Mapping[str, float] | None = None, yes_no: bool = False) -> CutScore:
    """The cut of one round. A rating is the share (0-1) of just competent candidates who get the item right.

    `marks` are the items' marks (1 each when left out); with `yes_no` only 0 and 1 are ratings. Raises ValueError, in
    words, when a judge left items out or a rating is out of range.
    """
    judges, items, table = _table(ratings, yes_no=yes_no)
    return _panel("angoff_yes_no" if yes_no else "angoff", judges, table, _weights(items, marks))


def angoff_rounds(
    rounds: Sequence[Ratings], *, marks: Mapping[str, float] | None = None, yes_no: bool = False
) -> CutScore:
    """The cut of the last round, with the course of all rounds; warns when judges moved apart from round to round."""
    if not rounds:
        raise ValueError("还没有评定，请至少录入一轮专家评定")
    found = [angoff(ratings, marks=marks, yes_no=yes_no) for ratings in rounds]
    course = tuple(Round(each.cut, _spread([judge.cut for judge in each.judges])) for each in found)
    last = found[-1]
    warnings = list(last.warnings)
    if len(course) > 1 and course[-1].spread > course[0].spread:
        warnings.append(
            f"专家意见没有趋于一致：首轮合格线标准差 {course[0].spread:.2f} 分，末轮 {course[-1].spread:.2f} 分"
        )
    return replace(last, rounds=course, warnings=tuple(warnings))


def ebel(cells: Cells, *, grids: Mapping[str, Grid], marks: Mapping[str, float] | None = None) -> CutScore:
    """The cut of a panel that sorts items by relevance and difficulty and says how many of a cell are got right.

    `grids` holds each judge's expectations; a panel that agreed on one grid gives it under the name "". Raises
    ValueError, in words, when an item is not sorted or its cell has no expectation.
    """
    problems = []
    ratings: dict[str, dict[str, float]] = {}
    for judge, sorted_items in cells.items():
        grid = grids.get(judge, grids.get("", {}))
        for item, cell in sorted_items.items():
            if cell not in grid:
                problems.append(
                    f"专家 {judge}：试题 {item} 归入“{cell[0]}、{cell[1]}”，但没有给出该格的期望答对率，请补填"
                )
        ratings[judge] = {item: grid.get(cell, 0.0) for item, cell in sorted_items.items()}
    if problems:
        raise ValueError("；".join(problems))
    judges, items, table = _table(ratings, yes_no=False)
    return _panel("ebel", judges, table, _weights(items, marks))


def intraclass(table: Floats) -> Intraclass:
    """Agreement of judges (columns) on objects (rows) from the mean squares of the two-way table."""
    rows, columns = table.shape
    if rows < 2 or columns < 2:
        return Intraclass(None, None, None)
    between, judges, rest = _mean_squares(table)
    single = between + (columns - 1) * rest + columns * (judges - rest) / rows
    average = between + (judges - rest) / rows
    steady = between + (columns - 1) * rest
    return Intraclass(*(_ratio(between - rest, bottom) for bottom in (single, average, steady)))


def _panel(method: Method, judges: Sequence[str], table: Floats, weights: Floats) -> CutScore:
    """The record of a judges × items table of shares."""
    full = float(weights.sum())
    cuts = table @ weights
    cut = float(cuts.mean())
    several = len(judges) > 1
    own = [
        JudgeCut(judge, float(cuts[place]), float(np.delete(cuts, place).mean()) if several else None)
        for place, judge in enumerate(judges)
    ]
    error = float(cuts.std(ddof=1)) / sqrt(len(judges)) if several else None
    margin = None if error is None else t975(len(judges) - 1) * error
    interval = None if margin is None else (max(0.0, cut - margin), min(full, cut + margin))
    return CutScore(
        method, tuple(own), table.shape[1], full, cut, error, _error_items(table, full), interval,
        intraclass(table.T), (), tuple(_panel_warnings(own, full=full, cut=cut, error=error)),
    )  # fmt: skip


def _error_items(table: Floats, full: float) -> float | None:
    """Standard error when judges and items are both samples: the D study of the crossed design (Brennan 2001)."""
    judges, items = table.shape
    if judges < 2 or items < 2:
        return None
    item_square, judge_square, rest = _mean_squares(table.T)
    judge_part = max(0.0, (judge_square - rest) / items)
    item_part = max(0.0, (item_square - rest) / judges)
    return full * sqrt(judge_part / judges + item_part / items + rest / (judges * items))


def t975(degrees: int) -> float:
    """Student's t that 2.5 % exceed, for that many degrees of freedom (at least 1)."""
    return _T[degrees - 1] if degrees <= len(_T) else 1.96 + 2.4 / degrees


def _panel_warnings(judges: Sequence[JudgeCut], *, full: float, cut: float, error: float | None) -> Iterable[str]:
    yield from few_judges(judges)
    limit = parameter("bank.cut_spread")
    cuts = [each.cut for each in judges if each.cut is not None]
    spread = _spread(cuts)
    if spread > full * limit / 100:
        yield (
            f"专家意见分散：各人合格线 {min(cuts):.1f}–{max(cuts):.1f} 分，标准差 {spread:.1f} 分，"
            f"超过满分的 {limit}%，请再议一轮"
        )
    yield from one_judge_moves_it(judges, cut=cut, error=error)


def few_judges(judges: Sequence[JudgeCut]) -> Iterable[str]:
    """A warning when the panel is smaller than the parameter `bank.cut_judges`."""
    least = parameter("bank.cut_judges")
    if len(judges) < least:
        yield f"只有 {len(judges)} 名专家，宜不少于 {least} 名"


def one_judge_moves_it(judges: Sequence[JudgeCut], *, cut: float, error: float | None) -> Iterable[str]:
    """A warning for each judge without whom the cut moves by more than three quarters of its standard error.

    A whole standard error is out of reach: it is the most that leaving one value out can move a mean.
    """
    if error is None or error < 1e-9 or len(judges) < 3:
        return
    for each in judges:
        if each.without is not None and abs(each.without - cut) > MOVES * error:
            yield f"去掉专家 {each.judge} 后合格线由 {cut:.1f} 分变为 {each.without:.1f} 分，请核对其评定"


def _table(ratings: Ratings, *, yes_no: bool) -> tuple[list[str], list[str], Floats]:
    """Judges, items and the table of ratings (judges × items)."""
    if not ratings:
        raise ValueError("还没有专家的评定，请先录入")
    judges = list(ratings)
    items = list(dict.fromkeys(item for judged in ratings.values() for item in judged))
    problems = []
    for judge, judged in ratings.items():
        missing = [item for item in items if item not in judged]
        if missing:
            problems.append(
                f"专家 {judge} 尚未评定试题 {'、'.join(missing[:5])}（共 {len(missing)} 题），请评完后再汇总"
            )
        for item, share in judged.items():
            if yes_no and share not in (0, 1):
                problems.append(f"专家 {judge}：试题 {item} 的评定 {share:g} 应为 1（能答对）或 0（不能），请改正")
            elif not 0 <= share <= 1:
                problems.append(f"专家 {judge}：试题 {item} 的答对概率 {share:g} 应在 0 与 1 之间，请改正")
    if not items:
        problems.append("评定中没有试题，请先选定试题")
    if problems:
        raise ValueError("；".join(problems))
    return judges, items, np.array([[float(ratings[judge][item]) for item in items] for judge in judges])


def _weights(items: Sequence[str], marks: Mapping[str, float] | None) -> Floats:
    if marks is None:
        return np.ones(len(items))
    wrong = [item for item in items if not marks.get(item, 0) > 0]
    if wrong:
        raise ValueError(f"试题 {'、'.join(wrong[:5])} 没有大于 0 的分值，请补填分值")
    return np.array([float(marks[item]) for item in items])


def _mean_squares(table: Floats) -> tuple[float, float, float]:
    """Mean squares of rows, of columns and of the rest of a two-way table with one value a cell."""
    rows, columns = table.shape
    grand = table.mean()
    row, column = table.mean(axis=1) - grand, table.mean(axis=0) - grand
    rest = table - grand - row[:, None] - column
    return (
        float(columns * (row @ row) / (rows - 1)),
        float(rows * (column @ column) / (columns - 1)),
        float((rest**2).sum() / ((rows - 1) * (columns - 1))),
    )


def _ratio(one: float, other: float) -> float | None:
    return one / other if abs(other) > 1e-12 else None


def _spread(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.std(known, ddof=1)) if len(known) > 1 else 0.0
