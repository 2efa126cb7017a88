"""The public's pages on direct recognition and appointment: who is put forward, why, until when one may object (R1–R4).

Names are masked by the one rule. Of a round that appoints, the list stays public, because posts are held in public;
of any other, nobody is named once its publicity is over, as with the results of an examination.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from jiangheng.apps.offices import queries as offices
from jiangheng.apps.routes import queries as routes
from jiangheng.apps.routes.models import Recognition
from jiangheng.core.errors import OutOfReach
from jiangheng.core.law.direct import ROUTES
from jiangheng.kernel import clock
from jiangheng.kernel.spoken import spoken

from .portal import county_asked, page_of, words_asked

WHEN = {"open": lazy("公示中"), "waiting": lazy("等待核准"), "done": lazy("已核准")}
IN_STATES = {"open": ("published",), "waiting": ("concluded", "approved", "reported"), "done": ("settled", "listed")}


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every published round, newest first, by words, county, route and stage."""
    words, way, when = words_asked(request), request.GET.get("route", ""), request.GET.get("when", "")
    code, scope, counties = county_asked(request)
    rows = routes.publicised(words=words, place=scope, way=way if way in ROUTES else "")
    if when in IN_STATES:
        rows = rows.filter(state__in=IN_STATES[when])
    context = page_of(request, rows)
    for found in context["page_obj"]:
        found.place, found.way_label = offices.place(found.scope), spoken(found.way.label)
    context |= {
        "public_page": "announcements", "words": words, "county": code, "counties": counties,
        "route": way if way in ROUTES else "", "when": when if when in WHEN else "", "whens": WHEN.items(),
        "routes": [(each.code, spoken(each.label)) for each in ROUTES.values()],
    }  # fmt: skip
    return render(request, "portal/recognitions.html", context)


def publicised(pk: int) -> Recognition:
    """A published round; OutOfReach for any other, as if it did not exist."""
    found: Recognition | None = routes.publicised().filter(pk=pk).first()
    if found is None:
        raise OutOfReach(f"recognition:{pk}")
    return found


@require_safe
def recognition(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: its route and what the law lifts for it, its scheme, where it stands, who is published and why."""
    found = publicised(pk)
    until = found.publicity_until
    context: dict[str, Any] = {
        "public_page": "announcements",
        "recognition": found,
        "place": offices.place(found.scope),
        "way": spoken(found.way.label),
        "lifted": spoken(found.way.lifted) if found.way.lifted else "",
        "clause": found.way.clause,
        "stages": routes.public_stages(found),
        "named": routes.names_are_public(found),
        "people": routes.published_nominees(found) if routes.names_are_public(found) else [],
        "open_for_objections": found.state == "published" and until is not None and clock.now() <= until,
    }
    return render(request, "portal/recognition.html", context)
