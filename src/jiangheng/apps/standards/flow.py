"""标准: a standard is drafted, enacted by another person, and superseded by the next version (K3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.standard_text import parse_standard
from jiangheng.core.steps import NOTHING, flow, rule
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Opinion, Reason

from .forms import StandardText
from .queries import in_force

standard = flow("standard", "standards.Standard", _("职业标准"), final=("superseded",))

Given = Mapping[str, Any]


@rule(_("该职业已有现行标准"), clause="K3", mend=_("先将现行版本置为被替代，再颁布新版本"))
def no_other_in_force(thing: Any) -> bool:
    return in_force(thing.occupation) is None


def _write(thing: Any, given: Given) -> None:
    content = parse_standard(given["text"])
    thing.text, thing.occupation = given["text"], content.code
    thing.name, thing.edition = content.occupation, content.edition


@standard.step(
    "draft", _("起草"), source=NOTHING, target="draft", who=Role.CENTRE, under=("region",), asks=StandardText,
    records=("occupation", "edition"), clause="K3",
)  # fmt: skip
def draft(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@standard.step(
    "revise", _("修改"), source="draft", target="draft", who=Role.CENTRE, asks=StandardText,
    records=("occupation", "edition"), primary=False, clause="K3",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@standard.step(
    "enact", _("颁布"), source="draft", target="enacted", who=Role.CENTRE, other_than=("draft",), asks=Opinion,
    requires=(no_other_in_force,), records=("occupation", "edition", "text"), clause="K3",
)  # fmt: skip
def enact(thing: Any, given: Given, actor: Actor) -> None:
    thing.valid_from = clock.today()


@standard.step(
    "supersede", _("停止使用"), source="enacted", target="superseded", who=Role.CENTRE, asks=Reason, primary=False,
    destructive=True, records=("occupation", "edition"), clause="K3",
)  # fmt: skip
def supersede(thing: Any, given: Given, actor: Actor) -> None: ...
