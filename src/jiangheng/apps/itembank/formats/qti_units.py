"""One interaction of a QTI item as the fields of one of our kinds, proved by asking its own scoring (clause K7).

A unit is what is answered on its own. Its right answer is what earns most; what else earns as much or a part of it is
either a loss that is said or a reason not to take the item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from lxml import etree

from jiangheng.apps.itembank.formats.moodle_kinds import judgement
from jiangheng.apps.itembank.formats.qti_content import Content
from jiangheng.apps.itembank.formats.qti_declared import Response, Scalar, Unscorable, Value, each, gathered, whole
from jiangheng.apps.itembank.formats.qti_names import children, drop, text_of
from jiangheng.apps.itembank.formats.qti_score import Scoring
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS, LETTERS, Option
from jiangheng.kernel.kept import said as _

MOST_TARGETS = 12


@dataclass
class Unit:
    """The fields of an item but its stem, and a right and a wrong response to it."""

    fields: dict[str, Any]
    right: dict[str, Value] = field(default_factory=dict)
    wrong: dict[str, Value] = field(default_factory=dict)


@dataclass
class Asker:
    """Asks the item what a response earns; the other responses stay at what is declared right."""

    scoring: Scoring
    content: Content
    base: dict[str, Value]

    def earns(self, changed: Mapping[str, Value]) -> Decimal:
        """The score of the declared right responses with these changed."""
        return self.scoring.score({**self.base, **changed})

    def response(self, interaction: etree._Element) -> Response:
        """The declaration the interaction answers to. Raises :class:`Unscorable`."""
        found = self.scoring.responses.get(interaction.get("response-identifier", ""))
        if found is None:
            raise Unscorable(_("作答部分没有对应的作答变量声明"))
        return found

    def must_be_beaten(self, full: Decimal, others: Iterable[Mapping[str, Value]]) -> None:
        """Raises :class:`Unscorable` when one of the others earns as much; notes it when one earns a part."""
        for other in others:
            earned = self.earns(other)
            if earned >= full:
                raise Unscorable(_("除标准答案外，别的作答也得满分，评分规则与标准答案不符"))
            if earned > self.nothing(other):
                self.content.notes.lose(partly())

    def nothing(self, changed: Mapping[str, Value]) -> Decimal:
        """What leaving these responses empty earns."""
        return self.earns(dict.fromkeys(changed))


def partly() -> str:
    """The loss of an item's own partial marks."""
    return _("原题对部分正确的作答给部分分，导入后按本系统的评分规则给分")


def declared_right(response: Response) -> Value:
    """The right response as declared: the correct response, else what the mapping rewards."""
    if response.correct is not None or not response.entries:
        return response.correct
    rewarded = [entry for entry in response.entries if entry.worth > 0]
    if response.cardinality == "single":
        best = max(rewarded, key=lambda entry: entry.worth, default=None)
        return None if best is None else best.key
    return gathered((entry.key for entry in rewarded), response.cardinality)


def choice(interaction: etree._Element, asker: Asker) -> Unit:
    """Single, multiple or judgement."""
    found = children(interaction, "simple-choice")
    keys = _letters(len(found), least=2)
    texts = [asker.content.rich(one) for one in found]
    identifiers = [one.get("identifier", "") for one in found]
    response = asker.response(interaction)
    right, wrong = best_choice(identifiers, interaction, response, asker)
    answer = tuple(sorted(keys[identifiers.index(one)] for one in right))
    options = tuple(Option(key, text) for key, text in zip(keys, texts, strict=True))
    kind = "single" if len(right) == 1 else "multiple"
    if kind == "single" and _most(interaction) != 1 and response.cardinality == "multiple":
        asker.content.notes.lose(_("原题允许选几项而只有一项正确，导入为单选题"))
    fields: dict[str, Any] = {"kind": kind, "options": options, "answer": answer}
    if kind == "single" and (said := judgement(options, answer[0])):
        fields = {"kind": "judgement", "options": KINDS["judgement"].options, "answer": (said,)}
    return Unit(fields, {response.identifier: _given(right, response)}, {response.identifier: wrong})


def _letters(count: int, *, least: int, most: int = len(LETTERS)) -> list[str]:
    if not least <= count <= most:
        raise Unscorable(
            _("有 %(count)d 个选项，本系统要求 %(least)d–%(most)d 个") % {"count": count, "least": least, "most": most}
        )
    return [chr(ord("A") + place) for place in range(count)]


def _most(interaction: etree._Element) -> int:
    """How many may be chosen; 0 is any number."""
    return whole(interaction.get("max-choices", "1"))


def _given(chosen: Iterable[str], response: Response) -> Value:
    return gathered(chosen, response.cardinality)


