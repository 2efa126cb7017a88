"""The same flows for programs: list, get, why not, do, create. Input is the step's form, answers one shape (P2)."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jiangheng.core.authority import Actor
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.notice import CLAUSES
from jiangheng.core.steps import FLOWS, Step
from jiangheng.kernel import perform as kernel
from jiangheng.kernel.display import DISPLAYS, Display
from jiangheng.kernel.forms import schema

from . import acts, cells, desk, eligibility_api, errors, states, things
from .doors import members_only
from .listing import Listing

try:
    VERSION = version("jiangheng")
except PackageNotFoundError:  # run from the source folder, not installed
    VERSION = "0"


def _json(data: Any, *, status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


def shape(display: Display, thing: Any, actor: Actor) -> dict[str, Any]:
    """A thing as programs see it: the Display's columns, with the same masks."""
    flow = display.flow
    return {
        "id": thing.pk,
        "url": f"/api/{flow}/{thing.pk}",
        "title": display.title(thing),
        "state": thing.state,
        "state_label": states.label(flow, thing.state),
        "version": thing.version,
        "values": {cell.column.name: cell.json for cell in cells.row(display.columns, flow, thing, actor)},
    }


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The flows there are."""
    flows = [
        {"flow": flow.name, "label": str(flow.label), "url": f"/api/{flow.name}/", "steps": sorted(flow.steps)}
        for flow in FLOWS.values()
        if flow.name in DISPLAYS
    ]
    return _json({"name": "匠衡", "version": VERSION, "description": "/api/openapi.json", "flows": flows})


@members_only
@require_GET
def listing(request: HttpRequest, flow: str) -> HttpResponse:
    """A page of the things the actor reaches; the same query string as the list page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    display = desk.display_of(flow)
    rows = Listing(flow, actor, request.GET)
    items = [shape(display, thing, actor) for thing in rows.things]
    return _json(
        {"flow": flow, "count": rows.count, "page": rows.page, "pages": rows.pages, "size": rows.size, "items": items}
    )


@members_only
@require_GET
def get(request: HttpRequest, flow: str, pk: int) -> HttpResponse:
    """One thing, with the values of its panels."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    display = desk.display_of(flow)
    thing = things.find(flow, pk, actor)
    found = shape(display, thing, actor)
    for panel in cells.panels_of(display, thing, actor):
        found["values"] |= {cell.column.name: cell.json for cell in cells.row(panel.columns, flow, thing, actor)}
    return _json(found)


@members_only
@require_GET
def steps(request: HttpRequest, flow: str, pk: int) -> HttpResponse:
    """Every step of the actor's roles on the thing, and why not."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    thing = things.find(flow, pk, actor)
    offered = [
        (step, kernel.standing_refusals(step, thing, actor))
        for step in FLOWS[flow].steps.values()
        if not step.creates and step.may(actor, thing.scope)
    ]
    born = [
        (step, step.refusals(things.unborn(step, thing)))
        for step in things.births(flow)
        if step.may(actor, thing.scope)
    ]
    return _json({"steps": [_step(step, why, f"/api/{flow}/{pk}") for step, why in [*offered, *born]]})


def _step(step: Step, refusals: list[Refusal], base: str) -> dict[str, Any]:
    return {
        "step": step.code,
        "label": str(step.label),
        "url": f"{base}/new/{step.code}" if step.creates else f"{base}/{step.name}",
        "open": not refusals,
        "refusals": [errors.shown(refusal) for refusal in refusals],
        "clause": step.clause,
        "destructive": step.destructive,
        "asks": schema(step.asks),
    }


