"""A bank workbook handed back: the same file with what is wrong marked red and said in a column (clause K7)."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from jiangheng.apps.itembank.formats.found import Found, NotABank
from jiangheng.apps.itembank.formats.workbook import Table, drafts, layout, place
from jiangheng.apps.itembank.formats.workbook_columns import REMEDY, RESULT
from jiangheng.apps.itembank.formats.workbook_rows import sentence
from jiangheng.apps.itembank.formats.workbook_sheets import sound

_RED = PatternFill("solid", fgColor="F4B6AE")
_AMBER = PatternFill("solid", fgColor="FBE3A6")
_GREEN = PatternFill("solid", fgColor="DCEBDD")
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, ParseError)

_Marks = Mapping[str, Sequence[str]]
_Styles = dict[tuple[str, bool], Any]


def marked(data: bytes, found: Sequence[Found]) -> bytes:
    """The person's own workbook with each bad cell filled and commented, and two columns of results at the end.

    `found` is what `workbook.read` gave for the same bytes, perhaps with more problems or losses from a later check
    (look-alikes): they go by `place`. Formulas come back as their last values. Columns of an earlier marking are used
    again, so a workbook that goes round twice does not grow. Raises :class:`NotABank` as `read` does.
    """
    safe = sound(data)
    tables = layout(safe)
    several = len(tables) > 1
    by_place = {one.place: one for one in found}
    book = _opened(safe)
    styles: _Styles = {}
    places: dict[str, tuple[int, int]] = {}
    for table, one in drafts(tables, media={}):
        sheet = book[table.sheet.name]
        if table.sheet.name not in places:
            places[table.sheet.name] = _result_columns(sheet, table)
        cells: dict[tuple[int, str], list[str]] = defaultdict(list)
        for row, key, problem in one.marks:
            cells[row, key].append(problem)
        told = by_place.get(place(table.sheet.name if several else "", one.rows))
        problems = told.problems if told else tuple(sentence(key, problem) for _row, key, problem in one.marks)
        for row in one.rows:
            _clear(sheet, row, table)
        for (row, key), texts in cells.items():
            for at in table.columns.get(key, ())[:1]:
                _mark_cell(sheet.cell(row, at), texts)
        _mark_row(sheet, one.rows[0], places[table.sheet.name], problems, told.losses if told else (), styles)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _opened(data: bytes) -> Any:
    try:
        return load_workbook(io.BytesIO(data), data_only=True, keep_links=False, rich_text=True)
    except _BROKEN as broken:
        raise NotABank(
            _("工作簿的内容无法读取。"), _("请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。")
        ) from broken


def _result_columns(sheet: Any, table: Table) -> tuple[int, int]:
    header = {str(cell.value): cell.column for cell in sheet[table.header] if cell.value is not None}
    used = max([at for _number, cells in table.sheet.rows for at in cells])
    at = header.get(RESULT, used + 1)
    like = sheet.cell(table.header, min(places[0] for places in table.columns.values()))
    for column, title, width in ((at, RESULT, 14), (at + 1, REMEDY, 70)):
        cell = sheet.cell(table.header, column)
        if not isinstance(cell, MergedCell):
            cell.value = title
            cell._style = copy(like._style)
        sheet.column_dimensions[get_column_letter(column)].width = width
    return at, at + 1


def _clear(sheet: Any, row: int, table: Table) -> None:
    """Take away the marks of an earlier round; the person's own colours and comments stay."""
    for places in table.columns.values():
        cell = sheet.cell(row, places[0])
        if cell.comment is not None and cell.comment.author == RESULT:
            cell.comment = None
            cell.fill = PatternFill()


def _mark_cell(cell: Any, texts: Sequence[str]) -> None:
    if not isinstance(cell, MergedCell):
        cell.fill = _RED
        cell.comment = Comment("\n".join(texts), RESULT, height=110, width=320)


def _mark_row(
    sheet: Any, row: int, places: tuple[int, int], problems: Sequence[str], losses: Sequence[str], styles: _Styles
) -> None:
    word = _("× 不能导入") if problems else _("△ 可导入，请核对") if losses else _("√ 可导入")
    fill = _RED if problems else _AMBER if losses else _GREEN
    for at, text in zip(places, (word, "\n".join((*problems, *losses))), strict=True):
        cell = sheet.cell(row, at)
        if isinstance(cell, MergedCell):
            continue
        # Text stays text even if it quotes a cell that began with an equals sign.
        cell.value = text or None
        if text:
            cell.data_type = "s"
        _paint(cell, fill, at == places[0], styles)


def _paint(cell: Any, fill: PatternFill, bold: bool, styles: _Styles) -> None:
    """A style is costly to make and cheap to copy; a bank has twenty thousand rows and six of them."""
    key = (str(fill.fgColor.rgb), bold)
    if key not in styles:
        cell.fill, cell.font = fill, Font(bold=bold)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        styles[key] = copy(cell._style)
    cell._style = copy(styles[key])
