"""The workbook in which written answers are typed, a row a candidate, a column a question: made and read (K13).

What comes back is somebody's upload: it passes the gate of `kernel.spreadsheet` before anything reads it. Rows are
found by admission ticket, columns by the number of the question, so rows and columns may have been moved.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from jiangheng.core.exam.answer_sheet import RIGHT, WRONG, Line, plain
from jiangheng.core.exam.items import KINDS
from jiangheng.kernel.spreadsheet import NotAWorkbook, sound_workbook

from .tables import ABSENT, BLANK, FORM, THERE, WHO, Person, Table, Unreadable, read_row

MOST_COLUMNS = 420
MOST_ROWS = 600
HEADER_WITHIN = 12
TICKET, NAME, SEAT, FORM_HEAD, WHO_HEAD = "准考证号", "姓名", "座位", "卷别", "缺考"
HEADS = (TICKET, NAME, SEAT, FORM_HEAD, WHO_HEAD)
ABSENT_WORD, BLANK_WORD = "缺考", "白卷"
# What openpyxl raises over a file whose parts contradict one another.
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, ParseError)
_PRESENT = {"": THERE, "否": THERE, "N": THERE, "0": THERE, BLANK_WORD: BLANK}
_ABSENT = frozenset({ABSENT_WORD, "缺", "√", "✓", "是", "1", "Y"})
_HINTS = {
    "keys": "字母", "texts": "各空用；分开", "number": "数值", "pairs": "如 A2 B1", "order": "字母按次序",
    "points": f"{RIGHT} 或 {WRONG}", "open": "分数",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a workbook, with where and how to mend it."""

    sheet: str
    row: int
    column: int
    what: str

    def __str__(self) -> str:
        if not self.row:
            return _("工作表“{sheet}”：{what}").format(sheet=self.sheet, what=self.what)
        if not self.column:
            return _("工作表“{sheet}”第 {row} 行：{what}").format(sheet=self.sheet, row=self.row, what=self.what)
        place = f"{get_column_letter(self.column)}{self.row}"
        return _("工作表“{sheet}”{place} 格：{what}").format(sheet=self.sheet, place=place, what=self.what)


# ---- out ----


def written(tables: Sequence[Table], *, title: str, which: str) -> bytes:
    """The workbook to fill: everybody's row, nobody's answers. ``which`` says whose typing it is for."""
    made = io.BytesIO()
    # a formula or a link typed into a cell must stay the text it is
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(made, safe) as book:
        book.set_properties({"title": title})
        looks = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "note": book.add_format({"font_color": "#555555"}),
            "head": book.add_format({"bold": True, "align": "center", "border": 1, "bg_color": "#E8EFEA"}),
            "hint": book.add_format(
                {"font_size": 8, "align": "center", "text_wrap": True, "border": 1, "font_color": "#555555"}
            ),
            "fixed": book.add_format({"num_format": "@", "border": 1, "bg_color": "#F5F5F5"}),
            "cell": book.add_format({"num_format": "@", "align": "center", "border": 1}),
        }
        for table in tables:
            _sheet(book.add_worksheet(table.title), table, looks, title=f"{title} {table.title}（{which}）")
    return made.getvalue()


def _sheet(sheet: Any, table: Table, looks: Mapping[str, Any], *, title: str) -> None:
    sheet.write_string(0, 0, title, looks["title"])
    sheet.write_string(1, 0, (
        "一行一名考生。选择题填字母，判断题填 A（正确）或 B（错误），没有作答的空着；"
        "主观题填阅卷人的评分，没有作答填 0。"
        f"没有来的在“{WHO_HEAD}”列填“{ABSENT_WORD}”，交白卷的填“{BLANK_WORD}”。领错试卷的，请把卷别改成答题卡上的卷别。"
    ), looks["note"])  # fmt: skip
    for place, head in enumerate(HEADS):
        sheet.write_string(2, place, head, looks["head"])
        sheet.write_blank(3, place, None, looks["hint"])
    sheet.write_string(3, 0, "题型", looks["hint"])
    for place, line in enumerate(table.lines, start=len(HEADS)):
        sheet.write_string(2, place, line.label, looks["head"])
        sheet.write_string(3, place, _hint(line), looks["hint"])
    for number, person in enumerate(table.people, start=4):
        for place, text in enumerate((person.ticket, person.name, str(person.seat), person.form)):
            sheet.write_string(number, place, text, looks["fixed"])
        for place in range(len(HEADS) - 1, len(HEADS) + len(table.lines)):
            sheet.write_blank(number, place, None, looks["cell"])
    last = 3 + len(table.people)
    sheet.data_validation(4, 4, max(4, last), 4, {"validate": "list", "source": [ABSENT_WORD, BLANK_WORD]})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 9)
    sheet.set_column(2, 4, 6)
    sheet.set_column(5, 4 + len(table.lines), 6)
    sheet.set_row(3, 26)
    sheet.freeze_panes(4, len(HEADS))


