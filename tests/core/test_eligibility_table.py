"""Every condition of both generations and of a single standard: just met, missed by a day, met by another path (P3)."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from eligibility_rows import CODE, GENERAL_2018, GENERAL_2023, MET, NEVER, RELATED, SINGLE, By, Expected

from jiangheng.core.law.condition_text import parse_conditions
from jiangheng.core.law.eligibility import Condition, Facts, judge
from jiangheng.core.law.standard_text import shipped_standard

ON = date(2026, 6, 1)
FOLDER = Path(__file__).parent / "conditions"


def from_file(name: str) -> tuple[Condition, ...]:
    rows = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["condition"]
    return parse_conditions(rows, occupations=[CODE, RELATED])


STANDARDS = {
    "2023": (shipped_standard("electrician-6-31-01-03").conditions, GENERAL_2023),
    "2018": (from_file("general_2018"), GENERAL_2018),
    "single": (from_file("single"), SINGLE),
}
ROWS = [
    pytest.param(name, level, seq, facts, expected, id=f"{name} level {level} ({seq}): {sentence}")
    for name, (_, table) in STANDARDS.items()
    for (level, seq), rows in table.items()
    for sentence, facts, expected in rows
]


@pytest.mark.parametrize(("name", "level", "seq", "facts", "expected"), ROWS)
def test_a_person_before_a_condition(name: str, level: str, seq: int, facts: Facts, expected: Expected) -> None:
    verdict = judge(STANDARDS[name][0], facts, level=level, on=ON)
    first = {short.condition.seq: short.first_date for short in verdict.failed}
    if expected == MET:
        assert seq not in first
        assert verdict.eligible
    elif isinstance(expected, By):
        assert seq in first
        assert verdict.met is not None
        assert verdict.met.seq == expected.seq
    else:
        assert first[seq] == (None if expected == NEVER else date.fromisoformat(expected))
        assert all(part.what for short in verdict.failed for part in short.missing)


def test_the_table_leaves_no_condition_out() -> None:
    for conditions, table in STANDARDS.values():
        assert {(each.level, each.seq) for each in conditions} == set(table)
    assert len(ROWS) >= 150


@pytest.mark.parametrize("name", STANDARDS)
def test_each_condition_is_just_met_and_missed_by_a_day_in_the_table(name: str) -> None:
    for key, rows in STANDARDS[name][1].items():
        expected = [row[2] for row in rows]
        assert MET in expected, key
        assert "2026-06-02" in expected, key
