"""The tables of a standard's text, each turned into its data (clauses K3, P2).

A function here reads one table and refuses what that table alone shows to be wrong; what needs the whole standard
is `standard_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TypeVar

from jiangheng.core.law.faults import both, gather
from jiangheng.core.law.fields import Fields, shown
from jiangheng.core.law.levels import LADDER, NATIONAL, SPECIALTY, level, possible_parts, required_parts
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.standard_data import (
    ASPECT_KINDS,
    FULL_MARKS,
    KINDS,
    METHODS,
    ORDER,
    PARTS,
    PASS_MARK,
    AspectData,
    Basics,
    Crosswalk,
    Design,
    Function,
    Part,
    Profile,
    TaskSheet,
    Topic,
    WeightRow,
    WeightTable,
    WorkContent,
)

T = TypeVar("T")

_CODE = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_BASE = re.compile(_CODE.pattern + r"@\S.{0,19}")
_HUNDRED = Decimal(100)
_LEVELS_OF = {
    "national": tuple(step.code for step in NATIONAL),
    "evaluation": tuple(step.code for step in LADDER),
    "specialty": (SPECIALTY.code,),
}


@dataclass(frozen=True, slots=True)
class Head:
    """The table [standard]."""

    kind: str
    title: str
    occupation: str
    code: str
    edition: str
    source: str
    based_on: str
    related: tuple[str, ...]
    directions: tuple[str, ...]
    levels: tuple[str, ...]


def head(fields: Fields) -> Head:
    """[standard]: what it is, for which occupation, which levels."""
    kind = fields.text("kind", among=KINDS)
    found = Head(
        kind=kind,
        title=fields.text("title", longest=120),
        occupation=fields.text("occupation", longest=60),
        code=fields.text("code"),
        edition=fields.text("edition", longest=20),
        source=fields.text("source"),
        based_on=fields.text("based_on", default=""),
        related=fields.texts("related"),
        directions=fields.texts("directions", longest=60),
        levels=fields.texts("levels", among=_LEVELS_OF[kind], least=1),
    )
    fields.done()
    for name, codes in (("code", (found.code,)), ("related", found.related)):
        for each in codes:
            if not _CODE.fullmatch(each):
                raise fields.wrong(
                    f"职业编码 {shown(each)} 的格式应如 6-31-01-03", field=name, mend="请按职业分类大典改正"
                )
    if found.code in found.related:
        raise fields.wrong(f"相关职业 {found.code} 就是本职业", field="related", mend="请从 related 中删去")
    if found.based_on and kind != "evaluation":
        raise fields.wrong(f"只用于评价规范,现为{KINDS[kind]}", field="based_on", mend="请删去")
    if found.based_on and not _BASE.fullmatch(found.based_on):
        raise fields.wrong("格式应如 6-31-01-03@2023型", field="based_on", mend="请写职业编码、@ 和版本")
    return found


def profile(fields: Fields, *, kind: str) -> Profile:
    """[profile]. A 专项职业能力考核规范 needs only the definition."""
    default = "" if kind == "specialty" else None
    hours = fields.table("training") if fields.has("training") else None
    found = Profile(
        definition=fields.text("definition"),
        environment=fields.text("environment", default=default),
        abilities=fields.text("abilities", default=default),
        education=fields.text("education", default=default),
        venues=fields.text("venues", default=default),
        training=() if hours is None else _training(hours),
    )
    fields.done()
    return found


def _training(fields: Fields) -> tuple[tuple[str, int], ...]:
    fields.where = "[profile.training]"
    given = fields.names()
    for name in given:
        if name not in ORDER:
            raise fields.wrong("不是等级代码", field=name, mend=f"等级代码有 {'、'.join(ORDER)}")
    return tuple((code, fields.number(code, least=1)) for code in ORDER if code in given)


def basics(fields: Fields, *, kind: str) -> Basics:
    """[basics]. A 专项职业能力考核规范 may leave both parts out."""
    least = 0 if kind == "specialty" else 1
    rows = fields.rows("knowledge")
    ethics, knowledge = both(
        lambda: fields.texts("ethics", least=least),
        lambda: gather(each(rows, "[[basics.knowledge]]", _topic)),
    )
    if len(rows) < least:
        raise fields.wrong("没有基础知识", mend="请补写 [[basics.knowledge]]")
    _no_twice([topic.topic for topic in knowledge], fields, "基础知识")
    fields.done()
    return Basics(ethics, knowledge)


def _topic(fields: Fields) -> Topic:
    found = Topic(fields.text("topic", longest=120), fields.texts("points", least=1))
    fields.done()
    return found


def function(fields: Fields) -> Function:
    """[[function]] with its contents."""
    rows = fields.rows("content")
    own, contents = both(
        lambda: _function(fields),
        lambda: gather(each(rows, f"{fields.where} [[function.content]]", _work_content)),
    )
    fields.where = f"[[function]] {level(own.level).face} {own.code} {own.name}"
    if not contents:
        raise fields.wrong("没有工作内容", mend="请补写 [[function.content]]")
    return Function(own.level, own.direction, own.code, own.name, contents)


def _function(fields: Fields) -> Function:
    own = Function(
        level=_level(fields),
        direction=fields.text("direction", default=""),
        code=fields.text("code", longest=8),
        name=fields.text("name", longest=60),
        contents=(),
    )
    fields.done()
    return own


def _work_content(fields: Fields) -> WorkContent:
    found = WorkContent(
        code=fields.text("code", longest=12),
        name=fields.text("name", longest=60),
        skills=fields.texts("skills", least=1),
        knowledge=fields.texts("knowledge", least=1),
    )
    fields.done()
    return found


def weights(fields: Fields) -> WeightTable:
    """[[weights]]: one column that sums to 100."""
    rows = fields.rows("rows")
    own, found = both(lambda: _column(fields), lambda: gather(each(rows, f"{fields.where} rows", _weight_row)))
    fields.where = f"[[weights]] {column(own)}"
    _no_twice([row.name for row in found], fields, "权重项目")
    total = sum((row.weight for row in found), Decimal(0))
    if total != _HUNDRED:
        raise fields.wrong(f"权重之和应为100,现为{total}", mend="请调整各行 weight")
    return WeightTable(own.part, own.level, found, own.direction)


def column(table: WeightTable) -> str:
    """A column in words: part, level, direction."""
    return " ".join(each for each in (PARTS[table.part], level(table.level).face, table.direction) if each)


def _column(fields: Fields) -> WeightTable:
    part = fields.text("part", among=("theory", "practical"))
    own = WeightTable(part, _level(fields), (), fields.text("direction", default=""))
    fields.done()
    return own


def _weight_row(fields: Fields) -> WeightRow:
    found = WeightRow(fields.text("name", longest=60), fields.marks("weight"))
    fields.done()
    return found


def design(fields: Fields) -> Design:
    """[[design]]: the parts a level must and may have; panels of odd numbers."""
    rows = fields.rows("part")
    own, parts = both(lambda: _design(fields), lambda: gather(each(rows, f"{fields.where} [[design.part]]", _part)))
    fields.where = f"[[design]] {level(own.level).face}"
    kinds = [part.kind for part in parts]
    _no_twice(kinds, fields, "考核部分")
    for kind in kinds:
        if kind not in possible_parts(own.level):
            raise fields.wrong(f"{level(own.level).face}不设{PARTS[kind]}", field="part", mend="请删去该部分")
    for kind in required_parts(own.level):
        if kind not in kinds:
            raise fields.wrong(f"{level(own.level).face}缺少{PARTS[kind]}", mend="请补写 [[design.part]]")
    _odd(fields, "evaluators", own.evaluators, parameter("evaluators.min"), "考评员")
    found = Design(
        level=own.level,
        parts=tuple(sorted(parts, key=lambda part: tuple(PARTS).index(part.kind))),
        evaluators=own.evaluators,
        evaluator_ratio=own.evaluator_ratio,
        invigilator_ratio=own.invigilator_ratio,
        committee=(own.committee or parameter("committee.min")) if "review" in kinds else 0,
    )
    if own.committee and not found.committee:
        raise fields.wrong("没有综合评审,不设评审委员会", field="committee", mend="请删去 committee")
    if found.committee:
        _odd(fields, "committee", found.committee, parameter("committee.min"), "综合评审委员")
    return found


def _design(fields: Fields) -> Design:
    own = Design(
        level=_level(fields),
        parts=(),
        evaluators=fields.number("evaluators", default=parameter("evaluators.min"), least=1, most=15),
        evaluator_ratio=fields.number("evaluator_ratio", default=parameter("evaluator.ratio"), least=1, most=60),
        invigilator_ratio=fields.number("invigilator_ratio", default=parameter("invigilator.ratio"), least=1, most=60),
        committee=fields.number("committee", default=0, least=1, most=25),
    )
    fields.done()
    return own


def _odd(fields: Fields, name: str, number: int, least: int, who: str) -> None:
    if number < least or number % 2 == 0:
        what = f"{who}须为不少于{least}人的单数,现为{number}人"
        raise fields.wrong(what, field=name, mend=f"请改为 {max(least, number + 1) | 1}")


def _part(fields: Fields) -> Part:
    found = Part(
        kind=fields.text("kind", among=PARTS),
        methods=fields.texts("methods", among=METHODS, least=1),
        minutes=fields.number("minutes", least=1, most=1440),
        marks=fields.number("marks", default=FULL_MARKS, least=1, most=1000),
        pass_mark=fields.number("pass_mark", default=PASS_MARK, least=1),
    )
    fields.done()
    if found.pass_mark > found.marks:
        what = f"{PARTS[found.kind]}的合格线 {found.pass_mark} 高于满分 {found.marks}"
        raise fields.wrong(what, field="pass_mark", mend="请调低合格线")
    return found


def task(fields: Fields) -> TaskSheet:
    """[[task]]: a practical task or a review with its score sheet."""
    rows = fields.rows("aspect")
    own, aspects = both(lambda: _task(fields), lambda: gather(each(rows, f"{fields.where} [[task.aspect]]", _aspect)))
    fields.where = f"[[task]] {level(own.level).face}《{own.title}》"
    _no_twice([aspect.code for aspect in aspects], fields, "评分项编号")
    return TaskSheet(own.level, own.title, own.minutes, aspects, own.part, own.direction)


def _task(fields: Fields) -> TaskSheet:
    own = TaskSheet(
        level=_level(fields),
        part=fields.text("part", default="practical", among=("practical", "review")),
        direction=fields.text("direction", default=""),
        title=fields.text("title", longest=120),
        minutes=fields.number("minutes", least=1, most=1440),
        aspects=(),
    )
    fields.done()
    return own


def _aspect(fields: Fields) -> AspectData:
    found = AspectData(
        code=fields.text("code", longest=8),
        name=fields.text("name", longest=60),
        marks=fields.marks("marks"),
        kind=fields.text("kind", among=ASPECT_KINDS),
        descriptor=fields.text("descriptor"),
    )
    fields.done()
    if (found.kind == "veto") != (found.marks == 0):
        what = f"{found.code} {found.name}:否定项不配分,其他项必须配分,现为 {found.marks} 分"
        raise fields.wrong(what, field="marks", mend="请改正 marks 或 kind")
    return found


def crosswalk(fields: Fields) -> Crosswalk:
    """[[crosswalk]]: one level and what it counts as."""
    code = _level(fields)
    known = [step.code for step in LADDER]
    # An empty text is a statement here: this level counts as none.
    counts_as = fields.text("counts_as", among=known) if not fields.blank("counts_as") else ""
    fields.done()
    return Crosswalk(code, counts_as)


def each(rows: Sequence[object], where: str, read: Callable[[Fields], T]) -> Iterable[Callable[[], T]]:
    """What `gather` makes of rows: one reading for each, told as the n-th of `where`."""
    return (partial(_one, row, f"{where} 第{place}个", read) for place, row in enumerate(rows, start=1))


def _one(row: object, where: str, read: Callable[[Fields], T]) -> T:
    return read(Fields(row, where=where))


def _level(fields: Fields) -> str:
    return fields.text("level", among=ORDER)


def _no_twice(names: Sequence[str], fields: Fields, what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise fields.wrong(f"{what} {name} 重复", mend="请删去或改名")
        seen.add(name)
