"""The item editor: a sheet for each kind, drawn by the server, seen beside it as candidates will; pictures (K7, P2).

The sheet comes back with every post (`web.item_sheet`); saving is `item.write` or `item.revise`, a picture is
`bank.illustrate`. Without scripts every button loads the page anew.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jiangheng.apps.itembank import flow as bank_flow
from jiangheng.apps.itembank import queries as banks
from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refusal, Refused
from jiangheng.core.exam import item_data, items, rich
from jiangheng.core.exam.items import KINDS
from jiangheng.core.exam.rekind import rekinded
from jiangheng.core.steps import FLOWS, Step, step_of
from jiangheng.kernel.perform import create, model_of, perform, standing_refusals
from jiangheng.kernel.spoken import spoken

from .. import acts, errors, item_sheet, things
from ..doors import members_only
from ..item_sheet import Body, Sheet
from .ways import actor_of, crumbs, handed_out, linked

DECISIONS = ("review", "second", "stock", "keep")
"""The steps by which somebody decides on an item that waits."""
MOST_TRIED = 200
"""So many items are tried for the next one, on either side of the present."""


@dataclass
class _Desk:
    """What is edited: an item, or one still to be written into the bank."""

    bank: Any
    actor: Actor
    item: Any = None

    @property
    def address(self) -> str:
        return f"/d/bank/{self.bank.pk}/write" if self.item is None else f"/d/item/{self.item.pk}/edit"

    @property
    def back(self) -> str:
        return f"/d/bank/{self.bank.pk}" if self.item is None else f"/d/item/{self.item.pk}"

    @functools.cached_property
    def may_rekind(self) -> bool:
        """May the item still become one of another kind? The step asks the same."""
        return self.item is not None and not banks.was_stocked(self.item)

    def left_behind(self, kind: str) -> tuple[str, ...]:
        """What the stored item has that one of that kind does not keep, by name."""
        return () if self.item is None else rekinded(self.item.content, kind).dropped

    def save(self, content: items.Item, *, version: int | None) -> Any:
        """By the step, with every check it makes; Refused says why not."""
        given = {"data": json.dumps(item_data.to_data(content))}
        if self.item is None:
            return create(step_of("item.write"), under=self.bank, actor=self.actor, given=given)
        return perform(step_of("item.revise"), self.item.pk, actor=self.actor, given=given, version=version)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """A new item: first its kind, then its sheet."""
    bank = linked(request, "bank", pk, "write")
    desk = _Desk(bank, actor_of(request))
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in KINDS:
        context = {"bank": bank, "kinds": _kinds(), "crumbs": crumbs("bank", bank, _("命题"))}
        return render(request, "itembank/item_editor_start.html", context)
    if request.method != "POST":
        return _page(request, desk, item_sheet.blank(kind, code=_next_code(bank)))
    return _answer(request, desk, item_sheet.posted(request.POST, kind=kind))


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft or a returned item on its sheet. Opening it is a look."""
    item = linked(request, "item", pk, "edit")
    desk = _Desk(item.bank, actor_of(request), item)
    if request.method == "POST":
        asked = request.POST.get("kind", "")
        kind = asked if asked in KINDS and desk.may_rekind else item.kind
        return _answer(request, desk, item_sheet.posted(request.POST, kind=kind))
    content = bank_flow.look_at(item, actor=desk.actor, what="edit")
    return _page(request, desk, item_sheet.of_item(content, pictures=banks.pictures_in(content)))


def _kinds() -> list[dict[str, str]]:
    told = {
        "single": _("一个正确选项"), "multiple": _("两个以上正确选项"), "judgement": _("正确或错误"),
        "fill": _("题干中留空，每空可有几种写法"), "numeric": _("一个数，可有误差和单位"),
        "matching": _("左右两栏配对，右栏可多出几项"), "ordering": _("把步骤排成正确次序"),
        "hotspot": _("在图上点出位置"), "short": _("参考答案和评分要点，人工评分"),
        "calculation": _("解题过程人工评分，可写最后得数"), "case": _("一段材料，二至五个小题"),
        "essay": _("参考答案和评分要点，人工评分"),
    }  # fmt: skip
    return [{"code": kind.code, "name": spoken(kind.name), "about": told[kind.code]} for kind in KINDS.values()]


