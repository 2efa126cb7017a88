"""Theory papers, answer sheets and keys as PDF, for places without computers (K13).

Every page says who handed it out and when, and carries the paper's digest. What is printed on a paper and on an answer
sheet is an allow-list, as `core.exam.items.face` is: right answers reach the key alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jiangheng.core.exam.blueprint import Blueprint
from jiangheng.core.exam.items import KINDS, Item, units
from jiangheng.core.law.calendar import CHINA
from jiangheng.kernel.typeset import Typesetter

from .found import Media
from .printing_rich import Pictures

DOCUMENTS = Path(__file__).parents[1] / "documents"
PARTS = ("printed", "paper", "answers", "key", "exercise", "all")
SHEETS = ("a4", "a3")
TICKET_DIGITS = 18
"""Digits of an admission ticket's number (core.trust.certno)."""
ORDINALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
LABELS = {"title": "试卷名称", "stem": "题干", "text": "选项", "watermark": "水印", "place": "考场"}
NOTES = {
    "single": "每题只有一个正确答案",
    "multiple": "每题有两个或两个以上正确答案，多选、少选、错选均不得分",
    "judgement": "正确的选 A，错误的选 B",
    "fill": "把答案写在答题卡对应的横线上",
    "numeric": "只写数值，单位已经给出",
    "matching": "把左列字母与右列数字配对",
    "ordering": "按正确顺序写出各步骤的字母",
    "hotspot": "在题图上用“×”标出所问的位置",
}
RULED = {"short": 6, "calculation": 10, "essay": 22}
"""How many ruled lines an answer sheet gives an open question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Who hands a document out, when, and whether this is the demonstration."""

    by: str
    at: dt.datetime
    demo: bool = False

    @property
    def watermark(self) -> str:
        """``张三 2026-11-23 14:30`` in China's time."""
        return f"{self.by} {self.at.astimezone(CHINA):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A theory paper to be printed. ``items`` in the paper's order; ``media`` the bank's pictures by digest."""

    title: str
    form: str
    digest: str
    blueprint: Blueprint
    items: tuple[Item, ...]
    media: Mapping[str, Media]
    label: str = ""

    @property
    def known_as(self) -> str:
        """How a distribution list names the form, where papers of several levels lie together."""
        return self.label or self.form


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One line of a session's distribution list."""

    seat: str
    name: str
    ticket: str
    form: str


def paper_pdf(setter: Typesetter, paper: Printed, *, handed: Handed, sheet: str = "a4") -> bytes:
    """The paper candidates read. ``sheet``: a4, or a3 with two columns to fold. ValueError for another sheet."""
    pictures = Pictures(paper.media)
    return typeset_documents(setter, [_paper(paper, pictures, sheet=sheet)], pictures, title=paper.title, handed=handed)


def answers_pdf(setter: Typesetter, paper: Printed, *, handed: Handed) -> bytes:
    """The answer sheet of a paper, to be filled by hand or read by a machine."""
    pictures = Pictures(paper.media)
    title = f"{paper.title} 答题卡"
    return typeset_documents(setter, [_answers(paper, pictures)], pictures, title=title, handed=handed)


def key_pdf(setter: Typesetter, paper: Printed, *, handed: Handed) -> bytes:
    """Right answers and marking lines."""
    pictures = Pictures(paper.media)
    return typeset_documents(setter, [_key(paper, pictures)], pictures, title=f"{paper.title} 参考答案", handed=handed)


