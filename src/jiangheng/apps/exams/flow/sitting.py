"""A candidate sits: his place and paper, entrance, the paper collected and marked by replay, marked again (K13)."""

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
from jiangheng.kernel.perform import create, perform

from .. import queries, rules
from ..forms import (
    Arrangement,
    Exchange,
    Extension,
    Remark,
    Written,
)
from ..models import ScoreChange

sitting = flow("sitting", "exams.Sitting", _("理论考试"), final=("submitted", "absent", "voided"))

Given = Mapping[str, Any]


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
    requires=(rules.doors_were_opened, rules.not_too_late), clause="K13",
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
    requires=(rules.session_is_not_at_a_place, rules.late_limit_is_over, rules.nobody_entered_in_the_hall),
    primary=False, clause="K13",
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
