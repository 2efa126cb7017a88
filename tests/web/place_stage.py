"""A place without a good line for tests: a session packed, the centre on a line, a hall in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from django.db import connections
from django.test import Client
from portal_stage import it_is
from room_stage import RoomStage

import jiangheng
from jiangheng.apps.exams import queries as exams
from jiangheng.core.exam import spoken_key
from jiangheng.core.exam.events import Answered, Entered, HandedIn, encode
from jiangheng.core.exam.receipts import genesis, link
from jiangheng.hall.books import journal_path, open_store
from jiangheng.hall.entries import Draft
from jiangheng.hall.site_home import SiteHome
from jiangheng.kernel import clock

DAY = "2026-10-14"
Told = dict[str, Any]


def packed(stage: RoomStage) -> Any:
    """The session, sealed for its place three days before."""
    session = stage.session()
    it_is("2026-10-11")
    return stage.play("session.pack", session, by=stage.exam_officer, contact="莫站长")


def tell(stage: RoomStage, session: Any, **changed: Any) -> Any:
    """The county tells the key to whoever reads out the right check code."""
    given = {"listener": "莫站长", "way": "phone", "code": session.package.digest[:16], **changed}
    return stage.play("session.tell_key", session, by=stage.city.actor("county"), **given)


def key_of(session: Any) -> str:
    """What the bureau reads out now, with the group of time."""
    return f"{session.package.key}-{spoken_key.time_group(clock.epoch_ms())}"


def slip(stage: RoomStage, session: Any) -> Told:
    """The slip as the exam officer sees it once: the word, PINs, the office's public key."""
    page = stage.browser("exam_officer").post(f"/d/session/{session.pk}/place").content.decode()
    token = re.search(r'id="token">([^<]+)<', page)
    trust = re.search(r"--trust ([0-9a-f]{64})", page)
    assert token and trust, page
    return {"token": token[1], "trust": trust[1], "page": page}


class _Clerk(BaseHTTPRequestHandler):
    """Hands every request to the office as a test's client does, which leaves the test's transaction alone."""

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers.get("content-length", "0"))))

    def _pass_on(self, body: bytes) -> None:
        kind = self.headers.get("content-type", "application/octet-stream")
        headers = {name: value for name, value in self.headers.items() if name.lower() in ("authorization", "range")}
        reply = Client().generic(self.command, self.path, body, content_type=kind, headers=headers)
        self.send_response(reply.status_code)
        for name, value in reply.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("content-length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def centre() -> Iterator[str]:
    """The office on a real port, with the test's own connection to the database."""
    shared, server = connections["default"], HTTPServer(("127.0.0.1", 0), _Clerk)

    def serve() -> None:
        connections["default"] = shared
        server.serve_forever()

    shared.inc_thread_sharing()
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        shared.dec_thread_sharing()


@contextmanager
def serving(home: Path, code: str) -> Iterator[int]:
    """``jiangheng site serve`` in a process of its own; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    source = str(Path(jiangheng.__file__).parent.parent)
    program = [
        sys.executable, "-m", "jiangheng", "site", "serve", "--home", str(home), "--key", code,
        "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    process = subprocess.Popen(
        program, env={**os.environ, "PYTHONPATH": source}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        for _try in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=0.1).close()
                break
            except OSError:
                assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)
        if process.stderr:
            process.stderr.close()


class Sitter:
    """A candidate at a machine of the place, speaking the hall's protocol."""

    def __init__(self, port: int, sitting: Any) -> None:
        self.port, self.sitting, self.seq = port, sitting, 0
        person = sitting.application
        self.ticket = self.says("/hall/checkin", {"number": person.ticket, "identity": person.identity})["pass"]
        self.entry = self.says("/hall/enter", {"pass": self.ticket, "device": f"machine {sitting.pk}"})

    def says(self, path: str, message: Told, *, status: int = 200) -> Told:
        """One message and its answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        origin = f"http://127.0.0.1:{self.port}"
        line.request("POST", path, json.dumps(message), {"content-type": "application/json", "origin": origin})
        reply = line.getresponse()
        said: Told = json.loads(reply.read())
        line.close()
        assert reply.status == status, said
        return said

    def waits(self) -> str:
        """The key of the paper, as soon as the hour has come."""
        for _try in range(100):
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            headers = {"content-type": "application/json", "origin": f"http://127.0.0.1:{self.port}"}
            line.request("POST", "/hall/key", json.dumps({"pass": self.ticket}), headers)
            reply = line.getresponse()
            said = json.loads(reply.read())
            line.close()
            if reply.status == 200:
                return str(said["key"])
            assert said["code"] == "not_begun", said
            time.sleep(0.1)
        raise AssertionError("the hour did not come")

    def answers(self, given: dict[str, tuple[str, ...]]) -> None:
        """Save these answers; each is acknowledged."""
        for item, keys in given.items():
            self.seq += 1
            message = {"pass": self.ticket, "fence": self.entry["fence"], "seq": self.seq, "item": item}
            assert self.says("/hall/answer", {**message, "keys": list(keys)})["seq"] == self.seq

    def hands_in(self) -> Told:
        """The paper is handed in; the receipt."""
        return self.says("/hall/submit", {"pass": self.ticket, "fence": self.entry["fence"]})


def sat_at(folder: Path, session: Any, given: dict[int, dict[str, tuple[str, ...]]], *, partial: bool = False) -> bytes:
    """The bundle of a place where these sittings gave these answers, without a process; the key must have been told."""
    home = SiteHome(folder)
    home.keep(exams.package_file(session.package))
    home.open(key_of(session))
    store = open_store(journal_path(folder))
    start = int(session.starts_at.timestamp() * 1000)
    for sitting, answers in given.items():
        events = [
            Entered(1, device="d", at=start),
            *(
                Answered(number, item, keys, at=start + number)
                for number, (item, keys) in enumerate(answers.items(), 1)
            ),
            *([] if partial else [HandedIn(False, at=start + 60_000)]),
        ]
        head, drafts = genesis(sitting), []
        for number, event in enumerate(events, start=1):
            head = link(head, number, encode(event))
            drafts.append(Draft(sitting, encode(event), number, head))
        assert store.append(drafts) == []
    store.close()
    return home.bundle(partial=partial)
