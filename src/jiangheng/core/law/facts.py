"""What is known about one applicant: work, certificates, schools, titles, and the lists the region keeps (clause P3).

Days say when a thing became so; nothing here is judged. What lies after the day of judgement is a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

SCHOOL_KINDS: Mapping[str, str] = {
    "skilled_worker_school": "技工学校",
    "senior_skilled_worker_school": "高级技工学校",
    "technician_college": "技师学院",
    "technician_class": "技师学院预备技师班(技师班)",
    "senior_class": "技工院校高级工班",
    "secondary_vocational": "中等职业学校",
    "higher_vocational": "高等职业学校(大专)",
    "bachelor": "大学本科",
    "postgraduate": "研究生",
}
TITLE_RANKS: Mapping[str, str] = {"junior": "初级职称", "intermediate": "中级职称", "senior": "高级职称"}
APPROVED_LISTS: Mapping[str, str] = {
    "secondary_vocational": "经评估论证的中等职业学校专业名单",
    "higher_vocational": "经评估论证的高职(专科)专业名单",
    "technician_class": "技师学院预备技师班名单",
}


@dataclass(frozen=True, slots=True)
class WorkPeriod:
    """One employment. end: the last day, None while it lasts. related: in this occupation or a related one."""

    start: date
    end: date | None
    occupation: str
    related: bool


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate held. level: a level code. occupation: its code in the catalogue."""

    level: str
    occupation: str
    issued: date
    number: str


@dataclass(frozen=True, slots=True)
class Education:
    """One course of study. kind: of SCHOOL_KINDS. evaluated_programme: its code or "".

    graduated: may lie ahead, then it is the planned day; until then, or while it is None, the person is enrolled.
    """

    kind: str
    major_related: bool
    final_year: bool
    graduated: date | None
    evaluated_programme: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """A professional title of a matching series. rank: of TITLE_RANKS."""

    rank: str
    granted: date


@dataclass(frozen=True, slots=True)
class ApprovedList:
    """A list the region keeps. name: of APPROVED_LISTS. programmes: the codes on it on the day of the judgement."""

    name: str
    programmes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one applicant.

    apprenticeship_ended: the day an apprenticeship in this occupation ends, may lie ahead. preparatory_technician:
    the day a 预备技师 certificate of this or a related occupation was issued.
    """

    birth: date
    sex: str = ""
    history: tuple[WorkPeriod, ...] = ()
    certificates: tuple[HeldCertificate, ...] = ()
    education: tuple[Education, ...] = ()
    titles: tuple[Title, ...] = ()
    approved: tuple[ApprovedList, ...] = ()
    apprenticeship_ended: date | None = None
    preparatory_technician: date | None = None
