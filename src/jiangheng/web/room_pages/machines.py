"""The machines of a theory room: which were checked and found sound, and the link with which they are checked (K13)."""

from __future__ import annotations

import io
from typing import Any

import segno
import xlsxwriter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.institutions import queries as institutions
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import OutOfReach, Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock
from jiangheng.kernel.perform import perform

from .. import acts, errors, things, wording
from ..doors import members_only
from .seats import place
from .ways import XLSX, actor_of, crumbs, handed_out, linked

CHECK = "room.check_seats"
FAULTS = {
    "browser": lazy("浏览器过旧或缺少功能：换用 Chrome、Edge、Firefox 或 Safari 的新版本"),
    "screen": lazy("页面太小：调高屏幕分辨率，放大浏览器窗口"),
    "storage": lazy("浏览器不能保存数据：退出无痕模式，允许网站保存数据"),
    "clock": lazy("时钟不准：校准系统时间"),
    "latency": lazy("网络太慢：检查网线或无线网络"),
    "camera": lazy("没有可用的摄像头：接好摄像头并允许使用"),
}
TONES = {True: ("done", lazy("合格")), False: ("late", lazy("不合格")), None: ("draft", lazy("未检测"))}


def lines(room: Any, *, camera: bool) -> list[dict[str, Any]]:
    """One line a machine, by number: what the latest check found, or that there was none.

    ``camera``: pictures are taken, so a sound machine whose camera was not looked at is yet to be checked.
    """
    checked = {
        number: check
        for number, check in institutions.seat_checks(room).items()
        if not (camera and check.sound and not check.findings.get("found", {}).get("camera"))
    }
    found = []
    for number in range(1, room.capacity + 1):
        check = checked.get(number)
        tone, label = TONES[check.sound if check else None]
        faults = [str(FAULTS[each]) for each in check.findings.get("faults", ())] if check else []
        at = check.checked_at if check else None
        measured = check.findings.get("found", {}) if check else {}
        found.append({
            "number": number, "tone": tone, "label": str(label), "faults": faults, "at": at, "found": measured,
        })  # fmt: skip
    return found


def _address(room: Any, *, camera: bool) -> str:
    """The address every machine opens; the pass stands where no server sees it. Empty while nobody may check."""
    ticket = institutions.check_pass(room, camera=camera)
    return f"{settings.CONFIG.public_url.rstrip('/')}/hall/check#{ticket}" if ticket else ""


def _typed(room: Any) -> str:
    """The same as people type it; empty while nobody may check."""
    word = institutions.check_word(room)
    return f"{settings.CONFIG.public_url.rstrip('/')}/check/{word}" if word else ""


@never_cache
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The room as a grid; opening it for checks is done here too."""
    room = linked(request, "room", pk, "machines")
    if room.kind != "theory":
        raise OutOfReach(request.path)
    refusals: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            perform(step_of(CHECK), room.pk, actor=actor_of(request), version=acts.version_of(request.POST))
            return HttpResponseRedirect(request.path)
        except Refused as no:
            refusals = [errors.shown(each) for each in no.refusals]
    steps, _later = things.buttons("room", room, actor_of(request))
    camera = exams.takes_pictures(actor_of(request), room.pk)
    machines = lines(room, camera=camera)
    by_place = {place(each["number"], room.columns): each for each in machines}
    context = {
        "room": room,
        "rows": [[by_place[row, column] for column in range(1, room.columns + 1)] for row in range(1, room.rows + 1)],
        "red": [each for each in machines if each["faults"]],
        "counts": [
            {"label": label, "tone": tone, "count": sum(each["tone"] == tone for each in machines)}
            for tone, label in TONES.values()
        ],
        "address": _address(room, camera=camera),
        "typed": _typed(room),
        "camera": camera,
        "open_step": next((each for each in steps if each.step.code == CHECK), None),
        "refusals": refusals,
        "crumbs": crumbs("room", room, _("机位检测")),
    }
    return render(request, "institutions/machines.html", context, status=422 if refusals else 200)


@never_cache
@require_safe
def typed(request: HttpRequest, word: str) -> HttpResponse:
    """The short address a person types at a machine: on to the check page with its pass. The word is the key."""
    room = institutions.room_of_word(word)
    if room is None:
        raise OutOfReach(request.path)
    return HttpResponseRedirect(_address(room, camera=exams.takes_pictures(SYSTEM, room.pk)))


@never_cache
@members_only
@require_safe
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The address as a QR code, for machines and tablets with a camera."""
    room = linked(request, "room", pk, "machines")
    address = _address(room, camera=exams.takes_pictures(actor_of(request), room.pk))
    if not address:
        raise OutOfReach(request.path)
    drawn = io.BytesIO()
    segno.make(address, error="l", micro=False).save(drawn, kind="svg", border=4, light="white")
    return handed_out(drawn.getvalue(), kind="image/svg+xml", name="machines.svg", shown=True)


@members_only
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Every machine with what was measured, as a spreadsheet."""
    room = linked(request, "room", pk, "machines")
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    when = _("导出时间 {when}；导出人 {who}").format(when=wording.moment(clock.now()), who=actor_of(request).name)
    sheet.write_string(0, 0, f"{room} {when}")
    heads = (
        _("机位号"), _("检测结果"), _("检测时间"), _("时钟误差（毫秒）"), _("时延中位数（毫秒）"),
        _("时延最大值（毫秒）"), _("要修的项目"),
    )  # fmt: skip
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head)
    camera = exams.takes_pictures(actor_of(request), room.pk)
    for row, each in enumerate(lines(room, camera=camera), start=3):
        found = each["found"]
        sheet.write_number(row, 0, each["number"])
        sheet.write_string(row, 1, each["label"])
        sheet.write_string(row, 2, wording.moment(each["at"]) if each["at"] else "")
        for column, name in enumerate(("skew", "median", "worst"), start=3):
            if name in found:
                sheet.write_number(row, column, found[name])
        sheet.write_string(row, 6, "；".join(each["faults"]))
    book.close()
    return handed_out(made.getvalue(), kind=XLSX, name=_("机位检测-{room}.xlsx").format(room=room))
