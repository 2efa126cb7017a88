"""Answers written on paper: the tables they are typed in by, where two typings differ, what stands of them (K13)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.exam import answer_sheet, marking
from jiangheng.core.law.identity import mask_name
from jiangheng.core.trust import canon
from jiangheng.kernel.display import level_face

from ..formats import tables as written
from ..models import Sitting, Transcription
from .sessions import papers_in

_KNOWN: dict[str, tuple[answer_sheet.Line, ...]] = {}
_MOST_KNOWN = 64


def keep_written(sitting: Sitting, paper: Any, row: Mapping[str, Any]) -> None:
    """Give a sitting what was written: the paper it was written on, answers, mark, and the digest of all of it.

    The digest is salted, and the salt is sealed with the answers: whoever may open them can check it, nobody can find
    the answers from it by trying.
    """
    items, plan = itembank.paper_items(paper), itembank.blueprint_of(paper.bank, paper.blueprint)
    answers, marks = answer_sheet.given(answer_sheet.lines(items, plan), row["cells"])
    marked = marking.mark_paper(items, answers, plan, open_marks=marks)
    said = {"answers": answers, "marks": {code: str(mark) for code, mark in marks.items()}}
    salt = secrets.token_hex(16)
    sitting.paper, sitting.written = paper, json.dumps({**said, "salt": salt}, ensure_ascii=False)
    sitting.answers_digest = canon.digest({"paper": paper.digest, **said}, salt)
    # a share for each right blank may end beyond the tenth; a result sheet has tenths
    sitting.mark = marked.total.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    sitting.answered = len(answers) + len(marks)


def tables_of(thing: Transcription) -> list[written.Table]:
    """The people of a transcription in tables: one for each level and form of its papers' questions, by seats."""
    rows = thing.session.sittings.filter(pk__in=thing.sittings).select_related("application", "paper__bank")
    people = sorted(rows, key=lambda sitting: sitting.application.seat or 0)
    found: dict[Any, dict[str, Any]] = {}
    for paper in sorted(papers_in(thing.session), key=lambda paper: paper.pk):
        sheet = _lines_of(paper)
        group = found.setdefault((paper.level, *(line.shape for line in sheet)), {"forms": {}, "people": []})
        group["forms"][paper.form] = sheet
        group["level"] = paper.level
        group["people"] += [_person(sitting) for sitting in people if sitting.paper_id == paper.pk]
    return [
        written.Table(_table_title(found, group), group["forms"], tuple(sorted(group["people"], key=lambda p: p.seat)))
        for group in found.values()
        if group["people"]
    ]


def _lines_of(paper: Any) -> tuple[answer_sheet.Line, ...]:
    """The questions of a paper, kept in this process while its answers are typed: opening its items takes a while.

    Known by what is on it, each item by the digest of its content, so a change would not be missed.
    """
    key = json.dumps([paper.bank_id, paper.items, paper.blueprint])
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        plan = itembank.blueprint_of(paper.bank, paper.blueprint)
        _KNOWN[key] = answer_sheet.lines(itembank.paper_items(paper), plan)
    return _KNOWN[key]


def _person(sitting: Sitting) -> written.Person:
    person = sitting.application
    return written.Person(sitting.pk, person.ticket, mask_name(person.name), person.seat or 0, sitting.paper.form)


def _table_title(found: Mapping[Any, dict[str, Any]], group: dict[str, Any]) -> str:
    """A level's name; with the forms where papers of one level differ in their questions. No sheet's name is longer."""
    face = level_face(group["level"]).replace("/", " ")
    alone = sum(each["level"] == group["level"] for each in found.values()) == 1
    return face if alone else f"{face} {'、'.join(group['forms'])}"[:30]


def differences(thing: Transcription) -> list[written.Difference]:
    """Where the two typings of a transcription differ, with what has been decided; who is not in both is left out."""
    first, second, settled = (thing.held(name) for name in ("first", "second", "settled"))
    found: list[written.Difference] = []
    for table in tables_of(thing):
        for person in table.people:
            key = str(person.sitting)
            if key not in first or key not in second:
                continue
            found += written.differences(table, person, first[key], second[key], settled.get(key, {}))
    return found


def agreed(thing: Transcription) -> dict[int, dict[str, Any]]:
    """What stands of a transcription in which nothing is undecided, by sitting: the row, with the paper's number."""
    first, second, settled = (thing.held(name) for name in ("first", "second", "settled"))
    papers = {(paper.level, paper.form): paper.pk for paper in papers_in(thing.session)}
    levels = dict(thing.session.sittings.values_list("pk", "application__level"))
    found = {}
    for table in tables_of(thing):
        for person in table.people:
            key = str(person.sitting)
            row = written.agreed(table, person, first[key], second[key], settled.get(key, {}))
            found[person.sitting] = {**row, "paper": papers[levels[person.sitting], row["form"]]}
    return found
