"""Followers: what upper rooms do after a step below has committed. An outbox row in the transaction, run once."""

from __future__ import annotations

import logging

from django.db import transaction

from jiangheng.core.steps import FOLLOWERS, Step

from . import clock
from .models import Entry, Follow

log = logging.getLogger(__name__)
MOST_TRIES = 8


def enqueue(step: Step, *, entry: Entry) -> None:
    """Write the outbox rows of a step, in its transaction, and run them when it has committed."""
    rows = [Follow(entry=entry, follower=name) for name, _ in FOLLOWERS.get(step.code, ())]
    if rows:
        Follow.objects.bulk_create(rows)
        transaction.on_commit(lambda: run(entry_id=entry.pk))


def run(*, entry_id: int | None = None) -> int:
    """Run the waiting followers (of one entry, or all); the number that succeeded. A failure waits for the next run."""
    waiting = Follow.objects.filter(done_at=None, tries__lt=MOST_TRIES).order_by("id")
    if entry_id is not None:
        waiting = waiting.filter(entry_id=entry_id)
    return sum(_run_one(pk) for pk in waiting.values_list("pk", flat=True))


def _run_one(pk: int) -> bool:
    try:
        with transaction.atomic():
            row = Follow.objects.select_for_update().select_related("entry").get(pk=pk)
            if row.done_at:
                return False
            function = dict(FOLLOWERS[row.entry.step])[row.follower]
            function(row.entry.thing, row.entry_id)
            row.done_at = clock.now()
            row.save(update_fields=["done_at"])
    except Exception as error:  # noqa: BLE001 - whatever a follower raises, the step below stays done and the row stays
        log.exception("follower %s failed", pk)
        row = Follow.objects.get(pk=pk)
        row.tries += 1
        row.error = type(error).__name__
        row.save(update_fields=["tries", "error"])
        return False
    return True
