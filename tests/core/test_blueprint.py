"""core/exam/blueprint.py: quotas add up, plans are checked, and a bank's lack is told exactly when there is one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.bank_text import ElementRange
from jiangheng.core.exam.blueprint import Blueprint, KindRow, apportion, check, quotas, sufficiency
from jiangheng.core.exam.items import KINDS, Item, Option

PLAN = Blueprint(
    level="5",
    kinds=(KindRow("single", 80, Decimal(1)), KindRow("judgement", 20, Decimal(1))),
    ranges=(
        ElementRange("A1", "职业道德", Decimal(5)),
        ElementRange("B1", "基础知识", Decimal("32.5")),
        ElementRange("C1", "装调维修", Decimal("62.5")),
    ),
)


def an_item(code: str, *, kind: str, range_code: str) -> Item:
    options = KINDS[kind].options or tuple(Option(key, f"选项{key}") for key in "ABCD")
    answer = ("A", "B") if kind == "multiple" else ("A",)
    return Item(code, kind, f"题干{code}", options, answer, f"{range_code}-{code}", range_code, 3, "X")


@given(
    total=st.integers(0, 500),
    weights=st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=12).filter(lambda found: sum(found) > 0),
)
def test_shares_add_up_and_each_is_its_exact_value_rounded_down_or_up(total: int, weights: list[Decimal]) -> None:
    counts = apportion(total, weights=weights)
    assert sum(counts) == total
    for count, weight in zip(counts, weights, strict=True):
        assert abs(count - total * weight / sum(weights)) < 1


def test_of_equal_remainders_the_earlier_range_gets_the_item() -> None:
    assert apportion(4, weights=[Decimal(1), Decimal(1), Decimal(1)]) == [2, 1, 1]


@pytest.mark.parametrize("weights", [[Decimal(0)], [Decimal(-1), Decimal(3)], []])
def test_weights_that_mean_nothing_are_refused(weights: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="权重"):
        apportion(10, weights=weights)


def test_quotas_follow_the_weights_of_the_element_table() -> None:
    assert quotas(PLAN) == {"A1": 5, "B1": 33, "C1": 62}


def test_the_usual_paper_of_level_four_passes_the_check() -> None:
    assert check(PLAN) == []


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (replace(PLAN, kinds=(KindRow("single", 80, Decimal(1)),)), "小计为 80 分"),
        (replace(PLAN, kinds=()), "没有题型"),
        (replace(PLAN, kinds=(*PLAN.kinds, KindRow("single", 0, Decimal(1)))), "写了 2 行"),
        (replace(PLAN, kinds=(*PLAN.kinds, KindRow("multiple", 0, Decimal(1)))), "题数为 0"),
        (replace(PLAN, kinds=(*PLAN.kinds, KindRow("multiple", 5, Decimal(0)))), "每题分值为 0"),
        (replace(PLAN, kinds=(*PLAN.kinds, KindRow("essay", 5, Decimal(1)))), "题型“essay”不认识"),
        (replace(PLAN, ranges=()), "没有鉴定范围"),
        (replace(PLAN, ranges=PLAN.ranges[:2]), "合计为 37.5"),
        (replace(PLAN, ranges=(PLAN.ranges[0], *PLAN.ranges)), "A1 写了 2 行"),
        (replace(PLAN, minutes=60), "60 分钟"),
        (replace(PLAN, pass_mark=Decimal(101)), "合格分 101"),
        (replace(PLAN, pass_mark=Decimal(0)), "合格分 0"),
        (replace(PLAN, kinds=(KindRow("single", 4, Decimal(25)),)), "A1 的权重太小"),
    ],
)
def test_a_fault_of_a_plan_is_told_with_what_to_do(plan: Blueprint, words: str) -> None:
    found = [problem for problem in check(plan) if words in problem]
    assert len(found) == 1
    assert "请" in found[0]


def test_a_standard_may_ask_for_another_working_time() -> None:
    assert check(replace(PLAN, minutes=60), least_minutes=60) == []


def small_plan(counts: tuple[int, int], weights: tuple[int, int]) -> Blueprint:
    kinds = (KindRow("single", counts[0], Decimal(1)), KindRow("judgement", counts[1], Decimal(1)))
    ranges = tuple(ElementRange(code, code, Decimal(weight)) for code, weight in zip("PQ", weights, strict=True))
    return Blueprint("5", kinds, ranges, total=Decimal(sum(counts)))


@given(
    counts=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    weights=st.sampled_from([(50, 50), (30, 70), (80, 20)]),
    held=st.tuples(*[st.integers(0, 6)] * 4),
)
def test_a_lack_is_told_exactly_when_no_split_of_the_kinds_over_the_ranges_works(
    counts: tuple[int, int], weights: tuple[int, int], held: tuple[int, int, int, int]
) -> None:
    plan = small_plan(counts, weights)
    cells = list(product(("single", "judgement"), "PQ"))
    items = [
        an_item(f"{kind}-{code}-{n}", kind=kind, range_code=code)
        for (kind, code), count in zip(cells, held, strict=True)
        for n in range(count)
    ]
    needs = quotas(plan)
    possible = any(
        single_p <= held[0]
        and counts[0] - single_p in range(held[1] + 1)
        and needs["P"] - single_p in range(held[2] + 1)
        and counts[1] - (needs["P"] - single_p) in range(held[3] + 1)
        for single_p in range(counts[0] + 1)
    )
    assert (sufficiency(plan, items) == []) is possible


def test_a_shortage_says_which_range_lacks_how_many() -> None:
    plan = small_plan((4, 4), (50, 50))
    items = [an_item(f"s{n}", kind="single", range_code="P") for n in range(9)]
    items += [an_item(f"j{n}", kind="judgement", range_code="Q") for n in range(3)]
    found = {(shortage.range_code, shortage.kinds): shortage for shortage in sufficiency(plan, items)}
    assert found["Q", ("single", "judgement")].lacking == 1
    assert found[None, ("judgement",)].lacking == 1
    assert "判断题" in found[None, ("judgement",)].words
    assert "缺 1 题" in found[None, ("judgement",)].words


def test_a_lack_hidden_in_the_crossing_of_kind_and_range_is_found() -> None:
    # Enough singles, enough judgements, enough in each range; yet all singles stand where only half may come from.
    plan = small_plan((6, 2), (50, 50))
    items = [an_item(f"s{n}", kind="single", range_code="P") for n in range(9)]
    items += [an_item(f"j{n}", kind="judgement", range_code="Q") for n in range(9)]
    (shortage,) = sufficiency(plan, items)
    assert (shortage.kinds, shortage.range_code, shortage.lacking) == (("single",), None, 2)
    assert "Q（可用 0，最多可放 4）" in shortage.words


def test_items_to_avoid_and_copies_do_not_count() -> None:
    plan = small_plan((1, 1), (50, 50))
    items = [an_item("s", kind="single", range_code="P"), an_item("j", kind="judgement", range_code="Q")]
    assert sufficiency(plan, items) == []
    assert sufficiency(plan, items, avoid=frozenset({"s"}))
    assert sufficiency(plan, [items[0], items[0]])
