"""Look-alikes of a bank: items that say the same, or ask the same of the same options, found for a reviewer (K7-K9).

Texts are compared as sets of neighbouring letters (bigrams), which needs no word list and suits Chinese. Two sets of
an item are looked at: its whole text, and its statement, that is the stem with the right answer put into the blank,
so that a fill item and a choice item that teach the same sentence meet. The join is by rare pieces first ("prefix
filtering": Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007): two sets that overlap by a share must
share one of the rarest few of their pieces, so most pairs are never looked at and none above the threshold is lost.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np
import numpy.typing as npt

from jiangheng.core.exam.alike_text import ITEM, SEGMENT, Words, worded
from jiangheng.core.exam.items import Item

Why = Literal["text", "options"]
Differs = Literal["", "numbers", "negation", "answer"]
DIFFERS: Mapping[str, str] = {
    "": "",
    "numbers": "只差数字，可能是变式题",
    "negation": "只差否定词（不、非、错误等），考的是同一件事",
    "answer": "文字相同而答案不同，请核对哪个对",
}

LEAST_PIECES = 12
"""A set with fewer pieces is found in many longer ones by chance: such short ones are only compared whole."""
CROWD = 500
"""How many items may share one rare piece before the oldest of them are passed over."""
CLOSE = 200
"""How many candidates of one item are measured, those with the most rare pieces in common first."""

_Ints = npt.NDArray[np.int64]
_Shares = npt.NDArray[np.float64]
_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two items that look alike. `likeness` is 0 to 1; `differs` says what sets them apart where that is telling.

    `why` is "text" (likeness of the texts) or "options" (the same options with the same right ones; `likeness` is
    then that of the texts all the same). `DIFFERS` has the sentences for `differs`.
    """

    code: str
    other: str
    likeness: float
    why: Why
    differs: Differs = ""


def twins(
    items: Sequence[Item], against: Sequence[Item] = (), *, threshold: float = 0.8, most: int = 20
) -> list[Alike]:
    """The look-alikes among `items`, and of `items` in `against`, each pair once, by item and falling likeness.

    Likeness is the Jaccard index of the bigram sets. Of statements it is also c / (2 - c), where c is the share of
    the shorter one's pieces that the longer one has: what the index would be, were both of one length. Letters are
    compared without regard to width, case, punctuation and negation; a number is one piece, so 220 and 380 differ
    as words do. An item is told of at most `most` others; two items of one code are one item and never a pair.
    Raises ValueError when `threshold` is not above 0 and at most 1.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"相似度阈值 {threshold} 应大于 0、不超过 1，请改为如 0.8 的小数")
    if not items:
        return []
    everyone = [*against, *items]
    first = len(against)
    words = worded(everyone)
    likeness: dict[_Pair, float] = {}
    whole, statements = _sets(words.whole), _sets(words.statement)
    by_text = _same_text(whole, first, threshold, most)
    by_statement = _contained(statements, first, threshold, most)
    for pair, value in chain(by_text, by_statement):
        likeness[pair] = max(value, likeness.get(pair, 0.0))
    why: dict[_Pair, Why] = dict.fromkeys(likeness, "text")
    for pair in _same_options(words, first, most):
        if pair not in likeness:
            likeness[pair], why[pair] = _index(whole, *pair), "options"
    by_item: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (one, other), value in likeness.items():
        if everyone[one].code != everyone[other].code:
            by_item[one].append((-value, other))
    return [
        Alike(everyone[one].code, everyone[other].code, round(-value, 4), why[one, other], _differs(words, one, other))
        for one in sorted(by_item)
        for value, other in sorted(by_item[one])[:most]
    ]


def _differs(words: Words, one: int, other: int) -> Differs:
    """What sets two texts apart, when it is one thing only."""
    for texts in (words.told, words.stated):
        a, b = texts(one), texts(other)
        if a == b:
            return "answer" if words.right[one] != words.right[other] else ""
        if a.folded() == b.folded():
            return "negation"
        if a.unnumbered() == b.unnumbered():
            return "numbers"
    return ""


def _same_options(words: Words, first: int, most: int) -> Iterator[_Pair]:
    groups: dict[object, list[int]] = defaultdict(list)
    for place, key in enumerate(words.options):
        if key is not None:
            if place >= first:
                for other in groups[key][-most:]:
                    yield place, other
            groups[key].append(place)


@dataclass(frozen=True, slots=True)
class _Sets:
    """Sets of pieces, the rarest first: set k is `pieces[start[k]:start[k + 1]]`; `kinds` is how many pieces exist."""

    pieces: _Ints
    start: _Ints
    kinds: int

    def __len__(self) -> int:
        return len(self.start) - 1

    def sizes(self) -> _Ints:
        return np.diff(self.start)


def _sets(text: str) -> _Sets:
    """The bigram sets of texts that end with `ITEM` each and have `SEGMENT` before and after every segment."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    ends = letters == ord(ITEM)
    count = int(ends.sum())
    left, right = letters[:-1], letters[1:]
    border = letters == ord(SEGMENT)
    kept = ~(ends[:-1] | ends[1:] | (border[:-1] & border[1:]))
    owner = (np.cumsum(ends) - ends)[:-1][kept]
    _, named = np.unique(left[kept] << 21 | right[kept], return_inverse=True)
    kinds = int(named.max()) + 1 if len(named) else 0
    both = np.unique(owner * max(kinds, 1) + named)
    owner, named = both // max(kinds, 1), both % max(kinds, 1)
    rank = np.empty(kinds, dtype=np.int64)
    rank[np.argsort(np.bincount(named, minlength=kinds), kind="stable")] = np.arange(kinds)
    order = np.sort(owner * max(kinds, 1) + rank[named])
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=count), out=start[1:])
    return _Sets(order % max(kinds, 1), start, kinds)


