"""What may be given at one item of a sitting, kind by kind, and in words why anything else is not taken (clause K13).

A token is one piece of an answer: an option key, the text of a blank, a pair, a point. What is right is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from jiangheng.core.exam.item_kinds import KINDS, Answered, blanks
from jiangheng.core.exam.items import Item
from jiangheng.core.exam.rich_tree import UNSPEAKABLE

MOST_TEXT = 200
"""Characters in one blank."""
MOST_NUMBER = 40
"""Characters of a number, its unit included."""
MOST_OPEN = 20_000
"""Characters of an open answer; in UTF-8 it still fits into one message to the hall."""
MOST_POINTS = 20
LARGEST_PIXEL = 10_000
MOST_TOKENS = MOST_POINTS
"""No answer of any kind has more tokens."""

_POINT = re.compile(r"(0|[1-9][0-9]{0,4}),(0|[1-9][0-9]{0,4})")

Refusal: TypeAlias = tuple[str, str]
"""A code for the page and a reason for the person."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What may be given at one item.

    keys: the option keys; of a matching item its left-hand keys. many: whether several keys may be chosen. targets:
    the right-hand keys of a matching item. blanks: how many blanks a fill item has.
    """

    keys: frozenset[str] = frozenset()
    many: bool = False
    answered: Answered = "keys"
    targets: frozenset[str] = frozenset()
    blanks: int = 0


def asked_of(item: Item) -> Asked:
    """What may be given at an item of the bank, or at a part of a case."""
    kind = KINDS[item.kind]
    return Asked(
        frozenset(option.key for option in item.options),
        many=kind.most_keys > 1,
        answered=kind.answered,
        targets=frozenset(target.key for target in item.targets),
        blanks=blanks(item.stem),
    )


def is_empty(given: tuple[str, ...]) -> bool:
    """Whether nothing was given: no token, or blanks that were all left empty."""
    return not any(token.strip() for token in given)


def refusal(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    """Why these tokens are no answer to what is asked; None when they are. No tokens take an answer back."""
    return _JUDGES[asked.answered](asked, given) if given else None


def _keys(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    if not asked.keys.issuperset(given) or len(set(given)) != len(given):
        return _UNKNOWN
    if len(given) > 1 and not asked.many:
        return "one_only", "本题只能选择一个选项。请重新选择。"
    return None


def _texts(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    if len(given) != asked.blanks:
        return "unfit", f"本题有 {asked.blanks} 个空，收到 {len(given)} 个。请刷新页面后再作答。"
    return _written(given, most=MOST_TEXT)


def _number(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    return _one(given) or _written(given, most=MOST_NUMBER)


def _open(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    return _one(given) or _written(given, most=MOST_OPEN)


def _pairs(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    if not all(token[:1] in asked.keys and token[1:] in asked.targets for token in given):
        return _UNKNOWN
    if len({token[:1] for token in given}) != len(given):
        return "unfit", "左栏的每一项只能配一次。请重新选择。"
    return None


def _order(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    return None if asked.keys.issuperset(given) and len(set(given)) == len(given) else _UNKNOWN


def _points(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    if len(given) > MOST_POINTS:
        return "unfit", f"图上最多标 {MOST_POINTS} 处，收到 {len(given)} 处。请删去多余的。"
    for token in given:
        found = _POINT.fullmatch(token)
        if found is None or max(int(found[1]), int(found[2])) > LARGEST_PIXEL:
            return "unfit", f"图上的位置应是 0–{LARGEST_PIXEL} 的整数。请在图上重新标出。"
    return None


def _parts(asked: Asked, given: tuple[str, ...]) -> Refusal | None:
    return "unfit", "本题按小题作答。请刷新页面后在各小题中作答。"


_JUDGES: Mapping[Answered, Callable[[Asked, tuple[str, ...]], Refusal | None]] = {
    "keys": _keys,
    "texts": _texts,
    "number": _number,
    "pairs": _pairs,
    "order": _order,
    "points": _points,
    "open": _open,
    "parts": _parts,
}


def _one(given: tuple[str, ...]) -> Refusal | None:
    return None if len(given) == 1 else ("unfit", f"本题只有一处作答，收到 {len(given)} 处。请刷新页面后再作答。")


def _written(given: tuple[str, ...], *, most: int) -> Refusal | None:
    longest = max(len(text) for text in given)
    if longest > most:
        return "too_long", f"写了 {longest} 字，这里最多写 {most} 字。请缩短后再保存。"
    if any(UNSPEAKABLE.search(text) for text in given):
        return "unfit", "文字中有无法保存的控制字符。请删去后再保存。"
    return None


_UNKNOWN: Refusal = ("unknown_option", "答案中有本题没有的选项。请重新选择。")
