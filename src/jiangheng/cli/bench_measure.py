"""``jiangheng bench exam``: one examination from its premises to the reading of its journal (clauses K10, K13)."""

from __future__ import annotations

import argparse
import time
from typing import Any

from jiangheng.hall.books import journal_path, open_store

from . import bench_cluster, say
from .bench_check import Findings, Told, check
from .bench_exam import Exam, Plan
from .bench_premises import journal_of, on_a_loop, premises
from .bench_room import Room, admit, furnish
from .bench_server import Server, free_port, parent_of
from .hall_serving import more_open_files

_SPARE_FILES = 100
_BEATS_OF_A_SITTING = 90 * 60 // 15


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """One examination; its figures."""
    wanted = chosen.candidates or 400
    number = min(wanted, more_open_files() - _SPARE_FILES)
    if number < wanted:
        say(f"one connection a candidate: the system allows {number} of them, not {wanted}")
    # a given database may hold an earlier bench's sittings
    first = int(time.time()) * 100_000 if "://" in chosen.database else 1
    plan = Plan(
        seconds=chosen.seconds, connections=chosen.connections, pace=chosen.pace, saves=chosen.saves,
        sitting_beats=_BEATS_OF_A_SITTING,
    )  # fmt: skip
    with premises(chosen.folder) as folder, journal_of(chosen.database, folder) as (address, cluster):
        home = folder / "home"
        server = Server(home, free_port(), address, chosen.workers)
        server.start()
        try:
            # the time until the hour begins when the hall is there
            room = furnish(home, items=chosen.items, opens_in=chosen.prepare or 4 + number / 150)
            people = [room.person(first + one) for one in range(number + 1)]
            admit(room, people[:-1])
            exam = Exam(room, server, database_pid=_database_pid(address, cluster), progress=say)
            figures = on_a_loop(exam.measure(people[:-1], people[-1], plan))
        finally:
            server.stop()
        say("reading the journal again")
        found = _checked(room, exam, address or str(journal_path(home)))
    database = "postgresql" if address else "sqlite"
    return {"database": database, **figures, "acknowledged": found.acknowledged, "lost": found.lost,
            "wrong_state": found.wrong_state, "broken_chains": found.broken_chains,
            "false_proofs": found.false_proofs}  # fmt: skip


def _checked(room: Room, exam: Exam, address: str) -> Findings:
    told = [
        Told(one.person.sitting, one.person.ticket, dict(enumerate(one.receipts, start=1)), one.handed)
        for one in exam.sitters
    ]
    store = open_store(address)
    try:
        return check(store, room, told)
    finally:
        store.close()


def _database_pid(address: str, cluster: bench_cluster.Cluster | None) -> int:
    """The first process of the journal's database, 0 when it is a file or on another machine."""
    if cluster is not None or not address:
        return cluster.pid if cluster else 0
    import psycopg

    with psycopg.connect(address) as line:
        row = line.execute("SELECT pg_backend_pid(), inet_server_addr() IS NULL").fetchone()
        return parent_of(row[0]) if row and row[1] else 0
