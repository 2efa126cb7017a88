"""core/law/identity.py: checks against the published vectors, ages, masks."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiangheng.core.law.identity import (
    Identity,
    age_on,
    check_identity,
    check_org_code,
    check_uscc,
    citizen_check,
    make_identity,
    mask_identity,
    mask_name,
    mask_phone,
    mod37_36,
    normalise,
    org_check,
)

ON = date(2026, 3, 2)
GOOD = [
    "11010519491231002X",
    "440524188001010014",
    "450302199001010010",
    "450381198512121231",
    "810000199001010019",
    "830000199001010012",
]
USCC = [
    "91330100799655058B",
    "914403001922038216",
    "91110108551385082Q",
    "91350100M000100Y43",
    "91450300MA5TETT10L",
]
people = st.builds(
    make_identity,
    st.sampled_from(["450302", "450322", "110105", "650000", "820000"]),
    birth=st.dates(date(1930, 1, 1), date(2010, 1, 1)),
    sequence=st.integers(0, 499),
    sex=st.sampled_from("12"),
)


@pytest.mark.parametrize("number", GOOD)
def test_the_published_vectors_pass(number: str) -> None:
    found = check_identity(number, on=ON)
    assert isinstance(found, Identity)
    assert (found.number, f"{found.birth:%Y%m%d}", found.region_code) == (number, number[6:14], number[:6])


def test_the_parts_of_a_number_are_read() -> None:
    assert check_identity("450302199001010010", on=ON) == Identity(
        "450302199001010010", date(1990, 1, 1), "1", "450302"
    )
    woman = check_identity("11010519491231002X", on=ON)
    assert isinstance(woman, Identity) and woman.sex == "2"


def test_full_width_spaces_and_a_small_x_are_mended() -> None:
    assert normalise(" 110105 19491231　002x​") == "11010519491231002X"
    assert isinstance(check_identity("１１０１０５１９４９１２３１００２ｘ", on=ON), Identity)


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("450302900101001", "15位旧号码"),
        ("4503021990010100", "16 位"),
        ("45030219900101001A", "不允许的字符"),
        ("4503021990O1010010", "不允许的字符"),
        ("٤50302199001010010", "不允许的字符"),
        ("990302199001010010", "地区代码 90 不存在"),
        ("160302199001010010", "地区代码 16 不存在"),
        ("450302199002300010", "出生日期 19900230 不存在"),
        ("450302203001010010", "2026-03-02 之后"),
        ("450302099001010010", "出生年份 990 过早"),
        ("450302199001010011", "校验位不符"),
    ],
)
def test_a_wrong_number_is_refused_with_the_fault_named(number: str, what: str) -> None:
    found = check_identity(number, on=ON)
    assert not isinstance(found, Identity)
    assert any(what in problem.what for problem in found)
    assert all(problem.why and problem.mend for problem in found)


def test_all_faults_of_one_number_are_told_at_once() -> None:
    found = check_identity("160302199002300011", on=ON)
    assert not isinstance(found, Identity) and len(found) == 3


def test_the_permanent_residence_card_of_a_foreigner_passes() -> None:
    first17 = "91115619900101001"
    assert isinstance(check_identity(first17 + citizen_check(first17), on=ON), Identity)


@settings(max_examples=25, deadline=None)
@given(people, st.integers(0, 17), st.sampled_from(string.digits))
def test_any_change_of_one_digit_is_refused(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    assert not isinstance(check_identity(number[:place] + digit + number[place + 1 :], on=ON), Identity)


@pytest.mark.parametrize("number", GOOD)
def test_every_single_digit_change_of_the_vectors_is_refused(number: str) -> None:
    for place in range(18):
        for digit in set(string.digits) - {number[place]}:
            assert not isinstance(check_identity(number[:place] + digit + number[place + 1 :], on=ON), Identity)


@settings(max_examples=25, deadline=None)
@given(st.dates(date(1930, 1, 1), date(2010, 1, 1)), st.integers(0, 499), st.sampled_from("12"))
def test_a_made_number_reads_back_as_it_was_made(birth: date, sequence: int, sex: str) -> None:
    number = make_identity("450381", birth=birth, sequence=sequence, sex=sex)
    assert check_identity(number, on=ON) == Identity(number, birth, sex, "450381")


def test_made_numbers_of_one_day_never_collide() -> None:
    day = date(1990, 1, 1)
    made = {make_identity("450302", birth=day, sequence=n, sex=sex) for n in range(500) for sex in "12"}
    assert len(made) == 1000


@pytest.mark.parametrize(
    ("region", "sequence", "sex"), [("160302", 1, "1"), ("45030", 1, "1"), ("450302", 500, "1"), ("450302", 1, "0")]
)
def test_an_impossible_person_is_not_made(region: str, sequence: int, sex: str) -> None:
    with pytest.raises(ValueError, match="须"):
        make_identity(region, birth=date(1990, 1, 1), sequence=sequence, sex=sex)


def test_age_is_full_on_the_birthday_and_after_a_leap_day_on_the_first_of_march() -> None:
    assert age_on(date(2010, 3, 2), date(2026, 3, 1)) == 15
    assert age_on(date(2010, 3, 2), date(2026, 3, 2)) == 16
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize("code", USCC)
def test_the_published_credit_codes_pass_with_their_organisation_code(code: str) -> None:
    assert check_uscc(code) == ()
    assert check_uscc(f" {code.lower()} ") == ()
    assert check_org_code(code[8:17]) == ()


@pytest.mark.parametrize("code", USCC)
def test_every_change_of_one_character_of_a_credit_code_is_refused(code: str) -> None:
    for place in range(18):
        for char in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {code[place]}:
            assert check_uscc(code[:place] + char + code[place + 1 :])


@pytest.mark.parametrize(
    ("code", "what"),
    [("9145030", "7 位"), ("9145O300MA5TETT10L", "含有 O"), ("91450300MA5TETT101", "校验位")],
)
def test_a_wrong_credit_code_is_refused_with_the_fault_named(code: str, what: str) -> None:
    (problem,) = check_uscc(code)
    assert what in problem.what and problem.mend


def test_the_organisation_code_vector_and_its_faults() -> None:
    assert org_check("79965505") == "8"
    assert check_org_code("79965505-8") == ()
    assert "校验位" in check_org_code("799655059")[0].what
    assert "格式" in check_org_code("7996550")[0].what


def test_the_mod_37_36_vector() -> None:
    assert mod37_36("A12425GABC1234002") == "M"


@settings(max_examples=25, deadline=None)
@given(people)
def test_a_masked_identity_shows_neither_birth_nor_region(number: str) -> None:
    masked = mask_identity(number)
    assert masked == "*" * 14 + number[-4:]


def test_short_values_are_hidden_whole() -> None:
    assert (mask_identity("12345678"), mask_phone("1234567"), mask_name("张"), mask_name("")) == (
        "*" * 8,
        "*" * 7,
        "*",
        "",
    )


def test_names_keep_their_first_character_and_phones_three_and_two() -> None:
    assert (mask_name("张三"), mask_name("欧阳小明")) == ("张*", "欧***")
    assert mask_phone("13800001234") == "138******34"
