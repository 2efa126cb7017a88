"""How many people are judged in a second: every level of 电工, on one core, beside the obvious way to do it.

    python benchmarks/bench_eligibility.py [--persons 100000] [--plain 5000] [--runs 3]

One JSON object on standard output: the best run of several. `seconds` is for all persons, every level, every
condition with its first date. The people are invented from a seed; both ways judge the same ones and must agree.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("src", "tests/core")]

import plain_eligibility as plain  # noqa: E402

from jiangheng.core.law.eligibility import (  # noqa: E402
    SCHOOL_KINDS,
    TITLE_RANKS,
    ApprovedList,
    Education,
    Facts,
    HeldCertificate,
    Rules,
    Title,
    Verdict,
    WorkPeriod,
)
from jiangheng.core.law.standard_text import shipped_standard  # noqa: E402

STANDARD = "electrician-6-31-01-03"
ON = date(2026, 6, 1)
LISTS = (
    ApprovedList("higher_vocational", frozenset({"GL-P01"})),
    ApprovedList("technician_class", frozenset({"GL-T1"})),
)


def person(draw: random.Random, codes: tuple[str, ...]) -> Facts:
    """An invented worker: up to five jobs that may overlap, up to three certificates, perhaps a school and a title."""
    birth = date(1966, 1, 1) + timedelta(days=draw.randrange(16_000))
    begin = birth + timedelta(days=16 * 366)
    room = max((ON - begin).days, 1)

    def day() -> date:
        return begin + timedelta(days=draw.randrange(room))

    history = []
    for _ in range(draw.choice((1, 1, 2, 2, 3, 4, 5))):
        start = day()
        end = None if draw.random() < 0.3 else min(start + timedelta(days=draw.randrange(4000)), ON)
        history.append(WorkPeriod(start, end, codes[0], draw.random() < 0.85))
    held = sorted(day() for _ in range(draw.choice((0, 0, 1, 1, 2, 3))))
    levels = zip("543", held, strict=False)
    certificates = tuple(HeldCertificate(code, draw.choice(codes), issued, "") for code, issued in levels)
    kinds = tuple(SCHOOL_KINDS)
    education = tuple(
        Education(draw.choice(kinds), draw.random() < 0.6, draw.random() < 0.2, day() + timedelta(days=500), "GL-P01")
        for _ in range(draw.choice((0, 1, 1)))
    )
    titles = (Title(draw.choice(tuple(TITLE_RANKS)), day()),) if draw.random() < 0.15 else ()
    return Facts(birth, "1", tuple(history), certificates, education, titles, LISTS)


def best(run: Callable[[], object], runs: int) -> tuple[float, float]:
    """Seconds of the fastest run: on the wall, and on the processor, which other work on the machine leaves alone."""
    times = []
    for _ in range(runs):
        begun, spent = time.perf_counter(), time.process_time()
        run()
        times.append((time.perf_counter() - begun, time.process_time() - spent))
    return min(wall for wall, _ in times), min(cpu for _, cpu in times)


def agree(verdicts: tuple[Verdict, ...], other: list[dict[int, date | None]]) -> bool:
    """Whether both ways name the same open conditions and the same first dates."""
    for verdict, days in zip(verdicts, other, strict=True):
        found: dict[int, date | None] = {short.condition.seq: short.first_date for short in verdict.failed}
        found |= {each.seq: ON for each in (verdict.met, *verdict.also) if each}
        if found != days:
            return False
    return True


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--persons", type=int, default=100_000)
    options.add_argument("--plain", type=int, default=5_000, help="persons judged the obvious way")
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    standard = shipped_standard(STANDARD)
    codes = (standard.code, *standard.related)
    draw = random.Random(1)
    people = [person(draw, codes) for _ in range(chosen.persons)]
    rules, levels, some = Rules(standard.conditions), standard.levels, people[: chosen.plain]

    def engine() -> int:
        return sum(verdict.eligible for each in people for verdict in rules.judge_all(each, levels=levels, on=ON))

    def obvious() -> list[list[dict[int, date | None]]]:
        return [[plain.judge(standard.conditions, each, level=code, on=ON) for code in levels] for each in some]

    same = all(
        agree(rules.judge_all(each, levels=levels, on=ON), days) for each, days in zip(some, obvious(), strict=True)
    )
    (seconds, cpu), (plain_wall, plain_cpu) = best(engine, chosen.runs), best(obvious, chosen.runs)
    report = {
        "benchmark": "eligibility",
        "standard": f"{standard.code}@{standard.edition}",
        "levels": list(levels),
        "conditions": len(standard.conditions),
        "persons": len(people),
        "eligible_pairs": engine(),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "persons_per_second": round(len(people) / seconds),
        "persons_per_cpu_second": round(len(people) / cpu),
        "plain": {
            "persons": len(some),
            "seconds": round(plain_wall, 2),
            "cpu_seconds": round(plain_cpu, 2),
            "persons_per_cpu_second": round(len(some) / plain_cpu),
        },
        "ratio": round((len(people) / cpu) / (len(some) / plain_cpu), 2),
        "answers_agree": same,
        "runs": chosen.runs,
        "cores_used": 1,
        "machine": {"architecture": platform.machine(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2)},
        "versions": {"python": platform.python_version(), "system": platform.system()},
    }
    print(json.dumps(report, ensure_ascii=False))
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
