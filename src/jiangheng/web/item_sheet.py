"""An item on the editor's sheet: what is typed in which field, and the item it makes (clauses K7-K9).

The sheet is all the editor remembers: it comes back with every post and is drawn again, so nothing typed is lost.
Texts are typed (`core.exam.rich_typed`); options, pairs and steps are rows; a case has a body for each of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from jiangheng.core.exam import items, rich_typed
from jiangheng.core.exam.items import KINDS, LETTERS, Area, Item, Option, RubricLine

FIRST_ROWS = {"keys": 4, "texts": 1, "pairs": 4, "order": 4, "points": 1, "open": 2}
MOST_ROWS = {"keys": 8, "texts": 10, "pairs": 8, "order": 8, "points": 26, "open": 20}
KEPT = ("difficulty", "seconds", "source", "point", "range_code", "importance")
MOST_EXTRA, MOST_PARTS, MOST_PICTURES = 4, 5, 12
PART_KINDS = tuple(kind for kind in KINDS if kind != "case")
SHAPES = ("rect", "circle", "poly")
_PART = re.compile(r"^第 (\d) 小题：")
# where on the sheet a sentence about the item belongs, by the words it has; the first that fits
_PLACES = (
    ("题号", "code"), ("编号", "code"), ("鉴定点", "point"), ("难度", "difficulty"), ("作答时间", "seconds"),
    ("互斥", "enemies"), ("题干", "stem"), ("评分要点", "rows"), ("参考答案", "reference"), ("误差", "tolerance"),
    ("单位", "unit"), ("最后得数", "answer"), ("不是一个数", "answer"), ("小题", "parts"), ("图片", "picture"),
    ("解析", "explanation"), ("选项", "rows"), ("右栏", "rows"), ("步骤", "rows"), ("区域", "rows"), ("答案", "rows"),
)  # fmt: skip

Posted = Any


@dataclass
class Row:
    """One option, blank, pair, step, area or rubric line. ``other``: what stands beside the text, by kind."""

    number: int
    text: str = ""
    right: bool = False
    other: str = ""

    @property
    def letter(self) -> str:
        return chr(ord("A") + self.number - 1)

    @property
    def empty(self) -> bool:
        return not (self.text.strip() or self.right or (self.other.strip() and self.other not in SHAPES))


@dataclass
class Body:
    """What is asked and what is right: of an item, or of a part of a case (``prefix`` "p1-")."""

    kind: str
    prefix: str = ""
    number: int = 0
    stem: str = ""
    rows: list[Row] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    answer: str = ""
    tolerance: str = ""
    unit: str = ""
    picture: str = ""
    reference: str = ""
    explanation: str = ""
    share: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    """What a part has that nobody types for a part: it goes through the sheet as it is."""
    wrong: dict[str, list[str]] = field(default_factory=dict)

    @property
    def answered(self) -> str:
        return KINDS[self.kind].answered

    @property
    def judged(self) -> str:
        """Of a judgement, the letter that is right."""
        return next((row.letter for row in self.rows if row.right), "")

    @property
    def may_grow(self) -> bool:
        return self.kind != "judgement" and len(self.rows) < MOST_ROWS.get(self.answered, 0)

    def grow(self) -> None:
        """One row more; of a fill at least as many as its stem has blanks."""
        wanted = max(len(self.rows) + 1, items.blanks(self.stem) if self.answered == "texts" else 0)
        most = MOST_ROWS.get(self.answered, 0)
        self.rows += [Row(number) for number in range(len(self.rows) + 1, min(wanted, most) + 1)]


@dataclass
class Sheet:
    """The whole sheet. ``pictures``: digests of the pictures that texts may name as 图1, 图2."""

    body: Body
    code: str = ""
    point: str = ""
    difficulty: str = "3"
    source: str = ""
    seconds: str = ""
    enemies: str = ""
    pictures: list[str] = field(default_factory=list)
    parts: list[Body] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.body.kind

    def bodies(self) -> Iterator[Body]:
        """The item's own body, then its parts."""
        yield self.body
        yield from self.parts

    def blame(self, sentences: Iterable[str]) -> None:
        """Put each sentence at its field as well as at the top."""
        for sentence in sentences:
            told = sentence.partition("：")[2] if sentence.startswith("试题 ") else sentence
            part = _PART.match(told)
            at = self.parts[int(part[1]) - 1] if part and int(part[1]) <= len(self.parts) else self.body
            told = told[part.end() :] if part else told
            place = next((name for words, name in _PLACES if words in told), "stem")
            at.wrong.setdefault(place, []).append(told)
            self.wrong.append(sentence)


