"""A big room at a glance: thousands of seats as small marks in their rows, each opened down to its candidate (K13).

Drawn without a template: 5,000 cards through one take seconds of a processor at every change in the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

CARDS = 60
"""Up to so many seats each has a card with name and state; more are marks."""
LOOKED_AT = 12
"""So many seats that need a look are told by name; of the others, how many there are."""


class Marked(Protocol):
    """A seat as a mark shows it."""

    @property
    def number(self) -> int: ...
    @property
    def tone(self) -> str: ...
    @property
    def alarming(self) -> bool: ...
    @property
    def said(self) -> str: ...
    @property
    def address(self) -> str: ...


def marks(rows: Sequence[Sequence[Marked | None]]) -> SafeString:
    """The rows of a room from the desk on. A mark is the seat's number, drawn as its state; its title says all."""
    name = _("第 {n} 排")
    drawn = (_row(name.format(n=number), row) for number, row in enumerate(rows, start=1) if any(row))
    return mark_safe("".join(drawn))  # noqa: S308 - every text in it is escaped below


def _row(name: str, row: Iterable[Marked | None]) -> str:
    found = "".join(_mark(seat) for seat in row if seat)
    return f'<li><span class="marks-row">{escape(name)}</span>{found}</li>'


def _mark(seat: Marked) -> str:
    kind = f"seat-mark m-{seat.tone}{' is-alarming' if seat.alarming else ''}"
    return f'<a class="{kind}" id="m{seat.number}" href="{seat.address}" title="{escape(seat.said)}">{seat.number}</a>'
