"""One seat: the state of a sitting in memory, its chain of receipts, and the writing of what was accepted (K10, K13).

A seat is rebuilt from the journal when it is first needed; after a failed write it is thrown away and rebuilt, so
memory never claims more than the disk holds for longer than one answer takes. Of what was written it keeps the latest
receipts alone: an older repeat is looked up in the journal.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec

from jiangheng.core.exam import receipts
from jiangheng.core.exam.asked import Asked
from jiangheng.core.exam.events import NUMBERED, Answered, Event, HandedIn, decode, encode
from jiangheng.core.exam.sitting import (
    SEQ_CONFLICT,
    Accepted,
    Rejected,
    Repeat,
    accept,
    apply,
    begin,
    deadline,
    ended,
)
from jiangheng.core.exam.ticket import Pass

from .entries import Draft, Entry, Standing
from .journal import Journal, Lost, Writing

_KEPT = 16
"""Receipts kept in memory: a page that missed an answer asks again within the next few messages."""


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """Proof that an entry is on disk, since when (milliseconds), and its number in the chain."""

    digest: str
    at: int
    link: int


class Seat:
    """One sitting while the hall is open. Used on the event loop only; ``broken`` is set by the writer thread."""

    __slots__ = (
        "_controls", "_hand_in", "_head", "_links", "_recent", "_writing", "adopted", "broken", "place", "session",
        "sitting", "state", "total", "touched",
    )  # fmt: skip

    def __init__(self, ticket: Pass, entries: Iterable[Entry], *, total: int) -> None:
        self.sitting, self.session, self.place = ticket.sitting, ticket.session, ticket.place
        self.broken = False
        self.total = total
        self.touched = 0
        self.state = begin(ticket.terms)
        self.adopted = ticket
        self._head = receipts.genesis(ticket.sitting)
        self._links = 0
        self._controls: set[int] = set()
        self._recent: OrderedDict[int, tuple[str, Receipt]] = OrderedDict()
        self._hand_in: Receipt | None = None
        self._writing: Writing | None = None
        for entry in entries:
            self._restore(entry)

    def _restore(self, entry: Entry) -> None:
        event = entry.event
        apply(self.state, event)
        if entry.link:
            self._links, self._head = entry.link, entry.receipt
            self._keep(event, entry.text, Receipt(entry.receipt, event.at, entry.link))
        else:
            self._controls.add(entry.id)

    @property
    def head(self) -> tuple[int, str]:
        """The number and the receipt of the last entry of the chain."""
        return self._links, self._head

    def adopt(self, ticket: Pass, now: int) -> None:
        """Somebody came with this pass, ``now``. A newer pass may have moved the hours or given more time."""
        self.touched = now
        if ticket is self.adopted:
            return
        self.adopted, terms = ticket, ticket.terms
        if terms != self.state.terms:
            before, self.state.terms = self.state.terms, terms
            # what was granted since holds, unless the new pass itself says something new
            if (terms.breaks, terms.large) != (before.breaks, before.large):
                self.state.breaks, self.state.large = terms.breaks, terms.large

    def hear(self, entry: Entry) -> None:
        """Apply a control entry of the offices, unless it has been seen already."""
        if entry.id not in self._controls:
            self._controls.add(entry.id)
            apply(self.state, entry.event)

    def idle(self) -> bool:
        """Is nothing on its way to the disk?"""
        return self._writing is None or self._writing.over

    async def settled(self) -> None:
        """Wait until the head of the chain is on disk; :class:`.journal.Lost` when it will not be."""
        if self._writing is not None:
            await self._writing

    async def write(
        self, event: Event, now: int, *, paper: Mapping[str, Asked], fence: int, journal: Journal
    ) -> Receipt | Rejected:
        """Judge an event and, when it is accepted, put it on disk; its receipt, or why not.

        Raises what :meth:`Journal.append` and its writing raise. A repeat waits for the first writing of its entry.
        """
        verdict = accept(self.state, event, now, paper=paper, fence=fence)
        if isinstance(verdict, Rejected):
            return verdict
        if isinstance(verdict, Repeat):
            return await self._again(verdict.seq, event, journal)
        receipt, writing = self._take(event, now, journal)
        await writing
        return receipt

    def save(
        self, event: Answered, now: int, hear: Callable[[Receipt, Lost | None], object], *,
        paper: Mapping[str, Asked], fence: int, journal: Journal,
    ) -> bool:  # fmt: skip
        """The same without waiting, for an answer that is good: ``hear`` gets its receipt and, when it did not come to
        the disk, why. False, and nothing has happened, when it is a repeat or refused.

        Raises what :meth:`Journal.append` raises, and then nothing has happened either.
        """
        if type(accept(self.state, event, now, paper=paper, fence=fence)) is not Accepted:
            return False
        receipt, writing = self._take(event, now, journal)
        writing.then(partial(hear, receipt))
        return True

    def _take(self, event: Event, now: int, journal: Journal) -> tuple[Receipt, Writing]:
        number, text = self._links + 1, encode(event)
        digest = receipts.link(self._head, number, text)
        writing = journal.append(Draft(self.sitting, text, number, digest), self)
        # Taken into memory before it is on disk, so that the next event of this sitting is judged by it. Should the
        # write fail, the writer marks this seat broken and the hall rebuilds it from the journal.
        apply(self.state, event)
        self._links, self._head, self._writing = number, digest, writing
        receipt = Receipt(digest, now, number)
        self._keep(event, text, receipt)
        return receipt, writing

    async def _again(self, seq: int, event: Event, journal: Journal) -> Receipt | Rejected:
        # The first writing may still be under way: entries of one seat are written in order, so waiting for the
        # latest one is enough.
        await self.settled()
        if seq == 0:
            # A hand-in by the offices has no receipt of the candidate's chain; the head stands for what was saved.
            return self._hand_in or Receipt(self._head, self.state.handed_in or 0, self._links)
        text, receipt = self._recent.get(seq) or self._look_up(seq, journal)
        written = decode(text)
        return receipt if msgspec.structs.replace(event, at=written.at) == written else SEQ_CONFLICT

    def _look_up(self, seq: int, journal: Journal) -> tuple[str, Receipt]:
        for entry in journal.read(lambda store: store.replay(self.sitting)):
            event = entry.event
            if isinstance(event, NUMBERED) and event.seq == seq:
                return entry.text, Receipt(entry.receipt, event.at, entry.link)
        raise LookupError(seq)

    def _keep(self, event: Event, text: str, receipt: Receipt) -> None:
        if isinstance(event, NUMBERED):
            self._recent[event.seq] = (text, receipt)
            if len(self._recent) > _KEPT:
                self._recent.popitem(last=False)
        elif isinstance(event, HandedIn) and self._hand_in is None:
            self._hand_in = receipt

    def standing(self, now: int) -> Standing:
        """How it stands, for those who watch."""
        state = self.state
        return Standing(
            sitting=self.sitting, session=self.session, place=self.place, stage=_stage(self, now), seen=self.touched,
            answered=len(state.answers), total=self.total, focus_lost=state.focus_lost, deadline=deadline(state, now),
        )  # fmt: skip


def _stage(seat: Seat, now: int) -> str:
    state = seat.state
    if state.voided:
        return "voided"
    if state.handed_in is not None or ended(state, now):
        return "handed"
    if state.paused is not None:
        return "paused"
    if state.locked:
        return "locked"
    if state.break_since is not None:
        return "break"
    return "open" if now >= state.terms.opens else "waiting"
