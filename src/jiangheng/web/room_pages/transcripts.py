"""Answers written on paper, typed in: the workbook, a page for each candidate, the differences of two typings (K13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.formats import tables, workbook
from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refusal, Refused
from jiangheng.core.exam.items import KINDS
from jiangheng.core.steps import Step, step_of
from jiangheng.kernel.perform import perform, standing_refusals

from .. import errors
from ..doors import members_only
from .ways import XLSX, actor_of, crumbs, handed_out, linked

ROUNDS = {
    # state: (which typing, what it is called, the step that types, the step that ends it)
    "first": ("first", lazy("第一遍"), "enter", "hand_on"),
    "second": ("second", lazy("第二遍"), "enter_again", "compare"),
}
NAMES = {tables.WHO: lazy("到考情况"), tables.FORM: lazy("卷别")}
ONE_LETTER = frozenset({"single", "judgement"})


def _step(name: str) -> Step:
    return step_of(f"transcription.{name}")


def _round(thing: Any) -> tuple[str, Any, Step, Step]:
    held, label, types, ends = ROUNDS[thing.state]
    return held, label, _step(types), _step(ends)


def _barred(step: Step, thing: Any, actor: Actor) -> list[dict[str, str]]:
    return [errors.shown(each) for each in standing_refusals(step, thing, actor)]


@members_only
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook to fill: the same for both typings, and never with the other's answers."""
    thing = linked(request, "transcription", pk, "sheet.xlsx")
    _held, label, _types, _ends = _round(thing)
    data = workbook.written(exams.tables_of(thing), title=str(thing.session), which=str(label))
    return handed_out(data, kind=XLSX, name=_("答卷录入表-{pk}-{which}.xlsx").format(pk=pk, which=label))


