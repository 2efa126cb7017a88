"""The journal of the hall on its own SQLite file (clauses K10, K13).

Append-only: triggers refuse to change or remove an entry. The unique (sitting, link) makes a second writer of the same
chain fail instead of forking it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .entries import SILENT_MS, Crowd, Draft, Entry, SeatCheck, Standing, StoreError, StoreFull, crowds_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sitting INTEGER NOT NULL,
    link INTEGER CHECK (link > 0),
    event TEXT NOT NULL,
    receipt TEXT NOT NULL,
    CHECK ((link IS NULL) = (receipt = ''))
);
CREATE UNIQUE INDEX IF NOT EXISTS entry_chain ON entry (sitting, link);
CREATE INDEX IF NOT EXISTS entry_control ON entry (id) WHERE link IS NULL;
CREATE TRIGGER IF NOT EXISTS entry_never_changes BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_never_goes BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE IF NOT EXISTS standing (
    sitting INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    place TEXT NOT NULL,
    stage TEXT NOT NULL,
    seen INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    total INTEGER NOT NULL,
    focus_lost INTEGER NOT NULL,
    deadline INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS standing_session ON standing (session, seen);
CREATE INDEX IF NOT EXISTS standing_place ON standing (place);
CREATE TABLE IF NOT EXISTS turned (
    sitting INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    code TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (sitting, minute, code)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seat_check (
    room INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sound INTEGER NOT NULL,
    findings TEXT NOT NULL,
    PRIMARY KEY (room, number)
) WITHOUT ROWID;
"""
_BUSY_SECONDS = 5.0
_Said = TypeVar("_Said")


def _told(act: Callable[..., _Said]) -> Callable[..., _Said]:
    """A method whose database errors are :class:`StoreError`."""

    @wraps(act)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> _Said:
        try:
            return act(self, *args, **kwargs)
        except (sqlite3.Error, OSError) as error:
            full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
            raise (StoreFull if full else StoreError)(str(error)) from error

    return guarded


class SqliteStore:
    """The journal in a file; see :class:`.entries.Store`."""

    @_told
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        # In WAL mode only FULL puts every commit on the disk itself; NORMAL would break the hall's promise.
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        if fresh:
            sync_folder(path.parent)

    @_told
    def append(self, drafts: Sequence[Draft]) -> list[Draft]:
        rows = [(draft.sitting, draft.link or None, draft.text, draft.receipt) for draft in drafts]
        # One statement for all: it lets the event loop run all the while. A statement a row takes the interpreter's
        # lock back after every row, and waits for it as often (docs/develop/hall-speed.md).
        document = _encoder.encode(rows).decode()
        try:
            with _transaction(self._db):
                self._db.execute(_INSERT_ALL, (document,))
            return []
        except sqlite3.IntegrityError:
            # Somebody else wrote to one of these chains: rare, so only then is it looked for one by one.
            return self._append_singly(drafts, rows)

    def _append_singly(self, drafts: Sequence[Draft], rows: Sequence[tuple[Any, ...]]) -> list[Draft]:
        refused: list[Draft] = []
        lost: set[int] = set()
        with _transaction(self._db):
            for draft, row in zip(drafts, rows, strict=True):
                if draft.sitting in lost:
                    refused.append(draft)
                    continue
                try:
                    self._db.execute(_INSERT, row)
                except sqlite3.IntegrityError:
                    lost.add(draft.sitting)
                    refused.append(draft)
        return refused

    @_told
    def stand(self, standings: Sequence[Standing]) -> None:
        with _transaction(self._db):
            self._db.executemany(
                "INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_fields, standings)
            )

    @_told
    def turn_away(self, counted: Iterable[tuple[int, int, str, int]]) -> None:
        with _transaction(self._db):
            self._db.executemany(
                "INSERT INTO turned (minute, sitting, code, count) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (sitting, minute, code) DO UPDATE SET count = count + excluded.count",
                counted,
            )

    @_told
    def replay(self, sitting: int) -> list[Entry]:
        return self._entries("sitting = ?", sitting)

    @_told
    def tail(self, after_id: int) -> list[Entry]:
        return self._entries("id > ?", after_id)

    @_told
    def controls(self, after_id: int) -> list[Entry]:
        return self._entries("link IS NULL AND id > ?", after_id)

    @_told
    def last_id(self) -> int:
        (newest,) = self._db.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()
        return int(newest)

    @_told
    def standings(self, *, sessions: Sequence[int] = (), place: str = "", since: int = 0) -> list[Standing]:
        where, values = "session IN (SELECT value FROM json_each(?))", [json.dumps(list(sessions))]
        if place:
            # a scope ends with a slash and holds ASCII alone, so everything below it sorts before its own end + ~
            where, values = "place >= ? AND place < ?", [place, place + "~"]
        rows = self._db.execute(f"SELECT * FROM standing WHERE {where} AND seen >= ?", (*values, since))
        return [Standing(**dict(zip(Standing.__struct_fields__, row, strict=True))) for row in rows]

    @_told
    def crowds(self, place: str, now: int) -> list[Crowd]:
        return crowds_of(self._db.execute(_CROWDS, (now - SILENT_MS, place, place + "~")))

    @_told
    def turned_away(self, sittings: Sequence[int]) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        query = "SELECT sitting, code, sum(count) FROM turned WHERE sitting IN (SELECT value FROM json_each(?))"
        for sitting, code, count in self._db.execute(query + " GROUP BY 1, 2", (json.dumps(list(sittings)),)):
            found.setdefault(sitting, {})[code] = count
        return found

    @_told
    def note_seat(self, check: SeatCheck) -> None:
        with _transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO seat_check VALUES (?, ?, ?, ?, ?)", _fields(check))

    @_told
    def seats_of(self, room: int, since: int) -> list[SeatCheck]:
        query = "SELECT * FROM seat_check WHERE room = ? AND at >= ? ORDER BY number"
        rows = self._db.execute(query, (room, since))
        return [SeatCheck(room=row[0], number=row[1], at=row[2], sound=bool(row[3]), findings=row[4]) for row in rows]

    def close(self) -> None:
        self._db.close()

    def _entries(self, where: str, value: int) -> list[Entry]:
        rows = self._db.execute(
            f"SELECT id, sitting, event, coalesce(link, 0), receipt FROM entry WHERE {where} ORDER BY id", (value,)
        )
        return [Entry(*row) for row in rows]


_CROWDS = """
SELECT session, min(place), stage, count(*),
    sum(CASE WHEN stage IN ('open', 'break', 'locked') AND seen < ? THEN 1 ELSE 0 END),
    sum(CASE WHEN focus_lost > 0 THEN 1 ELSE 0 END), sum(answered), sum(total)
FROM standing WHERE place >= ? AND place < ? GROUP BY session, stage
"""
_encoder = msgspec.json.Encoder()
_INSERT_ALL = """
INSERT INTO entry (sitting, link, event, receipt)
SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?) ORDER BY key
"""
_INSERT = "INSERT INTO entry (sitting, link, event, receipt) VALUES (?, ?, ?, ?)"


def _fields(row: Standing | SeatCheck) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in row.__struct_fields__)


class _transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when anything in between fails, the commit itself included."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")


def sync_folder(folder: Path) -> None:
    # The new file's name must survive a power cut as well as its content; Windows has no such call and needs none.
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
