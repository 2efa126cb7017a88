"""Responses made ready for calibration: equal rows collapsed, persons sorted by form, cut into blocks (K7, P2).

A form is a set of items that many persons saw; inside a block of one form nothing is missing and the work per person
does not grow with the bank. Persons whose selection of items is their own go into mixed blocks that carry a mask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BLOCK_ROWS = 2048
SHORT_TEST = 30  # items up to which equal rows are frequent enough to be worth collapsing
FORM_LEAST = 64  # persons that make a selection of items a form
WIDE_CELLS = 40_000_000  # answers kept as floating point numbers; above, each block is converted when its turn comes


@dataclass(frozen=True, slots=True)
class Block:
    """Some persons and the items they saw: `right` (persons × items, 1 right), `seen` or None when all were seen.

    `columns` are the items' places in the whole, `weight` how many persons each row stands for.
    """

    columns: Array
    right: Array
    seen: Array | None
    weight: Array


@dataclass(frozen=True, slots=True)
class Responses:
    """All blocks, the number of persons and of rows left after collapsing, and the type the E-step computes in."""

    blocks: tuple[Block, ...]
    items: int
    persons: int
    rows: int
    dtype: type[np.floating[Any]]

    def dense(self) -> Iterator[tuple[Block, Array, Array | None]]:
        """Each block with its answers and its mask as numbers of `dtype`."""
        for block in self.blocks:
            seen = None if block.seen is None else block.seen.astype(self.dtype)
            yield block, block.right.astype(self.dtype, copy=False), seen


def responses_of(matrix: Array, *, single: bool | None = None) -> Responses:
    """Blocks of an int8 matrix persons × items (1, 0, -1 = not presented); rows without any answer are left out.

    `single` chooses float32 for the E-step; None takes it from two million answers upwards, where its rounding (1e-7
    of the log-likelihood) is far below sampling error.
    """
    seen = matrix >= 0
    complete = bool(seen.all())
    if not complete:
        kept = seen.any(axis=1)
        matrix, seen = (matrix, seen) if kept.all() else (matrix[kept], seen[kept])
    persons, items = matrix.shape
    if single is None:
        single = int(seen.sum()) >= 2_000_000
    dtype: type[np.floating[Any]] = np.float32 if single else np.float64
    weight = np.ones(persons)
    if items <= SHORT_TEST:
        matrix, weight = _collapsed(matrix)
        seen = matrix >= 0
    wide = matrix.size <= WIDE_CELLS
    blocks: list[Block] = []
    whole = [(np.arange(items), np.arange(len(matrix)))]
    shared, loose = (whole, np.arange(0)) if complete else forms(seen)
    for columns, rows in shared:
        for begin in range(0, len(rows), BLOCK_ROWS):
            some = rows[begin : begin + BLOCK_ROWS]
            right = matrix[np.ix_(some, columns)] == 1
            blocks.append(Block(columns, right.astype(dtype if wide else np.int8), None, weight[some]))
    for begin in range(0, len(loose), BLOCK_ROWS):
        some = loose[begin : begin + BLOCK_ROWS]
        used = np.flatnonzero(seen[some].any(axis=0))
        part = matrix[np.ix_(some, used)]
        blocks.append(Block(used, (part == 1).astype(np.int8), (part >= 0).astype(np.int8), weight[some]))
    return Responses(tuple(blocks), items, persons, len(matrix), dtype)


def _collapsed(matrix: Array) -> tuple[Array, Array]:
    """Distinct rows and how often each occurs."""
    packed = np.hstack([np.packbits(matrix == 1, axis=1), np.packbits(matrix >= 0, axis=1)])
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, counts = np.unique(rows, return_index=True, return_counts=True)
    return matrix[first], counts.astype(float)


def forms(seen: Array, *, least: int = FORM_LEAST) -> tuple[list[tuple[Array, Array]], Array]:
    """Selections of items at least `least` persons share, as (columns, rows), and the rows that belong to none."""
    packed = np.ascontiguousarray(np.packbits(seen, axis=1))
    rows = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, which, counts = np.unique(rows, return_inverse=True, return_counts=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    ends = np.cumsum(counts)
    shared = []
    for group in np.flatnonzero(counts >= least):
        members = order[ends[group] - counts[group] : ends[group]]
        shared.append((np.flatnonzero(seen[members[0]]), members))
    return shared, np.flatnonzero(counts[which] < least)
