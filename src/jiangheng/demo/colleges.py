"""The two college routes: approved 高职 students to level three (R6), an approved 预备技师班 to level two (R5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jiangheng.core.errors import Refused

from . import city, written
from .evaluation import issue, photograph, practical, prepare, publish, review, theory
from .foundation import PDF, Report, quiet
from .hands import do, it_is, make, upload
from .people import Person, people

CODE = "6-31-01-03"
ABLE = (0.82, 0.88, 0.93)
"""What these students know and can do: a small group that was taught for it."""


@dataclass(frozen=True, slots=True)
class College:
    """A college that evaluates its own students of one class or major.

    ``said`` is what each of them says in his application; ``theory``, ``practical`` and ``review`` are days, the last
    "" where the level has no comprehensive review. ``on_paper``: there are no computers, the theory paper is printed.
    """

    key: str
    county: str
    title: str
    level: str
    school: str
    programme: dict[str, str]
    theory: str
    practical: str
    review: str = ""
    count: int = 4
    born: tuple[int, int] = (2004, 2005)
    said: dict[str, Any] = field(default_factory=dict)
    on_paper: bool = False

    @property
    def times(self) -> dict[str, str]:
        """When the parts begin, as the plan asks it."""
        found = {"theory_at": f"{self.theory}T09:00", "practical_at": f"{self.practical}T08:30"}
        return found | ({"review_at": f"{self.review}T09:00"} if self.review else {})


HIGHER = College(
    key="lj", county="yanshan", title="漓畔职业技术学院2026年第一批电工职业技能等级认定", level="3",
    school="桂林漓畔职业技术学院", theory="2026-08-17", practical="2026-08-18",
    programme={
        "list_name": "higher_vocational", "major": "电气自动化技术", "code": "460306",
        "document": "市人社发〔2026〕14号",
    },
    said={
        "school": "higher_vocational", "school_related": "on", "final_year": "on", "graduated": "2027-06-30",
        "education": "大学专科和专科学校",
    },
)  # fmt: skip
TECHNICIANS = College(
    key="js", county="lingui", title="漓江技师学院2026年第一批电工技师认定", level="2", school="桂林漓江技师学院",
    theory="2026-08-19", practical="2026-08-20", review="2026-08-21", count=3, born=(2003, 2004),
    programme={
        "list_name": "technician_class", "major": "电气自动化设备安装与维修预备技师班", "code": "YJ-2022-03",
        "document": "市人社发〔2026〕15号",
    },
    said={
        "school": "technician_class", "school_related": "on", "education": "技师学院", "graduated": "2027-06-30",
        "held_level": "3", "held_issued": "2024-06-20",
    },
    on_paper=True,
)  # fmt: skip
BOTH = (HIGHER, TECHNICIANS)


def colleges(things: dict[str, Any], *, seed: int, report: Report = quiet) -> None:
    """Both colleges file, list their programmes, examine their students and certify them, side by side."""
    batches = announced(things)
    report("两所院校备案、列入专业和班级名单、公告", 1, 1)
    it_is("2026-07-28", "10:00")
    for place, college in enumerate(BOTH):
        apply(batches[college.key], college, people(college.count, seed=seed + 4000 + place, born=college.born))
    outside(batches["lj"], people(1, seed=seed + 4100, born=HIGHER.born)[0])
    it_is("2026-07-29", "10:00")
    for college in BOTH:
        review(batches[college.key], key=college.key)
    report("院校学生报名，两级审核", 1, 1)
    it_is("2026-08-06", "09:00")
    sessions = {}
    for college in BOTH:
        batch = do("batch.seat", batches[college.key], f"{college.key}.officer", order="plain")
        sessions[college.key] = prepare(batch, key=college.key)
    for college in BOTH:
        examine(batches[college.key], college, sessions[college.key], seed=seed)
        report("院校学生参加理论、实操和综合评审", 1, 1)
    results(batches)
    report("院校学生公示、核准、制证", 1, 1)


def announced(things: dict[str, Any]) -> dict[str, Any]:
    """Sites, filings and the region's lists; then both plans, accepted by the counties."""
    it_is("2026-07-21", "09:30")
    filings = {college.key: file(things[college.key], things["standard"], college) for college in BOTH}
    for college in BOTH:
        make(
            "programme.list", city.region("450300"), "gl.center1", **college.programme, school=college.school,
            occupations=[CODE], valid_from="2026-07-21",
        )  # fmt: skip
    it_is("2026-07-23", "10:00")
    for key, filing in filings.items():
        filings[key] = do("filing.accept", filing, "gl.center1", opinion="材料齐全，同意备案")
    it_is("2026-07-24", "09:00")
    plans = {college.key: plan(filings[college.key], college) for college in BOTH}
    it_is("2026-07-27", "09:30")
    return {
        college.key: do("batch.accept", plans[college.key], college.county, opinion="同意组织，请按计划实施")
        for college in BOTH
    }


