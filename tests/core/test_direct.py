"""Ways to a level without an examination: whom the law lets through, and what it says to the others (R1–R4, K5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jiangheng.core.law.direct import GROUNDS, ROUTES, Nomination, problems, route
from jiangheng.core.law.eligibility import HeldCertificate
from jiangheng.core.law.parameters import configure

TODAY = date(2026, 7, 3)
CODE = "6-31-01-03"
SOUND = Nomination(
    level="5", hired_on=date(2026, 1, 5), front_line=True, insured_months=6, evidence=True, statement=False
)


def held(level: str, issued: date = date(2015, 7, 3)) -> tuple[HeldCertificate, ...]:
    return (HeldCertificate(level, CODE, issued, ""),)


LAWFUL = {
    "newcomer": SOUND,
    "outstanding": replace(SOUND, level="3"),
    "exceptional": replace(SOUND, level="2", ground="award", proof=True, held=held("3")),
    "special": replace(SOUND, level="T", held=held("1")),
    "chief": replace(SOUND, level="C", held=held("T")),
}


def said(way: str, nomination: Nomination, *, employer: bool = True) -> str:
    return " ".join(str(one) for one in problems(route(way), nomination, employer=employer, on=TODAY))


@pytest.mark.parametrize("way", ROUTES)
def test_a_sound_nomination_goes_to_the_panel_by_every_route(way: str) -> None:
    assert said(way, LAWFUL[way]) == ""


@pytest.mark.parametrize("way", ROUTES)
def test_only_an_enterprise_may_use_any_of_these_routes(way: str) -> None:
    assert "只有企业" in said(way, LAWFUL[way], employer=False)


@pytest.mark.parametrize("way", ROUTES)
def test_only_front_line_staff_are_recognised(way: str) -> None:
    assert "一线" in said(way, replace(LAWFUL[way], front_line=False))


@pytest.mark.parametrize("way", ROUTES)
def test_nothing_is_recognised_without_evidence(way: str) -> None:
    assert "业绩材料" in said(way, replace(LAWFUL[way], evidence=False))


@pytest.mark.parametrize("way", ROUTES)
def test_somebody_who_is_hired_tomorrow_is_refused(way: str) -> None:
    assert "入职日期" in said(way, replace(LAWFUL[way], hired_on=date(2026, 7, 4)))


@pytest.mark.parametrize("way", ROUTES)
def test_every_problem_says_the_rule_and_the_mend(way: str) -> None:
    empty = Nomination(level="A", hired_on=date(2027, 1, 1), front_line=False)
    found = problems(route(way), empty, employer=False, on=TODAY)
    assert len(found) >= 5
    assert all(one.what and one.why and one.mend for one in found)


def test_months_of_social_insurance_prove_employment_and_a_signed_statement_stands_in_for_them() -> None:
    assert "不足 6 个月" in said("newcomer", replace(SOUND, insured_months=5))
    assert said("newcomer", replace(SOUND, insured_months=5, statement=True)) == ""
    assert said("newcomer", replace(SOUND, insured_months=None, statement=True)) == ""
    assert "没有本企业职工的证明" in said("newcomer", replace(SOUND, insured_months=None))


def test_how_many_months_are_asked_for_is_a_parameter() -> None:
    configure({"direct.insured_months": 3})
    try:
        assert said("newcomer", replace(SOUND, insured_months=3)) == ""
    finally:
        configure({})


def test_the_newcomers_route_is_for_those_without_a_level() -> None:
    assert "尚未定级" in said("newcomer", replace(SOUND, level="4", held=held("5")))
    assert said("newcomer", replace(SOUND, level="4")) == ""


@pytest.mark.parametrize("level", ["5", "4"])
def test_the_outstanding_are_recognised_from_level_three_on(level: str) -> None:
    assert "三级/高级工" in said("outstanding", replace(LAWFUL["outstanding"], level=level))


def test_the_limits_of_education_seniority_age_and_share_are_lifted_for_the_outstanding() -> None:
    # nothing of the kind is even asked: a day in the enterprise and no certificate are enough
    young = replace(LAWFUL["outstanding"], hired_on=TODAY, insured_months=None, statement=True, level="1")
    assert said("outstanding", young) == ""
    assert ROUTES["outstanding"].lifted == "学历、资历、年龄、比例"


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_promotion_needs_one_of_the_three_grounds_and_its_proof(ground: str) -> None:
    nomination = replace(LAWFUL["exceptional"], ground=ground)
    assert said("exceptional", nomination) == ""
    assert "证明" in said("exceptional", replace(nomination, proof=False))
    assert "没有写明破格的依据" in said("exceptional", replace(nomination, ground="friendship"))


@pytest.mark.parametrize(
    ("way", "level"), [("exceptional", "3"), ("exceptional", "4"), ("special", "T"), ("chief", "C")]
)
def test_the_same_or_a_lower_level_is_not_recognised_again(way: str, level: str) -> None:
    nomination = replace(LAWFUL[way], level=level, held=(*LAWFUL[way].held, *held(level)))
    assert "已持有" in said(way, nomination)


def test_a_special_technician_comes_from_five_years_as_senior_technician_the_last_day_included() -> None:
    day_before = replace(LAWFUL["special"], held=held("1", date(2021, 7, 4)))
    assert "2026-07-04 起可以申报" in said("special", day_before)
    assert said("special", replace(day_before, held=held("1", date(2021, 7, 3)))) == ""
    assert "没有本职业一级/高级技师证书" in said("special", replace(day_before, held=held("2")))


def test_a_chief_technician_comes_from_the_special_technicians() -> None:
    assert "没有本职业特级技师证书" in said("chief", replace(LAWFUL["chief"], held=held("1")))
    assert said("chief", replace(LAWFUL["chief"], held=held("T", TODAY))) == ""


def test_an_unknown_route_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="破格晋升"):
        route("gift")
