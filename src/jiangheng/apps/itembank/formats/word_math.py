"""Formulas of Word documents (OMML) as MathML of the house's subset (clause K7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape

from lxml import etree

from jiangheng.kernel.kept import said as _

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TOKENS = re.compile(r"(\d+(?:\.\d+)?)|([^\W\d_])|(\s+)|(.)", re.DOTALL | re.UNICODE)
_SUM = "∑∏∐⋃⋂⋁⋀"


class _Formula:
    """One formula on its way; `left` collects what has no counterpart, in words."""

    def __init__(self) -> None:
        self.left: list[str] = []

    def row(self, elements: Iterable[etree._Element]) -> str:
        """The elements one after another, as one."""
        parts = [part for element in elements for part in self.parts(element)]
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def parts(self, element: etree._Element) -> list[str]:
        if not isinstance(element.tag, str):
            return []
        name = etree.QName(element).localname
        if name in _SHAPES:
            return [_SHAPES[name](self, element)]
        if name == "r":
            return _run(element)
        if name in (
            "e",
            "num",
            "den",
            "deg",
            "sub",
            "sup",
            "fName",
            "lim",
            "oMath",
            "box",
            "phant",
            "ins",
            "hyperlink",
        ):
            return [part for child in element for part in self.parts(child)]
        if name.endswith("Pr") or name in ("del", "bookmarkStart", "bookmarkEnd", "proofErr"):
            return []
        words = "".join(element.itertext()).strip()
        self.left.append(_("公式里的 %(name)s 无法转换，只保留了文字，请核对") % {"name": name})
        return [f"<mtext>{escape(words)}</mtext>"] if words else []

    def of(self, element: etree._Element, name: str) -> str:
        child = element.find(MATH + name)
        return self.row(child) if child is not None else "<mrow></mrow>"


def mathml(element: etree._Element) -> tuple[str, list[str]]:
    """A `math` element for an oMath or oMathPara, and in sentences what could not be brought over."""
    formula = _Formula()
    inside = element.findall(MATH + "oMath") if etree.QName(element).localname == "oMathPara" else [element]
    body = "".join(part for one in inside for child in one for part in formula.parts(child))
    return (f"<math>{body}</math>" if body else ""), formula.left


def _run(element: etree._Element) -> list[str]:
    text = "".join(child.text or "" for child in element if isinstance(child.tag, str) and child.tag.endswith("}t"))
    style = element.find(f"{MATH}rPr/{MATH}sty")
    upright = style is not None and style.get(MATH + "val") == "p"
    if element.find(f"{MATH}rPr/{MATH}nor") is not None:
        return [f"<mtext>{escape(text)}</mtext>"] if text else []
    found: list[str] = []
    for number, letter, space, other in _TOKENS.findall(text):
        if number:
            found.append(f"<mn>{number}</mn>")
        elif letter and ord(letter) >= 0x2E80:
            found.append(f"<mtext>{letter}</mtext>")
        elif letter:
            found.append(f"<mi>{letter}</mi>")
        elif other and not space:
            found.append(f"<mo>{escape(other)}</mo>")
    if upright and len(found) > 1 and text.isascii() and text.isalpha():
        return [f"<mi>{escape(text)}</mi>"]
    return found


def _value(element: etree._Element, path: str, otherwise: str) -> str:
    found = element.find("/".join(MATH + step for step in path.split("/")))
    return otherwise if found is None else (found.get(MATH + "val") or "")


def _on(element: etree._Element, path: str) -> bool:
    found = element.find("/".join(MATH + step for step in path.split("/")))
    return found is not None and found.get(MATH + "val", "1") not in ("0", "off", "false")


def _fraction(formula: _Formula, element: etree._Element) -> str:
    over, under = formula.of(element, "num"), formula.of(element, "den")
    kind = _value(element, "fPr/type", "bar")
    if kind in ("lin", "skw"):
        return f"<mrow>{over}<mo>/</mo>{under}</mrow>"
    thin = ' linethickness="0"' if kind == "noBar" else ""
    return f"<mfrac{thin}>{over}{under}</mfrac>"


def _root(formula: _Formula, element: etree._Element) -> str:
    degree = element.find(MATH + "deg")
    if _on(element, "radPr/degHide") or degree is None or not formula.parts(degree):
        return f"<msqrt>{formula.of(element, 'e')}</msqrt>"
    return f"<mroot>{formula.of(element, 'e')}{formula.of(element, 'deg')}</mroot>"


def _scripts(tag: str, *names: str) -> Callable[[_Formula, etree._Element], str]:
    def shape(formula: _Formula, element: etree._Element) -> str:
        return f"<{tag}>{''.join(formula.of(element, name) for name in names)}</{tag}>"

    return shape


def _before(formula: _Formula, element: etree._Element) -> str:
    empty = "<mrow></mrow>"
    scripts = f"<msubsup>{empty}{formula.of(element, 'sub')}{formula.of(element, 'sup')}</msubsup>"
    return f"<mrow>{scripts}{formula.of(element, 'e')}</mrow>"


def _delimited(formula: _Formula, element: etree._Element) -> str:
    begin, end = _value(element, "dPr/begChr", "("), _value(element, "dPr/endChr", ")")
    between = f"<mo>{escape(_value(element, 'dPr/sepChr', '|'))}</mo>"
    inner = between.join(formula.row(one) for one in element.findall(MATH + "e"))
    left, right = (f"<mo>{escape(one)}</mo>" if one else "" for one in (begin, end))
    return f"<mrow>{left}{inner}{right}</mrow>"


def _operator(formula: _Formula, element: etree._Element) -> str:
    sign = _value(element, "naryPr/chr", "∫") or "∫"
    limits = _value(element, "naryPr/limLoc", "undOvr" if sign in _SUM else "subSup") == "undOvr"
    low = "" if _on(element, "naryPr/subHide") else formula.of(element, "sub")
    high = "" if _on(element, "naryPr/supHide") else formula.of(element, "sup")
    tags = {
        (True, True): ("munderover", "msubsup"),
        (True, False): ("munder", "msub"),
        (False, True): ("mover", "msup"),
    }
    mark = f"<mo>{escape(sign)}</mo>"
    if (bool(low), bool(high)) in tags:
        tag = tags[bool(low), bool(high)][0 if limits else 1]
        mark = f"<{tag}>{mark}{low}{high}</{tag}>"
    return f"<mrow>{mark}{formula.of(element, 'e')}</mrow>"


def _function(formula: _Formula, element: etree._Element) -> str:
    return f"<mrow>{formula.of(element, 'fName')}<mo>\u2061</mo>{formula.of(element, 'e')}</mrow>"


def _accent(formula: _Formula, element: etree._Element) -> str:
    return (
        f'<mover accent="true">{formula.of(element, "e")}<mo>{escape(_value(element, "accPr/chr", "^"))}</mo></mover>'
    )


def _bar(formula: _Formula, element: etree._Element) -> str:
    tag = "mover" if _value(element, "barPr/pos", "bot") == "top" else "munder"
    return f"<{tag}>{formula.of(element, 'e')}<mo>‾</mo></{tag}>"


def _grouped(formula: _Formula, element: etree._Element) -> str:
    tag = "mover" if _value(element, "groupChrPr/pos", "bot") == "top" else "munder"
    return f"<{tag}>{formula.of(element, 'e')}<mo>{escape(_value(element, 'groupChrPr/chr', '⏟'))}</mo></{tag}>"


def _framed(formula: _Formula, element: etree._Element) -> str:
    formula.left.append(_("公式的外框没有保留"))
    return formula.of(element, "e")


def _matrix(formula: _Formula, element: etree._Element) -> str:
    rows = "".join(
        f"<mtr>{''.join(f'<mtd>{formula.row(cell)}</mtd>' for cell in line.findall(MATH + 'e'))}</mtr>"
        for line in element.findall(MATH + "mr")
    )
    return f"<mtable>{rows}</mtable>"


def _lines(formula: _Formula, element: etree._Element) -> str:
    rows = "".join(f"<mtr><mtd>{formula.row(line)}</mtd></mtr>" for line in element.findall(MATH + "e"))
    return f"<mtable>{rows}</mtable>"


_SHAPES: Mapping[str, Callable[[_Formula, etree._Element], str]] = {
    "f": _fraction,
    "rad": _root,
    "sSup": _scripts("msup", "e", "sup"),
    "sSub": _scripts("msub", "e", "sub"),
    "sSubSup": _scripts("msubsup", "e", "sub", "sup"),
    "sPre": _before,
    "limLow": _scripts("munder", "e", "lim"),
    "limUpp": _scripts("mover", "e", "lim"),
    "d": _delimited,
    "nary": _operator,
    "func": _function,
    "acc": _accent,
    "bar": _bar,
    "groupChr": _grouped,
    "borderBox": _framed,
    "m": _matrix,
    "eqArr": _lines,
}
