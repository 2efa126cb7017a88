"""组卷计划: what the papers of a bank are made of; written by one, enacted by another (K9, K13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import NOTHING, STAY, flow
from jiangheng.kernel.forms import Reason

from ..forms.papers import PlanText
from ..rules import papers as rules

plan = flow("plan", "itembank.Plan", _("组卷计划"), final=("retired",))

Given = Mapping[str, Any]
HOLDERS = (Role.CENTRE, Role.KEEPER)


@plan.step(
    "write", _("编制组卷计划"), source=NOTHING, target="draft", who=HOLDERS, under=("bank",), asks=PlanText,
    records=("name", "content"), clause="K13",
)  # fmt: skip
def write(thing: Any, given: Given, actor: Actor) -> None:
    thing.bank, thing.owner = thing.under, thing.under.owner
    _fill(thing, given)


@plan.step(
    "revise", _("修改"), source="draft", target=STAY, who=HOLDERS, asks=PlanText, records=("name", "content"),
    primary=False, clause="K13",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _fill(thing, given)


def _fill(thing: Any, given: Given) -> None:
    thing.name, thing.content = given["name"], given["content"]


@plan.step(
    "enact", _("启用"), source="draft", target="enacted", who=HOLDERS, other_than=("write", "revise"),
    requires=(rules.no_other_plan, rules.bank_suffices), records=("content",), clause="K13",
)  # fmt: skip
def enact(thing: Any, given: Given, actor: Actor) -> None: ...


@plan.step(
    "retire", _("停用"), source=("draft", "enacted"), target="retired", who=HOLDERS, asks=Reason, primary=False,
    destructive=True, clause="K13",
)  # fmt: skip
def retire(thing: Any, given: Given, actor: Actor) -> None: ...
