"""What the hall signs about the head of a sitting's chain, and the check of it (clause K10)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def statement(*, sitting: int, link: int, receipt: str, at: int) -> bytes:
    """The text that is signed: "at this moment entry number ``link`` with this receipt was on disk"."""
    return f"jiangheng/receipt/v2\nhead {sitting} {link} {at}\n{receipt}\n".encode()


def holds(*, sitting: int, link: int, receipt: str, at: int, key: str, signature: str) -> bool:
    """Did the hall with that public key (hex) sign this?"""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), statement(sitting=sitting, link=link, receipt=receipt, at=at))
    except (InvalidSignature, ValueError):
        return False
    return True
