"""The command ``bank calibrate``: item parameters from RESPONSES.csv, without Django or a database (K7, P2)."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from jiangheng.core.insight.calibration import MODELS, Calibration, Parameters, calibrate
from jiangheng.core.insight.dif import Functioning, differential
from jiangheng.core.insight.fit import dependent_pairs, mean_squares, score_chi_squares
from jiangheng.core.insight.responses import Scores, read, read_key, scored

from .response_files import opened

BAD_INPUT = 2


def options(sub: argparse.ArgumentParser) -> None:
    """What the command takes."""
    sub.add_argument("responses", type=Path, metavar="RESPONSES.csv", help="person,<item>,…; 1, 0 or option letters")
    sub.add_argument("--model", choices=MODELS, default="2pl", help="(2pl); 3pl needs 1,000 persons")
    sub.add_argument("--key", type=Path, metavar="KEY.csv", help="item,key; needed when the answers are letters")
    sub.add_argument("--anchors", type=Path, metavar="FILE.csv", help="item,a,b[,c]: parameters that stay as they are")
    sub.add_argument("--groups", type=Path, metavar="FILE.csv", help="person,group: differential functioning as well")
    sub.add_argument("--least", type=int, default=0, metavar="N", help="withhold items answered by fewer persons (0)")
    sub.add_argument("--fit", action="store_true", help="fit of items and dependent pairs as well")
    sub.add_argument("--force", action="store_true", help="estimate a 3pl from under 1,000 persons too")
    sub.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Print the parameters; 0 when printed, 2 when a file cannot be used or the answers cannot carry the model."""
    try:
        table = opened(chosen.responses, read)
        key = opened(chosen.key, read_key) if chosen.key else None
        anchors = opened(chosen.anchors, read_anchors) if chosen.anchors else None
        groups = opened(chosen.groups, read_groups) if chosen.groups else None
        scores = scored(table, key)
        found = calibrate(
            scores, table.items, model=chosen.model, anchors=anchors, least=chosen.least, force=chosen.force
        )
        report = _plain(found)
        if chosen.fit:
            report |= _fit(scores, found, table.items)
        if groups is not None:
            report["dif"] = _dif(scores, table.items, table.persons, groups)
    except (OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return BAD_INPUT
    for words in found.warnings:
        print(words, file=sys.stderr)
    if chosen.json:
        print(json.dumps(report, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(_told(report)))
    return 0


def read_anchors(lines: Iterable[str]) -> dict[str, Parameters]:
    """`item,a,b[,c]` with or without that header; ValueError with the line for what is no number or written twice."""
    found: dict[str, Parameters] = {}
    for number, row in enumerate(csv.reader(lines), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].removeprefix("\ufeff").lower() in ("item", "试题", "试题编号")):
            continue
        if len(cells) not in (3, 4) or cells[0] in found:
            raise ValueError(f"第 {number} 行：应写“试题编号,a,b[,c]”，每题一行，现为“{','.join(cells)[:60]}”")
        try:
            values = [float(cell or "0") for cell in cells[1:]]
        except ValueError:
            raise ValueError(f"第 {number} 行：a、b、c 应为数，现为“{','.join(cells[1:])[:60]}”") from None
        found[cells[0]] = Parameters(*values)
    if not found:
        raise ValueError("锚题文件是空的：每行写“试题编号,a,b[,c]”")
    return found


def read_groups(lines: Iterable[str]) -> dict[str, str]:
    """`person,group` with or without that header; ValueError with the line for a gap or a person written twice."""
    found: dict[str, str] = {}
    for number, row in enumerate(csv.reader(lines), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[-1].lower() in ("group", "组", "组别", "分组")):
            continue
        if len(cells) != 2 or not all(cells) or cells[0] in found:
            raise ValueError(f"第 {number} 行：应写“考生,组别”，每人一行，现为“{','.join(cells)[:60]}”")
        found[cells[0]] = cells[1]
    return found


def _plain(found: Calibration) -> dict[str, Any]:
    """The calibration as JSON types; the four keys everybody needs come first."""
    return {
        "model": found.model,
        "n": found.n,
        "loglik": found.loglik,
        "items": [
            {
                "item": each.item, "a": each.a, "b": each.b, "c": each.c, "se_a": each.se_a, "se_b": each.se_b,
                "se_c": each.se_c, "n": each.n, "p": each.p, "fixed": each.fixed,
            }
            for each in found.items
        ],
        "ability": {"mean": found.mean, "sd": found.sd, "se_mean": found.se_mean, "se_sd": found.se_sd},
        "parameters": found.free, "aic": found.aic, "bic": found.bic,
        "withheld": [asdict(each) for each in found.withheld],
        "warnings": list(found.warnings),
        "estimation": {
            "rounds": found.rounds, "converged": found.converged, "nodes": found.nodes, "se_method": found.se_method,
        },
    }  # fmt: skip


def _fit(scores: Scores, found: Calibration, items: Sequence[str]) -> dict[str, Any]:
    squares, tests = mean_squares(scores, found, items), score_chi_squares(scores, found, items)
    return {
        "fit": [
            {"item": s.item, "infit": s.infit, "outfit": s.outfit, "s_x2": t.chi_square, "df": t.df, "p": t.p}
            for s, t in zip(squares, tests, strict=True)
        ],
        "dependent": [asdict(pair) for pair in dependent_pairs(scores, found, items)],
    }


def _dif(
    scores: Scores, items: Sequence[str], persons: Sequence[str], groups: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each group against the largest one."""
    named = np.array([groups.get(person, "") for person in persons])
    sizes = Counter(name for name in named.tolist() if name)
    if len(sizes) < 2:
        raise ValueError(f"分组文件与作答文件对得上的只有 {len(sizes)} 个组，至少要有两个组，请核对考生编号")
    reference, *others = [name for name, _ in sizes.most_common()]
    rows = []
    for other in others:
        who = (named == reference) | (named == other)
        for each in differential(scores[who], items, named[who] == other):
            rows.append({"item": each.item, "reference": reference, "focal": other, **_functioning(each)})
    return rows


def _functioning(each: Functioning) -> dict[str, Any]:
    mh, regression = each.mantel_haenszel, each.logistic
    return {
        "n_reference": each.reference, "n_focal": each.focal,
        "alpha": mh.alpha, "delta": mh.delta, "chi_square": mh.chi_square, "p": mh.p, "q": each.q, "grade": mh.grade,
        "difference": each.difference,
        "logistic": None if regression is None else {**asdict(regression), "grade": regression.grade},
    }  # fmt: skip


def _told(report: Mapping[str, Any]) -> list[str]:
    """The report as lines of a table."""
    lines = [f"{report['model']}  n = {report['n']}  loglik = {report['loglik']:.3f}  AIC = {report['aic']:.1f}"]
    lines.append(f"{'item':<16}{'a':>9}{'b':>9}{'c':>8}{'se a':>9}{'se b':>9}{'n':>9}{'p':>7}")
    for each in report["items"]:
        errors = [f"{each[name]:9.4f}" if each[name] is not None else f"{'-':>9}" for name in ("se_a", "se_b")]
        numbers = f"{each['a']:9.4f}{each['b']:9.4f}{each['c']:8.4f}{''.join(errors)}{each['n']:9d}{each['p']:7.3f}"
        lines.append(f"{each['item']:<16}{numbers}")
    lines += [f"{each['item']:<16}{each['reason']}" for each in report["withheld"]]
    for each in report.get("fit", ()):
        p = "-" if each["p"] is None else f"{each['p']:.3f}"
        lines.append(f"fit  {each['item']:<16} infit {each['infit']:.2f}  outfit {each['outfit']:.2f}  S-X2 p {p}")
    for each in report.get("dependent", ()):
        lines.append(f"Q3   {each['first']} {each['second']}  {each['q3']:.2f}")
    for each in report.get("dif", ()):
        if each["grade"] in ("B", "C"):
            lines.append(f"DIF  {each['item']:<16} {each['focal']}: {each['grade']}  delta {each['delta']:.2f}")
    return lines
