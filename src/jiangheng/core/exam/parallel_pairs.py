"""Two moves at once: what brings a paper from near a target onto it, when no single move helps any more (K13).

Figures add up, so the outcome of every pair of two hundred moves is a sum; twenty thousand pairs are weighed in the
time of two single steps. Rules do not simply add up: the caller tries the best pairs on the papers themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jiangheng.core.exam.parallel_pool import Ints

MOVES = 200
_TRIES = 4
_FAR = (1 << 62) - 1


def chosen(after: Ints, *, below: int) -> Ints:
    """Where (flat) the cheapest moves stand, cheapest first, of those that cost less than `below`."""
    flat = after.reshape(-1)
    order = np.argsort(flat, kind="stable")[:MOVES]
    cheap: Ints = order[flat[order] < below]
    return cheap


def best_pairs(
    off: Ints, moves: Ints, *, gone: Ints, come: Ints, allowed: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    """The pairs of moves (their places) after which the largest of the sums lies nearest to nought, nearest first.

    `off` are the sums now, `moves` what each move (column) adds to each sum (row). Two moves may not take away the same
    thing (`gone`) nor bring the same (`come`); `allowed` says which pairs may go together.
    """
    if moves.shape[1] < 2:
        return
    distance = np.zeros((moves.shape[1], moves.shape[1]), dtype=np.int64)
    for total, row in zip(off, moves, strict=True):
        np.maximum(distance, np.abs((total + row)[:, None] + row[None, :]), out=distance)
    apart = (gone[:, None] != gone[None, :]) & (come[:, None] != come[None, :]) & allowed
    distance[~np.triu(apart, 1)] = _FAR
    for _ in range(_TRIES):
        flat = int(distance.argmin())
        if distance.flat[flat] == _FAR:
            return
        yield divmod(flat, distance.shape[1])
        distance.flat[flat] = _FAR


def together(marks: Ints, neutral: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which moves may go together: two that break nothing, or two of which one takes back the other's marks."""
    undone = marks[:, None] + marks[None, :] == 0
    result: NDArray[np.bool_] = undone | (neutral[:, None] & neutral[None, :])
    return result
