"""Standard errors of calibrated parameters, from the information in the marginal likelihood (K7, P2).

Never from the M-step's Hessian, which takes the abilities as known. Three ways, chosen by the work they need:
`observed`, the observed information by Louis (1982), exact; `crossproduct`, the sum over persons of the outer product
of their scores, which estimates the same matrix; `itemwise`, the cross-product of each item alone with the uncertainty
of the scale added, for banks whose whole matrix would be too large. With priors their curvature is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.calibration_blocks import Block, Responses
from jiangheng.core.insight.calibration_curves import Curves, derivatives
from jiangheng.core.insight.calibration_em import State, Task, expect

Array = NDArray[Any]

EXACT_WORK = 1e9  # multiplications up to which the exact matrix is formed
LARGEST_MATRIX = 800  # parameters up to which a whole matrix is formed at all


@dataclass(frozen=True, slots=True)
class Errors:
    """Covariances of each item's (a, b, c): items × 3 × 3, 0 where fixed; standard errors of the intercepts, of mean
    and sd of the abilities; and how they were found."""

    items: Array
    intercept: Array
    mean: float
    sd: float
    method: str

    def of(self, parameter: int) -> Array:
        """Standard errors of a (0), b (1) or c (2) of every item; NaN where the information is singular."""
        variance = self.items[:, parameter, parameter]
        safe: Array = np.sqrt(np.where(variance >= 0, variance, np.nan))
        return safe


def standard_errors(data: Responses, state: State, standard: Array, task: Task) -> Errors:
    """Standard errors at the maximum `state`."""
    guessing = state.curves.guess is not None
    jacobian = _free_of_all(task, data.items, guessing)
    count = jacobian.shape[1]
    if count > LARGEST_MATRIX:
        return _itemwise(data, state, standard, task)
    if not guessing and data.rows * count**2 * len(standard) <= EXACT_WORK:
        information, method = _observed(data, state, standard, jacobian), "observed"
    else:
        information, method = _crossproduct(data, state, standard, jacobian), "crossproduct"
    information += jacobian.T @ np.diag(_prior_curvature(state.curves, task)) @ jacobian
    with np.errstate(all="ignore"):
        try:
            covariance = np.linalg.inv(information)
        except np.linalg.LinAlgError:
            covariance = np.full_like(information, np.nan)
    whole = jacobian @ covariance @ jacobian.T
    items, width = data.items, 3 if guessing else 2
    places = np.arange(items)[:, None] + items * np.arange(width)
    blocks = whole[places[:, :, None], places[:, None, :]]
    mean, log_sd = (whole[-2, -2], whole[-1, -1]) if task.anchored else (0.0, 0.0)
    sds = np.sqrt(np.maximum([mean, log_sd], 0))
    intercept = np.sqrt(np.maximum(blocks[:, 1, 1], 0))
    return Errors(_as_abc(blocks, state.curves), intercept, float(sds[0]), float(sds[1] * state.sd), method)


def _free_of_all(task: Task, items: int, guessing: bool) -> Array:
    """Jacobian of all working parameters (slopes, intercepts, logit c, mean, log sd) by the free ones."""
    free = np.flatnonzero(task.free)
    total = items * (3 if guessing else 2) + 2
    columns = []
    if task.common:
        column = np.zeros(total)
        column[free] = 1
        columns.append(column)
    places: list[int] = [] if task.common or task.bound else list(free)
    places += list(items + free)
    places += list(2 * items + free) if guessing else []
    places += [total - 2, total - 1] if task.anchored else []
    for place in places:
        column = np.zeros(total)
        column[place] = 1
        columns.append(column)
    return np.stack(columns, axis=1)


def _posteriors(data: Responses, state: State, standard: Array) -> Iterator[tuple[Block, Array, Array, Array | None]]:
    """For each block the persons' distributions over the nodes, the answers and the mask."""
    nodes = state.mean + state.sd * standard
    curves = state.curves
    wrong, odds = curves.log_wrong(nodes).astype(data.dtype), curves.log_odds(nodes).astype(data.dtype)
    log_prior = (-0.5 * standard**2).astype(data.dtype)
    for block, right, seen in data.dense():
        columns = block.columns
        likely = right @ odds[columns] + log_prior
        likely += wrong[columns].sum(axis=0) if seen is None else seen @ wrong[columns]
        np.exp(likely - likely.max(axis=1, keepdims=True), out=likely)
        likely /= likely.sum(axis=1, keepdims=True)
        yield block, likely, right, seen


