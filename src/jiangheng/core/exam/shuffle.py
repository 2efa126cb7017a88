"""The individual paper of a seat (千人千卷): order of items and of options, from a seed, the same for ever.

Serves K13. The stream is HMAC-SHA256 over a counter, so a layout can be given again by any program in any language
years later; a library's own generator promises no such thing.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jiangheng.core.exam.items import Item, options_may_move

SEED_LABEL = b"jiangheng/shuffle/1"
LEAST_SECRET = 16
_WORD = 8
# RFC 2104: the block of SHA-256 and the two paddings of a key
_BLOCK = 64
_INNER, _OUTER = (bytes(each ^ pad for each in range(256)) for pad in (0x36, 0x5C))
_WORDS_OF_A_BLOCK = struct.Struct(">4Q")


class _Mac:
    """HMAC-SHA256 of many messages under one key. The library's own begins anew with every message: a layout is a
    hundred of them, and continuing from the key's two states takes a fifth of the time (docs/develop/hall-speed.md)."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        padded = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(padded.translate(_INNER))
        self._outer = hashlib.sha256(padded.translate(_OUTER))

    def of(self, message: bytes) -> bytes:
        """The 32 bytes for that message."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a layout is the same at every seat: the codes of each group, sorted; option keys, as they stand where
    they are `fixed`; the keys of targets."""

    groups: tuple[tuple[str, ...], ...]
    options: Mapping[str, tuple[str, ...]]
    fixed: frozenset[str]
    targets: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Item codes in the order shown; for each item, and each part of a case, its option keys in the order shown, and
    for a matching item the keys of its targets."""

    items: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def seed_for(paper_digest: str | bytes, sitting_id: str, secret: bytes) -> bytes:
    """The 32-byte seed of one sitting of one paper.

    Without `secret` nobody can foretell a neighbour's layout. Raises ValueError when it is shorter than 16 bytes.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"打乱试卷用的密钥只有 {len(secret)} 字节，请配置至少 {LEAST_SECRET} 字节的密钥")
    digest = paper_digest.encode() if isinstance(paper_digest, str) else paper_digest
    return hmac.digest(secret, _framed(SEED_LABEL, digest, sitting_id.encode()), "sha256")


def individual(
    item_codes: Sequence[Sequence[str]],
    option_keys: Mapping[str, Sequence[str]],
    *,
    seed: bytes,
    fixed: Collection[str] = (),
    target_keys: Mapping[str, Sequence[str]] | None = None,
) -> Layout:
    """The layout of one seat.

    `item_codes` holds one group of codes per kind, in blueprint order: groups keep their order, items move within
    their group. `option_keys` has a line for each item and for each part of a case; options move except on those in
    `fixed`. `target_keys` are the right-hand columns of matching items; they always move. The layout does not depend
    on the order in which the codes of a group are given. Raises ValueError for a code given twice or without option
    keys.
    """
    return laid_out(_planned(item_codes, option_keys, fixed, target_keys or {}), seed=seed)


def _planned(
    item_codes: Sequence[Sequence[str]],
    option_keys: Mapping[str, Sequence[str]],
    fixed: Collection[str],
    target_keys: Mapping[str, Sequence[str]],
) -> Plan:
    codes = [code for group in item_codes for code in group]
    if len(set(codes)) != len(codes):
        raise ValueError("试卷中有重复的试题编号，请重新组卷")
    missing = [code for code in codes if code not in option_keys]
    if missing:
        raise ValueError(f"试题 {'、'.join(missing)} 没有选项标号，请检查试卷数据")
    return Plan(
        tuple(tuple(sorted(group)) for group in item_codes),
        {code: tuple(keys) for code, keys in option_keys.items()},
        frozenset(fixed),
        {code: tuple(keys) for code, keys in target_keys.items()},
    )


def laid_out(plan: Plan, *, seed: bytes) -> Layout:
    """The layout of one seat of that plan."""
    mac = _Mac(seed)
    order: list[str] = []
    for place, group in enumerate(plan.groups):
        order += _permuted(group, mac, f"items:{place}")
    options = {
        code: keys if code in plan.fixed else tuple(_permuted(keys, mac, f"options:{code}"))
        for code, keys in plan.options.items()
    }
    targets = {code: tuple(_permuted(keys, mac, f"targets:{code}")) for code, keys in plan.targets.items()}
    return Layout(tuple(order), options, targets)


def individual_paper(items: Sequence[Item], *, seed: bytes) -> Layout:
    """The layout of an assembled paper at one seat; whoever lays out many keeps its plan."""
    return laid_out(plan_of(items), seed=seed)


def plan_of(items: Sequence[Item]) -> Plan:
    """The plan of an assembled paper: kinds as they first appear, options moved where `options_may_move` allows.

    The parts of a case keep their order. Of a matching item only the right-hand column moves: one is enough, and the
    left one is often spoken of by its order.
    """
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(item.kind, []).append(item.code)
    everything = [*items, *(part for item in items for part in item.parts)]
    return _planned(
        list(groups.values()),
        {one.code: one.keys for one in everything},
        frozenset(one.code for one in everything if one.kind == "matching" or not options_may_move(one)),
        {one.code: one.target_keys for one in everything if one.targets},
    )


def shuffled(things: Sequence[str], *, seed: bytes, label: str) -> list[str]:
    """A uniform permutation (Fisher-Yates from the end) drawn from the stream that `seed` and `label` name."""
    return _permuted(things, _Mac(seed), label)


def _permuted(things: Sequence[str], mac: _Mac, label: str) -> list[str]:
    result = list(things)
    words = _words(mac, label)
    for last in range(len(result) - 1, 0, -1):
        other = _below(last + 1, words)
        result[last], result[other] = result[other], result[last]
    return result


def stream(seed: bytes, *, label: str) -> Iterator[int]:
    """Endless 64-bit integers: HMAC-SHA256(seed, frame(label, counter)), four big-endian words a block."""
    return _words(_Mac(seed), label)


def _words(mac: _Mac, label: str) -> Iterator[int]:
    named = label.encode()
    for counter in itertools.count():
        yield from _WORDS_OF_A_BLOCK.unpack(mac.of(_framed(named, counter.to_bytes(_WORD, "big"))))


def _below(bound: int, words: Iterator[int]) -> int:
    # A plain remainder favours small numbers; words beyond the last whole multiple of the bound are thrown away.
    limit = (1 << 64) - (1 << 64) % bound
    while (word := next(words)) >= limit:
        continue
    return word % bound


def _framed(*parts: bytes) -> bytes:
    # Lengths in front, so that ("ab", "c") and ("a", "bc") never make the same message.
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
