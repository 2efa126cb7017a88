"""Safe Exam Browser for a session: its settings file, how it gets to the machines, the word that closes it (K13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiangheng.apps.exams import queries as exams

from ..doors import members_only
from .ways import crumbs, handed_out, linked

SEB = "application/seb"


@never_cache
@members_only
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What to do with the file, the key the hall asks for, and the word for the invigilator."""
    session = linked(request, "session", pk, "browser")
    context = {
        "session": session,
        "start": exams.browser_settings(session, camera=bool(session.camera))["startURL"],
        "key": exams.browser_keys(session, camera=bool(session.camera))[0],
        "word": exams.quit_word(session),
        "crumbs": crumbs("session", session, _("防作弊浏览器")),
    }
    return render(request, "exams/browser.html", context)


@members_only
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The settings file of the session."""
    session = linked(request, "session", pk, "browser")
    return handed_out(exams.browser_file(session, camera=bool(session.camera)), kind=SEB, name=f"exam-{session.pk}.seb")
