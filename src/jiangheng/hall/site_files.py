"""Files of a place's own hall that must survive a pulled plug (clause K13)."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from .store_sqlite import sync_folder


def replace(file: Path, content: bytes) -> None:
    """Write a file that only this user may read; afterwards it is there whole, or still the old one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    sync_folder(file.parent)


def add_line(file: Path, line: msgspec.Struct) -> None:
    """Add one line of JSON to a log."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        out.write(msgspec.json.encode(line) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def whole_lines(file: Path) -> list[bytes]:
    """The lines of a log; none when there is none yet. One that a pulled plug cut off is left out."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    return content[: content.rfind(b"\n") + 1].splitlines()
