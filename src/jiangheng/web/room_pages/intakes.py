"""Files of items: brought in with a sign of how far it is, previewed, marked and handed back; a bank as a file (K7)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jiangheng.apps.itembank import flow as bank_flow
from jiangheng.apps.itembank import queries as banks
from jiangheng.apps.itembank.formats import WRITERS, workbook_marked, workbook_write
from jiangheng.apps.itembank.formats.found import Found
from jiangheng.core.errors import OutOfReach, Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock, underway
from jiangheng.kernel.perform import create, perform

from .. import acts, errors, things
from ..doors import members_only
from .ways import XLSX, actor_of, crumbs, handed_out, linked

TEXT = "text/plain; charset=utf-8"
ZIP = "application/zip"
SHOWN_LOSSES = 200


# ---- in ----


@members_only
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook to fill, with examples of each kind."""
    return handed_out(workbook_write.template(), kind=XLSX, name=_("试题导入模板.xlsx"))


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a file of items is brought into a bank; what was read of it stands on the preview."""
    bank = linked(request, "bank", pk, "bring")
    if request.method != "POST":
        return _bring_page(request, bank)
    act = step_of("intake.upload")
    try:
        made = create(act, under=bank, actor=actor_of(request), given=request.POST, files=request.FILES)
    except Refused as no:
        return _bring_page(request, bank, no)
    messages.success(request, acts.told(act, made))
    return HttpResponseRedirect(f"/d/intake/{made.pk}/preview")


def _bring_page(request: HttpRequest, bank: Any, no: Refused | None = None) -> HttpResponse:
    act = step_of("intake.upload")
    asked: dict[str, Any] = {"thing": things.unborn(act, bank), "actor": actor_of(request), "step": act}
    form, rest = act.asks(**asked), []
    if no is not None:
        form = acts.bound(request, act, asked["thing"])
        at_fields = {str(refusal.reason) for refusal in form.refusals()}
        rest = [errors.shown(refusal) for refusal in no.refusals if str(refusal.reason) not in at_fields]
    context = {"bank": bank, "form": form, "refusals": rest, "crumbs": crumbs("bank", bank, _("导入试题文件"))}
    return render(request, "itembank/intake_bring.html", context, status=200 if no is None else 422)


@members_only
@require_safe
def uploading(request: HttpRequest) -> JsonResponse:
    """How far the file is that this person is bringing in, in percent; nulls when there is none."""
    return _told(f"intake-{actor_of(request).id.replace(':', '-')}")


@members_only
@require_safe
def how_far(request: HttpRequest, pk: int) -> JsonResponse:
    """How many items of an intake are taken; nulls when it is not being taken."""
    return _told(f"intake-{linked(request, 'intake', pk, 'preview').pk}")


def _told(name: str) -> JsonResponse:
    done, of = underway.how_far(name) or (None, None)
    return JsonResponse({"done": done, "of": of})


@members_only
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What is wrong with which item, and the ways on: take the good ones, all or none, discard."""
    intake = linked(request, "intake", pk, "preview")
    panel = next(part for part in things.panels(_display(), intake, actor_of(request), request) if part["html"])
    context = {
        "thing": intake,
        "bad": intake.rows - intake.good,
        "lines": panel["html"],
        "workbook": intake.format == "xlsx",
        "crumbs": crumbs("intake", intake, _("核对并导入")),
    }
    return render(request, "itembank/intake_page.html", context)


def _display() -> Any:
    return things.DISPLAYS["intake"]


