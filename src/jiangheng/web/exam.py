"""机考: the candidate's way through the theory examination, from the door to the hand-in (clause K13).

The paper itself is shown and answered in the hall; these pages admit to it before and collect from it afterwards.
Everything here works without script, only the paper does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jiangheng.apps.batches.formats.tickets import rules as conduct
from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.models import Sitting
from jiangheng.core.errors import OutOfReach, Refused
from jiangheng.core.law import identity
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face
from jiangheng.kernel.perform import perform, standing_refusals

from . import candidate, errors, papers, progress
from .middleware import TICKET

View = Callable[..., HttpResponse]
DOOR = "/exam/enter"
AGAIN = 15
"""Seconds after which a waiting page asks again."""


def ticket_holders(view: View) -> View:
    """Only for a candidate who came in with his ticket; everybody else is led to that door."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.session.get(TICKET) is None:
            return HttpResponseRedirect(DOOR)
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@ticket_holders
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My sitting: what to do now, when, on which seat; the rules; the check of the machine."""
    application = candidate.own(request, request.session[TICKET])
    sitting = exams.sitting_of(request.actor, application.pk)  # type: ignore[attr-defined]
    context = {
        "application": application,
        "batch": application.batch,
        "sitting": sitting,
        "level": level_face(application.level),
        "identity": identity.mask_identity(application.identity),
        "photo": candidate.portrait(application.photo),
        "parts": papers.parts(application),
        "rules": conduct(),
        "now": clock.now(),
        "results": progress.results(application),
        **_stand(sitting, request),
    }
    return render(request, "exam/mine.html", context)


def _stand(sitting: Sitting | None, request: HttpRequest) -> dict[str, Any]:
    """``stand`` says what the page offers: none, wait, enter, late, paper, collect, written, in, absent or voided."""
    if sitting is None:
        return {"stand": "none", "again": 60}
    ends = sitting.session.starts_at + dt.timedelta(minutes=sitting.session.minutes)
    early = dt.timedelta(minutes=parameter("candidate.enter_before"))
    context: dict[str, Any] = {"starts_at": sitting.session.starts_at, "ends_at": ends}
    if sitting.state == "submitted":
        return {**context, "stand": "in", "total": len(sitting.paper.items), "receipt": sitting.answers_digest[:16]}
    if sitting.state in ("absent", "voided"):
        return {**context, "stand": sitting.state}
    if sitting.state == "on_paper":
        return {**context, "stand": "written", "again": 60}
    if sitting.state == "admitted":
        over = exams.is_over(sitting)
        return {**context, "stand": "collect" if over else "paper"}
    refusals = standing_refusals(step_of("sitting.admit"), sitting, request.actor)  # type: ignore[attr-defined]
    if not refusals:
        return {**context, "stand": "enter"}
    latest = sitting.session.starts_at + dt.timedelta(minutes=parameter("candidate.late_limit"))
    stand = "late" if clock.now() > latest else "wait"
    near = clock.now() >= sitting.session.starts_at - early - dt.timedelta(minutes=5)
    return {
        **context, "stand": stand, "doors_at": sitting.session.starts_at - early, "again": AGAIN if near else 60,
        "refusals": [errors.shown(refusal) for refusal in refusals],
    }  # fmt: skip


def own_sitting(request: HttpRequest, pk: int) -> Sitting:
    """The candidate's own sitting of that number; OutOfReach for every other."""
    sitting = exams.sitting_of(request.actor, request.session[TICKET])  # type: ignore[attr-defined]
    if sitting is None or sitting.pk != pk:
        raise OutOfReach(f"sitting:{pk}")
    return sitting


@never_cache
@ticket_holders
@require_POST
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """入场: once the room is open. Pressing twice is no harm."""
    sitting = own_sitting(request, pk)
    if sitting.state == "ready":
        try:
            perform(step_of("sitting.admit"), pk, actor=request.actor)  # type: ignore[attr-defined]
        except Refused as no:
            if own_sitting(request, pk).state == "ready":
                for refusal in no.refusals:
                    notes.warning(request, _("{reason}。{mend}").format(reason=refusal.reason, mend=refusal.mend))
                return HttpResponseRedirect("/exam")
    return HttpResponseRedirect(f"/exam/{pk}/paper")


@never_cache
@ticket_holders
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The page on which the hall shows the paper."""
    sitting = own_sitting(request, pk)
    if sitting.state != "admitted":
        return HttpResponseRedirect("/exam")
    context = {
        "sitting": sitting,
        "ticket": exams.pass_for(sitting),
        "done": f"/exam/{sitting.pk}/done",
        "application": sitting.application,
    }
    return render(request, "exam/paper.html", context)


@never_cache
@ticket_holders
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """The hall says it is over: collect and mark. A second call finds it done; a call too early leads back."""
    sitting = own_sitting(request, pk)
    if sitting.state == "admitted":
        try:
            perform(step_of("sitting.submit"), pk, actor=request.actor)  # type: ignore[attr-defined]
        except Refused as no:
            if own_sitting(request, pk).state == "admitted":
                for refusal in no.refusals:
                    notes.warning(request, _("{reason}。{mend}").format(reason=refusal.reason, mend=refusal.mend))
    return HttpResponseRedirect("/exam")
