r"""Rich text as people type it: blank lines part paragraphs, `\( … \)` is a formula, `[图1]` a picture (clauses K7-K9).

What is typed goes through `rich.clean` like everything foreign. What is stored comes back as it would be typed, so that
typing it again gives the same text; where no typing would, the markup itself is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from jiangheng.core.exam import rich, rich_math, rich_tree
from jiangheng.core.exam.rich_tree import Node

# An attribute of a typed tag has a value: "a<b and c>d" is a comparison.
_TAG = r"</?[a-zA-Z][a-zA-Z0-9:-]*(?:\s+[a-zA-Z][\w:-]*\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))*\s*/?>"
_SIGN = re.compile(rf"(?P<tag>{_TAG})|[<>]")
_ENTITY = re.compile(r"&(?=#?[0-9a-zA-Z]{1,31};)")
_APART = re.compile(
    r"(?P<tex>\\\(.*?\\\)|\\\[.*?\\\])|(?P<block><(?P<name>table|ul|ol|pre|math)\b.*?</(?P=name)\s*>)", re.DOTALL
)
# the word people type; as a sign of the notation it is the same in every language
_MARK = chr(0x56FE)
_PICTURE = re.compile(r"[\[【]图 ?(\d{1,2})(?: +(\d{2,4}))?(?:[：:]([^\]】\n]*))?[\]】]")
_PARAGRAPH = "\x00"
_NAMED = {
    "×": r"\times ", "÷": r"\div ", "±": r"\pm ", "⋅": r"\cdot ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
    "≈": r"\approx ", "∞": r"\infty ", "∑": r"\sum ", "∫": r"\int ", "→": r"\to ", "α": r"\alpha ", "β": r"\beta ",
    "γ": r"\gamma ", "δ": r"\delta ", "Δ": r"\Delta ", "ε": r"\varepsilon ", "ϵ": r"\epsilon ", "η": r"\eta ",
    "θ": r"\theta ", "λ": r"\lambda ", "μ": r"\mu ", "π": r"\pi ", "ρ": r"\rho ", "σ": r"\sigma ", "τ": r"\tau ",
    "φ": r"\varphi ", "ϕ": r"\phi ", "ω": r"\omega ", "Ω": r"\Omega ", "∘": r"\circ ", "−": "-", "∠": r"\angle ",
    "⊥": r"\perp ", "%": r"\%",
}  # fmt: skip
_SPACES = {"0.167em": r"\, ", "0.222em": r"\: ", "0.278em": r"\; ", "1em": r"\quad ", "2em": r"\qquad "}
_ACCENTS = {"―": r"\overline", "¯": r"\bar", "→": r"\vec", "˙": r"\dot", "^": r"\hat"}


def from_typed(text: str, *, pictures: Sequence[str] = ()) -> rich.Cleaned:
    r"""What a person typed as a canonical rich text, and in sentences what was taken out.

    A blank line parts paragraphs, a single line break is kept, `\( … \)` and `\[ … \]` are TeX, `[图1]`, `[图1：说明]`
    and `[图1 300：说明]` (width in pixels) the first of `pictures` (digests). A "<" that begins no tag is a sign like
    any other.
    """
    said: list[str] = []
    source = _pictured(text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"), pictures, said)
    pieces: list[str] = []
    done = 0
    for apart in _APART.finditer(source):
        pieces.append(_lines(source[done : apart.start()]))
        pieces.append(
            escape(apart["tex"].replace("\n", " "), quote=False) if apart["tex"] else _standing(apart["block"])
        )
        done = apart.end()
    pieces.append(_lines(source[done:]))
    paragraphs = [each for each in re.split(f"{_PARAGRAPH}+", "".join(pieces)) if each.strip()]
    typed = sum(not _is_block(each) for each in paragraphs)
    cleaned = rich.clean(
        "".join(each if _is_block(each) or typed < 2 else f"<p>{each}</p>" for each in paragraphs),
    )
    return replace(cleaned, dropped=(*said, *cleaned.dropped))


def typed(text: str, *, pictures: Sequence[str] = ()) -> str:
    """A rich text as it would be typed; `from_typed` of it is the same rich text again."""
    if "<" not in text and "&" not in text and from_typed(text, pictures=pictures).text == text:
        return text
    nodes = rich_tree.parse(text)
    shown = re.sub(r"\n{3,}", "\n\n", "".join(_typed(node, pictures) for node in nodes)).strip("\n")
    if from_typed(shown, pictures=pictures).text == text:
        return shown
    return text.replace(f"[{_MARK}", "[&#22270;").replace(f"【{_MARK}", "【&#22270;")


def _pictured(text: str, pictures: Sequence[str], said: list[str]) -> str:
    def shown(found: re.Match[str]) -> str:
        number = int(found[1])
        if not 1 <= number <= len(pictures):
            said.append(f"没有图 {number}，“{found[0]}”按文字保留，请先上传图片")
            return found[0]
        width = f' width="{found[2]}"' if found[2] else ""
        return f'<img src="media:{pictures[number - 1]}" alt="{escape(found[3] or "")}"{width}/>'

    return _PICTURE.sub(shown, text)


def _standing(block: str) -> str:
    return block if block.startswith("<math") else f"{_PARAGRAPH}{block}{_PARAGRAPH}"


def _is_block(paragraph: str) -> bool:
    return bool(re.match(r"\s*<(table|ul|ol|pre|p|div|h[1-6])\b", paragraph))


def _lines(text: str) -> str:
    """Typed text with its breaks as marks, and signs that begin no tag escaped."""
    sound = _SIGN.sub(lambda found: found[0] if found["tag"] else escape(found[0]), text)
    parted = re.sub(r"\n[ \t　]*(\n[ \t　]*)+", _PARAGRAPH, sound)
    return parted.replace("\n", "<br/>")


def _typed(node: Node | str, pictures: Sequence[str]) -> str:
    if isinstance(node, str):
        return _SIGN.sub(lambda found: escape(found[0]) if found["tag"] else found[0], _ENTITY.sub("&amp;", node))
    if node.tag == "br":
        return "\n"
    if node.tag == "p":
        return f"\n\n{''.join(_typed(child, pictures) for child in node.children)}\n\n"
    if node.tag == "img":
        return _named(node, pictures)
    if node.tag == "math":
        return _formula(node)
    if node.tag in rich_tree.BLOCKS:
        return f"\n\n{rich_tree.write([node])}\n\n"
    return f"<{node.tag}>{''.join(_typed(child, pictures) for child in node.children)}</{node.tag}>"


def _named(node: Node, pictures: Sequence[str]) -> str:
    digest = node.attributes.get("src", "").removeprefix("media:")
    if digest not in pictures:
        return rich_tree.write([node])
    width, alt = node.attributes.get("width", ""), node.attributes.get("alt", "")
    return f"[{_MARK}{pictures.index(digest) + 1}{f' {width}' if width else ''}{f'：{alt}' if alt else ''}]"


def _formula(node: Node) -> str:
    """A formula as TeX where that TeX gives the formula again; its markup otherwise."""
    markup = rich_tree.write([node])
    block = node.attributes.get("display") == "block"
    tex = "".join(_tex(child) for child in node.children).strip()
    again = rich_math.from_tex(tex, block=block) if tex else None
    if again is None or rich_tree.write([again]) != markup:
        return markup
    return f"\\[ {tex} \\]" if block else f"\\( {tex} \\)"


def _tex(node: Node | str) -> str:
    if isinstance(node, str):
        return "".join(_NAMED.get(sign, f"\\{sign}" if sign in "{}_&#$" else sign) for sign in node)
    words = rich_tree.text_of(node.children)
    if node.tag == "mtext" or (node.tag == "mi" and node.attributes.get("mathvariant") == "normal"):
        return f"\\{'text' if node.tag == 'mtext' else 'mathrm'}{{{words}}}"
    if node.tag == "mi" and len(words) > 1:
        return f"\\{words} "
    if node.tag == "mo" and node.attributes.get("stretchy") == "true":
        return f"\\{'left' if words in '([{' else 'right'}{_tex(words)}"
    if node.tag == "mspace":
        return _SPACES.get(node.attributes.get("width", ""), "")
    if node.tag in rich_math.CHILDREN and len(node.children) == rich_math.CHILDREN[node.tag]:
        return _scheme(node.tag, node.children)
    inner = "".join(_tex(child) for child in node.children)
    if node.tag == "msqrt":
        return f"\\sqrt{{{inner}}}"
    return f"{{{inner}}}" if node.tag == "mrow" else inner


def _scheme(tag: str, children: Sequence[Node | str]) -> str:
    first, *rest = (_tex(child).strip() for child in children)
    if tag == "mover" and rest[0] in _ACCENTS:
        return f"{_ACCENTS[rest[0]]}{_grouped(first, always=True)}"
    if tag == "mfrac":
        return f"\\frac{_grouped(first, always=True)}{_grouped(rest[0], always=True)}"
    if tag == "mroot":
        return f"\\sqrt[{rest[0]}]{_grouped(first, always=True)}"
    signs = "^" if tag in ("msup", "mover") else "_^"
    return _grouped(first) + "".join(f"{sign}{_grouped(each)}" for sign, each in zip(signs, rest, strict=False))


def _grouped(tex: str, *, always: bool = False) -> str:
    if tex.startswith("{") and tex.endswith("}") and "}" not in tex[1:-1]:
        return tex
    return tex if len(tex) == 1 and not always else f"{{{tex}}}"