def _scores(block: Block, state: State, nodes: Array, likely: Array, right: Array, seen: Array | None) -> Array:
    """Expected score of each person in each working parameter of the items seen: parameters × persons × items.

    The score at a node is (x − P)/(P(1 − P))·dP; for 0/1 answers it takes two values, so two products suffice.
    """
    curves = _part(state.curves, block.columns)
    chance = curves.right(nodes)
    slopes = derivatives(curves, nodes)
    # where a wrong answer is impossible to machine precision nobody who gave one has weight
    when_right, when_wrong = slopes / chance, -slopes / np.maximum(1 - chance, 1e-300)
    rows = []
    for gain, loss in zip(when_right, when_wrong, strict=True):
        missed = likely @ loss.T.astype(likely.dtype)
        rows.append(missed + right * (likely @ (gain - loss).T.astype(likely.dtype)))
        if seen is not None:
            rows[-1] *= seen
    return np.stack(rows)


def _part(curves: Curves, columns: Array) -> Curves:
    guess = None if curves.guess is None else curves.guess[columns]
    return Curves(curves.slope[columns], curves.intercept[columns], guess)


def _about_ability(standard: Array, sd: float) -> Array:
    """Scores of mean and log sd at the nodes, 2 × nodes."""
    return np.stack([standard / sd, standard**2 - 1])


def _all_scores(data: Responses, state: State, standard: Array) -> Iterator[tuple[Block, Array, Array, Array]]:
    """Per block: the posteriors, the answers' expected scores and the columns they stand in."""
    nodes = state.mean + state.sd * standard
    for block, likely, right, seen in _posteriors(data, state, standard):
        parts = _scores(block, state, nodes, likely, right, seen)
        ability = likely @ _about_ability(standard, state.sd).T.astype(likely.dtype)
        scores = np.concatenate([*parts, ability], axis=1)
        width, items = len(parts), data.items
        columns = np.concatenate([*(block.columns + k * items for k in range(width)), width * items + np.arange(2)])
        yield block, likely, scores, columns


def _crossproduct(data: Responses, state: State, standard: Array, jacobian: Array) -> Array:
    information = np.zeros((jacobian.shape[1], jacobian.shape[1]))
    for block, _, scores, columns in _all_scores(data, state, standard):
        reduced = scores @ jacobian[columns].astype(scores.dtype)
        information += (reduced * block.weight[:, None].astype(scores.dtype)).T @ reduced
    return information


