"""``bank assemble`` and ``bank check`` as somebody with three files meets them: results, refusals, exit statuses."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from paper_stock import RANGES, stock

from jiangheng.cli import bank_assemble

BLUEPRINT: dict[str, Any] = {
    "kinds": {"single": 10, "judgement": 6, "multiple": 4},
    "ranges": dict.fromkeys(RANGES, 20),
    "importance": {"counts": {"X": 11, "Y": 6, "Z": 3}, "tolerance": 3},
    "seconds": 900,
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with BANK.csv and BLUEPRINT.json."""
    names = {"item": "code", "kind": "kind", "range": "range_code", "enemies": "enemies"}
    names |= {name: name for name in ("point", "importance", "difficulty", "seconds", "exposure", "a", "b", "c")}
    with (tmp_path / "BANK.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(names)
        for row in stock(200):
            cells = {title: getattr(row, name) for title, name in names.items()}
            table.writerow({**cells, "enemies": ";".join(row.enemies)}.values())
    (tmp_path / "BLUEPRINT.json").write_text(json.dumps(BLUEPRINT), encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> int:
    """The command in a folder; its exit status."""
    top = argparse.ArgumentParser()
    acts = top.add_subparsers()
    for name, fill, act in (
        ("assemble", bank_assemble.assemble_options, bank_assemble.assemble_run),
        ("check", bank_assemble.check_options, bank_assemble.check_run),
    ):
        sub = acts.add_parser(name)
        fill(sub)
        sub.set_defaults(act=act)
    placed = [str(folder / word) if word.endswith((".csv", ".json")) else word for word in words]
    chosen = top.parse_args(placed)
    status: int = chosen.act(chosen)
    return status


def assembled(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run(folder, "assemble", "BANK.csv", "BLUEPRINT.json", "--json", *words) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_papers_are_printed_as_one_object_and_pass_the_check(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = assembled(files, capsys, "--forms", "3", "--seed", "spring")
    assert [form["name"] for form in found["forms"]] == ["A", "B", "C"]
    assert {len(form["items"]) for form in found["forms"]} == {20}
    assert (found["mode"], len(found["seed"])) == ("library", 64)
    assert found["deviation"] < 0.02
    (files / "FORMS.json").write_text(json.dumps(found), encoding="utf-8")
    assert run(files, "check", "FORMS.json", "BANK.csv", "BLUEPRINT.json", "--json") == 0
    checked = json.loads(capsys.readouterr().out)
    assert checked["violations"] == []
    assert checked["deviation"] == pytest.approx(found["deviation"], rel=1e-4)


def test_the_printed_seed_gives_the_same_papers_again(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = assembled(files, capsys, "--mode", "ab")
    assert assembled(files, capsys, "--mode", "ab", "--seed", drawn["seed"]) == drawn
    assert assembled(files, capsys, "--mode", "ab")["seed"] != drawn["seed"]


def test_a_paper_that_was_altered_fails_the_check_with_the_reason(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = assembled(files, capsys, "--forms", "2")
    found["forms"][1]["items"][0] = found["forms"][0]["items"][0]
    (files / "FORMS.json").write_text(json.dumps(found), encoding="utf-8")
    assert run(files, "check", "FORMS.json", "BANK.csv", "BLUEPRINT.json") == 1
    assert "第 1 卷与第 2 卷有 1 题相同" in capsys.readouterr().out


def test_papers_from_elsewhere_are_checked_without_any_seed(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = assembled(files, capsys, "--mode", "one")
    (files / "FORMS.json").write_text(json.dumps([found["forms"][0]["items"]]), encoding="utf-8")
    assert run(files, "check", "FORMS.json", "BANK.csv", "BLUEPRINT.json", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"forms": 1, "mode": "one", "violations": [], "deviation": None}


def test_what_is_impossible_is_explained_and_fails(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files, "assemble", "BANK.csv", "BLUEPRINT.json", "--forms", "30", "--json", "--explain") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["proven"]
    assert any("30 份卷共需" in words and "至少补充" in words for words in found["impossible"])
    assert {lack["constraint"] for lack in found["lacks"]} >= {"range", "kind"}
    assert 0 < found["forms_possible"] < 30
    assert found["sufficiency"]["ratio"] < 1
    assert run(files, "assemble", "BANK.csv", "BLUEPRINT.json", "--forms", str(found["forms_possible"])) in (0, 1)
    assert run(files, "assemble", "BANK.csv", "BLUEPRINT.json", "--forms", "30") == 1
    assert "组不出这样的试卷" in capsys.readouterr().out


def test_the_explanation_tells_supply_and_demand_of_every_quota(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = assembled(files, capsys, "--forms", "2", "--explain")
    units = {(unit["constraint"], unit["name"]): unit for unit in found["sufficiency"]["units"]}
    assert units["range", "A"] == {"constraint": "range", "name": "A", "demand": 8, "supply": 40}
    assert run(files, "assemble", "BANK.csv", "BLUEPRINT.json", "--forms", "2", "--explain") == 0
    assert "range A：需 8，可用 40" in capsys.readouterr().out


def test_a_bank_from_a_spreadsheet_in_the_national_encoding_is_read(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"single": "单选题", "judgement": "判断题", "multiple": "多选题"}
    lines = ["试题编号;题型;鉴定范围;备注"]
    lines += [f"{row.code};{names[row.kind]};{row.range_code};无" for row in stock(200)]
    (files / "BANK.csv").write_bytes("\r\n".join(lines).encode("gb18030"))
    (files / "BLUEPRINT.json").write_text(
        json.dumps({name: BLUEPRINT[name] for name in ("kinds", "ranges")}), encoding="utf-8"
    )
    assert run(files, "assemble", "BANK.csv", "BLUEPRINT.json", "--forms", "2", "--json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["targets"]["difficulty"] == 60
    assert "备注" in said.err


@pytest.mark.parametrize(
    ("name", "content", "words", "told"),
    [
        ("BLUEPRINT.json", "{", (), "不是有效的 JSON（第 1 行"),
        ("BLUEPRINT.json", '{"kinds": {}}', (), "没有题型"),
        ("BLUEPRINT.json", '{"kind": {"single": 1}}', (), "是不是 kinds"),
        ("BLUEPRINT.json", '{"kinds": {"single": 2}, "target": {"reference": ["gone"]}}', (), "gone"),
        ("BANK.csv", "item,difficulty\nQ1,9\n", (), "第 2 行 difficulty"),
        ("BANK.csv", b"\xff\xfe\x00", (), "GB 18030"),
        ("BANK.csv", "item\nQ1\n", ("--mode", "library"), "--forms"),
        ("BANK.csv", "item\nQ1\n", ("--mode", "ab", "--forms", "3"), "应为 2"),
    ],
)
def test_bad_input_is_told_and_has_a_status_of_its_own(
    files: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | bytes, words: tuple[str, ...], told: str
) -> None:
    (files / name).write_bytes(content.encode() if isinstance(content, str) else content)
    assert run(files, "assemble", "BANK.csv", "BLUEPRINT.json", "--json", *words) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert any(told in fault for fault in json.loads(said.out)["faults"])


def test_a_file_that_is_not_there_and_papers_that_are_none_are_bad_input(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(files, "assemble", "GONE.csv", "BLUEPRINT.json") == 2
    (files / "FORMS.json").write_text('{"forms": [{"items": [1]}]}', encoding="utf-8")
    assert run(files, "check", "FORMS.json", "BANK.csv", "BLUEPRINT.json") == 2
    (files / "FORMS.json").write_text('{"forms": [["Q1"]], "targets": {"fun": 1}}', encoding="utf-8")
    assert run(files, "check", "FORMS.json", "BANK.csv", "BLUEPRINT.json") == 2
    assert "GONE.csv：读不了" in capsys.readouterr().err
