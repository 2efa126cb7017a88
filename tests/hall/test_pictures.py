"""Pictures of the camera: only where the session has them and the candidate agreed, sealed, in the journal (K13)."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hall_harness import KEY, Bench, Reply, play

from jiangheng.core.exam.events import Pictured
from jiangheng.hall import pictures, wire
from jiangheng.hall.books import journal_path, replay

SEEN = b"\xff\xd8\xff\xe0" + b"a face" * 40 + b"\xff\xd9"


async def send(bench: Bench, ticket: str, fence: int, picture: bytes = SEEN) -> Reply:
    said = {"pass": ticket, "fence": fence, "picture": base64.b64encode(picture).decode()}
    return await bench.post("/hall/picture", said)


async def sitting(bench: Bench, *, camera: int = 30, agrees: bool | None = True) -> tuple[str, int]:
    """A candidate who has entered and said yes, no, or nothing to the camera."""
    ticket = bench.ticket(camera=camera)
    fence = (await bench.enter(ticket))["fence"]
    if agrees is not None:
        said: dict[str, Any] = {"pass": ticket, "fence": fence, "to": "camera", "yes": agrees}
        assert (await bench.post("/hall/agree", said)).status == 200
    return ticket, fence


def pictured(home: Path) -> list[str]:
    events = [entry.event for entry in replay(journal_path(home), 7)]
    return [event.digest for event in events if isinstance(event, Pictured)]


def test_a_picture_is_kept_sealed_and_the_journal_has_its_digest(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket, fence = await sitting(bench)
        assert (await send(bench, ticket, fence)).status == 200
        assert pictures.moments(tmp_path, 7) == [bench.now]
        file = tmp_path / "hall" / "pictures" / "7" / str(bench.now)
        assert b"a face" not in file.read_bytes()
        assert pictures.opened(tmp_path, KEY, sitting=7, at=bench.now) == SEEN
        assert pictured(tmp_path) == [hashlib.sha256(SEEN).hexdigest()]

    play(tmp_path, story)


@pytest.mark.parametrize("agrees", [None, False])
def test_without_consent_nothing_is_kept_and_nothing_is_written(tmp_path: Path, agrees: bool | None) -> None:
    async def story(bench: Bench) -> None:
        ticket, fence = await sitting(bench, agrees=agrees)
        reply = await send(bench, ticket, fence)
        assert (reply.status, reply.body["code"]) == (403, "no_consent")
        assert pictures.moments(tmp_path, 7) == [] and pictured(tmp_path) == []

    play(tmp_path, story)


def test_who_takes_his_consent_back_is_not_pictured_again(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket, fence = await sitting(bench)
        await send(bench, ticket, fence)
        await bench.post("/hall/agree", {"pass": ticket, "fence": fence, "to": "camera", "yes": False})
        bench.now += 30_000
        assert (await send(bench, ticket, fence)).body["code"] == "no_consent"
        assert len(pictures.moments(tmp_path, 7)) == 1

    play(tmp_path, story)


def test_a_session_without_pictures_and_what_is_no_jpeg_are_refused(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket, fence = await sitting(bench, camera=0)
        assert (await send(bench, ticket, fence)).body["code"] == "no_picture"
        ticket, fence = await sitting(bench)
        for other in (b"<svg onload=1>", SEEN[:-2], b"\x89PNG" + SEEN):
            assert (await send(bench, ticket, fence, other)).body["code"] == "no_picture"
        assert pictures.moments(tmp_path, 7) == []

    play(tmp_path, story)


def test_a_picture_that_is_too_large_never_reaches_the_disk(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket, fence = await sitting(bench)
        largest = SEEN[:-2] + b"x" * (wire.MOST_PICTURE - len(SEEN)) + SEEN[-2:]
        assert (await send(bench, ticket, fence, largest)).status == 200
        bench.now += 1
        reply = await send(bench, ticket, fence, SEEN[:-2] + b"x" + largest[len(SEEN) - 2 :])
        assert (reply.status, reply.body["code"]) == (400, "malformed")
        assert len(pictures.moments(tmp_path, 7)) == 1

    play(tmp_path, story)


def test_pictures_that_come_too_close_together_are_not_kept(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket, fence = await sitting(bench, camera=30)
        await send(bench, ticket, fence)
        bench.now += 14_999
        bench.open()
        fence = (await bench.enter(ticket))["fence"]
        reply = await send(bench, ticket, fence)
        assert (reply.status, reply.body["code"]) == (429, "too_soon")
        bench.now += 1
        assert (await send(bench, ticket, fence)).status == 200
        assert len(pictures.moments(tmp_path, 7)) == len(pictured(tmp_path)) == 2

    play(tmp_path, story)


def test_an_older_page_and_a_paper_that_is_in_leave_no_picture(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket, first = await sitting(bench)
        fence = (await bench.enter(ticket))["fence"]
        assert (await send(bench, ticket, first)).body["code"] == "superseded"
        await bench.post("/hall/submit", {"pass": ticket, "fence": fence})
        assert (await send(bench, ticket, fence)).body["code"] == "handed_in"
        assert pictures.moments(tmp_path, 7) == []

    play(tmp_path, story)


def test_a_picture_that_was_altered_moved_or_read_with_another_key_does_not_open(tmp_path: Path) -> None:
    pictures.keep(tmp_path, KEY, sitting=7, at=100, picture=SEEN)
    folder = tmp_path / "hall" / "pictures" / "7"
    (folder / "200").write_bytes((folder / "100").read_bytes())
    for secret, at in ((b"another secret of 32 bytes or more", 100), (KEY, 200), (KEY, 300)):
        with pytest.raises(pictures.NoPicture):
            pictures.opened(tmp_path, secret, sitting=7, at=at)
    (folder / "100").write_bytes((folder / "100").read_bytes()[:-1] + b"?")
    with pytest.raises(pictures.NoPicture):
        pictures.opened(tmp_path, KEY, sitting=7, at=100)


def test_pictures_are_destroyed_by_sitting_and_counted(tmp_path: Path) -> None:
    for sitting_, at in ((7, 1), (7, 2), (8, 3), (9, 4)):
        pictures.keep(tmp_path, KEY, sitting=sitting_, at=at, picture=SEEN)
    assert pictures.there_are(tmp_path, [7]) and not pictures.there_are(tmp_path, [6])
    assert pictures.destroy(tmp_path, [6, 7, 8]) == 3
    assert not pictures.there_are(tmp_path, [7, 8]) and pictures.moments(tmp_path, 9) == [4]
    assert pictures.destroy(tmp_path, [7]) == 0
