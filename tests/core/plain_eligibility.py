"""The obvious way to judge: every condition by itself, every part from the raw facts, nothing shared or kept.

A second opinion for tests/core/test_eligibility_properties.py and the yardstick of benchmarks/bench_eligibility.py.
It knows the five national levels without a crosswalk, and nothing of the engine but the data it reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from jiangheng.core.law.eligibility import Condition, Education, Facts

DAY = timedelta(days=1)
UPWARDS = "54321"
RANKS = ("junior", "intermediate", "senior")
SIXTEEN = 16


def judge(conditions: Iterable[Condition], facts: Facts, *, level: str, on: date) -> dict[int, date | None]:
    """For each condition of the level, by number: `on` itself if met, else the first day it will be, or None."""
    return {each.seq: first_day(each, facts, on) for each in conditions if each.level == level}


def first_day(condition: Condition, facts: Facts, on: date) -> date | None:
    """The first day from `on` on which every part holds, with work on every day from `on`."""
    days = [anniversary(facts.birth, max(SIXTEEN, condition.min_age), leap_to_march=True)]
    if condition.total_years:
        days.append(full(facts, None, condition.total_years, on))
    if condition.requires_level:
        enough = UPWARDS[UPWARDS.index(condition.requires_level) :]
        issued = [
            held.issued
            for held in facts.certificates
            if held.level in enough and held.occupation in condition.occupations and held.issued <= on
        ]
        if not issued:
            return None
        days.append(full(facts, min(issued), condition.years_after_level, on))
        days.append(anniversary(min(issued), condition.holding_years))
    if condition.title_rank:
        ranks = RANKS[RANKS.index(condition.title_rank) :]
        granted = [title.granted for title in facts.titles if title.rank in ranks and title.granted <= on]
        if not granted:
            return None
        days.append(full(facts, min(granted), condition.years_after_title, on))
    if condition.apprenticeship:
        if facts.apprenticeship_ended is None:
            return None
        days.append(facts.apprenticeship_ended)
    if condition.preparatory_technician:
        if facts.preparatory_technician is None or facts.preparatory_technician > on:
            return None
        days.append(facts.preparatory_technician)
    day = max(on, *days)
    if not condition.school_kinds and not condition.approved_list:
        return day
    choices = [schooled(condition, study, day) for study in facts.education if fits(condition, study, facts)]
    return min((choice for choice in choices if choice is not None), default=None)


def full(facts: Facts, since: date | None, years: int, on: date) -> date:
    """The day on which the years of work are full: laid end to end from the first day of work."""
    spans = []
    for period in facts.history:
        start = max(period.start, since) if since else period.start
        end = on if period.end is None or period.end >= on else period.end + DAY
        if period.related and start < end:
            spans.append((start, end))
    spans.sort()
    done, reached = 0, date.min
    for start, end in spans:
        if end > reached:
            done += (end - max(start, reached)).days
            reached = end
    first = spans[0][0] if spans else on
    return on + (anniversary(first, years) - first) - done * DAY


def anniversary(day: date, years: int, *, leap_to_march: bool = False) -> date:
    """The same day so many years later; 29 February has none in most years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if leap_to_march else date(day.year + years, 2, 28)


def fits(condition: Condition, study: Education, facts: Facts) -> bool:
    """Whether the course is of the kind, major and list that are asked for."""
    listed = any(
        each.name == condition.approved_list and study.evaluated_programme in each.programmes for each in facts.approved
    )
    kind = not condition.school_kinds or study.kind in condition.school_kinds
    return kind and (study.major_related or not condition.major_required) and (listed or not condition.approved_list)


def schooled(condition: Condition, study: Education, day: date) -> date | None:
    """The first day from `day` on which this course will do."""
    if condition.student_only:
        return day if study.graduated is None or study.graduated > day else None
    if condition.enrolled_allowed or (condition.final_year_allowed and study.final_year):
        return day
    return None if study.graduated is None else max(day, study.graduated)
