"""The little HTTP the hall needs: a bounded body, same-origin only, one answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit


class TooLarge(Exception):
    """The body is larger than any honest message."""


class TooSlow(Exception):
    """The body did not come within the time any honest line needs."""


class Headers:
    """The headers of a request; servers give their names in lower case."""

    __slots__ = ("_named",)

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._named = dict(headers)

    def get(self, name: bytes) -> bytes:
        """A header's value, empty when it is not there."""
        return self._named.get(name, b"")

    @property
    def foreign(self) -> bool:
        """Does the request come from another site's page, or in a form that such a page could send unasked?"""
        named = self._named
        if named.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
            return True
        origin = named.get(b"origin")
        # Hosts alone are compared: behind a proxy that ends TLS the scheme seen here is not the browser's.
        if origin is not None and urlsplit(origin).netloc.lower() != named.get(b"host", b"").lower():
            return True
        kind = named.get(b"content-type", b"")
        return kind != b"application/json" and kind.partition(b";")[0].strip().lower() != b"application/json"


async def read_body(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], most: int, *, seconds: float) -> bytes:
    """The request's body of at most that many bytes, which must come within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await _gathered(receive, most)
    except TimeoutError:
        raise TooSlow from None


async def _gathered(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], most: int) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(body) > most:
            raise TooLarge
        return body
    gathered = bytearray(body)
    while message.get("more_body", False):
        message = await receive()
        gathered += message.get("body", b"")
        if len(gathered) > most:
            raise TooLarge
    return bytes(gathered)


async def respond_stream(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    events: AsyncIterator[bytes],
) -> None:
    """Server-sent events until they end or the other side has gone."""
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def tell() -> None:
        async for event in events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def leave() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    telling, leaving = asyncio.ensure_future(tell()), asyncio.ensure_future(leave())
    try:
        await asyncio.wait((telling, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (telling, leaving):
            task.cancel()
        await asyncio.gather(telling, leaving, return_exceptions=True)


async def respond(
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    status: int,
    body: bytes,
    *,
    retry_after: int = 0,
    kind: bytes = b"application/json; charset=utf-8",
    keep: str = "no-store",
    close: bool = False,
    policy: bytes = b"",
) -> None:
    """One answer; nobody may keep it unless ``keep`` says so. ``close`` ends the connection: what is still to come of
    the request is not waited for."""
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", keep.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if policy:
        headers.append((b"content-security-policy", policy))
    if close:
        headers.append((b"connection", b"close"))
    if retry_after:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
