"""An item in another kind: what both kinds have carries over (its properties: apps/itembank/test_kinds.py)."""

from __future__ import annotations

from typing import Any

import pytest

from jiangheng.core.exam.items import KINDS, Item, Option
from jiangheng.core.exam.rekind import rekinded

OPTIONS = tuple(Option(key, f"{key}值") for key in "ABCD")
PLACE = {"point": "A-001", "range_code": "A"}


def choice(**more: Any) -> Item:
    return Item("T1", "single", "额定电压是", options=OPTIONS, answer=("B",), explanation="见教材", **PLACE, **more)


def test_a_choice_keeps_its_options_and_answer_among_choices() -> None:
    made = rekinded(choice(), "multiple")
    assert made.dropped == () and made.item.options == OPTIONS and made.item.answer == ("B",)
    assert made.item.stem == "额定电压是" and made.item.explanation == "见教材"


def test_several_right_options_are_no_answer_of_a_single_choice() -> None:
    item = Item("T1", "multiple", "哪些是", options=OPTIONS, answer=("A", "B"), **PLACE)
    made = rekinded(item, "single")
    assert made.dropped == ("答案",) and made.item.options == OPTIONS and made.item.answer == ()


def test_a_judgement_has_its_own_two_options_and_leaves_them_behind() -> None:
    made = rekinded(choice(), "judgement")
    assert made.dropped == ("选项", "答案") and made.item.options == KINDS["judgement"].options
    back = rekinded(Item("T1", "judgement", "对吗", options=KINDS["judgement"].options, answer=("A",)), "single")
    assert back.item.options == () and back.dropped == ("答案",)


def test_a_number_stays_one_between_numeric_and_calculation() -> None:
    item = Item("T1", "numeric", "得", answer=("12.5",), tolerance="2%", unit="Ω", **PLACE)
    made = rekinded(item, "calculation").item
    assert (made.answer, made.tolerance, made.unit) == (("12.5",), "2%", "Ω")
    assert rekinded(item, "essay").dropped == ("误差", "单位", "答案")


def test_a_kind_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="quiz"):
        rekinded(choice(), "quiz")


def test_steps_begin_with_the_options_in_their_order() -> None:
    made = rekinded(choice(), "ordering")
    assert made.item.options == OPTIONS and made.item.answer == ("A", "B", "C", "D") and made.dropped == ("答案",)
