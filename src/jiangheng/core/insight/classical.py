"""Classical item analysis of a sitting: difficulty, discrimination, reliability and what each option did.

Serves P2 and K7-K9. Conventions, those of the published tables of item analysis: variances and standard deviations
divide by n - 1; `item_total_r` is the point-biserial with the total that includes the item, `item_rest_r` the one with
the total without it; alpha of 0/1 items is KR-20. Not presented is not wrong: an item's figures rest on the persons who
were given it, and where persons saw different items the total is the share of right answers among those presented.
None stands for a figure that cannot be computed (no variance, too few persons).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
import numpy.typing as npt

from jiangheng.core.insight.responses import Scores, Table, canonical, choices

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

EXTREME = 0.27  # share of the upper and of the lower group (Kelley 1939)
OTHER = "…"  # the row of all rarer answers together
MOST_ANSWERS = 8

_BLOCK = 4_000_000  # cells handled at once, so that a large bank needs no more memory than a small one


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an item. `share` of those presented; `shares` in the ability groups, weakest first; `r` is the
    point-biserial of giving this answer with the rest of the test."""

    answer: str
    right: bool
    n: int
    share: float
    shares: tuple[float | None, ...]
    r: float | None


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One item. `n` persons were given it; `upper` and `lower` are p in the extreme groups of 27 %."""

    item: str
    n: int
    p: float | None
    item_total_r: float | None
    item_rest_r: float | None
    alpha_if_deleted: float | None
    upper: float | None
    lower: float | None
    answers: tuple[Answer, ...] = ()

    @property
    def discrimination(self) -> float | None:
        """Upper less lower p (Johnson 1951)."""
        return None if self.upper is None or self.lower is None else self.upper - self.lower


@dataclass(frozen=True, slots=True)
class Analysis:
    """A sitting. `mean`, `sd` and `sem` are in raw marks of one per item; `length` is the mean number of items given.

    `complete`: everybody was given every item. Otherwise `alpha` is that of a form of `length` items, from the mean
    variance and the mean covariance of the pairs presented together.
    """

    persons: int
    length: float
    complete: bool
    mean: float | None
    sd: float | None
    alpha: float | None
    sem: float | None
    items: tuple[ItemStatistics, ...]


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over the persons presented: of pairs of items, and of each item with the total and with the rest."""

    together: Floats  # how many were given both
    products: Floats  # sum of x_i x_j
    alone: Floats  # sum of x_i over those also given j
    with_total: Floats  # n, Σv, Σv², Σxv, Σx of each item, v = the share of right answers
    with_rest: Floats  # the same, v = the share of right answers to the other items
    extremes: Floats  # persons and right answers in the upper, then in the lower group


def analyse(
    scores: Scores,
    *,
    items: Sequence[str],
    table: Table | None = None,
    key: Mapping[str, str] | None = None,
    groups: int = 3,
) -> Analysis:
    """Every figure of a sitting. `scores` are 1, 0, -1 = not presented (persons × items), as `scored` gives them.

    With `table` (the raw answers) the answers to each item in `key` are counted, in all and in `groups` ability groups.
    Raises ValueError in words when sizes differ or there is nobody.
    """
    if scores.ndim != 2 or scores.shape[1] != len(items) or not scores.size:
        raise ValueError("作答矩阵的列数应与试题数相同，且至少一名考生、一道试题，请核对作答文件")
    given = scores >= 0
    right = (scores == 1).sum(axis=1)
    count = given.sum(axis=1)
    share = np.divide(right, count, out=np.zeros(len(right)), where=count > 0)
    sums = _sums(scores, right=right, count=count, share=share)
    length = float(count.mean())
    alpha, without = _alphas(sums, persons=len(right), length=length)
    deviation = float(right.std(ddof=1)) if len(right) > 1 else None
    counted = {} if table is None or not key else distractors(table, key=key, scores=scores, groups=groups)
    n = sums.together.diagonal()
    p = _divided(sums.products.diagonal(), n)
    upper, lower = _divided(sums.extremes[1], sums.extremes[0]), _divided(sums.extremes[3], sums.extremes[2])
    totals, rests = _correlations(sums.with_total), _correlations(sums.with_rest)
    rows = tuple(
        ItemStatistics(
            item,
            int(n[place]),
            _number(p[place]),
            _number(totals[place]),
            _number(rests[place]),
            without[place],
            _number(upper[place]),
            _number(lower[place]),
            counted.get(item, ()),
        )
        for place, item in enumerate(items)
    )
    sem = None if alpha is None or deviation is None else deviation * sqrt(max(0.0, 1 - alpha))
    return Analysis(len(right), length, bool(given.all()), float(right.mean()), deviation, alpha, sem, rows)


