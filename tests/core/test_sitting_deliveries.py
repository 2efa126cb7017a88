"""core/exam/sitting.py: no order and no repetition of deliveries changes what a sitting comes to."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seated_candidate import PAPER, TERMS, judge, seated

from jiangheng.core.exam.asked import Asked
from jiangheng.core.exam.events import (
    FOCUS_KINDS,
    Agreed,
    Answered,
    Break,
    Entered,
    Event,
    Extended,
    Flagged,
    Focus,
    Freed,
    Granted,
    HandedIn,
    Paused,
    Pictured,
    Resumed,
    Told,
    Voided,
    decode,
    encode,
)
from jiangheng.core.exam.sitting import Accepted, Rejected, Repeat, State, begin, fold, reduce

items = st.sampled_from(sorted(PAPER))


@st.composite
def answers(draw: st.DrawFn, seq: int) -> Answered | Flagged:
    item = draw(items)
    if draw(st.booleans()):
        return Flagged(seq, item, draw(st.booleans()))
    return Answered(seq, item, draw(given_at(PAPER[item])))


def given_at(asked: Asked) -> st.SearchStrategy[tuple[str, ...]]:
    """Sound answers to what is asked, nothing among them."""
    keys = sorted(asked.keys)
    line = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=40)
    point = st.builds("{},{}".format, st.integers(0, 10_000), st.integers(0, 10_000))
    found: dict[str, st.SearchStrategy[list[str]]] = {
        "keys": st.lists(st.sampled_from(keys or ["-"]), unique=True, max_size=len(keys) if asked.many else 1),
        "texts": st.lists(line, min_size=asked.blanks, max_size=asked.blanks),
        "number": st.lists(line, max_size=1),
        "pairs": st.dictionaries(st.sampled_from(keys or ["-"]), st.sampled_from(sorted(asked.targets) or ["-"])).map(
            lambda pairs: sorted(left + right for left, right in pairs.items())
        ),
        "order": st.permutations(keys).flatmap(lambda order: st.integers(0, len(order)).map(lambda n: order[:n])),
        "points": st.lists(point, max_size=20),
        "open": st.lists(line.map("第一行\n{}".format), max_size=1),
    }
    return found[asked.answered].map(tuple)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Answered | Flagged], list[Answered | Flagged]]:
    """What a page sent, in order; and what arrives: everything at least once, in any order, some of it twice."""
    sent = [draw(answers(seq)) for seq in range(1, draw(st.integers(1, 25)) + 1)]
    again = draw(st.lists(st.sampled_from(sent), max_size=15))
    return sent, draw(st.permutations(sent + again))


def run(arriving: list[Answered | Flagged]) -> tuple[State, list[Answered | Flagged]]:
    state, acknowledged = seated(), []
    for event in arriving:
        verdict = judge(state, event)
        if not isinstance(verdict, Rejected):
            acknowledged.append(event)
        if isinstance(verdict, Accepted):
            state = reduce(state, event)
    return state, acknowledged


@given(deliveries())
def test_any_order_and_any_repetition_of_deliveries_gives_the_same_answers(
    case: tuple[list[Answered | Flagged], list[Answered | Flagged]],
) -> None:
    sent, arriving = case
    straight, _ = run(sent)
    crooked, _ = run(arriving)
    assert crooked.answers == straight.answers
    assert crooked.flags == straight.flags
    assert crooked.seq == straight.seq == len(sent)


@given(deliveries())
def test_a_journal_in_any_order_and_with_repeats_comes_to_one_and_the_same_state(
    case: tuple[list[Answered | Flagged], list[Answered | Flagged]],
) -> None:
    sent, arriving = case
    straight, crooked = fold(seated(), sent), fold(seated(), arriving)
    assert crooked == straight
    assert (crooked.through, crooked.ahead) == (len(sent), set())


@given(deliveries(), st.data())
def test_the_numbers_that_are_down_are_exactly_those_that_arrived(
    case: tuple[list[Answered | Flagged], list[Answered | Flagged]], data: st.DataObject
) -> None:
    sent, arriving = case
    part = arriving[: data.draw(st.integers(0, len(arriving)))]
    state = fold(seated(), part)
    there = {event.seq for event in part}
    assert {seq for seq in range(-1, len(sent) + 2) if state.is_down(seq)} == there
    assert state.seq == max(there, default=0)
    assert not state.is_down(state.through + 1)
    assert all(seq > state.through + 1 for seq in state.ahead)


@given(deliveries())
def test_an_acknowledged_answer_is_never_lost(
    case: tuple[list[Answered | Flagged], list[Answered | Flagged]],
) -> None:
    state, acknowledged = run(case[1])
    last = {event.item: event for event in sorted(acknowledged, key=lambda e: e.seq) if isinstance(event, Answered)}
    said = {item: event.keys for item, event in last.items() if any(key.strip() for key in event.keys)}
    assert said == dict(state.answers)
    # Whatever is sent again later is acknowledged again, and changes nothing.
    for event in acknowledged:
        assert judge(state, event) == Repeat(event.seq)
        assert reduce(state, event) == state


moments = st.integers(0, 2**50)
events = st.one_of(
    st.builds(Entered, st.integers(1, 99), st.integers(0, 9), st.sampled_from(["", "d1", "d2"]), at=moments),
    st.integers(1, 99).flatmap(answers),
    st.builds(HandedIn, st.booleans(), at=moments),
    st.builds(Focus, st.sampled_from(sorted(FOCUS_KINDS)), at=moments),
    st.builds(Break, st.booleans(), at=moments),
    st.builds(Agreed, st.sampled_from(["rules", "camera"]), st.booleans(), at=moments),
    st.builds(Pictured, st.text(max_size=9), at=moments),
    st.builds(Extended, st.integers(1, 7200), st.text(max_size=9), at=moments),
    st.builds(Paused, st.text(max_size=9), at=moments),
    st.builds(Resumed, st.text(max_size=9), at=moments),
    st.builds(Freed, st.text(max_size=9), at=moments),
    st.builds(Granted, st.integers(0, 7200), st.booleans(), at=moments),
    st.builds(Told, st.text(max_size=9), at=moments),
    st.builds(Voided, st.text(max_size=9), at=moments),
)


anything = st.lists(
    st.one_of(st.text(max_size=6), st.sampled_from(["A", "B", "A1", "B12", "A12", "3,4", "10001,0", "x" * 201])),
    max_size=4,
).map(tuple)


@given(st.lists(st.tuples(items, anything), max_size=30))
def test_whatever_is_accepted_comes_to_the_same_when_it_is_read_back(sent: list[tuple[str, tuple[str, ...]]]) -> None:
    state, lines = seated(), []
    for seq, (item, keys) in enumerate(sent, start=1):
        verdict = judge(state, Answered(seq, item, keys))
        if isinstance(verdict, Accepted):
            lines.append(encode(verdict.event))
            state = reduce(state, verdict.event)
    assert fold(seated(), map(decode, lines)) == state


@given(events)
def test_an_event_survives_its_text(event: Event) -> None:
    assert decode(encode(event)) == event


@pytest.mark.parametrize(
    "text", ['{"event":"bribed"}', "{}", '{"event":"focus"}', '{"event":"voided","by":"x"}', "", "[]"]
)
def test_an_unknown_text_is_an_error_and_not_a_guess(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text)


@given(st.lists(events, max_size=30))
def test_the_state_depends_on_the_journal_alone(journal: list[Event]) -> None:
    half = len(journal) // 2
    whole = fold(begin(TERMS), journal)
    assert fold(fold(begin(TERMS), journal[:half]), journal[half:]) == whole


@given(st.lists(events, max_size=15), st.lists(events, max_size=15))
def test_folding_leaves_the_state_it_was_given_alone(before: list[Event], after: list[Event]) -> None:
    state = fold(begin(TERMS), before)
    kept = copy.deepcopy(state)
    fold(state, after)
    for event in after:
        reduce(state, event)
    assert state == kept
