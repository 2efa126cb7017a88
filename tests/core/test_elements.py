"""core/exam/elements.py: wrong sums and broken trees are errors with their range, thin coverage is a warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.elements import ElementPoint, ElementRange, leaves, problems, warnings, weight_problems
from jiangheng.core.law.parameters import configure


def a_range(code: str, weight: int | str, parent: str = "") -> ElementRange:
    return ElementRange(code, f"范围{code}", Decimal(weight), parent)


TABLE = (
    a_range("A", 25),
    a_range("A-A", 5, "A"),
    a_range("A-A-A", 2, "A-A"),
    a_range("A-A-B", 3, "A-A"),
    a_range("A-B", 20, "A"),
    a_range("B", 75),
)


def points_for(counts: dict[str, int], *, y: int = 0, z: int = 0) -> tuple[ElementPoint, ...]:
    made = [f"{code}-{number:03}" for code, count in counts.items() for number in range(1, count + 1)]
    letters = ["Y"] * y + ["Z"] * z + ["X"] * (len(made) - y - z)
    return tuple(
        ElementPoint(code, code.rpartition("-")[0], f"点{code}", letter)
        for code, letter in zip(made, letters, strict=True)
    )


FULL = points_for({"A-A-A": 4, "A-A-B": 6, "A-B": 40, "B": 150}, y=30, z=10)
ITEMS = {point.code: 3 for point in FULL}


@pytest.fixture
def as_shipped() -> Iterator[None]:
    configure({})
    yield
    configure({})


def test_a_sound_table_has_no_problems_and_a_full_one_no_warnings() -> None:
    assert problems(TABLE, FULL) == []
    assert warnings(TABLE, FULL, items_by_point=ITEMS) == []


def test_the_leaves_are_the_ranges_nothing_lies_below() -> None:
    assert [row.code for row in leaves(TABLE)] == ["A-A-A", "A-A-B", "A-B", "B"]
    assert leaves(()) == ()


def test_the_leaves_alone_add_up_like_the_table() -> None:
    assert weight_problems(leaves(TABLE)) == []
    assert weight_problems(leaves(TABLE)[1:]) == ["各鉴定范围的权重合计为 98，应为 100，请调整权重"]


def changed(code: str, **fields: object) -> tuple[ElementRange, ...]:
    return tuple(replace(row, **fields) if row.code == code else row for row in TABLE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (changed("B", weight=Decimal(70)), ["各鉴定范围的权重合计为 95"]),
        (changed("A-B", weight=Decimal(19)), ["鉴定范围 A：下级范围的权重合计为 24，应为 25"]),
        (changed("A-A-A", weight=Decimal(-2)), ["鉴定范围 A-A-A：权重 -2", "鉴定范围 A-A：下级范围的权重合计为 1"]),
        ((*TABLE, a_range("A-A-A-A", 2, "A-A-A")), ["A-A-A-A 在第 4 级，最多 3 级"]),
        ((*TABLE[:5], a_range("B", 75, "C")), ["鉴定范围 B：上级范围“C”不存在"]),
    ],
)
def test_a_fault_of_the_ranges_is_told_with_its_code(table: tuple[ElementRange, ...], told: list[str]) -> None:
    found = problems(table, ())
    assert len(found) == len(told)
    assert all(words in problem and "请" in problem for words, problem in zip(told, found, strict=True))


def test_ranges_that_lie_below_each_other_are_found() -> None:
    circle = (a_range("A", 100), a_range("B", 50, "C"), a_range("C", 50, "B"))
    assert [problem for problem in problems(circle, ()) if "绕回了自己" in problem] == [
        "鉴定范围 B：上级范围绕回了自己，请改正上级编号",
        "鉴定范围 C：上级范围绕回了自己，请改正上级编号",
    ]


def test_a_code_that_is_written_twice_is_found() -> None:
    assert "鉴定范围 B 写了 2 行，请合并为一行" in problems((*TABLE, a_range("B", 75)), ())
    assert problems(TABLE, (*FULL, FULL[0])) == [f"鉴定点 {FULL[0].code} 写了 2 行，请改为不同的编号"]


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (ElementPoint("p", "C", "点", "X"), "鉴定范围“C”不存在"),
        (ElementPoint("p", "A-A", "点", "X"), "鉴定范围“A-A”还有下级"),
        (ElementPoint("p", "B", "点", "W"), "重要程度“W”不认识"),
    ],
)
def test_a_fault_of_a_point_is_told_with_its_code(point: ElementPoint, words: str) -> None:
    (problem,) = problems(TABLE, (*FULL, point))
    assert problem.startswith("鉴定点 p：") and words in problem and "请" in problem


def test_too_little_of_the_core_and_too_much_of_the_rest_is_warned_of() -> None:
    told = warnings(TABLE, points_for({"A-A-A": 4, "A-A-B": 6, "A-B": 40, "B": 150}, y=31, z=11), items_by_point=ITEMS)
    assert [words.split("，")[0] for words in told] == [
        "核心鉴定点（X）占 79 %", "一般鉴定点（Y）占 15.5 %", "辅助鉴定点（Z）占 5.5 %",
    ]  # fmt: skip


def test_a_range_with_too_few_points_for_its_weight_is_warned_of() -> None:
    thin = points_for({"A-A-A": 3, "A-A-B": 6, "A-B": 40, "B": 151})
    assert warnings(TABLE, thin, items_by_point={point.code: 9 for point in thin}) == [
        "鉴定范围 A-A-A 范围A-A-A：有 3 个鉴定点，权重 2 % 一般不少于 4 个，请补充"
    ]


def test_a_fraction_of_weight_asks_for_a_whole_point() -> None:
    table = (a_range("A", "12.3"), a_range("B", "87.7"))
    told = warnings(table, points_for({"A": 24, "B": 176}), items_by_point={})
    assert any("权重 12.3 % 一般不少于 25 个" in words for words in told)
    assert not any("权重 87.7" in words for words in told)


def test_a_small_table_and_points_without_items_are_warned_of() -> None:
    few = points_for({"A": 12})
    told = warnings((a_range("A", 100),), few, items_by_point={few[0].code: 3, few[1].code: 2})
    assert told[-2] == "要素细目表有 12 个鉴定点，一般不少于 200 个，请补充"
    assert told[-1].startswith("有 11 个鉴定点不足 3 道试题（A-002、")
    assert "A-011等）" in told[-1]


def test_the_limits_are_parameters(as_shipped: None) -> None:
    configure({"bank.importance_x": 70, "bank.importance_y": 20, "bank.importance_z": 10, "bank.points_min": 10})
    configured = warnings((a_range("A", 100),), points_for({"A": 200}, y=40, z=20), items_by_point={})
    assert len(configured) == 1
    assert "不足 3 道试题" in configured[0]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_children_that_add_up_are_never_blamed(weights: list[int]) -> None:
    rest = sum(weights)
    table = [ElementRange("A", "甲", Decimal(rest)), ElementRange("Z", "乙", Decimal(400 - rest))]
    table += [ElementRange(f"A-{place}", "丙", Decimal(weight), "A") for place, weight in enumerate(weights)]
    found = weight_problems(table)
    assert not any("下级" in problem for problem in found)
    assert found == ["各鉴定范围的权重合计为 400，应为 100，请调整权重"]
