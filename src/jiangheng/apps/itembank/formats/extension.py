"""Our own extension of other systems' formats: the fields of an item they have no place for (clause K7).

It stands in a namespace of its own, where other systems pass it over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lxml import etree

from jiangheng.apps.itembank.formats.qti_names import children, text_of
from jiangheng.core.exam import quantity
from jiangheng.core.exam.items import Item

NAMESPACE = "urn:jiangheng:bank:1"
_OPEN = frozenset({"short", "essay", "calculation"})
_TEXTS = ("point", "range_code", "importance", "source", "unit", "tolerance")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Own:
    """What was said about an item. `given` are fields of ours as written; `parts` the same of the parts of a case."""

    given: tuple[tuple[str, str], ...] = ()
    enemies: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    parts: tuple[Own, ...] = ()
    difficulty: int = 0
    point_name: str = ""

    @property
    def shares(self) -> tuple[int, ...]:
        """The percents of the parts, when they are all there and add up."""
        found = tuple(_small(dict(part.given).get("share", "")) for part in self.parts)
        return found if found and sum(found) == 100 and min(found) > 0 else ()


def own_in(ours: etree._Element) -> Own:
    """What a normalised extension element says."""
    return Own(
        tuple((name.replace("-", "_"), text[:_LONGEST]) for name, text in sorted(ours.attrib.items())),
        tuple(text_of(one) for one in children(ours, "enemy")),
        tuple((one.text or "") for one in children(ours, "answer")),
        tuple(own_in(one) for one in children(ours, "bank-part")),
    )


def own_fields(item: Item, own: Own) -> Item:
    """The item with what its metadata say; a kind only where the file leaves it open."""
    given = dict(own.given)
    fields: dict[str, Any] = {name: given[name] for name in _TEXTS if name in given}
    if code := "".join(given.get("code", "").split()):
        fields["code"] = code
    if given.get("kind") in _OPEN and item.kind in _OPEN:
        fields["kind"] = given["kind"]
    for name, most in (("seconds", 7200), ("share", 100)):
        if 0 < (number := _small(given.get(name, ""))) <= most:
            fields[name] = number
    difficulty = _small(given.get("difficulty", "")) or own.difficulty
    if 1 <= difficulty <= 5:
        fields["difficulty"] = difficulty
    if own.answer and fields.get("kind", item.kind) in ("numeric", "calculation"):
        fields["answer"] = own.answer
    if own.enemies:
        fields["enemies"] = own.enemies
    item = replace(item, **fields)
    if item.kind != "case":
        return item
    told = own.parts if len(own.parts) == len(item.parts) else (Own(),) * len(item.parts)
    parts = (
        replace(own_fields(part, one), code=f"{item.code}.{number}")
        for number, (part, one) in enumerate(zip(item.parts, told, strict=True), start=1)
    )
    return replace(item, parts=tuple(parts))


def extension_of(item: Item, *, stated: frozenset[str]) -> etree._Element:
    """The extension element of an item: the fields the file has no place for, where they differ from their default.

    `stated` names what of a number (answer, unit, tolerance) the file states itself, in plain digits.
    """
    ours = etree.Element(f"{{{NAMESPACE}}}bank-item", nsmap={"jh": NAMESPACE})
    ours.set("code", item.code)
    _write(ours, item, stated)
    return ours


def _write(ours: etree._Element, item: Item, stated: frozenset[str]) -> None:
    ours.set("kind", item.kind)
    for name in _TEXTS:
        text = getattr(item, name)
        if text and (name, text) != ("importance", "X") and not _stated(item, name, text, stated):
            ours.set(name.replace("_", "-"), text)
    ours.set("difficulty", str(item.difficulty))
    for name in ("seconds", "share"):
        if number := getattr(item, name):
            ours.set(name, str(number))
    for enemy in item.enemies:
        etree.SubElement(ours, f"{{{NAMESPACE}}}enemy").text = enemy
    if item.kind in ("numeric", "calculation"):
        for one in [one for one in item.answer if not _stated(item, "answer", one, stated)]:
            etree.SubElement(ours, f"{{{NAMESPACE}}}answer").text = one
    for part in item.parts:
        _write(etree.SubElement(ours, f"{{{NAMESPACE}}}bank-part"), part, stated)


def _stated(item: Item, name: str, text: str, stated: frozenset[str]) -> bool:
    return item.kind == "numeric" and name in stated and (name == "unit" or plainly(text) == text)


def plain_number(value: Decimal) -> str:
    """A number in digits, without a power of ten."""
    return format(value, "f") if value else "0" if value.as_tuple().exponent == 0 else format(abs(value), "f")


def plainly(text: str) -> str:
    """A number or a tolerance as the item file states it: digits alone; a text that is neither as it is."""
    value = quantity.number(text.removesuffix("%"))
    return text if value is None else plain_number(value) + ("%" if text.endswith("%") else "")


def _small(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,4}", text) else 0
