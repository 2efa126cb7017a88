"""学徒工: enrolled, assessed by the enterprise's own form at the end of the apprenticeship, confirmed (K6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.steps import NOTHING, flow, step_of
from jiangheng.kernel.forms import Opinion, Reason
from jiangheng.kernel.perform import create

from .. import rules
from ..forms import Apprenticeship, Assessment
from .nominee import keep, who

apprentice = flow("apprentice", "routes.Apprentice", _("学徒工"), final=("passed", "failed", "left"))

Given = Mapping[str, Any]


@apprentice.step(
    "enrol", _("登记学徒"), source=NOTHING, target="enrolled", who=(Role.REGISTRAR, Role.MANAGER), under=("filing",),
    asks=Apprenticeship, requires=(rules.institution_is_an_enterprise, rules.filing_has_apprentices),
    records=("since", "until"), clause="K6",
)  # fmt: skip
def enrol(thing: Any, given: Given, actor: Actor) -> None:
    thing.filing, thing.institution = thing.under, thing.under.institution
    thing.name = given["name"]
    who(thing, given["identity"])
    thing.mentor, thing.since, thing.until = given["mentor"], given["since"], given["until"]


@apprentice.step(
    "assess", _("登记考核"), source="enrolled", target="assessed", who=(Role.EVALUATOR, Role.EXAM_OFFICER),
    asks=Assessment, requires=(rules.apprenticeship_is_over,), records=("practical_mark", "ground"),
    tells=(Role.MANAGER,), clause="K6",
)  # fmt: skip
def assess(thing: Any, given: Given, actor: Actor) -> None:
    thing.form = keep(given["form"], name="学徒考核表", scope=thing.scope)
    thing.practical_mark, thing.ground = given["mark"], given["comment"]


@apprentice.step(
    "confirm", _("确认转正定级"), source="assessed", target="passed", who=Role.MANAGER, other_than=("assess",),
    asks=Opinion, requires=(rules.apprentice_reached_the_mark,), records=("practical_mark",), tells=(Role.REGISTRAR,),
    clause="K6",
)  # fmt: skip
def confirm(thing: Any, given: Given, actor: Actor) -> None:
    create(step_of("result.record"), under=thing, actor=SYSTEM)


@apprentice.step(
    "fail", _("考核不合格"), source="assessed", target="failed", who=Role.MANAGER, asks=Reason, primary=False,
    destructive=True, records=("practical_mark",), tells=(Role.REGISTRAR,), clause="K6",
)  # fmt: skip
def fail(thing: Any, given: Given, actor: Actor) -> None: ...


@apprentice.step(
    "leave", _("中止学徒"), source="enrolled", target="left", who=(Role.REGISTRAR, Role.MANAGER), asks=Reason,
    primary=False, destructive=True, clause="K6",
)  # fmt: skip
def leave(thing: Any, given: Given, actor: Actor) -> None: ...
