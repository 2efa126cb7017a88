"""Workbooks handed out: the same roster with its problems marked, the template, a roster written (clause K10)."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from jiangheng.apps.batches.formats.columns import COLUMNS, REMEDY, RESULT, Column
from jiangheng.apps.batches.formats.findings import Finding
from jiangheng.apps.batches.formats.roster import LAST_ROW, MOST_ROWS, Roster, opened, read_roster
from jiangheng.kernel.spreadsheet import sound_workbook

_RED = PatternFill("solid", fgColor="F4B6AE")
_AMBER = PatternFill("solid", fgColor="FBE3A6")
_GREEN = PatternFill("solid", fgColor="DCEBDD")

# A style is costly to make and cheap to copy; a roster has five thousand rows and six of them.
_Styles = dict[tuple[str, bool], Any]


def marked_workbook(data: bytes, findings: Iterable[Finding]) -> bytes:
    """The person's own workbook with each bad cell filled and commented and two columns of results at the end.

    Formulas come back as their last values: what we hand out must not compute or fetch anything. Columns of an
    earlier marking are used again, so a workbook that goes round twice does not grow.
    """
    roster = read_roster(data)
    sound = sound_workbook(data, most_rows=LAST_ROW)
    book = opened(sound)
    sheet = book[roster.sheet]
    by_row: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_row[finding.row].append(finding)
    result, remedy = _result_columns(sheet, roster)
    styles: _Styles = {}
    for row in roster.rows:
        found = by_row[row.number]
        _clear(sheet, row.number, roster.columns)
        _mark_cells(sheet, roster.columns, found)
        _mark_row(sheet, row.number, (result, remedy), found, styles)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _result_columns(sheet: Any, roster: Roster) -> tuple[int, int]:
    header = [sheet.cell(roster.header_row, place + 1).value for place in range(sheet.max_column)]
    place = header.index(RESULT) + 1 if RESULT in header else _last_used(sheet, roster) + 1
    like = sheet.cell(roster.header_row, min(roster.columns.values()) + 1)
    for column, title, width in ((place, RESULT, 12), (place + 1, REMEDY, 70)):
        cell = sheet.cell(roster.header_row, column)
        if not isinstance(cell, MergedCell):
            cell.value = title
            cell._style = like._style
        sheet.column_dimensions[get_column_letter(column)].width = width
    return place, place + 1


def _last_used(sheet: Any, roster: Roster) -> int:
    filled = [cell.column for line in sheet.iter_rows() for cell in line if cell.value is not None]
    return max([*filled, *(place + 1 for place in roster.columns.values())])


def _clear(sheet: Any, row: int, columns: Mapping[str, int]) -> None:
    """Take away the marks of an earlier round; the person's own colours and comments stay."""
    for place in columns.values():
        cell = sheet.cell(row, place + 1)
        if cell.comment is not None and cell.comment.author == RESULT:
            cell.comment = None
            cell.fill = PatternFill()


def _mark_cells(sheet: Any, columns: Mapping[str, int], findings: Sequence[Finding]) -> None:
    by_column: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_column[finding.column].append(finding)
    for key, found in by_column.items():
        if key not in columns:
            continue
        cell = sheet.cell(found[0].row, columns[key] + 1)
        if isinstance(cell, MergedCell):
            continue
        cell.fill = _RED if any(finding.severity == "error" for finding in found) else _AMBER
        cell.comment = Comment("\n".join(_sentence(finding) for finding in found), RESULT, height=110, width=320)


def _mark_row(sheet: Any, row: int, places: tuple[int, int], findings: Sequence[Finding], styles: _Styles) -> None:
    barred = any(finding.severity == "error" for finding in findings)
    word = _("× 不能导入") if barred else _("△ 可导入，请核对") if findings else _("√ 可导入")
    fill = _RED if barred else _AMBER if findings else _GREEN
    remedy = "\n".join(f"【{finding.title}】{_sentence(finding)}" for finding in findings)
    for place, text in zip(places, (word, remedy), strict=True):
        cell = sheet.cell(row, place)
        if isinstance(cell, MergedCell):
            continue
        _write_text(cell, text)
        _paint(cell, fill, place == places[0], styles)


def _paint(cell: Any, fill: PatternFill, bold: bool, styles: _Styles) -> None:
    key = (str(fill.fgColor.rgb), bold)
    if key not in styles:
        cell.fill, cell.font = fill, Font(bold=bold)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        styles[key] = copy(cell._style)
    cell._style = copy(styles[key])


def _write_text(cell: Any, text: str) -> None:
    """Text stays text even if it quotes a cell that began with an equals sign."""
    cell.value = text or None
    if text:
        cell.data_type = "s"


