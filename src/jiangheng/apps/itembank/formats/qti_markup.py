"""Our items as QTI 3.0 item files: body, declarations and rules (clause K7).

Rules are the standard templates where one says it; sums of `map-response` for several blanks, `equal` for a number
with a tolerance, and a weighted sum for the parts of a case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from jiangheng.apps.itembank.formats.extension import plainly
from jiangheng.apps.itembank.formats.found import Media
from jiangheng.apps.itembank.formats.pictures import size_of
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import Item, Option
from jiangheng.kernel.kept import said as _

QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MATHML = "http://www.w3.org/1998/Math/MathML"
TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"
_LINES = {"short": "5", "calculation": "8", "essay": "20"}
_BLANK = re.compile(r"(?<!_)_{4}(?!_)")


class NotCarried(ValueError):
    """The item cannot be written; the sentence says why."""


def node(name: str, text: str = "", /, **attributes: str) -> etree._Element:
    """An element of QTI; underscores in attribute names become hyphens."""
    made = etree.Element(f"{{{QTI}}}{name}", nsmap={None: QTI})
    for key, value in attributes.items():
        made.set(key.rstrip("_").replace("_", "-"), value)
    made.text = text or None
    return made


def under(parent: etree._Element, name: str, text: str = "", /, **attributes: str) -> etree._Element:
    """The same, as the last child of another."""
    made = node(name, text, **attributes)
    parent.append(made)
    return made


@dataclass
class Page:
    """One item file in the making. `addresses` are the places of pictures as seen from it, by digest."""

    addresses: Mapping[str, str]
    media: Mapping[str, Media]
    declarations: list[etree._Element] = field(default_factory=list)
    rules: list[etree._Element] = field(default_factory=list)
    template: str = ""

    def pour(self, parent: etree._Element, text: str) -> etree._Element:
        """Put a rich text into an element."""
        missing = rich.media_of(text) - self.addresses.keys()
        if missing:
            raise NotCarried(
                _("题中的图片 %(name)s… 不在题库里，没有写入文件，请补上图片后再导出") % {"name": min(missing)[:12]}
            )
        try:
            poured = etree.fromstring(f"<div>{text}</div>")
        except (etree.XMLSyntaxError, ValueError) as broken:
            raise NotCarried(_("题中文字不是规范的富文本，没有写入文件，请重新编辑后再导出")) from broken
        self._rename(poured, QTI)
        parent.text = (parent.text or "") + (poured.text or "")
        parent.extend(list(poured))
        return parent

    def _rename(self, element: etree._Element, namespace: str) -> None:
        for inner in element:
            name = str(inner.tag)
            within = MATHML if name == "math" else namespace
            inner.tag = f"{{{within}}}{name}"
            if name == "img":
                inner.set("src", self.addresses[inner.get("src", "").removeprefix("media:")])
            self._rename(inner, within)

    def choices(
        self, parent: etree._Element, name: str, options: tuple[Option, ...], *, lead: str = "", **given: str
    ) -> None:
        """Options as elements with identifiers."""
        for option in options:
            self.pour(under(parent, name, identifier=lead + option.key, **given), option.text)


@dataclass(frozen=True)
class Asked:
    """What is answered in one place: elements for the body, the declarations, and how the score comes about.

    `rule` is a template's name, or ""; `worth` the expression for a score between 0 and `full`.
    """

    elements: tuple[etree._Element, ...]
    declarations: tuple[etree._Element, ...]
    template: str
    worth: Callable[[], etree._Element] | None = None
    condition: Callable[[], etree._Element] | None = None
    full: int = 1


def asked(item: Item, page: Page, *, name: str) -> Asked:
    """The interactions of an item; `name` is the identifier of its response."""
    return _ASKED[item.kind](item, page, name)


def stem(item: Item, page: Page, parent: etree._Element) -> etree._Element:
    """The stem in a division of its own."""
    return page.pour(under(parent, "div"), item.stem)


def _declaration(name: str, cardinality: str, base: str, values: tuple[str, ...] = ()) -> etree._Element:
    made = node("qti-response-declaration", identifier=name, cardinality=cardinality, base_type=base)
    if values:
        right = under(made, "qti-correct-response")
        for value in values:
            under(right, "qti-value", value)
    return made


def _matched(name: str) -> Callable[[], etree._Element]:
    def condition() -> etree._Element:
        made = node("qti-match")
        under(made, "qti-variable", identifier=name)
        under(made, "qti-correct", identifier=name)
        return made

    return condition


def _choice(item: Item, page: Page, name: str) -> Asked:
    several = item.kind == "multiple"
    made = node(
        "qti-choice-interaction", response_identifier=name, max_choices="0" if several else "1",
        shuffle="false" if item.kind == "judgement" else "true",
    )  # fmt: skip
    page.choices(made, "qti-simple-choice", item.options)
    declared = _declaration(name, "multiple" if several else "single", "identifier", item.answer)
    return Asked((made,), (declared,), "match_correct", condition=_matched(name))


def _order(item: Item, page: Page, name: str) -> Asked:
    made = node("qti-order-interaction", response_identifier=name, shuffle="true")
    page.choices(made, "qti-simple-choice", item.options)
    declared = _declaration(name, "ordered", "identifier", item.answer)
    return Asked((made,), (declared,), "match_correct", condition=_matched(name))


def _match(item: Item, page: Page, name: str) -> Asked:
    made = node(
        "qti-match-interaction", response_identifier=name, shuffle="true", max_associations=str(len(item.options))
    )
    page.choices(under(made, "qti-simple-match-set"), "qti-simple-associable-choice", item.options, match_max="1")
    page.choices(
        under(made, "qti-simple-match-set"), "qti-simple-associable-choice", item.targets, lead="T",
        match_max=str(len(item.options)),
    )  # fmt: skip
    pairs = tuple(f"{token[:1]} T{token[1:]}" for token in item.answer)
    return Asked(
        (made,), (_declaration(name, "multiple", "directedPair", pairs),), "match_correct", condition=_matched(name)
    )


def _hotspot(item: Item, page: Page, name: str) -> Asked:
    if item.picture not in page.addresses:
        raise NotCarried(_("识图题的图片不在题库里，没有写入文件，请补上图片后再导出"))
    width, height = size_of(page.media[item.picture])
    made = node("qti-select-point-interaction", response_identifier=name, max_choices=str(len(item.answer)))
    under(made, "img", src=page.addresses[item.picture], alt="", width=str(width), height=str(height))
    declared = _declaration(name, "multiple", "point")
    mapping = under(declared, "qti-area-mapping", default_value="0")
    for area in item.areas:
        under(
            mapping, "qti-area-map-entry", shape=area.shape, coords=",".join(map(str, area.coords)),
            mapped_value="1" if area.key in item.answer else "0",
        )  # fmt: skip
    return Asked(
        (made,), (declared,), "map_response_point", full=len(item.answer),
        worth=lambda: node("qti-map-response-point", identifier=name),
    )  # fmt: skip


def _fill(item: Item, page: Page, name: str) -> Asked:
    names = [name] if len(item.answer) == 1 else [f"{name}_{number}" for number in range(1, len(item.answer) + 1)]
    declared = []
    for one, token in zip(names, item.answer, strict=True):
        accepted = token.split("|")
        made = _declaration(one, "single", "string", (accepted[0],))
        mapping = under(made, "qti-mapping", default_value="0")
        for text in accepted:
            under(mapping, "qti-map-entry", map_key=text, mapped_value="1", case_sensitive="false")
        declared.append(made)

    def worth() -> etree._Element:
        if len(names) == 1:
            return node("qti-map-response", identifier=names[0])
        total = node("qti-sum")
        for one in names:
            under(total, "qti-map-response", identifier=one)
        return total

    template = "map_response" if len(names) == 1 else ""
    return Asked((), tuple(declared), template, worth=worth, full=len(names))


def blanks_in(stem_element: etree._Element, names: list[str]) -> None:
    """Text entries in place of the blanks of a stem. Raises :class:`NotCarried` when one stands in a formula."""
    left = list(names)
    for element in list(stem_element.iter()):
        if element.tag.startswith(f"{{{MATHML}}}"):
            if _BLANK.search(element.text or ""):
                raise NotCarried(_("空写在公式里，QTI 不能在公式里作答，没有写入文件，请把空移到公式外"))
        else:
            _split(element, None, left)
        if element is not stem_element:
            _split(element, element, left)
    if left:
        raise NotCarried(_("题干的空与答案不一一对应，没有写入文件，请先改正试题"))


def _split(element: etree._Element, behind: etree._Element | None, left: list[str]) -> None:
    """The blanks in an element's own text, or in the text behind it, become entries."""
    parent = element if behind is None else element.getparent()
    place = 0 if behind is None else parent.index(behind) + 1
    text = (element.text if behind is None else element.tail) or ""
    pieces = _BLANK.split(text)
    if len(pieces) == 1:
        return
    if len(pieces) - 1 > len(left):
        raise NotCarried(_("题干的空与答案不一一对应，没有写入文件，请先改正试题"))
    if behind is None:
        element.text = pieces[0]
    else:
        element.tail = pieces[0]
    for number, piece in enumerate(pieces[1:]):
        entry = node("qti-text-entry-interaction", response_identifier=left.pop(0), expected_length="20")
        entry.tail = piece
        parent.insert(place + number, entry)


