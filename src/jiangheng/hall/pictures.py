"""Pictures of a candidate's camera, where the session has them and he agreed: each a sealed file, until its day (K13).

They lie on this machine alone. Each is bound to its sitting and moment, so one that was moved or altered does not open;
the journal has its digest, and keeps it when the picture has been destroyed.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class NoPicture(Exception):
    """There is no picture of that moment, or it was altered."""


def is_jpeg(picture: bytes) -> bool:
    """Does it begin and end as a JPEG does? Nobody decodes it here."""
    return picture.startswith(b"\xff\xd8\xff") and picture.endswith(b"\xff\xd9")


def keep(home: Path, secret: bytes, *, sitting: int, at: int, picture: bytes) -> None:
    """Write a picture, sealed and flushed to disk; ``OSError`` when there is no room."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + _cipher(secret).encrypt(nonce, picture, _bound(sitting, at))
    folder = _folder(home, sitting)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{at}"
    with fresh.open("wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / str(at))


def drop(home: Path, *, sitting: int, at: int) -> None:
    """Remove one picture: the journal did not take it."""
    (_folder(home, sitting) / str(at)).unlink(missing_ok=True)


def moments(home: Path, sitting: int) -> list[int]:
    """When pictures of a sitting were taken, UTC milliseconds, in order."""
    folder = _folder(home, sitting)
    return sorted(int(file.name) for file in folder.glob("[0-9]*")) if folder.is_dir() else []


def opened(home: Path, secret: bytes, *, sitting: int, at: int) -> bytes:
    """A picture; :class:`NoPicture` when it is not there or not what was kept."""
    try:
        sealed = (_folder(home, sitting) / str(at)).read_bytes()
        return _cipher(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(sitting, at))
    except (OSError, InvalidTag, ValueError) as error:
        raise NoPicture(f"{sitting}/{at}") from error


def there_are(home: Path, sittings: Iterable[int]) -> bool:
    """Is a picture of any of these sittings kept?"""
    if not (home / "hall" / "pictures").is_dir():
        return False
    return any(moments(home, sitting) for sitting in sittings)


def destroy(home: Path, sittings: Iterable[int]) -> int:
    """Remove every picture of these sittings; how many there were."""
    count = 0
    for sitting in sittings:
        folder = _folder(home, sitting)
        for file in folder.glob("*") if folder.is_dir() else ():
            count += not file.name.startswith(".")
            file.unlink()
        if folder.is_dir():
            folder.rmdir()
    return count


def _folder(home: Path, sitting: int) -> Path:
    return home / "hall" / "pictures" / str(int(sitting))


def _bound(sitting: int, at: int) -> bytes:
    return f"{sitting} {at}".encode()


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(hmac.digest(secret, b"jiangheng/camera pictures/1", "sha256"))