def best_choice(
    identifiers: Sequence[str], interaction: etree._Element, response: Response, asker: Asker
) -> tuple[tuple[str, ...], Value]:
    """The choice that earns most, and one that earns less."""
    if "" in identifiers or len(set(identifiers)) != len(identifiers):
        raise Unscorable(_("选项的标识缺失或重复"))
    most = 1 if response.cardinality == "single" else _most(interaction) or len(identifiers)
    name = response.identifier
    earned = {
        chosen: asker.earns({name: _given(chosen, response)})
        for count in range(1, min(most, len(identifiers)) + 1)
        for chosen in combinations(identifiers, count)
    }
    nothing = asker.earns({name: None})
    full = max(earned.values())
    if full <= max(nothing, Decimal(0)):
        raise Unscorable(_("没有一种选法得分，标准答案缺失或评分规则不受支持"))
    winners = [chosen for chosen, worth in earned.items() if worth == full]
    least = min(winners, key=len)
    declared = tuple(one for one in identifiers if one in each(response.correct))
    if len(winners) > 1:
        if not all(set(least) <= set(chosen) for chosen in winners):
            raise Unscorable(_("有几种不同的选法都得满分，本系统每题只有一个答案"))
        asker.content.notes.lose(_("原题多选了错项仍可得满分，导入后选错不得分"))
    elif any(nothing < worth < full for worth in earned.values()):
        asker.content.notes.lose(partly())
    if declared and set(declared) != set(least):
        raise Unscorable(_("声明的标准答案与评分规则不一致"))
    losers = sorted((worth, chosen) for chosen, worth in earned.items() if worth < full)
    return least, _given(losers[0][1], response) if losers else None


def order(interaction: etree._Element, asker: Asker) -> Unit:
    """Ordering; the right order is the declared one."""
    found = children(interaction, "simple-choice")
    keys = _letters(len(found), least=2)
    key_of = {one.get("identifier", ""): key for one, key in zip(found, keys, strict=True)}
    response = asker.response(interaction)
    right = each(response.correct)
    if response.cardinality != "ordered" or sorted(map(str, right)) != sorted(key_of):
        raise Unscorable(_("排序题的标准答案没有把每一项各排一次"))
    name = response.identifier
    swapped: list[dict[str, Value]] = [
        {name: (*right[:place], right[place + 1], right[place], *right[place + 2 :])} for place in range(len(right) - 1)
    ]
    _must_earn(asker, {name: right}, swapped)
    options = tuple(Option(key, asker.content.rich(one)) for one, key in zip(found, keys, strict=True))
    fields = {"kind": "ordering", "options": options, "answer": tuple(key_of[str(one)] for one in right)}
    return Unit(fields, {name: right}, swapped[0])


def _must_earn(asker: Asker, right: Mapping[str, Value], others: Iterable[Mapping[str, Value]]) -> Decimal:
    full = asker.earns(right)
    if full <= max(asker.nothing(right), Decimal(0)):
        raise Unscorable(_("标准答案按原题的评分规则得不到分"))
    asker.must_be_beaten(full, others)
    return full


def match(interaction: etree._Element, asker: Asker) -> Unit:
    """Matching of two columns."""
    sets = children(interaction, "simple-match-set")
    if len(sets) != 2:
        raise Unscorable(_("连线题应有左右两栏"))
    columns = [{one.get("identifier", ""): asker.content.rich(one) for one in children(column)} for column in sets]
    response = asker.response(interaction)
    pairs = [tuple(str(pair).split()) for pair in each(declared_right(response))]
    return _matching(columns[0], columns[1], pairs, response, asker)


def associate(interaction: etree._Element, asker: Asker) -> Unit:
    """Pairs within one set, as matching: the first of each pair stands left, everything else right."""
    texts = {
        one.get("identifier", ""): asker.content.rich(one) for one in children(interaction, "simple-associable-choice")
    }
    response = asker.response(interaction)
    pairs = [tuple(str(pair).split()) for pair in each(declared_right(response))]
    ends = [end for pair in pairs for end in pair]
    if len(set(ends)) != len(ends) or not all(len(pair) == 2 and set(pair) <= texts.keys() for pair in pairs):
        raise Unscorable(_("关联题里有一项属于几对，不能改成连线题"))
    asker.content.notes.lose(_("关联题导入为连线题，左栏各项已定，比原题容易"))
    left = {pair[0]: texts[pair[0]] for pair in pairs}
    right = {name: text for name, text in texts.items() if name not in left}
    return _matching(left, right, pairs, response, asker)


