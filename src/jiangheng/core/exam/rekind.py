"""An item made into one of another kind: what both kinds have carries over, the rest is named and left behind (K7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from jiangheng.core.exam import quantity
from jiangheng.core.exam.item_checks import OWN_FIELDS
from jiangheng.core.exam.item_kinds import KINDS
from jiangheng.core.exam.items import Item

_NUMBERS = frozenset({"numeric", "calculation"})
"""The kinds whose answer is one number."""


@dataclass(frozen=True, slots=True)
class Rekinded:
    """The item in its new kind, mostly still to be completed; `dropped` names what it had and no longer has."""

    item: Item
    dropped: tuple[str, ...]


def rekinded(item: Item, kind: str) -> Rekinded:
    """`item` as one of `kind`: its place, stem and explanation always, every field that both kinds have, and its
    answer where one of the new kind may be that. An item of `kind` already is left as it is.

    Raises ValueError when there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"题型“{kind}”不认识，请改为 {'、'.join(KINDS)} 之一")
    if kind == item.kind:
        return Rekinded(item, ())
    dropped = []
    fields: dict[str, Any] = {"kind": kind}
    for field, name, kinds in OWN_FIELDS:
        written = getattr(item, field) and not (field == "options" and KINDS[item.kind].options)
        if written and (kind not in kinds or (field == "options" and KINDS[kind].options)):
            dropped.append(name)
        if not written or name in dropped:
            fields[field] = KINDS[kind].options if field == "options" else type(getattr(item, field))()
    if item.answer and not _answers(item, kind):
        fields["answer"] = ()
        dropped.append("答案")
    if kind == "ordering" and "options" not in fields:
        # steps are kept by their order; the writer puts them into the right one
        fields["answer"] = item.keys
    return Rekinded(replace(item, **fields), tuple(dropped))


def _answers(item: Item, kind: str) -> bool:
    """May the answer of an item be one, or the beginning of one, of another kind?"""
    if kind in _NUMBERS:
        return len(item.answer) == 1 and quantity.number(item.answer[0]) is not None
    old, new = KINDS[item.kind], KINDS[kind]
    both_choose = old.answered == new.answered == "keys" and not old.options and not new.options
    return both_choose and len(item.answer) <= new.most_keys
