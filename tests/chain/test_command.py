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

    # a minute: starting on a machine that is busy with other tests takes many times as long as on an idle one
    for _ in range(600):
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


WORKER = {
    "birth": "1990-05-01",
    "history": [{"start": "2019-06-02", "end": None, "occupation": "电工", "employer": "独秀机电公司"}],
    "certificates": [{"number": "Y000045450301224000001", "issued": "2022-06-02"}],
    "wish": "2",
}
CHECK = ("eligibility", "check", "-", "--standard", "6-31-01-03@2023型", "--on", "2026-06-01")


def test_eligibility_answers_for_every_level_with_dates_and_the_path_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = command(tmp_path, *CHECK, "--json", said=json.dumps(WORKER))
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["standard"]["code"] == "6-31-01-03"
    assert (found["on"], found["wish"]) == ("2026-06-01", "2")
    assert [each["level"] for each in found["levels"]] == ["5", "4", "3", "2", "1"]
    five, four, three, two, _ = found["levels"]
    assert five["held"] == {"level": "4", "face": "四级/中级工", "issued": "2022-06-02"}
    assert [four["met"]["seq"], three["eligible"], three["first_date"]] == [1, False, "2026-06-02"]
    assert three["failed"][1] == {
        "condition": three["path"]["steps"][0]["condition"],
        "missing": [
            {
                "kind": "work",
                "what": "取得四级/中级工证书后从事本职业或相关职业须累计满4年,现为3年11个月",
                "from": "2026-06-02",
            }
        ],
        "first_date": "2026-06-02",
    }
    assert three["path"]["steps"][0]["condition"]["clause"] == "P3"
    assert [(step["level"], step["eligible"]) for step in two["path"]["steps"]] == [
        ("3", "2026-06-02"),
        ("2", "2031-06-02"),
    ]
    assert list(tmp_path.iterdir()) == []


def test_eligibility_is_told_in_words_for_one_level(tmp_path: Path) -> None:
    (tmp_path / "worker.json").write_text(json.dumps(WORKER), encoding="utf-8")
    done = command(tmp_path, "eligibility", "check", str(tmp_path / "worker.json"), *CHECK[3:], "--level", "3")
    assert done.returncode == 0
    assert "三级/高级工:现在不符合申报条件" in done.stdout
    assert "最短路径:2026-06-02 三级/高级工第(2)项" in done.stdout
    assert "〔2023年版通用申报条件,P3〕" in done.stdout
    assert "五级" not in done.stdout


def test_eligibility_by_a_standard_of_ones_own_and_the_list_of_the_region(tmp_path: Path) -> None:
    shipped = PACKAGE / "core" / "law" / "standards" / "electrician-6-31-01-03.toml"
    (tmp_path / "own.toml").write_text(shipped.read_text("utf-8"), encoding="utf-8")
    (tmp_path / "lists.json").write_text('{"higher_vocational": ["GL-P01"]}', encoding="utf-8")
    study = {"kind": "higher_vocational", "major_related": True, "final_year": True, "programme": "GL-P01"}
    person = json.dumps({"birth": "2005-01-01", "education": [study]})
    words = ("eligibility", "check", "-", "--standard", str(tmp_path / "own.toml"), "--level", "3", "--json")
    without = json.loads(command(tmp_path, *words, said=person).stdout)
    assert not without["levels"][0]["eligible"]
    found = json.loads(command(tmp_path, *words, "--approved", str(tmp_path / "lists.json"), said=person).stdout)
    assert found["levels"][0]["met"]["seq"] == 6


def test_eligibility_refuses_an_account_with_every_fault_and_its_place(tmp_path: Path) -> None:
    job = {"start": "2020-06-01", "end": "2019-06-01", "occupation": "电工"}
    certificate = {"number": "Y0000", "level": "4", "issued": "2030-01-01"}
    wrong = {"birth": "1990-05-01", "history": [job], "certificates": [certificate], "wish": "3"}
    done = command(tmp_path, *CHECK, "--json", said=json.dumps(wrong))
    assert done.returncode == 2
    found = json.loads(done.stdout)["faults"]
    assert [each["place"] for each in found] == ["history[0].end", "certificates[0].issued", "certificates[0].number"]
    assert found[0]["title"] == "第1段工作经历 结束日期"
    assert all(each["what"] and each["mend"] for each in found)
    assert "history[0].end  第1段工作经历 结束日期" in done.stderr


@pytest.mark.parametrize(
    ("words", "said", "message"),
    [
        (CHECK, "{", "不是有效的 JSON(第1行第2列)"),
        (CHECK, "[" * 100_000, "不是有效的 JSON"),
        ((*CHECK[:4], "9-99-99-99"), "{}", "没有随附的标准 9-99-99-99"),
        ((*CHECK[:4], "6-31-01-03@1999"), "{}", "6-31-01-03@2023型(电工)"),
        ((*CHECK[:4], "absent.toml"), "{}", "读不到文件 absent.toml"),
        ((*CHECK[:2], "absent.json", *CHECK[3:]), "", "读不到文件 absent.json"),
        ((*CHECK, "--level", "9"), "{}", "标准没有等级 9。可选:5(初级工)"),
        ((*CHECK[:6], "2026-13-01"), "{}", "“2026-13-01”不是日期"),
        (CHECK, '{"birth": "1990-01-01", "wish": "T"}', "没有特级技师"),
    ],
)
def test_eligibility_says_what_is_wrong_with_its_input(
    tmp_path: Path, words: tuple[str, ...], said: str, message: str
) -> None:
    done = command(tmp_path, *words, said=said)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_standard_that_does_not_add_up_is_refused_with_its_lines(tmp_path: Path) -> None:
    shipped = PACKAGE / "core" / "law" / "standards" / "electrician-6-31-01-03.toml"
    text = shipped.read_text("utf-8").replace('requires_level = "5"', 'requires_level = "3"', 1)
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    done = command(tmp_path, *CHECK[:4], str(tmp_path / "wrong.toml"), said="{}")
    assert done.returncode == 2
    assert "等级没有低于所申报的" in done.stderr
