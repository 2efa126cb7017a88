"""The journal: group commit, back-pressure, and what happens when the store fails or two halls meet."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from hall_harness import Bench, play

from jiangheng.core.exam import receipts
from jiangheng.core.exam.sitting import Answered, Extended, HandedIn, to_record
from jiangheng.hall import journal as journal_module
from jiangheng.hall.app import hall_app
from jiangheng.hall.journal import Busy, Journal, Lost
from jiangheng.hall.papers import publish
from jiangheng.hall.store_sqlite import Draft, Entry, Store, append_control, chain_head, journal_path, last_seen, replay


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
        event = Answered(self._links, "s1", ("A",), at=1)
        self._head = receipts.link(self._head, self._links, to_record(event))
        return Draft(self.sitting, event, self._links, self._head)


def silent(path: Path, **more: int) -> Journal:
    return Journal(path, heard=lambda entries: None, seen=lambda: [], **more)


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
        raise sqlite3.OperationalError("disk I/O error")

    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        with monkeypatch.context() as patch:
            patch.setattr(Store, "append", broken)
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
    honest, calls = Store.append, []

    def once_broken(self: Store, drafts: list[Draft]) -> list[Draft]:
        calls.append(len(drafts))
        if len(calls) == 1:
            raise sqlite3.OperationalError("database or disk is full")
        return honest(self, drafts)

    async def story() -> None:
        monkeypatch.setattr(Store, "append", once_broken)
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
        second = bench.hall = hall_app(tmp_path, b"test key of the hall, 32 bytes..", lambda: bench.now)
        fence = (await bench.enter(ticket))["fence"]
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        # The first hall has not noticed. Its next write meets a taken place, is refused, and it looks again.
        bench.hall = first
        stale = await bench.post("/hall/enter", {"pass": ticket})
        assert (stale.status, stale.body["code"]) == (503, "store")
        entry = await bench.enter(ticket)
        assert (entry["answers"], entry["fence"]) == ({"s1": ["A"]}, fence + 1)
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


@pytest.mark.parametrize("statement", ["UPDATE entry SET sitting = 9", "DELETE FROM entry"])
def test_an_entry_is_never_changed_or_removed(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "journal.sqlite3"
    append_control(path, 1, Extended(60, "迟发卷", at=5))
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)
    db.close()
    assert replay(path, 1) == [Entry(1, 1, Extended(60, "迟发卷", at=5))]


def test_a_control_entry_without_a_moment_gets_the_present_one(tmp_path: Path) -> None:
    entry = append_control(tmp_path / "j.sqlite3", 1, HandedIn(True))
    assert entry.event.at > 1_600_000_000_000
    assert replay(tmp_path / "j.sqlite3", 1) == [entry]


def test_a_hall_that_was_never_open_has_nothing_to_replay(tmp_path: Path) -> None:
    assert replay(tmp_path / "none.sqlite3", 1) == []
    assert last_seen(tmp_path / "none.sqlite3", [1]) == {}
    assert not (tmp_path / "none.sqlite3").exists()


def test_tail_gives_what_came_after_and_controls_only_the_offices_entries(tmp_path: Path) -> None:
    store = Store(tmp_path / "j.sqlite3")
    chain = Chain(1)
    store.append([chain.draft(), Draft(1, Extended(60, "x", at=1)), chain.draft()])
    assert [entry.id for entry in store.tail(1)] == [2, 3]
    assert [entry.id for entry in store.controls(0)] == [2]
    store.close()


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
def test_a_face_with_more_or_less_than_a_candidate_may_see_is_not_published(tmp_path: Path, spoil: object) -> None:
    import copy

    from hall_harness import FACE

    face = copy.deepcopy(FACE)
    spoil(face)  # type: ignore[operator]
    with pytest.raises(ValueError, match="试"):
        publish(tmp_path, face)
