"""What `core` says, in the reader's language (clause P1).

`core` speaks plain Chinese and knows no translation. The catalogue holds its constants as they are and its f-strings
as patterns: ``须年满{0}周岁,现为{1}周岁`` (collected by tools/said.py). Here a finished sentence is led back to its
pattern, and what fills its places is spoken in turn. What nobody translated stays Chinese; nothing here raises.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, gettext_noop, to_locale

from jiangheng.core.law.problem import Problem

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PROBLEM = gettext_noop("{what}({why})。{mend}")
_PLACE = re.compile(r"\{(\d+)\}")
# Longer texts are not one sentence of core, but may be several.
_LONGEST = 800
_LONGEST_PIECES = 200
# A pattern with fewer Chinese signs than this is taken only if all that fills it is understood too.
_TELLING = 3
_TELLING_START = 2
# Where sentences are joined of parts, outermost first: what parts them and what parts them in other languages.
_OUTER_JOINTS = ((re.compile(r"\n"), "\n"), (re.compile(r"[；;]\s*"), "; "))
_JOINTS = (
    (re.compile(r"。\s*"), ". "),
    (re.compile(r"：|(?<!\d):\s*"), ": "),
    (re.compile(r"，|(?<!\d),\s*"), ", "),
    (re.compile(r"、"), ", "),
    (re.compile(r" "), " "),
)
_SIGNS = str.maketrans({"、": ", ", "，": ", ", "；": "; ", "：": ": ", "。": ". ", "（": " (", "）": ")"})


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence of core with places: the text around them, and the same sentence in the reader's language."""

    literals: tuple[str, ...]
    said: str
    weight: int
    has_semicolon: bool

    @classmethod
    def of(cls, source: str, said: str) -> _Pattern:
        literals = tuple(_PLACE.split(source)[::2])
        return cls(literals, said, _chinese(*literals), bool(re.search("[；;]", "".join(literals))))

    def places(self, text: str) -> list[str] | None:
        """What fills the places, each as short as can be, or ``None`` when the text is another sentence."""
        first, *others, last = self.literals
        if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
            return None
        at, end, found = len(first), len(text) - len(last), []
        for literal in others:
            # Of two places without a text between, the first has it all.
            upto = text.find(literal, at, end) if literal else -1
            if literal and upto == -1:
                return None
            found.append(text[at:upto] if literal else "")
            at = upto + len(literal) if literal else at
        return self._gathered([*found, text[at:end]])

    def head(self, text: str) -> tuple[list[str], str] | None:
        """The places when the text begins with this sentence, and what follows; only where its end is written."""
        first, *others = self.literals
        if not text.startswith(first):
            return None
        at, found = len(first), []
        for literal in others:
            start = text.find(literal, at) if literal else -1
            if start == -1:
                return None
            found.append(text[at:start])
            at = start + len(literal)
        return found, text[at:]

    def _gathered(self, found: list[str]) -> list[str]:
        for place in range(len(found) - 1, 0, -1):
            if not self.literals[place]:
                found[place - 1], found[place] = found[place], ""
        return found

    def filled(self, places: list[str]) -> str:
        return _PLACE.sub(lambda place: places[int(place[1])], self.said)


def spoken(said: Any) -> str:
    """A text or a `Problem` of core in the active language; texts that are already in it stay as they are."""
    language = get_language() or ""
    if isinstance(said, Problem):
        if not _patterns(language):
            return str(said)
        return gettext(_PROBLEM).format(what=spoken(said.what), why=spoken(said.why), mend=spoken(said.mend))
    text = str(said)
    if not _CHINESE.search(text) or not _patterns(language):
        return text
    return _spoken(language, text)


spoken_lazy = lazy(spoken, str)
"""The same for declarations: the language is that of the moment when it is drawn."""


@lru_cache(maxsize=4096)
def _spoken(language: str, text: str) -> str:
    """The first way in which nothing Chinese is left, or else the one that leaves the least (names, titles)."""
    least, best = _chinese(text), text
    if not least:
        return text.translate(_SIGNS)
    for sure, way in _ways(language, text):
        left = _chinese(way)
        if left == 0:
            return way
        if sure and left < least:
            least, best = left, way
    return best


