"""What a reader of a foreign bank hands over, and what a writer gives back (clauses K7-K9).

Readers and writers know no database. A reader refuses a whole file with `NotABank`; whatever is wrong with one item is
said at that item, and the others are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.exam.items import Item
from jiangheng.kernel.kept import said as _

_NOTHING: Mapping[str, Media] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of the bank. Its address is the SHA-256 of `data` in hexadecimal (`digest_of`)."""

    data: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """One item as it was found. `place` is "第 12 行" or "items/q1.xml", `point_name` the point as it is named there.

    `problems` say why it cannot be taken (then `item` may be None), `losses` what was left behind of it, one sentence
    each. `original` is the untouched XML of an item the house has no kind for.
    """

    place: str
    item: Item | None
    problems: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    original: bytes = b""
    point_name: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A bank that was read: items in the order of the file, pictures by digest, and what the file was."""

    items: tuple[Found, ...]
    media: Mapping[str, Media] = field(default_factory=lambda: _NOTHING)
    format: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A file for another system. `losses`: per item code, what another system will not see or what was left out."""

    data: bytes
    losses: Mapping[str, tuple[str, ...]]


class NotABank(Refused):
    """The whole file is refused before anything is taken from it; the refusal says why and how to mend it."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__([Refusal(reason, "K7", mend, "file")])


def digest_of(data: bytes) -> str:
    """The address of a picture: its SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def without_namesakes(found: Iterable[Found]) -> Iterator[Found]:
    """The items; one whose code another before it has is said to have it."""
    seen: dict[str, str] = {}
    for one in found:
        code = one.item.code if one.item is not None else ""
        if code and code in seen:
            sentence = _("编号“%(code)s”与 %(place)s 重复，请改编号") % {"code": code, "place": seen[code]}
            yield replace(one, problems=(*one.problems, sentence))
            continue
        seen.setdefault(code, one.place)
        yield one
