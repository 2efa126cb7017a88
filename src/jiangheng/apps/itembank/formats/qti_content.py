"""The content of QTI elements as the house's rich text, with pictures from the package (clauses K7, K9).

What cannot be carried is noted as a loss; a picture that is missing is a problem, because the item is useless then.
"""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from jiangheng.apps.itembank.formats.archive import NotXml, xml
from jiangheng.apps.itembank.formats.found import digest_of
from jiangheng.apps.itembank.formats.notes import Notes
from jiangheng.apps.itembank.formats.pictures import NotAPicture, picture
from jiangheng.apps.itembank.formats.qti_names import child, drop, normalise, unwrap
from jiangheng.core.exam import rich
from jiangheng.kernel.kept import said as _

_UNWRAPPED = frozenset({"content-body", "stimulus-body", "template-block", "template-inline", "prompt", "hottext"})
_DROPPED = frozenset({"feedback-inline", "feedback-block", "catalog-info", "companion-materials-info"})
_NOT_TAKEN = frozenset({"include", "embed", "math-variable", "end-attempt-interaction"})


@dataclass
class Content:
    """Turns elements of one item file into rich text. `fetch` gives the bytes of a file of the package, or None."""

    place: str
    fetch: Callable[[str], bytes | None]
    notes: Notes = field(default_factory=Notes)

    def rich(self, element: etree._Element) -> str:
        """The content of an element, without the element itself and without white space around it."""
        region = copy.deepcopy(element)
        region.tail = None
        region.tag = "div"
        region.attrib.clear()
        self._pictures(region)
        self._strange_elements(region)
        while (lone := _lone(region)) is not None and lone.tag == "div":
            region = lone
        cleaned = rich.clean(_inner(region))
        for what in cleaned.dropped:
            self.notes.lose(what)
        return cleaned.text.strip()

    def picture_of(self, element: etree._Element) -> str:
        """The digest of the picture an `img` or `object` shows; "" with a problem noted when there is none."""
        address = element.get("src") or element.get("data") or element.get("href") or ""
        if "://" in address or address.startswith(("//", "data:")):
            self.notes.fail(_("图片“%(name)s”在包外，请把图片放进包里") % {"name": address[:80]})
            return ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.place), unquote(address)))
        data = self.fetch(path)
        if data is None:
            self.notes.fail(_("包里没有图片“%(name)s”，请补上图片重新打包") % {"name": address[:80]})
            return ""
        try:
            media = picture(data, name=path)
        except NotAPicture as refused:
            self.notes.fail(str(refused))
            return ""
        digest = digest_of(data)
        self.notes.media[digest] = media
        return digest

    def stimulus(self, address: str) -> etree._Element | None:
        """The body of a shared passage in the package; None, with a problem noted, when it cannot be read."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.place), unquote(address)))
        data = self.fetch(path)
        try:
            root = None if data is None else normalise(xml(data))
        except NotXml:
            root = None
        body = None if root is None else child(root, "stimulus-body")
        if body is None:
            self.notes.fail(_("包里没有共用材料“%(name)s”，或已损坏") % {"name": address[:80]})
            return None
        for shown in body.iter("img", "object"):
            name = "src" if shown.tag == "img" else "data"
            if shown.get(name):
                # Its pictures are named from where it stands.
                away = posixpath.join(posixpath.dirname(path), unquote(shown.get(name, "")))
                shown.set(name, posixpath.relpath(away, posixpath.dirname(self.place) or "."))
        return body

    def _pictures(self, region: etree._Element) -> None:
        for shown in list(region.iter("img", "object")):
            if shown.tag == "object" and not shown.get("type", "image/").startswith("image/"):
                self.notes.lose(_("附件或影音“%(name)s”没有导入") % {"name": (shown.get("data") or "")[:80]})
                drop(shown)
                continue
            digest = self.picture_of(shown)
            if not digest:
                drop(shown)
                continue
            alt = shown.get("alt") or " ".join("".join(shown.itertext()).split())
            width, tail = shown.get("width"), shown.tail
            shown.clear()
            shown.tag, shown.tail = "img", tail
            shown.set("src", f"media:{digest}")
            shown.set("alt", alt)
            if width:
                shown.set("width", width)

    def _strange_elements(self, region: etree._Element) -> None:
        for element in list(region.iter()):
            if element is region or not isinstance(element.tag, str):
                continue
            if element.tag in _DROPPED:
                drop(element)
            elif element.tag in _NOT_TAKEN:
                self.notes.lose(_("原题的“%(name)s”没有导入") % {"name": element.tag})
                drop(element)
            elif element.tag == "printed-variable":
                self.notes.fail(_("题面里有随机生成的数值，本系统的试题是固定的"))
                drop(element)
            elif element.tag in _UNWRAPPED:
                unwrap(element)


def _lone(region: etree._Element) -> etree._Element | None:
    """The only child, when nothing but white space stands around it."""
    inner = list(region)
    if len(inner) == 1 and not (region.text or "").strip() and not (inner[0].tail or "").strip():
        return inner[0]
    return None


def _inner(region: etree._Element) -> str:
    """The content as HTML; a serialiser for HTML, because an empty XML element would swallow what follows it."""
    whole = etree.tostring(region, method="html", encoding="unicode", with_tail=False)
    return whole.partition(">")[2].rpartition("<")[0]


def joined(texts: Iterable[str]) -> str:
    """Several rich texts as one, each once."""
    found = list(dict.fromkeys(text for text in texts if text.strip()))
    if len(found) <= 1:
        return found[0] if found else ""
    return rich.clean("".join(f"<div>{text}</div>" for text in found)).text
