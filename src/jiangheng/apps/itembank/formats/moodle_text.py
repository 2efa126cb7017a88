"""Texts of Moodle questions as rich text, with the files they carry (clause K7)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

from lxml import etree

from jiangheng.apps.itembank.formats.found import digest_of
from jiangheng.apps.itembank.formats.notes import Notes
from jiangheng.apps.itembank.formats.pictures import NotAPicture, picture
from jiangheng.core.exam import rich
from jiangheng.kernel.kept import said as _

# A tag of HTML as people write it; a "<" between numbers is none.
_TAG = re.compile(r"</?(p|br|b|i|u|em|strong|sub|sup|img|span|div|table|tr|td|th|ul|ol|li|code|pre|a|h[1-6])\b", re.I)
_IMAGE = re.compile(r"<img\b[^<>]*>", re.I)
_SOURCE = re.compile(r"""(\bsrc\s*=\s*)("[^"]*"|'[^']*'|[^\s>"']+)""", re.I)
_PLUGINFILE = "@@PLUGINFILE@@"
_FORMATS = frozenset({"html", "moodle_auto_format", "plain_text", "markdown", ""})


@dataclass
class Texts:
    """Turns the text elements of one question into rich text."""

    notes: Notes = field(default_factory=Notes)

    def of(self, element: etree._Element | None, *, within: str = "html") -> str:
        """The rich text of a `questiontext`, `answer` or `feedback`; `within` is the format where it names none."""
        if element is None:
            return ""
        return self.said(raw(element), format_of(element, within), element)

    def said(self, text: str, written: str, element: etree._Element) -> str:
        """A text in one of Moodle's formats, with the files of its element."""
        if written in ("plain_text", "markdown"):
            if written == "markdown":
                self.notes.lose(_("Markdown 按纯文字导入，标记原样保留"))
            return rich.from_plain(text.strip())
        if written == "moodle_auto_format":
            return auto_formatted(text, notes=self.notes)
        files = {**files_of(element)}
        shown = _IMAGE.sub(lambda found: self._addressed(found[0], files), text)
        return cleaned(shown, notes=self.notes)

    def _addressed(self, tag: str, files: dict[str, bytes | None]) -> str:
        """An `img` tag with the picture's digest for its address; without an address when there is no picture."""
        found = _SOURCE.search(tag)
        address = unescape(found[2].strip("\"'")) if found else ""
        digest = self._picture(address, files)
        if found is None or not digest:
            return ""
        return f'{tag[: found.start()]}src="media:{digest}"{tag[found.end() :]}'

    def _picture(self, address: str, files: dict[str, bytes | None]) -> str:
        if address.startswith(_PLUGINFILE):
            name = unquote(address.removeprefix(_PLUGINFILE).partition("?")[0]).lstrip("/")
            if name not in files:
                self.notes.fail(_("文件里没有图片“%(name)s”，请带图片重新导出") % {"name": name[:80]})
                return ""
            data = files[name]
        elif address.startswith("data:image/") and ";base64," in address[:60]:
            name, data = _("题中图片"), _decoded(address.partition(",")[2])
        else:
            self.notes.fail(_("图片“%(name)s”在题库外，请把图片放进题里重新导出") % {"name": address[:80]})
            return ""
        try:
            media = picture(data or b"", name=name)
        except NotAPicture as refused:
            self.notes.fail(str(refused))
            return ""
        digest = digest_of(media.data)
        self.notes.media[digest] = media
        return digest


def cleaned(html: str, *, notes: Notes) -> str:
    """HTML through the house's gate, with what was dropped as losses."""
    found = rich.clean(html.strip())
    for what in found.dropped:
        notes.lose(what)
    return found.text.strip()


def auto_formatted(text: str, *, notes: Notes) -> str:
    """Text in Moodle's own format: HTML when it has tags, line breaks kept; otherwise plain words."""
    if not _TAG.search(text):
        return rich.clean(rich.from_plain("\n".join(line.strip() for line in text.strip().splitlines()))).text
    if _IMAGE.search(text):
        notes.fail(_("题中的图片没有随文件带来，请改用 Moodle XML 导出"))
    return cleaned("<br/>".join(line.strip() for line in text.strip().splitlines()), notes=notes)


def raw(element: etree._Element | None) -> str:
    """The text as written: in a `text` child, or right inside."""
    if element is None:
        return ""
    inner = element.find("text")
    return "".join((element if inner is None else inner).itertext())


def format_of(element: etree._Element, within: str) -> str:
    """The text format an element names; a format nobody knows is read as HTML."""
    written = element.get("format", within)
    return written if written in _FORMATS else "html"


def files_of(element: etree._Element) -> dict[str, bytes | None]:
    """The files an element carries, by path and name; None where the coding is broken."""
    found: dict[str, bytes | None] = {}
    for file in element.findall("file"):
        path = (file.get("path") or "/").strip("/")
        name = f"{path}/{file.get('name', '')}".lstrip("/")
        found[name] = _decoded("".join(file.itertext()))
    return found


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(unquote(text).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