@members_only
@require_safe
def typing(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has been typed in and who has not, in this typing."""
    thing, actor = linked(request, "transcription", pk, "typing"), actor_of(request)
    held, label, types, ends = _round(thing)
    rows = thing.held(held)
    people = [
        {"person": person, "row": rows.get(str(person.sitting)), "way": _way(rows.get(str(person.sitting)))}
        for table in exams.tables_of(thing)
        for person in table.people
    ]
    context = {
        "thing": thing, "label": label, "people": people, "typed": len(rows), "barred": _barred(types, thing, actor),
        "ends": ends, "ready": not standing_refusals(ends, thing, actor),
        "next": next((each["person"] for each in people if each["row"] is None), None),
        "crumbs": crumbs("transcription", thing, _("逐人录入")),
    }  # fmt: skip
    return render(request, "exams/typing.html", context)


def _way(row: Any) -> str:
    return str(tables.WAYS[row[tables.WHO]]) if row else ""


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def typing_of(request: HttpRequest, pk: int, sitting: int) -> HttpResponse:
    """One candidate's answer sheet as a grid of cells."""
    thing, actor = linked(request, "transcription", pk, "typing"), actor_of(request)
    held, _label, types, _ends = _round(thing)
    every = exams.tables_of(thing)
    found = tables.found_in(every, sitting)
    if found is None:
        raise OutOfReach(f"transcription:{pk}:{sitting}")
    table, person = found
    if request.method != "POST":
        row = thing.held(held).get(str(sitting)) or {tables.WHO: tables.THERE, tables.FORM: person.form, "cells": {}}
        return _grid(request, thing, table, person, row)
    row = {
        tables.WHO: request.POST.get("there", ""),
        tables.FORM: request.POST.get("form", ""),
        "cells": {line.label: request.POST.get(f"c-{line.label}", "") for line in table.lines},
    }
    given = {"sitting": sitting, **row}
    try:
        thing = perform(types, pk, actor=actor, given=given)
    except Refused as no:
        form = types.asks(given, thing=thing, actor=actor, step=types)
        form.is_valid()
        wrong = getattr(form, "wrong", {})
        rest = [refusal for refusal in no.refusals if not wrong or refusal.field != "cells"]
        return _grid(request, thing, table, person, row, wrong=wrong, refusals=rest)
    messages.success(request, _("已录入 {ticket}").format(ticket=person.ticket))
    rows = thing.held(held)
    left = next((each for one in every for each in one.people if str(each.sitting) not in rows), None)
    way = f"/d/transcription/{pk}/typing"
    return HttpResponseRedirect(f"{way}/{left.sitting}" if left else way)


def _grid(
    request: HttpRequest, thing: Any, table: tables.Table, person: tables.Person, row: dict[str, Any], *,
    wrong: dict[str, str] | None = None, refusals: list[Refusal] | None = None,
) -> HttpResponse:  # fmt: skip
    wrong = wrong or {}
    _held, label, types, _ends = _round(thing)
    barred = _barred(types, thing, actor_of(request))
    context = {
        "thing": thing, "label": label, "person": person, "forms": list(table.forms), "row": row,
        "ways": tables.WAYS.items(),
        "groups": _groups(table, person, row, wrong), "wrong": wrong, "barred": barred,
        "refusals": [errors.shown(each) for each in refusals or ()] if not barred else [],
        "crumbs": [
            *crumbs("transcription", thing, _("逐人录入"))[:-1],
            {"label": _("逐人录入"), "url": f"/d/transcription/{thing.pk}/typing"},
            {"label": person.ticket},
        ],
    }  # fmt: skip
    return render(request, "exams/typing_one.html", context, status=422 if wrong or refusals else 200)


def _groups(
    table: tables.Table, person: tables.Person, row: dict[str, Any], wrong: dict[str, str]
) -> list[dict[str, Any]]:
    """The cells, kind after kind, as the answer sheet has them."""
    groups: list[dict[str, Any]] = []
    sheet = tables.form_of(table, row[tables.FORM]) or table.forms[person.form]
    for line in sheet:
        kind = KINDS[line.unit.kind]
        if not groups or groups[-1]["kind"] != kind.code:
            groups.append({"kind": kind.code, "name": kind.name, "cells": [], "wide": kind.answered == "texts"})
        groups[-1]["cells"].append({
            "label": line.label, "value": row["cells"].get(line.label, ""), "wrong": wrong.get(line.label, ""),
            "keys": "".join(line.unit.keys) if kind.answered == "keys" else "", "one": kind.code in ONE_LETTER,
            "marks": f"{line.worth.normalize():f}" if line.open else "",
        })  # fmt: skip
    return groups


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def differences(request: HttpRequest, pk: int) -> HttpResponse:
    """Where two typings differ, candidate by candidate, and deciding it; afterwards what was decided."""
    thing, actor = linked(request, "transcription", pk, "differences"), actor_of(request)
    refusals: list[Refusal] = []
    if request.method == "POST":
        step = _step("third" if request.POST.get("act") == "third" else "decide")
        given = {
            "sitting": request.POST.get("sitting", ""), "cells": _chosen(request),
            "reason": request.POST.get("reason", ""),
        }  # fmt: skip
        try:
            perform(step, pk, actor=actor, given=given)
        except Refused as no:
            refusals = list(no.refusals)
        else:
            messages.success(request, _("已核定并留痕。"))
            return HttpResponseRedirect(request.path)
    people = _disputed(thing)
    context = {
        "thing": thing, "people": people, "open": thing.state == "compared",
        "left": sum(not each.decided for row in people for each in (*row["cells"], *row["marks"])),
        "barred": _barred(_step("third"), thing, actor) if any(row["marks"] for row in people) else [],
        "refusals": [errors.shown(each) for each in refusals], "posted": request.POST.get("sitting", ""),
        "ready": not standing_refusals(_step("settle"), thing, actor), "empty": tables.EMPTY,
        "names": NAMES, "ways": tables.WAYS, "crumbs": crumbs("transcription", thing, _("核对差异")),
    }  # fmt: skip
    return render(request, "exams/differences.html", context, status=422 if refusals else 200)


def _chosen(request: HttpRequest) -> dict[str, str]:
    """What was chosen for each difference: one of the two typings, or what was typed beside them."""
    found = {}
    for key, value in request.POST.items():
        if key.startswith("v-"):
            name = key[2:]
            other = request.POST.get(f"o-{name}", "")
            found[name] = other if value == "other" else str(value).removeprefix("=")
    return found


def _disputed(thing: Any) -> list[dict[str, Any]]:
    """The people two typings differ on, with the differences of answers and those of marks."""
    people = {person.sitting: person for table in exams.tables_of(thing) for person in table.people}
    found: dict[int, dict[str, Any]] = {}
    for each in exams.differences(thing):
        row = found.setdefault(each.sitting, {"person": people[each.sitting], "cells": [], "marks": []})
        row["marks" if each.mark else "cells"].append(each)
    return list(found.values())
