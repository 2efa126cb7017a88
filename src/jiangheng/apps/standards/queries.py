"""Standards for other rooms: which is in force, and what it says."""

from __future__ import annotations

import functools

from jiangheng.core.law.standard_text import StandardData, parse_standard

from .models import Standard


def enacted() -> list[Standard]:
    """All standards in force (they are public), by occupation code."""
    return list(Standard.everywhere.filter(state="enacted").order_by("occupation"))


def in_force(occupation: str) -> Standard | None:
    """The version in force of an occupation's standard, or ``None``."""
    return Standard.everywhere.filter(state="enacted", occupation=occupation).order_by("-pk").first()


def content(standard: Standard) -> StandardData:
    """What a standard says, parsed."""
    return _parsed(standard.text)


# a standard's text never changes once enacted, so its parse can be kept by the text itself
@functools.lru_cache(maxsize=64)
def _parsed(text: str) -> StandardData:
    return parse_standard(text)
