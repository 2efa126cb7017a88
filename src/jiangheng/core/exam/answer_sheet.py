"""A written answer sheet typed by a clerk: the questions as they are numbered on paper, and what a cell may say.

Serves K13. Questions are numbered through by the kinds of the blueprint, as the printed paper and its answer sheet
number them. Options stand on paper in the author's order, so a letter on the sheet is the author's key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from jiangheng.core.exam.asked import MOST_NUMBER, MOST_TEXT
from jiangheng.core.exam.blueprint import Blueprint
from jiangheng.core.exam.items import KINDS, Area, Item, units
from jiangheng.core.exam.rich_tree import UNSPEAKABLE

RIGHT, WRONG = "√", "×"
SEPARATOR = "；"
FINEST = Decimal("0.5")
"""Markers give halves of marks, as on the practical sheets."""

_TRUE = frozenset({"A", "√", "✓", "对", "正确", "是", "T", "TRUE"})
_FALSE = frozenset({"B", "×", "✗", "X", "错", "错误", "否", "F", "FALSE"})
_GAPS = re.compile(r"[\s,，、;；.·/-]+")
_PAIR = re.compile(r"([A-Z])([1-9])")


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the sheet: its number there ("81", or "81(2)" for a part), what is asked, what it is worth."""

    label: str
    unit: Item
    worth: Decimal

    @property
    def open(self) -> bool:
        """Whether persons mark it: the cell then holds a mark, not an answer."""
        return not KINDS[self.unit.kind].machine

    @property
    def shape(self) -> tuple[str, str, Decimal]:
        """What has to be the same for two papers to fit one table of answers."""
        return self.label, self.unit.kind, self.worth


def lines(items: Sequence[Item], blueprint: Blueprint) -> tuple[Line, ...]:
    """The questions of a paper in the order of its answer sheet."""
    found: list[Line] = []
    number = 0
    for row in blueprint.kinds:
        for item in (each for each in items if each.kind == row.kind):
            number += 1
            for place, unit in enumerate(units(item), start=1):
                part = unit is not item
                label = f"{number}({place})" if part else str(number)
                found.append(Line(label, unit, row.marks * unit.share / 100 if part else row.marks))
    return tuple(found)


def plain(text: str) -> str:
    """A cell as people fill it, made plain: full-width letters and digits, spaces, control characters."""
    return " ".join(UNSPEAKABLE.sub("", unicodedata.normalize("NFKC", text)).split())


def read(line: Line, text: str) -> str:
    """What the cell says, in the one form in which two clerks' cells are compared; "" for nothing.

    Raises ValueError with what is wrong and how to mend it. What a candidate wrote wrongly is no error: two letters at
    a single choice are entered as they stand and earn nothing.
    """
    said = plain(text)
    if not said or (said in ("-", "—", "/") and not line.open):
        return ""
    if len(said) > MOST_TEXT * 10:
        raise ValueError(f"写了 {len(said)} 字，过长。请只录入答题卡上的作答")
    return _READERS["open" if line.open else KINDS[line.unit.kind].answered](line, said)


def tokens(line: Line, said: str) -> tuple[str, ...]:
    """What a cell that was read comes to as an answer: keys, texts of blanks, a number, pairs, an order, points.

    A place on a picture cannot be measured on paper. The clerks say by eye whether every mark lies where it should:
    then the answer is one point in each right area, and else a token that is no point.
    """
    how = KINDS[line.unit.kind].answered
    if not said or line.open:
        return ()
    if how == "texts":
        return tuple(said.split(SEPARATOR))
    if how == "number":
        return (said,)
    if how == "pairs":
        return tuple(said.split())
    if how == "points":
        areas = [area for area in line.unit.areas if area.key in line.unit.answer]
        return tuple(_within(area) for area in areas) if said == RIGHT else (WRONG,)
    return tuple(said)


