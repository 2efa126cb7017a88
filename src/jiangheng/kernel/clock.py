"""What time it is. Only demo mode has a clock that can be moved; the shift is a file of the home folder.

The hall and Django read the same file, so a moved clock is moved for an exam as well.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils import timezone


class ClockIsFixed(Exception):
    """Somebody tried to move the clock of an installation that is not a demonstration."""


def _file() -> Path:
    return Path(settings.HOME) / "clock"


def shift() -> dt.timedelta:
    """How far the demo's clock stands from the real one (zero outside demo mode)."""
    if not settings.CONFIG.demo:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(_file().read_text()))
    except FileNotFoundError:
        return dt.timedelta()


def now() -> dt.datetime:
    """The moment at which a step happens, aware, in UTC."""
    return timezone.now() + shift()


def today() -> dt.date:
    """The date in the city's time zone."""
    return timezone.localtime(now()).date()


def epoch_ms() -> int:
    """The same moment for the hall: milliseconds since 1970 in UTC."""
    return int(now().timestamp() * 1000)


def move_to(moment: dt.datetime) -> None:
    """Set the demo's clock. Raises :class:`ClockIsFixed` outside demo mode."""
    if not settings.CONFIG.demo:
        raise ClockIsFixed("the clock can be moved in demo mode only (JIANGHENG_DEMO=1)")
    fresh = _file().with_suffix(".new")
    fresh.write_text(repr((moment - timezone.now()).total_seconds()))
    # rename is atomic: a reader sees the old shift or the new one, never half a number
    fresh.replace(_file())
