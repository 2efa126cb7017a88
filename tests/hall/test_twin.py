"""Two machines that keep each other's copy, step by step: who leads, who has what, and what a cut line does (K13)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jiangheng.core.exam import receipts
from jiangheng.core.exam.attempt import Line
from jiangheng.core.exam.events import Answered, Told, encode
from jiangheng.core.exam.site_bundle import merge
from jiangheng.hall.books import replay
from jiangheng.hall.entries import Draft, StoreError
from jiangheng.hall.store_sqlite import SqliteStore
from jiangheng.hall.twin import NotLeading, Twin
from jiangheng.hall.twin_line import Message, Seal, Unheard

SECRET = "一起保存的两台机器"


class Wire:
    """The line between two machines of a test, which can be cut and can lose answers."""

    def __init__(self) -> None:
        self.cut = False
        self.deaf = False

    def to(self, other: Callable[[], Twin]) -> Any:
        """What a machine holds to ask the other."""
        wire, seal = self, Seal(SECRET)

        class Held:
            def ask(self, message: Message) -> Message:
                if wire.cut:
                    raise Unheard("cut")
                question = seal.close(message)
                answer = other().answer(question)
                if wire.deaf:
                    raise Unheard("the answer was lost")
                return seal.open(answer, to=question[:12])

            def close(self) -> None: ...

        return Held()


class Pair:
    """Two machines, A and B, whose threads stand still: a test makes every step."""

    def __init__(self, folder: Path) -> None:
        self.wire = Wire()
        self.paths = {name: folder / name / "journal.sqlite3" for name in "ab"}
        self.twins: dict[str, Twin] = {}
        for name in "ab":
            self.start(name)

    def start(self, name: str) -> Twin:
        """A machine that remembers nothing but its files."""
        other = "b" if name == "a" else "a"
        self.paths[name].parent.mkdir(parents=True, exist_ok=True)
        twin = Twin(
            url="http://x", secret=SECRET, journal=self.paths[name], machine=name, now=lambda: 5, code=lambda: "",
            learn=lambda code, now: None,
        )  # fmt: skip
        held = self.wire.to(lambda: self.twins[other])
        twin._line = twin._probe = held
        self.twins[name] = twin
        return twin

    def take_over(self, twin: Twin) -> bool:
        """A candidate comes to a machine, long enough after it last asked for the other."""
        twin._sought = 0.0
        return twin.take_over()

    def texts(self, name: str, sitting: int = 7) -> list[str]:
        """The journal of a machine."""
        return [entry.text for entry in replay(self.paths[name], sitting)]

    def lines(self, name: str) -> dict[int, tuple[Line, ...]]:
        """The same as a bundle has it."""
        return {7: tuple(Line(entry.link, entry.text, entry.receipt) for entry in replay(self.paths[name], 7))}

    def close(self) -> None:
        for twin in self.twins.values():
            twin.stop()


@pytest.fixture
def pair(tmp_path: Path) -> Any:
    """A leads, and both are at one."""
    made = Pair(tmp_path)
    a, b = made.twins["a"], made.twins["b"]
    made.wire.cut = True
    a._seek()
    made.wire.cut = False
    b._seek()
    a._join()
    assert (a.leading, a.together, b.leading) == (True, True, False)
    yield made
    made.close()


class Chain:
    """What a seat would write."""

    def __init__(self, sitting: int = 7) -> None:
        self.sitting, self.links, self.head = sitting, 0, receipts.genesis(sitting)

    def next(self, key: str = "A") -> Draft:
        """The next answer."""
        self.links += 1
        text = encode(Answered(self.links, "s1", (key,), at=self.links))
        self.head = receipts.link(self.head, self.links, text)
        return Draft(self.sitting, text, self.links, self.head)


def test_what_is_written_is_on_both_disks(pair: Pair) -> None:
    chain = Chain()
    for _ in range(5):
        assert pair.twins["a"].write([chain.next(), chain.next()]) == []
    assert pair.texts("a") == pair.texts("b")
    assert len(pair.texts("b")) == 10


def test_who_follows_writes_nothing_of_its_own(pair: Pair) -> None:
    with pytest.raises(NotLeading):
        pair.twins["b"].write([Chain().next()])
    assert pair.texts("b") == []


def test_a_cut_line_leaves_the_leader_alone_and_what_was_missed_is_brought(pair: Pair) -> None:
    a, chain = pair.twins["a"], Chain()
    a.write([chain.next()])
    pair.wire.cut = True
    assert a.write([chain.next()]) == []
    assert not a.together
    a.write([Draft(7, encode(Told("注意时间", at=3)))])
    assert len(pair.texts("b")) == 1
    pair.wire.cut = False
    a._join()
    a.write([chain.next()])
    assert pair.texts("b") == pair.texts("a")
    assert len(pair.texts("b")) == 4


def test_a_lost_answer_of_the_follower_forks_nothing(pair: Pair) -> None:
    a, chain = pair.twins["a"], Chain()
    pair.wire.deaf = True
    a.write([chain.next()])
    pair.wire.deaf = False
    a._join()
    a.write([chain.next()])
    assert a.together
    assert pair.texts("a") == pair.texts("b")
    assert not list(pair.paths["b"].parent.glob("*aside*"))


def test_when_the_leader_dies_the_follower_has_everything_that_was_acknowledged(pair: Pair) -> None:
    a, b, chain = pair.twins["a"], pair.twins["b"], Chain()
    for _ in range(3):
        a.write([chain.next()])
    a.stop()
    pair.wire.cut = True
    assert pair.take_over(b)
    assert b.epoch == 2
    b.write([chain.next()])
    pair.wire.cut = False
    pair.start("a")._seek()
    assert not pair.twins["a"].leading
    b._join()
    assert b.together
    assert pair.texts("a") == pair.texts("b")
    assert len(pair.texts("a")) == 4


def test_an_entry_on_the_followers_disk_alone_is_owed_to_the_leaders(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, chain = pair.twins["a"], Chain()
    a.write([chain.next()])
    honest, calls = SqliteStore.append, []

    def once_broken(self: SqliteStore, drafts: Any) -> Any:
        calls.append(drafts)
        # the first writing is the follower's, the second the leader's
        if len(calls) == 2:
            raise StoreError("disk I/O error")
        return honest(self, drafts)

    second = chain.next("B")
    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "append", once_broken)
        with pytest.raises(StoreError):
            a.write([second])
    # the candidate sends it again, and by then it has another moment: it is a repeat of what is there
    again = Draft(7, encode(Answered(2, "s1", ("B",), at=99)), 2, "x" * 64)
    assert a.write([again]) == [again]
    assert pair.texts("a") == pair.texts("b") == [encode(Answered(1, "s1", ("A",), at=1)), second.text]


def test_of_two_that_lead_the_lower_steps_down_and_what_each_alone_had_is_put_together(pair: Pair) -> None:
    a, b = pair.twins["a"], pair.twins["b"]
    one, other = Chain(7), Chain(8)
    a.write([one.next(), other.next()])
    pair.wire.cut = True
    a.write([one.next()])
    assert pair.take_over(b)
    b.write([other.next()])
    assert a.leading and b.leading
    pair.wire.cut = False
    with pytest.raises(NotLeading):
        a._join()
        a.write([one.next()])
    assert not a.leading
    b._join()
    assert b.together
    for sitting in (7, 8):
        assert pair.texts("a", sitting) == pair.texts("b", sitting)
        assert len(pair.texts("a", sitting)) == 2
    assert not list(pair.paths["a"].parent.glob("*aside*"))


def test_where_both_took_answers_of_one_sitting_neither_is_lost(pair: Pair) -> None:
    a, b = pair.twins["a"], pair.twins["b"]
    here = Chain()
    first = here.next()
    a.write([first])
    pair.wire.cut = True
    there = Chain()
    there.next()
    a.write([here.next("B")])
    assert pair.take_over(b)
    b.write([there.next("C"), there.next("D")])
    before = pair.lines("a"), pair.lines("b")
    pair.wire.cut = False
    a._join()
    assert not a.leading
    b._join()
    assert pair.texts("a") == pair.texts("b")
    (aside,) = pair.paths["a"].parent.glob("journal.aside-*.sqlite3")
    kept = {7: tuple(Line(entry.link, entry.text, entry.receipt) for entry in replay(aside, 7))}
    assert kept == before[0]
    merged = merge([pair.lines("a"), kept, pair.lines("b")])
    (fork,) = merged.forks
    assert (fork.sitting, fork.common) == (7, 1)
    assert set(fork.versions) == {before[0][7], before[1][7]}


def test_a_message_heard_before_is_not_heard_again_and_a_stranger_is_not_heard(pair: Pair) -> None:
    a, b, heard = pair.twins["a"], pair.twins["b"], []
    honest = b.answer

    def listening(sealed: bytes) -> bytes:
        heard.append(sealed)
        return honest(sealed)

    b.answer = listening  # type: ignore[method-assign]
    pair.wire.cut = True
    a.write([Chain().next()])
    pair.wire.cut = False
    a._join()
    seal = Seal(SECRET)
    said = [(sealed, seal.open(sealed).kind) for sealed in heard]
    assert {"heads", "fill", "step"} <= {kind for _, kind in said}
    for sealed, kind in said:
        if kind != "hello":
            assert seal.open(honest(sealed), to=sealed[:12]).kind == "who"
    stranger = Message(kind="aside", machine="z", epoch=9, leading=True, now=0)
    with pytest.raises(Unheard):
        honest(Seal("another secret").close(stranger))
    assert not b.leading


def test_who_is_behind_takes_nothing_that_comes_after_a_gap(pair: Pair) -> None:
    a, chain = pair.twins["a"], Chain()
    a.write([chain.next()])
    pair.twins["b"].stop()
    pair.start("b")
    a.write([chain.next()])
    assert not a.together
    assert len(pair.texts("b")) == 1
    a._join()
    assert pair.texts("b") == pair.texts("a")
