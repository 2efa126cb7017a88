"""The command ``jiangheng``: install, serve, show the sample city, and look up what the declarations say (clause K10).

What needs no database (``--version``, ``clause``, ``eligibility``) runs without Django; a word that is not ours is
Django's command. Results go to standard output, progress to standard error, so that ``--json`` is one object and
nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    ours = parser()
    first = next((word for word in given if not word.startswith("-")), "")
    if first and first not in COMMANDS:
        return _django(given)
    chosen = ours.parse_args(given)
    run: Run | None = getattr(chosen, "run", None)
    if run is None:
        ours.print_help()
        return 2
    return run(chosen)


def parser() -> argparse.ArgumentParser:
    """All commands and their options; the README's table of commands is this help."""
    top = argparse.ArgumentParser(
        prog="jiangheng", description="匠衡 Jiangheng. Any other word is a Django command (migrate, shell, …)."
    )
    top.add_argument("--version", action="version", version=f"jiangheng {_version()}")
    words = top.add_subparsers(metavar="command")
    for name, (fill, run, meaning) in COMMANDS.items():
        sub = words.add_parser(name, help=meaning, description=meaning)
        fill(sub)
        sub.set_defaults(run=run)
    return top


def _version() -> str:
    try:
        return metadata.version("jiangheng")
    except metadata.PackageNotFoundError:
        return "(run from its sources, not installed)"


