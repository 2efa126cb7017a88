"""A bank as authors write it (TOML): ranges, points and items of one occupation and level, read with precise errors.

Serves K7-K9. The reader gathers every problem it meets, so an author mends a file in one round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from jiangheng.core.exam.items import IMPORTANCE, KINDS, LETTERS, Item, Option, check_item

FULL_WEIGHT = Decimal(100)

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ElementRange:
    """An assessment range (鉴定范围). `weight` is its share of the paper in percent."""

    code: str
    name: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class ElementPoint:
    """An assessment point (鉴定点) of a range, with importance X, Y or Z."""

    code: str
    range_code: str
    name: str
    importance: str


@dataclass(frozen=True, slots=True)
class BankText:
    """One occupation and level: its element table and its items, in the author's order."""

    occupation: str
    level: str
    ranges: tuple[ElementRange, ...]
    points: tuple[ElementPoint, ...]
    items: tuple[Item, ...]


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
    occupation = _text(data, "occupation", where="题库", problems=problems)
    level = _text(data, "level", where="题库", problems=problems)
    ranges = _ranges(data, problems=problems)
    points = _points(data, ranges=ranges, problems=problems)
    items = _items(data, points=points, allow_all_right=allow_all_right, problems=problems)
    if problems:
        raise BankUnreadable(problems)
    return BankText(occupation, level, tuple(ranges.values()), tuple(points.values()), items)


def weight_problems(ranges: tuple[ElementRange, ...]) -> list[str]:
    """Problems of the weight column: every weight above 0, together 100 (国家职业标准编制技术规程, weight tables)."""
    problems = [
        f"鉴定范围 {row.code}：权重 {row.weight} 应大于 0，请改正或删去该范围" for row in ranges if not row.weight > 0
    ]
    total = sum((row.weight for row in ranges), Decimal(0))
    if total != FULL_WEIGHT:
        problems.append(f"各鉴定范围的权重合计为 {total}，应为 100，请调整权重")
    return problems


def _ranges(data: Row, *, problems: list[str]) -> dict[str, ElementRange]:
    ranges: dict[str, ElementRange] = {}
    for number, row in enumerate(_rows(data, "range", problems=problems), start=1):
        code = _code(row, what="鉴定范围", number=number, taken=ranges, problems=problems)
        where = f"鉴定范围 {code}"
        name = _text(row, "name", where=where, problems=problems)
        ranges[code] = ElementRange(code, name, _weight(row, where=where, problems=problems))
    problems += weight_problems(tuple(ranges.values()))
    return ranges


def _points(data: Row, *, ranges: Mapping[str, ElementRange], problems: list[str]) -> dict[str, ElementPoint]:
    points: dict[str, ElementPoint] = {}
    for number, row in enumerate(_rows(data, "point", problems=problems), start=1):
        code = _code(row, what="鉴定点", number=number, taken=points, problems=problems)
        where = f"鉴定点 {code}"
        range_code = _text(row, "range", where=where, problems=problems)
        if range_code and range_code not in ranges:
            problems.append(f"{where}：鉴定范围“{range_code}”不存在，请先在 [[range]] 中写出，或改正编号")
        importance = _text(row, "importance", where=where, problems=problems)
        if importance and importance not in IMPORTANCE:
            problems.append(f"{where}：重要程度“{importance}”不认识，请改为 X、Y 或 Z")
        name = _text(row, "name", where=where, problems=problems)
        points[code] = ElementPoint(code, range_code, name, importance)
    return points


