"""Who is seated, and when each sitting was last heard of; feeds the invigilator's page (clause K13)."""

from __future__ import annotations

import threading

WRITE_EVERY_MS = 5_000
"""How often last-seen times go to the file: presence is a hint, so it must not cost an fsync per request."""


class Presence:
    """Last-seen times in memory, handed to the writer now and then. Used from the event loop and the writer thread."""

    def __init__(self) -> None:
        self._fresh: dict[int, int] = {}
        self._lock = threading.Lock()
        self._written = 0

    def saw(self, sitting: int, now: int) -> None:
        """A request of this sitting came in, ``now``."""
        with self._lock:
            self._fresh[sitting] = now

    def take(self) -> list[tuple[int, int]]:
        """What is to be written now, (sitting, milliseconds); empty while the last writing is not long ago."""
        with self._lock:
            newest = max(self._fresh.values(), default=0)
            if newest - self._written < WRITE_EVERY_MS:
                return []
            self._written = newest
            taken, self._fresh = list(self._fresh.items()), {}
        return taken
