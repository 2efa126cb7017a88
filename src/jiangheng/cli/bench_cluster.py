"""A PostgreSQL of the bench's own: made in a folder, durable as a new cluster is, killed and started at will (K13).

PostgreSQL refuses to run as root, so root starts it as an ordinary user of the machine.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_OWNER = "jiangheng"
_START_SECONDS = 60


@dataclass
class Cluster:
    """A cluster in ``home``, reached by a socket there."""

    home: Path
    programs: Path
    before: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Its address for the hall's journal."""
        return f"postgresql://{_OWNER}@/{_OWNER}?host={quote(str(self.home), safe='')}"

    @property
    def pid(self) -> int:
        """Its first process, 0 when it does not run."""
        try:
            return int((self.home / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return 0

    def make(self) -> None:
        """Make it; it keeps every promise of durability, since that is what is measured."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.before = _not_root(self.home)
        self._run("initdb", "-D", self.home / "data", "-U", _OWNER, "-A", "trust", "-E", "UTF8")

    def start(self) -> None:
        """Start it and wait until it answers; after a kill that is after its recovery."""
        options = f"-k {self.home} -c listen_addresses= -c max_wal_size=2GB"
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._run(
                    "pg_ctl", "-D", self.home / "data", "-w", "-l", self.home / "log", "-o", options, "start"
                )  # fmt: skip
                break
            except RuntimeError:
                # what a killed cluster leaves behind (its shared memory, its last processes) may take a moment to go
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        if not (self.home / "made").exists():
            self._run("createdb", "-h", self.home, "-U", _OWNER, _OWNER)
            (self.home / "made").touch()

    def kill(self) -> None:
        """kill -9 to all of it at once, as a machine that loses power would."""
        first = self.pid
        if not first:
            return
        for pid in [first, *children(first)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        # the lock file of a killed server is no hindrance, unless its number is taken by then
        (self.home / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop it; nothing happens when it does not run."""
        if self.pid:
            self._run("pg_ctl", "-D", self.home / "data", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *words: str | Path) -> None:
        # a server started with our own output would keep a pipe of it open for ever
        command = [*self.before, str(self.programs / program), *(str(word) for word in words)]
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program} failed with {done.returncode}; see {self.home / 'log'}")


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest first; None when there is no server here."""
    everywhere = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(everywhere, key=lambda path: path.parent.name.zfill(4), reverse=True)
    found = shutil.which("pg_ctl")
    candidates = [*folders, *([Path(found).resolve().parent] if found else [])]
    return next((path for path in candidates if all((path / name).exists() for name in ("initdb", "pg_ctl"))), None)


def children(pid: int) -> list[int]:
    """The processes a process has started."""
    try:
        return [int(word) for word in (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:
        return []


def _not_root(home: Path) -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, user.pw_uid, user.pw_gid)
        return ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody here")
