"""A finding about one value: what is wrong, why, and how to mend it (clause W1: every refusal cites its rule)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one value, in words for the person who typed it.

    what: the fault. why: the rule it breaks. mend: what to do about it.
    """

    what: str
    why: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}({self.why})。{self.mend}"
