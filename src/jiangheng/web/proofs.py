"""Is a certificate's record still what was written down at its issue? Checked against the trail (clause K10)."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

from jiangheng.apps.certificates.models import Certificate
from jiangheng.core.steps import step_of
from jiangheng.core.trust import canon
from jiangheng.kernel.models import Entry
from jiangheng.kernel.trail import plain


@dataclass(frozen=True)
class Proof:
    """The leaf of a step, and whether leaf and record still agree."""

    entry: Entry
    agrees: bool


def of_issue(certificate: Certificate) -> Proof | None:
    """The leaf of the issue, with every recorded fact of the row compared with it; ``None`` when there is no leaf."""
    entry = _last(certificate, "certificate.issue")
    return Proof(entry, _agrees(entry, certificate)) if entry else None


def of_annulment(certificate: Certificate) -> Entry | None:
    """The leaf of the annulment."""
    return _last(certificate, "certificate.void")


def _last(certificate: Certificate, step: str) -> Entry | None:
    return Entry.objects.filter(flow="certificate", thing=certificate.pk, step=step).order_by("-id").first()


def _agrees(entry: Entry, certificate: Certificate) -> bool:
    body = bytes(entry.body)
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), entry.digest):
        return False
    leaf = json.loads(body)
    if leaf["thing"] != f"certificate:{certificate.pk}" or leaf["step"] != entry.step:
        return False
    if not entry.salt:
        # the private part was destroyed when its time was over: the leaf alone still stands
        return True
    records = step_of("certificate.issue").records
    return all(
        leaf["evidence"].get(name) == canon.digest(plain(getattr(certificate, name)), entry.salt) for name in records
    )
