"""core/law/standard_text.py: shipped standards read, and what does not add up is refused with line, field and mend."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.law.levels import possible_parts, required_parts
from jiangheng.core.law.standard_text import (
    MOST_FAULTS,
    StandardData,
    StandardFaults,
    parse_standard,
    shipped,
    shipped_standard,
    shipped_text,
)
from jiangheng.core.notice import clause

NAME = "electrician-6-31-01-03"
TEXT = shipped_text(NAME)
EIGHT_STEPS = shipped_text("motor-assembly-eight-step")
EVERY = pytest.mark.parametrize("name", shipped())


@pytest.fixture(scope="module")
def standard() -> StandardData:
    return shipped_standard(NAME)


def test_six_occupations_an_eight_step_specification_and_a_specialty_are_shipped() -> None:
    found = [shipped_standard(name) for name in shipped()]
    national = {each.occupation for each in found if each.kind == "national"}
    assert {"电工", "中式烹调师", "茶艺师", "养老护理员", "互联网营销师", "人工智能训练师"} <= national
    assert {"A", "T", "C"} <= {code for each in found if each.kind == "evaluation" for code in each.levels}
    assert [each.levels for each in found if each.kind == "specialty"] == [("Z",)]


@EVERY
def test_every_shipped_standard_says_who_may_apply_and_what_is_asked_at_every_level(name: str) -> None:
    data = shipped_standard(name)
    for code in data.levels:
        assert any(each.level == code for each in data.conditions)
        kinds = [part.kind for part in data.design(code).parts]
        assert set(required_parts(code)) <= set(kinds) <= set(possible_parts(code))
        assert data.functions_of(code, direction=data.directions[0] if data.directions else "")
        if "practical" in kinds:
            assert any(task.level == code and task.part == "practical" for task in data.tasks)
    assert all(clause(condition.clause) for condition in data.conditions)
    assert all(sum(row.weight for row in table.rows) == 100 for table in data.weights)


@EVERY
def test_every_shipped_score_sheet_sums_to_its_part_and_every_practical_one_has_a_veto(name: str) -> None:
    data = shipped_standard(name)
    for sheet in data.tasks:
        part = data.design(sheet.level).part(sheet.part)
        assert sum(aspect.marks for aspect in sheet.aspects) == part.marks
        assert sheet.part == "review" or any(aspect.kind == "veto" and not aspect.marks for aspect in sheet.aspects)


def test_the_electrician_standard_has_five_levels_and_all_their_conditions(standard: StandardData) -> None:
    assert (standard.occupation, standard.code, standard.levels) == ("电工", "6-31-01-03", ("5", "4", "3", "2", "1"))
    counts = {code: [c.level for c in standard.conditions].count(code) for code in standard.levels}
    assert counts == {"5": 2, "4": 3, "3": 6, "2": 5, "1": 3}
    assert standard.counts_as() == {code: code for code in standard.levels}


def test_every_electrician_is_assessed_in_ninety_and_a_hundred_and_twenty_minutes(standard: StandardData) -> None:
    for design in standard.designs:
        theory, practical = design.part("theory"), design.part("practical")
        assert (theory.minutes, theory.marks, theory.pass_mark, theory.methods) == (90, 100, 60, ("computer",))
        assert (practical.minutes, practical.marks, practical.pass_mark) == (120, 100, 60)
        assert design.evaluators >= 3 and design.evaluators % 2 == 1


def test_only_levels_two_and_one_have_a_review_with_a_committee_and_a_score_sheet(standard: StandardData) -> None:
    reviewed = [design for design in standard.designs if design.has("review")]
    assert [(design.level, design.committee) for design in reviewed] == [("2", 3), ("1", 3)]
    assert [len(standard.tasks_of(code, part="review")) for code in standard.levels] == [0, 0, 0, 1, 1]
    with pytest.raises(ValueError, match="五级/初级工没有综合评审"):
        standard.design("5").part("review")


def test_every_electrician_score_sheet_has_a_veto_for_live_working(standard: StandardData) -> None:
    for code in standard.levels:
        (sheet,) = standard.tasks_of(code)
        assert 8 <= len(sheet.aspects) <= 12
        assert {aspect.kind for aspect in sheet.aspects} == {"measured", "judged", "veto"}
        assert sum(aspect.marks for aspect in sheet.aspects) == Decimal(100)
        (veto,) = [aspect for aspect in sheet.aspects if aspect.kind == "veto"]
        assert veto.marks == 0 and "带电" in veto.descriptor


def test_skills_are_numbered_by_place_and_the_star_marks_a_key_one(standard: StandardData) -> None:
    content = standard.functions_of("5")[0].contents[0]
    numbered = list(content.numbered())
    assert [number for number, _, _ in numbered] == ["1.1.1", "1.1.2", "1.1.3", "1.1.4"]
    assert [key for _, _, key in numbered] == [False, False, False, True]
    assert not any(text.startswith("★") for _, text, _ in numbered)


def test_the_appointed_posts_count_as_the_national_level_their_chain_ends_at() -> None:
    data = parse_standard(re.sub(r'level = "C"\ncounts_as = ".?"', 'level = "C"\ncounts_as = "T"', EIGHT_STEPS))
    assert data.counts_as() == {"A": "", "5": "5", "4": "4", "3": "3", "2": "2", "1": "1", "T": "1", "C": "1"}
    with pytest.raises(ValueError, match="没有专项职业能力"):
        data.national("Z")


def swapped(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with one place changed, and the line where the change begins."""
    assert old in text
    return text.replace(old, new, 1), text[: text.index(old)].count("\n") + 1


