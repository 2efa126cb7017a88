"""A draw of papers checked again, line by line, and its record for a checker outside (K9, K10)."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.itembank.queries import drawcheck
from jiangheng.kernel import clock

from ..doors import members_only
from .ways import crumbs, handed_out, linked


@members_only
@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything worked out again from what is kept; what was checked, whether it holds."""
    draw = linked(request, "draw", pk, "check")
    rows = drawcheck.checks(draw)
    context = {
        "draw": draw,
        "rows": rows,
        "wrong": sum(row.holds is False for row in rows),
        "open": sum(row.holds is None for row in rows),
        "printed": clock.now(),
        "crumbs": crumbs("draw", draw, _("重新计算核对")),
    }
    return render(request, "itembank/draw_check.html", context)


@members_only
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as a file; who may check here may have it checked elsewhere."""
    draw = linked(request, "draw", pk, "check")
    text = json.dumps(drawcheck.record_data(draw), ensure_ascii=False, indent=1, default=_plain)
    return handed_out(text.encode(), kind="application/json", name=_("抽题存证-{pk}.json").format(pk=pk))


def _plain(value: Any) -> Any:
    """What JSON has no kind for: sets as sorted lists, numbers as their text."""
    return sorted(value) if isinstance(value, frozenset) else str(value)
