"""What a sitting comes to: its answers replayed, marked again, with what persons gave for open answers (K13)."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.exam import answer_sheet, correcting, double, marking
from jiangheng.core.exam.items import Item
from jiangheng.kernel import vault

from ..models import Correction, Marking, Sitting
from .answers import answers_of

MAY_CORRECT = frozenset({"seated", "passed", "failed"})


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An open answer before a marker: its place on the paper ("81", "82(1)"), what was asked, what was written."""

    place: str
    unit: Item
    worth: Decimal
    text: str

    @property
    def code(self) -> str:
        """The item's code, or "<code>.<number>" of a part."""
        return self.unit.code

    def read(self, text: str) -> Decimal:
        """A marker's mark; ``ValueError`` in words for none, too much, or finer than half marks."""
        said = answer_sheet.read(answer_sheet.Line(self.place, self.unit, self.worth), text)
        if not said:
            raise ValueError(_("第 {n} 题没有评分").format(n=self.place))
        return Decimal(said)


def open_marks(sitting: Sitting) -> dict[str, Decimal]:
    """What persons gave for open answers, by item code; nothing while they are at it."""
    return answers_of(sitting, sitting.paper)[1]


def marked(sitting: Sitting, *, also: Correction | None = None) -> marking.PaperMark:
    """The sitting marked anew from what was answered, with every correction of a key that has been applied.

    ``also``: as if that one had been applied too. What waits for a person has no marks.
    """
    paper = sitting.paper
    answers, by_person = answers_of(sitting, paper)
    plan = itembank.blueprint_of(paper.bank, paper.blueprint)
    items, ways = corrected(paper, also=also)
    found = marking.mark_paper(items, answers, plan, open_marks=by_person)
    return correcting.settle(found, marking.worth_of(items, plan), ways)


def corrected(paper: Any, *, also: Correction | None = None) -> tuple[list[Item], dict[str, correcting.Way]]:
    """The items of a paper with the keys that are right, and what does not go by its key, by code."""
    applied = list(Correction.everywhere.filter(item__bank=paper.bank_id, state="applied").select_related("item"))
    if also is not None:
        applied.append(also)
    versions = {code: number for code, number, _digest in paper.items}
    items = {item.code: item for item in itembank.paper_items(paper)}
    ways: dict[str, correcting.Way] = {}
    for each in applied:
        code = each.item.code
        if versions.get(code, each.revision + 1) > each.revision:
            continue
        if each.way == "key":
            items[code] = correcting.with_key(items[code], json.loads(each.answer))
            ways.pop(code, None)
        else:
            ways[code] = "void" if each.way == "void" else "everyone"
    return list(items.values()), ways


def open_answers(thing: Marking) -> list[OpenAnswer]:
    """The open answers of a sitting in the order of the printed paper; nothing of what a machine marks."""
    paper = thing.sitting.paper
    answers = answers_of(thing.sitting, paper)[0]
    plan = itembank.blueprint_of(paper.bank, paper.blueprint)
    lines = answer_sheet.lines(itembank.paper_items(paper), plan)
    return [
        OpenAnswer(line.label, line.unit, line.worth, "\n".join(answers.get(line.unit.code, ())))
        for line in lines
        if line.unit.code in thing.codes
    ]


def settled_marks(thing: Marking) -> dict[str, Decimal] | None:
    """What two blind marks, and a third where there is one, come to; None while a third is wanted."""
    first, second, third = (thing.held(name) for name in ("first", "second", "third"))
    found: dict[str, Decimal] = {}
    for each in open_answers(thing):
        one = double.settle(first[each.code], second[each.code], full=each.worth, third=third.get(each.code))
        if one.mark is None:
            return None
        found[each.code] = one.mark
    return found


def marking_number(sitting: Sitting) -> str:
    """All that a marker sees of whose answers they are: a keyed number that tells neither seat nor order."""
    return hmac.digest(vault.subkey("marking"), f"number {sitting.pk}".encode(), "sha256").hex()[:10].upper()


def application_of(sitting: Sitting) -> Any:
    """The application of a sitting with its batch, as it stands now."""
    return type(sitting).everywhere.select_related("application__batch").get(pk=sitting.pk).application


def may_correct(application: Any) -> bool:
    """May its mark be corrected by its own step: added up, and not yet approved?"""
    return application.batch.state in {"scored", "published"} and application.state in MAY_CORRECT


def correction(pk: int) -> Correction:
    """A correction for what follows its steps."""
    found: Correction = Correction.everywhere.get(pk=pk)
    return found


def sitting_marked_in(pk: int) -> int:
    """The number of the sitting whose open answers are marked there: for what follows a marking's steps."""
    return int(Marking.everywhere.values_list("sitting_id", flat=True).get(pk=pk))
