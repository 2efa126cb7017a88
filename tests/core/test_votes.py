"""Counting ballots: shares of all members, abstentions, means (clauses K4, R1–R4)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.skill.votes import CHOICES, Vote, count, percent

VOTES = st.lists(
    st.builds(Vote, st.sampled_from(sorted(CHOICES)), st.none() | st.decimals(0, 100, places=1)),
    min_size=1,
    max_size=15,
)


def cast(approve: int, against: int = 0, abstain: int = 0) -> list[Vote]:
    return [Vote("for")] * approve + [Vote("against")] * against + [Vote("abstain")] * abstain


@pytest.mark.parametrize(
    ("approve", "members", "carried"),
    [
        (2, 3, True),
        (1, 3, False),
        (3, 5, False),
        (4, 5, True),
        (4, 7, False),
        (5, 7, True),
        (6, 9, True),
        (5, 9, False),
    ],
)
def test_two_thirds_of_a_committee_carry_a_matter(approve: int, members: int, carried: bool) -> None:
    assert count(cast(approve, members - approve), members=members, majority=67).carried is carried


def test_an_abstention_counts_as_a_member_who_is_not_for_it() -> None:
    assert not count(cast(1, 0, 2), members=3, majority=67).carried
    assert count(cast(2, 0, 1), members=3, majority=67).carried


def test_the_mean_is_of_the_marks_given_rounded_half_up_and_absent_without_marks() -> None:
    votes = [Vote("for", Decimal("80")), Vote("for", Decimal("80.1")), Vote("abstain")]
    assert count(votes, members=3, majority=67).mean == Decimal("80.1")
    assert count(cast(3), members=3, majority=67).mean is None


@pytest.mark.parametrize("votes", [cast(4), cast(1, 1, 2)])
def test_more_votes_than_members_and_a_committee_of_nobody_are_refused(votes: list[Vote]) -> None:
    with pytest.raises(ValueError, match="评审"):
        count(votes, members=3, majority=67)
    with pytest.raises(ValueError, match="评审"):
        count([], members=0, majority=67)


def test_an_unknown_choice_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"perhaps.*for"):
        count([Vote("perhaps")], members=3, majority=67)


@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_ballots_never_matters(votes: list[Vote], draw: object) -> None:
    mixed = list(votes)
    draw.shuffle(mixed)  # type: ignore[attr-defined]
    assert count(mixed, members=15, majority=67) == count(votes, members=15, majority=67)


@given(VOTES, st.integers(1, 100))
def test_one_more_vote_for_a_matter_never_loses_it(votes: list[Vote], majority: int) -> None:
    changed = [Vote("for", vote.mark) if place == 0 else vote for place, vote in enumerate(votes)]
    before, after = (count(some, members=len(votes), majority=majority) for some in (votes, changed))
    assert after.carried or not before.carried
    assert after.votes == before.votes == len(votes)


@given(st.integers(0, 99), st.integers(1, 99))
def test_a_share_in_percent_is_the_nearest_whole_number(part: int, whole: int) -> None:
    assert abs(percent(part, whole) * whole - 100 * part) * 2 <= whole
