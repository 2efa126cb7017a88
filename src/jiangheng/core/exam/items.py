"""Items of the question bank: the twelve kinds, what a well-formed item is, and what a candidate may see of it.

Serves K7-K9 (banks) and K13 (examination on the computer). The kinds are data: a new kind is a row in `item_kinds`, a
check in `item_checks` and, when a machine marks it, a rule in `marking`. Stems, options, targets, explanations,
references and rubric lines are rich texts (`rich`); the tokens of `answer` are plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from jiangheng.core.exam import item_checks
from jiangheng.core.exam.item_kinds import BLANK, DIFFICULTY, IMPORTANCE, KINDS, LETTERS, Answered, Kind, Option, blanks

__all__ = [
    "BLANK",
    "DIFFICULTY",
    "IMPORTANCE",
    "KINDS",
    "LETTERS",
    "Answered",
    "Area",
    "Item",
    "Kind",
    "Option",
    "RubricLine",
    "blanks",
    "check_item",
    "face",
    "marked_by_machine",
    "mixed",
    "options_may_move",
    "units",
]


@dataclass(frozen=True, slots=True)
class Area:
    """A place on the picture of a hotspot item, in pixels from its upper left corner.

    `shape` is rect (left, top, right, bottom), circle (x, y, radius) or poly (x, y of each corner in turn).
    """

    key: str
    shape: str
    coords: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RubricLine:
    """One line a marker goes by: what must be there, and its share of the item's marks in percent."""

    text: str
    share: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `answer` holds its right tokens; `point` and `range_code` are its place in the element table.

    answer, by kind: choice kinds the right option keys, sorted; fill one token for each blank in order, accepted
    texts separated by "|"; numeric one decimal number; matching left key with right key ("A2"), sorted; ordering
    the keys in their right order; hotspot the keys of the right areas, sorted; calculation nothing or its final
    number; short, essay and case nothing.

    targets: the right-hand column of a matching item, keys "1", "2" and on. tolerance: "0.5" (absolute), "2%" (of
    the right number) or "" (exact). picture: SHA-256 of the picture, in hex. parts: of a case, with codes
    "<code>.1", "<code>.2"; `share` is a part's percent of the case. enemies: codes that may not stand on one paper
    with this item. seconds: the time an item is expected to take, 0 when nobody said.
    """

    code: str
    kind: str
    stem: str
    options: tuple[Option, ...] = ()
    answer: tuple[str, ...] = ()
    point: str = ""
    range_code: str = ""
    difficulty: int = 3
    importance: str = "X"
    explanation: str = ""
    targets: tuple[Option, ...] = ()
    tolerance: str = ""
    unit: str = ""
    picture: str = ""
    areas: tuple[Area, ...] = ()
    reference: str = ""
    rubric: tuple[RubricLine, ...] = ()
    parts: tuple[Item, ...] = ()
    share: int = 0
    enemies: tuple[str, ...] = ()
    source: str = ""
    seconds: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """The option keys in the author's order."""
        return tuple(option.key for option in self.options)

    @property
    def target_keys(self) -> tuple[str, ...]:
        """The keys of the right-hand column in the author's order."""
        return tuple(target.key for target in self.targets)


def check_item(item: Item, *, allow_all_right: bool = False) -> list[str]:
    """Everything that is wrong with an item, each as a sentence that says how to mend it; empty when it is sound.

    `allow_all_right` admits multiple-choice items whose options are all right. They are refused by default,
    because on them ticking everything earns the marks.
    """
    problems = item_checks.problems_of(item, allow_all_right=allow_all_right)
    return [f"试题 {item.code or '（无编号）'}：{problem}" for problem in problems]


def units(item: Item) -> tuple[Item, ...]:
    """What is answered and marked on its own: the parts of a case, any other item itself."""
    return item.parts if item.kind == "case" else (item,)


def marked_by_machine(item: Item) -> bool:
    """Whether a machine can mark the whole item: never an open kind, a case when all its parts are so marked."""
    return all(unit.kind in KINDS and KINDS[unit.kind].machine for unit in units(item))


