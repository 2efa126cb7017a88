"""The numbers Word writes in front of paragraphs by itself, which are nowhere in the text (clause K7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from jiangheng.apps.itembank.formats.archive import xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset({"chineseCounting", "chineseCountingThousand", "taiwaneseCountingThousand", "japaneseCounting"})
DEEPEST = 9


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Numbers:
    """Counts the numbered paragraphs of one document, in order."""

    lists: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[tuple[str, int], _Level] = field(default_factory=dict)
    starts: Mapping[tuple[str, int], int] = field(default_factory=dict)
    styles: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, parts: Mapping[str, bytes]) -> Numbers:
        """The lists a document declares. Raises NotXml as the gate does."""
        lists: dict[str, str] = {}
        levels: dict[tuple[str, int], _Level] = {}
        starts: dict[tuple[str, int], int] = {}
        if "word/numbering.xml" in parts:
            root = xml(parts["word/numbering.xml"])
            for one in root.findall(f"{_W}abstractNum"):
                for level in one.findall(f"{_W}lvl"):
                    key = (one.get(f"{_W}abstractNumId", ""), _number(level.get(f"{_W}ilvl", "0")))
                    start = _number(_value(level, "start", "1"))
                    levels[key] = _Level(_value(level, "numFmt", "decimal"), _value(level, "lvlText", ""), start)
            for one in root.findall(f"{_W}num"):
                name = one.get(f"{_W}numId", "")
                lists[name] = _value(one, "abstractNumId", "")
                for override in one.findall(f"{_W}lvlOverride"):
                    start_at = _value(override, "startOverride", "")
                    if start_at:
                        starts[name, _number(override.get(f"{_W}ilvl", "0"))] = _number(start_at)
        return cls(lists, levels, starts, _styles(parts))

    def label(self, paragraph: etree._Element) -> str:
        """The number in front of a paragraph, with a space behind it; "" when Word writes none, or a bullet."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name, depth = self.styles.get(style.get(f"{_W}val", ""), ("", 0)) if style is not None else ("", 0)
        if own is not None:
            name = _value(own, "numId", name)
            depth = _number(_value(own, "ilvl", str(depth)))
        whole = self.lists.get(name)
        if whole is None or (whole, depth) not in self.levels:
            return ""
        self._count(name, whole, depth)
        level = self.levels[whole, depth]
        if level.form in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            one = self.levels.get((whole, at), _Level())
            return _written(self._counts.get((whole, at), one.start), one.form)

        return re.sub(r"%([1-9])", shown, level.text) + " "

    def _count(self, name: str, whole: str, depth: int) -> None:
        key = (whole, depth)
        begins = self.starts.get((name, depth))
        if begins is not None and name not in self._begun:
            self._counts[key] = begins
        else:
            self._counts[key] = self._counts.get(key, self.levels[key].start - 1) + 1
        self._begun.add(name)
        for deeper in range(depth + 1, DEEPEST):
            self._counts.pop((whole, deeper), None)


def _styles(parts: Mapping[str, bytes]) -> dict[str, tuple[str, int]]:
    if "word/styles.xml" not in parts:
        return {}
    found = {}
    for style in xml(parts["word/styles.xml"]).findall(f"{_W}style"):
        numbered = style.find(f"{_W}pPr/{_W}numPr")
        if numbered is not None:
            place = (_value(numbered, "numId", ""), _number(_value(numbered, "ilvl", "0")))
            found[style.get(f"{_W}styleId", "")] = place
    return found


def _value(element: etree._Element, name: str, otherwise: str) -> str:
    found = element.find(_W + name)
    return otherwise if found is None else (found.get(f"{_W}val") or otherwise)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else 0


def _written(number: int, form: str) -> str:
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (number - 1) % 26)
        return letter if form == "upperLetter" else letter.lower()
    if form in _CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        lead = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
        return lead + (_DIGITS[ones] if ones or not tens else "")
    return str(number)
