"""Does the model describe the answers: fit of items, comparison of models, dependence between items (K7, P2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.abilities import abilities, curves_of, residuals
from jiangheng.core.insight.calibration import Calibration, Model, Parameters
from jiangheng.core.insight.calibration_blocks import forms
from jiangheng.core.insight.chances import chi_square_tail

Array = NDArray[Any]

DEPENDENT = 0.2  # Q3 above the mean Q3 by which two items are called dependent (Christensen, Makransky & Horton 2017)
FORM_PERSONS = 200  # persons that must share a form for its scores to be tested
TINY = 1e-9
OWN_PARAMETERS: dict[Model, int] = {"rasch": 2, "1pl": 2, "2pl": 2, "3pl": 3}


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squared residuals of an item; 1 is expected. `infit` weights by information, `outfit` does not."""

    item: str
    infit: float
    outfit: float
    n: int


@dataclass(frozen=True, slots=True)
class ItemFit:
    """A chi-square of observed against expected shares of right answers; `p` is None when no degree is left."""

    item: str
    chi_square: float
    df: int
    p: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A model among others; `chi_square`, `df`, `p` test it against the one before it in the list."""

    model: Model
    loglik: float
    free: int
    aic: float
    bic: float
    chi_square: float | None
    df: int | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Dependence:
    """Two items whose residuals go together: `q3`, and `excess` over the mean of all pairs."""

    first: str
    second: str
    q3: float
    excess: float
    n: int


def mean_squares(matrix: Array, calibration: Calibration, items: Sequence[str]) -> tuple[MeanSquares, ...]:
    """Infit and outfit of each calibrated item (Wright & Masters 1982), at Warm's abilities.

    `matrix` is the int8 matrix that was calibrated, its columns named by `items`. The usual limits are 0.7 to 1.3;
    on a test of few items all values are smaller, because the abilities come from the same answers.
    """
    part, parameters = _calibrated(matrix, calibration, items)
    theta = abilities(part, parameters, method="wle").theta
    squares, variances, ratios = (np.zeros(len(parameters)) for _ in range(3))
    for _, rest, variance in residuals(part, parameters, theta):
        squares += (rest**2).sum(axis=0)
        variances += variance.sum(axis=0)
        ratios += (rest**2 / np.maximum(variance, TINY)).sum(axis=0)
    n = (part >= 0).sum(axis=0)
    return tuple(
        MeanSquares(each.item, float(squares[i] / max(variances[i], TINY)), float(ratios[i] / n[i]), int(n[i]))
        for i, each in enumerate(calibration.items)
    )


def score_chi_squares(
    matrix: Array, calibration: Calibration, items: Sequence[str], *, least_expected: float = 1.0
) -> tuple[ItemFit, ...]:
    """S-X² of each item (Orlando & Thissen 2000): persons grouped by their number of right answers.

    Forms (the same items seen by many persons) are tested each for itself and their chi-squares added; persons with a
    selection of their own do not enter, and an item nobody saw on a form has df 0. Neighbouring groups are joined,
    from both ends towards the middle, until right and wrong are expected at least `least_expected` times. The degrees
    of freedom are the groups less the item's parameters (a common discrimination counts for each item; 0 for
    anchors).
    """
    part, parameters = _calibrated(matrix, calibration, items)
    standard = np.linspace(-6, 6, 61)
    weights = np.exp(-0.5 * standard**2)
    weights /= weights.sum()
    nodes = calibration.mean + calibration.sd * standard
    chance = curves_of(parameters).right(nodes)
    totals, groups, persons = np.zeros(len(parameters)), np.zeros(len(parameters), int), np.zeros(len(parameters), int)
    for columns, rows in forms(part >= 0, least=FORM_PERSONS)[0]:
        if len(columns) < 3:
            continue
        answers = part[np.ix_(rows, columns)]
        score = answers.sum(axis=1)
        people = np.bincount(score, minlength=len(columns) + 1).astype(float)
        likely = _scores(chance[columns]) @ weights
        for place, column in enumerate(columns):
            others = np.delete(columns, place)
            expected = (_scores(chance[others]) * chance[column]) @ weights / likely[1:]
            right = np.bincount(score, weights=answers[:, place], minlength=len(columns) + 1)
            found, cells = _chi_square(people[1:-1], right[1:-1], expected[:-1], least_expected)
            totals[column] += found
            groups[column] += cells
            persons[column] += len(rows)
    return tuple(
        _item_fit(each.item, totals[i], groups[i], each.fixed, calibration.model, int(persons[i]))
        for i, each in enumerate(calibration.items)
    )


def ability_chi_squares(
    matrix: Array, calibration: Calibration, items: Sequence[str], *, groups: int = 10, most: int = 10_000
) -> tuple[ItemFit, ...]:
    """Chi-square of each item over `groups` of persons of like ability: for banks without common forms.

    A person's ability is judged by the other items alone, so that the item's own answer sorts nobody; the item's
    share in a group is compared with the mean of its probability under the members' posteriors. `most` persons enter,
    evenly taken. Degrees of freedom as for S-X²; the reference distribution is approximate.
    """
    part, parameters = _calibrated(matrix, calibration, items)
    standard = np.linspace(-6, 6, 61)
    nodes, curves = calibration.mean + calibration.sd * standard, curves_of(parameters)
    odds, wrong, chance = curves.log_odds(nodes), curves.log_wrong(nodes), curves.right(nodes)
    rows = []
    for i, each in enumerate(calibration.items):
        who = np.flatnonzero(part[:, i] >= 0)
        who = who[:: max(len(who) // most, 1)]
        others = part[who].copy()
        others[:, i] = -1
        likely = (others == 1) @ odds + (others >= 0) @ wrong - 0.5 * standard**2
        likely = np.exp(likely - likely.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        ability = np.round(likely @ nodes, 9)
        edges = np.unique(np.quantile(ability, np.linspace(0, 1, groups + 1)[1:-1]))
        group = np.searchsorted(edges, ability, side="right")
        people = np.bincount(group, minlength=groups).astype(float)
        right = np.bincount(group, weights=part[who, i], minlength=groups)
        expected = np.bincount(group, weights=likely @ chance[i], minlength=groups) / np.maximum(people, 1)
        found, cells = _chi_square(people, right, expected, 1.0)
        rows.append(_item_fit(each.item, found, cells, each.fixed, calibration.model, len(who)))
    return tuple(rows)


def compare(calibrations: Sequence[Calibration]) -> tuple[Compared, ...]:
    """The models in order of their number of parameters, each tested against the one before it by likelihood ratio.

    `3pl` has priors, so its test is no likelihood ratio: it gets criteria only. Raises ValueError when the models
    were not fitted to the same persons and items.
    """
    if len({(each.n, tuple(item.item for item in each.items)) for each in calibrations}) > 1:
        raise ValueError("各模型不是由相同的考生和试题标定的，不能比较")
    rows: list[Compared] = []
    last: Calibration | None = None
    for each in sorted(calibrations, key=lambda one: one.free):
        chi, df, p = None, None, None
        if last is not None and each.free > last.free and each.model != "3pl":
            df = each.free - last.free
            chi = max(2 * (each.loglik - last.loglik), 0.0)
            p = chi_square_tail(chi, df)
        rows.append(Compared(each.model, each.loglik, each.free, each.aic, each.bic, chi, df, p))
        last = each
    return tuple(rows)


def q3(matrix: Array, calibration: Calibration, items: Sequence[str]) -> Array:
    """Correlations of the items' residuals over persons who saw both (Yen 1984); NaN where fewer than three did."""
    part, parameters = _calibrated(matrix, calibration, items)
    theta = abilities(part, parameters, mean=calibration.mean, sd=calibration.sd).theta
    size = len(parameters)
    both, sums, squares, products = (np.zeros((size, size)) for _ in range(4))
    for rows, rest, _ in residuals(part, parameters, theta):
        seen = (part[rows] >= 0).astype(float)
        both += seen.T @ seen
        sums += rest.T @ seen
        squares += (rest**2).T @ seen
        products += rest.T @ rest
    with np.errstate(all="ignore"):
        spread = np.sqrt((both * squares - sums**2) * (both * squares.T - sums.T**2))
        found: Array = np.where(both >= 3, (both * products - sums * sums.T) / spread, np.nan)
    np.fill_diagonal(found, 1.0)
    return found


