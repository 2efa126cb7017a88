"""Numbers as people write them at an examination, and how far one may lie from the right one.

Serves K13. Reads full-width digits, thousands separators and powers of ten; everything is Decimal, so 0.1 + 0.2
is 0.3 and a limit that is just reached is reached.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

LONGEST = 60
LARGEST_POWER = 100

_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d{1,3})?")
_TIMES_TEN = re.compile(r"[×xX*]10\^?([+-]?\d{1,3})$")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far from the right number is still right: an absolute distance, or percent of the right number."""

    amount: Decimal
    relative: bool = False

    def allows(self, given: Decimal, *, right: Decimal) -> bool:
        """Whether `given` is near enough to `right`; the limit itself is near enough."""
        limit = abs(right) * self.amount / 100 if self.relative else self.amount
        return abs(given - right) <= limit


def number(text: str, *, unit: str = "") -> Decimal | None:
    """The number a person wrote, or None.

    Full-width digits, "1,000", "1.25e1" and "1.25×10^1" are read, and `unit` may stand behind the number ("12.5Ω").
    Not-a-numbers, infinities and powers beyond a hundred are no numbers.
    """
    written = _bare(text)
    named = _bare(unit)
    if len(written) > LONGEST:
        return None
    if named and written.endswith(named):
        written = written[: -len(named)]
    written = _TIMES_TEN.sub(r"e\1", written)
    found = _NUMBER.fullmatch(written)
    if found is None or (found[1] is None and found[3] is None):
        return None
    value = Decimal(written.replace(",", ""))
    return value if abs(value.adjusted()) <= LARGEST_POWER else None


def tolerance(text: str) -> Tolerance | None:
    """The tolerance "0.5" or "2%"; "" is exact. None when it is neither or below zero."""
    written = _bare(text)
    if not written:
        return Tolerance(Decimal(0))
    relative = written.endswith("%")
    amount = number(written.removesuffix("%"))
    if amount is None or amount < 0:
        return None
    return Tolerance(amount, relative)


def _bare(text: str) -> str:
    # A minus sign, a dash and a hyphen are one thing to who types them; a full-width comma folds into a plain one.
    folded = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).translate({0x2212: "-", 0x2013: "-", 0x3002: "."})
    return "".join(folded.split())
