"""How a special page is entered and how a file leaves: by the Link its Display declares, never stored on the way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach
from jiangheng.kernel.display import DISPLAYS

from .. import things

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def linked(request: HttpRequest, flow: str, pk: int, name: str) -> Any:
    """The thing, if its Display links the page ``name`` to this actor in this state; OutOfReach otherwise."""
    thing = things.find(flow, pk, actor_of(request))
    way = f"/d/{flow}/{pk}/{name}"
    if not any(link["url"] == way for link in things.links(DISPLAYS[flow], thing, actor_of(request))):
        raise OutOfReach(way)
    return thing


def crumbs(flow: str, thing: Any, label: Any) -> list[dict[str, Any]]:
    """Where the page lies: list, thing, page."""
    display = DISPLAYS[flow]
    return [
        {"label": display.label, "url": f"/d/{flow}/"},
        {"label": display.title(thing), "url": f"/d/{flow}/{thing.pk}"},
        {"label": label},
    ]


def handed_out(data: bytes, *, kind: str, name: str, shown: bool = False) -> HttpResponse:
    """A file for this person alone: opened in the browser or saved, kept by no cache."""
    headers = {
        "Content-Disposition": content_disposition_header(not shown, name) or "",
        "Content-Length": str(len(data)),
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(data, kind, headers=headers)
