"""The trail (clause K10): one leaf per step, in the step's own transaction; the timeline of a thing.

The leaf holds ids, step, clause and salted digests. What the digests stand for (evidence), the salt and the
actor's name are the entry's private part: `shred` destroys them and the leaf still verifies.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from jiangheng.core.authority import Actor
from jiangheng.core.steps import Step
from jiangheng.core.trust import canon, merkle

from .models import Entry, Serial

ORIGIN = "jiangheng/trail"
"""The trail's name in its checkpoints, and of the series of its numbers."""

# one statement for a log of any length: numbering row by row would hold up the draw that waits for it
_NUMBER = """
    UPDATE kernel_entry SET number = fresh.place
    FROM (
        SELECT id, %s + ROW_NUMBER() OVER (ORDER BY id) AS place FROM kernel_entry WHERE number IS NULL
    ) AS fresh
    WHERE kernel_entry.id = fresh.id
"""


def record(
    step: Step,
    thing: Any,
    *,
    actor: Actor,
    before: str,
    given: Mapping[str, Any],
    made_at: dt.datetime,
    correlation: uuid.UUID,
) -> Entry:
    """Write the leaf of a step that has just been carried out."""
    entry = leaf(step, thing, actor=actor, before=before, given=given, made_at=made_at, correlation=correlation)
    entry.save(force_insert=True)
    return entry


def leaf(
    step: Step,
    thing: Any,
    *,
    actor: Actor,
    before: str,
    given: Mapping[str, Any],
    made_at: dt.datetime,
    correlation: uuid.UUID,
) -> Entry:
    """The leaf of a step, not yet written."""
    salt = secrets.token_hex(16)
    evidence: dict[str, Any] = {name: plain(_value(thing, name)) for name in step.records}
    said = {name: plain(value) for name, value in given.items() if plain(value) not in (None, "", [])}
    if said:
        evidence["given"] = said
    body = canon.canonical(
        {
            "step": step.code,
            "clause": step.clause,
            "thing": f"{step.flow}:{thing.pk}",
            "scope": thing.scope,
            "actor": actor.id,
            "before": before,
            "after": thing.state,
            "at": made_at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
            "correlation": str(correlation),
            "evidence": {name: canon.digest(value, salt) for name, value in evidence.items()},
        }
    )
    return Entry(
        correlation=correlation, step=step.code, clause=step.clause, flow=step.flow, thing=thing.pk, scope=thing.scope,
        actor=actor.id, actor_name=actor.name[:120], before=before, after=thing.state, made_at=made_at, body=body,
        digest=hashlib.sha256(body).hexdigest(), salt=salt, evidence=evidence,
    )  # fmt: skip


def _value(thing: Any, name: str) -> Any:
    value = thing
    for part in name.split("."):
        value = getattr(value, part)
    return value() if callable(value) else value


def plain(value: Any) -> Any:
    """A value as JSON can hold it: rows by id, files by name and digest, moments in ISO form, numbers as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | float):
        return str(value)
    if isinstance(value, dt.datetime):
        moment = value if timezone.is_aware(value) else timezone.make_aware(value)
        return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, models.QuerySet | list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if hasattr(value, "chunks"):
        return _file_digest(value)
    return str(value)


def _file_digest(upload: Any) -> dict[str, str]:
    # an upload's name may be a person's name or number: the trail keeps what the file was, not what it was called
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return {"sha256": digest.hexdigest(), "size": str(upload.size)}


def timeline(flow: str, thing: int) -> models.QuerySet[Entry]:
    """Every step on one thing, oldest first. The caller has reached the thing."""
    return Entry.objects.filter(flow=flow, thing=thing).order_by("id")


def timeline_under(scope: str) -> models.QuerySet[Entry]:
    """Every step on everything at or below a scope the caller has reached, oldest first."""
    from jiangheng.core.authority import span

    low, high = span(scope)
    return Entry.objects.filter(scope__gte=low, scope__lt=high).order_by("id")


def last_by(flow: str, thing: int, step: str) -> str:
    """Who last did that step on that thing: the actor's id, or empty."""
    found = Entry.objects.filter(flow=flow, thing=thing, step=f"{flow}.{step}").order_by("-id").first()
    return found.actor if found else ""


def did(actor: str, flow: str, thing: int, step: str) -> bool:
    """Has that actor ever done that step on that thing?"""
    return Entry.objects.filter(flow=flow, thing=thing, step=f"{flow}.{step}", actor=actor).exists()


def did_of(actor: str, flow: str, things: Sequence[int], steps: Sequence[str]) -> set[tuple[int, str]]:
    """:func:`did` for many things and steps at once: the pairs of thing and step that he has done."""
    found: set[tuple[int, str]] = set()
    for start in range(0, len(things), 500):
        rows = Entry.objects.filter(flow=flow, thing__in=things[start : start + 500], actor=actor)
        rows = rows.filter(step__in=[f"{flow}.{name}" for name in steps])
        found |= {(thing, step.partition(".")[2]) for thing, step in rows.values_list("thing", "step")}
    return found


def sequence() -> int:
    """Number the leaves that have none yet, in the order of their ids; how many leaves have a number now.

    Rows take their ids before they are committed: on PostgreSQL a row with a lower id may appear after one with a
    higher. The place of a leaf that a checkpoint covers must not move then, so it is given once and kept, and who
    comes late comes last. Numbers are given inside the caller's transaction, one caller after the other.
    """
    with transaction.atomic():
        Serial.objects.get_or_create(name=ORIGIN)
        log = Serial.objects.select_for_update().get(name=ORIGIN)
        with connection.cursor() as cursor:
            cursor.execute(_NUMBER, [log.last - 1])
            log.last += cursor.rowcount
        log.save(update_fields=["last"])
    return log.last


def digests() -> models.QuerySet[Entry, str]:
    """The leaves' digests in the log's order; leaves without a number stand where `sequence` would put them now."""
    return Entry.objects.order_by(models.F("number").asc(nulls_last=True), "id").values_list("digest", flat=True)


def checkpoint(size: int | None = None) -> str:
    """The log's state as a C2SP checkpoint's body: origin, how many leaves, root over their digests.

    ``size`` asks for the state when the log had so many leaves; without it the state is that of now.
    """
    count = 0

    def leaves() -> Iterator[bytes]:
        nonlocal count
        for digest in digests()[:size].iterator(chunk_size=5000):
            count += 1
            yield bytes.fromhex(digest)

    found = merkle.root(leaves())
    return f"{ORIGIN}\n{count}\n{base64.b64encode(found).decode()}\n"


def place(flow: str, thing: int, step: str) -> int:
    """The number, from 0, of the leaf of a step's last performance on a thing; LookupError when there is none.

    Fixed once `sequence` has been called; before, it is the number that the leaf would be given now.
    """
    entry = timeline(flow, thing).filter(step=f"{flow}.{step}").last()
    if entry is None:
        raise LookupError(f"{flow}:{thing} {step}")
    if entry.number is not None:
        return entry.number
    return Entry.objects.filter(models.Q(number__isnull=False) | models.Q(id__lt=entry.pk)).count()


def shred(entry: Entry) -> None:
    """Destroy the private part of an entry; the leaf and its digest stay."""
    entry.evidence, entry.salt, entry.actor_name = {}, "", ""
    entry.save(update_fields=["evidence", "salt", "actor_name"])