def _next_code(bank: Any) -> str:
    """The number after the largest, in the way most items of the bank are numbered."""
    found = [
        match for code in bank.items.values_list("code", flat=True) if (match := re.fullmatch(r"(.*?)(\d{1,9})", code))
    ]
    if not found:
        return "S001"
    (prefix, _times) = Counter(match[1] for match in found).most_common(1)[0]
    last = max((match[2] for match in found if match[1] == prefix), key=int)
    return f"{prefix}{int(last) + 1:0{len(last)}d}"


# ---- what a post asks ----


def _answer(request: HttpRequest, desk: _Desk, sheet: Sheet) -> HttpResponse:
    act = request.POST.get("act", "save")
    known = sheet.pictures
    sheet.pictures = list(desk.bank.pictures.filter(digest__in=known).values_list("digest", flat=True))
    sheet.pictures.sort(key=known.index)
    if act == "preview":
        return render(request, "itembank/item_preview.html", {"preview": _preview(desk, sheet)})
    fresh = _illustrate(request, desk, sheet)
    if act == "rekind" and request.POST.get("to-kind") in KINDS and desk.may_rekind:
        return _page(request, desk, _rekinded(sheet, request.POST["to-kind"]))
    if act == "save" and not sheet.wrong and desk.left_behind(sheet.kind) and "dropping" not in request.POST:
        sheet.wrong.append(_("改题型后有内容不再保留，请勾选“确认不再保留”后再保存"))
        return _page(request, desk, sheet, status=422)
    if act == "save" and not sheet.wrong:
        if saved := _saved(request, desk, sheet):
            return HttpResponseRedirect(f"/d/item/{saved.pk}")
        return _page(request, desk, sheet, status=422)
    item_sheet.changed(sheet, act)
    part = bool(getattr(request, "htmx", False))
    return _page(request, desk, sheet, part=part, fresh=fresh, status=422 if sheet.wrong else 200)


def _rekinded(sheet: Sheet, kind: str) -> Sheet:
    """What is typed, on the sheet of another kind; all its pictures stay at hand."""
    made = rekinded(item_sheet.item_of(sheet, points={}).item, kind).item
    fresh = item_sheet.of_item(made, pictures={*sheet.pictures, *banks.pictures_in(made)})
    fresh.point = sheet.point
    if kind == "case":
        fresh.parts = item_sheet.blank(kind).parts
    item_sheet.changed(fresh, "")
    return fresh


def _illustrate(request: HttpRequest, desk: _Desk, sheet: Sheet) -> int:
    """Take the picture that came with the post into the bank; its number on the sheet, 0 when none came."""
    sent = request.FILES.get("picture-file")
    if sent is None:
        return 0
    if len(sheet.pictures) >= item_sheet.MOST_PICTURES:
        sheet.wrong.append(_("一道题最多 {n} 张图片").format(n=item_sheet.MOST_PICTURES))
        return 0
    try:
        bank = perform(step_of("bank.illustrate"), desk.bank.pk, actor=desk.actor, files={"file": sent})
    except Refused as no:
        sheet.wrong += [str(refusal.reason) for refusal in no.refusals]
        return 0
    if bank.newest_picture not in sheet.pictures:
        sheet.pictures.append(bank.newest_picture)
    number = sheet.pictures.index(bank.newest_picture) + 1
    for body in sheet.bodies():
        if body.kind == "hotspot" and not body.picture:
            body.picture = str(number)
    return number


