"""``jiangheng bank``: measure items, assemble and check papers from plain files, without a database (K7-K9, P2)."""

from __future__ import annotations

import argparse

from . import bank_assemble, bank_calibrate, bank_stats

ACTS = {
    "calibrate": (bank_calibrate.options, bank_calibrate.run, "item parameters from responses: rasch, 1pl, 2pl, 3pl"),
    "stats": (bank_stats.options, bank_stats.run, "classical figures of items from responses"),
    "assemble": (bank_assemble.assemble_options, bank_assemble.assemble_run, "parallel papers under a blueprint"),
    "check": (bank_assemble.check_options, bank_assemble.check_run, "check papers against their blueprint"),
}


def options(sub: argparse.ArgumentParser) -> None:
    """The four acts and what each is given."""
    words = sub.add_subparsers(metavar="act", required=True)
    for name, (fill, run, meaning) in ACTS.items():
        act = words.add_parser(name, help=meaning, description=meaning)
        fill(act)
        act.set_defaults(act=run)


def run(chosen: argparse.Namespace) -> int:
    """Do the chosen act; the exit status."""
    status: int = chosen.act(chosen)
    return status
