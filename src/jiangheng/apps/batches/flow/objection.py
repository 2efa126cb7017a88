"""异议: anybody may object while results are published; the institution answers in time (W5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import NOTHING, flow, workdays
from jiangheng.kernel.perform import flow_of
from jiangheng.kernel.serials import next_number

from .. import rules
from ..forms import Answer, ObjectionText

objection = flow("objection", "batches.Objection", _("异议"), final=("upheld", "dismissed"))

Given = Mapping[str, Any]


@objection.step(
    "raise", _("提出异议"), source=NOTHING, target="raised", who=(Role.PUBLIC, Role.CANDIDATE), asks=ObjectionText,
    requires=(rules.results_are_published,), records=("code",), tells=(Role.EXAM_OFFICER, Role.MANAGER, Role.COUNTY),
    clause="W5",
)  # fmt: skip
def raise_(thing: Any, given: Given, actor: Actor) -> None:
    """Its parent is whatever is published: it has a ``number`` and a ``title``."""
    thing.about_flow, thing.about, thing.title = flow_of(thing.under), thing.under.pk, thing.under.title
    thing.batch = thing.under if thing.about_flow == "batch" else None
    thing.code = f"YY{thing.under.number}{next_number(f'objection:{thing.under.number}'):03d}"
    thing.name, thing.phone, thing.content = given["name"], given["phone"], given["content"]


@objection.step(
    "uphold", _("答复：异议成立"), source="raised", target="upheld", who=Role.EXAM_OFFICER, asks=Answer,
    records=("code", "answer"), tells=(Role.COUNTY, Role.CANDIDATE), primary=False, clause="W5",
)  # fmt: skip
def uphold(thing: Any, given: Given, actor: Actor) -> None:
    thing.answer = given["answer"]


@objection.step(
    "dismiss", _("答复：异议不成立"), source="raised", target="dismissed", who=Role.EXAM_OFFICER, asks=Answer,
    records=("code", "answer"), tells=(Role.COUNTY, Role.CANDIDATE), due=workdays("objection.answer", after="raise"),
    clause="W5",
)  # fmt: skip
def dismiss(thing: Any, given: Given, actor: Actor) -> None:
    thing.answer = given["answer"]
