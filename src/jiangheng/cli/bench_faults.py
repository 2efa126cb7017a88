"""Everything goes wrong while candidates answer; afterwards everything they were told is safe must be there (K10, K13).

A story has fresh sittings, a seed, and two or three mishaps one after the other; every message is delivered twice and
out of order in all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jiangheng.hall.books import journal_path, open_store

from . import bench_cluster, say
from .bench_check import Findings, check
from .bench_disk import Disk, small_disk
from .bench_premises import OWN_CLUSTER, on_a_loop, premises
from .bench_proxy import BadLine
from .bench_room import HOURS_MS, Room, furnish
from .bench_server import Server, free_port
from .bench_walker import Walker

_ITEMS = 20
_CANDIDATES = 16
_CALM_SECONDS = (0.1, 0.3)
_TROUBLE_SECONDS = (0.1, 0.4)
_PATIENCE_SECONDS = 60.0
_FULL_SECONDS = 10.0
_HOME_MEBIBYTES = 96
_CLUSTER_MEBIBYTES = 400
# minutes the clock jumps: within the hours, far past their end, far before their beginning
_JUMPS = (-20, 20, 45, 180, -180)


@dataclass
class _Stage:
    """What a story is played with."""

    room: Room
    server: Server
    disk: Disk
    line: BadLine
    cluster: bench_cluster.Cluster | None
    chance: random.Random
    events: Counter[str] = field(default_factory=Counter)
    spent: dict[str, float] = field(default_factory=dict)
    walkers: list[Walker] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How often the hall has said in this story that it cannot save."""
        return sum(walker.heard["disk_full"] + walker.heard["store"] for walker in self.walkers)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Count in how long it takes, seconds."""
        began = time.monotonic()
        yield
        self.spent[what] = self.spent.get(what, 0.0) + time.monotonic() - began

    async def trouble(self) -> None:
        """A moment in which it lasts."""
        await asyncio.sleep(self.chance.uniform(*_TROUBLE_SECONDS))

    async def calm(self) -> None:
        """A moment in which all is well."""
        await asyncio.sleep(self.chance.uniform(*_CALM_SECONDS))


@dataclass
class _Tally:
    """What came of all stories."""

    found: Findings = field(default_factory=Findings)
    heard: Counter[str] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    stuck: int = 0


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Play the stories; the figures."""
    if chosen.database not in ("", OWN_CLUSTER):
        raise SystemExit(f"faults kill the database: only --database {OWN_CLUSTER} (a cluster of their own) or none")
    seed = chosen.seed or int(time.time())
    say(f"seed {seed}")
    with premises(chosen.folder) as folder:
        place = folder / "disk"
        place.mkdir()
        size = _CLUSTER_MEBIBYTES if chosen.database else _HOME_MEBIBYTES
        with small_disk(place, mebibytes=size) as disk:
            cluster = _cluster(place) if chosen.database else None
            home = folder / "home" if cluster else place / "home"
            home.mkdir(exist_ok=True)
            server = Server(home, free_port(), cluster.address if cluster else "", movable=True)
            try:
                return on_a_loop(_stories(server, disk, cluster, seed, chosen.runs, chosen.candidates or _CANDIDATES))
            finally:
                disk.empty(server.pid)
                server.stop()
                if cluster is not None:
                    cluster.stop()


def _cluster(place: Path) -> bench_cluster.Cluster:
    programs = bench_cluster.programs()
    if programs is None:
        raise SystemExit("there is no PostgreSQL server on this machine")
    cluster = bench_cluster.Cluster(place / "pg", programs)
    cluster.make()
    cluster.start()
    return cluster


async def _stories(
    server: Server, disk: Disk, cluster: bench_cluster.Cluster | None, seed: int, runs: int, candidates: int
) -> dict[str, Any]:
    began = time.monotonic()
    room = furnish(server.home, items=_ITEMS, opens_in=-60)
    server.start()
    tally, chance = _Tally(), random.Random(seed)
    # its own chance: what the line asks depends on the moment, what happens in a story must not
    line = BadLine(server.port, random.Random(seed))
    stage = _Stage(room, server, disk, line, cluster, chance)
    port = await line.open()
    for number in range(runs):
        chance.seed(seed + number)
        await _story(stage, port, [number * candidates + one for one in range(1, candidates + 1)], tally)
        say(f"story {number + 1} (seed {seed + number}): {dict(stage.events)}, lost {tally.found.lost}")
    line.close()
    for each in tally.wrong[:20]:
        say(f"wrong: {each}")
    for each in sorted(tally.words):
        say(f"503 {each}")
    found, heard = tally.found, tally.heard
    return {
        "database": "postgresql" if cluster else "sqlite", "runs": runs, "seed": seed, "candidates": candidates,
        "events": dict(stage.events),
        "seconds_of": {what: round(seconds, 1) for what, seconds in stage.spent.items()},
        "cuts": line.cuts, "full_disk_by": "mount" if disk.mounted else "file size",
        "acknowledged": found.acknowledged, "told_safe": heard["acknowledged"], "lost": found.lost,
        "wrong_state": found.wrong_state, "broken_chains": found.broken_chains, "false_proofs": found.false_proofs,
        "wrong_answers": len(tally.wrong), "stuck": tally.stuck, "refused_full_disk": heard["disk_full"],
        "refused_store": heard["store"], "refused_by_clock": heard["ended"] + heard["not_begun"],
        "seconds": round(time.monotonic() - began, 1), "load": [round(each, 2) for each in os.getloadavg()],
    }  # fmt: skip