def blank(kind: str, *, code: str = "") -> Sheet:
    """An empty sheet for an item of that kind."""
    sheet = Sheet(_blank_body(kind), code=code)
    if kind == "case":
        sheet.parts = [_blank_body("single", number=number) for number in (1, 2)]
        for part in sheet.parts:
            part.share = "50"
    return sheet


def _blank_body(kind: str, *, number: int = 0) -> Body:
    body = Body(kind, f"p{number}-" if number else "", number)
    count = 2 if kind == "judgement" else FIRST_ROWS.get(body.answered, 0)
    body.rows = [Row(place) for place in range(1, count + 1)]
    return body


# ---- a stored item on the sheet ----


def of_item(item: Item, *, pictures: Iterable[str]) -> Sheet:
    """A stored item as it would be typed."""
    shown = sorted(pictures)
    sheet = Sheet(
        _body_of(item, shown), item.code, item.point, str(item.difficulty), item.source, str(item.seconds or ""),
        " ".join(item.enemies), shown,
    )  # fmt: skip
    sheet.parts = [_body_of(part, shown, number=number) for number, part in enumerate(item.parts, start=1)]
    return sheet


def _body_of(item: Item, pictures: list[str], *, number: int = 0) -> Body:
    def typed(text: str) -> str:
        return rich_typed.typed(text, pictures=pictures)

    body = Body(item.kind, f"p{number}-" if number else "", number, typed(item.stem))
    body.tolerance, body.unit, body.share = item.tolerance, item.unit, str(item.share or "")
    body.reference, body.explanation = typed(item.reference), typed(item.explanation)
    body.kept = {name: str(getattr(item, name)) for name in KEPT} if number else {}
    body.answer = item.answer[0] if body.answered in ("number", "open") and item.answer else ""
    texts = {option.key: typed(option.text) for option in item.options}
    if body.answered == "keys":
        body.rows = [Row(n, texts[key], key in item.answer) for n, key in enumerate(item.keys, start=1)]
    elif body.answered == "texts":
        body.rows = [Row(n, text) for n, text in enumerate(item.answer, start=1)]
    elif body.answered == "order":
        body.rows = [Row(n, texts[key]) for n, key in enumerate(item.answer, start=1)]
    elif body.answered == "pairs":
        targets = {target.key: typed(target.text) for target in item.targets}
        used = {token[:1]: token[1:] for token in item.answer}
        body.rows = [
            Row(n, texts[key], other=targets.get(used.get(key, ""), "")) for n, key in enumerate(item.keys, start=1)
        ]
        body.extra = [text for key, text in targets.items() if key not in used.values()]
    elif body.answered == "points":
        body.picture = str(pictures.index(item.picture) + 1) if item.picture in pictures else ""
        body.rows = [
            Row(n, " ".join(map(str, area.coords)), area.key in item.answer, area.shape)
            for n, area in enumerate(item.areas, start=1)
        ]
    elif body.answered == "open":
        body.rows = [Row(n, typed(line.text), other=str(line.share)) for n, line in enumerate(item.rubric, start=1)]
    return body


# ---- a posted sheet ----


def posted(given: Posted, *, kind: str) -> Sheet:
    """The sheet as it was sent; whatever is missing is empty."""
    sheet = Sheet(_posted_body(given, kind), pictures=given.getlist("pictures")[:MOST_PICTURES])
    for name in ("code", "point", "difficulty", "source", "seconds", "enemies"):
        setattr(sheet, name, given.get(name, "").strip())
    if kind == "case":
        numbers = [number for number in range(1, MOST_PARTS + 1) if f"p{number}-kind" in given]
        for place, number in enumerate(numbers, start=1):
            asked = given[f"p{number}-kind"]
            part = _posted_body(given, asked if asked in PART_KINDS else "single", number=number)
            part.prefix, part.number = f"p{place}-", place
            sheet.parts.append(part)
    return sheet


