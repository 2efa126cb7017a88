"""Papers of an exam room as PDF: the door list with its seats (座次表) and the sign-in sheet (签到表) (clause K10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from jiangheng.apps.batches.formats.tickets import LABELS, TicketHead, day_and_hours
from jiangheng.core.law.calendar import CHINA
from jiangheng.kernel.typeset import Typesetter

TEMPLATE = Path(__file__).parents[1] / "documents" / "doorlist.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSeat:
    """One occupied seat. Rows and columns count from 1; row 1 is nearest to the desk, column 1 at its left."""

    row: int
    column: int
    label: str
    name: str
    number: str
    document_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSheet:
    """One room in one session."""

    name: str
    place: str
    part: str
    starts: datetime
    ends: datetime
    rows: int
    columns: int
    seats: tuple[RoomSeat, ...]


def _seat(seat: RoomSeat) -> dict[str, str | int]:
    return {
        "row": seat.row,
        "column": seat.column,
        "label": seat.label,
        "name": seat.name,
        "number": seat.number,
        "tail": seat.number[-5:],
        "document_number": seat.document_number,
    }


def _room(room: RoomSheet) -> dict[str, object]:
    places = [(seat.row, seat.column) for seat in room.seats]
    if len(set(places)) != len(places):
        raise ValueError(f"two candidates share a seat in {room.name}")
    if any(not (1 <= row <= room.rows and 1 <= column <= room.columns) for row, column in places):
        raise ValueError(f"a seat lies outside the {room.rows} rows and {room.columns} columns of {room.name}")
    return {
        "name": room.name,
        "place": room.place,
        "part": room.part,
        "time": "".join(day_and_hours(room.starts, room.ends)),
        "rows": room.rows,
        "columns": room.columns,
        "seats": [_seat(seat) for seat in sorted(room.seats, key=lambda seat: (seat.row, seat.column))],
    }


def _papers(setter: Typesetter, rooms: Sequence[RoomSheet], head: TicketHead, kind: Literal["door", "sign"]) -> bytes:
    if not rooms:
        raise ValueError("there is no room to print")
    data = {
        "kind": kind,
        "title": f"{'座次表' if kind == 'door' else '签到表'} {head.batch}",
        "institution": head.institution,
        "batch": head.batch,
        "demo": head.demo,
        "rooms": [_room(room) for room in rooms],
    }
    day = head.issued.astimezone(CHINA).date()
    return setter.typeset(TEMPLATE, data=data, images={}, dated=day, labels=LABELS | {"label": "座位号"})


def door_list_pdf(setter: Typesetter, rooms: Sequence[RoomSheet], *, head: TicketHead) -> bytes:
    """The seat plan of each room, one A4 landscape page each, to hang at the door."""
    return _papers(setter, rooms, head, "door")


def sign_in_pdf(setter: Typesetter, rooms: Sequence[RoomSheet], *, head: TicketHead) -> bytes:
    """The sign-in sheet of each room, by seat, with room for the invigilators' signatures."""
    return _papers(setter, rooms, head, "sign")
