"""A hall killed with -9 while it saves: every acknowledged answer is in the journal afterwards (clause K13)."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hall_harness import FACE, KEY, OPENS

from jiangheng.core.exam.events import Answered
from jiangheng.core.exam.sitting import Terms, begin, fold
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.hall.books import journal_path, replay
from jiangheng.hall.entries import chain_head
from jiangheng.hall.papers import publish

SERVER = """
import sys, pathlib, uvicorn
from jiangheng.hall.app import hall_app
home, port, now = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
key = bytes.fromhex(sys.argv[4])
uvicorn.run(hall_app(home, key, lambda: now), host="127.0.0.1", port=port, log_level="warning", lifespan="on")
"""
SITTINGS = range(1, 9)


class Candidate(threading.Thread):
    """A page that saves as fast as it can and remembers what was acknowledged."""

    def __init__(self, port: int, sitting: int, digest: str) -> None:
        super().__init__(daemon=True)
        hours = {"opens": OPENS, "closes": OPENS + 10**7, "issued": 0}
        good = Pass(sitting=sitting, paper=digest, seed="00" * 16, fence=1, seat="", **hours)
        self.sitting = sitting
        self.acknowledged: dict[int, tuple[str, tuple[str, ...], str]] = {}
        self._ticket = sign(good, KEY)
        self._port = port

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            fence = self._post(line, "/hall/enter", {})["fence"]
            for seq in range(1, 100_000):
                item, keys = ("s1", "s2")[seq % 2], ("ABCD"[seq % 4],)
                saved = self._post(line, "/hall/answer", {"fence": fence, "seq": seq, "item": item, "keys": keys})
                self.acknowledged[seq] = (item, keys, saved["receipt"])
        except (OSError, http.client.HTTPException):
            return  # The hall is dead; what it said before counts.

    def _post(self, line: http.client.HTTPConnection, path: str, message: dict[str, Any]) -> Any:
        body = json.dumps(message | {"pass": self._ticket})
        line.request("POST", path, body, {"content-type": "application/json"})
        reply = line.getresponse()
        content = reply.read()
        assert reply.status == 200, content
        return json.loads(content)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(home: Path, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", SERVER, str(home), str(port), str(OPENS + 1000), KEY.hex()]
    process = subprocess.Popen(command, env=environment)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            assert process.poll() is None, "the hall did not start"
            time.sleep(0.05)
    process.kill()
    raise AssertionError("the hall did not open its port")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no kill -9")
def test_every_acknowledged_answer_survives_a_hall_killed_while_saving(tmp_path: Path) -> None:
    digest, port = publish(tmp_path, FACE), free_port()
    process = serve(tmp_path, port)
    candidates = [Candidate(port, sitting, digest) for sitting in SITTINGS]
    for candidate in candidates:
        candidate.start()
    time.sleep(1.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for candidate in candidates:
        candidate.join(15)

    assert all(len(candidate.acknowledged) > 5 for candidate in candidates), "the kill came before any saving"
    for candidate in candidates:
        written = replay(journal_path(tmp_path), candidate.sitting)
        chain_head(candidate.sitting, written)
        numbered = {entry.event.seq: entry for entry in written if isinstance(entry.event, Answered)}
        for seq, (item, keys, receipt) in candidate.acknowledged.items():
            event = numbered[seq].event
            assert (event, numbered[seq].receipt) == (Answered(seq, item, keys, at=event.at), receipt)
        state = fold(begin(Terms(opens=OPENS, closes=OPENS + 10**7)), [entry.event for entry in written])
        # At most the one answer on its way when the hall died was written without being acknowledged.
        assert state.seq == len(numbered)
        assert len(numbered) - len(candidate.acknowledged) in (0, 1)
