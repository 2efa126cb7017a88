"""Group commit: drafts gather while the last batch is written, then one transaction, one fsync, and every waiter hears.

One writer thread owns the connection. Two classes of failure reach a waiter: :class:`Busy` (the pool is full, try
again soon) and :class:`Lost` (the store failed, another hall wrote to this chain, or the hall is closing). A failed
chain is marked broken *before* its waiters hear, and no later draft of it is written, so that a receipt never stands on
an entry that is not there.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .store_sqlite import Draft, Entry, Store

_log = logging.getLogger("jiangheng.hall")
_MOST_WAITING = 4096
_LARGEST_BATCH = 1024
_TICK_SECONDS = 0.5


class Busy(Exception):
    """The pool is full: nothing was taken, the page keeps the answer and tries again."""


class Lost(Exception):
    """The draft is not on disk and will not be: the page keeps the answer and tries again."""


class Chain(Protocol):
    """Whoever builds the chain of one sitting; the writer marks it broken when a draft of it could not be written."""

    broken: bool


@dataclass(slots=True)
class _Waiting:
    draft: Draft
    chain: Chain
    done: asyncio.Future[None]
    failed: bool = False


class Journal:
    """The writer thread and its pool. ``heard`` is called on the event loop with control entries of the offices;
    ``seen`` is called on the writer thread and hands over the presences to note."""

    def __init__(
        self,
        path: Path,
        *,
        heard: Callable[[list[Entry]], None],
        seen: Callable[[], list[tuple[int, int]]],
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._path = path
        self._heard = heard
        self._seen = seen
        self._most = most_waiting
        self._loop = asyncio.get_running_loop()
        self._pool: list[_Waiting] = []
        self._wake = threading.Condition()
        self._closing = False
        self._reader = Store(path)
        self._writer: Store | None = Store(path)
        self._heard_id = self._reader.last_id()
        self._thread = threading.Thread(target=self._work, name="hall-journal", daemon=True)
        self._thread.start()

    def append(self, draft: Draft, chain: Chain) -> asyncio.Future[None]:
        """Queue a draft; the future is done when it is on disk. Drafts of one chain are written in the order given."""
        done: asyncio.Future[None] = self._loop.create_future()
        with self._wake:
            if self._closing:
                raise Lost("the hall is closing")
            if len(self._pool) >= self._most:
                raise Busy
            self._pool.append(_Waiting(draft, chain, done))
            self._wake.notify()
        return done

    def replay(self, sitting: int) -> list[Entry]:
        """All entries of one sitting that are on disk."""
        return self._reader.replay(sitting)

    def close(self) -> None:
        """Write what is waiting, then stop. Futures of the last batch are resolved by the loop as usual."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._reader.close()

    def _work(self) -> None:
        while True:
            with self._wake:
                if not self._pool and not self._closing:
                    self._wake.wait(_TICK_SECONDS)
                batch, self._pool = self._pool[:_LARGEST_BATCH], self._pool[_LARGEST_BATCH:]
                last = self._closing and not self._pool
            if batch:
                self._write(batch)
            self._listen()
            if last:
                break
        if self._writer is not None:
            self._writer.close()

    def _write(self, batch: list[_Waiting]) -> None:
        # A chain broken by an earlier batch gets nothing more: its later entries would stand on a missing one.
        good = [waiting for waiting in batch if not waiting.chain.broken]
        try:
            refused = {id(draft) for draft in self._open().append([waiting.draft for waiting in good])}
        except (sqlite3.Error, OSError) as error:
            _log.error("the hall's journal could not be written: %s", error)
            self._drop_writer()
            refused = {id(waiting.draft) for waiting in good}
        for waiting in batch:
            if waiting.chain.broken or id(waiting.draft) in refused:
                waiting.chain.broken = True
                waiting.failed = True
        self._tell(_resolve, batch)

    def _listen(self) -> None:
        """Note presences, and pass on what the offices wrote since the last time."""
        try:
            store = self._open()
            if seen := self._seen():
                store.mark_seen(seen)
            entries = store.controls(self._heard_id)
        except (sqlite3.Error, OSError) as error:
            _log.error("the hall's journal could not be read: %s", error)
            self._drop_writer()
            return
        if entries:
            self._heard_id = entries[-1].id
            self._tell(self._heard, entries)

    def _open(self) -> Store:
        if self._writer is None:
            self._writer = Store(self._path)
        return self._writer

    def _drop_writer(self) -> None:
        # A fresh connection for the next batch: after an input/output error the old one may not be trusted.
        if self._writer is not None:
            try:
                self._writer.close()
            except sqlite3.Error as error:
                _log.error("the hall's journal could not be closed: %s", error)
            self._writer = None

    def _tell(self, receive: Callable[[Any], None], what: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(receive, what)
        except RuntimeError:
            _log.info("the event loop has gone; nobody is waiting any more")


def _resolve(batch: Iterable[_Waiting]) -> None:
    for waiting in batch:
        if waiting.done.done():
            continue
        if waiting.failed:
            waiting.done.set_exception(Lost("the entry could not be written"))
        else:
            waiting.done.set_result(None)
