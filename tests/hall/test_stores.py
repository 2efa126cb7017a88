"""The two stores of the journal keep the same promises: a file always, a server when DATABASE_URL names one (K10, K13).

The server's tests use a database of their own beside the one that is named; it is dropped again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from hall_harness import KEY, Bench, play

from jiangheng.core.exam import receipts
from jiangheng.core.exam.events import Answered, Extended, Paused, encode
from jiangheng.hall import store_sqlite
from jiangheng.hall.app import hall_app
from jiangheng.hall.books import append_control, journal_path, open_store, replay, standings
from jiangheng.hall.entries import SILENT_MS, Crowd, Draft, Entry, SeatCheck, Standing, Store, StoreError, chain_head

SERVER = os.environ.get("DATABASE_URL", "")
CHANGES = {
    "file": [
        "UPDATE entry SET sitting = 9",
        "DELETE FROM entry",
        "UPDATE entry SET event = '' WHERE link IS NULL",
    ],
    "server": [
        "UPDATE hall.entry SET sitting = 9",
        "DELETE FROM hall.entry",
        "UPDATE hall.entry SET event = '' WHERE link IS NULL",
        "TRUNCATE hall.entry",
    ],
}


@pytest.fixture(params=["file", "server"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Where a fresh journal is to lie: in a file, or in a database of its own."""
    if request.param == "file":
        yield tmp_path / "journal.sqlite3"
        return
    if not SERVER.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL")
    import psycopg

    name = f"test_hall_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
        finally:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def opened(address: str | Path) -> Iterator[Callable[[], Store]]:
    """Opens one more connection to that journal; all are closed in the end."""
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(open_store(address))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


def chain(sitting: int, count: int, *, first: int = 1, head: str = "", key: str = "A") -> list[Draft]:
    """So many entries of a sitting's chain, each with its true receipt."""
    drafts, head = [], head or receipts.genesis(sitting)
    for number in range(first, first + count):
        text = encode(Answered(number, "s1", (key,), at=1))
        head = receipts.link(head, number, text)
        drafts.append(Draft(sitting, text, number, head))
    return drafts


def written(store: Store, sitting: int) -> list[tuple[int, str, str]]:
    return [(entry.link, entry.text, entry.receipt) for entry in store.replay(sitting)]


def said(drafts: Sequence[Draft]) -> list[tuple[int, str, str]]:
    return [(draft.link, draft.text, draft.receipt) for draft in drafts]


def test_what_was_appended_is_read_back_in_order_by_any_connection(opened: Callable[[], Store]) -> None:
    store, other = opened(), opened()
    one, two = chain(1, 5), chain(2, 3)
    assert store.append([one[0], two[0], *one[1:3], *two[1:]]) == []
    assert store.append(one[3:]) == []
    for reader in (store, other):
        assert (written(reader, 1), written(reader, 2), reader.replay(3)) == (said(one), said(two), [])
        assert chain_head(1, reader.replay(1)) == one[-1].receipt
        ids = [entry.id for entry in reader.tail(0)]
        assert (ids, reader.last_id()) == (sorted(set(ids)), max(ids))
        assert [entry.id for entry in reader.tail(ids[4])] == ids[5:]


def test_an_empty_journal_says_so(opened: Callable[[], Store]) -> None:
    store = opened()
    assert (store.last_id(), store.tail(0), store.controls(0), store.replay(1)) == (0, [], [], [])
    assert (store.standings(sessions=[1]), store.turned_away([1])) == ([], {})
    assert store.append([]) == []
    assert store.last_id() == 0


def test_texts_of_every_language_and_length_come_back_letter_by_letter(opened: Callable[[], Store]) -> None:
    store = opened()
    texts = ["题'\"\\%s", "😀\u200b%(x)s", "{1,2}", "字" * 20_000, "\x00\n\t"]
    drafts = [
        Draft(1, encode(Answered(number, "e1", (text,), at=2**50)), number, f"{number:064x}")
        for number, text in enumerate(texts, start=1)
    ]
    assert store.append(drafts) == []
    events = [entry.event for entry in store.replay(1)]
    assert [event.keys[0] for event in events if isinstance(event, Answered)] == texts


