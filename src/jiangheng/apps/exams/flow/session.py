"""机考: a session is prepared and opened, candidates are admitted, papers are collected and marked by replay (K13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.exam import shuffle
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel import clock, vault
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import create, perform, perform_many

from .. import queries, rules
from ..forms import (
    AnswerBook,
    AnswerRow,
    Arrangement,
    Decision,
    Exchange,
    Extension,
    Printing,
    Remark,
    SessionPlan,
    ThirdMark,
    Written,
)
from ..models import ScoreChange

session = flow("session", "exams.Session", _("理论考试场次"), final=("closed",))
sitting = flow("sitting", "exams.Sitting", _("理论考试"), final=("submitted", "absent", "voided"))
transcription = flow("transcription", "exams.Transcription", _("纸质答卷录入"), final=("settled", "dropped"))

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
    "close", _("结束场次"), source="open", target="closed", who=Role.INVIGILATOR,
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


@sitting.step(
    "arrange", _("安排考生"), source=NOTHING, target="ready", who=Role.SYSTEM, asks=Arrangement,
    records=("application", "paper", "face"), clause="K13",
)  # fmt: skip
def arrange(thing: Any, given: Given, actor: Actor) -> None:
    session = thing.under
    person = session.batch.applications.get(pk=given["application"])
    thing.session, thing.application = session, person
    # a sitting lies in its candidate's scope, so the candidate's own grant reaches it and nobody else's
    thing.scope = person.scope
    _seat(thing, given)


def _seat(thing: Any, given: Given) -> None:
    """Put a sitting on a paper: face and layout follow from it."""
    thing.paper = itembank.paper_of(thing.session.batch_id, given["paper"])
    thing.face = given["face"]
    thing.seed = shuffle.seed_for(thing.face, thing.application.ticket, vault.subkey("layout")).hex()


@sitting.step(
    "exchange", _("更换试卷"), source="ready", target="ready", who=Role.SYSTEM, asks=Exchange,
    records=("paper", "face"), primary=False, clause="K13",
)  # fmt: skip
def exchange(thing: Any, given: Given, actor: Actor) -> None:
    _seat(thing, given)


@sitting.step(
    "admit", _("入场"), source="ready", target="admitted", who=(Role.SYSTEM, Role.CANDIDATE, Role.INVIGILATOR),
    requires=(rules.session_is_open, rules.not_too_late), clause="K13",
)  # fmt: skip
def admit(thing: Any, given: Given, actor: Actor) -> None:
    # whoever checked in at the hall came at the moment of his entry, not when the clock heard of it
    thing.admitted_at = queries.entered_at(thing) or clock.now()


@sitting.step(
    "extend", _("延长时间"), source="admitted", target=STAY, who=Role.INVIGILATOR, asks=Extension, primary=False,
    clause="K13",
)  # fmt: skip
def extend(thing: Any, given: Given, actor: Actor) -> None:
    queries.extend(thing, minutes=given["minutes"], reason=given["reason"])


@sitting.step(
    "look", _("查看抓拍照片"), source=("admitted", "submitted"), target=STAY, who=(Role.INVIGILATOR, Role.EXAM_OFFICER),
    requires=(rules.pictures_are_kept,), primary=False, clause="K13",
)  # fmt: skip
def look(thing: Any, given: Given, actor: Actor) -> None: ...


@sitting.step(
    "submit", _("收卷评分"), source="admitted", target="submitted", who=(Role.SYSTEM, Role.CANDIDATE, Role.INVIGILATOR),
    requires=(rules.paper_is_handed_in_or_time_is_up, rules.not_voided_in_the_hall),
    records=("mark", "answered", "answers_digest"), clause="K13",
)  # fmt: skip
def submit(thing: Any, given: Given, actor: Actor) -> None:
    state, head = queries.replay(thing)
    answers = queries.answers_by_code(thing.paper, state)
    marked = queries.marked(thing)
    thing.answered, thing.answers_digest, thing.submitted_at = len(answers), head, clock.now()
    if marked.waiting:
        # no mark until persons have marked what a machine cannot
        create(step_of("marking.open"), under=thing, actor=SYSTEM, given={"codes": list(marked.waiting)})
        return
    thing.mark = queries.tenths(marked.total)
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"mark": str(thing.mark)})


@sitting.step(
    "complete", _("登记主观题得分"), source="submitted", target=STAY, who=Role.SYSTEM,
    requires=(rules.every_open_answer_is_marked,), records=("mark",), primary=False, clause="K13",
)  # fmt: skip
def complete(thing: Any, given: Given, actor: Actor) -> None:
    thing.mark = queries.tenths(queries.marked(thing).total)
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"mark": str(thing.mark)})


@sitting.step(
    "remark", _("复核评分"), source="submitted", target=STAY, who=(Role.EXAM_OFFICER, Role.SYSTEM), asks=Remark,
    requires=(rules.nothing_waits_for_a_marker,), records=("mark", "answers_digest"), tells=(Role.MANAGER,),
    primary=False, clause="K13",
)  # fmt: skip
def remark(thing: Any, given: Given, actor: Actor) -> None:
    before, thing.mark = thing.mark, queries.tenths(queries.marked(thing).total)
    ScoreChange.objects.create(
        sitting=thing, before=before, after=thing.mark, why=given["reason"], correction=given["correction"],
        at=clock.now(),
    )  # fmt: skip
    if thing.mark != before:
        _carry_on(thing, given["reason"])


def _carry_on(thing: Any, reason: str) -> None:
    """Give the application the new mark by its own step; beyond approval it is for those who may annul."""
    person = queries.application_of(thing)
    if queries.may_correct(person):
        perform(step_of("application.correct_mark"), person.pk, actor=SYSTEM, given={
            "part": "theory", "mark": str(thing.mark), "reason": reason,
        })  # fmt: skip
    elif person.state == "seated":
        perform(step_of("application.enter_theory"), person.pk, actor=SYSTEM, given={"mark": str(thing.mark)})


@sitting.step(
    "seal_bundle", _("封存作答"), source="submitted", target=STAY, who=(Role.EXAM_OFFICER, Role.CENTRE, Role.CITY),
    requires=(rules.taken_at_a_computer, rules.nothing_waits_for_a_marker), records=("bundle_digest",), primary=False,
    clause="K13",
)  # fmt: skip
def seal_bundle(thing: Any, given: Given, actor: Actor) -> None:
    thing.bundle_digest = queries.bundle_digest(thing)


@sitting.step(
    "miss", _("登记缺考"), source="ready", target="absent", who=Role.INVIGILATOR,
    requires=(rules.late_limit_is_over, rules.nobody_entered_in_the_hall), primary=False, clause="K13",
)  # fmt: skip
def miss(thing: Any, given: Given, actor: Actor) -> None:
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"absent": True})


# ---- answers written on paper ----


@sitting.step(
    "hold", _("转为纸笔作答"), source="ready", target="on_paper", who=Role.SYSTEM,
    requires=(rules.nothing_was_answered_at_a_computer,), records=("by_hand",), primary=False, clause="K13",
)  # fmt: skip
def hold(thing: Any, given: Given, actor: Actor) -> None:
    thing.by_hand = True


@sitting.step(
    "free", _("取消纸笔作答"), source="on_paper", target="ready", who=Role.SYSTEM, records=("by_hand",), primary=False,
    clause="K13",
)  # fmt: skip
def free(thing: Any, given: Given, actor: Actor) -> None:
    thing.by_hand = False


@sitting.step(
    "transcribe", _("登记纸质答卷"), source="on_paper", target="submitted", who=Role.SYSTEM, asks=Written,
    requires=(rules.nothing_was_answered_at_a_computer,), records=("mark", "answered", "answers_digest"),
    primary=False, clause="K13",
)  # fmt: skip
def transcribe(thing: Any, given: Given, actor: Actor) -> None:
    queries.keep_written(thing, itembank.paper_of(thing.session.batch_id, given["paper"]), given["row"])
    thing.submitted_at = thing.session.starts_at + dt.timedelta(minutes=thing.session.minutes)
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"mark": str(thing.mark)})


@sitting.step(
    "miss_paper", _("登记纸笔缺考"), source="on_paper", target="absent", who=Role.SYSTEM, primary=False, clause="K13"
)
def miss_paper(thing: Any, given: Given, actor: Actor) -> None:
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"absent": True})


@transcription.step(
    "begin", _("录入纸质答卷"), source=NOTHING, target="first", who=Role.EXAM_OFFICER, under=("session",),
    requires=(
        rules.session_is_under_way, rules.papers_were_printed, rules.writing_time_is_over, rules.somebody_sat_on_paper,
    ),
    records=("sittings",), clause="K13",
)  # fmt: skip
def begin(thing: Any, given: Given, actor: Actor) -> None:
    thing.session, thing.begun_at = thing.under, clock.now()
    # whoever is not in a hall at the end of the examination sat on paper or stayed away; the sheets will tell
    thing.sittings = list(thing.session.sittings.filter(state="ready").order_by("pk").values_list("pk", flat=True))
    perform_many(step_of("sitting.hold"), thing.sittings, actor=SYSTEM)


FIRST = ("enter", "upload")
"""The steps of the first typing; whoever did one of them has no part in the second."""


@transcription.step(
    "upload", _("上传第一遍录入表"), source="first", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerBook,
    records=("first_digest",), clause="K13",
)  # fmt: skip
def upload(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("first", given["rows"])


@transcription.step(
    "enter", _("录入一名考生（第一遍）"), source="first", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerRow,
    records=("first_digest",), primary=False, clause="K13",
)  # fmt: skip
def enter(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("first", thing.held("first") | {str(given["sitting"]): given["row"]})


@transcription.step(
    "hand_on", _("完成第一遍录入"), source="first", target="second", who=Role.EXAM_OFFICER,
    requires=(rules.first_typing_is_complete,), records=("first_digest",), tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def hand_on(thing: Any, given: Given, actor: Actor) -> None: ...


@transcription.step(
    "upload_again", _("上传第二遍录入表"), source="second", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerBook,
    other_than=FIRST, records=("second_digest",), clause="K13",
)  # fmt: skip
def upload_again(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("second", given["rows"])


@transcription.step(
    "enter_again", _("录入一名考生（第二遍）"), source="second", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerRow,
    other_than=FIRST, records=("second_digest",), primary=False, clause="K13",
)  # fmt: skip
def enter_again(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("second", thing.held("second") | {str(given["sitting"]): given["row"]})


@transcription.step(
    "compare", _("完成第二遍录入并比对"), source="second", target="compared", who=Role.EXAM_OFFICER, other_than=FIRST,
    requires=(rules.second_typing_is_complete,), records=("first_digest", "second_digest"),
    tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def compare(thing: Any, given: Given, actor: Actor) -> None: ...


@transcription.step(
    "decide", _("核定差异"), source="compared", target=STAY, who=Role.EXAM_OFFICER, asks=Decision,
    requires=(rules.something_is_to_be_decided,), records=("settled_digest",), primary=False, clause="K13",
)  # fmt: skip
def decide(thing: Any, given: Given, actor: Actor) -> None:
    _decided(thing, given)


@transcription.step(
    "third", _("第三人评分"), source="compared", target=STAY, who=Role.EXAM_OFFICER, asks=ThirdMark,
    other_than=(*FIRST, "enter_again", "upload_again"), requires=(rules.a_third_mark_is_wanted,),
    records=("settled_digest",), primary=False, clause="K13",
)  # fmt: skip
def third(thing: Any, given: Given, actor: Actor) -> None:
    _decided(thing, given)


def _decided(thing: Any, given: Given) -> None:
    rows, key = thing.held("settled"), str(given["sitting"])
    thing.hold("settled", rows | {key: rows.get(key, {}) | given["values"]})


@transcription.step(
    "settle", _("确认登分"), source="compared", target="settled", who=Role.EXAM_OFFICER,
    requires=(rules.nothing_is_undecided,), records=("first_digest", "second_digest", "settled_digest"),
    tells=(Role.INVIGILATOR,), clause="K13",
)  # fmt: skip
def settle(thing: Any, given: Given, actor: Actor) -> None:
    for sitting, row in queries.agreed(thing).items():
        if row["there"] == "absent":
            perform(step_of("sitting.miss_paper"), sitting, actor=SYSTEM)
        else:
            perform(step_of("sitting.transcribe"), sitting, actor=SYSTEM, given={"paper": row["paper"], "row": row})


@transcription.step(
    "drop", _("作废本次录入"), source=("first", "second", "compared"), target="dropped", who=Role.EXAM_OFFICER,
    asks=Reason, primary=False, destructive=True, clause="K13",
)  # fmt: skip
def drop(thing: Any, given: Given, actor: Actor) -> None:
    perform_many(step_of("sitting.free"), thing.sittings, actor=SYSTEM)
