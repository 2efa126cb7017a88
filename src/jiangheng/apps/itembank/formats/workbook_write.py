"""Bank workbooks written: a bank in our own template, and the template to fill (clause K7; domain 5.2)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from jiangheng.apps.itembank.formats.found import Media, Written
from jiangheng.apps.itembank.formats.pictures import size_of
from jiangheng.apps.itembank.formats.styled import MARKS, Piece, Styled
from jiangheng.apps.itembank.formats.workbook_columns import MADE, OPTION_KEYS, Column
from jiangheng.apps.itembank.formats.workbook_examples import EXAMPLES, NOTES
from jiangheng.apps.itembank.formats.workbook_rows import Row, item_of, rich_of
from jiangheng.apps.itembank.formats.workbook_values import Cell
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS, Item

SHEET = "试题"
LONGEST_CELL = 32_000
FIRST_ROW = 3
TEMPLATE_ROWS = 5_000
_PICTURE_HEIGHT = 120
_Cells = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class _Line:
    cells: Mapping[str, Cell]
    pictures: tuple[str, ...] = ()


def write(items: Iterable[Item], *, media: Mapping[str, Media], title: str) -> Written:
    """The items as a workbook of the template's form; `workbook.read` gives the same items back.

    An item that a row cannot carry is left out and said in `losses`: hotspot items (areas on a picture), texts longer
    than a cell, and whatever would be read back as something else. A picture that is not in `media` is said too.
    """
    losses: dict[str, tuple[str, ...]] = {}
    lines: list[_Line] = []
    for item in items:
        rows = _rows_of(item)
        if isinstance(rows, str):
            losses[item.code] = (rows,)
            continue
        lacking = [digest for line in rows for digest in line.pictures if digest not in media]
        if lacking:
            losses[item.code] = (_("%(count)d 张图片不在题库的图片中，没有写入") % {"count": len(lacking)},)
        lines += rows
    made = io.BytesIO()
    _draw(made, lines, media=media, title=title, template=False)
    return Written(made.getvalue(), losses)


def template() -> bytes:
    """The workbook to fill: lists to choose from, an example of each kind on a sheet of its own, and how to fill it."""
    made = io.BytesIO()
    _draw(made, [], media={}, title=_("题库导入模板"), template=True)
    return made.getvalue()


def _rows_of(item: Item) -> list[_Line] | str:
    """The rows of an item, or the sentence why it has none. What is written is read back before it is believed."""
    if item.kind == "hotspot":
        return _("识图题的区域不能写在表格里，没有导出，请用 QTI 格式导出")
    for verbatim in (False, True):
        if item.kind == "case":
            head = replace(item, parts=())
            rows = [_cells(head, verbatim=verbatim), *(_cells(part, verbatim=verbatim) for part in item.parts)]
            if any(part.kind in ("hotspot", "case") for part in item.parts):
                return _("小题里有表格写不下的题型，整题没有导出，请用 QTI 格式导出")
            for cells in rows:
                cells["group"] = Cell(item.code)
            wanted = [head, *item.parts]
        else:
            rows, wanted = [_cells(item, verbatim=verbatim)], [item]
        if any(len(cell.text) > LONGEST_CELL for cells in rows for cell in cells.values()):
            return _("有一段文字超过单元格能写的长度，没有导出，请用 QTI 格式导出")
        if [_read_back(cells) for cells in rows] == wanted:
            return [_Line(cells, _media(one)) for cells, one in zip(rows, wanted, strict=True)]
    return _("有内容写进单元格后读不回原样，没有导出，请用 QTI 格式导出")


def _read_back(cells: _Cells) -> Item | None:
    return item_of(Row(FIRST_ROW, {key: cell for key, cell in cells.items() if cell.text.strip()}), code="").item


def _media(item: Item) -> tuple[str, ...]:
    texts = [item.stem, item.explanation, item.reference, *(line.text for line in item.rubric)]
    texts += [option.text for option in (*item.options, *item.targets)]
    return tuple(dict.fromkeys(digest for text in texts for digest in sorted(rich.media_of(text))))


def _cells(item: Item, *, verbatim: bool) -> _Cells:
    """The cells of one row. `verbatim` writes rich text as the house stores it, where plain cells read differently."""

    def cell(text: str) -> Cell:
        return Cell(f"<div>{text}</div>") if verbatim and text else _shown(text)

    def line(text: str) -> str:
        shown = cell(text)
        return shown.text if shown.marked is None and "\n" not in shown.text else f"<div>{text}</div>"

    open_kind = KINDS[item.kind].answered == "open"
    made: dict[str, Cell] = {
        "code": Cell(item.code),
        "kind": Cell(KINDS[item.kind].name),
        "stem": cell(item.stem),
        "targets": Cell("\n".join(line(target.text) for target in item.targets)),
        "answer": cell(item.reference) if open_kind else Cell(_answer(item)),
        "tolerance": Cell(item.tolerance),
        "unit": Cell(item.unit),
        "final": Cell("".join(item.answer) if open_kind else ""),
        "rubric": Cell("\n".join(f"{entry.share}% {line(entry.text)}" for entry in item.rubric)),
        "share": Cell(str(item.share) if item.share else ""),
        "point": Cell(item.point),
        "range": Cell(item.range_code),
        "difficulty": Cell(str(item.difficulty)),
        "importance": Cell(item.importance),
        "explanation": cell(item.explanation),
        "source": Cell(item.source),
        "seconds": Cell(str(item.seconds) if item.seconds else ""),
        "enemies": Cell(",".join(item.enemies)),
    }
    if not KINDS[item.kind].options:
        made |= {key: cell(option.text) for key, option in zip(OPTION_KEYS, item.options, strict=False)}
    return {key: each for key, each in made.items() if each.text}


def _answer(item: Item) -> str:
    if item.kind == "judgement":
        return {"A": "正确", "B": "错误"}.get("".join(item.answer), "")
    between = {"fill": "\n", "matching": " "}.get(item.kind, "")
    return between.join(item.answer)


def _shown(text: str) -> Cell:
    """A rich text as a person would type it into a cell, where that says all of it; else as the house stores it."""
    if not text:
        return Cell("")
    if "_x" in text or text != text.strip():
        return Cell(f"<div>{text}</div>")
    words = unescape(text.replace("<br/>", "\n"))
    if rich_of(Cell(words)) == text:
        return Cell(words)
    marks = _Marks()
    marks.feed(text)
    marked = Styled(tuple(marks.pieces))
    if not marks.beyond and rich_of(Cell(marked.text, marked)) == text:
        return Cell(marked.text, marked)
    return Cell(f"<div>{text}</div>")


class _Marks(HTMLParser):
    """A rich text as pieces, as long as it holds nothing but marked letters."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.beyond = False
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.pieces.append(Piece("\n", frozenset(self._open)))
        elif tag in MARKS:
            self._open.append(tag)
        else:
            self.beyond = True

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        self.pieces.append(Piece(data, frozenset(self._open)))


