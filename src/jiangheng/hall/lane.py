"""A short way through the server for what comes ten thousand times a second: answers, marks, signs of life (K13).

A request that arrives whole, in one piece, in the plainest form a browser sends, goes straight to the hall: one look at
its headers, one task, one write. Everything else (another address, a body in pieces, chunks, anything unusual) takes
the server's own way, whose work per request is twice the hall's (docs/develop/hall-speed.md). Both ways end in the same
handlers with the same checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .app import Hall

PATHS = ("/hall/answer", "/hall/clock", "/hall/flag")
"""Only those whose handlers do not ask from where they are called."""

_STARTS = {f"POST {path} HTTP/1.1".encode(): path for path in PATHS}
_UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"content-encoding"})
_KEPT = (b"keep-alive", b"Keep-Alive", b"")
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
_HEAD = (
    b"%bcontent-type: application/json; charset=utf-8\r\ncache-control: no-store\r\n"
    b"x-content-type-options: nosniff\r\n%bcontent-length: %d\r\n\r\n%b"
)

Plain = tuple[str, Sequence[tuple[bytes, bytes]], bytes]
"""Address, headers and body of a request."""


class Lane(HttpToolsProtocol):
    """The server's protocol with the short way in front. ``hall`` is set when the application is made."""

    hall: ClassVar[Hall | None] = None

    _busy = False
    _closing = False
    _later = b""

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
        self._unset_keepalive_if_required()
        self._busy = True
        task = self.loop.create_task(self._answer(hall, plain))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, hall: Hall, plain: Plain) -> None:
        path, headers, body = plain
        status, said, wait = await hall.post(path, headers, body)
        again = b"retry-after: %d\r\n" % wait if wait else b""
        self._busy = False
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.transport.write(_HEAD % (_STATUS_LINES[status], again, len(said), said))
        if self._closing:
            self.transport.close()
            return
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
        if self._later:
            later, self._later = self._later, b""
            self.data_received(later)

    def shutdown(self) -> None:
        """The server is to stop: what is under way is still answered."""
        if self._busy:
            self._closing = True
        else:
            super().shutdown()


def plainly(data: bytes) -> Plain | None:
    """The request that these bytes are, when they are exactly one of the plain ones; None for anything else."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = data[:end].split(b"\r\n")
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
    # bytes that look like digits in ASCII, and as many as there are
    if not length.isdigit() or int(length) != len(data) - end - 4:
        return None
    return path, headers, data[end + 4 :]
