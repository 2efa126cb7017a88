"""The journal of the hall on its own SQLite file: append, replay, tail (clauses K10, K13).

Append-only: triggers refuse to change or remove an entry. Entries the hall writes carry a ``link`` (their place in the
sitting's chain) and a receipt; control entries of the offices carry neither. The unique (sitting, link) makes a second
writer of the same chain fail instead of forking it.

The offices (synchronous, another process) use three functions here: :func:`replay`, :func:`append_control` and
:func:`last_seen`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jiangheng.core.exam import receipts
from jiangheng.core.exam.sitting import Event, Extended, HandedIn, Voided, from_record, to_record

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
CREATE TABLE IF NOT EXISTS presence (sitting INTEGER PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;
"""
_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. ``link`` is 0 and ``receipt`` empty for control entries of the offices."""

    id: int
    sitting: int
    event: Event
    link: int = 0
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that is not yet in the journal."""

    sitting: int
    event: Event
    link: int = 0
    receipt: str = ""


def journal_path(home: Path) -> Path:
    """Where the journal of an installation lies."""
    return home / "hall" / "journal.sqlite3"


class Store:
    """A connection that may append. One thread at a time uses it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        self._db = _connect(path)
        self._db.execute("PRAGMA journal_mode=WAL")
        # In WAL mode only FULL puts every commit on the disk itself; NORMAL would break the hall's promise.
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        if fresh:
            _sync_folder(path.parent)

    def append(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Write the drafts in one transaction and commit it to disk. Returns those whose place in the chain was
        already taken (and every later draft of the same sitting); nothing of them is written."""
        refused: list[Draft] = []
        lost: set[int] = set()
        with _transaction(self._db):
            for draft in drafts:
                if draft.sitting in lost:
                    refused.append(draft)
                    continue
                try:
                    self._db.execute(_INSERT, _row(draft))
                except sqlite3.IntegrityError:
                    lost.add(draft.sitting)
                    refused.append(draft)
        return refused

    def mark_seen(self, seen: Iterable[tuple[int, int]]) -> None:
        """Note when sittings were last heard of, as (sitting, milliseconds)."""
        with _transaction(self._db):
            self._db.executemany(
                "INSERT INTO presence VALUES (?, ?) ON CONFLICT (sitting) DO UPDATE SET seen = excluded.seen", seen
            )

    def replay(self, sitting: int) -> list[Entry]:
        """All entries of one sitting, in order."""
        return _entries(self._db, "sitting = ?", sitting)

    def tail(self, after_id: int) -> list[Entry]:
        """All entries after that id, in order."""
        return _entries(self._db, "id > ?", after_id)

    def controls(self, after_id: int) -> list[Entry]:
        """The control entries of the offices after that id, in order."""
        return _entries(self._db, "link IS NULL AND id > ?", after_id)

    def last_id(self) -> int:
        """The id of the newest entry, 0 in an empty journal."""
        (newest,) = self._db.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()
        return int(newest)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._db.close()


def replay(path: Path, sitting: int) -> list[Entry]:
    """All entries of one sitting, in order; none when the hall has never been open. For the offices."""
    if not path.exists():
        return []
    db = _connect(path)
    try:
        return _entries(db, "sitting = ?", sitting)
    finally:
        db.close()


def append_control(path: Path, sitting: int, event: Event) -> Entry:
    """Write a control event of the offices (more time, void, collecting the paper) and commit it to disk.

    The running hall sees it within a second. An event without a moment gets the present one. ``ValueError`` for an
    event that only a candidate's page may cause.
    """
    if not isinstance(event, Extended | Voided | HandedIn):
        raise ValueError(f"{type(event).__name__} is not a control event")
    if not event.at:
        record = to_record(event) | {"at": time.time_ns() // 1_000_000}
        event = from_record(record)
    store = Store(path)
    try:
        store.append([Draft(sitting, event)])
        return Entry(store.last_id(), sitting, event)
    finally:
        store.close()


def last_seen(path: Path, sittings: Iterable[int]) -> dict[int, int]:
    """When each of these sittings was last heard of, in milliseconds; those never heard of are left out."""
    if not path.exists():
        return {}
    db = _connect(path)
    try:
        query = "SELECT sitting, seen FROM presence WHERE sitting IN (SELECT value FROM json_each(?))"
        return dict(db.execute(query, (json.dumps(list(sittings)),)))
    finally:
        db.close()


def chain_head(sitting: int, entries: Iterable[Entry]) -> str:
    """Check the receipts of a replayed sitting; its last receipt. ``receipts.BrokenChain`` if altered."""
    return receipts.verify(sitting, ((to_record(entry.event), entry.receipt) for entry in entries if entry.link))


_INSERT = "INSERT INTO entry (sitting, link, event, receipt) VALUES (?, ?, ?, ?)"


def _row(draft: Draft) -> tuple[int, int | None, str, str]:
    record = json.dumps(to_record(draft.event), ensure_ascii=False, separators=(",", ":"))
    return draft.sitting, draft.link or None, record, draft.receipt


def _entries(db: sqlite3.Connection, where: str, value: int) -> list[Entry]:
    rows = db.execute(f"SELECT id, sitting, event, link, receipt FROM entry WHERE {where} ORDER BY id", (value,))
    return [
        Entry(id, sitting, from_record(json.loads(event)), link or 0, receipt)
        for id, sitting, event, link, receipt in rows
    ]


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)


class _transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when anything in between fails."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._db.execute("COMMIT")
        elif self._db.in_transaction:
            self._db.execute("ROLLBACK")


def _sync_folder(folder: Path) -> None:
    # The new file's name must survive a power cut as well as its content; Windows has no such call and needs none.
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