def session_pdf(
    setter: Typesetter, papers: Sequence[Printed], seats: Sequence[Seat], *, place: str, when: str, handed: Handed,
    sheet: str = "a4", reason: str = "", spare: int = 0,
) -> bytes:  # fmt: skip
    """What one exam room needs: who gets which form, then each form with its sheet. ValueError without papers."""
    if not papers:
        raise ValueError("there is no paper to print")
    pictures = Pictures({digest: media for paper in papers for digest, media in paper.media.items()})
    count = {paper.known_as: sum(seat.form == paper.known_as for seat in seats) for paper in papers}
    cover = {
        "kind": "cover", "title": "；".join(dict.fromkeys(paper.title for paper in papers)), "place": place,
        "when": when, "reason": reason,
        "forms": [
            {
                "form": each.known_as, "digest": each.digest,
                "count": f"{count[each.known_as]}" + (f"（另备用 {spare}）" if spare else ""),
            }
            for each in papers
        ],
        "seats": [{"seat": each.seat, "name": each.name, "ticket": each.ticket, "form": each.form} for each in seats],
    }  # fmt: skip
    documents: list[dict[str, Any]] = [cover]
    for paper in papers:
        documents += [_paper(paper, pictures, sheet=sheet), _answers(paper, pictures)]
    return typeset_documents(setter, documents, pictures, title=f"{papers[0].title} {place}", handed=handed)


def typeset_documents(
    setter: Typesetter, documents: Sequence[Mapping[str, Any]], pictures: Pictures, *, title: str, handed: Handed
) -> bytes:
    data = {
        "title": title, "watermark": handed.watermark, "demo": handed.demo, "documents": list(documents),
    }  # fmt: skip
    source = "\n".join((DOCUMENTS / f"{part}.typ").read_text("utf-8") for part in PARTS)
    day = handed.at.astimezone(CHINA).date()
    return setter.typeset(source, data=data, images=pictures.named, dated=day, labels=LABELS)


def in_words(marks: Decimal) -> str:
    """Marks without needless zeros: 1, 0.5, 20."""
    return f"{marks.normalize():f}"


@dataclass(frozen=True, slots=True)
class _Section:
    ordinal: str
    kind: str
    marks: Decimal
    items: tuple[tuple[int, Item], ...]

    @property
    def title(self) -> str:
        first, last = self.items[0][0], self.items[-1][0]
        span = f"第 {first} 题" if first == last else f"第 {first}–{last} 题"
        each = "" if first == last else f"每题 {in_words(self.marks)} 分，"
        note = f"。{NOTES[self.kind]}" if self.kind in NOTES else ""
        name = KINDS[self.kind].name
        return f"{self.ordinal}、{name}（{span}，{each}共 {in_words(self.marks * len(self.items))} 分{note}）"


def _sections(paper: Printed) -> list[_Section]:
    """The kinds of the blueprint that the paper has, numbered through."""
    found: list[_Section] = []
    number = 0
    for row in paper.blueprint.kinds:
        numbered = []
        for item in paper.items:
            if item.kind == row.kind:
                number += 1
                numbered.append((number, item))
        if numbered:
            found.append(_Section(ORDINALS[len(found)], row.kind, row.marks, tuple(numbered)))
    return found


def _head(paper: Printed, kind: str) -> dict[str, Any]:
    sections = _sections(paper)
    return {
        "kind": kind, "title": paper.title, "form": paper.form, "digest": paper.digest,
        "minutes": str(paper.blueprint.minutes), "total": in_words(paper.blueprint.total),
        "pass_mark": in_words(paper.blueprint.pass_mark),
        "kinds": [
            {"ordinal": each.ordinal, "marks": in_words(each.marks * len(each.items))} for each in sections
        ],
    }  # fmt: skip


def _paper(paper: Printed, pictures: Pictures, *, sheet: str) -> dict[str, Any]:
    if sheet not in SHEETS:
        raise ValueError(f"there is no sheet {sheet!r}")
    sections = [
        {
            "title": section.title,
            "items": [_shown(item, str(number), pictures, marks=section.marks) for number, item in section.items],
        }
        for section in _sections(paper)
    ]
    return {**_head(paper, "paper"), "sheet": sheet, "sections": sections}


