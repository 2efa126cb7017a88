"""The sample city: built once by steps into a home of its own, then served (clause K10: every row has its trail).

A half-built city is never served and never mended: its home carries a mark until the story is told to the end, and
a home with the mark is emptied and begun again.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jiangheng import config

from . import say, start_django

_MARK = "demo.building"
_RESULT = "demo.json"


def run(chosen: argparse.Namespace) -> int:
    """The command ``demo``."""
    os.environ["JIANGHENG_DEMO"] = "1"
    # beside, never inside, the home of a real installation
    os.environ.setdefault("JIANGHENG_HOME", str(config.Config().home / "demo"))
    home = config.load().home
    home.mkdir(parents=True, exist_ok=True)
    report = (lambda text: None) if chosen.quiet else say
    if chosen.act != "serve":
        with _alone(home):
            result = build(home, seed=chosen.seed, report=report)
        if chosen.json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        if chosen.act == "build":
            return 0
    else:
        result = _finished(home)
    return _serve(chosen, result)


def build(home: Path, *, seed: int, report: Callable[[str], None]) -> dict[str, Any]:
    """Build the city unless the home holds a finished one; what the story reports of it."""
    if (home / _MARK).exists():
        report("the last build was interrupted; beginning again")
        _empty(home)
    start_django()
    from django.core.management import call_command

    from jiangheng.demo import story
    from jiangheng.kernel.perform import model_of

    from . import install

    install.migrate()
    if story.built():
        return _result(home)
    if model_of("region").everywhere.exists():
        if not (home / _MARK).exists():
            raise SystemExit(f"{home} holds an installation that is not a sample city; set JIANGHENG_HOME elsewhere")
        call_command("flush", interactive=False, verbosity=0)
    (home / _MARK).touch()
    result: dict[str, Any] = story.build(seed=seed, report=report)
    _write(home / _RESULT, json.dumps(result, ensure_ascii=False))
    (home / _MARK).unlink()
    return result


def _serve(chosen: argparse.Namespace, result: dict[str, Any]) -> int:
    from . import serving

    for each in result.get("accounts", ()):
        say(f"  {each['username']:<18} {each['password']:<18} {each.get('role', '')} {each.get('name', '')}")
    return serving.serve(host=chosen.host, port=chosen.port)


def _finished(home: Path) -> dict[str, Any]:
    if (home / _MARK).exists() or not (home / _RESULT).exists():
        raise SystemExit("there is no finished sample city in this home; run `jiangheng demo build`")
    start_django()
    return _result(home)


def _result(home: Path) -> dict[str, Any]:
    path = home / _RESULT
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _empty(home: Path) -> None:
    """Remove what an interrupted build left; the mark goes last, so an interruption here changes nothing."""
    kept = {_MARK, "demo.lock", "jiangheng.toml"}
    for path in home.iterdir():
        if path.name in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One build at a time in one home."""
    with (home / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("another process is building the sample city in this home; wait for it") from None
        yield
