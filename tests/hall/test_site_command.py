"""``jiangheng site fetch | serve | return`` as a place runs them, with a line that breaks (clauses K10, K13)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hall_harness import OPENS
from site_place import KEY, OFFICE_PUBLIC, SECRET, SITTINGS, sealed

from jiangheng.cli import main
from jiangheng.core.exam import receipts
from jiangheng.core.exam.events import Entered, Extended, HandedIn, encode
from jiangheng.core.exam.site_bundle import check, digest, public_key, read
from jiangheng.hall.books import append_control, journal_path, open_store
from jiangheng.hall.entries import Draft
from jiangheng.hall.site_home import SiteHome

SITTING = SITTINGS[0]
PACKAGE = sealed(starts_at=OPENS)


class Centre(HTTPServer):
    """The centre's server; it breaks the line after ``most`` bytes while that is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Clerk)
        self.most = 0
        self.asked: list[tuple[str, str]] = []
        self.taken: list[bytes] = []
        self.elsewhere = ""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}/package"


class _Clerk(BaseHTTPRequestHandler):
    server: Centre

    def do_GET(self) -> None:
        self.server.asked.append((self.headers.get("authorization", ""), self.headers.get("range", "")))
        if self.server.elsewhere:
            self.send_response(302)
            self.send_header("location", self.server.elsewhere)
            self.end_headers()
            return
        start = int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        rest = PACKAGE[start:]
        self.send_response(206 if start else 200)
        self.send_header("content-length", str(len(rest)))
        if start:
            self.send_header("content-range", f"bytes {start}-{len(PACKAGE) - 1}/{len(PACKAGE)}")
        self.end_headers()
        self.wfile.write(rest[: self.server.most or len(rest)])

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append(content)
        body = json.dumps({"digest": digest(read(content))}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def centre() -> Iterator[Centre]:
    """A centre with a line."""
    server = Centre()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_download_goes_on_where_the_line_broke(
    tmp_path: Path, centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch = ["site", "fetch", "--from", centre.url, "--token", "t0k", "--home", str(tmp_path), "--trust", OFFICE_PUBLIC]
    centre.most = 700
    assert main(fetch) == 1
    assert main(fetch) == 1
    assert not SiteHome(tmp_path).sealed_file.exists()
    centre.most = 0
    assert main(fetch) == 0
    assert centre.asked == [("Bearer t0k", ""), ("Bearer t0k", "bytes=700-"), ("Bearer t0k", "bytes=1400-")]
    assert SiteHome(tmp_path).sealed_file.read_bytes() == PACKAGE
    told = capsys.readouterr().out
    assert "阳朔县职业技能评价站" in told
    assert f"{len(SITTINGS)} 人" in told


def test_the_token_goes_nowhere_else_and_never_in_the_clear(tmp_path: Path, centre: Centre) -> None:
    centre.elsewhere = "http://127.0.0.1:1/package"
    assert main(["site", "fetch", "--from", centre.url, "--token", "t", "--home", str(tmp_path)]) == 1
    assert len(centre.asked) == 1
    assert main(["site", "fetch", "--from", "http://exam.example.org/x", "--token", "t", "--home", str(tmp_path)]) == 1


def test_a_file_on_a_medium_is_checked_before_it_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, home = tmp_path / "p.jhsite", tmp_path / "home"
    file.write_bytes(PACKAGE[:-1])
    assert main(["site", "fetch", str(file), "--home", str(home)]) == 1
    assert "不完整" in capsys.readouterr().err
    file.write_bytes(PACKAGE)
    assert main(["site", "fetch", str(file), "--home", str(home), "--trust", "00" * 32]) == 1
    assert not SiteHome(home).sealed_file.exists()
    assert main(["site", "fetch", str(file), "--home", str(home)]) == 0


def sat(folder: Path) -> SiteHome:
    """A home where one candidate is sitting."""
    home = SiteHome(folder)
    home.keep(PACKAGE)
    home.clock._wall = lambda: OPENS + 1000
    home.open(KEY)
    text = encode(Entered(1, device="d", at=OPENS))
    store = open_store(journal_path(folder))
    store.append([Draft(SITTING, text, 1, receipts.link(receipts.genesis(SITTING), 1, text))])
    store.close()
    append_control(journal_path(folder), SITTING, Extended(10**8, "停电", at=OPENS))
    return home


def test_the_bundle_waits_for_the_last_candidate_and_may_be_handed_in_twice(
    tmp_path: Path, centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    home, out = sat(tmp_path / "home"), tmp_path / "out.json"
    give = ["site", "return", "--home", str(home.home), "--out", str(out)]
    assert main(give) == 1
    assert "还有 1 人正在作答" in capsys.readouterr().err
    assert not out.exists()
    assert main([*give, "--partial"]) == 0
    assert read(out.read_bytes()).partial
    append_control(journal_path(home.home), SITTING, HandedIn(True, at=OPENS + 5000))
    to = ["--to", centre.url, "--token", "t"]
    assert main([*give, *to]) == 0
    assert main([*give, *to]) == 0
    assert centre.taken == [out.read_bytes()] * 2
    made = read(out.read_bytes())
    facts = {"package": home.header.digest, "sittings": set(SITTINGS), "key": public_key(SECRET)}
    assert all(finding.sound for finding in check(made, **facts))
    assert [line.link for line in made.journals[0].lines] == [1, 0, 0]


def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "serve", "--home", str(tmp_path)]) == 2
    assert "没有试卷包" in capsys.readouterr().err
    SiteHome(tmp_path).keep(PACKAGE)
    assert (
        main(["site", "serve", "--home", str(tmp_path), "--twin", "http://10.0.0.2:8000", "--twin-secret", "short"])
        == 2
    )
    assert main(["site", "serve", "--home", str(tmp_path), "--key", "ABCDE"]) == 1
    assert main(["site", "return", "--home", str(tmp_path), "--out", str(tmp_path / "x")]) == 1
    assert main(["site", "fetch", "--home", str(tmp_path)]) == 2
