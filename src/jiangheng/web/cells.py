"""One value of a thing as it is drawn: the Display's column, masked for this actor, as text, link or JSON."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jiangheng.core.authority import Actor
from jiangheng.core.steps import FLOWS
from jiangheng.kernel.display import Column, Display, Panel
from jiangheng.kernel.models import Attachment
from jiangheng.kernel.trail import plain

from . import states, wording

COMMA = re.compile(r"[，、；]|, ")


@dataclass(frozen=True)
class Cell:
    """A drawn value. ``value`` is what the actor may see, ``text`` how it reads, ``link`` where a file is fetched."""

    column: Column
    flow: str
    value: Any
    text: str
    link: str = ""

    @property
    def wide(self) -> bool:
        """Long text takes a whole line of a panel."""
        return len(self.text) > 40

    @property
    def short(self) -> bool:
        """A short value is never broken into two lines."""
        return len(self.text) <= 8

    @property
    def json(self) -> Any:
        """The value for a program."""
        if isinstance(self.value, Attachment):
            return {"name": self.value.name, "size": self.value.size, "url": self.link}
        if self.column.kind in ("text", "code", "person", "list", "flag", "number", "date", "datetime", "state"):
            return plain(str(self.value) if isinstance(self.value, Promise) else self.value)
        return self.text


def cell(column: Column, flow: str, thing: Any, actor: Actor) -> Cell:
    """Draw one value of a thing for an actor."""
    value = column.of(thing, actor)
    link = ""
    if isinstance(value, Attachment) and column.kind in ("file", "image"):
        link = f"/d/{flow}/{thing.pk}/file/{column.name}"
    return Cell(column, flow, value, text_of(column, flow, value), link)


def row(columns: Iterable[Column], flow: str, thing: Any, actor: Actor) -> list[Cell]:
    """The drawn values of a thing."""
    return [cell(column, flow, thing, actor) for column in columns]


def text_of(column: Column, flow: str, value: Any) -> str:
    """How a value reads."""
    if value is None or value == "":
        return ""
    if isinstance(value, Attachment):
        return str(value.name)
    if column.kind == "state" and flow in FLOWS:
        return states.label(flow, str(value))
    if column.kind == "flag" or isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dt.datetime):
        return wording.moment(value)
    if isinstance(value, dt.date):
        return wording.day(value)
    if isinstance(value, list | tuple | set | frozenset):
        said = [str(each) for each in value]
        # sentences with commas of their own would run together in one line
        return ("\n" if any(COMMA.search(each) for each in said) else _("、")).join(said)
    return str(value)


def panels_of(display: Display, thing: Any, actor: Actor) -> list[Panel]:
    """The panels shown to this actor; a Display without panels shows its columns."""
    if not display.panels:
        return [Panel(_("基本信息"), columns=display.columns)]
    return [panel for panel in display.panels if panel.shown is None or panel.shown(thing, actor)]


def column_of(display: Display, name: str, thing: Any, actor: Actor) -> Column | None:
    """The column of that name which this actor is shown on the thing's page."""
    shown = [*display.columns, *(column for panel in panels_of(display, thing, actor) for column in panel.columns)]
    return next((column for column in shown if column.name == name), None)
