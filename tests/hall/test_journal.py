"""The journal: group commit, back-pressure, and what happens when the store fails or two halls meet."""

from __future__ import annotations

import asyncio
import copy
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hall_harness import FACE, KEY, Bench, play

from jiangheng.core.exam import receipts
from jiangheng.core.exam.events import Answered, Event, Extended, HandedIn, Paused, encode
from jiangheng.hall import journal as journal_module
from jiangheng.hall.app import hall_app
from jiangheng.hall.books import append_control, append_controls, journal_path, open_store, replay, standings
from jiangheng.hall.entries import Draft, Entry, Standing, StoreError, chain_head
from jiangheng.hall.journal import Busy, Journal, Lost
from jiangheng.hall.papers import publish
from jiangheng.hall.store_sqlite import SqliteStore


class Chain:
    """One sitting's chain as the journal sees it."""

    def __init__(self, sitting: int) -> None:
        self.sitting = sitting
        self.broken = False
        self._head = receipts.genesis(sitting)
        self._links = 0

    def draft(self) -> Draft:
        """The next entry."""
        self._links += 1
        text = encode(Answered(self._links, "s1", ("A",), at=1))
        self._head = receipts.link(self._head, self._links, text)
        return Draft(self.sitting, text, self._links, self._head)


def silent(path: Path, **more: Any) -> Journal:
    """A journal nobody listens to, unless ``more`` says who."""
    return Journal(lambda: open_store(path), **{"heard": lambda entries: None, "news": lambda: ([], []), **more})


def test_many_sittings_at_once_are_all_on_disk_when_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"

    async def story() -> None:
        journal = silent(path)
        chains = [Chain(number) for number in range(40)]
        await asyncio.gather(*(journal.append(chain.draft(), chain) for chain in chains for _ in range(10)))
        for chain in chains:
            written = replay(path, chain.sitting)
            assert [entry.link for entry in written] == list(range(1, 11))
            assert chain_head(chain.sitting, written) == written[-1].receipt
        journal.close()

    asyncio.run(story())


def test_a_full_pool_takes_nothing_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"

    async def story() -> None:
        journal = silent(path, most_waiting=5)
        chain = Chain(1)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")  # The disk stands still: what comes now has to wait.
        waiting = []
        with pytest.raises(Busy):
            for _ in range(2000):
                waiting.append(journal.append(chain.draft(), chain))
        other.execute("COMMIT")
        await asyncio.gather(*waiting)
        assert len(replay(path, 1)) == len(waiting) >= 5
        journal.close()
        other.close()

    asyncio.run(story())


def test_the_page_hears_503_and_when_to_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise Busy

    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "append", full)
            refused = await bench.answer(ticket, fence, 1, "s1", "A")
        assert (refused.status, refused.body["code"], refused.headers["retry-after"]) == (503, "busy", "1")
        # Nothing of the refused answer stayed in memory: the repeat is a first.
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        assert (await bench.enter(ticket))["answers"] == {"s1": ["A"]}

    play(tmp_path, story)


def test_a_failing_disk_acknowledges_nothing_and_the_hall_recovers_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise StoreError("disk I/O error")

    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        with monkeypatch.context() as patch:
            patch.setattr(SqliteStore, "append", broken)
            refused = await asyncio.gather(*(bench.answer(ticket, fence, seq, "s2", "B") for seq in range(2, 12)))
        assert {(reply.status, reply.body["code"]) for reply in refused} == {(503, "store")}
        entry = await bench.enter(ticket)
        assert (entry["answers"], entry["seq"]) == ({"s1": ["A"]}, 1)
        assert (await bench.answer(ticket, entry["fence"], 2, "s2", "B")).status == 200
        written = replay(journal_path(tmp_path), 7)
        assert chain_head(7, written) == written[-1].receipt

    play(tmp_path, story)


def test_drafts_behind_a_failed_one_of_the_same_chain_are_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite3"
    honest, calls = SqliteStore.append, []

    def once_broken(self: SqliteStore, drafts: Sequence[Draft]) -> list[Draft]:
        calls.append(len(drafts))
        if len(calls) == 1:
            raise StoreError("database or disk is full")
        return honest(self, drafts)

    async def story() -> None:
        monkeypatch.setattr(SqliteStore, "append", once_broken)
        monkeypatch.setattr(journal_module, "_LARGEST_BATCH", 2)
        journal = silent(path)
        chain, other = Chain(1), Chain(2)
        futures = [journal.append(chain.draft(), chain) for _ in range(6)]
        futures.append(journal.append(other.draft(), other))
        results = await asyncio.gather(*futures, return_exceptions=True)
        assert all(isinstance(result, Lost) for result in results[:6])
        assert results[6] is None
        assert replay(path, 1) == []
        assert len(replay(path, 2)) == 1
        journal.close()

    asyncio.run(story())


