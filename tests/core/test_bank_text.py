"""core/exam/bank_text.py: a bank as authors write it is read whole, or refused with every fault by its code."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import pytest

from jiangheng.core.exam.assembly import assemble, verify_paper
from jiangheng.core.exam.bank_text import BankText, BankUnreadable, parse_bank
from jiangheng.core.exam.blueprint import Blueprint, KindRow, check
from jiangheng.core.exam.items import KINDS, Option, options_may_move
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.standard_text import shipped_standard

SAMPLE = """
occupation = "6-31-01-03"
level = 5
[[range]]
code = "A1"
name = "职业道德"
weight = 12.5
[[range]]
code = "B1"
name = "基础知识"
weight = 87.5
[[point]]
code = "A1-001"
range = "A1"
name = "职业守则"
importance = "Y"
[[point]]
code = "B1-001"
range = "B1"
name = "仪表"
importance = "X"
[[item]]
code = "5-001"
kind = "single"
point = "B1-001"
stem = "测量绝缘电阻应使用（ ）。"
options = ["万用表", "兆欧表", "钳形表", "电能表"]
answer = "B"
difficulty = 2
explanation = "兆欧表给出直流高压。"
[[item]]
code = "5-002"
kind = "multiple"
point = "B1-001"
stem = "下列属于仪表的有（ ）。"
options = { A = "万用表", B = "扳手", C = "钳形表", D = "电能表" }
answer = "DAC"
difficulty = 3
[[item]]
code = "5-003"
kind = "judgement"
point = "A1-001"
stem = "作业前应验电。"
answer = "错误"
difficulty = 1
"""


def sample() -> dict[str, Any]:
    return tomllib.loads(SAMPLE)


def problems_of(data: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(BankUnreadable) as refused:
        parse_bank(data)
    return refused.value.problems


def test_a_bank_is_read_with_places_taken_from_the_element_table() -> None:
    bank = parse_bank(sample())
    single, multiple, judgement = bank.items
    assert (bank.occupation, bank.level) == ("6-31-01-03", "5")
    assert [row.weight for row in bank.ranges] == [Decimal("12.5"), Decimal("87.5")]
    assert (single.range_code, single.importance, single.answer) == ("B1", "X", ("B",))
    assert multiple.options[1] == Option("B", "扳手")
    assert multiple.answer == ("A", "C", "D")
    assert (judgement.options, judgement.answer) == (KINDS["judgement"].options, ("B",))
    assert (judgement.range_code, judgement.importance, judgement.explanation) == ("A1", "Y", "")


def test_a_judgement_may_write_its_two_words_out() -> None:
    data = sample()
    data["item"][2]["options"] = ["错误", "正确"]
    assert parse_bank(data).items[2].options == KINDS["judgement"].options


@pytest.mark.parametrize(
    ("table", "row", "key", "value", "words"),
    [
        ("item", 0, "point", "B1-999", "试题 5-001：鉴定点“B1-999”不存在"),
        ("item", 0, "stem", "", "试题 5-001：缺少 stem"),
        ("item", 0, "options", "万用表", "试题 5-001：缺少选项"),
        ("item", 0, "options", ["一", "二", 3, "四"], "试题 5-001：选项 C 不是文字"),
        ("item", 0, "options", list("一二三四五六七八九"), "试题 5-001：有 9 个选项"),
        ("item", 0, "answer", "F", "试题 5-001：答案“F”"),
        ("item", 0, "difficulty", "难", "试题 5-001：难度"),
        ("item", 1, "answer", "ABCD", "试题 5-002：答案“ABCD”是全部选项"),
        ("item", 1, "code", "5-001", "试题 5-001：编号重复"),
        ("item", 2, "answer", "不知道", "试题 5-003：答案“不知道”"),
        ("item", 2, "kind", "essay", "试题 5-003：缺少选项"),
        ("point", 0, "range", "C9", "鉴定点 A1-001：鉴定范围“C9”不存在"),
        ("point", 0, "importance", "W", "鉴定点 A1-001：重要程度“W”"),
        ("range", 0, "weight", "多", "鉴定范围 A1：权重"),
        ("range", 0, "weight", True, "鉴定范围 A1：权重"),
        ("range", 0, "weight", 10, "权重合计为 97.5"),
        ("range", 0, "code", "", "第 1 个鉴定范围：缺少 code"),
    ],
)
def test_a_fault_in_the_text_is_named_with_its_code(table: str, row: int, key: str, value: object, words: str) -> None:
    data = sample()
    data[table][row][key] = value
    assert any(words in problem for problem in problems_of(data))


def test_all_faults_are_told_at_once() -> None:
    data = sample()
    data["item"][0]["answer"] = "F"
    data["item"][2]["difficulty"] = 9
    told = problems_of(data)
    assert [problem.split("：")[0] for problem in told] == ["试题 5-001", "试题 5-003"]


def test_an_item_written_twice_under_two_codes_is_found_even_with_its_options_reordered() -> None:
    data = sample()
    twin = {**data["item"][0], "code": "5-009", "options": ["电能表", "兆欧表", "钳形表", "万用表"]}
    data["item"].append(twin)
    assert problems_of(data) == ("试题 5-009：与试题 5-001 的题干和选项相同，请改写或删去一题",)


@pytest.mark.parametrize("table", ["range", "point", "item"])
def test_a_missing_table_is_named(table: str) -> None:
    data = sample()
    del data[table]
    assert any(f"[[{table}]]" in problem for problem in problems_of(data))


def test_all_right_items_are_read_when_the_bank_admits_them() -> None:
    data = sample()
    data["item"][1]["answer"] = "ABCD"
    assert parse_bank(data, allow_all_right=True).items[1].answer == ("A", "B", "C", "D")


SHIPPED = pytest.mark.parametrize("level", ["5", "4", "3", "2"])


@cache
def shipped_bank(level: str) -> BankText:
    text = resources.files("jiangheng.demo").joinpath("items", f"electrician_{level}.toml").read_text("utf-8")
    return parse_bank(tomllib.loads(text))


@SHIPPED
def test_papers_of_the_usual_size_can_be_drawn_from_every_shipped_bank(level: str) -> None:
    bank = shipped_bank(level)
    kinds = tuple(KindRow(kind, parameter(f"paper.{kind}"), Decimal(1)) for kind in KINDS)
    plan = Blueprint(level=level, kinds=kinds, ranges=bank.ranges)
    assert (bank.occupation, bank.level, check(plan)) == ("6-31-01-03", level, [])
    papers = [assemble(bank.items, plan, seed=seed) for seed in range(3)]
    assert [verify_paper(paper, plan, allow_all_right=False) for paper in papers] == [[], [], []]
    assert len({frozenset(item.code for item in paper) for paper in papers}) == 3


@SHIPPED
def test_the_right_answers_of_a_shipped_bank_give_no_letter_away(level: str) -> None:
    bank = shipped_bank(level)
    singles = [item.answer[0] for item in bank.items if item.kind == "single"]
    judgements = [item.answer[0] for item in bank.items if item.kind == "judgement"]
    assert all(abs(singles.count(letter) - len(singles) / 4) <= 1 for letter in "ABCD")
    assert abs(judgements.count("A") - judgements.count("B")) <= 2
    assert all(options_may_move(item) for item in bank.items if item.kind != "judgement")


@SHIPPED
def test_every_point_of_a_shipped_bank_is_asked_and_every_answer_is_explained(level: str) -> None:
    bank = shipped_bank(level)
    assert len(bank.points) >= 50
    assert {item.point for item in bank.items} == {point.code for point in bank.points}
    assert [item.code for item in bank.items if not item.explanation] == []


def test_the_bank_of_level_two_weighs_its_ranges_as_the_standard_does() -> None:
    standard = shipped_standard("electrician-6-31-01-03")
    (table,) = (table for table in standard.weights if (table.part, table.level) == ("theory", "2"))
    ranges = [(row.name, row.weight) for row in shipped_bank("2").ranges]
    assert ranges == [(row.name, row.weight) for row in table.rows]
