"""Eligibility conditions from plain tables, as they stand in a standard's text (clauses K3, P3)."""

from __future__ import annotations

from collections.abc import Iterable

from jiangheng.core.law.eligibility import APPROVED_LISTS, SCHOOL_KINDS, TITLE_RANKS, Condition
from jiangheng.core.law.fields import Fields
from jiangheng.core.law.levels import LADDER, SPECIALTY, above, level

_STEPS = tuple(step.code for step in LADDER)
_CODES = (*_STEPS, SPECIALTY.code)


def parse_conditions(rows: Iterable[object], *, occupations: Iterable[str]) -> tuple[Condition, ...]:
    """Conditions of one standard; `occupations` are the codes whose certificates count (its own and related ones).

    ValueError says which condition is wrong and how: an unknown level, years after a certificate that is not
    asked for, a certificate as high as the level sought, a number used twice.
    """
    accepted = tuple(occupations)
    if not accepted:
        raise ValueError("申报条件缺少本职业代码,无法认定证书是否对应")
    found: list[Condition] = []
    for place, row in enumerate(rows, start=1):
        condition = _condition(Fields(row, where=f"第{place}条申报条件"), accepted)
        if any((other.level, other.seq) == (condition.level, condition.seq) for other in found):
            raise ValueError(f"第{place}条申报条件:{level(condition.level).face}的第{condition.seq}项重复")
        found.append(condition)
    return tuple(found)


def _condition(fields: Fields, occupations: tuple[str, ...]) -> Condition:
    condition = Condition(
        level=fields.text("level", among=_CODES),
        seq=fields.number("seq", least=1, most=99),
        text=fields.text("text"),
        source=fields.text("source"),
        clause=fields.text("clause"),
        occupations=occupations,
        min_age=fields.number("min_age", default=0, most=60),
        total_years=fields.number("total_years", default=0, most=50),
        requires_level=fields.text("requires_level", default="", among=_STEPS),
        years_after_level=fields.number("years_after_level", default=0, most=50),
        holding_years=fields.number("holding_years", default=0, most=50),
        title_rank=fields.text("title_rank", default="", among=TITLE_RANKS),
        years_after_title=fields.number("years_after_title", default=0, most=50),
        school_kinds=fields.texts("school_kinds", among=SCHOOL_KINDS),
        major_required=fields.flag("major_required", default=True),
        final_year_allowed=fields.flag("final_year_allowed", default=False),
        student_only=fields.flag("student_only", default=False),
        approved_list=fields.text("approved_list", default="", among=APPROVED_LISTS),
        apprenticeship=fields.flag("apprenticeship", default=False),
        preparatory_technician=fields.flag("preparatory_technician", default=False),
        enrolled_allowed=fields.flag("enrolled_allowed", default=False),
    )
    fields.done()
    _make_sense(condition, fields)
    return condition


def _make_sense(condition: Condition, fields: Fields) -> None:
    wants, sought = condition.requires_level, condition.level
    if (condition.years_after_level or condition.holding_years) and not wants:
        field = "years_after_level" if condition.years_after_level else "holding_years"
        raise fields.wrong("规定了取得证书后的年限,却没有 requires_level", field=field, mend="请写明 requires_level")
    if condition.years_after_title and not condition.title_rank:
        mend = "请写明 title_rank"
        raise fields.wrong("规定了取得职称后的年限,却没有 title_rank", field="years_after_title", mend=mend)
    states = (condition.final_year_allowed, condition.enrolled_allowed, condition.student_only)
    if any(states) and not condition.school_kinds:
        raise fields.wrong("规定了在校生或应届毕业生,却没有 school_kinds", mend="请写明 school_kinds")
    if condition.enrolled_allowed and condition.student_only:
        what = "enrolled_allowed(毕业生或在读学生)与 student_only(只限在读学生)不能同时规定"
        raise fields.wrong(what, field="student_only", mend="请删去其中一项")
    if wants and sought not in _STEPS:
        what = f"{level(sought).face}不分等级,不能要求先持有 requires_level 的证书"
        raise fields.wrong(what, field="requires_level", mend="请删去 requires_level")
    if wants and not above(sought, wants):
        what = f"申报{level(sought).face}要求先持有{level(wants).face}证书,等级没有低于所申报的"
        raise fields.wrong(what, field="requires_level", mend="请改为更低的等级")
    if not _asks_anything(condition):
        raise fields.wrong("没有任何要求,等于人人可报", mend="请至少写明 min_age")


def _asks_anything(condition: Condition) -> bool:
    parts = (
        condition.min_age, condition.total_years, condition.requires_level, condition.title_rank,
        condition.apprenticeship, condition.preparatory_technician, condition.school_kinds, condition.approved_list,
    )  # fmt: skip
    return any(parts)
