"""The score sheet on an evaluator's tablet: saved as often as one likes, then signed and locked (clause K14)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jiangheng.apps.practicals import queries as practicals
from jiangheng.core.authority import Actor
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel.display import level_face
from jiangheng.kernel.perform import model_of, perform, standing_refusals

from .. import acts, errors
from ..doors import members_only
from .ways import actor_of, crumbs, linked

MARK, LOCK = step_of("sheet.mark"), step_of("sheet.lock")


def _own_sheets(sheet: Any, actor: Actor) -> list[Any]:
    """The evaluator's sheets of the same panel, by code."""
    rows = model_of("sheet").reach(actor).filter(
        practical__panel=sheet.practical.panel, evaluator=sheet.evaluator_id
    )  # fmt: skip
    return list(rows.select_related("practical").order_by("practical__code", "pk"))


def _next(sheet: Any, sheets: list[Any]) -> Any:
    """The next sheet that is not signed: after this one, else from the beginning."""
    at = next((number for number, each in enumerate(sheets) if each.pk == sheet.pk), 0)
    return next((each for each in [*sheets[at + 1 :], *sheets[:at]] if each.state != "locked"), None)


def _lines(sheet: Any, form: Any) -> list[dict[str, Any]]:
    given = practicals.entries(sheet)
    return [
        {"aspect": aspect, "field": form[aspect.code], "given": given.get(aspect.code)}
        for aspect in practicals.aspects_of(sheet.practical)
    ]


def _page(request: HttpRequest, sheet: Any, form: Any, refusals: list[Refusal], *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    sheets = _own_sheets(sheet, actor)
    barred = standing_refusals(MARK, sheet, actor) if sheet.state != "locked" else []
    context = {
        "sheet": sheet,
        "task": practicals.task_of(sheet.practical),
        "face": level_face(sheet.practical.level),
        "lines": _lines(sheet, form),
        "form": form,
        "total": practicals.total_of(sheet),
        "full": sum(aspect.marks for aspect in practicals.aspects_of(sheet.practical)),
        "locked": sheet.state == "locked",
        "barred": [errors.shown(each) for each in barred],
        "refusals": [errors.shown(each) for each in refusals],
        "next": _next(sheet, sheets),
        "signed": sum(each.state == "locked" for each in sheets),
        "sheets": sheets,
        "crumbs": crumbs("sheet", sheet, _("评分")),
    }
    return render(request, "practicals/score.html", context, status=status)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet; saving it, and signing it, which locks it."""
    sheet = linked(request, "sheet", pk, "score")
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, sheet, MARK.asks(thing=sheet, actor=actor, step=MARK), [])
    version = acts.version_of(request.POST)
    try:
        # what is on the page is kept before it is signed: a signature that is refused loses no mark
        sheet = perform(MARK, pk, actor=actor, given=request.POST, version=version)
        if request.POST.get("act") == "lock":
            sheet = perform(LOCK, pk, actor=actor)
    except Refused as no:
        form = MARK.asks(request.POST, thing=sheet, actor=actor, step=MARK)
        form.is_valid()
        at_fields = {str(refusal.reason) for refusal in form.refusals()}
        rest = [refusal for refusal in no.refusals if str(refusal.reason) not in at_fields]
        return _page(request, sheet, form, rest, status=422)
    if sheet.state == "locked":
        messages.success(request, _("{code}：已签字锁定，合计 {total} 分。").format(code=sheet, total=sheet.total))
        following = _next(sheet, _own_sheets(sheet, actor))
        return HttpResponseRedirect(f"/d/sheet/{following.pk}/score" if following else "/d/sheet/")
    messages.success(request, _("{code}：已保存，合计 {total} 分，还没有签字。").format(code=sheet, total=sheet.total))
    return HttpResponseRedirect(request.path)
