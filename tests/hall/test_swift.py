"""The way of a good answer without a task: it says what the usual way says, and does nothing where it has no say
(K10, K13)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from hall_harness import KEY, Bench, play
from uvicorn.server import ServerState

from jiangheng.core.exam.events import Voided
from jiangheng.hall.app import Hall, Said, hall_app
from jiangheng.hall.books import append_control, journal_path, replay
from jiangheng.hall.entries import Draft, StoreError, StoreFull
from jiangheng.hall.lane import Lane
from jiangheng.hall.store_sqlite import SqliteStore

HEADERS = [(b"host", b"h"), (b"content-type", b"application/json")]


def message(ticket: str, fence: int, seq: int, item: str, *keys: str) -> bytes:
    return json.dumps({"pass": ticket, "fence": fence, "seq": seq, "item": item, "keys": keys}).encode()


async def swiftly(hall: Hall, body: bytes) -> Said | None:
    """What the swift way says in the end; it must have taken the message."""
    told: asyncio.Future[Said | None] = asyncio.get_running_loop().create_future()
    assert hall.swiftly("/hall/answer", body, told.set_result)
    return await told


def written(bench: Bench) -> list[str]:
    return [entry.text for entry in replay(journal_path(bench.home), 7)]


def test_a_good_answer_is_on_disk_when_the_receipt_is_told_and_a_repeat_gets_the_same_one(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        body = message(ticket, fence, 1, "s1", "A")
        said = await swiftly(bench.hall, body)
        assert said is not None
        status, saved, wait = said
        [_entered, entry] = replay(journal_path(bench.home), 7)
        assert (status, wait, json.loads(saved)["receipt"]) == (200, 0, entry.receipt)
        # the repeat is not for the swift way, and the usual one knows the receipt
        assert not bench.hall.swiftly("/hall/answer", body, pytest.fail)
        assert await bench.hall.post("/hall/answer", HEADERS, body) == said

    play(tmp_path, story)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda ticket, fence: message(ticket, fence, 1, "s1", "Z"),
        lambda ticket, fence: message(ticket, fence, 1, "nowhere", "A"),
        lambda ticket, fence: message(ticket, fence, 0, "s1", "A"),
        lambda ticket, fence: message(ticket, fence + 1, 1, "s1", "A"),
        lambda ticket, fence: message(ticket, fence + (1 << 32), 1, "s1", "A"),
        lambda ticket, fence: message(ticket[:-2], fence, 1, "s1", "A"),
        lambda ticket, fence: message(ticket, fence, 1, "s1", "A")[:-1],
        lambda ticket, fence: message(ticket, fence, 1, "s1", "A") + b" " * 65_536,
    ],
)
def test_what_is_not_good_is_left_to_the_usual_way_and_nothing_has_happened(
    tmp_path: Path, spoil: Callable[[str, int], bytes]
) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        before = written(bench)
        body = spoil(ticket, fence)
        assert not bench.hall.swiftly("/hall/answer", body, pytest.fail)
        status, _said, _wait = await bench.hall.post("/hall/answer", HEADERS, body)
        assert 400 <= status < 500
        assert written(bench) == before
        assert (await swiftly(bench.hall, message(ticket, fence, 1, "s1", "A")) or (0,))[0] == 200

    play(tmp_path, story)


def test_before_the_hour_after_the_end_and_under_a_newer_pass_it_takes_nothing(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        body = message(ticket, fence, 1, "s1", "A")
        now = bench.now
        for moment in (now - 10_000_000, now + 10_000_000):
            bench.now = moment
            assert not bench.hall.swiftly("/hall/answer", body, pytest.fail)
        bench.now = now
        newer = (await bench.enter(bench.ticket(fence=2)))["fence"]
        assert not bench.hall.swiftly("/hall/answer", body, pytest.fail)
        assert not bench.hall.swiftly("/hall/answer", message(ticket, newer, 1, "s1", "A"), pytest.fail)
        assert len(written(bench)) == 2

    play(tmp_path, story)


@pytest.mark.parametrize(("error", "code"), [(StoreFull("full"), "disk_full"), (StoreError("gone"), "store")])
def test_an_answer_that_did_not_come_to_the_disk_is_not_called_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: StoreError, code: str
) -> None:
    honest = SqliteStore.append

    def failing(self: SqliteStore, drafts: Sequence[Draft]) -> list[Draft]:
        raise error

    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        body = message(ticket, fence, 1, "s1", "A")
        monkeypatch.setattr(SqliteStore, "append", failing)
        said = await swiftly(bench.hall, body)
        assert said is not None
        assert (said[0], json.loads(said[1])["code"], said[2] > 0) == (503, code, True)
        monkeypatch.setattr(SqliteStore, "append", honest)
        assert len(written(bench)) == 1
        # memory claims nothing the disk does not hold: the same number is free
        status, _saved, _wait = await bench.hall.post("/hall/answer", HEADERS, message(ticket, fence, 1, "s2", "B"))
        assert (status, len(written(bench))) == (200, 2)

    play(tmp_path, story)


def test_an_answer_that_another_process_overtook_goes_the_usual_way_once_more(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        assert (await swiftly(bench.hall, message(ticket, fence, 1, "s1", "A")) or (0,))[0] == 200
        first = bench.hall
        bench.hall = hall_app(tmp_path, KEY, lambda: bench.now)
        assert (await bench.answer(ticket, fence, 2, "s2", "A")).status == 200
        second, bench.hall = bench.hall, first
        body = message(ticket, fence, 3, "m1", "A")
        assert await swiftly(first, body) is None
        status, _saved, _wait = await first.post("/hall/answer", HEADERS, body)
        assert (status, len(written(bench))) == (200, 4)
        second.close()

    play(tmp_path, story)


def test_a_sign_of_life_says_what_the_usual_way_says_and_refusals_are_left_to_that_one(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        assert (await swiftly(bench.hall, message(ticket, fence, 1, "s1", "A")) or (0,))[0] == 200
        beat = json.dumps({"pass": ticket, "fence": fence, "noted": 0}).encode()
        said: list[Said | None] = []
        assert bench.hall.swiftly("/hall/clock", beat, said.append)
        assert said == [await bench.hall.post("/hall/clock", HEADERS, beat)]
        newer = (await bench.enter(ticket))["fence"]
        assert not bench.hall.swiftly("/hall/clock", beat, pytest.fail)
        append_control(journal_path(bench.home), 7, Voided("替考", at=bench.now))
        beat = json.dumps({"pass": ticket, "fence": newer, "noted": 0}).encode()
        for _ in range(300):
            if not bench.hall.swiftly("/hall/clock", beat, said.append):
                break
            await asyncio.sleep(0.01)
        assert json.loads((await bench.hall.post("/hall/clock", HEADERS, beat))[1])["code"] == "voided"

    play(tmp_path, story)


def test_a_sign_of_life_signs_nothing_that_is_still_on_its_way_to_the_disk(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        beat = json.dumps({"pass": ticket, "fence": fence, "noted": 0}).encode()
        saved: asyncio.Future[Said | None] = asyncio.get_running_loop().create_future()
        assert bench.hall.swiftly("/hall/answer", message(ticket, fence, 1, "s1", "A"), saved.set_result)
        assert not bench.hall.swiftly("/hall/clock", beat, pytest.fail)
        assert (await saved or (0,))[0] == 200
        assert bench.hall.swiftly("/hall/clock", beat, lambda said: None)

    play(tmp_path, story)


class Wire(asyncio.Transport):
    """Keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.said = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.said += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing comes but what a test hands over."""

    resume_reading = pause_reading


def lane(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> tuple[Lane, Wire]:
    monkeypatch.setattr(Lane, "hall", hall)
    config = uvicorn.Config(hall, http=Lane, log_level="warning")
    config.load()
    made, wire = Lane(config=config, server_state=ServerState(), app_state={}), Wire()
    made.connection_made(wire)
    return made, wire


async def until(there: Callable[[], bool]) -> None:
    for _ in range(500):
        if there():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def posted(body: bytes) -> bytes:
    head = b"POST /hall/answer HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
    return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


def on_a_lane(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Bench, Lane, Wire], Awaitable[None]]
) -> None:
    async def story(bench: Bench) -> None:
        await act(bench, *lane(bench.hall, monkeypatch))

    play(tmp_path, story)


def test_messages_sent_without_waiting_are_answered_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(bench: Bench, lane: Lane, wire: Wire) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        for seq, keys in ((1, "A"), (2, "Z"), (3, "B")):
            lane.data_received(posted(message(ticket, fence, seq, "s1", keys)))
        await until(lambda: wire.said.count(b"HTTP/1.1") == 3)
        statuses = [part[:3] for part in wire.said.split(b"HTTP/1.1 ")[1:]]
        assert statuses == [b"200", b"422", b"200"]
        assert len(written(bench)) == 3

    on_a_lane(tmp_path, monkeypatch, act)


def test_a_quiet_connection_is_kept_as_long_as_promised_and_not_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(bench: Bench, lane: Lane, wire: Wire) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        lane.timeout_keep_alive = 75
        lane.data_received(posted(message(ticket, fence, 1, "s1", "A")))
        await until(lambda: wire.said.count(b"HTTP/1.1 200") == 1)
        lane.timeout_keep_alive_handler()
        assert not wire.closed
        lane.timeout_keep_alive = 0
        lane.timeout_keep_alive_handler()
        assert wire.closed

    on_a_lane(tmp_path, monkeypatch, act)
