"""The roster workbook read: safety first, then the header wherever it stands, then each row made plain (clause K10)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from jiangheng.apps.batches.formats.cells import plain_value, text_of
from jiangheng.apps.batches.formats.columns import BY_KEY, COLUMNS, REMEDY, RESULT, column_of
from jiangheng.kernel.spreadsheet import MOST_COLUMNS, NotAWorkbook, sound_workbook

MOST_ROWS = 5_000
HEADER_WITHIN = 30
LAST_ROW = MOST_ROWS + HEADER_WITHIN + 20

# What openpyxl raises over a file whose parts contradict one another.
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, ParseError)

_FOOTER = re.compile(
    r"(合计|总计|共计|小计|填表|制表|审核|经办|负责人|联系人|说明|备注|注[:：1-9]|单位[(（]?(盖章|公章)|日期[:：])"
)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One candidate's row. ``number`` is the sheet's own row number; ``values`` and ``raw`` go by column key."""

    number: int
    values: Mapping[str, str]
    raw: Mapping[str, object]

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass(frozen=True, slots=True)
class Roster:
    """A sheet understood. ``columns`` maps column keys to positions from 0; ``unknown`` are headers nobody knows."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    rows: tuple[RosterRow, ...]


def read_roster(data: bytes) -> Roster:
    """The first visible sheet that has a roster's header. Raises :class:`NotAWorkbook` with what to do."""
    sound = sound_workbook(data, most_rows=LAST_ROW)
    for name, grid in _sheets(sound):
        found = _header(grid)
        if found is not None:
            header_row, depth, columns, unknown = found
            return Roster(name, header_row, columns, unknown, _rows(grid, header_row + depth - 1, columns))
    needed = _("、").join(column.title for column in COLUMNS if column.required)
    raise NotAWorkbook(
        _("没有找到名单的表头：前 %(rows)d 行里没有同时写有“姓名”和“证件号码”的一行。") % {"rows": HEADER_WITHIN},
        _("请下载模板填写，或把表头改成模板的列名（至少要有：%(needed)s）。") % {"needed": needed},
    )


def _sheets(data: bytes) -> Iterator[tuple[str, Sequence[Sequence[object]]]]:
    for sheet in opened(data, read_only=True).worksheets:
        if sheet.sheet_state == "visible":
            # What the sheet says of its own size is a claim; the gate has bounded what is really there.
            sheet.reset_dimensions()
            lines = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS, values_only=True)
            yield sheet.title, _whole(lines)


def _whole(lines: Iterable[Sequence[object]]) -> list[Sequence[object]]:
    try:
        return list(lines)
    except _BROKEN as broken:
        raise _unreadable() from broken


def opened(data: bytes, *, read_only: bool = False) -> Any:
    """A workbook that has passed the gate, formulas as their last values; refused if it makes no sense inside.

    A reader in native code would be faster, but a crafted count in a file ends its process, not its call.
    """
    try:
        return load_workbook(io.BytesIO(data), data_only=True, keep_links=False, read_only=read_only)
    except _BROKEN as broken:
        raise _unreadable() from broken


def _unreadable() -> NotAWorkbook:
    return NotAWorkbook(_("工作簿的内容无法读取。"), _("请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。"))


def _header(grid: Sequence[Sequence[object]]) -> tuple[int, int, dict[str, int], tuple[str, ...]] | None:
    """Row number from 1, how many rows it takes, columns, unknown headers; ``None`` when there is no header."""
    best: tuple[int, int, dict[str, int], tuple[str, ...]] | None = None
    # One row first: a second header row must earn its place, or the first candidate would be taken for one.
    for depth in (1, 2):
        for place in range(min(HEADER_WITHIN, len(grid)) - depth + 1):
            lines = grid[place : place + depth]
            if depth == 2 and any(len(_match([line])[0]) < 2 for line in lines):
                continue
            columns, unknown = _match(lines)
            fits = {"name", "document_number"} <= columns.keys()
            if fits and (best is None or len(columns) > len(best[2])):
                best = (place + 1, depth, columns, unknown)
    return best


def _match(lines: Sequence[Sequence[object]]) -> tuple[dict[str, int], tuple[str, ...]]:
    columns: dict[str, int] = {}
    unknown: list[str] = []
    for place in range(max(len(line) for line in lines)):
        texts = [text_of(line[place]) for line in reversed(lines) if place < len(line)]
        known = next((column for text in texts if text and (column := column_of(text))), None)
        if known is not None and known.key not in columns:
            columns[known.key] = place
        elif any(texts) and not {RESULT, REMEDY} & set(texts):
            unknown.append(next(text for text in texts if text))
    return columns, tuple(unknown)


def _rows(grid: Sequence[Sequence[object]], skip: int, columns: Mapping[str, int]) -> tuple[RosterRow, ...]:
    rows: list[RosterRow] = []
    for number, line in enumerate(grid[skip:], start=skip + 1):
        raw = {key: line[place] for key, place in columns.items() if place < len(line)}
        values = {key: plain_value(value, BY_KEY[key]) for key, value in raw.items()}
        if any(value for key, value in values.items() if key != "seq") and not _footer(line, values):
            rows.append(RosterRow(number, values, raw))
    if len(rows) > MOST_ROWS:
        raise NotAWorkbook(
            _("名单有 %(rows)d 人，超过每个文件 %(most)d 人的上限。") % {"rows": len(rows), "most": MOST_ROWS},
            _("请分成几个文件上传。"),
        )
    return tuple(rows)


def _footer(line: Sequence[object], values: Mapping[str, str]) -> bool:
    """A line under the table (合计, 填表人, 备注): no number, and its first words say so."""
    first = next((text for cell in line if (text := text_of(cell))), "")
    return not values.get("document_number") and _FOOTER.match(first.replace(" ", "")) is not None
