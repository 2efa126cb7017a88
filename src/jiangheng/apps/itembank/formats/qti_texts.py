"""Blanks of QTI items: text entries and inline choices as a fill item, one number with its tolerance as numeric (K7).

The accepted texts and the accepted interval are found by asking the item's own scoring, not by its looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from lxml import etree

from jiangheng.apps.itembank.formats.extension import plain_number
from jiangheng.apps.itembank.formats.qti_declared import (
    Response,
    Scalar,
    Unscorable,
    Value,
    each,
    number,
    scalar,
)
from jiangheng.apps.itembank.formats.qti_names import children, drop
from jiangheng.apps.itembank.formats.qti_units import Asker, Unit, declared_right, scalars_of
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import BLANK
from jiangheng.kernel.kept import said as _

MOST_CANDIDATES = 60
MOST_BLANKS = 10
NONSENSE = "※不是答案※"
OWN_ENTRY = "jh-entry"
# What may be a unit behind a number: a few signs of physics, or one to three Chinese characters.
_UNIT = re.compile(r"[A-Za-zΩµμ°℃㎡㎏㎜㎝㎞%‰²³/·.^*-]{1,12}|[\u4e00-\u9fff]{1,3}")
_RUNS = re.compile("_{3,}")


def blanks(interactions: Sequence[etree._Element], region: etree._Element, asker: Asker) -> Unit:
    """The text-level interactions of a region as one unit; in the region blanks take their places."""
    responses = [asker.response(one) for one in interactions]
    for response in responses:
        if response.cardinality != "single":
            raise Unscorable(_("一个空有几个值（cardinality 不是 single），不受支持"))
    if len(interactions) == 1 and responses[0].base in ("integer", "float"):
        unit = _numeric(responses[0], asker)
        drop(interactions[0], leave=_room(interactions[0], unit))
        return unit
    if len(interactions) > MOST_BLANKS:
        raise Unscorable(_("有 %(count)d 个空，最多 %(most)d 个") % {"count": len(interactions), "most": MOST_BLANKS})
    unit = _fill(interactions, responses, asker)
    _mark_blanks(interactions, region, asker)
    return unit


def _numeric(response: Response, asker: Asker) -> Unit:
    """One number: the interval that earns the full score, as its middle and half its width."""
    name = response.identifier
    edges = _edges(response, asker)
    if not edges:
        raise Unscorable(_("没有标准答案，也没有可从评分规则得知的数"))
    points = _around(edges)
    earned = [asker.earns({name: point}) for point in points]
    nothing = asker.earns({name: None})
    full = max(earned)
    if full <= max(nothing, Decimal(0)):
        raise Unscorable(_("标准答案按原题的评分规则得不到分"))
    hits = [place for place, worth in enumerate(earned) if worth == full]
    if hits != list(range(hits[0], hits[-1] + 1)) or hits[0] == 0 or hits[-1] == len(points) - 1:
        raise Unscorable(_("得满分的数不是一个有限的区间，本系统只收一个数加减误差"))
    if any(nothing < worth < full for worth in earned):
        asker.content.notes.lose(_("原题对接近的数给部分分，导入后误差以外不得分"))
    low, high = points[hits[0]], points[hits[-1]]
    if low not in edges or high not in edges:
        asker.content.notes.lose(_("原题允差不含边界，导入后正好在边界上的数也算对"))
        low = low if low in edges else points[hits[0] - 1]
        high = high if high in edges else points[hits[-1] + 1]
    middle = (low + high) / 2
    declared = [one for one in each(response.correct) if one == middle]
    if response.correct is not None and not declared:
        asker.content.notes.lose(_("标准答案不在允差的正中，改以区间的中点表示，得分的数不变"))
    right = declared[0] if declared and isinstance(declared[0], Decimal) else middle.normalize()
    tolerance = _tolerance(right, (high - low) / 2, asker)
    fields = {"kind": "numeric", "answer": (plain_number(right),), "tolerance": tolerance}
    return Unit(fields, {name: right}, {name: points[-1]})


def _rule_nodes(asker: Asker, *tags: str) -> list[etree._Element]:
    rules = asker.scoring.rules
    return [] if rules is None else list(rules.iter(*tags))


def _base_values(asker: Asker, *bases: str) -> list[Scalar]:
    found = []
    for node in _rule_nodes(asker, "base-value"):
        if node.get("base-type") in bases:
            found.append(scalar("".join(node.itertext()), node.get("base-type", "")))
    return list(dict.fromkeys(found))


def _tolerances(asker: Asker) -> list[tuple[str, bool]]:
    """The tolerances the rules name, as written, and whether each is in percent."""
    found = []
    for node in _rule_nodes(asker, "equal"):
        relative = node.get("tolerance-mode") == "relative"
        if node.get("tolerance-mode", "exact") != "exact":
            found += [(part, relative) for part in node.get("tolerance", "").split()]
    return list(dict.fromkeys(found))


def _edges(response: Response, asker: Asker) -> list[Decimal]:
    """Every number at which the score may change."""
    centres = [
        one
        for one in scalars_of(
            [
                response.correct,
                tuple(entry.key for entry in response.entries),
                tuple(_base_values(asker, "float", "integer")),
            ]
        )
        if isinstance(one, Decimal)
    ][:MOST_CANDIDATES]
    edges = set(centres)
    for text, relative in _tolerances(asker)[:8]:
        width = number(text)
        for centre in centres:
            reach = abs(centre) * width / 100 if relative else width
            edges |= {centre - reach, centre + reach}
    return sorted(edges)[: 4 * MOST_CANDIDATES]


def _around(edges: Sequence[Decimal]) -> list[Decimal]:
    """The edges, a point between each two, and one beyond either end."""
    points = [edges[0] - 1 - abs(edges[0])]
    for place, edge in enumerate(edges):
        points.append(edge)
        following = edges[place + 1] if place + 1 < len(edges) else edge + 2 + 2 * abs(edge)
        points.append((edge + following) / 2)
    return points


def _tolerance(right: Decimal, half: Decimal, asker: Asker) -> str:
    """Half the interval as people wrote it where that says the same, in percent where they did."""
    for text, relative in _tolerances(asker):
        width = number(text)
        if width and (abs(right) * width / 100 if relative else width) == half:
            return f"{plain_number(width)}%" if relative else plain_number(width)
    return plain_number(half.normalize()) if half else ""


def _room(interaction: etree._Element, unit: Unit) -> str:
    """What stays where the number was entered: nothing at the end of its line, where only a unit follows it."""
    parent = interaction.getparent()
    if parent is not None and parent.get("class") == OWN_ENTRY:
        unit.fields["unit"] = "".join("".join(one.itertext()) for one in interaction.itersiblings())
        _clear_behind(parent, interaction)
        drop(parent)
        return ""
    after = "".join([interaction.tail or "", *("".join(one.itertext()) for one in interaction.itersiblings())])
    after = after.strip().rstrip("。.")
    if not any(one.tag == "br" for one in interaction.itersiblings()) and (not after or _UNIT.fullmatch(after)):
        unit.fields["unit"] = after
        _clear_behind(parent, interaction)
        return ""
    return "（　　）"


def _clear_behind(parent: etree._Element | None, interaction: etree._Element) -> None:
    """Take away what follows an interaction on its line."""
    for one in list(interaction.itersiblings()):
        if parent is not None:
            parent.remove(one)
    interaction.tail = None


def _fill(interactions: Sequence[etree._Element], responses: Sequence[Response], asker: Asker) -> Unit:
    """Accepted texts for each blank, the other blanks being right."""
    worded = [_candidates(one, response, asker) for one, response in zip(interactions, responses, strict=True)]
    given: dict[str, Value] = {}
    for response, words in zip(responses, worded, strict=True):
        right = declared_right(response)
        given[response.identifier] = right if right in words else next(iter(words), None)
    for response, words in zip(responses, worded, strict=True):
        name = response.identifier
        given[name] = max(words, key=lambda one: asker.earns({**given, name: one}), default=None)
        right = declared_right(response)
        if right in words and asker.earns({**given, name: right}) == asker.earns(given):
            given[name] = right
    full = asker.earns(given)
    if full <= max(asker.nothing(given), Decimal(0)):
        raise Unscorable(_("标准答案按原题的评分规则得不到分"))
    answer = tuple(
        _accepted(response, words, given, full, asker) for response, words in zip(responses, worded, strict=True)
    )
    if len(responses) > 1:
        asker.content.notes.lose(_("原题各空的分值不保留，导入后按本系统的填空题评分规则给分"))
    wrong: dict[str, Value] = {response.identifier: None for response in responses}
    return Unit({"kind": "fill", "answer": answer}, given, wrong)


def _candidates(interaction: etree._Element, response: Response, asker: Asker) -> dict[Value, str]:
    """What may be right in this blank, with the text a person would write for it."""
    if interaction.tag == "inline-choice-interaction":
        choices = children(interaction, "inline-choice")
        return {one.get("identifier", ""): rich.plain(asker.content.rich(one)) for one in choices}
    values = scalars_of(
        [
            declared_right(response),
            tuple(entry.key for entry in response.entries),
            tuple(_base_values(asker, response.base)),
        ]
    )
    return {
        value: plain_number(value) if isinstance(value, Decimal) else str(value) for value in values[:MOST_CANDIDATES]
    }


def _accepted(response: Response, words: dict[Value, str], given: dict[str, Value], full: Decimal, asker: Asker) -> str:
    name, nonsense = response.identifier, response.base not in ("integer", "float")
    stray: Value = NONSENSE if nonsense else Decimal(-987654321)
    lowest = asker.earns({**given, name: stray})
    if lowest >= full:
        raise Unscorable(_("有一个空填什么都得分"))
    right: list[str] = []
    partial: list[str] = []
    for value, text in words.items():
        earned = asker.earns({**given, name: value})
        if earned == full:
            right.insert(0 if value == given[name] else len(right), text.strip())
        elif earned > lowest:
            partial.append(text)
        turned = value.swapcase() if isinstance(value, str) and response.base == "string" else value
        if earned == full and turned not in (value, *words) and asker.earns({**given, name: turned}) < full:
            asker.content.notes.lose(_("原题区分大小写，导入后不区分"))
    if partial:
        asker.content.notes.lose(_("“%(text)s”在原题得部分分，导入后不得分") % {"text": "”“".join(partial)[:120]})
    taken = [text for text in dict.fromkeys(right) if text and "|" not in text]
    if len(taken) < len(set(right)):
        asker.content.notes.lose(_("含“|”的或空白的答案没有导入"))
    if not taken:
        raise Unscorable(_("有一个空没有可收的答案"))
    return "|".join(taken)


def _mark_blanks(interactions: Sequence[etree._Element], region: etree._Element, asker: Asker) -> None:
    """Four underscores for each interaction, apart from one another and from other underscores of the text."""
    for element in region.iter():
        element.text = element.text and _RUNS.sub(_wide, element.text)
        element.tail = element.tail and _RUNS.sub(_wide, element.tail)
    for one in interactions:
        leave = BLANK
        if one.tag == "inline-choice-interaction":
            texts = [rich.plain(asker.content.rich(choice)) for choice in children(one, "inline-choice")]
            leave = f"{BLANK}（{'／'.join(texts)}）"
            asker.content.notes.lose(_("下拉选择导入为填空，备选词写在空后"))
        before = one.getprevious()
        lead = (before.tail if before is not None else one.getparent().text) or ""
        drop(one, leave=f" {leave}" if lead.endswith("_") else leave)


def _wide(run: re.Match[str]) -> str:
    return "＿" * len(run[0])
