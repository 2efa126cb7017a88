"""A whole examination against a hall in a process of its own: every phase measured, every reply and the journal checked
(clauses K10, K13)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jiangheng.hall import wire

from .bench_line import Requests, connect
from .bench_room import Person, Room
from .bench_server import Server, cpu_seconds, resident_kib
from .bench_sitter import Bout, Sitter, Wrong, save, wave

_CONNECTING = 200
_ENTERING = 400
_FETCHING = 64
_BEATS_TO_SEE = 4_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to measure: how long to save, how many save at full speed, and seconds between answers of the others."""

    seconds: float
    connections: int
    pace: float
    saves: int
    sitting_beats: int


@dataclass
class Costs:
    """Processor seconds of the server, and of the database apart, phase by phase."""

    server_pid: int
    database_pid: int
    server: dict[str, float] = field(default_factory=dict)
    database: dict[str, float] = field(default_factory=dict)
    _before: tuple[float, float] = (0.0, 0.0)

    def begin(self) -> None:
        """A phase begins."""
        self._before = (cpu_seconds(self.server_pid), cpu_seconds(self.database_pid))

    def end(self, phase: str) -> None:
        """It is over."""
        self.server[phase] = cpu_seconds(self.server_pid) - self._before[0]
        self.database[phase] = cpu_seconds(self.database_pid) - self._before[1]


class Exam:
    """One examination of these people; ``measure`` takes it from the first connection to the last hand-in."""

    def __init__(self, room: Room, server: Server, *, database_pid: int = 0, progress: Callable[[str], None]) -> None:
        self._room, self._server, self._progress = room, server, progress
        self._requests = Requests(f"127.0.0.1:{server.port}")
        self._costs = Costs(server.pid, database_pid)
        self._bouts: dict[str, Bout] = {}
        self.sitters: list[Sitter] = []

    async def measure(self, people: Sequence[Person], extra: Person, plan: Plan) -> dict[str, Any]:
        """All phases; the figures. ``extra`` enters first, so that what the hall keeps for all is not counted."""
        client = time.process_time()
        await self._enter([await self._sitter(extra)])
        empty = resident_kib(self._server.pid)
        await self._come(people)
        await self._prepare()
        await self._start()
        full = resident_kib(self._server.pid)
        if len(self.sitters) > plan.connections:
            await self._saves("paced", self.sitters, plan.seconds, plan.pace)
        await self._saves("rush", self.sitters[: plan.connections], plan.seconds, 0.0)
        await self._beats()
        full = max(full, resident_kib(self._server.pid))
        await self._phase("hand_in", self.sitters, self._hand_in, _handed, abreast=len(people))
        for sitter in self.sitters:
            sitter.line.close()
        return self._figures(plan, memory=(full - empty) / len(people), client=time.process_time() - client)

    async def _phase(
        self, name: str, sitters: Sequence[Sitter], request: Callable[[Sitter], bytes],
        take: Callable[[Sitter, bytes], None], *, abreast: int,
    ) -> None:  # fmt: skip
        self._costs.begin()
        self._bouts[name] = await wave(sitters, request, take, abreast=abreast)
        self._costs.end(name)
        self._progress(f"{name}: {len(sitters)} in {self._bouts[name].seconds:.2f} s")

    async def _come(self, people: Sequence[Person]) -> None:
        self._costs.begin()
        for at in range(0, len(people), _CONNECTING):
            some = people[at : at + _CONNECTING]
            self.sitters += await asyncio.gather(*map(self._sitter, some))
        self._costs.end("connect")

    async def _sitter(self, person: Person) -> Sitter:
        return Sitter(person, await connect("127.0.0.1", self._server.port), self._server.port)

    async def _enter(self, sitters: Sequence[Sitter]) -> None:
        await self._phase("enter", sitters, self._entering, self._entered, abreast=_ENTERING)

    async def _prepare(self) -> None:
        """Check in, enter before the hour, have the sealed paper: all three by every candidate, as his device does."""
        await self._phase("checkin", self.sitters, self._checking_in, _checked_in, abreast=_ENTERING)
        await self._enter(self.sitters)
        get = self._requests.get
        await self._phase(
            "sealed", self.sitters, lambda sitter: get(f"/hall/sealed/{sitter.sealed}"), _fetched, abreast=_FETCHING
        )

    async def _start(self) -> None:
        """All ask for the key in the moment the examination opens; the paper opens with it."""
        wait = self._room.opens / 1000 - time.time()
        if wait < 0:
            raise Wrong(f"the hour came {-wait:.1f} s before all had entered: give a larger --prepare")
        sealed = await self._sealed_once()
        await asyncio.sleep(wait + 0.005)
        await self._phase("start", self.sitters, self._asking, _got_key, abreast=len(self.sitters))
        keys = {sitter.key for sitter in self.sitters}
        for key in keys:
            AESGCM(bytes.fromhex(key)).decrypt(bytes(12), sealed, None)

    async def _sealed_once(self) -> bytes:
        got: list[bytes] = []
        path = f"/hall/sealed/{self.sitters[0].sealed}"
        await wave(
            self.sitters[:1], lambda _: self._requests.get(path), lambda _, body: got.append(body), abreast=1
        )  # fmt: skip
        return got[0]

    async def _saves(self, name: str, sitters: Sequence[Sitter], seconds: float, pace: float) -> None:
        self._costs.begin()
        bout = self._bouts[name] = await save(sitters, self._room, self._requests, seconds=seconds, pace=pace)
        self._costs.end(name)
        self._progress(f"{name}: {len(bout.each)} saves, {len(bout.each) / bout.seconds:.0f} a second")

    async def _beats(self) -> None:
        """Signs of life, until enough have been seen to tell what one costs."""
        whole = self._bouts["beat"] = Bout()
        self._costs.begin()
        while len(whole.each) < _BEATS_TO_SEE:
            bout = await wave(self.sitters, self._beating, _alive, abreast=_ENTERING)
            whole.each += bout.each
            whole.seconds += bout.seconds
        self._costs.end("beat")

    def _checking_in(self, sitter: Sitter) -> bytes:
        body = {"number": sitter.person.number, "identity": sitter.person.identity}
        return self._requests.post("/hall/checkin", msgspec.json.encode(body))

    def _entering(self, sitter: Sitter) -> bytes:
        body = {"pass": sitter.person.ticket, "device": f"device {sitter.person.sitting}"}
        return self._requests.post("/hall/enter", msgspec.json.encode(body))

    def _entered(self, sitter: Sitter, body: bytes) -> None:
        entry = msgspec.json.decode(body, type=wire.Entry)
        if entry.sitting != sitter.person.sitting or entry.key is not None or entry.answers:
            raise Wrong(f"sitting {sitter.person.sitting} entered before the hour and got {body[:300]!r}")
        sitter.sealed = entry.sealed
        sitter.entered(entry.fence)

    def _asking(self, sitter: Sitter) -> bytes:
        return self._requests.post("/hall/key", msgspec.json.encode({"pass": sitter.person.ticket}))

    def _beating(self, sitter: Sitter) -> bytes:
        body = {"pass": sitter.person.ticket, "fence": sitter.fence, "noted": 0}
        return self._requests.post("/hall/clock", msgspec.json.encode(body))

    def _hand_in(self, sitter: Sitter) -> bytes:
        body = {"pass": sitter.person.ticket, "fence": sitter.fence, "auto": False}
        return self._requests.post("/hall/submit", msgspec.json.encode(body))

    def _figures(self, plan: Plan, *, memory: float, client: float) -> dict[str, Any]:
        bouts, rush, costs = self._bouts, self._bouts["rush"], self._costs
        people = len(self.sitters)
        per_save = 1000 * costs.server["rush"] / len(rush.each)
        per_beat = 1000 * costs.server["beat"] / len(bouts["beat"].each)
        once = ("connect", "checkin", "enter", "sealed", "start", "hand_in")
        sitting = sum(1000 * costs.server[phase] for phase in once) / people + plan.saves * per_save
        figures: dict[str, Any] = {
            "candidates": people, "seconds": plan.seconds, "workers": self._server.workers,
            **_figures_of(rush), "connections": min(people, plan.connections),
            "server_cpu_ms_per_save": round(per_save, 4),
            "database_cpu_ms_per_save": round(1000 * costs.database["rush"] / len(rush.each), 4),
            "checkin_seconds": round(bouts["checkin"].seconds, 2), "enter_seconds": round(bouts["enter"].seconds, 2),
            "start_seconds": round(bouts["start"].seconds, 2), "hand_in_seconds": round(bouts["hand_in"].seconds, 2),
            "sitting_cpu_ms": round(sitting, 2), "sitting_saves": plan.saves, "beat_cpu_ms": round(per_beat, 4),
            "sitting_with_beats_cpu_ms": round(sitting + plan.sitting_beats * per_beat, 2),
            "sitting_beats": plan.sitting_beats,
            "phase_cpu_ms_per_candidate": {phase: round(1000 * costs.server[phase] / people, 3) for phase in once},
            "memory_kib_per_candidate": round(memory, 1), "client_cpu_seconds": round(client, 2),
            "refused": sum(bout.refused for bout in bouts.values()),
            "reconnected": sum(bout.reconnected for bout in bouts.values()),
            "load": [round(n, 2) for n in os.getloadavg()],
        }  # fmt: skip
        if paced := bouts.get("paced"):
            cpu = round(1000 * costs.server["paced"] / len(paced.each), 4)
            figures["paced"] = {**_figures_of(paced), "pace_seconds": plan.pace, "server_cpu_ms_per_save": cpu}
        return figures


