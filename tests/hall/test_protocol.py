"""The hall's protocol, message by message, through its ASGI door."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hall_harness import CLOSES, FACE, OPENS, Bench, play

from jiangheng.core.exam.events import Answered, Extended, Focus, HandedIn, Voided
from jiangheng.core.exam.sitting import Terms, begin, fold
from jiangheng.hall.books import append_control, journal_path, replay, standings
from jiangheng.hall.entries import chain_head

ENTRY_FIELDS = {
    "sitting", "seat", "title", "minutes", "opens", "kinds", "sealed", "order", "key", "answers", "flags", "seq",
    "fence", "camera", "calculator", "lock_after", "agreed", "standing",
}  # fmt: skip


async def until(holds: Any, *, seconds: float = 3.0) -> None:
    """Wait for something the writer thread brings about."""
    for _ in range(int(seconds / 0.02)):
        if await holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


def test_before_the_hour_the_page_gets_no_items(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.now = OPENS - 60_000
        entry = await bench.enter(bench.ticket())
        assert set(entry) == ENTRY_FIELDS | {"items"}
        assert entry["key"] is None
        standing = entry["standing"]
        assert (entry["opens"], standing["deadline"], standing["now"]) == (OPENS, CLOSES, OPENS - 60_000)
        early = await bench.post("/hall/key", {"pass": bench.ticket()})
        assert (early.status, early.body["code"]) == (409, "not_begun")
        refused = await bench.answer(bench.ticket(), entry["fence"], 1, "s1", "A")
        assert (refused.status, refused.body["code"]) == (409, "not_begun")
        bench.now = OPENS
        assert len((await bench.enter(bench.ticket()))["items"]) == 4

    play(tmp_path, story)


def test_nothing_but_the_allow_list_leaves_the_hall(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        entry = await bench.enter(bench.ticket())
        assert set(entry) == ENTRY_FIELDS | {"items"}
        assert {frozenset(item) for item in entry["items"]} == {frozenset({"id", "kind", "stem", "options"})}
        options = [option for item in entry["items"] for option in item["options"]]
        assert {frozenset(option) for option in options} == {frozenset({"key", "text"})}
        # The layout moves things about but adds and drops nothing.
        there = {(item["id"], option["key"], option["text"]) for item in entry["items"] for option in item["options"]}
        assert there == {(item["id"], o["key"], o["text"]) for item in FACE["items"] for o in item["options"]}

    play(tmp_path, story)


def test_one_seat_sees_the_same_layout_every_time_and_seats_differ(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        layouts = []
        for number in range(8):
            ticket = bench.ticket(number, seed=f"{number:016x}")
            first, again = await bench.enter(ticket), await bench.enter(ticket)
            assert first["items"] == again["items"]
            layouts.append(json.dumps(first["items"]))
        assert len(set(layouts)) > 1

    play(tmp_path, story)


def test_an_answer_comes_back_with_a_receipt_that_stands_in_the_journal(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        entry = await bench.enter(ticket)
        saved = await bench.answer(ticket, entry["fence"], 1, "m1", "A", "C")
        assert saved.status == 200
        assert saved.body["seq"] == 1
        assert saved.body["saved_at"] == bench.now
        assert saved.headers["cache-control"] == "no-store"
        written = replay(journal_path(tmp_path), 7)
        assert written[-1].event == Answered(1, "m1", ("A", "C"), at=bench.now)
        assert written[-1].receipt == saved.body["receipt"] == chain_head(7, written)

    play(tmp_path, story)


def test_a_repeat_gets_the_same_receipt_and_writes_nothing(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        first = await bench.answer(ticket, fence, 1, "s1", "A")
        await bench.answer(ticket, fence, 2, "s2", "B")
        bench.now = CLOSES + 60_000
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).body == first.body
        assert len(replay(journal_path(tmp_path), 7)) == 3

    play(tmp_path, story)


def test_a_repeat_that_overtakes_the_first_writing_waits_for_the_disk(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        replies = await asyncio.gather(*(bench.answer(ticket, fence, 1, "s1", "A") for _ in range(20)))
        assert {reply.status for reply in replies} == {200}
        assert len({reply.body["receipt"] for reply in replies}) == 1
        assert len(replay(journal_path(tmp_path), 7)) == 2

    play(tmp_path, story)


def test_flags_answers_and_numbers_come_back_on_entering_again(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        await bench.answer(ticket, fence, 1, "s1", "A")
        flag = {"pass": ticket, "fence": fence, "seq": 2, "item": "s2", "on": True}
        assert (await bench.post("/hall/flag", flag)).status == 200
        await bench.answer(ticket, fence, 3, "s1", "C")
        entry = await bench.enter(ticket)
        assert (entry["answers"], entry["flags"], entry["seq"]) == ({"s1": ["C"]}, ["s2"], 3)

    play(tmp_path, story)


def test_a_newer_entry_shuts_out_the_older_page(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        old = (await bench.enter(ticket))["fence"]
        new = (await bench.enter(ticket))["fence"]
        assert new >> 32 == (old >> 32) + 1
        for path, more in (
            ("/hall/answer", {"seq": 1, "item": "s1", "keys": ["A"]}),
            ("/hall/flag", {"seq": 1, "item": "s1", "on": True}),
            ("/hall/event", {"kind": "blur"}),
            ("/hall/submit", {}),
            ("/hall/clock", {}),
        ):
            refused = await bench.post(path, {"pass": ticket, "fence": old, **more})
            assert (refused.status, refused.body["code"]) == (409, "superseded"), path
        assert (await bench.answer(ticket, new, 1, "s1", "A")).status == 200

    play(tmp_path, story)


def test_a_newer_pass_shuts_out_the_older_one_and_brings_its_own_hours(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        old, new = bench.ticket(), bench.ticket(fence=2, extra=600, seat="B-09")
        fence = (await bench.enter(old))["fence"]
        entry = await bench.enter(new)
        assert (entry["seat"], entry["standing"]["deadline"]) == ("B-09", CLOSES + 600_000)
        for path, more in (("/hall/enter", {}), ("/hall/clock", {"fence": fence})):
            refused = await bench.post(path, {"pass": old, **more})
            assert (refused.status, refused.body["code"]) == (409, "superseded")
        # The refusal of the old pass must not have moved the hours back.
        bench.now = CLOSES + 300_000
        assert (await bench.answer(new, entry["fence"], 1, "s1", "A")).status == 200

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("item", "keys", "code"),
    [
        ("s9", ["A"], "foreign_item"),
        ("s1", ["Z"], "unknown_option"),
        ("s1", ["A", "B"], "one_only"),
        ("j1", ["C"], "unknown_option"),
    ],
)
def test_what_is_not_in_the_paper_is_refused(tmp_path: Path, item: str, keys: list[str], code: str) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        refused = await bench.answer(ticket, fence, 1, item, *keys)
        assert (refused.status, refused.body["code"]) == (422, code)
        assert refused.body["reason"]
        assert (await bench.enter(ticket))["answers"] == {}

    play(tmp_path, story)


def test_handing_in_closes_the_paper_and_tells_how_much_was_answered(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        await bench.answer(ticket, fence, 1, "s1", "A")
        first = await bench.post("/hall/submit", {"pass": ticket, "fence": fence})
        assert (first.body["handed_in"], first.body["answered"], first.body["total"]) == (bench.now, 1, 4)
        bench.now += 5000
        again = await bench.post("/hall/submit", {"pass": ticket, "fence": fence})
        assert again.body == first.body
        assert (await bench.answer(ticket, fence, 2, "s2", "A")).body["code"] == "handed_in"
        entry = await bench.enter(ticket)
        assert (entry["standing"]["handed_in"], entry["items"]) == (True, None)

    play(tmp_path, story)


def test_after_the_end_answers_are_refused_and_the_hand_in_counts_as_the_clocks(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        bench.now = CLOSES + 4_000
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        bench.now = CLOSES + 6_000
        assert (await bench.answer(ticket, fence, 2, "s2", "A")).body["code"] == "ended"
        assert (await bench.enter(ticket))["items"] is None
        assert (await bench.post("/hall/submit", {"pass": ticket, "fence": fence})).status == 200
        assert replay(journal_path(tmp_path), 7)[-1].event == HandedIn(True, at=bench.now)

    play(tmp_path, story)


def test_more_time_given_by_the_office_reaches_the_running_page(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        append_control(journal_path(tmp_path), 7, Extended(600, "停电十分钟"))

        async def told() -> bool:
            pulse = await bench.post("/hall/clock", {"pass": ticket, "fence": fence})
            return bool(pulse.body["standing"]["deadline"] == CLOSES + 600_000)

        await until(told)
        bench.now = CLOSES + 599_000
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
        assert chain_head(7, replay(journal_path(tmp_path), 7))

    play(tmp_path, story)


def test_a_void_by_the_office_stops_the_running_page(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        append_control(journal_path(tmp_path), 7, Voided("代考"))

        async def told() -> bool:
            pulse = await bench.post("/hall/clock", {"pass": ticket, "fence": fence})
            return bool(pulse.body.get("code") == "voided")

        await until(told)
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).body["code"] == "voided"
        assert (await bench.post("/hall/enter", {"pass": ticket})).body["code"] == "voided"

    play(tmp_path, story)


def test_the_office_may_not_write_a_candidates_answer(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a control event"):
        append_control(journal_path(tmp_path), 7, Answered(1, "s1", ("A",)))


def test_what_the_page_notices_is_written_down(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        noted = await bench.post("/hall/event", {"pass": ticket, "fence": fence, "kind": "hidden"})
        assert noted.body == {"noted": True, "locked": False}
        assert replay(journal_path(tmp_path), 7)[-1].event == Focus("hidden", at=bench.now)
        unknown = await bench.post("/hall/event", {"pass": ticket, "fence": fence, "kind": "yawned"})
        assert (unknown.status, unknown.body["code"]) == (422, "unknown_kind")

    play(tmp_path, story)


def test_the_invigilator_can_see_when_a_seat_was_last_heard_of(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.enter(bench.ticket())

        async def seen() -> bool:
            found = standings(journal_path(tmp_path), sessions=[0])
            return [(one.sitting, one.seen, one.stage) for one in found] == [(7, bench.now, "open")]

        await until(seen)

    play(tmp_path, story)


def test_a_hall_that_starts_again_knows_everything_it_acknowledged(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        first = await bench.answer(ticket, fence, 1, "s1", "A")
        bench.hall.close()
        bench.open()
        # The page that was open goes on without noticing; its repeat finds the old receipt.
        assert (await bench.answer(ticket, fence, 1, "s1", "A")).body == first.body
        assert (await bench.answer(ticket, fence, 2, "s2", "B")).status == 200
        assert (await bench.enter(ticket))["answers"] == {"s1": ["A"], "s2": ["B"]}
        written = replay(journal_path(tmp_path), 7)
        assert chain_head(7, written) == written[-1].receipt
        assert fold(begin(Terms(opens=OPENS, closes=CLOSES)), [entry.event for entry in written]).seq == 2

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        (b"not json", 400, "malformed"),
        ({}, 400, "malformed"),
        ({"pass": "x", "admin": True}, 400, "malformed"),
        ({"pass": 5}, 400, "malformed"),
        ({"pass": "x"}, 401, "pass_malformed"),
        (b" " * 70_000, 413, "too_large"),
    ],
)
def test_a_bad_message_is_refused_with_its_reason(tmp_path: Path, message: Any, status: int, code: str) -> None:
    async def story(bench: Bench) -> None:
        reply = await bench.post("/hall/enter", message)
        assert (reply.status, reply.body["code"]) == (status, code)
        assert set(reply.body) == {"code", "reason"}

    play(tmp_path, story)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.test"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_another_sites_page_may_not_speak_for_the_candidate(tmp_path: Path, headers: dict[str, str]) -> None:
    async def story(bench: Bench) -> None:
        reply = await bench.post("/hall/enter", {"pass": bench.ticket()}, **headers)
        assert (reply.status, reply.body["code"]) == (403, "foreign")

    play(tmp_path, story)


def test_the_clock_is_for_everyone_and_unknown_routes_are_not_found(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        host = {"host": "exam.test"}
        assert (await bench.request("GET", "/hall/clock", b"", host)).body == {"now": bench.now}
        assert (await bench.request("GET", "/hall/journal", b"", host)).status == 404
        assert (await bench.request("GET", "/hall/answer", b"", host)).status == 405
        assert (await bench.post("/hall/enter/", {"pass": bench.ticket()})).status == 404

    play(tmp_path, story)


def test_a_paper_that_is_missing_or_altered_is_not_shown(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        missing = await bench.post("/hall/enter", {"pass": bench.ticket(paper="00" * 32)})
        assert (missing.status, missing.body["code"], missing.headers["retry-after"]) == (503, "no_paper", "5")
        file = tmp_path / "hall" / "papers" / f"{bench.digest}.json"
        file.write_text(file.read_text(encoding="utf-8").replace("题干 s1", "题干 s0"), encoding="utf-8")
        assert (await bench.post("/hall/enter", {"pass": bench.ticket()})).body["code"] == "no_paper"

    play(tmp_path, story)


def test_lifespan_is_answered_and_closes_the_journal(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.enter(bench.ticket())
        coming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
        said: list[str] = []

        async def receive() -> Any:
            return coming.pop(0)

        async def send(message: Any) -> None:
            said.append(message["type"])

        await bench.hall({"type": "lifespan"}, receive, send)
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        # A request after the end opens the journal again instead of failing.
        assert (await bench.enter(bench.ticket()))["fence"] >> 32 == 2

    play(tmp_path, story)
