"""The results of a batch on one sheet: to print and sign, and masked to post (clauses K10, P2)."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.batches import queries as batches
from jiangheng.core.authority import Actor
from jiangheng.core.law import identity
from jiangheng.core.law.codes import SEX
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face
from jiangheng.kernel.perform import model_of
from jiangheng.kernel.spoken import spoken

from .. import charts, wording
from ..doors import members_only
from .ways import XLSX, actor_of, crumbs, handed_out, linked

HEAD = 3


def lines(batch: Any, actor: Actor) -> list[dict[str, Any]]:
    """One line a seated candidate, by ticket; numbers of documents are masked."""
    return [_line(row) for row in seated(batch, actor)]


def seated(batch: Any, actor: Actor) -> Any:
    """The applications of the batch that have a ticket, as far as the actor reaches them."""
    return model_of("application").reach(actor).filter(batch=batch).exclude(ticket="").order_by("ticket")


def _line(row: Any) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "ticket": row.ticket,
        "name": row.name,
        "masked_name": identity.mask_name(row.name),
        "identity": identity.mask_identity(row.identity),
        "sex": spoken(SEX[row.sex]),
        "level": level_face(row.level),
        "theory": _mark(row.theory_mark, row.theory_absent),
        "practical": _mark(row.practical_mark, row.practical_absent, row.practical_vetoed),
        "review": _mark(row.review_mark, row.review_absent, row.review_vetoed),
        "state": row.state,
        "result": str(dict(type(row).STATES)[row.state]),
        "passed": row.state in ("passed", "certified"),
        "sat": not row.theory_absent and not row.practical_absent and not row.review_absent,
    }


def _mark(value: Any, absent: bool, vetoed: bool = False) -> str:
    if absent:
        return _("缺考")
    if value is None:
        return ""
    return _("{mark}（否定项）").format(mark=value) if vetoed else str(value)


def totals(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many sat and passed, by level and in all."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in found:
        groups.setdefault(line["level"], []).append(line)
    if len(groups) > 1:
        groups[_("合计")] = found
    return [_total(level, group) for level, group in groups.items()]


def _total(level: str, group: list[dict[str, Any]]) -> dict[str, Any]:
    sat = sum(line["sat"] for line in group)
    passed = sum(line["passed"] for line in group)
    rate = f"{100 * passed / sat:.1f}%" if sat else "—"
    return {"level": level, "seated": len(group), "sat": sat, "passed": passed, "rate": rate}


@members_only
@require_safe
def summary(request: HttpRequest, pk: int) -> HttpResponse:
    """The score summary (成绩汇总表) on the screen and on paper."""
    batch = linked(request, "batch", pk, "results")
    rows = list(seated(batch, actor_of(request)))
    found = [_line(row) for row in rows]
    context = {
        "chart": charts.marks(rows, least=batches.pass_marks(batch)),
        "batch": batch,
        "lines": found,
        "totals": totals(found),
        "least": _("、").join(map(str, batches.pass_marks(batch))),
        "printed": clock.now(),
        "crumbs": crumbs("batch", batch, _("成绩汇总表")),
    }
    return render(request, "batches/results.html", context)


@members_only
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The same lines as a workbook, names and numbers masked as on the publicity page."""
    batch = linked(request, "batch", pk, "results.xlsx")
    return handed_out(
        _workbook(batch, lines(batch, actor_of(request))), kind=XLSX,
        name=_("成绩-{number}.xlsx").format(number=batch.number),
    )  # fmt: skip


def _workbook(batch: Any, found: list[dict[str, Any]]) -> bytes:
    made = io.BytesIO()
    columns = [
        (_("准考证号"), "ticket", 20), (_("姓名"), "masked_name", 12), (_("证件号码"), "identity", 22),
        (_("性别"), "sex", 6), (_("级别"), "level", 14), (_("理论成绩"), "theory", 12),
        (_("实操成绩"), "practical", 16), (_("结果"), "result", 10),
    ]  # fmt: skip
    if batch.has_review:
        columns.insert(-1, (_("综合评审成绩"), "review", 16))
    # every cell is text: a value that looks like a formula stays what it is
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_("成绩"))
        sheet.write_string(0, 0, batch.title, book.add_format({"bold": True}))
        said = _("计划编号 {number}；导出时间 {when}；共 {n} 人；姓名和证件号码已脱敏")
        sheet.write_string(1, 0, said.format(number=batch.number, when=wording.moment(clock.now()), n=len(found)))
        head = book.add_format({"bold": True, "bottom": 1})
        for place, (label, _key, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(HEAD - 1, place, label, head)
        for number, line in enumerate(found, start=HEAD):
            for place, (_label, key, _width) in enumerate(columns):
                sheet.write_string(number, place, str(line[key]))
        sheet.freeze_panes(HEAD, 0)
    return made.getvalue()
