"""How long the classical figures of a large sitting take: 100,000 persons × 100 items, scored or with option letters.

    python benchmarks/bench_bank_stats.py [--persons 100000] [--items 100]

One JSON object on standard output; `cpu_seconds` of this process for reading, scoring, analysing. Answers are invented
from a seed under the Rasch model; the options of a wrong answer are equally likely.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / "src")]

from jiangheng.core.insight.classical import analyse  # noqa: E402
from jiangheng.core.insight.decision import livingston_lewis  # noqa: E402
from jiangheng.core.insight.responses import read, scored  # noqa: E402

SEED = 20261123


def invented(persons: int, items: int, *, letters: bool) -> tuple[list[str], dict[str, str]]:
    """The lines of RESPONSES.csv, and the key when the answers are letters."""
    chance = np.random.default_rng(SEED)
    ability, difficulty = chance.normal(size=(persons, 1)), chance.normal(size=items)
    right = chance.random((persons, items)) < 1 / (1 + np.exp(-(ability - difficulty)))
    keyed = chance.integers(0, 4, items)
    wrong = (keyed + 1 + chance.integers(0, 3, (persons, items))) % 4
    cells = np.array(list("ABCD"))[np.where(right, keyed, wrong)] if letters else np.where(right, "1", "0")
    head = "person," + ",".join(f"i{n}" for n in range(items))
    key = {f"i{n}": "ABCD"[option] for n, option in enumerate(keyed)} if letters else {}
    return [head, *(f"p{n}," + ",".join(row) for n, row in enumerate(cells))], key


def measured(persons: int, items: int, *, letters: bool) -> dict[str, float | None]:
    """CPU seconds of each stage."""
    lines, key = invented(persons, items, letters=letters)
    marks = [time.process_time()]
    table = read(lines)
    marks.append(time.process_time())
    scores = scored(table, key or None)
    marks.append(time.process_time())
    analysis = analyse(scores, items=table.items, table=table if key else None, key=key or None)
    marks.append(time.process_time())
    decision = livingston_lewis(scores.mean(axis=1), reliability=analysis.alpha or 0, cut=0.6, full=1)
    marks.append(time.process_time())
    stages = ("read", "score", "analyse", "decide")
    seconds = {name: round(marks[place + 1] - marks[place], 2) for place, name in enumerate(stages)}
    return {**seconds, "cpu_seconds": round(marks[-1] - marks[0], 2), "alpha": analysis.alpha,
            "consistency": decision.consistency}  # fmt: skip


def main() -> int:
    """Measure both kinds of answers; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=100)
    chosen = parser.parse_args()
    told = {
        "persons": chosen.persons,
        "items": chosen.items,
        "scored": measured(chosen.persons, chosen.items, letters=False),
        "letters": measured(chosen.persons, chosen.items, letters=True),
        "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__},
    }
    print(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
