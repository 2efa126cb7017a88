"""Calibration: difficulty, discrimination and guessing of items from answers, with standard errors (K7, K8, P2).

Models on the logistic metric (D = 1), P(θ) = c + (1 − c)·Ψ(a(θ − b)), estimated by marginal maximum likelihood:

* `rasch`  a = 1, abilities N(0, sd²) with sd estimated, all b free: the mean ability 0 fixes the scale;
* `1pl`    one a for all items, abilities N(0, 1). The same likelihood as `rasch`: a = sd, b = b_rasch / sd;
* `2pl`    a and b of each item, abilities N(0, 1);
* `3pl`    a, b, c of each item with priors on c and a (posterior mode), abilities N(0, 1).

With anchors (items whose parameters are given) the anchors hold the scale: they stay as they are, abilities are
N(mean, sd²) with both estimated, and the new items come out on the anchors' scale. `loglik` is always the marginal
log-likelihood of the answers at the estimates, without the priors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.insight.calibration_blocks import Responses, responses_of
from jiangheng.core.insight.calibration_curves import FLATTEST, STEEPEST, Curves, Priors
from jiangheng.core.insight.calibration_em import Solution, State, Task, grid, marginal_loglik, maximise
from jiangheng.core.insight.calibration_errors import Errors, standard_errors

Array = NDArray[Any]
Model = Literal["rasch", "1pl", "2pl", "3pl"]
MODELS: tuple[Model, ...] = get_args(Model)

LEAST_PERSONS = 200  # answers below which an item keeps its classical figures only
LEAST_GUESSING = 1000  # persons below which a 3PL is not published


@dataclass(frozen=True, slots=True)
class Parameters:
    """An item's place on the scale: discrimination `a`, difficulty `b`, lower asymptote `c`."""

    a: float
    b: float
    c: float = 0.0


@dataclass(frozen=True, slots=True)
class ItemEstimate:
    """An item's parameters with standard errors (None = fixed or not estimable), from `n` answers, `p` right."""

    item: str
    a: float
    b: float
    c: float
    se_a: float | None
    se_b: float | None
    se_c: float | None
    n: int
    p: float
    fixed: bool = False

    @property
    def parameters(self) -> Parameters:
        """The three numbers alone."""
        return Parameters(self.a, self.b, self.c)


@dataclass(frozen=True, slots=True)
class Withheld:
    """An item without parameters, and why."""

    item: str
    n: int
    reason: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """A finished calibration of `n` persons. `free` counts the estimated parameters, for AIC and BIC.

    `mean` and `sd` describe the abilities; `se_method` says how standard errors were found
    (`observed`, `crossproduct`, `itemwise`).
    """

    model: Model
    n: int
    loglik: float
    free: int
    mean: float
    sd: float
    se_mean: float | None
    se_sd: float | None
    items: tuple[ItemEstimate, ...]
    withheld: tuple[Withheld, ...]
    warnings: tuple[str, ...]
    rounds: int
    converged: bool
    nodes: int
    se_method: str

    @property
    def aic(self) -> float:
        """Akaike's criterion; smaller is better."""
        return 2 * self.free - 2 * self.loglik

    @property
    def bic(self) -> float:
        """Schwarz's criterion; smaller is better."""
        return self.free * log(self.n) - 2 * self.loglik

    @property
    def parameters(self) -> dict[str, Parameters]:
        """Parameters by item."""
        return {each.item: each.parameters for each in self.items}


