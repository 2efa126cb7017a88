"""The clock of a place's own hall (clause K13).

The machine's clock may be wrong, and somebody may put it right in the middle of an examination. So the hall's clock is
set once, when the papers are opened, by what the bureau says with the key or else by the machine; from then on it
counts the machine's steps since it was switched on, which nobody can change. Every setting is noted and goes back to
the centre.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from jiangheng.core.exam.site_bundle import ClockNote

from .site_files import replace

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    boot: str
    steady: int
    hall: int
    notes: tuple[ClockNote, ...]


class SiteClock:
    """``wall`` and ``steady`` give milliseconds: what the machine's clock says, and its steps since it was switched on;
    ``boot`` names that time, empty where the system does not."""

    def __init__(
        self,
        file: Path,
        *,
        wall: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        steady: Callable[[], int] = lambda: _steady_ns() // 1_000_000,
        boot: str | None = None,
    ) -> None:
        self._file, self._wall, self._steady = file, wall, steady
        self._boot = _boot() if boot is None else boot
        self._kept: _Kept | None = None
        try:
            self._kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return

    @property
    def notes(self) -> tuple[ClockNote, ...]:
        """Every setting so far."""
        return self._kept.notes if self._kept else ()

    @property
    def difference(self) -> int:
        """By how much the machine's clock was ahead of the hall's when that was last set, milliseconds."""
        return self.notes[-1].wall - self.notes[-1].hall if self.notes else 0

    def now(self) -> int:
        """The hall's time, UTC milliseconds; the machine's as long as it was never set."""
        kept = self._kept
        return kept.hall + self._steady() - kept.steady if kept else self._wall()

    def set(self, why: str, *, bureau: int = 0, hall: int = 0) -> None:
        """Set it to what the bureau said, or to ``hall``, or to the machine's clock, whichever is given first."""
        wall = self._wall()
        moment = bureau or hall or wall
        note = ClockNote(why=why, wall=wall, hall=moment, bureau=bureau)
        self._kept = _Kept(boot=self._boot, steady=self._steady(), hall=moment, notes=(*self.notes, note))
        replace(self._file, msgspec.json.encode(self._kept))

    def go_on(self, *, floor: int) -> None:
        """The hall starts again. Within one time of being switched on it counts on; otherwise the machine's clock goes
        by the difference that was known, and never before ``floor``, the last moment of the journal."""
        kept = self._kept
        if kept is not None and not (self._boot and kept.boot == self._boot):
            self.set("重新开机", hall=max(self._wall() - self.difference, floor))


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _steady_ns() -> int:
    # On Linux the plain monotonic clock stands still while the machine sleeps.
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic_ns()
