"""Practical papers: what a new one begins with, how a written one is typed again, who looked at it (K14)."""

from __future__ import annotations

from typing import Any

from jiangheng.apps.standards import queries as standards
from jiangheng.core.exam import rich_typed
from jiangheng.core.law.standard_data import AspectData, TaskSheet

from ..models import Bank, Exercise, Look

JUDGED = "评判"
"""What a typed line ends with when evaluators judge it; without a word it is measured."""


def proposal(bank: Bank) -> dict[str, Any]:
    """What the standard's own practical task of that level gives for a new paper; empty where there is none."""
    task = _standard_task(bank)
    if task is None:
        return {}
    return {
        "title": task.title,
        "minutes": task.minutes,
        "lines": "\n".join(_typed_aspect(each) for each in task.aspects if each.kind != "veto"),
        "vetoes": "\n".join(each.name for each in task.aspects if each.kind == "veto"),
    }


def _standard_task(bank: Bank) -> TaskSheet | None:
    standard = standards.in_force(bank.occupation)
    if standard is None:
        return None
    return next(iter(standards.content(standard).tasks_of(bank.level, direction=bank.direction)), None)


def _typed_aspect(aspect: AspectData) -> str:
    said = f"{aspect.name}：{aspect.descriptor}" if aspect.descriptor else aspect.name
    return typed_line({"text": said.replace("|", "，"), "marks": f"{aspect.marks:f}", "kind": aspect.kind})


def typed_line(line: dict[str, str]) -> str:
    """A line of the score sheet as a writer types it."""
    said = f"{line['text']} | {line['marks']}" if line["marks"] else line["text"]
    return f"{said} | {JUDGED}" if line["kind"] == "judged" else said


def as_typed(exercise: Exercise, content: dict[str, Any]) -> dict[str, Any]:
    """A paper as its writer typed it; typing it again gives the same paper."""
    lines = content["lines"]
    return {
        **{name: "\n".join(exercise.notice.get(name, ())) for name, _label in Exercise.NOTICE},
        "task": rich_typed.typed(content["task"]),
        "lines": "\n".join(typed_line(line) for line in lines if line["kind"] != "veto"),
        "vetoes": "\n".join(line["text"] for line in lines if line["kind"] == "veto"),
    }


def looks_at(exercise: Exercise) -> list[Look]:
    """Who was shown the task or the score sheet, latest first."""
    return list(exercise.looks.order_by("-at")[:200])
