"""Where to pass, from graded candidates: borderline group, borderline regression and contrasting groups.

Serves P2 and K14. A judge grades the whole performance without knowing its score; the cut is the score that belongs to
the grade between failing and passing. The record is that of `cutscore`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from jiangheng.core.insight.cutscore import CutScore, Floats, JudgeCut, Method, few_judges, one_judge_moves_it, t975

FEW = 30  # candidates below which a borderline group's median is called unstable


@dataclass(frozen=True, slots=True)
class Graded:
    """A candidate's score in marks and a judge's overall grade of the same performance (0 fails, 1 borderline, 2 …)."""

    candidate: str
    judge: str
    score: float
    grade: float


@dataclass(frozen=True, slots=True)
class _Estimate:
    cut: float
    error: float | None
    interval: tuple[float, float] | None
    warnings: tuple[str, ...] = ()


_Estimator = Callable[[Sequence[Graded]], _Estimate | None]


def borderline_group(graded: Sequence[Graded], *, full: float, borderline: float = 1.0) -> CutScore:
    """The median score of the candidates graded borderline; its interval is that of the order statistics.

    Raises ValueError, in words, when nobody was graded so or a score is out of range.
    """

    def median(some: Sequence[Graded]) -> _Estimate | None:
        scores = sorted(each.score for each in some if each.grade == borderline)
        if not scores:
            return None
        few = (f"临界组只有 {len(scores)} 名考生，合格线不稳定，宜不少于 {FEW} 名",) if len(scores) < FEW else ()
        # The pair of order statistics that holds the median with 95 %; there is none below six scores.
        depth = int((len(scores) - 1.96 * sqrt(len(scores))) / 2)
        if depth < 1:
            return _Estimate(float(np.median(scores)), None, None, few)
        low, high = scores[depth - 1], scores[-depth]
        return _Estimate(float(np.median(scores)), (high - low) / (2 * 1.96), (low, high), few)

    return _record("borderline_group", graded, full, median, "没有考生被评为临界，请改用临界回归法")


def borderline_regression(graded: Sequence[Graded], *, full: float, borderline: float = 1.0) -> CutScore:
    """The score that the regression of scores on grades expects at the borderline grade.

    Raises ValueError, in words, for fewer than three candidates or when all have the same grade.
    """

    def line(some: Sequence[Graded]) -> _Estimate | None:
        grades, scores = np.array([each.grade for each in some]), np.array([each.score for each in some])
        if len(some) < 3 or grades.min() == grades.max():
            return None
        about = grades - grades.mean()
        width = float(about @ about)
        slope = float(about @ scores) / width
        cut = float(scores.mean()) + slope * (borderline - float(grades.mean()))
        total = float(((scores - scores.mean()) ** 2).sum())
        left = max(0.0, total - slope**2 * width)
        error = sqrt(left / (len(some) - 2) * (1 / len(some) + (borderline - float(grades.mean())) ** 2 / width))
        margin = t975(len(some) - 2) * error
        return _Estimate(cut, error, (cut - margin, cut + margin), tuple(_line_warnings(slope, left, total)))

    return _record(
        "borderline_regression", graded, full, line, "至少需要三名考生且等级不全相同，才能做临界回归，请补充评定"
    )


def contrasting_groups(graded: Sequence[Graded], *, full: float, competent: float = 1.0) -> CutScore:
    """The score at which a candidate is as likely graded competent as not (logistic regression of grade on score).

    A grade of at least `competent` is competent. Where scores part the groups completely the cut is the middle of the
    gap and has no error. Raises ValueError, in words, when a group is empty or the scores do not tell them apart.
    """

    def crossing(some: Sequence[Graded]) -> _Estimate | None:
        able = [each.score for each in some if each.grade >= competent]
        unable = [each.score for each in some if each.grade < competent]
        if not able or not unable or np.mean(able) <= np.mean(unable):
            return None
        if min(able) >= max(unable):
            gap = "两组的分数完全分开，合格线取间隔的中点，误差无法估计"
            return _Estimate((min(able) + max(unable)) / 2, None, None, (gap,))
        cut, error = _logistic(np.array(unable + able), np.repeat([0.0, 1.0], [len(unable), len(able)]))
        return _Estimate(cut, error, (cut - 1.96 * error, cut + 1.96 * error))

    return _record(
        "contrasting_groups", graded, full, crossing,
        "胜任与不胜任两组都要有考生，且胜任组平均分应更高，才能用对照组法，请补充或核对评定",
    )  # fmt: skip


def _line_warnings(slope: float, left: float, total: float) -> Sequence[str]:
    if slope <= 0:
        return ["等级越高分数并不越高，回归斜率不为正，该合格线不可用，请核对等级与分数"]
    explained = 1 - left / total
    if explained < 0.5:
        return [f"等级只能解释分数差异的 {100 * explained:.0f}%，评分表与总体印象不一致，请检查评分表"]
    return []


def _logistic(score: Floats, able: Floats) -> tuple[float, float]:
    """Where the chance of `able` is one half, and its standard error by the delta method; Newton's steps, halved when
    they would lower the likelihood."""
    centre, unit = float(score.mean()), float(score.std())
    design = np.column_stack([np.ones(len(score)), (score - centre) / unit])

    def likelihood(weights: Floats) -> float:
        linear = design @ weights
        return float(able @ linear - np.logaddexp(0, linear).sum())

    weights = np.zeros(2)
    information = np.eye(2)
    for _ in range(100):
        chance = 1 / (1 + np.exp(-(design @ weights)))
        information = design.T @ (design * (chance * (1 - chance))[:, None])
        step = np.linalg.solve(information, design.T @ (able - chance))
        while likelihood(weights + step) < likelihood(weights) and np.abs(step).max() > 1e-12:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < 1e-10:
            break
    at = -weights[0] / weights[1]
    slope = np.array([-1 / weights[1], -at / weights[1]])
    error = sqrt(float(slope @ np.linalg.solve(information, slope)))
    return centre + unit * float(at), unit * error


def _record(method: Method, graded: Sequence[Graded], full: float, estimate: _Estimator, refusal: str) -> CutScore:
    """The estimate from all candidates, and for each judge from the own and from the others' candidates."""
    problems = [
        f"考生 {each.candidate} 的分数 {each.score:g} 应在 0 与 {full:g} 之间，请核对"
        for each in graded
        if not 0 <= each.score <= full
    ]
    whole = None if problems or not graded else estimate(graded)
    if whole is None:
        raise ValueError("；".join(problems) or refusal)
    rows = []
    for judge in sorted({each.judge for each in graded}):
        own = estimate([each for each in graded if each.judge == judge])
        others = estimate([each for each in graded if each.judge != judge])
        rows.append(JudgeCut(judge, own.cut if own else None, others.cut if others else None))
    interval = whole.interval and (max(0.0, whole.interval[0]), min(full, whole.interval[1]))
    warnings = (*few_judges(rows), *one_judge_moves_it(rows, cut=whole.cut, error=whole.error), *whole.warnings)
    return CutScore(method, tuple(rows), len(graded), full, whole.cut, whole.error, None, interval, None, (), warnings)
