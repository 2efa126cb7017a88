"""One list, one page, one trail and one file view for every flow, drawn from its Display."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach
from jiangheng.core.notice import CLAUSES
from jiangheng.core.steps import FLOWS
from jiangheng.kernel import clock, files
from jiangheng.kernel.display import DISPLAYS, OVERVIEWS, Display
from jiangheng.kernel.models import Attachment

from . import cells, sentences, sheets, things
from .doors import members_only
from .listing import SIZES, Listing

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "application/pdf"})


def display_of(flow: str) -> Display:
    """The flow's Display; OutOfReach when there is no such flow."""
    if flow not in FLOWS or flow not in DISPLAYS:
        raise OutOfReach(flow)
    return DISPLAYS[flow]


@members_only
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every kind of thing that is in this actor's menu or reach, and the pages over many things."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    roles = actor.roles()
    shown = [display for display in DISPLAYS.values() if (display.menu_for | display.shelf_for) & roles]
    overviews = [each for each in OVERVIEWS if each.roles & roles]
    return render(request, "desk/index.html", {"displays": shown, "overviews": overviews})


@members_only
@require_GET
def listing(request: HttpRequest, flow: str) -> HttpResponse:
    """The list of a flow; only the table when htmx asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    display = display_of(flow)
    rows = Listing(flow, actor, request.GET)
    late = things.overdue(flow, [thing.pk for thing in rows.things], clock.now()) if rows.things else set()
    listed = [things.listed(display, thing, rows.columns, actor) for thing in rows.things]
    bulk = rows.bulk_steps
    for row in listed:
        row["late"] = row["pk"] in late
        row["pickable"] = any(step.open_to(actor, row["thing"]) for step in bulk)
    context = {"listing": rows, "display": display, "flow": flow, "rows": listed, "bulk": bulk, "sizes": SIZES}
    context["beginnings"] = things.beginnings(flow, actor)
    part = request.htmx and request.htmx.target == "list"  # type: ignore[attr-defined]
    return render(request, "desk/_list.html" if part else "desk/list.html", context)


@members_only
@require_GET
def export(request: HttpRequest, flow: str) -> HttpResponse:
    """Exactly what the list shows, as a spreadsheet."""
    display = display_of(flow)
    data = sheets.workbook(Listing(flow, request.actor, request.GET))  # type: ignore[attr-defined]
    name = f"{display.label}-{timezone.localtime(clock.now()):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(data, SHEET, headers={"Content-Disposition": content_disposition_header(True, name) or ""})


@members_only
@require_GET
def thing(request: HttpRequest, flow: str, pk: int) -> HttpResponse:
    """A thing: state, whose turn it is, steps with their refusals, panels, what belongs to it, trail."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    display = display_of(flow)
    found = things.find(flow, pk, actor)
    within = actor.reaches(found.scope)
    now, later = things.buttons(flow, found, actor)
    trail, further = sentences.trail_page(flow, found, actor) if within else ([], 0)
    context: dict[str, Any] = {
        "flow": flow,
        "display": display,
        "thing": found,
        "title": display.title(found),
        "now": now,
        "later": later,
        "turns": things.turns(flow, found),
        "chain": things.chain(display, found),
        "links": things.links(display, found, actor),
        "panels": things.panels(display, found, actor, request),
        "kin": things.kin(display, found, actor),
        "trail": trail,
        "further": further,
        "within": within,
        "crumbs": [{"label": display.label, "url": f"/d/{flow}/"}, {"label": display.title(found)}],
    }
    return render(request, "desk/thing.html", context)


@members_only
@require_GET
def trail(request: HttpRequest, flow: str, pk: int) -> HttpResponse:
    """Earlier entries of the trail: a part for htmx, a page of its own otherwise."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    display = display_of(flow)
    found = things.find(flow, pk, actor)
    if not actor.reaches(found.scope):
        raise OutOfReach(f"{flow}:{pk}")
    asked = request.GET.get("before", "")
    lines, further = sentences.trail_page(flow, found, actor, before=int(asked) if asked.isdecimal() else 0)
    context = {
        "flow": flow, "thing": found, "trail": lines, "further": further,
        "crumbs": [
            {"label": display.label, "url": f"/d/{flow}/"},
            {"label": display.title(found), "url": f"/d/{flow}/{pk}"},
            {"label": _("履历")},
        ],
    }  # fmt: skip
    return render(request, "desk/_trail.html" if request.htmx else "desk/trail.html", context)  # type: ignore[attr-defined]


@members_only
@require_GET
def file(request: HttpRequest, flow: str, pk: int, name: str) -> HttpResponse:
    """A file that one of the thing's columns shows to this actor; never by the file's own number."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    display = display_of(flow)
    found = things.find(flow, pk, actor)
    column = cells.column_of(display, name, found, actor)
    kept = column.of(found, actor) if column is not None and column.kind in ("file", "image") else None
    if not isinstance(kept, Attachment) or not actor.reaches(found.scope):
        raise OutOfReach(f"{flow}:{pk}:{name}")
    inline = kept.media_type in SHOWN_INLINE
    headers = {
        "Content-Disposition": content_disposition_header(not inline, kept.name) or "",
        # a kept file is what somebody handed in: it may be looked at, it may not do anything
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Content-Length": str(kept.size),
    }
    return HttpResponse(files.read(kept), kept.media_type if inline else "application/octet-stream", headers=headers)


@require_GET
def clause(request: HttpRequest, id: str) -> HttpResponse:
    """A clause of the notice and the steps that rest on it."""
    found = CLAUSES.get(id)
    if found is None:
        raise OutOfReach(id)
    citing = [step for flow in FLOWS.values() for step in flow.steps.values() if step.clause == id]
    rules = {
        (str(FLOWS[step.flow].label), str(step.label), rule.name)
        for flow in FLOWS.values()
        for step in flow.steps.values()
        for rule in step.requires
        if rule.clause == id
    }
    base = "public.html" if request.actor.id == "public" else "office.html"  # type: ignore[attr-defined]
    context = {"clause": found, "steps": citing, "rules": sorted(rules), "base": base, "flows": FLOWS}
    return render(request, "desk/clause.html", context)
