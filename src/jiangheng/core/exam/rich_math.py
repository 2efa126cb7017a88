"""Formulas of rich texts: MathML brought into the house's form, TeX turned into it, and both read on one line.

Serves K7-K9. The form holds presentation elements only, each with as many children as it must have, so that a
browser never shows an error where an examination asks a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape

from latex2mathml.converter import convert_to_element

from jiangheng.core.exam.rich_tree import UNSPEAKABLE, Node, children_of, text_of

LONGEST_TEX = 2000
DEEPEST_TEX = 16
TOKENS = frozenset({"mi", "mn", "mo", "mtext"})
CHILDREN: Mapping[str, int] = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3,
}  # fmt: skip
ELEMENTS = frozenset({"math", "mrow", "mspace", "msqrt", "mtable", "mtr", "mtd", *TOKENS, *CHILDREN})
# Read, but not written: their content stays, as a row.
FOREIGN = frozenset({"mstyle", "mpadded", "menclose", "merror", "mfenced", "semantics", "mphantom", "ms", "mlabeledtr"})

_ATTRIBUTES: Mapping[tuple[str, str], re.Pattern[str]] = {
    ("math", "display"): re.compile("block"),
    ("mi", "mathvariant"): re.compile("normal"),
    ("mo", "stretchy"): re.compile("true|false"),
    ("mover", "accent"): re.compile("true"),
    ("mfrac", "linethickness"): re.compile("0"),
    ("mspace", "width"): re.compile(r"\d(\.\d{1,3})?em"),
}
_BOUND = re.compile(r"\\[()\[\]]")
_CLOSING = {r"\(": r"\)", r"\[": r"\]"}
# The converter draws a lone upright letter (a unit) slanting; in this older spelling it does not.
_LONE_UPRIGHT = re.compile(r"\\mathrm\s*\{\s*([A-Za-z])\s*\}")
_UNKNOWN_COMMAND = re.compile(r"\\[A-Za-z]")


def formula(node: Node) -> Node | None:
    """The house's form of a `math` element; None when nothing is left of it."""
    inner = _row([child for each in node.children for child in _parts(each)])
    return Node("math", _attributes(node), inner) if inner else None


def with_formulas(text: str, *, dropped: list[str]) -> list[Node | str]:
    r"""A text with the TeX between `\(…\)` or `\[…\]` turned into formulas; what cannot be read stays and is said."""
    pieces: list[Node | str] = []
    done = 0
    opened: re.Match[str] | None = None
    for bound in _BOUND.finditer(text):
        if bound[0] in _CLOSING:
            opened = bound
        elif opened is not None and bound[0] == _CLOSING[opened[0]]:
            node = from_tex(text[opened.end() : bound.start()], block=opened[0] == r"\[")
            if node is None:
                shown = text[opened.start() : bound.end()][:60]
                dropped.append(f"公式 {shown} 写法有误，按文字保留，请改正公式")
            else:
                pieces += [text[done : opened.start()], node]
                done = bound.end()
            opened = None
    pieces.append(text[done:])
    return [piece for piece in pieces if piece != ""]


def from_tex(tex: str, *, block: bool = False) -> Node | None:
    """A formula from TeX, or None when it is empty, longer than 2,000 characters, too deep, or cannot be read."""
    if len(tex) > LONGEST_TEX or max(_depths(tex), default=0) > DEEPEST_TEX:
        return None
    try:
        upright = _LONE_UPRIGHT.sub(r"{\\rm \1}", tex.strip())
        element = convert_to_element(upright, display="block" if block else "inline")
    # The converter has errors of its own and, on odd input, any other: whatever it is, the formula is not readable.
    except Exception:
        return None
    read = _from_element(element)
    node = formula(read)
    whole = node is not None and all(_is_whole(each) for each in children_of([read]))
    return node if whole else None


def linear(node: Node | str) -> str:
    """A formula on one line, as one would type it: a/b, √(x+1), x_1^2, [1, 2; 3, 4]."""
    if isinstance(node, str):
        return node
    parts = node.children
    if node.tag in CHILDREN and len(parts) == CHILDREN[node.tag]:
        return _linear_scheme(node.tag, parts)
    if node.tag == "msqrt":
        return f"√{_bracketed(Node('mrow', {}, list(parts)))}"
    if node.tag == "mtable":
        return f"[{'; '.join(linear(row) for row in parts)}]"
    if node.tag == "mtr":
        return ", ".join(linear(cell) for cell in parts)
    return " " if node.tag == "mspace" else "".join(linear(part) for part in parts)


def _linear_scheme(tag: str, parts: Sequence[Node | str]) -> str:
    first, second = linear(parts[0]), _bracketed(parts[1])
    if tag == "mfrac":
        return f"{_bracketed(parts[0])}/{second}"
    if tag == "mroot":
        return f"{second}√{_bracketed(parts[0])}"
    if tag in ("msup", "mover"):
        return f"{first}^{second}"
    upper = f"^{_bracketed(parts[2])}" if len(parts) == 3 else ""
    return f"{first}_{second}{upper}"


