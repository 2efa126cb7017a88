"""One batch from its plan to its archive, each step by the person whose step it is."""

from __future__ import annotations

import io
import random
import zipfile
from decimal import Decimal
from typing import Any

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.exams import queries as exams
from jiangheng.apps.practicals import queries as practicals
from jiangheng.core.errors import Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel.perform import model_of, perform_each

from . import candidates, city, roster
from .foundation import Report, quiet
from .hands import all_done, as_, do, it_is, make, upload
from .people import Person, people, portrait

ZIP = "application/zip"
ABILITIES = (0.3, 0.62, 0.7, 0.78, 0.82, 0.86, 0.9, 0.94)
"""How much of a paper candidates know."""
SKILLS = (0.55, 0.68, 0.75, 0.82, 0.88, 0.93)
"""What share of the marks their work earns."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def evaluation(things: dict[str, Any], *, seed: int, report: Report = quiet) -> Any:
    """One batch from its plan to its archive."""
    batch = plan(things)
    report("计划报送、退回、再报、受理并公告", 1, 1)
    applications(batch, seed=seed, report=report)
    it_is("2026-09-21", "09:00")
    review(batch, report=report)
    it_is("2026-09-30")
    batch.refresh_from_db()
    do("batch.seat", batch, "lg.officer", order="shuffled")
    sessions = prepare(batch)
    report("编排考场、安排监考、组建考评小组", 1, 1)
    theory(batch, sessions, seed=seed, report=report)
    practical(batch, seed=seed, report=report)
    results(batch, report=report)
    batch.refresh_from_db()
    return batch


def plan(things: dict[str, Any]) -> Any:
    """The plan is filed, returned by the county with reasons, mended, filed again, accepted and announced."""
    it_is("2026-09-09", "09:30")
    rooms = {room.name: room.pk for room in model_of("room").reach(as_("lg.manager"))}
    text = {
        "title": "漓光电气2026年第一批电工职业技能等级认定", "levels": ["5", "4", "3"], "capacity": 60,
        "apply_until": "2026-09-29", "theory_at": "2026-10-14T09:00", "practical_at": "2026-10-15T08:30",
        "theory_rooms": [rooms["机考一室"], rooms["机考二室"]], "practical_rooms": [rooms["电工实训场"]],
        "notes": "",
    }  # fmt: skip
    batch = make("batch.plan", things["filing"], "lg.manager", **text)
    do("batch.file", batch, "lg.manager")
    it_is("2026-09-10", "10:00")
    do("batch.return", batch, "qixing", reason="考生须知为空，请写明携带证件、到场时间和实操自备工具后重新报送")
    it_is("2026-09-10", "15:30")
    notes = "请携带身份证和准考证，开考前15分钟入场；实操请穿绝缘鞋，自带常用电工工具，万用表由考点提供。"
    do("batch.revise", batch, "lg.manager", **{**text, "notes": notes})
    do("batch.file", batch, "lg.manager")
    it_is("2026-09-11", "09:15")
    return do("batch.accept", batch, "qixing", opinion="同意组织，请按计划实施")


def applications(batch: Any, *, seed: int, report: Report = quiet) -> None:
    """The roster is imported, its bad rows refused; two people apply by themselves."""
    it_is("2026-09-14", "09:00")
    data = roster.workbook(seed=seed)
    sheet = make("roster.upload", batch, "lg.registrar", {"file": upload("花名册.xlsx", data, XLSX)})
    do("roster.take", sheet, "lg.registrar", mode="good")
    report("花名册导入", 1, 1)
    persons = {person.identity: person for person in people(roster.SIZE, seed=seed)}
    photographed = [persons[row.identity] for row in batch.applications.order_by("pk") if row.identity in persons]
    pack = make("photopack.upload", batch, "lg.registrar", {"file": upload("照片.zip", photos(photographed), ZIP)})
    do("photopack.take", pack, "lg.registrar", mode="all")
    report("批量上传考生照片", 1, 1)
    it_is("2026-09-16", "20:10")
    alone = people(2, seed=seed + 1000, born=(1990, 2000))
    for number, person in enumerate(alone, start=1):
        register(f"kaosheng{number}", person)
        actor = as_(f"kaosheng{number}")
        photo = {"photo": upload("photo.jpg", portrait(person), "image/jpeg")}
        make(
            "application.apply", batch, actor, photo, level="4", name=person.name, identity=person.identity,
            phone=person.phone, education="大学专科和专科学校", employer="个体", school="higher_vocational",
            school_related="on", graduated="2020-06-30", work_since="2020-07-01", honest="on",
        )  # fmt: skip
    report("两名考生个人报名", 1, 1)


def register(username: str, person: Person) -> Any:
    """A worker opens an account for himself."""
    return make(
        "account.register", city.region("450300"), "public", username=username, name=person.name, unit="",
        phone=person.phone, password=city.PASSWORD,
    )  # fmt: skip


def photograph(row: Any, person: Person | None, *, key: str = "lg") -> None:
    """The registrar of the institution adds a candidate's photo."""
    if person is not None:
        photo = {"photo": upload("photo.jpg", portrait(person), "image/jpeg")}
        do("application.photograph", row, f"{key}.registrar", photo)


