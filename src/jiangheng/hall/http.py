"""The little HTTP the hall needs: a bounded body, same-origin only, one JSON answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit


class TooLarge(Exception):
    """The body is larger than any honest message."""


async def read_body(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], most: int) -> bytes:
    """The request's body of at most that many bytes."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > most:
            raise TooLarge
        if not message.get("more_body", False):
            return bytes(body)


def foreign(scope: MutableMapping[str, Any]) -> bool:
    """Does the request come from another site's page, or in a form that such a page could send unasked?"""
    headers = {name.lower(): value for name, value in scope["headers"]}
    if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        return True
    origin = headers.get(b"origin")
    # Hosts alone are compared: behind a proxy that ends TLS the scheme seen here is not the browser's.
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get(b"host", b"").lower():
        return True
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    return bool(scope["method"] == "POST" and kind != b"application/json")


async def respond(
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]], status: int, body: bytes, *, retry_after: int = 0
) -> None:
    """One JSON answer that nobody may keep."""
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if retry_after:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
