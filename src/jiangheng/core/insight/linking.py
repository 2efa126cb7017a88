"""One scale for all administrations: transformations through common items (K8, K9, P2).

The other way, calibrating with the parameters of the common items held fixed, is `calibrate(..., anchors=...)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.abilities import curves_of
from jiangheng.core.insight.calibration import Parameters

Array = NDArray[Any]
Method = Literal["mean_mean", "mean_sigma", "haebara", "stocking_lord"]

LEAST_ANCHORS = 2
UNSTABLE = 2.7  # robust z beyond which an anchor is left out (Huynh & Meyer 2010)


@dataclass(frozen=True, slots=True)
class Link:
    """θ on the old scale = `slope`·θ + `shift` on the new one; `anchors` carried it, `loss` is the rest of the fit.

    `loss` is the root mean squared difference of the anchors' expected score (`stocking_lord`) or probabilities.
    """

    slope: float
    shift: float
    method: Method
    anchors: tuple[str, ...]
    loss: float
    left_out: tuple[str, ...] = ()

    def carried(self, parameters: Parameters) -> Parameters:
        """Parameters of the new calibration on the old scale."""
        return Parameters(parameters.a / self.slope, self.slope * parameters.b + self.shift, parameters.c)

    def ability(self, theta: Array) -> Array:
        """Abilities of the new calibration on the old scale."""
        moved: Array = self.slope * theta + self.shift
        return moved


def link(
    old: Mapping[str, Parameters],
    new: Mapping[str, Parameters],
    *,
    method: Method = "stocking_lord",
    rasch: bool = False,
    screened: bool = False,
) -> Link:
    """The transformation that lays the common items of `new` over those of `old`.

    `mean_mean` and `mean_sigma` compare means and spreads of a and b (Marco 1977); `haebara` (1980) and
    `stocking_lord` (1983) minimise the squared difference of item and test characteristic curves over a standard
    normal population, with weights on both scales' sides equal. With `rasch` the slope stays 1. With `screened`
    anchors whose difficulty moved against the others are left out first. Raises ValueError, in words, with fewer than
    two common items, or when their difficulties do not differ.
    """
    names = sorted(old.keys() & new.keys())
    _enough(names)
    left_out: tuple[str, ...] = ()
    if screened:
        stable = stable_anchors(old, new, rasch=rasch)
        left_out, names = tuple(name for name in names if name not in stable), list(stable)
        _enough(names)
    before, after = [old[name] for name in names], [new[name] for name in names]
    slope, shift = _moments(before, after, method=method, rasch=rasch)
    if method in ("haebara", "stocking_lord"):
        slope, shift = _curves_fitted(before, after, slope, shift, summed=method == "stocking_lord", rasch=rasch)
    apart = _apart(before, after, np.log(slope), shift, summed=method == "stocking_lord")
    return Link(slope, shift, method, tuple(names), float(np.sqrt(_weights() @ (apart**2).mean(axis=0))), left_out)


def stable_anchors(
    old: Mapping[str, Parameters], new: Mapping[str, Parameters], *, rasch: bool = False, limit: float = UNSTABLE
) -> tuple[str, ...]:
    """Common items whose difficulty (and discrimination) moved no further than robust z = `limit` from the others."""
    names = sorted(old.keys() & new.keys())
    moved = robust_z([old[name].b - new[name].b for name in names])
    turned = robust_z([0.0 if rasch else np.log(max(old[n].a, 1e-3) / max(new[n].a, 1e-3)) for n in names])
    return tuple(n for n, z, t in zip(names, moved, turned, strict=True) if abs(z) <= limit and abs(t) <= limit)


def robust_z(values: Sequence[float]) -> list[float]:
    """Distance from the median in units of 0.74 times the interquartile range; 0 for all when nothing spreads."""
    numbers = np.asarray(values, float)
    quarter, middle, three = np.quantile(numbers, [0.25, 0.5, 0.75])
    unit = 0.74 * (three - quarter)
    if unit <= 1e-12:
        return [0.0 if abs(each - middle) <= 1e-9 else float(np.copysign(np.inf, each - middle)) for each in numbers]
    return [float(each) for each in (numbers - middle) / unit]


def _enough(names: Sequence[str]) -> None:
    if len(names) < LEAST_ANCHORS:
        raise ValueError(f"共同题只有 {len(names)} 道，少于 {LEAST_ANCHORS} 道，无法连接量尺；请增加锚题或核对试题编号")


def _moments(before: list[Parameters], after: list[Parameters], *, method: Method, rasch: bool) -> tuple[float, float]:
    b_old, b_new = np.array([each.b for each in before]), np.array([each.b for each in after])
    if rasch:
        slope = 1.0
    elif method == "mean_mean":
        slope = float(np.mean([each.a for each in after]) / np.mean([each.a for each in before]))
    else:
        if min(b_old.std(), b_new.std()) < 1e-9:
            raise ValueError("共同题的难度没有差别，无法由难度连接量尺；请改用 mean_mean 或换锚题")
        slope = float(b_old.std() / b_new.std())
    if not slope > 0:
        raise ValueError("共同题的平均区分度不为正，无法连接量尺；请核对这些试题的答案")
    return slope, float(b_old.mean() - slope * b_new.mean())


def _nodes() -> Array:
    return np.linspace(-4, 4, 41)


def _weights() -> Array:
    heights = np.exp(-0.5 * _nodes() ** 2)
    weights: Array = heights / heights.sum()
    return weights


def _apart(before: list[Parameters], after: list[Parameters], log_slope: float, shift: float, *, summed: bool) -> Array:
    """Differences of curves at the nodes: items × nodes, or 1 × nodes when `summed` to the test curve."""
    slope = float(np.exp(log_slope))
    carried = [Parameters(each.a / slope, slope * each.b + shift, each.c) for each in after]
    apart = curves_of(before).right(_nodes()) - curves_of(carried).right(_nodes())
    summed_up: Array = apart.sum(axis=0, keepdims=True) if summed else apart
    return summed_up


def _curves_fitted(
    before: list[Parameters], after: list[Parameters], slope: float, shift: float, *, summed: bool, rasch: bool
) -> tuple[float, float]:
    """Levenberg–Marquardt on (log slope, shift) with derivatives by central differences."""
    place, damping = np.array([np.log(slope), shift]), 1e-3
    root = np.sqrt(_weights())

    def rest(at: Array) -> Array:
        return (_apart(before, after, at[0], at[1], summed=summed) * root).ravel()

    now = rest(place)
    for _ in range(200):
        steps = (np.eye(2) * 1e-5)[1 if rasch else 0 :]
        jacobian = np.stack([(rest(place + h) - rest(place - h)) / 2e-5 for h in steps], axis=1)
        normal, pull = jacobian.T @ jacobian, jacobian.T @ now
        move = np.zeros(2)
        move[1 if rasch else 0 :] = -np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-12), pull)
        there = rest(place + move)
        if there @ there <= now @ now:
            place, now, damping = place + move, there, damping / 10
            if np.abs(move).max() < 1e-10:
                break
        else:
            damping *= 10
            if damping > 1e12:
                break
    return float(np.exp(place[0])), float(place[1])
