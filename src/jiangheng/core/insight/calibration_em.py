"""Marginal maximum likelihood by EM: the E-step over blocks, the outer loop and its acceleration (K7, P2).

Bock & Aitkin (1981) on a fixed grid of abilities. Three things make it quick without changing where it ends: without
guessing a person enters the E-step only by the sum of the slopes of the items answered right; while nothing but the
data fixes the scale, the ability's mean and spread are estimated in each round and folded back into the items
(parameter expansion, Liu, Rubin & Wu 1998); and rounds are extrapolated (Anderson 1965) under guard of the
log-likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.calibration_blocks import Responses
from jiangheng.core.insight.calibration_curves import (
    FARTHEST,
    FLATTEST,
    STEEPEST,
    Counts,
    Curves,
    Priors,
    logistic,
    newton_logistic,
    score_guessing,
    within,
)

Array = NDArray[Any]

MEMORY = 5  # rounds the extrapolation looks back
NEWTON_STEPS = 2
NARROWEST = 0.02  # spread of abilities below which the persons do not differ


@dataclass(frozen=True, slots=True)
class State:
    """Items and the ability distribution N(`mean`, `sd`²)."""

    curves: Curves
    mean: float = 0.0
    sd: float = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """What is estimated: which items are `free`, whether slopes are `common` or `bound`, whether the scale is anchored.

    `anchored` means that fixed items hold the scale and the ability's mean and spread are estimated.
    """

    free: Array
    common: bool = False
    bound: bool = False
    anchored: bool = False
    priors: Priors | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """Where the rounds ended; `shift` is the largest relative change a further round would make."""

    state: State
    rounds: int
    converged: bool
    shift: float


def grid(nodes: int, reach: float = 6.0) -> Array:
    """`nodes` equally spaced abilities of a standard normal population from −`reach` to `reach`."""
    return np.linspace(-reach, reach, nodes)


def expect(data: Responses, state: State, standard: Array) -> Counts:
    """The E-step: expected counts at every node, and the marginal log-likelihood at `state`."""
    return _expect(data, state, standard)


def marginal_loglik(data: Responses, state: State, standard: Array) -> float:
    """The marginal log-likelihood alone, in double precision."""
    return _expect(replace(data, dtype=np.float64), state, standard, only_loglik=True).loglik


def _expect(data: Responses, state: State, standard: Array, *, only_loglik: bool = False) -> Counts:
    kind, curves = data.dtype, state.curves
    nodes = state.mean + state.sd * standard
    log_prior = -0.5 * standard**2
    log_prior = (log_prior - np.log(np.exp(log_prior).sum())).astype(kind)
    wrong, points = curves.log_wrong(nodes), nodes.astype(kind)
    small_wrong = wrong.astype(kind)
    odds = None if curves.guess is None else curves.log_odds(nodes).astype(kind)
    lines = np.stack([curves.slope, curves.intercept], axis=1).astype(kind)
    seen_at = np.zeros((data.items, len(nodes)))
    right_at = None if odds is None else np.zeros_like(seen_at)
    persons, loglik = np.zeros(len(nodes)), 0.0
    totals, abilities = np.zeros(data.items), np.zeros(data.items)
    for block, right, seen in data.dense():
        columns = block.columns
        if odds is None:
            sums = right @ lines[columns]
            likely, apart = np.multiply.outer(sums[:, 0], points), sums[:, 1]
        else:
            likely, apart = right @ odds[columns], np.zeros(len(right), kind)
        likely += (wrong[columns].sum(axis=0) + log_prior).astype(kind) if seen is None else log_prior
        if seen is not None:
            likely += seen @ small_wrong[columns]
        top = likely.max(axis=1)
        likely -= top[:, None]
        np.exp(likely, out=likely)
        total = likely.sum(axis=1)
        loglik += float(block.weight @ (top + apart + np.log(total)).astype(float))
        if only_loglik:
            continue
        share = (block.weight / total).astype(kind)
        if seen is None and odds is None:
            here = share @ likely
            mean = (likely @ points) * share
        else:
            likely *= share[:, None]
            here = likely.sum(axis=0)
            mean = likely @ points
        persons += here
        if seen is None:
            seen_at[columns] += here
        else:
            seen_at[columns] += seen.T @ likely
        if right_at is not None:
            right_at[columns] += right.T @ likely
        else:
            weighted = np.stack([block.weight.astype(kind), mean], axis=1)
            both = right.T @ weighted
            totals[columns] += both[:, 0]
            abilities[columns] += both[:, 1]
    return Counts(seen_at, persons, totals, abilities, right_at, loglik)


def _improve(state: State, counts: Counts, standard: Array, task: Task) -> State:
    """The M-step: items by Newton, then the ability's mean and spread, kept when anchored and folded back otherwise."""
    nodes = state.mean + state.sd * standard
    curves = state.curves
    for _ in range(NEWTON_STEPS):
        if task.priors is None:
            curves = newton_logistic(curves, counts, nodes, free=task.free, common=task.common, bound=task.bound)
        else:
            curves = score_guessing(curves, counts, nodes, free=task.free, priors=task.priors)
    if task.priors is not None and not task.anchored:
        return State(curves)
    mean = float(counts.persons @ nodes / counts.persons.sum())
    sd = max(float(np.sqrt(counts.persons @ (nodes - mean) ** 2 / counts.persons.sum())), NARROWEST)
    if task.anchored:
        return _bounded(State(curves, mean, sd), task)
    folded = replace(curves, slope=curves.slope * sd, intercept=curves.intercept + curves.slope * mean)
    return _bounded(State(folded), task)


