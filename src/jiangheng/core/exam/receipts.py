"""The hash chain over what the hall wrote down for one sitting: a receipt proves "you had this" (clause K10).

Each entry's receipt covers the entry's text and the receipt before it, so an entry that is altered, dropped, added or
moved breaks every later receipt. The last receipt (the head) becomes evidence of the hand-in step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_DOMAIN = "jiangheng/receipt/v2\n"


class BrokenChain(Exception):
    """The entries are not what the receipts say. ``number`` is the first entry (from 1) that does not fit."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"the chain breaks at entry {number}")


def genesis(sitting: int) -> str:
    """What stands before the first receipt; it differs per sitting, so no entry can move to another one."""
    return hashlib.sha256(f"{_DOMAIN}sitting {sitting}".encode()).hexdigest()


def link(previous: str, number: int, text: str) -> str:
    """The receipt of the entry with that number (from 1) and that text in the journal, in hex."""
    return hashlib.sha256(f"{_DOMAIN}{previous}\n{number}\n{text}".encode()).hexdigest()


def verify(sitting: int, entries: Iterable[tuple[str, str]]) -> str:
    """The head of a whole chain of (text, receipt); :class:`BrokenChain` at the first entry that does not fit."""
    head = genesis(sitting)
    for number, (text, receipt) in enumerate(entries, start=1):
        head = link(head, number, text)
        if head != receipt:
            raise BrokenChain(number)
    return head
