"""A bank as authors write it (TOML): ranges, points and items of one occupation and level, read with precise errors.

Serves K7-K9. The reader gathers every problem it meets, so an author mends a file in one round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jiangheng.core.exam import bank_fields as fields
from jiangheng.core.exam.bank_fields import Row
from jiangheng.core.exam.elements import FULL_WEIGHT, ElementPoint, ElementRange, leaves, weight_problems
from jiangheng.core.exam.elements import problems as table_problems
from jiangheng.core.exam.items import KINDS, Item, Option, check_item

__all__ = [
    "FULL_WEIGHT",
    "BankText",
    "BankUnreadable",
    "ElementPoint",
    "ElementRange",
    "leaves",
    "parse_bank",
    "parse_table",
    "weight_problems",
]

# What may stand in a table of an item or of a part, and what besides for how the kind is answered. Anything else is
# a slip of the pen, and would be lost without a word.
_OF_ITEMS = frozenset({"code", "kind", "point", "stem", "difficulty", "explanation", "enemies", "source", "seconds"})
_OF_PARTS = frozenset({"kind", "stem", "difficulty", "explanation", "share"})
_OF_ANSWERS: Mapping[str, frozenset[str]] = {
    "keys": frozenset({"options", "answer"}),
    "texts": frozenset({"answers"}),
    "number": frozenset({"answer", "tolerance", "unit"}),
    "pairs": frozenset({"options", "targets", "answer"}),
    "order": frozenset({"options", "answer"}),
    "points": frozenset({"picture", "areas", "answer"}),
    "open": frozenset({"reference", "rubric", "answer", "tolerance", "unit"}),
    "parts": frozenset({"part"}),
}


@dataclass(frozen=True, slots=True)
class BankText:
    """One occupation and level: its element table and its items, in the author's order.

    `direction` names a job direction (职业方向) when the bank is for one; `subject` is theory when nothing is said.
    """

    occupation: str
    level: str
    ranges: tuple[ElementRange, ...]
    points: tuple[ElementPoint, ...]
    items: tuple[Item, ...]
    direction: str = ""
    subject: str = "theory"


class BankUnreadable(ValueError):
    """A bank text that cannot be taken as it is. `problems` are sentences for its author."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


def parse_bank(data: Mapping[str, object], *, allow_all_right: bool = False) -> BankText:
    """Read a bank from parsed TOML (`occupation`, `level`, `[[range]]`, `[[point]]`, `[[item]]`).

    Raises BankUnreadable with every problem found; each names the range, point or item by its code.
    `allow_all_right` is handed to `check_item`.
    """
    problems: list[str] = []
    occupation = fields.text(data, "occupation", where="题库", problems=problems)
    level = fields.text(data, "level", where="题库", problems=problems)
    direction = fields.text(data, "direction", where="题库", problems=problems, needed=False)
    subject = fields.text(data, "subject", where="题库", problems=problems, needed=False)
    before = len(problems)
    ranges = _ranges(data, problems=problems)
    points = _points(data, problems=problems)
    # A field that could not be read would be reported a second time by the check of the whole table.
    if len(problems) == before:
        problems += table_problems(tuple(ranges.values()), tuple(points.values()))
    items = _items(data, points=points, allow_all_right=allow_all_right, problems=problems)
    if problems:
        raise BankUnreadable(problems)
    table = tuple(ranges.values()), tuple(points.values())
    return BankText(occupation, level, *table, items, direction, subject or "theory")


def parse_table(data: Mapping[str, object]) -> tuple[tuple[ElementRange, ...], tuple[ElementPoint, ...]]:
    """The ranges and points of a bank's text alone. Raises BankUnreadable; `elements.problems` judges the table."""
    problems: list[str] = []
    ranges = _ranges(data, problems=problems)
    points = _points(data, problems=problems)
    if problems:
        raise BankUnreadable(problems)
    return tuple(ranges.values()), tuple(points.values())


def _ranges(data: Row, *, problems: list[str]) -> dict[str, ElementRange]:
    ranges: dict[str, ElementRange] = {}
    for number, row in enumerate(fields.rows(data, "range", problems=problems), start=1):
        code = fields.code(row, what="鉴定范围", number=number, taken=ranges, problems=problems)
        where = f"鉴定范围 {code}"
        name = fields.text(row, "name", where=where, problems=problems)
        parent = fields.text(row, "parent", where=where, problems=problems, needed=False)
        ranges[code] = ElementRange(code, name, fields.weight(row, where=where, problems=problems), parent)
    return ranges


