"""From collected answers to figures of every item: classical, calibrated, compared between groups and over time (P2).

The mathematics is core.insight's; here it is chosen what the number of persons allows. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_noop

from jiangheng.core.insight import calibration, classical, dif, drift, fit, misbehaving
from jiangheng.core.insight.calibration import ItemEstimate
from jiangheng.core.insight.responses import Table

from .models import AnswerSheet

LEAST_CALIBRATED, LEAST_TWO, LEAST_GROUP = 200, 1000, 100
"""Persons for a Rasch calibration, for a discrimination of each item, and in each group that is compared."""
GROUPS: Mapping[str, tuple[str, str]] = {"sex": ("男", "女")}
"""What is compared: the group's name in a sheet, and its reference and focal value."""
# kept as they are and spoken to each reader in his language
TOO_FEW = gettext_noop("作答 {0} 人，少于 {1} 人，只做经典分析，不标定参数")
TOO_FEW_IN_GROUP = gettext_noop("{0}、{1}两组人数不足 {2} 人，未做项目功能差异分析")


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers as a matrix: int8 persons × items (1 right, 0 wrong, −1 not presented) and the raw choices beside it."""

    items: tuple[str, ...]
    matrix: npt.NDArray[np.int8]
    table: Table
    groups: tuple[Mapping[str, str], ...]
    marks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What an analysis found: the whole, each item's values, and why items go to review."""

    model: str
    persons: int
    summary: dict[str, Any]
    items: dict[str, dict[str, Any]]
    findings: dict[str, list[str]]


def gather(sheets: Sequence[AnswerSheet], *, revisions: Mapping[str, int]) -> Answers:
    """The answers of these sheets to items in their present versions; an earlier version's answers do not count."""
    codes = sorted(revisions)
    place = {code: number for number, code in enumerate(codes)}
    matrix = np.full((len(sheets), len(codes)), -1, np.int8)
    cells = [[""] * len(codes) for _ in sheets]
    for row, sheet in enumerate(sheets):
        for code, told in sheet.answers.items():
            column = place.get(code)
            if column is None or told["v"] != revisions[code]:
                continue
            matrix[row, column] = 1 if told["mark"] >= 1 else 0
            cells[row][column] = "".join(told["given"]) if told["letters"] else ""
    used = [number for number in range(len(codes)) if (matrix[:, number] >= 0).any()]
    items = tuple(codes[number] for number in used)
    persons = tuple(str(number) for number in range(1, len(sheets) + 1))
    table = Table(persons, items, [[row[number] for number in used] for row in cells])
    return Answers(
        items, matrix[:, used], table, tuple(sheet.groups for sheet in sheets),
        tuple(float(sheet.mark) for sheet in sheets),
    )  # fmt: skip


def measure(answers: Answers, *, keys: Mapping[str, str], earlier: Sequence[ItemEstimate] = ()) -> Measured:
    """Every figure that so many answers can carry. ``keys`` of items marked by option letters; ``earlier`` estimates
    of the last analysis show drift. ValueError in words when there is nothing to analyse."""
    whole = classical.analyse(answers.matrix, items=answers.items, table=answers.table, key=keys)
    figures = {row.item: misbehaving.figures(row) for row in whole.items}
    values: dict[str, dict[str, Any]] = {row.item: _classical(row) for row in whole.items}
    summary: dict[str, Any] = {
        "alpha": whole.alpha, "mean": whole.mean, "sd": whole.sd, "sem": whole.sem, "notes": [],
    }  # fmt: skip
    estimates = _calibrated(answers, summary)
    for row in estimates:
        values[row.item] |= {"a": row.a, "b": row.b, "c": row.c, "se_a": row.se_a, "se_b": row.se_b}
    for code, changes in _fit(answers, summary).items():
        figures[code] = replace(figures[code], **changes)
        values[code] |= changes
    for code, changes in _groups(answers, summary).items():
        figures[code] = replace(figures[code], **changes)
        values[code] |= changes
    for moved in drift.displacements(list(earlier), estimates):
        if moved.drifted:
            figures[moved.item] = replace(figures[moved.item], drift=moved.by)
            values[moved.item]["drift"] = moved.by
    findings: dict[str, list[str]] = {}
    for each in misbehaving.review_queue(figures.values()):
        findings.setdefault(each.item, []).append(each.words)
    return Measured(str(summary.pop("model", "ctt")), len(answers.marks), summary, values, findings)


def _classical(row: classical.ItemStatistics) -> dict[str, Any]:
    return {
        "n": row.n, "p": row.p, "item_total_r": row.item_total_r, "item_rest_r": row.item_rest_r,
        "alpha_if_deleted": row.alpha_if_deleted, "answers": [asdict(each) for each in row.answers],
    }  # fmt: skip


def _calibrated(answers: Answers, summary: dict[str, Any]) -> list[ItemEstimate]:
    persons = len(answers.marks)
    if persons < LEAST_CALIBRATED:
        summary["notes"].append(TOO_FEW.format(persons, LEAST_CALIBRATED))
        return []
    model: calibration.Model = "2pl" if persons >= LEAST_TWO else "rasch"
    try:
        found = calibration.calibrate(answers.matrix, answers.items, model=model, least=LEAST_CALIBRATED)
    except ValueError as problem:
        summary["notes"].append(str(problem))
        return []
    summary |= {"model": model, "loglik": found.loglik, "theta_mean": found.mean, "theta_sd": found.sd}
    summary["notes"] += [*found.warnings, *(f"试题 {each.item}：{each.reason}" for each in found.withheld[:20])]
    summary["calibration"] = found
    return list(found.items)


def _fit(answers: Answers, summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = summary.pop("calibration", None)
    if found is None:
        return {}
    rows = fit.mean_squares(answers.matrix, found, answers.items)
    return {row.item: {"infit": row.infit, "outfit": row.outfit} for row in rows}


def _groups(answers: Answers, summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    changes: dict[str, dict[str, Any]] = {}
    for name, (reference, focal) in GROUPS.items():
        values = np.array([each.get(name, "") for each in answers.groups])
        known = (values == reference) | (values == focal)
        if min((values == reference).sum(), (values == focal).sum()) < LEAST_GROUP:
            summary["notes"].append(TOO_FEW_IN_GROUP.format(reference, focal, LEAST_GROUP))
            continue
        for each in dif.differential(answers.matrix[known], answers.items, values[known] == focal):
            grade = each.mantel_haenszel.grade
            if grade:
                changes[each.item] = {"dif": grade, "dif_groups": f"{reference}、{focal}"}
    return changes
