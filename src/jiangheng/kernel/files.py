"""Files by digest, in the home folder, encrypted: rosters and photos are personal data.

A file is written before its row; a row never names a missing file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from . import vault
from .models import Attachment


def _path(digest: str) -> Path:
    return Path(settings.HOME) / "files" / digest[:2] / digest


def keep(data: bytes, *, name: str, media_type: str, scope: str) -> Attachment:
    """Store bytes and return their row in that scope."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{digest}.{secrets.token_hex(4)}")
        with fresh.open("wb") as file:
            file.write(vault.seal_bytes(data, column=digest))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return Attachment.everywhere.create(
        scope=scope, state="kept", digest=digest, name=name[:160], media_type=media_type, size=len(data)
    )


def read(attachment: Attachment) -> bytes:
    """The bytes of a kept file; raises if they are no longer what was handed in."""
    data = vault.unseal_bytes(_path(attachment.digest).read_bytes(), column=attachment.digest)
    if hashlib.sha256(data).hexdigest() != attachment.digest:
        raise ValueError(f"the kept file of attachment {attachment.pk} has been altered")
    return data