def _saved(request: HttpRequest, desk: _Desk, sheet: Sheet) -> Any:
    made = item_sheet.item_of(sheet, points={row["code"]: row["range"] for row in desk.bank.points})
    for body, name, sentence in made.faults:
        body.wrong.setdefault(name, []).append(sentence)
        sheet.wrong.append(sentence)
    if made.faults:
        return None
    try:
        item = desk.save(made.item, version=acts.version_of(request.POST))
    except Refused as no:
        sheet.blame(_sentence(refusal) for refusal in no.refusals)
        return None
    messages.success(request, acts.told(step_of("item.write" if desk.item is None else "item.revise"), item))
    for said in made.said:
        messages.warning(request, said)
    if item.alike:
        codes = _("、").join(each["code"] for each in item.alike[:5])
        messages.warning(
            request, _("与已有试题相近：{codes}。请核对是否重复，详见本页“相近试题”。").format(codes=codes)
        )
    return item


def _sentence(refusal: Refusal) -> str:
    told = errors.shown(refusal)
    # the whole content goes to the step as one field; its label in front would tell nobody anything
    reason = told["reason"].removeprefix(_("{label}：{error}").format(label=_("试题"), error=""))
    return f"{reason}{_('；')}{told['mend']}" if told["mend"] else reason


# ---- what is drawn ----


def _page(
    request: HttpRequest, desk: _Desk, sheet: Sheet, *, part: bool = False, fresh: int = 0, status: int = 200
) -> HttpResponse:  # fmt: skip
    made = desk.item is not None
    heading = _("修改试题 {code}").format(code=desk.item.code) if made else _("命题")
    context = {
        "desk": desk,
        "bank": desk.bank,
        "sheet": sheet,
        "bodies": {"own": _drawn(desk, sheet, sheet.body), "parts": [_drawn(desk, sheet, p) for p in sheet.parts]},
        "kind": spoken(KINDS[sheet.kind].name),
        "part_kinds": [(kind, spoken(KINDS[kind].name)) for kind in item_sheet.PART_KINDS],
        "may_part": sheet.kind == "case" and len(sheet.parts) < item_sheet.MOST_PARTS,
        "points": desk.bank.points,
        "pictures": [
            {"number": number, "digest": digest, "address": _address(desk, digest)}
            for number, digest in enumerate(sheet.pictures, start=1)
        ],
        "fresh": fresh,
        "rekind": [(each.code, spoken(each.name)) for each in KINDS.values()] if desk.may_rekind else (),
        "changed": made and sheet.kind != desk.item.kind,
        "left_behind": [spoken(each) for each in desk.left_behind(sheet.kind)],
        "dropping": "dropping" in request.POST,
        "heading": heading,
        "version": desk.item.version if made else "",
        "preview": _preview(desk, sheet),
        "crumbs": crumbs("item", desk.item, heading) if made else crumbs("bank", desk.bank, heading),
    }
    template = "itembank/item_editor_sheet.html" if part else "itembank/item_editor.html"
    return render(request, template, context, status=status)


def _drawn(desk: _Desk, sheet: Sheet, body: Body) -> dict[str, Any]:
    """A body with what its template needs besides: which fields, the picture with its areas."""
    plan: dict[str, Any] | None = None
    number = int(body.picture) if body.picture.isdecimal() else 0
    if body.kind == "hotspot" and 0 < number <= len(sheet.pictures):
        plan = _plan(desk, sheet.pictures[number - 1], body)
    return {"it": body, "plan": plan, "kind": body.kind, "answered": body.answered, "wrong": body.wrong}