def test_two_halls_on_one_journal_never_fork_a_chain(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        first = bench.hall
        await bench.enter(ticket)
        second = bench.hall = hall_app(tmp_path, KEY, lambda: bench.now)
        fence = (await bench.enter(ticket))["fence"]
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        # The first hall has not noticed. Its next write meets a taken place, is refused, and it looks again.
        bench.hall = first
        entry = await bench.enter(ticket)
        assert (entry["answers"], entry["fence"] >> 32) == ({"s1": ["A"]}, (fence >> 32) + 1)
        # And the second knows by the page's own number that it is behind.
        bench.hall = second
        assert (await bench.answer(ticket, entry["fence"], 2, "s2", "B")).status == 200
        assert (await bench.answer(ticket, fence, 3, "s2", "C")).body["code"] == "superseded"
        bench.hall = first
        assert (await bench.answer(ticket, entry["fence"], 3, "s2", "D")).status == 200
        written = replay(journal_path(tmp_path), 7)
        assert chain_head(7, written) == written[-1].receipt
        second.close()

    play(tmp_path, story)


def test_closing_writes_what_is_waiting_and_takes_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"

    async def story() -> None:
        journal = silent(path)
        chain = Chain(1)
        futures = [journal.append(chain.draft(), chain) for _ in range(3000)]
        journal.close()
        await asyncio.gather(*futures)
        assert len(replay(path, 1)) == 3000
        with pytest.raises(Lost):
            journal.append(chain.draft(), chain)

    asyncio.run(story())


def test_a_control_entry_without_a_moment_gets_the_present_one(tmp_path: Path) -> None:
    append_control(tmp_path / "j.sqlite3", 1, HandedIn(True))
    [entry] = replay(tmp_path / "j.sqlite3", 1)
    assert entry.event.at > 1_600_000_000_000
    assert (entry.event, entry.link, entry.receipt) == (HandedIn(True, at=entry.event.at), 0, "")


def test_control_entries_of_many_sittings_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    everybody: list[tuple[int, Event]] = [(number, Paused("火警", at=5)) for number in range(1, 4)]
    append_controls(path, everybody)
    assert [replay(path, number)[0].event for number in range(1, 4)] == [Paused("火警", at=5)] * 3
    with pytest.raises(ValueError, match="Answered is not a control event"):
        append_controls(path, [*everybody, (4, Answered(1, "s1", ("A",), at=5))])
    assert [len(replay(path, number)) for number in range(1, 5)] == [1, 1, 1, 0]


def test_a_hall_that_was_never_open_has_nothing_to_replay(tmp_path: Path) -> None:
    assert replay(tmp_path / "none.sqlite3", 1) == []
    assert standings(tmp_path / "none.sqlite3", sessions=[1]) == []
    assert not (tmp_path / "none.sqlite3").exists()


def test_the_hall_hears_each_control_entry_once(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    append_control(path, 1, Extended(60, "早", at=1))

    async def story() -> None:
        heard: list[Entry] = []
        journal = silent(path, heard=heard.extend)
        for number in range(3):
            append_control(path, 1, Extended(60, f"第 {number} 次", at=2))
            await asyncio.sleep(0.4)
        await _until(lambda: len(heard) >= 3)
        await asyncio.sleep(0.7)
        journal.close()
        later = [entry.event for entry in heard if entry.event.at == 2]
        assert later == [Extended(60, f"第 {number} 次", at=2) for number in range(3)]
        assert len({entry.id for entry in heard}) == len(heard)

    asyncio.run(story())


def test_what_watchers_are_told_is_written_beside_the_entries(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    place = {"session": 3, "place": "45/03/05/", "stage": "open", "total": 100, "focus_lost": 0, "deadline": 9}
    one = Standing(sitting=1, seen=5, answered=2, **place)
    told = [([one], [(1, 1, "stale", 2)]), ([], [(1, 1, "stale", 1)])]

    async def story() -> None:
        journal = silent(path, news=lambda: told.pop(0) if told else ([], []))
        await _until(lambda: not told)
        journal.close()
        store = open_store(path)
        assert (store.standings(sessions=[3]), store.turned_away([1])) == ([one], {1: {"stale": 3}})
        store.close()

    asyncio.run(story())


def test_what_could_not_be_noted_is_noted_later_and_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j.sqlite3"
    place = {"session": 3, "place": "45/03/05/", "total": 100, "focus_lost": 0, "deadline": 9}
    first, later = (Standing(sitting=1, stage=stage, seen=5, answered=2, **place) for stage in ("open", "handed"))
    told = [([first], [(1, 1, "stale", 2)]), ([later], [(1, 1, "stale", 1)])]
    failures = [StoreError("the disk is full")] * 2
    noting = SqliteStore.turn_away

    def failing(self: SqliteStore, counted: Any) -> None:
        if failures:
            raise failures.pop()
        noting(self, counted)

    monkeypatch.setattr(SqliteStore, "turn_away", failing)

    async def story() -> None:
        journal = silent(path, news=lambda: told.pop(0) if told else ([], []))
        await _until(lambda: not told and not failures)
        await asyncio.sleep(0.7)
        journal.close()
        store = open_store(path)
        assert (store.standings(sessions=[3]), store.turned_away([1])) == ([later], {1: {"stale": 3}})
        store.close()

    asyncio.run(story())


async def _until(holds: Callable[[], bool], *, seconds: float = 5.0) -> None:
    for _ in range(int(seconds / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda face: face["items"][0].update(answer=["A"]),
        lambda face: face.update(secret="x"),
        lambda face: face.pop("minutes"),
        lambda face: face["items"][0].update(kind="riddle"),
        lambda face: face["items"][0].update(kind="essay"),
        lambda face: face["items"][0].update(unit="Ω"),
        lambda face: face["items"][0].update(stem='看图<img src="media:00" alt="图"/>'),
        lambda face: face["items"].append(face["items"][0]),
        lambda face: face["items"][0]["options"].clear(),
    ],
)
def test_a_face_with_more_or_less_than_a_candidate_may_see_is_not_published(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    face = copy.deepcopy(FACE)
    spoil(face)
    with pytest.raises(ValueError, match="试"):
        publish(tmp_path, face)
