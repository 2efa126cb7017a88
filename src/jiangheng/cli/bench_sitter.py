"""One candidate of the bench: what he sends, what he was told is safe, and how many act at once (clauses K10, K13)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec

from jiangheng.hall import wire

from .bench_line import Line, Requests, connect, posted
from .bench_room import Person, Room

_AGAIN_SECONDS = 0.2
# the loop itself holds tasks loosely
_reconnecting: set[asyncio.Task[None]] = set()


class Wrong(Exception):
    """The hall answered what it must not answer."""


class Sitter:
    """A candidate at his machine. ``receipts`` holds, by number, the receipt of every answer he was told is safe."""

    __slots__ = ("_port", "_start", "fence", "handed", "key", "line", "person", "receipts", "sealed", "seq")

    def __init__(self, person: Person, line: Line, port: int) -> None:
        self.person, self.line, self._port = person, line, port
        self.fence = self.seq = 0
        self.key = self.sealed = ""
        self.receipts: list[str] = []
        self.handed: wire.HandedIn | None = None
        self._start = b""

    async def reconnect(self) -> None:
        """Take a new connection; ``OSError`` when nobody is there."""
        self.line.close()
        self.line = await connect("127.0.0.1", self._port)

    def entered(self, fence: int) -> None:
        """The page is open under that fence."""
        self.fence = fence
        self._start = b'{"pass":"%b","fence":%d,"seq":' % (self.person.ticket.encode(), fence)

    def answer(self, room: Room, seq: int) -> bytes:
        """The body of his answer of that number."""
        return b"%b%d%b" % (self._start, seq, room.choice(self.person.sitting, seq).tail)


@dataclass
class Bout:
    """What many requests together took: seconds in all, seconds of each, how many were asked to come again, and how
    many had to connect anew."""

    seconds: float = 0.0
    each: list[float] = field(default_factory=list)
    refused: int = 0
    reconnected: int = 0

    def at(self, share: float) -> float:
        """The time within which that share of the requests was answered, milliseconds."""
        if not self.each:
            return 0.0
        ranked = sorted(self.each)
        return round(1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))], 2)


async def wave(
    sitters: Sequence[Sitter],
    request: Callable[[Sitter], bytes],
    take: Callable[[Sitter, bytes], None],
    *,
    abreast: int,
) -> Bout:
    """Every sitter asks once, so many at a time; ``take`` checks the answer. 503 is asked again, as a page does."""
    loop, bout = asyncio.get_running_loop(), Bout()
    done: asyncio.Future[None] = loop.create_future()
    queue = iter(sitters)
    left = len(sitters)

    def ask(sitter: Sitter) -> None:
        sitter.line.ask(request(sitter), partial(heard, sitter))

    def heard(sitter: Sitter, status: int, body: bytes, took: float) -> None:
        nonlocal left
        if not _goes_on(done, bout, sitter, status, body, ask=ask, take=take):
            return
        bout.each.append(took)
        left -= 1
        if (following := next(queue, None)) is not None:
            ask(following)
        elif not left:
            done.set_result(None)

    began = time.perf_counter()
    for _ in range(min(abreast, left)):
        ask(next(queue))
    if sitters:
        await done
    bout.seconds = time.perf_counter() - began
    return bout


async def save(sitters: Sequence[Sitter], room: Room, requests: Requests, *, seconds: float, pace: float) -> Bout:
    """Every sitter saves for so many seconds: as soon as he is answered (``pace`` 0), or one answer every ``pace``
    seconds, begun at a random moment. Every reply is checked."""
    loop, bout = asyncio.get_running_loop(), Bout()
    done: asyncio.Future[None] = loop.create_future()
    head = requests.post_head("/hall/answer")
    left = len(sitters)
    began = time.perf_counter()
    until = began + seconds

    def ask(sitter: Sitter) -> None:
        sitter.line.ask(posted(head, sitter.answer(room, sitter.seq)), partial(heard, sitter))

    def following(sitter: Sitter) -> None:
        nonlocal left
        if time.perf_counter() < until:
            sitter.seq += 1
            ask(sitter)
            return
        left -= 1
        if not left and not done.done():
            done.set_result(None)

    def heard(sitter: Sitter, status: int, body: bytes, took: float) -> None:
        if not _goes_on(done, bout, sitter, status, body, ask=ask, take=_saved):
            return
        bout.each.append(took)
        if pace:
            loop.call_later(max(0.0, pace - took), following, sitter)
        else:
            following(sitter)

    for sitter in sitters:
        if pace:
            loop.call_later(random.random() * pace, following, sitter)
        else:
            following(sitter)
    await done
    bout.seconds = time.perf_counter() - began
    return bout


def _goes_on(
    done: asyncio.Future[None], bout: Bout, sitter: Sitter, status: int, body: bytes, *,
    ask: Callable[[Sitter], None], take: Callable[[Sitter, bytes], None],
) -> bool:  # fmt: skip
    """Is that an answer to go on from? None at all is asked for again; a wrong one ends the bout."""
    if done.done():
        return False
    if status in (0, 503):
        _again(bout, sitter, status, ask)
        return False
    try:
        _right(status, body)
        take(sitter, body)
    except Exception as wrong:
        done.set_exception(wrong)
        return False
    return True


def _again(bout: Bout, sitter: Sitter, status: int, ask: Callable[[Sitter], None]) -> None:
    """Do what a page does: come again after a moment, on a new connection when the old one has gone."""
    if status:
        bout.refused += 1
        asyncio.get_running_loop().call_later(_AGAIN_SECONDS, ask, sitter)
        return
    bout.reconnected += 1

    async def anew() -> None:
        try:
            await sitter.reconnect()
        except OSError:
            await asyncio.sleep(_AGAIN_SECONDS)
        ask(sitter)

    task = asyncio.get_running_loop().create_task(anew())
    _reconnecting.add(task)
    task.add_done_callback(_reconnecting.discard)


def _saved(sitter: Sitter, body: bytes) -> None:
    saved = _decoder.decode(body)
    if saved.seq != sitter.seq or not saved.receipt or saved.seq != len(sitter.receipts) + 1:
        raise Wrong(f"sitting {sitter.person.sitting}: answer {sitter.seq} got the receipt of {saved}")
    sitter.receipts.append(saved.receipt)


def _right(status: int, body: bytes) -> None:
    if status != 200:
        raise Wrong(f"status {status}: {body[:300].decode(errors='replace')}")


_decoder = msgspec.json.Decoder(wire.Saved)