def _figures_of(bout: Bout) -> dict[str, Any]:
    return {
        "saves": len(bout.each), "saves_per_second": round(len(bout.each) / bout.seconds),
        "p50_ms": bout.at(0.5), "p95_ms": bout.at(0.95), "p99_ms": bout.at(0.99),
    }  # fmt: skip


def _checked_in(sitter: Sitter, body: bytes) -> None:
    if msgspec.json.decode(body, type=wire.CheckedIn).ticket != sitter.person.ticket:
        raise Wrong(f"{sitter.person.number} was given another's pass")


def _fetched(sitter: Sitter, body: bytes) -> None:
    if hashlib.sha256(body).hexdigest() != sitter.sealed:
        raise Wrong("the sealed paper is not what the entry promised")


def _got_key(sitter: Sitter, body: bytes) -> None:
    sitter.key = msgspec.json.decode(body, type=wire.Opened).key


def _alive(sitter: Sitter, body: bytes) -> None:
    pulse = msgspec.json.decode(body, type=wire.Pulse)
    if pulse.standing.stage != "open" or not pulse.proof.signature:
        raise Wrong(f"sitting {sitter.person.sitting} is told that it is {pulse.standing.stage}")


def _handed(sitter: Sitter, body: bytes) -> None:
    sitter.handed = msgspec.json.decode(body, type=wire.HandedIn)
