"""The wall: every examination that runs now within an office's reach, as counts that come by themselves (K13, W2)."""

from __future__ import annotations

import datetime as dt
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

STANDS = {
    # key: (label, tone of the mark)
    "open": (lazy("考试中"), "now"),
    "waits": (lazy("等候开考"), "wait"),
    "on_paper": (lazy("纸笔考试"), "info"),
    "over": (lazy("已到时间，待结束"), "soon"),
}
"""How a session stands by the clock, in the order in which the wall shows them."""

overview(Overview(lazy("考试大屏"), "/exams/wall", WATCHERS))


@members_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The sessions that are open or about to be, each with its place; the counts come from the hall."""
    actor = watcher(request)
    sessions = sorted((_stood(row, clock.now()) for row in exams.running(actor)), key=lambda row: row.place_on_wall)
    counties = [
        (code, name) for code, name in offices.counties(actor) if any(row.scope.startswith(code) for row in sessions)
    ]
    context = {
        "sessions": sessions, "counties": counties, "now": clock.now(), "needs_look": _("请留意"),
        "crumbs": [{"label": _("考试大屏")}],
    }  # fmt: skip
    return render(request, "exams/wall.html", context)


def _stood(session: Any, now: dt.datetime) -> Any:
    """The session with its word, its tone and its place on the wall."""
    if now > session.starts_at + dt.timedelta(minutes=session.minutes):
        key = "over"
    elif session.seated and session.on_paper == session.seated:
        key = "on_paper"
    else:
        key = "open" if now >= session.starts_at and session.state == "open" else "waits"
    session.stand, session.tone = STANDS[key]
    session.place_on_wall = (tuple(STANDS).index(key), session.starts_at, session.pk)
    return session


@never_cache
@members_only
@require_safe
def page_pass(request: HttpRequest) -> HttpResponse:
    """A fresh pass for the wall's stream: what this person may see, for half an hour."""
    place = next(iter(watcher(request).scopes(WATCHERS)), "")
    if not place:
        raise OutOfReach(request.path)
    return JsonResponse({"pass": exams.watch_place(place)})


@never_cache
@members_only
@require_safe
def room_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh pass for the stream of one room."""
    return JsonResponse({"pass": exams.watch_session(linked(request, "session", pk, "room"))})


def watcher(request: HttpRequest) -> Any:
    """Who asks, when he is one of those who may watch examinations; OutOfReach otherwise."""
    actor = actor_of(request)
    if not WATCHERS & actor.roles():
        raise OutOfReach(request.path)
    return actor
