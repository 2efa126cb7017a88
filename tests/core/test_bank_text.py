"""core/exam/bank_text.py: a bank as authors write it is read whole, or refused with every fault by its code."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import pytest

from jiangheng.core.exam.bank_text import BankText, BankUnreadable, leaves, parse_bank
from jiangheng.core.exam.formcheck import violations
from jiangheng.core.exam.item_data import from_data, to_data
from jiangheng.core.exam.items import KINDS, Area, Item, Option, RubricLine, check_item, options_may_move
from jiangheng.core.exam.parallel import assemble
from jiangheng.core.exam.plan import KindQuota, Plan, RangeQuota, Stock, check, range_counts
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.standard_text import shipped_standard

CHOICES = ("single", "multiple", "judgement")

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
        ("item", 2, "kind", "oral", "试题 5-003：缺少选项"),
        ("item", 0, "tolerence", "0.5", "试题 5-001：字段 tolerence 不认识"),
        ("item", 0, "enemies", "5-002", "试题 5-001：enemies 应为文字列表"),
        ("item", 0, "seconds", "一分钟", "试题 5-001：作答时间"),
        ("item", 0, "source", ["书"], "试题 5-001：source 不是文字"),
        ("item", 0, "stem", r"求 \( \frac{1} \)", "试题 5-001：公式"),
        ("range", 0, "parent", "B1", "鉴定点 B1-001：鉴定范围“B1”还有下级"),
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


EVERY_KIND = r"""
occupation = "6-31-01-03"
level = "2"
direction = "继电控制"
subject = "theory"
[[range]]
code = "A"
name = "基本要求"
weight = 40
[[range]]
code = "A-A"
parent = "A"
name = "职业道德"
weight = 40
[[range]]
code = "A-A-A"
parent = "A-A"
name = "守则"
weight = 40
[[range]]
code = "B"
name = "相关知识"
weight = 60
[[point]]
code = "A-A-A-001"
range = "A-A-A"
name = "守则"
importance = "Y"
[[point]]
code = "B-001"
range = "B"
name = "电路"
importance = "X"
[[item]]
code = "f"
kind = "fill"
point = "B-001"
stem = "电压____，频率____。"
answers = [["220", "二百二十"], "50"]
difficulty = 1
enemies = ["n"]
source = "教材第 3 章"
seconds = 40
[[item]]
code = "n"
kind = "numeric"
point = "B-001"
stem = "由 \\( U=IR \\) 求电阻，已知电压 < 36 V。"
answer = 12.5
tolerance = "2%"
unit = "Ω"
difficulty = 2
[[item]]
code = "m"
kind = "matching"
point = "B-001"
stem = "连线。"
options = ["电压", "电流"]
targets = ["安", "伏", "欧"]
answer = ["B1", "A2"]
difficulty = 2
[[item]]
code = "o"
kind = "ordering"
point = "B-001"
stem = "排序。"
options = ["验电", "挂地线", "断电"]
answer = "CAB"
difficulty = 2
[[item]]
code = "h"
kind = "hotspot"
point = "B-001"
stem = "指出熔断器。"
picture = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
areas = [{ key = "A", shape = "rect", coords = [1, 2, 30, 40] }]
answer = "A"
difficulty = 2
[[item]]
code = "s"
kind = "short"
point = "A-A-A-001"
stem = "简述守则。"
reference = "遵纪守法。\n爱岗敬业。"
rubric = [{ text = "守法", share = 40 }, { text = "敬业", share = 60 }]
difficulty = 3
[[item]]
code = "c"
kind = "calculation"
point = "B-001"
stem = "求电流。"
reference = "用欧姆定律。"
answer = "4.4"
unit = "A"
difficulty = 3
[[item]]
code = "e"
kind = "essay"
point = "B-001"
stem = "论述安全。"
rubric = [{ text = "全面", share = 100 }]
difficulty = 5
[[item]]
code = "k"
kind = "case"
point = "B-001"
stem = "某车间停电。"
difficulty = 4
[[item.part]]
kind = "judgement"
stem = "应先验电。"
answer = "正确"
share = 40
[[item.part]]
kind = "fill"
stem = "验电器应____。"
answers = [["合格"]]
share = 60
"""


def every_kind() -> dict[str, Any]:
    return tomllib.loads(EVERY_KIND)


def test_items_of_every_kind_are_read() -> None:
    bank = parse_bank(every_kind())
    items = {item.code: item for item in bank.items}
    assert (bank.direction, bank.subject) == ("继电控制", "theory")
    assert {item.kind for item in bank.items} == set(KINDS) - set(CHOICES)
    assert items["f"].answer == ("220|二百二十", "50")
    assert (items["f"].enemies, items["f"].source, items["f"].seconds) == (("n",), "教材第 3 章", 40)
    assert (items["n"].answer, items["n"].tolerance, items["n"].unit) == (("12.5",), "2%", "Ω")
    assert items["n"].stem.startswith("由 <math><mi>U</mi><mo>=</mo>")
    assert items["n"].stem.endswith("</math> 求电阻，已知电压 &lt; 36 V。")
    assert items["m"].answer == ("A2", "B1")
    assert [target.key for target in items["m"].targets] == ["1", "2", "3"]
    assert items["o"].answer == ("C", "A", "B")
    assert items["h"].areas == (Area("A", "rect", (1, 2, 30, 40)),)
    assert items["s"].reference == "遵纪守法。<br/>爱岗敬业。"
    assert items["s"].rubric == (RubricLine("守法", 40), RubricLine("敬业", 60))
    assert (items["c"].answer, items["c"].unit) == (("4.4",), "A")
    assert [(part.code, part.kind, part.share) for part in items["k"].parts] == [
        ("k.1", "judgement", 40),
        ("k.2", "fill", 60),
    ]
    assert all(check_item(item) == [] and from_data(to_data(item)) == item for item in bank.items)


def test_points_belong_to_the_last_of_three_levels_and_quotas_count_the_leaves() -> None:
    bank = parse_bank(every_kind())
    assert [(row.code, row.parent) for row in bank.ranges] == [("A", ""), ("A-A", "A"), ("A-A-A", "A-A"), ("B", "")]
    rows = tuple(RangeQuota(row.code, row.weight) for row in leaves(bank.ranges))
    assert range_counts(Plan((KindQuota("fill", 10),), rows)) == {"A-A-A": 4, "B": 6}


@pytest.mark.parametrize(
    ("code", "changes", "words"),
    [
        ("f", {"answers": []}, "试题 f：缺少答案 answers"),
        ("f", {"answers": [[3], "50"]}, "试题 f：第 1 空的答案不是文字"),
        ("f", {"answers": ["a|b", "50"]}, "试题 f：第 1 空的答案含有“|”"),
        ("f", {"answers": ["220"]}, "试题 f：题干有 2 个空，答案有 1 个"),
        ("f", {"options": ["甲", "乙"]}, "试题 f：字段 options 不用于填空题"),
        ("n", {"answer": "十二"}, "试题 n：答案“十二”不是一个数"),
        ("m", {"targets": "安"}, "试题 m：缺少右栏 targets"),
        ("m", {"targets": ["安", 2]}, "试题 m：右栏 2 不是文字"),
        ("m", {"answer": []}, "试题 m：缺少 answer"),
        ("m", {"answer": "A1 B2"}, "试题 m：左右两栏的次序就是答案"),
        ("o", {"answer": "ABC"}, "试题 o：步骤的次序就是答案"),
        ("h", {"areas": [{"key": "A", "shape": "rect", "coords": ["1"]}]}, "试题 h：第 1 个区域写错"),
        ("h", {"areas": 3}, "试题 h：缺少区域 areas"),
        ("s", {"rubric": "敬业"}, "试题 s：评分要点 rubric 写错"),
        ("s", {"rubric": [{"text": "敬业"}]}, "试题 s：第 1 条评分要点：占比 share 缺少"),
        ("k", {"part": "小题"}, "试题 k：没有小题"),
        ("k", {"part": [{"kind": "case", "share": 50}]}, "试题 k.1：小题不能再是案例分析题"),
        ("k", {"part": [{"kind": "single", "stem": "问", "answer": "A"}]}, "试题 k.1：占比 share 缺少"),
    ],
)
def test_a_fault_of_an_item_of_the_other_kinds_is_named(code: str, changes: dict[str, Any], words: str) -> None:
    data = every_kind()
    next(row for row in data["item"] if row["code"] == code).update(changes)
    assert any(words in problem for problem in problems_of(data)), problems_of(data)


def test_an_answer_that_is_not_needed_is_not_lost_silently() -> None:
    data = every_kind()
    next(row for row in data["item"] if row["code"] == "e")["answer"] = "安全第一"
    assert any("论述题没有答案一栏" in problem for problem in problems_of(data))


SHIPPED = pytest.mark.parametrize("level", ["5", "4", "3", "2"])


@cache
def shipped_bank(level: str) -> BankText:
    text = resources.files("jiangheng.demo").joinpath("items", f"electrician_{level}.toml").read_text("utf-8")
    return parse_bank(tomllib.loads(text))


def stock_of(item: Item) -> Stock:
    return Stock(
        item.code, item.kind, item.range_code, item.point, item.importance, item.difficulty, enemies=item.enemies
    )


@SHIPPED
def test_papers_of_the_usual_size_can_be_drawn_from_every_shipped_bank(level: str) -> None:
    bank = shipped_bank(level)
    plan = Plan(
        tuple(KindQuota(kind, parameter(f"paper.{kind}")) for kind in CHOICES),
        tuple(RangeQuota(row.code, row.weight) for row in leaves(bank.ranges)),
    )
    assert (bank.occupation, bank.level, check(plan)) == ("6-31-01-03", level, [])
    stock = [stock_of(item) for item in bank.items]
    papers = [assemble(stock, plan, mode="one", forms=1, seed=bytes([seed] * 32)).forms for seed in range(3)]
    assert [violations(paper, stock, plan, mode="one") for paper in papers] == [[], [], []]
    assert len({frozenset(paper[0]) for paper in papers}) == 3


@SHIPPED
def test_the_right_answers_of_a_shipped_bank_give_no_letter_away(level: str) -> None:
    bank = shipped_bank(level)
    singles = [item.answer[0] for item in bank.items if item.kind == "single"]
    judgements = [item.answer[0] for item in bank.items if item.kind == "judgement"]
    assert all(abs(singles.count(letter) - len(singles) / 4) <= 1 for letter in "ABCD")
    assert abs(judgements.count("A") - judgements.count("B")) <= 2
    moving = ("single", "multiple", "matching", "ordering")
    assert all(options_may_move(item) for item in bank.items if item.kind in moving)


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
