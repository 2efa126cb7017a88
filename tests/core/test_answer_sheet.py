"""What a clerk may type from an answer sheet, and what it comes to (K13)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam import answer_sheet, marking
from jiangheng.core.exam.answer_sheet import Line, lines, read, tokens
from jiangheng.core.exam.blueprint import Blueprint, KindRow
from jiangheng.core.exam.items import Area, Item, Option

D = Decimal


def options(keys: str) -> tuple[Option, ...]:
    return tuple(Option(key, f"选项{key}") for key in keys)


TARGETS = tuple(Option(str(number), f"右{number}") for number in (1, 2, 3))
ITEMS = (
    Item("J1", "judgement", "正误", options("AB"), ("A",)),
    Item("S1", "single", "单选", options("ABCD"), ("C",)),
    Item("S2", "single", "单选二", options("ABC"), ("B",)),
    Item("M1", "multiple", "多选", options("ABCDE"), ("A", "C", "E")),
    Item("F1", "fill", "____和____", (), ("电压|V", "电流")),
    Item("N1", "numeric", "多少", (), ("2.5",), tolerance="0.1", unit="A"),
    Item("P1", "matching", "连线", options("ABC"), ("A2", "B1", "C3"), targets=TARGETS),
    Item("O1", "ordering", "排序", options("ABCD"), ("C", "A", "D", "B")),
    Item(
        "H1", "hotspot", "识图", (), ("a", "b"),
        areas=(Area("a", "rect", (0, 0, 10, 10)), Area("b", "poly", (50, 50, 60, 50, 55, 60)),
               Area("c", "circle", (90, 90, 5))),
    ),
    Item("K1", "case", "案例", parts=(
        Item("K1.1", "single", "甲", options("ABC"), ("A",), share=40), Item("K1.2", "short", "乙", share=60),
    )),
    Item("E1", "essay", "论述"),
)  # fmt: skip
PLAN = Blueprint("3", tuple(
    KindRow(kind, count, D(marks)) for kind, count, marks in (
        ("single", 2, 1), ("multiple", 1, 2), ("judgement", 1, 1), ("fill", 1, 2), ("numeric", 1, 2),
        ("matching", 1, 3), ("ordering", 1, 2), ("hotspot", 1, 2), ("case", 1, 10), ("essay", 1, 15),
    )
))  # fmt: skip
SHEET = lines(ITEMS, PLAN)
BY_LABEL = {line.label: line for line in SHEET}


def line_of(code: str) -> Line:
    return next(line for line in SHEET if line.unit.code == code)


def test_questions_are_numbered_by_the_kinds_of_the_blueprint_and_parts_within_their_case() -> None:
    assert [line.label for line in SHEET] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10(1)", "10(2)", "11"]
    assert [line.unit.code for line in SHEET][:4] == ["S1", "S2", "M1", "J1"]
    assert BY_LABEL["10(1)"].worth == D(4) and BY_LABEL["10(2)"].worth == D(6)
    assert [line.label for line in SHEET if line.open] == ["10(2)", "11"]


@pytest.mark.parametrize(("code", "typed", "said", "given_"), [
    ("S1", " ｃ ", "C", ("C",)),
    ("S1", "c a", "AC", ("A", "C")),
    ("S1", "", "", ()),
    ("S1", "—", "", ()),
    ("M1", "E，A、C", "ACE", ("A", "C", "E")),
    ("J1", "√", "A", ("A",)),
    ("J1", "错", "B", ("B",)),
    ("J1", "x", "B", ("B",)),
    ("F1", "电压 ； 电流", "电压；电流", ("电压", "电流")),
    ("F1", "；电流", "；电流", ("", "电流")),
    ("N1", "２.５ A", "2.5 A", ("2.5 A",)),
    ("P1", "b1，a2", "A2 B1", ("A2", "B1")),
    ("O1", "C→A→D→B", "CADB", ("C", "A", "D", "B")),
    ("H1", "对", "√", ("5,5", "50,50")),
    ("H1", "×", "×", ("×",)),
    ("E1", "12.50", "12.5", ()),
    ("E1", "0", "0", ()),
])  # fmt: skip
def test_a_cell_is_read_as_people_fill_it(code: str, typed: str, said: str, given_: tuple[str, ...]) -> None:
    assert read(line_of(code), typed) == said
    assert tokens(line_of(code), said) == given_


@pytest.mark.parametrize(("code", "typed", "why"), [
    ("S1", "F", "没有选项“F”"),
    ("S2", "D", "本题的选项是 ABC"),
    ("M1", "AAC", "重复"),
    ("F1", "一；二；三", "2 个空"),
    ("P1", "A9", "没有“A9”"),
    ("P1", "甲乙", "A2 B1"),
    ("O1", "CCAB", "重复"),
    ("H1", "左边", "题图"),
    ("E1", "优", "不是分数"),
    ("E1", "-", "不是分数"),
    ("E1", "16", "0 至 15"),
    ("E1", "NaN", "0 至 15"),
    ("E1", "3.3", "倍数"),
    ("N1", "9" * 60, "40"),
])  # fmt: skip
def test_what_cannot_be_on_the_sheet_is_refused_with_how_to_mend_it(code: str, typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"[。请]") as no:
        read(line_of(code), typed)
    assert why in str(no.value)


@given(st.text(max_size=40), st.sampled_from(SHEET))
def test_reading_what_was_read_changes_nothing(text: str, line: Line) -> None:
    try:
        said = read(line, text)
    except ValueError:
        return
    assert read(line, said) == said


def test_a_sheet_of_right_answers_earns_all_marks_and_marks_of_persons_are_counted() -> None:
    typed = {"1": "C", "2": "B", "3": "ACE", "4": "A", "5": "V；电流", "6": "2.55", "7": "A2B1C3", "8": "CADB",
             "9": "√", "10(1)": "A", "10(2)": "4.5", "11": "10"}  # fmt: skip
    cells = {label: read(BY_LABEL[label], text) for label, text in typed.items()}
    answers, marks = answer_sheet.given(SHEET, cells)
    done = marking.mark_paper(ITEMS, answers, PLAN, open_marks=marks)
    assert done.waiting == ()
    assert done.total == D("1") * 2 + 2 + 1 + 2 + 2 + 3 + 2 + 2 + 4 + D("4.5") + 10


def test_a_wrong_place_on_a_picture_and_two_letters_at_a_single_choice_earn_nothing() -> None:
    answers, _marks = answer_sheet.given(SHEET, {"9": "×", "1": "AC"})
    done = marking.mark_paper(ITEMS, answers, PLAN)
    assert done.per_item["H1"] == 0 and done.per_item["S1"] == 0
    assert "H1" not in done.unanswered and "S1" not in done.unanswered
