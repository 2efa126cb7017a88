"""The list of answers at the end of a question list: 1-5 ABCDA, 1.A 2.B, or a paragraph a question (K7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from jiangheng.apps.itembank.formats.answers import narrow
from jiangheng.apps.itembank.formats.styled import Styled, joined, styled
from jiangheng.apps.itembank.formats.word_lines import heading
from jiangheng.apps.itembank.formats.word_text import Paragraph
from jiangheng.apps.itembank.formats.workbook_columns import CHOICE

MOST_LINES = 1_000
_ONE = r"(?:[A-Ha-h](?:[,，、]?[A-Ha-h]){0,7}|[√×✓✔✗✘╳]|正确|错误|对|错)"
_RANGE = re.compile(
    r"(?<!\d)(\d{1,4})\s*(?:-{1,2}|—|–|~|至|到)\s*(\d{1,4})\s*(?:题)?\s*[.、:：)]?\s*"
    r"((?:[A-Ha-h√×✓✔✗✘╳对错]|正确|错误)(?:[\s,，、;；]*(?:[A-Ha-h√×✓✔✗✘╳对错]|正确|错误))*)(?=[\s\d。;；]|$)"
)
_PAIR = re.compile(rf"(?<!\d)[（(]?(\d{{1,4}})[)）]?\s*(?:题)?\s*[.．、:：)）]?\s*({_ONE})(?=[\s,，、;；。]|\d|$)")
_STARTED = re.compile(r"^\s*(?:第\s*)?[（(]?(\d{1,4})(?:[)）]|\s*题|\s*[.．、:：])\s*[.．、:：]?\s*(?!\d+[.．]\d)")
_TITLE = re.compile(r"^\s*(?:附\s*[:：]?\s*)?(?:参考答案|标准答案|答案)\s*[:：]?\s*(?=\d)")
_ANSWER = re.compile(r"^\s*(?:答案?|解)\s*[:：]\s*")
_Key = tuple[str, int]


@dataclass(slots=True)
class Listed:
    """The answers of the list by the kind of their heading ("" without one) and number; who took one is kept."""

    answers: dict[_Key, Styled] = field(default_factory=dict)
    paragraphs: dict[_Key, int] = field(default_factory=dict)
    _taken: set[_Key] = field(default_factory=set)

    def claim(self, kind: str, number: int, alone: bool) -> Styled | None:
        """The answer of a question. One that stands under no or another heading is its only when no other question
        has its number.
        """
        kinds = [kind, *(("single", "multiple", CHOICE) if kind in ("", CHOICE, "single", "multiple") else ())]
        keys = [(one, number) for one in kinds if one and (one, number) in self.answers]
        if not keys and alone:
            keys = [key for key in self.answers if key[1] == number]
        if not keys and not kind:
            keys = [("", number)] if ("", number) in self.answers and alone else []
        if len(keys) > 1 and keys[0][0] != kind:
            return None
        if not keys:
            return None
        self._taken.add(keys[0])
        return self.answers[keys[0]]

    def unclaimed(self) -> list[tuple[int, int]]:
        """Paragraph and number of every answer nobody took, in order."""
        return sorted((self.paragraphs[key], key[1]) for key in self.answers if key not in self._taken)


def listed(lines: Sequence[Paragraph]) -> Listed:
    """Read the paragraphs from the title of the answers on."""
    found = Listed()
    kind = ""
    last: _Key | None = None
    for one in lines:
        under = heading(one.body.text)
        if under is not None:
            kind, last = under, None
            rest = re.search(r"[:：]\s*(?=\d)", one.body.text)
            if rest is None:
                continue
            body = one.body.cut(rest.end())
        else:
            match = _TITLE.match(one.body.text)
            body = one.body.cut(match.end() if match else 0)
        pairs = _pairs(body.text)
        if pairs:
            for number, answer in pairs:
                found.answers[kind, number] = styled(answer)
                found.paragraphs[kind, number] = one.number
            last = None
            continue
        started = _STARTED.match(body.text)
        if started:
            last = (kind, int(started[1]))
            found.answers[last] = _without_lead(body.cut(started.end()))
            found.paragraphs[last] = one.number
        elif last is not None and one.number - found.paragraphs[last] < MOST_LINES:
            found.answers[last] = joined([found.answers[last], body], "\n")
    return found


def _without_lead(body: Styled) -> Styled:
    match = _ANSWER.match(body.text)
    return body.cut(match.end() if match else 0).strip()


def _pairs(text: str) -> list[tuple[int, str]]:
    """Numbers with their answers, when the line is nothing but such; else none."""
    plain = narrow(text)
    found: list[tuple[int, str]] = []

    def ranged(match: re.Match[str]) -> str:
        first, last = int(match[1]), int(match[2])
        answers = re.findall(_ONE, match[3]) if re.search(r"[\s,，、;；]", match[3].strip()) else []
        if len(answers) != last - first + 1:
            answers = re.findall(r"[A-Ha-h]|[√×✓✔✗✘╳]|正确|错误|对|错", match[3])
        if len(answers) != last - first + 1:
            return match[0]
        found.extend((first + place, answer) for place, answer in enumerate(answers))
        return " "

    def paired(match: re.Match[str]) -> str:
        found.append((int(match[1]), match[2]))
        return " "

    rest = _PAIR.sub(paired, _RANGE.sub(ranged, plain))
    return found if found and not re.sub(r"[\s,，、;；。.]", "", rest) else []
