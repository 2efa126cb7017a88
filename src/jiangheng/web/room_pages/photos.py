"""A photo pack before it is taken: which file is whose photo, what is wrong and how to mend it (W10); how far it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.batches import queries as batches
from jiangheng.kernel import underway

from ..doors import members_only
from .ways import crumbs, linked


@members_only
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A line a file, wrong ones first, and the ways on: take the good photos, all or none, discard."""
    pack = linked(request, "photopack", pk, "preview")
    context = {"thing": pack, "crumbs": crumbs("photopack", pack, _("核对并采用")), **batches.pack_summary(pack)}
    return render(request, "batches/photo_page.html", context)


@members_only
@require_safe
def how_far(request: HttpRequest, pk: int) -> HttpResponse:
    """How many photos of the pack are done while it is being taken; nulls when it is not."""
    pack = linked(request, "photopack", pk, "preview")
    done, of = underway.how_far(f"photopack-{pack.pk}") or (None, None)
    return JsonResponse({"done": done, "of": of})
