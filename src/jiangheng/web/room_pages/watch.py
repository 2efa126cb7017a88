"""The invigilator's room: every seat as it stands now, and what may be done at it in two taps with a reason (K13)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.pages import reports_of
from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refused
from jiangheng.core.exam import sitting as core_sitting
from jiangheng.hall.entries import SILENT_MS, Standing
from jiangheng.kernel import clock
from jiangheng.kernel.perform import model_of, perform

from .. import acts, errors, things
from ..doors import members_only
from . import crowd
from .seats import place
from .ways import actor_of, crumbs, linked

STANDINGS = {
    # key: (label, tone of the mark)
    "ready": (lazy("未入场"), "draft"),
    "waiting": (lazy("已入场候考"), "wait"),
    "admitted": (lazy("考试中"), "now"),
    "silent": (lazy("失去联系"), "soon"),
    "locked": (lazy("页面已锁定"), "soon"),
    "paused": (lazy("已暂停"), "soon"),
    "break": (lazy("休息中"), "wait"),
    "handed": (lazy("已交卷待评分"), "wait"),
    "on_paper": (lazy("纸笔作答待录入"), "wait"),
    "submitted": (lazy("已交卷"), "done"),
    "absent": (lazy("缺考"), "info"),
    "voided": (lazy("已作废"), "info"),
}
ALARMING = ("silent", "locked")
TURNED_AWAY = {
    "other_device": lazy("换了机器"),
    "superseded": lazy("旧页面"),
    "old_pass": lazy("旧凭证"),
    "late": lazy("迟到"),
    "exam_browser": lazy("不是防作弊浏览器"),
    "foreign_item": lazy("不在卷中的题"),
    "too_many": lazy("操作过多"),
    "not_yours": lazy("冒用考务操作"),
}
"""Refused messages that an invigilator should know of; the others are repeats and the like, and settle themselves."""

REASONS = (
    lazy("机器故障重启"), lazy("机器故障换机"), lazy("考场断电"), lazy("考场断网"), lazy("考生身体不适"),
    lazy("核对考生身份"), lazy("误触离开页面"), lazy("恢复正常作答"),
)  # fmt: skip
"""What happens most: offered while a reason is typed."""
_HALT = (lazy("核对考生身份"), lazy("机器故障重启"), lazy("考生身体不适"))
_LINE = (lazy("考场断电"), lazy("考场断网"))
_GO_ON = (lazy("恢复正常作答"), lazy("误触离开页面"))
QUICK = {
    "pause": _HALT, "resume": _GO_ON, "allow_move": (lazy("机器故障换机"),),
    "pause_all": _LINE, "resume_all": _GO_ON[:1],
}  # fmt: skip
"""Reasons on buttons of their own, by step: opened and touched, two taps do."""


@dataclass(frozen=True)
class Seat:
    """One seat as the invigilator sees it: from the standings, which are a few seconds old."""

    sitting: Any
    number: int
    standing: str
    answered: int | None
    items: int
    seen: str
    focus_lost: int
    refused: dict[str, int]

    @property
    def label(self) -> str:
        return str(STANDINGS[self.standing][0])

    @property
    def tone(self) -> str:
        return STANDINGS[self.standing][1]

    @property
    def address(self) -> str:
        return f"/d/session/{self.sitting.session_id}/seat/{self.sitting.pk}"

    @property
    def said(self) -> str:
        """All that a card shows, in one line."""
        found = [
            _("{n} 号 {name}：{state}").format(n=self.number, name=self.sitting.application.name, state=self.label)
        ]
        if self.answered is not None:
            found.append(_("已答 {n}/{items}").format(n=self.answered, items=self.items))
        if self.focus_lost:
            found.append(ngettext("离开页面 {n} 次", "离开页面 {n} 次", self.focus_lost).format(n=self.focus_lost))
        if self.refused:
            found.append(_("被拒绝：{what}").format(what=self.attempts))
        return _("，").join(found)

    @property
    def gravity(self) -> tuple[int, int]:
        """Whom to look at first: who cannot go on, who is not heard of, then the others."""
        return (("locked", "silent").index(self.standing) if self.standing in ALARMING else 2, self.number)

    @property
    def running(self) -> bool:
        return self.standing in ("waiting", "admitted", "silent", "locked", "paused", "break")

    @property
    def alarming(self) -> bool:
        expected = self.running or self.standing == "ready"
        return self.standing in ALARMING or (expected and bool(self.focus_lost or self.refused))

    @property
    def attempts(self) -> str:
        """Refused attempts in words."""
        told = _("{what} {n} 次")
        return _("、").join(told.format(what=TURNED_AWAY[code], n=n) for code, n in sorted(self.refused.items()))


def _ago(moment: dt.datetime | None, now: dt.datetime) -> str:
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return ngettext("{n} 秒前", "{n} 秒前", seconds).format(n=seconds)
    if seconds < 3600:
        return ngettext("{n} 分钟前", "{n} 分钟前", seconds // 60).format(n=seconds // 60)
    return f"{moment.astimezone():%H:%M}"


def _standing(sitting: Any, one: Standing | None, refused: dict[str, int], now: dt.datetime) -> str:
    # whoever was refused for coming late stood at the door and is not in
    if one is None or sitting.state not in ("ready", "admitted") or "late" in refused:
        return str(sitting.state)
    if one.stage not in ("open", "waiting"):
        return one.stage
    if now.timestamp() * 1000 > one.deadline:
        return "handed"
    if now.timestamp() * 1000 - one.seen > SILENT_MS:
        return "silent"
    return "admitted" if one.stage == "open" else "waiting"


def _seat(sitting: Any, one: Standing | None, refused: dict[str, int], now: dt.datetime) -> Seat:
    seen = dt.datetime.fromtimestamp(one.seen / 1000, dt.UTC) if one else None
    return Seat(
        sitting=sitting,
        number=int(sitting.seat),
        standing=_standing(sitting, one, refused, now),
        answered=one.answered if one and sitting.answered is None else sitting.answered,
        items=one.total if one and one.total else len(sitting.paper.items),
        seen=_ago(seen, now),
        focus_lost=one.focus_lost if one else 0,
        refused={code: count for code, count in refused.items() if code in TURNED_AWAY},
    )


_SHOWN = (
    "state", "answered", "moved_to", "session_id", "paper_id", "scope", "version", "application__name",
    "application__seat", "application__ticket",
)  # fmt: skip
"""What the seats of a room are drawn from: unsealing all else that is known of 5,000 people takes a second."""


def seats_of(session: Any, actor: Actor, *, alone: int | None = None) -> list[Seat]:
    """Every seat of the room that is taken, by number: two questions to the hall, whatever the size of the room.

    ``alone`` asks for the seat of that sitting only, with everything that is known of it.
    """
    found = model_of("sitting").reach(actor).filter(session=session).select_related("application")
    found = found.only(*_SHOWN) if alone is None else found.filter(pk=alone)
    rows = list(found.prefetch_related("paper"))
    standings, refused, now = exams.standings(session), exams.turned_away(row.pk for row in rows), clock.now()
    for row in rows:
        row.session = session
    seats = [_seat(row, standings.get(row.pk), refused.get(row.pk, {}), now) for row in rows]
    return sorted(seats, key=lambda seat: seat.number)


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
    trouble = sorted((seat for seat in seats if seat.alarming), key=lambda seat: seat.gravity)
    rows = _grid(session, seats)
    big = len(seats) > crowd.CARDS
    return {
        "session": session,
        "rows": [] if big else rows,
        "marks": crowd.marks(rows) if big else "",
        # 5,000 marks take half a second of a processor to draw
        "pace": 10 if big else 2,
        "over": session.state == "closed",
        "another_day": timezone.localdate(ends) != timezone.localdate(now),
        "counts": _counts(seats),
        "trouble": trouble[: crowd.LOOKED_AT],
        "alarms": len(trouble),
        "further": max(0, len(trouble) - crowd.LOOKED_AT),
        "ends": ends,
        "now": now,
        "left": _minutes(ends - now) if now >= session.starts_at else None,
        "until": _minutes(session.starts_at - now) if now < session.starts_at else None,
    }


def _page(request: HttpRequest, session: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    context = _context(session, actor) | more
    found = _acts(request, "session", session, actor, more.get("failed", ""))
    context |= {
        "steps": [act for act in found if act["form"] is None],
        "bulk": [act for act in found if act["form"] is not None],
        "crumbs": crumbs("session", session, _("监考")),
        "room_address": f"/d/session/{session.pk}/room",
        "reasons": REASONS,
    }
    return render(request, "exams/room.html", context, status=status)


def _told(request: HttpRequest, flow: str, thing: Any) -> Any:
    """Perform the step that was posted and say what has happened."""
    step = acts.step_named(flow, request.POST.get("step", ""))
    # time is given once, however often the button is touched
    version = acts.version_of(request.POST)
    done = perform(step, thing.pk, actor=actor_of(request), given=request.POST, version=version)
    messages.success(request, acts.told(step, done))
    return done


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The room, drawn anew when the hall tells of a change; what concerns everybody is done here too."""
    session = linked(request, "session", pk, "room")
    if request.method == "POST":
        try:
            _told(request, "session", session)
        except Refused as no:
            # what is wrong with a field stands at the field
            told = [errors.shown(each) for each in no.refusals if not each.field]
            return _page(request, session, status=422, refusals=told, failed=request.POST.get("step", ""))
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
    found = next(iter(seats_of(session, actor, alone=sitting)), None)
    if found is None:
        raise OutOfReach(f"session:{pk}:{sitting}")
    refusals: list[dict[str, str]] = []
    failed, refused = "", False
    if request.method == "POST":
        failed = request.POST.get("step", "")
        try:
            _told(request, "sitting", found.sitting)
            return HttpResponseRedirect(f"/d/session/{pk}/room")
        except Refused as no:
            refusals = [errors.shown(each) for each in no.refusals if not each.field]
            refused = True
    found.sitting.refresh_from_db()
    context = {"seat": found, "acts": _acts(request, "sitting", found.sitting, actor, failed), "refusals": refusals}
    context |= {"here": f"/d/session/{pk}/seat/{sitting}", **_closer(found)}
    status = 422 if refused else 200
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "exams/_seat.html", {"session": session, **context}, status=status)
    return _page(request, session, status=status, **context)