def distractors(
    table: Table, *, key: Mapping[str, str], scores: Scores, groups: int = 3
) -> dict[str, tuple[Answer, ...]]:
    """What each answer did, by item: the key first, then the others by their number, the rarest gathered in one row.

    Ability groups are equal parts of the persons given the item by their share of right answers to the rest, persons
    with the same share together.
    """
    codes, texts = choices(table)
    codes = np.asfortranarray(codes)
    right = (scores == 1).sum(axis=1)
    count = (scores >= 0).sum(axis=1)
    found = {}
    for column, item in enumerate(table.items):
        if item not in key:
            continue
        here = codes[:, column] > 0
        rest = right[here] - (scores[here, column] == 1)
        wanted = canonical(key[item].upper())
        found[item] = _answers(codes[here, column], texts, wanted, rest=rest, others=count[here] - 1, groups=groups)
    return found


def _answers(
    codes: npt.NDArray[np.int32], texts: Sequence[str], key: str, *, rest: Ints, others: Ints, groups: int
) -> tuple[Answer, ...]:
    if not len(codes):
        return ()
    group = _ability_groups(rest, others, groups=groups)
    value = rest / np.maximum(others, 1)
    numbers = np.bincount(codes, minlength=len(texts))
    sums = np.bincount(codes, weights=value, minlength=len(texts))
    hits = np.bincount(codes * groups + group, minlength=len(texts) * groups).reshape(-1, groups)
    size = np.bincount(group, minlength=groups).astype(np.float64)
    whole = (len(codes), float(value.sum()), float(value @ value))

    def row(some: list[int], text: str) -> Answer:
        n, total = int(numbers[some].sum()), float(sums[some].sum())
        shares = _divided(hits[some].sum(axis=0).astype(np.float64), size)
        return Answer(
            text, text == key, n, n / len(codes), tuple(map(_number, shares)), _point_biserial(n, total, whole)
        )

    order = sorted(np.flatnonzero(numbers).tolist(), key=lambda code: (texts[code] != key, -numbers[code], texts[code]))
    shown, rare = order[:MOST_ANSWERS], order[MOST_ANSWERS:]
    return tuple([row([code], texts[code]) for code in shown] + ([row(rare, OTHER)] if rare else []))


def _point_biserial(n: int, total: float, whole: tuple[int, float, float]) -> float | None:
    """Correlation of belonging to a part of `n` persons with a value of which the part has the sum `total`; `whole` are
    number, sum and sum of squares of all."""
    persons, everything, squares = whole
    varies = persons * squares - everything**2
    if not 0 < n < persons or varies <= 1e-9 * persons**2:
        return None
    return (persons * total - n * everything) / sqrt((persons * n - n**2) * varies)


