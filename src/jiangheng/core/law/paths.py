"""The shortest lawful path to a level: which certificates on the way, by which condition, on which day (clause P3).

A path climbs: every certificate on it is lower than the next. The applicant goes on working without a break and
graduates on the planned day; each certificate is in hand `eligibility.lead_days` after it could be applied for.
An earlier certificate never makes anything later, so the earliest day of each level is found from below, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

from jiangheng.core.law.eligibility import NO_CROSSWALK, Condition, Rules, Shortfall, Verdict
from jiangheng.core.law.facts import Facts, HeldCertificate, WorkPeriod
from jiangheng.core.law.levels import LADDER
from jiangheng.core.law.levels import level as level_of
from jiangheng.core.law.parameters import parameter

_UPWARDS = tuple(step.code for step in LADDER)


@dataclass(frozen=True, slots=True)
class Step:
    """One certificate on the way. eligible: the first day to apply. obtained: the day it is in hand."""

    level: str
    condition: Condition
    eligible: date
    obtained: date


@dataclass(frozen=True, slots=True)
class Opening:
    """What time cannot bring and would open the way: `needs` in words, all of them, for this condition."""

    condition: Condition
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """How a level is reached soonest.

    steps: only those that are needed, the last one is the wish; empty when it is held already or out of reach.
    reached: the day the wish is in hand; None when waiting and working alone never lead there. openings: then the
    shortest lists of what would open the way, one for each condition that needs so few.
    """

    wish: str
    steps: tuple[Step, ...]
    reached: date | None
    openings: tuple[Opening, ...] = ()
    held: HeldCertificate | None = None


def shortest(
    conditions: Iterable[Condition],
    facts: Facts,
    *,
    wish: str,
    on: date,
    counts_as: Mapping[str, str] = NO_CROSSWALK,
) -> Path:
    """The earliest way to the wished level from a day on, with the fewest certificates that are as early."""
    known = tuple(conditions)
    now = Rules(known, counts_as=counts_as).judge(facts, level=wish, on=on)
    if now.held is not None:
        return Path(wish, (), now.held.issued, held=now.held)
    climb = _Climb(known, facts, on=on, counts_as=counts_as)
    below = climb.below(wish)
    soonest = climb.steps((*below, wish)).get(wish)
    if soonest is None:
        return Path(wish, (), None, climb.openings(wish))
    for count in range(len(below) + 1):
        for some in combinations(below, count):
            steps = climb.steps((*some, wish))
            # a level that cannot be reached by itself is no step; with fewer levels the same day is the shorter path
            if len(steps) == count + 1 and steps[wish].obtained == soonest.obtained:
                return Path(wish, tuple(steps[code] for code in (*some, wish)), soonest.obtained)
    raise AssertionError("the set of all levels below the wish contains its own shortest path")


class _Climb:
    """One applicant before one standard."""

    def __init__(
        self, conditions: Sequence[Condition], facts: Facts, *, on: date, counts_as: Mapping[str, str]
    ) -> None:
        self._own = conditions[0].occupations[0] if conditions else ""
        self._working = WorkPeriod(on, None, self._own, True)
        self._facts = replace(facts, history=(*facts.history, self._working))
        self._on = on
        self._lead = timedelta(days=parameter("eligibility.lead_days"))
        self._rules: dict[str, list[Rules]] = {}
        self._conditions: dict[str, list[Condition]] = {}
        for condition in sorted(conditions, key=lambda each: each.seq):
            self._conditions.setdefault(condition.level, []).append(condition)
            self._rules.setdefault(condition.level, []).append(Rules((condition,), counts_as=counts_as))

    def below(self, wish: str) -> tuple[str, ...]:
        """The standard's levels below the wish, upwards; none for what stands on no ladder."""
        if wish not in _UPWARDS:
            return ()
        return tuple(code for code in _UPWARDS[: _UPWARDS.index(wish)] if code in self._conditions)

    def steps(self, levels: Iterable[str]) -> dict[str, Step]:
        """The earliest step to each of these levels, given upwards, when no other certificate is added."""
        found: dict[str, Step] = {}
        for code in levels:
            step = self._step(code, found.values())
            if step is not None:
                found[code] = step
        return found

    def _step(self, code: str, taken: Iterable[Step]) -> Step | None:
        facts = self._with(taken)
        best: tuple[date, Condition] | None = None
        for condition, rules in zip(self._conditions.get(code, ()), self._rules.get(code, ()), strict=True):
            day = self._first_day(rules, facts, code)
            if day is not None and (best is None or day < best[0]):
                best = day, condition
        return None if best is None else Step(code, best[1], best[0], best[0] + self._lead)

    def _with(self, taken: Iterable[Step]) -> Facts:
        added = tuple(HeldCertificate(step.level, self._own, step.obtained, "") for step in taken)
        return replace(self._facts, certificates=(*self._facts.certificates, *added))

    def _first_day(self, rules: Rules, facts: Facts, code: str) -> date | None:
        # The engine does not look at certificates of later days, so it is asked again on the day of each of them.
        later = sorted({held.issued for held in facts.certificates if held.issued > self._on})
        days = []
        for day in (self._on, *later):
            verdict = rules.judge(facts, level=code, on=day)
            first = day if verdict.eligible else verdict.first_date
            if first is not None:
                days.append(first)
        return min(days, default=None)

    def openings(self, wish: str) -> tuple[Opening, ...]:
        """The fewest things that time cannot bring, for each condition that needs no more than that."""
        everything = (*self.below(wish), wish)
        facts = self._with(self.steps(everything).values())
        last = max((held.issued for held in facts.certificates), default=self._on)
        needs: dict[str, tuple[Opening, ...]] = {}
        for code in everything:
            found = []
            for condition, rules in zip(self._conditions.get(code, ()), self._rules.get(code, ()), strict=True):
                verdict = rules.judge(facts, level=code, on=max(last, self._on))
                found.append(Opening(condition, _needs(verdict, needs)))
            least = min((len(each.needs) for each in found), default=0)
            needs[code] = tuple(each for each in found if len(each.needs) == least)
        return needs.get(wish, ())


def _needs(verdict: Verdict, below: Mapping[str, tuple[Opening, ...]]) -> tuple[str, ...]:
    """What one condition lacks that time does not bring; a lower certificate is replaced by what opens its level."""
    short: Shortfall | None = next(iter(verdict.failed), None)
    words: list[str] = []
    for part in short.missing if short else ():
        if part.from_date is not None:
            continue
        if part.kind != "certificate" or short is None:
            words.append(part.what)
            continue
        wanted = short.condition.requires_level
        openings = below.get(wanted, ())
        words += openings[0].needs if openings else (f"须先取得{level_of(wanted).face}证书",)
    return tuple(dict.fromkeys(words))
