"""core/trust/certno.py: every worked example and every wrong number of the domain notes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.law.codes import CERTIFICATE_PROVINCES
from jiangheng.core.trust.certno import (
    CertificateNumber,
    check_certno,
    compose_certno,
    filing_number,
    looks_like_certno,
    old_certificate_level,
    parse_certno,
    plan_number,
    ticket_number,
)

ON = date(2026, 3, 2)
GOOD = "S000045990001253000362"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Y000123000001195000001", ("Y", "0001", "23", "000001", "19", "5", "000001")),
        ("S000045990001253000362", ("S", "0000", "45", "990001", "25", "3", "000362")),
        ("Y004145117705263000018", ("Y", "0041", "45", "117705", "26", "3", "000018")),
        ("Y000545000001263000001", ("Y", "0005", "45", "000001", "26", "3", "000001")),
        ("Y004135090225254000001", ("Y", "0041", "35", "090225", "25", "4", "000001")),
        ("Y000511110084225000001", ("Y", "0005", "11", "110084", "22", "5", "000001")),
        ("Y004144031005264000001", ("Y", "0041", "44", "031005", "26", "4", "000001")),
    ],
)
def test_the_worked_examples_split_into_their_seven_parts(text: str, parts: tuple[str, ...]) -> None:
    number = parse_certno(text, on=ON)
    assert number == CertificateNumber(*parts)
    assert str(number) == text
    assert number.site_code == text[:13]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (GOOD[:-1], "21 位"),
        (GOOD + "1", "23 位"),
        ("s" + GOOD[1:], "格式不符"),
        ("Q" + GOOD[1:], "机构类别代码 Q 不存在"),
        (GOOD[:15] + "0" + GOOD[16:], "等级代码 0 不存在"),
        (GOOD[:15] + "6" + GOOD[16:], "等级代码 6 不存在"),
        (GOOD[:5] + "00" + GOOD[7:], "省级代码 00 不存在"),
        (GOOD[:5] + "99" + GOOD[7:], "省级代码 99 不存在"),
        (GOOD[:16] + "000000", "序列码为 000000"),
        (GOOD[:13] + "27" + GOOD[15:], "2027 在 2026 年之后"),
        (GOOD[:-1] + "٣", "格式不符"),
        ("S0003" + "45" * 5, "15 位"),
    ],
)
def test_a_wrong_number_is_refused_with_the_part_named(text: str, what: str) -> None:
    found = check_certno(text, on=ON)
    assert not isinstance(found, CertificateNumber)
    assert any(what in problem.what for problem in found)
    with pytest.raises(ValueError, match=what):
        parse_certno(text, on=ON)


def test_a_number_is_compared_with_the_filing_of_the_institution() -> None:
    assert isinstance(check_certno(GOOD, on=ON, province="45", org_class="S"), CertificateNumber)
    found = check_certno(GOOD, on=ON, province="44", org_class="Y")
    assert not isinstance(found, CertificateNumber)
    assert [problem.what for problem in found] == ["省级代码 45 与备案不一致", "机构类别代码 S 与备案不一致"]


def test_an_appointed_technician_has_a_letter_at_the_place_of_the_level() -> None:
    text = compose_certno(org_class="Y", province="45", site_serial=1, year=2026, level_code="T", serial=1)
    assert text == "Y00004500000126T000001"
    assert sum(char.isalpha() for char in text) == 2
    assert looks_like_certno(text)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from("YSJ"), st.sampled_from(sorted(CERTIFICATE_PROVINCES)), st.integers(0, 999999),
    st.integers(2019, 2099), st.sampled_from("54321TC"), st.integers(1, 999999),
)  # fmt: skip
def test_a_composed_number_reads_back(org: str, province: str, site: int, year: int, level: str, serial: int) -> None:
    text = compose_certno(
        org_class=org, province=province, site_serial=site, year=year, level_code=level, serial=serial
    )
    number = parse_certno(text, on=date(2099, 12, 31))
    assert (len(text), number.year, int(number.cert_serial), number.level_code) == (22, year, serial, level)
    assert looks_like_certno(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"org_class": "Q"}, "机构类别代码 Q 不存在"),
        ({"org_code": "41"}, "证书编号为 20 位"),
        ({"province": "99"}, "省级代码 99 不存在"),
        ({"site_serial": 1_000_000}, "站点序列码 1000000"),
        ({"year": 26}, "核发年份 26"),
        ({"level_code": "A"}, "等级代码 'A' 不核发"),
        ({"level_code": "6"}, "等级代码 '6' 不核发"),
        ({"serial": 0}, "证书序列码 0"),
        ({"serial": 1_000_000}, "证书序列码 1000000"),
    ],
)
def test_a_part_out_of_range_is_never_composed(change: dict[str, object], message: str) -> None:
    parts = {"org_class": "Y", "province": "45", "site_serial": 1, "year": 2026, "level_code": "5", "serial": 1}
    with pytest.raises(ValueError, match=message):
        compose_certno(**{**parts, **change})  # type: ignore[arg-type]


def test_the_old_certificate_tells_its_level_and_a_wrong_one_is_refused() -> None:
    assert old_certificate_level("1545032001412345") == "4"
    for wrong in ("154503200141234", "1545035001412345", "1545032001612345"):
        with pytest.raises(ValueError, match="16位数字"):
            old_certificate_level(wrong)


def test_plan_and_ticket_numbers_have_the_shape_seen_on_the_national_platform() -> None:
    assert plan_number(year=2026, site_serial=0, running=2) == "26450000000002"
    assert plan_number(year=2026, province="44", site_serial=31005, running=2) == "26440310050002"
    assert ticket_number(date(2026, 4, 9), site_serial=1, running=1) == "260409450000010001"


def test_a_running_number_that_outgrows_its_places_is_refused() -> None:
    with pytest.raises(ValueError, match="计划顺序号 10000"):
        plan_number(year=2026, site_serial=1, running=10000)
    with pytest.raises(ValueError, match="准考证顺序号 0"):
        ticket_number(date(2026, 4, 9), site_serial=1, running=0)
    with pytest.raises(ValueError, match="省级代码 '99' 不存在"):
        plan_number(year=2026, province="99", site_serial=1, running=1)


def test_a_filing_number_names_kind_county_and_year() -> None:
    assert filing_number("Y", county="450302", year=2026, serial=1) == "GL-Y-450302-2026-0001"
    assert filing_number("Z", county="450300", year=2026, serial=12) == "GL-Z-450300-2026-0012"


@pytest.mark.parametrize(
    ("kind", "county", "serial", "message"),
    [
        ("Q", "450302", 1, "机构类别"),
        ("Y", "450331", 1, "现行县级区划"),
        ("Y", "440100", 1, "现行"),
        ("Y", "450302", 0, "顺序号 0"),
    ],
)
def test_a_wrong_filing_number_is_never_made(kind: str, county: str, serial: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        filing_number(kind, county=county, year=2026, serial=serial)
