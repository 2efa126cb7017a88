"""Out of reach → 404, another role's step → 403, state, rules or input → 422 with every reason; pages and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiangheng.apps.offices.queries import ROLE_LABELS
from jiangheng.core.errors import Refusal, Refused, WrongRole
from jiangheng.core.notice import CLAUSES
from jiangheng.core.steps import Step
from jiangheng.kernel.perform import NO_SUCH_THING


def wants_json(request: HttpRequest) -> bool:
    """Is the asker a program? The API always; elsewhere whoever accepts JSON and no pages."""
    return request.path.startswith("/api/") or (
        request.accepts("application/json") and not request.accepts("text/html")
    )


def shown(refusal: Refusal) -> dict[str, str]:
    """A refusal as people and programs see it: with the clause in the notice's own numbering."""
    clause = CLAUSES.get(refusal.clause)
    return {
        "reason": str(refusal.reason),
        "clause": refusal.clause,
        "place": clause.place if clause else "",
        "about": clause.title if clause else "",
        "mend": str(refusal.mend),
        "field": refusal.field,
    }


def answer(
    request: HttpRequest, status: int, *, error: str, template: str, refusals: Iterable[Refusal] = (), **context: Any
) -> HttpResponse:
    """The error in the shape the asker understands."""
    reasons = [shown(refusal) for refusal in refusals]
    if wants_json(request):
        keys = ("reason", "clause", "place", "mend", "field")
        listed = [{key: reason[key] for key in keys} for reason in reasons]
        return JsonResponse(
            {"error": error, "refusals": listed}, status=status, json_dumps_params={"ensure_ascii": False}
        )
    return render(request, template, {"error": error, "refusals": reasons, **context}, status=status)


def out_of_reach(request: HttpRequest) -> HttpResponse:
    """No such thing, or not within reach: the same answer."""
    return answer(request, 404, error=str(NO_SUCH_THING), template="404.html")


def wrong_role(request: HttpRequest, error: WrongRole) -> HttpResponse:
    """Within reach, but the step belongs to others; says to whom."""
    roles = _("、").join(sorted(str(ROLE_LABELS[role]) for role in error.roles))
    text = _("“{step}”由{roles}办理，您的账号没有这个权限").format(step=error.step_label, roles=roles)
    refusal = Refusal(text, mend=_("请联系有权限的同事办理；如确属您的职责，请联系账号管理员授权"))
    return answer(request, 403, error=text, template="403.html", refusals=[refusal], reason=text)


def refused(request: HttpRequest, error: Refused, *, step: Step | None = None, back: str = "") -> HttpResponse:
    """Not performed, with every reason. ``back`` leads to the thing it was asked of."""
    title = _("“{step}”未能办理").format(step=step.label) if step else _("未能办理")
    return answer(request, 422, error=title, template="desk/refused.html", refusals=error.refusals, back=back)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own refusals."""
    return answer(request, 403, error=_("没有权限查看此页"), template="403.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An address that leads nowhere."""
    return answer(request, 404, error=str(NO_SUCH_THING), template="404.html")


def broken(request: HttpRequest) -> HttpResponse:
    """A bug. The page says that nothing was changed, because a step writes all or nothing."""
    return answer(request, 500, error=_("系统出错，您的操作没有生效；错误已记录"), template="500.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was too old, or the request came from elsewhere."""
    refusal = Refusal(_("页面已过期，操作没有生效"), mend=_("请返回上一页刷新后再试；已填写的内容仍在那一页"))
    return answer(request, 403, error=str(refusal.reason), template="403_csrf.html", refusals=[refusal])
