"""The number of an entry as a page knows it: nobody who has only the pass can make one up (clause K13).

Entries of a sitting are numbered from one. A page is given its number with 32 bits of a keyed digest, so that saving
needs an entry that was really made, with its checks of machine and browser.
"""

from __future__ import annotations

import hmac

_BITS = 32
_MOST = 50_000


class Fences:
    """Makes and reads the numbers of one hall; every process of it makes the same."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"jiangheng/fence/1", "sha256")
        self._found: dict[int, int] = {}

    def given(self, sitting: int, number: int) -> int:
        """What a page is given for an entry; below 2^53, so that every language can hold it."""
        digest = hmac.digest(self._secret, f"{sitting} {number}".encode(), "sha256")
        return number << _BITS | int.from_bytes(digest[:4], "big")

    def number(self, sitting: int, said: int) -> int:
        """The number of the entry a page says it is; -1 when nobody was given that."""
        number = said >> _BITS
        # the digest was a fifth of what a save costs: what was found good once is known (docs/develop/hall-speed.md)
        if self._found.get(sitting) == said:
            return number
        if said != self.given(sitting, number):
            return -1
        if len(self._found) >= _MOST:
            self._found.clear()
        self._found[sitting] = said
        return number
