"""Experts' ballots brought together: for, against, abstained, the mean of the marks, and whether a matter is carried.

Serves K4, R2, R3 and R4. Experts vote alone; this module is the first place where their ballots meet. The share is
counted over all members and not over those who took a side, so that abstaining never helps a matter through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

TENTH = Decimal("0.1")
CHOICES = MappingProxyType({"for": "同意", "against": "不同意", "abstain": "弃权"})


@dataclass(frozen=True, slots=True)
class Vote:
    """One member on one matter. mark: 0 to 100, or None when none was given."""

    choice: str
    mark: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """One matter counted. mean: of the marks given, to a tenth, rounded half up; None without marks."""

    approve: int
    against: int
    abstain: int
    mean: Decimal | None
    carried: bool

    @property
    def votes(self) -> int:
        """Ballots counted."""
        return self.approve + self.against + self.abstain


def percent(part: int, whole: int) -> int:
    """The share in whole percent, rounded half up: two of three are 67."""
    return (200 * part + whole) // (2 * whole)


def count(votes: Iterable[Vote], *, members: int, majority: int) -> Count:
    """Count a matter. members: how many were called to vote; majority: percent of them that must be for it.

    ValueError when there are no members, more votes than members, or a choice that does not exist.
    """
    cast = list(votes)
    if members < 1 or len(cast) > members:
        raise ValueError(f"评审专家 {members} 人,评审票 {len(cast)} 张:每人一票,请核对")
    wrong = sorted({vote.choice for vote in cast} - set(CHOICES))
    if wrong:
        raise ValueError(f"没有这种表决意见:{'、'.join(wrong)};可选:{'、'.join(CHOICES)}")
    approve, against, abstain = (sum(vote.choice == choice for vote in cast) for choice in CHOICES)
    return Count(approve, against, abstain, mean(vote.mark for vote in cast), percent(approve, members) >= majority)


def mean(marks: Iterable[Decimal | None]) -> Decimal | None:
    """The mean of the marks given, to a tenth; None when nobody gave one."""
    given = [mark for mark in marks if mark is not None]
    if not given:
        return None
    return (sum(given, Decimal(0)) / len(given)).quantize(TENTH, rounding=ROUND_HALF_UP)
