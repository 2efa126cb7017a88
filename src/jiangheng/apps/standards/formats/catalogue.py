"""The catalogue of occupations as a spreadsheet: one row an occupation, read whole or not at all (clause K1)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from xlsxwriter import Workbook

from jiangheng.core.law.levels import NATIONAL
from jiangheng.core.law.occupations import Fault, Occupation
from jiangheng.kernel.spreadsheet import NotAWorkbook, sound_workbook

COLUMNS = (
    "职业编码", "职业名称", "工种/职业方向", "等级", "数字职业", "绿色职业", "准入类", "生效日期", "失效日期", "备注",
)  # fmt: skip
MOST_ROWS = 5_000
_LEVELS = {step.face.split("/")[0]: step.code for step in NATIONAL}
_NAMES = {code: name for name, code in _LEVELS.items()}
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, ParseError)
_SEPARATORS = str.maketrans({"，": "、", ",": "、", ";": "、", "；": "、", "\n": "、"})

Numbered = list[tuple[int, Occupation]]


def read_catalogue(data: bytes) -> tuple[Numbered, tuple[Fault, ...]]:
    """The rows with their numbers in the sheet, and what could not be read; NotAWorkbook when it is no catalogue."""
    sound = sound_workbook(data, most_rows=MOST_ROWS)
    try:
        grid = list(load_workbook(io.BytesIO(sound), data_only=True, keep_links=False).worksheets[0].values)
    except _BROKEN as broken:
        raise NotAWorkbook(_("工作簿的内容无法读取。"), _("请用 Excel 或 WPS 另存为 .xlsx 后重新上传。")) from broken
    header = next((place for place, row in enumerate(grid[:20]) if _text(row[0] if row else "") == COLUMNS[0]), None)
    if header is None or tuple(_text(cell) for cell in grid[header][: len(COLUMNS)]) != COLUMNS:
        wanted = "、".join(COLUMNS)
        raise NotAWorkbook(
            _("没有找到目录的表头。"), _("请下载模板填写，第一行依次为：{wanted}。").format(wanted=wanted)
        )
    rows: Numbered = []
    wrong: list[Fault] = []
    for number, cells in enumerate(grid[header + 1 :], start=header + 2):
        if not any(_text(cell) for cell in cells):
            continue
        try:
            rows.append((number, _occupation(number, [*cells, *[None] * len(COLUMNS)][: len(COLUMNS)])))
        except _Wrong as found:
            wrong.append(found.fault)
    return rows, tuple(wrong)


class _Wrong(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def _occupation(number: int, cells: Sequence[Any]) -> Occupation:
    code, name, directions, levels, digital, green, controlled, start, end, note = cells
    return Occupation(
        code=_text(code),
        name=_text(name),
        directions=_names(directions),
        levels=_level_codes(number, levels),
        digital=_flag(number, COLUMNS[4], digital),
        green=_flag(number, COLUMNS[5], green),
        entry_controlled=_flag(number, COLUMNS[6], controlled),
        valid_from=_day(number, COLUMNS[7], start),
        valid_to=_day(number, COLUMNS[8], end),
        note=_text(note),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _names(value: Any) -> tuple[str, ...]:
    return tuple(name.strip() for name in _text(value).translate(_SEPARATORS).split("、") if name.strip())


def _level_codes(number: int, value: Any) -> tuple[str, ...]:
    names = _names(value)
    for name in names:
        if name not in _LEVELS:
            raise _Wrong(Fault(number, COLUMNS[3], f"等级“{name}”不认识", f"填写{'、'.join(_LEVELS)}，用顿号隔开"))
    return tuple(step.code for step in NATIONAL if _NAMES[step.code] in names)


def _flag(number: int, column: str, value: Any) -> bool:
    told = _text(value)
    if told not in ("", "是", "否"):
        raise _Wrong(Fault(number, column, f"“{told}”不是“是”或“否”", "填写“是”，或留空"))
    return told == "是"


def _day(number: int, column: str, value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    told = _text(value).replace("/", "-")
    if not told:
        return None
    try:
        return dt.date.fromisoformat(told)
    except ValueError:
        raise _Wrong(Fault(number, column, f"日期“{told}”不认识", "按 2022-09-27 的样子填写")) from None


def write_catalogue(rows: Iterable[Occupation], *, title: str) -> bytes:
    """A workbook in the form that `read_catalogue` reads; without rows it is the template."""
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "bottom": 1})
        plain = book.add_format({"num_format": "@"})
        sheet.write_row(0, 0, COLUMNS, head)
        sheet.set_column(0, 1, 18, plain)
        sheet.set_column(2, 3, 30, plain)
        sheet.set_column(4, 9, 12, plain)
        sheet.freeze_panes(1, 2)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, _cells(row), plain)
    return target.getvalue()


def _cells(row: Occupation) -> list[str]:
    yes = {True: "是", False: ""}
    days = [day.isoformat() if day else "" for day in (row.valid_from, row.valid_to)]
    levels = "、".join(_NAMES[code] for code in row.levels)
    marks = [yes[row.digital], yes[row.green], yes[row.entry_controlled]]
    return [row.code, row.name, "、".join(row.directions), levels, *marks, *days, row.note]
