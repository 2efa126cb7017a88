"""Serving the exam hall alone, without pages and Django, by one process or by several on one journal (clause K13)."""

from __future__ import annotations

from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from jiangheng import config
from jiangheng.hall.lane import Lane

from . import say

ALONE = "jiangheng.hall_asgi:hall_alone"
# longer than the pause between two signs of life of a page, so that these do not each open a connection anew
_KEEP_ALIVE_SECONDS = 75


def server_config(target: str, *, host: str, port: int, **more: Any) -> uvicorn.Config:
    """The server's settings, the same for the one port and for the hall alone."""
    return uvicorn.Config(
        target, host=host, port=port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=10, timeout_keep_alive=_KEEP_ALIVE_SECONDS, http=Lane, **more,
    )  # fmt: skip


def serve_hall(*, host: str, port: int, workers: int) -> int:
    """Serve until SIGTERM or SIGINT; 0 after a clean stop, 1 if the port could not be opened or the journal is one
    file and should have several writers."""
    if workers > 1 and not config.load().hall_journal:
        say("several processes need a journal they share: set JIANGHENG_HALL_JOURNAL to a postgresql:// address")
        return 1
    more_open_files()
    chosen = server_config(ALONE, host=host, port=port, factory=True, workers=workers)
    server = uvicorn.Server(chosen)
    try:
        if workers > 1:
            Multiprocess(chosen, [chosen.bind_socket()]).run()
            return 0
        server.run()
    except SystemExit:
        # the server's own way to say that the port is taken; it has said so already
        return 1
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1


def more_open_files() -> int:
    """Let this process hold as many connections as the system allows it; how many files it may open now."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit to raise
        return 0
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
