"""A session at a place without a good line: its package handed over, its key told, what came back (K13)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiangheng.apps.exams import queries as exams
from jiangheng.core.errors import Refused
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock
from jiangheng.kernel.perform import perform

from .. import acts, errors, things
from ..doors import members_only
from .ways import actor_of, crumbs, handed_out, linked

ON_PAGE = ("hand_over", "tell_key", "deliver", "take_in", "recall", "close")
TOLD = {"phone": lazy("电话"), "file": lazy("文件"), "in_person": lazy("当面")}


def line(session: Any, what: str) -> str:
    """The address that the place's program asks for its package or gives its bundle to."""
    return f"{settings.CONFIG.public_url.rstrip('/')}/places/{session.pk}/{what}"


@never_cache
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What has happened and what is to be done next; a slip for the place is made here and shown once."""
    session = linked(request, "session", pk, "place")
    if request.method == "POST":
        try:
            done = perform(
                step_of("session.hand_over"), pk, actor=actor_of(request), version=acts.version_of(request.POST)
            )
        except Refused as no:
            return errors.refused(request, no, back=request.path)
        return _slip(request, session, done.token)
    steps, _later = things.buttons("session", session, actor_of(request))
    package = session.package
    context = {
        "session": session,
        "package": package,
        "code": package.digest[: exams.SHOWN] if package else "",
        "rows": [_row(each) for each in exams.happenings(session)],
        "fetched": exams.fetched(session),
        "key_opens_at": exams.key_opens_at(session),
        "deliveries": session.deliveries.order_by("pk"),
        "thing": session,
        "prefix": "place",
        "steps": [each for each in steps if each.step.name in ON_PAGE],
        "may_hand_over": session.state == "away" and step_of("session.hand_over").may(actor_of(request), session.scope),
        "may_see_key": bool(exams.key_told_to(session, actor_of(request))),
        "crumbs": crumbs("session", session, _("考点")),
    }
    return render(request, "exams/place.html", context)


def _slip(request: HttpRequest, session: Any, token: str) -> HttpResponse:
    package = session.package
    context = {
        "session": session,
        "package": package,
        "code": package.digest[: exams.SHOWN],
        "token": token,
        "pins": package.pins_by_name,
        "office": exams.office_key(),
        "fetch": line(session, "package"),
        "give": line(session, "bundle"),
        "crumbs": crumbs("session", session, _("领用单")),
    }
    return render(request, "exams/place_slip.html", context)


def _row(happened: Any) -> dict[str, Any]:
    """One line of what happened: when, what, who, and what is worth knowing of it."""
    given, note = happened.given, ""
    if happened.step == "tell_key":
        way = TOLD.get(given.get("way", ""), "")
        note = _("告知 {name}（{way}）").format(name=given.get("listener", ""), way=way)
    elif happened.step == "fetch":
        start = given.get("start", 0)
        note = _("从第 {n} 字节续传").format(n=start) if start else _("从头下载")
    elif happened.step == "take_in" and happened.came_to:
        note = _("{people} 人，{entries} 条记录").format(**happened.came_to)
    elif happened.step == "pack":
        note = _("考点负责人 {name}").format(name=given.get("contact", ""))
    return {
        "at": happened.at, "label": step_of(f"session.{happened.step}").label, "who": happened.who, "note": note,
    }  # fmt: skip


@members_only
@require_POST
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """The package as a file, for a stick; who took it is on record."""
    session = linked(request, "session", pk, "place")
    try:
        perform(step_of("session.fetch"), pk, actor=actor_of(request), given={"start": 0})
    except Refused as no:
        return errors.refused(request, no, back=f"/d/session/{pk}/place")
    found = session.package
    return handed_out(exams.package_file(found), kind=found.file.media_type, name=exams.package_name(session))


@never_cache
@members_only
@require_safe
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """The key in groups for whoever has just told it, with the time to say after it; the time alone on demand."""
    session = linked(request, "session", pk, "key")
    code = exams.key_told_to(session, actor_of(request))
    if not code:
        return _not_told(request, session)
    context = {
        "session": session,
        "groups": [{"number": number, "text": each} for number, each in enumerate(code.split("-"), start=1)],
        "mark": session.package.mark,
        "code": session.package.digest[: exams.SHOWN],
        "times": exams.times_to_say(clock.epoch_ms()),
        "minutes": parameter("site.key_shown"),
        "crumbs": crumbs("session", session, _("启封码")),
    }
    part = bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "exams/_place_times.html" if part else "exams/place_key.html", context)


@never_cache
@members_only
@require_safe
def key_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The key as a file for ``--key-file``; without the time, because nobody knows when it will be read."""
    session = linked(request, "session", pk, "key")
    code = exams.key_told_to(session, actor_of(request))
    if not code:
        return _not_told(request, session)
    return handed_out(code.encode() + b"\n", kind="text/plain; charset=utf-8", name=f"exam-{pk}.key")


def _not_told(request: HttpRequest, session: Any) -> HttpResponse:
    text = _("请先办理“告知启封码”；办理后 {n} 分钟内可以查看。").format(n=parameter("site.key_shown"))
    messages.warning(request, text)
    return HttpResponseRedirect(f"/d/session/{session.pk}/place")
