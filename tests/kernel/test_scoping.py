"""Territory as a range of paths: neighbours never reach each other, on the database as in Python."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.authority import Actor, Grant, Role, span, within

segment = st.text(alphabet="0123456789abprsu", min_size=1, max_size=6).map(lambda text: f"{text}/")
path = st.lists(segment, min_size=1, max_size=5).map("".join)


@given(path, path)
def test_the_range_of_an_index_and_the_prefix_in_python_are_one_test(scope: str, thing: str) -> None:
    low, high = span(scope)
    # byte order, as SQLite and PostgreSQL with COLLATE "C" compare
    assert (low.encode() <= thing.encode() < high.encode()) == within(thing, scope)


@given(st.lists(path, max_size=6), path)
def test_dropping_covered_grants_changes_nothing_that_is_reached(scopes: list[str], thing: str) -> None:
    actor = Actor("a", "甲", tuple(Grant(Role.COUNTY, scope) for scope in scopes))
    assert actor.reaches(thing) == any(within(thing, scope) for scope in scopes)


def test_a_number_that_begins_like_another_is_not_its_child() -> None:
    assert not within("45/03/05/0017/", "45/03/05/001/")


def test_the_public_reaches_no_row() -> None:
    from jiangheng.core.authority import PUBLIC

    assert PUBLIC.scopes() == ()