def _bracketed(node: Node | str) -> str:
    words = linear(node)
    return words if len(words) < 2 or words.isalnum() or re.fullmatch(r"[\d.]+", words) else f"({words})"


def _parts(node: Node | str) -> list[Node | str]:
    """What a child becomes: nothing, or one element."""
    if isinstance(node, str):
        words = _words(node)
        return [Node("mtext", {}, [words])] if words else []
    if node.tag in TOKENS or node.tag == "ms":
        words = _words(text_of(node.children))
        return [Node("mtext" if node.tag == "ms" else node.tag, _attributes(node), [words])] if words else []
    if node.tag == "mspace":
        attributes = _attributes(node)
        return [Node("mspace", attributes)] if attributes else []
    if node.tag in CHILDREN:
        return [_scheme(node)]
    if node.tag == "mtable":
        rows = [_table_row(row) for row in node.children if isinstance(row, Node) and row.tag in ("mtr", "mlabeledtr")]
        return [Node("mtable", {}, list(rows))] if rows else []
    if node.tag == "mphantom":
        return []
    inner = _row([child for each in _shown(node) for child in _parts(each)])
    if node.tag == "msqrt":
        return [Node("msqrt", {}, inner)] if inner else []
    if node.tag == "mfenced" and inner:
        opening, closing = node.attributes.get("open", "("), node.attributes.get("close", ")")
        fences = [[Node("mo", {}, [mark])] if (mark := _words(each)) else [] for each in (opening, closing)]
        inner = [*fences[0], *inner, *fences[1]]
    return inner if len(inner) < 2 else [Node("mrow", {}, inner)]


def _shown(node: Node) -> Sequence[Node | str]:
    # Of a formula with its meaning only the first child is for the eye; the others are annotations.
    elements = [child for child in node.children if isinstance(child, Node)]
    return elements[:1] if node.tag == "semantics" else node.children


def _scheme(node: Node) -> Node:
    parts: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        inner = _parts(child)
        parts.append(inner[0] if inner else Node("mrow"))
    if len(parts) != CHILDREN[node.tag]:
        return Node("mrow", {}, _row(parts))
    return Node(node.tag, _attributes(node), parts)


def _table_row(row: Node) -> Node:
    cells = [
        Node("mtd", {}, _row([part for each in cell.children for part in _parts(each)]))
        for cell in row.children
        if isinstance(cell, Node) and cell.tag == "mtd"
    ]
    return Node("mtr", {}, list(cells))


def _row(parts: Sequence[Node | str]) -> list[Node | str]:
    """The children of a row, without rows that hold nothing; a row that is its only child is opened."""
    kept = [part for part in parts if isinstance(part, str) or part.tag != "mrow" or part.children]
    if len(kept) == 1 and isinstance(kept[0], Node) and kept[0].tag == "mrow":
        return kept[0].children
    return kept


def _attributes(node: Node) -> dict[str, str]:
    return {
        name: node.attributes[name]
        for (tag, name), allowed in _ATTRIBUTES.items()
        if tag == node.tag and name in node.attributes and allowed.fullmatch(node.attributes[name])
    }


def _words(text: str) -> str:
    # Spaces at the ends of a token are not drawn, unless they are no-break spaces.
    return re.sub(r"[ \t\r\n]+", " ", UNSPEAKABLE.sub("", text)).strip(" ")


def _depths(tex: str) -> list[int]:
    depth, depths = 0, []
    for mark in re.findall(r"\\left|\\right|\\begin|\\end|[{}^_]", tex):
        depth += 1 if mark in ("{", "\\left", "\\begin") else -1 if mark in ("}", "\\right", "\\end") else 0
        depths.append(depth)
    return depths


def _from_element(element: object) -> Node:
    tag = str(getattr(element, "tag", "")).rpartition("}")[2]
    node = Node(tag, {str(name): str(value) for name, value in getattr(element, "attrib", {}).items()})
    texts = [getattr(element, "text", None)]
    for child in element:  # type: ignore[attr-defined]
        if texts[-1]:
            node.children.append(unescape(texts[-1]))
        node.children.append(_from_element(child))
        texts.append(getattr(child, "tail", None))
    if texts[-1]:
        node.children.append(unescape(texts[-1]))
    return node


def _is_whole(node: Node) -> bool:
    """Whether the converter understood: every scheme has its children, and no command was left as a word."""
    if node.tag in CHILDREN:
        return len(node.children) == CHILDREN[node.tag]
    return node.tag not in TOKENS or not _UNKNOWN_COMMAND.match(text_of(node.children))
