"""core/law/standard_write.py and the command `standard`: one canonical text, the same bytes there and back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.cli import main
from jiangheng.core.law.standard_data import (
    Function,
    StandardData,
    Topic,
    WeightRow,
    WeightTable,
    WorkContent,
)
from jiangheng.core.law.standard_text import parse_standard, shipped, shipped_standard, shipped_text
from jiangheng.core.law.standard_write import write_standard

NAME = "electrician-6-31-01-03"
EVERY = pytest.mark.parametrize("name", shipped())


@EVERY
def test_every_shipped_text_is_canonical_byte_for_byte(name: str) -> None:
    text = shipped_text(name)
    assert write_standard(parse_standard(text)) == text


@EVERY
def test_export_import_export_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    data = shipped_standard(name)
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    alone = [each for each in shipped() if shipped_standard(each).code == data.code] == [name]
    for wanted in (name, f"{data.code}@{data.edition}", *([data.code] if alone else [])):
        assert main(["standard", "export", wanted, "--out", str(first)]) == 0
        assert main(["standard", "import", str(first), "--out", str(second)]) == 0
        assert first.read_bytes() == second.read_bytes() == shipped_text(name).encode()
    assert main(["standard", "check", str(second)]) == 0


def test_export_and_import_write_to_standard_output_unless_told_otherwise(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "a.toml"
    file.write_text(shipped_text(NAME), encoding="utf-8")
    assert main(["standard", "export", NAME]) == 0
    exported = capfdbinary.readouterr().out
    assert main(["standard", "import", str(file)]) == 0
    assert capfdbinary.readouterr().out == exported == file.read_bytes()
    assert main(["standard", "import", str(file), "--dry-run"]) == 0
    assert capfdbinary.readouterr().out == b""


def test_import_brings_a_text_into_canonical_form_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.toml"
    tail, head = shipped_text(NAME).split("\n[profile]\n")[::-1]
    file.write_bytes(f"# mine\n{head}\r\n\r\n[profile]\n{tail}".encode())
    assert main(["standard", "check", str(file)]) == 1
    assert "从第1行起不是规范写法" in capsys.readouterr().err
    assert main(["standard", "import", str(file), "--out", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == shipped_text(NAME)


def test_import_refuses_a_faulty_text_with_line_field_and_mend_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "a.toml", tmp_path / "b.toml"
    text = shipped_text(NAME)
    faulty = text.replace('{ name = "职业道德", weight = 5 }', '{ name = "职业道德", weight = 4 }', 1)
    file.write_text(faulty, encoding="utf-8")
    assert main(["standard", "import", str(file), "--out", str(out)]) == 2
    line = text.split("\n").index('    { name = "职业道德", weight = 5 },') - 3
    said = f"第{line}行 [[weights]] 理论知识考试 五级/初级工:权重之和应为100,现为99;请调整各行 weight"
    assert said in capsys.readouterr().err
    assert not out.exists()
    assert main(["standard", "check", str(file), str(tmp_path)]) == 2


def test_what_is_no_text_or_no_file_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"[standard]\n\xff\xfe")
    assert main(["standard", "import", str(file)]) == 2
    assert "第12个字节不是 UTF-8" in capsys.readouterr().err
    assert main(["standard", "import", str(tmp_path / "none.toml")]) == 2
    assert "请检查文件名" in capsys.readouterr().err
    assert main(["standard", "export", "9-99-99-99"]) == 1
    assert NAME in capsys.readouterr().err


def test_the_list_names_every_shipped_standard(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standard", "list"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[-1] for row in rows] == list(shipped())
    assert ["6-31-01-03@2023型", "national"] in [row[:2] for row in rows]


# Texts as people and programs might produce them: everything TOML must escape, and blanks at the ends.
_any = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n\t"), max_size=40)
_awkward = st.sampled_from(['"', "\\", '"""', "'''", "a\\nb", "\n中\t", "#[x]\u2028=", "{ x = 1 }", " 句末有空格 "])
words = st.lists(_any.filter(str.strip) | _awkward, min_size=12, max_size=12, unique=True)
weights = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)


def rewritten(word: list[str], weight: Decimal) -> StandardData:
    """The electrician's standard with these words in every kind of place and a function of its own at level five."""
    base = shipped_standard(NAME)
    function = Function("5", "", "1", word[0], (WorkContent("1.1", word[1], tuple(word[:4]), tuple(word[3:7])),))
    theory = WeightTable("theory", "5", (WeightRow("职业道德", weight), WeightRow(word[0], 100 - weight)))
    practical = WeightTable("practical", "5", (WeightRow(word[0], Decimal(100)),))
    columns = [each for each in base.weights if each.level != "5"]
    task = base.tasks[0]
    aspects = tuple(replace(aspect, descriptor=word[7], name=word[8]) for aspect in task.aspects)
    return replace(
        base,
        title=word[2],
        source=word[9],
        directions=tuple(word[10:]),
        profile=replace(base.profile, definition=word[3], venues=word[11]),
        basics=replace(base.basics, ethics=tuple(word), knowledge=(Topic(word[4], tuple(word[5:])),)),
        conditions=tuple(replace(each, text=word[6]) for each in base.conditions),
        functions=(function, *(each for each in base.functions if each.level != "5")),
        weights=(
            theory,
            *(each for each in columns if each.part == "theory"),
            practical,
            *(each for each in columns if each.part == "practical"),
        ),
        tasks=(replace(task, title=word[5], direction=word[10], aspects=aspects), *base.tasks[1:]),
    )


@settings(max_examples=40)
@given(words, weights)
def test_what_is_written_reads_back_as_the_same_standard_and_writes_the_same_text(
    word: list[str], weight: Decimal
) -> None:
    data = rewritten(word, weight)
    text = write_standard(data)
    assert parse_standard(text) == data
    assert write_standard(parse_standard(text)) == text


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("apprenticeship", True, "apprenticeship = true"),
        ("preparatory_technician", True, "preparatory_technician = true"),
        ("major_required", False, "major_required = false"),
        ("title_rank", "senior", 'title_rank = "senior"'),
        ("school_kinds", ("bachelor", "postgraduate"), 'school_kinds = ["bachelor", "postgraduate"]'),
        ("approved_list", "technician_class", 'approved_list = "technician_class"'),
    ],
)
def test_every_demand_of_a_condition_is_written_and_read(name: str, value: object, line: str) -> None:
    data = shipped_standard(NAME)
    changed = replace(data, conditions=(replace(data.conditions[0], **{name: value}), *data.conditions[1:]))  # type: ignore[arg-type]
    text = write_standard(changed)
    assert f"\n{line}\n" in text.partition("\n[[condition]]\n")[2].partition("\n\n")[0] + "\n"
    assert parse_standard(text) == changed


def test_order_in_the_text_does_not_matter_where_the_form_fixes_one() -> None:
    blocks = shipped_text(NAME).split("\n\n")
    head, rest = blocks[:2], blocks[2:]
    groups: list[list[str]] = [[]]
    for block in rest:
        if block.startswith(("[[function.content]]", "[[design.part]]", "[[task.aspect]]", "[profile.", "[[basics.")):
            groups[-1].append(block)
        else:
            groups.append([block])
    conditions = [group for group in groups if group[0].startswith("[[condition]]")]
    others = [group for group in groups if not group[0].startswith("[[condition]]")]
    mixed = [*others, *reversed(conditions)]
    text = "\n\n".join([*head, *("\n\n".join(group).strip() for group in mixed)]) + "\n"
    assert text != shipped_text(NAME)
    assert write_standard(parse_standard(text)) == shipped_text(NAME)
