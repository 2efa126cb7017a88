"""操作技能试题: written by one, reviewed by another, stocked by a third; the task sealed under the bank's key (K14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import NOTHING, flow
from jiangheng.kernel.forms import Reason

from ..forms.practice import ExerciseContent
from ..rules import practice as rules
from ..rules.banks import bank_is_open
from .looks import look_at_exercise

exercise = flow("exercise", "itembank.Exercise", _("操作技能试题"), final=("retired",))

Given = Mapping[str, Any]
HOLDERS = (Role.CENTRE, Role.KEEPER)
WRITERS = ("write", "revise")
# the trail holds the keyed digest of task and marking lines, never their words
WHAT = ("code", "title", "minutes", "digest")


class Revision(ExerciseContent):
    """The whole paper again as it was typed. Opening it is a look, which only the flow may write down."""

    def content(self) -> dict[str, Any]:
        return look_at_exercise(self.thing, actor=self.actor, what="revise")


@exercise.step(
    "write", _("命制操作技能试题"), source=NOTHING, target="draft", who=Role.WRITER, under=("bank",),
    asks=ExerciseContent, requires=(bank_is_open, rules.bank_is_practical), records=WHAT, clause="K14",
)  # fmt: skip
def write(thing: Any, given: Given, actor: Actor) -> None:
    thing.bank, thing.owner, thing.code = thing.under, thing.under.owner, given["code"]
    _hold(thing, given)


@exercise.step(
    "revise", _("修改"), source=("draft", "returned"), target="draft", who=Role.WRITER, asks=Revision,
    records=WHAT, leads_from=("returned",), primary=False, clause="K14",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _hold(thing, given)


def _hold(thing: Any, given: Given) -> None:
    thing.title, thing.minutes, thing.notice = given["title"], given["minutes"], given["notice"]
    thing.hold(given["task"], [*given["lines"], *given["vetoes"]])


@exercise.step(
    "review", _("审题通过"), source="draft", target="reviewed", who=Role.ITEM_REVIEWER, other_than=WRITERS,
    records=WHAT, clause="P2",
)  # fmt: skip
def review(thing: Any, given: Given, actor: Actor) -> None: ...


@exercise.step(
    "return", _("退回并说明理由"), source=("draft", "reviewed", "stock"), target="returned",
    who=(Role.ITEM_REVIEWER, *HOLDERS), asks=Reason, primary=False, tells=(Role.WRITER,), clause="P2",
)  # fmt: skip
def return_exercise(thing: Any, given: Given, actor: Actor) -> None: ...


@exercise.step(
    "stock", _("入库"), source="reviewed", target="stock", who=HOLDERS, other_than=(*WRITERS, "review"), records=WHAT,
    clause="P2",
)  # fmt: skip
def stock(thing: Any, given: Given, actor: Actor) -> None: ...


@exercise.step(
    "retire", _("停用"), source=("stock", "returned"), target="retired", who=HOLDERS, asks=Reason, primary=False,
    destructive=True, clause="P2",
)  # fmt: skip
def retire(thing: Any, given: Given, actor: Actor) -> None: ...