def _ways(language: str, text: str) -> Iterator[tuple[bool, str]]:
    exact = gettext(text)
    if exact != text:
        yield True, exact
    patterns = _patterns(language) if len(text) <= _LONGEST else ()
    # A semicolon parts sentences unless a sentence has it itself; within one a place may hold any other sign.
    yield from _matched(language, text, [pattern for pattern in patterns if pattern.has_semicolon])
    yield from _parted(language, text, _OUTER_JOINTS)
    yield from _matched(language, text, [pattern for pattern in patterns if not pattern.has_semicolon])
    yield from _parted(language, text, _JOINTS)
    for pattern in patterns if len(text) <= _LONGEST_PIECES else ():
        if (begun := pattern.head(text)) is not None and begun[1]:
            places, rest = begun
            start = pattern.filled([_spoken(language, place) for place in places])
            yield pattern.weight >= _TELLING_START, _beside(start, _spoken(language, rest))
    together = _together(language, text)
    if together is not None:
        yield True, together


def _matched(language: str, text: str, patterns: Iterable[_Pattern]) -> Iterator[tuple[bool, str]]:
    for pattern in patterns:
        places = pattern.places(text)
        if places is not None and text not in places:
            yield pattern.weight >= _TELLING, pattern.filled([_spoken(language, place) for place in places])


def _parted(language: str, text: str, joints: Iterable[tuple[re.Pattern[str], str]]) -> Iterator[tuple[bool, str]]:
    for joint, sign in joints:
        parts = joint.split(text)
        if len(parts) > 1:
            yield True, _joined([_spoken(language, part) for part in parts], sign)


@lru_cache(maxsize=4096)
def _together(language: str, text: str) -> str | None:
    """A text put together of known pieces without a sign between them, or ``None``."""
    if not _chinese(text):
        return text.translate(_SIGNS)
    if len(text) > _LONGEST_PIECES:
        return None
    for end in range(len(text), 0, -1):
        piece = text[:end]
        known = gettext(piece)
        if known != piece and (rest := _together(language, text[end:])) is not None:
            return _beside(known, rest)
    for pattern in _patterns(language):
        first, *others = pattern.literals
        if others == [""] and text.startswith(first) and (rest := _together(language, text[len(first) :])) is not None:
            return pattern.filled([rest])
    start = _CHINESE.search(text)
    if start is None or start.start() == 0:
        return None
    rest = _spoken(language, text[start.start() :])
    return None if _chinese(rest) else _beside(_sign(text[: start.start()]), rest)


def _sign(text: str) -> str:
    """What stands before a Chinese piece; other languages set a space after these signs."""
    return f"{text} " if text in (":", ";", ",") else text.translate(_SIGNS)


def _beside(left: str, right: str) -> str:
    """Two pieces in a row; what stands on its own in the catalogue (a choice, a label) becomes part of a list."""
    if not (left[-1:].isalnum() and right[:1].isalnum()):
        return left + right
    return f"{left}, {right[0].lower()}{right[1:]}" if right[:1].isupper() else f"{left} {right}"


def _joined(parts: list[str], sign: str) -> str:
    """Parts with the sign between them, but no second sign after a full stop."""
    whole = parts[0]
    for part in parts[1:]:
        whole += (" " if whole.endswith(".") and sign != "\n" else sign) + part
    return whole.rstrip()


def _chinese(*texts: str) -> int:
    return sum(len(_CHINESE.findall(text)) for text in texts)


@lru_cache(maxsize=8)
def _patterns(language: str) -> tuple[_Pattern, ...]:
    """The patterns of a language's catalogue, the most telling first; none for the source language."""
    found = []
    for folder in settings.LOCALE_PATHS:
        path = Path(folder) / to_locale(language) / "LC_MESSAGES" / "django.mo"
        for source, said in _entries(path.read_bytes()) if language and path.is_file() else ():
            source, said = _numbered(source, said) if source == _PROBLEM else (source, said)
            # Numbered places are core's alone: the sentences of the interface name theirs.
            if "{0}" in source and "\0" not in source:
                found.append(_Pattern.of(source, said))
    return tuple(sorted(found, key=lambda pattern: -len("".join(pattern.literals))))


def _numbered(*texts: str) -> tuple[str, ...]:
    """A problem that was made a string is found again by its signs."""
    return tuple(text.format(what="{0}", why="{1}", mend="{2}") for text in texts)


def _entries(data: bytes) -> Iterator[tuple[str, str]]:
    """The messages of a .mo file as tools/catalogue.py writes it (GNU gettext's manual, little-endian)."""
    _, _, count, sources, targets = struct.unpack_from("<5I", data)
    for number in range(count):
        yield _string(data, sources + 8 * number), _string(data, targets + 8 * number)


def _string(data: bytes, entry: int) -> str:
    length, start = struct.unpack_from("<2I", data, entry)
    return data[start : start + length].decode()
