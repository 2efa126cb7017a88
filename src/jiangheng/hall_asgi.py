"""The exam hall of an installation, alone or as a part of the one port (clause K13).

The configuration gives it its home, and that its key; Django is not loaded for it, except for a demonstration's clock.
On a journal of PostgreSQL several processes of it may serve one hall.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jiangheng import config
from jiangheng.hall.app import Hall, hall_app
from jiangheng.hall.lane import Lane
from jiangheng.kernel import keys

_TURN_SECONDS = 0.001
_ASSETS = Path(__file__).parent / "web" / "static" / "built"


def hall_alone() -> Hall:
    """The hall of the installation that ``JIANGHENG_HOME`` names; a factory for the server."""
    given = config.load()
    now = _movable_clock() if given.demo else _epoch_ms
    calm_collector()
    # The writer of the journal takes the interpreter's lock back some five times a batch; with the usual 5 ms it waits
    # for the event loop most of that time, and the pages with it (docs/develop/hall-speed.md).
    sys.setswitchinterval(_TURN_SECONDS)
    hall = hall_app(given.home, keys.subkey(given.home, "hall"), now, journal=given.hall_journal, assets=_ASSETS)
    Lane.hall = hall
    return hall


def _epoch_ms() -> int:
    return time.time_ns() // 1_000_000


def _movable_clock() -> Callable[[], int]:
    # only a demonstration has one, and it is Django's as well; looking whether it was moved costs a file each time
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangheng.settings")
    from jiangheng.kernel import clock

    return clock.epoch_ms


def calm_collector() -> None:
    """Let the collector of cycles look rarely, and never at what was there when serving began.

    A request in flight is some dozen containers without a cycle among them; with the usual thresholds looking at them
    again and again took a fifth of the hall's time (docs/develop/hall-speed.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
