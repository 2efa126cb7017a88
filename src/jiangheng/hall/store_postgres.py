"""The journal of the hall on PostgreSQL, in a schema of its own: several processes may serve one hall (K10, K13).

The same promises as the file's: append-only by triggers, one writer per place in a chain by a unique key, on disk
before the answer by ``synchronous_commit``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, TypeVar

import msgspec
import psycopg

from .entries import SILENT_MS, Crowd, Draft, Entry, SeatCheck, Standing, StoreError, StoreFull, crowds_of

# Two processes that start at once would both create; the lock makes the second find everything done.
_SCHEMA = """
SELECT pg_advisory_xact_lock(4503130001);
CREATE SCHEMA IF NOT EXISTS hall;
CREATE TABLE IF NOT EXISTS hall.entry (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sitting BIGINT NOT NULL,
    link INTEGER CHECK (link > 0),
    event TEXT NOT NULL,
    receipt TEXT NOT NULL,
    CHECK ((link IS NULL) = (receipt = ''))
);
CREATE UNIQUE INDEX IF NOT EXISTS entry_chain ON hall.entry (sitting, link);
CREATE INDEX IF NOT EXISTS entry_control ON hall.entry (id) WHERE link IS NULL;
CREATE OR REPLACE FUNCTION hall.never() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE OR REPLACE TRIGGER entry_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON hall.entry
    FOR EACH STATEMENT EXECUTE FUNCTION hall.never();