def given(sheet: Sequence[Line], cells: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], dict[str, Decimal]]:
    """A sheet's cells, read and by label, as answers by code and as marks of persons by code."""
    answers = {line.unit.code: said for line in sheet if (said := tokens(line, cells.get(line.label, "")))}
    marks = {line.unit.code: Decimal(cells[line.label]) for line in sheet if line.open and cells.get(line.label)}
    return answers, marks


def _keys(line: Line, said: str) -> str:
    found = _GAPS.sub("", said).upper()
    if line.unit.kind == "judgement":
        found = "A" if found in _TRUE else "B" if found in _FALSE else found
    return "".join(sorted(_letters(line, found)))


def _order(line: Line, said: str) -> str:
    return "".join(_letters(line, re.sub(r"[>→]+", "", _GAPS.sub("", said)).upper()))


def _letters(line: Line, found: str) -> str:
    strangers = "".join(dict.fromkeys(key for key in found if key not in line.unit.keys))
    if strangers:
        raise ValueError(f"没有选项“{strangers}”。本题的选项是 {''.join(line.unit.keys)}，请核对答题卡")
    if len(set(found)) != len(found):
        raise ValueError(f"“{found}”中有重复的字母。请核对后重录")
    return found


def _texts(line: Line, said: str) -> str:
    blanks = [plain(part) for part in re.split(r"[;；]", said)]
    wanted = len(line.unit.answer)
    if len(blanks) > wanted:
        raise ValueError(f"有 {len(blanks)} 个答案，本题只有 {wanted} 个空。各空之间用一个分号隔开，请核对")
    if any(len(part) > MOST_TEXT for part in blanks):
        raise ValueError(f"一个空最多 {MOST_TEXT} 字。请核对")
    filled = [*blanks, *[""] * (wanted - len(blanks))]
    return SEPARATOR.join(filled) if any(filled) else ""


def _number(line: Line, said: str) -> str:
    if len(said) > MOST_NUMBER:
        raise ValueError(f"数值最多 {MOST_NUMBER} 个字符。请核对")
    return said


def _pairs(line: Line, said: str) -> str:
    bare = _GAPS.sub("", said).upper()
    pairs = [one + other for one, other in _PAIR.findall(bare)]
    if "".join(pairs) != bare:
        raise ValueError(f"看不懂“{said}”。请写成 A2 B1 这样的形式")
    strangers = [pair for pair in pairs if pair[0] not in line.unit.keys or pair[1] not in line.unit.target_keys]
    if strangers:
        raise ValueError(f"没有“{'、'.join(strangers)}”这样的配对。请核对左栏字母和右栏数字")
    return " ".join(sorted(set(pairs)))


def _points(line: Line, said: str) -> str:
    if said.upper() in _TRUE:
        return RIGHT
    if said.upper() in _FALSE:
        return WRONG
    raise ValueError(f"看不懂“{said}”。请对照题图，所标位置全对填“{RIGHT}”，否则填“{WRONG}”")


def _mark(line: Line, said: str) -> str:
    try:
        found = Decimal(said.removesuffix("分").strip())
    except InvalidOperation:
        raise ValueError(f"“{said}”不是分数。本题由阅卷人评分，请填 0 至 {_short(line.worth)} 的数") from None
    if not found.is_finite() or not 0 <= found <= line.worth:
        raise ValueError(f"评分 {said} 超出范围。请填 0 至 {_short(line.worth)} 的数")
    if found % FINEST:
        raise ValueError(f"评分 {said} 不是 {FINEST} 的倍数。请改正")
    return _short(found)


_READERS: Mapping[str, Callable[[Line, str], str]] = {
    "keys": _keys,
    "order": _order,
    "texts": _texts,
    "number": _number,
    "pairs": _pairs,
    "points": _points,
    "open": _mark,
}


def _short(mark: Decimal) -> str:
    return f"{mark.normalize():f}"


def _within(area: Area) -> str:
    """A point of an area: the centre, or a corner of an outline, which counts as inside."""
    if area.shape == "rect":
        left, top, right, bottom = area.coords
        return f"{(left + right) // 2},{(top + bottom) // 2}"
    return f"{area.coords[0]},{area.coords[1]}"
