"""What every institution's items in the unified banks are worth, to compare and to take along (K8)."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.itembank import queries as itembank
from jiangheng.apps.itembank.pages import credits as pages
from jiangheng.core.errors import OutOfReach
from jiangheng.kernel import clock

from .. import wording
from ..doors import members_only
from .ways import XLSX, actor_of, handed_out

HEAD = 3


def _credits(request: HttpRequest) -> list[dict[str, Any]]:
    if not pages.ALL & actor_of(request).roles():
        raise OutOfReach(request.path)
    return pages.drawn(itembank.credits())


@members_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All institutions that offered items, highest first, each with its reasons."""
    context = {"credits": _credits(request), "printed": clock.now(), "crumbs": [{"label": _("题库贡献")}]}
    return render(request, "itembank/credits.html", context)


@members_only
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same as a workbook: one sheet of institutions, one of reasons."""
    return handed_out(_workbook(_credits(request)), kind=XLSX, name=_("题库贡献.xlsx"))


def _workbook(rows: list[dict[str, Any]]) -> bytes:
    made = io.BytesIO()
    # every text is written as text: a name that looks like a formula stays what it is
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
        columns = [
            (_("机构"), "unit", 40), (_("得分"), "points", 10), (_("提供试题"), "given", 10),
            (_("采用"), "adopted", 10), (_("已实测"), "measured", 10),
        ]  # fmt: skip
        sheet = _sheet(book, _("机构"), columns, bold, head)
        for number, row in enumerate(rows, start=HEAD):
            sheet.write_string(number, 0, row["unit"])
            for place, (_label, key, _width) in enumerate(columns[1:], start=1):
                sheet.write_number(number, place, row[key])
        lines = [(row["unit"], line) for row in rows for line in row["lines"]]
        reasons = [(_("机构"), "", 40), (_("理由"), "", 80), (_("得分"), "", 10)]
        sheet = _sheet(book, _("逐项得分"), reasons, bold, head)
        for number, (unit, line) in enumerate(lines, start=HEAD):
            sheet.write_string(number, 0, unit)
            sheet.write_string(number, 1, line["words"])
            sheet.write_number(number, 2, line["points"])
    return made.getvalue()


def _sheet(book: Any, name: str, columns: list[tuple[str, str, int]], bold: Any, head: Any) -> Any:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, _("各机构题库贡献"), bold)
    sheet.write_string(1, 0, _("导出时间 {when}").format(when=wording.moment(clock.now())))
    for place, (label, _key, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(HEAD - 1, place, label, head)
    sheet.freeze_panes(HEAD, 0)
    return sheet
