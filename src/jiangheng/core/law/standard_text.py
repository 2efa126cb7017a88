"""An occupational standard as text: read, checked as a whole and turned into data (clauses K3, P2).

One TOML text holds the standard's head, its conditions, the design of the assessment per level, the weight
tables and the practical task sheets. What does not add up is refused with the level and the sum.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources

from jiangheng.core.law.condition_text import parse_conditions
from jiangheng.core.law.eligibility import Condition
from jiangheng.core.law.fields import Fields
from jiangheng.core.law.levels import NATIONAL, level, needs_review
from jiangheng.core.law.parameters import parameter

KINDS = {"national": "国家职业标准", "evaluation": "评价规范", "specialty": "专项职业能力考核规范"}
PARTS = {"theory": "理论知识考试", "practical": "操作技能考核", "review": "综合评审"}
ASPECT_KINDS = {"measured": "测量项", "judged": "评判项", "veto": "否定项"}

_CODE = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an assessment. kind: of PARTS. minutes: the least time. pass_mark of marks passes."""

    kind: str
    minutes: int
    marks: int
    pass_mark: int


@dataclass(frozen=True, slots=True)
class Design:
    """How one level is assessed. evaluator_ratio, invigilator_ratio: candidates per person at most."""

    level: str
    parts: tuple[Part, ...]
    evaluators: int
    evaluator_ratio: int
    invigilator_ratio: int

    def part(self, kind: str) -> Part:
        """The part of this kind; ValueError when the level has none."""
        for each in self.parts:
            if each.kind == kind:
                return each
        raise ValueError(f"{level(self.level).face}没有{PARTS.get(kind, kind)}")


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One row of a weight table: a job function (or ethics, basic knowledge) and its percentage."""

    name: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class WeightTable:
    """One column of the standard's weight table; the rows add up to 100."""

    part: str
    level: str
    rows: tuple[WeightRow, ...]


@dataclass(frozen=True, slots=True)
class AspectData:
    """One line of a score sheet. kind: of ASPECT_KINDS; a veto carries no marks and fails the whole when it is hit."""

    code: str
    name: str
    marks: Decimal
    kind: str
    descriptor: str


@dataclass(frozen=True, slots=True)
class TaskSheet:
    """A practical task of one level with its score sheet; the marks add up to those of the practical part."""

    level: str
    title: str
    minutes: int
    aspects: tuple[AspectData, ...]


@dataclass(frozen=True, slots=True)
class StandardData:
    """A whole standard. kind: of KINDS. levels: codes in ascending order. related: codes of related occupations."""

    kind: str
    title: str
    occupation: str
    code: str
    edition: str
    source: str
    related: tuple[str, ...]
    levels: tuple[str, ...]
    conditions: tuple[Condition, ...]
    designs: tuple[Design, ...]
    weights: tuple[WeightTable, ...]
    tasks: tuple[TaskSheet, ...]

    def design(self, code: str) -> Design:
        """How this level is assessed; ValueError when the standard does not have the level."""
        for each in self.designs:
            if each.level == code:
                return each
        raise ValueError(f"标准《{self.title}》没有{level(code).face}")


