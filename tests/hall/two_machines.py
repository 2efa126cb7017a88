"""Two machines of a room, run as the place runs them: real processes of the real command."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from site_place import PIN

WORD = "同一间机房的两台机器，互留一份"


class Machine:
    """One of the two, run as the place runs it."""

    def __init__(self, home: Path, port: int, other: int) -> None:
        self.home, self.port, self._other = home, port, other
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        """Switch it on, and wait for its port."""
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [
            sys.executable, "-m", "jiangheng", "site", "serve", "--home", str(self.home), "--host", "127.0.0.1",
            "--port", str(self.port), "--twin", f"http://127.0.0.1:{self._other}", "--twin-secret", WORD, *more,
        ]  # fmt: skip
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        there = (200, 503)
        until(
            lambda: self.process.poll() is not None or ask(self.port, "GET", "/hall/clock")[0] in there,  # type: ignore[union-attr]
            "the machine did not start",
        )
        assert self.process.poll() is None, (self.home / "log").read_text(encoding="utf-8")

    def pull_the_plug(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def notices(self) -> str:
        """What the page of the room says of the machines."""
        cookie = ask(self.port, "POST", "/hall/room/in", urlencode({"name": "李四", "pin": PIN}))[1]
        return ask(self.port, "GET", "/hall/room", cookie=cookie.partition(";")[0])[2]


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
    """One request on a line of its own: status, cookie, body; 0 when there is no answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        line.request(method, path, body.encode(), headers)
        reply = line.getresponse()
        return reply.status, reply.headers.get("set-cookie", ""), reply.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, "", ""
    finally:
        line.close()


def until(true: Callable[[], bool], otherwise: str, *, seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(otherwise)
