"""`jiangheng attempt verify`: a sealed attempt is checked with nothing but the file (clauses K10, K13)."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from sat_attempt import OFFICE, PUBLIC, bundle

from jiangheng.cli import main
from jiangheng.core.exam import attempt


def test_the_command_tells_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = bundle(tmp_path)
    file, kept = tmp_path / "a.json", tmp_path / "receipt.json"
    file.write_bytes(attempt.seal(good, OFFICE))
    kept.write_text(json.dumps(good.proof))
    assert main(["attempt", "verify", str(file), "--key", PUBLIC, "--receipt", str(kept)]) == 0
    assert "封存内容可信" in capsys.readouterr().out
    file.write_bytes(attempt.seal(msgspec.structs.replace(good, total="60"), OFFICE))
    assert main(["attempt", "verify", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["sound"] is False
    kept.write_text(json.dumps({**(good.proof or {}), "link": 1}))
    assert main(["attempt", "verify", str(file), "--receipt", str(kept)]) == 1
    assert main(["attempt", "verify", str(tmp_path / "none.json")]) == 2
    assert "没有这个文件" in capsys.readouterr().err
