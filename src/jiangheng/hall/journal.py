"""Group commit: drafts gather while the last batch is written, then one transaction, one flush, and every waiter hears.

One writer thread owns the connection. Two classes of failure reach a waiter: :class:`Busy` (the pool is full, try
again soon) and :class:`Lost` (the store failed, another hall wrote to this chain, or the hall is closing); a full disk
is a :class:`Full` of its own, because people can do something about it. A failed
chain is marked broken *before* its waiters hear, and no later draft of it is written, so that a receipt never stands on
an entry that is not there.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable
from typing import Any, Protocol, TypeAlias

from .entries import Draft, Entry, Standing, Store, StoreError, StoreFull

_log = logging.getLogger("jiangheng.hall")
_MOST_WAITING = 20_000
_LARGEST_BATCH = 2048
_TICK_SECONDS = 0.5
_LISTEN_SECONDS = 0.3
# On a server with several writers an entry may become visible after one with a higher id.
_LOOK_BACK = 5_000


class Busy(Exception):
    """The pool is full: nothing was taken, the page keeps the answer and tries again."""


class Lost(Exception):
    """The draft is not on disk and will not be: the page keeps the answer and tries again."""


class Overtaken(Lost):
    """The draft is not on disk: another process of the hall wrote to this chain. Who reads it again may go on."""


class Full(Lost):
    """The draft is not on disk because the disk is full: the page keeps the answer, somebody has to make room."""


Heard: TypeAlias = Callable[["Lost | None"], object]


class Chain(Protocol):
    """Whoever builds the chain of one sitting; the writer marks it broken when a draft of it could not be written."""

    broken: bool


class Writing:
    """A draft on its way to the disk. Who waits for it is called back on the event loop, all of a batch in one pass:
    a future and a task for each would cost more than judging it (docs/develop/hall-speed.md)."""

    __slots__ = ("_hears", "chain", "draft", "failed", "over")

    def __init__(self, draft: Draft, chain: Chain) -> None:
        self.draft, self.chain = draft, chain
        self.failed: Lost | None = None
        self.over = False
        self._hears: list[Heard] = []

    def then(self, hear: Heard) -> None:
        """Call that with why it failed, or None once it is on disk; at once when that is known already."""
        if self.over:
            hear(self.failed)
        else:
            self._hears.append(hear)

    def __await__(self) -> Generator[Any, None, None]:
        """Wait until it is on disk; :class:`Lost` when it will not be."""
        if not self.over:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._hears.append(lambda _failed: None if waiter.done() else waiter.set_result(None))
            yield from waiter
        if self.failed is not None:
            raise self.failed

    def end(self) -> None:
        """What became of it is known. Called on the event loop."""
        self.over = True
        hears, self._hears = self._hears, []
        for hear in hears:
            hear(self.failed)


class Journal:
    """The writer thread and its pool. ``heard`` is called on the event loop with control entries of the offices;
    ``news`` is called on the writer thread and hands over standings and counts of refusals to note."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        *,
        heard: Callable[[list[Entry]], None],
        news: Callable[[], tuple[list[Standing], list[tuple[int, int, str, int]]]],
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._open_store = open_store
        self._heard = heard
        self._news = news
        self._most = most_waiting
        self._loop = asyncio.get_running_loop()
        self._pool: list[Writing] = []
        self._wake = threading.Condition()
        self._closing = False
        self._reader: Store | None = open_store()
        self._writer: Store | None = open_store()
        self._heard_id = self._reader.last_id()
        self._heard_ids: set[int] = set()
        self._listened = 0.0
        self._unnoted: tuple[list[Standing], list[tuple[int, int, str, int]]] = [], []
        self._thread = threading.Thread(target=self._work, name="hall-journal", daemon=True)
        self._thread.start()

    def append(self, draft: Draft, chain: Chain) -> Writing:
        """Queue a draft; who asks is told when it is on disk. Drafts of one chain are written in the order given."""
        writing = Writing(draft, chain)
        with self._wake:
            if self._closing:
                raise Lost("the hall is closing")
            if len(self._pool) >= self._most:
                raise Busy
            self._pool.append(writing)
            if len(self._pool) == 1:
                self._wake.notify()
        return writing

    def read(self, act: Callable[[Store], Any]) -> Any:
        """What a reading of the journal gives; ``StoreError`` when it cannot be read now."""
        if self._reader is None:
            self._reader = self._open_store()
        try:
            return act(self._reader)
        except StoreError:
            # A connection that failed once may not be trusted; the next reading opens another.
            self._reader.close()
            self._reader = None
            raise

    def close(self) -> None:
        """Write what is waiting, then stop. Who waits for the last batch is told by the loop as usual."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        if self._reader is not None:
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
            if last or time.monotonic() - self._listened >= _LISTEN_SECONDS:
                self._listen()
                self._listened = time.monotonic()
            if last:
                break
        if self._writer is not None:
            self._writer.close()

    def _write(self, batch: list[Writing]) -> None:
        # A chain broken by an earlier batch gets nothing more: its later entries would stand on a missing one.
        good = [writing for writing in batch if not writing.chain.broken]
        why: type[Lost] = Overtaken
        try:
            refused = {id(draft) for draft in self._open().append([writing.draft for writing in good])}
        except StoreError as error:
            _log.error("the hall's journal could not be written: %s", error)
            self._drop_writer()
            why = Full if isinstance(error, StoreFull) else Lost
            refused = {id(writing.draft) for writing in good}
        if refused or len(good) < len(batch):
            for writing in batch:
                if id(writing.draft) in refused:
                    writing.chain.broken = True
                    writing.failed = why("the entry could not be written")
                elif writing.chain.broken:
                    writing.failed = Lost("an entry before it could not be written")
        self._tell(_resolve, batch)

    def _listen(self) -> None:
        """Note how seats stand, and pass on what the offices wrote since the last time."""
        standings, counted = self._unnoted
        now_standing, now_counted = self._news()
        # the later of two standings of a seat holds; counts add up
        standings = list({each.sitting: each for each in (*standings, *now_standing)}.values())
        # kept until they are on disk: whoever was turned away while the disk was full was turned away
        self._unnoted = standings, counted = standings, [*counted, *now_counted]
        try:
            store = self._open()
            if standings:
                store.stand(standings)
            if counted:
                store.turn_away(counted)
            self._unnoted = [], []
            back = max(0, self._heard_id - _LOOK_BACK)
            entries = [entry for entry in store.controls(back) if entry.id not in self._heard_ids]
        except StoreError as error:
            _log.error("the hall's journal could not be read: %s", error)
            self._drop_writer()
            return
        if entries:
            self._heard_id = max(self._heard_id, entries[-1].id)
            self._heard_ids = {id for id in self._heard_ids if id > back} | {entry.id for entry in entries}
            self._tell(self._heard, entries)

    def _open(self) -> Store:
        if self._writer is None:
            self._writer = self._open_store()
        return self._writer

    def _drop_writer(self) -> None:
        # A fresh connection for the next batch: after an input/output error the old one may not be trusted.
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _tell(self, receive: Callable[[Any], None], what: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(receive, what)
        except RuntimeError:
            _log.info("the event loop has gone; nobody is waiting any more")


def _resolve(batch: Iterable[Writing]) -> None:
    for writing in batch:
        try:
            writing.end()
        except Exception:
            # one page that cannot be answered must not keep the others waiting
            _log.exception("an answer could not be given")
