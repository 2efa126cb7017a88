"""A bad line between the candidates and the hall: it loses connections in the middle of what is said (clause K13)."""

from __future__ import annotations

import asyncio
import random
from typing import Any


class BadLine:
    """Passes bytes on to a port. While ``bad`` is above 0, every piece is with that probability the last one of its
    connection: it is passed on by half, or not at all, and both ends are cut off. ``cuts`` counts them."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self._port = port
        self._chance = chance
        self._server: asyncio.Server | None = None
        self._ends: set[_End] = set()
        self.bad = 0.0
        self.cuts = 0

    async def open(self) -> int:
        """Listen; the port on which the candidates come."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _End(self, None), "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def close(self) -> None:
        """Cut everything and listen no more."""
        if self._server is not None:
            self._server.close()
        self.cut_all()

    def cut_all(self) -> None:
        """Everybody's line goes at once."""
        for end in list(self._ends):
            end.cut()

    def taken(self, end: _End) -> None:
        """One end more."""
        self._ends.add(end)

    def gone(self, end: _End) -> None:
        """One end less."""
        self._ends.discard(end)

    def last_words(self, data: bytes) -> bytes | None:
        """What of this piece is passed on before the cut; None when the line holds."""
        if self._chance.random() >= self.bad:
            return None
        self.cuts += 1
        return data[: self._chance.choice((0, len(data) // 2, len(data)))]

    async def further(self, end: _End) -> _End | None:
        """The other end, towards the hall; None when nobody is there."""
        try:
            _transport, other = await asyncio.get_running_loop().create_connection(
                lambda: _End(self, end), "127.0.0.1", self._port
            )
        except OSError:
            return None
        return other


class _End(asyncio.Protocol):
    def __init__(self, line: BadLine, other: _End | None) -> None:
        self._line = line
        self._other = other
        self._transport: Any = None
        self._early: list[bytes] = []
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._line.taken(self)
        if self._other is None:
            self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        self._other = await self._line.further(self)
        if self._other is None:
            self.cut()
        for piece in self._early:
            self._pass_on(piece)
        self._early.clear()

    def data_received(self, data: bytes) -> None:
        if self._other is None:
            self._early.append(data)
        else:
            self._pass_on(data)

    def _pass_on(self, data: bytes) -> None:
        words = self._line.last_words(data)
        if self._other is None:
            return
        self._other.write(data if words is None else words)
        if words is not None:
            # close, not abort: what was passed on still arrives
            self._other.cut(gently=True)
            self.cut()

    def write(self, data: bytes) -> None:
        if self._transport is not None and data:
            self._transport.write(data)

    def cut(self, *, gently: bool = False) -> None:
        if self._transport is not None:
            (self._transport.close if gently else self._transport.abort)()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._line.gone(self)
        if self._other is not None:
            self._other.cut(gently=True)
