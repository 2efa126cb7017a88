"""The twelve kinds of items (题型), as data; one row says all that the kinds have different.

Serves K7-K9 (banks) and K13 (examination on the computer). Everyone takes these names from `items`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LETTERS = "ABCDEFGH"
IMPORTANCE = {"X": "核心", "Y": "一般", "Z": "辅助"}
DIFFICULTY = range(1, 6)
BLANK = "____"

Answered = Literal["keys", "texts", "number", "pairs", "order", "points", "open", "parts"]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. The key is the author's and never changes; where it stands on a screen is the layout's business."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What the items of one kind (题型) have in common. `spare` is how many options must be wrong at least.

    `answered` names what a candidate gives: keys, texts (one per blank), number, pairs (left key with right key),
    order, points ("x,y" in pixels), open (one text) or parts (each part on its own). `machine` tells whether a
    machine marks it; of a case only its parts can say that, see `marked_by_machine`.
    """

    code: str
    name: str
    least_options: int
    most_options: int
    least_keys: int
    most_keys: int
    spare: int = 1
    options: tuple[Option, ...] = ()
    movable: bool = True
    answered: Answered = "keys"
    machine: bool = True


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("single", "单选题", 3, 8, 1, 1),
        Kind("multiple", "多选题", 3, 8, 2, 8),
        Kind("judgement", "判断题", 2, 2, 1, 1, options=(Option("A", "正确"), Option("B", "错误")), movable=False),
        Kind("fill", "填空题", 0, 0, 1, 10, spare=0, movable=False, answered="texts"),
        Kind("numeric", "数值题", 0, 0, 1, 1, spare=0, movable=False, answered="number"),
        Kind("matching", "连线题", 2, 8, 2, 8, spare=0, answered="pairs"),
        Kind("ordering", "排序题", 3, 8, 3, 8, spare=0, answered="order"),
        Kind("hotspot", "识图题", 0, 0, 1, 26, spare=0, movable=False, answered="points"),
        Kind("short", "简答题", 0, 0, 0, 0, spare=0, movable=False, answered="open", machine=False),
        Kind("calculation", "计算题", 0, 0, 0, 1, spare=0, movable=False, answered="open", machine=False),
        Kind("case", "案例分析题", 0, 0, 0, 0, spare=0, movable=False, answered="parts"),
        Kind("essay", "论述题", 0, 0, 0, 0, spare=0, movable=False, answered="open", machine=False),
    )
}


def blanks(stem: str) -> int:
    """How many blanks a rich stem has: runs of exactly four underscores in its text, attributes left aside."""
    return sum(len(run) == len(BLANK) for run in underscores(stem))


def underscores(stem: str) -> list[str]:
    """The runs of underscores in the text of a rich stem."""
    return re.findall(r"_+", re.sub(r"<[^<>]*>", " ", stem))
