"""Element tables as files: the template to fill, and a bank's present table to be changed and brought back (K7, P2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.itembank.formats import table_write
from jiangheng.kernel import clock

from ..doors import members_only
from .ways import XLSX, handed_out, linked


@members_only
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook to fill, with examples."""
    return handed_out(table_write.template(), kind=XLSX, name=_("要素细目表模板.xlsx"))


@members_only
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """A bank's element table as the workbook that its revision takes back."""
    bank = linked(request, "bank", pk, "table.xlsx")
    data = table_write.write_table(bank.ranges, bank.points, title=bank.name)
    name = _("{bank}-要素细目表-{day}.xlsx").format(bank=bank.name, day=f"{clock.today():%Y%m%d}")
    return handed_out(data, kind=XLSX, name=name)
