"""The line of a place: its program fetches the sealed package and hands the bundle in, with a word instead of a log-in
(clause K13).

Whoever has the word has that one session's package, which is noise without its key. Every answer a program gets is
JSON, but for the package itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from jiangheng.apps.exams import queries as exams
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.core.exam import site_bundle
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import step_of
from jiangheng.kernel.perform import perform
from jiangheng.kernel.spoken import spoken

from . import brake

_RANGE = re.compile(r"bytes=([0-9]{1,15})-")
_PIECE = 1 << 16

Answer = Callable[[HttpRequest, Any], HttpResponse]


def _told(status: int, reason: str, **more: Any) -> HttpResponse:
    said = {"reason": reason, **more}
    return JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})


def _of_place(view: Answer) -> Callable[..., HttpResponse]:
    """Only for whoever has the word of that session's place; the same answer for a session there is not."""

    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        kind, _space, token = request.headers.get("authorization", "").partition(" ")
        session = exams.let_in(pk, token.strip()) if kind.lower() == "bearer" and token else None
        if session is None:
            if brake.too_often(request, "place"):
                return _told(429, _("令牌错误次数过多，请一小时后再试，或改用文件交接"))
            return _told(401, _("令牌不对，或试卷包已收回。请向考务员领取最新的领用单"))
        return view(request, session)

    return guarded


@csrf_exempt
@never_cache
@require_GET
@_of_place
def package(request: HttpRequest, session: Any) -> HttpResponse:
    """The sealed package, from the byte that is asked for; its size and digest are in the head."""
    found = session.package
    content = exams.package_file(found)
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    start = int(asked[1]) if asked else 0
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{found.digest}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:",
        "Content-Disposition": f'attachment; filename="{exams.package_name(session)}"',
    }
    if start >= len(content):
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{len(content)}"})
    try:
        perform(step_of("session.fetch"), session.pk, actor=SYSTEM, given={"start": start})
    except Refused as no:
        return _told(409, _reasons(no))
    part = content[start:]
    headers["Content-Length"] = str(len(part))
    if asked:
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return HttpResponse(part, content_type=found.file.media_type, status=206 if asked else 200, headers=headers)


@csrf_exempt
@never_cache
@require_POST
@_of_place
def bundle(request: HttpRequest, session: Any) -> HttpResponse:
    """Take a bundle: 201 for a new one, 200 for one that came before, 422 with every reason for one that is not good.

    Nothing of one that is refused is kept.
    """
    content = _body(request, parameter("site.bundle_most") * 1024)
    if content is None:
        return _told(413, _("文件太大，不是考点的回传文件"))
    try:
        name = site_bundle.digest(site_bundle.read(content))
    except ValueError as error:
        return _told(422, spoken(str(error)))
    before = exams.delivered(name)
    if before is not None and before.session_id == session.pk:
        said = _("这份回传已经收到过，没有重复计入")
        return _told(200, said, digest=name, again=True, taken_in=session.state != "away" and not before.late)
    upload = SimpleUploadedFile("bundle.json", content, "application/json")
    try:
        perform(step_of("session.deliver"), session.pk, actor=SYSTEM, given={}, files={"file": upload})
    except Refused as no:
        return _told(422, _reasons(no))
    late = session.state != "away"
    said = _("已收到；本场回传已经收入，这一份留存备查") if late else _("已收到，等待考务员收入")
    return _told(201, said, digest=name, again=False, taken_in=False)


def _body(request: HttpRequest, most: int) -> bytes | None:
    """The whole body; None when it is longer than that."""
    found = bytearray()
    while piece := request.read(_PIECE):
        found += piece
        if len(found) > most:
            return None
    return bytes(found)


def _reasons(no: Refused) -> str:
    return "；".join(str(each.reason) for each in no.refusals)