def photos(persons: list[Person]) -> bytes:
    """Their portraits in one archive, named as the personnel office names them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for person in persons:
            # a fixed date: the same story has the same files
            archive.writestr(zipfile.ZipInfo(f"照片/{person.name}-{person.identity}.jpg"), portrait(person))
    return made.getvalue()


def review(batch: Any, *, key: str = "lg", report: Report = quiet) -> None:
    """Two people review; who meets no condition is refused with what is missing."""
    checker, approver = as_(f"{key}.checker"), as_(f"{key}.approver")
    rows = list(batch.applications.filter(state="submitted").order_by("pk"))
    for number, row in enumerate(rows, start=1):
        try:
            do("application.check", row, checker)
            do("application.approve", row, approver)
        except Refused as no:
            reason = f"{no.refusals[0].reason}。可待条件满足后报下一批次"[:500]
            do("application.refuse", row, checker, reason=reason)
        report("资格初审、复审", number, len(rows))


def prepare(batch: Any, *, key: str = "lg", **conduct: Any) -> list[Any]:
    """A session for each theory room with its invigilators, the panel of evaluators, and that of the review.

    ``conduct`` is how the examinations are conducted where it is not as usual.
    """
    pledge(batch)
    officer = f"{key}.officer"
    people_of = {row.username: row.pk for row in model_of("account").reach(as_(officer))}
    sessions = []
    for room, pair in zip(batch.theory_rooms.order_by("pk"), (("1", "2"), ("3", "4")), strict=False):
        invigilators = [people_of[f"{key}.invigilator{number}"] for number in pair]
        sessions.append(make("session.prepare", batch, officer, room=room.pk, invigilators=invigilators, **conduct))
    evaluators = [people_of[f"{key}.evaluator{number}"] for number in (1, 2, 3)]
    for part in ("practical", "review") if batch.has_review else ("practical",):
        make(
            "panel.appoint", batch, officer, part=part, room=batch.practical_rooms.get().pk, evaluators=evaluators,
            leader=evaluators[0],
        )  # fmt: skip
    return sessions


def pledge(batch: Any) -> None:
    """Two officials give their shares for each level's papers; the papers follow by themselves."""
    for draw in model_of("draw").everywhere.filter(batch=batch.pk, state="committed").order_by("pk"):
        do("draw.pledge", draw, "gl.center1")
        do("draw.second", draw, "gl.city")


def unseal(sessions: list[Any], *, key: str = "lg") -> None:
    """The exam officer allows it, an invigilator opens: two persons at the hour."""
    for session in sessions:
        do("session.release", session, f"{key}.officer")
        do("session.open", session, f"{key}.invigilator1")


def theory(
    batch: Any, sessions: list[Any], *, seed: int, report: Report = quiet, key: str = "lg", day: str = "2026-10-14",
    abilities: tuple[float, ...] = ABILITIES, absent: int = 1,
) -> None:  # fmt: skip
    """Doors open, candidates enter with their tickets, answer through the hall and hand in; so many stay away."""
    it_is(day, "08:46")
    unseal(sessions, key=key)
    draw = random.Random(seed)  # noqa: S311
    rows = [row for session in sessions for row in session.sittings.order_by("pk")]
    seated = rows[: len(rows) - absent]
    for row in seated:
        actor = batches.candidate_actor(row.application_id)
        assert actor is not None
        do("sitting.admit", row, actor)
    it_is(day, "09:05")
    candidates.sit_all(seated, abilities={row.pk: draw.choice(abilities) for row in seated}, seed=seed)
    it_is(day, "10:20")
    for number, row in enumerate(seated, start=1):
        row.refresh_from_db()
        if row.state == "admitted":
            do("sitting.submit", row, "system")
        report("理论机考：作答、交卷、评分", number, len(seated))
    it_is(day, "10:40")
    for session in sessions:
        do("session.close", session, f"{key}.invigilator1")
    it_is(day, "14:30")
    markings(sessions, key=key)


