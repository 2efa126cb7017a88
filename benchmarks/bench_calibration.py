"""How long a calibration takes on one core, how near the truth it comes, and the plain EM loop beside it.

    OMP_NUM_THREADS=1 python benchmarks/bench_calibration.py [--small] [--runs 1]

One JSON object on standard output. Answers are invented from a seed; `rmse` is against the parameters they were
drawn from. Three tasks: a test of 100 items under 2PL and 3PL, and a bank of 2,000 items of which each person saw 100.
Times of the engine include standard errors. The plain loop (tests/core/plain_calibration.py) calibrates a smaller
test, without standard errors, the engine the same one, and both must agree.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# one core: the libraries read these when numpy is imported
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("src", "tests/core")]

import numpy as np  # noqa: E402
import plain_calibration as plain  # noqa: E402

from jiangheng.core.insight.calibration import Calibration, Model, calibrate  # noqa: E402


def best(run: Callable[[], Any], runs: int) -> tuple[Any, float, float]:
    """The last result, and seconds of the fastest run: on the wall, and on the processor."""
    times, result = [], None
    for _ in range(runs):
        begun, spent = time.perf_counter(), time.process_time()
        result = run()
        times.append((time.perf_counter() - begun, time.process_time() - spent))
    return result, min(wall for wall, _ in times), min(cpu for _, cpu in times)


def off(found: Calibration, a: Any, b: Any) -> dict[str, float]:
    """Root mean squared error of a and b over the calibrated items."""
    places = [int(each.item) - 1 for each in found.items]
    pairs = {"a": a[places], "b": b[places]}
    return {
        name: round(float(np.sqrt(np.mean((np.array([getattr(each, name) for each in found.items]) - truth) ** 2))), 4)
        for name, truth in pairs.items()
    }


def task(model: Model, people: int, items: int, *, each: int | None, guess: float, runs: int) -> dict[str, Any]:
    """One calibration, measured."""
    matrix, a, b, _ = plain.answers(people, items, seed=1, each=each, guess=guess)
    found, wall, cpu = best(lambda: calibrate(matrix, model=model), runs)
    return {
        "model": model,
        "persons": people,
        "items": items,
        "answers": int((matrix >= 0).sum()),
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "rounds": found.rounds,
        "converged": found.converged,
        "standard_errors": found.se_method,
        "rmse": off(found, a, b),
        "loglik": round(found.loglik, 2),
    }


def beside(people: int, items: int, runs: int) -> dict[str, Any]:
    """Engine and plain loop on the same complete answers."""
    matrix, *_ = plain.answers(people, items, seed=2)
    found, _, cpu = best(lambda: calibrate(matrix, model="2pl"), runs)
    (a, b, rounds), _, plain_cpu = best(lambda: plain.em(matrix, tolerance=1e-5), 1)
    apart = max(
        np.abs(np.array([each.a for each in found.items]) - a).max(),
        np.abs(np.array([each.b for each in found.items]) - b).max(),
    )
    return {
        "persons": people,
        "items": items,
        "cpu_seconds": round(cpu, 3),
        "plain_cpu_seconds": round(plain_cpu, 2),
        "rounds": found.rounds,
        "plain_rounds": rounds,
        "largest_difference": float(f"{apart:.1e}"),
        "ratio": round(plain_cpu / cpu, 1),
    }


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--small", action="store_true", help="a tenth of the persons")
    options.add_argument("--runs", type=int, default=1)
    chosen = options.parse_args()
    part = 10 if chosen.small else 1
    beside_it = beside(5000, 50, chosen.runs)
    report = {
        "benchmark": "calibration",
        "tasks": [
            task("2pl", 100_000 // part, 100, each=None, guess=0.0, runs=chosen.runs),
            task("3pl", 100_000 // part, 100, each=None, guess=0.2, runs=chosen.runs),
            task("2pl", 50_000 // part, 2000, each=100, guess=0.0, runs=chosen.runs),
        ],
        "plain": beside_it,
        "agree": beside_it["largest_difference"] < 1e-3,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "runs": chosen.runs,
        "cores_used": 1,
        "machine": {"architecture": platform.machine(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2)},
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "system": platform.system()},
    }
    print(json.dumps(report, ensure_ascii=False))
    return 0 if report["agree"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
