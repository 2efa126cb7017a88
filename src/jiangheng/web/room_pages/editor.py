"""The editor of standards and specifications: opened, checked while it is written, saved by a step (clauses K3, K4).

The page's script sends the standard as plain data (`core.law.standard_plain`) or as text; both become the canonical
text that the step of the flow takes. Without the script the page is the step's own form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refusal, Refused, WrongRole
from jiangheng.core.law.faults import StandardFaults
from jiangheng.core.law.standard_data import KINDS
from jiangheng.core.law.standard_plain import PlainFault, PlainFaults, from_plain, plain
from jiangheng.core.law.standard_text import parse_standard, shipped, shipped_standard, shipped_text
from jiangheng.core.law.standard_write import write_standard
from jiangheng.core.steps import Step, step_of
from jiangheng.kernel.display import DISPLAYS
from jiangheng.kernel.perform import create, model_of, perform, standing_refusals
from jiangheng.kernel.spoken import spoken

from .. import acts, errors, things
from ..doors import members_only
from .editor_words import LEVELS_OF, told, words
from .ways import actor_of, crumbs

KINDS_OF = {"standard": ("national", "specialty"), "specification": ("evaluation",)}
MOST_BYTES = 3_000_000
LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is edited: a draft, or one that is still to be made under ``under``."""

    flow: str
    act: Step
    actor: Actor
    thing: Any
    under: Any = None

    @property
    def address(self) -> str:
        return f"/d/{self.flow}/{self.thing.pk}/edit" if self.under is None else f"/d/{self.flow}/new/edit"

    def save(self, text: str, *, version: int | None) -> Any:
        """By the step, with every check it makes; Refused says why not."""
        if self.under is not None:
            return create(self.act, under=self.under, actor=self.actor, given={"text": text})
        return perform(self.act, self.thing.pk, actor=self.actor, given={"text": text}, version=version)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, flow: str, pk: int) -> HttpResponse:
    """A draft in the editor; checking it and saving it."""
    actor, act = actor_of(request), step_of(f"{flow}.revise")
    thing = things.find(flow, pk, actor)
    if not act.may(actor, thing.scope):
        raise WrongRole(act.label, act.who)
    desk = _Desk(flow, act, actor, thing)
    if request.method == "POST":
        return _answer(request, desk)
    if refusals := standing_refusals(act, thing, actor):
        return errors.refused(request, Refused(refusals), step=act, back=f"/d/{flow}/{pk}")
    return _page(request, desk, text=thing.text)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, flow: str) -> HttpResponse:
    """A new draft: choose what it begins from, then the editor; the first saving makes it."""
    desk = _birth(request, flow)
    if request.content_type == "application/json":
        return _answer(request, desk)
    if request.method == "POST":
        return _from_file(request, desk)
    start = request.GET.get("from", "")
    if not start:
        return _start(request, desk)
    return _page(request, desk, raw=_foundation(desk, start))


def _birth(request: HttpRequest, flow: str) -> _Desk:
    actor, act = actor_of(request), step_of(f"{flow}.draft")
    (parent,) = act.under
    rows = model_of(parent).visible(actor).order_by("scope", "pk")
    asked = request.GET.get("under", "")
    rows = rows.filter(pk=int(asked)) if asked.isdecimal() else rows.under(_widest(actor, act))
    under = rows.first()
    if under is None:
        raise WrongRole(act.label, act.who) if not asked else OutOfReach(f"{parent}:{asked}")
    if not act.may(actor, under.scope):
        raise WrongRole(act.label, act.who)
    return _Desk(flow, act, actor, things.unborn(act, under), under)


def _widest(actor: Actor, act: Step) -> str:
    """The widest scope on which the actor may do it; WrongRole when there is none."""
    scopes = sorted(actor.scopes(act.who), key=len)
    if not scopes:
        raise WrongRole(act.label, act.who)
    return scopes[0]


# ---- what a new one begins from ----