def calibrate(
    matrix: Array,
    items: Sequence[str] | None = None,
    *,
    model: Model = "2pl",
    anchors: Mapping[str, Parameters] | None = None,
    least: int = LEAST_PERSONS,
    force: bool = False,
    priors: Priors | None = None,
    nodes: int | None = None,
    tolerance: float | None = None,
    most_rounds: int = 2000,
) -> Calibration:
    """Calibrate an int8 matrix persons × items (1 right, 0 wrong, −1 not presented).

    Items answered by fewer than `least` persons, or by all in the same way, are left out and reported in `withheld`.
    `nodes` is the size of the ability grid; None takes 61, more for sharp tests. `tolerance` is the largest relative
    change of a further round; None takes 1e-7, or 5e-6 for data large enough for single precision. Raises ValueError,
    in words, when the answers cannot carry the model: nothing to calibrate, or a 3PL with under 1,000 persons
    (`force` lets it pass).
    """
    names = [f"{place + 1}" for place in range(matrix.shape[1])] if items is None else list(items)
    given = dict(anchors or {})
    _check(matrix, names, model, given)
    persons = int((matrix >= 0).any(axis=1).sum())
    if model == "3pl" and persons < LEAST_GUESSING and not force:
        raise ValueError(
            f"只有 {persons} 人作答，少于 {LEAST_GUESSING} 人不估计三参数模型；"
            "请改用 rasch、1pl 或 2pl，确需时加 --force"
        )
    n, right = (matrix >= 0).sum(axis=0), (matrix == 1).sum(axis=0)
    withheld, kept = _sorted_out(names, n, right, least=least, anchored=given.keys())
    if not kept:
        raise ValueError("没有可以标定的试题：" + "；".join(f"{each.item} {each.reason}" for each in withheld[:5]))
    data = responses_of(matrix if len(kept) == len(names) else matrix[:, kept])
    held = [names[place] for place in kept]
    task, start = _task(model, held, n[kept], right[kept], given, priors or Priors())
    standard = grid(nodes or _fine_enough(data, start))
    limit = tolerance or (1e-7 if data.dtype is np.float64 else 5e-6)
    solution = maximise(data, start, standard, task, tolerance=limit, most_rounds=most_rounds)
    errors = standard_errors(data, solution.state, standard, task)
    loglik = marginal_loglik(data, solution.state, standard)
    warned = (*_warnings(solution, held, data, withheld, least=least),)
    counts = list(zip(held, n[kept].tolist(), right[kept].tolist(), strict=True))
    return _told(model, task, data, solution, errors, counts, loglik, withheld, warned, len(standard))


def _check(matrix: Array, names: list[str], model: str, anchors: Mapping[str, Parameters]) -> None:
    if model not in MODELS:
        raise ValueError(f"没有模型 {model}，可选：{'、'.join(MODELS)}")
    if matrix.ndim != 2 or len(names) != matrix.shape[1]:
        raise ValueError(f"试题编号有 {len(names)} 个，作答矩阵的形状是 {matrix.shape}，请核对")
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"试题编号重复：{'、'.join(twice[:5])}，请改为唯一编号")
    if matrix.size == 0 or matrix.dtype.kind != "i" or matrix.min() < -1 or matrix.max() > 1:
        raise ValueError("作答矩阵为空，或含有 1（对）、0（错）、-1（未施测）以外的值，请先评分")
    for name, each in anchors.items():
        if not (np.isfinite([each.a, each.b, each.c]).all() and 0 < each.a <= STEEPEST and 0 <= each.c < 1):
            raise ValueError(f"锚题 {name} 的参数 a={each.a} b={each.b} c={each.c} 不合法：应 0<a≤{STEEPEST:g}、0≤c<1")
    if anchors and not anchors.keys() & set(names):
        raise ValueError("锚题都不在作答数据中，量尺无从连接，请核对试题编号")
    if model in ("rasch", "1pl") and anchors:
        slopes = {round(each.a, 6) for name, each in anchors.items() if name in set(names)}
        if len(slopes) > 1 or (model == "rasch" and slopes != {1.0}):
            raise ValueError(
                f"模型 {model} 的锚题区分度须{'都为 1' if model == 'rasch' else '相同'}，请改用 2pl 或换锚题"
            )
    if model != "3pl" and any(each.c > 0 for name, each in anchors.items() if name in set(names)):
        raise ValueError("锚题有猜测参数 c，请用 3pl 标定")


def _sorted_out(
    names: list[str], n: Array, right: Array, *, least: int, anchored: Any
) -> tuple[list[Withheld], list[int]]:
    """Items that get no parameters, with the reason, and the places of the others."""
    withheld, kept = [], []
    for place, (name, count, good) in enumerate(zip(names, n.tolist(), right.tolist(), strict=True)):
        if count == 0:
            withheld.append(Withheld(name, 0, "没有人作答"))
        elif name in anchored:
            kept.append(place)
        elif count < least:
            withheld.append(Withheld(name, count, f"作答 {count} 人，少于 {least} 人，只用经典统计量"))
        elif good == count:
            withheld.append(Withheld(name, count, "全部答对，难度无法估计"))
        elif good == 0:
            withheld.append(Withheld(name, count, "全部答错，难度无法估计"))
        else:
            kept.append(place)
    return withheld, kept