def file(institution: Any, standard: Any, college: College) -> Any:
    """The college opens its site and rooms and files one level."""
    manager = f"{college.key}.manager"
    site = make(
        "site.open", institution, manager, name=f"{college.school[2:]}考点", address=institution.address
    )  # fmt: skip
    for name, kind, rows, columns in (("机房101", "theory", 4, 5), ("电工实训中心", "practical", 2, 6)):
        make("room.add", site, manager, name=name, kind=kind, rows=rows, columns=columns)
    papers = {"document": upload("备案申请材料.pdf", PDF, "application/pdf")}
    filing = make(
        "filing.draft", institution, manager, papers, site=site.pk, standard=str(standard.pk), levels=[college.level],
        statement="专职 2 人，电工考评员 3 人；机房 20 机位，实训中心 12 工位，均有视频监控；使用全区统一题库。",
    )  # fmt: skip
    return do("filing.submit", filing, manager)


def plan(filing: Any, college: College) -> Any:
    """One batch of the college's level, filed."""
    rooms = {room.kind: room.pk for room in filing.site.rooms.all()}
    batch = make(
        "batch.plan", filing, f"{college.key}.manager", title=college.title, levels=[college.level], capacity=20,
        apply_until="2026-08-05", theory_rooms=[rooms["theory"]], practical_rooms=[rooms["practical"]],
        notes="请携带身份证、学生证和准考证，开考前15分钟入场。", **college.times,
    )  # fmt: skip
    return do("batch.file", batch, f"{college.key}.manager")


def apply(batch: Any, college: College, students: list[Person]) -> None:
    """The registrar enrols the students of the listed class or major."""
    for student in students:
        enrol(batch, college, student, **college.said, programme=college.programme["code"])


def outside(batch: Any, student: Person) -> None:
    """A student of a major that is not listed: the condition says so, and he is refused with what it says."""
    row = enrol(batch, HIGHER, student, **HIGHER.said)
    try:
        do("application.check", row, "lj.checker")
    except Refused as no:
        reason = f"所学专业未列入经评估论证的高职专业名单。{no.refusals[0].reason}"[:500]
        do("application.refuse", row, "lj.checker", reason=reason)


def enrol(batch: Any, college: College, student: Person, **said: Any) -> Any:
    """One student, with his photo."""
    row = make(
        "application.enrol", batch, f"{college.key}.registrar", level=college.level, name=student.name,
        identity=student.identity, phone=student.phone, employer=college.school, **said,
    )  # fmt: skip
    photograph(row, student, key=college.key)
    return row


def examine(batch: Any, college: College, sessions: list[Any], *, seed: int) -> None:
    """Theory, practical and, where the level has one, the comprehensive review; everybody comes. Then publicity."""
    if college.on_paper:
        written.theory(sessions, seed=seed, key=college.key, day=college.theory, abilities=ABLE)
    else:
        theory(batch, sessions, seed=seed, key=college.key, day=college.theory, abilities=ABLE, absent=0)
    practical(batch, seed=seed, key=college.key, day=college.practical, skills=ABLE, apart=0)
    if college.review:
        practical(batch, seed=seed, key=college.key, part="review", day=college.review, skills=ABLE, apart=0)
    it_is(college.review or college.practical, "18:00")
    publish(batch, key=college.key)


def results(batches: dict[str, Any]) -> None:
    """Approval by the counties, certificates."""
    it_is("2026-09-01", "09:00")
    for college in BOTH:
        do("batch.approve", batches[college.key], college.county, opinion="公示无异议，同意核准")
    it_is("2026-09-02", "10:00")
    for college in BOTH:
        issue(batches[college.key], key=college.key)
