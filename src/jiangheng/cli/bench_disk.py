"""A disk that can be filled: a small one of its own where the system lets us mount it, else a bound on the size of the
hall's files (clause K13)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PIECE = 1 << 20


class Disk:
    """Where the journal lies. ``fill`` takes the last free byte, ``empty`` gives it back."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        self.mounted = mounted
        self._ballast = folder / "ballast"

    def fill(self, pid: int) -> None:
        """No process (no process of this ``pid``, where nothing could be mounted) gets a file longer from now on."""
        if self.mounted:
            self._take_all()
        else:
            _bound_files(pid, max((each.stat().st_size for each in self.folder.rglob("*.sqlite3*")), default=0))

    def empty(self, pid: int) -> None:
        """There is room again."""
        if self.mounted:
            self._ballast.unlink(missing_ok=True)
        else:
            _bound_files(pid, None)

    def _take_all(self) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            for size in (_PIECE, 4096, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue


@contextmanager
def small_disk(folder: Path, *, mebibytes: int) -> Iterator[Disk]:
    """A disk of that size in this folder, or the folder itself when we may not mount."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=711", "jiangheng-bench", str(folder)]
    mounted = _quietly(command)
    try:
        yield Disk(folder, mounted=mounted)
    finally:
        if mounted:
            _quietly(["umount", str(folder)])


def _quietly(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _bound_files(pid: int, most: int | None) -> None:
    import resource

    if pid:
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if most is None else most, hard))