def _hint(line: Line) -> str:
    worth = f"{line.worth.normalize():f}"
    how = "open" if line.open else KINDS[line.unit.kind].answered
    return f"{KINDS[line.unit.kind].name} {_HINTS[how]}（{worth}分）"


# ---- in ----


def read(data: bytes, tables: Sequence[Table]) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Everybody's row by sitting, or everything that is wrong; rows are good for nothing unless nothing is wrong.

    Raises :class:`NotAWorkbook` for what is no workbook, with how to save one.
    """
    sound = sound_workbook(data, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    known = {person.ticket: (table, person) for table in tables for person in table.people}
    rows: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    headed = False
    for name, grid in _sheets(sound):
        header = _header(grid)
        if header is None:
            continue
        headed = True
        problems += _read_sheet(name, grid, header, known, rows)
    if not headed:
        raise NotAWorkbook(
            _("没有找到录入表的表头：前 {n} 行里没有写有“{ticket}”的一行。").format(n=HEADER_WITHIN, ticket=TICKET),
            _("请下载本场的录入表填写后上传。"),
        )
    missing = [ticket for ticket, (_table, person) in known.items() if str(person.sitting) not in rows]
    # a row that was there and wrong has been told already
    if missing and not problems:
        told = _("缺少这些准考证号的行：{tickets}。每名考生都要有一行，没有来的记缺考")
        problems.append(Problem(tables[0].title, 0, 0, told.format(tickets=_("、").join(missing[:10]))))
    return rows, problems


def _sheets(data: bytes) -> Iterator[tuple[str, list[Sequence[object]]]]:
    try:
        book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False, read_only=True)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                # what a sheet says of its own size is a claim; the gate has bounded what is really there
                sheet.reset_dimensions()
                yield sheet.title, list(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True))
    except _BROKEN as broken:
        raise NotAWorkbook(
            _("工作簿的内容无法读取。"), _("请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。")
        ) from broken


def _header(grid: Sequence[Sequence[object]]) -> int | None:
    for number, line in enumerate(grid[:HEADER_WITHIN]):
        if TICKET in (_text(cell) for cell in line):
            return number
    return None


def _text(cell: object) -> str:
    """A cell as text; 3.0 is 3, for Excel keeps whole numbers so."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, bool):
        return "T" if cell else "F"
    return plain(str(cell))


def _read_sheet(
    name: str, grid: Sequence[Sequence[object]], header: int, known: Mapping[str, tuple[Table, Person]],
    rows: dict[str, dict[str, Any]],
) -> Iterator[Problem]:  # fmt: skip
    columns = {text: place for place, cell in enumerate(grid[header]) if (text := _text(cell))}
    lacking: set[int] = set()
    for number, line in enumerate(grid[header + 1 :], start=header + 2):
        texts = {head: _text(line[place]) if place < len(line) else "" for head, place in columns.items()}
        ticket = texts.get(TICKET, "").replace(" ", "")
        if ticket == "题型" or not any(texts.values()):
            continue
        found = known.get(ticket)
        if found is None:
            yield Problem(name, number, columns[TICKET] + 1, _stranger(ticket))
            continue
        table, person = found
        missing = [each.label for each in table.lines if each.label not in columns]
        if missing and id(table) not in lacking:
            lacking.add(id(table))
            told = _("缺少第 {n} 题的列。请下载录入表重新填写，不要删改表头")
            yield Problem(name, header + 1, 0, told.format(n=_("、").join(missing[:10])))
        if str(person.sitting) in rows:
            yield Problem(name, number, columns[TICKET] + 1, _("准考证号 {t} 有两行。请只留一行").format(t=ticket))
            continue
        yield from _read_row(name, number, table, person, texts, columns, rows)


def _stranger(ticket: str) -> str:
    if not ticket:
        return _("这一行没有准考证号。请补填或删去这一行")
    return _("准考证号 {ticket} 不在本场纸笔作答的名单中。请核对，或删去这一行").format(ticket=ticket)


def _read_row(
    name: str, number: int, table: Table, person: Person, texts: Mapping[str, str], columns: Mapping[str, int],
    rows: dict[str, dict[str, Any]],
) -> Iterator[Problem]:  # fmt: skip
    word = texts.get(WHO_HEAD, "").upper()
    there = ABSENT if word in _ABSENT else _PRESENT.get(word)
    if there is None:
        told = _("看不懂“{word}”。没有来的填“{absent}”，交白卷的填“{blank}”，其余空着")
        what = told.format(word=texts[WHO_HEAD], absent=ABSENT_WORD, blank=BLANK_WORD)
        yield Problem(name, number, columns[WHO_HEAD] + 1, what)
        return
    cells = {line.label: texts.get(line.label, "") for line in table.lines}
    try:
        rows[str(person.sitting)] = read_row(
            table, person, there=there, form=texts.get(FORM_HEAD, ""), cells=cells
        )  # fmt: skip
    except Unreadable as no:
        heads = {WHO: WHO_HEAD, FORM: FORM_HEAD}
        for key, what in no.wrong.items():
            yield Problem(name, number, columns.get(heads.get(key, key), -1) + 1, what)