def _task(
    model: Model, held: list[str], n: Array, right: Array, anchors: Mapping[str, Parameters], priors: Priors
) -> tuple[Task, State]:
    """What is free, and where to start: all slopes 1 and difficulties from the shares of right answers."""
    fixed = np.array([name in anchors for name in held])
    share = np.clip((right + 0.5) / (n + 1), 0.01, 0.99)
    guess = np.full(len(held), (priors.c_alpha - 1) / max(priors.c_alpha + priors.c_beta - 2, 1))
    floor = guess if model == "3pl" else np.zeros(len(held))
    above = np.clip((share - floor) / (1 - floor), 0.02, 0.98)
    slope, intercept = np.ones(len(held)), 1.2 * np.log(above / (1 - above))
    mean = 0.0
    if fixed.any():
        known = [anchors[name] for name, one in zip(held, fixed, strict=True) if one]
        slope[fixed] = [each.a for each in known]
        slope[~fixed] = np.median(slope[fixed])
        truth = np.array([-each.a * each.b for each in known])
        mean = float(np.median((intercept[fixed] - truth) / slope[fixed]))
        intercept = intercept - mean * slope
        intercept[fixed] = truth
        guess[fixed] = [each.c for each in known]
    bound = model in ("rasch", "1pl") and bool(fixed.any())
    common = model in ("rasch", "1pl") and not bound
    task = Task(~fixed, common, bound, bool(fixed.any()), priors if model == "3pl" else None)
    return task, State(Curves(slope, intercept, guess if model == "3pl" else None), mean, 1.0)


def _fine_enough(data: Responses, start: State) -> int:
    """Nodes whose distance is no more than the standard error of the sharpest abilities to be expected."""
    longest = max(int(b.seen.sum(axis=1).max()) if b.seen is not None else len(b.columns) for b in data.blocks)
    sharpest = 1 / np.sqrt(1 + 0.25 * longest * float(np.median(start.curves.slope)) ** 2)
    return int(np.clip(2 * round(6 / sharpest) + 1, 61, 241))


def _warnings(
    solution: Solution, held: list[str], data: Responses, withheld: list[Withheld], *, least: int
) -> list[str]:
    slope = solution.state.curves.slope
    words = []
    if not solution.converged:
        words.append(f"迭代 {solution.rounds} 轮仍未收敛（最后一轮变化 {solution.shift:.1e}），参数不宜使用")
    if data.persons < LEAST_PERSONS:
        words.append(f"只有 {data.persons} 人作答，少于 {LEAST_PERSONS} 人，参数不稳定，仅供参考")
    if 0 < slope.max() <= 2 * FLATTEST:
        words.append("各题作答之间几乎没有共同的能力，参数没有意义，请核对评分")
    for name, value in zip(held, slope.tolist(), strict=True):
        if value < 0:
            words.append(f"试题 {name} 的区分度为负，请核对答案是否有误")
        elif value >= 0.99 * STEEPEST:
            words.append(f"试题 {name} 的区分度超过 {STEEPEST:g}，数据不足以确定")
    return words


def _told(
    model: Model,
    task: Task,
    data: Responses,
    solution: Solution,
    errors: Errors,
    counts: list[tuple[str, int, int]],
    loglik: float,
    withheld: list[Withheld],
    warned: tuple[str, ...],
    nodes: int,
) -> Calibration:
    """Working parameters as people read them; the common slope of `rasch` becomes the abilities' spread."""
    curves, free = solution.state.curves, task.free
    slope, sd, mean = curves.slope, solution.state.sd, solution.state.mean
    rows = []
    se = [errors.of(k) for k in range(3)]
    spread = task.common and model == "rasch"
    unit = float(slope[free][0]) if spread else 1.0
    for i, (name, count, good) in enumerate(counts):
        b = float(-curves.intercept[i] / slope[i]) if slope[i] else float("nan")
        a, c = float(slope[i]), 0.0 if curves.guess is None else float(curves.guess[i])
        moves = bool(free[i])
        se_b = se[1][i] * 1.0
        if spread:
            a, b = 1.0, float(-curves.intercept[i])
            se_b = errors.intercept[i]
        rows.append(
            ItemEstimate(
                name, a, b, c,
                _number(se[0][i]) if moves and not spread and not task.bound else None,
                _number(se_b) if moves else None,
                _number(se[2][i]) if moves and model == "3pl" else None,
                count, good / count, not moves,
            )
        )  # fmt: skip
    estimated = int(free.sum()) * {"2pl": 2, "3pl": 3}.get(model, 1) + (task.common) + 2 * task.anchored
    se_sd = _number(se[0][free][0]) if spread else errors.sd if task.anchored else None
    return Calibration(
        model, data.persons, loglik, estimated, mean, unit if spread else sd,
        errors.mean if task.anchored else None, se_sd, tuple(rows), tuple(withheld), warned,
        solution.rounds, solution.converged, nodes, errors.method,
    )  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
