"""The camera's pictures of one sitting: shown after a look that is on record, and kept by no browser (K13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jiangheng.apps.exams import queries as exams
from jiangheng.core.errors import Refused
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import step_of
from jiangheng.kernel.perform import perform

from .. import errors
from ..doors import members_only
from .ways import actor_of, crumbs, linked


@never_cache
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """How many there are; they themselves only in the answer to the step that records the look."""
    sitting = linked(request, "sitting", pk, "pictures")
    shown, refusals = [], []
    if request.method == "POST":
        try:
            perform(step_of("sitting.look"), pk, actor=actor_of(request))
            shown = exams.pictures_of(sitting)
        except Refused as no:
            refusals = [errors.shown(each) for each in no.refusals]
    context = {
        "sitting": sitting,
        "count": len(exams.picture_moments(sitting)),
        "pictures": shown,
        "days": parameter("camera.keep_days"),
        "refusals": refusals,
        "crumbs": crumbs("sitting", sitting, _("抓拍照片")),
    }
    return render(request, "exams/pictures.html", context, status=422 if refusals else 200)
