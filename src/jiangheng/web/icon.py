"""The house's sign for whatever asks for it by the old name: answers that are no page cannot name their icon."""

from __future__ import annotations

from importlib import resources

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=7 * 24 * 3600)
def favicon(request: HttpRequest) -> HttpResponse:
    """The same drawing as on every page."""
    drawing = resources.files("jiangheng.web").joinpath("static", "icon.svg").read_bytes()
    return HttpResponse(drawing, "image/svg+xml")
