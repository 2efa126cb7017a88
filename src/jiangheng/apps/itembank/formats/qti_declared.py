"""What a QTI item declares of its responses and outcomes, as values (clause K7).

A value is None, a text, a Decimal, a truth, or a tuple of these; the values of a `multiple` are sorted, so that two
that mean the same are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from jiangheng.apps.itembank.formats.qti_names import child, children
from jiangheng.kernel.kept import said as _

Scalar = str | Decimal | bool
Value = Scalar | tuple[Scalar, ...] | None

_NUMBER = re.compile(r"[+-]?(\d{1,110}(\.\d{0,110})?|\.\d{1,110})([eE][+-]?\d{1,2})?")
_WHOLE = re.compile(r"[+-]?\d{1,6}")


class Unscorable(ValueError):
    """What the item says cannot be given a meaning here; the sentence says what it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a mapping: this key earns so much."""

    key: Scalar
    worth: Decimal
    case_sensitive: bool = True


@dataclass(frozen=True, slots=True)
class Zone:
    """One row of an area mapping, in pixels of the picture; `coords` as in an HTML image map."""

    shape: str
    coords: tuple[int, ...]
    worth: Decimal


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a mapping gives to what it does not list, and the limits of its sum."""

    default: Decimal = Decimal(0)
    lower: Decimal | None = None
    upper: Decimal | None = None

    def within(self, total: Decimal) -> Decimal:
        """The sum within its limits."""
        if self.lower is not None:
            total = max(total, self.lower)
        return total if self.upper is None else min(total, self.upper)


@dataclass(frozen=True, slots=True)
class Response:
    """One response variable: how many values of what type, which are right and what each earns."""

    identifier: str
    cardinality: str
    base: str
    correct: Value = None
    entries: tuple[Entry, ...] = ()
    zones: tuple[Zone, ...] = ()
    bounds: Bounds = Bounds()


def number(text: str) -> Decimal:
    """A number as XML writes it, of bounded length. Raises :class:`Unscorable`."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        raise Unscorable(_("“%(text)s”不是数") % {"text": plain[:40]})
    try:
        return Decimal(plain)
    except InvalidOperation as broken:
        raise Unscorable(_("“%(text)s”不是数") % {"text": plain[:40]}) from broken


def whole(text: str) -> int:
    """A whole number of up to six digits. Raises :class:`Unscorable`."""
    if not _WHOLE.fullmatch(text.strip()):
        raise Unscorable(_("“%(text)s”不是整数") % {"text": text.strip()[:40]})
    return int(text)


def coordinates(text: str) -> tuple[int, ...]:
    """The numbers of an area, rounded to pixels."""
    parts = [part for part in re.split(r"[\s,]+", text.strip()) if part]
    if not 0 < len(parts) <= 200:
        raise Unscorable(_("图上区域的坐标“%(text)s”不合规") % {"text": text[:40]})
    return tuple(int(number(part).to_integral_value()) for part in parts)


def scalar(text: str, base: str) -> Scalar:
    """One value of a base type. The two ends of an undirected pair are sorted."""
    plain = text.strip()
    if base in ("integer", "float"):
        return number(plain)
    if base == "boolean":
        return plain == "true"
    if base == "pair":
        return " ".join(sorted(plain.split()))
    if base in ("directedPair", "directedpair", "point"):
        return " ".join(plain.split())
    return plain


def gathered(values: Iterable[Scalar], cardinality: str) -> Value:
    """Values as one value of a cardinality; None when there are none."""
    found = tuple(value for value in values if value != "")
    if not found:
        return None
    if cardinality == "multiple":
        return tuple(sorted(found, key=repr))
    return found if cardinality == "ordered" else found[0]


def each(value: Value) -> tuple[Scalar, ...]:
    """The scalars of a value."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def responses_of(item: etree._Element) -> dict[str, Response]:
    """The response declarations of an item, in their order."""
    found = {}
    for declared in children(item, "response-declaration"):
        response = _response(declared)
        found[response.identifier] = response
    return found


def _response(declared: etree._Element) -> Response:
    base = declared.get("base-type", "identifier")
    cardinality = declared.get("cardinality", "single")
    right = child(declared, "correct-response")
    mapping, areas = child(declared, "mapping"), child(declared, "area-mapping")
    bounded = mapping if mapping is not None else areas
    values = () if right is None else (scalar("".join(one.itertext()), base) for one in children(right, "value"))
    return Response(
        declared.get("identifier", ""),
        cardinality,
        base,
        gathered(values, cardinality),
        () if mapping is None else tuple(_entry(row, base) for row in children(mapping, "map-entry")),
        () if areas is None else tuple(_zone(row) for row in children(areas, "area-map-entry")),
        _bounds(bounded),
    )


def _bounds(bounded: etree._Element | None) -> Bounds:
    if bounded is None:
        return Bounds()
    lower, upper = _limit(bounded.get("lower-bound")), _limit(bounded.get("upper-bound"))
    return Bounds(number(bounded.get("default-value", "0")), lower, upper)


def _limit(text: str | None) -> Decimal | None:
    return None if text is None else number(text)


def _entry(row: etree._Element, base: str) -> Entry:
    worth = number(row.get("mapped-value", "0"))
    return Entry(scalar(row.get("map-key", ""), base), worth, row.get("case-sensitive", "true") != "false")


def _zone(row: etree._Element) -> Zone:
    coords = () if row.get("shape") == "default" else coordinates(row.get("coords", ""))
    return Zone(row.get("shape", ""), coords, number(row.get("mapped-value", "0")))


def outcomes_of(item: etree._Element) -> dict[str, Value]:
    """The outcome variables with the values they begin with: numbers with 0 where none is given."""
    found: dict[str, Value] = {}
    for declared in children(item, "outcome-declaration"):
        base = declared.get("base-type", "float")
        given = child(declared, "default-value")
        values = [] if given is None else [scalar("".join(v.itertext()), base) for v in children(given, "value")]
        start = gathered(values, declared.get("cardinality", "single"))
        if start is None and base in ("integer", "float") and declared.get("cardinality", "single") == "single":
            start = Decimal(0)
        found[declared.get("identifier", "")] = start
    return found


def inside(shape: str, coords: tuple[int, ...], x: Decimal, y: Decimal) -> bool:
    """Whether a point is in an area, its edge included (shapes and coordinates of HTML image maps)."""
    if shape == "default":
        return True
    if shape == "rect" and len(coords) == 4:
        left, right = sorted((coords[0], coords[2]))
        top, bottom = sorted((coords[1], coords[3]))
        return left <= x <= right and top <= y <= bottom
    if shape == "circle" and len(coords) == 3:
        return (x - coords[0]) ** 2 + (y - coords[1]) ** 2 <= coords[2] ** 2
    if shape == "poly" and len(coords) >= 6 and len(coords) % 2 == 0:
        return _in_polygon(coords, x, y)
    raise Unscorable(
        _("图上区域的形状“%(shape)s”（坐标 %(count)d 个）不受支持") % {"shape": shape, "count": len(coords)}
    )


def _in_polygon(coords: tuple[int, ...], x: Decimal, y: Decimal) -> bool:
    """Crossings of a ray to the right, odd inside."""
    corners = list(zip(coords[::2], coords[1::2], strict=True))
    odd = False
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            odd = not odd
    return odd
