"""Every clause of the notice has code, and every citation a clause (K10)."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from jiangheng.cli import clauses
from jiangheng.core.notice import CLAUSES

BY_CODE = {"step", "rule", "page"}
LOOKS_LIKE_ONE = re.compile(r"""clause=["']([A-Z]\d+)["']|\((?:clauses?\s)?([KRWP]\d+)(?:[,)]|\sand)""")


@pytest.mark.parametrize("id", [clause.id for clause in CLAUSES.values() if "2" in clause.brought_by.split(", ")])
def test_a_clause_this_release_brings_is_cited_by_a_step_a_rule_or_a_page(id: str) -> None:
    cited = clauses.citations(id)
    assert {each.kind for each in cited} & BY_CODE, f"{clauses.heading(id)}: only {[each.where for each in cited]}"


def test_every_citation_names_a_clause_that_exists() -> None:
    wrong = [
        f"{path.name}:{id}"
        for path in clauses.PACKAGE.rglob("*.py")
        for pair in LOOKS_LIKE_ONE.findall(path.read_text(encoding="utf-8"))
        for id in pair
        if id and id not in CLAUSES
    ]
    assert wrong == []


def test_the_scan_and_the_declarations_agree_on_every_step() -> None:
    from jiangheng.core.steps import FLOWS

    scanned = {(each.name, each.clause) for each in clauses.every() if each.kind == "step"}
    declared = {(step.code, step.clause) for flow in FLOWS.values() for step in flow.steps.values()}
    assert declared - scanned == set()


def test_a_clause_is_found_by_words_of_its_title() -> None:
    assert [each.id for each in clauses.wanted("破格")] == ["R3"]
    assert [each.id for each in clauses.wanted("k10")] == ["K10"]


def test_the_command_prints_one_json_object_and_loads_no_django() -> None:
    code = (
        "from jiangheng.cli import main; main(['clause', 'K10', '--json']); import sys; exit('django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(clauses.PACKAGE.parent)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)) == ["K10"]


def test_an_unknown_clause_is_refused_with_the_ids_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jiangheng", "clause", "X9"], env={"PYTHONPATH": str(clauses.PACKAGE.parent)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "K1–K16" in done.stderr
