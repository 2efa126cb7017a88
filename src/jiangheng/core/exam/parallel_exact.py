"""The exact programmes behind the search: where it finds no way, they find one or prove that there is none (K13).

`together` puts all papers into one programme and is for small requests; `one_by_one` makes a paper after another,
each beside a relaxed shadow of those to come, so that the first does not eat what the last needs (methods: big
shadow test, van der Linden & Adema 1998).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.exam.parallel_cells import fixed_cells
from jiangheng.core.exam.parallel_pool import Ints, Pool
from jiangheng.core.exam.parallel_solver import Model, Outcome, solve
from jiangheng.core.exam.plan import range_counts
from jiangheng.core.exam.sufficiency_model import cliques

FAMILIES = {
    "enemies": "同卷互斥",
    "overlap": "两卷最多相同题数",
    "difficulty": "难度分布",
    "importance": "重要程度分布",
    "seconds": "预计用时上限",
    "cells": "交叉配额",
    "kept_off": "避开考生做过的试题",
}
# Beyond this many yes-or-no columns one programme for all papers is hopeless.
LARGEST = 6_000


def size(pool: Pool, forms: int) -> int:
    """How many columns `together` would have."""
    pairs = forms * (forms - 1) // 2 if _overlap(pool, ()) else 0
    return len(pool.rows) * (forms + pairs)


def together(pool: Pool, forms: int, *, seconds: float, without: Collection[str] = ()) -> tuple[Outcome, list[Ints]]:
    """All papers in one programme; `without` leaves out families of rules, to see which one binds."""
    model = Model()
    papers = [
        [model.column(most=float(may)) for may in _open(pool, number, without=without)] for number in range(forms)
    ]
    for columns in papers:
        _one(model, pool, columns, times=1, without=without)
    for item in range(len(pool.rows)):
        model.row(((columns[item], 1.0) for columns in papers), most=pool.limits.uses)
    if overlap := _overlap(pool, without):
        _apart(model, papers, overlap=overlap)
    found = solve(model, seconds=seconds, gap=1.0)
    return found.outcome, [_taken(found.values, columns) for columns in papers] if found.values else []


def one_by_one(pool: Pool, forms: int, *, seconds: float) -> list[Ints]:
    """As many papers as could be made one after another, all of them when it went well."""
    made: list[Ints] = []
    left = np.full(len(pool.rows), pool.limits.uses, dtype=np.int64)
    for number in range(forms):
        paper = _next(pool, made, left, coming=forms - number - 1, seconds=seconds / forms)
        if paper is None:
            break
        made.append(paper)
        left[paper] -= 1
    return made


def _next(pool: Pool, made: Sequence[Ints], left: Ints, *, coming: int, seconds: float) -> Ints | None:
    model = Model()
    columns = [model.column(most=float(may)) for may in (left > 0) & _open(pool, len(made))]
    _one(model, pool, columns, times=1)
    if coming:
        shadow = [model.column(most=min(float(coming), float(uses)), whole=False) for uses in left]
        _one(model, pool, shadow, times=coming)
        for item, uses in enumerate(left):
            model.row([(columns[item], 1.0), (shadow[item], 1.0)], most=float(uses))
    if overlap := _overlap(pool, ()):
        for other in made:
            model.row(((columns[item], 1.0) for item in other), most=overlap)
    found = solve(model, seconds=seconds, gap=1.0)
    return _taken(found.values, columns) if found.values else None


def _one(model: Model, pool: Pool, columns: Sequence[int], *, times: int, without: Collection[str] = ()) -> None:
    """The rules of one paper, or of `times` papers in sum."""
    plan, kinds = pool.plan, len(pool.plan.kinds)
    for place, count in enumerate(range_counts(plan).values()):
        _hold(model, columns, np.flatnonzero(pool.cell // kinds == place), least=count * times, most=count * times)
    for place, row in enumerate(plan.kinds):
        least = row.count * times
        _hold(model, columns, np.flatnonzero(pool.cell % kinds == place), least=least, most=least)
    if "cells" not in without:
        for cell, count in enumerate(fixed_cells(plan, pool.ranges).reshape(-1).tolist()):
            if count >= 0:
                _hold(model, columns, np.flatnonzero(pool.cell == cell), least=count * times, most=count * times)
    for name, marks, bounds, split in (
        ("difficulty", pool.grade, pool.grade_bounds, plan.difficulty),
        ("importance", pool.weight, pool.weight_bounds, plan.importance),
    ):
        if split is not None and name not in without:
            for mark, (least, most) in enumerate(bounds):
                _hold(model, columns, np.flatnonzero(marks == mark), least=least * times, most=most * times)
    if plan.seconds is not None and "seconds" not in without:
        spent = zip(columns, pool.seconds, strict=True)
        model.row(((column, float(time)) for column, time in spent if time), most=plan.seconds * times)
    if "enemies" not in without:
        for clique in cliques(pool.foes, range(len(pool.rows))):
            model.row(((columns[item], 1.0) for item in clique), most=times)


def _open(pool: Pool, number: int, *, without: Collection[str] = ()) -> NDArray[np.bool_]:
    """Which items a paper may take at all."""
    found = np.ones(len(pool.rows), dtype=bool)
    if "kept_off" not in without and number in pool.kept_off:
        found[pool.kept_off[number]] = False
    return found


def _hold(model: Model, columns: Sequence[int], items: Ints, *, least: int, most: int) -> None:
    model.row(((columns[item], 1.0) for item in items), least=float(least), most=float(most))


def _apart(model: Model, papers: Sequence[Sequence[int]], *, overlap: int) -> None:
    for first, one in enumerate(papers):
        for two in papers[first + 1 :]:
            shared: list[int] = []
            for mine, other in zip(one, two, strict=True):
                both = model.column(most=1, whole=False)
                model.row([(mine, 1.0), (other, 1.0), (both, -1.0)], most=1)
                shared.append(both)
            model.row(((both, 1.0) for both in shared), most=overlap)


def _overlap(pool: Pool, without: Collection[str]) -> int | None:
    """The limit where it needs rows of its own; sharing nothing is said by the number of uses already."""
    return None if "overlap" in without or not pool.limits.overlap else pool.limits.overlap


def _taken(values: Sequence[float], columns: Sequence[int]) -> Ints:
    return np.array([item for item, column in enumerate(columns) if values[column] > 0.5], dtype=np.int64)


def binding(pool: Pool, forms: int, *, seconds: float) -> Iterator[str]:
    """The families of rules any one of which, left out, would make an impossible small request possible."""
    for family in FAMILIES:
        if family == "kept_off" and not pool.kept_off:
            continue
        if together(pool, forms, seconds=seconds, without=(family,))[0] is Outcome.FOUND:
            yield family
