"""Element tables written: a bank's present table as a workbook, and the template to fill (clauses K7, P2)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from jiangheng.apps.itembank.formats.table_header import POINT, TITLES, Key

SHEET = "要素细目表"
FIRST_ROW = 2
TEMPLATE_ROWS = 600
_WIDTHS = {"code": 12, "name": 28, "weight": 9, "importance": 10}
_EXAMPLES = (
    ("A", "基本要求", "35", "A1", "职业道德", "5", "", "", "", "A1-001", "职业道德的基本内涵", "X"),
    ("", "", "", "", "", "", "", "", "", "A1-002", "职业守则", "Y"),
    ("", "", "", "A2", "基础知识", "30", "", "", "", "A2-001", "安全用电常识", "X"),
    ("B", "相关知识要求", "65", "B1", "低压电器安装", "65", "B1a", "选用", "40", "B1a-001", "熔断器的选用", "X"),
    ("", "", "", "", "", "", "B1b", "安装", "25", "B1b-001", "导线的连接方法", "Z"),
)  # fmt: skip
_NOTES = (
    "一行写一个鉴定点，写在它所属的最末一级鉴定范围后面；鉴定范围最多三级，没有二级或三级的，那几列空着。",
    "同一鉴定范围的代码、名称、权重只写在它的第一行，下面各行空着；合并单元格也可以。",
    "权重是占全卷的百分数：一级合计 100，下级合计等于上级；上级的权重空着时按下级合计。",
    "重要程度填 X（核心）、Y（一般）或 Z（辅助）。",
    "代码不得重复；代码请按文本填写，以免 Excel 改成日期或去掉前面的 0。",
    "有一处不对，整张表都不会存入；请按提示的工作表、行和列改正后重新上传。",
)

Row = Mapping[str, Any]


def write_table(ranges: Sequence[Row], points: Sequence[Row], *, title: str) -> bytes:
    """A bank's table as a workbook; ``table_read.read_table`` gives the same table back.

    `ranges` and `points` are rows as a bank keeps them.
    """
    return _drawn(list(_lines(ranges, points)), title=title, template=False)


def template() -> bytes:
    """The workbook to fill, with examples on a sheet that is not read."""
    return _drawn([], title=_("要素细目表模板"), template=True)


def _lines(ranges: Sequence[Row], points: Sequence[Row]) -> Iterator[dict[Key, str]]:
    """A row for each point, and for a range that has none; a range is written where it comes first."""
    below: dict[str, list[Row]] = {}
    for row in ranges:
        below.setdefault(row.get("parent", ""), []).append(row)
    own: dict[str, list[Row]] = {}
    for point in points:
        own.setdefault(point["range"], []).append(point)

    def walk(parent: str, level: int, started: dict[Key, str]) -> Iterator[dict[Key, str]]:
        for row in below.get(parent, []):
            started |= {(level, name): str(row[name]) for name in ("code", "name", "weight")}
            for point in own.get(row["code"], []):
                yield started | {(POINT, name): str(point[name]) for name in ("code", "name", "importance")}
                started = {}
            if row["code"] in below:
                yield from walk(row["code"], level + 1, started)
                started = {}
            if started:
                yield started
                started = {}

    yield from walk("", 1, {})


def _drawn(lines: Sequence[Mapping[Key, str]], *, title: str, template: bool) -> bytes:
    made = io.BytesIO()
    # A formula or a link typed into a cell must stay the text it is.
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(made, safe) as book:
        book.set_properties({"title": title})
        head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        looks = {
            "head": book.add_format({**head, "bg_color": "#D5E5DE"}),
            "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "number": book.add_format({"valign": "top"}),
            "title": book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"}),
        }
        sheet = _sheet(book, looks, SHEET, title)
        for number, line in enumerate(lines, start=FIRST_ROW):
            _write_line(sheet, looks, number, line)
        _lists(sheet, last=FIRST_ROW + max(len(lines), TEMPLATE_ROWS))
        if template:
            _examples(book, looks)
        _guide(book, looks)
    return made.getvalue()


def _sheet(book: Any, looks: Mapping[str, Any], name: str, title: str) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, title, looks["title"])
    for place, key in enumerate(TITLES):
        look = looks["number"] if key[1] == "weight" else looks["text"]
        sheet.set_column(place, place, 36 if key == (POINT, "name") else _WIDTHS[key[1]], look)
        sheet.write_string(1, place, TITLES[key], looks["head"])
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    return sheet


def _write_line(sheet: Any, looks: Mapping[str, Any], number: int, line: Mapping[Key, str]) -> None:
    for place, key in enumerate(TITLES):
        text = line.get(key, "")
        if text and key[1] == "weight":
            sheet.write_number(number, place, float(Decimal(text)), looks["number"])
        elif text:
            sheet.write_string(number, place, text, looks["text"])


def _lists(sheet: Any, *, last: int) -> None:
    for place, key in enumerate(TITLES):
        if key[1] == "importance":
            rule: dict[str, Any] = {"validate": "list", "source": ["X", "Y", "Z"], "error_type": "warning"}
        elif key[1] == "weight":
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100, "error_type": "warning"}
        else:
            continue
        sheet.data_validation(FIRST_ROW, place, last, place, rule)


def _examples(book: Any, looks: Mapping[str, Any]) -> None:
    sheet = _sheet(book, looks, "示例", _("示例（本表不会读入，请在“要素细目表”填写）"))
    for number, example in enumerate(_EXAMPLES, start=FIRST_ROW):
        _write_line(sheet, looks, number, dict(zip(TITLES, example, strict=True)))


def _guide(book: Any, looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("填写说明")
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, "填写说明", looks["title"])
    for line, note in enumerate(_NOTES, start=1):
        sheet.write_string(line, 0, f"{line}. {note}", wrap)
