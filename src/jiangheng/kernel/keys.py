"""The installation's master key in its home folder, and the keys derived from it; needs no Django (clause K13).

The hall takes its own from here, so that it starts and runs without the offices' framework.
"""

from __future__ import annotations

import functools
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def subkey(home: Path, purpose: str) -> bytes:
    """A 32-byte key for one purpose, derived from the master key of the installation in ``home``."""
    return _derived(home / "keys" / "vault.key", purpose)


@functools.lru_cache(maxsize=8)
def _master(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    key = path.read_bytes()
    if len(key) != 32:
        raise ValueError(f"the vault key {path.name} must hold 32 bytes")
    return key


@functools.lru_cache(maxsize=32)
def _derived(path: Path, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(_master(path))