async def _story(stage: _Stage, port: int, sittings: list[int], tally: _Tally) -> None:
    now = time.time_ns() // 1_000_000
    room = stage.room = replace(stage.room, opens=now - 60_000, closes=now + HOURS_MS)
    over = asyncio.Event()
    walkers = [Walker(room.person(sitting), room, port, random.Random(stage.chance.random())) for sitting in sittings]
    stage.walkers = walkers
    walking = [asyncio.ensure_future(walker.walk(over, patience=_PATIENCE_SECONDS)) for walker in walkers]
    await stage.calm()
    kinds = [kind for kind in MISHAPS if stage.cluster is not None or kind != "database_killed"]
    for kind in stage.chance.sample(kinds, stage.chance.randint(2, 3)):
        stage.events[kind] += 1
        with stage.timed(kind):
            await MISHAPS[kind](stage)
        await stage.calm()
    over.set()
    with stage.timed("until_all_is_safe"):
        await asyncio.gather(*walking)
    store = open_store(stage.server.database or str(journal_path(stage.server.home)))
    try:
        with stage.timed("reading"):
            tally.found.add(check(store, room, [walker.told for walker in walkers]))
    finally:
        store.close()
    for walker in walkers:
        tally.heard += walker.heard
        tally.words |= walker.words
        tally.wrong += walker.wrong
        tally.stuck += walker.waiting


async def _kill_server(stage: _Stage) -> None:
    await asyncio.to_thread(stage.server.kill)
    await stage.trouble()
    await asyncio.to_thread(stage.server.start)


async def _kill_database(stage: _Stage) -> None:
    """Half the time one of its processes, half the time all of it."""
    assert stage.cluster is not None
    backends = bench_cluster.children(stage.cluster.pid)
    if backends and stage.chance.random() < 0.5:
        try:
            os.kill(stage.chance.choice(backends), signal.SIGKILL)
        except ProcessLookupError:
            return
        await stage.trouble()
        return
    await asyncio.to_thread(stage.cluster.kill)
    await stage.trouble()
    await asyncio.to_thread(stage.cluster.start)


async def _cut(stage: _Stage) -> None:
    stage.line.bad = 0.05
    await stage.trouble()
    stage.line.bad = 0.0
    stage.line.cut_all()


async def _fill(stage: _Stage) -> None:
    """A full disk; sometimes the hall is killed while it is full, and starts on it."""
    if stage.cluster is None:
        # what the journal's files have taken is theirs, and it lasts a while: give back what they need not have
        await asyncio.to_thread(_shrink, journal_path(stage.server.home))
    before, until = stage.refused, time.monotonic() + _FULL_SECONDS
    await asyncio.to_thread(stage.disk.fill, stage.server.pid)
    while stage.refused == before and time.monotonic() < until:
        await asyncio.sleep(0.05)
    await stage.trouble()
    if stage.disk.mounted and stage.chance.random() < 0.3:
        stage.events["server_killed_on_full_disk"] += 1
        await _kill_server(stage)
        await stage.trouble()
    await asyncio.to_thread(stage.disk.empty, stage.server.pid)
    if stage.cluster is not None and not await asyncio.to_thread(_answers, stage.cluster):
        # a database that could not write its own log stops; whoever made room starts it again
        stage.events["database_stopped_on_full_disk"] += 1
        await asyncio.to_thread(stage.cluster.kill)
        await asyncio.to_thread(stage.cluster.start)


def _shrink(journal: Path) -> None:
    line = sqlite3.connect(journal, timeout=1.0)
    try:
        line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        # the hall was faster each time: then it takes as long as it takes
        say(f"the journal could not be made smaller: {error}")
    finally:
        line.close()


def _answers(cluster: bench_cluster.Cluster) -> bool:
    import psycopg

    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            psycopg.connect(cluster.address, connect_timeout=2).close()
            return True
        except psycopg.OperationalError:
            time.sleep(0.1)
    return False


async def _move_clock(stage: _Stage) -> None:
    clock = stage.server.home / "clock"
    fresh = clock.with_suffix(".new")
    fresh.write_text(str(60.0 * stage.chance.choice(_JUMPS)))
    fresh.replace(clock)
    await stage.trouble()
    clock.unlink()


MISHAPS: dict[str, Callable[[_Stage], Awaitable[None]]] = {
    "server_killed": _kill_server,
    "database_killed": _kill_database,
    "lines_cut": _cut,
    "disk_full": _fill,
    "clock_moved": _move_clock,
}
