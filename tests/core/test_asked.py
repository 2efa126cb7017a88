"""core/exam/asked.py: what may be given at an item of each kind, and why anything else is not taken."""

from __future__ import annotations

import json
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.asked import (
    LARGEST_PIXEL,
    MOST_NUMBER,
    MOST_OPEN,
    MOST_POINTS,
    MOST_TEXT,
    MOST_TOKENS,
    Asked,
    is_empty,
    refusal,
)
from jiangheng.core.exam.item_kinds import KINDS, Answered

ONE = Asked(frozenset("ABCD"))
MANY = Asked(frozenset("ABCD"), many=True)
TEXTS = Asked(answered="texts", blanks=2)
NUMBER = Asked(answered="number")
PAIRS = Asked(frozenset("ABC"), answered="pairs", targets=frozenset({"1", "2", "12"}))
ORDER = Asked(frozenset("ABCD"), answered="order")
POINTS = Asked(answered="points")
OPEN = Asked(answered="open")
EVERY = (ONE, MANY, TEXTS, NUMBER, PAIRS, ORDER, POINTS, OPEN)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (ONE, ("B",)),
        (MANY, ("A", "C")),
        (TEXTS, ("220", "")),
        (TEXTS, ("x" * MOST_TEXT, "50")),
        (NUMBER, ("12.5 Ω",)),
        (NUMBER, ("1" * MOST_NUMBER,)),
        (PAIRS, ("A2",)),
        (PAIRS, ("A12", "B12", "C1")),
        (ORDER, ("C", "A", "B", "D")),
        (ORDER, ("C", "A")),
        (POINTS, ("0,0", f"{LARGEST_PIXEL},{LARGEST_PIXEL}")),
        (POINTS, tuple(f"{n},1" for n in range(MOST_POINTS))),
        (OPEN, ("第一行\n第二行\t；a < b & c",)),
        (OPEN, ("字" * MOST_OPEN,)),
    ],
)
def test_what_the_kind_takes_is_taken(asked: Asked, given: tuple[str, ...]) -> None:
    assert refusal(asked, given) is None


@pytest.mark.parametrize(
    ("asked", "given", "code"),
    [
        (ONE, ("E",), "unknown_option"),
        (ONE, ("",), "unknown_option"),
        (ONE, ("A", "B"), "one_only"),
        (MANY, ("A", "A"), "unknown_option"),
        (TEXTS, ("220",), "unfit"),
        (TEXTS, ("220", "50", "x"), "unfit"),
        (TEXTS, ("x" * (MOST_TEXT + 1), ""), "too_long"),
        (TEXTS, ("a\x00b", ""), "unfit"),
        (NUMBER, ("1", "2"), "unfit"),
        (NUMBER, ("1" * (MOST_NUMBER + 1),), "too_long"),
        (PAIRS, ("A3",), "unknown_option"),
        (PAIRS, ("D1",), "unknown_option"),
        (PAIRS, ("A",), "unknown_option"),
        (PAIRS, ("",), "unknown_option"),
        (PAIRS, ("A1", "A2"), "unfit"),
        (PAIRS, ("A1", "A1"), "unfit"),
        (ORDER, ("A", "B", "A"), "unknown_option"),
        (ORDER, ("A", "E"), "unknown_option"),
        (POINTS, ("1,2",) * (MOST_POINTS + 1), "unfit"),
        (POINTS, (f"{LARGEST_PIXEL + 1},0",), "unfit"),
        (OPEN, ("一", "二"), "unfit"),
        (OPEN, ("字" * (MOST_OPEN + 1),), "too_long"),
        (OPEN, ("\ud800",), "unfit"),
        (Asked(answered="parts"), ("A",), "unfit"),
    ],
)
def test_what_the_kind_does_not_take_is_refused_in_words(asked: Asked, given: tuple[str, ...], code: str) -> None:
    found = refusal(asked, given)
    assert found is not None
    assert found[0] == code
    assert found[1].endswith("。") and "请" in found[1]


@pytest.mark.parametrize(
    "token", ["", "1", "1,", ",1", "1,2,3", "-1,2", "1.5,2", "1, 2", "01,2", "1,2\n", "１,2", "1e3,2"]
)
def test_a_point_is_two_whole_numbers_and_nothing_else(token: str) -> None:
    assert refusal(POINTS, (token,)) is not None


@pytest.mark.parametrize("asked", EVERY)
def test_nothing_takes_an_answer_of_any_kind_back(asked: Asked) -> None:
    assert refusal(asked, ()) is None


def test_only_blanks_with_something_in_them_are_an_answer() -> None:
    assert [is_empty(each) for each in ((), ("", " \n"), ("", "0"))] == [True, True, False]


def test_every_way_of_answering_is_judged() -> None:
    for answered in typing.get_args(Answered):
        refusal(Asked(answered=answered), ("A",))
    assert {kind.answered for kind in KINDS.values()} <= set(typing.get_args(Answered))


tokens = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["A", "B", "A1", "B12", "7,8"])), max_size=6).map(
    tuple
)


@given(asked=st.sampled_from(EVERY), given=tokens)
def test_what_is_taken_can_be_written_down_and_is_within_bounds(asked: Asked, given: tuple[str, ...]) -> None:
    if refusal(asked, given) is None:
        assert tuple(json.loads(json.dumps(given, ensure_ascii=False).encode())) == given
        assert len(given) <= MOST_TOKENS
