"""core/insight/credit.py: what a unit earns by measured quality, and what faults cost (K8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.insight.credit import Contribution, award, lines
from jiangheng.core.insight.misbehaving import ItemFigures
from jiangheng.core.law.parameters import configure

SOUND = ItemFigures("S001", 500, 0.65, 0.35, dif="A", drift=0.1)
GIVEN = Contribution("S001", "桂林机床厂", True, SOUND, uses=3)


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    configure({})
    yield
    configure({})


def test_an_item_adopted_measured_and_sound_earns_every_point_and_says_why() -> None:
    told = lines(GIVEN)
    assert [line.points for line in told] == [10, 5, 10, 5, 5, 3]
    assert told[0].words == "试题 S001：审定入库，加 10 分"
    assert told[2].words == "试题 S001：题余相关 0.35，区分度合格，加 10 分"
    assert told[-1].words == "试题 S001：用于 3 次试卷，加 3 分"


def test_an_item_not_adopted_earns_nothing() -> None:
    assert lines(replace(GIVEN, adopted=False)) == ()


@pytest.mark.parametrize("figures", [None, replace(SOUND, n=199)])
def test_quality_is_paid_only_once_it_is_measured(figures: ItemFigures | None) -> None:
    assert [line.points for line in lines(replace(GIVEN, figures=figures))] == [10, 3]


def test_figures_nobody_computed_are_not_paid_for() -> None:
    bare = replace(SOUND, dif="", drift=None)
    assert sum(line.points for line in lines(replace(GIVEN, figures=bare, uses=0))) == 10 + 5 + 10


def test_a_grave_fault_costs_once_and_a_slight_one_only_earns_nothing() -> None:
    grave = lines(replace(GIVEN, figures=replace(SOUND, item_rest=-0.2, dif="C"), uses=0))
    assert [line.points for line in grave] == [10, 5, 5, -10]
    assert "为负" in grave[-1].words and grave[-1].words.endswith("扣 10 分")
    slight = lines(replace(GIVEN, figures=replace(SOUND, p=0.98), uses=0))
    assert [line.points for line in slight] == [10, 10, 5, 5]


def test_a_leak_costs_whether_or_not_the_item_was_adopted() -> None:
    assert lines(replace(GIVEN, adopted=False, leaked=True))[-1].points == -50
    assert lines(replace(GIVEN, leaked=True))[-1].words == "试题 S001：因单位原因泄露，扣 50 分"


def test_use_is_paid_up_to_a_limit() -> None:
    assert lines(replace(GIVEN, uses=1000))[-1].points == 10


def test_weights_are_parameters() -> None:
    configure({"bank.credit_accepted": 1, "bank.credit_use": 0})
    assert [line.points for line in lines(GIVEN)] == [1, 5, 10, 5, 5]


def test_units_are_ranked_by_their_points_and_told_in_a_sentence() -> None:
    first, second = award(
        [
            Contribution("1", "甲厂", True),
            Contribution("2", "甲厂", False),
            replace(GIVEN, item="3", unit="乙校"),
        ]
    )
    assert (first.unit, first.points, first.measured) == ("乙校", 38, 1)
    assert second.words() == "甲厂：提供试题 2 道，采用 1 道，已实测 0 道，题库贡献 10 分"


def test_an_item_counts_once() -> None:
    with pytest.raises(ValueError, match="试题 S001 重复计算"):
        award([GIVEN, replace(GIVEN, unit="乙校")])


@given(
    rows=st.lists(st.tuples(st.sampled_from("甲乙丙"), st.booleans(), st.integers(0, 20), st.booleans()), max_size=30)
)
def test_points_are_the_sum_of_their_lines(rows: list[tuple[str, bool, int, bool]]) -> None:
    given_items = [
        Contribution(str(n), unit, adopted, SOUND if uses % 2 else None, uses, leaked)
        for n, (unit, adopted, uses, leaked) in enumerate(rows)
    ]
    found = award(given_items)
    assert sum(each.points for each in found) == sum(line.points for each in given_items for line in lines(each))
    assert sum(each.given for each in found) == len(rows)
    assert [each.points for each in found] == sorted((each.points for each in found), reverse=True)
