"""异议: anybody objects to what is published and finds the answer by number and telephone (clause W5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.batches.models import Objection
from jiangheng.core.authority import PUBLIC
from jiangheng.core.errors import Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel.models import Deadline
from jiangheng.kernel.perform import create

from . import brake, errors, things
from .portal import announced
from .recognitions import publicised
from .verification import Asked, too_many


class Proven(Asked):
    """The question alone, put below the step's own form."""


class LookUp(Asked):
    """The number that was given when the objection was raised, and the telephone left with it."""

    code = forms.CharField(
        label=gettext_lazy("受理编号"), max_length=24,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy("YY 开头，提交异议时显示"),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("手机号码"), max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel", "data-private": ""}),
        help_text=gettext_lazy("提交异议时留的号码"),
    )  # fmt: skip


@never_cache
@sensitive_post_parameters("name", "phone", "content")
@require_http_methods(["GET", "HEAD", "POST"])
def raise_one(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection to a batch's published results."""
    return _raise(request, announced(pk), page=f"/announcements/{pk}")


@never_cache
@sensitive_post_parameters("name", "phone", "content")
@require_http_methods(["GET", "HEAD", "POST"])
def raise_on_recognition(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection to a published round of direct recognition or appointment."""
    return _raise(request, publicised(pk), page=f"/recognitions/{pk}")


def _raise(request: HttpRequest, published: Any, *, page: str) -> HttpResponse:
    """The form of an objection to a published thing, whose public page is ``page``, and raising it."""
    act = step_of("objection.raise")
    unborn = things.unborn(act, published)
    refusals = act.refusals(unborn)
    # always as the public: who objects is not joined to the account that happens to be logged in
    form = act.asks(request.POST or None, thing=unborn, actor=PUBLIC, step=act)
    for name in act.asks.private:
        form.fields[name].widget.attrs["data-private"] = ""
    proof: Asked = Proven(request.POST or None)
    context: dict[str, Any] = {
        "public_page": "announcements", "published": published, "page": page, "form": form, "proof": proof,
    }  # fmt: skip
    if request.method != "POST" or refusals:
        context["refusals"] = [errors.shown(refusal) for refusal in refusals]
        return render(request, "portal/objection.html", context, status=422 if refusals else 200)
    if brake.too_often(request, "objection"):
        return too_many(request)
    # the form first: a question is not used up by a slip of the pen elsewhere
    if not form.is_valid() or not proof.is_valid():
        context["proof"] = Proven() if form.errors else proof.fresh()
        return render(request, "portal/objection.html", context, status=422)
    try:
        raised = create(act, under=published, actor=PUBLIC, given=request.POST)
    except Refused as no:
        context |= {"refusals": [errors.shown(refusal) for refusal in no.refusals], "proof": Proven()}
        return render(request, "portal/objection.html", context, status=422)
    context = {"public_page": "announcements", "page": page, "objection": raised, "due_at": _due_at(raised)}
    return render(request, "portal/objection_raised.html", context)


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """What became of an objection. The same answer for a number that does not exist and for another telephone."""
    context: dict[str, Any] = {"public_page": "announcements"}
    if request.method != "POST":
        form: Asked = LookUp(initial={"code": request.GET.get("code", "")[:24]})
        return render(request, "portal/objections.html", {**context, "form": form})
    if brake.too_often(request, "objections"):
        return too_many(request)
    form = LookUp(request.POST)
    if not form.is_valid():
        return render(request, "portal/objections.html", {**context, "form": form.fresh()}, status=422)
    found = batches.objection_by_code(code=form.cleaned_data["code"], phone=form.cleaned_data["phone"])
    if found is None:
        form.add_error(None, _("没有这样的受理编号和手机号码；请对照提交时显示的编号和留的号码核对"))
        return render(request, "portal/objections.html", {**context, "form": form.fresh()}, status=422)
    context |= {"objection": found, "due_at": _due_at(found)}
    return render(request, "portal/objection_found.html", context)


def _due_at(objection: Objection) -> dt.datetime | None:
    due = Deadline.objects.filter(flow="objection", thing=objection.pk, closed_at=None).first()
    return due.due_at if due else None
