"""Export of exactly what a list shows: same rows, same order, same masks, with the question and the time on top."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from jiangheng.kernel import clock

from . import cells, wording
from .listing import Listing

MOST_ROWS = 50_000
HEAD = 3


def workbook(listing: Listing) -> bytes:
    """The list as a spreadsheet. Texts are written as texts, so that no value can become a formula."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": listing.sentence(), "created": timezone.localtime(clock.now()).replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F3F1EA"})
    formats: dict[type, Any] = {
        dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
        dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet = book.add_worksheet()
    for place, column in enumerate(listing.columns):
        sheet.set_column(place, place, 14 if column.kind in ("date", "number", "state", "flag") else 24)
    sheet.write_string(0, 0, listing.sentence(), bold)
    cut = _("（只导出前 {most} 条）").format(most=MOST_ROWS) if listing.count > MOST_ROWS else ""
    asked = _("导出时间 {when}；导出人 {who}；共 {count} 条").format(
        when=wording.moment(clock.now()), who=listing.actor.name, count=listing.count
    )
    sheet.write_string(1, 0, asked + cut)
    for place, column in enumerate(listing.columns):
        sheet.write_string(HEAD - 1, place, str(column.label), head)
    sheet.freeze_panes(HEAD, 0)
    for line, thing in enumerate(listing.rows[:MOST_ROWS].iterator(chunk_size=500), HEAD):
        for place, cell in enumerate(cells.row(listing.columns, listing.flow.name, thing, listing.actor)):
            _write(sheet, line, place, cell, formats)
    book.close()
    return made.getvalue()


def _write(sheet: Any, line: int, place: int, cell: cells.Cell, formats: dict[type, Any]) -> None:
    value = cell.value
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        sheet.write_datetime(line, place, local.replace(tzinfo=None), formats[dt.datetime])
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, place, dt.datetime(value.year, value.month, value.day), formats[dt.date])  # noqa: DTZ001 - a date has no zone
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool) and cell.column.kind == "number":
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, cell.text)
