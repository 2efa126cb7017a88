"""core/skill/passing.py: each part must pass on its own, every failure has its reason, and a resit its day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.skill.passing import PartResult, overall, required_parts, resit

MARKS = st.integers(0, 1000).map(lambda n: Decimal(n) / 10)
SAT = date(2026, 5, 16)


def parts(theory: str, practical: str) -> list[PartResult]:
    return [PartResult("theory", Decimal(theory)), PartResult("practical", Decimal(practical))]


@pytest.mark.parametrize(("level", "count"), [("5", 2), ("4", 2), ("3", 2), ("2", 3), ("1", 3)])
def test_the_two_highest_levels_add_the_comprehensive_review(level: str, count: int) -> None:
    assert len(required_parts(level)) == count
    assert ("review" in required_parts(level)) is (count == 3)


@pytest.mark.parametrize("level", ["A", "T", "C", "6", ""])
def test_levels_without_an_examination_have_no_parts(level: str) -> None:
    with pytest.raises(ValueError, match="等级"):
        required_parts(level)


@given(theory=MARKS, practical=MARKS)
def test_one_passes_exactly_when_each_part_reaches_sixty(theory: Decimal, practical: Decimal) -> None:
    result = overall([PartResult("theory", theory), PartResult("practical", practical)])
    assert result.passed is (theory >= 60 and practical >= 60)
    assert len(result.reasons) == len(result.failed_parts) == (theory < 60) + (practical < 60)
    assert set(result.passed_parts) | set(result.failed_parts) == {"theory", "practical"}


def test_a_good_part_never_makes_up_for_a_bad_one() -> None:
    result = overall(parts("100", "59.9"))
    assert not result.passed
    assert result.reasons == ("操作技能考核 59.9 分，未达到合格分 60 分",)


def test_an_absent_part_is_failed_as_absent() -> None:
    result = overall([PartResult("theory", Decimal(80)), PartResult("practical", None, absent=True)])
    assert result.reasons == ("操作技能考核缺考",)


def test_a_veto_fails_a_practical_of_full_marks() -> None:
    result = overall([PartResult("theory", Decimal(80)), PartResult("practical", Decimal(100), vetoed=True)])
    assert result.reasons == ("操作技能考核违反否定项，判为不合格（得分 100）",)
    assert not result.passed


def test_an_institution_may_ask_for_more_than_sixty() -> None:
    strict = PartResult("theory", Decimal(65), pass_mark=Decimal(70))
    assert not overall([strict], required=("theory",)).passed


@pytest.mark.parametrize(
    ("given_parts", "words"),
    [
        (parts("60", "60")[:1], "缺少操作技能考核的成绩"),
        ([*parts("60", "60"), PartResult("review", Decimal(60))], "不含综合评审"),
        ([*parts("60", "60"), PartResult("theory", Decimal(70))], "理论知识考试有 2 个成绩"),
        ([PartResult("theory", None), PartResult("practical", Decimal(60))], "没有成绩，也未登记缺考"),
        ([PartResult("theory", Decimal(50), absent=True), PartResult("practical", Decimal(60))], "登记为缺考却有成绩"),
        (parts("100.5", "60"), "不在 0–100 之间"),
        (parts("NaN", "60"), "不在 0–100 之间"),
    ],
)
def test_no_result_is_declared_on_incomplete_or_contradictory_records(
    given_parts: list[PartResult], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        overall(given_parts)


def test_one_passed_part_is_kept_for_a_year_and_the_other_may_be_sat_once_more() -> None:
    failed = overall(parts("75", "40"))
    hint = resit(failed, sat_on=SAT, today=date(2027, 5, 16))
    assert (hint.allowed, hint.parts, hint.until) == (True, ("practical",), date(2027, 5, 16))
    assert hint.words == "可补考操作技能考核，还可补考 1 次；理论知识考试的合格成绩保留至 2027-05-16"
    assert not resit(failed, sat_on=SAT, today=date(2027, 5, 17)).allowed
    assert "已用完" in resit(failed, sat_on=SAT, today=SAT, used=1).words
    assert resit(failed, sat_on=SAT, today=SAT, used=1, times=2).allowed
    assert resit(failed, sat_on=SAT, today=date(2028, 5, 16), validity_years=2).allowed


def test_a_part_passed_on_the_leap_day_is_kept_to_the_end_of_february() -> None:
    hint = resit(overall(parts("75", "40")), sat_on=date(2028, 2, 29), today=date(2028, 3, 1))
    assert hint.until == date(2029, 2, 28)


def test_with_nothing_passed_or_nothing_failed_there_is_no_resit() -> None:
    assert "重新报名" in resit(overall(parts("10", "10")), sat_on=SAT, today=SAT).words
    everything = resit(overall(parts("60", "60")), sat_on=SAT, today=SAT)
    assert (everything.allowed, everything.parts) == (False, ())
    assert "无需补考" in everything.words