def _plan(desk: _Desk, digest: str, body: Body) -> dict[str, Any] | None:
    """The picture with the areas drawn over it."""
    media = banks.picture_of(desk.bank, digest)
    if media is None:
        return None
    width, height = banks.picture_size(media)
    areas = []
    for row in body.rows:
        numbers = [int(each) for each in re.findall(r"\d{1,6}", row.text)]
        shape = row.other or "rect"
        fits = {"rect": len(numbers) == 4, "circle": len(numbers) == 3, "poly": len(numbers) >= 6}.get(shape, False)
        if not fits:
            continue
        area = {"shape": shape, "letter": row.letter, "right": row.right, "x": numbers[0], "y": numbers[1]}
        if shape == "rect":
            area |= {"width": max(0, numbers[2] - numbers[0]), "height": max(0, numbers[3] - numbers[1])}
        elif shape == "circle":
            area["r"] = numbers[2]
        else:
            area["points"] = " ".join(map(str, numbers[: len(numbers) // 2 * 2]))
        areas.append(area)
    return {"address": _address(desk, digest), "width": width, "height": height, "areas": areas}


def _preview(desk: _Desk, sheet: Sheet) -> dict[str, Any]:
    """The item as a candidate will see it, however unfinished; and what will be taken out of its texts."""
    made = item_sheet.item_of(sheet, points={})
    return {"face": _faced(desk, items.face(made.item, public_id="0")), "said": made.said}


def _faced(desk: _Desk, face: dict[str, Any]) -> dict[str, Any]:
    face["stem"] = _html(desk, face["stem"])
    face["kind_name"] = spoken(KINDS[face["kind"]].name)
    face["many"] = face["kind"] == "multiple"
    face["answered"] = KINDS[face["kind"]].answered
    for name in ("options", "targets"):
        if name in face:
            face[name] = [{"key": each["key"], "text": _html(desk, each["text"])} for each in face[name]]
    face["blank_numbers"] = range(1, face.get("blanks", 0) + 1)
    face["picture"] = _address(desk, face["picture"]) if face.get("picture") else ""
    face["parts"] = [_faced(desk, part) for part in face.get("parts", [])]
    return face


def _address(desk: _Desk, digest: str) -> str:
    return f"/d/bank/{desk.bank.pk}/picture/{digest}"


def _html(desk: _Desk, text: str) -> SafeString:
    """A rich text for the page. It was reduced to the house's subset a moment ago: nothing in it can act."""
    addresses = {digest: _address(desk, digest) for digest in rich.media_of(text)}
    return mark_safe(rich.with_media(text, addresses))  # noqa: S308


# ---- one after another ----


@members_only
@require_safe
def following(request: HttpRequest, pk: int) -> HttpResponse:
    """The next item of the same bank that waits for this person's decision; when none is left, the bank's items."""
    item, actor = linked(request, "item", pk, "next"), actor_of(request)
    mine = [step for name in DECISIONS if (step := FLOWS["item"].steps[name]).may(actor, item.scope)]
    waiting = [state for step in mine for state in step.source if step.name != "keep"]
    asked = Q(state__in=waiting) | (Q(flagged=True) if any(step.name == "keep" for step in mine) else Q())
    rows = model_of("item").reach(actor).filter(asked, bank=item.bank_id).exclude(pk=pk).select_related("bank")
    rows = rows.order_by("code")
    for row in chain(rows.filter(code__gt=item.code)[:MOST_TRIED], rows.filter(code__lt=item.code)[:MOST_TRIED]):
        if any(_is_his(step, row, actor) for step in mine):
            return HttpResponseRedirect(f"/d/item/{row.pk}")
    messages.info(request, _("本题库没有别的试题等您办理。"))
    return HttpResponseRedirect(f"/d/item/?bank={item.bank_id}")


def _is_his(step: Step, row: Any, actor: Actor) -> bool:
    """Is the decision this person's to make? One that the item itself stands in the way of is: he sends it back."""
    if not step.open_to(actor, row) or (step.name == "keep" and not row.flagged):
        return False
    barred = standing_refusals(step, row, actor)
    return not barred or len(barred) == len(step.refusals(row))


# ---- pictures ----


@members_only
@require_safe
def media(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A picture of an item, for those who reach the item, and only if its content shows it. It is a look."""
    item = things.find("item", pk, actor_of(request))
    content = bank_flow.look_at(item, actor=actor_of(request))
    if digest not in banks.pictures_in(content):
        raise OutOfReach(f"item:{pk}:{digest}")
    return _picture(item.bank, digest)


@members_only
@require_safe
def picture(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A picture on the sheet of somebody who writes items of the bank, not yet in any item."""
    return _picture(linked(request, "bank", pk, "write"), digest)


def _picture(bank: Any, digest: str) -> HttpResponse:
    found = banks.picture_of(bank, digest)
    if found is None:
        raise OutOfReach(f"bank:{bank.pk}:picture")
    answer = handed_out(found.data, kind=found.media_type, name=found.name, shown=True)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
