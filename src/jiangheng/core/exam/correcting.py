"""A key that was found wrong after the examination: what an item then is worth to whom (clauses K10, K13).

Three ways: the right key is put in; everybody gets the item's marks; or the item does not count and its marks go to
all the others in proportion, so that the paper keeps its full mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from jiangheng.core.exam.items import Item
from jiangheng.core.exam.marking import FINEST, NOTHING, PaperMark

Way = Literal["everyone", "void"]
WAYS = ("key", "everyone", "void")


def with_key(item: Item, answer: Sequence[str]) -> Item:
    """The item with another right answer, in the author's keys."""
    return replace(item, answer=tuple(answer))


def settle(marked: PaperMark, worth: Mapping[str, Decimal], ways: Mapping[str, Way]) -> PaperMark:
    """A marked paper where some items do not go by their keys. ``worth`` and ``ways`` by code; of a case its parts
    follow it.

    ``ValueError`` when nothing would be left that counts.
    """
    touched = {code: way for code in worth if (way := _way(code, ways))}
    if not touched:
        return marked
    void = {code for code, way in touched.items() if way == "void"}
    per_item = {code: NOTHING if code in void else mark for code, mark in marked.per_item.items()}
    per_item |= {code: worth[code] for code, way in touched.items() if way == "everyone"}
    full = sum(worth.values(), NOTHING)
    left = full - sum((worth[code] for code in void), NOTHING)
    if left <= 0:
        raise ValueError("作废后试卷上没有计分的题，请改用其他更正方式")
    total = sum(per_item.values(), NOTHING)
    if void:
        # cut off, not rounded: what is rounded to a tenth afterwards must not have been rounded up already
        total = min(full, (total * full / left).quantize(FINEST, rounding=ROUND_DOWN))
    waiting = tuple(code for code in marked.waiting if code not in touched)
    return PaperMark(total, per_item, marked.unanswered, waiting)


def _way(code: str, ways: Mapping[str, Way]) -> Way | None:
    return ways.get(code) or ways.get(code.rpartition(".")[0])
