"""查证书: anybody verifies a certificate by its number and the name of its holder (clause W10).

One answer, of one status, for a number that does not exist and for one that belongs to another name, so nobody can
find out by trying which numbers exist.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jiangheng.apps.certificates import queries as certificates
from jiangheng.apps.certificates.models import Certificate
from jiangheng.core.law import identity
from jiangheng.core.trust.certno import CertificateNumber, check_certno
from jiangheng.kernel import clock
from jiangheng.kernel.spoken import spoken

from . import brake, proofs


class Asked(forms.Form):
    """A form of the public's pages with a question that a person can answer and a program has to be written for."""

    answer = forms.CharField(
        label="", max_length=10, widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"})
    )
    token = forms.CharField(max_length=400, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name not in ("answer", "token")), "answer", "token"])
        self.pose()

    def pose(self) -> None:
        """Put a new question. What was answered before is not shown again."""
        question = brake.ask()
        self.fields["answer"].label = _("验证题：{question}").format(question=question.text)
        self.fields["answer"].help_text = _("填数字，用来防止程序批量查询")
        self.initial["token"] = question.token

    def clean(self) -> dict[str, Any]:
        """Everything else first: a question is not used up by a slip of the pen elsewhere."""
        found: dict[str, Any] = super().clean() or {}
        if not self.errors:
            wrong = brake.wrong_answer(found["token"], found["answer"])
            if wrong:
                self.add_error("answer", wrong)
        return found

    def fresh(self) -> Asked:
        """The same form with what was typed, a new question and an empty answer."""
        again = type(self)(self.data)
        typed = {name: self.data.get(name) for name in self.data}
        again.data = {**typed, "answer": "", "token": again.initial["token"]}
        again._errors = self.errors  # type: ignore[attr-defined]
        return again


class VerifyForm(Asked):
    """What stands on the certificate."""

    number = forms.CharField(
        label=gettext_lazy("证书编号"), max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "class": "code"}
        ),
        help_text=gettext_lazy("22 位，印在证书右下方；扫证书上的二维码会自动填好"),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("持证人姓名"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy("与证书上的姓名完全一致"),
    )  # fmt: skip

    def clean_number(self) -> str:
        """The number without spaces; every fault of its shape is told, because that gives nothing away."""
        number = identity.normalise(self.cleaned_data["number"])
        found = check_certno(number, on=clock.today())
        if not isinstance(found, CertificateNumber):
            raise forms.ValidationError([spoken(problem) for problem in found])
        return number


def too_many(request: HttpRequest, *, why: str = "") -> HttpResponse:
    """Over the limit of the hour: says when it goes on, and why there is a limit."""
    minutes = -(-brake.seconds_left() // 60)
    response = render(request, "portal/too_many.html", {"minutes": minutes, "why": why}, status=429)
    response.headers["Retry-After"] = str(brake.seconds_left())
    return response


@never_cache
@sensitive_post_parameters("name")
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form (the number may come from a QR code, the name is always typed), and the outcome."""
    context: dict[str, Any] = {"public_page": "verify"}
    if request.method != "POST":
        form: Asked = VerifyForm(initial={"number": identity.normalise(request.GET.get("number", ""))[:40]})
        return render(request, "portal/verify.html", {**context, "form": form})
    if brake.too_often(request, "verify"):
        return too_many(request)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/verify.html", {**context, "form": form.fresh()}, status=422)
    number, name = form.cleaned_data["number"], form.cleaned_data["name"]
    result = certificates.verify(number=number, name=name)
    context |= {"number": number, "name": name, "asked_at": clock.now(), "demo": settings.CONFIG.demo}
    if result.certificate is None:
        return render(request, "portal/verified.html", {**context, "outcome": "unknown"})
    return render(request, "portal/verified.html", {**context, **_findings(result.outcome, result.certificate)})


def _findings(outcome: str, certificate: Certificate) -> dict[str, Any]:
    proof = proofs.of_issue(certificate)
    if proof is None or not proof.agrees:
        # a record that is not what was written down at the issue proves nothing, whatever it says of itself
        outcome = "doubtful"
    return {
        "outcome": outcome,
        "certificate": certificate,
        "identity": identity.mask_identity(certificate.identity),
        "proof": proof,
        "annulled": proofs.of_annulment(certificate) if certificate.state == "void" else None,
    }
