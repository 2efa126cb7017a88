"""``jiangheng bench``: measure the exam hall with a real client, and hurt it while candidates answer (K10, K13)."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from . import say

MUST_BE_NONE = ("lost", "wrong_state", "broken_chains", "false_proofs", "wrong_answers", "stuck")
"""What no bench may find."""


def options(sub: argparse.ArgumentParser) -> None:
    """The one thing that is measured, and how."""
    words = sub.add_subparsers(metavar="what", required=True)
    exam = words.add_parser("exam", help="an examination, check-in to hand-in", description="An examination.")
    exam.add_argument("--candidates", type=int, default=0, help="candidates (400; with --faults 16)")
    exam.add_argument("--seconds", type=float, default=10.0, help="how long they save, seconds (10)")
    exam.add_argument(
        "--database", default="",
        help="postgresql://… for the journal; 'postgresql': a durable cluster made for the run; absent: SQLite",
    )  # fmt: skip
    exam.add_argument("--items", type=int, default=100, help="items of the paper (100)")
    exam.add_argument("--saves", type=int, default=100, help="saves of one sitting, for its cost (100)")
    exam.add_argument("--workers", type=int, default=1, help="processes of the hall, with --database only (1)")
    exam.add_argument("--connections", type=int, default=256, help="how many save at full speed at once (256)")
    exam.add_argument("--pace", type=float, default=5.0, help="seconds between two answers of one, when more than that")
    exam.add_argument("--prepare", type=float, default=0.0, help="seconds for check-in and entry (by the number)")
    exam.add_argument("--folder", type=Path, help="where the temporary home is made; the disk that is measured")
    exam.add_argument("--faults", action="store_true", help="kill, cut, fill, move the clock; then look for losses")
    exam.add_argument("--runs", type=int, default=20, help="with --faults: stories, each on fresh sittings (20)")
    exam.add_argument("--seed", type=int, default=0, help="with --faults: of the first story (by the clock)")
    exam.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Measure or hurt; 0 when nothing that was acknowledged is missing."""
    if chosen.workers > 1 and not chosen.database:
        say("several processes need --database: a journal in a file has one writer")
        return 2
    # both need what the other commands do without
    from . import bench_faults, bench_measure

    # a bench that is stopped takes its servers with it
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        figures = (bench_faults if chosen.faults else bench_measure).run(chosen)
    finally:
        signal.signal(signal.SIGTERM, before)
    print(json.dumps(figures) if chosen.json else "\n".join(f"{name:28} {value}" for name, value in figures.items()))
    return 1 if any(figures.get(name) for name in MUST_BE_NONE) else 0
