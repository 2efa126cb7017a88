"""Swap search: papers that keep their quotas are moved, item by item, towards the targets (K13, P2).

For one paper all swaps of a drawn item for another of the same cell (range × kind) are weighed at once. A paper's
cost is one whole number, hard rules far above the wish for one item a point, that far above the deviation from the
targets, so every comparison is exact. The search descends, shakes and descends again; nothing depends on time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.exam.parallel_pairs import best_pairs, chosen, together
from jiangheng.core.exam.parallel_pool import ONE, Chance, Ints, Pool

HARD, SOFT = 1 << 44, 1 << 36
FAR = (1 << 62) - 1
_DEVIATION_CAP = SOFT - 1
# Candidates weighed for one drawn item; larger cells are sampled afresh after some shakes.
WIDTH = 32


class Search:
    """The papers of a request while they are made. `papers[f]` holds places of items in the pool."""

    def __init__(self, pool: Pool, *, seed: bytes, ceiling: Ints, width: int = WIDTH) -> None:
        """`ceiling` is how often each item may be used, `width` how many others of its cell an item is weighed with."""
        self.pool, self.seed, self.ceiling, self.width = pool, seed, ceiling, width
        self.papers: list[Ints] = []
        self.use = np.zeros(len(pool.rows), dtype=np.int64)
        shared = pool.limits.overlap is not None and pool.limits.overlap > 0
        self._held = np.zeros((len(pool.rows), pool.forms if shared else 0), dtype=np.uint8)
        self._tick = max(1, int(pool.seconds.mean())) if len(pool.rows) else 1
        # Difficulty and importance as digits of one number: two swaps keep both when their changes add up to nought.
        self.marks = (1 << 4 * pool.grade) + (1 << 4 * (pool.weight + 5))
        self._foes = _neighbours(pool.foes)
        self._free = np.zeros(len(pool.rows), dtype=bool)
        self._hostile = np.array([bool(others) for others in pool.foes], dtype=bool)

    # papers in and out

    def put(self, paper: Ints) -> int:
        """Add a paper; its number."""
        self.papers.append(paper)
        self._count(len(self.papers) - 1, paper, 1)
        return len(self.papers) - 1

    def replace(self, number: int, paper: Ints) -> None:
        """Change a paper as a whole."""
        self._count(number, self.papers[number], -1)
        self.papers[number] = paper
        self._count(number, paper, 1)

    def _count(self, number: int, paper: Ints, step: int) -> None:
        self.use[paper] += step
        if self._held.shape[1]:
            self._held[paper, number] = step > 0

    # what a paper costs

    def cost(self, number: int) -> int:
        """The cost of a paper as it stands."""
        return self._cost(self.papers[number], number)

    def _cost(self, paper: Ints, number: int) -> int:
        pool = self.pool
        hard = _outside(np.bincount(pool.grade[paper], minlength=5), pool.grade_bounds)
        hard += _outside(np.bincount(pool.weight[paper], minlength=3), pool.weight_bounds)
        hard += int(self._clashes(paper)[paper].sum()) // 2
        hard += self._overtime(int(pool.seconds[paper].sum()))
        if number in pool.kept_off:
            hard += int(self.barred(number)[paper].sum())
        if self._held.shape[1]:
            shared = self._shared(paper, number)
            limit = pool.limits.overlap or 0
            hard += int(np.maximum(shared - limit, 0).sum())
        return hard * HARD + self._crowded(paper) * SOFT + self._distance(pool.values[:, paper].sum(axis=1))

    def hard(self, number: int) -> int:
        """How many hard rules a paper breaks, counted as the search does."""
        return self.cost(number) // HARD

    def barred(self, number: int) -> NDArray[np.bool_]:
        """Which items of the pool a paper may not take, because who gets it has had them before."""
        if number not in self.pool.kept_off:
            return self._free
        found = np.zeros(len(self.pool.rows), dtype=bool)
        found[self.pool.kept_off[number]] = True
        return found

    def _distance(self, sums: Ints) -> int:
        return min(_DEVIATION_CAP, int(np.abs(sums - ONE).max())) if len(sums) else 0

    def _overtime(self, seconds: int) -> int:
        cap = self.pool.plan.seconds
        return 0 if cap is None else -(-max(0, seconds - cap) * 8 // self._tick)

    def _crowded(self, paper: Ints) -> int:
        most = self.pool.plan.per_point
        if most is None:
            return 0
        counts = np.bincount(self.pool.point[paper])
        return int(np.maximum(counts[1:] - most, 0).sum())

    def _clashes(self, paper: Ints) -> Ints:
        """For every item of the pool, how many of the paper's items are its enemies."""
        start, index = self._foes
        found = [index[start[item] : start[item + 1]] for item in paper[self._hostile[paper]].tolist()]
        if not found:
            return np.zeros(len(self.pool.rows), dtype=np.int64)
        return np.bincount(np.concatenate(found), minlength=len(self.pool.rows))

    def _shared(self, paper: Ints, number: int) -> Ints:
        """How many items the paper shares with each other paper of the request."""
        # In the narrowest type that holds the size of a paper: this sum is most of the work with many papers.
        narrow = np.uint8 if len(paper) < 256 else np.uint16
        shared: Ints = self._held[paper].sum(axis=0, dtype=narrow).astype(np.int64)
        shared[number] = 0
        return shared

    # all swaps of a paper at once

    def weighed(self, number: int, table: Ints) -> tuple[Ints, Ints]:
        """(candidates, cost after the swap) for each drawn item (row) and up to `width` others of its cell."""
        pool, paper = self.pool, self.papers[number]
        there = np.zeros(len(pool.rows) + 1, dtype=bool)
        there[paper] = True
        there[:-1] |= self.barred(number)
        full = np.append(self.use >= self.ceiling, True)
        candidates = table[pool.cell[paper]]
        barred = there[candidates] | full[candidates]
        candidates = np.where(barred, paper[:, None], candidates)
        cost = self.after(number, candidates)
        cost[barred] = FAR
        return candidates, cost

    def after(self, number: int, candidates: Ints) -> Ints:
        """What the paper would cost with a candidate of row i in the place of its i-th item."""
        pool, paper = self.pool, self.papers[number]
        hard = self._hard_after(paper, number, candidates)
        soft = self._crowded_after(paper, candidates)
        sums = pool.values[:, paper].sum(axis=1) - ONE
        distance = np.zeros(candidates.shape, dtype=np.int64)
        for row, total in zip(pool.values, sums, strict=True):
            after = row[candidates] + (total - row[paper])[:, None]
            np.maximum(distance, np.abs(after), out=distance)
        np.minimum(distance, _DEVIATION_CAP, out=distance)
        cost: Ints = hard * HARD + soft * SOFT + distance
        return cost

    def _hard_after(self, paper: Ints, number: int, candidates: Ints) -> Ints:
        pool = self.pool
        hard = np.zeros(candidates.shape, dtype=np.int64)
        if pool.plan.difficulty:
            hard += _split_after(pool.grade, pool.grade_bounds, paper, candidates)
        if pool.plan.importance:
            hard += _split_after(pool.weight, pool.weight_bounds, paper, candidates)
        if len(self._foes[1]):
            clashes = self._clashes(paper)
            now = int(clashes[paper].sum()) // 2
            # An enemy of the drawn item itself is counted though it would go: a swap too dear is only left out.
            hard += np.maximum(0, now - clashes[paper][:, None] + clashes[candidates])
        if pool.plan.seconds is not None:
            spent = int(pool.seconds[paper].sum()) - pool.seconds[paper][:, None] + pool.seconds[candidates]
            hard += -(-np.maximum(0, spent - pool.plan.seconds) * 8 // self._tick)
        if number in pool.kept_off:
            barred = self.barred(number).astype(np.int64)
            hard += int(barred[paper].sum()) - barred[paper][:, None] + barred[candidates]
        if self._held.shape[1]:
            hard += self._overlap_after(paper, number, candidates)
        return hard

    def _overlap_after(self, paper: Ints, number: int, candidates: Ints) -> Ints:
        limit = self.pool.limits.overlap or 0
        shared = self._shared(paper, number)
        over, tight = np.flatnonzero(shared > limit), np.flatnonzero(shared == limit)
        now = int((shared[over] - limit).sum())
        after = np.full(candidates.shape, now, dtype=np.int64)
        if len(over):
            held = self._held[:, over].sum(axis=1, dtype=np.int64)
            after += held[candidates] - held[paper][:, None]
        if len(tight):
            marks = self._held[:, tight].astype(np.float32)
            # Small whole numbers in floats: the product is exact in any order.
            gained = ((1 - marks[paper]) @ marks.T).astype(np.int64)
            after += np.take_along_axis(gained, candidates, axis=1)
        return after

    def _crowded_after(self, paper: Ints, candidates: Ints) -> Ints:
        most, point = self.pool.plan.per_point, self.pool.point
        if most is None:
            return np.zeros(candidates.shape, dtype=np.int64)
        counts = np.bincount(point[paper], minlength=int(point.max()) + 1)
        now = int(np.maximum(counts[1:] - most, 0).sum())
        less = (counts > most).astype(np.int64)
        more = (counts >= most).astype(np.int64)
        less[0] = more[0] = 0
        old, new = point[paper][:, None], point[candidates]
        return np.where(old == new, now, now - less[old] + more[new])

    # the search

    def improve(self, number: int, *, rounds: int, goal: int, label: str) -> int:
        """Descend, then up to `rounds` times shake and descend; keeps the best. The last cost.

        Stops at a cost of `goal`, and when a third of the rounds brought nothing.
        """
        chance = Chance(self.seed, f"search:{label}:{number}")
        table = self.table(chance)
        best = self._descend(number, table, goal=goal)
        kept = self.papers[number].copy()
        gained = 0
        for turn in range(rounds):
            if best <= goal or turn - gained > max(8, rounds // 3):
                break
            if turn % 8 == 7:
                table = self.table(chance)
            self._shake(number, table, chance)
            cost = self._descend(number, table, goal=goal)
            if cost <= best:
                gained = turn if cost < best else gained
                best, kept = cost, self.papers[number].copy()
            else:
                self.replace(number, kept.copy())
        return best

    def table(self, chance: Chance) -> Ints:
        """Up to `width` items of each cell by chance, as a table, filled up with the number past the last item."""
        pool = self.pool
        order = np.lexsort((chance.words(len(pool.rows)), pool.cell))
        sizes = np.bincount(pool.cell, minlength=pool.cells)
        start = np.cumsum(sizes) - sizes
        rank = np.arange(len(order)) - start[pool.cell[order]]
        width = min(self.width, int(sizes.max(initial=1)))
        table = np.full((pool.cells, width), len(pool.rows), dtype=np.int64)
        near = rank < width
        table[pool.cell[order[near]], rank[near]] = order[near]
        return table

    def _descend(self, number: int, table: Ints, *, goal: int) -> int:
        """The best single swap as long as one helps, then the best pair of swaps, and again. The last cost."""
        cost = self.cost(number)
        while True:
            candidates, after = self.weighed(number, table)
            flat = int(after.argmin())
            weighed = int(after.flat[flat])
            if weighed < cost:
                self._swap(number, flat // after.shape[1], int(candidates.flat[flat]))
                # Weighed costs may be too high where a rule is broken, never where none is.
                cost = weighed if weighed < HARD else self.cost(number)
                continue
            less = cost if cost <= goal else self._paired(number, candidates, after, cost)
            if less >= cost:
                return cost
            cost = less

    def _paired(self, number: int, candidates: Ints, after: Ints, cost: int) -> int:
        """The cost after the first of the best pairs of swaps that helps; the old cost when none does."""
        pool, paper = self.pool, self.papers[number]
        flat = chosen(after, below=(cost // HARD + 3) * HARD)
        rows, items = flat // after.shape[1], candidates.reshape(-1)[flat]
        pairs = best_pairs(
            pool.values[:, paper].sum(axis=1) - ONE,
            pool.values[:, items] - pool.values[:, paper[rows]],
            gone=rows,
            come=items,
            allowed=together(
                self.marks[items] - self.marks[paper[rows]], after.reshape(-1)[flat] < (cost // HARD + 1) * HARD
            ),
        )
        for first, second in pairs:
            changed = paper.copy()
            changed[rows[[first, second]]] = items[[first, second]]
            self.replace(number, changed)
            less = self.cost(number)
            if less < cost:
                return less
            self.replace(number, paper)
        return cost

    def _shake(self, number: int, table: Ints, chance: Chance) -> None:
        """One swap by chance among those that break fewest rules, or one more."""
        candidates, after = self.weighed(number, table)
        most = after.min() // HARD + chance.below(2)
        good = np.flatnonzero((after < FAR) & (after // HARD <= most))
        if len(good):
            flat = int(good[chance.below(len(good))])
            self._swap(number, flat // after.shape[1], int(candidates.flat[flat]))

    def _swap(self, number: int, position: int, item: int) -> None:
        old = int(self.papers[number][position])
        self.use[old] -= 1
        self.use[item] += 1
        if self._held.shape[1]:
            self._held[old, number] = 0
            self._held[item, number] = 1
        self.papers[number][position] = item


def _outside(counts: NDArray[np.intp], bounds: Ints) -> int:
    return int(np.maximum(bounds[:, 0] - counts, 0).sum() + np.maximum(counts - bounds[:, 1], 0).sum())


def _split_after(marks: Ints, bounds: Ints, paper: Ints, candidates: Ints) -> Ints:
    """How far the counts of a split lie outside their bounds after each swap."""
    counts = np.bincount(marks[paper], minlength=len(bounds))

    def far(counted: NDArray[np.intp]) -> Ints:
        outside: Ints = np.maximum(bounds[:, 0] - counted, 0) + np.maximum(counted - bounds[:, 1], 0)
        return outside

    now = far(counts)
    less, more = far(counts - 1) - now, far(counts + 1) - now
    old, new = marks[paper][:, None], marks[candidates]
    return int(now.sum()) + np.where(old == new, 0, less[old] + more[new])


def _neighbours(foes: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    start = np.cumsum([0, *(len(others) for others in foes)], dtype=np.int64)
    return start, np.array([other for others in foes for other in others], dtype=np.int64)
