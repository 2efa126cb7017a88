"""One search over everything the actor reaches: each flow by its Display's search fields, a few of each kind."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jiangheng.core.authority import Actor
from jiangheng.kernel import clock, clockwork
from jiangheng.kernel.display import DISPLAYS
from jiangheng.kernel.perform import model_of

from . import things, wording
from .doors import members_only
from .listing import drawn, matches

EACH = 6


@members_only
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What was found, by kind; more of a kind is one tap away in its list."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    words = request.GET.get("q", "").strip()[:80]
    groups = []
    if len(words) >= 2:
        for display in DISPLAYS.values():
            if not display.search:
                continue
            rows = model_of(display.flow).visible(actor).filter(matches(display, words))
            first = list(drawn(display, rows).order_by(display.order)[: EACH + 1])
            if first:
                columns = [column for column in display.columns if column.on_list][:4]
                listed = [things.listed(display, each, columns, actor) for each in first[:EACH]]
                groups.append({"display": display, "rows": listed, "more": len(first) > EACH})
    context = {"search_query": words, "groups": groups, "short": 0 < len(words) < 2}
    return render(request, "desk/search.html", context)


@members_only
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Demo mode only: move the clock by days and hours or to a moment, and let happen what was waiting for it."""
    if not settings.CONFIG.demo:
        raise Http404
    target = _target(request)
    if target is None:
        messages.error(request, _("没有看懂要拨到什么时候；请填天数，或按 2026-11-23T14:30 的样子填写时间"))
    else:
        clock.move_to(target)
        done = clockwork.tick()
        messages.success(
            request,
            _("演示时钟已拨到 {when}，系统自动办理了 {n} 步。").format(when=wording.moment(target), n=done),
        )
    referer = request.headers.get("Referer", "")
    return HttpResponseRedirect(referer if url_has_allowed_host_and_scheme(referer, {request.get_host()}) else "/home")


def _target(request: HttpRequest) -> dt.datetime | None:
    asked = request.POST.get("to", "")
    if asked:
        try:
            moment = parse_datetime(asked)
        except ValueError:
            return None
        return timezone.make_aware(moment) if moment is not None and timezone.is_naive(moment) else moment
    try:
        by = dt.timedelta(days=int(request.POST.get("days") or 0), hours=int(request.POST.get("hours") or 0))
    except (ValueError, OverflowError):
        return None
    return clock.now() + by if abs(by) <= dt.timedelta(days=4000) else None
