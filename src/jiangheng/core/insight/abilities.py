"""Abilities on the calibrated scale: the mean of the posterior (EAP) and Warm's weighted likelihood (K13, P2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.calibration import Parameters
from jiangheng.core.insight.calibration_blocks import BLOCK_ROWS
from jiangheng.core.insight.calibration_curves import Curves, logistic

Array = NDArray[Any]
REACH = 8.0
POINTS = 161


@dataclass(frozen=True, slots=True)
class Abilities:
    """`theta` and its standard error by person, and the number of items answered; NaN where none was."""

    theta: Array
    se: Array
    n: Array


def curves_of(parameters: Sequence[Parameters]) -> Curves:
    """Curves of items whose parameters are known."""
    a, b, c = (np.array([getattr(each, name) for each in parameters], float) for name in "abc")
    return Curves(a, -a * b, c if c.any() else None)


def abilities(
    matrix: Array,
    parameters: Sequence[Parameters],
    *,
    method: Literal["eap", "wle"] = "eap",
    mean: float = 0.0,
    sd: float = 1.0,
) -> Abilities:
    """Ability of each row of an int8 matrix persons × items (1, 0, −1), on the scale of `parameters`.

    `eap` is the mean of the posterior under N(`mean`, `sd`²), pulled towards the mean; `wle` (Warm 1989) uses the
    answers alone and is nearly unbiased, also for rows all right or all wrong. Raises ValueError when the numbers of
    items differ.
    """
    if matrix.shape[1] != len(parameters):
        raise ValueError(f"作答有 {matrix.shape[1]} 道试题，参数有 {len(parameters)} 道，请核对")
    curves = curves_of(parameters)
    estimate = _eap if method == "eap" else _wle
    theta, error = np.full(len(matrix), np.nan), np.full(len(matrix), np.nan)
    seen = (matrix >= 0).sum(axis=1)
    for rows, right, shown in _blocks(matrix):
        theta[rows], error[rows] = estimate(curves, right, shown, mean, sd)
    theta[seen == 0] = error[seen == 0] = np.nan
    return Abilities(theta, error, seen)


def residuals(matrix: Array, parameters: Sequence[Parameters], theta: Array) -> Iterator[tuple[slice, Array, Array]]:
    """Answer less its probability at `theta`, and that answer's variance, by blocks of persons; 0 where not seen."""
    curves = curves_of(parameters)
    known = np.nan_to_num(theta)
    for rows, right, shown in _blocks(matrix):
        chance = _chance(curves, known[rows])
        yield rows, (right - chance) * shown, chance * (1 - chance) * shown


def _blocks(matrix: Array) -> Iterator[tuple[slice, Array, Array]]:
    for begin in range(0, len(matrix), BLOCK_ROWS):
        rows = slice(begin, begin + BLOCK_ROWS)
        yield rows, (matrix[rows] == 1).astype(float), (matrix[rows] >= 0).astype(float)


def _chance(curves: Curves, theta: Array) -> Array:
    """Probability of a right answer, persons × items."""
    return curves.right(theta).T


def _eap(curves: Curves, right: Array, seen: Array, mean: float, sd: float) -> tuple[Array, Array]:
    nodes = mean + sd * np.linspace(-REACH, REACH, POINTS)
    likely = right @ curves.log_odds(nodes) + seen @ curves.log_wrong(nodes) - 0.5 * ((nodes - mean) / sd) ** 2
    likely = np.exp(likely - likely.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    theta = likely @ nodes
    return theta, np.sqrt(np.maximum(likely @ nodes**2 - theta**2, 0))


def _wle(curves: Curves, right: Array, seen: Array, mean: float, sd: float) -> tuple[Array, Array]:
    """The best grid point of the weighted likelihood, then scoring steps on Warm's equation."""
    nodes = np.linspace(-REACH, REACH, POINTS)
    information = _pieces(curves, nodes)[0]
    weight = np.log(np.maximum(seen @ information, 1e-12))
    likely = right @ curves.log_odds(nodes) + seen @ curves.log_wrong(nodes) + 0.5 * weight
    theta = nodes[likely.argmax(axis=1)]
    step = nodes[1] - nodes[0]
    low, high = theta - step, theta + step
    total = np.ones(len(theta))
    for _ in range(20):
        info, skew, slope_over = (part.T for part in _pieces(curves, theta))
        total = np.maximum((seen * info).sum(axis=1), 1e-12)
        pull = ((right - curves.right(theta).T) * slope_over * seen).sum(axis=1)
        pull += (seen * skew).sum(axis=1) / (2 * total)
        before, theta = theta, np.clip(theta + np.clip(pull / total, -step, step), low, high)
        if np.abs(theta - before).max(initial=0) < 1e-8:
            break
    return theta, 1 / np.sqrt(total)


def _pieces(curves: Curves, theta: Array) -> tuple[Array, Array, Array]:
    """Of each item at each ability: information P'²/(PQ), P'P''/(PQ) and P'/(PQ)."""
    plain = logistic(curves.logits(theta))
    slope = curves.slope[:, None]
    above = 1.0 if curves.guess is None else (1 - curves.guess)[:, None]
    first = above * slope * plain * (1 - plain)
    second = first * slope * (1 - 2 * plain)
    chance = 1 - above * (1 - plain)
    # for extreme abilities the variance underflows together with the slope
    variance = np.maximum(chance * (1 - chance), 1e-300)
    return first**2 / variance, first * second / variance, first / variance
