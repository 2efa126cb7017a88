"""Facts about an applicant against the conditions of a standard: a verdict with reasons (clauses P3, R5, R6, W1).

Conditions are data of a standard's version. A condition is met when all its parts are met, a level is open when
any one of its conditions is. Each part that fails says what is missing and, if work alone can mend it, from
which day it will be met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jiangheng.core.law.identity import age_on
from jiangheng.core.law.levels import level as level_of
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.span import Worked, add_years, worked

SCHOOL_KINDS: Mapping[str, str] = {
    "skilled_worker_school": "技工学校",
    "senior_skilled_worker_school": "高级技工学校",
    "technician_college": "技师学院",
    "technician_class": "技师学院预备技师班(技师班)",
    "senior_class": "技工院校高级工班",
    "secondary_vocational": "中等职业学校",
    "higher_vocational": "高等职业学校(大专)",
    "bachelor": "大学本科",
    "postgraduate": "研究生",
}
TITLE_RANKS: Mapping[str, str] = {"junior": "初级职称", "intermediate": "中级职称", "senior": "高级职称"}
APPROVED_LISTS: Mapping[str, str] = {
    "higher_vocational": "经评估论证的高职(专科)专业名单",
    "technician_class": "技师学院预备技师班名单",
}
_RANKS = tuple(TITLE_RANKS)


@dataclass(frozen=True, slots=True)
class WorkPeriod:
    """One employment. end: the last day, None while it lasts. related: in this occupation or a related one."""

    start: date
    end: date | None
    occupation: str
    related: bool


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate held. level: a level code. occupation: its code in the catalogue."""

    level: str
    occupation: str
    issued: date
    number: str


@dataclass(frozen=True, slots=True)
class Education:
    """One course of study. kind: of SCHOOL_KINDS. graduated: may lie ahead. evaluated_programme: its code or ""."""

    kind: str
    major_related: bool
    final_year: bool
    graduated: date | None
    evaluated_programme: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """A professional title of a matching series. rank: of TITLE_RANKS."""

    rank: str
    granted: date


@dataclass(frozen=True, slots=True)
class ApprovedList:
    """A list the region keeps. name: of APPROVED_LISTS. programmes: the codes on it on the day of the judgement."""

    name: str
    programmes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one applicant."""

    birth: date
    sex: str = ""
    history: tuple[WorkPeriod, ...] = ()
    certificates: tuple[HeldCertificate, ...] = ()
    education: tuple[Education, ...] = ()
    titles: tuple[Title, ...] = ()
    approved: tuple[ApprovedList, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to a level; every part that is set must hold.

    Years are full years, the anniversary included. years_after_*: years of work counted from that day on.
    holding_years: years since the certificate was issued, worked or not. occupations: this one and the related
    ones, whose certificates count. approved_list: the list of APPROVED_LISTS on which the programme must stand.
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


@dataclass(frozen=True, slots=True)
class Missing:
    """One unmet part. from_date: the day from which time (and work without a break) mends it; None if it cannot."""

    what: str
    from_date: date | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A condition not met, what it lacks, and the first day it will be met if the applicant goes on working."""

    condition: Condition
    missing: tuple[Missing, ...]
    first_date: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """met: the first condition that holds, or None. failed: the others, in the standard's order."""

    level: str
    met: Condition | None
    failed: tuple[Shortfall, ...]

    @property
    def eligible(self) -> bool:
        return self.met is not None

    @property
    def first_date(self) -> date | None:
        """The earliest day on which any condition will be met by going on working; None if none ever will."""
        return min((short.first_date for short in self.failed if short.first_date), default=None)


def judge(conditions: Iterable[Condition], facts: Facts, *, level: str, on: date) -> Verdict:
    """Judge an applicant for a level on a day; the order of facts never matters."""
    met: Condition | None = None
    failed: list[Shortfall] = []
    for condition in sorted((each for each in conditions if each.level == level), key=lambda each: each.seq):
        missing = tuple(_missing(condition, facts, on))
        if not missing:
            met = met or condition
            continue
        dates = [part.from_date for part in missing if part.from_date is not None]
        failed.append(Shortfall(condition, missing, max(dates) if len(dates) == len(missing) else None))
    return Verdict(level, met, tuple(failed))


