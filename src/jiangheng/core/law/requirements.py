"""The single demands that conditions are made of, each checked alone: age, work, certificate, title, school (P3).

A demand answers with what is missing and the day time mends it. Two conditions that ask the same share one demand,
so it is checked once for each applicant; words are made only when somebody reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, NamedTuple, Protocol

from jiangheng.core.law.facts import APPROVED_LISTS, SCHOOL_KINDS, TITLE_RANKS, Education, Facts
from jiangheng.core.law.identity import age_on
from jiangheng.core.law.levels import LADDER, above, is_national
from jiangheng.core.law.levels import level as level_of
from jiangheng.core.law.span import Worked, add_years, measured, union

_RANKS = tuple(TITLE_RANKS)
_LADDER = frozenset(step.code for step in LADDER)
Now = int | Worked | date | None


class Missing(NamedTuple):
    """One unmet part. from_date: the day from which time (and work without a break) mends it; None if it cannot.

    now: how far the applicant is, in the measure of the demand (years of age, work done, a day), or None.
    """

    demand: Demand
    from_date: date | None
    now: Now

    @property
    def kind(self) -> str:
        """Which sort of demand: age, work, certificate, holding, title, school, student, apprenticeship, …"""
        return self.demand.kind

    @property
    def what(self) -> str:
        """The demand and how far the applicant is, in words."""
        return self.demand.words(self.now)


class Case:
    """One applicant on one day, with what several demands ask for worked out once."""

    __slots__ = ("_certified", "_since", "_titled", "facts", "on", "spans")

    def __init__(self, facts: Facts, on: date) -> None:
        self.facts = facts
        self.on = on
        periods = [(period.start, period.end) for period in facts.history if period.related]
        self.spans = union(periods, on=on)
        self._since: dict[date | None, Worked] = {}
        self._certified: dict[Certificate, date | None] = {}
        self._titled: dict[str, date | None] = {}

    def work(self, since: date | None) -> Worked:
        """Work in this or a related occupation, from a day on."""
        found = self._since.get(since)
        if found is None:
            found = self._since[since] = measured(self.spans, since=since)
        return found

    def certified(self, wanted: Certificate) -> date | None:
        """The first day on which a certificate that will do was issued; None while there is none."""
        if not self.facts.certificates:
            return None
        if wanted in self._certified:
            return self._certified[wanted]
        first: date | None = None
        for held in self.facts.certificates:
            if held.level not in wanted.enough or held.issued > self.on or held.occupation not in wanted.occupations:
                continue
            if first is None or held.issued < first:
                first = held.issued
        self._certified[wanted] = first
        return first

    def titled(self, rank: str) -> date | None:
        """The first day on which a title of this rank or a higher one was granted; None while there is none."""
        if not self.facts.titles:
            return None
        if rank not in self._titled:
            # a higher title stands for the lower one that came before it
            enough = _RANKS[_RANKS.index(rank) :]
            days = (held.granted for held in self.facts.titles if held.rank in enough and held.granted <= self.on)
            self._titled[rank] = min(days, default=None)
        return self._titled[rank]


class Demand(Protocol):
    """One thing a condition asks for."""

    kind: ClassVar[str]

    def check(self, case: Case) -> Missing | None:
        """None when it is met."""

    def words(self, now: Now) -> str:
        """What is asked and how far the applicant is."""


@dataclass(frozen=True, slots=True)
class Age:
    """years: full years of age."""

    kind: ClassVar[str] = "age"
    years: int

    def check(self, case: Case) -> Missing | None:
        birth, on = case.facts.birth, case.on
        age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
        if age >= self.years:
            return None
        # A birthday of 29 February is reached on 1 March in common years, as age_on counts.
        return Missing(self, add_years(birth, self.years, leap_to_march=True), age_on(birth, on))

    def words(self, now: Now) -> str:
        return f"须年满{self.years}周岁,现为{now}周岁"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of a level. enough: the levels that will do; occupations: those whose certificates count."""

    kind: ClassVar[str] = "certificate"
    level: str
    enough: frozenset[str]
    occupations: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.level)

    def check(self, case: Case) -> Missing | None:
        return None if case.certified(self) else Missing(self, None, None)

    def words(self, now: Now) -> str:
        return f"须持有本职业或相关职业{self.face}证书"

    @property
    def face(self) -> str:
        return level_of(self.level).face


@dataclass(frozen=True, slots=True)
class TitleHeld:
    """A title of this rank or higher."""

    kind: ClassVar[str] = "title"
    rank: str

    def check(self, case: Case) -> Missing | None:
        return None if case.titled(self.rank) else Missing(self, None, None)

    def words(self, now: Now) -> str:
        return f"须取得相应专业的{TITLE_RANKS[self.rank]}"


@dataclass(frozen=True, slots=True)
class Work:
    """Full years of work in all, or after the certificate or title. A missing certificate is said by its own demand."""

    kind: ClassVar[str] = "work"
    years: int
    after: Certificate | TitleHeld | None = None

    def check(self, case: Case) -> Missing | None:
        since: date | None = None
        if self.after is not None:
            since = case.certified(self.after) if isinstance(self.after, Certificate) else case.titled(self.after.rank)
            if since is None:
                return None
        done = case.work(since)
        lacking = done.lacking(self.years, on=case.on)
        return None if lacking is None else Missing(self, lacking, done)

    def words(self, now: Now) -> str:
        if isinstance(self.after, Certificate):
            after = f"取得{self.after.face}证书后"
        else:
            after = f"取得{TITLE_RANKS[self.after.rank]}后" if self.after else ""
        return f"{after}从事本职业或相关职业须累计满{self.years}年,现为{now}"


