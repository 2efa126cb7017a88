"""core/exam/quantity.py: a number is read however people write it, and nothing that is none becomes one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.quantity import Tolerance, number, tolerance

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)


@given(DECIMALS)
def test_a_number_that_was_written_out_is_read_as_itself(value: Decimal) -> None:
    assert number(f"{value:f}") == number(f"{value:,f}") == number(f"{value:E}") == value
    wide = f"{value:f}".translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert number(wide) == value


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader_and_what_it_reads_is_a_number_of_common_size(text: str) -> None:
    value = number(text, unit="Ω")
    assert value is None or (value.is_finite() and abs(value.adjusted()) <= 100)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,000", "1000"),
        ("1，234，567.5", "1234567.5"),
        (".5", "0.5"),
        ("1.25e-3", "0.00125"),
        ("3×10^8", "3E+8"),
        ("3*10^-2", "0.03"),
        ("12.5 kΩ", "12.5"),
        ("5ｋΩ", "5"),
    ],
)
def test_these_are_numbers(text: str, value: str) -> None:
    assert number(text, unit="kΩ") == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", " ", ".", "-", "1,00", "12,34,567", "1.2.3", "nan", "∞", "1e9999", "1e101", "0x10", "kΩ", "1_000", "½"]
)
def test_these_are_not(text: str) -> None:
    assert number(text, unit="kΩ") is None


def test_a_unit_is_taken_off_once_and_only_when_it_is_the_item_s_own() -> None:
    assert number("5 Ω", unit="V") is None
    assert number("5ΩΩ", unit="Ω") is None
    assert number("5") == number("5", unit="Ω") == 5
    assert number("220℃", unit="℃") == number("220°C", unit="℃") == 220


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Tolerance(Decimal(0))),
        ("0.5", Tolerance(Decimal("0.5"))),
        ("2%", Tolerance(Decimal(2), relative=True)),
        ("２％", Tolerance(Decimal(2), relative=True)),
        ("-1", None),
        ("多", None),
        ("%", None),
        ("inf", None),
    ],
)
def test_a_tolerance_is_a_distance_or_a_percentage(text: str, found: Tolerance | None) -> None:
    assert tolerance(text) == found


@given(right=DECIMALS, amount=st.decimals(0, 50, places=2), relative=st.booleans())
def test_the_limit_of_a_tolerance_is_within_it_and_a_hair_more_is_not(
    right: Decimal, amount: Decimal, relative: bool
) -> None:
    allowed = Tolerance(amount, relative)
    limit = abs(right) * amount / 100 if relative else amount
    hair = Decimal("0.0000001")
    assert allowed.allows(right + limit, right=right)
    assert allowed.allows(right - limit, right=right)
    assert not allowed.allows(right + limit + hair, right=right)
    assert not allowed.allows(right - limit - hair, right=right)
