"""Items: what may stand on a paper, look-alikes, and the record of looks (K7, P2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from jiangheng.core.exam import alike, rich
from jiangheng.core.exam import items as core_items
from jiangheng.kernel import trail
from jiangheng.kernel.vault import unseal_with

from ..models import Bank, Item, Look, Revision
from ..models.item import USABLE

MOST_SEARCHED = 5_000
"""How many items one search opens; who reaches more is asked for a bank first."""


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
    """Look-alikes of new items among themselves and in the bank, by code.

    Each ``{"code", "likeness", "why", "differs"}`` (core.exam.alike.Alike).
    """
    every = [state for state, _label in Item.STATES if state != "retired"]
    there = [row.content for row in rows_of(bank, states=every) if row.pk != other_than]
    found: dict[str, list[dict[str, Any]]] = {}
    for each in alike.twins(fresh, against=there):
        found.setdefault(each.code, []).append(
            {"code": each.other, "likeness": round(each.likeness, 3), "why": each.why, "differs": each.differs}
        )
    return found


def was_stocked(item: Item) -> bool:
    """Has the item ever been taken into stock, whatever became of it since?"""
    return trail.timeline("item", item.pk).filter(step="item.stock").exists()


def twins_of(item: Item) -> list[dict[str, Any]]:
    """An item's look-alikes as they are now, the nearest first: ``[{"code", "likeness", "why", "differs", "there"}…]``.

    Whichever of two was written last was compared with the whole bank then: so only those are measured again that the
    item's own writing found, and those whose writing found the item. ``there`` is the other's row, never a retired one.
    """
    codes = {each["code"] for each in item.alike} | _naming(item, "alike", lambda each: each["code"])
    rows = Item.everywhere.filter(bank=item.bank_id, code__in=codes).exclude(state="retired").exclude(pk=item.pk)
    there = {row.code: row for row in rows}
    for row in there.values():
        row.bank = item.bank
    if not there:
        return []
    return [
        {
            "code": each.other, "likeness": round(each.likeness, 3), "why": each.why, "differs": each.differs,
            "there": there[each.other],
        }
        for each in alike.twins([item.content], against=[row.content for row in there.values()])
    ]  # fmt: skip


def enemies_of(item: Item) -> list[str]:
    """The codes an item may not share a paper with, whichever of the two says so; retired ones are left out."""
    codes = {*item.enemies, *_naming(item, "enemies", str)}
    rows = Item.everywhere.filter(bank=item.bank_id, code__in=codes).exclude(state="retired")
    return sorted(rows.values_list("code", flat=True))


def _naming(item: Item, column: str, code: Callable[[Any], str]) -> set[str]:
    """The codes of the items that name this one in a column; ``code`` is what an entry of the column names."""
    rows = Item.everywhere.filter(bank=item.bank_id).exclude(state="retired").exclude(**{column: []})
    return {name for name, told in rows.values_list("code", column) if item.code in map(code, told)}


def mutual(rows: Sequence[Item]) -> dict[str, tuple[str, ...]]:
    """Each item's enemies among these items, by its code: those it names and those that name it."""
    found: dict[str, set[str]] = {row.code: set() for row in rows}
    for row in rows:
        # a name that is none of these codes would be taken for a group by the assembly, and bar the group's members
        for code in found.keys() & set(row.enemies):
            found[row.code].add(code)
            found[code].add(row.code)
    return {code: tuple(sorted(others)) for code, others in found.items()}


def strange_codes(bank: Bank, codes: Iterable[str]) -> list[str]:
    """Those of the codes that no item of the bank has, in their order."""
    asked = list(codes)
    known = set(Item.everywhere.filter(bank=bank, code__in=asked).values_list("code", flat=True)) if asked else set()
    return [code for code in asked if code not in known]


def stems_like(rows: QuerySet[Any], words: str) -> list[int]:
    """The numbers of the rows whose text holds every word, or whose code it is; upper and lower case are the same.

    The texts are sealed, so each is opened here, not searched by SQL: ask for at most `MOST_SEARCHED`. Nobody is shown
    them, so no look is written down.
    """
    wanted = [word.casefold() for word in words.split()]
    banks = Bank.everywhere.in_bulk(list(rows.order_by().values_list("bank", flat=True).distinct()))
    # the key is opened once a bank, not once an item
    keys = {pk: bank.key for pk, bank in banks.items()}
    found = []
    for pk, bank, code, sealed in rows.order_by().values_list("pk", "bank", "code", "sealed").iterator():
        text = _text(json.loads(unseal_with(keys[bank], bytes(sealed), place="item")))
        if all(word in text or word == code.casefold() for word in wanted):
            found.append(pk)
    return found


def _text(data: Mapping[str, Any]) -> str:
    """The words of a stored item and its parts: stem, options, right-hand column."""
    texts = [data["stem"], *(each["text"] for name in ("options", "targets") for each in data.get(name, ()))]
    return "\n".join((*(rich.plain(text).casefold() for text in texts), *map(_text, data.get("parts", ()))))


def seen_by(item: Item) -> list[Look]:
    """Who was shown the item, latest first."""
    return list(item.looks.order_by("-at")[:200])


def media_address(item: Item) -> str:
    """Where the pictures of an item are shown to those who may read it; a digest follows."""
    return f"/d/item/{item.pk}/media/"
