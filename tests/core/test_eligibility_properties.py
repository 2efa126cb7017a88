"""What must hold for everybody, whatever the standard: more never hurts, order never matters, dates are exact (P3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import plain_eligibility as plain
import pytest
from eligibility_rows import CODE, LISTS, OTHER, RELATED
from hypothesis import given, settings
from hypothesis import strategies as st
from test_eligibility_table import STANDARDS

from jiangheng.core.law.eligibility import (
    SCHOOL_KINDS,
    TITLE_RANKS,
    Condition,
    Education,
    Facts,
    HeldCertificate,
    Rules,
    Title,
    Verdict,
    WorkPeriod,
    judge_all,
)
from jiangheng.core.law.parameters import configure

ON = date(2026, 6, 1)
DAY = timedelta(days=1)
UPWARDS = "54321"
RULES = {name: Rules(conditions) for name, (conditions, _) in STANDARDS.items()}

# days near each other, so that anniversaries and edges really meet
past = st.dates(date(2018, 1, 1), ON)
when = st.dates(date(2018, 1, 1), date(2029, 1, 1)) | st.sampled_from([ON, ON + DAY, ON - DAY, date(2024, 2, 29)])
periods = st.builds(WorkPeriod, when, st.none() | when, st.just(CODE), st.booleans())
certificates = st.builds(
    HeldCertificate, st.sampled_from(UPWARDS), st.sampled_from([CODE, RELATED, OTHER]), past, st.just("")
)
schools = st.builds(
    Education,
    st.sampled_from(tuple(SCHOOL_KINDS)),
    st.booleans(),
    st.booleans(),
    st.none() | when,
    st.sampled_from(["", "S1", "P1", "T1"]),
)
people = st.builds(
    Facts,
    birth=st.dates(date(2000, 1, 1), date(2012, 1, 1)) | st.just(date(2008, 2, 29)),
    history=st.lists(periods, max_size=4).map(tuple),
    certificates=st.lists(certificates, max_size=3).map(tuple),
    education=st.lists(schools, max_size=2).map(tuple),
    titles=st.lists(st.builds(Title, st.sampled_from(tuple(TITLE_RANKS)), past), max_size=2).map(tuple),
    approved=st.just(LISTS),
    apprenticeship_ended=st.none() | when,
    preparatory_technician=st.none() | past,
)
standards = st.sampled_from(tuple(STANDARDS))


def verdicts(name: str, facts: Facts, on: date = ON) -> tuple[Verdict, ...]:
    return RULES[name].judge_all(facts, levels=UPWARDS, on=on)


def opened(name: str, facts: Facts, on: date = ON) -> set[Condition]:
    return {each for verdict in verdicts(name, facts, on) for each in (verdict.met, *verdict.also) if each}


@settings(max_examples=60, deadline=None)
@given(standards, people, periods)
def test_adding_experience_never_removes_eligibility(name: str, facts: Facts, more: WorkPeriod) -> None:
    assert opened(name, facts) <= opened(name, replace(facts, history=(*facts.history, more)))


@settings(max_examples=60, deadline=None)
@given(standards, people, certificates)
def test_adding_a_certificate_never_removes_eligibility(name: str, facts: Facts, more: HeldCertificate) -> None:
    assert opened(name, facts) <= opened(name, replace(facts, certificates=(*facts.certificates, more)))


@settings(max_examples=60, deadline=None)
@given(standards, people, certificates, st.sampled_from(UPWARDS))
def test_a_higher_certificate_never_hurts(name: str, facts: Facts, held: HeldCertificate, level: str) -> None:
    low, high = sorted((held.level, level), key=UPWARDS.index)
    with_low = replace(facts, certificates=(*facts.certificates, replace(held, level=low)))
    with_high = replace(facts, certificates=(*facts.certificates, replace(held, level=high)))
    assert opened(name, with_low) <= opened(name, with_high)


@settings(max_examples=60, deadline=None)
@given(standards, people, st.randoms(use_true_random=False))
def test_the_order_of_entries_never_matters(name: str, facts: Facts, random: object) -> None:
    fields = ("history", "certificates", "titles", "education")
    mixed = {each: tuple(random.sample(kept := getattr(facts, each), len(kept))) for each in fields}  # type: ignore[attr-defined]
    conditions = STANDARDS[name][0]
    turned = tuple(reversed(conditions))
    assert judge_all(turned, replace(facts, **mixed), levels=UPWARDS, on=ON) == verdicts(name, facts)


@settings(max_examples=60, deadline=None)
@given(standards, people, st.data())
def test_overlapping_jobs_never_count_twice(name: str, facts: Facts, data: st.DataObject) -> None:
    kept = [each for each in facts.history if each.related and each.start < (each.end or ON)]
    inside = []
    for each in kept:
        last = min(each.end or ON, ON)
        if each.start <= last:
            start = data.draw(st.dates(each.start, last))
            inside.append(WorkPeriod(start, data.draw(st.dates(start, last)), RELATED, True))
    assert verdicts(name, replace(facts, history=(*facts.history, *inside))) == verdicts(name, facts)


@settings(max_examples=150, deadline=None)
@given(standards, people)
def test_the_first_date_is_kept_by_working_on_and_not_a_day_earlier(name: str, facts: Facts) -> None:
    working_on = replace(facts, history=(*facts.history, WorkPeriod(ON, None, CODE, True)))
    for verdict in verdicts(name, facts):
        for short in verdict.failed:
            if short.first_date is None:
                # a promise is withheld only where time really does not help
                for years in (1, 3, 8, 20):
                    assert short.condition not in opened(name, working_on, ON.replace(year=ON.year + years))
                continue
            assert short.first_date > ON
            assert short.condition in opened(name, working_on, short.first_date)
            assert short.condition not in opened(name, working_on, short.first_date - DAY)


@settings(max_examples=150, deadline=None)
@given(standards, people)
def test_the_plain_way_to_judge_gives_the_same_answers(name: str, facts: Facts) -> None:
    for verdict in verdicts(name, facts):
        found: dict[int, date | None] = {short.condition.seq: short.first_date for short in verdict.failed}
        found |= {each.seq: ON for each in (verdict.met, *verdict.also) if each}
        assert found == plain.judge(STANDARDS[name][0], facts, level=verdict.level, on=ON)


@settings(max_examples=60, deadline=None)
@given(standards, people)
def test_each_part_that_is_missing_says_so_in_words(name: str, facts: Facts) -> None:
    for verdict in verdicts(name, facts):
        for short in verdict.failed:
            dates = [part.from_date for part in short.missing]
            assert all(part.what and part.kind for part in short.missing)
            assert short.first_date == (None if None in dates else max(each for each in dates if each))


def held(level: str, issued: str, occupation: str = CODE) -> HeldCertificate:
    return HeldCertificate(level, occupation, date.fromisoformat(issued), "")


def test_a_level_held_already_is_named_as_a_repeat_and_stays_open() -> None:
    facts = Facts(date(1990, 1, 1), certificates=(held("3", "2020-05-01"),))
    found = {verdict.level: verdict.held for verdict in verdicts("2023", facts)}
    assert found == {"5": held("3", "2020-05-01"), "4": held("3", "2020-05-01"), "3": held("3", "2020-05-01"),
                     "2": None, "1": None}  # fmt: skip
    assert verdicts("2023", facts)[0].eligible


def test_a_certificate_of_a_related_occupation_is_no_repeat() -> None:
    facts = Facts(date(1990, 1, 1), certificates=(held("3", "2020-05-01", RELATED),))
    assert all(verdict.held is None for verdict in verdicts("2023", facts))


def test_whether_a_higher_certificate_counts_is_a_parameter() -> None:
    facts = Facts(
        date(1990, 1, 1),
        history=(WorkPeriod(date(2023, 1, 1), None, CODE, True),),
        certificates=(held("4", "2023-01-01"),),
    )
    try:
        configure({"eligibility.higher_counts": 0})
        assert not judge_all(STANDARDS["2023"][0], facts, levels="4", on=ON)[0].eligible
    finally:
        configure({})
    assert judge_all(STANDARDS["2023"][0], facts, levels="4", on=ON)[0].eligible


WANTS_LEVEL_ONE = Condition("T", 1, "高级技师满5年", "评聘办法", "K5", (CODE,), requires_level="1", holding_years=5)


@pytest.mark.parametrize(
    ("level", "counts_as", "wanted", "does"),
    [
        ("1", {}, "1", True),
        ("T", {}, "1", True),
        ("C", {}, "T", True),
        ("2", {}, "1", False),
        ("T", {"T": ""}, "1", False),
        ("T", {"T": ""}, "T", True),
        ("T", {"T": "1"}, "1", True),
        ("C", {"C": "T", "T": "1"}, "2", True),
        ("T", {"T": "3"}, "2", False),
        ("T", {"T": "3"}, "4", True),
        ("5", {"5": "4"}, "4", True),
        ("C", {"C": "T", "T": "C"}, "1", False),
        ("Z", {}, "5", False),
        ("A", {}, "5", False),
    ],
)
def test_a_certificate_weighs_what_the_crosswalk_says(
    level: str, counts_as: dict[str, str], wanted: str, does: bool
) -> None:
    condition = replace(WANTS_LEVEL_ONE, level="C", requires_level=wanted)
    facts = Facts(date(1980, 1, 1), certificates=(held(level, "2010-01-01"),))
    (verdict,) = judge_all((condition,), facts, levels="C", on=ON, counts_as=counts_as)
    assert verdict.eligible == does


def test_level_one_held_five_years_opens_the_special_technician() -> None:
    facts = Facts(date(1980, 1, 1), certificates=(held("1", "2021-06-02"),))
    (verdict,) = judge_all((WANTS_LEVEL_ONE,), facts, levels="T", on=ON)
    assert verdict.first_date == ON + DAY
    assert judge_all((WANTS_LEVEL_ONE,), facts, levels="T", on=ON + DAY)[0].eligible
