"""core/law/parameters.py: defaults, overrides and their refusal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jiangheng.core.law.parameters import all_parameters, configure, parameter
from jiangheng.core.notice import clause


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    configure({})
    yield
    configure({})


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("plan.submit_before_exam", 7),
        ("announcement.open", 5),
        ("application.finish", 5),
        ("seating.before_exam", 3),
        ("staffing.before_exam", 2),
        ("score.summary", 2),
        ("publicity.workdays", 5),
        ("objection.answer", 5),
        ("report.employer", 10),
        ("hrss.review", 5),
        ("archive.close", 30),
        ("pass.mark", 60),
        ("evaluators.min", 3),
        ("invigilators.min", 2),
        ("invigilator.ratio", 15),
        ("age.min", 16),
        ("filing.validity_years", 3),
        ("practical.spread_limit", 30),
        ("login.max_failures", 5),
        ("login.lock_minutes", 15),
        ("session.idle_minutes", 30),
    ],
)
def test_the_defaults_are_those_of_the_domain_notes(key: str, number: int) -> None:
    assert parameter(key) == number


def test_a_misspelt_key_names_the_nearest_ones() -> None:
    with pytest.raises(ValueError, match=r"publicity\.workdays"):
        parameter("publicity.workday")
    with pytest.raises(ValueError, match=r"pass\.mark"):
        configure({"pas.mark": 60})


def test_an_override_is_in_force_until_the_next_configuration() -> None:
    configure({"seating.before_exam": 4})
    assert parameter("seating.before_exam") == 4
    configure({"staffing.before_exam": 3})
    assert (parameter("seating.before_exam"), parameter("staffing.before_exam")) == (3, 3)


def test_a_wrong_override_leaves_the_numbers_in_force_untouched() -> None:
    configure({"seating.before_exam": 4})
    with pytest.raises(ValueError, match="不得小于 5"):
        configure({"staffing.before_exam": 9, "publicity.workdays": 4})
    assert (parameter("seating.before_exam"), parameter("staffing.before_exam")) == (4, 2)


@pytest.mark.parametrize("value", [True, 2.5, "3", None])
def test_only_whole_numbers_are_taken(value: object) -> None:
    with pytest.raises(ValueError, match="须为整数"):
        configure({"score.summary": value})  # type: ignore[dict-item]


def test_every_row_is_complete_and_founded_on_a_clause_of_the_notice() -> None:
    rows = all_parameters()
    assert len({row.key for row in rows}) == len(rows)
    for row in rows:
        assert row.default >= row.least, row.key
        assert row.label and row.unit and row.source, row.key
        assert clause(row.clause), row.key
