"""The hall as a process of its own, started as production starts it, and what it costs (clause K13)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 60
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Server:
    """``jiangheng serve --hall-only`` on a home and a port. ``movable`` lets its clock be moved by a file (demo)."""

    home: Path
    port: int
    database: str = ""
    workers: int = 1
    movable: bool = False
    process: subprocess.Popen[bytes] | None = None

    @property
    def _log(self) -> Path:
        # beside the home: that one's disk may be filled on purpose
        return self.home.parent / "server.log"

    def start(self) -> None:
        """Start it and wait until its port is open; ``RuntimeError`` when it does not come."""
        command = [sys.executable, "-m", "jiangheng", "serve", "--hall-only", "--port", str(self.port)]
        with self._log.open("ab") as log:
            # a session of its own, so that a kill reaches every worker and nobody else
            self.process = subprocess.Popen(
                [*command, "--workers", str(self.workers)], env=self._environment(), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"the hall did not start:\n{self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """kill -9, to it and to its workers."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=20)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    @property
    def pid(self) -> int:
        """The process that was started; its workers are below it."""
        return self.process.pid if self.process else 0

    def _environment(self) -> dict[str, str]:
        ours = ("JIANGHENG_", "DATABASE_URL", "DJANGO_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        path = os.pathsep.join(each for each in sys.path if each)
        given = {"JIANGHENG_HOME": str(self.home), "PYTHONPATH": path}
        if self.database:
            given["JIANGHENG_HALL_JOURNAL"] = self.database
        if self.movable:
            given["JIANGHENG_DEMO"] = "1"
        return kept | given


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, of its children, and of those it has outlived; 0 when it is not to be seen."""
    return sum(_spent(each) for each in _family(pid))


def resident_kib(pid: int) -> int:
    """Memory of a process and its children that is in use, KiB."""
    pages = 0
    for each in _family(pid):
        pages += int((Path("/proc") / str(each) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def parent_of(pid: int) -> int:
    """The process that started this one, 0 when there is none to be seen."""
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _family(pid: int) -> Iterable[int]:
    if pid and (Path("/proc") / str(pid)).exists():
        yield pid
        for task in (Path("/proc") / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _spent(pid: int) -> float:
    # user and system time, and the same of children that have ended
    return sum(int(each) for each in _stat(pid)[11:15]) / _TICKS


def _stat(pid: int) -> list[str]:
    try:
        text = (Path("/proc") / str(pid) / "stat").read_text()
    except OSError:
        return []
    # the name of the program may hold spaces and brackets
    return text.rpartition(")")[2].split()
