"""The command ``bank calibrate`` as its user meets it: parameters on standard output, faults on standard error (P2)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from jiangheng.cli import bank_calibrate

LSAT6 = "3 6 2 11 1 1 3 4 1 8 0 16 0 3 2 15 10 29 14 81 3 28 15 80 16 56 21 173 11 61 28 298"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    bank_calibrate.options(parser)
    return bank_calibrate.run(parser.parse_args(words))


@pytest.fixture
def lsat6(tmp_path: Path) -> str:
    """The five items of LSAT section 6, 1,000 persons."""
    patterns = [f"{place:05b}" for place, n in enumerate(LSAT6.split()) for _ in range(int(n))]
    path = tmp_path / "lsat6.csv"
    path.write_text("person,1,2,3,4,5\n" + "".join(f"p{n},{','.join(row)}\n" for n, row in enumerate(patterns)))
    return str(path)


def test_the_parameters_of_lsat6_are_one_json_object(lsat6: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lsat6, "--model", "1pl", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told)[:4] == ["model", "n", "loglik", "items"]
    assert list(told["items"][0])[:6] == ["item", "a", "b", "c", "se_a", "se_b"]
    assert (told["model"], told["n"], round(told["loglik"], 3)) == ("1pl", 1000, -2466.938)
    assert [round(item["b"], 3) for item in told["items"]] == [-3.615, -1.322, -0.318, -1.730, -2.780]
    assert [round(item["a"], 3) for item in told["items"]] == [0.755] * 5
    assert told["warnings"] == [] and told["withheld"] == []


def test_fit_and_groups_come_on_request(lsat6: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("person,group\n" + "".join(f"p{n},{'甲' if n % 3 else '乙'}\n" for n in range(1000)))
    assert run(lsat6, "--model", "rasch", "--fit", "--groups", str(groups), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [round(row["s_x2"], 2) for row in told["fit"]] == [0.44, 1.58, 0.87, 0.19, 0.19]
    assert {(row["reference"], row["focal"], row["grade"]) for row in told["dif"]} == {("甲", "乙", "A")}
    assert run(lsat6, "--fit") == 0
    assert "infit" in capsys.readouterr().out


def test_anchors_stay_as_they_are(lsat6: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    anchors = tmp_path / "anchors.csv"
    anchors.write_text("item,a,b\n1,0.8257,-2.3588\n2,0.7227,-0.3701\n")
    assert run(lsat6, "--anchors", str(anchors), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [item["fixed"] for item in told["items"]] == [True, True, False, False, False]
    assert told["items"][0]["b"] == -2.3588 and told["items"][0]["se_b"] is None
    # the anchors' scale begins one logit lower than that of a calibration without them
    assert told["ability"]["mean"] == pytest.approx(1.0, abs=0.05)
    assert told["items"][2]["b"] == pytest.approx(-0.28 + 1.0, abs=0.05)


def test_a_small_sitting_is_calibrated_with_a_warning(
    lsat6: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = Path(lsat6).read_text().splitlines()
    small = tmp_path / "small.csv"
    small.write_text("\n".join([lines[0], *lines[1::10]]))
    assert run(str(small), "--model", "rasch", "--json") == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert told["n"] == 100 and len(told["items"]) == 5
    assert "100 人" in told["warnings"][0] and "100 人" in captured.err
    assert run(str(small), "--model", "rasch", "--least", "200", "--json") == 2
    assert "少于 200 人" in capsys.readouterr().err


def test_letters_are_scored_by_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw = np.random.default_rng(1)
    theta = draw.normal(size=300)
    right = draw.random((300, 6)) < 1 / (1 + np.exp(-(theta[:, None] - np.linspace(-1, 1, 6))))
    rows = ["".join("B" if x else "C" for x in row) for row in right]
    answers, key = tmp_path / "answers.csv", tmp_path / "key.csv"
    answers.write_text("person,a,b,c,d,e,f\n" + "".join(f"p{n},{','.join(row)}\n" for n, row in enumerate(rows)))
    key.write_text("item,key\n" + "".join(f"{item},B\n" for item in "abcdef"))
    assert run(str(answers), "--model", "rasch", "--key", str(key), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [item["p"] for item in told["items"]] == pytest.approx(right.mean(axis=0).tolist())
    assert run(str(answers), "--json") == 2
    assert "答案文件" in capsys.readouterr().err


def test_what_cannot_be_used_is_told_on_standard_error(
    lsat6: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    for text, option, match in [
        ("item,a,b\n1,x,0\n", "--anchors", "第 2 行"),
        ("1,1,0\n1,1,0\n", "--anchors", "第 2 行"),
        ("item,a,b\n9,1,0\n", "--anchors", "锚题都不在"),
        ("", "--anchors", "空的"),
        ("person,group\np1\n", "--groups", "第 2 行"),
        ("person,group\nnobody,x\n", "--groups", "两个组"),
    ]:
        bad.write_text(text)
        assert run(lsat6, option, str(bad), "--json") == 2
        captured = capsys.readouterr()
        assert captured.out == "" and match in captured.err
    assert run(str(tmp_path / "none.csv")) == 2
    assert "没有这个文件" in capsys.readouterr().err
    lines = Path(lsat6).read_text().splitlines()
    bad.write_text("\n".join([lines[0], *lines[1::2]]))
    assert run(str(bad), "--model", "3pl") == 2
    assert "--force" in capsys.readouterr().err
    assert run(str(bad), "--model", "3pl", "--force") == 0
