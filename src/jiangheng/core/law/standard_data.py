"""A standard as data: profile, basics, conditions, functions, weights, design, tasks, crosswalk (clauses K3, P2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from jiangheng.core.law.eligibility import Condition
from jiangheng.core.law.levels import LADDER, SPECIALTY, is_national, level

KINDS = {"national": "国家职业标准", "evaluation": "评价规范", "specialty": "专项职业能力考核规范"}
PARTS = {"theory": "理论知识考试", "practical": "操作技能考核", "review": "综合评审"}
ASPECT_KINDS = {"measured": "测量项", "judged": "评判项", "veto": "否定项"}
METHODS = {
    "computer": "机考",
    "paper": "闭卷笔试",
    "onsite": "现场操作",
    "simulated": "模拟操作",
    "oral": "口头答辩",
    "file": "材料评审",
    "work": "作品考核",
    "task": "上机任务",
}
ETHICS, BASIC_KNOWLEDGE = "职业道德", "基础知识"
KEY_SKILL = "★"

# What a text that says nothing means. Part of the format: a published standard must not change with a parameter.
FULL_MARKS = 100
PASS_MARK = 60

ORDER = tuple(step.code for step in (*LADDER, SPECIALTY))


@dataclass(frozen=True, slots=True)
class Profile:
    """What the occupation is. training: reference hours by level code, in ladder order."""

    definition: str
    environment: str = ""
    abilities: str = ""
    education: str = ""
    venues: str = ""
    training: tuple[tuple[str, int], ...] = ()

    def hours(self, code: str) -> int:
        """Reference training hours of a level, 0 where none are given."""
        return dict(self.training).get(code, 0)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of basic knowledge and its points."""

    topic: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Basics:
    """What everybody in the occupation observes and knows."""

    ethics: tuple[str, ...] = ()
    knowledge: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkContent:
    """工作内容: what is done, able to do what (skills, ★ before a key one) and knowing what."""

    code: str
    name: str
    skills: tuple[str, ...]
    knowledge: tuple[str, ...]

    def numbered(self) -> Iterator[tuple[str, str, bool]]:
        """The skills with their numbers (1.1.1 …), without the star, and whether each is a key skill."""
        for place, skill in enumerate(self.skills, start=1):
            yield f"{self.code}.{place}", skill.removeprefix(KEY_SKILL), skill.startswith(KEY_SKILL)


@dataclass(frozen=True, slots=True)
class Function:
    """职业功能 of one level. direction: "" when it belongs to all directions."""

    level: str
    direction: str
    code: str
    name: str
    contents: tuple[WorkContent, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an assessment. kind: of PARTS. methods: of METHODS. minutes: the least time."""

    kind: str
    methods: tuple[str, ...]
    minutes: int
    marks: int = FULL_MARKS
    pass_mark: int = PASS_MARK


@dataclass(frozen=True, slots=True)
class Design:
    """How one level is assessed. *_ratio: candidates per person at most. committee: members of the review, or 0."""

    level: str
    parts: tuple[Part, ...]
    evaluators: int
    evaluator_ratio: int
    invigilator_ratio: int
    committee: int = 0

    def part(self, kind: str) -> Part:
        """The part of this kind; ValueError when the level has none."""
        for each in self.parts:
            if each.kind == kind:
                return each
        raise ValueError(f"{level(self.level).face}没有{PARTS.get(kind, kind)}")

    def has(self, kind: str) -> bool:
        """Whether the level is assessed in this part."""
        return any(each.kind == kind for each in self.parts)


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One row of a weight table: a job function (or ethics, basic knowledge) and its percentage."""

    name: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class WeightTable:
    """One column of the standard's weight table; the rows add up to 100. direction: "" for all directions."""

    part: str
    level: str
    rows: tuple[WeightRow, ...]
    direction: str = ""


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
    """A practical task (or a review) of one level with its score sheet; the marks add up to those of its part."""

    level: str
    title: str
    minutes: int
    aspects: tuple[AspectData, ...]
    part: str = "practical"
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """What a level of an enterprise's specification counts as: a level code, or "" for none."""

    level: str
    counts_as: str


@dataclass(frozen=True, slots=True)
class StandardData:
    """A whole standard. kind: of KINDS. levels: codes in ladder order. related: codes of related occupations.

    Everything that belongs to a level stands in ladder order; that is how the parser leaves it and the writer finds it.
    """

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
    profile: Profile
    basics: Basics
    conditions: tuple[Condition, ...]
    functions: tuple[Function, ...]
    weights: tuple[WeightTable, ...]
    designs: tuple[Design, ...]
    tasks: tuple[TaskSheet, ...]
    crosswalk: tuple[Crosswalk, ...]

    def design(self, code: str) -> Design:
        """How this level is assessed; ValueError when the standard does not have the level."""
        for each in self.designs:
            if each.level == code:
                return each
        raise ValueError(f"标准《{self.title}》没有{level(code).face}")

    def tasks_of(self, code: str, *, part: str = "practical", direction: str = "") -> tuple[TaskSheet, ...]:
        """The tasks of a level and part that a person of this direction may be given."""
        return tuple(
            task
            for task in self.tasks
            if task.level == code and task.part == part and task.direction in ("", direction)
        )

    def functions_of(self, code: str, *, direction: str = "") -> tuple[Function, ...]:
        """The functions of a level that concern this direction."""
        return tuple(each for each in self.functions if each.level == code and each.direction in ("", direction))

    def national(self, code: str) -> str:
        """The national level that a level of this standard counts as, "" for none; ValueError for a foreign level."""
        if code not in self.levels:
            raise ValueError(f"标准《{self.title}》没有{level(code).face}")
        return end_of(code, self.crosswalk) if self.kind == "evaluation" else code if is_national(code) else ""

    def counts_as(self) -> dict[str, str]:
        """`national` of every level of this standard."""
        return {code: self.national(code) for code in self.levels}


def end_of(code: str, rows: Iterable[Crosswalk]) -> str:
    """Where the chain from a level ends: a national level, or "" for none, for an open end and for a circle."""
    steps = {row.level: row.counts_as for row in rows}
    seen: set[str] = set()
    now = steps.get(code, "")
    while now and not is_national(now):
        if now in seen:
            return ""
        seen.add(now)
        now = steps.get(now, "")
    return now
