"""The wall at one moment, to keep: every running session in figures, and the seats that want a look (K13, W2)."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor
from jiangheng.hall.entries import SILENT_MS, Standing
from jiangheng.kernel import clock

from .. import wording
from ..doors import members_only
from . import wall
from .watch import STANDINGS
from .ways import XLSX, handed_out

HEAD = 3
SITTING = ("waiting", "open", "paused", "locked", "break")
HELD = ("paused", "locked")


@dataclass(frozen=True, slots=True)
class Line:
    """One session as it stands: counts of seats, and how many of all questions are answered."""

    session: Any
    counts: Counter[str]
    answered: int
    total: int


@never_cache
@members_only
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """A workbook of this moment: one sheet of sessions, one of seats; nobody is named in it."""
    actor, now = wall.watcher(request), clock.epoch_ms()
    sessions = exams.running(actor)
    seen = exams.standings_of([row.pk for row in sessions])
    data = _workbook(actor, sessions, seen, now=now)
    moment = wording.moment(clock.now()).replace(":", "")
    return handed_out(data, kind=XLSX, name=_("考试大屏-{when}.xlsx").format(when=moment))


def lines(sessions: Iterable[Any], seen: Iterable[Standing], *, now: int) -> list[Line]:
    """Every session with its counts; a session nobody has entered has none."""
    found = {row.pk: Line(row, Counter(), 0, 0) for row in sessions}
    for one in seen:
        line = found[one.session]
        line.counts[one.stage] += 1
        line.counts["silent"] += is_silent(one, now)
        line.counts["strayed"] += bool(one.focus_lost)
        found[one.session] = Line(line.session, line.counts, line.answered + one.answered, line.total + one.total)
    return list(found.values())


def is_silent(one: Standing, now: int) -> bool:
    """Is a candidate at work and not heard of for longer than a page keeps quiet?"""
    return one.stage in SITTING and now - one.seen > SILENT_MS


def _workbook(actor: Actor, sessions: Sequence[Any], seen: Sequence[Standing], *, now: int) -> bytes:
    made, places = io.BytesIO(), dict(offices.counties(actor))
    # every text is written as text: a name that looks like a formula stays what it is
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        labels = (
            _("考场"), _("批次"), _("县（市、区）"), _("开始时间"), _("考生数"), _("在考"), _("已交卷"), _("失去联系"),
            _("离开过页面"), _("暂停或锁定"), _("已答题数"), _("应答题数"),
        )  # fmt: skip
        rows = [_session_row(line, places) for line in lines(sessions, seen, now=now)]
        _sheet(book, _("考场"), labels, rows, who=actor.name)
        of = {row.pk: row for row in sessions}
        looked = [one for one in seen if _wants_a_look(one, now)]
        seats = exams.seat_numbers(actor, [one.sitting for one in looked])
        told = [
            (
                str(of[one.session].room), seats.get(one.sitting) or 0, _label(one, now), one.focus_lost, one.answered,
                one.total,
            )
            for one in looked
        ]  # fmt: skip
        wanted = (_("考场"), _("座位"), _("状态"), _("离开页面（次）"), _("已答题数"), _("应答题数"))
        _sheet(book, _("请留意的座位"), wanted, sorted(told), who=actor.name)
    return made.getvalue()


def _wants_a_look(one: Standing, now: int) -> bool:
    return one.stage in HELD or is_silent(one, now) or (one.stage in SITTING and bool(one.focus_lost))


def _label(one: Standing, now: int) -> str:
    key = "silent" if is_silent(one, now) else {"open": "admitted"}.get(one.stage, one.stage)
    return str(STANDINGS[key][0])


def _session_row(line: Line, places: dict[str, str]) -> tuple[str | int, ...]:
    session, counts = line.session, line.counts
    place = next((name for code, name in places.items() if session.scope.startswith(code)), "")
    return (
        str(session.room), session.batch.title, place, wording.moment(session.starts_at), session.seated,
        sum(counts[stage] for stage in SITTING), counts["handed"], counts["silent"], counts["strayed"],
        sum(counts[stage] for stage in HELD), line.answered, line.total,
    )  # fmt: skip


def _sheet(book: Any, name: str, labels: Sequence[str], rows: Iterable[Sequence[str | int]], *, who: str) -> None:
    bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, _("考试大屏快照"), bold)
    told = _("导出时间 {when}；导出人 {who}")
    sheet.write_string(1, 0, told.format(when=wording.moment(clock.now()), who=who))
    for place, label in enumerate(labels):
        sheet.set_column(place, place, 28 if place < 2 else 14)
        sheet.write_string(HEAD - 1, place, label, head)
    for number, row in enumerate(rows, start=HEAD):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, value)
    sheet.freeze_panes(HEAD, 0)
