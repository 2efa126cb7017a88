"""core/law/standard_text.py: the shipped standard reads, and what does not add up is refused with the place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jiangheng.core.law.standard_text import StandardData, parse_standard, shipped, shipped_standard, shipped_text
from jiangheng.core.notice import clause

NAME = "electrician-6-31-01-03"
TEXT = shipped_text(NAME)


@pytest.fixture(scope="module")
def standard() -> StandardData:
    return shipped_standard(NAME)


def test_the_shipped_electrician_standard_has_five_levels_and_all_their_conditions(standard: StandardData) -> None:
    assert shipped() == (NAME,)
    assert (standard.occupation, standard.code, standard.levels) == ("电工", "6-31-01-03", ("5", "4", "3", "2", "1"))
    counts = {code: [c.level for c in standard.conditions].count(code) for code in standard.levels}
    assert counts == {"5": 2, "4": 3, "3": 6, "2": 5, "1": 3}
    assert all(clause(condition.clause) for condition in standard.conditions)


def test_every_level_is_assessed_in_ninety_and_a_hundred_and_twenty_minutes(standard: StandardData) -> None:
    for design in standard.designs:
        theory, practical = design.part("theory"), design.part("practical")
        assert (theory.minutes, theory.marks, theory.pass_mark) == (90, 100, 60)
        assert (practical.minutes, practical.marks, practical.pass_mark) == (120, 100, 60)
        assert design.evaluators >= 3 and design.evaluators % 2 == 1


def test_only_levels_two_and_one_have_a_review(standard: StandardData) -> None:
    assert [d.level for d in standard.designs if any(part.kind == "review" for part in d.parts)] == ["2", "1"]
    with pytest.raises(ValueError, match="五级/初级工没有综合评审"):
        standard.design("5").part("review")


def test_levels_five_to_three_have_both_weight_tables_and_a_task_sheet(standard: StandardData) -> None:
    assert {(table.part, table.level) for table in standard.weights} == {
        (part, code) for part in ("theory", "practical") for code in "543"
    }
    assert all(sum(row.weight for row in table.rows) == 100 for table in standard.weights)
    assert [sheet.level for sheet in standard.tasks] == ["5", "4", "3"]


def test_every_score_sheet_has_measured_and_judged_lines_and_a_veto_for_live_working(standard: StandardData) -> None:
    for sheet in standard.tasks:
        assert 8 <= len(sheet.aspects) <= 12
        assert {aspect.kind for aspect in sheet.aspects} == {"measured", "judged", "veto"}
        assert sum(aspect.marks for aspect in sheet.aspects) == Decimal(100)
        (veto,) = [aspect for aspect in sheet.aspects if aspect.kind == "veto"]
        assert veto.marks == 0 and "带电" in veto.descriptor


def swapped(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('线路敷设", weight = 30', '线路敷设", weight = 31', "五级/初级工的理论知识考试权重之和应为100,现为101"),
        ('线路敷设", weight = 40', '线路敷设", weight = 39.5', "五级/初级工的操作技能考核权重之和应为100,现为99.5"),
        ('"基础知识", weight = 25', '"职业道德", weight = 25', "权重项目 职业道德 重复"),
        ('"职业道德", weight = 5', '"职业道德", weight = "5"', "字段 weight 须为分值"),
        ('"职业道德", weight = 5', '"职业道德", weight = nan', "须在 0 至 100 之间"),
        ('marks = 10, kind = "judged"', 'marks = 11, kind = "judged"', "五级/初级工的任务.*应为100,现为101"),
        ('marks = 0, kind = "veto"', 'marks = 5, kind = "veto"', "否定项不配分"),
        ('marks = 10, kind = "judged"', 'marks = 0, kind = "judged"', "否定项不配分,其他项必须配分"),
        ('kind = "judged"', 'kind = "guessed"', "字段 kind 为 'guessed',只能是 measured、judged、veto"),
        ('code = "A2"', 'code = "A1"', "评分项编号 A1 重复"),
        ("minutes = 120\naspect", "minutes = 121\naspect", "超过操作技能考核的120分钟"),
        ("evaluators = 3\n", "evaluators = 4\n", "不少于3人的单数,现为4人"),
        ("evaluators = 3\n", "evaluators = 1\n", "不少于3人的单数,现为1人"),
        ("marks = 100, pass_mark = 60", "marks = 50, pass_mark = 60", "合格线 60 高于满分 50"),
        ('kind = "practical", minutes', 'kind = "review", minutes', "只能是 theory、practical"),
        ('code = "6-31-01-03"', 'code = "6310103"', "格式应如 6-31-01-03"),
        ('related = ["6-29-03-05"', 'related = ["6-31-01-03"', "就是本职业"),
        ('levels = ["5", ', 'levels = ["6", ', "含有 '6'"),
        ('levels = ["5", ', 'levels = [', "申报条件写给五级/初级工,而标准没有这个等级"),
        ('levels = ["5", "4", "3", "2", "1"]', "levels = []", "字段 levels 为空"),
        ('[standard]\nkind = "national"', '[standard]\nkind = "local"', "只能是 national、evaluation、specialty"),
        ("[[design]]\nlevel = \"5\"", "[[design]]\nlevel = \"4\"", "五级/初级工须有且只有一个"),
        ('part = "theory"\nlevel = "4"', 'part = "theory"\nlevel = "5"', "五级/初级工的理论知识考试权重表重复"),
        ('edition = "2023型"', 'editon = "2023型"', "字段 edition 须为非空文字"),
        ("[[task]]", "[[tasks]]", "不认识的字段 tasks,是否应为 task"),
        ("[standard]", "[standards]", "应为一张表"),
        ("[standard]", "[standard", "不是有效的 TOML"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_place_and_sum(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_standard(swapped(old, new))


def test_a_level_without_conditions_is_refused() -> None:
    cut = TEXT.replace('[[condition]]\nlevel = "5"', '[[condition]]\nlevel = "4"').replace(
        'seq = 1\ntext = "年满', 'seq = 8\ntext = "年满'
    )
    cut = cut.replace('seq = 2\ntext = "年满', 'seq = 9\ntext = "年满')
    with pytest.raises(ValueError, match="五级/初级工没有申报条件"):
        parse_standard(cut)


def test_a_level_without_its_practical_part_is_refused() -> None:
    line = '    { kind = "practical", minutes = 120, marks = 100, pass_mark = 60 },\n'
    with pytest.raises(ValueError, match="五级/初级工缺少操作技能考核"):
        parse_standard(swapped(line, ""))


def test_an_unknown_shipped_name_or_level_is_refused() -> None:
    with pytest.raises(ValueError, match="没有随附的标准"):
        shipped_text("../parameters")
    with pytest.raises(ValueError, match="没有特级技师"):
        shipped_standard(NAME).design("T")
