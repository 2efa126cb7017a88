"""The roster before it is taken: what is wrong in which row and how to mend it; the workbooks that go with it (K10)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.batches.formats import marking
from jiangheng.kernel import files

from ..doors import members_only
from .ways import XLSX, crumbs, handed_out, linked


@members_only
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The counts, a line for each problem row, and the ways on: take the good rows, all or none, discard."""
    roster = linked(request, "roster", pk, "preview")
    context = {
        "thing": roster,
        "problems": batches.problem_rows(roster),
        "crumbs": crumbs("roster", roster, _("核对并导入")),
    }
    return render(request, "batches/roster_page.html", context)


@members_only
@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own workbook with every problem marked in its cell."""
    roster = linked(request, "roster", pk, "marked.xlsx")
    data = marking.marked_workbook(files.read(roster.file), batches.findings_of(roster))
    return handed_out(data, kind=XLSX, name=_("花名册-{pk}-标注.xlsx").format(pk=pk))


@members_only
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook to fill."""
    return handed_out(marking.template_workbook(), kind=XLSX, name=_("花名册模板.xlsx"))
