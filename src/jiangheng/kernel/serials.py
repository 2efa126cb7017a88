"""Numbers without gaps: taken under a lock inside the step's own transaction (peers' row 59)."""

from __future__ import annotations

from django.db import transaction

from .models import Serial


def next_number(series: str) -> int:
    """The next number of a series, from 1. If the step does not commit, the number was never given."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a serial number is taken inside a step")
    Serial.objects.get_or_create(name=series)
    row = Serial.objects.select_for_update().get(name=series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
