"""The command ``bank stats`` as its user meets it: figures on standard output, faults on standard error (P2)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from jiangheng.cli import bank_stats

LSAT6 = "3 6 2 11 1 1 3 4 1 8 0 16 0 3 2 15 10 29 14 81 3 28 15 80 16 56 21 173 11 61 28 298"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    bank_stats.options(parser)
    return bank_stats.run(parser.parse_args(words))


@pytest.fixture
def lsat6(tmp_path: Path) -> str:
    """The five items of LSAT section 6, 1,000 persons."""
    patterns = [f"{place:05b}" for place, n in enumerate(LSAT6.split()) for _ in range(int(n))]
    path = tmp_path / "lsat6.csv"
    path.write_text("person,1,2,3,4,5\n" + "".join(f"p{n},{','.join(row)}\n" for n, row in enumerate(patterns)))
    return str(path)


@pytest.fixture
def lettered(tmp_path: Path) -> tuple[str, str]:
    """Three candidates who chose options, in the encoding of a Chinese spreadsheet, and the key."""
    answers, key = tmp_path / "answers.csv", tmp_path / "key.csv"
    answers.write_bytes("考生,i1,i2\r\n张三,Ａ,ABD\r\n李四,B,AB\r\n王五,A,\r\n".encode("gb18030"))
    key.write_text("\ufeffitem,key\ni1,A\ni2,DBA\n", encoding="utf-8")
    return str(answers), str(key)


def test_the_figures_of_lsat6_are_one_json_object(lsat6: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lsat6, "--cut", "60%", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told)[:4] == ["alpha", "mean", "sd", "items"]
    assert list(told["items"][0])[:5] == ["item", "p", "item_total_r", "item_rest_r", "alpha_if_deleted"]
    assert (round(told["alpha"], 3), told["mean"], round(told["sd"], 4), told["n"]) == (0.295, 3.819, 1.035, 1000)
    assert [item["p"] for item in told["items"]] == [0.924, 0.709, 0.553, 0.763, 0.87]
    assert 0.5 < told["decision"]["consistency"] < told["decision"]["accuracy"] < 1


def test_a_cut_in_marks_is_the_same_as_in_percent(lsat6: str, capsys: pytest.CaptureFixture[str]) -> None:
    decisions = []
    for cut in ("60%", "60％", "3"):
        assert run(lsat6, "--cut", cut, "--json") == 0
        decisions.append(json.loads(capsys.readouterr().out)["decision"])
    assert decisions[0] == decisions[1] == decisions[2]


def test_options_are_scored_by_the_key_and_counted(
    lettered: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    answers, key = lettered
    assert run(answers, "--key", key, "--json") == 0
    first, second = json.loads(capsys.readouterr().out)["items"]
    assert (first["p"], second["p"], second["n"]) == (pytest.approx(2 / 3), 0.5, 2)
    assert [(each["answer"], each["right"], each["n"]) for each in first["answers"]] == [
        ("A", True, 2),
        ("B", False, 1),
    ]


def test_without_json_there_is_a_table(lettered: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    answers, key = lettered
    assert run(answers, "--key", key) == 0
    told = capsys.readouterr().out
    assert "考生 3 人，试题 2 道" in told
    assert "题余相关" in told
    assert "*ABD" in told


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"person,i1\np1,A\n", (), "第 2 行第 2 列（考生 p1，试题 i1）：“A”不是 0 或 1"),
        (b"person,i1\np1,1\np1,0\n", (), "第 3 行第 1 列：考生 p1 与第 2 行重复"),
        (b"\xff\xfe\x00\xff", (), "不是 UTF-8 或 GB18030 编码的文字"),
        (b"person,i1\np1,1\n", ("--cut", "sixty"), "--cut sixty 不是数"),
        (b"person,i1\np1,1\n", ("--cut", "nan"), "--cut nan 应在 0 与满分之间"),
        (b"person,i1\np1,1\n", ("--cut", "160%"), "--cut 160% 应在 0 与满分之间"),
        (b"person,i1\np1,1\n", ("--key", "nowhere.csv"), "nowhere.csv：没有这个文件"),
    ],
)
def test_what_cannot_be_used_is_told_on_standard_error(
    content: bytes, words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(content)
    assert run(str(path), *words, "--json") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err


def test_a_decision_that_cannot_be_estimated_is_said_and_the_rest_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("person,i1,i2\np1,1,0\np2,0,1\np3,1,0\n")
    assert run(str(path), "--cut", "60%", "--json") == 0
    told = capsys.readouterr()
    assert "decision" not in json.loads(told.out)
    assert "未估计" in told.err or "才能估计" in told.err
