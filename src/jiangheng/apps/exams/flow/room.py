"""What is done in the room while an examination runs: at a seat, and for everybody at once (clause K13)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.exam.events import Extended, Freed, Granted, Paused, Resumed, Told, Voided
from jiangheng.core.steps import STAY, step_of
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import perform

from .. import queries, rules
from ..forms import Arrangements, Because, Extension, Irregularity, Message, Move
from .session import Given, session
from .sitting import sitting

THERE = ("ready", "admitted")
"""Whoever checked in at the hall is still “ready” until the clock has heard of it."""


@sitting.step(
    "pause", _("暂停作答"), source=THERE, target=STAY, who=Role.INVIGILATOR, asks=Because,
    requires=(rules.session_is_open,), primary=False, clause="K13",
)  # fmt: skip
def pause(thing: Any, given: Given, actor: Actor) -> None:
    queries.control([thing], Paused(reason=given["reason"]))


@sitting.step(
    "resume", _("恢复作答（解锁）"), source=THERE, target=STAY, who=Role.INVIGILATOR, asks=Because,
    requires=(rules.session_is_open,), primary=False, clause="K13",
)  # fmt: skip
def resume(thing: Any, given: Given, actor: Actor) -> None:
    queries.control([thing], Resumed(reason=given["reason"]))


@sitting.step(
    "allow_move", _("允许换机"), source=THERE, target=STAY, who=Role.INVIGILATOR, asks=Move,
    requires=(rules.session_is_open,), records=("moved_to",), primary=False, clause="K13",
)  # fmt: skip
def allow_move(thing: Any, given: Given, actor: Actor) -> None:
    # a newer pass for the new machine: once it has entered, the old machine's is good for nothing
    thing.fence += 1
    thing.moved_to = given["seat"] or thing.moved_to
    queries.control([thing], Freed(reason=given["reason"]))


@sitting.step(
    "tell", _("发消息"), source=THERE, target=STAY, who=Role.INVIGILATOR, asks=Message,
    requires=(rules.session_is_open,), primary=False, clause="K13",
)  # fmt: skip
def tell(thing: Any, given: Given, actor: Actor) -> None:
    queries.control([thing], Told(text=given["text"]))


@sitting.step(
    "report", _("登记异常情况"), source=(*THERE, "on_paper", "submitted"), target=STAY, who=Role.INVIGILATOR,
    asks=Irregularity, tells=(Role.EXAM_OFFICER,), primary=False, clause="K13",
)  # fmt: skip
def report(thing: Any, given: Given, actor: Actor) -> None:
    thing.report(at=clock.now().isoformat(), by=actor.name, kind=given["kind"], text=given["text"])


@sitting.step(
    "grant", _("便利安排"), source=THERE, target=STAY, who=Role.EXAM_OFFICER, asks=Arrangements,
    requires=(rules.terms_are_not_at_a_place,), records=("extra", "breaks", "large"), tells=(Role.INVIGILATOR,),
    primary=False, clause="K13",
)  # fmt: skip
def grant(thing: Any, given: Given, actor: Actor) -> None:
    before = thing.extra
    if thing.session.state == "open":
        # passes are out: from now on they keep saying what they said, and the journal says what is new
        thing.first_terms = thing.first_terms or {"extra": before, "breaks": thing.breaks, "large": thing.large}
        more = Extended(seconds=60 * (given["extra"] - before), reason=given["basis"])
        granted = Granted(breaks=60 * given["breaks"], large=given["large"])
        queries.control([thing], *([more] if more.seconds else []), granted)
    for name in ("extra", "breaks", "large", "basis"):
        setattr(thing, name, given[name])


@sitting.step(
    "void", _("作废"), source=(*THERE, "submitted"), target="voided", who=Role.EXAM_OFFICER, asks=Reason,
    requires=(rules.session_is_not_at_a_place,), records=("answers_digest",), tells=(Role.CANDIDATE, Role.MANAGER),
    primary=False, destructive=True, clause="K13",
)  # fmt: skip
def void(thing: Any, given: Given, actor: Actor) -> None:
    if thing.state != "submitted":
        queries.control([thing], Voided(reason=given["reason"]))
    thing.mark = None
    # he was there, so he was not absent: a cancelled result counts nothing
    perform(step_of("application.enter_theory"), thing.application_id, actor=SYSTEM, given={"mark": "0"})


# ---- everybody in the room at once ----


@session.step(
    "extend_all", _("全场补时"), source="open", target=STAY, who=Role.INVIGILATOR, asks=Extension,
    requires=(rules.somebody_is_in_the_room,), primary=False, clause="K13",
)  # fmt: skip
def extend_all(thing: Any, given: Given, actor: Actor) -> None:
    # what went wrong before somebody came cost him no time
    queries.control(queries.present(thing), Extended(seconds=60 * given["minutes"], reason=given["reason"]))


@session.step(
    "pause_all", _("全场暂停"), source="open", target=STAY, who=Role.INVIGILATOR, asks=Because,
    requires=(rules.somebody_is_in_the_room,), primary=False, clause="K13",
)  # fmt: skip
def pause_all(thing: Any, given: Given, actor: Actor) -> None:
    queries.control(queries.expected(thing), Paused(reason=given["reason"]))


@session.step(
    "resume_all", _("全场恢复"), source="open", target=STAY, who=Role.INVIGILATOR, asks=Because,
    requires=(rules.somebody_is_in_the_room,), primary=False, clause="K13",
)  # fmt: skip
def resume_all(thing: Any, given: Given, actor: Actor) -> None:
    queries.control(queries.expected(thing), Resumed(reason=given["reason"]))


@session.step(
    "tell_all", _("全场通知"), source="open", target=STAY, who=Role.INVIGILATOR, asks=Message,
    requires=(rules.somebody_is_in_the_room,), primary=False, clause="K13",
)  # fmt: skip
def tell_all(thing: Any, given: Given, actor: Actor) -> None:
    queries.control(queries.expected(thing), Told(text=given["text"]))
