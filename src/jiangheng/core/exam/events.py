"""What can happen in a sitting of the theory examination, and how it is written down (clause K13).

One kind of event is one struct. Its text in the journal is JSON with the kind first and the fields in the order they
are declared in, so that the same event always has the same text: receipts are made over that text. All moments are UTC
epoch milliseconds by the server's clock.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

FOCUS_KINDS = frozenset(
    {"hidden", "shown", "blur", "focus", "copy", "cut", "paste", "print", "menu", "second_tab"}
    | {"second_screen", "fullscreen_left", "fullscreen_back", "offline", "online"}
)
"""What the exam page may report about itself; what follows from it is the examination's rules' to say."""

LEAVING = frozenset({"hidden", "blur", "fullscreen_left", "second_tab"})
"""Those that mean the candidate had something else before him."""


class Moment(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", forbid_unknown_fields=True):
    """What every event has: when it happened."""

    at: int = 0


class Entered(Moment, frozen=True, tag="entered", omit_defaults=True):
    """The page was opened. ``fence`` counts entries; ``pass_fence`` is the fence of the pass that was shown;
    ``device`` names the browser it came from without telling more about it."""

    fence: int
    pass_fence: int = 0
    device: str = ""


class Answered(Moment, frozen=True, tag="answered"):
    """What was given at one item, in tokens by its kind (option keys, texts, pairs, points …); nothing, or only empty
    texts, means it was taken back. ``seq`` is the page's own number."""

    seq: int
    item: str
    keys: tuple[str, ...]


class Flagged(Moment, frozen=True, tag="flagged"):
    """The candidate's own mark on an item, set or removed."""

    seq: int
    item: str
    on: bool


class HandedIn(Moment, frozen=True, tag="handed_in"):
    """The paper was handed in; ``auto`` when the clock did it and not the candidate."""

    auto: bool


class Focus(Moment, frozen=True, tag="focus"):
    """Something the page noticed about itself, one of ``FOCUS_KINDS``."""

    kind: str


class Break(Moment, frozen=True, tag="break"):
    """A candidate to whom breaks were granted leaves (``on``) or comes back."""

    on: bool


class Agreed(Moment, frozen=True, tag="agreed"):
    """The candidate read what is asked of him (``to``: rules, camera) and agreed or not."""

    to: str
    yes: bool


class Pictured(Moment, frozen=True, tag="pictured"):
    """A picture of the camera was kept; ``digest`` is its SHA-256."""

    digest: str


class Extended(Moment, frozen=True, tag="extended"):
    """The invigilator gave more time, seconds, for a reason that goes on record."""

    seconds: int
    reason: str


class Paused(Moment, frozen=True, tag="paused"):
    """The invigilator stopped this sitting's clock; nothing is accepted until it runs again."""

    reason: str


class Resumed(Moment, frozen=True, tag="resumed"):
    """The clock runs again, the time that was lost is given back; a locked page is opened."""

    reason: str = ""


class Freed(Moment, frozen=True, tag="freed"):
    """The invigilator allows the next entry to come from another machine."""

    reason: str


class Granted(Moment, frozen=True, tag="granted"):
    """What this candidate was granted besides time: seconds of breaks, large print."""

    breaks: int
    large: bool


class Told(Moment, frozen=True, tag="told"):
    """The invigilator wrote to the candidate."""

    text: str


class Voided(Moment, frozen=True, tag="voided"):
    """The sitting was cancelled; nothing is accepted any more."""

    reason: str = ""


Numbered: TypeAlias = Answered | Flagged
Control: TypeAlias = Extended | Paused | Resumed | Freed | Granted | Told | Voided
Event: TypeAlias = Entered | Numbered | HandedIn | Focus | Break | Agreed | Pictured | Control

NUMBERED = (Answered, Flagged)
CONTROLS = (Extended, Paused, Resumed, Freed, Granted, Told, Voided)
"""Written by the offices, never by a candidate's page."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> str:
    """The event as the journal has it."""
    return _encoder.encode(event).decode()


def decode(text: str) -> Event:
    """The event of a line of the journal; ``ValueError`` when the kind or a field is unknown."""
    return _decoder.decode(text)
