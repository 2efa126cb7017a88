"""core/law/standard_compare.py: what a new version adds, removes, changes and moves, and nothing else."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.law.standard_compare import SECTIONS, Change, compare
from jiangheng.core.law.standard_text import StandardFaults, parse_standard, shipped, shipped_standard, shipped_text

NAME = "electrician-6-31-01-03"
TEXT = shipped_text(NAME)
OLD = shipped_standard(NAME)
SELF_HOLDING = "三相异步电动机自锁运转控制线路的安装与通电试车"


def changed(*swaps: tuple[str, str]) -> tuple[Change, ...]:
    text = TEXT
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return compare(OLD, parse_standard(text))


@pytest.mark.parametrize("name", shipped())
def test_a_standard_does_not_differ_from_itself(name: str) -> None:
    assert compare(shipped_standard(name), shipped_standard(name)) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('edition = "2023型"', 'edition = "2026型"', Change("标准", "", "changed", "版本", "2023型", "2026型")),
        ("5 = 320\n", "5 = 300\n", Change("职业概况", "5", "changed", "培训参考时长", "320", "300")),
        ("total_years = 5\n", "total_years = 6\n", Change("申报条件", "4", "changed", "第1条 累计工作年限", "5", "6")),
        ('requires_level = "4"', 'requires_level = "5"',
         Change("申报条件", "3", "changed", "第2条 须持有证书", "四级/中级工", "五级/初级工")),
        ('school_kinds = ["skilled_worker_school", ', "school_kinds = [",
         Change("申报条件", "4", "changed", "第3条 学校类别", "技工学校、", "")),
        ("minutes = 90\n", "minutes = 95\n",
         Change("考核设计", "5", "changed", "理论知识考试 时间(分钟)", "90", "95")),
        ('methods = ["computer"]', 'methods = ["computer", "paper"]',
         Change("考核设计", "5", "changed", "理论知识考试 方式", "机考", "机考、闭卷笔试")),
        ("committee = 3\n", "committee = 5\n", Change("考核设计", "2", "changed", "综合评审委员人数", "3", "5")),
        ('name = "元器件选择与检测"', 'name = "元件检测"',
         Change("任务与评分", "5", "changed", f"操作技能考核 《{SELF_HOLDING}》 / A1 名称",
                "元器件选择与检测", "元件检测")),
        ('    "电工识图",\n', "", Change("基本要求", "", "removed", "基础知识 电工基础知识", "电工识图", "")),
        ('    "电工识图",\n', '    "电工识图",\n    "倒闸",\n',
         Change("基本要求", "", "added", "基础知识 电工基础知识", "", "倒闸")),
        ('    "晶闸管的过流、过压保护",\n', '    "晶闸管的过流、过压和过热保护",\n',
         Change("工作要求", "4", "changed", "基本电子线路装调维修 / 晶闸管电路装调 / 相关知识要求",
                "晶闸管的过流、过压保护", "晶闸管的过流、过压和过热保护")),
    ],
)  # fmt: skip
def test_one_change_is_told_once_at_its_place(old: str, new: str, expected: Change) -> None:
    (found,) = changed((old, new))
    if expected.before.endswith("、"):
        assert found.before == expected.before + found.after
        found = replace(found, before=expected.before, after="")
    assert found == expected


def test_weights_are_compared_cell_by_cell() -> None:
    found = changed(
        ('线路敷设", weight = 30', '线路敷设", weight = 35.5'), ('"基础知识", weight = 25', '"基础知识", weight = 19.5')
    )
    assert found == (
        Change("权重表", "5", "changed", "理论知识考试 / 基础知识", "25", "19.5"),
        Change("权重表", "5", "changed", "理论知识考试 / 电器安装与线路敷设", "30", "35.5"),
    )


def test_a_line_carried_to_another_content_is_moved_and_not_removed_and_added() -> None:
    line = '    "滤波电容和三端稳压器的作用与接法",\n'
    after = '    "电烙铁温度、助焊剂的选用和焊点质量判断",\n'
    (found,) = changed((line, ""), (after, after + line))
    assert (found.kind, found.name) == ("moved", "滤波电容和三端稳压器的作用与接法")
    assert "整流稳压电路安装调试 / 相关知识要求 第2项" in found.before
    assert "电子元器件识别与焊接 / 相关知识要求 第3项" in found.after


def test_a_line_put_elsewhere_in_its_own_list_is_moved() -> None:
    (found,) = changed(('    "触电急救",\n', ""), (
        '    "触电的危害与预防",\n', '    "触电急救",\n    "触电的危害与预防",\n'
    ))  # fmt: skip
    assert (found.kind, found.before, found.after) == (
        "moved", "基础知识 安全用电与环境保护 第3项", "基础知识 安全用电与环境保护 第1项",
    )  # fmt: skip


def test_a_new_condition_and_a_dropped_one_are_told_with_their_text() -> None:
    extra = (
        '[[condition]]\nlevel = "1"\nseq = 4\ntext = "另一途径。"\nsource = "x"\nclause = "P3"\ntotal_years = 20\n\n'
    )
    first = '[[function]]\nlevel = "5"'
    assert changed((first, extra + first)) == (Change("申报条件", "1", "added", "第4条", "", "另一途径。"),)
    data = parse_standard(TEXT.replace(first, extra + first, 1))
    assert compare(data, OLD) == (Change("申报条件", "1", "removed", "第4条", "另一途径。", ""),)


def test_a_changed_crosswalk_is_told() -> None:
    text = shipped_text("motor-assembly-eight-step")
    to = {
        code: re.sub(r'level = "C"\ncounts_as = ".?"', f'level = "C"\ncounts_as = "{code}"', text) for code in ("1", "")
    }
    found = compare(parse_standard(to["1"]), parse_standard(to[""]))
    assert found == (Change("等级对应", "C", "changed", "相当于", "一级/高级技师", "不对应国家等级"),)


def test_two_standards_with_nothing_in_common_are_compared_in_bounded_time() -> None:
    names = shipped()
    start = time.process_time()
    for one, other in itertools.pairwise(names):
        found = compare(shipped_standard(one), shipped_standard(other))
        assert [SECTIONS.index(each.section) for each in found] == sorted(
            SECTIONS.index(each.section) for each in found
        )
    assert time.process_time() - start < 60


@settings(max_examples=60)
@given(st.data())
def test_any_difference_in_the_data_is_told_and_backwards_it_is_the_reverse(data: st.DataObject) -> None:
    lines = TEXT.split("\n")
    place = data.draw(st.integers(0, len(lines) - 2))
    act = data.draw(st.sampled_from(["drop", "twist", "swap", "number"]))
    if act == "drop":
        del lines[place]
    elif act == "twist":
        lines[place] = lines[place].replace('",', '改",').replace('"\n', '改"\n')
    elif act == "swap":
        lines[place : place + 2] = lines[place : place + 2][::-1]
    else:
        lines[place] = re.sub(r"\d+$", lambda found: str(int(found.group()) + 1), lines[place])
    try:
        new = parse_standard("\n".join(lines))
    except StandardFaults:
        return
    found, back = compare(OLD, new), compare(new, OLD)
    assert (found == ()) == (new == OLD)
    assert len([each for each in found if each.kind == "added"]) == len(
        [each for each in back if each.kind == "removed"]
    )
