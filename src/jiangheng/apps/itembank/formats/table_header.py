"""The header of an element table on a sheet: one to three rows, wherever it stands, however worded (K7, P2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiangheng.apps.itembank.formats.workbook_sheets import Sheet
from jiangheng.apps.itembank.formats.workbook_values import Cell

HEADER_WITHIN = 30
DEEPEST_HEADER = 3
LEVELS = (1, 2, 3)
POINT = 0
"""The place of a point's columns among the levels."""
ASIDE = frozenset({"示例", "填写说明"})
"""Sheets of our own template that hold no table."""

Key = tuple[int, str]
"""A column: the level of the range it is about (0: the point) and what it says of it."""

TITLES: Mapping[Key, str] = {
    **{
        (level, name): f"{word}级{title}"
        for level, word in zip(LEVELS, "一二三", strict=True)
        for name, title in (("code", "代码"), ("name", "名称"), ("weight", "权重"))
    },
    (POINT, "code"): "鉴定点代码",
    (POINT, "name"): "鉴定点名称",
    (POINT, "importance"): "重要程度",
}
"""The columns as our own files name them, in their order."""
NEEDED: tuple[Key, ...] = ((1, "code"), (1, "name"), (POINT, "code"), (POINT, "name"), (POINT, "importance"))

_LEVEL_WORDS = {level: re.compile(f"第?[{word}]级") for level, word in zip(LEVELS, ("一1", "二2", "三3"), strict=True)}
_POINT_WORDS = re.compile(r"[鉴认]定点|考[核试]?点|知识点")
_FIELD_WORDS = (
    ("weight", re.compile(r"权重|比重|占比|比例")),
    ("importance", re.compile(r"重要(程度|性)")),
    ("code", re.compile(r"代码|编码|编号|代号")),
    ("name", re.compile(r"名称|内容")),
)
_BARE = re.compile(r"(鉴定范围)?第?[一二三123]级(鉴定)?(范围)?|[鉴认]定点|考[核试]?点|知识点")


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet with its header found. `columns` leads from a key to its column from 1, `strange` from a column that is
    not used to its title; `last` is the last row of the header."""

    sheet: Sheet
    last: int
    columns: Mapping[Key, int]
    strange: Mapping[int, str]


def layout_of(sheet: Sheet) -> Layout | None:
    """The best header among the first rows, the shortest of equals; None when the sheet is no element table."""
    if sheet.name in ASIDE or not sheet.rows:
        return None
    lines = [(number, cells) for number, cells in sheet.rows if number < sheet.rows[0][0] + HEADER_WITHIN]
    best: Layout | None = None
    for depth in range(1, DEEPEST_HEADER + 1):
        for at in range(len(lines) - depth + 1):
            part = lines[at : at + depth]
            columns, strange = _matched([cells for _number, cells in part])
            about_both = any(level for level, _name in columns) and any(not level for level, _name in columns)
            if about_both and (best is None or len(columns) > len(best.columns)):
                best = Layout(sheet, part[-1][0], columns, strange)
    return best


def missing(layout: Layout) -> list[str]:
    """The titles of the columns a table cannot do without."""
    return [TITLES[key] for key in NEEDED if key not in layout.columns]


def _matched(lines: Sequence[Mapping[int, Cell]]) -> tuple[dict[Key, int], dict[int, str]]:
    columns: dict[Key, int] = {}
    strange: dict[int, str] = {}
    above = [_spread(line) for line in lines[:-1]]
    for at in sorted({at for line in lines for at in line}):
        own = next((text for line in reversed(lines) if at in line and (text := _plain(line[at]))), "")
        groups = [text for line in reversed(above) if (text := line.get(at, "")) and text != own]
        key = _key(own, groups) if own else None
        if key is not None and key in TITLES and key not in columns:
            columns[key] = at
        elif own:
            strange[at] = own[:40]
    return columns, strange


def _spread(line: Mapping[int, Cell]) -> dict[int, str]:
    """A row of group headings: each holds for the columns to its right until the next one."""
    found: dict[int, str] = {}
    text = ""
    for at in range(min(line), max(line) + 120):
        text = (_plain(line[at]) if at in line else "") or text
        found[at] = text
    return found


def _plain(cell: Cell) -> str:
    return re.sub(r"[\s*＊]+", "", cell.text)


def _key(own: str, groups: Sequence[str]) -> Key | None:
    """What a column is about: its field by its own title, its level by that or else by the headings above it."""
    field = next((name for name, words in _FIELD_WORDS if words.search(own)), "")
    if not field and _BARE.fullmatch(own):
        field = "name"
    if field == "importance":
        return POINT, field
    for text in (own, *groups):
        if _POINT_WORDS.search(text):
            return POINT, field
        level = next((level for level, words in _LEVEL_WORDS.items() if words.search(text)), None)
        if level is not None:
            return level, field
    return None
