"""Rich text of items: the gate every foreign markup passes, and what others ask of a text that passed it (K7-K9).

A rich text is a string: a canonical XHTML fragment of a few elements, without styles, scripts, links or events;
pictures name a medium of the bank by its digest. Plain text is simply escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape

import nh3

from jiangheng.core.exam import rich_math, rich_tree
from jiangheng.core.exam.rich_tree import Node

LARGEST = 200_000
MOST_MARKS = 10_000
MOST_PASSES = 5

_ELEMENTS = rich_tree.INLINE | rich_tree.BLOCKS | {"br", "img", "li", "thead", "tbody", "tr", "th", "td"}
_READ = _ELEMENTS | rich_tree.PARAGRAPHS | set(rich_tree.ALIASES) | {"tfoot"} | rich_math.ELEMENTS | rich_math.FOREIGN
# Elements whose content is not text for a reader; of any other unknown element the text stays.
_GONE = frozenset({
    "script", "style", "template", "iframe", "noscript", "svg", "annotation", "annotation-xml", "title", "xmp",
    "noembed", "noframes", "select", "audio", "video", "canvas", "textarea", "map",
})  # fmt: skip
_SILENT = frozenset({
    "span", "font", "a", "o:p", "html", "head", "body", "meta", "link", "tfoot", "colgroup", "col", "wbr", "nobr",
    "small", "big", "mark",
})  # fmt: skip
_ATTRIBUTES = {
    "img": {"src", "alt", "width"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy"},
    "mover": {"accent"},
    "mfrac": {"linethickness"},
    "mspace": {"width"},
    "mfenced": {"open", "close"},
}
_GATE = nh3.Cleaner(
    tags=set(_READ),
    clean_content_tags=set(_GONE),
    attributes=_ATTRIBUTES,
    url_schemes={"media"},
    link_rel=None,
    strip_comments=True,
)
# A browser's parser opens unclosed formatting elements again in every paragraph; without attributes at most three
# of a name, so a small text cannot grow into a huge tree.
_FORMATTING = re.compile(r"<(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>?")
_EVENT = re.compile(r"[\s/\"'](on[a-z]+)\s*=", re.IGNORECASE)
_SCHEME = re.compile(r"= ?[\"']? ?(javascript|vbscript|data|file) ?:", re.IGNORECASE)
_MARK = re.compile(r"[<&>\n\r]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A canonical rich text, and in sentences what was taken out on the way."""

    text: str
    dropped: tuple[str, ...] = ()


def from_plain(text: str) -> str:
    """Plain text as a rich text: escaped, line breaks kept, characters no document can carry left out."""
    lines = rich_tree.UNSPEAKABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "<br/>".join(escape(line, quote=False) for line in lines)


def clean(html: str) -> Cleaned:
    r"""Foreign markup as a canonical rich text: the gate for everything people paste, type or upload.

    What is not on the house's list goes; of an unknown element the text stays. TeX between `\(…\)` or `\[…\]` becomes
    MathML; TeX that cannot be read stays as text and is said. A text of more than 200,000 bytes or 10,000 tags is
    not taken at all: the result is empty and says so. Cleaning a cleaned text changes nothing.
    """
    if "<" not in html and "&" not in html and "\\" not in html:
        text = rich_tree.write(rich_tree.shaped([html], dropped=[]))
        return Cleaned(text) if _size(text) <= LARGEST else _too_large(html)
    if _size(html) > LARGEST or html.count("<") > MOST_MARKS:
        return _too_large(html)
    dropped = _seen(html)
    text = _settled(html, tex=True, dropped=dropped)
    return Cleaned(text, tuple(dict.fromkeys(dropped))) if _size(text) <= LARGEST else _too_large(html)


def is_canonical(rich: str) -> bool:
    """Whether a string is a rich text as it should be stored. TeX that was not turned into formulas does no harm."""
    if len(rich) > LARGEST or rich.count("<") > MOST_MARKS or rich_tree.UNSPEAKABLE.search(rich):
        return False
    if not _MARK.search(rich):
        return True
    return _settled(rich, tex=False, dropped=[]) == rich


def plain(rich: str) -> str:
    """The words of a rich text: for lists, search and look-alikes. Pictures read 〔图：alt〕, formulas on one line."""
    if "<" not in rich:
        return unescape(rich)
    return re.sub("\x00+", "\n", "".join(_words(rich_tree.parse(rich))).strip("\x00"))


def media_of(rich: str) -> frozenset[str]:
    """The digests of the pictures a rich text shows."""
    return frozenset(re.findall(r'<img src="media:([0-9a-f]{64})"', rich))


