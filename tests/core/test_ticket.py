"""core/exam/ticket.py: a pass is what the office signed, or it is refused with the precise reason."""

from __future__ import annotations

import base64
import hmac
import json
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.ticket import BadPass, Pass, key_id, keyring, sign, verify

KEY, NEWER = b"k" * 32, b"n" * 32
TICKET = Pass(
    sitting=12,
    paper="ab" * 32,
    seed="00ff" * 8,
    opens=1_000_000,
    closes=6_400_000,
    extra=600,
    fence=1,
    seat="A-03",
    issued=900_000,
)


def refusal(text: str, *keys: bytes) -> str:
    with pytest.raises(BadPass) as caught:
        verify(text, keyring(*(keys or (KEY,))))
    assert caught.value.reason.endswith("。")
    return caught.value.code


def forged(payload: bytes, key: bytes = KEY) -> str:
    """Text with a good signature over any payload: what another release might have written."""
    head = f"v1.{key_id(key)}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}"
    mac = hmac.digest(key, head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@given(
    sitting=st.integers(0, 2**53),
    seat=st.text(max_size=64).filter(lambda text: text.isprintable()),
    opens=st.integers(0, 2**50),
    length=st.integers(1, 2**40),
    seed=st.binary(min_size=8, max_size=64),
)
def test_what_was_signed_is_read_again(sitting: int, seat: str, opens: int, length: int, seed: bytes) -> None:
    ticket = replace(TICKET, sitting=sitting, seat=seat, opens=opens, closes=opens + length, seed=seed.hex())
    assert verify(sign(ticket, KEY), keyring(KEY)) == ticket


def test_a_pass_of_the_former_key_is_honoured_while_the_key_is_kept() -> None:
    text = sign(TICKET, KEY)
    assert verify(text, keyring(NEWER, KEY)) == TICKET
    assert refusal(text, NEWER) == "pass_key"


@given(st.data())
def test_no_single_character_of_a_pass_can_be_changed(data: st.DataObject) -> None:
    text = sign(TICKET, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    letters = string.ascii_letters + string.digits + "-_.=+/ 匠"
    other = data.draw(st.sampled_from(letters).filter(lambda letter: letter != text[place]))
    assert refusal(text[:place] + other + text[place + 1 :]).startswith("pass_")


@given(st.text(max_size=200))
def test_no_other_text_is_a_pass(text: str) -> None:
    assert refusal(text) in {"pass_malformed", "pass_version", "pass_key"}


def test_each_fault_has_its_own_reason() -> None:
    version, key, payload, mac = sign(TICKET, KEY).split(".")
    assert refusal(f"v2.{key}.{payload}.{mac}") == "pass_version"
    assert refusal(f"{version}.00000000.{payload}.{mac}") == "pass_key"
    assert refusal(f"{version}.{key}.{payload}.{'A' * 43}") == "pass_forged"
    assert refusal(f"{version}.{key}.{payload}") == "pass_malformed"
    assert refusal(f"{version}.{key}.{payload}.{mac}=") == "pass_malformed"
    assert refusal("x" * 5000) == "pass_malformed"


def test_a_signed_content_of_another_release_is_not_guessed_at() -> None:
    fields = {name: getattr(TICKET, name) for name in Pass.__dataclass_fields__}
    assert verify(forged(json.dumps(fields).encode()), keyring(KEY)) == TICKET
    more, other = json.dumps(fields | {"role": "x"}), json.dumps(fields | {"fence": "1"})
    for payload in (b"{}", b"[]", b"no", more.encode(), other.encode()):
        assert refusal(forged(payload)) == "pass_content"


@pytest.mark.parametrize(
    "wrong",
    [
        {"paper": "../../../secret"},
        {"paper": "AB" * 32},
        {"seed": "xyz"},
        {"seed": ""},
        {"closes": 1_000_000},
        {"extra": -1},
        {"seat": "座" * 65},
        {"sitting": True},
    ],
)
def test_a_pass_that_could_never_be_good_is_not_signed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        sign(replace(TICKET, **wrong), KEY)  # type: ignore[arg-type]


def test_a_short_key_is_not_used() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sign(TICKET, b"short")