def _items(
    data: Row, *, points: Mapping[str, ElementPoint], allow_all_right: bool, problems: list[str]
) -> tuple[Item, ...]:
    items: dict[str, Item] = {}
    same: dict[tuple[str, ...], str] = {}
    for number, row in enumerate(_rows(data, "item", problems=problems), start=1):
        code = _code(row, what="试题", number=number, taken=items, problems=problems)
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
    kind = _text(row, "kind", where=where, problems=problems)
    point_code = _text(row, "point", where=where, problems=problems)
    point = points.get(point_code)
    if point_code and point is None:
        problems.append(f"{where}：鉴定点“{point_code}”不存在，请先在 [[point]] 中写出，或改正编号")
    options = _options(row, kind=kind, where=where, problems=problems)
    return Item(
        code=code,
        kind=kind,
        stem=_text(row, "stem", where=where, problems=problems),
        options=options,
        answer=_answer(_text(row, "answer", where=where, problems=problems), kind=kind, options=options),
        point=point_code,
        range_code=point.range_code if point else "",
        difficulty=_difficulty(row, where=where, problems=problems),
        importance=point.importance if point else "",
        explanation=_text(row, "explanation", where=where, problems=problems, needed=False),
    )


def _options(row: Row, *, kind: str, where: str, problems: list[str]) -> tuple[Option, ...]:
    given = row.get("options")
    known = KINDS.get(kind)
    if not given and known is not None and known.options:
        return known.options
    if isinstance(given, Mapping):
        pairs = [(str(key), text) for key, text in given.items()]
    elif isinstance(given, list):
        pairs = list(zip(LETTERS, given, strict=False))
        if len(given) > len(LETTERS):
            problems.append(f"{where}：有 {len(given)} 个选项，最多 {len(LETTERS)} 个，请删减")
    else:
        problems.append(f'{where}：缺少选项 options，请写成 ["…", "…"] 或 {{ A = "…", B = "…" }}')
        return ()
    for key, text in pairs:
        if not isinstance(text, str):
            problems.append(f"{where}：选项 {key} 不是文字，请加上引号")
    options = tuple(Option(key, str(text).strip()) for key, text in pairs)
    # Authors may write the two words of a judgement out; in either order they mean the same fixed pair.
    if known is not None and known.options and {o.text for o in options} == {o.text for o in known.options}:
        return known.options
    return options


def _answer(text: str, *, kind: str, options: tuple[Option, ...]) -> tuple[str, ...]:
    known = KINDS.get(kind)
    if known is not None and known.options:
        return tuple(option.key for option in options if option.text == text) or (text,)
    # Sorted here because the order of letters means nothing; a letter written twice is kept for the check to find.
    return tuple(sorted(text))


def _difficulty(row: Row, *, where: str, problems: list[str]) -> int:
    value = row.get("difficulty")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    problems.append(f"{where}：难度 difficulty 缺少或不是整数，请写 1（易）到 5（难）")
    return 0


def _weight(row: Row, *, where: str, problems: list[str]) -> Decimal:
    value = row.get("weight")
    try:
        weight = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        weight = Decimal("NaN")
    if weight.is_finite():
        return weight
    problems.append(f"{where}：权重 weight 缺少或不是数，请写百分数，如 25")
    return Decimal(0)


def _rows(data: Row, key: str, *, problems: list[str]) -> list[Row]:
    value = data.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(row, Mapping) for row in value):
        problems.append(f"题库：没有 [[{key}]]，请至少写一个")
        return []
    return value


def _code(row: Row, *, what: str, number: int, taken: Mapping[str, object], problems: list[str]) -> str:
    code = _text(row, "code", where=f"第 {number} 个{what}", problems=problems) or f"#{number}"
    if code in taken:
        problems.append(f"{what} {code}：编号重复（第 {number} 个），请换一个编号")
        return f"{code}#{number}"
    return code


def _text(row: Row, key: str, *, where: str, problems: list[str], needed: bool = True) -> str:
    value = row.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    # A level or a code may be written as a bare number in TOML; it is a name, not a quantity.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if needed:
        problems.append(f"{where}：缺少 {key} 或不是文字，请补写")
    return ""


def _substance(item: Item) -> tuple[str, ...]:
    return (item.kind, "".join(item.stem.split()), *sorted(option.text for option in item.options))
