"""core/exam/sufficiency.py: what a stock can give, proof that it cannot, and what would be enough."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from paper_stock import RANGES, plan, stock

from jiangheng.core.exam.plan import GRADES, CellQuota, KindQuota, Plan, RangeQuota, Split, Stock
from jiangheng.core.exam.sufficiency import report


def singles(count: int, **more: object) -> list[Stock]:
    return [Stock(f"Q{number:02}", range_code="A", **more) for number in range(count)]  # type: ignore[arg-type]


def test_a_stock_that_is_enough_has_no_lacks_and_a_ratio_of_supply_to_demand() -> None:
    found = report(stock(200), plan(20), mode="library", forms=5)
    assert found.lacks == ()
    assert {unit.name: unit.demand for unit in found.units if unit.kind == "range"} == dict.fromkeys(RANGES, 20)
    assert found.ratio == min(unit.supply / unit.demand for unit in found.units)
    assert found.ratio >= 1


def test_a_range_that_is_short_is_named_with_the_number_that_lacks_and_what_would_do() -> None:
    rows = [row for row in stock(200) if row.range_code != "B" or row.code < "Q0100"]
    found = report(rows, plan(20), mode="library", forms=6)
    (lack,) = found.lacks
    assert (lack.constraint, lack.name, lack.needed, lack.available) == ("range", "B", 24, 20)
    assert "缺 4" in lack.words
    assert "至少补充 4 题" in lack.words
    assert (found.forms_possible, found.uses_enough) == (5, 2)
    assert "最多 5 份卷" in lack.words
    assert "使用 2 次" in lack.words


def test_what_is_said_to_be_enough_is_enough() -> None:
    rows = [row for row in stock(200) if row.range_code != "B" or row.code < "Q0100"]
    found = report(rows, plan(20), mode="library", forms=6)
    new = [
        Stock(f"N{lot.name}{number}", lot.kind, lot.range_code)
        for lot in found.additions
        for number in range(lot.items)
    ]
    assert len(new) == 4
    assert report([*rows, *new], plan(20), mode="library", forms=6).lacks == ()
    assert report([*rows, *new[1:]], plan(20), mode="library", forms=6).lacks != ()
    assert report(rows, plan(20), mode="library", forms=found.forms_possible or 0).lacks == ()
    assert report(rows, plan(20, uses=found.uses_enough), mode="library", forms=6).lacks == ()


def test_quotas_that_are_enough_alone_but_not_crossed_are_told_with_the_items_to_write() -> None:
    rows = [Stock(f"S{n}", "single", "A") for n in range(9)] + [Stock(f"J{n}", "judgement", "B") for n in range(9)]
    wanted = Plan(
        (KindQuota("single", 4), KindQuota("judgement", 2)), (RangeQuota("A", count=3), RangeQuota("B", count=3))
    )
    found = report(rows, wanted, mode="one", forms=1)
    assert all(unit.ratio >= 1 for unit in found.units)
    assert found.lacks[0].constraint == "crossed"
    assert [(lot.range_code, lot.kind, lot.items) for lot in found.additions] == [("B", "single", 1)]


def test_a_crossed_quota_and_a_grade_that_are_short_are_named() -> None:
    rows = stock(100)
    cells = (CellQuota("A", "multiple", 4),)
    found = report(rows, plan(20, cells=cells), mode="library", forms=4)
    assert ("cell", "A×multiple") in {(lack.constraint, lack.name) for lack in found.lacks}
    hard = Split.by_counts({"5": 15, "4": 5}, marks=GRADES)
    found = report(rows, plan(20, difficulty=hard), mode="library", forms=4)
    assert ("difficulty", "5") in {(lack.constraint, lack.name) for lack in found.lacks}


def test_a_time_cap_that_is_too_short_is_told_with_one_that_would_do() -> None:
    rows = singles(10, seconds=40)
    found = report(rows, Plan((KindQuota("single", 5),), seconds=150), mode="one", forms=1)
    (lack,) = found.lacks
    assert (lack.constraint, lack.needed, lack.available) == ("seconds", 200, 150)
    assert report(rows, Plan((KindQuota("single", 5),), seconds=lack.needed), mode="one", forms=1).lacks == ()


def test_an_overlap_that_is_too_small_is_proven_by_counting_pairs() -> None:
    rows = singles(20)
    found = report(rows, Plan((KindQuota("single", 10),), overlap=3), mode="library", forms=10)
    # 100 uses of 20 items, 5 each: 20 × C(5,2) = 200 shared items over 45 pairs of papers.
    assert [(lack.constraint, lack.needed) for lack in found.lacks] == [("overlap", 5)]
    assert report(rows, Plan((KindQuota("single", 10),), overlap=5), mode="library", forms=10).lacks == ()


def test_enemies_bind_when_a_paper_would_need_two_of_them() -> None:
    rows = [
        *singles(4),
        Stock("E1", range_code="A", enemies=("E2", "E3")),
        Stock("E2", range_code="A", enemies=("E3",)),
    ]
    rows.append(Stock("E3", range_code="A"))
    assert report(rows, Plan((KindQuota("single", 5),)), mode="one", forms=1).lacks == ()
    assert report(rows, Plan((KindQuota("single", 6),)), mode="one", forms=1).lacks != ()


def test_items_that_are_out_are_counted_with_their_reason() -> None:
    rows = [*singles(3), Stock("R", resting=True), Stock("U", exposure=5)]
    found = report(rows, Plan((KindQuota("single", 3),), exposure_cap=5), mode="one", forms=1)
    assert found.items == 3
    assert sorted(count for _, count in found.left_out) == [1, 1]


@settings(max_examples=60)
@given(data=st.data())
def test_the_proof_refuses_nothing_that_can_be_made(data: st.DataObject) -> None:
    """One paper from few items: what the report refuses, trying every choice of items finds impossible too."""
    count = data.draw(st.integers(3, 8))
    rows = [
        Stock(
            f"Q{number}",
            data.draw(st.sampled_from(("single", "judgement"))),
            data.draw(st.sampled_from(("A", "B"))),
            difficulty=data.draw(st.integers(1, 2)),
            seconds=data.draw(st.integers(1, 30)),
            enemies=tuple(data.draw(st.lists(st.sampled_from(("Q0", "Q1", "g")), max_size=1))),
        )
        for number in range(count)
    ]
    rows = [replace(row, enemies=tuple(name for name in row.enemies if name != row.code)) for row in rows]
    kinds = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 2)))
    first = data.draw(st.integers(0, sum(kinds)))
    wanted = Plan(
        (KindQuota("single", kinds[0]), KindQuota("judgement", kinds[1])),
        (RangeQuota("A", count=first), RangeQuota("B", count=sum(kinds) - first)),
        difficulty=Split((("1", 1, sum(kinds)),)),
        seconds=data.draw(st.integers(5, 80)),
    )
    possible = any(keeps(choice, wanted, first) for choice in combinations(rows, sum(kinds)))
    assert (report(rows, wanted, mode="one", forms=1).lacks == ()) == possible


def keeps(choice: tuple[Stock, ...], wanted: Plan, first: int) -> bool:
    """Whether a choice of items is a paper, by the words of the plan."""
    codes = {row.code for row in choice}
    named = [name for row in choice for name in row.enemies if name == "g"]
    return (
        sum(row.kind == "single" for row in choice) == wanted.kinds[0].count
        and sum(row.range_code == "A" for row in choice) == first
        and any(row.difficulty == 1 for row in choice)
        and sum(row.seconds for row in choice) <= (wanted.seconds or 0)
        and not any(name in codes for row in choice for name in row.enemies)
        and len(named) < 2
    )


def test_new_items_are_asked_for_in_the_usual_length() -> None:
    rows = singles(4, seconds=30)
    found = report(rows, Plan((KindQuota("single", 5, Decimal(1)),), seconds=150), mode="one", forms=1)
    assert [lack.constraint for lack in found.lacks] == ["kind"]
    found = report(rows, Plan((KindQuota("single", 5, Decimal(1)),), seconds=149), mode="one", forms=1)
    assert [lack.constraint for lack in found.lacks] == ["kind", "seconds"]
