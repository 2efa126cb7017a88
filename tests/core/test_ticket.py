"""core/exam/ticket.py: a pass is what the office signed, or it is refused with the precise reason."""

from __future__ import annotations

import base64
import hmac
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, fields, replace

from jiangheng.core.exam.ticket import VERSION, BadPass, Pass, key_id, keyring, sign, verify

KEY, NEWER = b"k" * 32, b"n" * 32
TICKET = Pass(
    sitting=12,
    session=3,
    place="45/03/05/0017/",
    paper="ab" * 32,
    seed="00ff" * 8,
    opens=1_000_000,
    closes=6_400_000,
    extra=600,
    fence=1,
    seat="A-03",
    issued=900_000,
    breaks=900,
    large=True,
    lock_after=3,
    latest=2_800_000,
    camera=60,
    seb=("cd" * 32,),
)


def refusal(text: str, *keys: bytes) -> str:
    with pytest.raises(BadPass) as caught:
        verify(text, keyring(*(keys or (KEY,))))
    assert caught.value.reason.endswith("。")
    return caught.value.code


def forged(payload: bytes, key: bytes = KEY) -> str:
    """Text with a good signature over any payload: what another release might have written."""
    head = f"{VERSION}.{key_id(key)}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}"
    mac = hmac.digest(key, head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@given(
    sitting=st.integers(0, 2**53 - 1),
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
    assert refusal(f"v1.{key}.{payload}.{mac}") == "pass_version"
    assert refusal(f"{version}.00000000.{payload}.{mac}") == "pass_key"
    assert refusal(f"{version}.{key}.{payload}.{'A' * 43}") == "pass_forged"
    assert refusal(f"{version}.{key}.{payload}") == "pass_malformed"
    assert refusal(f"{version}.{key}.{payload}.{mac}=") == "pass_malformed"
    assert refusal("x" * 5000) == "pass_malformed"


def test_a_signed_content_of_another_release_is_not_guessed_at() -> None:
    said = asdict(TICKET)
    assert verify(forged(json.dumps(said).encode()), keyring(KEY)) == TICKET
    more, other = json.dumps(said | {"role": "x"}), json.dumps(said | {"fence": "1"})
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
        {"place": "4" * 65},
        {"breaks": -1},
        {"seb": ("zz" * 32,)},
        {"seb": ("cd" * 32,) * 9},
    ],
)
def test_a_pass_that_could_never_be_good_is_not_signed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        sign(replace(TICKET, **wrong), KEY)  # type: ignore[arg-type]


def test_what_a_state_depends_on_is_taken_from_the_pass_word_for_word() -> None:
    terms = TICKET.terms
    assert {field.name for field in fields(Pass)} >= set(terms.__slots__)
    assert all(getattr(terms, name) == getattr(TICKET, name) for name in terms.__slots__)


def test_a_pass_says_no_more_than_it_must() -> None:
    plain = Pass(sitting=1, paper="ab" * 32, seed="00" * 8, opens=1, closes=2, fence=1, seat="", issued=0)
    assert (plain.seb, plain.camera, plain.lock_after, plain.breaks, plain.large) == ((), 0, 0, 0, False)
    assert verify(sign(plain, KEY), keyring(KEY)) == plain


def test_a_short_key_is_not_used() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sign(TICKET, b"short")
