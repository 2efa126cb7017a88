"""A standard as a printed book: title page, contents, every chapter, A4 (clauses K3, W10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from jiangheng.core.law.standard_data import StandardData
from jiangheng.kernel.typeset import Typesetter

from .reading import reading

TEMPLATE = Path(__file__).parents[1] / "documents" / "standard.typ"

LABELS = {
    "title": "标准名称",
    "text": "条文",
    "name": "名称",
    "topic": "基础知识",
    "descriptor": "评分标准",
    "direction": "工种/职业方向",
    "source": "依据",
    "edition": "版本",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What stands on the title page beside the text. ``dated`` is the document's day; ``draft`` marks every page."""

    dated: dt.date
    draft: bool = False
    number: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    demo: bool = False


def day(value: dt.date | None) -> str:
    """2026年11月23日, or an empty text."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def standard_pdf(setter: Typesetter, data: StandardData, *, imprint: Imprint) -> bytes:
    """The PDF; CannotPrint names the text in which a character stands that cannot be set truly."""
    given = {
        **reading(data, say=str),
        "title": data.title,
        "draft": imprint.draft,
        "number": imprint.number,
        "valid_from": day(imprint.valid_from),
        "valid_to": day(imprint.valid_to),
        "demo": imprint.demo,
    }
    return setter.typeset(TEMPLATE, data=given, images={}, dated=imprint.dated, labels=LABELS)
