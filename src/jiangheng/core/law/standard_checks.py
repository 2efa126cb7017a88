"""What shows only with the whole standard at hand: every level served, nothing for other levels (clauses K3, P2).

Each check names the sections it reads; it is left out when one of them could not be read, because what it would
say then is only the echo of the first fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from typing import Generic, TypeVar

from jiangheng.core.law.eligibility import Condition
from jiangheng.core.law.faults import Fault
from jiangheng.core.law.fields import Fields
from jiangheng.core.law.levels import is_national, level
from jiangheng.core.law.standard_data import (
    BASIC_KNOWLEDGE,
    ETHICS,
    PARTS,
    Basics,
    Crosswalk,
    Design,
    Function,
    Profile,
    TaskSheet,
    WeightTable,
)
from jiangheng.core.law.standard_tables import Head, column

T = TypeVar("T")

# Levels for which a standard may leave training hours, functions and weights open: the enterprise's own.
_OWN = ("A", "T", "C")
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """Something read and the table it was read from."""

    item: T
    at: Fields


@dataclass(slots=True)
class Reading:
    """A standard as far as it could be read. broken: the sections with a fault in one of their tables."""

    root: Fields
    head: Read[Head] | None = None
    profile: Read[Profile] | None = None
    basics: Read[Basics] | None = None
    conditions: tuple[Read[Condition], ...] = ()
    functions: tuple[Read[Function], ...] = ()
    weights: tuple[Read[WeightTable], ...] = ()
    designs: tuple[Read[Design], ...] = ()
    tasks: tuple[Read[TaskSheet], ...] = ()
    crosswalk: tuple[Read[Crosswalk], ...] = ()
    broken: set[str] = field(default_factory=set)


def check(reading: Reading) -> Iterator[Fault]:
    """Every fault that the tables show together."""
    head = reading.head
    if head is None:
        return
    for needed, one in _CHECKS:
        if not reading.broken.intersection(needed):
            yield from one(reading, head.item, head.at)


def _training(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    if reading.profile is None:
        return
    given = [code for code, _ in reading.profile.item.training]
    for code in given:
        if code not in head.levels:
            what = f"[profile.training] 写给{level(code).face},而标准没有这个等级"
            fault = reading.profile.at.fault(what, field=code, mend="请删去该行")
            yield replace(fault, line=reading.profile.at.line_within("training", code))
    for code in head.levels:
        if code not in given and code not in _OWN:
            what = f"{level(code).face}没有培训参考时长"
            yield reading.profile.at.fault(what, field="training", mend=f"请在 [profile.training] 补写 {code}")


def _mentions(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    rows: list[tuple[str, Read[Condition] | Read[Function] | Read[WeightTable] | Read[Design] | Read[TaskSheet]]] = [
        *(("申报条件", each) for each in reading.conditions),
        *(("[[function]]", each) for each in reading.functions),
        *(("[[weights]]", each) for each in reading.weights),
        *(("[[design]]", each) for each in reading.designs),
        *(("[[task]]", each) for each in reading.tasks),
    ]
    for name, each in rows:
        if each.item.level not in head.levels:
            what = f"{name}写给{level(each.item.level).face},而标准没有这个等级"
            yield each.at.fault(what, field="level", mend="请改正 level,或在 [standard] levels 中补写")
    for name, each in rows:
        direction = getattr(each.item, "direction", "")
        if direction and direction not in head.directions:
            what = f"{name}写给方向 {direction},而标准没有这个方向"
            yield each.at.fault(what, field="direction", mend="请改正,或在 [standard] directions 中补写")


def _conditions(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    for code in head.levels:
        of_level = [each for each in reading.conditions if each.item.level == code]
        if not of_level:
            yield at.fault(f"{level(code).face}没有申报条件", field="levels", mend="请补写 [[condition]]")
        seen: set[int] = set()
        for each in of_level:
            if each.item.seq in seen:
                what = f"{level(code).face}的第{each.item.seq}项重复"
                yield each.at.fault(what, field="seq", mend="请重新编号")
            seen.add(each.item.seq)
        if len(seen) == len(of_level) and seen != set(range(1, len(seen) + 1)):
            what = f"{level(code).face}的申报条件编号为 {'、'.join(map(str, sorted(seen)))},应从1起连续"
            yield of_level[0].at.fault(what, field="seq", mend="请重新编号")
    for each in reading.conditions:
        wanted = each.item.requires_level
        # A specification refines a national standard: a national certificate may open a level of its own.
        borrowed = head.kind == "evaluation" and is_national(wanted) if wanted else True
        if wanted and wanted not in head.levels and not borrowed:
            what = f"要求先持有{level(wanted).face}证书,而标准没有这个等级"
            yield each.at.fault(what, field="requires_level", mend="请改正 requires_level,或在 levels 中补写")


def _functions(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    present = {each.item.level for each in reading.functions}
    for code in head.levels:
        if code not in present and code not in _OWN:
            yield at.fault(f"{level(code).face}没有职业功能", field="levels", mend="请补写 [[function]]")
    for field_name, what in (("code", "职业功能编号"), ("name", "职业功能")):
        yield from _told_apart(reading, field_name, what)
    for each in reading.functions:
        names = Counter(content.name for content in each.item.contents)
        for name in (name for name, times in names.items() if times > 1):
            yield each.at.fault(f"工作内容 {name} 重复", mend="请合并或改名")
        codes = Counter(content.code for content in each.item.contents)
        for number, times in codes.items():
            if times > 1:
                yield each.at.fault(f"工作内容编号 {number} 重复", mend="请重新编号")
            if not number.startswith(f"{each.item.code}."):
                what = f"工作内容编号 {number} 应以职业功能编号开头,如 {each.item.code}.1"
                yield each.at.fault(what, mend="请重新编号")


def _told_apart(reading: Reading, name: str, what: str) -> Iterator[Fault]:
    """The functions of one level that one person may meet differ in number and name."""
    taken: dict[tuple[str, str], set[str]] = {}
    for each in reading.functions:
        value, direction = getattr(each.item, name), each.item.direction
        others = taken.setdefault((each.item.level, value), set())
        if direction in others or "" in others or (others and not direction):
            mend = "请重新编号" if name == "code" else "请合并或改名"
            yield each.at.fault(f"{level(each.item.level).face}的{what} {value} 重复", field=name, mend=mend)
        others.add(direction)


def _columns(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    seen: set[tuple[str, str, str]] = set()
    for each in reading.weights:
        key = (each.item.part, each.item.level, each.item.direction)
        if key in seen:
            what = f"{level(each.item.level).face}的{PARTS[each.item.part]}权重表重复"
            yield each.at.fault(what, mend="请删去一个,或写明 direction")
        elif each.item.level in head.levels:
            yield from _named(each, reading)
        seen.add(key)


def _named(each: Read[WeightTable], reading: Reading) -> Iterator[Fault]:
    table = each.item
    known = dict.fromkeys((ETHICS, BASIC_KNOWLEDGE) if table.part == "theory" else ())
    functions = [one.item for one in reading.functions if one.item.level == table.level]
    known |= dict.fromkeys(one.name for one in functions if one.direction in ("", table.direction))
    if not functions:
        return
    for place, row in enumerate(table.rows):
        if row.name not in known:
            what = f"权重项目 {row.name} 不是该等级的职业功能"
            mend = f"该列可写:{'、'.join(islice(known, _MOST_NAMED))}"
            yield replace(each.at.fault(what, field="name", mend=mend), line=each.at.line_within("rows", place))


def _weighed(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    named = {(table.item.level, table.item.direction, row.name) for table in reading.weights for row in table.item.rows}
    columns: dict[str, set[str]] = {}
    for table in reading.weights:
        columns.setdefault(table.item.level, set()).add(table.item.direction)
    for each in reading.functions:
        one = each.item
        if one.level in _OWN or one.level not in columns or (one.level, "", one.name) in named:
            continue
        # What is common to all directions stands in every direction's column when there is no common column for it.
        wanted = {one.direction} if one.direction else columns[one.level] - {""} or {""}
        for direction in sorted(wanted):
            if (one.level, direction, one.name) not in named:
                what = f"{level(one.level).face}的职业功能 {one.name} 没有权重{direction and f'(方向 {direction})'}"
                yield each.at.fault(what, mend="请在 [[weights]] 中补写一行")


def _tables(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    designs = {each.item.level: each.item for each in reading.designs}
    columns = {(each.item.part, each.item.level, each.item.direction) for each in reading.weights}
    directions: dict[str, set[str]] = {}
    for one in reading.functions:
        directions.setdefault(one.item.level, set()).add(one.item.direction)
    for code in head.levels:
        if code not in designs or not is_national(code):
            continue
        for part in ("theory", "practical"):
            for direction in sorted(directions.get(code, {""}) - {""} or {""}):
                if not columns.intersection({(part, code, direction), (part, code, "")}):
                    what = f"{level(code).face}没有{PARTS[part]}权重表{direction and f'(方向 {direction})'}"
                    yield at.fault(what, field="levels", mend="请补写 [[weights]]")
    for each in reading.weights:
        found = designs.get(each.item.level)
        if found is not None and not found.has(each.item.part):
            what = f"{column(each.item)}:该等级的考核没有这一部分"
            yield each.at.fault(what, field="part", mend="请删去该列,或在 [[design]] 中补写该部分")


def _designs(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    counts = Counter(each.item.level for each in reading.designs)
    for code in head.levels:
        if counts[code] != 1:
            what = f"{level(code).face}须有且只有一个 [[design]],现有{counts[code]}个"
            yield at.fault(what, field="levels", mend="请补写" if not counts[code] else "请删去多余的")


def _tasks(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    designs = {each.item.level: each.item for each in reading.designs}
    titles: set[tuple[str, str, str]] = set()
    for each in reading.tasks:
        sheet = each.item
        key = (sheet.level, sheet.direction, sheet.title)
        if key in titles:
            yield each.at.fault("任务重复", field="title", mend="请删去或改名")
        titles.add(key)
        if sheet.level in designs:
            yield from _sheet_fits(each, designs[sheet.level])


def _sheet_fits(each: Read[TaskSheet], design: Design) -> Iterator[Fault]:
    sheet = each.item
    if not design.has(sheet.part):
        what = f"{level(sheet.level).face}的考核没有{PARTS[sheet.part]}"
        yield each.at.fault(what, field="part", mend="请改正 part,或在 [[design]] 中补写该部分")
        return
    part = design.part(sheet.part)
    total = sum((aspect.marks for aspect in sheet.aspects), Decimal(0))
    if total != part.marks:
        yield each.at.fault(f"评分项配分之和应为{part.marks},现为{total}", mend="请调整各项 marks")
    if sheet.minutes > part.minutes:
        what = f"用时{sheet.minutes}分钟,超过{PARTS[part.kind]}的{part.minutes}分钟"
        yield each.at.fault(what, field="minutes", mend="请缩短,或调整 [[design.part]]")
    if sheet.part == "practical" and not any(aspect.kind == "veto" for aspect in sheet.aspects):
        yield each.at.fault("没有否定项", mend='请补写一个 kind = "veto" 的评分项')


def _crosswalk(reading: Reading, head: Head, at: Fields) -> Iterator[Fault]:
    if head.kind != "evaluation":
        for each in reading.crosswalk:
            yield each.at.fault("[[crosswalk]] 只用于评价规范", mend="请删去")
        return
    counts = Counter(each.item.level for each in reading.crosswalk)
    for code in head.levels:
        if counts[code] != 1:
            what = f"{level(code).face}须有且只有一个 [[crosswalk]],现有{counts[code]}个"
            yield at.fault(what, field="levels", mend="请补写" if not counts[code] else "请删去多余的")
    steps = {each.item.level: each.item.counts_as for each in reading.crosswalk}
    for each in reading.crosswalk:
        yield from _leads_somewhere(each, steps, head)


def _leads_somewhere(each: Read[Crosswalk], steps: Mapping[str, str], head: Head) -> Iterator[Fault]:
    code, to = each.item.level, each.item.counts_as
    if code not in head.levels:
        what = f"[[crosswalk]] 写给{level(code).face},而标准没有这个等级"
        yield each.at.fault(what, field="level", mend="请删去")
    elif to and not is_national(to) and to not in head.levels:
        what = f"{level(code).face}相当于{level(to).face},而标准没有这个等级"
        yield each.at.fault(what, field="counts_as", mend='请改为国家等级、本规范的等级或 ""')
    elif to and _circles(code, steps):
        what = f"{level(code).face}的对应关系成环,到不了国家等级"
        yield each.at.fault(what, field="counts_as", mend="请让其中一级对应国家等级")


def _circles(code: str, steps: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    now = code
    # The first step is taken even from a national level: 1 counting as 1 is an end, not a circle.
    while now and now not in seen and not (seen and is_national(now)):
        seen.add(now)
        now = steps.get(now, "")
    return now in seen and not is_national(now)


_Check = Callable[[Reading, Head, Fields], Iterator[Fault]]
_CHECKS: tuple[tuple[tuple[str, ...], _Check], ...] = (
    (("profile",), _training),
    ((), _mentions),
    (("condition",), _conditions),
    (("function",), _functions),
    (("function", "weights"), _columns),
    (("function", "weights"), _weighed),
    (("function", "weights"), _tables),
    (("design",), _designs),
    (("task",), _tasks),
    (("crosswalk",), _crosswalk),
)
