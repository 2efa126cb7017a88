"""The whole answer to "我能评什么" for one person and one standard, as data that JSON and pages can show (clause P3).

The command, the API and the public page give the same answer; docs/develop/eligibility.md describes its fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from jiangheng.core.law.eligibility import NO_CROSSWALK, Condition, Rules, Verdict
from jiangheng.core.law.facts import Facts, HeldCertificate
from jiangheng.core.law.levels import level as level_of
from jiangheng.core.law.paths import Path, Step, shortest


def answer(
    conditions: Sequence[Condition],
    facts: Facts,
    *,
    levels: Iterable[str],
    on: date,
    counts_as: Mapping[str, str] = NO_CROSSWALK,
) -> list[dict[str, Any]]:
    """For each level: open by which condition, or per condition what is missing and when; and the shortest path."""
    wanted = tuple(levels)
    verdicts = Rules(conditions, counts_as=counts_as).judge_all(facts, levels=wanted, on=on)
    return [
        _level(verdict, shortest(conditions, facts, wish=verdict.level, on=on, counts_as=counts_as))
        for verdict in verdicts
    ]


def _level(verdict: Verdict, path: Path) -> dict[str, Any]:
    return {
        "level": verdict.level,
        "face": level_of(verdict.level).face,
        "eligible": verdict.eligible,
        "met": _condition(verdict.met) if verdict.met else None,
        "also": [_condition(each) for each in verdict.also],
        "held": _held(verdict.held) if verdict.held else None,
        "first_date": _day(verdict.first_date),
        "failed": [
            {
                "condition": _condition(short.condition),
                "missing": [
                    {"kind": part.kind, "what": part.what, "from": _day(part.from_date)} for part in short.missing
                ],
                "first_date": _day(short.first_date),
            }
            for short in verdict.failed
        ],
        "path": {
            "reached": _day(path.reached),
            "steps": [_step(step) for step in path.steps],
            "openings": [
                {"condition": _condition(each.condition), "needs": list(each.needs)} for each in path.openings
            ],
        },
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {
        "seq": condition.seq,
        "text": condition.text,
        "source": condition.source,
        "clause": condition.clause,
    }


def _held(held: HeldCertificate) -> dict[str, Any]:
    return {"level": held.level, "face": level_of(held.level).face, "issued": held.issued.isoformat()}


def _step(step: Step) -> dict[str, Any]:
    return {
        "level": step.level,
        "face": level_of(step.level).face,
        "condition": _condition(step.condition),
        "eligible": step.eligible.isoformat(),
        "obtained": step.obtained.isoformat(),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
