"""How parallel papers come out and how long they take, on one core, beside the sequential integer programme.

    python benchmarks/bench_assembly.py [--only six,twenty,…] [--no-beside]

One JSON object on standard output. The bank is invented from a seed: 40 ranges of unequal weight, three kinds 60/15/25,
importance X/Y/Z 70/20/10, three-parameter logistic items, expected times, sets of enemies. `deviation` is the largest
relative one of test information at three abilities and of the expected mark at the cut, worked out once more by the
independent checker, which must find no violation. Times: `cpu_seconds` of this process; `seconds` on the wall.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "src")]

from jiangheng.core.exam.blueprint import apportion  # noqa: E402
from jiangheng.core.exam.formcheck import deviation, violations  # noqa: E402
from jiangheng.core.exam.parallel import Assembled, assemble  # noqa: E402
from jiangheng.core.exam.parallel_pool import Pool, pool_of  # noqa: E402
from jiangheng.core.exam.parallel_solver import Model, solve  # noqa: E402
from jiangheng.core.exam.plan import (  # noqa: E402
    KindQuota,
    Plan,
    RangeQuota,
    Split,
    Stock,
    limits,
    range_counts,
    usable,
)
from jiangheng.core.exam.sufficiency import Impossible  # noqa: E402

KINDS, IMPORTANCE = ("single", "multiple", "judgement"), ("X", "Y", "Z")
SEED = bytes(range(32))
# What the integer programme beside is told to be content with: methods of 2011-2013 stop there or later.
GAP = 0.002


def weights(draw: random.Random, count: int = 40) -> list[float]:
    """Unequal weights of ranges that add up to one."""
    raw = [draw.gammavariate(3.0, 1.0) + 0.5 for _ in range(count)]
    return [each / sum(raw) for each in raw]


def split(size: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers near the shares that add up to `size`."""
    return apportion(size, weights=[Decimal(str(round(share * 100, 4))) for share in shares])


def bank(size: int, *, seed: int = 1) -> list[Stock]:
    """An invented bank. Ranges hold items by 85 % of their weight and 15 % noise."""
    draw = random.Random(seed)
    wanted = weights(draw)
    noise = weights(draw)
    held = [0.85 * one + 0.15 * other for one, other in zip(wanted, noise, strict=True)]
    places = [place for place, count in enumerate(split(size, held)) for _ in range(count)]
    draw.shuffle(places)
    rows = []
    for number, place in enumerate(places):
        b = draw.gauss(0, 1)
        rows.append(
            Stock(
                code=f"Q{number:05}",
                kind=draw.choices(KINDS, (60, 15, 25))[0],
                range_code=f"R{place:02}",
                point=f"R{place:02}-{draw.randrange(max(4, round(held[place] * size / 4))):03}",
                importance=draw.choices(IMPORTANCE, (70, 20, 10))[0],
                difficulty=min(5, max(1, round(3 + 1.2 * b))),
                seconds=round(draw.lognormvariate(3.6, 0.35)),
                enemies=(f"E{number % (size // 25)}",) if draw.random() < 0.12 else (),
                a=round(math.exp(draw.gauss(0, 0.3)), 4),
                b=round(b, 4),
                c=round(draw.betavariate(5, 17), 4),
            )
        )
    return rows


def plan(size: int, **more: Any) -> Plan:
    """The plan of a paper of `size` items: exact ranges and kinds, importance give or take two, a time cap."""
    counts = (round(size * 0.6), round(size * 0.15), size - round(size * 0.6) - round(size * 0.15))
    shares = [Decimal(str(round(weight * 100, 4))) for weight in weights(random.Random(1))]
    importance = {"X": round(size * 0.7), "Y": round(size * 0.2), "Z": size - round(size * 0.7) - round(size * 0.2)}
    return Plan(
        kinds=tuple(KindQuota(kind, count) for kind, count in zip(KINDS, counts, strict=True)),
        ranges=tuple(RangeQuota(f"R{place:02}", weight) for place, weight in enumerate(shares)),
        importance=Split.by_counts(importance, tolerance=2, marks=IMPORTANCE),
        seconds=size * 40,
        **more,
    )


def timed(run: Callable[[], Any]) -> tuple[Any, float, float]:
    """What `run` gives, and its seconds on the wall and on the processor."""
    begun, spent = time.perf_counter(), time.process_time()
    found = run()
    return found, time.perf_counter() - begun, time.process_time() - spent


def measured(
    items: int, size: int, forms: int, *, mode: str, most: float, within: float, **more: Any
) -> dict[str, Any]:
    """One case: papers, their deviation, violations, times against the aims."""
    stock, wanted = bank(items), plan(size, **more)
    done, wall, cpu = timed(lambda: assemble(stock, wanted, mode=mode, forms=forms, seed=SEED))
    faults = violations(done.forms, stock, wanted, mode=mode)
    off = deviation(done.forms, stock, wanted, {target.name: float(target.value) for target in done.targets})
    return {
        "bank": items,
        "forms": forms,
        "items": size,
        "mode": mode,
        "deviation": round(off, 6),
        "deviation_aim": within,
        "cpu_seconds": round(cpu, 2),
        "seconds": round(wall, 2),
        "cpu_seconds_aim": most,
        "violations": len(faults),
        "largest_overlap": done.overlap,
        "usage": {str(times): count for times, count in done.usage},
        "points_crowded": crowding(done, stock),
        "solver_needed": done.exact,
        "reached": off <= within and cpu <= most and not faults,
    }


