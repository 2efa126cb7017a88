"""The invigilator's room: every seat as it stands now, and what may be done at it in two taps with a reason (K13)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from jiangheng.apps.exams import queries as exams
from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refused
from jiangheng.core.exam import sitting as core_sitting
from jiangheng.kernel import clock
from jiangheng.kernel.perform import model_of, perform

from .. import acts, errors, things
from ..doors import members_only
from .seats import place
from .ways import actor_of, crumbs, linked

SILENT = dt.timedelta(seconds=45)
"""A page that was not heard of for longer is worth a look: it reports itself every few seconds."""

STANDINGS = {
    # key: (label, tone of the mark)
    "ready": (lazy("未入场"), "draft"),
    "admitted": (lazy("考试中"), "now"),
    "silent": (lazy("失去联系"), "soon"),
    "handed": (lazy("已交卷待评分"), "wait"),
    "on_paper": (lazy("纸笔作答待录入"), "wait"),
    "submitted": (lazy("已交卷"), "done"),
    "absent": (lazy("缺考"), "info"),
}


@dataclass(frozen=True)
class Seat:
    """One seat as the invigilator sees it."""

    sitting: Any
    number: int
    standing: str
    answered: int | None
    items: int
    seen: str
    focus_lost: int
    extended: int

    @property
    def label(self) -> str:
        return str(STANDINGS[self.standing][0])

    @property
    def tone(self) -> str:
        return STANDINGS[self.standing][1]


def _ago(moment: dt.datetime | None, now: dt.datetime) -> str:
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return ngettext("{n} 秒前", "{n} 秒前", seconds).format(n=seconds)
    if seconds < 3600:
        return ngettext("{n} 分钟前", "{n} 分钟前", seconds // 60).format(n=seconds // 60)
    return f"{moment.astimezone():%H:%M}"


def _seat(sitting: Any, seen_at: dt.datetime | None, now: dt.datetime) -> Seat:
    answered, focus_lost, extended, standing = sitting.answered, 0, 0, sitting.state
    if sitting.state == "admitted":
        state, _head = exams.replay(sitting)
        answered = sum(bool(keys) for keys in state.answers.values())
        focus_lost, extended = state.focus_lost, state.extended // 60
        if core_sitting.ended(state, clock.epoch_ms()):
            standing = "handed"
        elif seen_at is not None and now - seen_at > SILENT:
            standing = "silent"
    number = int(sitting.application.seat)
    return Seat(sitting, number, standing, answered, len(sitting.paper.items), _ago(seen_at, now), focus_lost, extended)


def seats_of(session: Any, actor: Actor) -> list[Seat]:
    """Every seat of the room that is taken, by number."""
    rows = model_of("sitting").reach(actor).filter(session=session)
    rows = rows.select_related("application", "paper", "session").order_by("application__seat")
    seen, now = exams.last_seen(session), clock.now()
    return [_seat(row, seen.get(row.pk), now) for row in rows]


def _grid(session: Any, seats: list[Seat]) -> list[list[Seat | None]]:
    room = session.room
    taken = {place(seat.number, room.columns): seat for seat in seats}
    return [
        [taken.get((row, column)) for column in range(1, room.columns + 1)] for row in range(1, room.rows + 1)
    ]  # fmt: skip


def _counts(seats: list[Seat]) -> list[dict[str, Any]]:
    counted = Counter(seat.standing for seat in seats)
    always = ("ready", "admitted", "submitted", "absent")
    return [
        {"label": label, "tone": tone, "count": counted[key]}
        for key, (label, tone) in STANDINGS.items()
        if counted[key] or key in always
    ]


def _minutes(left: dt.timedelta) -> int:
    """Minutes left, the begun one counted, none once it is over."""
    return max(0, -int(-left.total_seconds() // 60))


def _context(session: Any, actor: Actor) -> dict[str, Any]:
    seats = seats_of(session, actor)
    ends = session.starts_at + dt.timedelta(minutes=session.minutes)
    now = clock.now()
    return {
        "session": session,
        "rows": _grid(session, seats),
        "counts": _counts(seats),
        "trouble": [seat for seat in seats if seat.standing == "silent" or seat.focus_lost],
        "ends": ends,
        "now": now,
        "left": _minutes(ends - now) if now >= session.starts_at else None,
        "until": _minutes(session.starts_at - now) if now < session.starts_at else None,
    }


def _page(request: HttpRequest, session: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    steps, _later = things.buttons("session", session, actor)
    context = _context(session, actor) | more
    context |= {
        "steps": [step for step in steps if not step.step.creates],
        "crumbs": crumbs("session", session, _("监考")),
    }
    return render(request, "exams/room.html", context, status=status)


def _told(request: HttpRequest, flow: str, thing: Any) -> Any:
    """Perform the step that was posted and say what has happened."""
    step = acts.step_named(flow, request.POST.get("step", ""))
    version = acts.version_of(request.POST)
    done = perform(step, thing.pk, actor=actor_of(request), given=request.POST, version=version)
    messages.success(request, acts.told(step, done))
    return done


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The room, refreshed every five seconds; opening and closing the session are done here too."""
    session = linked(request, "session", pk, "room")
    if request.method == "POST":
        try:
            _told(request, "session", session)
        except Refused as no:
            return _page(request, session, status=422, refusals=[errors.shown(each) for each in no.refusals])
        return HttpResponseRedirect(request.path)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "exams/_room.html", _context(session, actor_of(request)))
    return _page(request, session)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: HttpRequest, pk: int, sitting: int) -> HttpResponse:
    """One seat: who sits there, how it goes, and the steps that are open now."""
    session = linked(request, "session", pk, "room")
    actor = actor_of(request)
    found = next((each for each in seats_of(session, actor) if each.sitting.pk == sitting), None)
    if found is None:
        raise OutOfReach(f"session:{pk}:{sitting}")
    refusals: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            _told(request, "sitting", found.sitting)
            return HttpResponseRedirect(f"/d/session/{pk}/room")
        except Refused as no:
            refusals = [errors.shown(each) for each in no.refusals]
    found.sitting.refresh_from_db()
    context = {"seat": found, "acts": _acts(request, found.sitting, actor), "refusals": refusals}
    status = 422 if refusals else 200
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "exams/_seat.html", {"session": session, **context}, status=status)
    return _page(request, session, status=status, **context)


def _acts(request: HttpRequest, sitting: Any, actor: Actor) -> list[dict[str, Any]]:
    """The steps open at this seat, each with its form; what was typed stays when it was refused."""
    buttons, _later = things.buttons("sitting", sitting, actor)
    posted = request.POST if request.method == "POST" else None
    found = []
    for button in buttons:
        step = button.step
        bound = posted if posted and posted.get("step") == step.name else None
        form = step.asks(bound, thing=sitting, actor=actor, step=step) if step.asks else None
        found.append({"step": step, "form": form, "refusals": button.refusals, "primary": button.filled})
    return found
