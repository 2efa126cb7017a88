"""An installation: database, divisions and first administrator, made by the steps everything is made by (W2)."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from jiangheng.core.authority import SYSTEM, Role
from jiangheng.core.errors import Refused
from jiangheng.core.law.codes import DIVISIONS, GUILIN
from jiangheng.core.steps import step_of
from jiangheng.kernel import vault
from jiangheng.kernel.perform import create, model_of

from . import say

CITY_NAME = "桂林市"
CITY = "45/03/"


def run(chosen: argparse.Namespace) -> int:
    """The command ``init``. May be repeated: what exists is left as it is."""
    migrated, established = migrate(), establish_divisions()
    vault.subkey("hall")
    made: dict[str, Any] = {"migrated": migrated, "divisions": established, "administrator": None}
    if not chosen.no_administrator:
        try:
            made["administrator"] = open_administrator(asked(chosen))
        except Refused as no:
            for refusal in no.refusals:
                say(f"{refusal.reason} {refusal.mend}".strip())
            return 1
    if chosen.json:
        print(json.dumps(made, ensure_ascii=False))
    else:
        say(f"divisions: {established} new; administrator: {made['administrator'] or 'none'}; now `jiangheng serve`")
    return 0


def migrate() -> bool:
    """Bring the database to the code's schema; whether there was anything to do."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def establish_divisions() -> int:
    """Establish the city and its county-level divisions that are missing; how many were."""
    region = model_of("region")
    missing = [
        (code, name)
        for code, name in ((GUILIN, CITY_NAME), *DIVISIONS.items())
        if not region.everywhere.filter(code=code).exists()
    ]
    for code, name in missing:
        create(step_of("region.establish"), under=None, actor=SYSTEM, given={"code": code, "name": name})
    return len(missing)


def asked(chosen: argparse.Namespace) -> dict[str, str]:
    """The administrator's particulars from the options; a person at a terminal is asked for what is missing."""
    found = {name: getattr(chosen, name) or _ask(name) for name in ("username", "name", "unit")}
    password = sys.stdin.readline().rstrip("\n") if chosen.password_stdin else _ask("password")
    return {**found, "password": password, "phone": ""}


def _ask(name: str) -> str:
    if not sys.stdin.isatty():
        option = "--password-stdin" if name == "password" else f"--{name}"
        raise SystemExit(f"{name} is missing: give {option}, or --no-administrator to leave it for later")
    return getpass.getpass("password: ") if name == "password" else input(f"{name}: ")


def open_administrator(given: Mapping[str, str]) -> str:
    """Open the first administrator's account and appoint it for the whole city; its log-in name."""
    city = model_of("region").everywhere.get(code=GUILIN)
    account = create(step_of("account.open"), under=city, actor=SYSTEM, given=given)
    appointment = {"role": Role.ADMIN.value, "place": CITY}
    create(step_of("grant.appoint"), under=account, actor=SYSTEM, given=appointment)
    return str(account.username)
