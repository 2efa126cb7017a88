"""Where to pass, from graded candidates: borderline group, borderline regression and contrasting groups.

Serves P2 and K14. A judge grades the whole performance without knowing its score; the cut is the score that belongs to
the grade between failing and passing. The record is that of `cutscore`.

The candidate is the unit: what several judges say of one performance is taken together before anything is estimated,
so that more judges make grades surer and not candidates more (Altman & Bland 1997, BMJ 314:1874, Units of analysis).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from jiangheng.core.insight.cutscore import CutScore, Floats, JudgeCut, Method, few_judges, one_judge_moves_it, t975

FEW = 30  # candidates below which a borderline group's median is called unstable
_TINY = 1e-9  # what sums of thirds and tenths may be off


@dataclass(frozen=True, slots=True)
class Graded:
    """A candidate's score in marks and a judge's overall grade of the same performance (0 fails, 1 borderline, 2 …)."""

    candidate: str
    judge: str
    score: float
    grade: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One performance: its score, and every grade it was given. The score is the mean where judges scored it too."""

    score: float
    grades: tuple[float, ...]

    @property
    def grade(self) -> float:
        """The mean of the judges' grades."""
        return sum(self.grades) / len(self.grades)

    def share(self, holds: Callable[[float], bool]) -> float:
        """The share of the judges for whose grade it holds."""
        return sum(map(holds, self.grades)) / len(self.grades)


@dataclass(frozen=True, slots=True)
class _Estimate:
    cut: float
    error: float | None
    interval: tuple[float, float] | None
    warnings: tuple[str, ...] = ()


_Estimator = Callable[[Sequence[_Candidate]], _Estimate | None]


def borderline_group(graded: Sequence[Graded], *, full: float, borderline: float = 1.0) -> CutScore:
    """The median score of the candidates graded borderline; its interval is that of the order statistics.

    A candidate counts for the share of his judges who graded him so. The interval reads the weighted scores where
    their share is 0.5 ± 1.96 · 0.5/√n (Woodruff 1952, JASA 47:635), n the effective number of candidates,
    (Σw)² / Σw² (Kish 1965). Raises ValueError, in words, when nobody was graded so or a score is out of range.
    """

    def median(some: Sequence[_Candidate]) -> _Estimate | None:
        weighed = sorted((each.score, each.share(lambda grade: grade == borderline)) for each in some)
        weighed = [(score, weight) for score, weight in weighed if weight]
        if not weighed:
            return None
        scores, weights = (np.array(column) for column in zip(*weighed, strict=True))
        count, total = len(scores), float(weights.sum())
        few = (f"临界组只有 {count} 名考生，合格线不稳定，宜不少于 {FEW} 名",) if count < FEW else ()
        cut = (_reached(scores, weights, total / 2) - _reached(-scores[::-1], weights[::-1], total / 2)) / 2
        # The pair of order statistics that holds the median with 95 %; there is none below six scores.
        depth = total / 2 * (1 - 1.96 * sqrt(float(weights @ weights)) / total)
        low, high = _passed(scores, weights, depth), _passed(-scores[::-1], weights[::-1], depth)
        if low is None or high is None:
            return _Estimate(cut, None, None, few)
        return _Estimate(cut, (-high - low) / (2 * 1.96), (low, -high), few)

    return _record("borderline_group", graded, full, median, "没有考生被评为临界，请改用临界回归法")


def borderline_regression(graded: Sequence[Graded], *, full: float, borderline: float = 1.0) -> CutScore:
    """The score that the regression of candidates' scores on their mean grades expects at the borderline grade.

    Raises ValueError, in words, for fewer than three candidates or when all have the same grade.
    """

    def line(some: Sequence[_Candidate]) -> _Estimate | None:
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

    A grade of at least `competent` is competent; where judges differ a candidate is so by their share (fractional
    response: Papke & Wooldridge 1996, J. Appl. Econometrics 11:619). Where scores part the groups completely the cut
    is the middle of the gap and has no error. Raises ValueError, in words, when a group is empty or the scores do not
    tell them apart.
    """

    def crossing(some: Sequence[_Candidate]) -> _Estimate | None:
        scores = np.array([each.score for each in some])
        shares = np.array([each.share(lambda grade: grade >= competent) for each in some])
        able, unable = scores[shares > 0], scores[shares < 1]
        if not len(able) or not len(unable) or _mean(scores, shares) - _mean(scores, 1 - shares) < _TINY:
            return None
        if able.min() >= unable.max():
            gap = "两组的分数完全分开，合格线取间隔的中点，误差无法估计"
            return _Estimate(float(able.min() + unable.max()) / 2, None, None, (gap,))
        # A share varies less about its chance than a yes or no would, so this error is at most too wide.
        cut, error = _logistic(scores, shares)
        return _Estimate(cut, error, (cut - 1.96 * error, cut + 1.96 * error))

    return _record(
        "contrasting_groups", graded, full, crossing,
        "胜任与不胜任两组都要有考生，且胜任组平均分应更高，才能用对照组法，请补充或核对评定",
    )  # fmt: skip


def _mean(scores: Floats, weights: Floats) -> float:
    return float(scores @ weights / weights.sum())


def _reached(scores: Floats, weights: Floats, share: float) -> float:
    """The first score, from the low end, at which the weights add up to at least a share of them."""
    return float(scores[int(np.argmax(np.cumsum(weights) >= share - _TINY))])


def _passed(scores: Floats, weights: Floats, share: float) -> float | None:
    """The last score, from the low end, up to which the weights add up to no more than a share; None without any."""
    within = np.flatnonzero(np.cumsum(weights) <= share + _TINY)
    return float(scores[within[-1]]) if len(within) else None


def _line_warnings(slope: float, left: float, total: float) -> Sequence[str]:
    if slope <= 0 or not total:
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


def _candidates(graded: Sequence[Graded]) -> list[_Candidate]:
    """What was said of each candidate, taken together."""
    found: dict[str, list[Graded]] = defaultdict(list)
    for each in graded:
        found[each.candidate].append(each)
    return [
        _Candidate(sum(each.score for each in own) / len(own), tuple(each.grade for each in own))
        for own in found.values()
    ]


def _record(method: Method, graded: Sequence[Graded], full: float, estimate: _Estimator, refusal: str) -> CutScore:
    """The estimate from all candidates, and for each judge from the own and from the others' candidates."""
    problems = [
        f"考生 {each.candidate} 的分数 {each.score:g} 应在 0 与 {full:g} 之间，请核对"
        for each in graded
        if not 0 <= each.score <= full
    ]
    whole = None if problems or not graded else estimate(_candidates(graded))
    if whole is None:
        raise ValueError("；".join(problems) or refusal)
    rows = []
    for judge in sorted({each.judge for each in graded}):
        own = estimate(_candidates([each for each in graded if each.judge == judge]))
        others = estimate(_candidates([each for each in graded if each.judge != judge]))
        rows.append(JudgeCut(judge, own.cut if own else None, others.cut if others else None))
    interval = whole.interval and (max(0.0, whole.interval[0]), min(full, whole.interval[1]))
    warnings = (*few_judges(rows), *one_judge_moves_it(rows, cut=whole.cut, error=whole.error), *whole.warnings)
    persons = len({each.candidate for each in graded})
    return CutScore(method, tuple(rows), persons, full, whole.cut, whole.error, None, interval, None, (), warnings)
