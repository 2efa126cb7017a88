"""The machines of a room, checked before anybody sits at them: what a check page found is judged and kept (K13)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from jiangheng.core.exam import seat_check

from . import wire
from .entries import SeatCheck, Store


class NoSuchSeat(Exception):
    """The room has no machine with that number; ``seats`` is how many it has."""

    def __init__(self, seats: int) -> None:
        self.seats = seats
        super().__init__(seats)


class Machines:
    """``keys`` are those check passes are signed with, ``now`` the hall's clock in UTC milliseconds. A check is one
    row in a quiet hour: each opens the store for itself, away from the event loop."""

    def __init__(self, keys: Mapping[str, bytes], now: Callable[[], int], open_store: Callable[[], Store]) -> None:
        self._keys, self._now, self._open_store = keys, now, open_store

    async def room(self, message: wire.Checking) -> wire.Checkable:
        """Which room the pass is for; :class:`BadPass` when it is not good."""
        ticket = seat_check.verify(message.ticket, self._keys, self._now())
        return wire.Checkable(name=ticket.name, seats=ticket.seats, camera=ticket.limits.camera)

    async def seat(self, message: wire.SeatFound) -> wire.SeatSaid:
        """Judge what was found at a machine and keep it in place of what was found there before."""
        now = self._now()
        ticket = seat_check.verify(message.ticket, self._keys, now)
        if message.number > ticket.seats:
            raise NoSuchSeat(ticket.seats)
        faults = seat_check.faults(message.found, ticket.limits)
        findings = msgspec.json.encode({"faults": faults, "found": message.found}).decode()
        check = SeatCheck(room=ticket.room, number=message.number, at=now, sound=not faults, findings=findings)
        await asyncio.to_thread(self._keep, check)
        return wire.SeatSaid(number=message.number, sound=not faults, faults=faults, at=now)

    def _keep(self, check: SeatCheck) -> None:
        store = self._open_store()
        try:
            store.note_seat(check)
        finally:
            store.close()
