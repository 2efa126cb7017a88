"""The command as an installer meets it: made, served on one port, stopped; and refused with a reason (W2, K13)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from jiangheng.cli.clauses import PACKAGE

PASSWORD = "qixing-yan-2023\n"
WHO = ("--username", "first", "--name", "卢管理", "--unit", "市局", "--password-stdin", "--json")


def environment(home: Path) -> dict[str, str]:
    """As on a machine where nothing is set but the home; always on SQLite."""
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("JIANGHENG_", "DJANGO_", "DATABASE_"))
    }
    return {**env, "JIANGHENG_HOME": str(home), "PYTHONPATH": str(PACKAGE.parent)}


def command(home: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``jiangheng`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "jiangheng", *words], env=environment(home), input=said, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A home after ``jiangheng init``, and what the command said."""
    home = tmp_path_factory.mktemp("installed")
    done = command(home, "init", *WHO, said=PASSWORD)
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


def test_init_makes_database_divisions_and_one_administrator(installed: tuple[Path, dict[str, Any]]) -> None:
    home, made = installed
    assert made == {"migrated": True, "divisions": 18, "administrator": "first"}
    assert {path.name for path in (home / "keys").iterdir()} == {"django.secret", "vault.key"}


def test_init_again_changes_nothing_and_refuses_a_name_that_is_taken(installed: tuple[Path, dict[str, Any]]) -> None:
    home, _ = installed
    again = command(home, "init", "--no-administrator", "--json")
    assert json.loads(again.stdout) == {"migrated": False, "divisions": 0, "administrator": None}
    double = command(home, "init", *WHO, said=PASSWORD)
    assert double.returncode == 1
    assert "账号已被使用" in double.stderr


def test_init_without_a_terminal_names_the_option_that_is_missing(tmp_path: Path) -> None:
    done = command(tmp_path, "init", "--username", "first", "--name", "卢管理", "--unit", "市局")
    assert done.returncode == 1
    assert "--password-stdin" in done.stderr


def test_no_sample_city_is_built_into_an_installation(installed: tuple[Path, dict[str, Any]]) -> None:
    home, _ = installed
    done = command(home, "demo", "build")
    assert done.returncode == 1
    assert "not a sample city" in done.stderr


def test_a_city_that_is_not_finished_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "demo.building").touch()
    done = command(tmp_path, "demo", "serve")
    assert done.returncode == 1
    assert "no finished sample city" in done.stderr


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_one_port_serves_pages_and_hall_and_a_signal_stops_it_cleanly(
    installed: tuple[Path, dict[str, Any]], stop: signal.Signals
) -> None:
    home, _ = installed
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "jiangheng", "serve", "--port", str(port)]
    server = subprocess.Popen(words, env=environment(home), stderr=subprocess.PIPE, text=True)
    try:
        hall = _answer(f"http://127.0.0.1:{port}/hall/clock", server)
        page = _answer(f"http://127.0.0.1:{port}/login", server)
        server.send_signal(stop)
        _, said = server.communicate(timeout=20)
    finally:
        server.kill()
    assert list(json.loads(hall)) == ["now"]
    assert b"password" in page
    assert server.returncode == 0
    assert "Traceback" not in said


def _answer(url: str, server: subprocess.Popen[str]) -> bytes:
    import time

    for _ in range(150):
        assert server.poll() is None, server.communicate()[1]
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bytes(response.read())
        except ConnectionError:
            time.sleep(0.1)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.1)
    raise AssertionError(f"nobody answered at {url}")


def test_a_port_that_is_taken_ends_the_command_with_1(installed: tuple[Path, dict[str, Any]]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = command(installed[0], "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1


def test_any_other_word_is_a_command_of_django(installed: tuple[Path, dict[str, Any]]) -> None:
    done = command(installed[0], "showmigrations", "offices")
    assert "[X] 0001_initial" in done.stdout
