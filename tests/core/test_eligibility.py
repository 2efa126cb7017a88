"""core/law/eligibility.py: judged through the conditions of the shipped standard, as a counter clerk would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.law.condition_text import parse_conditions
from jiangheng.core.law.eligibility import (
    ApprovedList,
    Education,
    Facts,
    HeldCertificate,
    Title,
    Verdict,
    WorkPeriod,
    judge,
)
from jiangheng.core.law.parameters import configure
from jiangheng.core.law.standard_text import shipped_standard

CODE = "6-31-01-03"
CONDITIONS = shipped_standard("electrician-6-31-01-03").conditions
ON = date(2026, 6, 1)
DAY = timedelta(days=1)
ADULT = Facts(birth=date(1990, 1, 1))


def work(start: str, end: str | None = None, *, related: bool = True) -> WorkPeriod:
    return WorkPeriod(date.fromisoformat(start), date.fromisoformat(end) if end else None, "电工", related)


def held(level: str, issued: str, occupation: str = CODE) -> HeldCertificate:
    return HeldCertificate(level, occupation, date.fromisoformat(issued), "")


def verdict(level: str, on: date = ON, **facts: object) -> Verdict:
    return judge(CONDITIONS, replace(ADULT, **facts), level=level, on=on)  # type: ignore[arg-type]


def by(found: Verdict) -> int | None:
    return found.met.seq if found.met else None


def lack(found: Verdict, seq: int) -> list[str]:
    return [part.what for short in found.failed if short.condition.seq == seq for part in short.missing]


def test_a_person_under_16_is_refused_and_told_the_birthday() -> None:
    found = verdict("5", birth=date(2010, 6, 2))
    assert not found.eligible
    assert found.failed[0].missing[0].what == "须年满16周岁,现为15周岁"
    assert found.first_date == date(2026, 6, 2)
    assert verdict("5", on=date(2026, 6, 2), birth=date(2010, 6, 2)).eligible


def test_the_age_bar_holds_at_every_level_even_where_the_standard_is_silent() -> None:
    found = verdict("4", birth=date(2011, 1, 1), history=(work("2019-01-01"),))
    assert lack(found, 1) == ["须年满16周岁,现为15周岁"]


def test_the_age_bar_can_be_raised_by_configuration() -> None:
    try:
        configure({"age.min": 18})
        assert not verdict("5", birth=date(2009, 1, 1)).eligible
    finally:
        configure({})
    assert verdict("5", birth=date(2009, 1, 1)).eligible


def test_five_years_of_work_open_level_four_on_the_anniversary_and_not_the_day_before() -> None:
    history = (work("2021-06-01"),)
    assert by(verdict("4", history=history)) == 1
    day_before = verdict("4", on=ON - DAY, history=history)
    assert not day_before.eligible
    assert lack(day_before, 1) == ["从事本职业或相关职业须累计满5年,现为4年11个月"]
    assert day_before.failed[0].first_date == ON


def test_unrelated_work_does_not_count() -> None:
    found = verdict("4", history=(work("2010-01-01", related=False),))
    assert "现为0天" in lack(found, 1)[0]
    assert found.failed[0].first_date == date(2031, 6, 1)


@pytest.mark.parametrize(
    ("level", "seq", "facts"),
    [
        ("4", 2, {"certificates": (held("5", "2023-06-01"),), "history": (work("2023-06-01"),)}),
        ("4", 3, {"education": (Education("secondary_vocational", True, True, date(2026, 7, 1)),)}),
        ("3", 1, {"history": (work("2016-06-01"),)}),
        ("3", 2, {"certificates": (held("4", "2022-06-01"),), "history": (work("2020-01-01"),)}),
        ("3", 3, {"titles": (Title("junior", date(2025, 6, 1)),), "history": (work("2024-01-01"),)}),
        ("3", 4, {"education": (Education("senior_class", True, False, date(2024, 7, 1)),)}),
        ("3", 5, {"certificates": (held("4", "2026-05-01"),),
                  "education": (Education("bachelor", True, True, None),)}),
        ("3", 6, {"education": (Education("higher_vocational", True, True, None, "GL-P01"),),
                  "approved": (ApprovedList("higher_vocational", frozenset({"GL-P01"})),)}),
        ("2", 1, {"certificates": (held("3", "2021-06-01"),), "history": (work("2021-01-01"),)}),
        ("2", 2, {"certificates": (held("3", "2025-06-01"),), "titles": (Title("junior", date(2021, 6, 1)),),
                  "history": (work("2021-01-01"),)}),
        ("2", 3, {"titles": (Title("intermediate", date(2025, 6, 1)),), "history": (work("2025-01-01"),)}),
        ("2", 4, {"certificates": (held("3", "2026-01-01"),), "history": (work("2024-06-01"),),
                  "education": (Education("technician_college", True, False, date(2024, 6, 1)),)}),
        ("2", 5, {"certificates": (held("3", "2024-06-01"),),
                  "education": (Education("technician_class", True, True, date(2026, 7, 1), "GL-T1"),),
                  "approved": (ApprovedList("technician_class", frozenset({"GL-T1"})),)}),
        ("1", 1, {"certificates": (held("2", "2021-06-01"),), "history": (work("2021-01-01"),)}),
        ("1", 2, {"certificates": (held("2", "2025-06-01"),), "titles": (Title("intermediate", date(2021, 6, 1)),),
                  "history": (work("2020-01-01"),)}),
        ("1", 3, {"titles": (Title("senior", date(2025, 6, 1)),), "history": (work("2025-06-01"),)}),
    ],
)  # fmt: skip
def test_every_condition_of_the_standard_opens_its_level_just_in_time(
    level: str, seq: int, facts: dict[str, object]
) -> None:
    assert by(verdict(level, **facts)) == seq  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "facts"),
    [
        ("4", {"certificates": (held("5", "2023-06-02"),), "history": (work("2023-06-01"),)}),
        ("4", {"education": (Education("secondary_vocational", False, True, None),)}),
        ("4", {"education": (Education("secondary_vocational", True, False, date(2026, 7, 1)),)}),
        ("3", {"certificates": (held("4", "2020-01-01", "4-03-02-01"),), "history": (work("2020-01-01"),)}),
        ("3", {"titles": (Title("junior", date(2026, 6, 2)),), "history": (work("2020-01-01"),)}),
        ("3", {"education": (Education("higher_vocational", True, True, None, "GL-P02"),),
               "approved": (ApprovedList("higher_vocational", frozenset({"GL-P01"})),)}),
        ("2", {"certificates": (held("3", "2024-06-02"),),
               "education": (Education("technician_class", True, True, None, "GL-T1"),),
               "approved": (ApprovedList("technician_class", frozenset({"GL-T1"})),)}),
        ("2", {"certificates": (held("3", "2024-06-01"),),
               "education": (Education("technician_class", True, True, None, "GL-T1"),),
               "approved": (ApprovedList("higher_vocational", frozenset({"GL-T1"})),)}),
        ("2", {"certificates": (held("3", "2024-06-01"),),
               "education": (Education("technician_class", True, False, date(2026, 5, 1), "GL-T1"),),
               "approved": (ApprovedList("technician_class", frozenset({"GL-T1"})),)}),
    ],
)  # fmt: skip
def test_a_condition_missed_by_a_hair_is_missed(level: str, facts: dict[str, object]) -> None:
    assert not verdict(level, **facts).eligible  # type: ignore[arg-type]


def test_a_certificate_of_a_related_occupation_counts() -> None:
    facts = {"certificates": (held("4", "2022-06-01", "6-31-07-01"),), "history": (work("2022-01-01"),)}
    assert by(verdict("3", **facts)) == 2  # type: ignore[arg-type]


def test_work_before_the_certificate_does_not_count_towards_the_years_after_it() -> None:
    found = verdict("3", certificates=(held("4", "2024-06-01"),), history=(work("2019-06-01"),))
    assert lack(found, 2) == ["取得四级/中级工证书后从事本职业或相关职业须累计满4年,现为2年"]
    assert [short.first_date for short in found.failed if short.condition.seq == 2] == [date(2028, 6, 1)]


def test_a_missing_certificate_cannot_be_mended_by_waiting() -> None:
    found = verdict("1")
    assert found.first_date is None
    assert "须持有本职业或相关职业二级/技师证书" in lack(found, 1)


def test_a_student_not_in_the_final_year_learns_the_graduation_day() -> None:
    found = verdict("4", education=(Education("bachelor", True, False, date(2028, 6, 30)),))
    assert [short.first_date for short in found.failed if short.condition.seq == 3] == [date(2028, 6, 30)]


def test_each_way_not_open_is_explained_even_when_another_is_open() -> None:
    found = verdict("4", history=(work("2016-06-01"),))
    assert by(found) == 1
    assert [short.condition.seq for short in found.failed] == [2, 3]
    assert all(short.missing for short in found.failed)


def test_a_level_without_conditions_is_closed() -> None:
    found = judge((), ADULT, level="5", on=ON)
    assert (found.eligible, found.failed, found.first_date) == (False, (), None)


when = st.dates(date(2005, 1, 1), date(2027, 1, 1))
period = st.builds(WorkPeriod, when, st.none() | when, st.just("电工"), st.booleans())
facts_of_people = st.builds(
    Facts,
    birth=st.dates(date(1985, 1, 1), date(2012, 1, 1)),
    history=st.lists(period, max_size=4).map(tuple),
    certificates=st.lists(st.builds(held, st.sampled_from("5432"), when.map(str)), max_size=3).map(tuple),
    titles=st.lists(st.builds(Title, st.sampled_from(["junior", "intermediate", "senior"]), when), max_size=2).map(
        tuple
    ),
    education=st.lists(
        st.builds(
            Education,
            st.sampled_from(["bachelor", "technician_college"]),
            st.booleans(),
            st.booleans(),
            st.none() | when,
        ),
        max_size=2,
    ).map(tuple),
)
levels = st.sampled_from("54321")


@settings(max_examples=25, deadline=None)
@given(facts_of_people, period, levels)
def test_more_experience_never_removes_eligibility(facts: Facts, more: WorkPeriod, level: str) -> None:
    before = judge(CONDITIONS, facts, level=level, on=ON)
    after = judge(CONDITIONS, replace(facts, history=(*facts.history, more)), level=level, on=ON)
    assert after.eligible or not before.eligible
    open_before = {c.seq for c in CONDITIONS} - {short.condition.seq for short in before.failed}
    assert not open_before & {short.condition.seq for short in after.failed}


@settings(max_examples=25, deadline=None)
@given(facts_of_people, levels, st.randoms(use_true_random=False))
def test_the_order_of_facts_and_conditions_never_matters(facts: Facts, level: str, random: object) -> None:
    def mixed(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(values, len(values)))  # type: ignore[attr-defined]

    names = ("history", "certificates", "titles", "education")
    other = replace(facts, **{name: mixed(getattr(facts, name)) for name in names})  # type: ignore[arg-type]
    assert judge(mixed(CONDITIONS), other, level=level, on=ON) == judge(CONDITIONS, facts, level=level, on=ON)  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(facts_of_people, levels)
def test_the_first_date_promised_is_kept_by_working_on_and_not_a_day_earlier(facts: Facts, level: str) -> None:
    working_on = replace(facts, history=(*facts.history, WorkPeriod(ON, None, "电工", True)))
    for short in judge(CONDITIONS, facts, level=level, on=ON).failed:
        if short.first_date is None:
            continue
        assert short.first_date > ON
        alone = (short.condition,)
        assert judge(alone, working_on, level=level, on=short.first_date).eligible
        assert not judge(alone, working_on, level=level, on=short.first_date - DAY).eligible


GOOD = {"level": "4", "seq": 1, "text": "x", "source": "y", "clause": "P3", "total_years": 5}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": "6"}, "字段 level 为 '6',只能是 A、5、4、3、2、1、T、C、Z"),
        ({"total_years": "5"}, "字段 total_years 须为整数"),
        ({"total_years": True}, "字段 total_years 须为整数"),
        ({"total_years": 51}, "须在 0 至 50 之间"),
        ({"totl_years": 5}, "不认识的字段 totl_years,是否应为 total_years"),
        ({"text": " "}, "字段 text 须为非空文字"),
        ({"years_after_level": 3}, "没有 requires_level"),
        ({"holding_years": 3}, "没有 requires_level"),
        ({"years_after_title": 3}, "没有 title_rank"),
        ({"title_rank": "expert"}, "只能是 junior、intermediate、senior"),
        ({"requires_level": "4"}, "等级没有低于所申报的"),
        ({"requires_level": "3"}, "等级没有低于所申报的"),
        ({"final_year_allowed": True}, "没有 school_kinds"),
        ({"school_kinds": ["college"]}, "字段 school_kinds 含有 'college'"),
        ({"school_kinds": ["bachelor", "bachelor"]}, "'bachelor' 重复"),
        ({"student_only": "yes"}, "须为 true 或 false"),
        ({"approved_list": "all"}, "字段 approved_list"),
        ({"total_years": 0}, "没有任何要求"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_place_and_fault(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        parse_conditions([GOOD, {**GOOD, "seq": 2, **change}], occupations=[CODE])
    assert "第2条申报条件" in str(caught.value)


def test_the_same_number_twice_in_a_level_is_refused() -> None:
    with pytest.raises(ValueError, match="四级/中级工的第1项重复"):
        parse_conditions([GOOD, GOOD], occupations=[CODE])


def test_conditions_without_an_occupation_are_refused() -> None:
    with pytest.raises(ValueError, match="缺少本职业代码"):
        parse_conditions([GOOD], occupations=[])


def test_a_row_that_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="第1条申报条件:应为一张表"):
        parse_conditions(["five years"], occupations=[CODE])
