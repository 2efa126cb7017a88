"""A candidate's connection to the hall: HTTP/1.1 over one TCP connection, one request at a time (clause K13).

It costs a tenth of a general library, so that what is measured is the hall. The headers are those a browser sends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeAlias

Heard: TypeAlias = Callable[[int, bytes, float], None]
"""Called with the status (0 when the connection went away), the body, and the seconds since the request was sent."""

_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36"
)
_SENT_BY_BROWSERS = (
    "Host: {host}\r\nConnection: keep-alive\r\n"
    'sec-ch-ua-platform: "Windows"\r\nUser-Agent: ' + _BROWSER + "\r\n"
    'sec-ch-ua: "Chromium";v="128", "Not;A=Brand";v="24"\r\nsec-ch-ua-mobile: ?0\r\nAccept: */*\r\n'
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nReferer: http://{host}/exam\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
)
_LENGTH = b"\r\ncontent-length: "


class Requests:
    """Builds requests to one host."""

    def __init__(self, host: str) -> None:
        self._common = _SENT_BY_BROWSERS.format(host=host)
        self._host = host

    def get(self, path: str) -> bytes:
        """A request for what anyone may get."""
        return f"GET {path} HTTP/1.1\r\n{self._common}\r\n".encode()

    def post_head(self, path: str) -> bytes:
        """Everything before the length of the body."""
        head = f"POST {path} HTTP/1.1\r\n{self._common}Origin: http://{self._host}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: ".encode()

    def post(self, path: str, body: bytes) -> bytes:
        """A request with a body of JSON."""
        return posted(self.post_head(path), body)


def posted(head: bytes, body: bytes) -> bytes:
    """Head, length and body together."""
    return b"%b%d\r\n\r\n%b" % (head, len(body), body)


class Line(asyncio.Protocol):
    """One connection that is kept open."""

    __slots__ = ("_gathered", "_heard", "_sent", "_wanted", "transport")

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._gathered = b""
        self._wanted = 0
        self._heard: Heard | None = None
        self._sent = 0.0

    def connection_made(self, transport: Any) -> None:
        """Called by the loop."""
        self.transport = transport

    def ask(self, request: bytes, heard: Heard) -> None:
        """Send one request; ``heard`` gets its answer, at once with status 0 when the connection is gone already."""
        if self.transport is None or self.transport.is_closing():
            asyncio.get_running_loop().call_soon(heard, 0, b"", 0.0)
            return
        self._heard = heard
        self._sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Called by the loop with whatever came."""
        if self._gathered:
            data = self._gathered + data
        if len(data) < self._wanted:
            self._gathered = data
            return
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._gathered = data
            return
        at = data.find(_LENGTH, 0, end) + len(_LENGTH)
        # the last header has no line end of its own before the empty line
        stop = data.find(b"\r", at)
        whole = end + 4 + int(data[at:stop])
        if len(data) < whole:
            self._gathered, self._wanted = data, whole
            return
        self._gathered, self._wanted = b"", 0
        heard, self._heard = self._heard, None
        if heard is not None:
            heard(int(data[9:12]), data[end + 4 : whole], time.perf_counter() - self._sent)

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        self.transport = None
        self._gathered, self._wanted = b"", 0
        heard, self._heard = self._heard, None
        if heard is not None:
            heard(0, b"", time.perf_counter() - self._sent)

    def close(self) -> None:
        """Let go."""
        self._heard = None
        if self.transport is not None:
            self.transport.abort()


async def connect(host: str, port: int) -> Line:
    """A fresh connection; ``OSError`` when nobody is there."""
    _transport, line = await asyncio.get_running_loop().create_connection(Line, host, port)
    return line
