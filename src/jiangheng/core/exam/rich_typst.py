"""Rich texts as Typst markup, for printed papers, answer sheets and books of items (clauses K7, K13).

Words go into Typst strings and signs of formulas are escaped one by one, so no text of an item is ever read as
markup or code of Typst.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from jiangheng.core.exam import rich_math
from jiangheng.core.exam.rich_tree import INLINE, Node, parse, text_of

# Screen pixels of the pictures' width attribute; Typst measures in points (CSS: 96 px and 72 pt an inch).
_POINTS_PER_PIXEL = 0.75
_WIDEST = 400
_NUMBER = re.compile(r"\d+(\.\d+)?")
_LETTER = re.compile(r"[A-Za-zΑ-Ωα-ω]")
_CALLS = {"strong": "strong", "em": "emph", "u": "underline", "s": "strike", "sub": "sub", "sup": "super"}


def typst(rich: str, images: Mapping[str, str]) -> str:
    """Typst markup of a rich text.

    `images` maps the digest of a picture to the path `image` finds it by; a picture without a path is named by its
    description. To `eval` the markup, give `image` in the scope, because paths are not read from evaluated text.
    """
    return _markup(parse(rich), images)


def _markup(nodes: Iterable[Node | str], images: Mapping[str, str]) -> str:
    out: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(_text(node))
        elif node.tag == "br":
            out.append("#linebreak();")
        elif node.tag in INLINE:
            out.append(_inline(node, images))
        elif node.tag == "math":
            out.append(_formula(node))
        elif node.tag in _BLOCKS:
            out.append(_BLOCKS[node.tag](node, images))
        else:
            out.append(_markup(node.children, images))
    return "".join(out)


def _text(text: str) -> str:
    return f"#{_string(text)};" if text else ""


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _inline(node: Node, images: Mapping[str, str]) -> str:
    if node.tag == "code":
        return f"#raw({_string(text_of(node.children))});"
    return f"#{_CALLS[node.tag]}[{_markup(node.children, images)}];"


def _paragraph(node: Node, images: Mapping[str, str]) -> str:
    return f"#parbreak();{_markup(node.children, images)}#parbreak();"


def _picture(node: Node, images: Mapping[str, str]) -> str:
    alt = node.attributes.get("alt", "")
    path = images.get(node.attributes.get("src", "").removeprefix("media:"))
    if not path:
        return _text(f"〔图：{alt}〕" if alt else "〔图〕")
    given = node.attributes.get("width", "")
    width = f"{min(int(given) * _POINTS_PER_PIXEL, _WIDEST):g}pt" if given.isdigit() and len(given) < 5 else "auto"
    described = f", alt: {_string(alt)}" if alt else ""
    return f"#box(image({_string(path)}, width: {width}{described}));"


def _list(node: Node, images: Mapping[str, str]) -> str:
    entries = ", ".join(f"[{_markup(child.children, images)}]" for child in node.children if isinstance(child, Node))
    return f"#{'enum' if node.tag == 'ol' else 'list'}({entries});"


def _verbatim(node: Node, images: Mapping[str, str]) -> str:
    return f"#raw({_string(text_of(node.children))}, block: true);"


def _table(node: Node, images: Mapping[str, str]) -> str:
    parts = [part for part in node.children if isinstance(part, Node)]
    rows = [[cell for cell in row.children if isinstance(cell, Node)] for part in parts for row in _rows(part)]
    columns = _columns(rows)
    heads = [_cells(row, images) for part in parts if part.tag == "thead" for row in _rows(part)]
    bodies = [_cells(row, images) for part in parts if part.tag != "thead" for row in _rows(part)]
    header = [f"table.header({', '.join(heads)})"] if heads else []
    return f"#table(columns: {columns}, {', '.join([*header, *(body for body in bodies if body)])});"


def _rows(part: Node) -> list[Node]:
    return [row for row in part.children if isinstance(row, Node)]


def _columns(rows: Sequence[Sequence[Node]]) -> int:
    """How many columns a table has, cells that hang down from earlier rows counted."""
    hanging: list[int] = []
    widest = 1
    for row in rows:
        down = [left for left in hanging if left > 0]
        cells = [(_span(cell, "colspan"), _span(cell, "rowspan")) for cell in row]
        widest = max(widest, len(down) + sum(across for across, _ in cells))
        hanging = [left - 1 for left in down] + [rest - 1 for across, rest in cells for _ in range(across)]
    return widest


def _span(cell: Node, name: str) -> int:
    value = cell.attributes.get(name, "1")
    return int(value) if value.isdigit() and len(value) < 3 else 1


def _cells(row: Node, images: Mapping[str, str]) -> str:
    cells = []
    for cell in row.children:
        if isinstance(cell, Node):
            spans = "".join(
                f"{name}: {_span(cell, name)}, " for name in ("colspan", "rowspan") if _span(cell, name) > 1
            )
            words = _markup(cell.children, images)
            cells.append(f"table.cell({spans}[{f'#strong[{words}];' if cell.tag == 'th' else words}])")
    return ", ".join(cells)


_BLOCKS: Mapping[str, Callable[[Node, Mapping[str, str]], str]] = {
    "p": _paragraph,
    "img": _picture,
    "ul": _list,
    "ol": _list,
    "pre": _verbatim,
    "table": _table,
}


def _formula(node: Node) -> str:
    inner = _row(node.children)
    # In Typst a formula with spaces inside its dollars stands on a line of its own.
    return f"$ {inner} $" if node.attributes.get("display") == "block" else f"${inner}$"


def _math(node: Node | str) -> str:
    if isinstance(node, str):
        return _string(node)
    if node.tag in rich_math.TOKENS:
        return _token(node)
    if node.tag == "mspace":
        return f"#h({node.attributes.get('width', '0.2em')});"
    parts = [_math(child) for child in node.children]
    if node.tag in rich_math.CHILDREN and len(parts) == rich_math.CHILDREN[node.tag]:
        return _scheme(node, parts)
    if node.tag == "msqrt":
        return f"sqrt({_row(node.children)})"
    if node.tag == "mtable":
        rows = [[_math(cell) or '""' for cell in row.children] for row in node.children if isinstance(row, Node)]
        return f"mat(delim: #none, {'; '.join(', '.join(row) for row in rows)})"
    return _row(node.children)


def _token(node: Node) -> str:
    words = text_of(node.children)
    if node.tag == "mn" and _NUMBER.fullmatch(words):
        return words
    if len(words) == 1 and node.tag != "mtext":
        upright = node.attributes.get("mathvariant") == "normal"
        if _LETTER.fullmatch(words):
            return f"upright({words})" if upright else words
        # Behind a backslash any sign is itself: no root, no delimiter, no argument's end.
        return _string(words) if words.isalnum() or words.isspace() else f"\\{words}"
    if node.tag != "mtext" and words in _WIDE_NAMES:
        return f"op({_string(words)}, limits: #true)"
    if node.tag != "mtext" and words in _NAMES:
        return f"op({_string(words)})"
    return _string(words)


def _scheme(node: Node, parts: Sequence[str]) -> str:
    first, second = parts[0] or '""', parts[1] or '""'
    if node.tag == "mfrac":
        # A fraction without a line is one above the other; its brackets are signs of their own.
        stacked = f"mat(delim: #none, {first}; {second})"
        return stacked if "linethickness" in node.attributes else f"frac({first}, {second})"
    if node.tag == "mroot":
        return f"root({second}, {first})"
    third = (parts[2] if len(parts) == 3 else "") or '""'
    sign = text_of([node.children[1]])
    if node.tag == "mover" and sign in _OVER:
        return f"{_OVER[sign]}({first})"
    scripts = {
        "msub": f"b: {second}",
        "msup": f"t: {second}",
        "msubsup": f"b: {second}, t: {third}",
        "munder": f"b: {second}",
        "mover": f"t: {second}",
        "munderover": f"b: {second}, t: {third}",
    }[node.tag]
    base = f"limits({first})" if node.tag in ("munder", "mover", "munderover") else first
    return f"attach({base}, {scripts})"


_FENCES = {"(": ")", "[": "]", "{": "}", "⌈": "⌉", "⌊": "⌋", "⟨": "⟩"}
_NAMES = frozenset({
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln",
    "lg", "exp", "det", "arg", "dim",
})  # fmt: skip
_WIDE_NAMES = frozenset({"lim", "max", "min", "sup", "inf", "gcd"})
_OVER = {
    "→": "arrow", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "˙": "dot", "¨": "dot.double",
    "―": "overline", "¯": "overline", "‾": "overline", "_": "overline", "ˉ": "overline",
}  # fmt: skip


def _row(nodes: Sequence[Node | str]) -> str:
    """Parts beside one another; brackets that belong together, and one before a table, grow with what they hold."""
    signs = [text_of([node]) if isinstance(node, Node) and node.tag == "mo" else "" for node in nodes]
    parts = [_math(node) for node in nodes]
    opened: list[int] = []
    for place, sign in enumerate(signs):
        if sign in _FENCES:
            opened.append(place)
        elif opened and sign == _FENCES[signs[opened[-1]]]:
            start = opened.pop()
            parts[start], parts[place] = f"lr({parts[start]}", f"{parts[place]})"
    for start in opened:
        following = nodes[start + 1] if start + 1 < len(nodes) else ""
        if isinstance(following, Node) and following.tag == "mtable":
            parts[start], parts[start + 1] = f"lr({parts[start]}", f"{parts[start + 1]})"
    return " ".join(parts)
