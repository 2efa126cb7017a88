"""我能评什么 for programs: the standards in force, and a person's account answered as the command answers it (P3).

Public, like the page, and as little kept: the account comes in the body and is gone with the answer.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from jiangheng.core.law.advice import picked, plain_faults
from jiangheng.core.law.person import Fault, PersonFaults
from jiangheng.kernel import clock

from . import brake, paths


def _json(data: Any) -> JsonResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


def _refused(faults: list[dict[str, str]], *, status: int = 422) -> JsonResponse:
    # what was sent is quoted, and JSON may carry half a character that no encoding can write
    return JsonResponse({"error": faults[0]["what"], "faults": faults}, status=status)


def _bad(place: str, title: str, what: str, mend: str, *, status: int = 422) -> JsonResponse:
    return _refused(plain_faults([Fault(place, title, what, mend)]), status=status)


@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """The published standards that apply today, with what `standard` takes in the other request."""
    items = [
        {
            "standard": f"{each.code}@{each.edition}",
            "code": each.code,
            "edition": each.edition,
            "kind": each.kind,
            "title": each.content.title,
            "occupation": each.content.occupation,
            "levels": list(each.content.levels),
            "valid_from": each.row.valid_from.isoformat() if each.row.valid_from else None,
            "valid_to": each.row.valid_to.isoformat() if each.row.valid_to else None,
            "url": f"/standards/{each.row.pk}",
        }
        for each in paths.offers()
    ]
    return _json({"count": len(items), "items": items})


# nothing is changed and nobody is known here, so there is nothing for a forged request to gain
@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_POST
def eligibility(request: HttpRequest) -> HttpResponse:
    """The whole answer for one person and one standard; 422 with every fault of the account."""
    if brake.too_often(request, "paths", most=paths.LIMIT):
        left = brake.seconds_left()
        what, mend = _("这个网络地址一小时内的查询次数已到上限"), _("请 {n} 秒后再试").format(n=left)
        refused = _bad("", _("请求"), what, mend, status=429)
        refused.headers["Retry-After"] = str(left)
        return refused
    try:
        given = json.loads(request.body or b"null")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return _bad("", _("请求"), _("请求正文不是 JSON 对象"), _("按 /api/openapi.json 的说明重新提交"))
    wanted = given.pop("standard", None)
    every = paths.offers()
    offer = picked(every, wanted) if isinstance(wanted, str) else None
    if offer is None:
        mend = _("请写 /api/standards 所列的职业编码，或写成“编码@版本”")
        return _bad("standard", _("标准"), _("没有施行中的这一标准"), mend)
    try:
        _person, answer = paths.judged(given, offer, on=clock.today(), known=paths.names())
    except PersonFaults as wrong:
        return _refused(plain_faults(wrong.faults))
    return _json(answer)


_TEXT = {"type": "string"}
_FAULTS = {
    "type": "object",
    "properties": {
        "error": _TEXT,
        "faults": {
            "type": "array",
            "items": {"type": "object", "properties": dict.fromkeys(("place", "title", "what", "mend"), _TEXT)},
        },
    },
}


def _list(*names: str, flags: tuple[str, ...] = ()) -> dict[str, Any]:
    fields = dict.fromkeys(names, _TEXT) | {name: {"type": "boolean"} for name in flags}
    return {"type": "array", "items": {"type": "object", "properties": fields}}


PERSON = {
    "type": "object",
    "required": ["standard", "birth"],
    "properties": {
        "standard": _TEXT,
        "birth": {"type": "string", "format": "date"},
        "sex": _TEXT,
        "wish": _TEXT,
        "history": _list("start", "end", "occupation", "employer", flags=("related",)),
        "certificates": _list("number", "level", "occupation", "issued"),
        "education": _list("kind", "graduated", "programme", flags=("major_related", "final_year")),
        "titles": _list("rank", "granted"),
        "apprenticeship_ended": {"type": "string", "format": "date"},
        "preparatory_technician": {"type": "string", "format": "date"},
    },
}


def described() -> dict[str, Any]:
    """These two requests for /api/openapi.json."""
    refused = {"description": _("填写有误，逐项列出"), "content": {"application/json": {"schema": _FAULTS}}}
    return {
        "/api/standards": {
            "get": {
                "operationId": "standards", "summary": _("施行中的标准"), "security": [],
                "responses": {"200": {"description": "OK"}},
            }
        },
        "/api/eligibility": {
            "post": {
                "operationId": "eligibility", "summary": _("我能评什么"), "security": [],
                "requestBody": {"required": True, "content": {"application/json": {"schema": PERSON}}},
                "responses": {"200": {"description": "OK"}, "422": refused, "429": refused},
            }
        },
    }  # fmt: skip
