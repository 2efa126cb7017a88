"""What core says is read in the reader's language; what is not core's, or not known, stays as it is (clause P1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.bank_text import BankUnreadable, parse_bank
from jiangheng.core.exam.items import KINDS, Item, Option, check_item
from jiangheng.core.exam.plan import KindQuota, Plan, RangeQuota, Stock, check
from jiangheng.core.exam.sufficiency import report
from jiangheng.core.law.eligibility import SCHOOL_KINDS, Condition, Education, Facts, Title, WorkPeriod, judge
from jiangheng.core.law.identity import check_identity, check_org_code, check_uscc
from jiangheng.core.law.problem import Problem
from jiangheng.core.law.standard_text import parse_standard, shipped, shipped_standard, shipped_text
from jiangheng.core.skill.aspects import Aspect, check_aspects, check_entry, sheet_total
from jiangheng.core.skill.panel import reconcile
from jiangheng.core.skill.passing import PartResult, overall, resit
from jiangheng.core.trust.certno import check_certno
from jiangheng.kernel.spoken import spoken, spoken_lazy

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
TODAY = date(2026, 11, 23)
TABLES = st.text("须年满周岁取得证书后题型、，。；：（）()\n 0A", max_size=60)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def heard(*said: object) -> list[str]:
    """The sentences in English, which must all be there and all be English."""
    assert said
    with translation.override("en"):
        told = [spoken(each) for each in said]
    assert [each for each in told if CHINESE.search(each)] == []
    return told


@pytest.mark.parametrize(
    "number", ["450302900101123", "4503", "45030219900101A23X", "990302198013011234", "450302299001011234"]
)
def test_every_problem_of_an_identity_number_is_english(number: str) -> None:
    found = check_identity(number, on=TODAY)
    assert isinstance(found, tuple)
    heard(*found, *(str(each) for each in found))


@pytest.mark.parametrize("code", ["91", "91450300MA5KIOIOX1", "914503000000000000"])
def test_every_problem_of_a_credit_code_is_english(code: str) -> None:
    heard(*check_uscc(code))


def test_every_problem_of_an_organisation_code_is_english() -> None:
    heard(*check_org_code("1"), *check_org_code("123456789"))


@pytest.mark.parametrize("number", ["Y45", "y" * 22, "Q00009912345699Z000000"])
def test_every_problem_of_a_certificate_number_is_english(number: str) -> None:
    found = check_certno(number, on=TODAY, province="45", org_class="S")
    assert isinstance(found, tuple)
    heard(*found)


def lives() -> list[Facts]:
    """People who lack something: age, work, a certificate, a title, a school."""
    plain = Facts(birth=date(2012, 3, 1))
    worker = WorkPeriod(date(2023, 9, 20), None, "6-31-01-03", related=True)
    return [
        plain,
        replace(plain, birth=date(1990, 3, 1), history=(worker,)),
        replace(plain, birth=date(1990, 3, 1), titles=(Title("junior", TODAY),)),
        replace(plain, education=(Education("technician_class", True, True, None),)),
    ]


def test_all_that_the_shipped_standards_find_missing_is_english() -> None:
    standards = [shipped_standard(name) for name in shipped()]
    verdicts = [
        judge(standard.conditions, facts, level=level, on=TODAY)
        for standard in standards
        for level in standard.levels
        for facts in lives()
    ]
    heard(*(missing.what for verdict in verdicts for short in verdict.failed for missing in short.missing))


@pytest.mark.parametrize("kind", SCHOOL_KINDS)
@pytest.mark.parametrize("major", [True, False])
@pytest.mark.parametrize("student", [True, False])
def test_a_missing_school_is_english_however_it_is_put_together(kind: str, major: bool, student: bool) -> None:
    wanted = Condition(
        "3", 1, "", "", "", ("6-31-01-03",), school_kinds=(kind, "bachelor"), major_required=major,
        student_only=student, final_year_allowed=major, approved_list="technician_class" if student else "",
    )  # fmt: skip
    verdict = judge([wanted], Facts(birth=date(1990, 3, 1)), level="3", on=TODAY)
    heard(*(missing.what for short in verdict.failed for missing in short.missing))


ITEM = Item("1", "single", "stem", tuple(Option(key, key * 2) for key in "ABCD"), ("A",), "P1", "R1", 3, "X")


@pytest.mark.parametrize(
    "item",
    [
        replace(ITEM, code="", stem="", point="", range_code="", difficulty=9, importance="Q"),
        replace(ITEM, kind="essay"),
        replace(ITEM, kind="judgement"),
        replace(ITEM, options=ITEM.options[:2], answer=("A", "B")),
        replace(ITEM, options=(Option("B", ""), Option("A", "A. x"), Option("C", "A. x")), answer=("Z",)),
        replace(ITEM, kind="multiple", answer=("A", "B", "C", "D")),
        replace(ITEM, kind="multiple", answer=("B", "A")),
        replace(ITEM, kind="multiple", answer=("A",)),
    ],
)
def test_every_problem_of_an_item_is_english(item: Item) -> None:
    heard(*check_item(item))


def test_the_kinds_of_items_are_english() -> None:
    names = heard(*(kind.name for kind in KINDS.values()))
    assert names[:3] == ["Single choice", "Multiple choice", "True or false"]
    assert len(set(names)) == len(KINDS) == 12


def test_every_problem_of_a_plan_and_every_shortage_is_english() -> None:
    plan = Plan((KindQuota("single", 0, Decimal(0)), KindQuota("essay", 1), KindQuota("essay", 1)))
    enough = Plan((KindQuota("single", 4), KindQuota("multiple", 4)), (RangeQuota("R1", Decimal(100)),))
    lacking = report([Stock("1", "single", "R1")], enough, mode="one", forms=1).lacks
    assert lacking
    heard(*check(plan), *(lack.words for lack in lacking))


def test_every_problem_of_a_bank_text_is_english() -> None:
    bank = {
        "range": [{"code": "R1", "name": "Safety", "weight": "x"}, {"code": "R1"}],
        "point": [{"code": "P1", "range": "R9", "importance": "Q"}, {}],
        "item": [{"code": "1", "point": "P9", "options": [1] * 9}, {"code": "1", "kind": "single"}],
    }
    for text in (bank, {}):
        with pytest.raises(BankUnreadable) as no:
            parse_bank(text)
        heard(*no.value.problems, str(no.value))


def test_marks_and_their_sums_are_english() -> None:
    aspects = [Aspect("A1", "Safety", Decimal(10), "measured", ""), Aspect("V1", "Fire", Decimal(0), "veto", "")]
    said = [*check_aspects([*aspects, aspects[0]]), *check_aspects([replace(aspects[1], marks=Decimal(2))])]
    for entry in (True, Decimal(11), Decimal("0.3")):
        said += check_entry(aspects[0], entry)
    said += check_entry(aspects[1], Decimal(1))
    sheets = [
        sheet_total(aspects, {"A1": Decimal(mark), "V1": veto}, evaluator=str(number))
        for number, (mark, veto) in enumerate([(0, False), (5, False), (10, False)], start=1)
    ]
    heard(*said, *reconcile(sheets).reasons)


def test_results_and_resits_are_english() -> None:
    failed = overall([PartResult("theory", Decimal(80)), PartResult("practical", None, absent=True)])
    vetoed = overall([PartResult("theory", Decimal(10)), PartResult("practical", Decimal(90), vetoed=True)])
    hints = [resit(each, sat_on=TODAY, today=TODAY, used=used).words for each in (failed, vetoed) for used in (0, 9)]
    heard(*failed.reasons, *vetoed.reasons, *hints)


@pytest.mark.parametrize(
    ("old", "new"), [("minutes = ", "minuts = "), ("weight = ", "weight = 1"), ('kind = "veto"', 'kind = "vote"')]
)
def test_the_fault_of_a_standard_names_its_place_in_english(old: str, new: str) -> None:
    name = "electrician-6-31-01-03"
    with pytest.raises(ValueError, match=r".") as no:
        parse_standard(shipped_text(name).replace(old, new, 1))
    names = "|".join(map(re.escape, shipped_standard(name).directions)) or "^$"
    with translation.override("en"):
        assert CHINESE.findall(re.sub(names, "", spoken(no.value))) == []


def test_names_stay_and_the_sentence_about_them_is_english(english: None) -> None:
    said = spoken("考评员 张三 尚未评 A1，请评完后再汇总")
    assert said == "Evaluator 张三 has not marked A1 yet. Add up when all is marked."


def test_several_sentences_in_a_row_are_each_told(english: None) -> None:
    parts = overall_problems()
    assert (
        spoken(parts)
        == "Theory exam: 2 marks recorded. Keep only one. Practical exam: 2 marks recorded. Keep only one."
    )


def overall_problems() -> str:
    twice = [PartResult(part, Decimal(80)) for part in ("theory", "practical") for _ in "ab"]
    with pytest.raises(ValueError, match="成绩") as no:
        overall(twice)
    return str(no.value)


def test_a_declaration_speaks_the_language_of_the_moment() -> None:
    label = spoken_lazy(KINDS["single"].name)
    assert str(label) == "单选题"
    with translation.override("en"):
        assert str(label) == "Single choice"


def test_a_problem_reads_the_same_in_the_source_language() -> None:
    problem = Problem(
        "证件号码的校验位不符", "按 GB 11643-1999 计算的第18位不同", "号码中至少一位有误,请逐位对照证件。"
    )
    assert spoken(problem) == str(problem)


@given(text=st.one_of(st.text(), TABLES))
def test_in_the_source_language_nothing_is_changed(text: str) -> None:
    assert spoken(text) == text


@given(text=st.one_of(st.text(), TABLES, st.text("王千年没有缺少题 ", max_size=12)))
def test_whatever_is_said_there_is_an_answer(text: str) -> None:
    with translation.override("en"):
        told = spoken(text)
    assert len(re.findall(r"[\u3400-\u9fff]", told)) <= len(re.findall(r"[\u3400-\u9fff]", text))


@pytest.mark.parametrize("name", ["王千年", "桂林电子科技技工学校有限公司", "没有名字的人"])
def test_a_name_is_not_taken_for_a_sentence(name: str, english: None) -> None:
    assert spoken(name) == name