def _draw(made: io.BytesIO, lines: Sequence[_Line], *, media: Mapping[str, Media], title: str, template: bool) -> None:
    # A formula or a link typed into a cell must stay the text it is.
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(made, safe) as book:
        book.set_properties({"title": title})
        looks = _Looks(book)
        sheet = _sheet(book, looks, SHEET, title)
        for number, line in enumerate(lines, start=FIRST_ROW - 1):
            _write_line(sheet, looks, number, line, media)
        _lists(book, sheet, last=FIRST_ROW + (TEMPLATE_ROWS if template else len(lines)))
        if template:
            _examples(book, looks)
        _guide(book)


class _Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._marked: dict[frozenset[str], Any] = {}
        head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.must = book.add_format({**head, "bg_color": "#D5E5DE"})
        self.may = book.add_format({**head, "bg_color": "#F1F4F0", "bold": False})
        self.title = book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"})

    def marked(self, marks: frozenset[str]) -> Any:
        if marks not in self._marked:
            look = {"bold": "strong" in marks, "italic": "em" in marks, "underline": int("u" in marks)}
            script = 1 if "sup" in marks else 2 if "sub" in marks else 0
            self._marked[marks] = self._book.add_format({**look, **({"font_script": script} if script else {})})
        return self._marked[marks]


