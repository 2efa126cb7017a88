"""A candidate's own paper once results are public: subtotals by kind, and its items where that is allowed (K13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import marking, rich
from jiangheng.core.exam.items import Item
from jiangheng.core.exam.shuffle import individual_paper

from ..models import ScoreChange, Sitting
from .answers import answers_of
from .bundle import public_item
from .faces import public_ids, relabelling
from .marks import corrected, marked


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What the items of one kind came to, of how many marks; ``waits`` while a person marks some of them."""

    kind: str
    count: int
    mark: Decimal
    full: Decimal


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One question as its candidate had it: options in his order, what he gave and what is right in his letters."""

    place: int
    kind: str
    stem: str
    options: tuple[tuple[str, str], ...]
    given: str
    right: str
    mark: Decimal
    worth: Decimal


def subtotals(sitting: Sitting) -> list[Subtotal]:
    """The marks of a sitting kind by kind, in the order of the paper's plan."""
    plan = itembank.blueprint_of(sitting.paper.bank, sitting.paper.blueprint)
    items, _ways = corrected(sitting.paper)
    marks = marked(sitting).per_item
    found = []
    for row in plan.kinds:
        codes = [unit.code for item in items if item.kind == row.kind for unit in core_items.units(item)]
        got = sum((marks.get(code, marking.NOTHING) for code in codes), marking.NOTHING)
        found.append(Subtotal(core_items.KINDS[row.kind].name, row.count, got, row.marks * row.count))
    return found


def mark_changes(sitting: Sitting) -> list[ScoreChange]:
    """Each time a mark was given again and came out different, oldest first: the one before, the one after, why."""
    return [one for one in ScoreChange.objects.filter(sitting=sitting).order_by("pk") if one.before != one.after]


def reviewed(sitting: Sitting) -> list[Reviewed]:
    """The questions of a sitting at a computer in the order of its seat."""
    return list(_questions(sitting))


def _questions(sitting: Sitting) -> Iterator[Reviewed]:
    paper = sitting.paper
    ids, dealt = public_ids(paper), relabelling(paper)
    plan = itembank.blueprint_of(paper.bank, paper.blueprint)
    items, _ways = corrected(paper)
    marks, worth = marked(sitting).per_item, marking.worth_of(items, plan)
    answers = answers_of(sitting, paper)[0]
    author = {ids[item.code]: item for item in items}
    shown = {name: public_item(item, name, dealt) for name, item in author.items()}
    layout = individual_paper(list(shown.values()), seed=bytes.fromhex(sitting.seed))
    pictures = itembank.pictures_inline(paper.bank, items)
    for place, name in enumerate(layout.items, start=1):
        pairs = zip(core_items.units(author[name]), core_items.units(shown[name]), strict=True)
        for unit, face in pairs:
            texts = {option.key: option.text for option in face.options}
            order = layout.options.get(face.code, face.keys)
            yield Reviewed(
                place,
                core_items.KINDS[unit.kind].name,
                rich.with_media(_asked(shown[name], face), pictures),
                tuple((key, rich.with_media(texts[key], pictures)) for key in order),
                _said(dealt.public(unit.code, answers.get(unit.code, ()))),
                _said(face.answer),
                marks.get(unit.code, marking.NOTHING),
                worth[unit.code],
            )


def _asked(item: Item, unit: Item) -> str:
    """What is asked; before the part of a case stands the case."""
    return unit.stem if unit is item else item.stem + unit.stem


def _said(tokens: tuple[str, ...]) -> str:
    return "、".join(tokens)
