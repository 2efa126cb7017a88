"""Two versions of a standard side by side: what changed in every chapter, the weights cell by cell (clause K3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _t

from jiangheng.core.law.levels import level
from jiangheng.core.law.standard_compare import CHANGE_KINDS, SECTIONS, Change, compare
from jiangheng.core.law.standard_data import ORDER, PARTS, StandardData, WeightTable

from .reading import names_down, number, reading

Say = Callable[[str], str]
Plain = dict[str, Any]
Line = tuple[str, str]

WEIGHTS = "权重表"
MOST_OPEN = 60
LONGEST_MARKED = 2_000
"""Characters of a text beyond which its differences are not marked within it: the whole is shown old and new."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text; ``differs`` when the other version does not have it."""

    text: str
    differs: bool


def compared(old: StandardData, new: StandardData, *, say: Say, whole: bool = False) -> list[Plain]:
    """Every chapter in which the versions differ; with ``whole`` every chapter, with what stayed the same too."""
    found: dict[str, list[Change]] = {name: [] for name in SECTIONS}
    for change in compare(old, new):
        found[change.section].append(change)
    before, after = (lines(each) if whole else {} for each in (old, new))
    chapters = []
    for name, changes in found.items():
        if not changes and not whole:
            continue
        chapter: Plain = {"name": say(name), "counts": _counts(changes, say), "groups": _groups(changes, say)}
        # a chapter that was written anew would bury the others
        chapter["long"] = len(changes) > MOST_OPEN
        if name == WEIGHTS:
            chapter["tables"] = list(_tables(old, new, say=say, whole=whole))
            # the cells of the tables say the same as these changes; a changed order is said in words only
            chapter["groups"] = _groups([each for each in changes if each.kind == "moved"], say)
        elif whole:
            chapter["lines"] = _told_once(side_by_side(before.get(name, []), after.get(name, [])))
        chapters.append(chapter)
    return chapters


def _counts(changes: Iterable[Change], say: Say) -> list[Plain]:
    counted = Counter(each.kind for each in changes)
    return [
        {"kind": kind, "label": say(word), "count": counted[kind]}
        for kind, word in CHANGE_KINDS.items()
        if counted[kind]
    ]


def _groups(changes: Iterable[Change], say: Say) -> list[Plain]:
    return [
        {"face": say(level(code).face) if code else "", "changes": [_change(each, say) for each in rows]}
        for code, rows in groupby(changes, key=lambda each: each.level)
    ]


def _change(change: Change, say: Say) -> Plain:
    before, after = change.before, change.after
    marked = marks(before, after) if change.kind == "changed" else ([Run(before, False)], [Run(after, False)])
    return {
        "kind": change.kind, "label": say(CHANGE_KINDS[change.kind]), "name": say(change.name),
        "before": marked[0] if before else [], "after": marked[1] if after else [],
    }  # fmt: skip


def marks(old: str, new: str) -> tuple[list[Run], list[Run]]:
    """Both texts in pieces, those marked that the other does not have."""
    if max(len(old), len(new)) > LONGEST_MARKED:
        return [Run(old, True)], [Run(new, True)]
    before: list[Run] = []
    after: list[Run] = []
    for act, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if last > first:
            before.append(Run(old[first:last], act != "equal"))
        if end > start:
            after.append(Run(new[start:end], act != "equal"))
    return before, after


def _tables(old: StandardData, new: StandardData, *, say: Say, whole: bool) -> Iterator[Plain]:
    for part, label in PARTS.items():
        before, after = ({_place(each): each for each in data.weights if each.part == part} for data in (old, new))
        places = sorted({*before, *after}, key=lambda place: (ORDER.index(place[0]), place[1]))
        if not places:
            continue
        pairs = [(_given(before.get(place)), _given(after.get(place))) for place in places]
        rows: list[Plain] = [
            {"name": name, "cells": [_cell(was.get(name), now.get(name)) for was, now in pairs]}
            for name in names_down(column for pair in pairs for column in reversed(pair))
        ]
        shown = [row for row in rows if whole or any(cell["kind"] for cell in row["cells"])]
        if shown:
            columns = [{"face": say(level(code).face), "direction": direction} for code, direction in places]
            yield {"part": say(label), "columns": columns, "rows": shown}


def _place(table: WeightTable) -> tuple[str, str]:
    return table.level, table.direction


def _given(table: WeightTable | None) -> dict[str, Decimal]:
    return {row.name: row.weight for row in table.rows} if table else {}


def _cell(was: Decimal | None, now: Decimal | None) -> Plain:
    kind = "" if was == now else "added" if was is None else "removed" if now is None else "changed"
    told = [number(each) if each is not None else "" for each in (was, now)]
    return {"kind": kind, "before": told[0], "after": told[1]}


