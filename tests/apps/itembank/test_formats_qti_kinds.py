"""QTI in: numbers, columns, orders and places on pictures, proved by what the item itself gives for them."""

from __future__ import annotations

from typing import Any

import pytest

from drawn_items import MEDIA
from jiangheng.apps.itembank.formats import qti
from jiangheng.apps.itembank.formats.found import Read
from qti_parts import (
    CORRECT,
    MAP,
    MATCH,
    VARIABLE,
    choices,
    columns,
    entry,
    equal,
    item,
    mapping,
    one,
    package,
    response,
    scored,
    taken,
)

PICTURE, OTHER = MEDIA.items()

BOUNDS = "".join(
    f"<{tag}>{VARIABLE}<baseValue baseType='float'>{edge}</baseValue></{tag}>"
    for tag, edge in (("gte", "4"), ("lte", "5"))
)


@pytest.mark.parametrize(
    ("rules", "answer", "tolerance"),
    [
        (MATCH, "4.50", ""),
        (equal(toleranceMode="exact"), "4.50", ""),
        (equal(toleranceMode="absolute", tolerance="0.1 0.1"), "4.50", "0.1"),
        (equal(toleranceMode="absolute", tolerance="0.10"), "4.50", "0.10"),
        (equal(toleranceMode="relative", tolerance="2 2"), "4.50", "2%"),
        (equal(toleranceMode="absolute", tolerance="0.1 0.3"), "4.6", "0.2"),
        (scored((f"<and>{BOUNDS}</and>", "1")), "4.50", "0.5"),
        (
            scored(
                (f"<equal toleranceMode='absolute' tolerance='0.1'>{VARIABLE}{CORRECT}</equal>", "2"),
                (f"<and>{BOUNDS}</and>", "1"),
            ),
            "4.50",
            "0.1",
        ),
    ],
)
def test_a_number_is_taken_with_the_interval_that_earns_everything(rules: str, answer: str, tolerance: str) -> None:
    found = taken(item(f"<p>电阻 = {entry()} Ω</p>", response("4.50", base="float"), rules=rules))
    assert (found.kind, found.answer, found.tolerance, found.unit) == ("numeric", (answer,), tolerance, "Ω")
    assert found.stem == "电阻 ="


def test_an_open_interval_and_a_number_in_the_middle_of_a_sentence_are_said() -> None:
    rules = equal(toleranceMode="absolute", tolerance="1", includeLowerBound="false", includeUpperBound="false")
    found = one(item(f"<p>约{entry()}万人住在那里。</p>", response("4", base="float"), rules=rules))
    assert found.item and (found.item.tolerance, found.item.stem) == ("1", "约（　　）万人住在那里。")
    assert any("边界" in loss for loss in found.losses)


@pytest.mark.parametrize(
    "rules", [scored((f"<gte>{VARIABLE}<baseValue baseType='float'>4</baseValue></gte>", "1")), MAP]
)
def test_numbers_without_one_finite_interval_are_no_numeric_item(rules: str) -> None:
    found = one(item(f"<p>{entry()}</p>", response("4", base="float", more=mapping(**{"4": 1, "9": 1})), rules=rules))
    assert found.item is None and "区间" in found.problems[0]


@pytest.mark.parametrize(
    ("left", "right", "pairs", "answer"),
    [
        ("ab", "xyz", ("a y", "b x"), ("A2", "B1")),
        ("ab", "xyz", ("y a", "x b"), ("A2", "B1")),
        ("xy", "abc", ("x b", "x a", "y c"), ("A1", "B1", "C2")),
    ],
)
def test_two_columns_are_matched_each_left_one_once(
    left: str, right: str, pairs: tuple[str, ...], answer: tuple[str, ...]
) -> None:
    data = item(columns(left, right), response(*pairs, cardinality="multiple", base="directedPair"))
    found = one(data)
    if left == "xy":
        assert any("对调" in loss for loss in found.losses)
    if pairs[0] == "y a":
        assert found.item is None or found.item.answer == answer
        return
    assert found.item and (found.item.kind, found.item.answer) == ("matching", answer)


def test_columns_in_the_order_of_the_answer_are_mixed() -> None:
    found = taken(item(columns("ab", "xy"), response("a x", "b y", cardinality="multiple", base="directedPair")))
    texts = {target.key: target.text for target in found.targets}
    assert [texts[token[1:]] for token in found.answer] == ["项x", "项y"]
    assert found.answer != ("A1", "B2")


