"""The journal as the hall sees it on one of two machines that keep each other's copy (clause K13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .entries import Crowd, Draft, Entry, SeatCheck, Standing, Store
from .twin import Twin


class TwinStore:
    """A store whose entries go to both machines; all else is as the file of this one has it."""

    def __init__(self, twin: Twin, here: Store) -> None:
        self._twin, self._here = twin, here

    def append(self, drafts: Sequence[Draft]) -> list[Draft]:
        return self._twin.write(drafts)

    def stand(self, standings: Sequence[Standing]) -> None:
        self._here.stand(standings)

    def turn_away(self, counted: Iterable[tuple[int, int, str, int]]) -> None:
        self._here.turn_away(counted)

    def replay(self, sitting: int) -> list[Entry]:
        return self._here.replay(sitting)

    def tail(self, after_id: int) -> list[Entry]:
        return self._here.tail(after_id)

    def controls(self, after_id: int) -> list[Entry]:
        return self._here.controls(after_id)

    def last_id(self) -> int:
        return self._here.last_id()

    def standings(self, *, sessions: Sequence[int] = (), place: str = "", since: int = 0) -> list[Standing]:
        return self._here.standings(sessions=sessions, place=place, since=since)

    def crowds(self, place: str, now: int) -> list[Crowd]:
        return self._here.crowds(place, now)

    def turned_away(self, sittings: Sequence[int]) -> dict[int, dict[str, int]]:
        return self._here.turned_away(sittings)

    def note_seat(self, check: SeatCheck) -> None:
        self._here.note_seat(check)

    def seats_of(self, room: int, since: int) -> list[SeatCheck]:
        return self._here.seats_of(room, since)

    def close(self) -> None:
        self._here.close()
