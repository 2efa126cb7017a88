"""core/exam/marking.py: the right keys earn the marks, guessing everything earns none, and the sum is exact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.bank_text import ElementRange
from jiangheng.core.exam.blueprint import Blueprint, KindRow
from jiangheng.core.exam.items import KINDS, Item, Option, check_item
from jiangheng.core.exam.marking import PartialRule, mark, mark_paper

RULES = st.sampled_from(["all_or_nothing", "half_if_subset"])
MARKS = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2)])
GIVEN = st.sets(st.sampled_from("ABCDE"))


def an_item(code: str, *, kind: str, answer: str) -> Item:
    options = KINDS[kind].options or tuple(Option(key, f"选项{key}") for key in "ABCDE")
    return Item(code, kind, f"题干{code}", options, tuple(answer), "P", "R", 3, "X")


MULTIPLES = [an_item(answer, kind="multiple", answer=answer) for answer in ("AB", "ACE", "BCDE", "DE", "ABCD")]
SINGLE = an_item("s", kind="single", answer="C")
JUDGEMENT = an_item("j", kind="judgement", answer="B")


@given(item=st.sampled_from([*MULTIPLES, SINGLE, JUDGEMENT]), marks=MARKS, rule=RULES)
def test_the_right_keys_earn_full_marks_in_any_order(item: Item, marks: Decimal, rule: PartialRule) -> None:
    assert mark(item, list(reversed(item.answer)), marks, rule=rule) == marks


@given(item=st.sampled_from([SINGLE, JUDGEMENT]), given_keys=GIVEN, marks=MARKS, rule=RULES)
def test_single_choice_and_judgement_know_right_and_wrong_only(
    item: Item, given_keys: set[str], marks: Decimal, rule: PartialRule
) -> None:
    assert mark(item, given_keys, marks, rule=rule) == (marks if given_keys == set(item.answer) else 0)


@given(item=st.sampled_from([*MULTIPLES, SINGLE, JUDGEMENT]), marks=MARKS, rule=RULES)
def test_ticking_everything_never_scores(item: Item, marks: Decimal, rule: PartialRule) -> None:
    assert check_item(item) == []
    assert mark(item, item.keys, marks, rule=rule) == 0


@given(item=st.sampled_from(MULTIPLES), given_keys=GIVEN, marks=MARKS)
def test_half_marks_are_for_some_of_the_right_keys_and_no_wrong_one(
    item: Item, given_keys: set[str], marks: Decimal
) -> None:
    right = set(item.answer)
    earned = mark(item, given_keys, marks, rule="half_if_subset")
    if given_keys == right:
        assert earned == marks
    elif given_keys and not given_keys - right:
        assert earned * 2 == marks
    else:
        assert earned == 0
    assert mark(item, given_keys, marks) == (marks if given_keys == right else 0)


def test_a_key_that_is_not_on_the_item_earns_nothing() -> None:
    assert mark(SINGLE, ["C", "Z"], Decimal(1)) == 0
    assert mark(MULTIPLES[1], ["A", "Z"], Decimal(1), rule="half_if_subset") == 0


PLAN = Blueprint(
    level="3",
    kinds=(
        KindRow("single", 1, Decimal("0.1")),
        KindRow("multiple", 5, Decimal("0.2")),
        KindRow("judgement", 1, Decimal("0.5")),
    ),
    ranges=(ElementRange("R", "范围", Decimal(100)),),
)
PAPER = [SINGLE, *MULTIPLES, JUDGEMENT]


def test_a_paper_answered_rightly_has_the_exact_sum() -> None:
    result = mark_paper(PAPER, {item.code: item.answer for item in PAPER}, PLAN)
    # 0.1 + 5 × 0.2 + 0.5: binary fractions would not give 1.6 exactly.
    assert result.total == Decimal("1.6")
    assert result.unanswered == ()


@given(
    answers=st.dictionaries(st.sampled_from([item.code for item in PAPER]), GIVEN.map(tuple)),
    rule=RULES,
)
def test_the_total_is_the_sum_of_the_items_and_silence_earns_nothing(
    answers: dict[str, tuple[str, ...]], rule: PartialRule
) -> None:
    result = mark_paper(PAPER, answers, PLAN, rule=rule)
    assert result.total == sum(result.per_item.values())
    assert list(result.per_item) == [item.code for item in PAPER]
    assert set(result.unanswered) == {item.code for item in PAPER if not answers.get(item.code)}
    assert all(result.per_item[code] == 0 for code in result.unanswered)


def test_answers_to_another_paper_are_not_marked() -> None:
    with pytest.raises(ValueError, match="x-1 不在本试卷上"):
        mark_paper(PAPER, {"x-1": ("A",)}, PLAN)


def test_a_paper_with_an_item_twice_or_of_an_unpriced_kind_is_not_marked() -> None:
    with pytest.raises(ValueError, match="重复"):
        mark_paper([SINGLE, SINGLE], {}, PLAN)
    bare = Blueprint(level="3", kinds=PLAN.kinds[:1], ranges=PLAN.ranges)
    with pytest.raises(ValueError, match="judgement、multiple 的分值"):
        mark_paper(PAPER, {}, bare)
