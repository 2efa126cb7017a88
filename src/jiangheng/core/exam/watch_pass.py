"""The signed pass with which an office's page watches running examinations (clause K13).

The office decides what somebody may watch and signs it; the hall tells no more than that, and nobody's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from jiangheng.core.exam.ticket import BadPass, Natural, payload_of, signed

VERSION = "w1"


class WatchPass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every seat of one ``session``, or the counts of every session within ``place`` (a scope); good ``until`` then,
    UTC milliseconds. Exactly one of both is given."""

    session: Natural = 0
    place: Annotated[str, msgspec.Meta(max_length=64)] = ""
    until: Natural


def sign(ticket: WatchPass, key: bytes) -> str:
    """The pass as text; ``ValueError`` when it names both a session and a place, or neither."""
    if bool(ticket.session) == bool(ticket.place):
        raise ValueError("a watch pass is for one session or for one place")
    return signed(VERSION, msgspec.json.encode(ticket), key)


def verify(text: str, keys: Mapping[str, bytes], now: int) -> WatchPass:
    """The pass in that text; :class:`BadPass` when nobody signed it or its time is over."""
    try:
        ticket = _decoder.decode(payload_of(VERSION, text, keys))
    except msgspec.DecodeError:
        raise BadPass("pass_content", "查看凭证的内容与本系统版本不符。请刷新页面。") from None
    if ticket.until < now:
        raise BadPass("pass_over", "查看凭证已过期。请刷新页面。")
    return ticket


_decoder = msgspec.json.Decoder(WatchPass)
