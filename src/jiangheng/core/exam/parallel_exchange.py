"""Exchange of items between two papers: what helps when the stock is used up and nothing is left to swap with (K13)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.exam.parallel_pairs import best_pairs, chosen, together
from jiangheng.core.exam.parallel_pool import ONE, Chance, Ints
from jiangheng.core.exam.parallel_search import HARD, Search

_PARTNERS, _TRIES, _SHAKES = 4, 3, 6


def exchange(search: Search, number: int, costs: list[int], *, goal: int, label: str) -> None:
    """Give items of a paper to others for theirs of the same cell, while the dearer of the two gets cheaper.

    `costs` of all papers is kept up to date. Partners are drawn by chance; where the best exchanges do not help, one
    by chance is made first.
    """
    chance = Chance(search.seed, f"exchange:{label}:{number}")
    for _ in range(min(_PARTNERS, len(search.papers) - 1)):
        other = chance.below(len(search.papers) - 1)
        other += other >= number
        for turn in range(_SHAKES):
            if costs[number] <= goal:
                return
            kept = search.papers[number], search.papers[other], costs[number], costs[other]
            if turn:
                _shaken(search, number, other, costs, chance)
            while costs[number] > goal and _once(search, number, other, costs):
                pass
            if max(costs[number], costs[other]) >= max(kept[2:]):
                search.replace(number, kept[0])
                search.replace(other, kept[1])
                costs[number], costs[other] = kept[2:]


def _shaken(search: Search, number: int, other: int, costs: list[int], chance: Chance) -> None:
    """One exchange by chance, whatever it costs."""
    mine, theirs = search.papers[number], search.papers[other]
    flat = np.flatnonzero(_exchangeable(search, number, other))
    if not len(flat):
        return
    one, two = divmod(int(flat[chance.below(len(flat))]), len(theirs))
    first, second = mine.copy(), theirs.copy()
    first[one], second[two] = theirs[two], mine[one]
    search.replace(number, first)
    search.replace(other, second)
    costs[number], costs[other] = search.cost(number), search.cost(other)


def _exchangeable(search: Search, number: int, other: int) -> NDArray[np.bool_]:
    """Which of my items (rows) could change places with which of theirs (columns)."""
    cell, mine, theirs = search.pool.cell, search.papers[number], search.papers[other]
    allowed: NDArray[np.bool_] = cell[mine][:, None] == cell[theirs][None, :]
    allowed &= ~np.isin(mine, theirs)[:, None] & ~np.isin(theirs, mine)[None, :]
    allowed &= ~search.barred(other)[mine][:, None] & ~search.barred(number)[theirs][None, :]
    return allowed


def _once(search: Search, number: int, other: int, costs: list[int]) -> bool:
    """The best exchange of one item for one, or of two for two, by which the dearer of the two papers gets cheaper."""
    mine, theirs = search.papers[number], search.papers[other]
    allowed = _exchangeable(search, number, other)
    if not allowed.any():
        return False
    after = np.maximum(
        search.after(number, np.broadcast_to(theirs[None, :], allowed.shape)),
        search.after(other, np.broadcast_to(mine[None, :], allowed.T.shape)).T,
    )
    dear = max(costs[number], costs[other])
    # One rule more may be broken by one exchange of a pair when the other takes it back.
    flat = chosen(np.where(allowed, after, dear + 4 * HARD), below=(dear // HARD + 3) * HARD)
    one, two = flat // len(theirs), flat % len(theirs)
    for place in np.flatnonzero(after.reshape(-1)[flat] < dear)[:_TRIES]:
        if _tried(search, number, other, costs, one[[place]], two[[place]]):
            return True
    pool = search.pool
    moves = pool.values[:, theirs[two]] - pool.values[:, mine[one]]
    off = np.concatenate([pool.values[:, mine].sum(axis=1), pool.values[:, theirs].sum(axis=1)]) - ONE
    marks = search.marks[theirs[two]] - search.marks[mine[one]]
    pairs = together(marks, after.reshape(-1)[flat] < (dear // HARD + 1) * HARD)
    for first, second in best_pairs(off, np.concatenate([moves, -moves]), gone=one, come=two, allowed=pairs):
        both = [first, second]
        if _tried(search, number, other, costs, one[both], two[both]):
            return True
    return False


def _tried(search: Search, number: int, other: int, costs: list[int], one: Ints, two: Ints) -> bool:
    """Exchange these items and keep it when the dearer of the two papers is cheaper then."""
    mine, theirs = search.papers[number], search.papers[other]
    first, second = mine.copy(), theirs.copy()
    first[one], second[two] = theirs[two], mine[one]
    search.replace(number, first)
    search.replace(other, second)
    # The weighing left out that the two papers change at once; the true cost decides.
    new = search.cost(number), search.cost(other)
    if max(new) < max(costs[number], costs[other]):
        costs[number], costs[other] = new
        return True
    search.replace(number, mine)
    search.replace(other, theirs)
    return False
