"""An answer against an item, and a whole theory paper: marks in Decimal.

Serves K13 and P2. Keys are the author's stable keys, so a shuffled layout never enters into marking. What a person
must mark (short answers, calculations, essays) waits for that person; a case is marked part by part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from jiangheng.core.exam import quantity
from jiangheng.core.exam.blueprint import Blueprint
from jiangheng.core.exam.items import KINDS, Answered, Area, Item, units

PartialRule = Literal["all_or_nothing", "half_if_subset"]
NOTHING = Decimal(0)
# Parts of marks are given to the hundredth, the finest a result sheet shows.
FINEST = Decimal("0.01")
LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Rules:
    """How partly right answers are marked, kind by kind.

    multiple: nothing, or half for some of the right keys and no wrong one. fill: a share for each right blank, or all
    blanks or nothing. matching: a share for each right pair, or nothing. ordering: nothing, or the share of the steps
    that stand in the right order among themselves (longest common subsequence). hotspot: nothing, or a share for each
    right area when no point is wrong.
    """

    multiple: PartialRule = "all_or_nothing"
    fill: Literal["by_blank", "all_or_nothing"] = "by_blank"
    matching: Literal["by_pair", "all_or_nothing"] = "by_pair"
    ordering: Literal["all_or_nothing", "by_sequence"] = "all_or_nothing"
    hotspot: Literal["all_or_nothing", "by_area"] = "all_or_nothing"


class NeedsMarker(ValueError):
    """The item is of an open kind: a person marks it."""


@dataclass(frozen=True, slots=True)
class PaperMark:
    """A marked paper: marks by code, their sum, the codes without an answer, and the codes that wait for a marker.

    The codes are those of what is marked on its own: items, and of a case its parts ("<code>.1"). What waits has no
    marks yet, so the total is final only when nothing waits.
    """

    total: Decimal
    per_item: Mapping[str, Decimal]
    unanswered: tuple[str, ...]
    waiting: tuple[str, ...] = field(default=())


def mark(
    item: Item, given: Collection[str], marks: Decimal, *, rule: PartialRule | Rules = "all_or_nothing"
) -> Decimal:
    """The marks `given` earns on `item`, between 0 and `marks`.

    The right answer, all and only, earns `marks`; what a partly right one earns is for the rule (a word governs
    multiple choice alone, see `Rules` for every kind). A wrong or unknown key always earns nothing, hence so does
    ticking everything on an item that has a wrong option. `given` holds what a candidate gives to the kind: keys,
    a text for each blank, one number, pairs, keys in order, or points "x,y".

    Raises NeedsMarker for an open kind, and ValueError for a case, which is marked part by part.
    """
    kind = KINDS.get(item.kind)
    if kind is None:
        raise ValueError(f"试题 {item.code}：题型“{item.kind}”不认识，无法阅卷")
    if kind.answered == "parts":
        raise ValueError(f"试题 {item.code}：{kind.name}按小题阅卷，请逐个小题给分")
    if not kind.machine:
        raise NeedsMarker(f"试题 {item.code}：{kind.name}须由阅卷人评分")
    rules = rule if isinstance(rule, Rules) else Rules(multiple=rule)
    right, wanted, partly = _JUDGES[kind.answered](item, tuple(given), rules)
    if wanted and right == wanted:
        return marks
    if not partly or right <= 0:
        return NOTHING
    if kind.code == "multiple":
        return marks / 2
    return min(marks, (marks * right / wanted).quantize(FINEST, rounding=ROUND_HALF_UP))


def mark_paper(
    items: Sequence[Item],
    answers: Mapping[str, Collection[str]],
    blueprint: Blueprint,
    *,
    rule: PartialRule | Rules = "all_or_nothing",
    open_marks: Mapping[str, Decimal] | None = None,
) -> PaperMark:
    """Mark a paper; `answers` maps codes to what was given, an item without an entry is unanswered.

    A case is answered part by part, under "<code>.1" and on; a part is worth its share of the marks of the case.
    `open_marks` holds what persons gave, by code; an open item that was answered and is not in it waits.

    Raises ValueError when answers or marks belong to items that are not on the paper, an item stands on it twice,
    the blueprint has no marks for a kind, or a given mark is below zero, above the item's worth or for an item that
    a machine marks: the answers and the paper then do not belong together, and no mark is better than a wrong one.
    """
    worth = worth_of(items, blueprint)
    by_person = open_marks or {}
    strangers = sorted((answers.keys() | by_person.keys()) - worth.keys())
    if strangers:
        raise ValueError(f"答案中的试题 {'、'.join(strangers)} 不在本试卷上，请核对答卷与试卷是否对应")
    per_item: dict[str, Decimal] = {}
    waiting: list[str] = []
    for unit in (unit for item in items for unit in units(item)):
        given = answers.get(unit.code, ())
        if KINDS[unit.kind].machine:
            if unit.code in by_person:
                raise ValueError(f"试题 {unit.code} 由系统阅卷，不应有人工评分，请删去该评分")
            per_item[unit.code] = mark(unit, given, worth[unit.code], rule=rule)
        elif unit.code in by_person:
            per_item[unit.code] = _by_person(by_person[unit.code], unit.code, worth=worth[unit.code])
        elif is_answered(given):
            waiting.append(unit.code)
        else:
            per_item[unit.code] = NOTHING
    unanswered = tuple(code for code in worth if not is_answered(answers.get(code, ())))
    return PaperMark(sum(per_item.values(), NOTHING), per_item, unanswered, tuple(waiting))


def is_answered(given: Collection[str]) -> bool:
    """Whether anything was given; blanks that were all left empty are no answer."""
    return any(token.strip() for token in given)


def accepts(token: str, given: str) -> bool:
    """Whether a text fits one blank of a fill item, whose accepted texts `token` separates by "|".

    Compared after NFKC folding (full-width forms), without regard to case, to spaces at the ends, and to how many
    spaces stand inside; Chinese and Latin punctuation count as written.
    """
    return bool(given.strip()) and _folded(given) in {_folded(text) for text in token.split("|") if text.strip()}


def worth_of(items: Sequence[Item], blueprint: Blueprint) -> dict[str, Decimal]:
    """What each unit of the paper is worth, by code, in the order of the paper."""
    prices = {row.kind: row.marks for row in blueprint.kinds}
    unpriced = sorted({item.kind for item in items} - prices.keys())
    if unpriced:
        raise ValueError(f"组卷计划没有题型 {'、'.join(unpriced)} 的分值，请核对试卷与组卷计划是否对应")
    worth: dict[str, Decimal] = {}
    for item in items:
        for unit in units(item):
            if unit.code in worth:
                raise ValueError("试卷中有重复的试题编号，请核对试卷")
            price = prices[item.kind]
            worth[unit.code] = price if unit is item else price * unit.share / 100
    return worth


def _by_person(given: Decimal, code: str, *, worth: Decimal) -> Decimal:
    if not given.is_finite() or not 0 <= given <= worth:
        raise ValueError(f"试题 {code} 的评分 {given} 应在 0 与 {worth} 之间，请核对阅卷记录")
    return given


# A judge tells how much is right, how much there is, and whether a part of it earns a part of the marks.
_Verdict = tuple[int, int, bool]


def _judge_keys(item: Item, given: Sequence[str], rules: Rules) -> _Verdict:
    chosen, right = frozenset(given), frozenset(item.answer)
    if not chosen <= right:
        return 0, len(right), False
    return len(chosen), len(right), rules.multiple == "half_if_subset" and item.kind == "multiple"


def _judge_texts(item: Item, given: Sequence[str], rules: Rules) -> _Verdict:
    if len(given) > len(item.answer):
        return 0, len(item.answer), False
    right = sum(accepts(token, text) for token, text in zip(item.answer, given, strict=False))
    return right, len(item.answer), rules.fill == "by_blank"


def _judge_number(item: Item, given: Sequence[str], rules: Rules) -> _Verdict:
    right = quantity.number(item.answer[0]) if len(item.answer) == 1 else None
    limit = quantity.tolerance(item.tolerance)
    number = quantity.number(given[0], unit=item.unit) if len(given) == 1 else None
    if right is None or limit is None or number is None:
        return 0, 1, False
    return int(limit.allows(number, right=right)), 1, False


def _judge_pairs(item: Item, given: Sequence[str], rules: Rules) -> _Verdict:
    pairs = frozenset(given)
    lefts = [pair[:1] for pair in pairs]
    right = sum(pair in item.answer and lefts.count(pair[:1]) == 1 for pair in pairs)
    return right, len(item.answer), rules.matching == "by_pair"


def _judge_order(item: Item, given: Sequence[str], rules: Rules) -> _Verdict:
    if tuple(given) == item.answer:
        return len(item.answer), len(item.answer), False
    # A step named twice, or an unknown one, is no order of these steps.
    sound = len(set(given)) == len(given) <= len(item.answer) and set(given) <= set(item.answer)
    if not sound or rules.ordering != "by_sequence":
        return 0, len(item.answer), False
    common = _common(item.answer, given)
    # One step alone is always "in order".
    return (common if common > 1 else 0), len(item.answer), True


def _judge_points(item: Item, given: Sequence[str], rules: Rules) -> _Verdict:
    wanted = [area for area in item.areas if area.key in item.answer]
    points = [_point(token) for token in given]
    if not points or len(points) > len(wanted):
        return 0, len(wanted), False
    hits = [{area.key for area in wanted if point and covers(area, point)} for point in points]
    if not all(hits):
        return 0, len(wanted), False
    return _assigned(hits), len(wanted), rules.hotspot == "by_area"


_JUDGES: Mapping[Answered, Callable[[Item, Sequence[str], Rules], _Verdict]] = {
    "keys": _judge_keys,
    "texts": _judge_texts,
    "number": _judge_number,
    "pairs": _judge_pairs,
    "order": _judge_order,
    "points": _judge_points,
}


def covers(area: Area, point: tuple[int, int]) -> bool:
    """Whether a point lies in an area or on its edge; pixels from the upper left corner."""
    x, y = point
    if area.shape == "rect":
        left, top, right, bottom = area.coords
        return left <= x <= right and top <= y <= bottom
    if area.shape == "circle":
        centre_x, centre_y, radius = area.coords
        return (x - centre_x) ** 2 + (y - centre_y) ** 2 <= radius**2
    return _within_polygon(list(zip(area.coords[::2], area.coords[1::2], strict=True)), x, y)


def _within_polygon(corners: Sequence[tuple[int, int]], x: int, y: int) -> bool:
    """Even-odd rule in whole numbers: a ray to the right crosses the outline an odd number of times."""
    inside = False
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if turn == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return True
        if (ay > y) != (by > y) and (turn > 0) == (by > ay):
            inside = not inside
    return inside


def _point(token: str) -> tuple[int, int] | None:
    x, comma, y = token.partition(",")
    sound = comma and all(part.isascii() and part.isdigit() and len(part) <= 6 for part in (x, y))
    return (int(x), int(y)) if sound else None


def _assigned(hits: Sequence[Collection[str]]) -> int:
    """How many areas can be given a point of their own (augmenting paths)."""
    owner: dict[str, int] = {}

    def placed(place: int, tried: set[str]) -> bool:
        for key in hits[place]:
            if key not in tried:
                tried.add(key)
                if key not in owner or placed(owner[key], tried):
                    owner[key] = place
                    return True
        return False

    return sum(placed(place, set()) for place in range(len(hits)))


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence (the textbook table)."""
    row = [0] * (len(second) + 1)
    for one in first:
        above = row
        row = [0]
        for place, other in enumerate(second, start=1):
            row.append(above[place - 1] + 1 if one == other else max(above[place], row[-1]))
    return row[-1]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold().split())