def dependent_pairs(
    matrix: Array, calibration: Calibration, items: Sequence[str], *, limit: float = DEPENDENT, least: int = 100
) -> tuple[Dependence, ...]:
    """Pairs of items answered together by at least `least` persons whose Q3 exceeds the mean by `limit`, worst first.

    Such items give part of the same information twice: one hints at the other, or both hang on one picture.
    """
    part, _ = _calibrated(matrix, calibration, items)
    found = q3(matrix, calibration, items)
    seen = (part >= 0).astype(np.float32)
    both = seen.T @ seen
    first, second = np.triu_indices(len(found), 1)
    enough = (both[first, second] >= least) & np.isfinite(found[first, second])
    first, second = first[enough], second[enough]
    if not len(first):
        return ()
    middle = float(found[first, second].mean())
    excess = found[first, second] - middle
    names = [each.item for each in calibration.items]
    worst = [at for at in np.argsort(-excess) if excess[at] > limit]
    return tuple(
        Dependence(names[first[at]], names[second[at]], float(found[first[at], second[at]]), float(excess[at]),
                   int(both[first[at], second[at]]))
        for at in worst
    )  # fmt: skip


def _calibrated(matrix: Array, calibration: Calibration, items: Sequence[str]) -> tuple[Array, list[Parameters]]:
    """The columns of the calibrated items, in the calibration's order, of persons who saw any of them."""
    places = {name: at for at, name in enumerate(items)}
    part = matrix[:, [places[each.item] for each in calibration.items]]
    kept = (part >= 0).any(axis=1)
    return (part if kept.all() else part[kept]), [each.parameters for each in calibration.items]


