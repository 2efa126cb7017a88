"""Coming in and going out: accounts by password, candidates by ticket; lock-outs are counted by axes (K10)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import PUBLIC, Role
from jiangheng.core.errors import Refusal
from jiangheng.core.law.parameters import parameter

from . import errors
from .middleware import TICKET

View = Callable[..., HttpResponse]
EXAM = "/exam/"
CITY = "450300"


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """The way in, and back to here; a program is told 401."""
    if errors.wants_json(request):
        refusal = Refusal(_("没有登录，或登录已过期"), mend=_("登录后再试"))
        return errors.answer(request, 401, error=str(refusal.reason), template="403.html", refusals=[refusal])
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "")
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': back})}")


def members_only(view: View) -> View:
    """Only for those who came in; the same answer whether or not the thing exists."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.id == PUBLIC.id:  # type: ignore[attr-defined]
            return ask_to_log_in(request)
        return view(request, *args, **kwargs)

    return guarded


def limits() -> dict[str, int]:
    """The numbers people are told."""
    return {"most": parameter("login.max_failures"), "minutes": parameter("login.lock_minutes")}


class AccountForm(AuthenticationForm):
    """Account and password."""

    error_messages = {  # noqa: RUF012 - as Django declares it
        "invalid_login": gettext_lazy("账号或密码不对。请检查大小写；连续输错 {most} 次会锁定 {minutes} 分钟。"),
        "inactive": gettext_lazy("账号已停用，请联系账号管理员。"),
    }

    def get_invalid_login_error(self) -> forms.ValidationError:
        """The same sentence whether account or password was wrong."""
        return forms.ValidationError(str(self.error_messages["invalid_login"]).format(**limits()), code="invalid_login")


class AccountDoor(LoginView):
    """Log-in of staff and of candidates with an account."""

    template_name = "login.html"
    authentication_form = AccountForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """A candidate's ticket does not follow him into an account."""
        self.request.session.pop(TICKET, None)
        return super().form_valid(form)

    def get_default_redirect_url(self) -> str:
        """To the office for those who hold one, to his own applications for a candidate."""
        user = self.request.user
        own = {Role.SELF, Role.PUBLIC, Role.CANDIDATE}
        if user.is_authenticated and offices.actor_of(user).roles() <= own:
            return "/my"
        return super().get_default_redirect_url()


def locked(request: HttpRequest) -> HttpResponse:
    """Too many failures: says how long the door stays shut, and that waiting is enough."""
    return render(request, "locked.html", status=429)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out, account or ticket; the session is destroyed."""
    logout(request)
    return HttpResponseRedirect("/")


class TicketForm(forms.Form):
    """A candidate's ticket and identity number."""

    ticket = forms.CharField(
        label=gettext_lazy("准考证号"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    identity = forms.CharField(
        label=gettext_lazy("身份证件号码"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "data-private": ""}),
    )


def _without_words(request: HttpRequest) -> HttpRequest:
    # axes keeps what was posted; an identity number must not be kept, so it sees the request without it
    bare = copy.copy(request)
    bare.POST = QueryDict()  # type: ignore[misc]
    return bare


@sensitive_post_parameters("identity")
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest) -> HttpResponse:
    """A candidate comes in with ticket and identity number; failures are counted by axes like those of accounts."""
    form = TicketForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "ticket_login.html", {"form": form}, status=422 if request.method == "POST" else 200)
    number = form.cleaned_data["ticket"].strip()
    known_as = {"username": f"ticket:{number}"[:255]}
    bare = _without_words(request)
    if not AxesProxyHandler.is_allowed(bare, known_as):
        return locked(request)
    found = batches.ticket_holder(ticket=number, number=form.cleaned_data["identity"])
    if found is None:
        user_login_failed.send(sender=__name__, credentials=known_as, request=bare)
        if not AxesProxyHandler.is_allowed(bare, known_as):
            return locked(request)
        text = _("准考证号或身份证件号码不对。请照准考证逐位核对；连续输错 {most} 次会锁定 {minutes} 分钟。")
        form.add_error(None, text.format(**limits()))
        return render(request, "ticket_login.html", {"form": form}, status=422)
    AxesProxyHandler.reset_attempts(username=known_as["username"])
    logout(request)
    request.session[TICKET] = found.pk
    return HttpResponseRedirect(EXAM)


@members_only
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: its page, where the password is changed."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(EXAM)
    return HttpResponseRedirect(f"/d/account/{request.user.pk}")