def faults_of(text: str) -> StandardFaults:
    with pytest.raises(StandardFaults) as caught:
        parse_standard(text)
    for fault in caught.value.faults:
        assert fault.what and fault.mend and fault.where and str(fault) in str(caught.value)
    return caught.value


WEIGHTS_5 = '[[weights]]\npart = "theory"\nlevel = "5"\n'
ROW = '{ name = "职业道德", weight = 5 }'
VETO = '[[task.aspect]]\ncode = "V1"\nname = "带电作业安全"\nmarks = 0\n'


@pytest.mark.parametrize(
    ("old", "new", "offset", "field", "message"),
    [
        (WEIGHTS_5 + "rows = [", WEIGHTS_5 + 'rows = [{ name = "其他", weight = 1 },', 0, "",
         r"\[\[weights\]\] 理论知识考试 五级/初级工:权重之和应为100,现为101;请调整各行 weight"),
        (ROW, ROW.replace("5", "5.5"), -4, "", "五级/初级工:权重之和应为100,现为100.5"),
        (ROW, ROW.replace("5", '"5"'), 0, "weight", "字段 weight 须为分值,现为 '5'"),
        (ROW, ROW.replace("5", "nan"), 0, "weight", "须在 0 至 100 之间"),
        (ROW, ROW.replace("5", "1e999999999999999999999"), 0, "weight", "须在 0 至 100 之间"),
        (ROW, ROW.replace("5", "5.001"), 0, "weight", "最多两位小数"),
        (ROW, ROW.replace("职业道德", "职业操守"), 0, "name", "权重项目 职业操守 不是该等级的职业功能;该列可写"),
        (ROW, ROW.replace("职业道德", "基础知识"), -4, "", "权重项目 基础知识 重复"),
        ("marks = 10\n", "marks = 11\n", -8, "", "五级/初级工《三相异步.*应为100,现为101;请调整各项 marks"),
        (VETO, VETO.replace("marks = 0", "marks = 5"), 3, "marks", "否定项不配分"),
        (VETO, VETO.replace("code", "cod"), 0, "code", "字段 code 须为非空文字.*现有的 'cod' 是否应为 code"),
        ('code = "A2"', 'code = "A1"', -13, "", "评分项编号 A1 重复"),
        ('kind = "judged"', 'kind = "guessed"', 0, "kind", "只能是 measured、judged、veto"),
        ("minutes = 120\n\n[[task.", "minutes = 121\n\n[[task.", 0, "minutes", "超过操作技能考核的120分钟"),
        ("evaluators = 3\n", "evaluators = 4\n", 0, "evaluators", "不少于3人的单数,现为4人;请改为 5"),
        ("evaluators = 3\n", "evaluators = 1\n", 0, "evaluators", "不少于3人的单数,现为1人;请改为 3"),
        ("committee = 3\n", "committee = 2\n", 0, "committee", "综合评审委员须为不少于3人的单数"),
        ("invigilator_ratio = 15\n", "invigilator_ratio = 15\ncommittee = 3\n", 1, "committee", "没有综合评审"),
        ("minutes = 90\n", "minutes = 90\nmarks = 50\n", -3, "pass_mark", "合格线 60 高于满分 50"),
        ('methods = ["computer"]', "methods = []", 0, "methods", "为空;请至少写1项"),
        ('kind = "practical"\n', 'kind = "review"\n', -6, "part", "五级/初级工不设综合评审"),
        ('code = "6-31-01-03"', 'code = "6310103"', 0, "code", "格式应如 6-31-01-03"),
        ('related = ["6-29-03-05"', 'related = ["6-31-01-03"', 0, "related", "就是本职业"),
        ('levels = ["5", ', 'levels = ["6", ', 0, "levels", "含有 '6'"),
        ('levels = ["5", ', 'levels = ["T", ', 0, "levels", "含有 'T',只能是 5、4、3、2、1"),
        ('levels = ["5", "4", "3", "2", "1"]', "levels = []", 0, "levels", "字段 levels 为空"),
        ("levels = [", 'based_on = "6-31-01-03@2023型"\nlevels = [', 0, "based_on", "只用于评价规范"),
        ('kind = "national"', 'kind = "local"', 0, "kind", "只能是 national、evaluation、specialty"),
        ('edition = "2023型"', 'editon = "2023型"', -5, "edition", "现有的 'editon' 是否应为 edition"),
        ('edition = "2023型"', 'edition = "二〇二三年编制技术规程对应的版本之一"', 0, "", ""),
        ('edition = "2023型"', f'edition = "{"版" * 21}"', 0, "edition", "有21字,最多20字"),
        ('edition = "2023型"', 'edition = "2023\\u0007型"', 0, "edition", r"含有控制字符 U\+0007"),
        ("5 = 320\n", "", -1, "training", "五级/初级工没有培训参考时长"),
        ("5 = 320\n", "5 = 320\n9 = 1\n", 1, "9", "不是等级代码"),
        ("5 = 320\n", "5 = 320\nT = 1\n", 1, "T", "特级技师,而标准没有这个等级"),
        ("[[weights]]", "[[weight]]", 0, "", "不认识的字段 weight,是否应为 weights"),
        ("[standard]", "[standards]", 0, "", "不认识的字段 standards"),
        ("[standard]", "[standard", 0, "", "不是有效的 TOML"),
        ('code = "1.2"', 'code = "2.2"', None, "", "工作内容编号 2.2 应以职业功能编号开头,如 1.1"),
        ('code = "1.2"', 'code = "1.1"', None, "", "工作内容编号 1.1 重复"),
        ("seq = 2\n", "seq = 3\n", None, "seq", "编号为 1、3,应从1起连续"),
        ("seq = 2\n", "seq = 1\n", 0, "seq", "五级/初级工的第1项重复"),
        ("total_years = 5\n", 'total_years = "5"\n', 0, "total_years", "须为整数"),
        ('requires_level = "4"', 'requires_level = "A"', 0, "requires_level", "学徒工证书,而标准没有这个等级"),
        ('[[task]]\nlevel = "5"\n', '[[task]]\nlevel = "5"\npart = "review"\n', 2, "part", "考核没有综合评审"),
        ('kind = "veto"\n', 'kind = "judged"\n', -1, "marks", "其他项必须配分,现为 0 分"),
        ("[[task.aspect]]", "[[tasks.aspect]]", None, "", "不认识的字段 tasks,是否应为 task"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_line_field_and_mend(
    old: str, new: str, offset: int | None, field: str, message: str
) -> None:
    text, line = swapped(TEXT, old, new)
    if not message:
        assert parse_standard(text).edition == "二〇二三年编制技术规程对应的版本之一"
        return
    hits = [fault for fault in faults_of(text).faults if re.search(message, str(fault))]
    assert hits, str(faults_of(text))
    assert all(fault.line for fault in hits)
    if offset is not None:
        assert (hits[0].line, hits[0].field) == (line + offset, field)


def test_all_independent_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text, first = swapped(TEXT, ROW, ROW.replace("5", "6"))
    text, second = swapped(text, "committee = 3\n", "committee = 2\n")
    text, third = swapped(text, "marks = 10\n", "marks = 12\n")
    found = faults_of(text)
    assert [fault.line for fault in found.faults] == [first - 4, second, third - 8]
    assert str(found).count("\n") == 2


def test_a_level_without_conditions_is_refused_at_the_line_of_the_levels() -> None:
    cut = re.sub(r'\[\[condition\]\]\nlevel = "5"\n(.+\n)+\n', "", TEXT)
    (fault,) = faults_of(cut).faults
    assert (fault.field, fault.what) == ("levels", "五级/初级工没有申报条件")
    assert cut.split("\n")[fault.line - 1].startswith("levels = ")


def test_what_is_written_for_a_level_the_standard_does_not_define_is_refused_wherever_it_stands() -> None:
    found = faults_of(TEXT.replace('levels = ["5", "4", "3", "2", "1"]', 'levels = ["5", "4", "3", "2"]'))
    foreign = [fault.what for fault in found.faults if "一级/高级技师,而标准没有这个等级" in fault.what]
    for part in ("申报条件", "[[function]]", "[[weights]]", "[[design]]", "[[task]]", "[profile.training]"):
        assert any(what.startswith(part) for what in foreign), part


def test_a_direction_the_standard_does_not_define_is_refused() -> None:
    text, line = swapped(TEXT, '[[function]]\nlevel = "5"\n', '[[function]]\nlevel = "5"\ndirection = "高压"\n')
    hits = [fault for fault in faults_of(text).faults if "标准没有这个方向" in fault.what]
    assert [(fault.line, fault.field) for fault in hits] == [(line + 2, "direction")]


def test_a_function_that_no_column_weighs_is_refused() -> None:
    text = TEXT
    for weight, gone in ((25, 15), (40, 20)):
        kept = f"weight = {weight} }},\n"
        row = f'    {{ name = "基本电子线路装调维修", weight = {gone} }},\n'
        text, _ = swapped(text, kept + row, kept.replace(str(weight), str(weight + gone)))
    assert "五级/初级工的职业功能 基本电子线路装调维修 没有权重" in str(faults_of(text))


def test_a_level_with_an_examination_and_no_weights_is_refused() -> None:
    cut = re.sub(r'\[\[weights\]\]\npart = "practical"\nlevel = "5"\n(.+\n)+\n', "", TEXT)
    assert "五级/初级工没有操作技能考核权重表" in str(faults_of(cut))


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ('level = "T"\ncounts_as = "1"', 'level = "T"\ncounts_as = "T"', "counts_as", "特级技师的对应关系成环"),
        ('level = "T"\ncounts_as = "1"', 'level = "T"\ncounts_as = "Z"', "counts_as", "为 'Z',只能是"),
        ('[[crosswalk]]\nlevel = "T"', '[[crosswalk]]\nlevel = "C"', "levels", "特级技师须有且只有一个 .*现有0个"),
        ('[[crosswalk]]\nlevel = "T"', '[[crosswalk]]\nlevel = "C"', "levels", "首席技师须有且只有一个 .*现有2个"),
        ('kind = "evaluation"', 'kind = "national"', "levels", "字段 levels 含有 'A'"),
    ],
)
def test_a_crosswalk_that_leads_nowhere_is_refused(old: str, new: str, field: str, message: str) -> None:
    text, _ = swapped(EIGHT_STEPS, old, new)
    assert [fault for fault in faults_of(text).faults if fault.field == field and re.search(message, str(fault))]


def test_a_circle_of_two_levels_is_refused_at_both() -> None:
    text = EIGHT_STEPS
    for code, to in (("T", "C"), ("C", "T")):
        text = re.sub(rf'level = "{code}"\ncounts_as = ".?"', f'level = "{code}"\ncounts_as = "{to}"', text)
    assert [fault.what[:4] for fault in faults_of(text).faults] == ["特级技师", "首席技师"]


def test_a_crosswalk_to_a_level_the_specification_lacks_is_refused() -> None:
    text = re.sub(r'level = "T"\ncounts_as = ".?"', 'level = "T"\ncounts_as = "A"', EIGHT_STEPS)
    cut = re.sub(r'\[\[crosswalk\]\]\nlevel = "A"\n(.+\n)+\n', "", text).replace('levels = ["A", ', "levels = [")
    assert "特级技师相当于学徒工,而标准没有这个等级" in str(faults_of(cut))


def test_a_crosswalk_in_a_national_standard_is_refused() -> None:
    assert "只用于评价规范" in str(faults_of(f'{TEXT}\n[[crosswalk]]\nlevel = "5"\ncounts_as = "5"\n'))


def test_lines_are_right_in_texts_that_are_not_canonical() -> None:
    text = TEXT.replace('title = "电工', '# [[weights]]\ntitle = """\n[[weights]]\n电工').replace(
        '标准文本"', '标准"""'
    )
    text, line = swapped(text, "evaluators = 3\n", "# =[{\n'evaluators' = 2 # ]\n")
    (fault,) = faults_of(text).faults
    assert (fault.line, fault.field) == (line + 1, "evaluators")


HOSTILE = [
    "", "\n", '"', "[", "[[", "= 1", "a.b.c", "\x00", "\ud800", "﻿[standard]", "[standard]\nkind = 1", "standard = 5",
    "[[standard]]\n", "[standard]\n[[profile]]\n[[basics]]\n", "condition = 1\nweights = {}\ntask = [[]]",
    "[[task]]\naspect = [1, [2], {}]\n[[weights]]\nrows = [[], 5]", '"" = 1\n"\\u0000" = 2\n1 = 3',
    "[standard]\nkind = 1979-05-27 07:32:00\nrelated = [1e400, inf, nan]",
    "a = [" * 3000, "a = " + "[" * 300 + "]" * 300,
    "a." * 100_000 + "b = 1", "x = 1" + "0" * 9000, "x = 1e99999999999999999999999", '"' * 300_000, "[[" * 150_000,
    "[[function]]\n" * 30_000, "\n".join(f"k{place} = 1" for place in range(30_000)), "x = [" + "1," * 180_000 + "]",
    "".join(f'[[crosswalk]]\nlevel = "T"\ncounts_as = "{to}"\n' for to in "TC" * 4000), "界" * 200_000,
    '[standard]\nlevels = ["Z"]\nkind = "specialty"\n[profile]\ndefinition = {a = 1}', '\\"' * 150_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_refused_in_bounded_time_with_bounded_words(text: str) -> None:
    start = time.process_time()
    found = faults_of(text)
    assert time.process_time() - start < 20
    assert len(found.faults) <= MOST_FAULTS + 1
    assert len(str(found)) < 100_000


def test_a_text_above_four_hundred_thousand_bytes_is_refused() -> None:
    room = 400_000 - len(TEXT.encode())
    assert parse_standard(TEXT + "#" * room).code == "6-31-01-03"
    assert "超过上限 400000 字节" in str(faults_of(TEXT + "#" * (room + 1)))


@given(st.text(max_size=200))
def test_any_text_is_refused_in_words_or_read(text: str) -> None:
    with pytest.raises(StandardFaults):
        parse_standard(text)


@settings(max_examples=40)
@given(st.data())
def test_damage_at_any_line_is_refused_in_words_or_harmless(data: st.DataObject) -> None:
    lines = TEXT.split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = data.draw(st.sampled_from(["", "x = 1", "[[task]]", "]", lines[place][:-1], lines[place] * 2]))
    try:
        parse_standard("\n".join(lines))
    except StandardFaults as found:
        assert all(fault.what and fault.mend for fault in found.faults)


def test_an_unknown_shipped_name_or_level_is_refused() -> None:
    with pytest.raises(ValueError, match="没有随附的标准"):
        shipped_text("../parameters")
    with pytest.raises(ValueError, match="没有特级技师"):
        shipped_standard(NAME).design("T")
