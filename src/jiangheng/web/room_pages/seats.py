"""Who sits where: the rooms of a batch as rows and columns, for the chart on the screen and for the papers (K10)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.batches.formats.rooms import RoomSeat, RoomSheet
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor
from jiangheng.core.law.identity import mask_identity
from jiangheng.kernel.perform import model_of

from ..doors import members_only
from .ways import actor_of, crumbs, linked


def candidates(batch: Any, actor: Actor) -> list[Any]:
    """Everybody who was seated and whom the actor reaches, by room and seat."""
    rows = model_of("application").reach(actor).filter(batch=batch).exclude(ticket="")
    rows = rows.select_related("batch__institution", "batch__site", "photo")
    rows = rows.select_related("theory_room", "practical_room")
    return list(rows.order_by("theory_room__name", "theory_room", "seat"))


def place(number: int, columns: int) -> tuple[int, int]:
    """Row and column, from 1, of a seat; seats are counted along the rows, from the desk."""
    return (number - 1) // columns + 1, (number - 1) % columns + 1


def _minutes(batch: Any, kind: str) -> int:
    content = standards.content(batch.standard)
    return max(content.design(level).part(kind).minutes for level in batch.levels)


def _seat(person: Any, number: int, columns: int) -> RoomSeat:
    row, column = place(number, columns)
    return RoomSeat(
        row=row, column=column, label=f"{number:02d}", name=person.name, number=person.ticket,
        document_number=mask_identity(person.identity),
    )  # fmt: skip


def _sheet(room: Any, batch: Any, people: list[tuple[Any, int]], *, part: Any, times: Any, name: str) -> RoomSheet:
    return RoomSheet(
        name=name, place=f"{batch.site.name} {batch.site.address}", part=str(part), starts=times[0], ends=times[1],
        rows=room.rows, columns=room.columns, seats=tuple(_seat(person, n, room.columns) for person, n in people),
    )  # fmt: skip


def rounds(people: list[Any]) -> list[list[Any]]:
    """The people of a practical room in rounds: where there are more of them than stations, stations are used again."""
    found: list[dict[int, Any]] = []
    for person in sorted(people, key=lambda each: each.ticket):
        free = next((one for one in found if person.station not in one), None)
        if free is None:
            free = {}
            found.append(free)
        free[person.station] = person
    return [list(one.values()) for one in found]


def sheets(batch: Any, actor: Actor) -> list[RoomSheet]:
    """Every room in every round: the theory rooms first, then the practical ones."""
    theory: dict[Any, list[Any]] = defaultdict(list)
    practical: dict[Any, list[Any]] = defaultdict(list)
    for person in candidates(batch, actor):
        if person.theory_room is not None:
            theory[person.theory_room].append(person)
        if person.practical_room is not None:
            practical[person.practical_room].append(person)
    ends = batch.theory_at + dt.timedelta(minutes=_minutes(batch, "theory"))
    found = [
        _sheet(
            room, batch, [(person, person.seat) for person in people], part=_("理论知识考试"),
            times=(batch.theory_at, ends), name=room.name,
        )
        for room, people in theory.items()
    ]  # fmt: skip
    for room, people in practical.items():
        parties = rounds(people)
        # everybody reports at the beginning, so every round's paper carries the hours of the whole examination
        ends = batch.practical_at + len(parties) * dt.timedelta(minutes=_minutes(batch, "practical"))
        for number, party in enumerate(parties, start=1):
            name = room.name if len(parties) == 1 else _("{room} 第 {n} 轮").format(room=room.name, n=number)
            found.append(
                _sheet(
                    room, batch, [(person, person.station) for person in party], part=_("操作技能考核"),
                    times=(batch.practical_at, ends), name=name,
                )
            )  # fmt: skip
    return found


def grid(sheet: RoomSheet) -> list[list[dict[str, Any]]]:
    """The room row by row; a place where nobody sits has no ``seat``."""
    taken = {(seat.row, seat.column): seat for seat in sheet.seats}
    return [
        [{"label": f"{(row - 1) * sheet.columns + column:02d}", "seat": taken.get((row, column))}
         for column in range(1, sheet.columns + 1)]
        for row in range(1, sheet.rows + 1)
    ]  # fmt: skip


@members_only
@require_safe
def seating(request: HttpRequest, pk: int) -> HttpResponse:
    """The seating chart of a batch, room by room."""
    batch = linked(request, "batch", pk, "seating")
    found = [{"sheet": sheet, "grid": grid(sheet)} for sheet in sheets(batch, actor_of(request))]
    context = {"batch": batch, "rooms": found, "crumbs": crumbs("batch", batch, _("座位图"))}
    return render(request, "batches/seating.html", context)