def test_an_order_is_taken_and_an_incomplete_one_is_not() -> None:
    steps = "".join(f'<simpleChoice identifier="s{one}">步{one}</simpleChoice>' for one in "123")
    body = f'<orderInteraction responseIdentifier="RESPONSE">{steps}</orderInteraction>'
    found = taken(item(f"<p>排序</p>{body}", response("s3", "s1", "s2", cardinality="ordered")))
    assert (found.kind, found.answer) == ("ordering", ("C", "A", "B"))
    assert "各排一次" in one(item(body, response("s3", "s1", cardinality="ordered"))).problems[0]


def test_association_and_gaps_become_matching_and_say_so() -> None:
    inner = "".join(
        f'<simpleAssociableChoice identifier="{name}" matchMax="1">项{name}</simpleAssociableChoice>' for name in "ABCD"
    )
    body = (
        '<p>配对</p><associateInteraction responseIdentifier="RESPONSE" maxAssociations="2">'
        f"{inner}</associateInteraction>"
    )
    found = one(item(body, response("D A", "B C", cardinality="multiple", base="pair")))
    assert found.item and found.item.kind == "matching" and len(found.item.options) == 2
    assert any("关联题" in loss for loss in found.losses)
    gaps = (
        '<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="w" matchMax="1">冬</gapText>'
        '<gapText identifier="s" matchMax="1">夏</gapText>'
        '<p>现在是<gap identifier="g1"/>，不是<gap identifier="g2"/>。</p>'
        "</gapMatchInteraction>"
    )
    found = one(item(gaps, response("s g1", "w g2", cardinality="multiple", base="directedPair")))
    assert found.item and found.item.stem == "现在是（1），不是（2）。"
    assert (found.item.answer, found.item.targets[1].text) == (("A2", "B1"), "夏")


def read_package(**files: Any) -> Read:
    return qti.read(package(**files))


POINTS = (
    '<areaMapping defaultValue="0">'
    '<areaMapEntry shape="circle" coords="93,111,16" mappedValue="1"/>'
    '<areaMapEntry shape="rect" coords="20,30,5,9" mappedValue="0"/></areaMapping>'
)


def test_places_on_a_picture_come_with_the_picture() -> None:
    body = (
        '<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>'
        '指出</prompt><object type="image/png" data="../media/%E5%9B%BE.png"/>'
        "</selectPointInteraction>"
    )
    data = item(
        body,
        response(base="point", cardinality="single", more=POINTS),
        rules=MAP.replace("map_response", "map_response_point"),
    )
    read = read_package(items__q_dot_xml=data, **{"media__图_dot_png": PICTURE[1].data})
    (found,) = read.items
    assert found.item and (found.item.kind, found.item.picture, found.item.answer) == ("hotspot", PICTURE[0], ("A",))
    assert [area.coords for area in found.item.areas] == [(93, 111, 16), (5, 9, 20, 30)]
    assert read.media[PICTURE[0]].data == PICTURE[1].data


def test_marked_areas_become_places_to_be_found() -> None:
    spots = "".join(
        f'<hotspotChoice identifier="{one}" shape="circle" coords="{place},50,9"/>'
        for place, one in ((20, "L"), (60, "R"))
    )
    body = (
        '<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>'
        f'哪盏灯？</prompt><img src="a.png" alt=""/>{spots}</hotspotInteraction>'
    )
    (found,) = read_package(q_dot_xml=item(body, response("R")), a_dot_png=OTHER[1].data).items
    assert found.item and (found.item.answer, found.item.stem) == (("B",), "哪盏灯？")
    assert any("直接在图上点" in loss for loss in found.losses)


def test_a_picture_that_is_not_there_makes_the_item_unusable() -> None:
    body = f'<p>看图<img src="a.png" alt="图"/></p>{choices("A", "B", "C")}'
    for source, reason in (
        ("a.png", "包里没有图片"),
        ("http://example.org/a.png", "包外"),
        ("../../etc/passwd", "包里没有"),
    ):
        found = one(item(body.replace("a.png", source), response("B")))
        assert found.item and reason in found.problems[0]
    (found,) = read_package(q_dot_xml=item(body, response("B")), a_dot_png=b"<svg/>").items
    assert "PNG" in found.problems[0]