def test_a_taken_place_is_refused_with_all_later_drafts_of_its_sitting_and_the_others_are_written(
    opened: Callable[[], Store],
) -> None:
    first, second = opened(), opened()
    assert first.append(chain(1, 2)) == []
    mine, fine, control = chain(1, 4, key="B"), chain(2, 2), Draft(1, encode(Extended(60, "x", at=1)))
    # The second holds entries 2 to 4 for free; so 2 is taken, 3 and 4 stand on it, and 5 of another chain does not.
    refused = second.append([fine[0], *mine[1:], fine[1], *chain(3, 1)])
    assert refused == mine[1:]
    assert (written(first, 1), written(first, 2)) == (said(chain(1, 2)), said(fine))
    assert written(first, 3) == said(chain(3, 1))
    assert second.append([control]) == []


def test_the_same_place_twice_in_one_batch_is_taken_once(opened: Callable[[], Store]) -> None:
    store = opened()
    one, other = chain(1, 2), chain(1, 2, key="B")
    assert store.append([one[0], other[0], one[1], *chain(2, 1)]) == [other[0], one[1]]
    assert written(store, 1) == said(one[:1])
    assert written(store, 2) == said(chain(2, 1))


def test_entries_are_found_in_their_order_and_their_places_taken_however_many_follow(
    opened: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_sqlite, "_UNPLACED", 5)
    writer, late = opened(), opened()
    chains = {sitting: chain(sitting, 30) for sitting in range(1, 8)}
    for link in range(30):
        # two writers in turns, as when a hall is started beside another one
        (writer if link % 3 else late).append([drafts[link] for drafts in chains.values()])
    fresh = opened()
    for sitting, drafts in chains.items():
        assert written(fresh, sitting) == said(drafts)
        assert chain_head(sitting, fresh.replay(sitting)) == drafts[-1].receipt
    for store in (writer, late, fresh):
        again = [drafts[place] for drafts in chains.values() for place in (3, 29)]
        assert store.append(again) == again
    assert fresh.last_id() == 7 * 30


def test_a_writer_that_was_idle_while_another_wrote_much_finds_every_place_taken(
    opened: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_sqlite, "_UNPLACED", 4)
    monkeypatch.setattr(store_sqlite, "_MOST_LINKS", 3)
    idle, busy = opened(), opened()
    chains = {sitting: chain(sitting, 3) for sitting in range(1, 7)}
    assert idle.append([drafts[0] for drafts in chains.values()]) == []
    for place in (1, 2):
        for drafts in chains.values():
            assert busy.append([drafts[place]]) == []
    later = [drafts[2] for drafts in chains.values()]
    assert idle.append(later) == later
    assert idle.append(chain(9, 2)) == []


def test_control_entries_have_no_place_and_never_collide(opened: Callable[[], Store]) -> None:
    store = opened()
    extended, paused = Draft(1, encode(Extended(60, "x", at=1))), Draft(2, encode(Paused("y", at=1)))
    one = chain(1, 2)
    assert store.append([one[0], extended, extended, paused, one[1]]) == []
    found = store.controls(0)
    assert [(entry.sitting, entry.text) for entry in found] == [
        (d.sitting, d.text) for d in (extended, extended, paused)
    ]
    assert store.controls(found[0].id) == found[1:]
    assert store.controls(found[-1].id) == []
    assert [entry.link for entry in store.replay(1)] == [1, 0, 0, 2]
    assert chain_head(1, store.replay(1)) == one[-1].receipt


def test_no_place_below_one_and_no_receipt_without_a_place(opened: Callable[[], Store]) -> None:
    store = opened()
    for bad in (Draft(1, "{}", -1, "ab"), Draft(1, "{}", 0, "ab"), Draft(1, "{}", 1, "")):
        try:
            assert store.append([bad]) == [bad]
        except StoreError:
            continue
    assert store.replay(1) == []


def test_an_entry_is_never_changed_or_removed(address: str | Path, opened: Callable[[], Store]) -> None:
    append_control(address, 1, Extended(60, "迟发卷", at=5))
    store = opened()
    store.append(chain(1, 2))
    before = store.tail(0)
    for change in CHANGES["file" if isinstance(address, Path) else "server"]:
        with pytest.raises(Exception, match="append-only"):
            _execute(address, change)
    assert store.tail(0) == before
    assert replay(address, 1)[0] == Entry(before[0].id, 1, encode(Extended(60, "迟发卷", at=5)))


def _execute(address: str | Path, statement: str) -> None:
    if isinstance(address, Path):
        db: Any = sqlite3.connect(address)
    else:
        import psycopg

        db = psycopg.connect(address, autocommit=True)
    try:
        db.execute(statement)
    finally:
        db.close()