@dataclass(frozen=True, slots=True)
class Holding:
    """Full years since the certificate was issued, worked or not."""

    kind: ClassVar[str] = "holding"
    certificate: Certificate
    years: int

    def check(self, case: Case) -> Missing | None:
        issued = case.certified(self.certificate)
        if issued is None:
            return None
        until = add_years(issued, self.years)
        return Missing(self, until, issued) if until > case.on else None

    def words(self, now: Now) -> str:
        return f"须取得{self.certificate.face}证书满{self.years}年,取得日期为{now}"


@dataclass(frozen=True, slots=True)
class Apprenticeship:
    """An apprenticeship in this occupation, served to its end."""

    kind: ClassVar[str] = "apprenticeship"

    def check(self, case: Case) -> Missing | None:
        ended = case.facts.apprenticeship_ended
        return None if ended and ended <= case.on else Missing(self, ended, ended)

    def words(self, now: Now) -> str:
        return "须本职业或相关职业学徒期满" + (f",期满日期为{now}" if now else "")


@dataclass(frozen=True, slots=True)
class PreparatoryTechnician:
    """A 预备技师 certificate of this or a related occupation."""

    kind: ClassVar[str] = "preparatory_technician"

    def check(self, case: Case) -> Missing | None:
        issued = case.facts.preparatory_technician
        return None if issued and issued <= case.on else Missing(self, None, None)

    def words(self, now: Now) -> str:
        return "须持有本职业或相关职业预备技师证书"


@dataclass(frozen=True, slots=True)
class School:
    """A diploma, or studies: of the final year, or any, or nothing but studies that still last (`student_only`)."""

    kind: ClassVar[str] = "school"
    kinds: tuple[str, ...]
    major_required: bool
    final_year_allowed: bool
    enrolled_allowed: bool
    student_only: bool
    approved_list: str

    def check(self, case: Case) -> Missing | None:
        days: list[date] = []
        for study in case.facts.education:
            if not self._fits(study, case.facts):
                continue
            if self._far_enough(study, case.on):
                return None
            if study.graduated and study.graduated > case.on:
                days.append(study.graduated)
        return Missing(self, None if self.student_only else min(days, default=None), None)

    def student_until(self, case: Case) -> date | None:
        """The last planned day of graduation of the studies that fit today; None when one has no end yet."""
        studies = [study for study in case.facts.education if self._fits(study, case.facts)]
        days = [study.graduated for study in studies if self._far_enough(study, case.on)]
        known = [day for day in days if day is not None]
        return max(known) if len(known) == len(days) else None

    def _fits(self, study: Education, facts: Facts) -> bool:
        if self.kinds and study.kind not in self.kinds:
            return False
        if self.major_required and not study.major_related:
            return False
        if not self.approved_list:
            return True
        wanted = [each.programmes for each in facts.approved if each.name == self.approved_list]
        return any(study.evaluated_programme in programmes for programmes in wanted)

    def _far_enough(self, study: Education, on: date) -> bool:
        graduated = study.graduated is not None and study.graduated <= on
        if self.student_only:
            return not graduated
        return graduated or self.enrolled_allowed or (self.final_year_allowed and study.final_year)

    def words(self, now: Now) -> str:
        kinds = "、".join(SCHOOL_KINDS[kind] for kind in self.kinds) or "学校"
        major = "本专业或相关专业" if self.major_required else ""
        listed = f",且专业须列入{APPROVED_LISTS[self.approved_list]}" if self.approved_list else ""
        return f"须为{kinds}{major}{self._state()}{listed}"

    def _state(self) -> str:
        if self.student_only:
            return "在读学生"
        if self.enrolled_allowed:
            return "毕业生或在读学生"
        return "毕业生(含应届毕业生)" if self.final_year_allowed else "毕业生"


@dataclass(frozen=True, slots=True)
class StillStudent:
    """What stands in the way when all else will be mended only after graduation."""

    kind: ClassVar[str] = "student"

    def check(self, case: Case) -> Missing | None:
        return None

    def words(self, now: Now) -> str:
        return f"其他要求满足时须仍为在读学生,而毕业日期为{now}"


def enough_for(required: str, counts_as: Mapping[str, str], *, higher_counts: bool) -> frozenset[str]:
    """The levels of certificates that do where one of `required` is asked for.

    counts_as: the crosswalk of an enterprise's standard, level to national level, "" for none. Towards a national
    level a certificate weighs what the crosswalk says, towards any other what it is.
    """
    known = _LADDER | set(counts_as) | {required}
    return frozenset(code for code in known if _will_do(code, required, counts_as, higher_counts))


def _will_do(code: str, required: str, counts_as: Mapping[str, str], higher_counts: bool) -> bool:
    seen = [code]
    # chains end at a national level; one that runs in a circle is refused with the standard, and must not hang here
    while (step := counts_as.get(seen[-1], "")) and step not in seen:
        seen.append(step)
    if required in seen:
        return True
    if not higher_counts or required not in _LADDER:
        return False
    if not is_national(required) or code not in counts_as:
        return code in _LADDER and above(code, required)
    weight = seen[-1]
    return bool(counts_as[code]) and weight in _LADDER and is_national(weight) and above(weight, required)
