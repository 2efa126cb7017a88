"""实操和综合评审: a panel is appointed, evaluators mark alone and lock, the mark follows (K14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.steps import NOTHING, flow, step_of
from jiangheng.kernel.forms import Opinion
from jiangheng.kernel.perform import create, perform

from . import queries, rules
from .forms import Marks, NewPractical, NewSheet, PanelPlan, Ruling

panel = flow("panel", "practicals.Panel", _("考评小组"), final=("finished",))
practical = flow("practical", "practicals.Practical", _("实操考核"), final=("settled", "absent"))
sheet = flow("sheet", "practicals.Sheet", _("评分表"), final=("locked",))

Given = Mapping[str, Any]


@panel.step(
    "appoint", _("组建考评小组"), source=NOTHING, target="appointed", who=Role.EXAM_OFFICER, under=("batch",),
    asks=PanelPlan, requires=(rules.batch_is_seated,), records=("part", "room", "leader"), tells=(Role.COUNTY,),
    clause="W8",
)  # fmt: skip
def appoint(thing: Any, given: Given, actor: Actor) -> None:
    batch = thing.under
    thing.batch, thing.part, thing.room, thing.leader = batch, given["part"], given["room"], given["leader"]
    # evaluators and practicals point at the panel's row, so it has to be there first
    thing.state = "appointed"
    thing.save()
    thing.evaluators.set(given["evaluators"])
    for evaluator in given["evaluators"]:
        _give_place(evaluator, batch)
    for person in list(queries.waiting(batch, thing.part, thing.room)):
        create(step_of("practical.open"), under=thing, actor=SYSTEM, given={"application": person.pk})


def _give_place(evaluator: Any, batch: Any) -> None:
    """The one place where his own sheets of this batch lie; no other evaluator's grant reaches it."""
    if evaluator.held.filter(role=Role.PANELIST, scope=_own_place(batch, evaluator.pk), state="active").exists():
        # he already sits in another panel of this batch
        return
    create(step_of("grant.appoint"), under=evaluator, actor=SYSTEM, given={
        "role": Role.PANELIST, "place": _own_place(batch, evaluator.pk), "until": None,
    })  # fmt: skip


def _own_place(batch: Any, evaluator: int) -> str:
    return f"{batch.scope}e{evaluator:06d}/"


@panel.step(
    "finish", _("完成评分"), source="appointed", target="finished", who=(Role.SYSTEM, Role.EXAM_OFFICER),
    requires=(rules.every_practical_is_settled,), clause="K14",
)  # fmt: skip
def finish(thing: Any, given: Given, actor: Actor) -> None: ...


@practical.step(
    "open", _("安排实操"), source=NOTHING, target="open", who=Role.SYSTEM, asks=NewPractical,
    records=("application", "part", "code"), clause="K14",
)  # fmt: skip
def open_practical(thing: Any, given: Given, actor: Actor) -> None:
    team = thing.under
    person = team.batch.applications.get(pk=given["application"])
    thing.panel, thing.part, thing.application, thing.level = team, team.part, person, person.level
    # the code on the work-piece or the papers: the station (none in a review) and the ticket's tail, never the name
    place = "ZH" if team.part == "review" else f"{person.station:02d}"
    thing.code = f"{place}-{person.ticket[-4:]}"
    thing.scope = person.scope
    thing.state = "open"
    thing.save()
    for evaluator in team.evaluators.order_by("pk"):
        create(step_of("sheet.open"), under=thing, actor=SYSTEM, given={"evaluator": evaluator.pk})


@practical.step(
    "settle", _("定分"), source="open", target="settled", who=Role.SYSTEM,
    requires=(rules.every_sheet_is_locked, rules.spread_is_within_the_limit), records=("mark", "vetoed"), clause="K14",
)  # fmt: skip
def settle(thing: Any, given: Given, actor: Actor) -> None:
    found = queries.panel_mark(thing)
    thing.mark, thing.vetoed = found.mean, found.vetoed
    _enter(thing)


@practical.step(
    "dispute", _("提请裁定"), source="open", target="disputed", who=Role.SYSTEM,
    requires=(rules.every_sheet_is_locked, rules.spread_is_beyond_the_limit), records=("spread",),
    tells=(Role.EXAM_OFFICER,), clause="K14",
)  # fmt: skip
def dispute(thing: Any, given: Given, actor: Actor) -> None:
    thing.spread = "；".join(queries.panel_mark(thing).reasons)


@practical.step(
    "rule", _("裁定成绩"), source="disputed", target="settled", who=Role.EXAM_OFFICER, asks=Ruling,
    records=("mark", "vetoed", "spread"), tells=(Role.COUNTY,), clause="K14",
)  # fmt: skip
def rule_mark(thing: Any, given: Given, actor: Actor) -> None:
    thing.mark, thing.vetoed = given["mark"], given["vetoed"]
    _enter(thing)


@practical.step(
    "miss", _("登记缺考"), source="open", target="absent", who=Role.EXAM_OFFICER, requires=(rules.nobody_has_marked,),
    asks=Opinion, primary=False, clause="K14",
)  # fmt: skip
def miss(thing: Any, given: Given, actor: Actor) -> None:
    perform(step_of(f"application.enter_{thing.part}"), thing.application_id, actor=SYSTEM, given={"absent": True})


def _enter(thing: Any) -> None:
    perform(step_of(f"application.enter_{thing.part}"), thing.application_id, actor=SYSTEM, given={
        "mark": str(thing.mark), "vetoed": thing.vetoed,
    })  # fmt: skip


@sheet.step(
    "open", _("发放评分表"), source=NOTHING, target="open", who=Role.SYSTEM, asks=NewSheet,
    records=("practical", "evaluator"), clause="K14",
)  # fmt: skip
def open_sheet(thing: Any, given: Given, actor: Actor) -> None:
    thing.practical, thing.evaluator_id = thing.under, given["evaluator"]
    # blindness is a place: the sheet lies in its evaluator's own scope below the batch
    thing.scope = _own_place(thing.under.panel.batch, given["evaluator"])


@sheet.step(
    "mark", _("评分"), source=("open", "marked"), target="marked", who=Role.PANELIST, asks=Marks,
    requires=(rules.practical_has_begun,), records=("marks",), clause="K14",
)  # fmt: skip
def mark(thing: Any, given: Given, actor: Actor) -> None:
    codes = [aspect.code for aspect in queries.aspects_of(thing.practical)]
    found = {code: Marks.entry(code, given) for code in codes}
    thing.marks = {
        code: value if isinstance(value, bool) else str(value) for code, value in found.items() if value is not None
    }
    thing.remark = given["remark"]
    total = queries.total_of(thing)
    thing.total, thing.vetoed = total.total, total.vetoed


@sheet.step(
    "lock", _("签字并锁定"), source="marked", target="locked", who=Role.PANELIST, requires=(rules.sheet_is_complete,),
    records=("marks", "total", "vetoed"), clause="K14",
)  # fmt: skip
def lock(thing: Any, given: Given, actor: Actor) -> None: ...