def _scores(chance: Array) -> Array:
    """Probability of each number of right answers at each node (Lord & Wingersky 1984): scores × nodes."""
    table = np.ones((1, chance.shape[1]))
    for row in chance:
        longer = np.zeros((len(table) + 1, chance.shape[1]))
        longer[:-1] = table * (1 - row)
        longer[1:] += table * row
        table = longer
    return table


def _chi_square(people: Array, right: Array, expected: Array, least: float) -> tuple[float, int]:
    """Chi-square over score groups and how many groups were left after joining small ones."""
    cells: list[list[float]] = [[n, r, n * e] for n, r, e in zip(people, right, expected, strict=True) if n > 0]

    def thin(cell: list[float]) -> bool:
        return cell[2] < least or cell[0] - cell[2] < least

    middle = len(cells) // 2
    low, high = _joined(cells[:middle], thin), _joined(cells[middle:][::-1], thin)[::-1]
    joined = low + high
    while len(joined) > 1 and any(thin(cell) for cell in joined):
        at = next(place for place, cell in enumerate(joined) if thin(cell))
        into = at - 1 if at else 1
        joined[into] = [x + y for x, y in zip(joined[into], joined[at], strict=True)]
        del joined[at]
    value = sum((r - e) ** 2 / e + (r - e) ** 2 / (n - e) for n, r, e in joined if 0 < e < n)
    return float(value), len(joined)


def _joined(cells: list[list[float]], thin: Any) -> list[list[float]]:
    """Groups from the thin end, each thin one added to the next."""
    done: list[list[float]] = []
    for cell in cells:
        if done and thin(done[-1]):
            done[-1] = [x + y for x, y in zip(done[-1], cell, strict=True)]
        else:
            done.append(cell)
    return done


def _item_fit(item: str, value: float, groups: int, fixed: bool, model: Model, n: int) -> ItemFit:
    df = max(int(groups) - (0 if fixed else OWN_PARAMETERS[model]), 0)
    return ItemFit(item, float(value), df, chi_square_tail(value, df) if df else None, n)
