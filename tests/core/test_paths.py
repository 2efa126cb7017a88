"""core/law/paths.py: the shortest lawful path, against every chain there is (clause P3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from eligibility_rows import CODE, school, who
from hypothesis import given, settings
from hypothesis import strategies as st
from test_eligibility_properties import ON, UPWARDS, people, standards
from test_eligibility_table import STANDARDS

from jiangheng.core.law.eligibility import Condition, Facts, HeldCertificate, WorkPeriod, judge
from jiangheng.core.law.parameters import configure
from jiangheng.core.law.paths import Path, shortest

NEW = who(born="2000-01-01")


def told(path: Path) -> list[tuple[str, int, str]]:
    return [(step.level, step.condition.seq, step.eligible.isoformat()) for step in path.steps]


def test_a_beginner_climbs_to_level_one_by_four_certificates_in_seventeen_years() -> None:
    path = shortest(STANDARDS["2023"][0], NEW, wish="1", on=ON)
    assert told(path) == [
        ("5", 1, "2026-06-01"), ("4", 2, "2029-06-01"), ("3", 2, "2033-06-01"), ("2", 1, "2038-06-01"),
        ("1", 1, "2043-06-01"),
    ]  # fmt: skip
    assert path.reached == date(2043, 6, 1)


def test_a_level_that_is_open_today_takes_one_step() -> None:
    assert told(shortest(STANDARDS["2023"][0], who(jobs="2016-06-01.."), wish="3", on=ON)) == [("3", 1, "2026-06-01")]


def test_levels_are_skipped_where_that_is_sooner() -> None:
    path = shortest(STANDARDS["2023"][0], who(jobs="2017-06-01.."), wish="2", on=ON)
    assert told(path) == [("3", 1, "2027-06-01"), ("2", 1, "2032-06-01")]


def test_a_certificate_that_brings_no_day_is_left_out() -> None:
    # level four by work is a year away; a certificate of level five in between would change nothing
    path = shortest(STANDARDS["2023"][0], who(jobs="2022-06-01.."), wish="4", on=ON)
    assert told(path) == [("4", 1, "2027-06-01")]


def test_a_title_shortens_the_path() -> None:
    facts = who(jobs="2020-06-01..", title="intermediate:2025-12-01")
    assert told(shortest(STANDARDS["2023"][0], facts, wish="2", on=ON)) == [("2", 3, "2026-12-01")]


def test_a_student_takes_level_four_now_and_level_three_at_once_with_the_final_year() -> None:
    facts = who(born="2004-01-01", schools=school("bachelor", "2026-07-01", final=True))
    assert told(shortest(STANDARDS["2023"][0], facts, wish="3", on=ON)) == [
        ("4", 3, "2026-06-01"),
        ("3", 5, "2026-06-01"),
    ]


def test_a_certificate_held_is_built_upon() -> None:
    facts = who(jobs="2020-01-01..", certs="3:2023-06-01")
    assert told(shortest(STANDARDS["2023"][0], facts, wish="2", on=ON)) == [("2", 1, "2028-06-01")]


def test_the_wish_held_already_takes_no_step() -> None:
    path = shortest(STANDARDS["2023"][0], who(certs="2:2020-01-01"), wish="3", on=ON)
    assert (path.steps, path.reached) == ((), date(2020, 1, 1))
    assert path.held is not None


def test_the_days_until_a_certificate_is_in_hand_are_a_parameter() -> None:
    try:
        configure({"eligibility.lead_days": 30})
        path = shortest(STANDARDS["2023"][0], NEW, wish="4", on=ON)
        assert told(path) == [("5", 1, "2026-06-01"), ("4", 2, "2029-07-01")]
        assert [step.obtained for step in path.steps] == [date(2026, 7, 1), date(2029, 7, 31)]
    finally:
        configure({})


def condition(level: str, seq: int, **parts: object) -> Condition:
    return Condition(level, seq, f"{level}-{seq}", "单项标准", "P3", (CODE,), **parts)  # type: ignore[arg-type]


NO_WAY = (
    condition("4", 1, school_kinds=("bachelor",)),
    condition("3", 1, requires_level="4", title_rank="junior"),
    condition("3", 2, title_rank="intermediate", years_after_title=1),
    condition("3", 3, title_rank="senior", preparatory_technician=True),
)


def test_what_time_cannot_bring_is_named_in_the_shortest_lists() -> None:
    path = shortest(NO_WAY, NEW, wish="3", on=ON)
    assert (path.steps, path.reached) == ((), None)
    assert [(each.condition.seq, each.needs) for each in path.openings] == [(2, ("须取得相应专业的中级职称",))]


def test_a_closed_level_below_is_replaced_by_what_opens_it() -> None:
    path = shortest(NO_WAY[:2], NEW, wish="3", on=ON)
    (opening,) = path.openings
    assert opening.needs == ("须为大学本科本专业或相关专业毕业生", "须取得相应专业的初级职称")


def test_a_level_without_conditions_has_neither_path_nor_opening() -> None:
    assert shortest(NO_WAY, NEW, wish="5", on=ON) == Path("5", (), None)


def test_a_specialty_stands_on_no_ladder_and_takes_one_step() -> None:
    facts = who(born="2010-06-02")
    only = (condition("Z", 1, min_age=16), condition("5", 1, min_age=16))
    assert told(shortest(only, facts, wish="Z", on=ON)) == [("Z", 1, "2026-06-02")]


def by_brute_force(conditions: tuple[Condition, ...], facts: Facts, wish: str) -> date | None:
    """The soonest of all chains: for each level below either no certificate or one by a fixed condition."""
    below = UPWARDS[: UPWARDS.index(wish)]
    working = replace(facts, history=(*facts.history, WorkPeriod(ON, None, CODE, True)))
    choices = [[None, *(each for each in conditions if each.level == level)] for level in below]
    soonest: list[date] = []
    for chain in product(*choices, [each for each in conditions if each.level == wish]):
        known, day = working, ON
        for each in filter(None, chain):
            verdict = judge((each,), known, level=each.level, on=day)
            found = day if verdict.eligible else verdict.first_date
            if found is None:
                break
            day = found
            known = replace(known, certificates=(*known.certificates, HeldCertificate(each.level, CODE, day, "")))
        else:
            soonest.append(day)
    return min(soonest, default=None)


@settings(max_examples=15, deadline=None)
@given(standards, people, st.sampled_from("432"))
def test_no_chain_of_certificates_is_sooner_than_the_shortest_path(name: str, facts: Facts, wish: str) -> None:
    conditions = STANDARDS[name][0]
    path = shortest(conditions, facts, wish=wish, on=ON)
    if path.held is not None:
        return
    other = by_brute_force(conditions, facts, wish)
    if other is None or path.reached is None:
        assert other is None or path.reached is not None
    else:
        assert path.reached <= other


@settings(max_examples=60, deadline=None)
@given(standards, people, st.sampled_from(UPWARDS))
def test_every_step_of_a_path_is_open_on_its_day_and_none_can_be_left_out(name: str, facts: Facts, wish: str) -> None:
    conditions = STANDARDS[name][0]
    path = shortest(conditions, facts, wish=wish, on=ON)
    known = replace(facts, history=(*facts.history, WorkPeriod(ON, None, CODE, True)))
    for step in path.steps:
        assert judge((step.condition,), known, level=step.level, on=step.eligible).eligible
        known = replace(known, certificates=(*known.certificates, HeldCertificate(step.level, CODE, step.obtained, "")))
    for left_out in path.steps[:-1]:
        rest = tuple(each for each in conditions if each.level != left_out.level)
        without = shortest(rest, facts, wish=wish, on=ON)
        taken = {step.level for step in path.steps}
        fewer = {step.level for step in without.steps} < taken
        assert without.reached is None or path.reached is None or without.reached > path.reached or not fewer


@pytest.mark.parametrize("wish", UPWARDS)
def test_waiting_a_day_never_brings_the_end_nearer(wish: str) -> None:
    conditions = STANDARDS["2018"][0]
    today = shortest(conditions, NEW, wish=wish, on=ON).reached
    later = shortest(conditions, NEW, wish=wish, on=ON + timedelta(days=1)).reached
    assert today is not None
    assert later is not None
    assert today < later
