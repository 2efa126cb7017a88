"""core/exam/headproof.py: what the hall signed holds, and nothing else does (clause K10)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jiangheng.core.exam.headproof import holds, statement

HALL = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = HALL.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
SAID: dict[str, Any] = {"sitting": 7, "link": 3, "receipt": "ab" * 32, "at": 1_000}
SIGNATURE = HALL.sign(statement(**SAID)).hex()


def test_what_the_hall_signed_holds() -> None:
    assert holds(**SAID, key=PUBLIC, signature=SIGNATURE)


@pytest.mark.parametrize("change", [{"sitting": 8}, {"link": 4}, {"receipt": "ac" * 32}, {"at": 1_001}])
def test_a_changed_statement_does_not_hold(change: dict[str, Any]) -> None:
    assert not holds(**{**SAID, **change}, key=PUBLIC, signature=SIGNATURE)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "00" * 32},
        {"key": "zz"},
        {"key": "ab"},
        {"signature": "00" * 64},
        {"signature": "zz"},
        {"signature": ""},
    ],
)
def test_another_key_or_a_broken_signature_does_not_hold(change: dict[str, str]) -> None:
    assert not holds(**{**SAID, "key": PUBLIC, "signature": SIGNATURE, **change})


def test_the_signed_text_never_changes_between_releases() -> None:
    assert statement(**SAID) == b"jiangheng/receipt/v2\nhead 7 3 1000\n" + b"ab" * 32 + b"\n"