def _start(request: HttpRequest, desk: _Desk, *, faults: tuple[Any, ...] = ()) -> HttpResponse:
    kinds = [(kind, spoken(KINDS[kind])) for kind in KINDS_OF[desk.flow]]
    context = {
        "step": desk.act,
        "kinds": kinds,
        "published": [(f"standard:{row.pk}", standards.label(row)) for row in _published(desk)],
        "shipped": [(f"shipped:{name}", _called(name)) for name in _shipped(desk)],
        "under": desk.under,
        "faults": faults,
        "crumbs": _crumbs(desk),
    }
    return render(request, "standards/editor_start.html", context, status=422 if faults else 200)


def _published(desk: _Desk) -> list[Any]:
    """What may be taken as a model: for an enterprise the national standards and its own specifications."""
    if desk.flow == "standard":
        return standards.enacted(kinds=KINDS_OF["standard"])
    return standards.enacted(kinds=("national",), owner=desk.under.scope)


def _shipped(desk: _Desk) -> list[str]:
    return [name for name in shipped() if shipped_standard(name).kind in KINDS_OF[desk.flow]]


def _called(name: str) -> str:
    found = shipped_standard(name)
    return f"{found.code} {found.occupation} · {found.title}（{found.edition}）"


def _foundation(desk: _Desk, start: str) -> dict[str, Any]:
    """The plain data a new one begins with: ``blank:KIND``, ``standard:PK`` or ``shipped:NAME``; else OutOfReach."""
    sort, _colon, name = start.partition(":")
    if sort == "blank" and name in KINDS_OF[desk.flow]:
        return {"standard": {"kind": name, "levels": LEVELS_OF[name]}}
    if sort == "shipped" and name in _shipped(desk):
        return plain(parse_standard(shipped_text(name)))
    found = next((row for row in _published(desk) if sort == "standard" and str(row.pk) == name), None)
    if found is None:
        raise OutOfReach(f"from:{start}")
    raw = plain(standards.content(found))
    return _refining(raw) if raw["standard"]["kind"] not in KINDS_OF[desk.flow] else raw


def _refining(raw: dict[str, Any]) -> dict[str, Any]:
    """A national standard as the beginning of an enterprise's own specification that rests on it."""
    head = raw["standard"]
    head |= {"kind": "evaluation", "based_on": f"{head['code']}@{head['edition']}"}
    # the title of a Chinese document, whatever language its author reads the pages in
    head["title"] = f"{head['occupation']}企业评价规范"
    raw["crosswalk"] = [{"level": code, "counts_as": code} for code in head["levels"]]
    return raw


