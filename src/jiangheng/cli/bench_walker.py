"""A candidate under bad luck: he sends every answer twice and out of order, and again until it is safe (K10, K13)."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence

import msgspec

from jiangheng.hall import wire

from .bench_check import Told
from .bench_line import Line, Requests, connect, posted
from .bench_room import Person, Room

_LINES = 2
_TOGETHER = 4
_MOST_WAITING = 4 * _TOGETHER
_PAUSE_SECONDS = 0.15
_AGAIN_SECONDS = 0.05
# what a page waits out; with "stale" the hall has a later answer to the same item, so this one is done with
_WAITED_OUT = frozenset({"ended", "not_begun"})
_DONE_WITH = frozenset({"stale"})


class Walker:
    """One candidate. ``told`` is what he believes is safe; ``heard`` counts answers by what they were; ``wrong`` has
    what the hall must never say."""

    def __init__(self, person: Person, room: Room, port: int, chance: random.Random) -> None:
        self._person, self._room, self._port, self._chance = person, room, port, chance
        self._requests = Requests(f"127.0.0.1:{port}")
        self._lines: list[Line | None] = [None] * _LINES
        self._fence = self._seq = 0
        self._waiting: set[int] = set()
        self._receipts: dict[int, str] = {}
        self.heard: Counter[str] = Counter()
        self.words: set[str] = set()
        self.wrong: list[str] = []

    @property
    def told(self) -> Told:
        """What he was told is safe."""
        return Told(self._person.sitting, self._person.ticket, self._receipts)

    @property
    def waiting(self) -> int:
        """How many answers he does not yet know to be safe."""
        return len(self._waiting)

    async def walk(self, over: asyncio.Event, *, patience: float) -> None:
        """Answer until it is over, then go on sending for so many seconds until everything is safe."""
        await self._enter()
        while not over.is_set():
            for _ in range(self._chance.randint(1, _TOGETHER)):
                if len(self._waiting) < _MOST_WAITING:
                    self._seq += 1
                    self._waiting.add(self._seq)
            await self._deliver()
            await asyncio.sleep(_PAUSE_SECONDS * self._chance.random())
        until = time.monotonic() + patience
        while self._waiting and time.monotonic() < until:
            await self._deliver()
            await asyncio.sleep(_AGAIN_SECONDS)
        for line in self._lines:
            if line is not None:
                line.close()

    async def _enter(self) -> None:
        body = msgspec.json.encode({"pass": self._person.ticket, "device": f"device {self._person.sitting}"})
        while not self._fence:
            status, said = await self._ask(0, self._requests.post("/hall/enter", body))
            if status == 200:
                self._fence = msgspec.json.decode(said, type=wire.Entry).fence
            else:
                self._judge("enter", status, said)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _deliver(self) -> None:
        """All that waits, and as many that are safe already: each twice, shuffled, on two lines at once."""
        again = self._chance.sample(sorted(self._receipts), min(len(self._receipts), 1))
        batch = sorted(self._waiting) + again
        deliveries = batch * 2
        self._chance.shuffle(deliveries)
        halves = [deliveries[number::_LINES] for number in range(_LINES)]
        await asyncio.gather(*(self._send(number, half) for number, half in enumerate(halves)))

    async def _send(self, number: int, seqs: Sequence[int]) -> None:
        head = self._requests.post_head("/hall/answer")
        start = b'{"pass":"%b","fence":%d,"seq":' % (self._person.ticket.encode(), self._fence)
        for seq in seqs:
            tail = self._room.choice(self._person.sitting, seq).tail
            status, said = await self._ask(number, posted(head, b"%b%d%b" % (start, seq, tail)))
            if status == 200:
                self._safe(seq, msgspec.json.decode(said, type=wire.Saved))
            elif self._judge(f"answer {seq}", status, said) in _DONE_WITH:
                self._waiting.discard(seq)
            elif not status:
                return

    def _safe(self, seq: int, saved: wire.Saved) -> None:
        self.heard["acknowledged"] += 1
        if saved.seq != seq or not saved.receipt or self._receipts.setdefault(seq, saved.receipt) != saved.receipt:
            self.wrong.append(f"answer {seq} has the receipts {self._receipts[seq]} and {saved}")
        self._waiting.discard(seq)

    def _judge(self, what: str, status: int, said: bytes) -> str:
        """Why it was not taken, as a code; noted when the hall must not say that."""
        if not status:
            self.heard["cut_off"] += 1
            return ""
        problem = msgspec.json.decode(said, type=wire.Problem)
        self.heard[problem.code] += 1
        if status == 503:
            self.words.add(f"{problem.code}: {problem.reason}")
        elif problem.code not in _WAITED_OUT | _DONE_WITH:
            self.wrong.append(f"{what}: {status} {problem.code}")
        return problem.code

    async def _ask(self, number: int, request: bytes) -> tuple[int, bytes]:
        """Status and body; status 0 when the line went before an answer came."""
        line = self._lines[number]
        if line is None or line.transport is None:
            try:
                line = self._lines[number] = await connect("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(_PAUSE_SECONDS)
                return 0, b""
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()

        def heard(status: int, body: bytes, _took: float) -> None:
            if not answer.done():
                answer.set_result((status, body))

        line.ask(request, heard)
        return await answer
