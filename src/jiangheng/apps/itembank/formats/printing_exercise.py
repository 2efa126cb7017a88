"""Practical papers as PDF: preparation notice, task, score sheet (K14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiangheng.kernel.typeset import Typesetter

from .printing import ORDINALS, Handed, typeset_documents
from .printing_rich import Pictures

NOTICE = {
    "equipment": "设备设施",
    "materials": "材料",
    "tools": "工具、量具和劳动防护用品",
    "site": "场地要求",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedExercise:
    """What the three documents of a practical paper share; ``notice`` as models.practice keeps it."""

    occupation: str
    code: str
    title: str
    minutes: int
    digest: str
    notice: Mapping[str, Sequence[str]]


def notice_pdf(setter: Typesetter, exercise: PrintedExercise, *, handed: Handed) -> bytes:
    """What a site must have ready. Holds nothing of the task."""
    groups = [(label, exercise.notice.get(name, ())) for name, label in NOTICE.items()]
    sections = [
        {"title": f"{ORDINALS[place]}、{label}", "lines": list(lines)}
        for place, (label, lines) in enumerate((label, lines) for label, lines in groups if lines)
    ]
    # the digest of the sealed part would tell that it changed; the notice goes without
    document = {**_head(exercise, "notice", "考核准备通知单"), "digest": "", "sections": sections}
    return _printed(setter, document, exercise, handed=handed)


def task_pdf(setter: Typesetter, exercise: PrintedExercise, *, task: str, handed: Handed) -> bytes:
    """The task as candidates get it."""
    pictures = Pictures({})
    document = {**_head(exercise, "task", "考核试卷"), "task": pictures.markup(task)}
    return _printed(setter, document, exercise, handed=handed)


def score_pdf(
    setter: Typesetter, exercise: PrintedExercise, *, lines: Sequence[Mapping[str, str]], handed: Handed
) -> bytes:
    """The sheet an evaluator fills in for one candidate."""
    document = {
        **_head(exercise, "score", "评分记录表"),
        "lines": [dict(line) for line in lines if line["kind"] != "veto"],
        "vetoes": [line["text"] for line in lines if line["kind"] == "veto"],
    }
    return _printed(setter, document, exercise, handed=handed)


def _head(exercise: PrintedExercise, kind: str, name: str) -> dict[str, Any]:
    return {
        "kind": kind, "name": name, "occupation": exercise.occupation, "code": exercise.code, "title": exercise.title,
        "minutes": str(exercise.minutes), "digest": exercise.digest,
    }  # fmt: skip


def _printed(setter: Typesetter, document: Mapping[str, Any], exercise: PrintedExercise, *, handed: Handed) -> bytes:
    title = f"{exercise.title} {document['name']}"
    return typeset_documents(setter, [document], Pictures({}), title=title, handed=handed)
