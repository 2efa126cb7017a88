"""What watchers hear: seats of a room and counts of a place, as they change, and nobody else's (clause K13)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hall_harness import KEY, OPENS, Bench, play

from jiangheng.core.exam.events import Paused
from jiangheng.core.exam.watch_pass import WatchPass, sign
from jiangheng.hall.books import append_control, journal_path

HERE, ELSEWHERE = "45/03/05/0017/", "45/03/12/0003/"
Events = asyncio.Queue[tuple[str, dict[str, Any]]]


@asynccontextmanager
async def watching(bench: Bench, **of: Any) -> AsyncIterator[Events]:
    """The events of a stream as they come; leaving closes the page."""
    message = json.dumps({"pass": sign(WatchPass(until=OPENS + 10**8, **of), KEY)}).encode()
    events: Events = asyncio.Queue()
    gone = asyncio.Event()
    asked = [{"type": "http.request", "body": message, "more_body": False}]

    async def receive() -> Any:
        if asked:
            return asked.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(part: Any) -> None:
        for block in part.get("body", b"").decode().split("\n\n"):
            if block.startswith("event: "):
                name, data = block.removeprefix("event: ").split("\ndata: ")
                events.put_nowait((name, json.loads(data)))

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/hall/watch", "headers": headers}
    running = asyncio.ensure_future(bench.hall(scope, receive, send))
    try:
        yield events
    finally:
        gone.set()
        await asyncio.wait_for(running, 5)


async def row(events: Events, name: str, wanted: Any) -> dict[str, Any]:
    """The next row for which ``wanted`` holds."""

    async def look() -> dict[str, Any]:
        while True:
            said, content = await events.get()
            assert said == name
            for each in content["rows"]:
                if wanted(each):
                    return dict(each)

    return await asyncio.wait_for(look(), 15)


def test_a_room_hears_of_its_seats_as_they_change_and_of_no_others(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        here, other = bench.ticket(7, session=3, place=HERE), bench.ticket(8, session=4, place=HERE)
        await bench.enter(other)
        async with watching(bench, session=3) as events:
            fence = (await bench.enter(here))["fence"]
            first = await row(events, "seats", lambda each: True)
            assert (first["sitting"], first["stage"], first["answered"], first["total"]) == (7, "open", 0, 4)
            await bench.answer(here, fence, 1, "s1", "A")
            await row(events, "seats", lambda each: each["sitting"] == 7 and each["answered"] == 1)
            append_control(journal_path(tmp_path), 7, Paused("停电"))
            paused = await row(events, "seats", lambda each: each["stage"] == "paused")
            assert paused["sitting"] == 7

    play(tmp_path, story)


def test_a_bureau_hears_of_the_sessions_of_its_place_alone(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.enter(bench.ticket(9, session=5, place=ELSEWHERE))
        for sitting in (7, 8):
            ticket = bench.ticket(sitting, session=3, place=HERE)
            fence = (await bench.enter(ticket))["fence"]
        await bench.post("/hall/event", {"pass": ticket, "fence": fence, "kind": "blur"})
        async with watching(bench, place="45/03/05/") as events:
            said = await row(events, "sessions", lambda each: each["stages"] == {"open": 2} and each["strayed"])
            assert said == {
                "session": 3, "place": HERE, "stages": {"open": 2}, "silent": 0, "strayed": 1,
                "answered": 0, "total": 8,
            }  # fmt: skip
            bench.now += 60_000
            await row(events, "sessions", lambda each: each["silent"] == 2)
            assert events.empty()

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x", "pass_malformed"),
        (sign(WatchPass(session=3, until=OPENS - 1), KEY), "pass_over"),
        (sign(WatchPass(session=3, until=OPENS * 2), b"another key of thirty-two bytes."), "pass_key"),
    ],
)
def test_without_a_good_watch_pass_nothing_is_told(tmp_path: Path, text: str, code: str) -> None:
    async def story(bench: Bench) -> None:
        refused = await bench.post("/hall/watch", {"pass": text})
        assert (refused.status, refused.body["code"]) == (401, code)

    play(tmp_path, story)


def test_a_candidates_pass_does_not_watch_and_a_watch_pass_does_not_sit(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        assert (await bench.post("/hall/watch", {"pass": bench.ticket()})).body["code"] == "pass_version"
        watch = sign(WatchPass(session=3, until=OPENS * 2), KEY)
        assert (await bench.post("/hall/enter", {"pass": watch})).body["code"] == "pass_version"

    play(tmp_path, story)


def test_a_watch_pass_is_for_one_session_or_for_one_place() -> None:
    for wrong in (WatchPass(until=1), WatchPass(session=3, place=HERE, until=1)):
        with pytest.raises(ValueError, match="one session or"):
            sign(wrong, KEY)