def start_django() -> None:
    """Load settings, rooms and declarations."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangheng.settings")
    import django

    django.setup()


def say(text: str) -> None:
    """A line of progress, for a person who waits."""
    print(text, file=sys.stderr, flush=True)


def _django(given: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangheng.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["jiangheng", *given])
    return 0


def _json(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--json", action="store_true", help="print one JSON object")


def _init_options(sub: argparse.ArgumentParser) -> None:
    _json(sub)
    sub.add_argument("--username", help="log-in name of the first administrator (asked for when absent)")
    sub.add_argument("--name", help="the administrator's name")
    sub.add_argument("--unit", help="the administrator's office")
    sub.add_argument("--password-stdin", action="store_true", help="read the first password from standard input")
    sub.add_argument("--no-administrator", action="store_true", help="establish home, database and divisions only")


def _init(chosen: argparse.Namespace) -> int:
    start_django()
    from . import install

    return install.run(chosen)


def _address_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    sub.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")


def _serve_options(sub: argparse.ArgumentParser) -> None:
    _address_options(sub)
    sub.add_argument("--hall-only", action="store_true", help="the exam hall alone, without pages and clock")
    sub.add_argument("--workers", type=int, default=1, help="with --hall-only: processes, on a PostgreSQL journal (1)")


def _serve(chosen: argparse.Namespace) -> int:
    if chosen.hall_only:
        from . import hall_serving

        return hall_serving.serve_hall(host=chosen.host, port=chosen.port, workers=chosen.workers)
    start_django()
    from . import serving

    return serving.serve(host=chosen.host, port=chosen.port)


def _demo_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("act", nargs="?", choices=("build", "serve"), help="absent: build once, then serve")
    sub.add_argument("--seed", type=int, default=1, help="seed of the invented people (1)")
    sub.add_argument("--quiet", action="store_true", help="no progress")
    _json(sub)
    _address_options(sub)


def _demo(chosen: argparse.Namespace) -> int:
    from . import sample

    return sample.run(chosen)


def _nothing(sub: argparse.ArgumentParser) -> None: ...


def _check(chosen: argparse.Namespace) -> int:
    start_django()
    from django.core.management import CommandError, call_command

    try:
        # the declarations are checked by kernel/checks.py, which is registered with Django's own checks
        call_command("check", fail_level="WARNING")
    except CommandError as found:
        say(str(found))
        return 1
    return 0


def _clause_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("words", help="id of a clause (K10) or a part of its place or title (破格)")
    _json(sub)


def _clause(chosen: argparse.Namespace) -> int:
    from . import clauses

    found = {each.id: clauses.citations(each.id) for each in clauses.wanted(chosen.words)}
    if chosen.json:
        print(json.dumps({key: [vars(each) for each in each_of] for key, each_of in found.items()}, ensure_ascii=False))
    else:
        for key, cited in found.items():
            print(clauses.heading(key))
            for each in cited:
                print(f"  {each.where}  {each.kind} {each.name}")
    if not found:
        say(f"no clause is called {chosen.words!r}; ids are K1–K16, R1–R7, W1–W10, P1–P3")
    return 0 if found else 1


def _eligibility_options(sub: argparse.ArgumentParser) -> None:
    from . import eligibility

    eligibility.options(sub)


def _eligibility(chosen: argparse.Namespace) -> int:
    from . import eligibility

    return eligibility.run(chosen)


def _steps_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("flow", nargs="?", default="", help="only the steps of this flow")
    _json(sub)


def _steps(chosen: argparse.Namespace) -> int:
    start_django()
    from jiangheng.core.steps import FLOWS

    from . import reference

    flows = [flow for name, flow in FLOWS.items() if chosen.flow in ("", name)]
    if not flows:
        say(f"no flow is called {chosen.flow!r}; there are: {', '.join(FLOWS)}")
        return 1
    rows = [reference.row(step) for flow in flows for step in flow.steps.values()]
    if chosen.json:
        print(json.dumps({"steps": rows}, ensure_ascii=False))
    else:
        _table(rows)
    return 0


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in rows[0]:
        table.add_column(head)
    for row in rows:
        table.add_row(*(str(cell) for cell in row.values()))
    Console(soft_wrap=True).print(table)


def _docs_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")


def _docs(chosen: argparse.Namespace) -> int:
    start_django()
    from . import reference

    stale = reference.stale() if chosen.check else reference.write()
    for path in stale:
        say(f"{'stale' if chosen.check else 'written'}: {path}")
    if chosen.check and stale:
        say("run `make docs`")
        return 1
    return 0


def _standard_options(sub: argparse.ArgumentParser) -> None:
    from . import standard

    standard.options(sub)


def _standard(chosen: argparse.Namespace) -> int:
    from . import standard

    return standard.run(chosen)


def _bank_options(sub: argparse.ArgumentParser) -> None:
    from . import bank

    bank.options(sub)


def _bank(chosen: argparse.Namespace) -> int:
    from . import bank

    return bank.run(chosen)


def _attempt_options(sub: argparse.ArgumentParser) -> None:
    from . import attempt

    attempt.options(sub)


def _attempt(chosen: argparse.Namespace) -> int:
    from . import attempt

    return attempt.run(chosen)


def _site_options(sub: argparse.ArgumentParser) -> None:
    from . import site

    site.options(sub)


def _site(chosen: argparse.Namespace) -> int:
    from . import site

    return site.run(chosen)


def _bench_options(sub: argparse.ArgumentParser) -> None:
    from . import bench

    bench.options(sub)


def _bench(chosen: argparse.Namespace) -> int:
    from . import bench

    return bench.run(chosen)


def _tick(chosen: argparse.Namespace) -> int:
    start_django()
    from jiangheng.kernel import clockwork

    print(clockwork.tick())
    return 0


COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], Run, str]] = {
    "init": (_init_options, _init, "make an installation: home, keys, database, divisions, first administrator"),
    "serve": (_serve_options, _serve, "serve pages, API and exam hall on one port, with the clock"),
    "demo": (_demo_options, _demo, "build the sample city and serve it"),
    "check": (_nothing, _check, "check settings and every declaration"),
    "clause": (_clause_options, _clause, "where a clause of the notice lives: file and line of steps, rules, tests"),
    "standard": (_standard_options, _standard, "check, export and import standards as text"),
    "bank": (_bank_options, _bank, "measure items and assemble papers from plain files"),
    "attempt": (_attempt_options, _attempt, "check the sealed bundle of an attempt, with nothing but the file"),
    "site": (_site_options, _site, "hold an examination at a place without a good line: fetch, serve, return"),
    "bench": (_bench_options, _bench, "measure the exam hall, and hurt it while candidates answer"),
    "eligibility": (_eligibility_options, _eligibility, "what a person may apply for, and what is missing"),
    "steps": (_steps_options, _steps, "the table of steps"),
    "docs": (_docs_options, _docs, "write docs/reference from the declarations"),
    "tick": (_nothing, _tick, "let the clock try its steps once; the number performed"),
}
