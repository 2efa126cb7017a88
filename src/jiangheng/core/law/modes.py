"""The ways by which a level is recognised (认定方式), as results and certificates name them (K5, K6, R1–R4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MODES: Mapping[str, str] = MappingProxyType({
    "EXAM": "考核认定",
    "DIRECT": "直接认定",
    "EXCEPTIONAL": "破格晋升",
    "COMPETITION": "以赛代评",
    "APPOINTMENT": "评聘",
    "APPRENTICE": "学徒工考核",
})  # fmt: skip


def mode(code: str) -> str:
    """What a mode is called; ValueError lists the modes there are."""
    found = MODES.get(code)
    if found is None:
        raise ValueError(f"没有认定方式 {code!r};认定方式有:{'、'.join(MODES)}")
    return found