def _observed(data: Responses, state: State, standard: Array, jacobian: Array) -> Array:
    """Complete information less what the unknown abilities take of it, without guessing (Louis 1982)."""
    nodes, items = state.mean + state.sd * standard, data.items
    curves = state.curves
    counts = expect(data, state, standard)
    spread = counts.seen * curves.right(nodes) * (1 - curves.right(nodes))
    complete = np.zeros((2 * items + 2, 2 * items + 2))
    at = np.arange(items)
    complete[at, at], complete[items + at, items + at] = spread @ nodes**2, spread.sum(axis=1)
    complete[at, items + at] = complete[items + at, at] = spread @ nodes
    about = np.array([counts.persons.sum() / state.sd**2, 2 * counts.persons @ standard / state.sd])
    complete[-2:, -2:] = [[about[0], about[1]], [about[1], 2 * counts.persons @ standard**2]]
    information = jacobian.T @ complete @ jacobian
    chance, ability = curves.right(nodes), _about_ability(standard, state.sd)
    for block, likely, right, seen in _posteriors(data, state, standard):
        columns = np.concatenate([block.columns, items + block.columns, 2 * items + np.arange(2)])
        part = jacobian[columns]
        mean = np.zeros((len(likely), part.shape[1]))
        for q, node in enumerate(nodes):
            rest = right - chance[block.columns, q]
            if seen is not None:
                rest = rest * seen
            person = np.broadcast_to(ability[:, q], (len(likely), 2))
            scores = np.concatenate([rest * node, rest, person], axis=1) @ part
            share = likely[:, q, None]
            mean += share * scores
            information -= (scores * (share * block.weight[:, None])).T @ scores
        information += (mean * block.weight[:, None]).T @ mean
    return information


def _itemwise(data: Responses, state: State, standard: Array, task: Task) -> Errors:
    """Each item's own cross-product, and the sampling error of the persons' mean and spread, which moves all items."""
    nodes = state.mean + state.sd * standard
    width = 2 if state.curves.guess is None else 3
    information = np.zeros((data.items, width, width))
    for block, likely, right, seen in _posteriors(data, state, standard):
        parts = _scores(block, state, nodes, likely, right, seen)
        weighted = parts * block.weight[:, None].astype(parts.dtype)
        information[block.columns] += np.einsum("kni,lni->ikl", weighted, parts)
    curvature = _prior_curvature(state.curves, task)[:-2].reshape(width, data.items).T
    information[:, range(width), range(width)] += curvature
    covariance, free = np.zeros_like(information), task.free
    if task.bound or task.common:
        covariance[free, 1, 1] = 1 / information[free, 1, 1]
    else:
        covariance[free] = np.linalg.inv(information[free])
    found = _as_abc(covariance, state.curves)
    if task.anchored:
        root = np.sqrt(data.persons)
        return Errors(found, np.sqrt(covariance[:, 1, 1]), state.sd / root, state.sd / root / np.sqrt(2), "itemwise")
    slope, intercept = state.curves.slope, state.curves.intercept
    easiness = intercept / np.where(slope == 0, np.nan, slope)
    found[:, 0, 0] += slope**2 / (2 * data.persons)
    found[:, 1, 1] += (1 + easiness**2 / 2) / data.persons
    beta = np.sqrt(covariance[:, 1, 1] + slope**2 / data.persons)
    return Errors(found, beta, 0.0, 0.0, "itemwise")


def _prior_curvature(curves: Curves, task: Task) -> Array:
    """Minus the second derivative of the log prior in all working parameters."""
    items = len(curves.slope)
    if task.priors is None or curves.guess is None:
        return np.zeros((2 if curves.guess is None else 3) * items + 2)
    by_slope = np.full(items, 1 / task.priors.a_sd**2)
    by_guess = (task.priors.c_alpha + task.priors.c_beta - 2) * curves.guess * (1 - curves.guess)
    return np.concatenate([by_slope, np.zeros(items), by_guess, np.zeros(2)])


def _as_abc(blocks: Array, curves: Curves) -> Array:
    """Covariances of working parameters carried over to (a, b, c) by the delta method."""
    items, width = len(blocks), blocks.shape[1]
    slope = np.where(curves.slope == 0, np.nan, curves.slope)
    turn = np.zeros((items, 3, width))
    if curves.guess is None:
        turn[:, 0, 0] = 1
        turn[:, 1, 0] = curves.intercept / slope**2
    else:
        turn[:, 0, 0] = slope
        turn[:, 1, 0] = curves.intercept / slope
        turn[:, 2, 2] = curves.guess * (1 - curves.guess)
    turn[:, 1, 1] = -1 / slope
    carried: Array = np.einsum("iak,ikl,ibl->iab", turn, blocks, turn)
    return carried
