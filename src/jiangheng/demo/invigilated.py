"""A theory examination with what happens in a room: strict conduct, pictures, events, help, and marking left to do."""

from __future__ import annotations

import base64
from typing import Any

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.exams import queries as exams
from jiangheng.apps.institutions import queries as institutions
from jiangheng.kernel.perform import model_of

from . import candidates
from .evaluation import photograph, prepare, review, unseal
from .hands import as_, do, it_is, make
from .people import people, portrait

SOUND = {
    "missing": [], "width": 1920, "height": 945, "keeps": True, "skew": 180, "median": 6, "worst": 31, "camera": True,
}  # fmt: skip
"""What a check page finds at a machine that is good."""
FOUND = {
    **dict.fromkeys(range(1, 19), SOUND),
    4: {**SOUND, "skew": -394_000},
    11: {**SOUND, "width": 980, "height": 560, "camera": False},
    17: {**SOUND, "median": 742, "worst": 5_310},
}
"""The second room: eighteen machines were checked, three are red."""


def enrolled(batch: Any, *, seed: int) -> None:
    """Five candidates of the third level, reviewed."""
    it_is("2026-10-29", "10:30")
    for person in people(5, seed=seed + 2200, born=(1972, 1986)):
        row = make(
            "application.enrol", batch, "lg.registrar", level="3", name=person.name, identity=person.identity,
            phone=person.phone, education="中等专业学校", employer="桂林漓光电气制造有限公司动力设备部",
            work_since="2006-03-01",
        )  # fmt: skip
        photograph(row, person)
    review(batch)


def prepared(batch: Any) -> Any:
    """They are seated; a calculator, the camera, and a lock for who leaves the page."""
    it_is("2026-11-06", "09:20")
    do("batch.seat", batch, "lg.officer", order="plain")
    [session] = prepare(batch, calculator="1", lock_after=3, camera=60)
    return session


def held(session: Any, *, seed: int, day: str) -> None:
    """The afternoon: one has more time, one leaves the page until it locks, one changes his machine, one stays away."""
    rows = list(session.sittings.order_by("pk"))
    nursing, straying, moving, plain = rows[:4]
    do(
        "sitting.grant", nursing, "lg.officer", extra=20, breaks=10, large="on",
        basis="哺乳期，凭出生医学证明申请",
    )  # fmt: skip
    it_is(day, "13:46")
    unseal([session])
    for row in rows[:4]:
        actor = batches.candidate_actor(row.application_id)
        assert actor is not None
        do("sitting.admit", row, actor)
    it_is(day, "14:04")
    strayed = [(straying, "/hall/event", {"kind": kind}) for kind in ("hidden", "shown", "blur", "focus", "hidden")]
    candidates.speak([
        *((row, "/hall/agree", {"to": "camera", "yes": row is not plain}) for row in rows[:4]),
        *((row, "/hall/picture", {"picture": _picture(seed, place)}) for place, row in enumerate((straying, moving))),
        *strayed,
    ])  # fmt: skip
    it_is(day, "14:06")
    by = "lg.invigilator1"
    do("session.tell_all", session, by, text="请把证件放在桌面左上角，手机关机后放到讲台。")
    do(
        "sitting.report", straying, by, kind="cheating",
        text="14:04 三次切换到其他窗口，页面自动锁定。经查看没有打开资料，口头警告。易冬梅在场。",
    )  # fmt: skip
    do("sitting.resume", straying, by, reason="误触离开页面")
    do("sitting.tell", straying, by, text="请不要离开考试页面，再次离开将记入考场记录。")
    it_is(day, "14:20")
    do("sitting.report", moving, by, kind="machine", text="14:20 显示器黑屏，换到空座位继续作答，作答没有丢失。")
    do("sitting.allow_move", moving, by, seat=12, reason="机器故障换机")
    do("sitting.extend", moving, by, minutes=5, reason="机器故障换机")
    it_is(day, "14:40")
    seated = [row for row in session.sittings.order_by("pk") if row.state == "admitted"]
    candidates.sit_all(seated, abilities={row.pk: 0.66 + 0.08 * n for n, row in enumerate(seated)}, seed=seed)
    it_is(day, "15:40")
    for row in seated:
        row.refresh_from_db()
        if row.state == "admitted":
            do("sitting.submit", row, "system")
    do("session.close", session, by)
    it_is(day, "16:30")
    _partly_marked(session)


def _picture(seed: int, place: int) -> str:
    person = people(5, seed=seed + 2200, born=(1972, 1986))[place + 1]
    return base64.b64encode(portrait(person)).decode()


def _partly_marked(session: Any) -> None:
    """Of four candidates' answers in words one waits for markers, the others for a first, a second and a third."""
    waiting = model_of("marking").everywhere.filter(sitting__session=session, state="waiting").order_by("sitting")
    evaluators = [as_(f"lg.evaluator{number}") for number in (1, 2, 3)]
    named = [actor.id.partition(":")[2] for actor in evaluators]
    for place, row in enumerate(list(waiting)[1:]):
        do("marking.assign", row, "lg.officer", markers=named)
        for step, actor, mark in zip(("first", "second"), evaluators[:place], ("2", "0"), strict=False):
            row.refresh_from_db()
            do(f"marking.{step}", row, actor, marks={asked.place: mark for asked in exams.open_answers(row)})


def machines(name: str) -> None:
    """The exam officer opens a room for checks; what the check page finds is there a moment later."""
    room = model_of("room").reach(as_("lg.officer")).get(name=name)
    do("room.check_seats", room, "lg.officer")
    room.refresh_from_db()
    candidates.check_machines(institutions.check_pass(room, camera=True), FOUND)
    do("room.take_checks", room, "system")