def markings(sessions: list[Any], *, key: str) -> None:
    """What was answered in words goes to three evaluators; two mark, and where they lie apart the third."""
    rows = model_of("marking").everywhere.filter(sitting__session__in=sessions, state="waiting").order_by("number")
    if not rows:
        return
    evaluators = [as_(f"{key}.evaluator{number}") for number in (1, 2, 3)]
    named = [actor.id.partition(":")[2] for actor in evaluators]
    overlooked = False
    for row in list(rows):
        row = do("marking.assign", row, f"{key}.officer", markers=named)
        knows = any(candidates.KNOWN in asked.text for asked in exams.open_answers(row))
        # the second marker overlooks one answer, so that somebody else has to decide
        marks = ("2", "2" if overlooked else "0", "2") if knows else ("0", "0", "0")
        overlooked = overlooked or knows
        for step, actor, mark in zip(("first", "second", "third"), evaluators, marks, strict=True):
            row.refresh_from_db()
            if row.state == step:
                do(f"marking.{step}", row, actor, marks={asked.place: mark for asked in exams.open_answers(row)})


def practical(
    batch: Any, *, seed: int, report: Report = quiet, key: str = "lg", part: str = "practical", day: str = "2026-10-15",
    skills: tuple[float, ...] = SKILLS, apart: int = 3,
) -> None:  # fmt: skip
    """Three evaluators mark every candidate, each on his own sheet; the marks of one lie too far apart."""
    it_is(day, "16:30")
    rows = list(model_of("practical").everywhere.filter(panel__batch=batch, part=part).order_by("pk"))
    missing = set(batch.applications.filter(theory_absent=True).values_list("pk", flat=True))
    for number, row in enumerate(rows, start=1):
        if row.application_id in missing:
            do("practical.miss", row, f"{key}.officer", opinion="未到场")
        else:
            _mark(row, random.Random(f"{seed}:{row.code}"), skills=skills, apart=number == apart)
        report("实操：三名考评人员各自评分、签字锁定", number, len(rows))
    it_is(day, "17:30")
    for row in model_of("practical").everywhere.filter(panel__batch=batch, state="disputed"):
        totals = sorted(sheet.total for sheet in row.sheets.all())
        reason = "调阅录像，考评组长主持合议，按居中分裁定"
        do("practical.rule", row, f"{key}.officer", mark=str(totals[1]), reason=reason)


def _mark(row: Any, draw: random.Random, *, skills: tuple[float, ...], apart: bool) -> None:
    skill = draw.choice(skills)
    aspects = practicals.aspects_of(row)
    for place, sheet in enumerate(row.sheets.select_related("evaluator").order_by("pk")):
        marks: dict[str, str] = {"remark": ""}
        for aspect in aspects:
            if aspect.kind == "veto":
                marks[aspect.code] = "no"
                continue
            share = min(1.0, max(0.0, skill + draw.uniform(-0.06, 0.06) - (0.45 if apart and place == 2 else 0)))
            marks[aspect.code] = str((Decimal(str(share)) * aspect.marks * 2).to_integral_value() / 2)
        evaluator = as_(sheet.evaluator.username)
        do("sheet.mark", sheet, evaluator, **marks)
        do("sheet.lock", sheet, evaluator)


def results(batch: Any, *, report: Report = quiet) -> None:
    """Scores, publicity, an objection answered, approval, certificates, archive."""
    it_is("2026-10-16", "10:00")
    publish(batch)
    report("汇总成绩、开始公示", 1, 1)
    it_is("2026-10-20", "14:00")
    objection = make(
        "objection.raise", batch, "public", name="邓思源", phone="19900008888",
        content="本人认为实操第三工位的测量项目扣分偏多，请求复核评分记录。",
    )  # fmt: skip
    it_is("2026-10-21", "11:00")
    answer = "已调阅三名考评人员的评分表和工位录像，测量项目扣分有据、三人评分一致，维持原成绩。"
    do("objection.dismiss", objection, "lg.officer", answer=answer)
    it_is("2026-10-26", "09:00")
    do("batch.approve", batch, "qixing", opinion="公示无未决异议，同意核准")
    report("公示期满、异议答复、县级核准", 1, 1)
    it_is("2026-10-27", "10:00")
    issue(batch)
    report("制证、送达、归档", 1, 1)


def publish(batch: Any, *, key: str = "lg") -> None:
    """The officer sums up the marks and begins the publicity."""
    do("batch.score", batch, f"{key}.officer")
    do("batch.publish", batch, f"{key}.officer")


def issue(batch: Any, *, key: str = "lg") -> None:
    """The certificates of an approved batch are made and handed over; the batch is archived."""
    issuer = as_(f"{key}.issuer")
    make("issuance.run", batch, issuer)
    issued = model_of("certificate").everywhere.filter(result__application__batch=batch).values_list("pk", flat=True)
    all_done(perform_each(step_of("certificate.deliver"), list(issued), actor=issuer))
    do("batch.archive", batch, f"{key}.officer")
