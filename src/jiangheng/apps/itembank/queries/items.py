"""Items: what may stand on a paper, look-alikes, and the record of looks (K7, P2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jiangheng.core.exam import alike, rich
from jiangheng.core.exam import items as core_items

from ..models import Bank, Item, Look, Revision
from ..models.item import USABLE


def rows_of(bank: Bank, *, states: Sequence[str] = USABLE) -> list[Item]:
    """The rows of a bank in those states, in code order; each knows its bank without asking."""
    rows = list(Item.everywhere.filter(bank=bank, state__in=states).order_by("code"))
    for row in rows:
        row.bank = bank
    return rows


def version(row: Item, number: int) -> core_items.Item:
    """One version of an item, the present one or an earlier one."""
    if number == row.revision:
        return row.content
    past = Revision.objects.get(item=row, number=number)
    return row.opened(bytes(past.sealed))


def alike_in(bank: Bank, fresh: Sequence[core_items.Item], *, other_than: int = 0) -> dict[str, list[dict[str, Any]]]:
    """Look-alikes of new items among themselves and in the bank, by code: ``[{"code", "likeness", "why"}…]``."""
    every = [state for state, _label in Item.STATES if state != "retired"]
    there = [row.content for row in rows_of(bank, states=every) if row.pk != other_than]
    found: dict[str, list[dict[str, Any]]] = {}
    for each in alike.twins(fresh, against=there):
        found.setdefault(each.code, []).append(
            {"code": each.other, "likeness": round(each.likeness, 3), "why": each.why}
        )
    return found


def stems_like(bank_rows: Iterable[Item], words: str) -> list[int]:
    """The rows whose text holds every word. The texts are sealed, so they are opened here, not searched by SQL."""
    wanted = words.split()
    found = []
    for row in bank_rows:
        text = _text(row.content)
        if all(word in text or word == row.code for word in wanted):
            found.append(row.pk)
    return found


def _text(content: core_items.Item) -> str:
    texts = [content.stem, *(each.text for each in (*content.options, *content.targets))]
    return "\n".join((*(rich.plain(text) for text in texts), *(_text(part) for part in content.parts)))


def seen_by(item: Item) -> list[Look]:
    """Who was shown the item, latest first."""
    return list(item.looks.order_by("-at")[:200])


def media_address(item: Item) -> str:
    """Where the pictures of an item are shown to those who may read it; a digest follows."""
    return f"/d/item/{item.pk}/media/"
