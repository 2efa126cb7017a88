"""Differential functioning: is an item harder for one group than for another of the same ability (K7, W4, P2).

A flag is a question to the item's reviewers, no verdict: groups may differ in what they were taught. Mantel–Haenszel
and standardisation see a difference in one direction, logistic regression also one that turns round along the scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.chances import benjamini_hochberg, chi_square_tail

Array = NDArray[Any]

SIGNIFICANT = 0.05
SLIGHT, LARGE = 1.0, 1.5  # |delta| of ETS classes A | B | C (Zieky 1993)
MODERATE_R2, LARGE_R2 = 0.035, 0.070  # Jodoin & Gierl 2001
DELTA = -2.35
QUANTILES = 10


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """The common odds ratio of reference against focal group over the strata.

    `alpha` above 1 (so `delta` below 0) means easier for the reference group. `chi_square` is continuity-corrected,
    `se_delta` by Robins, Breslow & Greenland (1986); None where the strata hold nothing to compare.
    """

    alpha: float | None
    delta: float | None
    se_delta: float | None
    chi_square: float | None
    p: float | None

    @property
    def grade(self) -> str:
        """ETS class: A negligible, B moderate, C large; "" where nothing could be computed."""
        if self.delta is None or self.p is None or self.se_delta is None:
            return ""
        size = abs(self.delta)
        if size < SLIGHT or self.p >= SIGNIFICANT:
            return "A"
        return "C" if size >= LARGE and (size - SLIGHT) / self.se_delta > 1.645 else "B"


@dataclass(frozen=True, slots=True)
class LogisticDif:
    """Likelihood-ratio tests of group (`uniform`, df 1), of its interaction with ability (`crossing`, df 1), of both.

    `r2` is the gain in Nagelkerke's R² by both, `odds` the uniform effect as a log odds of the focal group.
    """

    uniform: float
    p_uniform: float
    crossing: float
    p_crossing: float
    both: float
    p_both: float
    r2: float
    odds: float

    @property
    def grade(self) -> str:
        """Jodoin & Gierl's class by R² for a significant result."""
        if self.p_both >= SIGNIFICANT or self.r2 < MODERATE_R2:
            return "A"
        return "C" if self.r2 >= LARGE_R2 else "B"


@dataclass(frozen=True, slots=True)
class Functioning:
    """One item between two groups. `difference` is the standardised difference of shares, focal less reference.

    `q` is the Mantel–Haenszel p adjusted over all items (Benjamini & Hochberg).
    """

    item: str
    reference: int
    focal: int
    mantel_haenszel: MantelHaenszel
    difference: float | None
    logistic: LogisticDif | None
    q: float | None = None


def differential(
    matrix: Array, items: Sequence[str], focal: Array, *, match: Array | None = None, purify: bool = True
) -> tuple[Functioning, ...]:
    """Every item between the reference (`focal` False) and the focal group, persons matched on what they can do.

    `matrix` is int8 persons × items (1, 0, −1). Left out, `match` is the number of right answers when all saw the
    same items, otherwise the share of right answers in ten strata; where forms differ in difficulty, give calibrated
    abilities instead. With `purify` items of class C leave the matching score (the item under study stays) and all
    is computed again. Raises ValueError when a group is empty.
    """
    group = np.asarray(focal, bool)
    if group.all() or not group.any():
        raise ValueError("比较需要两个组，现只有一个组有考生，请核对分组文件")
    everything = np.ones(matrix.shape[1], bool)
    first = _all(matrix, items, group, match, everything)
    if not purify or match is not None:
        return first
    clean = np.array([each.mantel_haenszel.grade != "C" for each in first])
    return first if clean.all() or clean.sum() < 2 else _all(matrix, items, group, match, clean)


def mantel_haenszel(tables: Array) -> MantelHaenszel:
    """From 2 × 2 tables, strata × (reference, focal) × (right, wrong) (Mantel & Haenszel 1959)."""
    table = np.asarray(tables, float).reshape(-1, 2, 2)
    total = table.sum(axis=(1, 2))
    table, total = table[total > 1], total[total > 1]
    a, b, c, d = table[:, 0, 0], table[:, 0, 1], table[:, 1, 0], table[:, 1, 1]
    good, bad = float((a * d / total).sum()), float((b * c / total).sum())
    spread = float(((a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))).sum())
    if spread <= 0:
        return MantelHaenszel(None, None, None, None, None)
    apart = abs(float((a - (a + b) * (a + c) / total).sum()))
    chi = max(apart - 0.5, 0.0) ** 2 / spread
    if good <= 0 or bad <= 0:
        return MantelHaenszel(None, None, None, chi, chi_square_tail(chi, 1))
    p, q, r, s = (a + d) / total, (b + c) / total, a * d / total, b * c / total
    variance = (p * r).sum() / (2 * good**2) + (p * s + q * r).sum() / (2 * good * bad) + (q * s).sum() / (2 * bad**2)
    return MantelHaenszel(
        good / bad, DELTA * log(good / bad), -DELTA * sqrt(float(variance)), chi, chi_square_tail(chi, 1)
    )