def lines(data: StandardData) -> dict[str, list[Line]]:
    """Every chapter but the weights as lines, each with its place."""
    plain = reading(data, say=str)
    return {
        "标准": [(name, _joined(value)) for name, value in _facts(plain["head"])],
        "职业概况": [
            *((each["label"], each["text"]) for each in plain["profile"]["rows"]),
            *((f"{each['face']} 培训参考时长", str(each["hours"])) for each in plain["profile"]["training"]),
        ],
        "基本要求": [
            *(("职业道德", each) for each in plain["basics"]["ethics"]),
            *(
                (f"基础知识 {each['topic']}", point)
                for each in plain["basics"]["knowledge"]
                for point in each["points"]
            ),
        ],
        "申报条件": [
            (f"{each['face']} 第{row['seq']}条", row["text"]) for each in plain["conditions"] for row in each["rows"]
        ],
        "工作要求": [line for each in plain["work"] for line in _work_lines(each)],
        "考核设计": [line for each in plain["designs"] for line in _design_lines(each)],
        "任务与评分": [line for each in plain["tasks"] for line in _task_lines(each)],
        "等级对应": [(each["face"], each["counts_as"]) for each in plain["crosswalk"]],
    }


def _facts(head: Plain) -> Iterator[tuple[str, Any]]:
    names = ("类别", "名称", "职业名称", "职业编码", "版本", "依据", "所依据的国家标准", "相关职业", "职业方向", "等级")
    keys = ("kind", "title", "occupation", "code", "edition", "source", "based_on", "related", "directions", "levels")
    return ((name, head[key]) for name, key in zip(names, keys, strict=True) if head[key])


def _joined(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)


def _work_lines(table: Plain) -> Iterator[Line]:
    for function in table["functions"]:
        for content in function["contents"]:
            where = " ".join(filter(None, (table["face"], table["direction"], content["code"], content["name"])))
            for each in content["skills"]:
                yield f"{where} 技能要求", ("★" if each["key"] else "") + each["text"]
            for each in content["knowledge"]:
                yield f"{where} 相关知识要求", each["text"]


def _design_lines(design: Plain) -> Iterator[Line]:
    for part in design["parts"]:
        told = _t("{methods}，{n} 分钟，满分 {marks}，{least} 分合格").format(
            methods=_joined(part["methods"]), n=part["minutes"], marks=part["marks"], least=part["pass_mark"]
        )
        yield f"{design['face']} {part['name']}", told
    yield f"{design['face']} 考评员人数", str(design["evaluators"])
    yield f"{design['face']} 考评员与考生之比", f"1∶{design['evaluator_ratio']}"
    if design["invigilator_ratio"]:
        yield f"{design['face']} 监考人员与考生之比", f"1∶{design['invigilator_ratio']}"
    if design["committee"]:
        yield f"{design['face']} 综合评审委员人数", str(design["committee"])


def _task_lines(task: Plain) -> Iterator[Line]:
    where = " ".join(filter(None, (task["face"], task["direction"], f"《{task['title']}》")))
    yield where, _t("{n} 分钟").format(n=task["minutes"])
    for each in task["aspects"]:
        yield f"{where} {each['code']}", f"{each['name']} {each['marks'] or each['kind']} {each['descriptor']}"


def side_by_side(old: list[Line], new: list[Line]) -> Iterator[Plain]:
    """The lines of two versions beside each other; what both have stands in one row, unmarked."""
    for act, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            yield from (_same(line) for line in old[first:last])
            continue
        gone, come = old[first:last], new[start:end]
        for at in range(max(len(gone), len(come))):
            yield _differing(gone[at] if at < len(gone) else None, come[at] if at < len(come) else None)


def _told_once(rows: Iterable[Plain]) -> list[Plain]:
    """Rows of one place in a row name it once."""
    found: list[Plain] = []
    last = ""
    for row in rows:
        found.append({**row, "name": "" if row["name"] == last else row["name"]})
        last = row["name"]
    return found


def _same(line: Line) -> Plain:
    run = [Run(line[1], False)]
    return {"kind": "", "name": line[0], "before": run, "after": run}


def _differing(gone: Line | None, come: Line | None) -> Plain:
    if gone and come and gone[0] == come[0]:
        before, after = marks(gone[1], come[1])
        return {"kind": "changed", "name": come[0], "before": before, "after": after}
    name = " → ".join(dict.fromkeys(line[0] for line in (gone, come) if line))
    kind = "changed" if gone and come else "removed" if gone else "added"
    before, after = ([Run(line[1], True)] if line else [] for line in (gone, come))
    return {"kind": kind, "name": name, "before": before, "after": after}
