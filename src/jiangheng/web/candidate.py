"""A candidate's own pages: account, application, where it stands, documents, results (clauses P2, P3, W10)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notes
from django.contrib.auth import login
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.batches.models import Application
from jiangheng.apps.certificates.models import Certificate
from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import PUBLIC, Actor, Role
from jiangheng.core.errors import OutOfReach, Refusal, Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel import files as kept_files
from jiangheng.kernel.perform import create

from . import errors, papers, progress, things
from .doors import members_only
from .portal import CITY, announced, conditions

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECTIONS = (
    (lazy("申报级别"), "", ("level",)),
    (
        lazy("本人信息"), lazy("与身份证件一致；证件号码和手机号码加密保存，不写入草稿"),
        ("name", "identity", "phone", "education", "employer"),
    ),
    (lazy("工作经历"), lazy("按工作年限申报的填写"), ("work_since", "apprenticeship_ended")),
    (
        lazy("已有证书"), lazy("没有本职业证书的不用填"),
        ("held_level", "held_number", "held_issued", "preparatory_technician"),
    ),
    (
        lazy("学历与职称"), lazy("按学历或职称申报的填写，其他人不用填"),
        ("school", "school_related", "final_year", "graduated", "programme", "title_rank", "title_granted"),
    ),
    (lazy("照片与承诺"), "", ("photo", "honest")),
)  # fmt: skip
MOST_KEPT = 1024 * 1024


@dataclass
class Part:
    """A part of a form that draws like a form: the summary of its errors, or some of its fields."""

    label: Any = ""
    hint: Any = ""
    errors: Any = None
    non_field_errors: Any = ()
    hidden_fields: Any = ()
    visible_fields: list[Any] = field(default_factory=list)
    every: Any = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.every)


def parts_of(form: Any) -> tuple[Part, list[Part]]:
    """The summary of what is wrong, and the sections; every field is in exactly one."""
    summary = Part(errors=form.errors, non_field_errors=form.non_field_errors(), every=list(form))
    sections = [Part(label, hint, visible_fields=[form[name] for name in names]) for label, hint, names in SECTIONS]
    return summary, sections


def _next(request: HttpRequest) -> str:
    url = str(request.POST.get("next") or request.GET.get("next") or "")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else "/my"


@never_cache
@sensitive_post_parameters("password", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A worker opens an account for himself and is logged in with it."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    act, city = step_of("account.register"), offices.region(CITY)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            account = create(act, under=city, actor=PUBLIC, given=request.POST)
        except Refused as no:
            refusals = no.refusals
        else:
            login(request, account, backend=BACKEND)
            notes.success(request, _("账号 {username} 已开通并登录。").format(username=account.username))
            return HttpResponseRedirect(_next(request))
    form = act.asks(request.POST or None, thing=things.unborn(act, city), actor=PUBLIC, step=act)
    _keep_private(form)
    context = {"form": form, "next": _next(request), "action": request.path, "wide": True}
    return render(request, "candidate/register.html", context, status=422 if refusals else 200)


def _keep_private(form: Any) -> None:
    for name in form.private:
        form.fields[name].widget.attrs["data-private"] = ""


@never_cache
@sensitive_post_parameters("identity", "phone", "held_number", "photo_kept")
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """The application form of a batch, and applying. Whatever was typed comes back, the photo too."""
    batch = announced(pk)
    if not request.user.is_authenticated:
        query = urlencode({"next": request.path})
        return render(request, "candidate/account_needed.html", {"batch": batch, "query": query})
    actor: Actor = request.actor  # type: ignore[attr-defined]
    act = step_of("application.apply")
    unborn = things.unborn(act, batch)
    context: dict[str, Any] = {"batch": batch, "levels": conditions(batch), "draft": f"apply.{batch.pk}"}
    if request.method != "POST":
        form = act.asks(thing=unborn, actor=actor, step=act, initial=_known(actor))
        return _form_page(request, form, context, act.refusals(unborn))
    given, files, kept = request.POST, request.FILES.copy(), _kept_photo(request)
    if "photo" not in files and kept is not None:
        files["photo"] = SimpleUploadedFile("photo.jpg", kept, "image/jpeg")
    try:
        made = create(act, under=batch, actor=actor, given=given, files=files)
    except Refused as no:
        form = act.asks(given, files, thing=unborn, actor=actor, step=act)
        form.is_valid()
        told = {str(refusal.reason) for refusal in form.refusals()}
        if "photo" in files and "photo" not in form.errors:
            upload: Any = files["photo"]
            upload.seek(0)
            context["photo_kept"] = base64.b64encode(upload.read()).decode()
        rest = [refusal for refusal in no.refusals if str(refusal.reason) not in told]
        return _form_page(request, form, context, rest, status=422)
    notes.success(request, _("报名已提交，等待资格初审。进展都显示在这里。"))
    mine = batches.my_applications(offices.actor_of(request.user)).filter(pk=made.pk).exists()  # type: ignore[arg-type]
    return HttpResponseRedirect(f"/my/{made.pk}" if mine else "/my")


def _known(actor: Actor) -> dict[str, str]:
    account = offices.account_of(actor)
    if account is None:
        return {}
    return {
        "name": account.name,
        "phone": account.phone,
        "employer": "" if account.unit == offices.NO_UNIT else account.unit,
    }


def _kept_photo(request: HttpRequest) -> bytes | None:
    text = request.POST.get("photo_kept", "")
    if not text or len(text) > MOST_KEPT:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _form_page(
    request: HttpRequest, form: Any, context: dict[str, Any], refusals: list[Refusal], *, status: int = 200
) -> HttpResponse:
    _keep_private(form)
    if context.get("photo_kept"):
        form.fields["photo"].widget.is_required = False
        form.fields["photo"].help_text = _("上面这张已收到，不用再传；要换就另选一张")
    summary, sections = parts_of(form)
    context |= {"summary": summary, "sections": sections, "refusals": [errors.shown(each) for each in refusals]}
    return render(request, "candidate/apply.html", {**context, "public_page": "announcements"}, status=status)


@never_cache
@members_only
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My applications, each with where it stands and what comes next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = [{"application": row, **progress.where(row)} for row in batches.my_applications(actor)[:50]]
    return render(request, "candidate/mine.html", {"rows": rows, "public_page": "my"})


def own(request: HttpRequest, pk: int) -> Application:
    """The candidate's application; OutOfReach for everybody else's."""
    rows = batches.my_applications(request.actor)  # type: ignore[attr-defined]
    related = ("batch__standard", "batch__institution", "batch__site", "theory_room", "practical_room", "photo")
    found = rows.select_related(*related).filter(pk=pk).first()
    if found is None:
        raise OutOfReach(f"application:{pk}")
    return found  # type: ignore[no-any-return]


@never_cache
@members_only
@require_safe
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application: where it stands, what is next, the verdict in plain words, arrangements, results, documents."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = own(request, pk)
    certificate = _certificate(actor, found)
    now, _later = things.buttons("application", found, actor)
    context = {
        "public_page": "my",
        "application": found,
        "batch": found.batch,
        "certificate": certificate,
        **progress.where(found),
        "stages": progress.stages(found, issued=certificate is not None),
        "said": progress.said(found),
        "verdict": progress.verdict(found),
        "parts": papers.parts(found) if found.ticket else (),
        "results": progress.results(found),
        "pass_mark": _("、").join(map(str, batches.pass_marks(found.batch, level=found.level))),
        "buttons": [button for button in now if Role.CANDIDATE in button.step.who],
        "news": progress.news(found, actor),
        "photo": portrait(found.photo),
    }
    return render(request, "candidate/application.html", context)


def portrait(photo: Any) -> str:
    """A photo as an address that holds the picture itself: no page of its own, nothing to guess."""
    if photo is None:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(kept_files.read(photo)).decode()}"


def _certificate(actor: Actor, found: Application) -> Certificate | None:
    rows = Certificate.reach(actor, [Role.CANDIDATE]).select_related("institution", "photo")
    return rows.filter(result__application=found).first()  # type: ignore[no-any-return]


@never_cache
@members_only
@require_safe
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """My admission ticket."""
    found = own(request, pk)
    if not found.ticket:
        raise Refused([Refusal(_("还没有编排座位，没有准考证"), "K10", _("审核通过并编排考场后再来下载"))])
    return _pdf(papers.ticket(found), f"ticket-{found.ticket}.pdf")


@never_cache
@members_only
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """My certificate, while it is in force."""
    found = _certificate(request.actor, own(request, pk))  # type: ignore[attr-defined]
    if found is None:
        raise OutOfReach(f"certificate of application:{pk}")
    if found.state == "void":
        raise Refused([Refusal(_("证书已注销，不能再下载"), "W10", _("如有疑问请联系发证机构"))])
    return _pdf(papers.certificate(found), f"certificate-{found.number}.pdf")


def _pdf(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
