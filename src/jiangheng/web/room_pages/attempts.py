"""The sealed bundle of an attempt, handed to those who may see marks (K10, K13)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.exams import queries as exams

from ..doors import members_only
from .ways import handed_out, linked


@members_only
@require_safe
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """The bundle as it was sealed; before that, and when a mark has changed since, a word on what to do first."""
    sitting = linked(request, "sitting", pk, "attempt.json")
    content = exams.sealed_bundle(sitting)
    if content is None:
        messages.warning(request, _("作答还没有封存，或封存后成绩有更正。请先由考务员办理“封存作答”，再下载。"))
        return HttpResponseRedirect(f"/d/sitting/{pk}")
    return handed_out(content, kind="application/json", name=exams.bundle_name(sitting))
