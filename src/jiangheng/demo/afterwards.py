"""What the finished city leaves open, so that every role finds something to do."""

from __future__ import annotations

from typing import Any

from jiangheng.kernel.perform import model_of

from . import banks, banks_study, invigilated, written
from .evaluation import photograph, prepare, review, unseal
from .foundation import PDF, Report, quiet
from .hands import as_, do, it_is, make, upload
from .people import people


def open_ends(things: dict[str, Any], *, seed: int, report: Report = quiet) -> dict[str, str]:
    """What waits for somebody in the finished city: an exam that begins in minutes, a batch that takes applications,
    a plan and a filing to decide. Tells the tickets with which a visitor may sit the exam.
    """
    rooms = {room.name: room.pk for room in model_of("room").reach(as_("lg.manager"))}
    text = {
        "levels": ["5", "4"], "capacity": 30, "theory_rooms": [rooms["机考一室"]],
        "practical_rooms": [rooms["电工实训场"]], "notes": "请携带身份证和准考证，开考前15分钟入场。",
    }  # fmt: skip

    def planned(name: str, until: str, theory: str, practical: str, **more: Any) -> Any:
        title = f"漓光电气2026年{name}电工职业技能等级认定"
        dates = {"apply_until": until, "theory_at": theory, "practical_at": practical}
        made = make("batch.plan", things["filing"], "lg.manager", **{**text, **dates, **more}, title=title)
        return do("batch.file", made, "lg.manager")

    it_is("2026-10-28", "09:00")
    second = planned("第二批", "2026-11-05", "2026-11-16T09:00", "2026-11-16T14:00")
    do("batch.accept", second, "qixing", opinion="同意组织")
    far = planned(
        "实训基地专场", "2026-11-05", "2026-11-13T13:30", "2026-11-17T14:00", levels=["5"],
        theory_rooms=[rooms["机考二室"]],
    )  # fmt: skip
    do("batch.accept", far, "qixing", opinion="同意组织，实训基地没有机房，采用纸笔考试")
    skilled = planned(
        "高级工专场", "2026-11-05", "2026-11-12T14:00", "2026-11-18T08:30", levels=["3"],
        theory_rooms=[rooms["机考二室"]],
    )  # fmt: skip
    do("batch.accept", skilled, "qixing", opinion="同意组织")
    to_write(far, seed=seed)
    invigilated.enrolled(skilled, seed=seed)
    tickets = about_to_sit(second, seed=seed)
    strict = invigilated.prepared(skilled)
    far_away = written.prepared(far, key="lg")
    banks.measure(report=report)
    banks.contribute(things["lg"], report=report)
    banks_study.studies(report=report)
    it_is("2026-11-12", "10:00")
    do(
        "batch.accept",
        planned("第三批", "2026-11-27", "2026-12-09T09:00", "2026-12-10T08:30"),
        "qixing",
        opinion="同意组织",
    )
    wrong_key()
    sealed()
    invigilated.held(strict, seed=seed, day="2026-11-12")
    it_is("2026-11-13", "10:00")
    planned("第四批", "2026-12-11", "2026-12-23T09:00", "2026-12-24T08:30", levels=["4"], bank="own")
    _waiting_filing(things["xs"], things["standard"])
    written.left_compared(far_away, seed=seed, key="lg", day="2026-11-13")
    it_is("2026-11-16", "08:50")
    invigilated.machines("机考二室")
    unseal(list(model_of("session").everywhere.filter(batch=second)))
    report("留下待办：一场即将开考的考试、几份待评的主观题、一场待核对的纸质答卷、一批报名、一份计划、一项备案", 1, 1)
    return tickets


def wrong_key() -> None:
    """An item of the first batch turns out to have two right options; the centre has agreed, the city has to."""
    sat = model_of("sitting").everywhere.filter(state="submitted", by_hand=False).order_by("-pk").first()
    item = model_of("item").everywhere.get(bank=sat.paper.bank_id, code=sat.paper.codes[0])
    reason = "新版国家标准实施后，另一选项的说法也成立，经三名专家核对"
    found = make("correction.propose", item, "gl.center1", way="everyone", reason=reason)
    do("correction.check", found, "gl.center2", opinion="情况属实")


def sealed() -> None:
    """One candidate's attempt is sealed for an objection that may come."""
    sat = model_of("sitting").everywhere.filter(state="submitted", by_hand=False, mark__isnull=False)
    do("sitting.seal_bundle", sat.filter(session__batch__institution__name__contains="漓光").first(), "lg.officer")


def about_to_sit(batch: Any, *, seed: int) -> dict[str, str]:
    """Six candidates of the second batch, reviewed and seated; their identity numbers by ticket."""
    it_is("2026-10-30", "09:00")
    for number, person in enumerate(people(6, seed=seed + 2000)):
        _enrol(batch, person, level="5" if number < 3 else "4")
    review(batch)
    it_is("2026-11-06", "09:00")
    do("batch.seat", batch, "lg.officer", order="shuffled")
    prepare(batch, calculator="1")
    return {row.ticket: row.identity for row in batch.applications.filter(state="seated").order_by("ticket")}


def to_write(batch: Any, *, seed: int) -> None:
    """Three candidates of a batch that is examined where there are no computers, reviewed."""
    it_is("2026-10-29", "09:00")
    for person in people(3, seed=seed + 2100):
        _enrol(batch, person, level="5")
    review(batch)


def _enrol(batch: Any, person: Any, *, level: str) -> None:
    row = make(
        "application.enrol", batch, "lg.registrar", level=level, name=person.name, identity=person.identity,
        phone=person.phone, education="中等专业学校", employer="桂林漓光电气制造有限公司装配车间",
        work_since="2018-03-01",
    )  # fmt: skip
    photograph(row, person)


def _waiting_filing(enterprise: Any, standard: Any) -> None:
    site = make("site.open", enterprise, "xs.manager", name="象岭精工考点", address="桂林市象山区凯风路66号")
    make("room.add", site, "xs.manager", name="微机室", kind="theory", rows=4, columns=6)
    make("room.add", site, "xs.manager", name="电工车间", kind="practical", rows=3, columns=4)
    filing = make(
        "filing.draft", enterprise, "xs.manager", {"document": upload("备案申请材料.pdf", PDF, "application/pdf")},
        site=site.pk, standard=str(standard.pk), levels=["5", "4"],
        statement="设培训与评价科，专职 2 人；电工考评员 3 人；微机室 24 机位，车间 12 工位；使用全区统一题库。",
    )  # fmt: skip
    do("filing.submit", filing, "xs.manager")
