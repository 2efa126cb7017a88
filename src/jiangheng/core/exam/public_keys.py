"""Public option keys: the letters candidates see say nothing about what the author wrote first (clauses K9, K13).

Authors have habits: the right answer written first, seldom last. The layout of a seat moves options about, yet it
carries their keys with it, and a face lists them in the order of their keys. So the office deals the keys anew, item by
item, from a secret of the paper, before the face leaves it, and turns answers back when they come home.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jiangheng.core.exam.items import KINDS, Item, Option, options_may_move
from jiangheng.core.exam.shuffle import LEAST_SECRET, shuffled

_Keys = Mapping[str, str]
"""Author's key to public key; for an item that is not in a relabelling they are the same."""


@dataclass(frozen=True, slots=True)
class Relabelling:
    """The public keys of a paper's items and parts, by code: of the options, and of a matching item's targets."""

    options: Mapping[str, _Keys]
    targets: Mapping[str, _Keys]
    answered: Mapping[str, str]

    def face(self, item: Item) -> Item:
        """The item as it may leave the office: public keys, options and targets in the order of these keys.

        Its answer is left out: in the author's keys it would be wrong beside them, and nobody out there may have it.
        """
        return replace(
            item,
            options=_relabelled(item.options, self.options.get(item.code, {})),
            targets=_relabelled(item.targets, self.targets.get(item.code, {})),
            answer=(),
            parts=tuple(self.face(part) for part in item.parts),
        )

    def author(self, item_code: str, given_tokens: Sequence[str]) -> tuple[str, ...]:
        """What was given at an item (of a case at a part, "<code>.1"), in the author's keys and the order given.

        Texts, numbers and points come back as they are. Raises ValueError for a key the item does not have: the
        answer then belongs to another paper, and no mark is better than a wrong one.
        """
        options, targets = self.options.get(item_code, {}), self.targets.get(item_code, {})
        try:
            return tuple(_turned(token, self.answered.get(item_code, ""), options, targets) for token in given_tokens)
        except LookupError as error:
            raise ValueError(f"试题 {item_code} 没有选项 {error.args[0]}，请核对答卷属于哪份试卷") from None

    def public(self, item_code: str, tokens: Sequence[str]) -> tuple[str, ...]:
        """What an answer in the author's keys is in public ones: the other way round than `author`."""
        options, targets = self.options.get(item_code, {}), self.targets.get(item_code, {})
        answered = self.answered.get(item_code, "")
        if options and answered in ("keys", "order"):
            return tuple(options[token] for token in tokens)
        if targets and answered == "pairs":
            return tuple(token[:1] + targets[token[1:]] for token in tokens)
        return tuple(tokens)


def public_keys(items: Sequence[Item], *, secret: bytes) -> Relabelling:
    """The public keys of a paper, the same for ever for the same `secret`, which must be this paper's alone.

    Options of choice items and steps of ordering items are dealt anew, of a matching item the right-hand column.
    Left as they are: judgements, whose options mean what they say; items whose options speak of each other ("以上
    都对"), which may not move; the left column of a matching item. Raises ValueError when `secret` is shorter than
    16 bytes or an item stands in the list twice.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"换标号用的密钥只有 {len(secret)} 字节，请配置至少 {LEAST_SECRET} 字节的密钥")
    everything = [*items, *(part for item in items for part in item.parts)]
    codes = [item.code for item in everything]
    if len(set(codes)) != len(codes):
        raise ValueError("试卷中有重复的试题编号，请重新组卷")
    return Relabelling(
        {item.code: _dealt(item.keys, item.code, "options", secret) for item in everything if _is_dealt(item)},
        {item.code: _dealt(item.target_keys, item.code, "targets", secret) for item in everything if item.targets},
        {item.code: KINDS[item.kind].answered for item in everything if item.kind in KINDS},
    )


def _is_dealt(item: Item) -> bool:
    return bool(item.options) and item.kind != "matching" and options_may_move(item)


def _dealt(keys: Sequence[str], code: str, column: str, secret: bytes) -> _Keys:
    return dict(zip(keys, shuffled(keys, seed=secret, label=f"public {column}:{code}"), strict=True))


def _relabelled(options: Sequence[Option], keys: _Keys) -> tuple[Option, ...]:
    if not keys:
        return tuple(options)
    # by length first: "10" comes after "9"
    return tuple(sorted((Option(keys[one.key], one.text) for one in options), key=lambda one: (len(one.key), one.key)))


def _turned(token: str, answered: str, options: _Keys, targets: _Keys) -> str:
    if options and answered in ("keys", "order"):
        return _author_of(token, options)
    if targets and answered == "pairs":
        return token[:1] + _author_of(token[1:], targets)
    return token


def _author_of(public: str, keys: _Keys) -> str:
    found = [key for key, shown in keys.items() if shown == public]
    if not found:
        raise LookupError(public)
    return found[0]
