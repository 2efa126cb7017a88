"""Every check of the project, and then its tests: all on SQLite, on PostgreSQL what a database can change.

    python tools/checks.py           everything
    python tools/checks.py --fast    what needs neither a browser nor PostgreSQL nor minutes

Every check is run even if one before it failed, except that tests are not begun on code that does not pass. Checks,
and then the parts of the suite, run side by side, as many as there are processors. On a machine without Chromium or
PostgreSQL what needs them is left out and said so; in a pipeline (CI=true) that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import postgres
import prepare

ROOT = prepare.ROOT
BIN = prepare.BIN
IN_PIPELINE = os.environ.get("CI", "").lower() in {"1", "true"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AT_ONCE = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
CLICKED = "tests/e2e/test_evaluation.py"
QUICK = ("tests/core", "tests/hall", "tests/kernel")
# what another database could change apart from the played story: steps, rules, queries, constraints, lists
STEPS = ("tests/kernel", "tests/apps", "tests/web/test_desk.py")
PYTEST = (BIN / "python", "-m", "pytest", "-q")


def main(*, fast: bool) -> int:
    """The status of the whole run."""
    with tempfile.TemporaryDirectory(prefix="jiangheng-checks-") as home:
        env = _environment(Path(home))
        checks = _still_checks()
        with ThreadPoolExecutor(AT_ONCE) as side_by_side:
            verdicts = list(side_by_side.map(lambda check: _ran(*check, env).passed, checks))
        failed = [name for (name, _words), passed in zip(checks, verdicts, strict=True) if not passed]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    if fast:
        return _quick_tests()
    return _all_tests()


def _still_checks() -> list[tuple[str, list[str | Path]]]:
    """Name and command of everything that is checked without running tests, what takes longest first."""
    client = prepare.CLIENT
    templates = sorted((ROOT / "src" / "jiangheng").rglob("*.html"))
    npm: list[str | Path] = ["npm", "--prefix", client, "run", "--silent"]
    return [
        ("types", [BIN / "mypy"]),
        ("ruff", [BIN / "ruff", "check", "."]),
        ("format", [BIN / "ruff", "format", "--check", "."]),
        ("imports", [BIN / "lint-imports", "--no-logo"]),
        ("templates", [BIN / "djhtml", "--tabwidth", "2", "--check", *templates]),
        ("declarations", [BIN / "jiangheng", "check"]),
        ("migrations", [BIN / "jiangheng", "makemigrations", "--check", "--dry-run"]),
        ("documents", [BIN / "jiangheng", "docs", "--check"]),
        ("messages", [BIN / "python", ROOT / "tools" / "messages.py", "--check"]),
        ("client types", [*npm, "types"]),
        ("client tests", [*npm, "test"]),
    ]


def _environment(home: Path) -> dict[str, str]:
    path = f"{prepare.node()}{os.pathsep}{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "JIANGHENG_HOME": str(home), "JIANGHENG_DEMO": "1"}


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    passed: bool
    said: str


def _ran(name: str, words: Sequence[str | Path], env: dict[str, str], *, quiet: bool = False) -> Ran:
    """Run a command to its end and say how it ended; what it printed only if it failed, or later if ``quiet``."""
    began = time.monotonic()
    done = subprocess.run(
        [str(word) for word in words], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    passed = done.returncode == 0
    line = f"{name:<24} {'ok' if passed else 'FAILED':<7} {time.monotonic() - began:5.1f} s"
    print(line if passed or quiet else f"{line}\n{done.stdout}", file=sys.stderr, flush=True)
    return Ran(passed, done.stdout)


@dataclass(frozen=True)
class Part:
    """Tests that run in a process of their own, with a home, a database and, where they click, a browser."""

    name: str
    words: tuple[str, ...]
    browser: bool = False
    more: dict[str, str] = field(default_factory=dict)


def _parts(server: str) -> list[Part]:
    """Everything on SQLite, and again on the server at that address, if any, what another database can change.

    The longest come first. Clicking is apart because Playwright keeps an event loop in its thread, the played story
    because it leaves its city in the database. How a page looks no database changes; the lists every page is made of,
    and the evaluation that is clicked through, go through all queries on both.
    """
    rest = ("tests", "--ignore=tests/e2e", "--ignore=tests/story")
    parts = [
        Part("SQLite: pages", ("tests/e2e", f"--ignore={CLICKED}"), browser=True),
        Part("SQLite: tests", rest),
        Part("SQLite: evaluation", (CLICKED,), browser=True),
        Part("SQLite: story", ("tests/story",)),
    ]
    if server:
        there = {"DATABASE_URL": server}
        parts[3:3] = [
            Part("PostgreSQL: story", ("tests/story", "--database-only"), more=there),
            Part("PostgreSQL: evaluation", (CLICKED,), browser=True, more=there),
            Part("PostgreSQL: tests", (*STEPS, "--database-only"), more=there),
            Part("PostgreSQL: hall", ("tests/hall/test_stores.py",), more=there),
        ]
    return parts


def _all_tests() -> int:
    server = postgres.programs()
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    missing = [name for name, there in (("PostgreSQL's server", server), ("Chromium", browser)) if not there]
    for name in missing:
        print(f"{name} is not on this machine: what needs it is left out", file=sys.stderr)
    if missing and IN_PIPELINE:
        return 1
    with postgres.cluster(server) if server else nullcontext("") as address:
        parts = [part for part in _parts(address) if browser or not part.browser]
        with ThreadPoolExecutor(AT_ONCE) as side_by_side:
            ran = list(
                side_by_side.map(lambda part: _ran(part.name, (*PYTEST, *part.words), _bare(part), quiet=True), parts)
            )
    # what failed is told last, so that it is not looked for; the last line of a run is pytest's own in any case
    for part, outcome in sorted(zip(parts, ran, strict=True), key=lambda each: not each[1].passed):
        print(f"\n{part.name}\n{outcome.said}", end="", flush=True)
    return 0 if all(outcome.passed for outcome in ran) else 1


def _quick_tests() -> int:
    # groups stay together and in order
    words = [*PYTEST, "-n", str(AT_ONCE), "--dist", "loadgroup", "--no-loadscope-reorder", *QUICK]
    return subprocess.run([*words, "-m", "not slow"], cwd=ROOT, env=_bare(), check=False).returncode


def _bare(part: Part | None = None) -> dict[str, str]:
    """The environment of tests, which choose their own home, and their database unless the part names one."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("JIANGHENG_")}
    env.pop("DATABASE_URL", None)
    return env | (part.more if part else {})


if __name__ == "__main__":
    sys.exit(main(fast="--fast" in sys.argv[1:]))
