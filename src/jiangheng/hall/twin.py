"""Two machines of one room that keep each other's copy (clause K13).

One of them leads and serves the candidates; the other follows. An entry goes to the follower's disk first and to the
leader's then, and only after both is it acknowledged: so what the leader has, the follower has, and whichever plug is
pulled, the other one goes on with everything. When the follower does not answer, the leader goes on alone and brings it
up to date as soon as it is back. When the leader is silent, the follower leads, in a new epoch; of two that lead, the
lower (epoch, name) steps down. Where both have taken answers of one sitting without knowing of each other, the journal
of the one that steps down is kept beside the new one and goes back to the centre as well.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from .entries import Draft, Entry, StoreError
from .site_files import replace
from .twin_books import Books
from .twin_line import Line, Message, Seal, Unheard

_log = logging.getLogger("jiangheng.hall")
_ANSWER_SECONDS = 1.0
_BEAT_SECONDS = 0.7
_SILENT_SECONDS = 4.0
_CHUNK = 500


class NotLeading(StoreError):
    """The other machine leads: nothing is written here that it does not send."""


class _Kept(msgspec.Struct, frozen=True):
    epoch: int = 0


class Twin:
    """This machine of the two. ``now`` is the hall's clock, ``code`` the opening key or nothing yet; ``learn`` is
    called with a key and a time that the other machine has and this one should have too."""

    def __init__(
        self,
        *,
        url: str,
        secret: str,
        journal: Path,
        machine: str,
        now: Callable[[], int],
        code: Callable[[], str],
        learn: Callable[[str, int], None],
    ) -> None:
        self.url, self.machine = url, machine
        self._seal = Seal(secret)
        self._line = Line(url, self._seal, seconds=_ANSWER_SECONDS)
        # A way of its own for the question whether the other is there, so that no answer waits for a dead machine.
        self._probe = Line(url, self._seal, seconds=_ANSWER_SECONDS)
        self._probing = threading.Lock()
        self._sought = 0.0
        self._now, self._code, self._learn = now, code, learn
        self._file = journal.with_name("twin.json")
        self._journal = journal
        self._books: Books | None = None
        # The first is held for a whole exchange with the other machine, the second only for looking and writing here;
        # an answer to the other needs the second alone, so two that ask each other never wait in a circle.
        self._asking = threading.RLock()
        self._looking = threading.RLock()
        self._epoch = _epoch(self._file)
        self.leading = False
        self.together = False
        self._owed: list[Draft] = []
        self._step = ""
        self._word, self._heard_number = secrets.token_hex(8), 0
        self._their_word, self._number = "", 0
        self._heard = self._spoken = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="hall-twin", daemon=True)

    @property
    def epoch(self) -> int:
        """Grows by one whenever a machine takes the lead."""
        return self._epoch

    def start(self) -> None:
        """Find out who leads, and keep at it."""
        self._thread.start()

    def stop(self) -> None:
        """Say nothing more; safe to call when it never started."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._line.close()
        self._probe.close()
        with self._looking:
            if self._books is not None:
                self._books.close()
                self._books = None

    def take_over(self) -> bool:
        """A candidate has come here: ask at once whether the other machine still leads. Do we lead now?"""
        with self._probing:
            if not self.leading and time.monotonic() - self._sought > _ANSWER_SECONDS:
                self._seek()
        return self.leading

    def write(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Put entries on both disks, or on this one when the other machine is away; those whose place was taken.

        ``NotLeading`` when the other machine leads, ``StoreError`` when this disk fails.
        """
        with self._asking:
            with self._looking:
                self._settle()
                fresh, _ = self._there.fit(drafts)
            if self.together and fresh:
                self._give(fresh)
            with self._looking:
                if not self.leading:
                    raise NotLeading("the other machine leads")
                # Should this fail the other machine has entries that are not here: they are owed before anything else.
                self._owed = fresh
                self._settle()
        written = {id(draft) for draft in fresh}
        return [draft for draft in drafts if id(draft) not in written]

    def answer(self, sealed: bytes) -> bytes:
        """What this machine says to a message of the other; :class:`Unheard` when it is none."""
        message = self._seal.open(sealed)
        with self._looking:
            kind, more = self._reply(message)
            return self._seal.close(self._message(kind, **more), to=sealed[:12])

    # -- what is said when the other asks -----------------------------------------------------------------------------

    def _reply(self, message: Message) -> tuple[str, dict[str, Any]]:
        if message.kind == "hello":
            self._meet(message)
            self._word, self._heard_number = secrets.token_hex(8), 0
            return "hello", {"word": self._word}
        if message.word != self._word or message.number <= self._heard_number:
            return "who", {}
        self._heard_number = message.number
        self._meet(message)
        if self.leading:
            return "leading", {}
        self._heard = time.monotonic()
        return _ANSWERS[message.kind](self, message)

    def _meet(self, message: Message) -> None:
        """Of two that lead, the lower one steps down; a key that only the other has is taken over."""
        if message.leading and (message.epoch, message.machine) > (self._epoch, self.machine):
            if self.leading:
                _log.warning("the other machine leads since epoch %d: this one follows", message.epoch)
                self.leading = self.together = False
            self._heard = time.monotonic()
            self._keep(message.epoch)
        if message.code and not self._code():
            self._learn(message.code, message.now)

    def _said_heads(self, message: Message) -> tuple[str, dict[str, Any]]:
        self._step = ""
        return "heads", {"heads": self._there.heads(), "controls": tuple(self._there.controls())}

    def _said_want(self, message: Message) -> tuple[str, dict[str, Any]]:
        return "want", {"drafts": _plain(self._beyond(message)[:_CHUNK])}

    def _said_aside(self, message: Message) -> tuple[str, dict[str, Any]]:
        self._there.set_aside(f"{message.epoch}-{secrets.token_hex(3)}")
        return "aside", {}

    def _said_fill(self, message: Message) -> tuple[str, dict[str, Any]]:
        fresh, misfits = self._there.fit(_drafts(message))
        if misfits:
            return "misfit", {}
        self._there.write(fresh)
        return "filled", {}

    def _said_step(self, message: Message) -> tuple[str, dict[str, Any]]:
        self._step = f"{message.machine} {message.epoch}"
        self._learn("", message.now)
        return "in_step", {}

    def _said_entries(self, message: Message) -> tuple[str, dict[str, Any]]:
        # Only who has everything before may take what comes next.
        if self._step != f"{message.machine} {message.epoch}":
            return "behind", {}
        return self._said_fill(message)

    def _beyond(self, message: Message) -> list[Entry]:
        """The entries here that the other lacks; none of a chain that does not carry on what the other has."""
        lacking = set(self._there.controls()) - set(message.controls)
        heads = message.heads
        forked = {sitting for sitting, (link, receipt) in heads.items() if not self._there.has(sitting, link, receipt)}
        return [
            entry
            for entry in self._there.entries()
            if (
                entry.sitting not in forked and entry.link > heads.get(entry.sitting, (0, ""))[0]
                if entry.link
                else (entry.sitting, entry.text) in lacking
            )
        ]  # fmt: skip

    # -- what this machine asks ---------------------------------------------------------------------------------------

    def _watch(self) -> None:
        with self._probing:
            self._seek()
        while not self._over.wait(_BEAT_SECONDS / 2):
            try:
                if not self.leading:
                    with self._probing:
                        if time.monotonic() - self._heard > _SILENT_SECONDS:
                            self._seek()
                elif not self.together:
                    self._join()
                elif time.monotonic() - self._spoken > _BEAT_SECONDS:
                    with self._asking:
                        if self.together:
                            self._give([])
            except Unheard:
                continue
            except StoreError as error:
                _log.error("the other machine could not be brought up to date: %s", error)

    def _seek(self) -> None:
        """Ask the other who leads; lead when it does not answer, or when neither does and we stand higher."""
        self._sought = time.monotonic()
        try:
            told = self._hello()
        except Unheard:
            told = None
        with self._looking:
            if self.leading or self._over.is_set():
                return
            if told is not None and told.leading:
                self._heard = time.monotonic()
            elif told is None or (self._epoch, self.machine) > (told.epoch, told.machine):
                self._keep(self._epoch + 1)
                self.leading, self.together = True, False
                _log.warning("this machine leads, epoch %d", self._epoch)

    def _hello(self) -> Message:
        told = self._probe.ask(self._message("hello"))
        with self._asking:
            self._their_word, self._number = told.word, 0
        with self._looking:
            self._meet(told)
        return told

    def _join(self) -> None:
        """Bring both journals to one state: take what only the other has, give what it lacks, then write together."""
        with self._probing:
            self._hello()
        if not self.leading:
            return
        while self._take():
            continue
        theirs = self._ask("heads")
        with self._looking:
            heads, books = theirs.heads, self._there
            forked = any(not books.has(sitting, link, receipt) for sitting, (link, receipt) in heads.items())
        if forked:
            _log.warning("the two machines took answers of one sitting apart: the other's journal is set aside")
            self._ask("aside")
            theirs = self._ask("heads")
        with self._looking:
            lacking, last = self._beyond(theirs), books.last_id()
        for start in range(0, len(lacking), _CHUNK):
            self._fill(lacking[start : start + _CHUNK])
        with self._asking:
            with self._looking:
                self._settle()
                rest = self._there.entries(last)
            self._fill(rest)
            self._ask("step")
            self.together = True

    def _take(self) -> bool:
        with self._asking:
            with self._looking:
                self._settle()
                ours = {"heads": self._there.heads(), "controls": tuple(self._there.controls())}
            wanted = self._ask("want", **ours)
            with self._looking:
                fresh, _ = self._there.fit(_drafts(wanted))
                self._there.write(fresh)
        return bool(fresh)

    def _fill(self, entries: Sequence[Entry]) -> None:
        if entries and self._ask("fill", drafts=_plain(entries)).kind != "filled":
            raise Unheard("the other machine does not take what it lacks")

    def _give(self, drafts: Sequence[Draft]) -> None:
        """Send entries that are to be on both disks; afterwards we are alone when the other has not confirmed."""
        try:
            self._ask("entries", drafts=_plain(drafts))
        except Unheard as why:
            _log.warning("the other machine is away (%s): this one goes on alone", why)
            self.together = False

    def _ask(self, kind: str, **more: Any) -> Message:
        """The other's answer; :class:`Unheard` when it did not do what was asked, ``NotLeading`` when it leads."""
        with self._asking:
            self._number += 1
            told = self._line.ask(self._message(kind, word=self._their_word, number=self._number, **more))
            self._spoken = time.monotonic()
        with self._looking:
            self._meet(told)
            if not self.leading:
                raise NotLeading("the other machine leads")
        if told.kind in ("who", "behind", "leading", "misfit"):
            raise Unheard(told.kind)
        return told

    # -- this machine's own -------------------------------------------------------------------------------------------

    @property
    def _there(self) -> Books:
        if self._books is None:
            self._books = Books(self._journal)
        return self._books

    def _settle(self) -> None:
        if self._owed:
            fresh, _ = self._there.fit(self._owed)
            self._there.write(fresh)
            self._owed = []

    def _keep(self, epoch: int) -> None:
        if epoch != self._epoch:
            self._epoch = epoch
            replace(self._file, msgspec.json.encode(_Kept(epoch)))

    def _message(self, kind: str, **more: Any) -> Message:
        return Message(
            kind=kind, machine=self.machine, epoch=self._epoch, leading=self.leading, now=self._now(),
            code=self._code(), **more,
        )  # fmt: skip


_ANSWERS: dict[str, Callable[[Twin, Message], tuple[str, dict[str, Any]]]] = {
    "heads": Twin._said_heads,
    "want": Twin._said_want,
    "aside": Twin._said_aside,
    "fill": Twin._said_fill,
    "step": Twin._said_step,
    "entries": Twin._said_entries,
}


def _plain(entries: Iterable[Draft | Entry]) -> tuple[tuple[int, str, int, str], ...]:
    return tuple((each.sitting, each.text, each.link, each.receipt) for each in entries)


def _drafts(message: Message) -> list[Draft]:
    return [Draft(*each) for each in message.drafts]


def _epoch(file: Path) -> int:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept).epoch
    except FileNotFoundError:
        return 0
