"""The wall: every examination that runs now within an office's reach, as counts that come by themselves (K13, W2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.pages import WATCHERS
from jiangheng.apps.offices import queries as offices
from jiangheng.core.errors import OutOfReach
from jiangheng.kernel import clock
from jiangheng.kernel.display import Overview, overview

from ..doors import members_only
from .ways import actor_of, linked

overview(Overview(lazy("考试大屏"), "/exams/wall", WATCHERS))


@members_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The sessions that are open or about to be, each with its place; the counts come from the hall."""
    actor = _watcher(request)
    sessions = exams.running(actor)
    counties = [
        (code, name) for code, name in offices.counties(actor) if any(row.scope.startswith(code) for row in sessions)
    ]
    context = {
        "sessions": sessions, "counties": counties, "now": clock.now(),
        "crumbs": [{"label": _("考试大屏")}],
    }  # fmt: skip
    return render(request, "exams/wall.html", context)


@never_cache
@members_only
@require_safe
def page_pass(request: HttpRequest) -> HttpResponse:
    """A fresh pass for the wall's stream: what this person may see, for half an hour."""
    place = next(iter(_watcher(request).scopes(WATCHERS)), "")
    if not place:
        raise OutOfReach(request.path)
    return JsonResponse({"pass": exams.watch_place(place)})


@never_cache
@members_only
@require_safe
def room_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh pass for the stream of one room."""
    return JsonResponse({"pass": exams.watch_session(linked(request, "session", pk, "room"))})


def _watcher(request: HttpRequest) -> Any:
    actor = actor_of(request)
    if not WATCHERS & actor.roles():
        raise OutOfReach(request.path)
    return actor
