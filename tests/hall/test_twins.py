"""Two real machines of a room: pull the plug of either while candidates answer, and they go on (clause K13)."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from site_place import KEY, PIN, SECRET, SITTINGS, identity, number, sealed
from test_killed import free_port
from two_machines import Machine, ask, until

from jiangheng.core.exam.events import Answered
from jiangheng.core.exam.site_bundle import check, merge, public_key, read, versions
from jiangheng.hall.books import journal_path, replay
from jiangheng.hall.entries import chain_head
from jiangheng.hall.site_home import SiteHome

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no kill -9"),
    pytest.mark.slow,
]
GO_ON_SECONDS = 30.0


class Candidate(threading.Thread):
    """A page with two addresses: it repeats a message until somebody has taken it, and changes the address after two
    failures in a row, or at once when it is told that it is in the wrong place."""

    def __init__(self, ports: tuple[int, int], sitting: int) -> None:
        super().__init__(daemon=True)
        self.sitting, self._ports, self._failed = sitting, list(ports), 0
        self.acknowledged: dict[int, tuple[str, str]] = {}
        self.longest = 0.0
        self.over = threading.Event()
        self.wrong = ""

    def run(self) -> None:
        known = self.say("/hall/checkin", {"number": number(self.sitting), "identity": identity(self.sitting)})
        entry = self.say("/hall/enter", {"pass": known["pass"], "device": f"m{self.sitting}"})
        last = time.monotonic()
        for seq in range(1, 100_000):
            if self.over.is_set():
                return
            key = "ABCD"[seq % 4]
            item = ("s1", "s2")[seq % 2]
            answer = {"pass": known["pass"], "fence": entry["fence"], "seq": seq, "item": item, "keys": [key]}
            saved = self.say("/hall/answer", answer)
            if not saved:
                return
            self.acknowledged[seq] = (key, saved["receipt"])
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now
            time.sleep(0.02)

    def say(self, path: str, message: dict[str, Any]) -> Any:
        """Say it until it is taken."""
        while not self.over.is_set():
            sent = json.dumps(message)
            status, _, body = ask(self._ports[0], "POST", path, sent, **{"content-type": "application/json"})
            if status == 200:
                self._failed = 0
                return json.loads(body)
            if 0 < status < 500:
                self.wrong = body
                return {}
            self._failed += 1
            if self._failed >= 2 or '"not_here"' in body:
                self._ports.reverse()
                self._failed = 0
            time.sleep(0.3)
        return {}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    """Two machines with the same sealed package; the key was given to the first alone."""
    content = sealed(starts_at=int(time.time() * 1000) - 1000)
    ports = free_port(), free_port()
    pair = tuple(Machine(tmp_path / name, *some) for name, some in (("a", ports), ("b", ports[::-1])))
    for machine in pair:
        machine.home.mkdir()
        SiteHome(machine.home).keep(content)
    pair[0].start("--key", KEY)
    pair[1].start()
    until(lambda: SiteHome(pair[1].home).is_open, "the second machine did not learn the key")
    until(lambda: "没有应答" not in pair[0].notices(), "the two did not come together")
    yield pair  # type: ignore[misc]
    for machine in pair:
        if machine.process is not None and machine.process.poll() is None:
            machine.process.kill()
            machine.process.wait()


def sitting_down(room: tuple[Machine, Machine]) -> list[Candidate]:
    """Candidates who answer."""
    candidates = [Candidate((room[0].port, room[1].port), sitting) for sitting in SITTINGS]
    for candidate in candidates:
        candidate.start()
    go_on(candidates)
    return candidates


def go_on(candidates: list[Candidate], *, seconds: float = GO_ON_SECONDS) -> None:
    """Everybody has ten more answers acknowledged within that time."""
    before = [len(candidate.acknowledged) for candidate in candidates]
    until(
        lambda: all(len(one.acknowledged) >= had + 10 for one, had in zip(candidates, before, strict=True)),
        f"somebody does not go on: {[candidate.wrong for candidate in candidates]}", seconds=seconds,
    )  # fmt: skip


def finish(candidates: list[Candidate]) -> None:
    """They stop, and nothing went wrong."""
    for candidate in candidates:
        candidate.over.set()
    for candidate in candidates:
        candidate.join(10)
    assert [candidate.wrong for candidate in candidates if candidate.wrong] == []


def all_there(home: Path, candidates: list[Candidate]) -> None:
    """Every answer that was acknowledged is on that machine's disk, with its receipt, in an unbroken chain."""
    for candidate in candidates:
        entries = replay(journal_path(home), candidate.sitting)
        chain_head(candidate.sitting, entries)
        written = {e.event.seq: (e.event.keys[0], e.receipt) for e in entries if isinstance(e.event, Answered)}
        missing = {seq for seq, had in candidate.acknowledged.items() if written.get(seq) != had}
        assert not missing, f"{candidate.sitting} lost {sorted(missing)} of {len(candidate.acknowledged)}"


