"""The lines of the hall's journal and what watchers are told of a seat, whatever store keeps them (K10, K13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from jiangheng.core.exam import receipts
from jiangheng.core.exam.events import Event, decode


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One line of the journal. ``link`` is its place in the sitting's chain, 0 with an empty ``receipt`` for control
    entries of the offices."""

    id: int
    sitting: int
    text: str
    link: int = 0
    receipt: str = ""

    @property
    def event(self) -> Event:
        """What happened."""
        return decode(self.text)


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An entry that is not yet in the journal."""

    sitting: int
    text: str
    link: int = 0
    receipt: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a sitting stands, for those who watch: refreshed every few seconds and no evidence of anything.

    ``stage`` is one of ``waiting, open, paused, locked, break, handed, voided``; moments are UTC milliseconds.
    """

    sitting: int
    session: int
    place: str
    stage: str
    seen: int
    answered: int
    total: int
    focus_lost: int
    deadline: int


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """How many sittings of a session stand how: by stage, and of those that are open the ones not heard of lately and
    those that left the page. ``answered`` of ``total`` questions over all of them."""

    session: int
    place: str
    stages: dict[str, int]
    silent: int
    strayed: int
    answered: int
    total: int


class SeatCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What the latest check of a machine found: ``findings`` is JSON of what was measured and of what is wrong."""

    room: int
    number: int
    at: int
    sound: bool
    findings: str


SILENT_MS = 45_000
"""A page reports itself every quarter of a minute: one not heard of for three times that is worth a look."""


def crowds_of(rows: Iterable[tuple[int, str, str, int, int, int, int, int]]) -> list[Crowd]:
    """Crowds from rows of (session, place, stage, count, silent, strayed, answered, total)."""
    found: dict[int, Crowd] = {}
    for session, place, stage, count, silent, strayed, answered, total in rows:
        so_far = found.get(session) or Crowd(
            session=session, place=place, stages={}, silent=0, strayed=0, answered=0, total=0
        )
        found[session] = Crowd(
            session=session, place=place, stages=so_far.stages | {stage: count}, silent=so_far.silent + silent,
            strayed=so_far.strayed + strayed, answered=so_far.answered + answered, total=so_far.total + total,
        )  # fmt: skip
    return list(found.values())


class Store(Protocol):
    """A connection that may append. One thread at a time uses it. Every call raises the store's own errors, which
    :data:`StoreError` names."""

    def append(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Write the drafts in one transaction and commit it to disk. Returns those whose place in the chain was
        already taken (and every later draft of the same sitting); nothing of them is written."""

    def stand(self, standings: Sequence[Standing]) -> None:
        """Note how sittings stand."""

    def turn_away(self, counted: Iterable[tuple[int, int, str, int]]) -> None:
        """Add to the counts of messages that were refused: (minute, sitting or 0, code, count)."""

    def replay(self, sitting: int) -> list[Entry]:
        """All entries of one sitting, in order."""

    def tail(self, after_id: int) -> list[Entry]:
        """All entries after that id, in order."""

    def controls(self, after_id: int) -> list[Entry]:
        """The control entries of the offices after that id, in order."""

    def last_id(self) -> int:
        """The id of the newest entry, 0 in an empty journal."""

    def standings(self, *, sessions: Sequence[int] = (), place: str = "", since: int = 0) -> list[Standing]:
        """How the sittings of these sessions, or of every session within a place, stand; those seen ``since`` then."""

    def crowds(self, place: str, now: int) -> list[Crowd]:
        """How many sittings of every session within a place stand how."""

    def turned_away(self, sittings: Sequence[int]) -> dict[int, dict[str, int]]:
        """How often which messages of these sittings were refused, by code."""

    def note_seat(self, check: SeatCheck) -> None:
        """Keep the check of a machine in place of an earlier one."""

    def seats_of(self, room: int, since: int) -> list[SeatCheck]:
        """The latest check of every machine of a room that was checked at that moment or later, by number."""

    def close(self) -> None:
        """Let go; safe to call twice."""


class StoreError(Exception):
    """The store failed; nothing of the present call may be believed to be on disk."""


class StoreFull(StoreError):
    """The disk under the store is full: it takes nothing until somebody makes room."""


def chain_head(sitting: int, entries: Iterable[Entry]) -> str:
    """Check the receipts of a replayed sitting; its last receipt. ``receipts.BrokenChain`` if altered."""
    return receipts.verify(sitting, ((entry.text, entry.receipt) for entry in entries if entry.link))
