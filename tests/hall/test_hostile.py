"""What somebody may try against a sitting: refused by rule, put on record, and no attempt is harmed by it (K13)."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hall_harness import CLOSES, KEY, OPENS, Bench, Reply, play
from hostility import MINE, OTHERS, attempt, entries, recorded, told, told_at_once

from jiangheng.core.exam import watch_pass
from jiangheng.core.exam.events import Freed
from jiangheng.hall import app, news, wire
from jiangheng.hall.books import append_control, journal_path

__all__ = ["told_at_once"]
TEN_MEGABYTES = 10 * 1024 * 1024


def test_of_two_tabs_only_the_later_one_saves(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket(MINE)
        first = await _enter(bench, ticket, device="one browser")
        second = await _enter(bench, ticket, device="one browser")
        before = entries(bench)
        refused = await bench.answer(ticket, first.body["fence"], 1, "s1", "A")
        assert told(refused) == (409, "superseded")
        assert entries(bench) == before
        assert (await bench.answer(ticket, second.body["fence"], 1, "s1", "B")).status == 200
        await recorded(bench, MINE, "superseded")

    play(tmp_path, story)


def test_a_second_machine_waits_for_the_invigilator(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket(MINE)
        fence = (await _enter(bench, ticket, device="mine")).body["fence"]
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        before = entries(bench)
        assert told(await _enter(bench, ticket, device="another")) == (409, "other_device")
        assert entries(bench) == before
        assert (await bench.answer(ticket, fence, 2, "s1", "B")).status == 200
        await recorded(bench, MINE, "other_device")
        append_control(journal_path(tmp_path), MINE, Freed("原机故障"))
        for _ in range(200):
            moved = await _enter(bench, ticket, device="another")
            if moved.status == 200:
                break
            await asyncio.sleep(0.02)
        assert (moved.status, moved.body["answers"]) == (200, {"s1": ["B"]})
        assert told(await _enter(bench, ticket, device="mine")) == (409, "other_device")

    play(tmp_path, story)


def _enter(bench: Bench, ticket: str, **more: str) -> Awaitable[Reply]:
    return bench.post("/hall/enter", {"pass": ticket, **more})


def test_a_pass_that_was_replaced_is_no_good_any_more(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        old, new = bench.ticket(MINE), bench.ticket(MINE, fence=2)
        await bench.enter(old)

        async def replay_old(bench: Bench, _ticket: str, fence: int) -> Reply:
            assert told(await bench.answer(old, fence, 2, "s2", "A")) == (409, "superseded")
            assert told(await bench.post("/hall/submit", {"pass": old, "fence": fence})) == (409, "superseded")
            assert told(await bench.post("/hall/key", {"pass": old})) == (409, "superseded")
            return await _enter(bench, old)

        assert told(await attempt(bench, replay_old, fence=2)) == (409, "superseded")
        await recorded(bench, MINE, "old_pass", least=4)
        # Not even a hall that forgot everything takes it again.
        bench.hall.close()
        bench.open()
        assert told(await _enter(bench, old)) == (409, "superseded")
        assert (await _enter(bench, new)).status == 200

    play(tmp_path, story)


def _altered(ticket: str, **changes: Any) -> str:
    """The pass with another content and the old signature."""
    version, key, payload, mac = ticket.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))) | changes
    fresh = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    return f"{version}.{key}.{fresh}.{mac}"


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda ticket: _altered(ticket, extra=3600), "pass_forged"),
        (lambda ticket: _altered(ticket, sitting=OTHERS), "pass_forged"),
        (lambda ticket: _altered(ticket, fence=99), "pass_forged"),
        (lambda ticket: ticket[:-1] + ("A" if ticket[-1] != "A" else "E"), "pass_forged"),
        (lambda ticket: ".".join(["v2", "0" * 8, *ticket.split(".")[2:]]), "pass_key"),
        (lambda ticket: ".".join(["v0", *ticket.split(".")[1:]]), "pass_version"),
        (lambda ticket: "v2.none.none.none", "pass_key"),
        (lambda ticket: watch_pass.sign(watch_pass.WatchPass(session=1, until=CLOSES), KEY), "pass_version"),
    ],
)
def test_a_forged_pass_opens_nothing(tmp_path: Path, forge: Callable[[str], str], code: str) -> None:
    async def story(bench: Bench) -> None:
        async def try_it(bench: Bench, ticket: str, fence: int) -> Reply:
            bad = forge(ticket)
            for path, more in (
                ("/hall/answer", {"fence": fence, "seq": 2, "item": "s2", "keys": ["A"]}),
                ("/hall/submit", {"fence": fence}),
                ("/hall/key", {}),
            ):
                assert told(await bench.post(path, {"pass": bad, **more})) == (401, code)
            return await _enter(bench, bad)

        assert told(await attempt(bench, try_it)) == (401, code)
        await recorded(bench, 0, code, least=4)

    play(tmp_path, story)


def test_one_candidates_pass_never_reaches_anothers_attempt(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        theirs = bench.ticket(OTHERS)
        for _ in range(3):
            fence_of_theirs = (await bench.enter(theirs))["fence"]
        assert (await bench.answer(theirs, fence_of_theirs, 1, "s1", "C")).status == 200

        async def with_their_fence(bench: Bench, ticket: str, _fence: int) -> Reply:
            for path, more in (
                ("/hall/answer", {"seq": 2, "item": "s1", "keys": ["D"]}),
                ("/hall/answers", {"entries": [{"seq": 2, "item": "s1", "keys": ["D"]}]}),
                ("/hall/flag", {"seq": 2, "item": "s1", "on": True}),
                ("/hall/submit", {}),
            ):
                reply = await bench.post(path, {"pass": ticket, "fence": fence_of_theirs, **more})
                refused = reply.body["refused"][0] if path == "/hall/answers" else reply.body
                assert refused["code"] == "superseded", path
            # Naming a sitting beside the pass is no message at all.
            named = {"pass": ticket, "fence": 1, "seq": 2, "item": "s1", "keys": ["D"], "sitting": OTHERS}
            assert told(await bench.post("/hall/answer", named)) == (400, "malformed")
            return await bench.answer(ticket, fence_of_theirs, 2, "s1", "D")

        assert told(await attempt(bench, with_their_fence)) == (409, "superseded")
        await recorded(bench, MINE, "superseded", least=5)
        await recorded(bench, 0, "malformed")
        entry = await bench.enter(theirs)
        assert entry["answers"] == {"s1": ["C"]}

    play(tmp_path, story)


@pytest.mark.parametrize(("path", "more"), [("/hall/answer", {"keys": ["D"]}), ("/hall/flag", {"on": True})])
def test_a_save_after_the_end_is_not_taken(tmp_path: Path, path: str, more: dict[str, Any]) -> None:
    async def story(bench: Bench) -> None:
        async def late(bench: Bench, ticket: str, fence: int) -> Reply:
            bench.now = CLOSES + 5_001
            return await bench.post(path, {"pass": ticket, "fence": fence, "seq": 2, "item": "s1", **more})

        assert told(await attempt(bench, late)) == (409, "ended")
        await recorded(bench, MINE, "ended")

    play(tmp_path, story)


def test_a_save_after_the_hand_in_is_not_taken_however_it_is_sent(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket(MINE)
        fence = (await bench.enter(ticket))["fence"]
        await bench.answer(ticket, fence, 1, "s1", "A")
        await bench.post("/hall/submit", {"pass": ticket, "fence": fence})
        before = entries(bench)
        assert told(await bench.answer(ticket, fence, 2, "s1", "B")) == (409, "handed_in")
        many = {"pass": ticket, "fence": fence, "entries": [{"seq": 2, "item": "s1", "keys": ["B"]}]}
        gathered = await bench.post("/hall/answers", many)
        assert (gathered.body["saved"], gathered.body["refused"][0]["code"]) == ([], "handed_in")
        assert (await bench.enter(ticket))["fence"] == fence
        assert told(await bench.post("/hall/key", {"pass": ticket})) == (409, "ended")
        assert entries(bench) == before
        await recorded(bench, MINE, "handed_in", least=2)

    play(tmp_path, story)


def test_a_body_that_does_not_come_to_an_end_is_refused_and_its_connection_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_BODY_SECONDS", 0.2)

    async def story(bench: Bench) -> None:
        async def drip(bench: Bench, _ticket: str, _fence: int) -> Reply:
            sent: list[Any] = []

            async def receive() -> Any:
                await asyncio.sleep(0.01)
                return {"type": "http.request", "body": b" ", "more_body": True}

            async def send(message: Any) -> None:
                sent.append(message)

            headers = [(b"host", b"exam.test"), (b"content-type", b"application/json")]
            await bench.hall(
                {"type": "http", "method": "POST", "path": "/hall/answer", "headers": headers}, receive, send
            )
            named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
            assert named["connection"] == "close"
            return Reply(sent[0]["status"], named, json.loads(sent[1]["body"]))

        assert told(await attempt(bench, drip)) == (408, "too_slow")
        await recorded(bench, 0, "too_slow")

    play(tmp_path, story)


def test_another_sites_page_is_refused_and_recorded(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        async def from_elsewhere(bench: Bench, ticket: str, fence: int) -> Reply:
            message = {"pass": ticket, "fence": fence, "seq": 2, "item": "s1", "keys": ["D"]}
            return await bench.post("/hall/answer", message, origin="https://elsewhere.test")

        assert told(await attempt(bench, from_elsewhere)) == (403, "foreign")
        await recorded(bench, 0, "foreign")

    play(tmp_path, story)


def test_a_machine_that_gives_no_name_does_not_pass_for_the_one_that_did(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket(MINE)
        fence = (await _enter(bench, ticket, device="mine")).body["fence"]
        assert told(await _enter(bench, ticket)) == (409, "other_device")
        assert (await bench.answer(ticket, fence, 1, "s1", "B")).status == 200

    play(tmp_path, story)


def test_what_was_refused_just_before_a_hall_closes_is_recorded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "STAND_SECONDS", 3600.0)

    async def story(bench: Bench) -> None:
        ticket = bench.ticket(MINE)
        fence = (await bench.enter(ticket))["fence"]
        await bench.answer(ticket, fence, 1, "s9", "A")
        bench.hall.close()
        await recorded(bench, MINE, "foreign_item")

    play(tmp_path, story)


@pytest.mark.parametrize("item", ["s9", "S1", "s1 ", "s1.1", "../s1", "q001", "s1\x00"])
def test_an_answer_to_an_item_that_is_not_in_the_paper_is_not_taken(tmp_path: Path, item: str) -> None:
    async def story(bench: Bench) -> None:
        async def foreign(bench: Bench, ticket: str, fence: int) -> Reply:
            return await bench.answer(ticket, fence, 2, item, "A")

        assert told(await attempt(bench, foreign)) == (422, "foreign_item")
        await recorded(bench, MINE, "foreign_item")

    play(tmp_path, story)


async def _streamed(bench: Bench, pieces: list[bytes]) -> tuple[Reply, int]:
    """A POST in so many pieces; the reply, and how many of them were taken."""
    left, sent = list(pieces), []

    async def receive() -> Any:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"exam.test"), (b"content-type", b"application/json")]
    await bench.hall({"type": "http", "method": "POST", "path": "/hall/answer", "headers": headers}, receive, send)
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], named, json.loads(sent[1]["body"])), len(pieces) - len(left)


@pytest.mark.parametrize("piece", [16 * 1024, 1024 * 1024, TEN_MEGABYTES])
def test_ten_megabytes_are_read_no_further_than_needed_and_refused(tmp_path: Path, piece: int) -> None:
    async def story(bench: Bench) -> None:
        async def flood(bench: Bench, ticket: str, fence: int) -> Reply:
            start = json.dumps({"pass": ticket, "fence": fence, "seq": 2, "item": "s1", "keys": ["A"]}).encode()
            body = start[:-1] + b" " * (TEN_MEGABYTES - len(start)) + b"}"
            pieces = [body[at : at + piece] for at in range(0, len(body), piece)]
            reply, taken = await _streamed(bench, pieces)
            # one piece may be on its way when the bound is passed
            assert taken <= wire.MOST_BYTES // piece + 2
            return reply

        assert told(await attempt(bench, flood)) == (413, "too_large")
        await recorded(bench, 0, "too_large")

    play(tmp_path, story)


def test_a_body_that_comes_drop_by_drop_holds_nobody_else_up(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        stopped = asyncio.Event()

        async def receive() -> Any:
            await stopped.wait()
            return {"type": "http.request", "body": b" ", "more_body": not stopped.is_set()}

        async def send(message: Any) -> None:
            said.append(message)

        said: list[Any] = []
        headers = [(b"host", b"exam.test"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/hall/answer", "headers": headers}
        hanging = [asyncio.ensure_future(bench.hall(dict(scope), receive, send)) for _ in range(500)]
        await asyncio.sleep(0)
        ticket = bench.ticket(MINE)
        fence = (await bench.enter(ticket))["fence"]
        saves = [bench.answer(ticket, fence, seq, "s1", "ABCD"[seq % 4]) for seq in range(1, 51)]
        assert {reply.status for reply in await asyncio.wait_for(asyncio.gather(*saves), 10)} == {200}
        assert said == []
        stopped.set()
        await asyncio.gather(*hanging)
        assert len([message for message in said if message.get("status") == 400]) == 500

    play(tmp_path, story)


def test_asking_for_the_key_early_gives_nothing_away_and_the_time_of_the_device_is_not_asked(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.now = OPENS - 1
        ticket = bench.ticket(MINE)
        entry = await bench.enter(ticket)
        early = await bench.post("/hall/key", {"pass": ticket})
        assert (told(early), entry["key"]) == ((409, "not_begun"), None)
        sealed = await bench.fetch(f"/hall/sealed/{entry['sealed']}")
        assert "题干".encode() not in sealed and b"s1" not in sealed
        bench.now = OPENS
        assert len((await bench.post("/hall/key", {"pass": ticket})).body["key"]) == 64

    play(tmp_path, story)