def _sentence(finding: Finding) -> str:
    return f"{finding.problem}{finding.mend}"


def template_workbook() -> bytes:
    """The workbook to fill: lists to choose from, text columns where Excel would spoil numbers, and how to fill it."""
    made = io.BytesIO()
    _write(made, [], validations=True)
    return made.getvalue()


def write_roster(rows: Iterable[Mapping[str, str]], target: Path | BinaryIO) -> None:
    """Write rows (by column key; levels as codes or in words) as a roster in the template's own form."""
    _write(target, list(rows), validations=False)


def _write(target: Path | BinaryIO, rows: Sequence[Mapping[str, str]], *, validations: bool) -> None:
    # A formula or a link typed into a cell must stay the text it is.
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), safe) as book:
        book.set_properties({"title": "职业技能等级认定考生报名名单"})
        sheet = book.add_worksheet("名单")
        text = book.add_format({"num_format": "@", "valign": "vcenter"})
        head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        must = book.add_format({**head, "bg_color": "#D5E5DE"})
        may = book.add_format({**head, "bg_color": "#F1F4F0", "bold": False})
        title = book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"})
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, "职业技能等级认定考生报名名单", title)
        sheet.set_row(1, 32)
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, column.width, text)
            sheet.write_string(
                1, place, column.title + ("*" if column.required else ""), must if column.required else may
            )
        for line, row in enumerate(rows, start=2):
            for place, column in enumerate(COLUMNS):
                if value := _shown(column, row.get(column.key, "")):
                    sheet.write_string(line, place, value, text)
        sheet.freeze_panes(2, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 1)
        if validations:
            _lists(book, sheet)
        _guide(book)


def _shown(column: Column, value: str) -> str:
    faces = {face.partition("/")[0]: face for face in column.choices}
    codes = dict(zip("A54321TC", column.choices, strict=False)) if column.kind == "level" else {}
    return codes.get(value, faces.get(value, value) if column.kind == "level" else value)


def _lists(book: Any, sheet: Any) -> None:
    """Choice lists live on a hidden sheet: written into the cell's rule they may not exceed 255 letters."""
    lists = book.add_worksheet("代码表")
    lists.hide()
    last = MOST_ROWS + 1
    for place, column in enumerate(COLUMNS):
        if column.choices:
            lists.write_column(0, place, column.choices)
            letter = get_column_letter(place + 1)
            source = f"=代码表!${letter}$1:${letter}${len(column.choices)}"
            sheet.data_validation(
                2,
                place,
                last,
                place,
                {
                    "validate": "list",
                    "source": source,
                    "error_title": column.title,
                    "error_type": "warning",
                    "error_message": "请从列表中选择。",
                },
            )
        elif column.help:
            message = {"validate": "any", "input_title": column.title[:32], "input_message": column.help[:255]}
            sheet.data_validation(2, place, last, place, message)


def _guide(book: Any) -> None:
    sheet = book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True, "bg_color": "#D5E5DE", "border": 1, "valign": "vcenter"})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    large = book.add_format({"bold": True, "font_size": 14})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, "填写说明", large)
    notes = (
        "一行一人，从“名单”表第 3 行填起；带 * 的列必填。列的先后可以调整，不用的列可以删去，表头文字请保留。",
        f"证件号码列已设为“文本”格式。从别处粘贴时请选“选择性粘贴→数值”，不要改变格式。每个文件最多 {MOST_ROWS} 人。",
        "日期写成 2026-09-01；写成 2026/9/1、20260901、2026年9月1日也能识别。不要把 10 月写成 2026.1。",
        "照片另外打包上传，文件名用“姓名-证件号码”或“证件号码”，JPG 格式，白底，35×45 毫米。",
        "上传后如有问题，系统会退回标好颜色的同一份表：红色必须改，黄色请核对。",
    )
    for line, note in enumerate(notes, start=1):
        sheet.merge_range(line, 0, line, 2, f"{line}. {note}", wrap)
        sheet.set_row(line, 32)
    top = len(notes) + 2
    for place, word in enumerate(("列名", "必填", "怎样填")):
        sheet.write_string(top, place, word, bold)
    for line, column in enumerate(COLUMNS, start=top + 1):
        choices = f"可填：{'、'.join(column.choices)}" if column.choices else ""
        sheet.write_string(line, 0, column.title, wrap)
        sheet.write_string(line, 1, "是" if column.required else "", wrap)
        sheet.write_string(line, 2, " ".join(part for part in (column.help, choices) if part), wrap)
