"""The real home's hall as candidates come to it: checked in and entered with nothing of the office."""

from __future__ import annotations

import asyncio
from typing import Any

from hall_harness import Bench
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.hall.app import hall_app
from jiangheng.kernel import clock, followers

Told = dict[str, Any]


class Door(Bench):
    """The real home's hall, at the city's clock."""

    def __init__(self) -> None:
        self.home = exams.home()
        self.open()

    def open(self) -> None:
        self.hall = hall_app(exams.home(), exams.hall_key(), clock.epoch_ms)

    def says(self, path: str, message: Told, *, status: int = 200) -> Told:
        """One message to a hall that is opened and closed around it, as after a restart."""
        reply = asyncio.run(self.post(path, message))
        self.hall.close()
        self.open()
        assert reply.status == status, reply.body
        return reply.body


def opened(stage: RoomStage) -> Any:
    """The session with its doors open, at the hall too."""
    session = stage.opened()
    followers.run()
    return session


def rows(session: Any) -> list[Any]:
    """Its sittings by seat."""
    return list(session.sittings.select_related("application").order_by("application__seat"))


def check_in(door: Door, sitting: Any) -> Told:
    """What the hall says to somebody with these two numbers."""
    person = sitting.application
    return door.says("/hall/checkin", {"number": person.ticket, "identity": person.identity})


def come_in(door: Door, sitting: Any, *, device: str = "seat one") -> tuple[str, Told]:
    """Check in and enter with nothing of the office; the pass and the entry."""
    shown = check_in(door, sitting)["pass"]
    return shown, door.says("/hall/enter", {"pass": shown, "device": device})


def fresh(sitting: Any) -> Any:
    """The row as it is now."""
    return type(sitting).everywhere.get(pk=sitting.pk)


def state_of(sitting: Any) -> Any:
    """What the journal says of it."""
    return exams.replay(fresh(sitting))[0]
