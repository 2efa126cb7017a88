"""One QTI item file as one of our items: its body divided into what is answered on its own (clause K7).

An item the house has no kind for, or whose scoring means something else than ours would, is handed over as its
untouched XML with the reason.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from typing import Any

from lxml import etree

from jiangheng.apps.itembank.formats.extension import Own, own_fields
from jiangheng.apps.itembank.formats.found import Found, Media
from jiangheng.apps.itembank.formats.qti_content import Content, joined
from jiangheng.apps.itembank.formats.qti_declared import Unscorable, Value
from jiangheng.apps.itembank.formats.qti_names import child, children, drop, normalise
from jiangheng.apps.itembank.formats.qti_pictures import hotspot, select_point
from jiangheng.apps.itembank.formats.qti_score import Patience, Scoring, scoring_of
from jiangheng.apps.itembank.formats.qti_texts import blanks
from jiangheng.apps.itembank.formats.qti_units import (
    BLOCK_LEVEL,
    TEXT_LEVEL,
    Asker,
    Builder,
    Unit,
    declared_right,
    prompt_instead,
)
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import Item, RubricLine, mixed
from jiangheng.kernel.kept import said as _

LEAST_PARTS, MOST_PARTS = 2, 5
MOST_ELEMENTS = 5_000
OWN_PART = "jh-part"
OWN_REFERENCE = "jh-reference"
OWN_RUBRIC = "jh-rubric"
OWN_EXPLANATION = "ext:explanation"
_BUILDERS: Mapping[str, Builder] = {
    **BLOCK_LEVEL,
    "hotspot-interaction": hotspot,
    "select-point-interaction": select_point,
}
_OPEN = frozenset({"short", "essay", "calculation"})
_SCORERS = frozenset({"scorer", "author", "tutor", "proctor", "test-constructor", "testConstructor"})


@dataclass
class _Told:
    """What rubric blocks say to others than the candidate."""

    reference: str = ""
    rubric: tuple[RubricLine, ...] = ()
    explanation: str = ""


@dataclass
class _Region:
    """A stretch of the body with what is answered in it. `inner` are its interactions."""

    root: etree._Element
    inner: list[etree._Element] = field(default_factory=list)


def item_of(
    root: etree._Element,
    *,
    place: str,
    original: bytes,
    fetch: Callable[[str], bytes | None],
    patience: Patience,
    own: Own | None = None,
) -> tuple[Found, Mapping[str, Media]]:
    """The item in one file of a package and its pictures. `fetch` gives other files of the package."""
    content = Content(place, fetch)
    notes = content.notes
    own = own or Own()
    try:
        if sum(1 for _element in root.iter()) > MOST_ELEMENTS:
            raise Unscorable(_("题目文件过大，不是正常的一道题"))
        item = _item(normalise(root), content, patience, own)
    except Unscorable as reason:
        return Found(place, None, (str(reason),), original=original, point_name=own.point_name), {}
    found = Found(place, item, tuple(notes.problems), tuple(notes.losses), point_name=own.point_name)
    return found, notes.media


def _item(root: etree._Element, content: Content, patience: Patience, own: Own) -> Item:
    body = child(root, "item-body")
    if body is None:
        raise Unscorable(_("没有题面（itemBody）"))
    _stimuli(root, body, content)
    scoring = _scoring(root, body, patience)
    feedback = _feedback(root, body, content)
    material, regions = _divided(body)
    base: dict[str, Value] = {name: declared_right(response) for name, response in scoring.responses.items()}
    asker = Asker(scoring, content, base)
    told = [_told(region.root, content) for region in regions]
    lead = _told(material, content)
    units = [_unit(region, asker) for region in regions]
    items = [
        _of(unit, region, told_here, content) for unit, region, told_here in zip(units, regions, told, strict=True)
    ]
    code = "".join(root.get("identifier", "").split())
    if len(items) == 1:
        item = replace(items[0], code=code)
    else:
        shares = own.shares or _shares(items, units, asker)
        parts = tuple(
            replace(item, code=f"{code}.{number}", share=share)
            for number, (item, share) in enumerate(zip(items, shares, strict=True), start=1)
        )
        stem = content.rich(material) or rich.from_plain(" ".join(root.get("title", "").split()))
        item = Item(code, "case", stem, parts=parts)
    if scoring.implied and any(unit.right for unit in units):
        content.notes.lose(_("原题没有评分规则，按声明的标准答案给分"))
    explanation = joined([item.explanation, lead.explanation, *feedback])
    return own_fields(mixed(replace(item, explanation=explanation)), own)


def _scoring(root: etree._Element, body: etree._Element, patience: Patience) -> Scoring:
    """The rules; of an item only people mark, rules nobody needs."""
    if all(one.tag == "extended-text-interaction" for one in _interactions(body)):
        rules = child(root, "response-processing")
        if rules is not None:
            root.remove(rules)
    return scoring_of(root, patience)


def _interactions(element: etree._Element) -> list[etree._Element]:
    return [one for one in element.iter() if isinstance(one.tag, str) and one.tag.endswith("-interaction")]


def _stimuli(root: etree._Element, body: etree._Element, content: Content) -> None:
    """Shared passages stand before the question."""
    for number, named in enumerate(children(root, "assessment-stimulus-ref", "stimulus-ref")):
        passage = content.stimulus(named.get("href", ""))
        if passage is not None:
            passage.tag = "div"
            body.insert(number, passage)


def _feedback(root: etree._Element, body: etree._Element, content: Content) -> list[str]:
    """What is shown after an answer: it explains."""
    shown = [*children(root, "modal-feedback"), *body.iter("feedback-block")]
    texts = [content.rich(one) for one in shown]
    if any(texts):
        content.notes.lose(_("作答后的反馈合并为解析，不再区分对错"))
    return texts


def _divided(body: etree._Element) -> tuple[etree._Element, list[_Region]]:
    """The material before all, and the regions of what is answered on its own."""
    found = _interactions(body)
    if not found:
        raise Unscorable(_("题面里没有作答部分（interaction）"))
    own = [one for one in body.iter("div") if one.get("class") == OWN_PART]
    if own:
        regions = [_Region(copy.deepcopy(one)) for one in own]
        for one in own:
            drop(one)
        material = body
    elif len(found) == 1 or all(one.tag in TEXT_LEVEL for one in found):
        regions, material = [_Region(body)], etree.Element("region")
    else:
        material, regions = _by_blocks(body)
    for region in regions:
        region.inner = _interactions(region.root)
    if len(regions) > 1 and not LEAST_PARTS <= len(regions) <= MOST_PARTS:
        raise Unscorable(
            _("有 %(count)d 处作答，案例题最多 %(most)d 个小题") % {"count": len(regions), "most": MOST_PARTS}
        )
    return material, regions


def _by_blocks(body: etree._Element) -> tuple[etree._Element, list[_Region]]:
    """Each block that is answered closes a region; what stands before the first is the material where a prompt asks."""
    container = body
    while len(inner := children(container)) == 1 and inner[0].tag in ("div", "section"):
        container = inner[0]
    material = etree.Element("region")
    material.text = container.text
    regions: list[_Region] = []
    current: list[etree._Element] = []
    for block in list(container):
        current.append(block)
        if _interactions(block):
            regions.append(_Region(_gathered(current)))
            current = []
    if current:
        regions[-1].root.extend(current)
    first = regions[0].root
    if next(first.iter("prompt"), None) is not None:
        for block in list(first):
            if _interactions(block):
                break
            material.append(block)
    return material, regions


def _gathered(blocks: Iterable[etree._Element]) -> etree._Element:
    region = etree.Element("region")
    region.extend(list(blocks))
    return region


def _told(region: etree._Element, content: Content) -> _Told:
    """Take the blocks for scorers and authors out of a region; blocks for the candidate stay as text."""
    told = _Told()
    references, lines, explanations = [], [], []
    for block in list(region.iter("rubric-block")):
        views = set(block.get("view", "candidate").split())
        if "candidate" in views:
            block.tag = "div"
            continue
        if block.get("use") == OWN_EXPLANATION:
            explanations.append(content.rich(block))
        else:
            own_lines = [_line(one, content) for one in block.iter("li") if one.get("data-share")]
            own_reference = [one for one in block.iter("div") if one.get("class") == OWN_REFERENCE]
            lines += own_lines
            references += [content.rich(one) for one in own_reference]
            if not own_lines and not own_reference and views & _SCORERS:
                references.append(content.rich(block))
        drop(block)
    told.reference, told.explanation, told.rubric = joined(references), joined(explanations), tuple(lines)
    return told


def _line(entry: etree._Element, content: Content) -> RubricLine:
    share = entry.get("data-share", "")
    return RubricLine(content.rich(entry), int(share) if share.isdecimal() and len(share) < 4 else 0)


def _unit(region: _Region, asker: Asker) -> Unit:
    """What is answered in a region; the region keeps what is the stem."""
    texts = [one for one in region.inner if one.tag in TEXT_LEVEL]
    if len(texts) == len(region.inner):
        return blanks(texts, region.root, asker)
    if len(region.inner) != 1:
        raise Unscorable(_("一段题面里有几种作答混在一起，不能分成小题"))
    interaction = region.inner[0]
    builder = _BUILDERS.get(interaction.tag)
    if builder is None:
        raise Unscorable(_("题型“%(name)s”本系统没有") % {"name": interaction.tag.removesuffix("-interaction")})
    unit = builder(interaction, asker)
    if interaction.tag == "gap-match-interaction":
        interaction.tag = "div"
    else:
        prompt_instead(interaction)
    return unit


def _of(unit: Unit, region: _Region, told: _Told, content: Content) -> Item:
    fields: dict[str, Any] = dict(unit.fields)
    if fields["kind"] in _OPEN:
        fields["reference"] = joined([fields.get("reference", ""), told.reference])
        fields["rubric"] = told.rubric
    elif told.reference:
        content.notes.lose(_("写给评分人的说明没有导入，本题由系统评分"))
    return Item(code="", stem=content.rich(region.root), explanation=told.explanation, **fields)


def _shares(items: list[Item], units: list[Unit], asker: Asker) -> tuple[int, ...]:
    """Each part's percent of the whole, proved by every combination of right and wrong parts."""
    if any(item.kind in _OPEN for item in items):
        asker.content.notes.lose(_("含人工评分的小题，各小题的分值平均分配，请核对"))
        return _percent([Decimal(1)] * len(items))
    right: dict[str, Value] = {name: value for unit in units for name, value in unit.right.items()}
    wrong: dict[str, Value] = {name: value for unit in units for name, value in unit.wrong.items()}

    def earned(which: tuple[bool, ...]) -> Decimal:
        given = dict(right)
        for unit, is_right in zip(units, which, strict=True):
            given |= {} if is_right else {name: wrong[name] for name in unit.wrong}
        return asker.scoring.score(given)

    nothing = earned((False,) * len(units))
    alone = [earned(tuple(place == other for other in range(len(units)))) - nothing for place in range(len(units))]
    for which in product((False, True), repeat=len(units)):
        if earned(which) - nothing != sum((one for one, hit in zip(alone, which, strict=True) if hit), Decimal(0)):
            raise Unscorable(_("几处作答的得分互相牵连，不能分成小题"))
    if min(alone) <= 0:
        raise Unscorable(_("有一处作答不得分，不能分成小题"))
    shares = _percent(alone)
    if any(share * sum(alone) != one * 100 for share, one in zip(shares, alone, strict=True)):
        asker.content.notes.lose(_("各小题的分值化为整数百分比，略有出入"))
    return shares


def _percent(worths: list[Decimal]) -> tuple[int, ...]:
    """Whole percents that add up to 100, the largest remainders rounded up."""
    total = sum(worths)
    exact = [worth * 100 / total for worth in worths]
    shares = [int(one) for one in exact]
    for place in sorted(range(len(worths)), key=lambda place: shares[place] - exact[place])[: 100 - sum(shares)]:
        shares[place] += 1
    return tuple(shares)