def parse_standard(text: str) -> StandardData:
    """A standard from its TOML text; ValueError says what is wrong and where."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"不是有效的 TOML 文本:{fault}") from None
    root = Fields(raw, where="标准")
    head = root.table("standard")
    code, related = _catalogue_codes(head)
    levels = _levels(head)
    standard = StandardData(
        kind=head.text("kind", among=KINDS),
        title=head.text("title"),
        occupation=head.text("occupation"),
        code=code,
        edition=head.text("edition"),
        source=head.text("source"),
        related=related,
        levels=levels,
        conditions=parse_conditions(root.rows("condition"), occupations=(code, *related)),
        designs=tuple(_design(fields) for fields in _each(root, "design")),
        weights=tuple(_weights(fields) for fields in _each(root, "weights")),
        tasks=tuple(_task(fields) for fields in _each(root, "task")),
    )
    head.done()
    root.done()
    _complete(standard)
    return standard


def shipped() -> tuple[str, ...]:
    """The names of the standards in the package, for `shipped_standard`."""
    folder = resources.files(__package__).joinpath("standards")
    return tuple(sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml")))


def shipped_text(name: str) -> str:
    """The TOML text of a shipped standard; ValueError names those there are."""
    if name not in shipped():
        raise ValueError(f"没有随附的标准 {name!r};随附的有:{'、'.join(shipped())}")
    return resources.files(__package__).joinpath("standards", f"{name}.toml").read_text("utf-8")


def shipped_standard(name: str) -> StandardData:
    """A shipped standard as data."""
    return parse_standard(shipped_text(name))


def _each(root: Fields, name: str) -> Iterable[Fields]:
    return (Fields(row, where=f"第{place}个 [[{name}]]") for place, row in enumerate(root.rows(name), start=1))


def _level(fields: Fields) -> str:
    return fields.text("level", among=[step.code for step in NATIONAL])


def _catalogue_codes(head: Fields) -> tuple[str, tuple[str, ...]]:
    code, related = head.text("code"), head.texts("related")
    for each in (code, *related):
        if not _CODE.fullmatch(each):
            raise head.wrong(f"职业编码 {each!r} 的格式应如 6-31-01-03")
    if code in related:
        raise head.wrong(f"相关职业 {code} 就是本职业")
    return code, related


def _levels(head: Fields) -> tuple[str, ...]:
    given = head.texts("levels", among=[step.code for step in NATIONAL])
    if not given:
        raise head.wrong("字段 levels 为空,标准至少有一个等级")
    return tuple(step.code for step in NATIONAL if step.code in given)


def _design(fields: Fields) -> Design:
    code = _level(fields)
    kinds = [kind for kind in PARTS if kind != "review" or needs_review(code)]
    design = Design(
        level=code,
        parts=tuple(_part(Fields(row, where=f"{fields.where}的考核部分"), kinds) for row in fields.rows("part")),
        evaluators=fields.number("evaluators", default=parameter("evaluators.min"), least=1, most=15),
        evaluator_ratio=fields.number("evaluator_ratio", default=parameter("evaluator.ratio"), least=1, most=60),
        invigilator_ratio=fields.number("invigilator_ratio", default=parameter("invigilator.ratio"), least=1, most=60),
    )
    fields.done()
    least = parameter("evaluators.min")
    if design.evaluators < least or design.evaluators % 2 == 0:
        raise fields.wrong(f"{level(code).face}的考评员须为不少于{least}人的单数,现为{design.evaluators}人")
    if missing := [kind for kind in kinds if kind not in [part.kind for part in design.parts]]:
        raise fields.wrong(f"{level(code).face}缺少{PARTS[missing[0]]}")
    _no_twice([part.kind for part in design.parts], fields, "考核部分")
    return design


def _part(fields: Fields, kinds: Iterable[str]) -> Part:
    part = Part(
        kind=fields.text("kind", among=kinds),
        minutes=fields.number("minutes", least=1, most=1440),
        marks=fields.number("marks", default=parameter("part.full_mark"), least=1, most=1000),
        pass_mark=fields.number("pass_mark", default=parameter("pass.mark"), least=1),
    )
    fields.done()
    if part.pass_mark > part.marks:
        raise fields.wrong(f"{PARTS[part.kind]}的合格线 {part.pass_mark} 高于满分 {part.marks}")
    return part


def _weights(fields: Fields) -> WeightTable:
    part, code = fields.text("part", among=("theory", "practical")), _level(fields)
    table = WeightTable(part, code, tuple(_weight_row(row, fields) for row in fields.rows("rows")))
    fields.done()
    total = sum((row.weight for row in table.rows), Decimal(0))
    if total != _HUNDRED:
        raise fields.wrong(f"{level(code).face}的{PARTS[part]}权重之和应为100,现为{total}")
    _no_twice([row.name for row in table.rows], fields, "权重项目")
    return table


def _weight_row(row: object, table: Fields) -> WeightRow:
    fields = Fields(row, where=f"{table.where}的一行")
    found = WeightRow(fields.text("name"), fields.marks("weight"))
    fields.done()
    return found


def _task(fields: Fields) -> TaskSheet:
    sheet = TaskSheet(
        level=_level(fields),
        title=fields.text("title"),
        minutes=fields.number("minutes", least=1, most=1440),
        aspects=tuple(_aspect(row, fields) for row in fields.rows("aspect")),
    )
    fields.done()
    _no_twice([aspect.code for aspect in sheet.aspects], fields, "评分项编号")
    return sheet


def _aspect(row: object, sheet: Fields) -> AspectData:
    fields = Fields(row, where=f"{sheet.where}的评分项")
    aspect = AspectData(
        code=fields.text("code"),
        name=fields.text("name"),
        marks=fields.marks("marks"),
        kind=fields.text("kind", among=ASPECT_KINDS),
        descriptor=fields.text("descriptor"),
    )
    fields.done()
    if (aspect.kind == "veto") != (aspect.marks == 0):
        raise fields.wrong(f"{aspect.code} {aspect.name}:否定项不配分,其他项必须配分,现为 {aspect.marks} 分")
    return aspect


def _no_twice(names: list[str], fields: Fields, what: str) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise fields.wrong(f"{what} {name} 重复")


def _complete(standard: StandardData) -> None:
    """What can be seen only with the whole standard at hand: every level served, nothing for other levels."""
    for code in standard.levels:
        face = level(code).face
        if not any(condition.level == code for condition in standard.conditions):
            raise ValueError(f"标准:{face}没有申报条件")
        if [design.level for design in standard.designs].count(code) != 1:
            raise ValueError(f"标准:{face}须有且只有一个 [[design]]")
    for where, code in _mentions(standard):
        if code not in standard.levels:
            raise ValueError(f"标准:{where}写给{level(code).face},而标准没有这个等级")
    columns = [(table.part, table.level) for table in standard.weights]
    for part, code in columns:
        if columns.count((part, code)) > 1:
            raise ValueError(f"标准:{level(code).face}的{PARTS[part]}权重表重复")
    for sheet in standard.tasks:
        _sheet_fits(sheet, standard.design(sheet.level).part("practical"))


def _mentions(standard: StandardData) -> Iterable[tuple[str, str]]:
    yield from (("申报条件", condition.level) for condition in standard.conditions)
    yield from (("[[design]]", design.level) for design in standard.designs)
    yield from (("[[weights]]", table.level) for table in standard.weights)
    yield from (("[[task]]", sheet.level) for sheet in standard.tasks)


def _sheet_fits(sheet: TaskSheet, part: Part) -> None:
    where = f"{level(sheet.level).face}的任务《{sheet.title}》"
    total = sum((aspect.marks for aspect in sheet.aspects), Decimal(0))
    if total != part.marks:
        raise ValueError(f"{where}评分项配分之和应为{part.marks},现为{total}")
    if sheet.minutes > part.minutes:
        raise ValueError(f"{where}用时{sheet.minutes}分钟,超过操作技能考核的{part.minutes}分钟")