@dataclass(frozen=True, slots=True)
class _Index:
    """Which sets have a piece: `owners[start[p]:start[p + 1]]`, ascending. `shared` marks pieces of more than one."""

    owners: _Ints
    start: list[int]
    shared: npt.NDArray[np.bool_]

    def of(self, pieces: _Ints, before: int) -> _Ints:
        """The sets before `before` that have one of the pieces, one entry for each they have."""
        owners, start = self.owners, self.start
        met = []
        for piece in pieces[self.shared[pieces]].tolist():
            one = owners[start[piece] : start[piece + 1]]
            cut = int(one.searchsorted(before))
            if cut:
                met.append(one[max(0, cut - CROWD) : cut])
        return np.concatenate(met) if met else np.empty(0, dtype=np.int64)


def _index_of(sets: _Sets, lengths: _Ints) -> _Index:
    """An index of the first `lengths[k]` pieces of every set."""
    sizes = sets.sizes()
    owner = np.repeat(np.arange(len(sets)), sizes)
    within = np.arange(len(sets.pieces)) - np.repeat(sets.start[:-1], sizes)
    kept = within < lengths[owner]
    pieces, owner = sets.pieces[kept], owner[kept]
    counts = np.bincount(pieces, minlength=sets.kinds)
    # In `sets` as a whole, not in this index: what one set has first another may have last.
    shared = np.bincount(sets.pieces, minlength=sets.kinds) > 1
    return _Index(owner[np.argsort(pieces, kind="stable")], [0, *np.cumsum(counts).tolist()], shared)


def _prefix(sizes: _Ints, share: float) -> _Ints:
    """How many of the rarest pieces hold at least one of any `share` of a set. The tiny term guards the rounding."""
    return np.where(sizes > 0, sizes - np.ceil(share * sizes - 1e-9).astype(np.int64) + 1, 0)


def _same_text(sets: _Sets, first: int, threshold: float, most: int) -> Iterator[tuple[_Pair, float]]:
    """Pairs whose Jaccard index reaches the threshold."""
    sizes = sets.sizes()
    lengths = _prefix(sizes, threshold)
    index = _index_of(sets, lengths)
    measure = _Measure(sets)
    for one in range(first, len(sets)):
        begin, size = sets.start[one], sizes[one]
        near = index.of(sets.pieces[begin : begin + lengths[one]], one)
        near = near[(sizes[near] >= threshold * size) & (threshold * sizes[near] <= size)]
        if len(near):
            others, shared = measure.shared(one, near)
            yield from _best(one, others, shared / (size + sizes[others] - shared), threshold, most)


def _contained(sets: _Sets, first: int, threshold: float, most: int) -> Iterator[tuple[_Pair, float]]:
    """Pairs of which one holds the shorter other so far that c / (2 - c) reaches the threshold."""
    share = 2 * threshold / (1 + threshold)
    sizes = sets.sizes()
    lengths = _prefix(sizes, share)
    rare, every = _index_of(sets, lengths), _index_of(sets, sizes)
    measure = _Measure(sets)
    for one in range(first, len(sets)):
        begin, end, size = sets.start[one], sets.start[one + 1], sizes[one]
        longer = every.of(sets.pieces[begin : begin + lengths[one]], one)
        shorter = rare.of(sets.pieces[begin:end], one)
        near = np.concatenate((longer[sizes[longer] >= size], shorter[sizes[shorter] < size]))
        if len(near):
            others, shared = measure.shared(one, near)
            small = np.minimum(size, sizes[others])
            both = np.where(small >= LEAST_PIECES, 2 * small, size + sizes[others])
            yield from _best(one, others, shared / (both - shared), threshold, most)


def _best(one: int, others: _Ints, values: _Shares, threshold: float, most: int) -> Iterator[tuple[_Pair, float]]:
    enough = np.flatnonzero(values >= threshold)
    for place in enough[np.argsort(-values[enough], kind="stable")[:most]].tolist():
        yield (one, int(others[place])), float(values[place])


class _Measure:
    """Counts the pieces two sets share, for many at once, by marking the pieces of the one."""

    def __init__(self, sets: _Sets) -> None:
        self._sets = sets
        self._marked = np.zeros(sets.kinds, dtype=bool)

    def shared(self, one: int, near: _Ints) -> tuple[_Ints, _Ints]:
        """The sets named in `near` (not empty; often named, first chosen), and what each shares with set `one`."""
        others, hits = np.unique(near, return_counts=True)
        if len(others) > CLOSE:
            others = np.sort(others[np.argpartition(-hits, CLOSE)[:CLOSE]])
        pieces, start = self._sets.pieces, self._sets.start
        own = pieces[start[one] : start[one + 1]]
        self._marked[own] = True
        begins, lengths = start[others], start[others + 1] - start[others]
        offsets = np.cumsum(lengths) - lengths
        at = np.repeat(begins - offsets, lengths) + np.arange(int(lengths.sum()))
        counts = np.add.reduceat(self._marked[pieces[at]], offsets, dtype=np.int64)
        self._marked[own] = False
        return others, counts


def _index(sets: _Sets, one: int, other: int) -> float:
    a = sets.pieces[sets.start[one] : sets.start[one + 1]]
    b = sets.pieces[sets.start[other] : sets.start[other + 1]]
    shared = len(np.intersect1d(a, b, assume_unique=True))
    whole = len(a) + len(b) - shared
    return shared / whole if whole else math.nan