def standing(sitting: int, **more: Any) -> Standing:
    fields: dict[str, Any] = {
        "session": 3, "place": "45/03/05/0017/", "stage": "open", "seen": 100, "answered": 2, "total": 100,
        "focus_lost": 1, "deadline": 2**50,
    }  # fmt: skip
    return Standing(sitting=sitting, **(fields | more))


def test_standings_are_found_by_session_by_place_and_since_a_moment(
    address: str | Path, opened: Callable[[], Store]
) -> None:
    store = opened()
    here, there = standing(1), standing(2, session=4, place="45/03/06/0001/", seen=200)
    near = standing(3, session=5, place="45/03/050/0001/", seen=300)
    store.stand([there, here, near])
    assert store.standings(sessions=[3]) == [here]
    assert _by_sitting(store.standings(sessions=[3, 4])) == [here, there]
    assert store.standings() == []
    assert store.standings(place="45/03/05/") == [here]
    assert _by_sitting(store.standings(place="45/03/")) == [here, there, near]
    assert _by_sitting(store.standings(place="45/03/", since=200)) == [there, near]
    assert standings(address, sessions=[3, 4], since=101) == [there]
    # a place is asked for alone: what sessions lie in it is for the place to say
    assert store.standings(sessions=[4], place="45/03/05/") == [here]


def _by_sitting(found: list[Standing]) -> list[Standing]:
    return sorted(found, key=lambda one: one.sitting)


def test_the_latest_standing_of_a_sitting_replaces_the_one_before(opened: Callable[[], Store]) -> None:
    store, other = opened(), opened()
    store.stand([standing(1), standing(2)])
    moved = standing(1, stage="handed", seen=101, answered=99, session=9, place="45/03/07/")
    other.stand([moved])
    assert store.standings(sessions=[3]) == [standing(2)]
    assert store.standings(sessions=[9]) == [moved]
    store.stand([])


def test_the_latest_check_of_a_machine_replaces_the_one_before(opened: Callable[[], Store]) -> None:
    store, other = opened(), opened()
    first = SeatCheck(room=4, number=2, at=100, sound=False, findings='{"faults":["clock"]}')
    beside = [
        SeatCheck(room=4, number=1, at=300, sound=True, findings="{}"),
        SeatCheck(room=5, number=2, at=400, sound=False, findings="{}"),
    ]
    for one in (first, *beside):
        store.note_seat(one)
    assert other.seats_of(4, 0) == [beside[0], first] and other.seats_of(5, 0) == [beside[1]]
    second = SeatCheck(room=4, number=2, at=200, sound=True, findings='{"faults":[]}')
    other.note_seat(second)
    assert store.seats_of(4, 0) == [beside[0], second]
    assert store.seats_of(4, 201) == [beside[0]] and store.seats_of(6, 0) == []


def test_refusals_are_counted_together_whoever_counts_them(opened: Callable[[], Store]) -> None:
    store, other = opened(), opened()
    store.turn_away([(1, 7, "superseded", 2), (1, 7, "stale", 1), (1, 0, "pass_forged", 5)])
    other.turn_away([(1, 7, "superseded", 3), (2, 7, "superseded", 1), (1, 8, "ended", 1)])
    assert store.turned_away([7]) == {7: {"superseded": 6, "stale": 1}}
    assert store.turned_away([0, 8, 9]) == {0: {"pass_forged": 5}, 8: {"ended": 1}}
    store.turn_away([])


def test_a_place_is_summed_up_session_by_session(opened: Callable[[], Store]) -> None:
    store = opened()
    late = 1_000_000
    store.stand(
        [
            standing(1, seen=late), standing(2, seen=late - SILENT_MS - 1, focus_lost=0),
            standing(3, seen=0, stage="handed", answered=100, focus_lost=0),
            standing(4, session=4, place="45/03/06/0001/", stage="paused", seen=0), standing(5, place="45/02/"),
        ]
    )  # fmt: skip
    found = {crowd.session: crowd for crowd in store.crowds("45/03/", late)}
    assert found == {
        3: Crowd(
            session=3, place="45/03/05/0017/", stages={"open": 2, "handed": 1}, silent=1, strayed=1, answered=104,
            total=300,
        ),
        4: Crowd(
            session=4, place="45/03/06/0001/", stages={"paused": 1}, silent=0, strayed=1, answered=2, total=100
        ),
    }  # fmt: skip
    assert store.crowds("45/09/", late) == []