def _points(data: Row, *, problems: list[str]) -> dict[str, ElementPoint]:
    points: dict[str, ElementPoint] = {}
    for number, row in enumerate(fields.rows(data, "point", problems=problems), start=1):
        code = fields.code(row, what="鉴定点", number=number, taken=points, problems=problems)
        where = f"鉴定点 {code}"
        range_code = fields.text(row, "range", where=where, problems=problems)
        importance = fields.text(row, "importance", where=where, problems=problems)
        name = fields.text(row, "name", where=where, problems=problems)
        points[code] = ElementPoint(code, range_code, name, importance)
    return points


def _items(
    data: Row, *, points: Mapping[str, ElementPoint], allow_all_right: bool, problems: list[str]
) -> tuple[Item, ...]:
    items: dict[str, Item] = {}
    same: dict[tuple[object, ...], str] = {}
    for number, row in enumerate(fields.rows(data, "item", problems=problems), start=1):
        code = fields.code(row, what="试题", number=number, taken=items, problems=problems)
        before = len(problems)
        item = _item(row, code=code, points=points, problems=problems)
        items[code] = item
        # A field that could not be read would be reported a second time by the check of the whole item.
        if len(problems) == before:
            problems += check_item(item, allow_all_right=allow_all_right)
        twin = same.setdefault(_substance(item), code)
        if item.stem and twin != code:
            problems.append(f"试题 {code}：与试题 {twin} 的题干和选项相同，请改写或删去一题")
    return tuple(items.values())


def _item(row: Row, *, code: str, points: Mapping[str, ElementPoint], problems: list[str]) -> Item:
    where = f"试题 {code}"
    point_code = fields.text(row, "point", where=where, problems=problems)
    point = points.get(point_code)
    if point_code and point is None:
        problems.append(f"{where}：鉴定点“{point_code}”不存在，请先在 [[point]] 中写出，或改正编号")
    return Item(
        code=code,
        point=point_code,
        range_code=point.range_code if point else "",
        difficulty=fields.integer(
            row, "difficulty", where=where, problems=problems,
            hint="难度 difficulty 缺少或不是整数，请写 1（易）到 5（难）",
        ),
        importance=point.importance if point else "",
        enemies=fields.strings(row, "enemies", where=where, problems=problems),
        source=fields.text(row, "source", where=where, problems=problems, needed=False),
        seconds=fields.integer(
            row, "seconds", where=where, problems=problems, default=0, hint="作答时间 seconds 不是整数，请写秒数"
        ),
        **_content(row, code=code, common=_OF_ITEMS, where=where, problems=problems),
    )  # fmt: skip


def _content(row: Row, *, code: str, common: frozenset[str], where: str, problems: list[str]) -> dict[str, Any]:
    """What an item and a part of a case have in common: kind, texts, and what the kind is answered by.

    `common` names the fields that may stand in the table whatever its kind.
    """
    kind = fields.text(row, "kind", where=where, problems=problems)
    stem = fields.text(row, "stem", where=where, problems=problems)
    explanation = fields.text(row, "explanation", where=where, problems=problems, needed=False)
    known = KINDS.get(kind)
    # An unknown kind is read as a choice, so that its author learns what else is missing.
    answered = known.answered if known else "keys"
    problems += _strangers(row, allowed=common | _OF_ANSWERS[answered], name=known.name if known else "", where=where)
    content = {
        "kind": kind,
        "stem": fields.rich_text(stem, where=where, problems=problems),
        "explanation": fields.rich_text(explanation, where=where, problems=problems),
    }
    if kind == "case":
        return content | {"parts": _parts(row, code=code, where=where, problems=problems)}
    return content | _READERS[answered](row, kind, where, problems)


def _strangers(row: Row, *, allowed: frozenset[str], name: str, where: str) -> list[str]:
    every = _OF_ITEMS | _OF_PARTS | frozenset().union(*_OF_ANSWERS.values())
    unknown = [str(field) for field in row if field not in every]
    misplaced = [str(field) for field in row if field in every and field not in allowed]
    told = [f"{where}：字段 {'、'.join(unknown)} 不认识，请改正字段名或删去"] if unknown else []
    if name and misplaced:
        told.append(f"{where}：字段 {'、'.join(misplaced)} 不用于{name}，请删去或改正题型")
    return told


def _parts(row: Row, *, code: str, where: str, problems: list[str]) -> tuple[Item, ...]:
    given = row.get("part")
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        problems.append(f"{where}：没有小题，请写 [[item.part]]")
        return ()
    return tuple(_part(each, code=f"{code}.{number}", problems=problems) for number, each in enumerate(given, start=1))