def standardised_difference(tables: Array) -> float | None:
    """Share of right answers, focal less reference, weighted by the focal group's strata (Dorans & Kulick 1986)."""
    table = np.asarray(tables, float).reshape(-1, 2, 2)
    people = table.sum(axis=2)
    table, people = table[(people > 0).all(axis=1)], people[(people > 0).all(axis=1)]
    if not len(table):
        return None
    apart = table[:, 1, 0] / people[:, 1] - table[:, 0, 0] / people[:, 0]
    return float((people[:, 1] @ apart) / people[:, 1].sum())


def logistic_dif(right: Array, match: Array, focal: Array) -> LogisticDif | None:
    """Logistic regression of one item (Swaminathan & Rogers 1990); None when ability or group tell nothing apart."""
    spread = match.std()
    if spread == 0 or right.min() == right.max() or focal.all() or not focal.any():
        return None
    # equal (ability, group) are one binomial row
    values, place = np.unique(match, return_inverse=True)
    cell = place.ravel() * 2 + focal
    n = np.bincount(cell, minlength=2 * len(values)).astype(float)
    good = np.bincount(cell, weights=right.astype(float), minlength=2 * len(values))
    ability, who = np.repeat((values - match.mean()) / spread, 2), np.tile([0.0, 1.0], len(values))
    n, good, ability, who = (each[n > 0] for each in (n, good, ability, who))
    columns = np.stack([np.ones(len(n)), ability, who, ability * who], axis=1)
    null, plain, uniform, crossing = (_fitted(columns[:, :k], good, n) for k in (1, 2, 3, 4))
    persons = float(n.sum())
    most = 1 - exp(2 * null[0] / persons)
    shares = [(1 - exp(2 * (null[0] - each[0]) / persons)) / most for each in (plain, crossing)]
    tests = [max(2 * (more[0] - less[0]), 0.0) for less, more in ((plain, uniform), (uniform, crossing))]
    return LogisticDif(
        tests[0], chi_square_tail(tests[0], 1), tests[1], chi_square_tail(tests[1], 1),
        sum(tests), chi_square_tail(sum(tests), 2), max(shares[1] - shares[0], 0.0), float(uniform[1][2]),
    )  # fmt: skip


def _all(
    matrix: Array, items: Sequence[str], group: Array, match: Array | None, anchors: Array
) -> tuple[Functioning, ...]:
    score = _score(matrix, anchors) if match is None else np.asarray(match, float)
    complete = match is None and bool((matrix >= 0).all())
    rows = []
    for column, item in enumerate(items):
        who = (matrix[:, column] >= 0) & np.isfinite(score)
        right, focal, own = matrix[who, column] == 1, group[who], score[who]
        if complete and not anchors[column]:
            own = own + right
        tables = _tables(own if complete else _cut(own), right, focal)
        regression = logistic_dif(right, own, focal) if len(right) else None
        reference = int((~focal).sum())
        rows.append(
            Functioning(
                item, reference, int(focal.sum()), mantel_haenszel(tables), standardised_difference(tables), regression
            )
        )
    tested = [place for place, row in enumerate(rows) if row.mantel_haenszel.p is not None]
    adjusted = benjamini_hochberg([rows[place].mantel_haenszel.p or 0.0 for place in tested])
    for place, q in zip(tested, adjusted, strict=True):
        rows[place] = replace(rows[place], q=q)
    return tuple(rows)


def _score(matrix: Array, anchors: Array) -> Array:
    """Right answers among the anchors; their share when not all were presented to all."""
    part = matrix[:, anchors]
    right: Array = (part == 1).sum(axis=1).astype(float)
    if (matrix >= 0).all():
        return right
    seen = (part >= 0).sum(axis=1)
    share: Array = np.where(seen > 0, right / np.maximum(seen, 1), np.nan)
    return share


def _cut(score: Array) -> Array:
    """Strata of about equal size."""
    if not len(score):
        return score
    edges = np.unique(np.quantile(score, np.linspace(0, 1, QUANTILES + 1)[1:-1]))
    strata: Array = np.searchsorted(edges, score, side="right")
    return strata


def _tables(strata: Array, right: Array, focal: Array) -> Array:
    """2 × 2 tables, strata × (reference, focal) × (right, wrong)."""
    _, place = np.unique(strata, return_inverse=True)
    place = place.ravel()
    cell = place * 4 + focal * 2 + ~right
    strata_found = int(place.max()) + 1 if len(place) else 1
    tables: Array = np.bincount(cell, minlength=4 * strata_found).reshape(-1, 2, 2)
    return tables


def _fitted(columns: Array, right: Array, n: Array) -> tuple[float, Array]:
    """Log-likelihood and coefficients of a logistic regression by Newton, with a trace of ridge against separation."""
    weights = np.zeros(columns.shape[1])
    ridge = 1e-8 * np.eye(columns.shape[1])
    for _ in range(50):
        line = np.clip(columns @ weights, -30, 30)
        chance = 1 / (1 + np.exp(-line))
        information = (columns * (n * chance * (1 - chance))[:, None]).T @ columns + ridge
        step = np.linalg.solve(information, columns.T @ (right - n * chance) - 1e-8 * weights)
        weights = weights + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    line = columns @ weights
    return float(right @ line - n @ np.logaddexp(0, line)), weights
