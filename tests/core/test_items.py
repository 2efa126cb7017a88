"""core/exam/items.py: sound items pass, every fault is named with its item, and a face never tells the answer."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.items import KINDS, Item, Option, check_item, face, options_may_move

SINGLE = Item(
    code="5-001",
    kind="single",
    stem="测量绝缘电阻应使用（ ）。",
    options=(Option("A", "万用表"), Option("B", "兆欧表"), Option("C", "钳形表"), Option("D", "电能表")),
    answer=("B",),
    point="B1-001",
    range_code="B1",
    difficulty=2,
    importance="X",
    explanation="兆欧表能给出测试所需的直流高压。",
)
MULTIPLE = replace(SINGLE, kind="multiple", answer=("A", "C"))
JUDGEMENT = replace(SINGLE, kind="judgement", options=KINDS["judgement"].options, answer=("A",))


@pytest.mark.parametrize("item", [SINGLE, MULTIPLE, JUDGEMENT], ids=lambda item: item.kind)
def test_a_sound_item_of_every_kind_has_no_problems(item: Item) -> None:
    assert check_item(item) == []


def test_the_kinds_tried_here_are_all_kinds() -> None:
    assert {SINGLE.kind, MULTIPLE.kind, JUDGEMENT.kind} == set(KINDS)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (replace(SINGLE, code="5 001"), "编号为空或含空白"),
        (replace(SINGLE, kind="essay"), "题型“essay”不认识"),
        (replace(SINGLE, stem="  "), "题干为空"),
        (replace(SINGLE, point=""), "没有鉴定点"),
        (replace(SINGLE, range_code=""), "没有鉴定范围"),
        (replace(SINGLE, difficulty=6), "难度 6"),
        (replace(SINGLE, importance="W"), "重要程度“W”"),
        (replace(SINGLE, options=SINGLE.options[:2]), "有 2 个选项"),
        (replace(SINGLE, options=(*SINGLE.options[:3], Option("E", "功率表"))), "标号为“ABCE”"),
        (replace(SINGLE, options=(*SINGLE.options[:3], Option("D", " "))), "选项 D 没有文字"),
        (replace(SINGLE, options=(*SINGLE.options[:3], Option("D", "兆 欧表"))), "选项 D 与选项 B 文字相同"),
        (replace(SINGLE, options=(Option("A", "A．万用表"), *SINGLE.options[1:])), "选项 A 的文字以标号开头"),
        (replace(SINGLE, answer=()), "现有 0 个"),
        (replace(SINGLE, answer=("A", "B")), "现有 2 个"),
        (replace(SINGLE, answer=("E",)), "E 不是本题的选项"),
        (replace(MULTIPLE, answer=("A",)), "应有 至少 2 个选项"),
        (replace(MULTIPLE, answer=("A", "A")), "重复或次序颠倒"),
        (replace(MULTIPLE, answer=("A", "B", "C", "D")), "是全部选项"),
        (replace(JUDGEMENT, options=(Option("A", "对"), Option("B", "错"))), "选项固定为“正确”“错误”"),
    ],
)
def test_a_fault_is_named_once_with_its_item_and_nothing_else_is_blamed(item: Item, words: str) -> None:
    problems = check_item(item)
    assert len(problems) == 1
    assert words in problems[0]
    assert problems[0].startswith(f"试题 {item.code}：")
    assert "请" in problems[0]


def test_a_bank_may_admit_items_whose_options_are_all_right() -> None:
    assert check_item(replace(MULTIPLE, answer=("A", "B", "C", "D")), allow_all_right=True) == []


def test_a_face_shows_four_things_only() -> None:
    shown = face(SINGLE)
    assert set(shown) == {"id", "kind", "stem", "options"}
    assert shown["options"][1] == {"key": "B", "text": "兆欧表"}  # type: ignore[index]


@given(answer=st.sampled_from([("A",), ("B",), ("C",), ("D",)]), difficulty=st.integers(1, 5))
def test_two_items_that_differ_only_in_what_is_secret_have_the_same_face(
    answer: tuple[str, ...], difficulty: int
) -> None:
    other = replace(
        SINGLE, answer=answer, difficulty=difficulty, point="Z9", range_code="Z", importance="Z", explanation="别的"
    )
    assert face(other) == face(SINGLE)


def test_every_field_of_an_item_is_either_shown_or_known_to_be_secret() -> None:
    secret = {"answer", "point", "range_code", "difficulty", "importance", "explanation"}
    assert {field.name for field in fields(Item)} == secret | {"code", "kind", "stem", "options"}
    assert SINGLE.explanation not in json.dumps(face(SINGLE), ensure_ascii=False)


def test_a_face_can_hide_the_item_code_and_follow_a_layout() -> None:
    shown = face(SINGLE, public_id="q7", option_order=("D", "B", "A", "C"))
    assert "5-001" not in json.dumps(shown)
    assert [option["key"] for option in shown["options"]] == ["D", "B", "A", "C"]  # type: ignore[attr-defined]


def test_an_option_order_that_is_no_permutation_is_refused() -> None:
    with pytest.raises(ValueError, match="5-001"):
        face(SINGLE, option_order=("A", "B", "C", "C"))


@pytest.mark.parametrize("text", ["以上都对", "以上均不正确", "A和B都是", "上述三项"])
def test_options_that_speak_of_others_keep_their_place(text: str) -> None:
    assert options_may_move(SINGLE)
    assert not options_may_move(replace(SINGLE, options=(*SINGLE.options[:3], Option("D", text))))


def test_the_two_words_of_a_judgement_keep_their_place() -> None:
    assert not options_may_move(JUDGEMENT)