@members_only
@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own workbook with its bad rows marked; for other formats the findings as a text."""
    intake = linked(request, "intake", pk, "marked.xlsx")
    # whoever has the file can read what was taken from it
    bank_flow.look_at_each(banks.taken_from(intake), actor=actor_of(request), what="file")
    if intake.format == "xlsx":
        found = [
            Found(row["place"], None, tuple(row["problems"]), (*row["losses"], *_likes(row)))
            for row in intake.findings
        ]  # fmt: skip
        data = workbook_marked.marked(banks.file_of(intake), found)
        return handed_out(data, kind=XLSX, name=_("试题-{pk}-标注.xlsx").format(pk=pk))
    return handed_out(_report(intake), kind=TEXT, name=_("试题-{pk}-核对.txt").format(pk=pk))


def _likes(row: dict[str, Any]) -> list[str]:
    return [_("与试题 {code} 相近，请核对").format(code=each["code"]) for each in row["alike"]]


def _report(intake: Any) -> bytes:
    """Every finding, item by item, as a text that any editor opens (with the mark old editors need)."""
    told = _("{bank}，{file}：{rows} 题，可导入 {good} 题").format(
        bank=intake.bank.name, file=intake.file.name, rows=intake.rows, good=intake.good
    )
    lines = [told, ""]
    for row in intake.findings:
        said = [_("有误：{what}").format(what=each) for each in row["problems"]]
        said += [_("未带入：{what}").format(what=each) for each in row["losses"]]
        said += _likes(row)
        if said:
            lines += [" ".join(filter(None, (row["place"], row["code"], row["stem"]))), *(f"  {each}" for each in said)]
    return "\r\n".join(lines).encode("utf-8-sig")


@members_only
@require_safe
def originals(request: HttpRequest, pk: int) -> HttpResponse:
    """The untouched files of the items the house has no kind for."""
    intake = linked(request, "intake", pk, "marked.xlsx")
    read = banks.read_file(banks.file_of(intake), name=intake.file.name)
    kept = [found for found in read.items if found.original and found.item is None]
    if not kept:
        raise OutOfReach(f"intake:{pk}:originals")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, found in enumerate(kept, start=1):
            # the place is a name out of a stranger's archive: only its letters are used
            name = re.sub(r"[^\w.-]+", "_", found.place.rpartition("/")[2]).lstrip(".")[:80] or "item.xml"
            archive.writestr(f"{number:04d}-{name}", found.original)
    return handed_out(made.getvalue(), kind=ZIP, name=_("未导入的原题-{pk}.zip").format(pk=pk))


# ---- out ----


@members_only
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Which format to choose."""
    bank = linked(request, "bank", pk, "leaving")
    return _export_page(request, bank, "xlsx")


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def export_as(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """What a format will lose, item by item; then, by the step, the file."""
    bank = linked(request, "bank", pk, "leaving")
    if name not in WRITERS:
        raise OutOfReach(f"bank:{pk}:export:{name}")
    if request.method != "POST":
        return _export_page(request, bank, name)
    given = {"format": name, "which": request.POST.get("which", "")}
    try:
        done = perform(step_of("bank.export"), pk, actor=actor_of(request), given=given)
    except Refused as no:
        refusals = [errors.shown(refusal) for refusal in no.refusals]
        return _export_page(request, bank, name, refusals=refusals, status=422)
    ending = WRITERS[name][1]
    kind = {"xlsx": XLSX, "zip": ZIP}.get(ending, "application/xml")
    return handed_out(done.written.data, kind=kind, name=f"{bank.name}-{clock.today():%Y%m%d}.{ending}")


def _by_sentence(losses: Mapping[str, tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    """Each loss once with the items it befalls, what befalls most first."""
    found: dict[str, list[str]] = {}
    for code, said in sorted(losses.items()):
        for sentence in said:
            found.setdefault(sentence, []).append(code)
    return sorted(found.items(), key=lambda row: -len(row[1]))


def _export_page(
    request: HttpRequest, bank: Any, name: str, *, refusals: list[dict[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    which = "all" if (request.POST or request.GET).get("which") == "all" else "usable"
    rows = banks.leaving(bank, actor_of(request), which=which)
    losses = banks.written(bank, rows, kind=name).losses if rows else {}
    context = {
        "bank": bank,
        "formats": [{"name": key, "label": row[0]} for key, row in WRITERS.items()],
        "format": {"name": name, "label": WRITERS[name][0]},
        "which": which,
        "count": len(rows),
        "losses": _by_sentence(losses)[:SHOWN_LOSSES],
        "refusals": refusals or [],
        "crumbs": crumbs("bank", bank, _("导出试题")),
    }
    return render(request, "itembank/bank_export.html", context, status=status)
