"""Which bank an evaluation may use (K7, K9)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..models import Bank
from ..models.item import USABLE

OWN_FOR = "EMPLOYER"
"""The only kind of institution that may use a bank of its own."""


def bank_for(
    occupation: str, level: str, *, direction: str = "", subject: str = "theory", institution: Any = None
) -> Bank | None:
    """The open bank an evaluation of ``institution`` draws from; without one, the unified bank.

    An enterprise's own bank counts for itself alone; a college or social organisation always gets the unified one (K9).
    A bank of the direction goes before one that is not bound to a direction.
    """
    rows = Bank.everywhere.filter(occupation=occupation, level=level, subject=subject, state="open")
    rows = rows.filter(direction__in=("", direction)).order_by("-direction", "pk")
    if institution is None:
        return rows.filter(kind="unified").first()
    if institution.kind != OWN_FOR:
        return None
    return rows.filter(kind="own", institution=institution).first()


def banks_of(institution: Any) -> list[dict[str, Any]]:
    """An enterprise's own banks as supervision may know them: what for and how many items, nothing of their content."""
    rows = Bank.everywhere.filter(kind="own", institution=institution).order_by("name")
    return [
        {
            "name": row.name,
            "occupation": row.occupation,
            "level": row.level,
            "state": row.state,
            "live": row.items.filter(state__in=("trial", "live")).count(),
        }
        for row in rows
    ]


def same_open_bank(bank: Bank) -> Bank | None:
    """Another open bank for the same purpose and owner."""
    rows = Bank.everywhere.filter(
        occupation=bank.occupation, direction=bank.direction, level=bank.level, subject=bank.subject, kind=bank.kind,
        institution=bank.institution_id, state="open",
    )  # fmt: skip
    return rows.exclude(pk=bank.pk).first()


def items_by_point(bank: Bank) -> dict[str, int]:
    """How many items of a bank, retired ones left aside, name each point."""
    return dict(Counter(bank.items.exclude(state="retired").values_list("point", flat=True)))


def holdings(bank: Bank) -> list[list[Any]]:
    """How many items a paper could take now: ``[[kind, range, count]…]``, for whoever writes a plan."""
    range_of = {row["code"]: row["range"] for row in bank.points}
    rows = bank.items.filter(state__in=USABLE).values_list("kind", "point")
    count = Counter((kind, range_of.get(point, "")) for kind, point in rows)
    return [[kind, code, n] for (kind, code), n in sorted(count.items())]