def with_media(rich: str, addresses: Mapping[str, str]) -> str:
    """The text with the address of each picture, by digest; a picture without an address becomes its description.

    For showing, not for storing: the result is no canonical text any more.
    """
    if "<img" not in rich:
        return rich
    return rich_tree.write(_addressed(rich_tree.parse(rich), addresses))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _too_large(html: str) -> Cleaned:
    kilobytes = _size(html) // 1000
    return Cleaned("", (f"文字有 {kilobytes} 千字节、{html.count('<')} 个标记，超过上限，整段未收入，请精简后重试",))


def _settled(html: str, *, tex: bool, dropped: list[str]) -> str:
    """One pass after another until nothing changes; plain words should that never happen."""
    text = html
    for _ in range(MOST_PASSES):
        told = dropped if text is html else []
        following = _passed(text, tex=tex, dropped=told)
        if following == text:
            return text
        text = following
        if _size(text) > LARGEST or text.count("<") > MOST_MARKS * 4:
            return text
    return from_plain(plain(text))


def _passed(html: str, *, tex: bool, dropped: list[str]) -> str:
    # The search for an end that never comes would be begun at every tag; behind the last ">" no tag ends.
    head, end, tail = rich_tree.UNSPEAKABLE.sub("", html).rpartition(">")
    source = _FORMATTING.sub(r"<\1>", head + end) + tail
    safe = _GATE.clean(source)
    shaped = rich_tree.shaped(rich_tree.parse(safe), dropped=dropped)
    return rich_tree.write(_with_formulas(shaped, tex=tex, dropped=dropped))


def _with_formulas(nodes: Iterable[Node | str], *, tex: bool, dropped: list[str]) -> list[Node | str]:
    result: list[Node | str] = []
    for node in nodes:
        if isinstance(node, str):
            result += rich_math.with_formulas(node, dropped=dropped) if tex and "\\" in node else [node]
        elif node.tag == "math":
            found = rich_math.formula(node)
            result += [found] if found else []
        elif node.tag in ("code", "pre"):
            result.append(Node(node.tag, node.attributes, _with_formulas(node.children, tex=False, dropped=dropped)))
        else:
            result.append(Node(node.tag, node.attributes, _with_formulas(node.children, tex=tex, dropped=dropped)))
    return result


def _seen(html: str) -> list[str]:
    """What a source holds that will not be taken, read roughly: for telling people, not for deciding."""
    told: list[str] = []
    tags: dict[str, None] = {}
    for found in _TAG.finditer(html):
        tags.setdefault(found[1].lower())
        attributes = f" {' '.join(found[2].split())}"
        if event := _EVENT.search(attributes):
            told.append(f"事件属性 {event[1].lower()[:30]} 已删去")
        if scheme := _SCHEME.search(attributes):
            told.append(f"以 {scheme[1].lower()}: 开头的地址已删去")
    gone = [tag for tag in tags if tag in _GONE and not tag.startswith("annotation")]
    strange = [tag for tag in tags if tag not in _READ and tag not in _GONE and tag not in _SILENT]
    told += [f"{'、'.join(gone)} 连同内容已删去"] if gone else []
    told += ["链接已删去，文字保留"] if "a" in tags else []
    told += [f"不支持的标记 {'、'.join(strange[:10])} 已删去，文字保留"] if strange else []
    return told


def _words(nodes: Iterable[Node | str]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.tag == "br":
            yield "\n"
        elif node.tag == "img":
            alt = node.attributes.get("alt", "")
            yield f"〔图：{alt}〕" if alt else "〔图〕"
        elif node.tag == "math":
            yield rich_math.linear(node)
        elif node.tag == "tr":
            yield "\t".join("".join(_words([cell])).strip("\x00") for cell in node.children)
            yield "\x00"
        elif node.tag in rich_tree.BLOCKS or node.tag == "li":
            yield "\x00"
            yield from _words(node.children)
            yield "\x00"
        else:
            yield from _words(node.children)


def _addressed(nodes: Iterable[Node | str], addresses: Mapping[str, str]) -> list[Node | str]:
    result: list[Node | str] = []
    for node in nodes:
        if isinstance(node, str):
            result.append(node)
        elif node.tag == "img":
            address = addresses.get(node.attributes.get("src", "").removeprefix("media:"))
            attributes = node.attributes | {"src": address or ""}
            result.append(Node("img", attributes) if address else "".join(_words([node])))
        else:
            result.append(Node(node.tag, node.attributes, _addressed(node.children, addresses)))
    return result
