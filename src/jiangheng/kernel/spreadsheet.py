"""The gate for workbooks people hand in: what passes is a plain .xlsx of bounded size, repacked (clause K10).

Order of failure: size, kind of file, the archive, its parts, the XML, the extent of the sheets. Readers behind this
gate get the repacked bytes only: an archive that tells one reader one size and another reader another does not
survive it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.parsers import expat

from django.utils.translation import gettext as _

from jiangheng.core.errors import Refusal, Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 1_000
MOST_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
MOST_COLUMNS = 120
MOST_CELLS = 400_000
MOST_DEPTH = 100
MOST_TEXT = 32 * 1024 * 1024

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAIN = b"spreadsheetml.sheet.main+xml"
_STRINGS = "xl/sharedstrings.xml"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_ROW = re.compile(r"[0-9]{1,7}")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class NotAWorkbook(Refused):
    """The file is refused before it is read; the refusal says why and how to save it."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__([Refusal(reason, "K10", mend, "file")])


def _save_as() -> str:
    return _("请用 Excel 或 WPS 打开，选择“文件→另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传新文件。")


def _again() -> str:
    return _("请确认文件能用 Excel 或 WPS 正常打开，另存为 .xlsx 后重新上传。")


def sound_workbook(
    data: bytes,
    *,
    most_rows: int,
    most_bytes: int = MOST_BYTES,
    most_unpacked: int = MOST_UNPACKED,
    most_cells: int = MOST_CELLS,
    most_text: int = MOST_TEXT,
    most_columns: int = MOST_COLUMNS,
) -> bytes:
    """The same workbook, repacked and safe to read, or :class:`NotAWorkbook`.

    ``most_rows`` and ``most_columns`` bound the last row and column that hold anything, on every sheet; the others
    bound the file and what it unpacks to, in bytes, the cells of one part and the letters of all text. The defaults
    are a roster's.
    """
    if len(data) > most_bytes:
        raise NotAWorkbook(
            _("文件有 %(size).1f MB，超过 %(most)d MB 的上限。")
            % {"size": len(data) / 1024 / 1024, "most": most_bytes // 1024 // 1024},
            _("请删去图片和无关的工作表，或把表格分成几个文件上传。"),
        )
    _refuse_other_kinds(data)
    parts = _unpacked(data, most_unpacked)
    _refuse_macros(parts)
    if _MAIN not in parts.get("[Content_Types].xml", b""):
        raise NotAWorkbook(_("这是一个压缩包或别的 Office 文件，不是 Excel 工作簿。"), _save_as())
    parts = {name: part for name, part in parts.items() if _is_xml(name) or part.startswith(_PICTURES)}
    strings = _Strings()
    for name, part in parts.items():
        if name.lower() == _STRINGS:
            _parse(part, strings)
    for name, part in parts.items():
        # Every part, whatever it is called: relations may name any of them as a sheet.
        if _is_xml(name) and name.lower() != _STRINGS:
            _parse(part, _Extent(most_rows, most_columns, most_cells, most_text, strings.lengths))
    return _repacked(parts)


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise NotAWorkbook(_("文件设有打开密码。"), _("请在 Excel 中取消密码（文件→信息→保护工作簿）后再上传。"))
        raise NotAWorkbook(_("这是旧版 Excel 的 .xls 文件。"), _save_as())
    if not data.startswith(b"PK\x03\x04"):
        opening = data[:512].lstrip().lower()
        if opening.startswith((b"<html", b"<table", b"<!doctype", b"<?xml")):
            raise NotAWorkbook(_("这是网页或 XML，只是文件名像 Excel。"), _save_as())
        raise NotAWorkbook(_("这不是 Excel 工作簿。"), _save_as())


def _unpacked(data: bytes, most: int) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    names: set[str] = set()
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS:
                raise NotAWorkbook(_("文件里的部件过多，不是正常的表格。"), _again())
            for entry in entries:
                if entry.is_dir():
                    continue
                # Readers differ in minding case, so two parts that differ by case only are one name twice.
                if entry.filename.lower() in names or entry.flag_bits & 0x1:
                    raise NotAWorkbook(_("文件结构不正常（部件重名或加密）。"), _again())
                part = _inflated(archive, entry, most - total)
                total += len(part)
                parts[entry.filename] = part
                names.add(entry.filename.lower())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as broken:
        raise NotAWorkbook(_("文件已损坏或没有传完整。"), _again()) from broken
    return parts


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """One part, read with a bound of our own: the sizes an archive declares are claims."""
    packed = max(entry.compress_size, 1)
    got = bytearray()
    with archive.open(entry) as stream:
        while piece := stream.read(256 * 1024):
            got += piece
            if len(got) > room or (len(got) > RATIO_COUNTS_FROM and len(got) / packed > MOST_RATIO):
                raise NotAWorkbook(
                    _("文件展开后过大。常见原因：表格下方留有几十万行带格式的空行。"),
                    _("请选中表格内容以下的所有空行，右键“删除”，保存后重新上传。"),
                )
    return bytes(got)


def _refuse_macros(parts: dict[str, bytes]) -> None:
    kinds = parts.get("[Content_Types].xml", b"").lower()
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in parts) or b"macroenabled" in kinds:
        raise NotAWorkbook(_("文件带有宏程序，为安全起见不予接收。"), _save_as())
    if any(name.startswith(("xl/embeddings/", "xl/activeX/", "xl/macrosheets/")) for name in parts):
        raise NotAWorkbook(_("文件里嵌有其他程序对象，为安全起见不予接收。"), _("请删去嵌入的对象，只留表格，再上传。"))
    if "xl/workbook.bin" in parts:
        raise NotAWorkbook(_("这是二进制工作簿（.xlsb）。"), _save_as())
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis"):
        raise NotAWorkbook(_("这是 OpenDocument 表格（.ods）。"), _save_as())


