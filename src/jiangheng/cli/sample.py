"""The sample city: built once by steps into a home of its own, then served (clause K10: every row has its trail).

A half-built city is never served and never mended: its home carries a mark until the story is told to the end, and
a home with the mark is emptied and begun again.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from jiangheng import config

from . import say, start_django

Report = Callable[[str, int, int], None]
_MARK = "demo.building"
_RESULT = "demo.json"


def run(chosen: argparse.Namespace) -> int:
    """The command ``demo``."""
    os.environ["JIANGHENG_DEMO"] = "1"
    # beside, never inside, the home of a real installation
    os.environ.setdefault("JIANGHENG_HOME", str(_own_home()))
    home = config.load().home
    home.mkdir(parents=True, exist_ok=True)
    report = _silent if chosen.quiet else _progress
    if chosen.act != "serve":
        with _alone(home):
            result = build(home, seed=chosen.seed, report=report)
        if chosen.json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        elif not chosen.quiet:
            _tell(_at_port(result, chosen))
        if chosen.act == "build":
            return 0
    else:
        _finished(home)
    return _serve(chosen, home)


def _own_home() -> Path:
    """The sample city's home: one for each database, because keys and journals belong to one."""
    url = config.load().database_url
    name = f"demo-{hashlib.sha256(url.encode()).hexdigest()[:8]}" if url else "demo"
    return config.Config().home / name


def build(home: Path, *, seed: int, report: Report) -> dict[str, Any]:
    """Build the city unless the home holds a finished one; what the story reports of it."""
    if (home / _MARK).exists():
        say("the last build was interrupted; beginning again")
        _empty(home)
    start_django()
    from django.core.management import call_command

    from jiangheng.demo import story
    from jiangheng.kernel.perform import model_of

    from . import install

    install.migrate()
    settled = model_of("region").everywhere.exists()
    if story.built() and settled:
        return _result(home)
    if story.built():
        say("the city of this home was built in another database; building it anew in this one")
        _empty(home)
    if settled:
        if not (home / _MARK).exists():
            raise SystemExit(f"{home} holds an installation that is not a sample city; set JIANGHENG_HOME elsewhere")
        call_command("flush", interactive=False, verbosity=0)
    (home / _MARK).touch()
    result: dict[str, Any] = story.build(seed=seed, report=report)
    (home / _MARK).unlink()
    return result


def _at_port(result: dict[str, Any], chosen: argparse.Namespace) -> dict[str, Any]:
    """The result with addresses that this run answers: the city was built for a port of its own.

    Only an address of this very machine is changed; a public one leads where its owner said.
    """
    parts = urlsplit(result.get("verify_url", ""))
    if parts.hostname not in ("127.0.0.1", "localhost"):
        return result
    here = parts._replace(netloc=f"{parts.hostname}:{chosen.port}")
    return {**result, "verify_url": urlunsplit(here)}


def _tell(result: dict[str, Any]) -> None:
    numbers = result["certificates"]
    say(f"{len(numbers)} certificates: {numbers[0]} … {numbers[-1]}")
    for number in numbers:
        say(f"  {number}")
    say(f"verify one: {result['verify_url']}  name: {result['verify_name']}")


def _serve(chosen: argparse.Namespace, home: Path) -> int:
    from jiangheng.demo import city

    from . import serving

    say(f"log-ins of the sample city, all with the password {city.PASSWORD}:")
    for username, unit, roles in city.log_ins():
        say(f"  {username:<22} {roles:<18} {unit}")
    known = _at_port(_result(home), chosen)
    say("candidates whose theory examination begins in minutes (admission ticket, identity number):")
    for each in known.get("exam_log_ins", ()):
        say(f"  {each['ticket']:<22} {each['identity']}")
    say(f"a certificate to verify: {known.get('verify_url', '')}  name: {known.get('verify_name', '')}")
    return serving.serve(host=chosen.host, port=chosen.port)


def _finished(home: Path) -> None:
    if (home / _MARK).exists() or not (home / _RESULT).exists():
        raise SystemExit("there is no finished sample city in this home; run `jiangheng demo build`")
    start_django()


def _result(home: Path) -> dict[str, Any]:
    path = home / _RESULT
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


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


def _silent(label: str, done: int, total: int) -> None: ...


def _progress(label: str, done: int, total: int) -> None:
    """One line for each part of the story; long parts count on a terminal."""
    if done >= total:
        say(f"  {label}" if total == 1 else f"  {label}  {total}")
    elif sys.stderr.isatty():
        print(f"  {label}  {done}/{total}", end="\r", file=sys.stderr, flush=True)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One build at a time in one home."""
    with (home / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("another process is building the sample city in this home; wait for it") from None
        yield
