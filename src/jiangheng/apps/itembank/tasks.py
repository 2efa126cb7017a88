"""What follows by itself in the question bank: a draw is composed when both shares are in (K9)."""

from __future__ import annotations

from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.perform import perform


@follow("draw.second")
def compose(draw: int, entry: int) -> None:
    """Compose at once; where it is impossible, say why on the draw."""
    try:
        perform(step_of("draw.draw"), draw, actor=SYSTEM)
    except Refused:
        perform(step_of("draw.fail"), draw, actor=SYSTEM)
