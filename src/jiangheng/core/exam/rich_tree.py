"""The tree behind a rich text: read from markup that was already sanitised, brought into the house's form, written.

Serves K7-K9. The form is a fixed point of an HTML parser: paragraphs hold no blocks, tables have rows in bodies,
lists hold list items; so what was checked here is what a browser will build from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

DEEPEST = 32
VOID = frozenset({"br", "img", "mspace"})
INLINE = frozenset({"strong", "em", "u", "s", "sub", "sup", "code"})
BLOCKS = frozenset({"p", "ul", "ol", "table", "pre"})
ALIASES = {"b": "strong", "i": "em", "ins": "u", "del": "s", "strike": "s", "tt": "code", "kbd": "code", "samp": "code"}
PARAGRAPHS = frozenset({
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "header", "footer",
    "main", "aside", "figure", "figcaption", "address", "dl", "dt", "dd", "center", "fieldset", "form", "legend",
    "details", "summary", "caption", "li", "tr", "td", "th",
})  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SPANS = {"colspan": 50, "rowspan": 50}

# What XML 1.0 cannot carry, the C1 controls and lone surrogates: never text of an item.
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
MEDIA = re.compile(r"media:[0-9a-f]{64}")
_WIDTH = re.compile(r"([1-9]\d{0,3})(?:px)?")
_LONGEST_ALT = 300


@dataclass(slots=True)
class Node:
    """An element; a child is an element or text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)


def parse(markup: str) -> list[Node | str]:
    """The elements and texts of balanced markup; elements nested deeper than `DEEPEST` leave only their text."""
    builder = _Builder()
    # Behind the last ">" stands no tag; the parser would look for an end there again and again.
    head, end, tail = markup.rpartition(">")
    builder.feed(head + end)
    builder.close()
    if tail:
        builder.handle_data(unescape(tail))
    return builder.root.children


def write(nodes: Iterable[Node | str]) -> str:
    """The markup of a tree: attributes in their stored order, everything else escaped, void elements closed."""
    out: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(escape(node, quote=False))
            continue
        given = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
        out.append(f"<{node.tag}{given}/>" if node.tag in VOID else f"<{node.tag}{given}>")
        if node.tag not in VOID:
            out += [write(node.children), f"</{node.tag}>"]
    return "".join(out)


def text_of(nodes: Iterable[Node | str]) -> str:
    """All text below some nodes, run together."""
    return "".join(node if isinstance(node, str) else text_of(node.children) for node in nodes)


def shaped(nodes: Sequence[Node | str], *, dropped: list[str]) -> list[Node | str]:
    """The house's form of a tree; what had to go is said in `dropped`. Formulas are left as they are."""
    result = _flow(nodes, dropped=dropped)
    # One paragraph is the same as none, and texts from different sources should compare equal.
    if len(result) == 1 and isinstance(result[0], Node) and result[0].tag == "p":
        return result[0].children
    return result


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self._open = [self.root]
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self._open[-1].children.append(node)
        elif len(self._open) > DEEPEST:
            self._skipped.append(tag)
        else:
            self._open[-1].children.append(node)
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self._skipped:
            if self._skipped[-1] == tag:
                self._skipped.pop()
        elif len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        children = self._open[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)


def _flow(nodes: Iterable[Node | str], *, dropped: list[str]) -> list[Node | str]:
    """Inline runs and blocks, in order; text around blocks that is only white space goes."""
    mixed = _joined(_pieces(nodes, dropped=dropped))
    if not any(is_block(node) for node in mixed):
        return mixed
    return [piece for run in _runs(mixed) for piece in (run if is_block(run[0]) else _trimmed(run))]


def is_block(node: Node | str) -> bool:
    """Whether a node of a shaped tree stands on lines of its own."""
    return isinstance(node, Node) and node.tag in BLOCKS


