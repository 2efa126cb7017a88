"""Places on pictures: QTI's hotspot and point interactions as the house's hotspot items (clause K7)."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from jiangheng.apps.itembank.formats.qti_declared import Unscorable, Value, coordinates, gathered, inside, whole
from jiangheng.apps.itembank.formats.qti_names import children
from jiangheng.apps.itembank.formats.qti_units import Asker, Unit, best_choice
from jiangheng.core.exam.items import Area
from jiangheng.kernel.kept import said as _

MOST_AREAS = 26
MOST_CHOSEN_FROM = 8
_GRID = 24


def hotspot(interaction: etree._Element, asker: Asker) -> Unit:
    """Choosing among marked areas, as finding them on the picture."""
    found = children(interaction, "hotspot-choice")
    areas = _areas([(one.get("shape", ""), coordinates(one.get("coords", ""))) for one in found])
    response = asker.response(interaction)
    if response.cardinality != "single" and len(found) > MOST_CHOSEN_FROM:
        raise Unscorable(_("要选几处的区域超过 %(most)d 个，不受支持") % {"most": MOST_CHOSEN_FROM})
    identifiers = [one.get("identifier", "") for one in found]
    right, wrong = best_choice(identifiers, interaction, response, asker)
    asker.content.notes.lose(_("原题让考生在标出的区域里选，导入后考生直接在图上点"))
    fields = {
        "kind": "hotspot",
        "picture": _picture(interaction, asker),
        "areas": areas,
        "answer": tuple(sorted(areas[identifiers.index(one)].key for one in right)),
    }
    return Unit(fields, {response.identifier: gathered(right, response.cardinality)}, {response.identifier: wrong})


def select_point(interaction: etree._Element, asker: Asker) -> Unit:
    """Points on a picture: every area that earns something is to be found."""
    response = asker.response(interaction)
    zones = response.zones
    areas = _areas([(zone.shape, zone.coords) for zone in zones])
    right = [place for place, zone in enumerate(zones) if zone.worth > 0]
    if not right:
        raise Unscorable(_("图上没有得分的区域"))
    most = whole(interaction.get("max-choices", "1"))
    if 0 < most < len(right):
        raise Unscorable(_("几个区域任点其一即可，本系统要求点出全部正确的区域"))
    points = [_within(areas[place]) for place in right]
    name = response.identifier

    def given(chosen: list[str]) -> dict[str, Value]:
        return {name: gathered(chosen, response.cardinality)}

    full = asker.earns(given(points))
    if full <= 0:
        raise Unscorable(_("标准答案按原题的评分规则得不到分"))
    others = [given(points[:place] + points[place + 1 :]) for place in range(len(points))]
    asker.must_be_beaten(full, [*others, {name: None}])
    fields = {
        "kind": "hotspot",
        "picture": _picture(interaction, asker),
        "areas": areas,
        "answer": tuple(areas[place].key for place in right),
    }
    return Unit(fields, given(points), others[0])


def _picture(interaction: etree._Element, asker: Asker) -> str:
    shown = next(iter(interaction.iter("img", "object")), None)
    if shown is None:
        raise Unscorable(_("识图题没有图片"))
    return asker.content.picture_of(shown)


def _areas(drawn: list[tuple[str, tuple[int, ...]]]) -> tuple[Area, ...]:
    if not 1 <= len(drawn) <= MOST_AREAS:
        raise Unscorable(_("图上有 %(count)d 个区域，应有 1–%(most)d 个") % {"count": len(drawn), "most": MOST_AREAS})
    areas = []
    for place, (shape, coords) in enumerate(drawn):
        if shape not in ("rect", "circle", "poly"):
            raise Unscorable(_("图上区域的形状“%(shape)s”不受支持") % {"shape": shape[:20]})
        inside(shape, coords, Decimal(0), Decimal(0))
        if shape == "rect":
            left, right = sorted((coords[0], coords[2]))
            top, bottom = sorted((coords[1], coords[3]))
            coords = (left, top, right, bottom)
        areas.append(Area(chr(ord("A") + place), shape, coords))
    return tuple(areas)


def _within(area: Area) -> str:
    """A point of the area, as QTI writes it."""
    if area.shape == "circle":
        return f"{area.coords[0]} {area.coords[1]}"
    xs = area.coords[::2]
    ys = area.coords[1::2]
    middle = (sum(xs) // len(xs), sum(ys) // len(ys))
    grid = [
        (min(xs) + (max(xs) - min(xs)) * column // _GRID, min(ys) + (max(ys) - min(ys)) * row // _GRID)
        for row in range(1, _GRID)
        for column in range(1, _GRID)
    ]
    for x, y in [middle, *grid]:
        if inside(area.shape, area.coords, Decimal(x), Decimal(y)):
            return f"{x} {y}"
    raise Unscorable(_("图上的一个区域没有面积"))
