"""Drift: items that became easier or harder than they were calibrated, and since when (K9, W4, P2).

An item that becomes easier while the others stay may be known outside; one that becomes harder may have been overtaken
by a change of practice. Either leaves the paper until somebody has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.calibration import ItemEstimate, Parameters
from jiangheng.core.insight.calibration_curves import logistic
from jiangheng.core.insight.chances import benjamini_hochberg, normal_two_sided
from jiangheng.core.insight.linking import UNSTABLE, Link, robust_z

Array = NDArray[Any]
Direction = Literal["easier", "harder", ""]

NOTABLE = 0.3  # logits of displacement below which a significant one is of no consequence
SLACK, LIMIT = 0.5, 5.0  # of the CUSUM in standard errors: a false alarm in about 465 windows (Montgomery)
LEAST_WINDOW = 30


@dataclass(frozen=True, slots=True)
class Displacement:
    """How far an item moved between two calibrations, on the old scale.

    `by` is new less old difficulty in logits, `z` its distance from the other items' (robust), `turned` the log ratio
    of discriminations, `p` against no movement by the standard errors (None without them), `q` adjusted over all.
    """

    item: str
    old: float
    new: float
    by: float
    z: float
    turned: float
    p: float | None
    q: float | None
    drifted: bool
    direction: Direction


@dataclass(frozen=True, slots=True)
class Window:
    """Some successive answers to an item: observed and expected share of right ones at the persons' abilities."""

    n: int
    observed: float
    expected: float
    z: float


@dataclass(frozen=True, slots=True)
class Watch:
    """An item over time. `alarm` is the first window where a CUSUM passed its limit, None as long as none did.

    `since` is the window in which the drift most likely began, `by` how far, in logits, the item's difficulty lies
    from its calibrated one from there on (over all windows without alarm).
    """

    item: str
    windows: tuple[Window, ...]
    easier: tuple[float, ...]
    harder: tuple[float, ...]
    alarm: int | None
    since: int | None
    direction: Direction
    by: float


def displacements(
    old: Sequence[ItemEstimate], new: Sequence[ItemEstimate], *, link: Link | None = None, limit: float = UNSTABLE
) -> tuple[Displacement, ...]:
    """Common items of two calibrations, the farthest moved first.

    `link` carries the new scale to the old one; None when both are on one scale already. An item drifted when its
    displacement is at least 0.3 logits and further than robust z = `limit` from the middle of all, which leaves out
    what all items share.
    """
    before = {each.item: each for each in old}
    pairs = [(before[each.item], each) for each in new if each.item in before]
    if not pairs:
        return ()
    slope = 1.0 if link is None else link.slope
    moved = [each.parameters if link is None else link.carried(each.parameters) for _, each in pairs]
    by = [there.b - here.b for (here, _), there in zip(pairs, moved, strict=True)]
    zs, middle = robust_z(by), float(np.median(by))
    chances = [_chance(here, there, far - middle, slope) for (here, there), far in zip(pairs, by, strict=True)]
    tested = [place for place, p in enumerate(chances) if p is not None]
    adjusted = dict(zip(tested, benjamini_hochberg([chances[at] or 0.0 for at in tested]), strict=True))
    rows = []
    for at, ((here, _), there) in enumerate(zip(pairs, moved, strict=True)):
        drifted = abs(zs[at]) > limit and abs(by[at] - middle) >= NOTABLE
        turned = log(max(there.a, 1e-3) / max(here.a, 1e-3))
        rows.append(
            Displacement(
                here.item, here.b, there.b, by[at], zs[at], turned, chances[at], adjusted.get(at), drifted,
                _direction(by[at] - middle) if drifted else "",
            )
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: -abs(row.by - middle)))


