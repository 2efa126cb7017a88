"""Facts about an applicant against the conditions of a standard: a verdict with reasons (clauses P3, R5, R6, W1).

Conditions are data of a standard's version. A condition is met when all its demands are met, a level is open when
any one of its conditions is. Each demand that fails says what is missing and, if time alone can mend it, from
which day: the applicant goes on working without a break and graduates on the planned day, nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from jiangheng.core.law.facts import (
    APPROVED_LISTS,
    SCHOOL_KINDS,
    TITLE_RANKS,
    ApprovedList,
    Education,
    Facts,
    HeldCertificate,
    Title,
    WorkPeriod,
)
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.requirements import (
    Age,
    Apprenticeship,
    Case,
    Certificate,
    Demand,
    Holding,
    Missing,
    PreparatoryTechnician,
    School,
    StillStudent,
    TitleHeld,
    Work,
    enough_for,
)

__all__ = [
    "APPROVED_LISTS", "SCHOOL_KINDS", "TITLE_RANKS", "ApprovedList", "Condition", "Education", "Facts",
    "HeldCertificate", "Missing", "Rules", "Shortfall", "Title", "Verdict", "WorkPeriod", "judge", "judge_all",
]  # fmt: skip

NO_CROSSWALK: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to a level; every part that is set must hold.

    Years are full years, the anniversary included. years_after_*: years of work counted from that day on.
    holding_years: years since the certificate was issued, worked or not. occupations: this one and the related
    ones, whose certificates count. approved_list: the list of APPROVED_LISTS on which the programme must stand.
    enrolled_allowed: any student of such a school will do, besides its graduates.
    """

    level: str
    seq: int
    text: str
    source: str
    clause: str
    occupations: tuple[str, ...]
    min_age: int = 0
    total_years: int = 0
    requires_level: str = ""
    years_after_level: int = 0
    holding_years: int = 0
    title_rank: str = ""
    years_after_title: int = 0
    school_kinds: tuple[str, ...] = ()
    major_required: bool = True
    final_year_allowed: bool = False
    student_only: bool = False
    approved_list: str = ""
    apprenticeship: bool = False
    preparatory_technician: bool = False
    enrolled_allowed: bool = False


class Shortfall(NamedTuple):
    """A condition not met, what it lacks, and the first day it will be met if the applicant goes on working."""

    condition: Condition
    missing: tuple[Missing, ...]
    first_date: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """met: the first condition that holds, or None; also: others that hold; failed: the rest, in the standard's order.

    held: a certificate of this level or a higher one in this very occupation, which makes another one a repeat.
    """

    level: str
    met: Condition | None
    failed: tuple[Shortfall, ...]
    also: tuple[Condition, ...] = ()
    held: HeldCertificate | None = None

    @property
    def eligible(self) -> bool:
        return self.met is not None

    @property
    def first_date(self) -> date | None:
        """The earliest day on which any condition will be met by going on working; None if none ever will."""
        return min((short.first_date for short in self.failed if short.first_date), default=None)


def judge(
    conditions: Iterable[Condition],
    facts: Facts,
    *,
    level: str,
    on: date,
    counts_as: Mapping[str, str] = NO_CROSSWALK,
) -> Verdict:
    """Judge an applicant for a level on a day; the order of facts never matters. For many applicants keep `Rules`."""
    return Rules(conditions, counts_as=counts_as).judge(facts, level=level, on=on)


def judge_all(
    conditions: Iterable[Condition],
    facts: Facts,
    *,
    levels: Iterable[str],
    on: date,
    counts_as: Mapping[str, str] = NO_CROSSWALK,
) -> tuple[Verdict, ...]:
    """A verdict for each of these levels, in their order."""
    return Rules(conditions, counts_as=counts_as).judge_all(facts, levels=levels, on=on)


class _Way(NamedTuple):
    """A condition; how to take its demands' answers out of all answers; the demand that must last, if there is one."""

    condition: Condition
    take: Callable[[Sequence[Missing | None]], tuple[Missing | None, ...]]
    student: School | None


class _Plan(NamedTuple):
    demands: tuple[Demand, ...]
    levels: tuple[tuple[str, frozenset[str], str, tuple[_Way, ...]], ...]


