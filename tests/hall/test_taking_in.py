"""Journals of another hall taken in as they stood, all or none, once however often it is tried (clauses K10, K13)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hall_harness import OPENS
from test_stores import address

from jiangheng.core.exam import receipts, site_bundle
from jiangheng.core.exam.attempt import Line
from jiangheng.core.exam.events import Answered, Entered, Extended, HandedIn, encode
from jiangheng.hall.books import AlreadyThere, append_control, open_store, replay, take_in

__all__ = ["address"]
SITTINGS = (701, 702)


def lines(sitting: int, *keys: str, extended: int = 0) -> tuple[Line, ...]:
    """A journal of these answers, and what an invigilator gave."""
    events = [
        Entered(1, device="d", at=OPENS),
        *(Answered(n, "s1", (key,), at=OPENS + n) for n, key in enumerate(keys)),
    ]
    head, made = receipts.genesis(sitting), []
    for number, event in enumerate([*events, HandedIn(False, at=OPENS + 9000)], start=1):
        head = receipts.link(head, number, encode(event))
        made.append(Line(number, encode(event), head))
    control = Line(0, encode(Extended(extended, "停电", at=OPENS + 500)), "")
    return (*made[:1], control, *made[1:]) if extended else tuple(made)


def bundle(*journals: tuple[int, tuple[Line, ...]]) -> site_bundle.Bundle:
    """A bundle with these journals; nothing else in it matters here."""
    made = [site_bundle.Journal(sitting=sitting, lines=each) for sitting, each in journals]
    return site_bundle.Bundle(
        format=site_bundle.FORMAT, package="0" * 64, place="45/", sessions=(1,), machine="m", partial=False,
        journals=tuple(made), set_aside=(), standings=(), turned_away={}, arrivals=(), acts=(), clock=(),
    )  # fmt: skip


def test_every_entry_stands_here_as_it_stood_there(address: str | Path) -> None:
    journals = {sitting: lines(sitting, "A", "B", extended=60) for sitting in SITTINGS}
    assert take_in(address, journals) == 2
    for sitting, each in journals.items():
        assert [Line(one.link, one.text, one.receipt) for one in replay(address, sitting)] == list(each)


def test_a_second_try_changes_nothing(address: str | Path) -> None:
    journals = {sitting: lines(sitting, "A", extended=60) for sitting in SITTINGS}
    take_in(address, journals)
    store = open_store(address)
    before = store.last_id()
    assert take_in(address, journals) == 0
    assert store.last_id() == before
    store.close()


def test_one_sitting_that_holds_something_else_keeps_all_of_them_out(address: str | Path) -> None:
    append_control(address, SITTINGS[1], Extended(60, "停电", at=OPENS))
    with pytest.raises(AlreadyThere) as no:
        take_in(address, {sitting: lines(sitting, "A") for sitting in SITTINGS})
    assert no.value.sittings == (SITTINGS[1],)
    assert replay(address, SITTINGS[0]) == []


def test_what_is_wrong_is_told_sitting_by_sitting() -> None:
    good, other = lines(701, "A", "B"), lines(702, "A", extended=60)
    broken = (good[0], Line(2, good[1].text.replace('"A"', '"C"'), good[1].receipt), *good[2:])
    strange = (*other[:1], Line(0, encode(Answered(5, "s1", ("D",), at=OPENS)), ""), *other[1:])
    found = site_bundle.troubles(bundle((701, broken), (702, strange), (703, lines(703, "A"))))
    assert list(found) == [701, 702]
    assert "第 2 条" in found[701] and "不该写它的人" in found[702]


def test_where_two_journals_part_the_chosen_one_counts_with_what_invigilators_did_at_both() -> None:
    here, there = lines(701, "A", "B", extended=60), lines(701, "C", extended=90)
    merged = site_bundle.merge([{701: here, 702: lines(702, "A")}, {701: there}])
    (fork,) = merged.forks
    choice = fork.versions.index(there)
    journals = site_bundle.decided(merged, {701: choice})
    assert set(journals) == {701, 702}
    assert [line for line in journals[701] if line.link] == [line for line in there if line.link]
    assert {line.text for line in journals[701] if not line.link} == {here[1].text, there[1].text}
    with pytest.raises(LookupError):
        site_bundle.decided(merged, {})
