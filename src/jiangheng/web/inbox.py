"""My work: 待办 (what waits for me, overdue first), what I started and where it stands, figures, messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.db.models import F as Field
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from jiangheng.core.authority import Actor, Role, span
from jiangheng.core.steps import FLOWS, NOTHING, Flow, Step, step_of
from jiangheng.kernel import clock, messages
from jiangheng.kernel.display import DISPLAYS, Display
from jiangheng.kernel.models import Deadline, Entry
from jiangheng.kernel.perform import model_of

from . import charts, sentences, states, wording
from .doors import members_only

EACH = 8
"""Things shown of one kind; the rest is one line that leads to the list."""
STARTED = 8
COMING = 6


def _mine(flow: Flow, actor: Actor) -> list[Step]:
    roles = actor.roles()
    return [step for step in flow.steps.values() if step.led_states and not step.creates and step.who & roles]


def waiting(flow: Flow, display: Display, actor: Actor) -> tuple[list[Any], list[Step], QuerySet[Any]]:
    """The things of one flow in a state where one of the actor's steps is next, soonest deadline first."""
    steps = _mine(flow, actor)
    sources = frozenset().union(*(step.led_states for step in steps)) if steps else frozenset()
    model: Any = model_of(flow.name)
    who = frozenset().union(*(step.who for step in steps)) & actor.roles() if steps else frozenset()
    rows = model.reach(actor, who).filter(state__in=sources)
    if not steps:
        return [], steps, rows
    deadline = Deadline.objects.filter(
        flow=flow.name, thing=OuterRef("pk"), closed_at=None, step__in=[step.code for step in steps]
    )
    soonest = Subquery(deadline.order_by("due_at").values("due_at")[:1])
    ordered = rows.select_related(*display.select_related).annotate(due_at=soonest)
    return list(ordered.order_by(Field("due_at").asc(nulls_last=True), "pk")[: EACH + 1]), steps, rows


def todo(actor: Actor) -> tuple[list[dict[str, Any]], int]:
    """What waits for the actor, overdue first, and how many things in all. One query a kind, one for four eyes."""
    found: list[tuple[Flow, Any, list[Step]]] = []
    further: list[dict[str, Any]] = []
    total = 0
    for flow in FLOWS.values():
        display = DISPLAYS.get(flow.name)
        if display is None or display.in_whole or not _mine(flow, actor):
            continue
        rows, steps, every = waiting(flow, display, actor)
        count = every.count() if len(rows) > EACH else len(rows)
        total += count
        found += [
            (flow, thing, [step for step in steps if step.leads(thing.state) and step.open_to(actor, thing)])
            for thing in rows[:EACH]
        ]
        if count > EACH:
            further.append(_rest(display, count - EACH, {state for step in steps for state in step.led_states}))
    barred = _barred(found, actor)
    items = []
    for flow, thing, steps in found:
        open_now = [
            step
            for step in steps
            if (flow.name, thing.pk, step.name) not in barred and not _left_to_the_clock(step, thing)
        ]
        if open_now:
            items.append(_item(DISPLAYS[flow.name], thing, open_now[0]))
        else:
            total -= 1
    late = dt.datetime.max.replace(tzinfo=dt.UTC)
    items.sort(key=lambda item: item["due_at"] or late)
    return items + further, total


def _left_to_the_clock(step: Step, thing: Any) -> bool:
    # what the clock does by itself when its time has come is nobody's task before
    return Role.SYSTEM in step.who and bool(step.refusals(thing))


def _barred(found: Iterable[tuple[Flow, Any, list[Step]]], actor: Actor) -> set[tuple[str, int, str]]:
    """Steps that another person must do, because this actor did the step before (four eyes): one query."""
    wanted = [(flow, thing, step) for flow, thing, steps in found for step in steps if step.other_than]
    if not wanted:
        return set()
    before = {
        (flow.name, thing.pk, step.name, *step.other_place(other, thing), step.other_code(other))
        for flow, thing, step in wanted
        for other in step.other_than
    }
    codes, rows = {each[5] for each in before}, {each[4] for each in before if each[4] is not None}
    entries = Entry.objects.filter(step__in=codes, actor=actor.id, thing__in=rows)
    did = set(entries.values_list("flow", "thing", "step"))
    return {each[:3] for each in before if each[3:] in did}


def _item(display: Display, thing: Any, step: Step | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "flow": display.label,
        "url": f"/d/{display.flow}/{thing.pk}",
        "title": display.title(thing),
        "state": states.label(display.flow, thing.state),
        "tone": states.tone(display.flow, thing.state),
        "next_step": step.label if step else "",
        "due_at": getattr(thing, "due_at", None),
    }
    if item["due_at"]:
        left = wording.time_left(item["due_at"])
        item |= {"due": left.text, "overdue": left.tone == "late", "soon": left.tone == "soon"}
    return item