def _shown(item: Item, number: str, pictures: Pictures, *, marks: Decimal) -> dict[str, Any]:
    """An item as a candidate may see it."""
    return {
        "number": number, "kind": item.kind, "stem": pictures.markup(item.stem), "unit": item.unit,
        "options": [
            {"key": each.key, "text": pictures.markup(each.text)} for each in item.options if item.kind != "judgement"
        ],
        "targets": [{"key": each.key, "text": pictures.markup(each.text)} for each in item.targets],
        "picture": pictures.name_of(item.picture),
        "parts": [
            {**_shown(part, f"（{place}）", pictures, marks=marks), "worth": in_words(marks * part.share / 100)}
            for place, part in enumerate(item.parts, start=1)
        ],
    }  # fmt: skip


def _answers(paper: Printed, pictures: Pictures) -> dict[str, Any]:
    sections = []
    for section in _sections(paper):
        asked = [
            _asked(unit, f"{number}（{place}）" if item.kind == "case" else str(number), pictures)
            for number, item in section.items
            for place, unit in enumerate(units(item), start=1)
        ]
        bubbles = [each for each in asked if each["how"] == "keys"]
        lines = [each for each in asked if each["how"] != "keys"]
        title = section.title.partition("（")[0]
        sections.append({"title": title, "bubbles": bubbles, "lines": lines})
    return {**_head(paper, "answers"), "sections": sections, "digits": TICKET_DIGITS}


def _asked(item: Item, number: str, pictures: Pictures) -> dict[str, Any]:
    """What room an answer needs; nothing of the answer."""
    return {
        "number": number, "how": KINDS[item.kind].answered, "keys": [each.key for each in item.options],
        "blanks": _room(item), "unit": item.unit, "ruled": RULED.get(item.kind, 0),
        "picture": pictures.name_of(item.picture),
    }  # fmt: skip


def _room(item: Item) -> int:
    how = KINDS[item.kind].answered
    if how == "texts":
        # as many as the stem asks for, which the stem shows anyway
        return len(item.answer)
    return len(item.options) if how in ("pairs", "order") else 1


def _key(paper: Printed, pictures: Pictures) -> dict[str, Any]:
    sections = []
    for section in _sections(paper):
        rows = [
            _right(unit, f"{number}（{place}）" if item.kind == "case" else str(number), pictures,
                   marks=section.marks * unit.share / 100 if item.kind == "case" else section.marks)
            for number, item in section.items
            for place, unit in enumerate(units(item), start=1)
        ]  # fmt: skip
        sections.append(
            {
                "title": section.title.partition("。")[0].rstrip("）") + "）",
                "letters": [each for each in rows if each["letters"]],
                "rows": [each for each in rows if not each["letters"]],
            }
        )
    return {**_head(paper, "key"), "sections": sections}


def _right(item: Item, number: str, pictures: Pictures, *, marks: Decimal) -> dict[str, Any]:
    how = KINDS[item.kind].answered
    return {
        "number": number, "marks": in_words(marks), "letters": "".join(item.answer) if how == "keys" else "",
        "answer": "" if how == "keys" else _said(item),
        "picture": pictures.marked(item.picture, [area for area in item.areas if area.key in item.answer]),
        "reference": pictures.markup(item.reference),
        "rubric": [
            {"text": pictures.markup(line.text), "marks": in_words(marks * line.share / 100)} for line in item.rubric
        ],
    }  # fmt: skip


def _said(item: Item) -> str:
    how = KINDS[item.kind].answered
    if how == "texts":
        return "；".join(f"{place}. {each.replace('|', ' 或 ')}" for place, each in enumerate(item.answer, start=1))
    if how == "pairs":
        return "，".join(f"{token[:1]}–{token[1:]}" for token in item.answer)
    if how == "order":
        return " → ".join(item.answer)
    if how == "points":
        return "见题图中框出的位置"
    said = " ".join(item.answer)
    said = f"{said} {item.unit}" if said and item.unit else said
    return f"{said}（允许误差 ±{item.tolerance}）" if item.tolerance else said
