"""The five national levels, the eight-step ladder and the ungraded specialty as data (clauses K1, K2, K6).

A level is looked up, never computed: the certificate code of a special technician is a letter, and "one less is
one higher" holds for the five national codes only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jiangheng.core.law.parameters import parameter

# exam: an examination, or direct recognition by an enterprise; apprenticeship: the enterprise's own test (K6);
# specialty: one test of a single ability, without a grade.
How = Literal["apprenticeship", "exam", "exam_and_review", "appointment", "specialty"]
Part = Literal["theory", "practical", "review"]


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder, or the ungraded specialty beside it.

    code: one character, unique among all, what is stored. national: the digit of the national sequence or
    None. certificate: the character at place 16 of a certificate number, None where none is issued; the letters
    of the two appointed posts are not confirmed by any text we could read. face: the wording on a certificate.
    """

    code: str
    key: str
    zh: str
    en: str
    face: str
    national: str | None
    certificate: str | None
    high_skilled: bool
    how: How


LADDER: tuple[Level, ...] = (
    Level("A", "APPRENTICE", "学徒工", "Apprentice", "学徒工", None, None, False, "apprenticeship"),
    Level("5", "L5", "初级工", "Junior worker", "五级/初级工", "5", "5", False, "exam"),
    Level("4", "L4", "中级工", "Intermediate worker", "四级/中级工", "4", "4", False, "exam"),
    Level("3", "L3", "高级工", "Senior worker", "三级/高级工", "3", "3", True, "exam"),
    Level("2", "L2", "技师", "Technician", "二级/技师", "2", "2", True, "exam_and_review"),
    Level("1", "L1", "高级技师", "Senior technician", "一级/高级技师", "1", "1", True, "exam_and_review"),
    Level("T", "SPECIAL_TECHNICIAN", "特级技师", "Special technician", "特级技师", None, "T", True, "appointment"),
    Level("C", "CHIEF_TECHNICIAN", "首席技师", "Chief technician", "首席技师", None, "C", True, "appointment"),
)

# 专项职业能力 has no grade and stands on no ladder; no rule for its certificate's number is known to us [guess].
SPECIALTY = Level("Z", "SPECIALTY", "专项职业能力", "Specialty", "专项职业能力", None, None, False, "specialty")

NATIONAL: tuple[Level, ...] = tuple(step for step in LADDER if step.national is not None)

CERTIFIED: tuple[str, ...] = tuple(step.code for step in LADDER if step.certificate is not None)
"""The codes of the levels for which a certificate with a number is issued."""

_BY_CODE = {step.code: step for step in (*LADDER, SPECIALTY)}

# Parts that an assessment for a level must have, and those it may have.
_REQUIRED: dict[How, tuple[Part, ...]] = {
    "apprenticeship": ("practical",),
    "exam": ("theory", "practical"),
    "exam_and_review": ("theory", "practical", "review"),
    "appointment": ("review",),
    "specialty": ("practical",),
}
_OPTIONAL: dict[How, tuple[Part, ...]] = {"apprenticeship": ("theory",), "specialty": ("theory",)}


def level(code: str) -> Level:
    """The level of this one-character code; ValueError lists the codes there are."""
    found = _BY_CODE.get(code)
    if found is None:
        known = "、".join(f"{step.code}({step.zh})" for step in _BY_CODE.values())
        raise ValueError(f"没有代码为 {code!r} 的技能等级;等级代码有:{known}")
    return found


def high_skilled(code: str) -> bool:
    """Whether people at this level count as 高技能人才 (level three and above)."""
    return level(code).high_skilled


def is_national(code: str) -> bool:
    """Whether this is one of the five levels of the national sequence."""
    return level(code).national is not None


def is_appointed(code: str) -> bool:
    """Whether the level is reached by review and appointment in an enterprise, not by examination (K5)."""
    return level(code).how == "appointment"


def needs_review(code: str) -> bool:
    """Whether a comprehensive review belongs to the examination (levels two and one)."""
    return level(code).how == "exam_and_review"


def required_parts(code: str) -> tuple[Part, ...]:
    """The parts an assessment for this level must have, in their order."""
    return _REQUIRED[level(code).how]


def possible_parts(code: str) -> tuple[Part, ...]:
    """The parts an assessment for this level may have, in their order."""
    how = level(code).how
    return (*_OPTIONAL.get(how, ()), *_REQUIRED[how])


def step_of(code: str) -> int:
    """The place on the ladder, 1 (apprentice) to 8 (chief technician); ValueError for the ungraded specialty."""
    found = level(code)
    if found not in LADDER:
        raise ValueError(f"{found.zh}不分等级,不在八级阶梯上")
    return LADDER.index(found) + 1


def above(code: str, other: str) -> bool:
    """Whether `code` stands higher on the ladder than `other`; ValueError for the ungraded specialty."""
    return step_of(code) > step_of(other)


def minimum_age(code: str) -> int:
    """Age in years under which an application raises a clue; the bar for all levels is `age.min`."""
    step = level(code)
    return parameter(f"age.warn.{step.national}") if step.national else parameter("age.min")
