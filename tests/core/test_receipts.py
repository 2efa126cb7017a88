"""core/exam/receipts.py: an altered, dropped, added or moved entry is found, and where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jiangheng.core.exam.receipts import BrokenChain, genesis, link, verify

Chain = list[tuple[dict[str, Any], str]]
records = st.dictionaries(
    st.text(max_size=5), st.one_of(st.integers(), st.text(max_size=5), st.lists(st.text(max_size=2))), max_size=4
)


def chain(sitting: int, contents: list[dict[str, Any]]) -> Chain:
    made: Chain = []
    head = genesis(sitting)
    for number, record in enumerate(contents, start=1):
        head = link(head, number, record)
        made.append((record, head))
    return made


def breaks_at(sitting: int, entries: Chain) -> int:
    with pytest.raises(BrokenChain) as caught:
        verify(sitting, entries)
    return caught.value.number


@given(st.integers(0), st.lists(records, max_size=9))
def test_a_whole_chain_gives_its_last_receipt(sitting: int, contents: list[dict[str, Any]]) -> None:
    made = chain(sitting, contents)
    assert verify(sitting, made) == (made[-1][1] if made else genesis(sitting))


@given(st.lists(records, min_size=1, max_size=9), records, st.data())
def test_an_altered_entry_is_found(contents: list[dict[str, Any]], other: dict[str, Any], data: st.DataObject) -> None:
    made = chain(1, contents)
    place = data.draw(st.integers(0, len(made) - 1))
    assume(made[place][0] != other)
    made[place] = (other, made[place][1])
    assert breaks_at(1, made) == place + 1


@given(st.lists(records, min_size=2, max_size=9), st.data())
def test_a_dropped_entry_is_found(contents: list[dict[str, Any]], data: st.DataObject) -> None:
    made = chain(1, contents)
    place = data.draw(st.integers(0, len(made) - 2))
    del made[place]
    assert breaks_at(1, made) == place + 1


@given(st.lists(records, min_size=2, max_size=9), st.data())
def test_two_entries_cannot_change_places(contents: list[dict[str, Any]], data: st.DataObject) -> None:
    made = chain(1, contents)
    place = data.draw(st.integers(0, len(made) - 2))
    made[place], made[place + 1] = made[place + 1], made[place]
    assert breaks_at(1, made) == place + 1


@given(st.lists(records, min_size=1, max_size=5))
def test_entries_cannot_move_to_another_sitting(contents: list[dict[str, Any]]) -> None:
    assert breaks_at(2, chain(1, contents)) == 1


def test_the_first_receipts_never_change_between_releases() -> None:
    # Receipts are printed and kept by people for years: a changed algorithm must come as a new version beside this one.
    assert genesis(1) == GENESIS_1
    assert link(genesis(1), 1, {"kind": "answered", "item": "题1", "keys": ["A"]}) == LINK_1


GENESIS_1 = "60869ea096d044e8874e6998320dbf552a1c8c24b738a456eac0dc9a8824bd91"
LINK_1 = "34fa20b695853f70a320da632178b8a0c318ba860aee3c67b0b874b9453ede4c"
