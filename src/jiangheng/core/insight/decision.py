"""How sure the decision at the cut is: accuracy, consistency on a parallel form, and the error of a score at the cut.

Serves P2. True scores follow a four-parameter beta distribution fitted by moments, errors are binomial over the
effective test length (Livingston & Lewis 1995, with the fit and the consistency of Hanson 1991). Where that fit is not
admissible the two-parameter beta on [0, 1] with the same mean and variance takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor, lgamma, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NODES = 400
MANY = 5_000  # an effective length beyond this says nothing more and only costs time
_TAIL = 40.0  # standard deviations of the true scores on both sides that are integrated


@dataclass(frozen=True, slots=True)
class TrueScores:
    """A beta distribution of true proportion scores on [`low`, `high`] with shapes `alpha` and `beta`."""

    low: float
    high: float
    alpha: float
    beta: float

    @property
    def four(self) -> bool:
        """Whether the bounds were fitted too."""
        return (self.low, self.high) != (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Decision:
    """Passing and failing at `cut` (a share of full marks).

    `length` is the effective number of binomial items, `needed` how many of them pass. `accuracy` is the chance that
    pass or fail agrees with the true score, `false_pass` and `false_fail` the two errors; `consistency` the chance that
    a parallel form decides alike, `kappa` the same beyond chance; `passing` the expected pass rate.
    """

    cut: float
    length: int
    needed: int
    true: TrueScores
    accuracy: float
    false_pass: float
    false_fail: float
    consistency: float
    kappa: float | None
    passing: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Consistency of pass and fail between two parallel forms, and kappa; None when nobody or everybody passes."""

    consistency: float
    kappa: float | None
    passing: float


def livingston_lewis(
    scores: Sequence[float] | Floats, *, reliability: float, cut: float, full: float, least: float = 0.0
) -> Decision:
    """Accuracy and consistency at `cut`, from observed `scores` between `least` and `full` marks.

    A candidate passes with `cut` marks or more. Raises ValueError, in words, for fewer than two different scores, for
    scores out of range, or a reliability that does not lie between 0 and 1.
    """
    share = _shares(scores, least=least, full=full)
    if not 0 < reliability < 1:
        raise ValueError(f"信度为 {reliability:.3f}，应在 0 与 1 之间，才能估计合格判定的一致性")
    passing = (cut - least) / (full - least)
    if not 0 < passing < 1:
        raise ValueError(f"合格线 {cut:g} 应在 {least:g} 与 {full:g} 之间，请改正")
    exact = effective_length(float(share.mean()), float(share.var(ddof=1)), reliability=reliability)
    if exact < 1:
        raise ValueError("成绩的方差过大，与信度不相容，无法估计合格判定的一致性，请核对成绩")
    true = fit_true_scores(share, length=exact, reliability=reliability)
    length = min(MANY, max(1, round(exact)))
    return judge(true, length=length, cut=passing)


def judge(true: TrueScores, *, length: int, cut: float) -> Decision:
    """Accuracy and consistency of a form of `length` binomial items at the share `cut`, given the true scores.

    On the effective scale the nearest whole number of items passes, as half a mark on either side of the cut belongs
    to it on the real scale.
    """
    needed = min(length, max(1, floor(cut * length + 0.5 + 1e-9)))
    below, above = _nodes(true, cut)
    pass_below, pass_above = _passing(below[0], length, needed), _passing(above[0], length, needed)
    mass = float(below[1].sum() + above[1].sum())
    false_pass = float(below[1] @ pass_below) / mass
    false_fail = float(above[1] @ (1 - pass_above)) / mass
    chance = np.concatenate([pass_below, pass_above])
    agreement = _agreement(chance, np.concatenate([below[1], above[1]]) / mass)
    return Decision(cut, length, needed, true, 1 - false_pass - false_fail, false_pass, false_fail, *_spread(agreement))