def _posted_body(given: Posted, kind: str, *, number: int = 0) -> Body:
    prefix = f"p{number}-" if number else ""
    body = Body(kind, prefix, number)
    for name in ("stem", "answer", "tolerance", "unit", "picture", "reference", "explanation", "share"):
        setattr(body, name, given.get(f"{prefix}{name}", "").replace("\r\n", "\n"))
    body.kept = {name: given[f"{prefix}{name}"] for name in KEPT if number and f"{prefix}{name}" in given}
    most = 2 if kind == "judgement" else MOST_ROWS.get(body.answered, 0)
    right = given.getlist(f"{prefix}right")
    count = max([n for n in range(1, most + 1) if f"{prefix}row-{n}" in given], default=0)
    if kind == "judgement":
        count = 2
    body.rows = [
        Row(n, given.get(f"{prefix}row-{n}", "").replace("\r\n", "\n"), str(n) in right,
            given.get(f"{prefix}other-{n}", ""))
        for n in range(1, count + 1)
    ]  # fmt: skip
    body.extra = [text for text in given.getlist(f"{prefix}extra")[:MOST_EXTRA] if text.strip()]
    return body


def changed(sheet: Sheet, act: str) -> None:
    """What a button of the sheet asks: "row:p1-" a row more, "part" a part more, "drop:2" a part less, "kind:2"."""
    what, _colon, of = act.partition(":")
    if what == "row":
        for body in sheet.bodies():
            if body.prefix == of:
                body.grow()
    elif what == "part" and sheet.kind == "case" and len(sheet.parts) < MOST_PARTS:
        sheet.parts.append(_blank_body("single", number=len(sheet.parts) + 1))
    elif what == "drop" and of.isdecimal() and len(sheet.parts) > 1:
        sheet.parts = [part for part in sheet.parts if part.number != int(of)]
        for place, part in enumerate(sheet.parts, start=1):
            part.prefix, part.number = f"p{place}-", place
    for body in sheet.bodies():
        # a part whose kind was just changed has no rows of its new kind yet
        if not body.rows:
            body.rows = _blank_body(body.kind).rows


# ---- the item a sheet makes ----


@dataclass(frozen=True)
class Made:
    """The item; what was taken out of its texts; what cannot even be read as an item's field, by field."""

    item: Item
    said: tuple[str, ...]
    faults: tuple[tuple[Body, str, str], ...]


