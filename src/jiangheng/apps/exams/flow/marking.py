"""主观题评分: two persons mark what a machine cannot, neither sees the other's marks; a third decides (K13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import NOTHING, flow

from .. import queries, rules
from ..forms import Markers, OpenAnswers, ScriptMarks

marking = flow("marking", "exams.Marking", _("主观题评分"), final=("settled",))

Given = Mapping[str, Any]


@marking.step(
    "open", _("交付评分"), source=NOTHING, target="waiting", who=Role.SYSTEM, asks=OpenAnswers, records=("number",),
    tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def open_marking(thing: Any, given: Given, actor: Actor) -> None:
    thing.sitting, thing.codes = thing.under, given["codes"]
    thing.number = queries.marking_number(thing.under)


@marking.step(
    "assign", _("分派评分人"), source="waiting", target="first", who=Role.EXAM_OFFICER, asks=Markers, bulk=True,
    clause="K13",
)  # fmt: skip
def assign(thing: Any, given: Given, actor: Actor) -> None:
    thing.markers.set(given["markers"])


@marking.step(
    "first", _("第一人评分"), source="first", target="second", who=Role.EVALUATOR, asks=ScriptMarks,
    records=("given_digest",), clause="K13",
)  # fmt: skip
def first(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("first", given["given"])


@marking.step(
    "second", _("第二人评分"), source="second", target="compared", who=Role.EVALUATOR, asks=ScriptMarks,
    other_than=("first",), records=("given_digest",), clause="K13",
)  # fmt: skip
def second(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("second", given["given"])


@marking.step(
    "call", _("提请第三人评分"), source="compared", target="third", who=Role.SYSTEM,
    requires=(rules.the_marks_lie_apart,), clause="K13",
)  # fmt: skip
def call(thing: Any, given: Given, actor: Actor) -> None: ...


@marking.step(
    "third", _("第三人评分"), source="third", target="compared", who=Role.EVALUATOR, asks=ScriptMarks,
    other_than=("first", "second"), records=("given_digest",), clause="K13",
)  # fmt: skip
def third(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("third", given["given"])


@marking.step(
    "settle", _("评定主观题"), source="compared", target="settled", who=Role.SYSTEM, requires=(rules.the_marks_agree,),
    records=("given_digest",), tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def settle(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("settled", queries.settled_marks(thing) or {})