class _Listener(Protocol):
    """What hears the parser; local names only."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


@dataclass
class _Strings:
    """The length of each shared string."""

    lengths: list[int] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.lengths.append(0)

    def end(self, name: str) -> None:
        """A string ends where the next begins."""

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


@dataclass
class _Extent:
    """Bounds the last filled cell and the sum of all text: a reader holds the whole rectangle, filled or not."""

    most_rows: int
    most_columns: int
    most_cells: int
    most_text: int
    lengths: list[int]
    row: int = 0
    column: int = 0
    shared: bool = False
    inside: str = ""
    index: str = ""
    total: int = 0
    cells: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            given = attributes.get("r")
            self.row = self.row + 1 if given is None else int(_exactly(_ROW, given)[0])
            self.column = 0
        elif name == "c":
            self._cell(attributes)
        elif name == "mergeCell":
            self._cells(_area(attributes.get("ref", "")))
        elif name in ("v", "is"):
            self.inside, self.index = name, ""
            self._bounded()

    def end(self, name: str) -> None:
        if name == self.inside:
            if self.shared and name == "v":
                place = int(_exactly(_ROW, self.index.strip())[0])
                self._count(self.lengths[place] if place < len(self.lengths) else 0)
            self.inside = ""

    def text(self, text: str) -> None:
        if self.inside:
            self.index = (self.index + text)[:12]
            self._count(len(text))

    def _cells(self, more: int) -> None:
        self.cells += more
        if self.cells > self.most_cells:
            raise NotAWorkbook(
                _("表中的单元格过多。常见原因：表格以下或右侧留有大片带格式的空格，或合并了整列。"),
                _("请选中表格以外的所有空行空列，右键“删除”，取消整列合并，保存后重新上传。"),
            )

    def _cell(self, attributes: dict[str, str]) -> None:
        self._cells(1)
        self.shared = attributes.get("t") == "s"
        given = attributes.get("r")
        if given is None:
            self.column += 1
            return
        place = _exactly(_CELL, given)
        self.row, self.column = int(place[2]), _column(place[1])

    def _bounded(self) -> None:
        if self.row > self.most_rows:
            raise NotAWorkbook(
                _("第 %(row)d 行还有内容，超过 %(most)d 行的上限。") % {"row": self.row, "most": self.most_rows},
                _("请把表格分成几个文件上传；若下方其实没有内容，请删去那些行再上传。"),
            )
        if self.column > self.most_columns:
            raise NotAWorkbook(
                _("第 %(row)d 行在很靠右的第 %(column)d 列还有内容。") % {"row": self.row, "column": self.column},
                _("请删去表格右侧无关的列后再上传。"),
            )

    def _count(self, letters: int) -> None:
        self.total += letters
        if self.total > self.most_text:
            raise NotAWorkbook(_("表中文字总量过大，不是正常的表格。"), _again())


def _area(reference: str) -> int:
    """How many cells a merged range covers: a reader makes an object for each."""
    corners = [_exactly(_CELL, corner) for corner in reference.split(":")]
    rows = [int(corner[2]) for corner in corners]
    columns = [_column(corner[1]) for corner in corners]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place


def _exactly(form: re.Pattern[str], given: str) -> re.Match[str]:
    """An address in its one form. Of any other a reader may make four thousand million rows, and die of them."""
    found = form.fullmatch(given)
    if found is None:
        raise NotAWorkbook(_("文件里有写法不正常的单元格地址。"), _again())
    return found


def _refuse_doctype(*_declaration: Any) -> None:
    raise NotAWorkbook(_("文件里含有 XML 文档类型声明，正常的 Excel 文件没有，可能是恶意文件。"), _again())


def _parse(part: bytes, listener: _Listener) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise NotAWorkbook(_("文件内容嵌套过深，不是正常的表格。"), _again())
        listener.start(name.rpartition(" ")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(name.rpartition(" ")[2])

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, LookupError, ValueError) as broken:
        # LookupError: the part declares an encoding nobody knows.
        raise NotAWorkbook(_("文件内容已损坏，无法读取。"), _again()) from broken


def _repacked(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return packed.getvalue()