class Rules:
    """The conditions of one standard made ready to judge many applicants: equal demands are asked once.

    counts_as: the standard's crosswalk, level to national level. Parameters are read when the rules are made.
    """

    def __init__(self, conditions: Iterable[Condition], *, counts_as: Mapping[str, str] = NO_CROSSWALK) -> None:
        self._by_level: dict[str, list[Condition]] = {}
        for condition in sorted(conditions, key=lambda each: each.seq):
            self._by_level.setdefault(condition.level, []).append(condition)
        self._counts_as = counts_as
        self._least = parameter("age.min")
        self._higher = bool(parameter("eligibility.higher_counts"))
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def judge(self, facts: Facts, *, level: str, on: date) -> Verdict:
        """Judge an applicant for one level."""
        return self.judge_all(facts, levels=(level,), on=on)[0]

    def judge_all(self, facts: Facts, *, levels: Iterable[str], on: date) -> tuple[Verdict, ...]:
        """A verdict for each of these levels, in their order."""
        wanted = tuple(levels)
        plan = self._plans.get(wanted) or self._plans.setdefault(wanted, self._plan(wanted))
        case = Case(facts, on)
        answers = [demand.check(case) for demand in plan.demands]
        return tuple(
            _verdict(level, ways, answers, case, _repeat(facts, enough, own, on) if facts.certificates else None)
            for level, enough, own, ways in plan.levels
        )

    def _plan(self, levels: tuple[str, ...]) -> _Plan:
        places: dict[Demand, int] = {}
        planned = []
        for level in levels:
            ways = []
            conditions = self._by_level.get(level, [])
            for condition in conditions:
                demands = tuple(self._demands(condition))
                student = next((each for each in demands if isinstance(each, School) and each.student_only), None)
                taken = [places.setdefault(each, len(places)) for each in demands]
                ways.append(_Way(condition, _taker(taken), student))
            own = conditions[0].occupations[0] if conditions and conditions[0].occupations else ""
            enough = enough_for(level, self._counts_as, higher_counts=True)
            planned.append((level, enough, own, tuple(ways)))
        return _Plan(tuple(places), tuple(planned))

    def _demands(self, condition: Condition) -> Iterable[Demand]:
        # The bar for all levels holds even where a standard is silent: nobody below it may be evaluated.
        yield Age(max(condition.min_age, self._least))
        if condition.total_years:
            yield Work(condition.total_years)
        if condition.requires_level:
            enough = enough_for(condition.requires_level, self._counts_as, higher_counts=self._higher)
            certificate = Certificate(condition.requires_level, enough, condition.occupations)
            yield certificate
            if condition.years_after_level:
                yield Work(condition.years_after_level, certificate)
            if condition.holding_years:
                yield Holding(certificate, condition.holding_years)
        if condition.title_rank:
            title = TitleHeld(condition.title_rank)
            yield title
            if condition.years_after_title:
                yield Work(condition.years_after_title, title)
        if condition.apprenticeship:
            yield Apprenticeship()
        if condition.preparatory_technician:
            yield PreparatoryTechnician()
        if condition.school_kinds or condition.approved_list:
            yield School(
                condition.school_kinds,
                condition.major_required,
                condition.final_year_allowed,
                condition.enrolled_allowed,
                condition.student_only,
                condition.approved_list,
            )


def _taker(places: Sequence[int]) -> Callable[[Sequence[Missing | None]], tuple[Missing | None, ...]]:
    if len(places) == 1:
        only = places[0]
        return lambda answers: (answers[only],)
    return itemgetter(*places)


def _verdict(
    level: str, ways: Sequence[_Way], answers: Sequence[Missing | None], case: Case, held: HeldCertificate | None
) -> Verdict:
    met: list[Condition] = []
    failed: list[Shortfall] = []
    for condition, take, student in ways:
        asked = take(answers)
        # a Missing is a tuple that is never empty: any() and filter() run over the answers without a line of Python
        if not any(asked):
            met.append(condition)
            continue
        missing = tuple(filter(None, asked))
        first = _latest(missing)
        if student is not None and first is not None:
            # whoever must still be a student then cannot wait past graduation
            until = student.student_until(case)
            if until is not None and until <= first:
                missing, first = (*missing, Missing(StillStudent(), None, until)), None
        failed.append(Shortfall(condition, missing, first))
    return Verdict(level, met[0] if met else None, tuple(failed), tuple(met[1:]), held)


def _latest(missing: Sequence[Missing]) -> date | None:
    """The day on which the last of these is mended; None if one of them never is."""
    latest = missing[0].from_date
    for part in missing[1:]:
        if latest is None or part.from_date is None:
            return None
        if part.from_date > latest:
            latest = part.from_date
    return latest


def _repeat(facts: Facts, enough: frozenset[str], own: str, on: date) -> HeldCertificate | None:
    fitting = [
        held
        for held in facts.certificates
        if held.level in enough and held.occupation == own and held.issued <= on
    ]  # fmt: skip
    return min(fitting, key=lambda held: (held.issued, held.level, held.number), default=None)