def _pieces(nodes: Iterable[Node | str], *, dropped: list[str]) -> list[Node | str]:
    pieces: list[Node | str] = []
    for node in nodes:
        if isinstance(node, str):
            pieces.append(UNSPEAKABLE.sub("", node).replace("\r", "\n"))
            continue
        tag = ALIASES.get(node.tag, node.tag)
        if tag in INLINE:
            pieces += _wrapped(tag, _flow(node.children, dropped=dropped))
        elif tag in ("br", "math"):
            pieces.append(Node(tag, node.attributes if tag == "math" else {}, node.children))
        elif tag == "img":
            pieces += _picture(node, dropped=dropped)
        elif tag in ("ul", "ol"):
            pieces += _list(node, dropped=dropped)
        elif tag == "table":
            pieces += _table(node, dropped=dropped)
        elif tag == "pre":
            pieces += _verbatim(node, dropped=dropped)
        elif tag in PARAGRAPHS:
            inner = _flow(node.children, dropped=dropped)
            if tag in HEADINGS:
                inner = _wrapped("strong", inner)
            pieces += _paragraphs(inner)
        else:
            pieces += _pieces(node.children, dropped=dropped)
    return pieces


def _joined(pieces: Iterable[Node | str]) -> list[Node | str]:
    """Neighbouring texts made one, line breaks of the source made spaces, empty texts left out."""
    joined: list[Node | str] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    texts = (_on_one_line(piece) if isinstance(piece, str) else piece for piece in joined)
    return [piece for piece in texts if piece != ""]


def _on_one_line(text: str) -> str:
    """A line break of the source, with the spaces around it, is one space."""
    if "\n" not in text:
        return text
    first, *between, last = text.split("\n")
    words = [line for line in (each.strip(" \t") for each in between) if line]
    return " ".join([first.rstrip(" \t"), *words, last.lstrip(" \t")])


def _runs(pieces: Iterable[Node | str]) -> list[list[Node | str]]:
    """Each block alone, and the inline pieces between blocks together."""
    runs: list[list[Node | str]] = []
    for piece in pieces:
        if runs and not is_block(piece) and not is_block(runs[-1][0]):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _trimmed(run: Sequence[Node | str]) -> list[Node | str]:
    run = list(run)
    while run and isinstance(run[0], str) and not run[0].strip(" \t"):
        del run[0]
    while run and isinstance(run[-1], str) and not run[-1].strip(" \t"):
        del run[-1]
    if run and isinstance(run[0], str):
        run[0] = run[0].lstrip(" \t")
    if run and isinstance(run[-1], str):
        run[-1] = run[-1].rstrip(" \t")
    return run


def _wrapped(tag: str, pieces: Sequence[Node | str]) -> list[Node | str]:
    """Inline pieces within an inline element; within a block the element goes inside, to the block's own runs."""
    wrapped: list[Node | str] = []
    for run in _runs(pieces):
        first = run[0]
        if isinstance(first, Node) and is_block(first):
            wrapped.append(_wrapped_within(tag, first))
        elif all(isinstance(piece, str) and not piece.strip() for piece in run):
            wrapped += run
        else:
            wrapped.append(Node(tag, {}, run))
    return wrapped


def _wrapped_within(tag: str, block: Node) -> Node:
    if block.tag in ("p", "pre", "li", "td", "th"):
        return Node(block.tag, block.attributes, _wrapped(tag, block.children))
    rows = [_wrapped_within(tag, child) for child in block.children if isinstance(child, Node)]
    return Node(block.tag, block.attributes, list(rows))


def _paragraphs(pieces: Sequence[Node | str]) -> list[Node | str]:
    paragraphs: list[Node | str] = []
    for run in _runs(pieces):
        kept = run if is_block(run[0]) else _trimmed(run)
        if kept:
            paragraphs += kept if is_block(kept[0]) else [Node("p", {}, kept)]
    return paragraphs


def _cell(nodes: Iterable[Node | str], *, dropped: list[str]) -> list[Node | str]:
    inner = shaped(list(nodes), dropped=dropped)
    return inner if any(is_block(node) for node in inner) else _trimmed(inner)


