"""更正答案: a key found wrong after the examination; looked at, approved by two, then all are marked again (K10, K13).

Unified banks are the centre's and the city's to correct, an enterprise's own bank its keeper's and its manager's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.steps import NOTHING, flow, step_of
from jiangheng.kernel.forms import Opinion, Reason
from jiangheng.kernel.perform import perform

from .. import queries, rules
from ..forms import CorrectionPlan

correction = flow("correction", "exams.Correction", _("更正答案"), final=("applied", "dropped"))

Given = Mapping[str, Any]
KEEPING = (Role.CENTRE, Role.KEEPER)
ABOVE = (Role.CITY, Role.MANAGER)


@correction.step(
    "propose", _("更正考后答案"), source=NOTHING, target="proposed", who=KEEPING, under=("item",), asks=CorrectionPlan,
    requires=(rules.item_was_examined,), records=("revision", "way", "answer_digest", "reason"), primary=False,
    clause="K13",
)  # fmt: skip
def propose(thing: Any, given: Given, actor: Actor) -> None:
    thing.item, thing.owner, thing.revision = thing.under, thing.under.owner, thing.under.revision
    thing.way, thing.reason = given["way"], given["reason"]
    thing.answer = json.dumps(given["tokens"], ensure_ascii=False) if given["way"] == "key" else ""


@correction.step(
    "check", _("初核通过"), source="proposed", target="checked", who=KEEPING, asks=Opinion, tells=ABOVE, clause="K13"
)
def check(thing: Any, given: Given, actor: Actor) -> None: ...


@correction.step(
    "approve", _("终核通过"), source="checked", target="approved", who=ABOVE, other_than=("propose", "check"),
    asks=Opinion, clause="K13",
)  # fmt: skip
def approve(thing: Any, given: Given, actor: Actor) -> None: ...


@correction.step(
    "apply", _("按更正重新评分"), source="approved", target="applied", who=Role.SYSTEM, records=("effect",),
    tells=(*KEEPING, *ABOVE), clause="K13",
)  # fmt: skip
def apply(thing: Any, given: Given, actor: Actor) -> None:
    rows = queries.outcomes(thing)
    # marking reads what has been applied, so the state has to be there before anybody is marked again
    thing.state = "applied"
    thing.save()
    for row in rows:
        perform(step_of("sitting.remark"), row.sitting, actor=SYSTEM, given={
            "reason": thing.reason, "correction": thing.pk,
        })  # fmt: skip
    thing.effect = queries.effect_of(rows)


@correction.step(
    "drop", _("放弃更正"), source=("proposed", "checked"), target="dropped", who=(*KEEPING, *ABOVE), asks=Reason,
    primary=False, destructive=True, clause="K13",
)  # fmt: skip
def drop(thing: Any, given: Given, actor: Actor) -> None: ...
