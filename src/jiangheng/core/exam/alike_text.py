"""The texts by which items are compared: whole and as statements, without what does not tell items apart (K7-K9)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from jiangheng.core.exam.items import Item
from jiangheng.core.exam.rich import plain

SEGMENT = "\ue000"
ITEM = "\ue001"
LEAST_LETTERS = 12
"""Options with fewer letters altogether (是、否; 1, 2, 3) are the same in items that have nothing in common."""

_NUMBER = re.compile(r"(?:(?<=[\ue000\ue001(=<>,:])-)?[0-9]+(?:\.[0-9]+)?")
_TOKENS = range(0xF0000, 0x10FFFE)
_UNTOLD = re.compile(r"[^\w\ue000\ue001\U000f0000-\U0010fffd+±×÷=<>≤≥≠≈∞√∠⊥∥°%‰]|_")
_TOKEN = re.compile(r"[\U000f0000-\U0010fffd]")
_NEGATION = re.compile(r"[不非未无没勿]有?|错误|有误|错|禁止|严禁")
_POSITIVE = {"错误": "正确", "有误": "正确", "错": "正确", "禁止": "允许", "严禁": "允许"}
_BLANK = re.compile(r"_{2,}|[(（]\s*[)）]|\[\s*\]|【\s*】")
_BORDERS = re.compile(r"[\ue000\ue001\U000f0000-\U0010fffd]")


@dataclass(frozen=True, slots=True)
class Told:
    """One text in normal form, its segments sorted; negation and numbers still in it."""

    segments: tuple[str, ...]

    def folded(self) -> tuple[str, ...]:
        """The same without regard to negation."""
        return tuple(sorted(_folded(segment) for segment in self.segments))

    def unnumbered(self) -> tuple[str, ...]:
        """The same without its numbers."""
        return tuple(sorted(_TOKEN.sub("", segment) for segment in self.segments))


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of many items. `whole` and `statement` are folded, joined by `SEGMENT` and `ITEM` for counting.

    `right` is what is right of each item, `options` its options with the right ones (None where they tell nothing).
    """

    whole: str
    statement: str
    right: tuple[tuple[str, ...], ...]
    options: tuple[object, ...]
    _told: tuple[str, ...]
    _stated: tuple[str, ...]

    def told(self, place: int) -> Told:
        """The whole text of one item."""
        return _told(self._told[place])

    def stated(self, place: int) -> Told:
        """The statement of one item."""
        return _told(self._stated[place])


def worded(items: Sequence[Item]) -> Words:
    """The texts of the items in normal form.

    Normal form: NFKC, lower case, without spaces and punctuation; every number is one letter of its own. The whole
    text is the stem, the options, the right-hand column and the parts, the statement the stem with its right answers
    in its blanks (behind it, where it has none).
    """
    whole: list[str] = []
    stated: list[str] = []
    rights: list[tuple[str, ...]] = []
    for item in items:
        stem, options, right = _parts(item)
        rights.append(tuple(sorted(right)))
        whole.append(SEGMENT + SEGMENT.join((stem, *options)) + SEGMENT)
        stated.append(SEGMENT + _filled(stem, right, item.kind) + SEGMENT)
    tokens: dict[str, str] = {}
    normal = _normal(ITEM.join(whole) + ITEM, tokens)
    normal_stated = _normal(ITEM.join(stated) + ITEM, tokens)
    told = tuple(normal.split(ITEM)[:-1])
    return Words(
        whole=_folded(normal),
        statement=_folded(normal_stated),
        right=tuple(rights),
        options=tuple(_options(item, text) for item, text in zip(items, told, strict=True)),
        _told=told,
        _stated=tuple(normal_stated.split(ITEM)[:-1]),
    )


def _told(text: str) -> Told:
    return Told(tuple(sorted(segment for segment in text.split(SEGMENT) if segment)))


def _text(rich: str) -> str:
    read = plain(rich) if "<" in rich or "&" in rich else rich
    return _BORDERS.sub("", read)


def _parts(item: Item) -> tuple[str, list[str], list[str]]:
    """The stem, the other texts in the author's order, and the right answers as texts."""
    if item.kind == "judgement":
        return _text(item.stem), [], list(item.answer)
    texts = {option.key: _text(option.text) for option in item.options}
    others = [*texts.values(), *(_text(target.text) for target in item.targets)]
    for part in item.parts:
        stem, options, _ = _parts(part)
        others += [stem, *options]
    if item.kind in ("single", "multiple"):
        right = [texts.get(key, key) for key in item.answer]
    elif item.kind == "fill":
        right = [accepted.split("|")[0] for accepted in item.answer]
    elif item.kind == "matching":
        targets = {target.key: _text(target.text) for target in item.targets}
        right = [texts.get(pair[:1], "") + targets.get(pair[1:], "") for pair in item.answer]
    else:
        right = list(item.answer)
    return _text(item.stem), others, right


def _filled(stem: str, right: Sequence[str], kind: str) -> str:
    if kind in ("judgement", "hotspot", "case"):
        return stem
    blanks = len(_BLANK.findall(stem))
    if not blanks:
        return SEGMENT.join((stem, *right))
    given = iter(right if blanks == len(right) else ["".join(right)])
    return _BLANK.sub(lambda _: next(given, ""), stem)


def _normal(text: str, tokens: dict[str, str]) -> str:
    """Normal form of many texts at once. `tokens` gives every number its letter; past 131,000 numbers they repeat."""

    def token(match: re.Match[str]) -> str:
        number = match[0]
        if number not in tokens:
            tokens[number] = chr(_TOKENS[len(tokens) % len(_TOKENS)])
        return tokens[number]

    return _UNTOLD.sub("", _NUMBER.sub(token, unicodedata.normalize("NFKC", text).lower()))


def _folded(text: str) -> str:
    """The text without its negations, so that 正确的是 and 不正确的是 meet."""
    return _NEGATION.sub(lambda match: _POSITIVE.get(match[0], ""), text)


def _options(item: Item, told: str) -> object:
    """The options and the right ones regardless of their order; None where they are too short to tell anything."""
    if item.kind not in ("single", "multiple"):
        return None
    texts = told.split(SEGMENT)[2 : 2 + len(item.options)]
    if len(_TOKEN.sub("", "".join(texts))) < LEAST_LETTERS:
        return None
    by_key = {option.key: text for option, text in zip(item.options, texts, strict=True)}
    return frozenset(texts), frozenset(by_key.get(key, key) for key in item.answer)
