"""Messages in and out of the hall, strict and small (clause K13).

What goes in is refused when a field is missing, unknown or of another type. What goes out is built from these structs
alone, so nothing leaves the hall that is not named here.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from jiangheng.core.exam.asked import MOST_TOKENS

MOST_BYTES = 65_536
"""The largest request body, bytes."""

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class _In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    ticket: Annotated[str, msgspec.Meta(max_length=4096)] = msgspec.field(name="pass")


class Enter(_In, frozen=True):
    """The page opens, or the hour of opening has come."""


class _Fenced(_In, frozen=True):
    fence: Number


class Answer(_Fenced, frozen=True):
    """What is given at an item, in tokens by its kind; empty ``keys`` takes it back. ``seq`` is the page's own rising
    number. How long a token may be is for the kind to say; here the body's bound holds."""

    seq: Number
    item: Name
    keys: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_TOKENS)]


class Flag(_Fenced, frozen=True):
    """The candidate's own mark on an item; numbered like an answer."""

    seq: Number
    item: Name
    on: bool


class Notice(_Fenced, frozen=True):
    """Something the page noticed about itself."""

    kind: Name


class Submit(_Fenced, frozen=True):
    """Hand in; ``auto`` when the page's clock did it."""

    auto: bool = False


class Beat(_Fenced, frozen=True):
    """A sign of life; the answer tells of more time, hand-in or a newer entry."""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One option of an item, one step to be ordered, or one entry of a column; the text is rich."""

    key: str
    text: str


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item as a candidate may see it; the stem is rich. What only some kinds have is left out where it is empty."""

    id: str
    kind: str
    stem: str
    options: tuple[Option, ...]
    blanks: int = 0
    unit: str = ""
    targets: tuple[Option, ...] = ()
    picture: str = ""
    parts: tuple[Item, ...] = ()


class KindLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the paper's head: how many items of a kind, and the marks of one of them."""

    kind: str
    label: str
    count: int
    marks: str | int | float


class Face(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper as candidates may see it. An unknown field in the file (an answer, say) makes it unreadable."""

    digest: str
    title: str
    minutes: int
    kinds: tuple[KindLine, ...]
    items: tuple[Item, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """All a page needs to start or to go on. ``items`` is null outside the hours; moments are UTC milliseconds."""

    sitting: int
    seat: str
    title: str
    minutes: int
    now: int
    opens: int
    deadline: int
    kinds: tuple[KindLine, ...]
    items: tuple[Item, ...] | None
    answers: dict[str, tuple[str, ...]]
    flags: tuple[str, ...]
    seq: int
    fence: int
    handed_in: bool


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt of an entry that is on disk."""

    seq: int
    receipt: str
    saved_at: int
    deadline: int


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """A notice of the page is on disk."""

    noted: bool = True


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The hand-in is on disk."""

    handed_in: int
    answered: int
    total: int
    receipt: str


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's clock."""

    now: int


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a sign of life."""

    now: int
    deadline: int
    handed_in: bool


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why not: ``code`` for the page, ``reason`` for the person."""

    code: str
    reason: str


_encoder = msgspec.json.Encoder()


def encode(message: msgspec.Struct) -> bytes:
    """A message as JSON bytes."""
    return _encoder.encode(message)
