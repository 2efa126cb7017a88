"""A corrected key: what it would do before anybody approves it, and what it did, both marks side by side (K13)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiangheng.apps.exams import queries as exams

from ..doors import members_only
from .ways import crumbs, linked

TURNS = {"up": lazy("变为合格"), "down": lazy("变为不合格"), "same": ""}
WAYS = {
    "correct": lazy("更正申报的理论成绩，重新汇总公示"),
    "enter": lazy("登记理论成绩"),
    "late": lazy("结果已核准，由中心和机构另行处理"),
    "stays": lazy("结果已核准，合格与否不变"),
}


def _way(row: Any) -> str:
    # nobody has to look at an approved result that stays what it is
    return "stays" if row.way == "late" and row.turn == "same" else str(row.way)


@never_cache
@members_only
@require_safe
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """The dry run: counted anew at every call, nothing is written."""
    thing = linked(request, "correction", pk, "trial")
    rows = exams.outcomes(thing)
    changed = [
        {"row": row, "turn": TURNS[row.turn], "way": WAYS[_way(row)], "late": row.way == "late"}
        for row in rows
        if row.before != row.after
    ]
    context: dict[str, Any] = {
        "thing": thing, "rows": changed, "effect": exams.effect_of(rows), "trial": True,
        "groups": [(_("场次"), exams.counts(rows, "session")), (_("机构"), exams.counts(rows, "institution"))],
        "crumbs": crumbs("correction", thing, _("试算")),
    }  # fmt: skip
    return render(request, "exams/correction.html", context)


@never_cache
@members_only
@require_safe
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What applying it did, from what was recorded then; and the approved results that wait for a decision."""
    thing = linked(request, "correction", pk, "changes")
    kept = thing.changes.select_related("sitting__application", "sitting__session__room", "sitting__session__batch")
    late = {*thing.effect.get("annul", ()), *thing.effect.get("late", ())}
    rows = [
        {"row": {"ticket": one.sitting.application.ticket, "session": one.sitting.session, "before": one.before,
                 "after": one.after},
         "turn": "", "way": "", "late": one.sitting.application_id in late}
        for one in kept.order_by("pk")
        if one.before != one.after
    ]  # fmt: skip
    context = {"thing": thing, "rows": rows, "effect": thing.effect, "trial": False, "groups": [],
               "crumbs": crumbs("correction", thing, _("更正前后"))}  # fmt: skip
    return render(request, "exams/correction.html", context)
