"""A standard arranged for a reader, chapter by chapter as printed standards have it (clause K3).

Page and paper are drawn from the same plain data. ``say`` puts the words of the platform (levels, parts, kinds) into
a language; the words of the standard itself stay as they were enacted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from jiangheng.core.law.levels import level
from jiangheng.core.law.standard_data import (
    ASPECT_KINDS,
    BASIC_KNOWLEDGE,
    ETHICS,
    KINDS,
    METHODS,
    PARTS,
    Function,
    StandardData,
    TaskSheet,
    WeightTable,
    WorkContent,
)

Say = Callable[[str], str]
Plain = dict[str, Any]

PROFILE = {
    "definition": "职业定义",
    "environment": "职业环境条件",
    "abilities": "职业能力特征",
    "education": "普通受教育程度",
    "venues": "场所设备要求",
}


def number(value: Decimal) -> str:
    """A weight or mark without needless zeros."""
    return f"{value.normalize():f}"


def reading(data: StandardData, *, say: Say) -> Plain:
    """The whole standard."""
    return {
        "head": _head(data, say),
        "profile": _profile(data, say),
        "basics": _basics(data),
        "conditions": _conditions(data, say),
        "work": _work(data, say),
        "weights": [weights for part in PARTS if (weights := matrix(data, part, say=say))],
        "designs": _designs(data, say),
        "tasks": _tasks(data, say),
        "crosswalk": _crosswalk(data, say),
    }


def _head(data: StandardData, say: Say) -> Plain:
    return {
        "kind": say(KINDS[data.kind]),
        "title": data.title,
        "occupation": data.occupation,
        "code": data.code,
        "edition": data.edition,
        "source": data.source,
        "based_on": data.based_on,
        "related": list(data.related),
        "directions": list(data.directions),
        "levels": [say(level(code).face) for code in data.levels],
    }


def _profile(data: StandardData, say: Say) -> Plain:
    told = [(say(label), getattr(data.profile, name)) for name, label in PROFILE.items()]
    return {
        "rows": [{"label": label, "text": text} for label, text in told if text],
        "training": [{"face": say(level(code).face), "hours": hours} for code, hours in data.profile.training],
    }


def _basics(data: StandardData) -> Plain:
    return {
        "ethics": list(data.basics.ethics),
        "knowledge": [{"topic": each.topic, "points": list(each.points)} for each in data.basics.knowledge],
    }


def _conditions(data: StandardData, say: Say) -> list[Plain]:
    return [
        {
            "level": code,
            "face": say(level(code).face),
            "rows": [
                {"seq": each.seq, "text": each.text, "source": each.source, "clause": each.clause}
                for each in data.conditions
                if each.level == code
            ],
        }
        for code in data.levels
    ]


def _work(data: StandardData, say: Say) -> list[Plain]:
    """One table a level, or one a level and direction where the functions differ by direction."""
    tables = []
    for code in data.levels:
        own = [each for each in data.functions if each.level == code]
        for direction in dict.fromkeys(each.direction for each in own):
            functions = [_function(each) for each in own if each.direction == direction]
            table = {"level": code, "face": say(level(code).face), "direction": direction, "functions": functions}
            tables.append(table)
    return tables


def _function(function: Function) -> Plain:
    return {
        "code": function.code,
        "name": function.name,
        "contents": [_content(each) for each in function.contents],
    }


def _content(content: WorkContent) -> Plain:
    return {
        "code": content.code,
        "name": content.name,
        "skills": [{"number": told, "text": text, "key": key} for told, text, key in content.numbered()],
        "knowledge": [
            {"number": f"{content.code}.{place}", "text": text} for place, text in enumerate(content.knowledge, start=1)
        ],
    }


def matrix(data: StandardData, part: str, *, say: Say) -> Plain | None:
    """The weight tables of one part as one table: levels and directions across, functions down, sums below."""
    columns = [each for each in data.weights if each.part == part]
    if not columns:
        return None
    given = [{row.name: row.weight for row in column.rows} for column in columns]
    return {
        "part": say(PARTS[part]),
        "levels": _spans(columns, say),
        "directions": [each.direction for each in columns] if any(each.direction for each in columns) else [],
        "rows": [
            {
                "name": say(name) if name in (ETHICS, BASIC_KNOWLEDGE) else name,
                "basic": name in (ETHICS, BASIC_KNOWLEDGE),
                "cells": [number(cell) if (cell := column.get(name)) is not None else "" for column in given],
            }
            for name in names_down(given)
        ],
        "sums": [number(sum(column.values(), Decimal())) for column in given],
    }


def names_down(columns: Iterable[dict[str, Decimal]]) -> list[str]:
    """The names of the rows, the two basic requirements first, then in the order in which the columns bring them."""
    names = dict.fromkeys(name for column in columns for name in column)
    first = [name for name in (ETHICS, BASIC_KNOWLEDGE) if name in names]
    return [*first, *(name for name in names if name not in first)]


def _spans(columns: list[WeightTable], say: Say) -> list[Plain]:
    codes = [each.level for each in columns]
    return [{"face": say(level(code).face), "span": codes.count(code)} for code in dict.fromkeys(codes)]


def _designs(data: StandardData, say: Say) -> list[Plain]:
    return [
        {
            "face": say(level(each.level).face),
            "parts": [
                {
                    "name": say(PARTS[part.kind]),
                    "methods": [say(METHODS[method]) for method in part.methods],
                    "minutes": part.minutes,
                    "marks": part.marks,
                    "pass_mark": part.pass_mark,
                }
                for part in each.parts
            ],
            "evaluators": each.evaluators,
            "evaluator_ratio": each.evaluator_ratio,
            "invigilator_ratio": each.invigilator_ratio if each.has("theory") else 0,
            "committee": each.committee,
        }
        for each in data.designs
    ]


def _tasks(data: StandardData, say: Say) -> list[Plain]:
    return [_task(each, say) for each in data.tasks]


def _task(task: TaskSheet, say: Say) -> Plain:
    return {
        "level": task.level,
        "face": say(level(task.level).face),
        "part": say(PARTS[task.part]),
        "direction": task.direction,
        "title": task.title,
        "minutes": task.minutes,
        "aspects": [
            {
                "code": each.code,
                "name": each.name,
                "kind": say(ASPECT_KINDS[each.kind]),
                "veto": each.kind == "veto",
                "marks": "" if each.kind == "veto" else number(each.marks),
                "descriptor": each.descriptor,
            }
            for each in task.aspects
        ],
        "sum": number(sum((each.marks for each in task.aspects), Decimal())),
    }


def _crosswalk(data: StandardData, say: Say) -> list[Plain]:
    none = "不对应国家等级"
    return [
        {
            "face": say(level(each.level).face),
            "counts_as": say(level(each.counts_as).face if each.counts_as else none),
        }
        for each in data.crosswalk
    ]