def test_a_whole_sitting_is_the_same_on_either_store(address: str | Path, tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        def open_hall() -> None:
            bench.hall.close()
            at_server = "" if isinstance(address, Path) else address
            bench.hall = hall_app(tmp_path, KEY, lambda: bench.now, journal=at_server)

        open_hall()
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        first = await bench.answer(ticket, fence, 1, "s1", "A")
        assert (await bench.answer(ticket, fence, 2, "m1", "A", "C")).status == 200
        open_hall()
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).body == first.body
        changed = await bench.answer(ticket, fence, 1, "s1", "B")
        assert (changed.status, changed.body["code"]) == (409, "seq_conflict")
        done = await bench.post("/hall/submit", {"pass": ticket, "fence": fence})
        assert (done.body["answered"], done.body["total"]) == (2, 4)
        found = replay(journal_path(tmp_path) if isinstance(address, Path) else address, 7)
        assert chain_head(7, found) == done.body["receipt"]
        assert [type(entry.event).__name__ for entry in found] == ["Entered", "Answered", "Answered", "HandedIn"]

    play(tmp_path, story)


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of these gives, begun at one moment on threads of their own."""
    gate = threading.Barrier(len(acts))
    given: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            given[place] = acts[place]()
        except StoreError as error:
            given[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_of_two_that_race_for_one_chain_exactly_one_wins_each_place(opened: Callable[[], Store]) -> None:
    one, other = opened(), opened()
    won, head = [], ""
    for number in range(1, 41):
        [mine], [yours] = chain(1, 1, first=number, head=head), chain(1, 1, first=number, head=head, key="B")
        results = _at_once(lambda mine=mine: one.append([mine]), lambda yours=yours: other.append([yours]))
        assert sorted(results, key=len) in ([[], [mine]], [[], [yours]])
        won.append(yours if results[0] else mine)
        head = won[-1].receipt
    assert written(one, 1) == said(won)
    assert chain_head(1, one.replay(1)) == head


def test_two_that_write_the_same_chains_crosswise_neither_fail_nor_fork_one(opened: Callable[[], Store]) -> None:
    one, other = opened(), opened()
    for start in range(0, 4_000, 400):
        mine = [chain(sitting, 1)[0] for sitting in range(start, start + 400)]
        yours = [chain(sitting, 1, key="B")[0] for sitting in reversed(range(start, start + 400))]
        refused = _at_once(lambda mine=mine: one.append(mine), lambda yours=yours: other.append(yours))
        assert not any(isinstance(result, StoreError) for result in refused), refused
        assert len(refused[0]) + len(refused[1]) == 400
    entries = one.tail(0)
    assert sorted(entry.sitting for entry in entries) == list(range(4_000))
    for entry in entries:
        chain_head(entry.sitting, [entry])


def test_watchers_notes_of_two_halls_crosswise_all_count(opened: Callable[[], Store]) -> None:
    one, other = opened(), opened()
    counted = [(1, sitting, "stale", 1) for sitting in range(50)]
    standing_of = [standing(sitting) for sitting in range(50)]
    for _ in range(10):
        results = _at_once(
            lambda: (one.turn_away(counted), one.stand(standing_of)),
            lambda: (other.turn_away(counted[::-1]), other.stand(standing_of[::-1])),
        )
        assert not any(isinstance(result, StoreError) for result in results), results
    assert one.turned_away(range(50)) == {sitting: {"stale": 20} for sitting in range(50)}


def test_two_halls_may_open_an_empty_journal_at_the_same_moment(opened: Callable[[], Store]) -> None:
    stores = _at_once(*[opened] * 4)
    assert not any(isinstance(store, StoreError) for store in stores), stores
    assert stores[0].append(chain(1, 1)) == []
    assert [len(store.replay(1)) for store in stores] == [1] * 4


def test_a_store_that_was_closed_fails_in_its_own_words_and_closes_twice(opened: Callable[[], Store]) -> None:
    store = opened()
    store.close()
    store.close()
    with pytest.raises(StoreError):
        store.append(chain(1, 1))
    with pytest.raises(StoreError):
        store.replay(1)


def test_a_commit_waits_for_the_disk(address: str | Path, opened: Callable[[], Store]) -> None:
    store: Any = opened()
    asked = "PRAGMA synchronous" if isinstance(address, Path) else "SHOW synchronous_commit"
    assert store._db.execute(asked).fetchone()[0] in (2, "on")


def test_a_journal_that_cannot_be_reached_is_the_stores_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database at all, and longer than a header of one" * 99)
    for nowhere in (tmp_path / "file", "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(StoreError):
            open_store(nowhere)