def subkoviak(scores: Sequence[float] | Floats, *, reliability: float, needed: int, items: int) -> Agreement:
    """Consistency from single scores: binomial errors around scores drawn towards the mean (Subkoviak 1976).

    `scores` are numbers of right answers among `items`; `needed` pass.
    """
    share, number = np.unique(_shares(scores, least=0, full=items), return_counts=True)
    weight = number / number.sum()
    regressed = reliability * share + (1 - reliability) * float(share @ weight)
    return _agreement(_passing(regressed, items, needed), weight)


def huynh(*, mean: float, variance: float, needed: int, items: int) -> Agreement:
    """Consistency of the beta-binomial model with KR-21 (Huynh 1976), from mean and variance of numbers right.

    Raises ValueError when KR-21 is not positive.
    """
    reliability = kr21(mean=mean, variance=variance, items=items)
    if reliability is None or reliability <= 0:
        raise ValueError("KR-21 信度不为正，无法用贝塔二项模型估计合格判定的一致性")
    size = items / reliability - items
    true = TrueScores(0.0, 1.0, mean / items * size, (1 - mean / items) * size)
    below, above = _nodes(true, needed / items)
    points, weights = np.concatenate([below[0], above[0]]), np.concatenate([below[1], above[1]])
    return _agreement(_passing(points, items, needed), weights / weights.sum())


def kr21(*, mean: float, variance: float, items: int) -> float | None:
    """Kuder and Richardson's formula 21, for numbers right; None without variance."""
    if variance <= 0 or items < 2:
        return None
    return items / (items - 1) * (1 - mean * (items - mean) / (items * variance))


def effective_length(mean: float, variance: float, *, reliability: float) -> float:
    """Livingston and Lewis's effective test length of proportion scores, not rounded."""
    return (mean * (1 - mean) - reliability * variance) / (variance * (1 - reliability))


def error_at(cut: float, *, items: int, reliability: float | None = None, kr_21: float | None = None) -> float:
    """Conditional standard error of a score of `cut` right among `items` (Lord 1955), in marks of one per item.

    With both reliabilities it is drawn to the level of the observed one (Keats 1957).
    """
    error = sqrt(max(0.0, cut * (items - cut)) / (items - 1))
    return (
        error if reliability is None or kr_21 is None or kr_21 >= 1 else error * sqrt((1 - reliability) / (1 - kr_21))
    )


def fit_true_scores(share: Floats, *, length: float, reliability: float) -> TrueScores:
    """The beta distribution of the true scores behind proportion scores of `length` binomial items.

    Four moments (Hanson 1991); mean and variance alone where those are inadmissible or the form has under four items.
    """
    count = share * length
    powers = [float(np.mean(count**order)) for order in (1, 2, 3, 4)]
    falling = (
        powers[0],
        powers[1] - powers[0],
        powers[2] - 3 * powers[1] + 2 * powers[0],
        powers[3] - 6 * powers[2] + 11 * powers[1] - 6 * powers[0],
    )
    if length > 3:
        divisor = 1.0
        raw: list[float] = []
        for order, value in enumerate(falling):
            divisor *= float(length - order)
            raw.append(value / divisor)
        four = _four(raw)
        if four is not None:
            return four
    mean, variance = float(share.mean()), reliability * float(share.var(ddof=1))
    size = mean * (1 - mean) / variance - 1
    return TrueScores(0.0, 1.0, mean * size, (1 - mean) * size)