def face(
    item: Item,
    *,
    public_id: str | None = None,
    option_order: Sequence[str] | None = None,
    target_order: Sequence[str] | None = None,
) -> dict[str, object]:
    """What a candidate may see: id, kind, stem, options with keys, and what the kind needs for an answer.

    That is `blanks` (how many) of a fill, `unit` of a numeric, `targets` of a matching, `picture` of a hotspot and
    `parts` (faces with the ids "<id>.1" …) of a case. An allow-list, so that a field added to `Item` later stays
    hidden until somebody decides otherwise. `public_id` replaces the item code where the code would tell its
    assessment point; the orders are the layout's. Raises ValueError when an order is not a permutation of the keys.
    """
    shown_id = item.code if public_id is None else public_id
    shown: dict[str, object] = {
        "id": shown_id,
        "kind": item.kind,
        "stem": item.stem,
        "options": _in_order(item.options, option_order, code=item.code),
    }
    if item.kind == "fill":
        shown["blanks"] = blanks(item.stem)
    elif item.kind == "numeric":
        shown["unit"] = item.unit
    elif item.kind == "matching":
        shown["targets"] = _in_order(item.targets, target_order, code=item.code)
    elif item.kind == "hotspot":
        shown["picture"] = item.picture
    elif item.kind == "case":
        shown["parts"] = [
            face(part, public_id=f"{shown_id}.{number}") for number, part in enumerate(item.parts, start=1)
        ]
    return shown


def _in_order(options: Sequence[Option], order: Sequence[str] | None, *, code: str) -> list[dict[str, str]]:
    texts = {option.key: option.text for option in options}
    keys = tuple(option.key for option in options)
    wanted = keys if order is None else tuple(order)
    if sorted(wanted) != sorted(keys):
        raise ValueError(f"试题 {code}：选项顺序 {''.join(wanted)} 与 {''.join(keys)} 不符，请重新生成版面")
    return [{"key": key, "text": texts[key]} for key in wanted]


_SPEAKS_OF_OTHERS = re.compile(r"(以上|上述|前述)|[A-H]\s*(和|与|、|或|,|，)\s*[A-H]|(都|均|全)(不?(对|是|正确)|错)")


class _Worded(Protocol):
    @property
    def text(self) -> str: ...


class _Shown(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Sequence[_Worded]: ...


def options_may_move(item: _Shown) -> bool:
    """Whether the options may be shuffled: not on fixed kinds, nor when one speaks of the others ("以上都对").

    Steps to be ordered and the two columns of a matching item always may. Needs no more of an item than its face
    shows, so the hall can ask it too.
    """
    kind = KINDS.get(item.kind)
    if kind is None or not kind.movable:
        return False
    if kind.answered != "keys":
        return True
    return not any(_SPEAKS_OF_OTHERS.search(option.text) for option in item.options)


def mixed(item: Item) -> Item:
    """The item with the order of its targets or steps telling nothing; any other item as it is.

    A matching item whose n-th target belongs to its n-th option, and an ordering whose steps stand in their right
    order, give the answer away by their keys; `check_item` refuses them. For readers of formats that keep pairs or
    steps in the right order: targets or steps are dealt anew by the digests of their texts, the same for ever.
    """
    if item.kind == "matching" and item_checks.tells_by_order(item):
        dealt = _dealt(item.targets)
        place = {target.key: str(number) for number, target in enumerate(dealt, start=1)}
        targets = tuple(Option(str(number), target.text) for number, target in enumerate(dealt, start=1))
        answer = tuple(sorted(token[:1] + place.get(token[1:], token[1:]) for token in item.answer))
        return replace(item, targets=targets, answer=answer)
    if item.kind == "ordering" and item_checks.tells_by_order(item):
        dealt = _dealt(item.options)
        letter = {option.key: LETTERS[place] for place, option in enumerate(dealt)}
        options = tuple(Option(LETTERS[place], option.text) for place, option in enumerate(dealt))
        return replace(item, options=options, answer=tuple(letter[key] for key in item.answer))
    return item


def _dealt(options: Sequence[Option]) -> list[Option]:
    dealt = sorted(options, key=lambda option: sha256(option.text.encode()).digest())
    return dealt if dealt != list(options) else [*dealt[1:], *dealt[:1]]
