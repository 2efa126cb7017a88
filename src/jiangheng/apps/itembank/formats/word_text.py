"""Word documents as paragraphs with marks, formulas, pictures and the numbers Word writes by itself (clause K7)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from jiangheng.apps.itembank.formats.archive import NotXml, is_zip, unpacked, xml
from jiangheng.apps.itembank.formats.found import Media, NotABank, digest_of
from jiangheng.apps.itembank.formats.pictures import NotAPicture, picture
from jiangheng.apps.itembank.formats.styled import OBJECT, Piece, Styled, joined, styled
from jiangheng.apps.itembank.formats.word_math import mathml
from jiangheng.apps.itembank.formats.word_numbers import Numbers
from jiangheng.kernel.kept import said as _

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_PIECES = 3_000
MOST_LETTERS = 50_000
MOST_PARAGRAPHS = 60_000
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SYMBOLS = {"F0FC": "√", "F0FB": "×", "F0FE": "√", "F0FD": "×", "F050": "√", "F04F": "×", "F052": "√", "F054": "×"}
_SKIPPED = frozenset(
    (
        "pPr",
        "rPr",
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "footnoteReference",
        "endnoteReference",
        "commentReference",
        "bookmarkStart",
        "bookmarkEnd",
        "proofErr",
        "lastRenderedPageBreak",
        "sectPr",
        "tblPr",
        "trPr",
        "tcPr",
        "Fallback",
        "rt",
        "rubyPr",
        "annotationRef",
        "fldChar",
    )
)
_OPTION_OR_NUMBER = re.compile(r"\s*(?:[(（]?[A-HＡ-Ｈ]\s*[.、．:：)）]|[A-H]\s*$|\d{1,4}\s*[.．、])")


@dataclass(slots=True)
class Paragraph:
    """A paragraph, or a row of a table. `number` counts those that hold something, from 1; `losses` are sentences."""

    number: int
    body: Styled
    losses: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    parts: Mapping[str, bytes]
    relations: Mapping[str, str]
    numbers: Numbers
    media: dict[str, Media] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)

    def pieces(self, element: etree._Element, marks: frozenset[str] = frozenset()) -> Iterator[Piece]:
        """The letters and objects below an element, in order."""
        for child in element:
            if not isinstance(child.tag, str):
                continue
            name = etree.QName(child).localname
            if name in ("oMath", "oMathPara"):
                html, left = mathml(child)
                self.losses += left
                if html:
                    yield Piece(OBJECT, frozenset(), html)
            elif name == "r" and child.tag.startswith(WORD):
                yield from self._run(child)
            elif name in ("t", "tab", "br", "cr", "noBreakHyphen", "sym", "drawing", "pict", "object"):
                yield from self._content(name, child, marks)
            elif name == "instrText" and "EQ " in (child.text or "").upper():
                self.losses.append(_("用 EQ 域写的公式无法转换，请改用“插入→公式”或图片"))
            elif name not in _SKIPPED:
                yield from self.pieces(child, marks)

    def _run(self, run: etree._Element) -> Iterator[Piece]:
        look = run.find(f"{WORD}rPr")
        marks = _marks(look) if look is not None else frozenset()
        if look is not None and _is_on(look.find(f"{WORD}vanish")):
            return
        for piece in self.pieces(run, marks):
            if "u" in piece.marks and not piece.html and not piece.text.strip() and len(piece.text) > 1:
                yield Piece("____")
            else:
                yield piece

    def _content(self, name: str, element: etree._Element, marks: frozenset[str]) -> Iterator[Piece]:
        if name == "t":
            yield Piece(element.text or "", marks)
        elif name == "sym":
            code = element.get(f"{WORD}char", "").upper()
            if code in _SYMBOLS:
                yield Piece(_SYMBOLS[code], marks)
            else:
                self.losses.append(_("有一个符号字体的字符（%(code)s）无法转换，请改用普通字符") % {"code": code[:8]})
        elif name in ("drawing", "pict", "object"):
            yield from self._pictures(element, is_object=name == "object")
        else:
            letters = {"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n")
            yield Piece("" if element.get(f"{WORD}type") in ("page", "column") else letters, marks)

    def _pictures(self, element: etree._Element, *, is_object: bool) -> Iterator[Piece]:
        if is_object:
            self.losses.append(_("有一个嵌入对象（可能是 MathType 公式）无法读取，请改用“插入→公式”或图片"))
            return
        if any(isinstance(one.tag, str) and one.tag == f"{WORD}txbxContent" for one in element.iter()):
            self.losses.append(_("文本框里的文字没有读入，请移到正文里"))
        for one in element.iter():
            name = etree.QName(one).localname if isinstance(one.tag, str) else ""
            if name in ("blip", "imagedata"):
                target = next(
                    (self.relations.get(value, "") for key, value in one.items() if key.endswith(("}embed", "}id"))), ""
                )
                yield from self._picture(target)

    def _picture(self, target: str) -> Iterator[Piece]:
        if target not in self.parts:
            self.losses.append(_("有一张图片没有存在文件里（可能是链接），请重新插入"))
            return
        try:
            taken = picture(self.parts[target], name=target)
        except NotAPicture as refused:
            self.losses.append(str(refused))
            return
        digest = digest_of(taken.data)
        self.media.setdefault(digest, taken)
        yield Piece(OBJECT, frozenset(), f'<img src="media:{digest}" alt=""/>')

    def paragraph(self, element: etree._Element) -> Styled:
        label = self.numbers.label(element)
        return styled(label) + Styled(tuple(self.pieces(element)))


def paragraphs(data: bytes) -> tuple[list[Paragraph], dict[str, Media]]:
    """The paragraphs that hold something, and the pictures. Raises :class:`NotABank` for what is no .docx to read."""
    _refuse_other_kinds(data)
    parts = unpacked(data)
    kinds = parts.get("[Content_Types].xml", b"").lower()
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in parts) or b"macroenabled" in kinds:
        raise NotABank(_("文件带有宏程序，为安全起见不予接收。"), _save_as())
    if b"wordprocessingml.document.main+xml" not in kinds or "word/document.xml" not in parts:
        raise NotABank(_("这是一个压缩包或别的 Office 文件，不是 Word 文档。"), _save_as())
    if _STRICT in parts["word/document.xml"][:4096]:
        raise NotABank(_("这是“严格的 Open XML 文档”。"), _save_as())
    try:
        reader = _Reader(parts, _relations(parts), Numbers.of(parts))
        body = xml(parts["word/document.xml"]).find(f"{WORD}body")
    except NotXml as broken:
        raise NotABank(_("文件内容已损坏，无法读取。"), _save_as()) from broken
    found: list[Paragraph] = []
    for one in _blocks(body if body is not None else []):
        lines = [reader.paragraph(one)] if one.tag == f"{WORD}p" else list(_table(reader, one))
        for line in lines:
            if len(line.pieces) > MOST_PIECES or len(line.text) > MOST_LETTERS or len(found) > MOST_PARAGRAPHS:
                raise NotABank(
                    _("第 %(number)d 段过长，或文档的段落过多，不是正常的试题。") % {"number": len(found) + 1},
                    _("请把试题分成几个文件，每题分段书写，再上传。"),
                )
            if line.text.strip():
                found.append(Paragraph(len(found) + 1, line, reader.losses))
                reader.losses = []
    return found, reader.media


def _save_as() -> str:
    return _("请用 Word 或 WPS 打开，选择“文件→另存为”，类型选“Word 文档（*.docx）”，再上传新文件。")


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise NotABank(_("文件设有打开密码。"), _("请在 Word 中取消密码（文件→信息→保护文档）后再上传。"))
        raise NotABank(_("这是旧版 Word 的 .doc 文件。"), _save_as())
    if not is_zip(data):
        raise NotABank(_("这不是 Word 文档。"), _save_as())


def _relations(parts: Mapping[str, bytes]) -> dict[str, str]:
    source = parts.get("word/_rels/document.xml.rels")
    if source is None:
        return {}
    found = {}
    for one in xml(source):
        target = one.get("Target", "")
        if one.get("TargetMode") != "External":
            found[one.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"word/{target}")
            )
    return found


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and element.get(f"{WORD}val", "1") not in ("0", "false", "off", "none")


def _marks(look: etree._Element) -> frozenset[str]:
    marks = {mark for name, mark in (("b", "strong"), ("i", "em"), ("u", "u")) if _is_on(look.find(WORD + name))}
    raised = look.find(f"{WORD}vertAlign")
    if raised is not None and raised.get(f"{WORD}val") in ("superscript", "subscript"):
        marks.add(raised.get(f"{WORD}val", "")[:3])
    return frozenset(marks)


def _blocks(elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Paragraphs and tables, also those within content controls and revisions."""
    for one in elements:
        if not isinstance(one.tag, str):
            continue
        if one.tag in (f"{WORD}p", f"{WORD}tbl"):
            yield one
        elif one.tag in (f"{WORD}sdt", f"{WORD}sdtContent", f"{WORD}ins", f"{WORD}customXml", f"{WORD}smartTag"):
            yield from _blocks(one)


