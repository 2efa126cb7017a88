"""Identity numbers at rest: AES-256-GCM, and a keyed index to find equal ones without opening any.

Encryption and index have separate keys derived from one master key in the home folder (outside the database and
its backups). The value is bound to its column (AAD), so a cipher text moved to another column does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from jiangheng.core.law.identity import normalise

from . import keys

KEY_ID = b"\x01"


def subkey(purpose: str) -> bytes:
    """A 32-byte key for one purpose, derived from the installation's master key."""
    return keys.subkey(Path(settings.HOME), purpose)


def seal_bytes(data: bytes, *, column: str) -> bytes:
    """Encrypt bytes for one place (a column, a file's digest)."""
    nonce = secrets.token_bytes(12)
    return KEY_ID + nonce + AESGCM(subkey("encrypt")).encrypt(nonce, data, column.encode())


def unseal_bytes(sealed: bytes, *, column: str) -> bytes:
    """Open them; ``cryptography.exceptions.InvalidTag`` if altered or moved from another place."""
    if sealed[:1] != KEY_ID:
        raise ValueError("sealed with a key this installation does not have")
    return AESGCM(subkey("encrypt")).decrypt(sealed[1:13], sealed[13:], column.encode())


def seal_with(key: bytes, data: bytes, *, place: str) -> bytes:
    """Encrypt bytes under a key of their own (a bank's) for one place."""
    nonce = secrets.token_bytes(12)
    return KEY_ID + nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def unseal_with(key: bytes, sealed: bytes, *, place: str) -> bytes:
    """Open them; ``cryptography.exceptions.InvalidTag`` if altered, moved, or sealed under another key."""
    if sealed[:1] != KEY_ID:
        raise ValueError("sealed with a key this installation does not have")
    return AESGCM(key).decrypt(sealed[1:13], sealed[13:], place.encode())


def seal(text: str, *, column: str) -> bytes:
    """Encrypt a value for one column."""
    return seal_bytes(text.encode(), column=column)


def unseal(sealed: bytes, *, column: str) -> str:
    """Open a value of that column."""
    return unseal_bytes(sealed, column=column).decode()


def index_of(identity: str) -> str:
    """The blind index of an identity number: equal numbers, however typed, have equal indexes."""
    return hmac.new(subkey("index"), normalise(identity).encode(), hashlib.sha256).hexdigest()


if TYPE_CHECKING:
    # to the type checker the column is what Python sees: text
    _Base = models.TextField[str, str]
else:
    _Base = models.BinaryField


class SealedField(_Base):
    """Text that the database holds only encrypted; in Python it is plain ``str``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        # a BinaryField's default must be bytes; this one is text in Python and bytes only in the database
        return []

    def _column(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = seal(value, column=self._column()) if value else b""
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return unseal(bytes(value), column=self._column()) if value else ""
