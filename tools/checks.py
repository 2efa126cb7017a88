"""Every check of the project, cheapest first; the same suite on SQLite and on PostgreSQL.

    python tools/checks.py           everything
    python tools/checks.py --fast    what needs neither a browser nor PostgreSQL nor minutes

Every check is run even if one before it failed, except that tests are not begun on code that does not pass. On a
machine without Chromium or PostgreSQL what needs them is left out and said so; in a pipeline (CI=true) that is a
failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import postgres
import prepare

ROOT = prepare.ROOT
BIN = prepare.BIN
IN_PIPELINE = os.environ.get("CI", "").lower() in {"1", "true"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(*, fast: bool) -> int:
    """The status of the whole run."""
    with tempfile.TemporaryDirectory(prefix="jiangheng-checks-") as home:
        env = _environment(Path(home))
        failed = [name for name, words in _still_checks() if not _passes(name, words, env)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    if fast:
        return _tests(False, {}, fast=True)
    return _all_tests()


def _still_checks() -> list[tuple[str, list[str | Path]]]:
    """Name and command of everything that is checked without running tests."""
    client = prepare.CLIENT
    templates = sorted((ROOT / "src" / "jiangheng").rglob("*.html"))
    npm: list[str | Path] = ["npm", "--prefix", client, "run", "--silent"]
    return [
        ("ruff", [BIN / "ruff", "check", "."]),
        ("format", [BIN / "ruff", "format", "--check", "."]),
        ("imports", [BIN / "lint-imports", "--no-logo"]),
        ("templates", [BIN / "djhtml", "--tabwidth", "2", "--check", *templates]),
        ("types", [BIN / "mypy"]),
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


def _passes(name: str, words: list[str | Path], env: dict[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        [str(word) for word in words], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<14} {verdict:<7} {time.monotonic() - began:5.1f} s", file=sys.stderr, flush=True)
    if done.returncode:
        print(done.stdout, file=sys.stderr, flush=True)
    return done.returncode == 0


def _all_tests() -> int:
    server = postgres.programs()
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    missing = [name for name, there in (("PostgreSQL's server", server), ("Chromium", browser)) if not there]
    for name in missing:
        print(f"{name} is not on this machine: what needs it is left out", file=sys.stderr)
    if missing and IN_PIPELINE:
        return 1
    print("\ntests on SQLite", file=sys.stderr, flush=True)
    status = _tests(bool(browser), {})
    if server is None:
        return status
    print("\ntests on PostgreSQL", file=sys.stderr, flush=True)
    with postgres.cluster(server) as address:
        # the last line of a run is pytest's own: nothing is said after it
        return _tests(bool(browser), {"DATABASE_URL": address}) or status


def _tests(browser: bool, more: dict[str, str], *, fast: bool = False) -> int:
    """The suite on one database. The browser's tests run beside the rest in a process of their own: Playwright keeps an
    event loop in its thread, and what asks for one of its own could not share it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("JIANGHENG_")}
    env.pop("DATABASE_URL", None)
    env |= more
    pytest = [str(BIN / "python"), "-m", "pytest", "-q"]
    # groups stay together and in order: the largest, the played story, leaves its city behind and must come last
    rest = [*pytest, "-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder", "--ignore=tests/e2e"]
    clicks = ["tests/e2e"]
    if more:
        # another database changes nothing for the floors without one, nor for how a page looks
        rest += ["--ignore=tests/core", "--ignore=tests/hall"]
        clicks = ["tests/e2e/test_evaluation.py"]
    if fast:
        return subprocess.run([*rest, "-m", "not slow"], cwd=ROOT, env=env, check=False).returncode
    if not browser:
        return subprocess.run(rest, cwd=ROOT, env=env, check=False).returncode
    with tempfile.TemporaryFile("w+") as said:
        clicking = subprocess.Popen([*pytest, *clicks], cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT)
        status = subprocess.run(rest, cwd=ROOT, env=env, check=False).returncode
        status = clicking.wait() or status
        said.seek(0)
        print(said.read(), end="", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(fast="--fast" in sys.argv[1:]))
