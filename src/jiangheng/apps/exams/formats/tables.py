"""Written answers in rows and columns: who sat on which paper, what each of two persons typed, where they differ (K13).

A typed row is plain data: ``{"there": "present" | "blank" | "absent", "form": "A", "cells": {"1": "B", "81": "6.5"}}``;
its cells are in the one form of `core.exam.answer_sheet.read`. What is decided where two rows differ is plain data too:
the same keys, each with the value that stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jiangheng.core.exam import answer_sheet, double
from jiangheng.core.exam.answer_sheet import Line
from jiangheng.kernel.spoken import spoken

THERE, BLANK, ABSENT = "present", "blank", "absent"
WAYS = {THERE: lazy("有作答"), BLANK: lazy("白卷"), ABSENT: lazy("缺考")}
"""How somebody took part."""
WHO, FORM = "there", "form"
"""The names, beside the numbers of questions, under which two rows may differ."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Who sat on paper: the sitting's number, ticket, masked name, seat and the form he was to get."""

    sitting: int
    ticket: str
    name: str
    seat: int
    form: str


@dataclass(frozen=True, slots=True)
class Table:
    """The people of one level whose papers have the same questions in number, kind and marks; their forms by name."""

    title: str
    forms: Mapping[str, tuple[Line, ...]]
    people: tuple[Person, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The columns: the questions as any of the forms numbers them."""
        return next(iter(self.forms.values()))

    def person(self, sitting: int) -> Person | None:
        """That person, if he is in this table."""
        return next((each for each in self.people if each.sitting == sitting), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing two persons typed differently. ``mark`` tells an open question's marks, which want a third marker."""

    sitting: int
    name: str
    first: str
    second: str
    mark: bool
    line: Line | None = None
    stands: str = ""
    """The decision, "" while there is none; `EMPTY` where it is that nothing was answered."""

    @property
    def decided(self) -> bool:
        """Has somebody decided it?"""
        return bool(self.stands)


EMPTY = "-"
"""A decision that a cell is empty; no answer is ever read as this."""


class Unreadable(ValueError):
    """A row cannot be read: every cell that is wrong, by name, with what is wrong and how to mend it."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("; ".join(wrong.values()))
        self.wrong = dict(wrong)


def read_row(table: Table, person: Person, *, there: str, form: str, cells: Mapping[str, str]) -> dict[str, Any]:
    """A row as typed, in its one form. Raises :class:`Unreadable`.

    Nothing typed is no empty sheet: that has to be said, and so has that somebody was absent. Every open question of
    somebody who was there needs a mark, 0 where nothing was written.
    """
    filled = {label: text for label, text in cells.items() if text.strip()}
    wrong = _presence(there, filled)
    chosen = form.strip() or person.form
    sheet = form_of(table, chosen)
    if sheet is None:
        names = _("、").join(table.forms)
        wrong[FORM] = _("没有卷别“{form}”。本表的卷别有 {names}，请核对答题卡").format(form=form, names=names)
        chosen, sheet = person.form, table.forms[person.form]
    read = {}
    for line in sheet:
        try:
            said = answer_sheet.read(line, filled.get(line.label, ""))
        except ValueError as no:
            wrong[line.label] = _("第 {n} 题：{what}").format(n=line.label, what=spoken(str(no)))
            continue
        if said:
            read[line.label] = said
        elif there == THERE and line.open and not wrong:
            told = _("第 {n} 题没有评分。没有作答的请填 0")
            wrong[line.label] = told.format(n=line.label)
    if wrong:
        raise Unreadable(wrong)
    name = next(name for name in table.forms if same_form(name, chosen))
    return {WHO: there, FORM: name, "cells": read}


def _presence(there: str, filled: Mapping[str, str]) -> dict[str, str]:
    if there not in WAYS:
        return {WHO: _("到考情况只能是：有作答、白卷或缺考")}
    if there == THERE and not filled:
        return {WHO: _("没有录入作答。交白卷的请记“白卷”，没有来的请记“缺考”")}
    if there != THERE and filled:
        first = next(iter(filled))
        told = _("记了缺考或白卷，但第 {n} 题有作答。请核对，二者只留其一")
        return {WHO: told.format(n=first)}
    return {}


def form_of(table: Table, form: str) -> tuple[Line, ...] | None:
    """The questions of that form; a number may have lost its leading noughts in a workbook."""
    return next((sheet for name, sheet in table.forms.items() if same_form(name, form)), None)


def same_form(name: str, given: str) -> bool:
    """Is this how somebody wrote that form's name?"""
    said = answer_sheet.plain(given).upper().removesuffix("卷").removesuffix(".0")
    return said == name or (name.isdecimal() and said.isdecimal() and int(said) == int(name))


def differences(table: Table, person: Person, first: Row, second: Row, settled: Row) -> list[Difference]:
    """Where two typed rows of a person differ, in the order of the sheet, with what has been decided.

    Two who do not agree whether he was there differ in that alone. Marks of open questions differ only when they lie
    so far apart that a third marker is wanted.
    """
    if first[WHO] != second[WHO]:
        return [_difference(person, WHO, first[WHO], second[WHO], settled)]
    found = []
    if first[FORM] != second[FORM]:
        found.append(_difference(person, FORM, first[FORM], second[FORM], settled))
    apart = set(double.differing(first["cells"], second["cells"]))
    for line in table.lines:
        if line.label in apart:
            one, other = first["cells"].get(line.label, ""), second["cells"].get(line.label, "")
            if line.open and not double.settle(Decimal(one), Decimal(other), full=line.worth).waits:
                continue
            found.append(_difference(person, line.label, one, other, settled, line=line))
    return found


def _difference(
    person: Person, name: str, first: str, second: str, settled: Row, *, line: Line | None = None
) -> Difference:
    mark = line is not None and line.open
    return Difference(person.sitting, name, first, second, mark, line, str(settled.get(name, "")))


def agreed(table: Table, person: Person, first: Row, second: Row, settled: Row) -> dict[str, Any]:
    """The row that stands when everything is decided. Marks of open questions become what `double.settle` says.

    Where the two do not agree whether he was there, the row of the one who was right stands.
    """
    if first[WHO] != second[WHO]:
        first = second = first if settled[WHO] == first[WHO] else second
    form = str(settled.get(FORM) or first[FORM])
    cells = {}
    for line in table.forms[form]:
        one, other = first["cells"].get(line.label, ""), second["cells"].get(line.label, "")
        ruled = settled.get(line.label, "")
        if line.open:
            if first[WHO] == THERE:
                third = Decimal(ruled) if ruled else None
                cells[line.label] = str(double.settle(Decimal(one), Decimal(other), full=line.worth, third=third).mark)
        elif said := ("" if ruled == EMPTY else ruled or one):
            cells[line.label] = said
    return {WHO: first[WHO], FORM: form, "cells": cells}


def entered(tables: Iterable[Table], rows: Mapping[str, Row]) -> int:
    """How many of the people have been typed in."""
    return sum(str(person.sitting) in rows for table in tables for person in table.people)


def found_in(tables: Sequence[Table], sitting: int) -> tuple[Table, Person] | None:
    """A person and his table."""
    return next(((table, person) for table in tables if (person := table.person(sitting)) is not None), None)
