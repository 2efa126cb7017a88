"""What has changed since watchers were last told: how seats stand, and what was turned away (clause K13)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from .entries import Standing
from .seats import Seat

STAND_SECONDS = 2.0
"""How often watchers are told."""

_MINUTE_MS = 60_000


class News:
    """Gathered on the event loop, taken away by the writer thread: whole containers at once, and a seat that changes
    meanwhile is noted again by the message that changed it."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._changed: dict[int, Seat] = {}
        self._turned: Counter[tuple[int, int, str]] = Counter()
        self._told = 0.0

    def note(self, seat: Seat) -> None:
        """Something happened at this seat."""
        self._changed[seat.sitting] = seat

    def turn_away(self, sitting: int, code: str, now: int) -> None:
        """A message was refused; sitting 0 when it is not known whose."""
        self._turned[now // _MINUTE_MS, sitting, code] += 1

    def hasten(self) -> None:
        """Whatever there is goes with the next taking."""
        self._told = -STAND_SECONDS

    def take(self) -> tuple[list[Standing], list[tuple[int, int, str, int]]]:
        """Standings and counts of refusals (minute, sitting, code, count), every few seconds; otherwise nothing."""
        moment = time.monotonic()
        if moment - self._told < STAND_SECONDS:
            return [], []
        self._told, now = moment, self._now()
        changed, self._changed = self._changed, {}
        turned, self._turned = self._turned, Counter()
        standings = [seat.standing(now) for seat in list(changed.values())]
        return standings, [(minute, sitting, code, count) for (minute, sitting, code), count in list(turned.items())]
