"""What a sitting of the theory examination has come to: the terms of its pass and the state its events add up to (K13).

:mod:`.sitting` has the rules by which the state changes. All moments are UTC epoch milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jiangheng.core.exam.events import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the pass says of a sitting: its hours, seconds of extra time and of breaks, large print, after how many
    leavings of the page it is locked (0: never), and until when it may be entered first (0: to the end).
    ``move_credit`` is the most a move to another machine gives back, seconds."""

    opens: int
    closes: int
    extra: int = 0
    breaks: int = 0
    large: bool = False
    lock_after: int = 0
    latest: int = 0
    move_credit: int = 600


@dataclass(slots=True)
class State:
    """What a sitting has come to. It changes only through :func:`.sitting.apply`.

    ``given`` is the time given during the sitting, milliseconds. ``written`` counts the characters of all answers that
    were saved, also of those replaced since. ``through``/``ahead`` are the numbers that are down: all up to the one,
    and those beyond it. ``moving`` is since when the candidate is on his way to another machine and nothing else gives
    him that time back.
    """

    terms: Terms
    breaks: int = 0
    large: bool = False
    fence: int = 0
    pass_fence: int = 0
    device: str = ""
    freed: bool = False
    moving: int | None = None
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    through: int = 0
    ahead: set[int] = field(default_factory=set)
    latest: dict[str, int] = field(default_factory=dict)
    flag_latest: dict[str, int] = field(default_factory=dict)
    handed_in: int | None = None
    auto: bool = False
    given: int = 0
    paused: int | None = None
    break_since: int | None = None
    break_used: int = 0
    locked: bool = False
    voided: bool = False
    focus_lost: int = 0
    strikes: int = 0
    agreed: dict[str, bool] = field(default_factory=dict)
    notes: list[Told] = field(default_factory=list)
    events: int = 0
    written: int = 0

    @property
    def seq(self) -> int:
        """The highest number that is down."""
        return max(self.ahead, default=self.through)

    @property
    def extended(self) -> int:
        """The time given during the sitting, whole seconds."""
        return self.given // 1000

    @property
    def break_left(self) -> int:
        """What is left of the breaks, milliseconds; a break that is being taken has not been counted yet."""
        return max(0, self.breaks * 1000 - self.break_used)

    def is_down(self, seq: int) -> bool:
        """Has the entry with that number been written?"""
        return 1 <= seq <= self.through or seq in self.ahead


def begin(terms: Terms) -> State:
    """A sitting nobody has entered yet."""
    return State(terms, breaks=terms.breaks, large=terms.large)
