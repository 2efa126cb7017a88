"""The journal of the hall on its own SQLite file (clauses K10, K13).

Append-only: triggers refuse to change or remove an entry. Whoever appends looks, with the file locked, whether the
place in the chain is still free: a second writer of the same chain fails instead of forking it.

An index by sitting that is kept with every entry costs most of what a save costs the disk, since the entries of a
moment are of as many sittings (docs/develop/hall-speed.md). So entries are taken into that order (``placed``) some
thousands at a time; the few after ``placed_through`` are looked through.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .entries import SILENT_MS, Crowd, Draft, Entry, SeatCheck, Standing, StoreError, StoreFull, crowds_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY,
    sitting INTEGER NOT NULL,
    link INTEGER CHECK (link > 0),
    event TEXT NOT NULL,
    receipt TEXT NOT NULL,
    CHECK ((link IS NULL) = (receipt = ''))
);
CREATE TABLE IF NOT EXISTS placed (
    sitting INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (sitting, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS placed_through (
    one INTEGER PRIMARY KEY CHECK (one = 0),
    id INTEGER NOT NULL
);
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
CREATE INDEX IF NOT EXISTS standing_session ON standing (session);
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
_log = logging.getLogger("jiangheng.hall")
_BUSY_SECONDS = 5.0
_UNPLACED = 4096
_SHARE_UNPLACED = 64
_MOST_LINKS = 100_000
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
        self._links: dict[int, int] = {}
        self._seen = self._placed = 0
        self._prepare()
        if fresh:
            sync_folder(path.parent)

    def _prepare(self) -> None:
        # Whoever opens an empty journal in the same instant may be told at once that it is locked, however long we said
        # that we wait: the change to WAL does not wait by itself.
        until = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                # In WAL mode only FULL puts every commit on the disk itself; NORMAL would break the hall's promise.
                self._db.execute("PRAGMA synchronous=FULL")
                self._db.executescript(_SCHEMA)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    @_told
    def append(self, drafts: Sequence[Draft]) -> list[Draft]:
        with _transaction(self._db):
            refused = self._taken(drafts)
            gone = {id(draft) for draft in refused}
            good = [draft for draft in drafts if id(draft) not in gone]
            last = self._insert(good)
        # Known to be on disk only here: a commit that failed has left nothing behind.
        self._seen = max(self._seen, last)
        for draft in good:
            if draft.link:
                self._links[draft.sitting] = draft.link
        if self._seen - self._placed >= max(_UNPLACED, self._seen // _SHARE_UNPLACED):
            self._place()
        return refused

    def _taken(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Those whose place in the chain is taken, and all later ones of the same sitting. Called with the file locked
        for writing, so what is found here stays so until the commit."""
        self._look()
        refused: list[Draft] = []
        lost: set[int] = set()
        ends: dict[int, int] = {}
        for draft in drafts:
            sitting = draft.sitting
            if draft.link:
                end = ends.get(sitting)
                if end is None:
                    end = self._end(sitting)
                if draft.link <= end:
                    lost.add(sitting)
                ends[sitting] = draft.link
            if sitting in lost:
                refused.append(draft)
        return refused

    def _look(self) -> None:
        """Learn what others have written since the last time."""
        newest, self._placed = self._db.execute(_NEWEST).fetchone()
        if self._seen < self._placed or len(self._links) > _MOST_LINKS:
            # what is placed is looked up when it is asked for
            self._seen = self._placed
            self._links.clear()
        if newest > self._seen:
            for sitting, link in self._db.execute(_SINCE, (self._seen,)).fetchall():
                self._links[sitting] = max(link, self._end(sitting))
            self._seen = newest

    def _end(self, sitting: int) -> int:
        """The last link of a sitting's chain, 0 when it has none."""
        end = self._links.get(sitting)
        if end is None:
            query = "SELECT coalesce(max(link), 0) FROM entry WHERE id IN (SELECT id FROM placed WHERE sitting = ?)"
            (end,) = self._db.execute(query, (sitting,)).fetchone()
            self._links[sitting] = end
        return int(end)

    def _insert(self, drafts: Sequence[Draft]) -> int:
        """The id of the last one that was inserted, 0 when there was none."""
        # Many rows a statement, the last ones empty: the interpreter's lock is taken back, and the event loop waited
        # for, once a statement.
        last = 0
        for at in range(0, len(drafts), _MOST_ROWS):
            some = drafts[at : at + _MOST_ROWS]
            rows = 1 << (len(some) - 1).bit_length()
            values: list[Any] = []
            for draft in some:
                values += (draft.sitting, draft.link or None, draft.text, draft.receipt)
            values += (None,) * (4 * rows - len(values))
            last = self._db.execute(_INSERTS[rows], values).lastrowid or 0
        return last

    def _place(self) -> None:
        """Take the newest entries into the order by sitting, many at once."""
        try:
            with _transaction(self._db):
                self._db.execute(_PLACE)
                self._db.execute("INSERT OR REPLACE INTO placed_through VALUES (0, (SELECT max(id) FROM entry))")
            self._placed = self._seen
        except sqlite3.Error as error:
            # nothing is lost by it, and the next writing tries again
            _log.warning("entries could not be put in order: %s", error)

    @_told
    def stand(self, standings: Sequence[Standing]) -> None:
        with _transaction(self._db):
            # one statement, for the reason _insert has
            self._db.execute(_STAND, (_encoder.encode([_fields(one) for one in standings]).decode(),))

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
        return self._entries(_OF_SITTING, sitting, sitting)

    @_told
    def tail(self, after_id: int) -> list[Entry]:
        return self._entries("id > ?", after_id)

    @_told
    def controls(self, after_id: int) -> list[Entry]:
        return self._entries("link IS NULL AND id > ?", after_id)

    @_told
    def last_id(self) -> int:
        newest, _placed = self._db.execute(_NEWEST).fetchone()
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

    def _entries(self, where: str, *values: int) -> list[Entry]:
        rows = self._db.execute(
            f"SELECT id, sitting, event, coalesce(link, 0), receipt FROM entry WHERE {where} ORDER BY id", values
        )
        return [Entry(*row) for row in rows]


