"""Is a machine fit to be sat at? What the check page measured, against the limits the office set (clause K13).

The room's people open the page at every machine with a check pass: the office signs it for one room and some hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from jiangheng.core.exam.ticket import BadPass, Natural, payload_of, signed

VERSION = "c1"
Feature = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a machine must keep to: pixels of the page, milliseconds of the clock's error and of an exchange."""

    width: Natural
    height: Natural
    skew: Natural
    median: Natural
    worst: Natural
    camera: bool = False


class CheckPass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The machines of one ``room``, called ``name``, may be checked ``until`` then (UTC milliseconds). Their numbers
    run from 1 to ``seats``."""

    room: Natural
    name: Annotated[str, msgspec.Meta(max_length=160)]
    seats: Annotated[int, msgspec.Meta(ge=1, le=1600)]
    limits: Limits
    until: Natural


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page found: features that are missing, pixels of the page, whether it keeps what it is told to keep,
    milliseconds of the clock's error (ahead of the hall: positive) and of an exchange, whether a camera is there."""

    missing: Annotated[tuple[Feature, ...], msgspec.Meta(max_length=16)]
    width: Natural
    height: Natural
    keeps: bool
    skew: Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
    median: Natural
    worst: Natural
    camera: bool


FAULTS = ("browser", "screen", "storage", "clock", "latency", "camera")
"""What can be wrong with a machine, in the order in which it is mended."""


def faults(found: Measured, limits: Limits) -> tuple[str, ...]:
    """What is wrong, of ``FAULTS``; nothing: the machine is sound."""
    wrong = {
        "browser": bool(found.missing),
        "screen": found.width < limits.width or found.height < limits.height,
        "storage": not found.keeps,
        "clock": abs(found.skew) > limits.skew,
        "latency": found.median > limits.median or found.worst > limits.worst,
        "camera": limits.camera and not found.camera,
    }
    return tuple(name for name in FAULTS if wrong[name])


def sign(ticket: CheckPass, key: bytes) -> str:
    """The pass as text."""
    return signed(VERSION, msgspec.json.encode(ticket), key)


def verify(text: str, keys: Mapping[str, bytes], now: int) -> CheckPass:
    """The pass in that text; :class:`BadPass` when nobody signed it or its time is over."""
    try:
        ticket = _decoder.decode(payload_of(VERSION, text, keys))
    except msgspec.DecodeError:
        raise BadPass("pass_content", "机位检测凭证的内容与本系统版本不符。请从考场页面重新取得链接。") from None
    if ticket.until < now:
        raise BadPass("pass_over", "机位检测凭证已过期。请从考场页面重新取得链接。")
    return ticket


_decoder = msgspec.json.Decoder(CheckPass)