def _from_file(request: HttpRequest, desk: _Desk) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        return _start(request, desk, faults=({"what": _("没有选择文件"), "mend": _("请选择标准文本（.toml）")},))
    if (upload.size or 0) > LARGEST_FILE:
        return _start(request, desk, faults=({"what": _("文件超过 1 MB"), "mend": _("请选择标准文本（.toml）")},))
    try:
        return _page(request, desk, text=upload.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        mend = _("请选择标准文本（.toml），用 UTF-8 编码保存")
        return _start(request, desk, faults=({"what": _("这不是文本文件"), "mend": mend},))


# ---- the page ----


def _page(request: HttpRequest, desk: _Desk, *, text: str = "", raw: Mapping[str, Any] | None = None) -> HttpResponse:
    """The editor with a text or with plain data. A text with faults is shown as text, its faults beside it."""
    faults: list[dict[str, Any]] = []
    if raw is None:
        try:
            raw = plain(parse_standard(text))
        except StandardFaults as wrong:
            faults = _of_text(wrong)
    elif not text:
        text = _text_of(raw)
    form = desk.act.asks(thing=desk.thing, actor=desk.actor, step=desk.act, initial={"text": text})  # type: ignore[misc]
    form.fields["text"].initial = text
    born = desk.under is None
    context = {
        "flow": desk.flow,
        "thing": desk.thing,
        "born": born,
        "title": DISPLAYS[desk.flow].title(desk.thing) if born else desk.act.label,
        "act": desk.act,
        "form": form,
        "action": f"/d/{desk.flow}/{desk.thing.pk}/{desk.act.name}"
        if born
        else f"/d/{desk.act.under[0]}/{desk.under.pk}/new/{desk.act.code}",
        "back": f"/d/{desk.flow}/{desk.thing.pk}" if born else f"/d/{desk.flow}/",
        "version": desk.thing.version if born else "",
        "faults": faults,
        "words": words(),
        "data": {
            "standard": raw,
            "faults": faults,
            "version": desk.thing.version if born else None,
            "kinds": KINDS_OF[desk.flow],
            "address": _address(desk),
            "draft": f"editor.{desk.flow}.{desk.thing.pk if born else 'new'}",
            "fresh": not born,
        },
        "crumbs": _crumbs(desk),
    }
    return render(request, "standards/editor.html", context)


def _address(desk: _Desk) -> str:
    return desk.address if desk.under is None else f"{desk.address}?under={desk.under.pk}"


def _text_of(raw: Mapping[str, Any]) -> str:
    """The text of data that are already sound; of a blank beginning there is none."""
    try:
        return write_standard(from_plain(raw))
    except PlainFaults:
        return ""


def _crumbs(desk: _Desk) -> list[dict[str, Any]]:
    if desk.under is None:
        return crumbs(desk.flow, desk.thing, _("编辑"))
    return [{"label": DISPLAYS[desk.flow].label, "url": f"/d/{desk.flow}/"}, {"label": desk.act.label}]


# ---- what the script asks ----


def _answer(request: HttpRequest, desk: _Desk) -> HttpResponse:
    """``check``: faults and the text. ``read``: plain data of a text. ``save``: the step. Anything else is 400."""
    if len(request.body) > MOST_BYTES:
        return _told([_plainly(_("内容超过上限，请删减或拆分"))], status=422)
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict) or asked.get("act") not in ("check", "read", "save"):
        return JsonResponse({"error": _("请求的格式不对")}, status=400)
    try:
        text = _sent(asked)
        if asked["act"] == "read":
            return JsonResponse({"faults": [], "standard": plain(parse_standard(text))})
        if asked["act"] == "check":
            return JsonResponse({"faults": [], "text": text})
        return _saved(desk, text, asked.get("version"))
    except PlainFaults as wrong:
        return _told([_at(each) for each in wrong.found], status=422 if asked["act"] == "save" else 200)
    except StandardFaults as wrong:
        return _told(_of_text(wrong), status=422 if asked["act"] == "save" else 200)


def _sent(asked: Mapping[str, Any]) -> str:
    """The text that was sent, checked; of plain data their canonical text."""
    if "standard" in asked:
        return write_standard(from_plain(asked["standard"]))
    text = asked.get("text")
    text = text.replace("\r\n", "\n") if isinstance(text, str) else ""
    parse_standard(text)
    return text


def _saved(desk: _Desk, text: str, version: object) -> HttpResponse:
    seen = version if isinstance(version, int) and not isinstance(version, bool) else None
    if desk.under is None and seen is None:
        return _told([_plainly(_("没有写明所依据的版本"), _("请刷新页面后再保存"))], status=422)
    try:
        thing = desk.save(text, version=seen)
    except Refused as no:
        return _told([_plainly(str(each.reason), str(each.mend)) for each in _apart(no.refusals)], status=422)
    page = f"/d/{desk.flow}/{thing.pk}"
    said = acts.told(desk.act, thing)
    return JsonResponse({"faults": [], "version": thing.version, "text": thing.text, "url": page, "said": said})


def _apart(refusals: tuple[Refusal, ...]) -> list[Refusal]:
    """Each reason once."""
    return list({str(each.reason): each for each in refusals}.values())


def _told(faults: list[dict[str, Any]], *, status: int) -> HttpResponse:
    return JsonResponse({"faults": faults}, status=status, json_dumps_params={"ensure_ascii": False})


def _at(found: PlainFault) -> dict[str, Any]:
    said = told(found.fault)
    return {"section": found.section, "level": found.level, "field": found.fault.field, "path": found.path, **said}


def _of_text(wrong: StandardFaults) -> list[dict[str, Any]]:
    found = []
    for fault in wrong.faults:
        what = " ".join(each for each in (spoken(fault.where), fault.field, spoken(fault.what)) if each)
        found.append({**_plainly(what, spoken(fault.mend)), "line": fault.line})
    return found


def _plainly(what: str, mend: str = "") -> dict[str, Any]:
    return {"section": "", "level": "", "field": "", "path": [], "what": what, "mend": mend}
