"""One byte string for one value: canonical JSON and salted digests of it (clause K10).

The form is that of RFC 8785, so that a verifier in any language gets the same bytes. Floats are refused rather
than printed, because two languages print the same float differently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

# Beyond this a reader that keeps numbers as doubles (JavaScript) sees another number.
_LARGEST = 2**53 - 1


def canonical(value: object) -> bytes:
    """Canonical JSON of a value, UTF-8, keys sorted, no spaces.

    Decimal becomes text without trailing zeros, a date ISO text, a moment ISO text in UTC, a UUID its text and an
    Enum its value. TypeError for floats, sets and other kinds; ValueError for NaN, times without zone,
    numbers beyond 2**53-1 and broken Unicode. The message says where in the value.
    """
    text = json.dumps(_plain(value, "$"), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def digest(value: object, salt: str) -> str:
    """SHA-256 (hex) over the canonical form of [salt, value]; ValueError for an empty salt.

    Without a salt a short value (an age, a score) could be found again by trying them all.
    """
    if not salt:
        raise ValueError("摘要缺少盐值")
    return hashlib.sha256(canonical([salt, value])).hexdigest()


def _plain(value: object, where: str) -> object:
    if isinstance(value, Enum):
        return _plain(value.value, where)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int):
        return _integer(value, where)
    if isinstance(value, Mapping):
        return _object(value, where)
    if isinstance(value, list | tuple):
        return [_plain(each, f"{where}[{place}]") for place, each in enumerate(value)]
    return _as_text(value, where)


def _text(value: str, where: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{where}: broken Unicode (a lone surrogate)") from None
    return value


def _integer(value: int, where: str) -> int:
    if abs(value) > _LARGEST:
        raise ValueError(f"{where}: integer beyond 2**53-1; give it as text")
    return value


def _object(value: Mapping[object, object], where: str) -> dict[str, object]:
    pairs: list[tuple[str, object]] = []
    for key, each in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{where}: key {key!r} is not text")
        pairs.append((_text(key, where), _plain(each, f"{where}.{key}")))
    # RFC 8785 orders keys by UTF-16 units, which differs from Python's order beyond the basic plane.
    return dict(sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")))


def _as_text(value: object, where: str) -> str:
    if isinstance(value, Decimal):
        return _decimal(value, where)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{where}: a time without zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{where}: {type(value).__name__} has no canonical form")


def _decimal(value: Decimal, where: str) -> str:
    if not value.is_finite():
        raise ValueError(f"{where}: {value} is not a number")
    # 85, 85.0 and 85.00 are one mark: a column's scale must not change a digest.
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