def crowding(done: Assembled, stock: Sequence[Stock]) -> int:
    """How many second and third items on one point the papers hold."""
    point = {row.code: row.point for row in stock}
    return sum(len(form) - len({point[code] for code in form}) for form in done.forms)


def impossible(items: int, size: int, forms: int) -> dict[str, Any]:
    """A request that cannot be met, and how long it takes to say why."""
    stock, wanted = bank(items), plan(size)

    def refused() -> Impossible:
        try:
            assemble(stock, wanted, mode="library", forms=forms, seed=SEED)
        except Impossible as why:
            return why
        raise SystemExit("the impossible request was met")

    why, wall, cpu = timed(refused)
    return {
        "bank": items,
        "forms": forms,
        "items": size,
        "proven": why.proven,
        "lacks": len(why.report.lacks),
        "forms_possible": why.report.forms_possible,
        "cpu_seconds": round(cpu, 2),
        "seconds": round(wall, 2),
        "cpu_seconds_aim": 5,
        "reached": why.proven and bool(why.report.lacks) and cpu <= 5,
    }


def sequential(items: int, size: int, forms: int) -> dict[str, Any]:
    """The usual way: one paper after another, each an integer programme that minimises its largest deviation."""
    stock, wanted = bank(items), plan(size)
    rows, _ = usable(stock, wanted)
    pool = pool_of(rows, wanted, limits=limits(wanted, mode="library", forms=forms), forms=forms, bank=stock)
    papers: list[list[int]] = []

    def run() -> None:
        free = set(range(len(rows)))
        for _ in range(forms):
            papers.append(programme(pool, sorted(free)))
            free -= set(papers[-1])

    _, wall, cpu = timed(run)
    off = max(float(pool.deviation(paper)) for paper in papers)
    return {"deviation": round(off, 6), "cpu_seconds": round(cpu, 2), "seconds": round(wall, 2)}


def programme(pool: Pool, free: Sequence[int]) -> list[int]:
    """One paper from the items that are free."""
    model = Model()
    columns = {item: model.column(most=1) for item in free}
    off = model.column(cost=1.0, whole=False)
    kinds = len(pool.plan.kinds)

    def hold(chosen: Sequence[int], least: int, most: int) -> None:
        model.row(((columns[item], 1.0) for item in chosen), least=least, most=most)

    for place, count in enumerate(range_counts(pool.plan).values()):
        hold([item for item in free if pool.cell[item] // kinds == place], count, count)
    for place, row in enumerate(pool.plan.kinds):
        hold([item for item in free if pool.cell[item] % kinds == place], row.count, row.count)
    for mark, (least, most) in enumerate(pool.weight_bounds):
        hold([item for item in free if pool.weight[item] == mark], int(least), int(most))
    model.row(((columns[item], float(pool.seconds[item])) for item in free), most=pool.plan.seconds or 0)
    for item in free:
        for foe in pool.foes[item]:
            if foe > item and foe in columns:
                hold([item, foe], 0, 1)
    for figures, target in zip(pool.measures, pool.targets, strict=True):
        share = [(columns[item], float(figures[item] / target.value)) for item in free]
        model.row([*share, (off, 1.0)], least=1.0)
        model.row([*share, (off, -1.0)], most=1.0)
    found = solve(model, seconds=120, near=GAP)
    if not found.values:
        raise SystemExit("the sequential programme found no further paper")
    return [item for item, column in columns.items() if found.values[column] > 0.5]


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--only", default="", help="names of cases, with commas")
    options.add_argument("--no-beside", action="store_true", help="without the sequential integer programme")
    chosen = options.parse_args()
    cases: dict[str, Callable[[], dict[str, Any]]] = {
        "six": lambda: measured(2_000, 160, 6, mode="library", most=5, within=0.001),
        "twenty": lambda: measured(20_000, 160, 20, mode="library", most=15, within=0.001),
        "library": lambda: measured(2_000, 100, 200, mode="library", most=30, within=0.003, overlap=15, uses=20),
        "each": lambda: measured(2_000, 100, 2_000, mode="each", most=60, within=0.01),
        "impossible": lambda: impossible(2_000, 160, 12),
        "impossible_large": lambda: impossible(20_000, 160, 120),
    }
    names = [name for name in cases if chosen.only in ("", name) or name in chosen.only.split(",")]
    report: dict[str, Any] = {"benchmark": "assembly", "cases": {name: cases[name]() for name in names}}
    if not chosen.no_beside and "six" in names:
        beside, ours = sequential(2_000, 160, 6), report["cases"]["six"]
        report["sequential_programme"] = {"bank": 2_000, "forms": 6, "items": 160, **beside}
        report["ratio"] = round(beside["cpu_seconds"] / ours["cpu_seconds"], 2)
        report["ratio_of_deviations"] = round(beside["deviation"] / ours["deviation"], 2)
    report |= {
        "cores_used": 1,
        "machine": {"architecture": platform.machine(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2)},
        "versions": {"python": platform.python_version(), "system": platform.system()},
    }
    print(json.dumps(report, ensure_ascii=False))
    return 0 if all(case["reached"] for case in report["cases"].values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