def _ability_groups(rest: Ints, others: Ints, *, groups: int) -> Ints:
    """0 (weakest) … groups - 1, by the mid-rank of each share of right answers, so that equals stay together."""
    width = int(others.max()) + 1
    codes = rest * width + others  # few distinct ones, so that counting does what sorting all persons would
    present = np.flatnonzero(np.bincount(codes))
    shares, place = np.unique((present // width) / np.maximum(present % width, 1), return_inverse=True)
    number = np.bincount(place, weights=np.bincount(codes)[present], minlength=len(shares))
    middle = np.cumsum(number) - number / 2
    group_of = np.zeros(int(present[-1]) + 1, np.intp)
    group_of[present] = np.minimum((middle * groups / len(rest)).astype(np.intp), groups - 1)[place]
    groups_of_all: Ints = group_of[codes]
    return groups_of_all


def _sums(scores: Scores, *, right: Ints, count: Ints, share: Floats) -> _Sums:
    width = scores.shape[1]
    together, products, alone = (np.zeros((width, width)) for _ in range(3))
    with_total, with_rest, extremes = np.zeros((5, width)), np.zeros((5, width)), np.zeros((4, width))
    upper, lower = _end(share, count > 0, sign=-1), _end(share, count > 0, sign=1)
    step = max(1, _BLOCK // width)
    for start in range(0, len(scores), step):
        block = scores[start : start + step]
        # 0/1 sums of a block are whole numbers below 2**24, so single precision is exact here and twice as fast.
        given = (block >= 0).astype(np.float32)
        hit = (block == 1).astype(np.float32)
        products += hit.T @ hit
        if given.all():  # everybody in the block was given everything, as in most sittings
            together += len(block)
            alone += hit.sum(axis=0)[:, None]
        else:
            together += given.T @ given
            alone += hit.T @ given
        here = slice(start, start + step)
        mark, size = right[here].astype(np.float64)[:, None], count[here].astype(np.float64)[:, None]
        with_total += _moments(share[here, None] * given, given, hit)
        fit = given * (size > 1)
        with_rest += _moments((mark - hit) / np.maximum(size - 1, 1) * fit, fit, hit * fit)
        extremes += np.stack([upper[here] @ given, upper[here] @ hit, lower[here] @ given, lower[here] @ hit])
    return _Sums(together, products, alone, with_total, with_rest, extremes)


def _moments(value: Floats, given: npt.NDArray[np.float32], hit: npt.NDArray[np.float32]) -> Floats:
    """n, Σv, Σv², Σxv, Σx of each item; `value` is 0 where the item was not given."""
    sums = (given.sum(axis=0, dtype=np.float64), value.sum(axis=0), (value**2).sum(axis=0), (value * hit).sum(axis=0))
    return np.stack([*sums, hit.sum(axis=0, dtype=np.float64)])


def _correlations(moments: Floats) -> Floats:
    """Correlation of each 0/1 item with a value, from their sums; nan where one does not vary."""
    n, value, square, product, hits = moments
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = (n * product - hits * value) / np.sqrt((n * hits - hits**2) * (n * square - value**2))
        varies = (hits > 0) & (hits < n) & (n * square - value**2 > 1e-9 * n * n)
    return np.where(varies, result, np.nan)


def _alphas(sums: _Sums, *, persons: int, length: float) -> tuple[float | None, list[float | None]]:
    """Alpha, and alpha without each item.

    A form of L items has alpha = L c / (v + (L - 1) c), with the mean variance v of the items and the mean covariance c
    of the pairs, each weighted by its persons (Cronbach 1951; with complete data it is the usual formula).
    """
    n = sums.together
    weight = np.where(n > 1, n, 0.0)
    covariance = (sums.products - sums.alone * sums.alone.T / np.maximum(n, 1)) / np.maximum(n - 1, 1) * weight
    own_weight, own = weight.diagonal(), covariance.diagonal()
    pair_weight, pairs = weight.sum(axis=1) - own_weight, covariance.sum(axis=1) - own
    whole = (float(own_weight.sum()), float(own.sum()), float(pair_weight.sum()), float(pairs.sum()))
    without = [
        _alpha(
            whole[0] - own_weight[place],
            whole[1] - own[place],
            whole[2] - 2 * pair_weight[place],
            whole[3] - 2 * pairs[place],
            length=length - n[place, place] / persons,
        )
        for place in range(len(n))
    ]
    return _alpha(*whole, length=length), without


def _alpha(own_weight: float, own: float, pair_weight: float, pairs: float, *, length: float) -> float | None:
    if length <= 1 or own_weight < 1 or pair_weight < 1:
        return None
    variance, between = own / own_weight, pairs / pair_weight
    total = variance + (length - 1) * between
    return float(length * between / total) if total > 1e-12 else None


def _end(share: Floats, counts: npt.NDArray[np.bool_], *, sign: int) -> Floats:
    """How far each person belongs to the extreme group: 1, 0, or a part for those who share the place at its border."""
    wanted = EXTREME * counts.sum()
    values, place, number = np.unique(sign * share[counts], return_inverse=True, return_counts=True)
    before = np.cumsum(number) - number
    weight = np.zeros(len(share))
    weight[counts] = np.clip((wanted - before) / number, 0, 1)[place] if len(values) else 0
    return weight


def _divided(one: Floats, other: Floats) -> Floats:
    result: Floats = np.divide(one, other, out=np.full(len(one), np.nan), where=other > 0)
    return result


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None
