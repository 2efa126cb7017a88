"""What the hall does with each message: check the pass, find the seat, judge, write, answer (clauses K10, K13)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path

from jiangheng.core.exam import watch_pass
from jiangheng.core.exam.events import Agreed, Answered, Break, Entered, Event, Flagged, Focus, HandedIn, Pictured
from jiangheng.core.exam.sitting import Rejected, deadline, ended
from jiangheng.core.exam.ticket import Pass, keyring, verify

from . import entries, exam_browser, pictures, wire
from .callers import Caller, Refused
from .fences import Fences
from .journal import Busy, Journal, Lost, Overtaken
from .machines import Machines
from .news import News
from .papers import Papers
from .proofs import Prover
from .rosters import Rosters
from .seats import Receipt, Seat
from .watch import Watch

_IDLE_MS = 30 * 60 * 1000
_MOST_PASSES = 20_000


class Desk:
    """The hall's seats, papers and journal. Used on one event loop; the journal opens with the first request.

    ``keys`` are those passes are signed with, the present one first: it is what everything else is derived from.
    """

    def __init__(
        self, home: Path, keys: tuple[bytes, ...], now: Callable[[], int], open_store: Callable[[], entries.Store]
    ) -> None:
        self._keys: Mapping[str, bytes] = keyring(*keys)
        self._now = now
        self._open_store = open_store
        self._home, self._secret = home, keys[0]
        self._papers = Papers(home, keys[0])
        self._rosters = Rosters(home, keys[0])
        self._prover = Prover(keys[0])
        self._fences = Fences(keys[0])
        self.machines = Machines(self._keys, now, open_store)
        self._seats: dict[int, Seat] = {}
        self._passes: dict[str, Pass] = {}
        self._journal: Journal | None = None
        self._watch: Watch | None = None
        self._swept = 0
        self._news = News(now)

    def close(self) -> None:
        """Write what is waiting and let go of everything."""
        if self._journal is not None:
            # what was counted and noted since the last time is written with the last batch
            self._news.hasten()
            self._journal.close()
            self._journal = None
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self._seats.clear()

    async def check_in(self, message: wire.CheckIn, caller: Caller) -> wire.CheckedIn:
        """The pass of a candidate who shows his ticket and identity number at a machine of the room."""
        return self._rosters.check_in(message.number, message.identity, caller.address)

    async def enter(self, message: wire.Enter, caller: Caller) -> wire.Entry:
        """Open the page: a new fence, everything saved so far, the sealed paper, and within the hours its key."""
        ticket, seat, now = self._come(message.ticket)
        if ticket.seb:
            self._check_browser(ticket, message, caller)
        device = hashlib.sha256(message.device.encode()).hexdigest()[:16] if message.device else ""
        try:
            await self._enter(seat, ticket, device, now)
        except Overtaken:
            # Made at another process of this hall meanwhile: this one is the next entry after that.
            seat = self._present(ticket)
            await self._enter(seat, ticket, device, now)
        paper, state = self._papers.get(ticket.paper), seat.state
        shown = now >= state.terms.opens and not ended(state, now)
        layout = paper.layout(ticket.seed)
        return wire.Entry(
            sitting=ticket.sitting,
            seat=ticket.seat,
            title=paper.face.title,
            minutes=paper.face.minutes,
            opens=state.terms.opens,
            kinds=paper.face.kinds,
            sealed=paper.seal,
            order=wire.Order(layout.items, dict(layout.options), dict(layout.targets)),
            key=paper.key.hex() if shown else None,
            answers=dict(state.answers),
            flags=tuple(sorted(state.flags)),
            seq=state.seq,
            fence=self._fences.given(ticket.sitting, state.fence),
            camera=ticket.camera,
            calculator=ticket.calculator,
            lock_after=ticket.lock_after,
            agreed=dict(state.agreed),
            standing=self._standing(seat, 0),
        )

    async def _enter(self, seat: Seat, ticket: Pass, device: str, now: int) -> None:
        if not ended(seat.state, now) or seat.state.voided:
            event = Entered(seat.state.fence + 1, ticket.fence, device, at=now)
            await self._write(seat, event, ticket, fence=seat.state.fence)

    async def key(self, message: wire.Key) -> wire.Opened:
        """The key of the sealed paper, once the hour has come; one word of it before would be one too many."""
        ticket, seat, now = self._come(message.ticket)
        if seat.state.voided:
            raise Refused(Rejected("voided", "本场考试已作废，不再接收作答。请联系监考人员。"))
        if now < seat.state.terms.opens:
            raise Refused(Rejected("not_begun", "考试还没有开始，请等待开考。"))
        if ended(seat.state, now):
            raise Refused(Rejected("ended", "考试时间已到，不再接收作答。如有答案未能上传，请立即告知监考人员。"))
        return wire.Opened(key=self._papers.get(ticket.paper).key.hex(), now=now)

    async def answer(self, message: wire.Answer) -> wire.Saved:
        """Save what was given at an item; the receipt means it is on disk."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        event = Answered(message.seq, message.item, message.keys, at=now)
        return self._saved(seat, message.seq, await self._write(seat, event, ticket, fence=fence))

    def save(self, message: wire.Answer, told: Callable[[wire.Saved | None, Lost | None], object]) -> bool:
        """The same without waiting, for the one case that matters for speed: a candidate who is known here gives an
        answer that is good. ``told`` gets the receipt, or why it is not on disk. False, and nothing has happened or
        been counted, in any other case: :meth:`answer` says what is to be said."""
        known = self._known(message.ticket)
        if known is None or self._journal is None:
            return False
        ticket, seat, now = known

        def written(receipt: Receipt, failed: Lost | None) -> None:
            self._news.note(seat)
            told(None if failed is not None else self._saved(seat, message.seq, receipt), failed)

        try:
            return seat.save(
                Answered(message.seq, message.item, message.keys, at=now), now, written,
                paper=self._papers.get(ticket.paper).asked, fence=self._fences.number(ticket.sitting, message.fence),
                journal=self._journal,
            )  # fmt: skip
        except (Busy, Lost):
            return False

    async def flag(self, message: wire.Flag) -> wire.Saved:
        """Save the candidate's own mark."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        event = Flagged(message.seq, message.item, message.on, at=now)
        return self._saved(seat, message.seq, await self._write(seat, event, ticket, fence=fence))

    async def answers(self, message: wire.Answers) -> wire.SavedAll:
        """Save what gathered while the line was down: each entry by itself, in order, one answer for all."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        head = Receipt(seat.head[1], now, seat.head[0])
        # each begins before the first has been written, so that one transaction holds them all
        said = await asyncio.gather(
            seat.settled(),
            *(self._write(seat, _given(one, now), ticket, fence=fence) for one in message.entries),
            return_exceptions=True,
        )
        saved: list[int] = []
        refused: list[wire.NotTaken] = []
        receipt = head
        for given, told in zip(message.entries, said[1:], strict=True):
            if isinstance(told, Refused):
                refused.append(wire.NotTaken(seq=given.seq, code=told.code, reason=told.reason))
            elif isinstance(told, Receipt):
                saved.append(given.seq)
                receipt = max(receipt, told, key=lambda one: one.link)
        for each in said:
            if isinstance(each, BaseException) and not isinstance(each, Refused):
                raise each
        return wire.SavedAll(
            saved=tuple(saved), refused=tuple(refused), link=receipt.link, receipt=receipt.digest,
            saved_at=receipt.at, deadline=deadline(seat.state, now),
        )  # fmt: skip

    async def notice(self, message: wire.Notice) -> wire.Noted:
        """Note what the page noticed about itself."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        await self._write(seat, Focus(message.kind, at=now), ticket, fence=fence)
        return wire.Noted(locked=seat.state.locked)

    async def picture(self, message: wire.Picture) -> wire.Noted:
        """Keep what the camera saw, where the session has pictures and the candidate agreed."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        if ticket.camera == 0 or not pictures.is_jpeg(message.picture):
            self._news.turn_away(ticket.sitting, "no_picture", now)
            raise Refused(Rejected("no_picture", "本场考试不拍照，或照片不是 JPEG 格式，没有保存。"))
        if any(now - at < ticket.camera * 500 for at in pictures.moments(self._home, ticket.sitting)[-1:]):
            self._news.turn_away(ticket.sitting, "too_soon", now)
            raise Refused(Rejected("too_soon", "照片传得太密，这一张没有保存。"))
        event = Pictured(hashlib.sha256(message.picture).hexdigest(), at=now)
        keep = partial(pictures.keep, self._home, self._secret, sitting=ticket.sitting, at=now)
        # The file comes first: the journal must not name a picture that was never kept.
        await asyncio.to_thread(keep, picture=message.picture)
        try:
            await self._write(seat, event, ticket, fence=fence)
        except BaseException:
            pictures.drop(self._home, sitting=ticket.sitting, at=now)
            raise
        return wire.Noted()

    async def rest(self, message: wire.Rest) -> wire.Standing:
        """A granted break begins or is over."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        await self._write(seat, Break(message.on, at=now), ticket, fence=fence)
        return self._standing(seat, 0)

    async def agree(self, message: wire.Agreement) -> wire.Noted:
        """The candidate read the rules, or what the camera is for, and said yes or no."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        await self._write(seat, Agreed(message.to, message.yes, at=now), ticket, fence=fence)
        return wire.Noted()

    async def submit(self, message: wire.Submit) -> wire.HandedIn:
        """Hand in; a repeat gives the first answer again."""
        ticket, seat, now, fence = self._fenced(message.ticket, message.fence)
        # Past the end it is the clock that closes the paper, whoever pressed the button.
        auto = message.auto or now >= deadline(seat.state, now)
        receipt = await self._write(seat, HandedIn(auto, at=now), ticket, fence=fence)
        answered, total = len(seat.state.answers), len(self._papers.get(ticket.paper).asked)
        proof = self._prover.of(seat.sitting, receipt.link, receipt.digest, receipt.at)
        return wire.HandedIn(handed_in=receipt.at, answered=answered, total=total, receipt=receipt.digest, proof=proof)

    async def beat(self, message: wire.Beat) -> wire.Pulse:
        """A sign of life: the clock, the deadline, news, and whether this page is still the one."""
        _, seat, now, fence = self._fenced(message.ticket, message.fence)
        if seat.state.voided:
            raise Refused(Rejected("voided", "本场考试已作废，不再接收作答。请联系监考人员。"))
        if fence != seat.state.fence:
            self._news.turn_away(seat.sitting, "superseded", now)
            raise Refused(Rejected("superseded", "本场考试已在另一个页面或另一台机器上打开。请回到最后打开的页面。"))
        link, receipt = seat.head
        # only what is on disk is signed
        await seat.settled()
        return self._pulse(seat, message, link, receipt, now)

    def pulse(self, message: wire.Beat) -> wire.Pulse | None:
        """The same without waiting, where there is nothing to wait for and nothing to refuse; otherwise None, and
        nothing has happened or been counted."""
        known = self._known(message.ticket)
        if known is None:
            return None
        ticket, seat, now = known
        fence = self._fences.number(ticket.sitting, message.fence)
        if not seat.idle() or seat.state.voided or fence != seat.state.fence:
            return None
        return self._pulse(seat, message, *seat.head, now)

    def _pulse(self, seat: Seat, message: wire.Beat, link: int, receipt: str, now: int) -> wire.Pulse:
        self._news.note(seat)
        proof = self._prover.of(seat.sitting, link, receipt, now)
        return wire.Pulse(standing=self._standing(seat, message.noted), proof=proof)

    def clock(self) -> wire.Clock:
        """The hall's clock, for anyone."""
        return wire.Clock(now=self._now())

    def sealed(self, seal: str) -> bytes:
        """A sealed paper, for anyone: without its key it is noise."""
        return self._papers.sealed(seal)

    def watch(self, message: wire.Watching) -> AsyncIterator[bytes]:
        """The events for a page of the office; :class:`BadPass` when its pass is not good."""
        ticket = watch_pass.verify(message.ticket, self._keys, self._now())
        if self._watch is None:
            self._watch = Watch(self._open_store, self._now)
        return self._watch.stream(ticket)

    def refused(self, ticket: str, code: str) -> None:
        """Count a message that was turned away before it reached a seat."""
        known = self._passes.get(ticket)
        self._news.turn_away(known.sitting if known else 0, code, self._now())

    def _check_browser(self, ticket: Pass, message: wire.Enter, caller: Caller) -> None:
        addresses = [f"{scheme}://{caller.host}{caller.path}" for scheme in ("https", "http")]
        addresses.append(exam_browser.page_address(message.page, caller.host))
        if not exam_browser.is_known(ticket.seb, hashes=(*caller.hashes, message.exam_browser), addresses=addresses):
            self._news.turn_away(ticket.sitting, "exam_browser", self._now())
            raise Refused(
                Rejected("exam_browser", "本场考试须用防作弊浏览器（SEB）打开，并使用本场的配置文件。请告知监考人员。")
            )

    def _standing(self, seat: Seat, noted: int) -> wire.Standing:
        now = self._now()
        said, state = seat.standing(now), seat.state
        return wire.Standing(
            now=now, deadline=said.deadline, handed_in=state.handed_in is not None, stage=said.stage,
            breaks=state.break_left // 1000, rest=state.break_since or 0, large=state.large,
            notes=tuple(wire.Note(note.at, note.text) for note in state.notes[noted:]),
        )  # fmt: skip

    def _known(self, text: str) -> tuple[Pass, Seat, int] | None:
        """The same as :meth:`_come` when that is at hand and nothing is to be said against it."""
        ticket = self._passes.get(text)
        seat = None if ticket is None else self._seats.get(ticket.sitting)
        if ticket is None or seat is None or seat.broken or seat.adopted is not ticket:
            return None
        now = self._now()
        if ticket.fence < seat.state.pass_fence or now - self._swept >= _IDLE_MS:
            return None
        seat.touched = now
        return ticket, seat, now

    def _come(self, text: str) -> tuple[Pass, Seat, int]:
        """The pass, its seat and the present moment; the sitting counts as present."""
        ticket, now = self._pass(text), self._now()
        seat = self._present(ticket)
        if ticket.fence < seat.state.pass_fence:
            self._news.turn_away(ticket.sitting, "old_pass", now)
            raise Refused(Rejected("superseded", "这张入场凭证已被更新的凭证取代。请用最后一次签发的凭证入场。"))
        seat.adopt(ticket, now)
        return ticket, seat, now

    def _fenced(self, text: str, said: int) -> tuple[Pass, Seat, int, int]:
        """The same, and the number of the entry the page speaks from."""
        ticket, seat, now = self._come(text)
        fence = self._fences.number(ticket.sitting, said)
        if fence > seat.state.fence:
            # The entry was made at another process of this hall: what is in memory here is older than the journal.
            seat = self._seat(ticket)
            seat.adopt(ticket, now)
        return ticket, seat, now, fence

    def _pass(self, text: str) -> Pass:
        ticket = self._passes.get(text)
        if ticket is None:
            ticket = verify(text, self._keys)
            if len(self._passes) >= _MOST_PASSES:
                self._passes.clear()
            self._passes[text] = ticket
        return ticket

    def _present(self, ticket: Pass) -> Seat:
        seat = self._seats.get(ticket.sitting)
        return self._seat(ticket) if seat is None or seat.broken else seat

    def _seat(self, ticket: Pass) -> Seat:
        # Read on the event loop on purpose: control entries are heard there too, so none can slip in between.
        found = self._books().read(lambda store: store.replay(ticket.sitting))
        total = len(self._papers.get(ticket.paper).asked)
        seat = self._seats[ticket.sitting] = Seat(ticket, found, total=total)
        return seat

    def _books(self) -> Journal:
        if self._journal is None:
            self._journal = Journal(self._open_store, heard=self._hear, news=self._news.take)
        return self._journal

    def _hear(self, heard: list[entries.Entry]) -> None:
        for entry in heard:
            if (seat := self._seats.get(entry.sitting)) is not None:
                seat.hear(entry)
                self._news.note(seat)

    async def _write(self, seat: Seat, event: Event, ticket: Pass, *, fence: int) -> Receipt:
        paper = self._papers.get(ticket.paper)
        try:
            answer = await seat.write(event, event.at, paper=paper.asked, fence=fence, journal=self._books())
        except Overtaken:
            if isinstance(event, Entered):
                raise
            # Read what the other process of this hall wrote and judge once more; a second failure is the page's.
            seat = self._present(ticket)
            answer = await seat.write(event, event.at, paper=paper.asked, fence=fence, journal=self._books())
        self._news.note(seat)
        if event.at - self._swept >= _IDLE_MS:
            self._sweep(event.at)
        if isinstance(answer, Rejected):
            self._news.turn_away(seat.sitting, answer.code, event.at)
            raise Refused(answer)
        return answer

    def _saved(self, seat: Seat, seq: int, receipt: Receipt) -> wire.Saved:
        return wire.Saved(
            seq=seq, link=receipt.link, receipt=receipt.digest, saved_at=receipt.at, deadline=deadline(seat.state)
        )

    def _sweep(self, now: int) -> None:
        # Seats nobody has come to for long are forgotten; the journal has them.
        self._swept = now
        self._seats = {
            sitting: seat for sitting, seat in self._seats.items() if now - seat.touched < _IDLE_MS or not seat.idle()
        }


def _given(given: wire.Given, now: int) -> Event:
    if given.keys is None:
        return Flagged(given.seq, given.item, given.on, at=now)
    return Answered(given.seq, given.item, given.keys, at=now)
