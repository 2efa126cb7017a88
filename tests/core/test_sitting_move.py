"""A candidate moves to another machine: the time it took is his, once, and no more than the rule gives (clause K13)."""

from __future__ import annotations

from jiangheng.core.exam.events import Answered, Break, Entered, Event, Freed, Paused, Resumed
from jiangheng.core.exam.sitting import State, Terms, begin, deadline, ended, fold

OPENS, CLOSES = 1_000_000, 6_400_000
SECOND, MINUTE = 1_000, 60_000


def after(*events: Event, move_credit: int = 600, breaks: int = 0) -> State:
    """A sitting at one machine, and what happened then."""
    terms = Terms(opens=OPENS, closes=CLOSES, breaks=breaks, move_credit=move_credit)
    return fold(begin(terms), [Entered(1, device="one", at=OPENS), *events])


def test_from_the_permission_to_the_next_entry_the_time_is_given_back() -> None:
    at = OPENS + 10 * MINUTE
    moved = after(Freed("坏", at=at), Entered(2, device="two", at=at + 25 * SECOND))
    assert deadline(moved) == CLOSES + 25 * SECOND
    assert (moved.device, moved.freed, moved.moving) == ("two", False, None)


def test_it_is_never_more_than_the_rule_gives() -> None:
    at = OPENS + MINUTE
    for credit in (0, 60, 600):
        moved = after(Freed("坏", at=at), Entered(2, device="two", at=at + 20 * MINUTE), move_credit=credit)
        assert deadline(moved) == CLOSES + credit * SECOND


def test_the_end_moves_while_he_is_on_his_way_so_that_it_cannot_pass_him() -> None:
    at = CLOSES - 10 * SECOND
    moving = after(Freed("坏", at=at))
    assert deadline(moving, at + MINUTE) == CLOSES + MINUTE
    assert not ended(moving, at + 5 * MINUTE)
    assert ended(moving, at + 11 * MINUTE)


def test_who_goes_on_at_the_old_machine_gains_nothing() -> None:
    at = OPENS + MINUTE
    events: list[Event] = [Freed("坏", at=at)]
    events += [Answered(seq, "s1", ("A",), at=at + seq * MINUTE) for seq in range(1, 6)]
    assert deadline(after(*events), at + 5 * MINUTE) == CLOSES
    moved = after(*events, Entered(2, device="two", at=at + 5 * MINUTE + 20 * SECOND))
    assert deadline(moved) == CLOSES + 20 * SECOND


def test_a_move_before_the_start_or_before_he_sat_down_costs_nothing() -> None:
    early = after(Freed("坏", at=OPENS - MINUTE), Entered(2, device="two", at=OPENS - 5 * SECOND))
    assert deadline(early) == CLOSES
    late = after(Freed("坏", at=OPENS - MINUTE), Entered(2, device="two", at=OPENS + 5 * SECOND))
    assert deadline(late) == CLOSES + 5 * SECOND
    nobody = fold(
        begin(Terms(opens=OPENS, closes=CLOSES)), [Freed("坏", at=OPENS), Entered(1, device="one", at=OPENS + 9)]
    )
    assert deadline(nobody) == CLOSES


def test_two_permissions_for_one_move_count_from_the_first() -> None:
    at = OPENS + MINUTE
    moved = after(Freed("坏", at=at), Freed("坏", at=at + MINUTE), Entered(2, device="two", at=at + 2 * MINUTE))
    assert deadline(moved) == CLOSES + 2 * MINUTE


def test_a_pause_in_the_middle_is_given_back_once() -> None:
    at = OPENS + MINUTE
    for events in (
        # wholly within the move; begun before it; over after it
        [Freed("坏", at=at), Paused("停", at=at + 20), Resumed(at=at + 50), Entered(2, device="two", at=at + 90)],
        [Paused("停", at=at), Freed("坏", at=at + 20), Resumed(at=at + 50), Entered(2, device="two", at=at + 90)],
        [Freed("坏", at=at), Paused("停", at=at + 20), Entered(2, device="two", at=at + 50), Resumed(at=at + 90)],
    ):
        assert deadline(after(*events)) == CLOSES + 90


def test_a_break_in_the_middle_is_given_back_once() -> None:
    at = OPENS + MINUTE
    events: list[Event] = [Break(True, at=at), Freed("坏", at=at + 10), Break(False, at=at + 40)]
    moved = after(*events, Entered(2, device="two", at=at + 60), breaks=600)
    assert deadline(moved) == CLOSES + 60
