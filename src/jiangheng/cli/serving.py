"""Serving: the one port in the foreground, the clock beside it, both stopped by one signal (clause K10)."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType

import uvicorn
from django.db import close_old_connections, connections

from jiangheng.kernel import clockwork

from . import install, say
from .hall_serving import server_config

log = logging.getLogger("jiangheng.clock")
TICK_SECONDS = 5.0
_LAST_WORDS_SECONDS = 15


class Clock(threading.Thread):
    """Tries the steps whose time has come, every few seconds, until told to stop."""

    def __init__(self, *, every: float = TICK_SECONDS) -> None:
        super().__init__(name="clock", daemon=True)
        self._every = every
        self._stop_now = threading.Event()

    def run(self) -> None:
        while not self._stop_now.wait(self._every):
            try:
                close_old_connections()
                clockwork.tick()
            except Exception:
                # a database that is away for a minute must not stop the clock for good
                log.exception("the clock missed a tick and tries again in %s s", self._every)
        connections.close_all()

    def stop(self) -> None:
        """Let the tick under way finish; the next does not begin."""
        self._stop_now.set()
        if self.is_alive():
            self.join(_LAST_WORDS_SECONDS)


def serve(*, host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT; 0 after a clean stop, 1 if the port could not be opened."""
    if install.migrate():
        say("database brought up to date")
    server = uvicorn.Server(server_config("jiangheng.asgi:application", host=host, port=port))
    # uvicorn raises the signal again when it is done; ours replace the deadly default, so that we come back here
    before = {number: signal.signal(number, _asked_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    clock = Clock()
    clock.start()
    say(f"http://{host}:{port}/  (Ctrl-C stops)")
    try:
        server.run()
    except SystemExit:
        # uvicorn's own way to say that the port is taken; it has said so already
        return 1
    finally:
        clock.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if server.started else 1


def _asked_to_stop(number: int, frame: FrameType | None) -> None:
    """The server has already stopped when this runs."""
