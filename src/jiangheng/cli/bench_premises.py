"""Where a bench takes place: a temporary folder, a journal, an event loop; all gone afterwards (clause K13)."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from . import bench_cluster, say

OWN_CLUSTER = "postgresql"
_Got = TypeVar("_Got")


@contextmanager
def premises(folder: Path | None) -> Iterator[Path]:
    """A temporary folder that is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="jh-bench-", dir=folder))
    # a database server that is not root must be able to reach its folder in it
    place.chmod(0o711)
    (place / "home").mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def journal_of(database: str, folder: Path) -> Iterator[tuple[str, bench_cluster.Cluster | None]]:
    """The journal's address ("" for a file) and the cluster that was made for it, if one was."""
    if database != OWN_CLUSTER:
        yield database, None
        return
    programs = bench_cluster.programs()
    if programs is None:
        raise SystemExit("there is no PostgreSQL server on this machine: give --database postgresql://…")
    cluster = bench_cluster.Cluster(folder / "pg", programs)
    cluster.make()
    cluster.start()
    try:
        yield cluster.address, cluster
    finally:
        cluster.stop()


def on_a_loop(story: Coroutine[Any, Any, _Got]) -> _Got:
    """Run it on the fastest loop there is."""
    run: Callable[[Coroutine[Any, Any, _Got]], _Got] = asyncio.run
    try:
        import uvloop

        run = uvloop.run
    except ImportError:
        say("without uvloop the client is slower, and the figures with it")
    return run(story)