def _sheet(book: Any, looks: _Looks, name: str, title: str) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, title, looks.title)
    sheet.set_row(1, 32)
    for place, column in enumerate(MADE):
        sheet.set_column(place, place, column.width, looks.text)
        star = "*" if column.required else ""
        sheet.write_string(1, place, column.title + star, looks.must if column.required else looks.may)
    sheet.freeze_panes(2, 4)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    return sheet


def _write_line(sheet: Any, looks: _Looks, number: int, line: _Line, media: Mapping[str, Media]) -> None:
    for place, column in enumerate(MADE):
        cell = line.cells.get(column.key)
        if cell is not None and cell.marked is not None:
            runs = [part for piece in cell.marked.pieces for part in _run(piece, looks)]
            # Excel calls it marked text only from two runs on; a run of no letters is none.
            sheet.write_rich_string(number, place, *runs, *(() if len(cell.marked.pieces) > 1 else (" ",)), looks.text)
        elif cell is not None:
            sheet.write_string(number, place, cell.text, looks.text)
    at = next(place for place, column in enumerate(MADE) if column.key == "picture")
    for order, digest in enumerate(one for one in line.pictures if one in media):
        one = media[digest]
        scale = min(1.0, _PICTURE_HEIGHT / max(size_of(one)[1], 1))
        where = {"x_scale": scale, "y_scale": scale, "x_offset": 90 * order, "image_data": io.BytesIO(one.data)}
        sheet.insert_image(number, at, f"{digest}.png", where)


def _run(piece: Piece, looks: _Looks) -> tuple[Any, ...]:
    return (looks.marked(piece.marks), piece.text) if piece.marks else (piece.text,)


def _choices(column: Column) -> tuple[str, ...]:
    if column.key == "kind":
        return tuple(kind.name for kind in KINDS.values() if kind.code != "hotspot")
    return {"difficulty": ("1", "2", "3", "4", "5"), "importance": ("X", "Y", "Z")}.get(column.key, ())


def _lists(book: Any, sheet: Any, *, last: int) -> None:
    """Lists to choose from, and a word of help on columns that have one."""
    for place, column in enumerate(MADE):
        choices = _choices(column)
        if choices:
            rule = {"validate": "list", "source": list(choices), "error_type": "warning"}
            rule |= {"error_title": column.title, "error_message": _("请从列表中选择。")}
        elif column.help:
            rule = {"validate": "any", "input_title": column.title[:32], "input_message": column.help[:255]}
        else:
            continue
        sheet.data_validation(FIRST_ROW - 1, place, last, place, rule)


def _examples(book: Any, looks: _Looks) -> None:
    """One row of each kind. The sheet has no header of a bank, lest somebody imports the examples."""
    sheet = _sheet(book, looks, "示例", _("示例（本表不会导入，请在“试题”表填写）"))
    for place, column in enumerate(MADE):
        sheet.write_string(1, place, f"例：{column.title}", looks.may)
    for number, example in enumerate(EXAMPLES, start=FIRST_ROW - 1):
        _write_line(sheet, looks, number, _Line({key: Cell(text) for key, text in example.items()}), {})


def _guide(book: Any) -> None:
    sheet = book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True, "bg_color": "#D5E5DE", "border": 1, "valign": "vcenter"})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    large = book.add_format({"bold": True, "font_size": 14})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, "填写说明", large)
    for line, note in enumerate(NOTES, start=1):
        sheet.merge_range(line, 0, line, 2, f"{line}. {note}", wrap)
        sheet.set_row(line, 34)
    top = len(NOTES) + 2
    for place, word in enumerate(("列名", "必填", "怎样填")):
        sheet.write_string(top, place, word, bold)
    for line, column in enumerate(MADE, start=top + 1):
        choices = f"可填：{'、'.join(_choices(column))}" if _choices(column) else ""
        sheet.write_string(line, 0, column.title, wrap)
        sheet.write_string(line, 1, "是" if column.required else "", wrap)
        sheet.write_string(line, 2, " ".join(part for part in (column.help, choices) if part), wrap)