def _table(reader: _Reader, table: etree._Element) -> Iterator[Styled]:
    """A table of options or questions as one line a row; a list of answers as "1.A 2.B"; any other as an object."""
    rows = [
        [
            joined([reader.paragraph(one) for one in cell.iter(f"{WORD}p")], "\n").strip()
            for cell in row.findall(f"{WORD}tc")
        ]
        for row in table.iter(f"{WORD}tr")
    ]
    heads = [row[0].text.strip() if row else "" for row in rows]
    if len(rows) >= 2 and heads[0] in ("题号", "题目", "序号") and heads[1] in ("答案", "参考答案"):
        for numbers, answers in zip(rows[::2], rows[1::2], strict=False):
            pairs = zip(numbers[1:], answers[1:], strict=False)
            yield joined([number + styled(".") + answer for number, answer in pairs if number], "  ")
    elif any(_OPTION_OR_NUMBER.match(cell.text) for row in rows for cell in row):
        for row in rows:
            yield joined([cell for cell in row if cell], "\t\t")
    else:
        html = "".join(f"<tr>{''.join(f'<td>{cell.rich()}</td>' for cell in row)}</tr>" for row in rows)
        yield Styled((Piece(OBJECT, frozenset(), f"<table><tbody>{html}</tbody></table>"),))
