"""core/trust/canon.py: one value, one byte string."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.trust.canon import canonical, digest

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert canonical({"b": [1, None, True], "a": "桂林"}) == '{"a":"桂林","b":[1,null,true]}'.encode()


def test_keys_beyond_the_basic_plane_are_sorted_as_rfc_8785_asks() -> None:
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


def test_control_characters_and_quotes_are_escaped_as_rfc_8785_asks() -> None:
    assert canonical("\u20ac$\u000f\nA'\"\\/\x7f") == '"\u20ac$\\u000f\\nA\'\\"\\\\/\x7f"'.encode()


def test_equal_marks_have_equal_bytes_whatever_the_scale_of_their_column() -> None:
    assert {canonical(Decimal(text)) for text in ("85", "85.0", "85.00", "8.5E+1")} == {b'"85"'}
    assert canonical(Decimal("0.50")) == b'"0.5"'
    assert canonical(Decimal("-0.00")) == b'"0"'
    assert canonical(Decimal("100")) == b'"100"'


def test_equal_moments_have_equal_bytes_whatever_their_zone() -> None:
    china = timezone(timedelta(hours=8))
    assert canonical(datetime(2026, 3, 2, 9, tzinfo=china)) == canonical(datetime(2026, 3, 2, 1, tzinfo=UTC))
    assert canonical(datetime(2026, 3, 2, 1, tzinfo=UTC)) == b'"2026-03-02T01:00:00Z"'


def test_dates_identifiers_and_enums_become_text() -> None:
    class State(StrEnum):
        OPEN = "open"

    value = [date(2026, 3, 2), UUID(int=1), State.OPEN]
    assert canonical(value) == b'["2026-03-02","00000000-0000-0000-0000-000000000001","open"]'


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (1.5, TypeError, r"\$: float"),
        (float("nan"), TypeError, "float"),
        ({"a": [1, {"b": 0.1}]}, TypeError, r"\$\.a\[1\]\.b: float"),
        ({1: "a"}, TypeError, "key 1 is not text"),
        ({"a"}, TypeError, "set"),
        (b"a", TypeError, "bytes"),
        (Decimal("NaN"), ValueError, "not a number"),
        (Decimal("Infinity"), ValueError, "not a number"),
        (2**53, ValueError, "beyond"),
        ("\ud800", ValueError, "broken Unicode"),
        ({"\ud800": 1}, ValueError, "broken Unicode"),
    ],
)
def test_what_has_no_single_form_is_refused_with_its_place(value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        canonical(value)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        canonical(datetime(2026, 3, 2))  # noqa: DTZ001 - the refusal of such a time is what is tested


@settings(max_examples=25, deadline=None)
@given(plain)
def test_canonical_bytes_read_back_and_are_stable(value: object) -> None:
    once = canonical(value)
    assert json.loads(once) == value
    assert canonical(json.loads(once)) == once


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text(max_size=4), st.integers(0, 9), max_size=6))
def test_the_order_of_keys_never_matters(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_a_digest_can_be_computed_by_anyone_who_has_salt_and_value() -> None:
    assert digest({"mark": Decimal("85.0")}, "00ff") == hashlib.sha256(b'["00ff",{"mark":"85"}]').hexdigest()


def test_a_digest_depends_on_the_salt_and_cannot_go_without_it() -> None:
    assert digest("a", "s1") != digest("a", "s2")
    assert digest("1a", "s") != digest("a", "s1")
    with pytest.raises(ValueError, match="盐值"):
        digest("a", "")
