"""Open answers before a marker: what was asked, what was written, what to go by; no name, no other mark (K13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank import flow as itembank
from jiangheng.apps.itembank import queries as banks
from jiangheng.core.authority import Actor
from jiangheng.core.errors import Refused
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS
from jiangheng.core.steps import Step, step_of
from jiangheng.kernel.perform import model_of, perform, standing_refusals

from .. import acts, errors
from ..doors import members_only
from .ways import actor_of, crumbs, linked

ROUNDS = ("first", "second", "third")
"""The states in which a marker is waited for; the step of each has its name."""


@never_cache
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one sitting's open answers, and go on to the next that waits for this marker."""
    thing, actor = linked(request, "marking", pk, "give"), actor_of(request)
    step = step_of(f"marking.{thing.state}")
    # what stands on a paper was shown to this person: that is on the record before it is
    itembank.look_at_paper(thing.sitting.paper, actor=actor, what="marking")
    if request.method != "POST":
        return _page(request, thing, step, {})
    said = {each.place: request.POST.get(f"m-{each.place}", "") for each in exams.open_answers(thing)}
    try:
        perform(step, pk, actor=actor, given={"marks": said}, version=acts.version_of(request.POST))
    except Refused as no:
        form = step.asks({"marks": said}, thing=thing, actor=actor, step=step)
        form.is_valid()
        rest = [errors.shown(each) for each in no.refusals if not form.wrong or each.field != "marks"]
        return _page(request, thing, step, said, wrong=form.wrong, refusals=rest)
    messages.success(request, _("{number}：评分已记录").format(number=thing.number))
    following = _next(actor)
    return HttpResponseRedirect(f"/d/marking/{following.pk}/give" if following else "/d/marking/")


def _next(actor: Actor) -> Any:
    """The next sitting whose open answers wait for this person."""
    rows = model_of("marking").reach(actor).filter(state__in=ROUNDS).order_by("number")
    return next((row for row in rows if not standing_refusals(step_of(f"marking.{row.state}"), row, actor)), None)


def _page(
    request: HttpRequest, thing: Any, step: Step, said: dict[str, str], *, wrong: dict[str, str] | None = None,
    refusals: list[dict[str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    asked = exams.open_answers(thing)
    pictures = banks.pictures_inline(thing.sitting.paper.bank, [each.unit for each in asked])
    context = {
        "thing": thing, "step": step, "wrong": wrong or {}, "refusals": refusals or [],
        "barred": [errors.shown(each) for each in standing_refusals(step, thing, actor_of(request))],
        "questions": [
            {"place": each.place, "kind": KINDS[each.unit.kind].name, "worth": f"{each.worth.normalize():f}",
             "stem": _shown(each.unit.stem, pictures), "reference": _shown(each.unit.reference, pictures),
             "rubric": [{"text": _shown(line.text, pictures), "share": line.share} for line in each.unit.rubric],
             "text": each.text, "said": said.get(each.place, ""), "wrong": (wrong or {}).get(each.place, "")}
            for each in asked
        ],
        "crumbs": crumbs("marking", thing, _("评分")),
    }  # fmt: skip
    return render(request, "exams/give_marks.html", context, status=422 if wrong or refusals else 200)


def _shown(text: str, pictures: dict[str, str]) -> Any:
    """A rich text of the bank: it was reduced to the house's subset when it was taken in, so nothing in it can act."""
    return mark_safe(rich.with_media(text, pictures))  # noqa: S308