def _list(node: Node, *, dropped: list[str]) -> list[Node | str]:
    entries: list[Node] = []
    loose: list[Node | str] = []

    def settle() -> None:
        inner = _cell(loose, dropped=dropped)
        loose.clear()
        if inner and entries:
            # A list right inside a list belongs to the entry before it.
            entries[-1].children = _cell([*entries[-1].children, *inner], dropped=[])
        elif inner:
            entries.append(Node("li", {}, inner))

    for child in node.children:
        if isinstance(child, Node) and child.tag == "li":
            settle()
            entries.append(Node("li", {}, _cell(child.children, dropped=dropped)))
        else:
            loose.append(child)
    settle()
    return [Node(node.tag, {}, list(entries))] if entries else []


def _table(node: Node, *, dropped: list[str]) -> list[Node | str]:
    head: list[Node] = []
    body: list[Node] = []
    loose: list[Node | str] = []
    _sort_rows(node, head=head, body=body, loose=loose, dropped=dropped)
    parts = [Node(tag, {}, list(rows)) for tag, rows in (("thead", head), ("tbody", body)) if rows]
    table: list[Node | str] = [Node("table", {}, list(parts))] if parts else []
    return [*_paragraphs(_flow(loose, dropped=dropped)), *table]


def _sort_rows(node: Node, *, head: list[Node], body: list[Node], loose: list[Node | str], dropped: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            loose.append(child)
        elif child.tag == "tr":
            cells = [_table_cell(each, dropped=dropped) for each in child.children if _is_cell(each)]
            loose += [each for each in child.children if not _is_cell(each)]
            if cells:
                (head if node.tag == "thead" else body).append(Node("tr", {}, list(cells)))
        elif child.tag in ("thead", "tbody", "tfoot"):
            _sort_rows(child, head=head, body=body, loose=loose, dropped=dropped)
        else:
            loose.append(child)


def _is_cell(node: Node | str) -> bool:
    return isinstance(node, Node) and node.tag in ("td", "th")


def _table_cell(node: Node | str, *, dropped: list[str]) -> Node:
    assert isinstance(node, Node)
    spans = {name: node.attributes.get(name, "") for name in SPANS}
    kept = {
        name: str(int(value))
        for name, value in spans.items()
        if value.isascii() and value.isdigit() and len(value) < 4 and 1 < int(value) <= SPANS[name]
    }
    return Node(node.tag, kept, _cell(node.children, dropped=dropped))


def _verbatim(node: Node, *, dropped: list[str]) -> list[Node | str]:
    """Preformatted text: lines and spaces stay, elements go; a parser swallows a first line break, so it goes too."""
    text = UNSPEAKABLE.sub("", _lines(node.children)).replace("\r", "\n").strip("\n")
    if any(isinstance(child, Node) and child.tag == "img" for child in node.children):
        dropped.append("预排文本中的图片已删去，请放到预排文本之外")
    return [Node("pre", {}, [text])] if text.strip() else []


def _lines(nodes: Iterable[Node | str]) -> str:
    out = ""
    for node in nodes:
        if isinstance(node, str):
            out += node
        elif node.tag == "br":
            out += "\n"
        else:
            out += ("\n" if node.tag in PARAGRAPHS and out else "") + _lines(node.children)
    return out


def _picture(node: Node, *, dropped: list[str]) -> list[Node | str]:
    source = node.attributes.get("src", "").strip()
    alt = " ".join(UNSPEAKABLE.sub("", node.attributes.get("alt", "")).split())[:_LONGEST_ALT].strip()
    if not MEDIA.fullmatch(source):
        dropped.append(f"图片{f'“{alt}”' if alt else ''}不在题库的图片中，已删去，请重新上传图片")
        return []
    attributes = {"src": source, "alt": alt}
    width = _WIDTH.fullmatch(node.attributes.get("width", "").strip())
    if width:
        attributes["width"] = width[1]
    return [Node("img", attributes)]


def children_of(nodes: Iterable[Node | str]) -> Iterable[Node]:
    """Every element below some nodes, parents before their children."""
    for node in nodes:
        if isinstance(node, Node):
            yield node
            yield from children_of(node.children)
