"""Papers on paper: theory papers with answer sheets and keys, a session's papers, practical papers (K13, K14).

A theory paper leaves only after the same person registered its print, and every file that shows anything secret leaves
a look behind. The file is made anew each time, because each copy says who fetched it and when.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from jiangheng.apps.batches.formats.tickets import day_and_hours
from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank import flow
from jiangheng.apps.itembank import queries as banks
from jiangheng.apps.itembank.formats import printing, printing_exercise
from jiangheng.apps.itembank.queries import printing as prints
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.law import levels
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock

from .. import errors, papers
from ..doors import members_only
from .ways import PDF, actor_of, handed_out, linked

NAMES = {
    "paper": lazy("试卷"),
    "answers": lazy("答题卡"),
    "key": lazy("参考答案"),
    "notice": lazy("考核准备通知单"),
    "task": lazy("考核试卷"),
    "score": lazy("评分记录表"),
}


def _handed(request: HttpRequest) -> printing.Handed:
    return printing.Handed(by=actor_of(request).name, at=clock.now(), demo=settings.CONFIG.demo)


def _unregistered(request: HttpRequest, name: str, thing: Any) -> HttpResponse:
    step = step_of(f"{name}.print")
    minutes = int(prints.WITHIN.total_seconds() // 60)
    reason = _("没有登记印制这份文件，或登记后超过 {n} 分钟").format(n=minutes)
    mend = _("先办理“{step}”，写明缘由，再取文件").format(step=step.label)
    return errors.refused(request, Refused([Refusal(reason, step.clause, mend)]), back=f"/d/{name}/{thing.pk}")


def _printed(paper: Any, *, label: str = "") -> printing.Printed:
    return printing.Printed(
        title=f"{prints.printed_name(paper.bank)} 理论知识考试",
        form=paper.form,
        digest=paper.digest,
        blueprint=banks.blueprint_of(paper.bank, paper.blueprint),
        items=tuple(banks.paper_items(paper)),
        media=prints.pictures_of(paper),
        label=label,
    )


@members_only
@require_safe
def paper(request: HttpRequest, pk: int, document: str) -> HttpResponse:
    """A theory paper, its answer sheet or its key, for whoever has just registered its print."""
    found, actor = linked(request, "paper", pk, f"{document}.pdf"), actor_of(request)
    order = prints.registered("paper", pk, actor, document=document)
    if order is None:
        return _unregistered(request, "paper", found)
    flow.look_at_paper(found, actor=actor, what="key" if document == "key" else "print")
    setter, made, handed = papers.typesetter(), _printed(found), _handed(request)
    if document == "paper":
        data = printing.paper_pdf(setter, made, handed=handed, sheet=order["sheet"])
    elif document == "answers":
        data = printing.answers_pdf(setter, made, handed=handed)
    else:
        data = printing.key_pdf(setter, made, handed=handed)
    name = f"{NAMES[document]}-{found.form}-{found.digest[:8]}.pdf"
    return handed_out(data, kind=PDF, name=name, shown=True)


@members_only
@require_safe
def session_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """All forms of a session with their answer sheets and the list of who gets which, for rooms without computers."""
    session, actor = linked(request, "session", pk, "papers.pdf"), actor_of(request)
    order = prints.registered("session", pk, actor)
    if order is None:
        return _unregistered(request, "session", session)
    sittings = exams.seats_in(session)
    found = {sitting.paper_id: sitting.paper for sitting in sittings}
    several = len({each.level for each in found.values()}) > 1
    labels = {
        pk: f"{levels.level(each.level).face.partition('/')[0]} {each.form}" if several else each.form
        for pk, each in found.items()
    }
    for each in found.values():
        flow.look_at_paper(each, actor=actor, what="print")
    day, hours = day_and_hours(session.starts_at, session.starts_at + dt.timedelta(minutes=session.minutes))
    data = printing.session_pdf(
        papers.typesetter(),
        [_printed(each, label=labels[pk]) for pk, each in sorted(found.items())],
        [
            printing.Seat(
                seat=str(sitting.application.seat), name=sitting.application.name, ticket=sitting.application.ticket,
                form=labels[sitting.paper_id],
            )
            for sitting in sittings
        ],
        place=f"{session.room.site.name} {session.room.name}", when=f"{day} {hours}", handed=_handed(request),
        sheet=order["sheet"], reason=order["reason"], spare=int(order.get("copies", 0)),
    )  # fmt: skip
    return handed_out(data, kind=PDF, name=_("纸质试卷-{pk}.pdf").format(pk=pk), shown=True)


@members_only
@require_safe
def exercise(request: HttpRequest, pk: int, document: str) -> HttpResponse:
    """A part of a practical paper; task and score sheet are looks."""
    found, actor = linked(request, "exercise", pk, f"{document}.pdf"), actor_of(request)
    made = printing_exercise.PrintedExercise(
        occupation=prints.printed_name(found.bank), code=found.code, title=found.title, minutes=found.minutes,
        digest=found.digest, notice=found.notice,
    )  # fmt: skip
    setter, handed = papers.typesetter(), _handed(request)
    if document == "notice":
        data = printing_exercise.notice_pdf(setter, made, handed=handed)
    else:
        content = flow.look_at_exercise(found, actor=actor, what=document)
        if document == "task":
            data = printing_exercise.task_pdf(setter, made, task=content["task"], handed=handed)
        else:
            data = printing_exercise.score_pdf(setter, made, lines=content["lines"], handed=handed)
    return handed_out(data, kind=PDF, name=f"{NAMES[document]}-{found.code}.pdf", shown=True)
