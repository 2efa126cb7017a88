"""The cells of a workbook as they stand: text as shown, raised and lowered letters, formulas named as such (clause K7).

A reader of our own, because the usual one loses what banks need: 10 with a raised 5 comes out as 105, a picture in a
cell does not come out at all, and 20,000 rows take four times as long. It reads only what has passed the gate.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from jiangheng.apps.itembank.formats.found import NotABank
from jiangheng.apps.itembank.formats.styled import Piece, Styled, common_marks_dropped
from jiangheng.apps.itembank.formats.workbook_values import PLAIN, Cell, Format, State, formats_of, shown
from jiangheng.kernel.kept import said as _
from jiangheng.kernel.spreadsheet import MOST_COLUMNS, NotAWorkbook, sound_workbook

MOST_ROWS = 50_000
MOST_BYTES = 60 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_CELLS = 1_500_000
MOST_TEXT = 96 * 1024 * 1024
LONGEST_CELL = 32_767

_OFFICE_RELATION = "relationships}"
_MARKS = {"b": "strong", "i": "em", "u": "u"}
_DISPIMG = re.compile(r'DISPIMG\("([^"]{1,80})"', re.IGNORECASE)
_STATES: Mapping[str, State] = {"e": "error", "d": "date"}
_BROKEN = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    ElementTree.ParseError,
    expat.ExpatError,
)


@dataclass(frozen=True, slots=True)
class Anchored:
    """A picture and the cell it stands at, from 1. `data` is empty when the gate has not let it through."""

    row: int
    column: int
    name: str
    data: bytes


@dataclass(slots=True)
class Sheet:
    """One visible sheet: its rows that hold something, by number from 1, each by column from 1.

    `merged` leads from a cell below the first of a merged block (its leftmost column) to the row of the first.
    """

    name: str
    rows: list[tuple[int, dict[int, Cell]]]
    merged: dict[tuple[int, int], int] = field(default_factory=dict)
    pictures: list[Anchored] = field(default_factory=list)


def sound(data: bytes) -> bytes:
    """The workbook behind the gate, with a bank's limits; :class:`NotABank` with the gate's reason."""
    try:
        return sound_workbook(
            data,
            most_rows=MOST_ROWS,
            most_bytes=MOST_BYTES,
            most_unpacked=MOST_UNPACKED,
            most_cells=MOST_CELLS,
            most_text=MOST_TEXT,
        )
    except NotAWorkbook as refused:
        raise NotABank(str(refused.refusals[0].reason), str(refused.refusals[0].mend)) from refused


def sheets(data: bytes) -> list[Sheet]:
    """The visible sheets of a workbook that has passed the gate. Raises :class:`NotABank` when it makes no sense."""
    try:
        return list(_sheets(data))
    except _BROKEN as broken:
        raise NotABank(
            _("工作簿的内容无法读取。"), _("请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。")
        ) from broken


def _sheets(data: bytes) -> Iterator[Sheet]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    main = _main_part(parts)
    relations = _relations(parts, main)
    strings: Sequence[Cell] = ()
    formats: Sequence[Format] = ()
    for kind, target in relations.values():
        if kind == "sharedStrings" and target in parts:
            strings = _strings(parts[target])
        elif kind == "styles" and target in parts:
            formats = formats_of(parts[target])
    in_cells = _cell_images(parts, relations)
    for element in ElementTree.fromstring(parts[main]).iter():
        if _local(element.tag) == "sheet" and element.get("state", "visible") == "visible":
            kind, target = relations[_related(element, "id")]
            if kind == "worksheet" and target in parts:
                sheet = _sheet(element.get("name", ""), parts[target], strings, formats)
                sheet.pictures = [*_drawn(parts, target), *_placed(sheet, in_cells, parts)]
                yield sheet


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _related(element: ElementTree.Element, name: str) -> str:
    """The relation an element names. The two editions of the format have two name spaces for the same attribute."""
    return next((value for key, value in element.items() if key.endswith(_OFFICE_RELATION + name)), "")


def _main_part(parts: Mapping[str, bytes]) -> str:
    for kind, target in _relations(parts, "").values():
        if kind == "officeDocument":
            return target
    return "xl/workbook.xml"


def _relations(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Kind and target of every relation of a part, by id; targets outside the file are left out."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if source in parts:
        for element in ElementTree.fromstring(parts[source]):
            if element.get("TargetMode") != "External":
                target = element.get("Target", "")
                path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], path)
    return found


@dataclass(slots=True)
class _Runs:
    """One string as its runs: letters with the marks they stand under."""

    pieces: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    spoken: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "r":
            self.marks = []
        elif name == "t":
            self.heard = []
        elif name == "rPh":
            self.spoken += 1
        elif name == "vertAlign" and attributes.get("val") in ("superscript", "subscript"):
            self.marks.append(attributes["val"][:3])
        elif name in _MARKS and attributes.get("val", "1") not in ("0", "false", "none"):
            self.marks.append(_MARKS[name])

    def end(self, name: str) -> None:
        if name == "t" and not self.spoken:
            self.pieces.append(("".join(self.heard), tuple(self.marks)))
        elif name == "rPh":
            self.spoken -= 1

    def cell(self) -> Cell:
        text = _unescaped("".join(letters for letters, _marks in self.pieces))
        if any(marks for _letters, marks in self.pieces):
            pieces = (Piece(_unescaped(letters), frozenset(marks)) for letters, marks in self.pieces if letters)
            marked = common_marks_dropped(Styled(tuple(pieces)))
            if any(piece.marks for piece in marked.pieces):
                return Cell(marked.text, marked)
        return Cell(text) if text else PLAIN


def _unescaped(text: str) -> str:
    """Excel's own way of writing a control character, _x000D_, and its line ends."""
    if "_x" in text:
        text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _parse(
    part: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None]
) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(part, True)