def _missing(condition: Condition, facts: Facts, on: date) -> Iterable[Missing]:
    yield from _age(condition, facts, on)
    if condition.total_years:
        yield from _work("", _related(facts, None, on), condition.total_years, on)
    if condition.requires_level:
        yield from _certificate(condition, facts, on)
    if condition.title_rank:
        yield from _title(condition, facts, on)
    if condition.school_kinds or condition.approved_list:
        yield from _school(condition, facts, on)


def _age(condition: Condition, facts: Facts, on: date) -> Iterable[Missing]:
    # The bar for all levels holds even where a standard is silent: nobody below it may be evaluated.
    least = max(condition.min_age, parameter("age.min"))
    age = age_on(facts.birth, on)
    if age < least:
        # A birthday of 29 February is reached on 1 March in common years, as age_on counts.
        yield Missing(f"须年满{least}周岁,现为{age}周岁", add_years(facts.birth, least, leap_to_march=True))


def _related(facts: Facts, since: date | None, on: date) -> Worked:
    periods = [(period.start, period.end) for period in facts.history if period.related]
    return worked(periods, since=since, on=on)


def _work(after: str, done: Worked, years: int, on: date) -> Iterable[Missing]:
    lacking = done.lacking(years, on=on)
    if lacking is not None:
        yield Missing(f"{after}从事本职业或相关职业须累计满{years}年,现为{done}", lacking)


def _certificate(condition: Condition, facts: Facts, on: date) -> Iterable[Missing]:
    face = level_of(condition.requires_level).face
    issued = min(
        (
            held.issued
            for held in facts.certificates
            if held.level == condition.requires_level and held.occupation in condition.occupations and held.issued <= on
        ),
        default=None,
    )
    if issued is None:
        yield Missing(f"须持有本职业或相关职业{face}证书", None)
        return
    if condition.years_after_level:
        yield from _work(f"取得{face}证书后", _related(facts, issued, on), condition.years_after_level, on)
    until = add_years(issued, condition.holding_years)
    if until > on:
        yield Missing(f"须取得{face}证书满{condition.holding_years}年,取得日期为{issued}", until)


def _title(condition: Condition, facts: Facts, on: date) -> Iterable[Missing]:
    # A higher title stands for the lower one that came before it.
    enough = _RANKS[_RANKS.index(condition.title_rank) :]
    granted = min((held.granted for held in facts.titles if held.rank in enough and held.granted <= on), default=None)
    name = TITLE_RANKS[condition.title_rank]
    if granted is None:
        yield Missing(f"须取得相应专业的{name}", None)
    elif condition.years_after_title:
        yield from _work(f"取得{name}后", _related(facts, granted, on), condition.years_after_title, on)


def _school(condition: Condition, facts: Facts, on: date) -> Iterable[Missing]:
    fitting = [study for study in facts.education if _fits(condition, study, facts.approved)]
    if any(_far_enough(condition, study, on) for study in fitting):
        return
    dates = [study.graduated for study in fitting if study.graduated and study.graduated > on]
    yield Missing(_school_wanted(condition), min(dates) if dates and not condition.student_only else None)


def _fits(condition: Condition, study: Education, approved: tuple[ApprovedList, ...]) -> bool:
    if condition.school_kinds and study.kind not in condition.school_kinds:
        return False
    if condition.major_required and not study.major_related:
        return False
    if not condition.approved_list:
        return True
    wanted = [each.programmes for each in approved if each.name == condition.approved_list]
    return any(study.evaluated_programme in programmes for programmes in wanted)


def _far_enough(condition: Condition, study: Education, on: date) -> bool:
    graduated = study.graduated is not None and study.graduated <= on
    if condition.student_only:
        return not graduated
    return graduated or (condition.final_year_allowed and study.final_year)


def _school_wanted(condition: Condition) -> str:
    kinds = "、".join(SCHOOL_KINDS[kind] for kind in condition.school_kinds) or "学校"
    major = "本专业或相关专业" if condition.major_required else ""
    final_year = "(含应届毕业生)" if condition.final_year_allowed else ""
    state = "在读学生" if condition.student_only else f"毕业生{final_year}"
    listed = f",且专业须列入{APPROVED_LISTS[condition.approved_list]}" if condition.approved_list else ""
    return f"须为{kinds}{major}{state}{listed}"
