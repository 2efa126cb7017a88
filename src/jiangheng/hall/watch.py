"""What those who watch examinations are told, as server-sent events: seats of a room, or counts of a place (K13).

Every stream looks at the journal's standings every two seconds and tells what has changed since it last looked; so it
does not matter which of several processes serves the candidates and which the watchers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from jiangheng.core.exam.watch_pass import WatchPass

from .entries import Store, StoreError

_log = logging.getLogger("jiangheng.hall")
_EVERY_SECONDS = 2.0
# Proxies cut a stream that is silent for long, and a page that is gone is noticed only by writing to it.
_SIGN_OF_LIFE = b": still here\n\n"
_SILENT_TICKS = 7
_LONGEST_TICKS = 300


class Watch:
    """The streams of one hall. They share one connection and one thread, apart from those that save answers."""

    def __init__(self, open_store: Callable[[], Store], now: Callable[[], int]) -> None:
        self._open_store = open_store
        self._now = now
        self._store: Store | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hall-watch")
        self._over = asyncio.Event()

    def close(self) -> None:
        """End every stream."""
        self._over.set()
        self._thread.shutdown(wait=True)
        if self._store is not None:
            self._store.close()

    async def stream(self, ticket: WatchPass) -> AsyncIterator[bytes]:
        """The events, until the pass is over or the hall closes; a page then asks again with a fresh pass."""
        told: dict[int, Any] = {}
        silent = 0
        for _ in range(_LONGEST_TICKS):
            if self._over.is_set() or ticket.until < self._now():
                return
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._thread, self._look, ticket)
            except StoreError as error:
                _log.error("the standings could not be read: %s", error)
                yield _event("trouble", {"now": self._now()})
                found = {}
            fresh = [row for number, row in found.items() if told.get(number) != row]
            told |= found
            silent = 0 if fresh else silent + 1
            if fresh:
                yield _event("seats" if ticket.session else "sessions", {"now": self._now(), "rows": fresh})
            elif silent >= _SILENT_TICKS:
                silent = 0
                yield _SIGN_OF_LIFE
            try:
                await asyncio.wait_for(self._over.wait(), _EVERY_SECONDS)
            except TimeoutError:
                continue

    def _look(self, ticket: WatchPass) -> dict[int, Any]:
        try:
            store = self._store = self._store or self._open_store()
            if ticket.session:
                return {row.sitting: row for row in store.standings(sessions=[ticket.session])}
            return {row.session: row for row in store.crowds(ticket.place, self._now())}
        except StoreError:
            if self._store is not None:
                self._store.close()
            self._store = None
            raise


def _event(name: str, content: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(content) + b"\n\n"
