"""core/exam/sitting.py: pauses, breaks, locks, machines, late entries: what the room does to a sitting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seated_candidate import CLOSES, OPENS, TERMS, code, judge, seated

from jiangheng.core.exam.events import (
    CONTROLS,
    LEAVING,
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
    Resumed,
    Told,
    Voided,
)
from jiangheng.core.exam.sitting import GRACE_MS, MOST_EVENTS, Repeat, begin, deadline, ended, fold, reduce

MINUTE = 60_000
ANSWER = Answered(1, "s1", ("B",), at=OPENS + 1)


def test_a_pause_holds_answers_and_the_hand_in_goes_on() -> None:
    paused = reduce(seated(), Paused("火警", at=OPENS + MINUTE))
    now = OPENS + 2 * MINUTE
    assert code(judge(paused, ANSWER, now)) == "paused"
    assert code(judge(paused, Flagged(1, "s1", True), now)) == "paused"
    for event in (Focus("blur"), HandedIn(False), Agreed("rules", True)):
        assert code(judge(paused, event, now)) == ""
    assert code(judge(reduce(paused, Resumed(at=now)), ANSWER, now)) == ""


def test_the_time_of_a_pause_is_given_back_to_the_millisecond() -> None:
    paused = reduce(seated(), Paused("火警", at=OPENS + MINUTE))
    assert deadline(paused, OPENS + MINUTE) == CLOSES
    assert deadline(paused, OPENS + 4 * MINUTE) == CLOSES + 3 * MINUTE
    resumed = reduce(paused, Resumed(at=OPENS + 4 * MINUTE + 7))
    assert deadline(resumed) == deadline(resumed, CLOSES) == CLOSES + 3 * MINUTE + 7
    assert resumed.extended == 180


def test_while_the_clock_stands_nobody_runs_out_of_time() -> None:
    paused = reduce(seated(), Paused("停电", at=CLOSES - 1))
    assert not ended(paused, CLOSES + 60 * MINUTE)
    resumed = reduce(paused, Resumed(at=CLOSES + 60 * MINUTE))
    assert code(judge(resumed, ANSWER, CLOSES + 60 * MINUTE + 1 + GRACE_MS)) == ""
    assert code(judge(resumed, ANSWER, CLOSES + 60 * MINUTE + 2 + GRACE_MS)) == "ended"


def test_a_second_pause_and_a_second_resumption_change_nothing() -> None:
    pauses = [Paused("一", at=OPENS), Paused("二", at=OPENS + MINUTE)]
    resumptions = [Resumed(at=OPENS + 3 * MINUTE), Resumed(at=OPENS + 9 * MINUTE)]
    assert deadline(fold(seated(), [*pauses, *resumptions])) == CLOSES + 3 * MINUTE


def test_a_clock_that_was_put_back_takes_no_time_away() -> None:
    state = fold(seated(), [Paused("火警", at=OPENS + 2 * MINUTE), Resumed(at=OPENS + MINUTE)])
    assert deadline(state) == CLOSES
    rested = fold(seated(replace(TERMS, breaks=600)), [Break(True, at=OPENS + MINUTE), Break(False, at=OPENS)])
    assert (deadline(rested), rested.break_left) == (CLOSES, 600_000)


@pytest.mark.parametrize("kind", sorted(LEAVING))
def test_leaving_too_often_locks_the_page_and_the_invigilator_opens_it(kind: str) -> None:
    state = seated(replace(TERMS, lock_after=3))
    for _ in range(2):
        state = reduce(state, Focus(kind))
        assert code(judge(state, ANSWER)) == ""
    state = reduce(state, Focus(kind))
    assert code(judge(state, ANSWER)) == "locked"
    assert code(judge(state, HandedIn(False))) == ""
    opened = reduce(state, Resumed("已核实", at=OPENS + MINUTE))
    assert code(judge(opened, ANSWER)) == ""
    # A lock stops no clock, and the count of leavings stays on record while the strikes begin anew.
    assert (deadline(opened), opened.focus_lost, opened.strikes) == (CLOSES, 3, 0)
    assert code(judge(fold(opened, [Focus(kind)] * 2), ANSWER)) == ""
    assert code(judge(fold(opened, [Focus(kind)] * 3), ANSWER)) == "locked"


def test_coming_back_is_no_leaving_and_without_a_limit_nothing_locks() -> None:
    back = [Focus(kind) for kind in ("shown", "focus", "fullscreen_back", "offline", "copy")] * 9
    assert not fold(seated(replace(TERMS, lock_after=1)), back).locked
    left = fold(seated(), [Focus("blur")] * 99)
    assert (left.locked, left.focus_lost) == (False, 99)


def test_a_break_within_its_allowance_is_given_back_and_holds_answers() -> None:
    state = seated(replace(TERMS, breaks=600))
    assert code(judge(state, Break(True))) == ""
    away = reduce(state, Break(True, at=OPENS + MINUTE))
    assert code(judge(away, ANSWER, OPENS + 2 * MINUTE)) == "on_break"
    assert deadline(away, OPENS + 5 * MINUTE) == CLOSES + 4 * MINUTE
    back = reduce(away, Break(False, at=OPENS + 5 * MINUTE))
    assert (deadline(back), back.break_left) == (CLOSES + 4 * MINUTE, 360_000)
    assert code(judge(back, ANSWER, OPENS + 5 * MINUTE)) == ""


def test_a_break_longer_than_its_allowance_is_given_back_up_to_it_and_no_other_follows() -> None:
    away = reduce(seated(replace(TERMS, breaks=600)), Break(True, at=OPENS))
    assert deadline(away, OPENS + 30 * MINUTE) == CLOSES + 10 * MINUTE
    assert ended(away, CLOSES + 10 * MINUTE + GRACE_MS + 1)
    back = reduce(away, Break(False, at=OPENS + 30 * MINUTE))
    assert (deadline(back), back.break_left) == (CLOSES + 10 * MINUTE, 0)
    assert code(judge(back, Break(True))) == "no_break"
    assert code(judge(back, Break(False))) == ""
    assert deadline(reduce(back, Break(False, at=OPENS + 40 * MINUTE))) == CLOSES + 10 * MINUTE


def test_who_has_no_breaks_takes_none_until_they_are_granted() -> None:
    assert code(judge(seated(), Break(True))) == "no_break"
    granted = reduce(seated(), Granted(900, True))
    assert (granted.break_left, granted.large) == (900_000, True)
    assert code(judge(granted, Break(True))) == ""
    assert code(judge(reduce(granted, Granted(0, False)), Break(True))) == "no_break"


def test_a_pause_within_a_break_is_given_back_once_and_moves_no_end_backwards() -> None:
    away = reduce(seated(replace(TERMS, breaks=600)), Break(True, at=OPENS))
    paused = reduce(away, Paused("火警", at=OPENS + 4 * MINUTE))
    assert deadline(paused, OPENS + 4 * MINUTE) == deadline(away, OPENS + 4 * MINUTE) == CLOSES + 4 * MINUTE
    assert deadline(paused, OPENS + 20 * MINUTE) == CLOSES + 20 * MINUTE
    back = reduce(paused, Break(False, at=OPENS + 10 * MINUTE))
    assert (back.break_left, deadline(back, OPENS + 20 * MINUTE)) == (360_000, CLOSES + 20 * MINUTE)
    resumed = reduce(paused, Resumed(at=OPENS + 20 * MINUTE))
    assert (resumed.break_since, deadline(resumed, OPENS + 20 * MINUTE)) == (OPENS + 20 * MINUTE, CLOSES + 20 * MINUTE)
    # Of ten minutes of break four were taken before the pause: six are left after it.
    assert deadline(resumed, OPENS + 60 * MINUTE) == CLOSES + 26 * MINUTE


def test_handing_in_ends_the_break_that_was_being_taken() -> None:
    state = fold(seated(replace(TERMS, breaks=600)), [Break(True, at=OPENS), HandedIn(False, at=OPENS + MINUTE)])
    assert (state.handed_in, state.break_since, deadline(state)) == (OPENS + MINUTE, None, CLOSES + MINUTE)


def test_another_machine_needs_the_invigilator_and_then_is_the_only_one() -> None:
    state = seated(device="one")
    assert code(judge(state, Entered(2, device="one"))) == ""
    assert code(judge(state, Entered(2, device="two"))) == "other_device"
    assert code(judge(state, Entered(2))) == "other_device"
    freed = reduce(state, Freed("换机"))
    assert code(judge(freed, Entered(2, device="two"))) == ""
    moved = reduce(freed, Entered(2, device="two"))
    assert (moved.device, moved.freed) == ("two", False)
    assert code(judge(moved, Entered(3, device="one"))) == "other_device"


def test_who_comes_too_late_is_not_let_in_and_who_was_in_may_come_back() -> None:
    terms = replace(TERMS, latest=OPENS + 30 * MINUTE)
    assert code(judge(begin(terms), Entered(1), terms.latest)) == ""
    assert code(judge(begin(terms), Entered(1), terms.latest + 1)) == "late"
    assert code(judge(seated(terms), Entered(2), CLOSES)) == ""
    assert code(judge(begin(TERMS), Entered(1), CLOSES)) == ""


def test_what_the_invigilator_writes_is_kept_in_order() -> None:
    notes = [Told("请坐好", at=OPENS + 1), Told("还有十五分钟", at=OPENS + 2)]
    assert fold(seated(), notes).notes == notes


def test_agreeing_is_possible_before_the_hour_and_the_last_word_holds() -> None:
    assert code(judge(seated(), Agreed("rules", True), OPENS - MINUTE)) == ""
    assert code(judge(seated(), Agreed("marriage", True))) == "unknown_kind"
    state = fold(seated(), [Agreed("camera", True), Agreed("rules", True), Agreed("camera", False)])
    assert state.agreed == {"camera": False, "rules": True}
    assert code(judge(replace(seated(), events=MOST_EVENTS), Agreed("rules", True))) == "too_many"


@pytest.mark.parametrize(
    "event",
    [
        Extended(60, "x"), Paused("x"), Resumed(), Freed("x"), Granted(60, True), Told("x"), Voided(),
    ],
)  # fmt: skip
def test_nothing_of_the_offices_comes_from_a_candidates_page(event: Event) -> None:
    assert isinstance(event, CONTROLS)
    assert code(judge(seated(), event)) == "not_yours"


def test_every_act_of_the_offices_was_tried() -> None:
    tried = {Extended, Paused, Resumed, Freed, Granted, Told, Voided}
    assert set(CONTROLS) == tried


def test_what_is_down_is_acknowledged_again_even_while_answers_are_held() -> None:
    held = [Paused("x", at=OPENS + 2), Focus("blur")]
    state = fold(seated(replace(TERMS, lock_after=1)), [ANSWER, *held])
    assert judge(state, ANSWER) == Repeat(1)


@given(st.lists(st.integers(0, 10 * MINUTE), min_size=2, max_size=8))
def test_pauses_one_after_another_give_back_their_sum(lengths: list[int]) -> None:
    state, now = seated(), OPENS
    for length in lengths:
        state = fold(state, [Paused("x", at=now), Resumed(at=now + length)])
        now += length + MINUTE
    assert deadline(state) == CLOSES + sum(lengths)


@given(st.lists(st.integers(0, 5 * MINUTE), max_size=8), st.integers(0, 1200))
def test_no_breaks_give_back_more_than_was_granted(lengths: list[int], granted: int) -> None:
    state, now = seated(replace(TERMS, breaks=granted)), OPENS
    for length in lengths:
        state = fold(state, [Break(True, at=now), Break(False, at=now + length)])
        now += length + MINUTE
    assert deadline(state) == CLOSES + min(sum(lengths), 1000 * granted)
