"""A PostgreSQL of one's own for a test run: made in a temporary folder, reached by a socket there, gone afterwards.

PostgreSQL refuses to run as root, so root starts it as an ordinary user of the machine.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of the server's programs, the newest version first; ``None`` if there is no server here."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = shutil.which("pg_ctl")
    candidates = [*folders, *([Path(found).resolve().parent] if found else [])]
    return next((path for path in candidates if all((path / name).exists() for name in ("initdb", "pg_ctl"))), None)


def _version(path: Path) -> int:
    return int(path.parent.name) if path.parent.name.isdigit() else 0


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A running cluster; its DATABASE_URL."""
    home = Path(tempfile.mkdtemp(prefix="jh-pg-"))
    data = home / "data"
    before = _not_root(home)
    try:
        _run([*before, folder / "initdb", "-D", data, "-U", "jiangheng", "-A", "trust", "-E", "UTF8", "--no-sync"])
        # a test database may be lost: not waiting for the disk makes the run several times faster
        options = f"-k {home} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        _run([*before, folder / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start"])
        try:
            _run([*before, folder / "createdb", "-h", home, "-U", "jiangheng", "jiangheng"])
            yield f"postgres://jiangheng@{str(home).replace('/', '%2F')}/jiangheng"
        finally:
            _run([*before, folder / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _not_root(home: Path) -> list[str]:
    """What goes before a command so that it does not run as root; the folder is given to that user."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, user.pw_uid, user.pw_gid)
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    raise SystemExit("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody")


def _run(words: list[str | Path]) -> None:
    # a server started with the run's own output would keep a pipe of it open for ever
    finished = subprocess.run(
        [str(word) for word in words], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if finished.returncode:
        print(f"failed: {' '.join(str(word) for word in words)}", file=sys.stderr)
        raise SystemExit(1)