def _given(request: HttpRequest) -> tuple[Any, Any]:
    """The input of a step: a JSON object, or a form with files."""
    if request.content_type != "application/json":
        return request.POST, request.FILES
    try:
        given = json.loads(request.body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Refused([Refusal(_("请求正文不是 JSON 对象"), mend=_("按 /api/openapi.json 的说明重新提交"))])
    return given, {}


@members_only
@require_POST
def do(request: HttpRequest, flow: str, pk: int, name: str) -> HttpResponse:
    """Do a step; ``version`` refuses what has changed since it was seen."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    display = desk.display_of(flow)
    given, uploads = _given(request)
    step = acts.step_named(flow, name)
    seen = acts.version_of(given)
    thing = kernel.perform(step, pk, actor=actor, given=given, files=uploads, version=seen)
    return _json(shape(display, things.find(flow, thing.pk, actor), actor) | {"told": acts.told(step, thing)})


@require_POST
def create(request: HttpRequest, flow: str, pk: int, code: str) -> HttpResponse:
    """Make a new thing under another."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    step = acts.creating(code, flow)
    given, uploads = _given(request)
    parent = things.find(flow, pk, actor)
    thing = kernel.create(step, under=parent, actor=actor, given=given, files=uploads)
    made: dict[str, Any] = {"id": thing.pk, "state": thing.state, "told": acts.told(step, thing)}
    if step.flow in DISPLAYS and type(thing).visible(actor).filter(pk=thing.pk).exists():
        made = shape(DISPLAYS[step.flow], thing, actor) | made
    return _json(made, status=201)


REFUSED = {
    "description": "未办理，附全部理由",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "refusals": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {key: {"type": "string"} for key in ("reason", "clause", "place", "mend", "field")},
            },
        },
    },
}
PK = {"name": "pk", "in": "path", "required": True, "schema": {"type": "integer"}}


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """The API's description, made from the declarations."""
    paths: dict[str, Any] = eligibility_api.described()
    for name in DISPLAYS:
        flow, display = FLOWS[name], DISPLAYS[name]
        asked = ["q", "sort", "page", "size", "where", "in", *(filter.name for filter in display.filters)]
        query = [{"name": key, "in": "query", "schema": {"type": "string"}} for key in asked]
        paths[f"/api/{name}/"] = {"get": _operation(f"{name}.list", flow.label, parameters=query)}
        paths[f"/api/{name}/{{pk}}"] = {"get": _operation(f"{name}.get", flow.label, parameters=[PK])}
        paths[f"/api/{name}/{{pk}}/steps"] = {"get": _operation(f"{name}.steps", flow.label, parameters=[PK])}
        for step in flow.steps.values():
            if not step.creates:
                paths[f"/api/{name}/{{pk}}/{step.name}"] = {"post": _act(step)}
            for parent in step.under:
                paths[f"/api/{parent}/{{pk}}/new/{step.code}"] = {"post": _act(step, made=True, suffix=f".{parent}")}
    return _json(
        {
            "openapi": "3.1.0",
            "info": {"title": "匠衡", "version": VERSION},
            "paths": paths,
            "components": {"schemas": {"Error": ERROR}},
        }
    )


def _operation(id: str, summary: Any, *, parameters: list[Any]) -> dict[str, Any]:
    answers = {"200": {"description": "OK"}, "401": REFUSED, "404": REFUSED}
    return {"operationId": id, "summary": str(summary), "parameters": parameters, "responses": answers}


def _act(step: Step, *, made: bool = False, suffix: str = "") -> dict[str, Any]:
    described = _operation(f"{step.code}{suffix}", step.label, parameters=[PK])
    clause = CLAUSES[step.clause]
    body = schema(step.asks)
    if not made:
        body = {**body, "properties": {**body["properties"], "version": {"type": "integer"}}}
    media = "multipart/form-data" if '"binary"' in json.dumps(body) else "application/json"
    described["description"] = f"{clause.place} {clause.title}"
    described["requestBody"] = {"content": {media: {"schema": body}}}
    described["responses"] |= {"403": REFUSED, "422": REFUSED}
    if made:
        described["responses"]["201"] = described["responses"].pop("200")
    return described
