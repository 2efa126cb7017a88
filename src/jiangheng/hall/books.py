"""Where the hall's journal lies, and what the offices do with it: read a sitting, write a control entry (K10, K13).

The journal is a SQLite file in the home of the installation, or a PostgreSQL database, where several processes may
serve one hall. Its address is a path or a ``postgresql://`` URL.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from jiangheng.core.exam.attempt import Line
from jiangheng.core.exam.events import CONTROLS, Event, HandedIn, encode

from .entries import Draft, Entry, SeatCheck, Standing, Store
from .store_sqlite import SqliteStore


def journal_path(home: Path) -> Path:
    """Where the journal of an installation lies when it is a file."""
    return home / "hall" / "journal.sqlite3"


def open_store(address: str | Path) -> Store:
    """A connection to the journal at that address; ``StoreError`` when there is none to be had."""
    if isinstance(address, str) and "://" in address:
        from .store_postgres import PostgresStore

        return PostgresStore(address)
    return SqliteStore(Path(address))


@contextmanager
def opened(address: str | Path) -> Iterator[Store]:
    """The journal for a few reads or one control entry."""
    store = open_store(address)
    try:
        yield store
    finally:
        store.close()


def replay(address: str | Path, sitting: int) -> list[Entry]:
    """All entries of one sitting, in order; none when the hall has never been open."""
    if _never_opened(address):
        return []
    with opened(address) as store:
        return store.replay(sitting)


def append_control(address: str | Path, sitting: int, event: Event) -> None:
    """Write a control event of the offices (more time, pause, void, collecting the paper …) and commit it to disk.

    The running hall sees it within a second. An event without a moment gets the present one. ``ValueError`` for an
    event that only a candidate's page may cause.
    """
    append_controls(address, [(sitting, event)])


def append_controls(address: str | Path, events: Sequence[tuple[int, Event]]) -> None:
    """The same for many sittings in one transaction: all of it is written, or nothing."""
    for _sitting, event in events:
        if not isinstance(event, (*CONTROLS, HandedIn)):
            raise ValueError(f"{type(event).__name__} is not a control event")
    now = time.time_ns() // 1_000_000
    timed = [(sitting, event if event.at else msgspec.structs.replace(event, at=now)) for sitting, event in events]
    with opened(address) as store:
        store.append([Draft(sitting, encode(event)) for sitting, event in timed])


class AlreadyThere(Exception):
    """The journal holds something else of these sittings than what was to be taken in; nothing was written."""

    def __init__(self, sittings: Sequence[int]) -> None:
        self.sittings = tuple(sittings)
        super().__init__(self.sittings)


def take_in(address: str | Path, journals: Mapping[int, Sequence[Line]]) -> int:
    """Write whole journals of sittings that another hall held, entry by entry as they stood there, in one transaction;
    how many sittings were new here.

    A sitting whose journal is here already word for word is left alone, so that what was cut off after the commit may
    be done again. :class:`AlreadyThere` when something else is here.
    """
    with opened(address) as store:
        drafts: list[Draft] = []
        other: list[int] = []
        for sitting, lines in sorted(journals.items()):
            there = [Line(entry.link, entry.text, entry.receipt) for entry in store.replay(sitting)]
            if not there:
                drafts += [Draft(sitting, line.text, line.link, line.receipt) for line in lines]
            elif there != list(lines):
                other.append(sitting)
        if other:
            raise AlreadyThere(other)
        if refused := store.append(drafts) if drafts else []:
            raise AlreadyThere(sorted({draft.sitting for draft in refused}))
        return len({draft.sitting for draft in drafts})


def note_standings(
    address: str | Path, stood: Sequence[Standing], turned: Iterable[tuple[int, int, str, int]] = ()
) -> None:
    """What another hall told its watchers: how sittings stood, and how often messages were refused
    (minute, sitting, code, count)."""
    with opened(address) as store:
        store.stand(stood)
        store.turn_away(turned)


def standings(address: str | Path, *, sessions: Sequence[int] = (), place: str = "", since: int = 0) -> list[Standing]:
    """How the sittings of these sessions, or of every session within a place, were last seen to stand."""
    if _never_opened(address):
        return []
    with opened(address) as store:
        return store.standings(sessions=sessions, place=place, since=since)


def seats_of(address: str | Path, room: int, *, since: int = 0) -> list[SeatCheck]:
    """The latest check of every machine of a room that was checked at that moment (UTC milliseconds) or later."""
    if _never_opened(address):
        return []
    with opened(address) as store:
        return store.seats_of(room, since)


def turned_away(address: str | Path, sittings: Sequence[int]) -> dict[int, dict[str, int]]:
    """How often which messages of these sittings were refused, by code."""
    if _never_opened(address):
        return {}
    with opened(address) as store:
        return store.turned_away(sittings)


def _never_opened(address: str | Path) -> bool:
    return isinstance(address, Path) and not address.exists()