def gap_match(interaction: etree._Element, asker: Asker) -> Unit:
    """Words to be put into gaps, as matching of gaps with words; the gaps in the text are numbered."""
    words = {one.get("identifier", ""): asker.content.rich(one) for one in children(interaction, "gap-text", "gap-img")}
    for one in children(interaction, "gap-text", "gap-img"):
        drop(one)
    gaps = {}
    for number, gap in enumerate(list(interaction.iter("gap")), start=1):
        gaps[gap.get("identifier", "")] = _("第 %(number)d 空") % {"number": number}
        drop(gap, leave=f"（{number}）")
    response = asker.response(interaction)
    pairs = [tuple(reversed(str(pair).split())) for pair in each(declared_right(response))]
    asker.content.notes.lose(_("拖词填空题导入为连线题，左栏是空的编号"))
    return _matching(gaps, words, pairs, response, asker, turned=True)


def _matching(
    left: Mapping[str, str],
    right: Mapping[str, str],
    pairs: Sequence[tuple[str, ...]],
    response: Response,
    asker: Asker,
    *,
    turned: bool = False,
) -> Unit:
    """`turned`: the response names the right column first."""
    pairs = [pair[::-1] if len(pair) == 2 and pair[0] in right and pair[1] in left else pair for pair in pairs]
    if not all(len(pair) == 2 and pair[0] in left and pair[1] in right for pair in pairs):
        raise Unscorable(_("连线题的标准答案缺失，或提到不存在的项"))
    if sorted(pair[0] for pair in pairs) != sorted(left):
        if sorted(pair[1] for pair in pairs) != sorted(right) or turned:
            raise Unscorable(_("连线题左栏有的项没有配对或配了几项，本系统要求左栏每项恰好配一项"))
        asker.content.notes.lose(_("连线题左右两栏对调，使每项恰好配一项"))
        left, right, pairs, turned = right, left, [pair[::-1] for pair in pairs], True
    letters = dict(zip(left, _letters(len(left), least=2), strict=True))
    numbers = dict(zip(right, (str(place) for place in range(1, len(right) + 1)), strict=True))
    if len(right) > MOST_TARGETS:
        raise Unscorable(_("连线题右栏有 %(count)d 项，最多 %(most)d 项") % {"count": len(right), "most": MOST_TARGETS})

    def given(chosen: Sequence[tuple[str, ...]]) -> dict[str, Value]:
        ends = (" ".join(reversed(pair) if turned else pair) for pair in chosen)
        if response.base == "pair":
            ends = (" ".join(sorted(end.split())) for end in ends)
        return {response.identifier: gathered(ends, response.cardinality)}

    others = [given([*pairs[:place], *pairs[place + 1 :]]) for place in range(len(pairs))]
    for place, (one, other) in enumerate(pairs):
        stranger = next((name for name in right if name != other), other)
        others.append(given([*pairs[:place], (one, stranger), *pairs[place + 1 :]]))
    _must_earn(asker, given(pairs), others)
    fields = {
        "kind": "matching",
        "options": tuple(Option(letters[name], text) for name, text in left.items()),
        "targets": tuple(Option(numbers[name], text) for name, text in right.items()),
        "answer": tuple(sorted(letters[pair[0]] + numbers[pair[1]] for pair in pairs)),
    }
    return Unit(fields, given(pairs), others[0])


def extended(interaction: etree._Element, asker: Asker) -> Unit:
    """An open kind: short, or essay when much room is given. What is declared right becomes the reference."""
    lines, length = interaction.get("expected-lines", "0"), interaction.get("expected-length", "0")
    long = (lines.isdecimal() and int(lines[:6]) >= 10) or (length.isdecimal() and int(length[:6]) >= 500)
    response = asker.scoring.responses.get(interaction.get("response-identifier", ""))
    reference = "" if response is None else "；".join(str(one) for one in each(response.correct))
    fields: dict[str, Any] = {"kind": "essay" if long else "short"}
    if reference:
        fields["reference"] = rich.from_plain(reference)
    return Unit(fields)


def prompt_instead(interaction: etree._Element) -> None:
    """Put the interaction's prompt in its place."""
    prompts = children(interaction, "prompt")
    tail = interaction.tail
    kept = list(prompts[0]) if prompts else []
    lead = prompts[0].text if prompts else None
    interaction.clear()
    interaction.tag, interaction.text, interaction.tail = "div", lead, tail
    interaction.extend(kept)
    if not kept and not text_of(interaction):
        drop(interaction)


Builder = Callable[[etree._Element, Asker], Unit]
TEXT_LEVEL = frozenset({"text-entry-interaction", "inline-choice-interaction"})
BLOCK_LEVEL: Mapping[str, Builder] = {
    "choice-interaction": choice,
    "order-interaction": order,
    "match-interaction": match,
    "associate-interaction": associate,
    "gap-match-interaction": gap_match,
    "extended-text-interaction": extended,
}


def scalars_of(values: Iterable[Value]) -> list[Scalar]:
    """All scalars, each once, in order."""
    return list(dict.fromkeys(one for value in values for one in each(value)))
