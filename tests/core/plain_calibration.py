"""Calibration the obvious way, as a judge of core/insight/calibration.py: the likelihood as it stands in the books.

`climb` maximises the marginal log-likelihood itself by quasi-Newton steps on numeric gradients; `em` is Bock & Aitkin's
loop without any acceleration. Nothing here is shared with the code under judgement.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import log

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Law School Admission Test, sections 6 and 7, patterns 00000, 00001 … 11111 (Bock & Lieberman 1970)
LSAT6 = (
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15,
    10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
)  # fmt: skip
LSAT7 = (
    12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28,
    7, 39, 11, 34, 14, 51, 15, 90, 6, 25, 7, 35, 18, 136, 32, 308,
)  # fmt: skip


def persons(frequencies: tuple[int, ...]) -> NDArray[np.int8]:
    """One row a person."""
    patterns = np.array(list(product((0, 1), repeat=5)), np.int8)
    return np.repeat(patterns, frequencies, axis=0)


def answers(
    people: int, items: int, *, seed: int, each: int | None = None, guess: float = 0.0, spread: float = 0.3
) -> tuple[NDArray[np.int8], Array, Array, Array]:
    """Invented answers, with the a, b and θ they were drawn from; `each` items a person when not all."""
    draw = np.random.default_rng(seed)
    a, b, theta = np.exp(draw.normal(0, spread, items)), draw.normal(0, 1, items), draw.normal(size=people)
    matrix = np.empty((people, items), np.int8)
    for begin in range(0, people, 5000):
        rows = slice(begin, begin + 5000)
        chance = guess + (1 - guess) / (1 + np.exp(-a * (theta[rows, None] - b)))
        matrix[rows] = draw.random(chance.shape) < chance
        if each is not None:
            order = draw.random(chance.shape).argpartition(each, axis=1)[:, each:]
            np.put_along_axis(matrix[rows], order, -1, axis=1)
    return matrix, a, b, theta


def loglik(matrix: NDArray[np.int8], a: Array, b: Array, *, sd: float = 1.0) -> float:
    """The marginal log-likelihood, person by person and item by item; abilities N(0, sd²), 0.05 apart."""
    nodes = np.linspace(-8, 8, 321)
    prior = np.exp(-(nodes**2) / 2) / np.exp(-(nodes**2) / 2).sum()
    chances = [1 / (1 + np.exp(-slope * (nodes * sd - place))) for slope, place in zip(a, b, strict=True)]
    total = 0.0
    for row, times in zip(*np.unique(matrix, axis=0, return_counts=True), strict=True):
        likely = prior.copy()
        for x, chance in zip(row, chances, strict=True):
            if x >= 0:
                likely *= chance if x else 1 - chance
        total += int(times) * log(likely.sum())
    return total


def climb(target: Callable[[Array], float], start: Array, *, steps: int = 200) -> tuple[Array, float]:
    """The maximum of a smooth function, by BFGS with gradients from differences."""

    def slope_at(x: Array) -> Array:
        return np.array([(target(x + h) - target(x - h)) / 2e-5 for h in np.eye(len(x)) * 1e-5])

    x, inverse, value, slope = start.copy(), np.eye(len(start)) * 0.01, target(start), slope_at(start)
    for _ in range(steps):
        step = inverse @ slope
        length = 1.0
        while target(x + length * step) < value and length > 1e-8:
            length /= 2
        there = x + length * step
        now = slope_at(there)
        moved, turned = there - x, slope - now
        x, value, slope = there, target(there), now
        if np.abs(moved).max() < 1e-8:
            break
        along = float(moved @ turned)
        if along > 1e-12:
            left = np.eye(len(x)) - np.outer(moved, turned) / along
            inverse = left @ inverse @ left.T + np.outer(moved, moved) / along
    return x, value


def em(matrix: NDArray[np.int8], *, tolerance: float = 1e-5, nodes: int = 61) -> tuple[Array, Array, int]:
    """Slopes and difficulties of a 2PL by the plain EM loop; complete answers only."""
    theta = np.linspace(-6, 6, nodes)
    prior = np.exp(-(theta**2) / 2) / np.exp(-(theta**2) / 2).sum()
    a, d = np.ones(matrix.shape[1]), np.zeros(matrix.shape[1])
    turn = 0
    while turn < 2000:
        turn += 1
        before = np.concatenate([a, d])
        chance = 1 / (1 + np.exp(-(a[:, None] * theta + d[:, None])))
        likely = np.exp(matrix @ np.log(chance) + (1 - matrix) @ np.log(1 - chance)) * prior
        likely /= likely.sum(axis=1, keepdims=True)
        seen, right = likely.sum(axis=0), matrix.T @ likely
        for item in range(len(a)):
            for _ in range(20):
                p = 1 / (1 + np.exp(-(a[item] * theta + d[item])))
                pull = np.array([((right[item] - seen * p) * theta).sum(), (right[item] - seen * p).sum()])
                w = seen * p * (1 - p)
                weight = np.array([[(w * theta**2).sum(), (w * theta).sum()], [(w * theta).sum(), w.sum()]])
                step = np.linalg.solve(weight, pull)
                a[item], d[item] = a[item] + step[0], d[item] + step[1]
                if np.abs(step).max() < 1e-9:
                    break
        if np.abs(np.concatenate([a, d]) - before).max() < tolerance:
            break
    return a, -d / a, turn
