"""机考: a session is prepared and opened, candidates are admitted, papers are collected and marked by replay (K13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.exam import marking, shuffle
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel import clock, vault
from jiangheng.kernel.perform import create, perform

from . import queries, rules
from .forms import Arrangement, Extension, Printing, SessionPlan

session = flow("session", "exams.Session", _("理论考试场次"), final=("closed",))
sitting = flow("sitting", "exams.Sitting", _("理论考试"), final=("submitted", "absent"))

Given = Mapping[str, Any]


@session.step(
    "prepare", _("安排场次"), source=NOTHING, target="planned", who=Role.EXAM_OFFICER, under=("batch",),
    asks=SessionPlan, requires=(rules.batch_is_seated, rules.every_level_has_its_papers),
    records=("room", "starts_at", "minutes"), tells=(Role.INVIGILATOR,), clause="K13",
)  # fmt: skip
def prepare(thing: Any, given: Given, actor: Actor) -> None:
    batch = thing.under
    thing.batch, thing.room, thing.starts_at = batch, given["room"], batch.theory_at
    everyone = list(batch.applications.filter(state="seated").order_by("ticket"))
    here = sorted((person for person in everyone if person.theory_room_id == thing.room.pk), key=lambda each: each.seat)
    papers = itembank.papers_of(batch.pk)
    thing.minutes = max((int(papers[each.level][0].blueprint["minutes"]) for each in here), default=90)
    # invigilators and sittings point at the session's row, so it has to be there first
    thing.state = "planned"
    thing.save()
    thing.invigilators.set(given["invigilators"])
    order = _order(everyone)
    faces: dict[int, str] = {}
    for person in here:
        paper = itembank.paper_for(papers[person.level], order=order[person.pk], seat=person.seat)
        if paper.pk not in faces:
            faces[paper.pk] = queries.face_of(paper)[0]
        create(step_of("sitting.arrange"), under=thing, actor=SYSTEM, given={
            "application": person.pk, "paper": paper.pk, "face": faces[paper.pk],
        })  # fmt: skip


def _order(everyone: list[Any]) -> dict[int, int]:
    """Each candidate's number among those of his level in the batch, in the order of their tickets."""
    count: dict[str, int] = {}
    order = {}
    for person in everyone:
        order[person.pk] = count.get(person.level, 0)
        count[person.level] = order[person.pk] + 1
    return order


@session.step(
    "release", _("核准启封试卷"), source="planned", target="released", who=Role.EXAM_OFFICER,
    requires=(rules.papers_may_be_released, rules.no_paper_is_destroyed), tells=(Role.INVIGILATOR,), clause="K13",
)  # fmt: skip
def release(thing: Any, given: Given, actor: Actor) -> None:
    for paper in queries.papers_in(thing):
        if paper.state == "sealed":
            perform(step_of("paper.release"), paper.pk, actor=SYSTEM)


@session.step(
    "print", _("印制纸质试卷"), source=("released", "open"), target=STAY, who=Role.EXAM_OFFICER, asks=Printing,
    records=("paper_digests",), primary=False, clause="K13",
)  # fmt: skip
def print_papers(thing: Any, given: Given, actor: Actor) -> None: ...


@session.step(
    "open", _("启封试卷并开放入场"), source="released", target="open", who=Role.INVIGILATOR, other_than=("release",),
    requires=(rules.doors_may_open, rules.no_paper_is_destroyed), clause="K13",
)  # fmt: skip
def open_session(thing: Any, given: Given, actor: Actor) -> None:
    for paper in queries.papers_in(thing):
        if paper.state == "released":
            perform(step_of("paper.open"), paper.pk, actor=SYSTEM)
        # only now does the paper leave its seal: the hall had no more than its digest
        queries.publish_face(paper)


@session.step(
    "close", _("结束场次"), source="open", target="closed", who=Role.INVIGILATOR,
    requires=(rules.everybody_is_done, rules.every_paper_is_collected), tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def close_session(thing: Any, given: Given, actor: Actor) -> None:
    for one in thing.sittings.filter(state="ready").order_by("pk"):
        perform(step_of("sitting.miss"), one.pk, actor=actor)


@sitting.step(
    "arrange", _("安排考生"), source=NOTHING, target="ready", who=Role.SYSTEM, asks=Arrangement,
    records=("application", "paper", "face"), clause="K13",
)  # fmt: skip
def arrange(thing: Any, given: Given, actor: Actor) -> None:
    session = thing.under
    person = session.batch.applications.get(pk=given["application"])
    thing.session, thing.application = session, person
    thing.paper = itembank.paper_of(session.batch_id, given["paper"])
    # a sitting lies in its candidate's scope, so the candidate's own grant reaches it and nobody else's
    thing.scope = person.scope
    thing.face = given["face"]
    thing.seed = shuffle.seed_for(thing.face, person.ticket, vault.subkey("layout")).hex()


@sitting.step(
    "admit", _("入场"), source="ready", target="admitted", who=(Role.CANDIDATE, Role.INVIGILATOR),
    requires=(rules.session_is_open, rules.not_too_late), clause="K13",
)  # fmt: skip
def admit(thing: Any, given: Given, actor: Actor) -> None:
    thing.admitted_at = clock.now()


@sitting.step(
    "extend", _("延长时间"), source="admitted", target=STAY, who=Role.INVIGILATOR, asks=Extension, primary=False,
    clause="K13",
)  # fmt: skip
def extend(thing: Any, given: Given, actor: Actor) -> None:
    queries.extend(thing, minutes=given["minutes"], reason=given["reason"])


@sitting.step(
    "submit", _("收卷评分"), source="admitted", target="submitted", who=(Role.SYSTEM, Role.CANDIDATE, Role.INVIGILATOR),
    requires=(rules.paper_is_handed_in_or_time_is_up,), records=("mark", "answered", "answers_digest"), clause="K13",
)  # fmt: skip
def submit(thing: Any, given: Given, actor: Actor) -> None:
    state, head = queries.replay(thing)
    answers = queries.answers_by_code(thing.paper, state)
    plan = itembank.blueprint_of(thing.paper.bank, thing.paper.blueprint)
    marked = marking.mark_paper(itembank.paper_items(thing.paper), answers, plan)
    thing.mark, thing.answered, thing.answers_digest = marked.total, len(answers), head
    thing.submitted_at = clock.now()
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"mark": str(marked.total)})


@sitting.step(
    "miss", _("登记缺考"), source="ready", target="absent", who=Role.INVIGILATOR, requires=(rules.late_limit_is_over,),
    primary=False, clause="K13",
)  # fmt: skip
def miss(thing: Any, given: Given, actor: Actor) -> None:
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"absent": True})
