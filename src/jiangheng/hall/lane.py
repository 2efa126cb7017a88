"""A short way through the server for what comes ten thousand times a second: answers, marks, signs of life (K13).

A request that arrives whole, in one piece, in the plainest form a browser sends, goes straight to the hall: one look at
its headers, one write. A good answer and a sign of life need not even a task of their own. Everything else (another
address, a body in pieces, chunks, anything unusual) takes the server's own way, whose work per request is twice the
hall's (docs/develop/hall-speed.md). All ways end in the same rules.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .app import Hall, Said
from .http import Headers

PATHS = ("/hall/answer", "/hall/clock", "/hall/flag")
"""Only those whose handlers do not ask from where they are called."""

_log = logging.getLogger("jiangheng.hall")
_STARTS = {f"POST {path} HTTP/1.1".encode(): path for path in PATHS}
_UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"content-encoding"})
_KEPT = (b"keep-alive", b"Keep-Alive", b"")
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
_HEAD = (
    b"%bcontent-type: application/json; charset=utf-8\r\ncache-control: no-store\r\n"
    b"x-content-type-options: nosniff\r\n%bcontent-length: %d\r\n\r\n%b"
)

_MOST_HEADS = 1024
_LONGEST_HEAD = 4096


class Head(NamedTuple):
    """Address and headers of a plain request, and how many bytes of body it announces; ``foreign`` when it does not
    come from a page of this host."""

    path: str
    headers: Sequence[tuple[bytes, bytes]]
    length: int
    foreign: bool


_heads: dict[bytes, Head] = {}


class Lane(HttpToolsProtocol):
    """The server's protocol with the short way in front. ``hall`` is set when the application is made."""

    hall: ClassVar[Hall | None] = None

    _busy = False
    _closing = False
    _later = b""
    _said_at = 0.0

    def data_received(self, data: bytes) -> None:
        """Called by the loop with whatever came."""
        if self._busy:
            # the page does not wait for its answer: in order, once this one is out
            self._later += data
            return
        hall = self.hall
        if hall is None or (self.cycle is not None and not self.cycle.response_complete):
            super().data_received(data)
            return
        plain = plainly(data)
        if plain is None:
            super().data_received(data)
            return
        head, body = plain
        self._busy = True

        def told(said: Said | None) -> None:
            if said is None:
                self._usually(hall, head, body)
            else:
                self._say(*said)

        if head.foreign or not hall.swiftly(head.path, body, told):
            self._usually(hall, head, body)

    def _usually(self, hall: Hall, head: Head, body: bytes) -> None:
        task = self.loop.create_task(self._answer(hall, head, body))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, hall: Hall, head: Head, body: bytes) -> None:
        try:
            self._say(*await hall.post(head.path, head.headers, body))
        except Exception:
            _log.exception("a message to %s could not be answered", head.path)
            self.transport.close()

    def _say(self, status: int, said: bytes, wait: int) -> None:
        again = b"retry-after: %d\r\n" % wait if wait else b""
        self._busy = False
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.transport.write(_HEAD % (_STATUS_LINES[status], again, len(said), said))
        if self._closing:
            self.transport.close()
            return
        self._said_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)
        if self._later:
            later, self._later = self._later, b""
            self.data_received(later)

    def timeout_keep_alive_handler(self) -> None:
        """Called when nothing may have come for so long. The short way leaves the timer alone: to set a new one with
        every answer costs more than to look once more."""
        left = self._said_at + self.timeout_keep_alive - self.loop.time()
        if self._busy or left > 0:
            self._look_again(max(left, 1.0))
        else:
            super().timeout_keep_alive_handler()

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def shutdown(self) -> None:
        """The server is to stop: what is under way is still answered."""
        if self._busy:
            self._closing = True
        else:
            super().shutdown()


def plainly(data: bytes) -> tuple[Head, bytes] | None:
    """Head and body of the request that these bytes are, when they are exactly one of the plain ones; None for anything
    else."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    text = data[:end]
    # a browser sends the same headers with every answer, and so do most browsers of a room
    head = _heads.get(text)
    if head is None and (head := _plain_head(text)) is not None and end <= _LONGEST_HEAD:
        if len(_heads) >= _MOST_HEADS:
            _heads.clear()
        _heads[text] = head
    # as many bytes as there are
    return None if head is None or head.length != len(data) - end - 4 else (head, data[end + 4 :])


def _plain_head(text: bytes) -> Head | None:
    first, *lines = text.split(b"\r\n")
    path = _STARTS.get(first)
    if path is None:
        return None
    headers: list[tuple[bytes, bytes]] = []
    length = b""
    for line in lines:
        name, colon, value = line.partition(b":")
        name, value = name.lower(), value.strip(b" \t")
        # a folded line, a space before the colon, a name twice that matters: the full parser judges those
        if not colon or not name or name[0] <= 32 or name[-1] <= 32 or name in _UNUSUAL:
            return None
        if name == b"content-length":
            if length:
                return None
            length = value
        elif name == b"connection" and value not in _KEPT:
            return None
        headers.append((name, value))
    # bytes that look like digits in ASCII
    return Head(path, headers, int(length), Headers(headers).foreign) if length.isdigit() else None