def _four(raw: Sequence[float]) -> TrueScores | None:
    """The four-parameter beta with these raw moments, if there is one within [0, 1]."""
    m1, m2, m3, m4 = raw
    variance = m2 - m1**2
    if variance <= 1e-12:
        return None
    skew = (m3 - 3 * m1 * m2 + 2 * m1**3) / variance**1.5
    kurtosis = (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / variance**2
    bottom = 6 + 3 * skew**2 - 2 * kurtosis
    if abs(bottom) < 1e-12:
        return None
    size = 6 * (kurtosis - skew**2 - 1) / bottom
    spread = (size + 2) ** 2 * skew**2 + 16 * (size + 1)
    if size <= 0 or spread <= 0:
        return None
    lean = abs(skew) * (size + 2) / sqrt(spread)
    larger, smaller = size / 2 * (1 + lean), size / 2 * (1 - lean)
    alpha, beta = (larger, smaller) if skew < 0 else (smaller, larger)
    if smaller <= 0:
        return None
    width = sqrt(variance * (size + 1) / (alpha * beta)) * size
    low = m1 - width * alpha / size
    return TrueScores(low, low + width, alpha, beta) if low >= 0 and low + width <= 1 else None


@lru_cache(maxsize=1)
def _legendre() -> tuple[Floats, Floats]:
    points, weights = np.polynomial.legendre.leggauss(NODES // 2)
    return points, weights


def _nodes(true: TrueScores, cut: float) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Points and weights of the true scores below and above `cut`.

    The angle with x = sin² takes the place of x, which tames shapes below 1; the far tails are left out.
    """
    size = true.alpha + true.beta
    mean, deviation = true.alpha / size, sqrt(true.alpha * true.beta / (size + 1)) / size
    first, last = 0.0, 1.0
    if min(true.alpha, true.beta) > 1:
        first, last = max(0.0, mean - _TAIL * deviation), min(1.0, mean + _TAIL * deviation)
    middle = min(last, max(first, (cut - true.low) / (true.high - true.low)))
    return _part(true, first, middle), _part(true, middle, last)


def _part(true: TrueScores, start: float, end: float) -> tuple[Floats, Floats]:
    points, weights = _legendre()
    low, high = np.arcsin(sqrt(start)), np.arcsin(sqrt(end))
    angle = low + (high - low) * (points + 1) / 2
    sine, cosine = np.sin(angle), np.cos(angle)
    constant = lgamma(true.alpha + true.beta) - lgamma(true.alpha) - lgamma(true.beta)
    with np.errstate(divide="ignore"):
        density = np.exp(constant + (2 * true.alpha - 1) * np.log(sine) + (2 * true.beta - 1) * np.log(cosine))
    return true.low + (true.high - true.low) * sine**2, 2 * density * weights * (high - low) / 2


def _passing(share: Floats, length: int, needed: int) -> Floats:
    """Chance of `needed` or more right among `length`, at each true share."""
    count = np.arange(needed, length + 1)
    ways = np.array([lgamma(length + 1) - lgamma(k + 1) - lgamma(length - k + 1) for k in count.tolist()])
    inside = np.clip(share, 1e-300, 1 - 1e-16)
    result = np.zeros(len(share))
    for here in range(0, len(share), 2_000):
        part = inside[here : here + 2_000, None]
        result[here : here + 2_000] = np.exp(ways + count * np.log(part) + (length - count) * np.log1p(-part)).sum(
            axis=1
        )
    return np.clip(result, 0.0, 1.0)


def _agreement(chance: Floats, weight: Floats) -> Agreement:
    passing = float(weight @ chance)
    consistency = 1 - 2 * float(weight @ (chance * (1 - chance)))
    by_chance = 1 - 2 * passing * (1 - passing)
    kappa = (consistency - by_chance) / (1 - by_chance) if 1 - by_chance > 1e-12 else None
    return Agreement(consistency, kappa, passing)


def _spread(agreement: Agreement) -> tuple[float, float | None, float]:
    return agreement.consistency, agreement.kappa, agreement.passing


def _shares(scores: Sequence[float] | Floats, *, least: float, full: float) -> Floats:
    values = np.asarray(scores, np.float64)
    if values.ndim != 1 or len(values) < 2 or values.min() == values.max():
        raise ValueError("至少需要两名成绩不同的考生，才能估计合格判定的一致性")
    if not (np.isfinite(values).all() and least <= values.min() and values.max() <= full):
        raise ValueError(f"成绩应在 {least:g} 与 {full:g} 之间，请核对成绩和满分")
    return (values - least) / (full - least)