def test_the_plug_of_either_machine_is_pulled_and_everybody_goes_on(room: tuple[Machine, Machine]) -> None:
    a, b = room
    candidates = sitting_down(room)
    a.pull_the_plug()
    go_on(candidates)
    a.start()
    until(lambda: "没有应答" not in b.notices(), "the first machine was not brought up to date")
    go_on(candidates)
    b.pull_the_plug()
    go_on(candidates)
    finish(candidates)
    assert max(candidate.longest for candidate in candidates) < GO_ON_SECONDS
    all_there(a.home, candidates)
    b.start()
    until(lambda: "没有应答" not in a.notices(), "the second machine was not brought up to date")
    all_there(b.home, candidates)

    made = [read(SiteHome(machine.home).bundle(partial=True)) for machine in room]
    for bundle in made:
        facts = {"package": SiteHome(a.home).header.digest, "sittings": set(SITTINGS), "key": public_key(SECRET)}
        assert [finding for finding in check(bundle, **facts) if not finding.sound] == []
    merged = merge([journal for bundle in made for journal in versions(bundle)])
    assert merged.forks == ()
    assert set(merged.journals) == set(SITTINGS)


def test_a_machine_that_stood_still_and_wakes_up_takes_nothing_more(room: tuple[Machine, Machine]) -> None:
    a, b = room
    candidates = sitting_down(room)
    assert a.process is not None
    # no connection breaks and no message comes back: as when the plug of the network is pulled
    a.process.send_signal(signal.SIGSTOP)
    go_on(candidates)
    a.process.send_signal(signal.SIGCONT)
    until(lambda: "备用机" in a.notices(), "the machine that woke up does not follow")
    until(lambda: "没有应答" not in b.notices(), "the machine that woke up was not brought up to date")
    go_on(candidates)
    finish(candidates)
    for machine in room:
        all_there(machine.home, candidates)
    assert not list(journal_path(a.home).parent.glob("*aside*"))


def test_without_its_twin_a_machine_goes_on_within_two_seconds_and_says_so(room: tuple[Machine, Machine]) -> None:
    a, b = room
    candidates = sitting_down(room)
    for candidate in candidates:
        candidate.longest = 0.0
    b.pull_the_plug()
    go_on(candidates)
    assert "没有应答" in a.notices()
    finish(candidates)
    assert max(candidate.longest for candidate in candidates) < 2.5
    all_there(a.home, candidates)


def test_a_candidate_is_at_another_seat_with_all_his_answers_within_thirty_seconds(
    room: tuple[Machine, Machine],
) -> None:
    a, _ = room
    (sitting, *_) = SITTINGS
    page = Candidate((a.port, a.port), sitting)
    ticket = page.say("/hall/checkin", {"number": number(sitting), "identity": identity(sitting)})["pass"]
    entry = page.say("/hall/enter", {"pass": ticket, "device": "first"})
    answer = {"pass": ticket, "fence": entry["fence"], "seq": 1, "item": "s1", "keys": ["C"]}
    page.say("/hall/answer", answer)

    began = time.monotonic()
    cookie = ask(a.port, "POST", "/hall/room/in", urlencode({"name": "李四", "pin": PIN}))[1].partition(";")[0]
    act = {"act": "free", "to": f"sitting {sitting}", "text": "键盘损坏"}
    assert ask(a.port, "POST", "/hall/room/act", urlencode(act), cookie=cookie)[0] == 303
    other = Candidate((a.port, a.port), sitting)
    again = other.say("/hall/checkin", {"number": number(sitting), "identity": identity(sitting)})["pass"]
    moved: dict[str, Any] = {}
    while not moved:
        moved = other.say("/hall/enter", {"pass": again, "device": "second"})
        assert time.monotonic() - began < GO_ON_SECONDS
    took = time.monotonic() - began

    assert moved["answers"] == {"s1": ["C"]}
    given = moved["standing"]["deadline"] - entry["standing"]["deadline"]
    assert 0 < given <= took * 1000
    assert other.say("/hall/answer", answer | {"fence": moved["fence"], "seq": 2, "item": "s2"})["receipt"]
    # the old machine is told that it is no longer the one
    assert page.say("/hall/answer", answer | {"seq": 2}) == {}
    assert "superseded" in page.wrong
