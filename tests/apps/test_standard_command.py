"""`jiangheng standard` with a database: a text is drafted by an account's own step, and what is enacted is exported."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from jiangheng.cli import main
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.kernel.models import Entry
from jiangheng.kernel.perform import model_of

TEXT = shipped_text("electrician-6-31-01-03")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The electrician's standard with a comment of its author's, which is not canonical."""
    path = tmp_path / "mine.toml"
    path.write_text(f"# by hand\n{TEXT}", encoding="utf-8")
    return path


def bring(file: Path, username: str, password: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return main(["standard", "import", str(file), "--as", username, "--password-stdin"])


def test_a_member_of_the_centre_drafts_a_text_and_the_trail_names_him(
    city: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bring(file, "centre", city.password, monkeypatch) == 0
    row = model_of("standard").everywhere.get(occupation="6-31-01-03")
    assert (row.state, row.edition, row.text) == ("draft", "2023型", TEXT)
    assert Entry.objects.get(step="standard.draft").actor == city.actor("centre").id


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [("centre", "wrong", "账号或密码不对"), ("nobody", None, "账号或密码不对"), ("county", None, "没有起草标准的职责")],
)
def test_nobody_else_drafts(
    username: str, password: str | None, said: str, city: Any, file: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert bring(file, username, password or city.password, monkeypatch) == 1
    assert said in capsys.readouterr().err
    assert not model_of("standard").everywhere.exists()


def test_a_faulty_text_is_refused_before_anybody_is_asked_for_a_password(
    city: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(TEXT.replace("weight = 5 }", "weight = 6 }"), encoding="utf-8")
    assert bring(file, "centre", "wrong", monkeypatch) == 2
    assert not model_of("standard").everywhere.exists()


def test_what_is_enacted_is_exported_byte_for_byte(
    city: Any, play: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city.person("centre2", "centre")
    draft = play("standard.draft", by=city.actor("centre"), under=city.regions["450300"], text=TEXT)
    out = tmp_path / "out.toml"
    command = ["standard", "export", "6-31-01-03@2023型", "--enacted", "--out", str(out)]
    assert main(command) == 1
    assert "没有现行标准" in capsys.readouterr().err
    play("standard.enact", draft, by=city.actor("centre2"))
    assert main(command) == 0
    assert out.read_bytes() == TEXT.encode()
