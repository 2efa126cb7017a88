"""How far a long step has come, told outside its transaction: the database shows nothing of it before its end.

A small file in the home folder, seen by every process of the installation; it holds two numbers and nobody's data.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings


def _path(name: str) -> Path:
    return Path(settings.HOME) / "underway" / name


@contextlib.contextmanager
def told(name: str, *, of: int) -> Iterator[Callable[[int], None]]:
    """Tell how many of ``of`` are done while the block runs; afterwards nothing is told, however it ended.

    ``name`` is the flow and number of the thing, never anybody's data. A percent is written once.
    """
    path = _path(name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    last = -1

    def done(count: int) -> None:
        nonlocal last
        percent = 100 * count // max(of, 1)
        if percent == last:
            return
        last = percent
        fresh = path.with_name(f"{name}.{secrets.token_hex(4)}")
        fresh.write_text(f"{count} {of}")
        fresh.replace(path)

    try:
        done(0)
        yield done
    finally:
        path.unlink(missing_ok=True)


def how_far(name: str) -> tuple[int, int] | None:
    """How many are done, of how many; ``None`` when nothing of that name is under way."""
    try:
        done, of = _path(name).read_text().split()
    except FileNotFoundError:
        return None
    return int(done), int(of)
