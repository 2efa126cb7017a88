"""How a bank's things read: areas, pairs, reasons of a return, states at rest, lists of sentences (K7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from bank_house import BankHouse, single
from jiangheng.apps.itembank.pages.items import shown
from jiangheng.core.exam.items import Area, Item, Option
from jiangheng.kernel.display import Column
from jiangheng.web import cells, states


@pytest.fixture
def house(play: Any, city: Any) -> BankHouse:
    return BankHouse(play, city)


def an_item(kind: str, answer: tuple[str, ...], **more: Any) -> Item:
    return Item(
        code="S001", kind=kind, stem="点出接触器", answer=answer, point="A-001", range_code="A", difficulty=3,
        importance="X", **{"options": (), **more},
    )  # fmt: skip


AREAS = (Area("A", "rect", (4, 4, 30, 20)), Area("B", "circle", (9, 9, 5)), Area("C", "poly", (0, 0, 4, 0, 4, 4)))


def test_areas_are_drawn_over_their_picture_and_their_shapes_have_names() -> None:
    item = an_item("hotspot", ("A",), picture="f" * 64, areas=AREAS)
    page = render_to_string("itembank/item_content.html", {"item": shown(item, media="/m/", size=lambda _d: (40, 30))})
    assert '<g class="right"><rect x="4" y="4" width="26" height="16"' in page
    assert '<circle cx="9" cy="9" r="5"' in page and '<polygon points="0,0 4,0 4,4"' in page
    assert "矩形 4, 4, 30, 20" in page and "rect 4" not in page


def test_a_picture_that_is_lost_leaves_the_areas_in_words() -> None:
    item = an_item("hotspot", ("A",), picture="f" * 64, areas=AREAS)
    page = render_to_string("itembank/item_content.html", {"item": shown(item, media="/m/", size=lambda _d: None)})
    assert '<svg class="hotspot' not in page and "矩形 4, 4, 30, 20" in page


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [("matching", ("A2", "B1"), "A–2、B–1"), ("ordering", ("B", "A", "C"), "B → A → C"), ("hotspot", ("A",), "")],
)
def test_an_answer_reads_as_pairs_as_an_order_or_is_marked_on_its_area(
    kind: str, answer: tuple[str, ...], said: str
) -> None:
    sides = {"options": tuple(Option(key, key) for key in "ABC"), "targets": tuple(Option(key, key) for key in "12")}
    assert shown(an_item(kind, answer, **sides), media="/m/")["answer"] == said


@pytest.mark.parametrize(
    ("flow", "state", "tone"),
    [
        ("item", "live", "done"), ("bank", "open", "done"), ("exercise", "stock", "done"), ("paper", "opened", "done"),
        ("item", "stock", "wait"), ("paper", "sealed", "wait"), ("application", "failed", "wait"),
    ],
)  # fmt: skip
def test_what_waits_for_nobody_does_not_look_as_if_it_waited(flow: str, state: str, tone: str) -> None:
    assert states.tone(flow, state) == tone


def test_sentences_of_a_list_stand_on_lines_of_their_own_and_words_in_one() -> None:
    column = Column("equipment", "设备", kind="list")
    assert cells.text_of(column, "exercise", ["实训台，每工位 1 台", "电动机"]) == "实训台，每工位 1 台\n电动机"
    assert cells.text_of(column, "exercise", ["甲", "乙"]) == "甲、乙"


def test_whoever_has_to_mend_an_item_reads_why_on_its_page(house: BankHouse, play: Any) -> None:
    item = house.write(house.unified(), single("S001"))
    play("item.return", item, by=house.reviewer, reason="误差过宽，请写明有效数字")
    page = house.browser("writer").get(f"/d/item/{item.pk}").content.decode()
    assert "退回理由：误差过宽，请写明有效数字" in page
    again = house.browser("writer").get(f"/d/item/{house.write(item.bank, single('S002')).pk}").content.decode()
    assert "退回理由" not in again
