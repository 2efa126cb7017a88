"""core/exam/receipts.py: an altered, dropped, added or moved entry is found, and where."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jiangheng.core.exam.receipts import BrokenChain, genesis, link, verify

Chain = list[tuple[str, str]]
texts = st.text(st.characters(codec="utf-8"), max_size=12)


def chain(sitting: int, contents: list[str]) -> Chain:
    made: Chain = []
    head = genesis(sitting)
    for number, text in enumerate(contents, start=1):
        head = link(head, number, text)
        made.append((text, head))
    return made


def breaks_at(sitting: int, entries: Chain) -> int:
    with pytest.raises(BrokenChain) as caught:
        verify(sitting, entries)
    return caught.value.number


@given(st.integers(0), st.lists(texts, max_size=9))
def test_a_whole_chain_gives_its_last_receipt(sitting: int, contents: list[str]) -> None:
    made = chain(sitting, contents)
    assert verify(sitting, made) == (made[-1][1] if made else genesis(sitting))


@given(st.lists(texts, min_size=1, max_size=9), texts, st.data())
def test_an_altered_entry_is_found(contents: list[str], other: str, data: st.DataObject) -> None:
    made = chain(1, contents)
    place = data.draw(st.integers(0, len(made) - 1))
    assume(made[place][0] != other)
    made[place] = (other, made[place][1])
    assert breaks_at(1, made) == place + 1


@given(st.lists(texts, min_size=2, max_size=9), st.data())
def test_a_dropped_entry_is_found(contents: list[str], data: st.DataObject) -> None:
    made = chain(1, contents)
    place = data.draw(st.integers(0, len(made) - 2))
    del made[place]
    assert breaks_at(1, made) == place + 1


@given(st.lists(texts, min_size=2, max_size=9), st.data())
def test_two_entries_cannot_change_places(contents: list[str], data: st.DataObject) -> None:
    made = chain(1, contents)
    place = data.draw(st.integers(0, len(made) - 2))
    made[place], made[place + 1] = made[place + 1], made[place]
    assert breaks_at(1, made) == place + 1


@given(st.lists(texts, min_size=1, max_size=5))
def test_entries_cannot_move_to_another_sitting(contents: list[str]) -> None:
    assert breaks_at(2, chain(1, contents)) == 1


def test_the_first_receipts_never_change_between_releases() -> None:
    # Receipts are printed and kept by people for years: a changed algorithm must come as a new version beside this one.
    assert genesis(1) == GENESIS_1
    assert link(genesis(1), 1, '{"event":"answered","seq":1,"item":"题1","keys":["A"],"at":5}') == LINK_1


GENESIS_1 = "2759371707a02bd544177534ed9beb03ce5cac1b427771ab2d2db40699daf645"
LINK_1 = "8b677da91e33cb51dab8eaaf7a6888aa6823c0eb7b6e6d50099b72ac2e122e4c"