CREATE UNLOGGED TABLE IF NOT EXISTS hall.standing (
    sitting BIGINT PRIMARY KEY,
    session BIGINT NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    stage TEXT NOT NULL,
    seen BIGINT NOT NULL,
    answered INTEGER NOT NULL,
    total INTEGER NOT NULL,
    focus_lost INTEGER NOT NULL,
    deadline BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS standing_session ON hall.standing (session);
CREATE INDEX IF NOT EXISTS standing_place ON hall.standing (place);
CREATE TABLE IF NOT EXISTS hall.turned (
    sitting BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    code TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (sitting, minute, code)
);
CREATE TABLE IF NOT EXISTS hall.seat_check (
    room BIGINT NOT NULL,
    number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    sound BOOLEAN NOT NULL,
    findings TEXT NOT NULL,
    PRIMARY KEY (room, number)
);
"""
_CONNECT_SECONDS = 5
_Said = TypeVar("_Said")


def _told(act: Callable[..., _Said]) -> Callable[..., _Said]:
    """A method whose database errors are :class:`StoreError`."""

    @wraps(act)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> _Said:
        try:
            return act(self, *args, **kwargs)
        except psycopg.errors.DiskFull as error:
            raise StoreFull(str(error)) from error
        except (psycopg.Error, OSError) as error:
            raise StoreError(str(error)) from error

    return guarded


class PostgresStore:
    """The journal on a server; see :class:`.entries.Store`."""

    @_told
    def __init__(self, address: str) -> None:
        self._db = psycopg.connect(
            address, autocommit=True, connect_timeout=_CONNECT_SECONDS, application_name="jiangheng hall",
            options="-c synchronous_commit=on",
        )  # fmt: skip
        if not self._db.execute("SELECT to_regclass('hall.seat_check')").fetchone()[0]:  # type: ignore[index]
            with self._db.transaction():
                self._db.execute(_SCHEMA)

    @_told
    def append(self, drafts: Sequence[Draft]) -> list[Draft]:
        refused: list[Draft] = []
        while drafts and (taken := self._insert(drafts)):
            # Nothing of this round was written; without the chains that somebody else wrote to, it is tried again.
            left: list[Draft] = []
            lost: set[int] = set()
            for place, draft in enumerate(drafts):
                if place in taken:
                    lost.add(draft.sitting)
                (refused if draft.sitting in lost else left).append(draft)
            drafts = left
        return refused

    def _insert(self, drafts: Sequence[Draft]) -> set[int]:
        """Write all, or nothing and tell which of the drafts (by their number, from 0) met a taken place."""
        # one document instead of four arrays, which psycopg makes value by value (docs/develop/hall-speed.md)
        rows = _encoder.encode([(draft.sitting, draft.link or None, draft.text, draft.receipt) for draft in drafts])
        with self._db.transaction() as transaction:
            written = self._db.execute(_INSERT, (rows.decode(),), prepare=True).fetchall()
            if len(written) == len(drafts):
                return set()
            raise psycopg.Rollback(transaction)
        there = {(sitting, link) for sitting, link in written}
        taken: set[int] = set()
        for place, draft in enumerate(drafts):
            # a place that two drafts of one batch claim is the first one's
            if draft.link and (draft.sitting, draft.link) not in there:
                taken.add(place)
            there.discard((draft.sitting, draft.link))
        return taken

    @_told
    def stand(self, standings: Sequence[Standing]) -> None:
        # Rows are always taken in one order, here and below, so that two halls never wait for each other in a circle.
        ordered = sorted(standings, key=lambda one: one.sitting)
        columns = [[getattr(one, name) for one in ordered] for name in Standing.__struct_fields__]
        self._db.execute(_STAND, columns, prepare=True)

    @_told
    def turn_away(self, counted: Iterable[tuple[int, int, str, int]]) -> None:
        with self._db.transaction(), self._db.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO hall.turned AS old (minute, sitting, code, count) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (sitting, minute, code) DO UPDATE SET count = old.count + excluded.count",
                sorted(counted),
            )

    @_told
    def replay(self, sitting: int) -> list[Entry]:
        return self._entries("sitting = %s", sitting)

    @_told
    def tail(self, after_id: int) -> list[Entry]:
        return self._entries("id > %s", after_id)

    @_told
    def controls(self, after_id: int) -> list[Entry]:
        return self._entries("link IS NULL AND id > %s", after_id)

    @_told
    def last_id(self) -> int:
        found = self._db.execute("SELECT coalesce(max(id), 0) FROM hall.entry").fetchone()
        return int(found[0]) if found else 0

    @_told
    def standings(self, *, sessions: Sequence[int] = (), place: str = "", since: int = 0) -> list[Standing]:
        where, values = "session = ANY(%s)", [list(sessions)]
        if place:
            where, values = "place >= %s AND place < %s", [place, place + "~"]  # type: ignore[list-item]
        rows = self._db.execute(f"SELECT * FROM hall.standing WHERE {where} AND seen >= %s", (*values, since))  # type: ignore[call-overload]
        return [Standing(**dict(zip(Standing.__struct_fields__, row, strict=True))) for row in rows]

    @_told
    def crowds(self, place: str, now: int) -> list[Crowd]:
        rows = self._db.execute(_CROWDS, (now - SILENT_MS, place, place + "~")).fetchall()
        return crowds_of((*row[:3], *map(int, row[3:])) for row in rows)

    @_told
    def turned_away(self, sittings: Sequence[int]) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        query = "SELECT sitting, code, sum(count)::int FROM hall.turned WHERE sitting = ANY(%s) GROUP BY 1, 2"
        for sitting, code, count in self._db.execute(query, (list(sittings),)):
            found.setdefault(sitting, {})[code] = count
        return found

    @_told
    def note_seat(self, check: SeatCheck) -> None:
        self._db.execute(
            "INSERT INTO hall.seat_check VALUES (%s, %s, %s, %s, %s) ON CONFLICT (room, number) DO UPDATE SET"
            " at = excluded.at, sound = excluded.sound, findings = excluded.findings",
            [getattr(check, name) for name in SeatCheck.__struct_fields__],
        )

    @_told
    def seats_of(self, room: int, since: int) -> list[SeatCheck]:
        query = "SELECT room, number, at, sound, findings FROM hall.seat_check"
        rows = self._db.execute(query + " WHERE room = %s AND at >= %s ORDER BY number", (room, since))
        return [SeatCheck(**dict(zip(SeatCheck.__struct_fields__, row, strict=True))) for row in rows]

    def close(self) -> None:
        self._db.close()

    def _entries(self, where: str, value: int) -> list[Entry]:
        query = f"SELECT id, sitting, event, coalesce(link, 0), receipt FROM hall.entry WHERE {where} ORDER BY id"
        return [Entry(*row) for row in self._db.execute(query, (value,))]  # type: ignore[call-overload]


_CROWDS = """
SELECT session, min(place), stage, count(*),
    sum(CASE WHEN stage IN ('open', 'break', 'locked') AND seen < %s THEN 1 ELSE 0 END),
    sum(CASE WHEN focus_lost > 0 THEN 1 ELSE 0 END), sum(answered), sum(total)
FROM hall.standing WHERE place >= %s AND place < %s GROUP BY session, stage
"""
_encoder = msgspec.json.Encoder()
_INSERT = """
INSERT INTO hall.entry (sitting, link, event, receipt)
SELECT (draft->>0)::bigint AS sitting, (draft->>1)::integer, draft->>2, draft->>3
FROM json_array_elements(%s::json) WITH ORDINALITY AS listed (draft, place)
ORDER BY sitting, place
ON CONFLICT (sitting, link) DO NOTHING
RETURNING sitting, link
"""
_STAND = """
INSERT INTO hall.standing AS old
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::integer[], %s::integer[],
    %s::integer[], %s::bigint[])
ON CONFLICT (sitting) DO UPDATE SET
    session = excluded.session, place = excluded.place, stage = excluded.stage, seen = excluded.seen,
    answered = excluded.answered, total = excluded.total, focus_lost = excluded.focus_lost,
    deadline = excluded.deadline
WHERE old.seen <= excluded.seen
"""
