"""Item characteristic curves in slope and intercept, and one Newton step of their parameters (K7, P2).

P(θ) = c + (1 − c)·Ψ(αθ + β) with the logistic Ψ and the metric D = 1; a = α and b = −β/α. For the three-parameter model
the working parameters are log α, β and logit c, which keeps a above 0 and c inside (0, 1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

STEEPEST = 10.0  # |slope| beyond which the answers only say "very steep"
FLATTEST = 0.01  # common slope below which the answers have nothing in common
FARTHEST = 40.0  # |intercept| likewise


@dataclass(frozen=True, slots=True)
class Priors:
    """Priors of the three-parameter model: Beta(`c_alpha`, `c_beta`) on c, log a normal(`a_mean`, `a_sd`).

    Without them a guessing parameter that the data cannot see drifts, and a with it.
    """

    c_alpha: float = 5.0
    c_beta: float = 17.0
    a_mean: float = 0.0
    a_sd: float = 0.75

    def log_density(self, log_slope: Array, guess: Array) -> float:
        """Logarithm of the prior density, without constants, summed over items."""
        about_c = (self.c_alpha - 1) * np.log(guess) + (self.c_beta - 1) * np.log1p(-guess)
        return float(np.sum(about_c) - 0.5 * np.sum(((log_slope - self.a_mean) / self.a_sd) ** 2))


@dataclass(frozen=True, slots=True)
class Curves:
    """Slopes, intercepts and lower asymptotes of all items; `guess` is None where the model has none."""

    slope: Array
    intercept: Array
    guess: Array | None = None

    def logits(self, nodes: Array) -> Array:
        """αθ + β, items × nodes."""
        lines: Array = np.multiply.outer(self.slope, nodes) + self.intercept[:, None]
        return lines

    def right(self, nodes: Array) -> Array:
        """Probability of a right answer, items × nodes."""
        plain = logistic(self.logits(nodes))
        if self.guess is None:
            return plain
        whole: Array = self.guess[:, None] + (1 - self.guess[:, None]) * plain
        return whole

    def log_wrong(self, nodes: Array) -> Array:
        """Logarithm of the probability of a wrong answer, items × nodes."""
        logs: Array = -np.logaddexp(0, self.logits(nodes))
        return logs if self.guess is None else logs + np.log1p(-self.guess)[:, None]

    def log_odds(self, nodes: Array) -> Array:
        """log P − log(1 − P), items × nodes."""
        lines = self.logits(nodes)
        if self.guess is None:
            return lines
        with np.errstate(divide="ignore"):
            floor = np.log(self.guess)[:, None]
        odds: Array = np.logaddexp(floor, lines) - np.log1p(-self.guess)[:, None]
        return odds


@dataclass(frozen=True, slots=True)
class Counts:
    """What an E-step expects at each node: `seen` (items × nodes), persons per node, and what of right answers counts.

    Without guessing the right answers enter by `right_total` (items) and `right_ability` (items, sum of θ) alone;
    with it `right` (items × nodes) is filled.
    """

    seen: Array
    persons: Array
    right_total: Array
    right_ability: Array
    right: Array | None
    loglik: float


def newton_logistic(curves: Curves, counts: Counts, nodes: Array, *, free: Array, common: bool, bound: bool) -> Curves:
    """Slopes and intercepts improved by one Newton step each; `free` marks the items that may move.

    With `common` all slopes are one number; with `bound` slopes do not move at all.
    """
    chance = curves.right(nodes)
    expected = counts.seen * chance
    spread = expected * (1 - chance)
    pull_b = (counts.right_total - expected.sum(axis=1)) * free
    weight_bb = np.maximum(spread.sum(axis=1), 1e-8)
    if bound:
        return replace(curves, intercept=within(curves.intercept + np.clip(pull_b / weight_bb, -1, 1), FARTHEST))
    pull_a = (counts.right_ability - expected @ nodes) * free
    weight_ab = spread @ nodes
    weight_aa = spread @ nodes**2
    if common:
        step_a = (pull_a - weight_ab / weight_bb * pull_b).sum() / (weight_aa - weight_ab**2 / weight_bb).sum()
        step_a = np.full(len(chance), np.clip(step_a, -1, 1))
        step_b = (pull_b - weight_ab * step_a) / weight_bb
    else:
        determinant = np.maximum(weight_aa * weight_bb - weight_ab**2, 1e-10)
        step_a = (weight_bb * pull_a - weight_ab * pull_b) / determinant
        step_b = (weight_aa * pull_b - weight_ab * pull_a) / determinant
    slope = within(curves.slope + np.clip(step_a, -1, 1) * free, STEEPEST)
    return replace(
        curves,
        slope=np.maximum(slope, FLATTEST) if common else slope,
        intercept=within(curves.intercept + np.clip(step_b, -2, 2) * free, FARTHEST),
    )


def score_guessing(curves: Curves, counts: Counts, nodes: Array, *, free: Array, priors: Priors) -> Curves:
    """All three parameters improved by one step of Fisher scoring on counts and priors, halved where it would fail."""
    assert curves.guess is not None and counts.right is not None
    chance = curves.right(nodes)
    slopes = derivatives(curves, nodes)
    spread = np.maximum(chance * (1 - chance), 1e-12)
    pull = np.einsum("iq,kiq->ik", (counts.right - counts.seen * chance) / spread, slopes)
    weight = np.einsum("iq,kiq,liq->ikl", counts.seen / spread, slopes, slopes)
    log_slope, guess = np.log(curves.slope), np.clip(curves.guess, 1e-6, 0.95)
    pull[:, 0] -= (log_slope - priors.a_mean) / priors.a_sd**2
    weight[:, 0, 0] += 1 / priors.a_sd**2
    pull[:, 2] += (priors.c_alpha - 1) * (1 - guess) - (priors.c_beta - 1) * guess
    weight[:, 2, 2] += (priors.c_alpha + priors.c_beta - 2) * guess * (1 - guess)
    weight[:, [0, 1, 2], [0, 1, 2]] += 1e-6
    step = np.clip(np.linalg.solve(weight, pull[:, :, None])[:, :, 0], -1, 1) * free[:, None]
    before = _gain(curves, counts, nodes, priors)
    for _ in range(6):
        steeper = np.exp(np.clip(log_slope + step[:, 0], -4, np.log(STEEPEST)))
        higher = logistic(np.clip(np.log(guess / (1 - guess)) + step[:, 2], -12, 3))
        moved = Curves(
            np.where(free, steeper, curves.slope),
            np.where(free, within(curves.intercept + step[:, 1], FARTHEST), curves.intercept),
            np.where(free, higher, curves.guess),
        )
        worse = free & (_gain(moved, counts, nodes, priors) < before - 1e-9 * np.abs(before))
        if not worse.any():
            break
        step[worse] /= 2
    return moved


def derivatives(curves: Curves, nodes: Array) -> Array:
    """dP of the working parameters, parameters × items × nodes: (α, β), or (log α, β, logit c) with guessing."""
    plain = logistic(curves.logits(nodes))
    steep = plain * (1 - plain)
    if curves.guess is None:
        return np.stack([steep * nodes, steep])
    above = (1 - curves.guess)[:, None]
    by_intercept = above * steep
    by_guess = (1 - plain) * curves.guess[:, None] * above
    return np.stack([by_intercept * nodes * curves.slope[:, None], by_intercept, by_guess])


def logistic(x: Array) -> Array:
    """1 / (1 + exp(−x)), never quite 0."""
    value: Array = 1 / (1 + np.exp(-np.clip(x, -300, 300)))
    return value


def _gain(curves: Curves, counts: Counts, nodes: Array, priors: Priors) -> Array:
    """Expected log-likelihood of each item with its prior."""
    assert curves.guess is not None and counts.right is not None
    rows = (counts.right * curves.log_odds(nodes) + counts.seen * curves.log_wrong(nodes)).sum(axis=1)
    guess = np.clip(curves.guess, 1e-6, 0.95)
    rows -= 0.5 * ((np.log(curves.slope) - priors.a_mean) / priors.a_sd) ** 2
    rows += (priors.c_alpha - 1) * np.log(guess) + (priors.c_beta - 1) * np.log1p(-guess)
    value: Array = rows
    return value


def within(x: Array, limit: float) -> Array:
    """`x` cut to ±`limit`."""
    bounded: Array = np.clip(x, -limit, limit)
    return bounded
