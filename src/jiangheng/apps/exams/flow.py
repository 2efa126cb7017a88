"""机考: a session is prepared and opened, candidates are admitted, papers are collected and marked by replay (K13)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.itembank import queries as itembank
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.exam import marking, shuffle
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel import clock, vault
from jiangheng.kernel.perform import create, perform

from . import queries, rules
from .forms import Arrangement, Extension, SessionPlan

session = flow("session", "exams.Session", _("理论考试场次"), final=("closed",))
sitting = flow("sitting", "exams.Sitting", _("理论考试"), final=("submitted", "absent"))

Given = Mapping[str, Any]


@session.step(
    "prepare", _("安排场次"), source=NOTHING, target="planned", who=Role.EXAM_OFFICER, under=("batch",),
    asks=SessionPlan, requires=(rules.batch_is_seated, rules.every_level_has_a_bank),
    records=("room", "starts_at", "minutes"), tells=(Role.INVIGILATOR,), clause="K13",
)  # fmt: skip
def prepare(thing: Any, given: Given, actor: Actor) -> None:
    batch = thing.under
    thing.batch, thing.room, thing.starts_at = batch, given["room"], batch.theory_at
    people = list(batch.applications.filter(state="seated", theory_room=given["room"]).order_by("seat"))
    papers = {level: _paper(batch, level) for level in sorted({person.level for person in people})}
    thing.minutes = max((int(paper.blueprint["minutes"]) for paper in papers.values()), default=90)
    # invigilators and sittings point at the session's row, so it has to be there first
    thing.state = "planned"
    thing.save()
    thing.invigilators.set(given["invigilators"])
    for person in people:
        create(step_of("sitting.arrange"), under=thing, actor=SYSTEM, given={
            "application": person.pk, "paper": papers[person.level].pk,
        })  # fmt: skip


def _paper(batch: Any, level: str) -> Any:
    found = itembank.papers_of(batch.pk).get(level)
    if found is not None:
        return found
    bank = itembank.bank_for(batch.occupation, level)
    design = standards.content(batch.standard).design(level)
    theory = next(part for part in design.parts if part.kind == "theory")
    # one mark an item, as most institutions compose; blueprints become data of the standard with the item bank issue
    kinds = [[kind, parameter(f"paper.{kind}"), "1"] for kind in ("single", "multiple", "judgement")]
    blueprint = {"kinds": kinds, "minutes": theory.minutes, "pass_mark": theory.pass_mark}
    return create(step_of("paper.assemble"), under=bank, actor=SYSTEM, given={
        "batch": batch.pk, "blueprint": blueprint, "seed": _draw(batch, level),
    })  # fmt: skip


def _draw(batch: Any, level: str) -> str:
    # demo mode draws from the batch itself so that one seed gives one city; a real draw is not foreseeable
    if settings.CONFIG.demo:
        return shuffle.seed_for(f"{batch.number}:{level}", "paper", b"demonstration city").hex()
    return secrets.token_hex(32)


@session.step(
    "open", _("开放入场"), source="planned", target="open", who=Role.INVIGILATOR, requires=(rules.doors_may_open,),
    clause="K13",
)  # fmt: skip
def open_session(thing: Any, given: Given, actor: Actor) -> None:
    for paper in itembank.papers_of(thing.batch_id).values():
        if paper.state == "sealed":
            perform(step_of("paper.open"), paper.pk, actor=SYSTEM)


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
    papers = {paper.pk: paper for paper in itembank.papers_of(session.batch_id).values()}
    thing.session, thing.application, thing.paper = session, person, papers[given["paper"]]
    # a sitting lies in its candidate's scope, so the candidate's own grant reaches it and nobody else's
    thing.scope = person.scope
    thing.face = queries.publish_face(thing.paper)
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
    codes = {public: code for code, public in queries.public_ids(thing.paper).items()}
    answers = {codes[item]: keys for item, keys in state.answers.items() if keys}
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
