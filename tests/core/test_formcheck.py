"""core/exam/formcheck.py: every rule of a plan, broken on purpose, is noticed; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from jiangheng.core.exam.formcheck import crowded, deviation, measured, violations
from jiangheng.core.exam.plan import Aim, CellQuota, KindQuota, Plan, RangeQuota, Split, Stock

ROWS = [
    Stock("S1", "single", "A", "P1", "X", 1, 30),
    Stock("S2", "single", "B-A", "P2", "Y", 2, 30),
    Stock("S3", "single", "A-A", "P1", "X", 1, 30),
    Stock("J1", "judgement", "A", "P4", "X", 3, 20),
    Stock("J2", "judgement", "B", "P5", "X", 3, 20),
    Stock("Z1", "judgement", "C", "P6", "Z", 5, 90),
]
PLAN = Plan(
    (KindQuota("single", 2), KindQuota("judgement", 1)), (RangeQuota("A", Decimal(60)), RangeQuota("B", Decimal(40)))
)
GOOD = ["S1", "S2", "J1"]


def told(*forms: list[str], plan: Plan = PLAN, rows: list[Stock] = ROWS, mode: str = "library") -> str:
    return "\n".join(violations(forms, rows, plan, mode=mode))


def test_a_paper_that_keeps_its_plan_has_no_violations() -> None:
    assert told(GOOD, mode="one") == ""
    assert told(["S3", "S2", "J1"], mode="one") == ""


@pytest.mark.parametrize(
    ("form", "plan", "words"),
    [
        (["S1", "S1", "J1"], PLAN, "S1 出现 2 次"),
        (["S1", "S9", "J1"], PLAN, "S9 不在题库中"),
        (["S1", "J2", "J1"], PLAN, "题型 single 有 1 题，应有 2 题"),
        (["S1", "S3", "J1"], PLAN, "鉴定范围 A 有 3 题，应有 2 题"),
        (["S1", "S2", "Z1"], PLAN, "不在组卷计划中"),
        (GOOD, replace(PLAN, cells=(CellQuota("B", "judgement", 1),)), "鉴定范围 B 的题型 judgement 有 0 题"),
        (GOOD, replace(PLAN, difficulty=Split((("1", 2, 3),))), "难度 1 有 1 题，应有 2 至 3 题"),
        (GOOD, replace(PLAN, importance=Split((("Y", 0, 0),))), "重要程度 Y 有 1 题，应有 0 题"),
        (GOOD, replace(PLAN, seconds=79), "预计用时 80 秒，上限 79 秒"),
        (GOOD, replace(PLAN, avoid=frozenset({"S2"})), "S2 属于应避开"),
        (GOOD, replace(PLAN, enemies=(("S1", "J1", "J2"),)), "J1、S1 在同一卷"),
        (GOOD, replace(PLAN, aim=Aim(scale="irt")), "S1 没有参数 b"),
    ],
)
def test_each_broken_rule_of_a_paper_is_told(form: list[str], plan: Plan, words: str) -> None:
    assert words in told(form, plan=plan, mode="one")


def test_enemies_are_enemies_whichever_of_them_says_so() -> None:
    for place, name in ((0, "J1"), (3, "S1")):
        rows = [replace(row, enemies=(name,)) if at == place else row for at, row in enumerate(ROWS)]
        assert "J1、S1 在同一卷" in told(GOOD, rows=rows, mode="one")


def test_a_name_that_is_no_item_is_a_group_of_which_a_paper_takes_one() -> None:
    rows = [replace(row, enemies=("pump",)) if row.code in ("S1", "S3", "J1") else row for row in ROWS]
    assert "互斥组 pump" in told(GOOD, rows=rows, mode="one")
    assert "pump" not in told(["S1", "S2", "J2"], rows=rows, mode="one")


def test_items_that_rest_or_are_used_up_are_told() -> None:
    rows = [replace(ROWS[0], resting=True), replace(ROWS[1], exposure=4), *ROWS[2:]]
    text = told(GOOD, rows=rows, plan=replace(PLAN, exposure_cap=4), mode="one")
    assert "S1 处于停用间隔期" in text
    assert "S2 已使用 4 次" in text


def test_what_papers_share_is_counted_pair_by_pair() -> None:
    other = ["S3", "S2", "J1"]
    assert "第 1 卷与第 2 卷有 2 题相同，上限 0 题" in told(GOOD, other)
    assert "有 2 题相同，上限 1 题" in told(GOOD, other, plan=replace(PLAN, overlap=1))
    assert told(GOOD, other, plan=replace(PLAN, overlap=2)) == ""
    assert told(GOOD, other, mode="each") == ""
    assert "S2 在 2 份卷中使用，上限 1 次" in told(GOOD, other, plan=replace(PLAN, uses=1), mode="each")


def test_the_number_of_papers_must_fit_the_mode() -> None:
    assert "应有 2 份" in told(GOOD, mode="ab")
    assert "应有 1 份" in told(GOOD, GOOD, mode="one", plan=replace(PLAN, overlap=3))
    assert "共有 0 份卷" in told(mode="library")


def test_a_bank_that_names_an_item_twice_is_told() -> None:
    assert "重复" in told(GOOD, rows=[*ROWS, ROWS[0]], mode="one")


def test_points_that_are_asked_twice_are_a_hint_not_a_violation() -> None:
    assert crowded(["S1", "S3"], ROWS, PLAN) == ["鉴定点 P1 有 2 题"]
    assert crowded(["S1", "S3"], ROWS, replace(PLAN, per_point=None)) == []


def test_information_and_expected_marks_are_those_of_the_logistic_model() -> None:
    row = Stock("I", a=1.0, b=0.0, c=0.2)
    # P = 0.2 + 0.8/2 = 0.6; I = (0.4/0.6) · (0.4/0.8)² = 1/6
    plan = Plan((KindQuota("single", 1, Decimal(2)),))
    assert measured([row], plan, name="information@0")["I"] == pytest.approx(1 / 6)
    assert measured([row], plan, name="expected@0")["I"] == pytest.approx(1.2)
    assert measured([Stock("G", difficulty=2)], plan, name="expected")["G"] == pytest.approx(1.5)
    with pytest.raises(ValueError, match="不认识"):
        measured([row], plan, name="fun")


def test_the_deviation_is_the_largest_of_all_papers_and_targets() -> None:
    targets = {"difficulty": 5.0, "difficulty squared": 14.0}
    assert deviation([GOOD], ROWS, PLAN, targets) == pytest.approx(0.2)
    assert deviation([["S1", "S2", "J1"], ["S1", "S1", "S1"]], ROWS, PLAN, {"difficulty": 6.0}) == pytest.approx(0.5)
    assert deviation([GOOD], ROWS, PLAN, {}) == 0