def _numeric(item: Item, page: Page, name: str) -> Asked:
    line = node("p", class_="jh-entry")
    under(line, "qti-text-entry-interaction", response_identifier=name, expected_length="12")
    if item.unit:
        under(line, "span", item.unit)
    declared = _declaration(name, "single", "float", (plainly(item.answer[0]),))
    tolerance = plainly(item.tolerance)
    if not tolerance or Decimal(tolerance.removesuffix("%")) == 0:
        return Asked((line,), (declared,), "match_correct", condition=_matched(name))

    def condition() -> etree._Element:
        width = tolerance.removesuffix("%")
        mode = "relative" if tolerance.endswith("%") else "absolute"
        made = node("qti-equal", tolerance_mode=mode, tolerance=f"{width} {width}")
        made.set("include-lower-bound", "true")
        made.set("include-upper-bound", "true")
        under(made, "qti-variable", identifier=name)
        under(made, "qti-correct", identifier=name)
        return made

    return Asked((line,), (declared,), "", condition=condition)


def _open(item: Item, page: Page, name: str) -> Asked:
    made = node("qti-extended-text-interaction", response_identifier=name, expected_lines=_LINES[item.kind])
    return Asked((made,), (_declaration(name, "single", "string"),), "")


_ASKED: Mapping[str, Callable[[Item, Page, str], Asked]] = {
    "single": _choice,
    "multiple": _choice,
    "judgement": _choice,
    "fill": _fill,
    "numeric": _numeric,
    "matching": _match,
    "ordering": _order,
    "hotspot": _hotspot,
    "short": _open,
    "calculation": _open,
    "essay": _open,
}
