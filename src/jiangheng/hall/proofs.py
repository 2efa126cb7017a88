"""The hall's signature over the head of a sitting's chain (clause K10).

A receipt in the chain proves what stood before it, as long as nobody rewrites the whole chain; a signed head proves it
against the hall itself. Signing takes a third of what saving takes, so heads are signed with signs of life and hand-in.
"""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jiangheng.core.exam.headproof import statement

from . import wire

_MOST = 50_000


class Prover:
    """Signs heads; the same head is signed once."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hmac.digest(secret, b"jiangheng/receipt signing/1", "sha256"))
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        self._made: dict[int, wire.Proof] = {}

    def of(self, sitting: int, link: int, receipt: str, at: int) -> wire.Proof:
        """The proof that this was the head at that moment, or at an earlier one when it has not changed since."""
        made = self._made.get(sitting)
        if made is None or made.receipt != receipt:
            signature = self._key.sign(statement(sitting=sitting, link=link, receipt=receipt, at=at)).hex()
            if len(self._made) >= _MOST:
                self._made.clear()
            made = wire.Proof(link=link, receipt=receipt, at=at, key=self.public, signature=signature)
            self._made[sitting] = made
        return made