def watch(
    item: str,
    parameters: Parameters,
    answers: Array,
    theta: Array,
    windows: Array,
    *,
    slack: float = SLACK,
    limit: float = LIMIT,
    least: int = LEAST_WINDOW,
) -> Watch:
    """Follow one item: `answers` (1, 0; −1 is passed over) of persons with abilities `theta`, in successive `windows`.

    `windows` numbers the administration or period of each answer; neighbours with fewer than `least` answers are
    joined. Each window's difference from the expected share, in standard errors, feeds two CUSUMs (Page 1954). The
    abilities should come from the other items, or from many: an item that everybody knows lifts its own expectation.
    """
    used = (answers >= 0) & np.isfinite(theta)
    right, ability, order = answers[used] == 1, theta[used], windows[used]
    chance = _curve(parameters, ability)
    groups = _windows(order, least)
    told, above, below = [], [0.0], [0.0]
    for members in groups:
        expected, variance = float(chance[members].sum()), float((chance[members] * (1 - chance[members])).sum())
        z = (float(right[members].sum()) - expected) / sqrt(max(variance, 1e-12))
        told.append(Window(len(members), float(right[members].mean()), expected / len(members), z))
        above.append(max(0.0, above[-1] + z - slack))
        below.append(max(0.0, below[-1] - z - slack))
    alarm = next((at for at in range(len(told)) if max(above[at + 1], below[at + 1]) > limit), None)
    direction: Direction = ""
    since: int | None = None
    if alarm is not None:
        direction = "easier" if above[alarm + 1] > limit else "harder"
        since = _began([window.z for window in told[: alarm + 1]])
    concerned = np.concatenate(groups[since or 0 :]) if groups else np.arange(0)
    by = _shift(parameters, ability[concerned], right[concerned])
    return Watch(item, tuple(told), tuple(above[1:]), tuple(below[1:]), alarm, since, direction, by)


def watch_all(
    matrix: Array,
    items: Sequence[str],
    parameters: Mapping[str, Parameters],
    theta: Array,
    windows: Array,
    **settings: Any,
) -> tuple[Watch, ...]:
    """Every item with parameters; the alarmed ones first, the farthest moved before the others."""
    rows = [
        watch(item, parameters[item], matrix[:, column], theta, windows, **settings)
        for column, item in enumerate(items)
        if item in parameters
    ]
    return tuple(sorted(rows, key=lambda row: (row.alarm is None, -abs(row.by))))


def _chance(here: ItemEstimate, there: ItemEstimate, far: float, slope: float) -> float | None:
    errors = [here.se_b, there.se_b]
    if None in errors:
        return None
    spread = sqrt((here.se_b or 0.0) ** 2 + (slope * (there.se_b or 0.0)) ** 2)
    return normal_two_sided(far / spread) if spread > 0 else None


def _direction(by: float) -> Direction:
    return "easier" if by < 0 else "harder"


def _curve(parameters: Parameters, theta: Array) -> Array:
    chance: Array = parameters.c + (1 - parameters.c) * logistic(parameters.a * (theta - parameters.b))
    return chance


def _windows(order: Array, least: int) -> list[Array]:
    """Places of the answers of each window, small windows joined to the next (the last to the one before)."""
    groups: list[Array] = []
    held = np.arange(0)
    for value in np.unique(order):
        held = np.concatenate([held, np.flatnonzero(order == value)])
        if len(held) >= least:
            groups.append(held)
            held = np.arange(0)
    if len(held) and groups:
        groups[-1] = np.concatenate([groups[-1], held])
    elif len(held):
        groups.append(held)
    return groups


def _began(zs: Sequence[float]) -> int:
    """The window from which on the differences up to the alarm are most significant together."""
    sums = np.cumsum(np.asarray(zs)[::-1])[::-1]
    return int(np.argmax(np.abs(sums) / np.sqrt(np.arange(len(zs), 0, -1))))


def _shift(parameters: Parameters, theta: Array, right: Array) -> float:
    """Change of difficulty that makes the expected number of right answers the observed one; ±5 at the bounds."""
    if not len(theta):
        return 0.0
    low, high, wanted = -5.0, 5.0, float(right.sum())
    for _ in range(60):
        middle = (low + high) / 2
        moved = Parameters(parameters.a, parameters.b + middle, parameters.c)
        more = float(_curve(moved, theta).sum()) > wanted
        low, high = (middle, high) if more == (parameters.a > 0) else (low, middle)
    return (low + high) / 2