def maximise(
    data: Responses, start: State, standard: Array, task: Task, *, tolerance: float, most_rounds: int
) -> Solution:
    """Rounds of EM until a round moves no working parameter by more than `tolerance` (relative to 1 + its size)."""
    place, plain = _flat(start, task), None
    xs: list[Array] = []
    images: list[Array] = []
    best, shift = -np.inf, np.inf
    for turn in range(1, most_rounds + 1):
        state = _unflat(place, start, task)
        counts = expect(data, state, standard)
        level = counts.loglik + _prior(state, task)
        if plain is not None and not level >= best - 1e-7 * abs(best):
            # the extrapolation overshot: go on from the last plain round
            place, plain = plain, None
            xs.clear()
            images.clear()
            continue
        best = max(best, level) if np.isfinite(level) else best
        image = _flat(_improve(state, counts, standard, task), task)
        shift = float(np.max(np.abs(image - place) / (1 + np.abs(place)))) if len(place) else 0.0
        if shift < tolerance:
            return Solution(_unflat(image, start, task), turn, True, shift)
        xs.append(place)
        images.append(image)
        del xs[: -MEMORY - 1], images[: -MEMORY - 1]
        place, plain = _extrapolated(xs, images), image
    return Solution(_unflat(place if plain is None else plain, start, task), most_rounds, False, shift)


def _extrapolated(xs: list[Array], images: list[Array]) -> Array:
    """Anderson's mixture of the last rounds: the combination whose residual is smallest."""
    if len(xs) < 2:
        return images[-1]
    residuals = [image - x for x, image in zip(xs, images, strict=True)]
    changes = np.stack([residuals[-1] - each for each in residuals[:-1]], axis=1)
    moves = np.stack([images[-1] - each for each in images[:-1]], axis=1)
    mix = np.linalg.lstsq(changes, residuals[-1], rcond=1e-10)[0]
    step: Array = images[-1] - moves @ mix
    return step


def _prior(state: State, task: Task) -> float:
    curves = state.curves
    if task.priors is None or curves.guess is None:
        return 0.0
    return task.priors.log_density(np.log(curves.slope[task.free]), curves.guess[task.free])


def _flat(state: State, task: Task) -> Array:
    """The free working parameters as one vector."""
    curves, free = state.curves, task.free
    parts = [curves.intercept[free]]
    if task.common:
        parts.append(curves.slope[free][:1])
    elif not task.bound:
        parts.append(curves.slope[free] if curves.guess is None else np.log(curves.slope[free]))
    if curves.guess is not None:
        parts.append(np.log(curves.guess[free] / (1 - curves.guess[free])))
    if task.anchored:
        parts.append(np.array([state.mean, np.log(state.sd)]))
    return np.concatenate(parts)


def _unflat(vector: Array, start: State, task: Task) -> State:
    """The state a vector of working parameters stands for; what is not free is as at the start."""
    curves, free, count = start.curves, task.free, int(task.free.sum())
    intercept, slope, guess = curves.intercept.copy(), curves.slope.copy(), curves.guess
    intercept[free], rest = vector[:count], vector[count:]
    if task.common:
        slope[free], rest = rest[0], rest[1:]
    elif not task.bound:
        slope[free] = rest[:count] if guess is None else np.exp(within(rest[:count], 4))
        rest = rest[count:]
    if guess is not None:
        guess = guess.copy()
        guess[free], rest = logistic(np.clip(rest[:count], -12, 3)), rest[count:]
    mean, sd = (float(rest[0]), float(np.exp(within(rest[1], 4)))) if task.anchored else (start.mean, start.sd)
    return _bounded(State(Curves(slope, intercept, guess), mean, sd), task)


def _bounded(state: State, task: Task) -> State:
    """The state with free parameters inside the bounds that keep the numbers finite."""
    curves, free = state.curves, task.free
    slope = np.where(free, within(curves.slope, STEEPEST), curves.slope)
    if task.common:
        slope = np.maximum(slope, FLATTEST)
    intercept = np.where(free, within(curves.intercept, FARTHEST), curves.intercept)
    mean = float(np.clip(state.mean, -FARTHEST, FARTHEST))
    return State(Curves(slope, intercept, curves.guess), mean, max(state.sd, NARROWEST))
