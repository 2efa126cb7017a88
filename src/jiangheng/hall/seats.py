"""One seat: the state of a sitting in memory, its chain of receipts, and the writing of what was accepted (K10, K13).

A seat is rebuilt from the journal when it is first needed; after a failed write it is thrown away and rebuilt, so
memory never claims more than the disk holds for longer than one answer takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from jiangheng.core.exam import receipts
from jiangheng.core.exam.asked import Asked
from jiangheng.core.exam.sitting import (
    Accepted,
    Answered,
    Event,
    Flagged,
    HandedIn,
    Rejected,
    accept,
    begin,
    reduce,
    to_record,
)
from jiangheng.core.exam.ticket import Pass

from .journal import Journal
from .store_sqlite import Draft, Entry


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an entry is on disk, and since when (milliseconds)."""

    digest: str
    at: int


class Seat:
    """One sitting while the hall is open. Used on the event loop only; ``broken`` is set by the writer thread."""

    def __init__(self, ticket: Pass, entries: Iterable[Entry]) -> None:
        self.sitting = ticket.sitting
        self.broken = False
        self.touched = 0
        self.state = begin(ticket.opens, ticket.closes, extra=ticket.extra)
        self._head = receipts.genesis(ticket.sitting)
        self._links = 0
        self._last_id = 0
        self._receipts: dict[int, Receipt] = {}
        self._hand_in: Receipt | None = None
        self._writing: asyncio.Future[None] | None = None
        for entry in entries:
            self._restore(entry)

    def _restore(self, entry: Entry) -> None:
        self.state = reduce(self.state, entry.event)
        self._last_id = entry.id
        if entry.link:
            self._links, self._head = entry.link, entry.receipt
            self._keep(entry.event, Receipt(entry.receipt, entry.event.at))

    def adopt(self, ticket: Pass, now: int) -> None:
        """Somebody came with this pass, ``now``. A newer pass may have moved the hours or given more time."""
        self.touched = now
        terms = (ticket.opens, ticket.closes, ticket.extra)
        if terms != (self.state.opens, self.state.closes, self.state.extra):
            self.state = replace(self.state, opens=ticket.opens, closes=ticket.closes, extra=ticket.extra)

    def hear(self, entry: Entry) -> None:
        """Apply a control entry of the offices, unless the rebuilding has already seen it."""
        if entry.id > self._last_id:
            self.state = reduce(self.state, entry.event)
            self._last_id = entry.id

    def idle(self) -> bool:
        """Is nothing on its way to the disk?"""
        return self._writing is None or self._writing.done()

    async def write(
        self, event: Event, now: int, *, paper: Mapping[str, Asked], fence: int, journal: Journal
    ) -> Receipt | Rejected:
        """Judge an event and, when it is accepted, put it on disk; its receipt, or why not.

        Raises what :meth:`Journal.append` and its future raise. A repeat waits for the first writing of its entry.
        """
        verdict = accept(self.state, event, now, paper=paper, fence=fence)
        if isinstance(verdict, Rejected):
            return verdict
        if verdict.repeat:
            return await self._again(verdict)
        number = self._links + 1
        digest = receipts.link(self._head, number, to_record(event))
        done = journal.append(Draft(self.sitting, event, number, digest), self)
        # Taken into memory before it is on disk, so that the next event of this sitting is judged by it. Should the
        # write fail, the writer marks this seat broken and the hall rebuilds it from the journal.
        self.state = reduce(self.state, event)
        self._links, self._head, self._writing = number, digest, done
        receipt = Receipt(digest, now)
        self._keep(event, receipt)
        await asyncio.shield(done)
        return receipt

    async def _again(self, verdict: Accepted) -> Receipt:
        event = verdict.event
        receipt = self._receipts.get(event.seq) if isinstance(event, Answered | Flagged) else self._hand_in
        # The first writing may still be under way: entries of one seat are written in order, so waiting for the
        # latest one is enough.
        if self._writing is not None:
            await asyncio.shield(self._writing)
        # A hand-in by the offices has no receipt of the candidate's chain; the head stands for what was saved.
        return receipt or Receipt(self._head, self.state.handed_in or 0)

    def _keep(self, event: Event, receipt: Receipt) -> None:
        if isinstance(event, Answered | Flagged):
            self._receipts[event.seq] = receipt
        elif isinstance(event, HandedIn) and self._hand_in is None:
            self._hand_in = receipt
