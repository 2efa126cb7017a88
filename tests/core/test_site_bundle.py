"""What a place gives back, and what the centre finds out before it takes it in (clause K13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam import receipts
from jiangheng.core.exam.attempt import Line
from jiangheng.core.exam.events import Answered, Event, Extended, Told, encode
from jiangheng.core.exam.site_bundle import (
    FORMAT,
    Bundle,
    ClockNote,
    Journal,
    check,
    digest,
    merge,
    public_key,
    read,
    seal,
    versions,
)

SECRET = bytes(range(32))
PACKAGE = "ab" * 32


def journal(sitting: int, events: Sequence[Event]) -> tuple[Line, ...]:
    """A journal as the hall would have written it."""
    head, links, lines = receipts.genesis(sitting), 0, []
    for event in events:
        text = encode(event)
        if isinstance(event, Answered):
            links += 1
            head = receipts.link(head, links, text)
            lines.append(Line(links, text, head))
        else:
            lines.append(Line(0, text, ""))
    return tuple(lines)


def answers(count: int, *, first: int = 1, keys: str = "A") -> list[Event]:
    """That many answers, one a second."""
    return [Answered(seq, "s1", (keys,), at=seq * 1000) for seq in range(first, first + count)]


def bundle(journals: dict[int, tuple[Line, ...]], **more: Any) -> Bundle:
    """A bundle with these journals."""
    given: dict[str, Any] = {
        "format": FORMAT, "package": PACKAGE, "place": "45/03/", "sessions": (1,), "machine": "m", "partial": False,
        "journals": tuple(Journal(sitting=sitting, lines=lines) for sitting, lines in journals.items()),
        "set_aside": (), "standings": (), "turned_away": {"7": {"late": 2}}, "arrivals": (), "acts": (),
        "clock": (ClockNote(why="启封", wall=5, hall=3, bureau=3),),
    }  # fmt: skip
    return Bundle(**(given | more))


def wrong(made: Bundle, **facts: Any) -> set[str]:
    """What the centre does not find sound."""
    known: dict[str, Any] = {"package": PACKAGE, "sittings": {7, 8}, "key": public_key(SECRET)}
    return {finding.about for finding in check(made, **(known | facts)) if not finding.sound}


GOOD = {7: journal(7, [*answers(5), Extended(60, "停电（监考人员：李四）", at=9000)]), 8: journal(8, answers(3))}


def test_a_good_bundle_is_sound_and_the_same_content_is_the_same_file() -> None:
    content = seal(bundle(GOOD), SECRET)
    assert wrong(read(content)) == set()
    assert seal(bundle(dict(reversed(GOOD.items()))), SECRET) == content
    assert digest(read(content)) == digest(read(seal(bundle(GOOD), SECRET)))
    assert digest(read(content)) != digest(read(seal(bundle(GOOD, machine="n"), SECRET)))


def test_each_thing_that_is_not_right_is_found() -> None:
    made = read(seal(bundle(GOOD), SECRET))
    assert wrong(made, package="cd" * 32) == {"试卷包"}
    assert wrong(made, sittings={7}) == {"名单"}
    assert wrong(made, key=public_key(bytes(32))) == {"签名"}
    assert wrong(msgspec.structs.replace(made, partial=True)) == {"签名"}
    twice = read(seal(msgspec.structs.replace(made, journals=made.journals + made.journals[:1]), SECRET))
    assert wrong(twice) == {"名单"}


def test_an_entry_that_was_altered_dropped_added_or_moved_is_found_even_when_signed_again() -> None:
    lines = GOOD[7]
    altered = (lines[0], Line(2, lines[1].text.replace('"A"', '"B"'), lines[1].receipt), *lines[2:])
    for other in (
        altered,
        (*lines[:1], *lines[2:]),
        (lines[1], lines[0], *lines[2:]),
        (*lines[:2], lines[1], *lines[2:]),
    ):
        assert wrong(read(seal(bundle({7: other}), SECRET))) == {"凭据链"}
    dropped = msgspec.structs.replace(read(seal(bundle(GOOD), SECRET)), journals=(Journal(sitting=7, lines=lines[:3]),))
    assert {"签名", "完整"} <= wrong(dropped)


def test_an_office_cannot_answer_and_a_candidate_cannot_give_himself_time() -> None:
    answered = Line(0, encode(answers(1)[0]), "")
    assert wrong(read(seal(bundle({7: (answered,)}), SECRET))) == {"内容"}
    text = encode(Extended(600, "x", at=1))
    mine = Line(1, text, receipts.link(receipts.genesis(7), 1, text))
    assert wrong(read(seal(bundle({7: (mine,)}), SECRET))) == {"内容"}


@given(st.integers(0, 6), st.integers(0, 6), st.permutations([0, 1]))
def test_of_two_machines_the_longer_journal_holds_and_the_order_does_not_matter(
    one: int, other: int, order: list[int]
) -> None:
    both = [{7: journal(7, answers(one))}, {7: journal(7, answers(other))}]
    merged = merge([both[place] for place in order])
    assert merged.journals == {7: journal(7, answers(max(one, other)))}
    assert merged.forks == ()


def test_what_the_invigilator_did_on_either_machine_is_kept_at_its_moment() -> None:
    here = journal(7, [*answers(2), Told("一", at=2500), *answers(2, first=3)])
    there = journal(7, [*answers(2), Told("一", at=2500), Told("二", at=2600)])
    (lines,) = merge([{7: there}, {7: here}]).journals.values()
    assert [line.text for line in lines if not line.link] == [encode(Told("一", at=2500)), encode(Told("二", at=2600))]
    assert [line.link for line in lines] == [1, 2, 0, 0, 3, 4]


def test_a_fork_is_told_with_both_versions_and_the_others_are_merged() -> None:
    here = {7: journal(7, [*answers(3), *answers(2, first=4, keys="B")]), 8: journal(8, answers(1))}
    there = {7: journal(7, [*answers(3), *answers(1, first=4, keys="C")]), 8: journal(8, answers(2))}
    for order in ([here, there], [there, here], [here, there, here]):
        merged = merge(order)
        (fork,) = merged.forks
        assert (fork.sitting, fork.common) == (7, 3)
        assert set(fork.versions) == {here[7], there[7]}
        assert merged.journals == {8: there[8]}


def test_a_journal_that_was_set_aside_is_one_of_the_versions() -> None:
    aside = journal(7, [*answers(3), *answers(1, first=4, keys="C")])
    made = read(seal(bundle(GOOD, set_aside=(Journal(sitting=7, lines=aside),)), SECRET))
    assert wrong(made) == set()
    merged = merge(versions(made))
    assert [fork.sitting for fork in merged.forks] == [7]
    assert aside in merged.forks[0].versions
