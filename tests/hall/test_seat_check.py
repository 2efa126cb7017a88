"""A machine is checked before anybody sits at it: judged by the office's limits, kept by the hall (K13)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hall_harness import KEY, OPENS, Bench, play

from jiangheng.core.exam import seat_check
from jiangheng.core.exam.seat_check import FAULTS, CheckPass, Limits, Measured
from jiangheng.core.exam.ticket import BadPass, keyring
from jiangheng.hall.books import journal_path, seats_of

LIMITS = Limits(width=1024, height=600, skew=60_000, median=300, worst=2_000, camera=True)
ROOM = CheckPass(room=4, name="漓江考点 一号机房", seats=30, limits=LIMITS, until=OPENS + 3_600_000)
SOUND = Measured(missing=(), width=1280, height=720, keeps=True, skew=-400, median=12, worst=80, camera=True)
CODE = seat_check.sign(ROOM, KEY)


def message(number: int, **changes: Any) -> dict[str, Any]:
    found = json.loads(msgspec.json.encode(msgspec.structs.replace(SOUND, **changes)))
    return {"pass": CODE, "number": number, "found": found}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, ()),
        ({"missing": ("stream",)}, ("browser",)),
        ({"width": 1023}, ("screen",)),
        ({"height": 599}, ("screen",)),
        ({"keeps": False}, ("storage",)),
        ({"skew": 60_000}, ()),
        ({"skew": -60_001}, ("clock",)),
        ({"median": 301}, ("latency",)),
        ({"worst": 2_001}, ("latency",)),
        ({"camera": False}, ("camera",)),
        ({"missing": ("fetch",), "width": 0, "keeps": False, "skew": 10**9, "worst": 9_999, "camera": False}, FAULTS),
    ],
)
def test_a_machine_is_sound_when_every_measure_is_within_its_limit(changes: Any, wrong: tuple[str, ...]) -> None:
    assert seat_check.faults(msgspec.structs.replace(SOUND, **changes), LIMITS) == wrong


def test_without_a_camera_asked_for_a_machine_needs_none() -> None:
    limits = msgspec.structs.replace(LIMITS, camera=False)
    assert seat_check.faults(msgspec.structs.replace(SOUND, camera=False), limits) == ()


def test_a_pass_is_for_some_hours_and_of_our_own_hand() -> None:
    keys = keyring(KEY)
    assert seat_check.verify(CODE, keys, ROOM.until) == ROOM
    with pytest.raises(BadPass, match="pass_over"):
        seat_check.verify(CODE, keys, ROOM.until + 1)
    head, _, _mac = CODE.rpartition(".")
    with pytest.raises(BadPass, match="pass_forged"):
        seat_check.verify(f"{head}.{'A' * 43}", keys, OPENS)
    with pytest.raises(BadPass, match="pass_key"):
        seat_check.verify(seat_check.sign(ROOM, b"another key of at least 32 bytes"), keys, OPENS)


def test_a_watch_pass_or_a_candidates_checks_no_machine(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        reply = await bench.post("/hall/machine", {"pass": bench.ticket()})
        assert (reply.status, reply.body["code"]) == (401, "pass_version")

    play(tmp_path, story)


def test_the_page_learns_which_room_it_is_in(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        reply = await bench.post("/hall/machine", {"pass": CODE})
        assert (reply.status, reply.body) == (200, {"name": "漓江考点 一号机房", "seats": 30, "camera": True})

    play(tmp_path, story)


def test_what_was_found_is_judged_and_kept_and_a_later_check_takes_its_place(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        red = await bench.post("/hall/seat", message(7, keeps=False))
        assert red.body == {"number": 7, "sound": False, "faults": ["storage"], "at": bench.now}
        await bench.post("/hall/seat", message(3))
        (three, seven) = seats_of(journal_path(tmp_path), 4)
        assert (three.room, three.number, three.sound) == (4, 3, True)
        assert (seven.room, seven.number, seven.sound, seven.at) == (4, 7, False, bench.now)
        assert json.loads(seven.findings) == {"faults": ["storage"], "found": message(7, keeps=False)["found"]}
        bench.now += 5_000
        green = await bench.post("/hall/seat", message(7))
        assert green.body["sound"] is True
        later = seats_of(journal_path(tmp_path), 4, since=bench.now)
        assert [(each.number, each.sound) for each in later] == [(7, True)]

    play(tmp_path, story)


def test_a_number_the_room_does_not_have_is_refused_in_words(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        reply = await bench.post("/hall/seat", message(31))
        assert (reply.status, reply.body["code"]) == (422, "no_seat") and "30" in reply.body["reason"]
        assert seats_of(journal_path(tmp_path), 4) == []

    play(tmp_path, story)


def test_a_pass_whose_time_is_over_keeps_nothing(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        bench.now = ROOM.until + 1
        reply = await bench.post("/hall/seat", message(1))
        assert (reply.status, reply.body["code"]) == (401, "pass_over")
        assert seats_of(journal_path(tmp_path), 4) == []

    play(tmp_path, story)
