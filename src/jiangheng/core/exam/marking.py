"""An answer against an item, and a whole theory paper: marks in Decimal.

Serves K13 and P2. Keys are the author's stable keys, so a shuffled layout never enters into marking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from jiangheng.core.exam.blueprint import Blueprint
from jiangheng.core.exam.items import Item

PartialRule = Literal["all_or_nothing", "half_if_subset"]
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PaperMark:
    """A marked paper: marks by item code, their sum, and the items without an answer."""

    total: Decimal
    per_item: Mapping[str, Decimal]
    unanswered: tuple[str, ...]


def mark(item: Item, given: Collection[str], marks: Decimal, *, rule: PartialRule = "all_or_nothing") -> Decimal:
    """The marks `given` earns on `item`, between 0 and `marks`.

    The right keys, all and only, earn `marks`. Under `half_if_subset` a multiple-choice answer with some of the right
    keys and no wrong one earns half. A wrong or unknown key always earns nothing, hence so does ticking everything
    on an item that has a wrong option.
    """
    chosen, right = frozenset(given), frozenset(item.answer)
    if chosen == right:
        return marks
    if rule == "half_if_subset" and item.kind == "multiple" and chosen and chosen < right:
        return marks / 2
    return NOTHING


def mark_paper(
    items: Sequence[Item],
    answers: Mapping[str, Collection[str]],
    blueprint: Blueprint,
    *,
    rule: PartialRule = "all_or_nothing",
) -> PaperMark:
    """Mark a paper; `answers` maps item codes to the keys given, an item without an entry is unanswered.

    Raises ValueError when answers belong to items that are not on the paper, an item stands on it twice, or the
    blueprint has no marks for a kind: the answers and the paper then do not belong together, and no mark is better
    than a wrong one.
    """
    codes = [item.code for item in items]
    strangers = sorted(answers.keys() - set(codes))
    if strangers:
        raise ValueError(f"答案中的试题 {'、'.join(strangers)} 不在本试卷上，请核对答卷与试卷是否对应")
    if len(set(codes)) != len(codes):
        raise ValueError("试卷中有重复的试题编号，请核对试卷")
    worth = {row.kind: row.marks for row in blueprint.kinds}
    unpriced = sorted({item.kind for item in items} - worth.keys())
    if unpriced:
        raise ValueError(f"组卷计划没有题型 {'、'.join(unpriced)} 的分值，请核对试卷与组卷计划是否对应")
    per_item = {item.code: mark(item, answers.get(item.code, ()), worth[item.kind], rule=rule) for item in items}
    unanswered = tuple(code for code in codes if not answers.get(code))
    return PaperMark(sum(per_item.values(), NOTHING), per_item, unanswered)