class _Making:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.said: list[str] = []
        self.faults: list[tuple[Body, str, str]] = []

    def rich(self, text: str, label: str) -> str:
        cleaned = rich_typed.from_typed(text, pictures=self.sheet.pictures)
        self.said += [_("{field}：{what}").format(field=label, what=each) for each in cleaned.dropped]
        return cleaned.text

    def number(self, body: Body, name: str, text: str, label: str) -> int:
        if not text.strip():
            return 0
        if not re.fullmatch(r"\d{1,5}", text.strip(), re.ASCII):
            self.faults.append((body, name, _("{field}“{text}”不是整数，请改正").format(field=label, text=text[:20])))
            return 0
        return int(text)

    def item(self, body: Body, *, code: str) -> Item:
        made = Item(
            code, body.kind, self.rich(body.stem, _("题干")), explanation=self.rich(body.explanation, _("解析")),
            share=self.number(body, "share", body.share, _("占比")) if body.number else 0,
        )  # fmt: skip
        if body.kept:
            made = self._with_kept(made, body)
        rows = [row for row in body.rows if not row.empty]
        return {
            "keys": self._keys, "texts": self._texts, "number": self._number, "pairs": self._pairs,
            "order": self._order, "points": self._points, "open": self._open, "parts": self._parts,
        }[body.answered](made, body, rows)  # fmt: skip

    def _with_kept(self, made: Item, body: Body) -> Item:
        kept = body.kept
        return replace(
            made, source=kept.get("source", ""), point=kept.get("point", ""), range_code=kept.get("range_code", ""),
            importance=kept.get("importance", "X"),
            difficulty=self.number(body, "stem", kept.get("difficulty", "3"), _("难度")),
            seconds=self.number(body, "stem", kept.get("seconds", ""), _("作答时间")),
        )  # fmt: skip

    def _keys(self, made: Item, body: Body, rows: list[Row]) -> Item:
        if body.kind == "judgement":
            return replace(made, options=KINDS["judgement"].options, answer=tuple(filter(None, [body.judged])))
        return replace(
            made, options=self._options(rows),
            answer=tuple(letter for letter, row in zip(LETTERS, rows, strict=False) if row.right),
        )  # fmt: skip

    def _options(self, rows: list[Row]) -> tuple[Option, ...]:
        return tuple(
            Option(letter, self.rich(row.text, _("选项 {letter}").format(letter=letter)))
            for letter, row in zip(LETTERS, rows, strict=False)
        )

    def _texts(self, made: Item, body: Body, rows: list[Row]) -> Item:
        last = max([row.number for row in rows], default=0)
        texts = [" ".join(row.text.split()) for row in body.rows[:last]]
        return replace(made, answer=tuple("|".join(each.strip() for each in re.split("[|｜]", t)) for t in texts))

    def _number(self, made: Item, body: Body, rows: list[Row]) -> Item:
        answer = body.answer.strip()
        return replace(
            made, answer=(answer,) if answer else (), tolerance=body.tolerance.strip(), unit=body.unit.strip()
        )

    def _pairs(self, made: Item, body: Body, rows: list[Row]) -> Item:
        """Targets are dealt by the digests of their texts, so that their order tells nothing."""
        right = [self.rich(row.other, _("右栏 {n}").format(n=row.number)) for row in rows]
        texts = dict.fromkeys([*right, *(self.rich(text, _("多余的右栏")) for text in body.extra)])
        dealt = sorted(texts, key=lambda text: sha256(text.encode()).digest())
        place = {text: str(number) for number, text in enumerate(dealt, start=1)}
        answer = tuple(sorted(f"{letter}{place[text]}" for letter, text in zip(LETTERS, right, strict=False)))
        targets = tuple(Option(place[text], text) for text in dealt)
        return items.mixed(replace(made, options=self._options(rows), targets=targets, answer=answer))

    def _order(self, made: Item, body: Body, rows: list[Row]) -> Item:
        options = self._options(rows)
        return items.mixed(replace(made, options=options, answer=tuple(option.key for option in options)))

    def _points(self, made: Item, body: Body, rows: list[Row]) -> Item:
        areas: list[Area] = []
        for row in rows:
            if not re.fullmatch(r"[\d\s,，、;；()（）]*", row.text, re.ASCII | re.DOTALL):
                self.faults.append((body, "rows", _("区域 {letter} 的坐标只写数字和逗号").format(letter=row.letter)))
            numbers = re.findall(r"\d{1,6}", row.text)
            areas.append(Area(chr(ord("A") + len(areas)), row.other or "rect", tuple(map(int, numbers))))
        right = tuple(area.key for area, row in zip(areas, rows, strict=True) if row.right)
        number = int(body.picture) if body.picture.isdecimal() else 0
        shown = self.sheet.pictures[number - 1] if 0 < number <= len(self.sheet.pictures) else ""
        return replace(made, picture=shown, areas=tuple(areas), answer=right)

    def _open(self, made: Item, body: Body, rows: list[Row]) -> Item:
        rubric = tuple(
            RubricLine(
                self.rich(row.text, _("评分要点 {n}").format(n=row.number)),
                self.number(body, "rows", row.other, _("评分要点 {n} 的占比").format(n=row.number)),
            )
            for row in rows
        )
        made = replace(made, reference=self.rich(body.reference, _("参考答案")), rubric=rubric)
        return self._number(made, body, rows) if body.kind == "calculation" else made

    def _parts(self, made: Item, body: Body, rows: list[Row]) -> Item:
        parts = [self.item(part, code=f"{made.code}.{part.number}") for part in self.sheet.parts]
        return replace(made, parts=tuple(parts))


def item_of(sheet: Sheet, *, points: Mapping[str, str]) -> Made:
    """The item the sheet makes. ``points``: the range of each point of the bank; which are sound is for the step."""
    making = _Making(sheet)
    point = (sheet.point.split() or [""])[0]
    made = replace(
        making.item(sheet.body, code=sheet.code), point=point, range_code=points.get(point, ""), source=sheet.source,
        difficulty=making.number(sheet.body, "difficulty", sheet.difficulty, _("难度")),
        seconds=making.number(sheet.body, "seconds", sheet.seconds, _("作答时间")),
        enemies=tuple(dict.fromkeys(re.split(r"[\s,，、;；]+", sheet.enemies.strip()))) if sheet.enemies else (),
    )  # fmt: skip
    return Made(made, tuple(dict.fromkeys(making.said)), tuple(making.faults))
