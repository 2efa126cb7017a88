"""What the hall does with each message: check the pass, find the seat, judge, write, answer (clauses K10, K13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from jiangheng.core.exam.sitting import (
    Answered,
    Entered,
    Event,
    Flagged,
    Focus,
    HandedIn,
    Rejected,
    deadline,
    ended,
)
from jiangheng.core.exam.ticket import Pass, verify

from . import wire
from .journal import Journal
from .papers import Papers
from .presence import Presence
from .seats import Receipt, Seat
from .store_sqlite import Entry, journal_path

_IDLE_MS = 30 * 60 * 1000
_MOST_PASSES = 20_000


class Refused(Exception):
    """The message is not accepted: ``code`` for the page, ``reason`` for the person."""

    def __init__(self, rejected: Rejected) -> None:
        self.code = rejected.code
        self.reason = rejected.reason
        super().__init__(rejected.code)


class Desk:
    """The hall's seats, papers and journal. Used on one event loop; the journal opens with the first request."""

    def __init__(self, home: Path, keys: Mapping[str, bytes], now: Callable[[], int]) -> None:
        self._path = journal_path(home)
        self._keys = keys
        self._now = now
        self._papers = Papers(home)
        self._presence = Presence()
        self._seats: dict[int, Seat] = {}
        self._passes: dict[str, Pass] = {}
        self._journal: Journal | None = None
        self._swept = 0

    def close(self) -> None:
        """Write what is waiting and let go of everything."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._seats.clear()

    async def enter(self, message: wire.Enter) -> wire.Entry:
        """Open the page: a new fence, everything saved so far, and within the hours the items."""
        ticket, seat, now = self._come(message.ticket)
        if not ended(seat.state, now) or seat.state.voided:
            event = Entered(seat.state.fence + 1, ticket.fence, at=now)
            await self._write(seat, event, ticket, fence=seat.state.fence)
        paper, state = self._papers.get(ticket.paper), seat.state
        shown = now >= state.opens and not ended(state, now)
        return wire.Entry(
            sitting=ticket.sitting,
            seat=ticket.seat,
            title=paper.face.title,
            minutes=paper.face.minutes,
            now=self._now(),
            opens=state.opens,
            deadline=deadline(state),
            kinds=paper.face.kinds,
            items=paper.items(ticket.seed) if shown else None,
            answers=dict(state.answers),
            flags=tuple(sorted(state.flags)),
            seq=state.seq,
            fence=state.fence,
            handed_in=state.handed_in is not None,
        )

    async def answer(self, message: wire.Answer) -> wire.Saved:
        """Save what was given at an item; the receipt means it is on disk."""
        ticket, seat, now = self._come(message.ticket)
        event = Answered(message.seq, message.item, message.keys, at=now)
        return self._saved(seat, message.seq, await self._write(seat, event, ticket, fence=message.fence))

    async def flag(self, message: wire.Flag) -> wire.Saved:
        """Save the candidate's own mark."""
        ticket, seat, now = self._come(message.ticket)
        event = Flagged(message.seq, message.item, message.on, at=now)
        return self._saved(seat, message.seq, await self._write(seat, event, ticket, fence=message.fence))

    async def notice(self, message: wire.Notice) -> wire.Noted:
        """Note what the page noticed about itself."""
        ticket, seat, now = self._come(message.ticket)
        await self._write(seat, Focus(message.kind, at=now), ticket, fence=message.fence)
        return wire.Noted()

    async def submit(self, message: wire.Submit) -> wire.HandedIn:
        """Hand in; a repeat gives the first answer again."""
        ticket, seat, now = self._come(message.ticket)
        # Past the end it is the clock that closes the paper, whoever pressed the button.
        auto = message.auto or now >= deadline(seat.state)
        receipt = await self._write(seat, HandedIn(auto, at=now), ticket, fence=message.fence)
        answered, total = len(seat.state.answers), len(self._papers.get(ticket.paper).asked)
        return wire.HandedIn(handed_in=receipt.at, answered=answered, total=total, receipt=receipt.digest)

    async def beat(self, message: wire.Beat) -> wire.Pulse:
        """A sign of life: the clock, the deadline, and whether this page is still the one."""
        _, seat, now = self._come(message.ticket)
        if seat.state.voided:
            raise Refused(Rejected("voided", "本场考试已作废，不再接收作答。请联系监考人员。"))
        if message.fence != seat.state.fence:
            raise Refused(Rejected("superseded", "本场考试已在另一个页面或另一台机器上打开。请回到最后打开的页面。"))
        return wire.Pulse(now=now, deadline=deadline(seat.state), handed_in=seat.state.handed_in is not None)

    async def clock(self, _: bytes) -> wire.Clock:
        """The hall's clock, for anyone."""
        return wire.Clock(now=self._now())

    def _come(self, text: str) -> tuple[Pass, Seat, int]:
        """The pass, its seat and the present moment; the sitting counts as present."""
        ticket, now = self._pass(text), self._now()
        seat = self._seat(ticket)
        if ticket.fence < seat.state.pass_fence:
            raise Refused(Rejected("superseded", "这张入场凭证已被更新的凭证取代。请用最后一次签发的凭证入场。"))
        seat.adopt(ticket, now)
        self._presence.saw(ticket.sitting, now)
        return ticket, seat, now

    def _pass(self, text: str) -> Pass:
        ticket = self._passes.get(text)
        if ticket is None:
            ticket = verify(text, self._keys)
            if len(self._passes) >= _MOST_PASSES:
                self._passes.clear()
            self._passes[text] = ticket
        return ticket

    def _seat(self, ticket: Pass) -> Seat:
        seat = self._seats.get(ticket.sitting)
        if seat is None or seat.broken:
            # Read on the event loop on purpose: control entries are heard there too, so none can slip in between.
            seat = self._seats[ticket.sitting] = Seat(ticket, self._books().replay(ticket.sitting))
        return seat

    def _books(self) -> Journal:
        if self._journal is None:
            self._journal = Journal(self._path, heard=self._hear, seen=self._presence.take)
        return self._journal

    def _hear(self, entries: list[Entry]) -> None:
        for entry in entries:
            if (seat := self._seats.get(entry.sitting)) is not None:
                seat.hear(entry)

    async def _write(self, seat: Seat, event: Event, ticket: Pass, *, fence: int) -> Receipt:
        paper = self._papers.get(ticket.paper)
        answer = await seat.write(event, event.at, paper=paper.asked, fence=fence, journal=self._books())
        self._sweep(event.at)
        if isinstance(answer, Rejected):
            raise Refused(answer)
        return answer

    def _saved(self, seat: Seat, seq: int, receipt: Receipt) -> wire.Saved:
        return wire.Saved(seq=seq, receipt=receipt.digest, saved_at=receipt.at, deadline=deadline(seat.state))

    def _sweep(self, now: int) -> None:
        # Seats nobody has come to for long are forgotten; the journal has them.
        if now - self._swept < _IDLE_MS:
            return
        self._swept = now
        self._seats = {
            sitting: seat for sitting, seat in self._seats.items() if now - seat.touched < _IDLE_MS or not seat.idle()
        }
