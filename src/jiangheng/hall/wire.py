"""Messages in and out of the hall, strict and small (clause K13).

What goes in is refused when a field is missing, unknown or of another type. What goes out is built from these structs
alone, so nothing leaves the hall that is not named here.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from jiangheng.core.exam.asked import MOST_TOKENS
from jiangheng.core.exam.seat_check import Measured

MOST_BYTES = 65_536
"""The largest request body, bytes."""

MOST_PICTURE = 30 * 1024
"""The largest picture of a camera, bytes: in base64 it leaves room for the pass."""

MOST_TOGETHER = 200
"""Entries in one message, for a page whose line was down."""

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class _In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    ticket: Annotated[str, msgspec.Meta(max_length=4096)] = msgspec.field(name="pass")


class CheckIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A candidate at a machine of the room: his ticket and his identity number."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    identity: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class Watching(_In, frozen=True):
    """Somebody of the office wants to watch; the pass is a watch pass."""


class Enter(_In, frozen=True):
    """The page opens. ``device`` is a random name the browser keeps; ``page`` and ``exam_browser`` are what Safe Exam
    Browser tells a page about itself: its address without fragment, and the hash over it."""

    device: Annotated[str, msgspec.Meta(max_length=64)] = ""
    page: Annotated[str, msgspec.Meta(max_length=512)] = ""
    exam_browser: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Key(_In, frozen=True):
    """The hour has come: the key of the sealed paper, please."""


class _Fenced(_In, frozen=True):
    """What comes from an entered page: ``fence`` is what its entry gave it."""

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


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of many entries sent together: an answer when ``keys`` is there, otherwise a mark."""

    seq: Number
    item: Name
    keys: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_TOKENS)] | None = None
    on: bool = False


class Answers(_Fenced, frozen=True):
    """What gathered while the line was down, in order."""

    entries: Annotated[tuple[Given, ...], msgspec.Meta(min_length=1, max_length=MOST_TOGETHER)]


class Notice(_Fenced, frozen=True):
    """Something the page noticed about itself."""

    kind: Name


class Rest(_Fenced, frozen=True):
    """A break begins (``on``) or is over."""

    on: bool


class Agreement(_Fenced, frozen=True):
    """The candidate agreed, or not."""

    to: Name
    yes: bool


class Submit(_Fenced, frozen=True):
    """Hand in; ``auto`` when the page's clock did it."""

    auto: bool = False


class Picture(_Fenced, frozen=True):
    """What the camera saw: a JPEG, in base64 on the way."""

    picture: Annotated[bytes, msgspec.Meta(min_length=4, max_length=MOST_PICTURE)]


class Beat(_Fenced, frozen=True):
    """A sign of life; ``noted`` is how many messages of the invigilator the page has."""

    noted: Number = 0


class Checking(_In, frozen=True):
    """A machine of a room is to be checked; the pass is a check pass."""


class SeatFound(_In, frozen=True):
    """What the check page found at the machine with that number."""

    number: Annotated[int, msgspec.Meta(ge=1, le=1600)]
    found: Measured


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


class CheckedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who has checked in, for himself and for the invigilator at his desk; ``photo`` is a data address or empty."""

    ticket: str = msgspec.field(name="pass")
    name: str
    seat: str
    title: str
    photo: str = ""


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """The order of items, of their options and of the targets of matching items, by id and key."""

    items: tuple[str, ...]
    options: dict[str, tuple[str, ...]]
    targets: dict[str, tuple[str, ...]] = {}


class Note(msgspec.Struct, frozen=True):
    """A message of the invigilator."""

    at: int
    text: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the sitting stands now. ``stage`` as watchers see it; ``breaks`` are the seconds left of them, ``rest`` when
    a break began, or 0; ``notes`` are the messages the page has not yet."""

    now: int
    deadline: int
    handed_in: bool
    stage: str
    breaks: int
    rest: int
    large: bool
    notes: tuple[Note, ...]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's signature over the head of the chain: what stood there then can never be denied."""

    link: int
    receipt: str
    at: int
    key: str
    signature: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """All a page needs to start or to go on. ``sealed`` is where the sealed paper lies, ``key`` opens it and is null
    outside the hours; moments are UTC milliseconds."""

    sitting: int
    seat: str
    title: str
    minutes: int
    opens: int
    kinds: tuple[KindLine, ...]
    sealed: str
    order: Order
    key: str | None
    answers: dict[str, tuple[str, ...]]
    flags: tuple[str, ...]
    seq: int
    fence: int
    camera: int
    calculator: bool
    lock_after: int
    agreed: dict[str, bool]
    standing: Standing


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The key of the sealed paper."""

    key: str
    now: int


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt of an entry that is on disk; ``link`` is its number in the sitting's chain."""

    seq: int
    link: int
    receipt: str
    saved_at: int
    deadline: int


class NotTaken(msgspec.Struct, frozen=True, kw_only=True):
    """One of many entries that was refused."""

    seq: int
    code: str
    reason: str


class SavedAll(msgspec.Struct, frozen=True, kw_only=True):
    """What of many entries is on disk, and what was refused; an entry in neither list is to be sent again."""

    saved: tuple[int, ...]
    refused: tuple[NotTaken, ...]
    link: int
    receipt: str
    saved_at: int
    deadline: int


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """A notice of the page is on disk; ``locked`` when it was one too many."""

    noted: bool = True
    locked: bool = False


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The hand-in is on disk."""

    handed_in: int
    answered: int
    total: int
    receipt: str
    proof: Proof


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """The hall's clock."""

    now: int


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a sign of life."""

    standing: Standing
    proof: Proof


class Checkable(msgspec.Struct, frozen=True, kw_only=True):
    """The room whose machines are checked: what it is called, how many there are, whether each needs a camera."""

    name: str
    seats: int
    camera: bool


class SeatSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What the hall makes of a machine, and has kept; ``faults`` name what is to be mended."""

    number: int
    sound: bool
    faults: tuple[str, ...]
    at: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why not: ``code`` for the page, ``reason`` for the person."""

    code: str
    reason: str


_encoder = msgspec.json.Encoder()


def encode(message: msgspec.Struct) -> bytes:
    """A message as JSON bytes."""
    return _encoder.encode(message)