def _rest(display: Display, count: int, sources: set[str]) -> dict[str, Any]:
    state = next(iter(sources)) if len(sources) == 1 else ""
    asked = f"?where=own&state={state}" if state else "?where=own"
    text = ngettext("还有 {n} 项，到列表中办理", "还有 {n} 项，到列表中办理", count).format(n=count)
    return {"flow": display.label, "url": f"/d/{display.flow}/{asked}", "title": text, "due_at": None}


def started(actor: Actor) -> list[dict[str, Any]]:
    """What the actor made last and others act on, and where it stands now."""
    going = [
        name for name, flow in FLOWS.items() if name in DISPLAYS and any(_goes_on(step) for step in flow.steps.values())
    ]
    made = Entry.objects.filter(actor=actor.id, before=NOTHING, flow__in=going).order_by("-id").only("flow", "thing")
    latest = list(made[:STARTED])
    found = sentences.things_of(latest, actor)
    return [_item(DISPLAYS[e.flow], found[e.flow, e.thing], None) for e in latest if (e.flow, e.thing) in found]


def _goes_on(step: Step) -> bool:
    return step.primary and not step.creates


def coming(actor: Actor) -> list[dict[str, Any]]:
    """The next deadlines in the actor's territory, whoever has to meet them; equal ones of a day in one line."""
    scopes = actor.scopes(set(Role) - {Role.SELF, Role.PUBLIC})
    where = Q(pk__in=[])
    for path in scopes:
        low, high = span(path)
        where |= Q(scope__gte=low, scope__lt=high)
    rows = Deadline.objects.filter(where, closed_at=None, due_at__gte=clock.now()).order_by("due_at")[:200]
    days: dict[tuple[str, dt.date], list[Deadline]] = {}
    for row in rows if scopes else ():
        days.setdefault((row.step, timezone.localtime(row.due_at).date()), []).append(row)
    alone = sentences.things_of((some[0] for some in days.values() if len(some) == 1), actor)
    lines = []
    for (code, day), some in list(days.items())[:COMING]:
        step, first = step_of(code), some[0]
        if step.flow not in DISPLAYS:
            continue
        thing = alone.get((first.flow, first.thing)) if len(some) == 1 else None
        count = ngettext("{n} 项", "{n} 项", len(some)).format(n=len(some))
        title = DISPLAYS[step.flow].title(thing) if thing is not None else count
        url = f"/d/{step.flow}/{thing.pk}" if thing is not None else f"/d/{step.flow}/?where=own"
        lines.append(
            {"title": _("{step}：{title}").format(step=step.label, title=title), "url": url, "due": wording.day(day)}
        )
    return lines


@members_only
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """待办."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    items, total = todo(actor)
    late = sum(bool(item.get("overdue")) for item in items)
    figures = [
        {"label": _("等我处理"), "value": total, "unit": _("件"), "url": ""},
        {"label": _("已超期"), "value": late, "unit": _("件"), "url": ""},
    ]
    context = {
        "todo": items,
        "todo_count": total,
        "overdue_count": late,
        "started": started(actor),
        "figures": figures if total else [],
        "coming": coming(actor) if not items else [],
        "chart": charts.batches(actor),
    }
    return render(request, "home.html", context)


@members_only
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The messages to the actor's roles, newest first; sentences are made from the steps when read."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows: Any = messages.inbox(actor)
    unread = request.GET.get("unread") == "1"
    if unread:
        rows = rows.filter(seen=False)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    found = sentences.things_of((message.entry for message in page), actor)
    items = []
    for message in page:
        entry = message.entry
        thing = found.get((entry.flow, entry.thing))
        display = DISPLAYS.get(entry.flow)
        items.append(
            {
                "pk": message.pk,
                "text": sentences.sentence(entry),
                "title": display.title(thing) if thing is not None and display else "",
                "url": f"/d/{entry.flow}/{entry.thing}" if thing is not None else "",
                "seen": message.seen,
            }
        )
    context = {
        "items": items,
        "page_obj": page,
        "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "unread": unread,
    }
    return render(request, "desk/inbox.html", context)


@members_only
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark messages as read: the ones named, or all."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    every: Any = messages.inbox(actor)
    rows = every.filter(seen=False)
    if not request.POST.get("all"):
        rows = rows.filter(pk__in=[int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal()])
    seen = list(rows[:1000])
    messages.mark_read(actor, seen)  # type: ignore[arg-type]
    text = ngettext("已将 {n} 条消息标为已读。", "已将 {n} 条消息标为已读。", len(seen)).format(n=len(seen))
    notes.success(request, text)
    return HttpResponseRedirect("/inbox")