def _part(row: Row, *, code: str, problems: list[str]) -> Item:
    where = f"试题 {code}"
    hint = "占比 share 缺少或不是整数，请写百分数"
    share = fields.integer(row, "share", where=where, hint=hint, problems=problems)
    if row.get("kind") == "case":
        problems.append(f"{where}：小题不能再是案例分析题，请改为其他题型")
        return Item(code, "case", "", share=share)
    hint = "难度 difficulty 不是整数，请写 1（易）到 5（难）"
    difficulty = fields.integer(row, "difficulty", where=where, hint=hint, problems=problems, default=3)
    content = _content(row, code=code, common=_OF_PARTS, where=where, problems=problems)
    return Item(code=code, share=share, difficulty=difficulty, **content)


def _read_keys(row: Row, kind: str, where: str, problems: list[str]) -> dict[str, Any]:
    options = fields.options(row, kind=kind, where=where, problems=problems)
    return {"options": options, "answer": _keys(row, kind=kind, options=options, where=where, problems=problems)}


def _keys(row: Row, *, kind: str, options: tuple[Option, ...], where: str, problems: list[str]) -> tuple[str, ...]:
    text = fields.text(row, "answer", where=where, problems=problems)
    known = KINDS.get(kind)
    if known is not None and known.options:
        return tuple(option.key for option in options if option.text == text) or (text,)
    # Sorted here because the order of letters means nothing; a letter written twice is kept for the check to find.
    return tuple(sorted(text))


def _read_texts(row: Row, kind: str, where: str, problems: list[str]) -> dict[str, Any]:
    return {"answer": fields.accepted(row, where=where, problems=problems)}


def _read_number(row: Row, kind: str, where: str, problems: list[str]) -> dict[str, Any]:
    answer = fields.text(row, "answer", where=where, problems=problems)
    return {"answer": (answer,), **_measures(row, where=where, problems=problems)}


def _measures(row: Row, *, where: str, problems: list[str]) -> dict[str, Any]:
    return {
        "tolerance": fields.text(row, "tolerance", where=where, problems=problems, needed=False),
        "unit": fields.text(row, "unit", where=where, problems=problems, needed=False),
    }


def _read_pairs(row: Row, kind: str, where: str, problems: list[str]) -> dict[str, Any]:
    return {
        "options": fields.options(row, kind=kind, where=where, problems=problems),
        "targets": fields.targets(row, where=where, problems=problems),
        "answer": tuple(sorted(fields.tokens(row, where=where, problems=problems))),
    }


def _read_order(row: Row, kind: str, where: str, problems: list[str]) -> dict[str, Any]:
    answer = row.get("answer")
    keys = tuple(answer) if isinstance(answer, list) else tuple(
        fields.text(row, "answer", where=where, problems=problems)
    )  # fmt: skip
    return {
        "options": fields.options(row, kind=kind, where=where, problems=problems),
        "answer": tuple(str(key) for key in keys),
    }


def _read_points(row: Row, kind: str, where: str, problems: list[str]) -> dict[str, Any]:
    return {
        "picture": fields.text(row, "picture", where=where, problems=problems),
        "areas": fields.areas(row, where=where, problems=problems),
        "answer": tuple(sorted(fields.text(row, "answer", where=where, problems=problems))),
    }


def _read_open(row: Row, kind: str, where: str, problems: list[str]) -> dict[str, Any]:
    reference = fields.text(row, "reference", where=where, problems=problems, needed=False)
    answer = fields.text(row, "answer", where=where, problems=problems, needed=False)
    return {
        "reference": fields.rich_text(reference, where=where, problems=problems),
        "rubric": fields.rubric(row, where=where, problems=problems),
        "answer": (answer,) if answer else (),
        **_measures(row, where=where, problems=problems),
    }


_READERS: Mapping[str, Callable[[Row, str, str, list[str]], dict[str, Any]]] = {
    "keys": _read_keys,
    "texts": _read_texts,
    "number": _read_number,
    "pairs": _read_pairs,
    "order": _read_order,
    "points": _read_points,
    "open": _read_open,
}


def _substance(item: Item) -> tuple[object, ...]:
    return (
        item.kind,
        "".join(item.stem.split()),
        *sorted(option.text for option in item.options),
        *sorted(target.text for target in item.targets),
        item.picture,
        *(_substance(part) for part in item.parts),
    )