_CROWDS = """
SELECT session, min(place), stage, count(*),
    sum(CASE WHEN stage IN ('open', 'break', 'locked') AND seen < ? THEN 1 ELSE 0 END),
    sum(CASE WHEN focus_lost > 0 THEN 1 ELSE 0 END), sum(answered), sum(total)
FROM standing WHERE place >= ? AND place < ? GROUP BY session, stage
"""
_MOST_ROWS = 256
_INSERTS = {
    1 << power: "INSERT INTO entry (sitting, link, event, receipt) SELECT * FROM (VALUES "
    + ", ".join(["(?, ?, ?, ?)"] * (1 << power))
    + ") WHERE column1 IS NOT NULL"
    for power in range(_MOST_ROWS.bit_length())
}
_encoder = msgspec.json.Encoder()
_STAND = """
INSERT INTO standing
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8
FROM json_each(?) WHERE true
ON CONFLICT (sitting) DO UPDATE SET session = excluded.session, place = excluded.place, stage = excluded.stage,
    seen = excluded.seen, answered = excluded.answered, total = excluded.total, focus_lost = excluded.focus_lost,
    deadline = excluded.deadline
"""
_NEWEST = "SELECT (SELECT coalesce(max(id), 0) FROM entry), (SELECT coalesce(max(id), 0) FROM placed_through)"
_SINCE = "SELECT sitting, max(link) FROM entry WHERE id > ? AND link IS NOT NULL GROUP BY sitting"
_PLACE = """
INSERT INTO placed SELECT sitting, id FROM entry
WHERE id > (SELECT coalesce(max(id), 0) FROM placed_through) ORDER BY sitting, id
"""
_OF_SITTING = """
id IN (
    SELECT id FROM placed WHERE sitting = ?
    UNION ALL
    SELECT id FROM entry WHERE id > (SELECT coalesce(max(id), 0) FROM placed_through) AND sitting = ?
)
"""


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
