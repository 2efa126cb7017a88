"""What somebody may try at the doors: guessed check-ins, another browser than the examination asks for (K13)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hall_harness import KEY, Bench, Reply, play
from hostility import MINE, attempt, entries, recorded, told, told_at_once

from jiangheng.hall import rosters, wire

__all__ = ["told_at_once"]
CONFIG_KEY = "c0" * 32
PERSON = wire.CheckedIn(ticket="v2.a.b.c", name="李示范", seat="A-01", title="车工 四级", photo="")
NUMBER, IDENTITY = "2023110001", "45030320000101001X"


async def check_in(bench: Bench, number: str, identity: str, *, address: str = "10.0.0.5") -> Reply:
    body, sent = json.dumps({"number": number, "identity": identity}).encode(), []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"exam.test"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/hall/checkin", "headers": headers, "client": (address, 1)}
    await bench.hall(scope, receive, send)
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], named, json.loads(sent[1]["body"]))


def test_a_thousand_guesses_at_a_check_in_are_stopped_and_others_check_in_meanwhile(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        rosters.publish(tmp_path, KEY, 3, [(NUMBER, IDENTITY, PERSON)])

        async def guess(bench: Bench, _ticket: str, _fence: int) -> Reply:
            replies = [await check_in(bench, NUMBER, f"4503032000010{n:05d}") for n in range(1_000)]
            assert [told(reply) for reply in replies] == [(401, "nobody")] * 8 + [(429, "too_many_tries")] * 992
            assert all(0 < int(reply.headers["retry-after"]) <= 601 for reply in replies[8:])
            return replies[-1]

        await attempt(bench, guess)
        # Whoever guessed right in the end is not told so.
        assert told(await check_in(bench, NUMBER, IDENTITY)) == (429, "too_many_tries")
        other = [("2023110002", IDENTITY[:-1] + "1", PERSON)]
        rosters.publish(tmp_path, KEY, 4, other)
        bench.open()
        assert (await check_in(bench, *other[0][:2], address="10.0.0.6")).body["name"] == "李示范"
        await recorded(bench, 0, "nobody", least=8)
        await recorded(bench, 0, "too_many_tries", least=992)

    play(tmp_path, story)


def test_a_thousand_guesses_at_many_tickets_from_one_address_are_stopped(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        rosters.publish(tmp_path, KEY, 3, [(NUMBER, IDENTITY, PERSON)])
        replies = [await check_in(bench, f"2023{n:06d}", IDENTITY) for n in range(1_000)]
        assert [told(reply) for reply in replies] == [(401, "nobody")] * 240 + [(429, "too_many_tries")] * 760
        assert told(await check_in(bench, NUMBER, IDENTITY)) == (429, "too_many_tries")
        assert (await check_in(bench, NUMBER, IDENTITY, address="10.0.0.6")).status == 200

    play(tmp_path, story)


def test_a_wrong_ticket_and_a_wrong_identity_number_get_one_answer_for_the_same_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    place, box = rosters._place, rosters._box

    def counted_place(*asked: Any) -> str:
        work.append("place")
        return place(*asked)

    def counted_box(*asked: Any) -> Any:
        work.append("box")
        return box(*asked)

    async def story(bench: Bench) -> None:
        rosters.publish(tmp_path, KEY, 3, [(NUMBER, IDENTITY, PERSON)])
        monkeypatch.setattr(rosters, "_place", counted_place)
        monkeypatch.setattr(rosters, "_box", counted_box)
        answers = []
        for number, identity in ((NUMBER, IDENTITY[:-1] + "1"), ("2023110009", IDENTITY), ("2023110009", "1")):
            work.clear()
            reply = await check_in(bench, number, identity)
            answers.append((reply.status, reply.body, reply.headers, tuple(work)))
        assert answers[0] == answers[1] == answers[2]
        assert answers[0][3] == ("place",)
        assert (await check_in(bench, NUMBER, IDENTITY)).status == 200

    play(tmp_path, story)


def test_nothing_can_be_read_from_a_roster_without_knowing_whom_one_looks_for(tmp_path: Path) -> None:
    people = [(f"20231100{n:02d}", f"4503032000010100{n:02d}", PERSON) for n in range(20)]
    rosters.publish(tmp_path, KEY, 3, people)
    written = (rosters.rosters_folder(tmp_path) / "3.json").read_text()
    for secret in (PERSON.name, PERSON.ticket, *(text for person in people for text in person[:2])):
        assert secret not in written and secret.encode().hex() not in written
    # One length for all: nobody is told apart by it.
    assert len({len(line) for line in json.loads(written).values()}) == 1


def _seb(address: str, key: str = CONFIG_KEY) -> str:
    return hashlib.sha256((address + key).encode()).hexdigest()


ENTER = "https://exam.test/hall/enter"
PAGE = "https://exam.test/sit/7"
HEADER, EXAM = "x_safeexambrowser_configkeyhash", "x_safeexambrowser_requesthash"


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, {}),
        ({HEADER: "00" * 32}, {}),
        ({HEADER: CONFIG_KEY}, {}),
        ({HEADER: _seb(ENTER, "d0" * 32)}, {}),
        ({HEADER: _seb("https://elsewhere.test/hall/enter")}, {}),
        ({HEADER: _seb("https://exam.test/hall/answer")}, {}),
        ({}, {"page": PAGE, "exam_browser": "00" * 32}),
        ({}, {"page": "https://elsewhere.test/sit/7", "exam_browser": _seb("https://elsewhere.test/sit/7")}),
        ({}, {"page": PAGE, "exam_browser": ""}),
        ({}, {"page": "", "exam_browser": _seb("")}),
    ],
)
def test_where_safe_exam_browser_is_asked_for_no_other_gets_in(
    tmp_path: Path, headers: dict[str, str], message: dict[str, str]
) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket(MINE, seb=(CONFIG_KEY,))
        right = {HEADER: _seb(ENTER)}
        fence = (await bench.post("/hall/enter", {"pass": ticket}, **right)).body["fence"]
        await bench.answer(ticket, fence, 1, "s1", "A")
        before = entries(bench)
        refused = await bench.post("/hall/enter", {"pass": ticket, **message}, **headers)
        assert told(refused) == (403, "exam_browser")
        assert "SEB" in refused.body["reason"]
        assert entries(bench) == before
        assert (await bench.answer(ticket, fence, 2, "s1", "B")).status == 200
        await recorded(bench, MINE, "exam_browser")

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({HEADER: _seb(ENTER)}, {}),
        ({HEADER: _seb(ENTER).upper()}, {}),
        ({EXAM: _seb(ENTER, "e0" * 32)}, {}),
        ({HEADER: _seb("http://exam.test/hall/enter")}, {}),
        ({}, {"page": PAGE, "exam_browser": _seb(PAGE)}),
        ({}, {"page": PAGE + "#q3", "exam_browser": _seb(PAGE)}),
    ],
)
def test_safe_exam_browser_with_the_settings_of_the_examination_gets_in(
    tmp_path: Path, headers: dict[str, str], message: dict[str, str]
) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket(MINE, seb=(CONFIG_KEY, "e0" * 32))
        assert (await bench.post("/hall/enter", {"pass": ticket, **message}, **headers)).status == 200

    play(tmp_path, story)
