"""Verification by number and name (W10): one answer for "no such number" and "another name", nothing to probe."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass

from jiangheng.core.law.identity import normalise

from .models import Certificate


@dataclass(frozen=True)
class Verification:
    """What the public page shows. ``outcome``: valid, void, or unknown."""

    outcome: str
    certificate: Certificate | None = None


def verify(*, number: str, name: str) -> Verification:
    """Is there a certificate of that number for a person of that name?"""
    found = Certificate.everywhere.filter(number=normalise(number)).select_related("institution").first()
    wanted = _plain_name(name)
    # compared in constant time and always, so that the answer takes as long whether or not the number exists
    same = hmac.compare_digest(_plain_name(found.name if found else "").encode(), wanted.encode())
    if found is None or not same or not wanted:
        return Verification("unknown")
    return Verification("void" if found.state == "void" else "valid", found)


def _plain_name(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).replace("·", "").replace("•", "").split())
