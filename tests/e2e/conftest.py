"""A real browser against the real one port: ``journey`` through one evaluation, ``demo_url`` over a whole sample city.

The browser is the machine's Chromium; without one these tests are skipped by name (a pipeline fails earlier).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from windows import watch

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
# no GPU: drawing a long page for its picture hangs now and then where a GPU is only simulated
_QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_DEMO_SECONDS = 240


@pytest.hookimpl(trylast=True)
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is e2e, runs in one worker (one browser, one city), needs a browser, and keeps its order."""
    here = [place for place, item in enumerate(items) if Path(__file__).parent in item.path.parents]
    # the parts of an evaluation follow each other, however the other tests are shuffled
    ordered = sorted((items[place] for place in here), key=lambda item: (str(item.path), item.reportinfo()[1] or 0))
    for place, item in zip(here, ordered, strict=True):
        items[place] = item
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, *, seconds: float, gone: Callable[[], bool] = lambda: False) -> None:
    """Until somebody answers there, whatever the answer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not gone():
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nobody answered at {url}")


@contextmanager
def serving() -> Iterator[str]:
    """The one port over the present test database, in a thread; its address without a closing slash."""
    import uvicorn
    from django.conf import settings
    from django.db import connections

    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    from jiangheng import asgi

    port = free_port()
    # built for each use: the hall's journal belongs to one event loop and one database
    server = uvicorn.Server(uvicorn.Config(asgi.build(), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, name="live", daemon=True)
    thread.start()
    try:
        wait_for(f"http://127.0.0.1:{port}/hall/clock", seconds=20)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(15)
        _end_sessions(connections)


def _end_sessions(connections: Any) -> None:
    """The server's threads are gone but PostgreSQL still counts their sessions, and would not drop the database."""
    if connections["default"].vendor == "postgresql":
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    connections.close_all()


def _forget_the_hall() -> None:
    """A flushed database counts its sittings from one again; their old answers must not come back."""
    from django.conf import settings

    shutil.rmtree(Path(settings.HOME) / "hall", ignore_errors=True)


@pytest.fixture(scope="module")
def journey(
    django_db_setup: None, django_db_blocker: Any, browser: Any, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """One evaluation that the tests of a module carry on in their order, in a city with its people and its banks.

    A module that needs less of a city says so: its GROUND makes it.
    """
    from django.core.management import call_command
    from django.db import connections
    from journey import Journey, ground

    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        _forget_the_hall()
        try:
            things = getattr(request.module, "GROUND", ground)()
            with serving() as address:
                travelled = Journey(address, browser, things)
                yield travelled
                travelled.leave()
        finally:
            call_command("flush", interactive=False, verbosity=0)
            _forget_the_hall()
            _end_sessions(connections)


@pytest.fixture(scope="package")
def demo_url(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """`jiangheng demo` as anybody would start it, with a home (and on PostgreSQL a database) of its own."""
    home, port = tmp_path_factory.mktemp("demo"), free_port()
    env = {**os.environ, "JIANGHENG_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    if os.environ.get("DATABASE_URL"):
        env["DATABASE_URL"] = _own_database(os.environ["DATABASE_URL"])
    words = [sys.executable, "-m", "jiangheng", "demo", "--quiet", "--port", str(port)]
    with (home / "output").open("w") as said:
        server = subprocess.Popen(words, env=env, stdout=said, stderr=said)
    try:
        try:
            wait_for(
                f"http://127.0.0.1:{port}/hall/clock", seconds=_DEMO_SECONDS, gone=lambda: server.poll() is not None
            )
        except RuntimeError:
            pytest.fail(f"the sample city did not start:\n{(home / 'output').read_text()[-4000:]}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _own_database(address: str) -> str:
    import psycopg
    from psycopg import sql

    name = f"demo_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return re.sub(r"/[^/?]+(\?.*)?$", rf"/{name}\1", address)


# once for all tests that click; they run in a process of their own (tools/checks.py)
@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """The machine's Chromium, with a fake camera and no calls home."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; the tests' own queries beside it are synchronous on purpose
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    flags = [*_QUIET, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page of a fresh visitor; an error in its console fails the test."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    errors: list[str] = []
    watch(opened, errors)
    yield opened
    context.close()
    assert errors == [], f"the page's scripts failed: {errors}"