def _closer(found: Seat) -> dict[str, Any]:
    """What only the journal of this one sitting tells: time given, messages, irregularities."""
    state, _head = exams.replay(found.sitting)
    ends = dt.datetime.fromtimestamp(core_sitting.deadline(state, clock.epoch_ms()) / 1000, dt.UTC)
    return {
        "extended": state.extended // 60,
        "own_end": ends if found.running else None,
        "notes": [(dt.datetime.fromtimestamp(note.at / 1000, dt.UTC), note.text) for note in state.notes],
        "reports": reports_of(found.sitting),
    }


HERE = frozenset({"admit", "submit", "miss", "extend", "pause", "resume", "allow_move", "tell", "report"})
"""What is done at a seat; more weighty acts have their own page, which asks twice."""


def _acts(request: HttpRequest, flow: str, thing: Any, actor: Actor, failed: str) -> list[dict[str, Any]]:
    """The steps open here, each with its form; what was typed stays when it was refused."""
    buttons, _later = things.buttons(flow, thing, actor)
    found = []
    for button in buttons:
        step = button.step
        if step.creates or (flow == "sitting" and step.name not in HERE) or step.name == "print":
            continue
        bound = request.POST if failed == step.name else None
        form = (
            step.asks(bound, thing=thing, actor=actor, step=step, auto_id=f"id_{step.name}_%s") if step.asks else None
        )
        found.append({
            "step": step, "form": form, "refusals": button.refusals, "primary": button.filled,
            "open": failed == step.name, "quick": QUICK.get(step.name, ()),
        })  # fmt: skip
    return found
