"""core/law/person.py: a person's own account is read whole, and every fault is told with its place and mend (P3)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.law.facts import ApprovedList, Education, HeldCertificate, Title, WorkPeriod
from jiangheng.core.law.parameters import configure
from jiangheng.core.law.person import Fault, Person, PersonFaults, parse_person

ON = date(2026, 6, 1)
CODE, RELATED = "6-31-01-03", "6-29-03-05"
NAMES = {"电工": CODE, "中式烹调师": "4-03-02-01"}
GOOD: dict[str, Any] = {
    "birth": "1990-05-01",
    "sex": "1",
    "history": [
        {"start": "2012-07-01", "end": "2018-06-30", "occupation": RELATED, "employer": "漓江制冷公司"},
        {"start": "2018-07-01", "end": None, "occupation": "电工", "employer": "独秀机电公司", "related": True},
        {"start": "2011-01-01", "end": "2011-12-31", "occupation": "仓库搬运", "related": False},
    ],
    "certificates": [
        {"number": "Y000045450301224000001", "level": "4", "occupation": "电工", "issued": "2022-05-01"},
        {"number": "1845001234500001", "issued": "2018-03-01"},
        {"level": "五级/初级工", "occupation": "中式烹调师", "issued": "2010-03-01"},
    ],
    "education": [
        {"kind": "bachelor", "major_related": True, "final_year": True, "graduated": "2026-07-01", "programme": "GL-P1"}
    ],
    "titles": [{"rank": "junior", "granted": "2020-01-01"}],
    "apprenticeship_ended": "2026-12-31",
    "preparatory_technician": "2019-06-30",
    "wish": "3",
}


def parse(raw: object) -> Person:
    lists = (ApprovedList("higher_vocational", frozenset({"GL-P1"})),)
    return parse_person(raw, code=CODE, related=[RELATED], on=ON, approved=lists, names=NAMES)


def faults(raw: object) -> tuple[Fault, ...]:
    with pytest.raises(PersonFaults) as caught:
        parse(raw)
    return caught.value.faults


def changed(**change: object) -> dict[str, Any]:
    return {"birth": "1990-05-01", **change}


def test_a_whole_account_becomes_facts() -> None:
    person = parse({**GOOD, "certificates": [GOOD["certificates"][0], GOOD["certificates"][2]]})
    assert person.wish == "3"
    facts = person.facts
    assert facts.history == (
        WorkPeriod(date(2012, 7, 1), date(2018, 6, 30), RELATED, True),
        WorkPeriod(date(2018, 7, 1), None, CODE, True),
        WorkPeriod(date(2011, 1, 1), date(2011, 12, 31), "仓库搬运", False),
    )
    assert facts.certificates == (
        HeldCertificate("4", CODE, date(2022, 5, 1), "Y000045450301224000001"),
        HeldCertificate("5", "4-03-02-01", date(2010, 3, 1), ""),
    )
    assert facts.education == (Education("bachelor", True, True, date(2026, 7, 1), "GL-P1"),)
    assert facts.titles == (Title("junior", date(2020, 1, 1)),)
    assert facts.apprenticeship_ended == date(2026, 12, 31)
    assert facts.preparatory_technician == date(2019, 6, 30)
    assert facts.approved[0].programmes == {"GL-P1"}


def test_the_level_of_an_old_certificate_is_read_from_its_sixteen_digits() -> None:
    person = parse(changed(certificates=[{"number": "1845011234400001", "issued": "2018-03-01"}]))
    assert person.facts.certificates == (HeldCertificate("4", CODE, date(2018, 3, 1), "1845011234400001"),)


def test_an_account_of_a_birthday_alone_is_enough() -> None:
    assert parse({"birth": "2010-01-01"}).wish is None


def test_a_level_may_be_written_as_people_call_it() -> None:
    assert [parse(changed(wish=name)).wish for name in ("高级工", "三级", "三级/高级工", "3")] == ["3"] * 4


def job(**change: object) -> dict[str, Any]:
    return changed(history=[{"start": "2012-07-01", "end": None, "occupation": "电工", **change}])


def certificate(**change: object) -> dict[str, Any]:
    return changed(certificates=[{"level": "4", "issued": "2022-05-01", **change}])


NUMBER = ("certificates[0].number", "第1个证书 证书编号")


@pytest.mark.parametrize(
    ("raw", "place", "title", "what", "mend"),
    [
        ([], "", "个人情况", "应为一个 JSON 对象", "{"),
        ({}, "birth", "出生日期", "没有填写", "补填"),
        ({"birth": "1990-02-30"}, "birth", "出生日期", "“1990-02-30”不是日期", "2026-09-01"),
        ({"birth": "1990-5-1"}, "birth", "出生日期", "不是日期", "2026-09-01"),
        ({"birth": 1990}, "birth", "出生日期", "须为不超过200字的文字", "引号"),
        ({"birth": "2026-06-02"}, "birth", "出生日期", "2026-06-02 在 2026-06-01 之后", "更正"),
        ({"birth": "0190-05-01"}, "birth", "出生日期", "年份 190 不合情理", "核对"),
        (changed(sex="male"), "sex", "性别", "“male”不在代码表内", "1(男)"),
        (changed(birthday="1990"), "birthday", "birthday", "不认识的字段", "是否应为 birth(出生日期)?"),
        (changed(wish="7"), "wish", "意向等级", "没有“7”这个等级", "3(高级工)"),
        (changed(history={}), "history", "工作经历", "须为列表", "方括号"),
        (changed(history=[{"birth": 1}] * 101), "history", "工作经历", "有101条", "合并"),
        (changed(history=["五年"]), "history[0]", "第1段工作经历", "应为一个 JSON 对象", "{"),
        (job(end="2012-06-30"), "history[0].end", "第1段工作经历 结束日期", "结束日期 2012-06-30 早于开始日期", "对调"),
        (job(start="2026-06-02"), "history[0].start", "第1段工作经历 开始日期", "在 2026-06-01 之后", "更正"),
        (job(end="2026-06-02"), "history[0].end", "第1段工作经历 结束日期", "在 2026-06-01 之后", "不要填写"),
        (job(start="1989-05-01"), "history[0].start", "第1段工作经历 开始日期", "早于出生日期 1990-05-01", "核对"),
        (job(start="2006-04-30"), "history[0].start", "第1段工作经历 开始日期", "未满16周岁", "2006-05-01"),
        (job(start=None), "history[0].start", "第1段工作经历 开始日期", "没有填写", "补填"),
        (job(strat="2012-07-01"), "history[0].strat", "第1段工作经历 strat", "不认识的字段", "start(开始日期)"),
        (job(occupation="电功"), "history[0].occupation", "第1段工作经历 职业", "无法判断“电功”", "是否应为“电工”?"),
        (job(occupation=""), "history[0].occupation", "第1段工作经历 职业", "没有填写", "related"),
        (job(related=False), "history[0].related", "第1段工作经历 是否相关职业", "属于本职业", "删去 related"),
        (job(occupation="中式烹调师", related=True), "history[0].related", "第1段工作经历 是否", "不属于", CODE),
        (job(related="yes"), "history[0].related", "第1段工作经历 是否相关职业", "须为 true 或 false", "引号"),
        (certificate(issued="1989-01-01"), "certificates[0].issued", "第1个证书 发证日期", "早于出生日期", "核对"),
        (certificate(issued="2026-06-02"), "certificates[0].issued", "第1个证书 发证日期", "之后", "更正"),
        (certificate(issued=None), "certificates[0].issued", "第1个证书 发证日期", "没有填写", "补填"),
        (certificate(level=None), "certificates[0].level", "第1个证书 等级", "没有可以读出等级的", "证书上的等级"),
        (certificate(level=4), "certificates[0].level", "第1个证书 等级", "须为不超过200字的文字", "引号"),
        (certificate(level="十级"), "certificates[0].level", "第1个证书 等级", "没有“十级”这个等级", "4(中级工)"),
        (certificate(occupation="电工工"), "certificates[0].occupation", "第1个证书 职业", "没有名为", "应为“电工”?"),
        (certificate(number="Y00004545030122400001"), *NUMBER, "为21位", "原件"),
        (certificate(number="Y000045450301224000000"), *NUMBER, "000000", "原件"),
        (certificate(number="Q000045450301224000001"), *NUMBER, "机构类别", "原件"),
        (certificate(number="Y000045450301223000001"), *NUMBER,
         "编号中的等级为三级/高级工,所填等级为四级/中级工", "改正其中一处"),
        (certificate(number="Y000045450301214000001"), *NUMBER,
         "编号中的年份为2021,而发证日期为 2022-05-01", "改正其中一处"),
        (certificate(number="1845019234400001", issued="2018-01-01"), *NUMBER, "须为16位数字", "对照证书"),
        (certificate(number="1745011234400001", issued="2018-01-01"), *NUMBER, "编号中的年份为17", "改正其中一处"),
        (changed(education=[{"kind": "college"}]), "education[0].kind", "第1段学历 学校类别", "“college”", "bachelor"),
        (changed(education=[{"kind": "bachelor", "graduated": "1980-07-01"}]), "education[0].graduated",
         "第1段学历 毕业日期", "早于出生日期", "核对"),
        (changed(education=[{"kind": "bachelor", "graduated": "2066-07-01"}]), "education[0].graduated",
         "第1段学历 毕业日期", "年份 2066 不合情理", "核对"),
        (changed(titles=[{"rank": "junior", "granted": "2026-06-02"}]), "titles[0].granted",
         "第1个职称 取得日期", "之后", "更正"),
        (changed(titles=[{"granted": "2020-01-01"}]), "titles[0].rank", "第1个职称 职称级别", "没有填写", "补填"),
        (changed(preparatory_technician="2027-01-01"), "preparatory_technician", "预备技师证书取得", "之后", "更正"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_its_mend(raw: object, place: str, title: str, what: str, mend: str) -> None:
    (found,) = faults(raw)
    assert found.place == place
    assert found.title.startswith(title)
    assert what in found.what
    assert mend in found.mend


def test_every_fault_is_told_at_once_in_the_order_of_the_account() -> None:
    raw = changed(
        history=[
            {"start": "2012-07-01", "occupation": "电工"},
            {"start": "2030-01-01", "occupation": "电工"},
            {"start": "2013-07-01", "end": "2012-01-01", "occupation": "电工"},
        ],
        titles=[{"rank": "professor", "granted": "2020-01-01"}],
        wish="十级",
    )
    assert [each.place for each in faults(raw)] == ["history[1].start", "history[2].end", "titles[0].rank", "wish"]
    assert [each.title for each in faults(raw)][:2] == ["第2段工作经历 开始日期", "第3段工作经历 结束日期"]


def test_the_age_from_which_work_counts_is_a_parameter_and_never_below_the_law() -> None:
    try:
        configure({"work.min_age": 18})
        assert "2008-05-01" in faults(job(start="2007-01-01"))[0].mend
        with pytest.raises(ValueError, match="不得小于 16"):
            configure({"work.min_age": 15})
    finally:
        configure({})


def test_work_on_the_sixteenth_birthday_of_a_leap_day_child_begins_on_the_first_of_march() -> None:
    born = {"birth": "2009-01-31", "history": [{"start": "2025-01-31", "occupation": "电工"}]}
    assert parse(born).facts.history[0].start == date(2025, 1, 31)
    (found,) = faults({**born, "history": [{"start": "2025-01-30", "occupation": "电工"}]})
    assert "2025-01-31" in found.mend


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLACES = [(), ("birth",), ("history",), ("history", 1), ("history", 0, "start"), ("history", 1, "occupation"),
          ("history", 1, "related"), ("certificates", 0), ("certificates", 0, "number"), ("certificates", 0, "level"),
          ("education", 0, "kind"), ("education", 0, "graduated"), ("titles", 0, "rank"), ("wish",)]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), anything)
def test_whatever_is_written_is_read_or_refused_with_places(place: tuple[str | int, ...], value: object) -> None:
    whole: Any = {"raw": json.loads(json.dumps({**GOOD, "certificates": GOOD["certificates"][:1]}))}
    inner, last = whole, "raw"
    for key in place:
        inner, last = inner[last], key  # type: ignore[assignment]
    inner[last] = value
    try:
        parse(whole["raw"])
    except PersonFaults as found:
        assert found.faults
        assert all(each.what and each.mend and each.title for each in found.faults)
