"""The command ``bank stats``: classical figures of items and of the sitting from RESPONSES.csv, without Django (P2)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiangheng.core.insight.classical import Analysis, Answer, ItemStatistics, analyse
from jiangheng.core.insight.decision import Decision, livingston_lewis
from jiangheng.core.insight.misbehaving import Finding, figures, review_queue
from jiangheng.core.insight.responses import Scores, read, read_key, scored

from .response_files import opened

BAD_INPUT = 2
GROUPS = (3, 5)


def options(sub: argparse.ArgumentParser) -> None:
    """What the command takes."""
    sub.add_argument("responses", type=Path, metavar="RESPONSES.csv", help="person,<item>,…; 1, 0 or option letters")
    sub.add_argument("--key", type=Path, metavar="KEY.csv", help="item,key; needed when the answers are letters")
    sub.add_argument(
        "--cut", default="", metavar="60%", help="pass mark, in percent or marks: how sure is pass or fail"
    )
    sub.add_argument("--groups", type=int, choices=GROUPS, default=3, help="ability groups of the answers' table (3)")
    sub.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Print the figures; 0 when printed, 2 when a file or an option cannot be used."""
    try:
        table = opened(chosen.responses, read)
        key = opened(chosen.key, read_key) if chosen.key else None
        scores = scored(table, key)
        analysis = analyse(scores, items=table.items, table=table if key else None, key=key, groups=chosen.groups)
        decision, unsure = _decision(chosen.cut, scores, analysis)
    except (OSError, ValueError) as problem:
        print(str(problem).replace("；第 ", "\n第 "), file=sys.stderr)
        return BAD_INPUT
    if unsure:
        print(unsure, file=sys.stderr)
    queue = review_queue(figures(row) for row in analysis.items)
    if chosen.json:
        print(json.dumps(_plain(analysis, decision, queue), ensure_ascii=False, allow_nan=False))
    else:
        _show(analysis, decision, queue)
    return 0


def _decision(cut: str, scores: Scores, analysis: Analysis) -> tuple[Decision | None, str]:
    """Accuracy and consistency at the cut, or why there are none; ValueError for a cut that is no number."""
    if not cut:
        return None, ""
    given = (scores >= 0).sum(axis=1)
    text = cut.strip().removesuffix("%").removesuffix("％")
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"--cut {cut} 不是数，请写如 60% 或 60") from None
    share = number / 100 if text != cut.strip() else number / len(analysis.items)
    if not 0 < share < 1:
        raise ValueError(f"--cut {cut} 应在 0 与满分之间，请写如 60%（满分的百分之六十）或答对题数")
    if analysis.alpha is None:
        return None, "信度无法计算，未估计合格判定的一致性"
    sat = given > 0
    marks = (scores == 1).sum(axis=1)[sat] / given[sat]
    try:
        return livingston_lewis(marks, reliability=analysis.alpha, cut=share, full=1), ""
    except ValueError as problem:
        return None, str(problem)


def _plain(analysis: Analysis, decision: Decision | None, queue: tuple[Finding, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "alpha": analysis.alpha,
        "mean": analysis.mean,
        "sd": analysis.sd,
        "items": [_item(row) for row in analysis.items],
        "n": analysis.persons,
        "length": analysis.length,
        "complete": analysis.complete,
        "sem": analysis.sem,
        "review": [{"item": each.item, "rule": each.rule, "words": each.words} for each in queue],
    }
    if decision is not None:
        names = ("cut", "length", "accuracy", "false_pass", "false_fail", "consistency", "kappa", "passing")
        told["decision"] = {name: getattr(decision, name) for name in names}
    return told


def _item(row: ItemStatistics) -> dict[str, Any]:
    told: dict[str, Any] = {
        "item": row.item,
        "p": row.p,
        "item_total_r": row.item_total_r,
        "item_rest_r": row.item_rest_r,
        "alpha_if_deleted": row.alpha_if_deleted,
        "n": row.n,
        "upper": row.upper,
        "lower": row.lower,
        "discrimination": row.discrimination,
    }
    if row.answers:
        told["answers"] = [
            {"answer": each.answer, "right": each.right, "n": each.n, "share": each.share}
            | {"groups": list(each.shares), "r": each.r}
            for each in row.answers
        ]
    return told


def _show(analysis: Analysis, decision: Decision | None, queue: tuple[Finding, ...]) -> None:
    from rich.console import Console

    out = Console(soft_wrap=True, highlight=False, markup=False)
    whole: Mapping[str, float | None] = {"平均": analysis.mean, "标准差": analysis.sd, "α": analysis.alpha}
    whole = {**whole, "测量标准误": analysis.sem}
    head = f"考生 {analysis.persons} 人，试题 {len(analysis.items)} 道"
    out.print("，".join([head, *(f"{name} {_number(value)}" for name, value in whole.items())]))
    if decision is not None:
        out.print(
            f"合格线 {100 * decision.cut:g}%：判定与真实水平相符 {100 * decision.accuracy:.1f}%，"
            f"平行卷结论相同 {100 * decision.consistency:.1f}%，误合格 {100 * decision.false_pass:.1f}%，"
            f"误不合格 {100 * decision.false_fail:.1f}%"
        )
    heads = ("试题", "人数", "答对率", "题总相关", "题余相关", "删题后α", "区分度")
    _rows(out, heads, [_cells(row) for row in analysis.items])
    if any(row.answers for row in analysis.items):
        parts = [
            f"第{place}组" for place in range(1, 1 + max(len(a.shares) for r in analysis.items for a in r.answers))
        ]
        answers = [(row.item, *_answer(each)) for row in analysis.items for each in row.answers]
        out.print("各选项（* 为答案；第 1 组成绩最低）")
        _rows(out, ("试题", "选项", "人数", "比例", *parts, "相关"), answers)
    for finding in queue:
        out.print(finding.words)


def _cells(row: ItemStatistics) -> tuple[str, ...]:
    numbers = (row.p, row.item_total_r, row.item_rest_r, row.alpha_if_deleted, row.discrimination)
    return row.item, str(row.n), *(_number(value) for value in numbers)


def _answer(each: Answer) -> tuple[str, ...]:
    named = f"*{each.answer}" if each.right else each.answer
    return named, str(each.n), _number(each.share), *(_number(share) for share in each.shares), _number(each.r)


def _rows(out: Any, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.4f}"
