"""机考: a session is prepared, released, opened and closed (K13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel.perform import create, perform

from .. import queries, rules
from ..forms import (
    Printing,
    SessionPlan,
)

session = flow("session", "exams.Session", _("理论考试场次"), final=("closed",))

Given = Mapping[str, Any]
CONDUCT = ("calculator", "lock_after", "exam_browser", "browser_keys", "camera")
"""The fields of a session that say how its examination is conducted."""


@session.step(
    "prepare", _("安排场次"), source=NOTHING, target="planned", who=Role.EXAM_OFFICER, under=("batch",),
    asks=SessionPlan, requires=(rules.batch_is_seated, rules.every_level_has_its_papers),
    records=("room", "starts_at", "minutes", *CONDUCT), tells=(Role.INVIGILATOR,), clause="K13",
)  # fmt: skip
def prepare(thing: Any, given: Given, actor: Actor) -> None:
    batch = thing.under
    thing.batch, thing.room, thing.starts_at = batch, given["room"], batch.theory_at
    everyone = list(batch.applications.filter(state="seated").order_by("ticket"))
    here = sorted((person for person in everyone if person.theory_room_id == thing.room.pk), key=lambda each: each.seat)
    papers = itembank.papers_of(batch.pk)
    thing.minutes = max((int(papers[each.level][0].blueprint["minutes"]) for each in here), default=90)
    for name in CONDUCT:
        setattr(thing, name, given[name])
    # invigilators and sittings point at the session's row, so it has to be there first
    thing.state = "planned"
    thing.save()
    thing.invigilators.set(given["invigilators"])
    order = queries.order_in(everyone)
    faces: dict[int, str] = {}
    for person in here:
        paper = itembank.paper_for(
            papers[person.level], order=order[person.pk], seat=person.seat, person=queries.person_key(person.identity)
        )
        create(step_of("sitting.arrange"), under=thing, actor=SYSTEM, given={
            "application": person.pk, "paper": paper.pk, "face": _face(paper, faces),
        })  # fmt: skip


def _face(paper: Any, known: dict[int, str]) -> str:
    """The digest of what candidates will see of a paper; worked out once for each."""
    if paper.pk not in known:
        known[paper.pk] = queries.face_of(paper)[0]
    return known[paper.pk]


@session.step(
    "rearrange", _("更换已销毁的试卷"), source=("planned", "released"), target="planned", who=Role.EXAM_OFFICER,
    requires=(rules.a_paper_is_destroyed, rules.new_papers_are_drawn), records=("minutes", "paper_digests"),
    primary=False, tells=(Role.INVIGILATOR,), clause="K13",
)  # fmt: skip
def rearrange(thing: Any, given: Given, actor: Actor) -> None:
    faces: dict[int, str] = {}
    for sitting, paper in queries.exchanges(thing).items():
        perform(step_of("sitting.exchange"), sitting, actor=SYSTEM, given={
            "paper": paper.pk, "face": _face(paper, faces),
        })  # fmt: skip
    # released again from here: whoever approved the papers that are gone has approved nothing of these
    thing.minutes = max(int(paper.blueprint["minutes"]) for paper in queries.papers_in(thing))


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
    "close", _("结束场次"), source=("open", "returned"), target="closed", who=Role.INVIGILATOR,
    requires=(
        rules.everybody_is_done, rules.every_paper_is_collected, rules.whoever_entered_is_admitted,
        rules.written_papers_are_entered,
    ),
    tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def close_session(thing: Any, given: Given, actor: Actor) -> None:
    for one in thing.sittings.filter(state="ready").order_by("pk"):
        perform(step_of("sitting.miss"), one.pk, actor=actor)


@session.step(
    "destroy_pictures", _("销毁到期的抓拍照片"), source="closed", target=STAY, who=Role.SYSTEM,
    requires=(rules.pictures_are_past_their_days,), records=("pictures_destroyed",), clause="K13",
)  # fmt: skip
def destroy_pictures(thing: Any, given: Given, actor: Actor) -> None:
    thing.pictures_destroyed = queries.destroy_pictures(thing)