def _strings(part: bytes) -> list[Cell]:
    found: list[Cell] = []
    runs = _Runs()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal runs
        name = _local(name)
        if name == "si":
            runs = _Runs()
        else:
            runs.start(name, attributes)

    def end(name: str) -> None:
        name = _local(name)
        if name == "si":
            found.append(runs.cell())
        else:
            runs.end(name)

    _parse(part, start, end, lambda text: runs.heard.append(text))
    return found


def _sheet(name: str, part: bytes, strings: Sequence[Cell], formats: Sequence[Format]) -> Sheet:
    sheet = Sheet(name, [])
    cells: dict[int, Cell] = {}
    runs = _Runs()
    row = column = 0
    kind = style = ""
    value: list[str] = []
    formula: list[str] | None = None
    inside = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cells, runs, row, column, kind, style, value, formula, inside
        tag = _local(tag)
        if tag == "c":
            reference = attributes.get("r")
            if reference is None:
                column += 1
            else:
                letters = reference.rstrip("0123456789")
                column = _column(letters)
            kind, style = attributes.get("t", "n"), attributes.get("s", "0")
            value, formula = [], None
        elif tag == "v":
            inside = tag
        elif tag == "row":
            row = int(attributes.get("r", row + 1))
            column, cells = 0, {}
        elif tag == "f":
            formula, inside = [], tag
        elif tag == "is":
            runs, inside = _Runs(), tag
        elif tag == "mergeCell":
            _merge(sheet, attributes.get("ref", ""))
        elif inside == "is":
            runs.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal inside
        tag = _local(tag)
        if tag == "c":
            cell = _cell(kind, "".join(value), style, formula, runs, strings, formats)
            if len(cell.text) > LONGEST_CELL:
                raise NotABank(
                    _("工作表“%(sheet)s”第 %(row)d 行有一个单元格的文字超过 Excel 的上限。")
                    % {"sheet": name, "row": row},
                    _("请用 Excel 或 WPS 打开核对，另存为新的 .xlsx 文件后重新上传。"),
                )
            if cell is not PLAIN and column <= MOST_COLUMNS:
                cells[column] = cell
        elif tag == inside:
            inside = ""
        elif inside == "is":
            runs.end(tag)
        elif tag == "row" and cells:
            sheet.rows.append((row, cells))

    def text(letters: str) -> None:
        if inside == "v":
            value.append(letters)
        elif inside == "is":
            runs.heard.append(letters)
        elif inside == "f" and formula is not None:
            formula.append(letters)

    _parse(part, start, end, text)
    sheet.rows.sort(key=lambda line: line[0])
    return sheet


def _cell(
    kind: str,
    value: str,
    style: str,
    formula: list[str] | None,
    runs: _Runs,
    strings: Sequence[Cell],
    formats: Sequence[Format],
) -> Cell:
    if formula is not None or (kind == "str" and "DISPIMG" in value):
        image = _DISPIMG.search("".join(formula or ())) or _DISPIMG.search(value)
        return Cell(image[1], state="picture") if image else Cell(_unescaped(value), state="formula")
    if kind == "s":
        return strings[int(value)] if value else PLAIN
    if kind == "inlineStr":
        return runs.cell()
    if not value:
        return PLAIN
    if kind == "n":
        place = int(style)
        return shown(value, formats[place] if place < len(formats) else Format())
    if kind == "b":
        return Cell("TRUE" if value.strip() in ("1", "true") else "FALSE")
    return Cell(_unescaped(value), state=_STATES.get(kind, ""))


def _merge(sheet: Sheet, reference: str) -> None:
    first, _colon, last = reference.partition(":")
    top, bottom = (int(corner.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for corner in (first, last or first))
    column = _column(first.rstrip("0123456789"))
    for row in range(top + 1, bottom + 1):
        sheet.merged[row, column] = top


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place


def _drawn(parts: Mapping[str, bytes], part: str) -> Iterator[Anchored]:
    """The pictures laid over the sheet, each by the cell under its upper left corner."""
    for kind, target in _relations(parts, part).values():
        if kind == "drawing" and target in parts:
            relations = _relations(parts, target)
            for anchor in ElementTree.fromstring(parts[target]):
                corner = {
                    _local(child.tag): int(child.text or 0)
                    for origin in anchor
                    if _local(origin.tag) == "from"
                    for child in origin
                }
                for image in _images(anchor, relations):
                    yield Anchored(corner.get("row", -1) + 1, corner.get("col", -1) + 1, image, parts.get(image, b""))


def _images(element: ElementTree.Element, relations: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for blip in element.iter():
        if _local(blip.tag) == "blip" and _related(blip, "embed") in relations:
            yield relations[_related(blip, "embed")][1]


def _cell_images(parts: Mapping[str, bytes], relations: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """WPS keeps a picture inside a cell: the cell names it by an id, and this part says which picture that is."""
    found: dict[str, str] = {}
    for _kind, target in relations.values():
        if target.lower().endswith("cellimages.xml") and target in parts:
            own = _relations(parts, target)
            for element in ElementTree.fromstring(parts[target]):
                names = [child.get("name", "") for child in element.iter() if _local(child.tag) == "cNvPr"]
                for image in _images(element, own):
                    found.update(dict.fromkeys(names, image))
    return {name: target for name, target in found.items() if name}


def _placed(sheet: Sheet, in_cells: Mapping[str, str], parts: Mapping[str, bytes]) -> Iterator[Anchored]:
    for row, cells in sheet.rows:
        for column, cell in cells.items():
            if cell.state == "picture":
                image = in_cells.get(cell.text, "")
                yield Anchored(row, column, image or cell.text, parts.get(image, b""))
