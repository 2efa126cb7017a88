"""core/exam/plan.py and plan_text.py: what a plan means, what is wrong with one, and the files it comes in."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_stock import plan, stock

from jiangheng.core.exam.plan import (
    GRADES,
    Aim,
    CellQuota,
    KindQuota,
    Limits,
    Plan,
    RangeQuota,
    Split,
    Stock,
    check,
    limits,
    plan_digest,
    range_counts,
    range_of,
    split_bounds,
    stock_digest,
    usable,
)
from jiangheng.core.exam.plan_text import FileFaults, read_forms, read_plan, read_stock


def kinds(count: int) -> tuple[KindQuota, ...]:
    return (KindQuota("single", count),)


@given(size=st.integers(1, 300), weights=st.lists(st.integers(1, 100), min_size=1, max_size=20))
def test_range_counts_add_up_to_the_paper_and_stay_near_their_weights(size: int, weights: list[int]) -> None:
    ranges = tuple(RangeQuota(f"R{at}", Decimal(weight)) for at, weight in enumerate(weights))
    counts = list(range_counts(Plan(kinds(size), ranges)).values())
    assert sum(counts) == size
    assert all(abs(count - size * weight / sum(weights)) < 1 for count, weight in zip(counts, weights, strict=True))


def test_a_given_number_of_a_range_stands_and_weights_share_the_rest() -> None:
    ranges = (RangeQuota("A", count=7), RangeQuota("B", Decimal(30)), RangeQuota("C", Decimal(60)))
    assert range_counts(Plan(kinds(16), ranges)) == {"A": 7, "B": 3, "C": 6}


def test_an_item_belongs_to_the_nearest_range_above_it() -> None:
    assert range_of("A-B-A", {"A", "A-B"}) == "A-B"
    assert range_of("A-C", {"A", "A-B"}) == "A"
    assert range_of("AB", {"A"}) is None
    assert range_of("anything", {""}) == ""


def test_a_split_by_counts_wants_unnamed_marks_not_at_all() -> None:
    split = Split.by_counts({"3": 10, "4": 6}, tolerance=2, marks=GRADES)
    assert split_bounds(split, GRADES, size=16) == [(0, 2), (0, 2), (8, 12), (4, 8), (0, 2)]


def test_a_split_by_shares_adds_up_by_the_largest_remainder() -> None:
    split = Split.by_shares({"X": Decimal(80), "Y": Decimal(15), "Z": Decimal(5)}, size=13, tolerance=0, marks="XYZ")
    assert [least for _, least, _ in split.bounds] == [10, 2, 1]


@pytest.mark.parametrize(
    ("mode", "more", "expected"),
    [
        ("ab", {}, Limits(1, None)),
        ("library", {}, Limits(1, None)),
        ("each", {}, Limits(9, None)),
        ("library", {"overlap": 5}, Limits(9, 5)),
        ("library", {"uses": 3}, Limits(3, None)),
        ("each", {"overlap": 0}, Limits(1, None)),
        ("each", {"overlap": 20, "uses": 30}, Limits(9, None)),
    ],
)
def test_ab_and_library_share_nothing_unless_the_plan_says_so(
    mode: str, more: dict[str, Any], expected: Limits
) -> None:
    found = limits(plan(20, **more), mode=mode, forms=9)
    assert (found.uses, found.overlap or None) == (expected.uses, expected.overlap)


def test_items_that_are_used_up_rest_or_were_seen_are_left_out_with_the_reason() -> None:
    rows = [Stock("a"), Stock("b", exposure=3), Stock("c", resting=True), Stock("d"), Stock("e", kind="essay")]
    found, out = usable(rows, Plan(kinds(1), exposure_cap=3, avoid=frozenset({"d"})))
    assert [row.code for row in found] == ["a"]
    assert sum(out.values()) == 4
    assert len(out) == 4


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (Plan(()), "没有题型"),
        (Plan((*kinds(2), *kinds(3))), "2 行"),
        (Plan(kinds(0)), "至少 1 题"),
        (Plan((KindQuota("single", 3, Decimal(0)),)), "分值"),
        (Plan(kinds(3), (RangeQuota("A", count=2),)), "合计 2，应等于全卷 3"),
        (Plan(kinds(3), (RangeQuota("A", count=4), RangeQuota("B", Decimal(1)))), "超过全卷"),
        (Plan(kinds(3), (RangeQuota("A", count=1), RangeQuota("B"))), "既没有题数也没有权重"),
        (Plan(kinds(3), (RangeQuota("A", Decimal(1)),), (CellQuota("B", "single", 1),)), "不在计划的范围"),
        (Plan(kinds(3), (RangeQuota("A", Decimal(1)),), (CellQuota("A", "single", 1),)), "交叉配额合计 1"),
        (Plan(kinds(3), difficulty=Split.by_counts({"1": 9}, marks=GRADES)), "装不下全卷 3 题"),
        (Plan(kinds(3), difficulty=Split((("6", 0, 3),))), "不认识"),
        (Plan(kinds(3), importance=Split((("X", 3, 1),))), "下限"),
        (Plan(kinds(3), seconds=0), "seconds"),
        (Plan(kinds(3), overlap=-1), "overlap"),
        (Plan(kinds(3), aim=Aim(information=(Decimal(1),))), "一一对应"),
        (Plan(kinds(3), aim=Aim(expected=Decimal(0))), "应大于 0"),
        (Plan(kinds(3), aim=Aim(chances=(Decimal(1),))), "答对概率"),
    ],
)
def test_a_broken_plan_is_told_what_to_mend(broken: Plan, told: str) -> None:
    assert any(told in problem for problem in check(broken)), check(broken)


def test_a_whole_plan_has_no_problems() -> None:
    assert check(plan(20, difficulty=Split.by_counts({"3": 20}, tolerance=20, marks=GRADES), seconds=900)) == []


def test_the_stock_digest_knows_no_order_and_every_field() -> None:
    rows = stock(30)
    digest = stock_digest(rows)
    assert stock_digest(rows[::-1]) == digest
    for change in ({"b": 0.5}, {"kind": "essay"}, {"exposure": 1}, {"enemies": ("x",)}, {"resting": True}):
        assert stock_digest([replace(rows[0], **change), *rows[1:]]) != digest


def test_the_plan_digest_changes_with_every_constraint() -> None:
    changes: list[dict[str, Any]] = [
        {}, {"overlap": 1}, {"uses": 2}, {"seconds": 9}, {"avoid": frozenset({"a"})}, {"enemies": (("a", "b"),)},
        {"aim": Aim(cut=Decimal(1))}, {"cells": (CellQuota("A", "single", 1),)},
    ]  # fmt: skip
    assert len({plan_digest(plan(20, **change)) for change in changes}) == len(changes)


CSV = """item,kind,range,point,importance,difficulty,seconds,exposure,enemies,a,b,c
Q1,single,A-A,P1,X,2,40,0,Q2;g1,1.2,-0.5,0.2
Q2,判断题,A-B,P2,y,4,20,3,,,,
"""


def test_a_bank_file_is_read_column_by_column() -> None:
    rows, notes = read_stock(CSV)
    assert notes == []
    assert rows[0] == Stock("Q1", "single", "A-A", "P1", "X", 2, 40, ("Q2", "g1"), 0, False, 1.2, -0.5, 0.2)
    assert rows[1] == Stock("Q2", "judgement", "A-B", "P2", "Y", 4, 20, (), 3)


def test_a_strangers_bank_file_is_read_where_it_is_clear() -> None:
    rows, notes = read_stock("\ufeff试题编号;题型;难度;作者\r\nQ1;单选题;3.0;某人\r\n\r\nQ2;;;\r\n")
    assert rows == [Stock("Q1"), Stock("Q2")]
    assert "作者" in notes[0]
    assert "seconds" in notes[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind,range\nsingle,A\n", "没有 item 列"),
        ("item\n", "没有试题"),
        ("", "没有 item 列"),
        ("item\nQ1\nQ1\n", "第 3 行：试题编号 Q1 与第 2 行重复"),
        ("item,difficulty\nQ1,6\n", "第 2 行 difficulty：“6”应为 1 至 5"),
        ("item,difficulty\nQ1,0.65\n", "第 2 行 difficulty"),
        ("item,b\nQ1,abc\n", "第 2 行 b"),
        ("item,a\nQ1,-1\n", "第 2 行 a"),
        ("item,c\nQ1,inf\n", "第 2 行 c"),
        ("item,importance\nQ1,W\n", "X、Y、Z"),
        ("item,kind\n,single\n", "没有试题编号"),
        ("item,kind,题型\nQ1,single,single\n", "重复"),
        ("item\n" + "Q" * 200_000 + "\n", "CSV"),
    ],
)
def test_a_bank_file_that_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(FileFaults) as bad:
        read_stock(text)
    assert told in str(bad.value)


def test_a_blueprint_file_says_every_constraint() -> None:
    found = read_plan(
        json.loads("""{
          "title": "四级", "kinds": [{"kind": "单选题", "count": 60, "marks": 1}, ["judgement", 40, 1]],
          "ranges": [{"code": "A", "weight": 25}, {"code": "B", "count": 70}],
          "cells": [{"range": "A", "kind": "single", "count": 20}],
          "difficulty": {"shares": {"1": 10, "2": 20, "3": 40, "4": 20, "5": 10}},
          "importance": {"bounds": {"X": [75, 85]}},
          "minutes": 90, "per_point": null, "enemies": [["Q1", "Q2"]], "overlap": 5, "uses": 2, "exposure_cap": 9,
          "avoid": ["Q9"],
          "target": {"theta": [-1, 0.5], "information": [9, "10.5"], "cut": 0.2, "expected": 62, "within": 0.01}
        }""")
    )
    assert found.kinds == (KindQuota("single", 60), KindQuota("judgement", 40))
    assert range_counts(found) == {"A": 30, "B": 70}
    assert found.cells == (CellQuota("A", "single", 20),)
    assert split_bounds(found.difficulty, GRADES, size=100)[2] == (38, 42)
    assert split_bounds(found.importance, "XYZ", size=100) == [(75, 85), (0, 100), (0, 100)]
    assert (found.seconds, found.per_point, found.overlap, found.uses, found.exposure_cap) == (5400, None, 5, 2, 9)
    assert (found.enemies, found.avoid) == ((("Q1", "Q2"),), frozenset({"Q9"}))
    assert found.aim.information == (Decimal(9), Decimal("10.5"))
    assert (found.aim.cut, found.aim.within) == (Decimal("0.2"), Decimal("0.01"))
    assert check(found) == []


def test_the_short_form_of_a_blueprint_is_enough() -> None:
    found = read_plan({"kinds": {"single": 6}, "ranges": {"A": 1, "B": 2}})
    assert range_counts(found) == {"A": 2, "B": 4}
    assert found.per_point == 1


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ([], "JSON 对象"),
        ({"kinds": {"single": 1}, "overlaps": 3}, "是不是 overlap"),
        ({"kinds": {"single": "many"}}, "kinds[0].count"),
        ({"kinds": {"single": 1.5}}, "整数题数"),
        ({"kinds": [7]}, "kinds[0]"),
        ({"kinds": {"single": 1}, "ranges": [{"code": "A"}]}, "ranges[0]"),
        ({"kinds": {"single": 1}, "difficulty": {"1": 1}}, "counts"),
        ({"kinds": {"single": 1}, "difficulty": {"shares": {"1": -1}}}, "比例"),
        ({"kinds": {"single": 1}, "importance": {"bounds": {"X": 3}}}, "[最少, 最多]"),
        ({"kinds": {"single": 1}, "target": {"scale": "ctt"}}, "target.scale"),
        ({"kinds": {"single": 1}, "overlap": True}, "overlap"),
        ({"kinds": {"single": 1}, "avoid": [3]}, "avoid"),
        ({"kinds": {"single": 1}, "seconds": 1e300}, "seconds"),
    ],
)
def test_a_blueprint_file_that_is_wrong_is_told_with_its_key(raw: object, told: str) -> None:
    with pytest.raises(FileFaults) as bad:
        read_plan(raw)
    assert told in str(bad.value)


def test_papers_are_read_with_or_without_names() -> None:
    assert read_forms([["a", "b"]])[0] == [["a", "b"]]
    assert read_forms({"forms": [{"name": "A", "items": ["a"]}], "mode": "one"}) == (
        [["a"]], {"forms": [{"name": "A", "items": ["a"]}], "mode": "one"},
    )  # fmt: skip
    for broken in ({}, {"forms": []}, {"forms": [{"items": [1]}]}, 7):
        with pytest.raises(FileFaults):
            read_forms(broken)
