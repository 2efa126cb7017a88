"""题库: the region-wide banks of the centre and an enterprise's own (K7, K9)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import NOTHING, STAY, flow
from jiangheng.kernel.forms import Reason

from ..forms.banks import ElementTable, NewBank
from ..rules import banks as rules

bank = flow("bank", "itembank.Bank", _("题库"))

Given = Mapping[str, Any]
HOLDERS = (Role.CENTRE, Role.KEEPER)
WHAT_FOR = ("name", "kind", "occupation", "direction", "level", "subject", "ranges")


@bank.step(
    "found", _("建立统一题库"), source=NOTHING, target="open", who=Role.CENTRE, under=("region",), asks=NewBank,
    records=WHAT_FOR, clause="W7",
)  # fmt: skip
def found(thing: Any, given: Given, actor: Actor) -> None:
    _fill(thing, given)
    thing.kind = "unified"


@bank.step(
    "found_own", _("建立自建题库"), source=NOTHING, target="open", who=Role.KEEPER, under=("institution",),
    asks=NewBank,
    requires=(rules.is_an_employer,), records=WHAT_FOR, clause="K7",
)  # fmt: skip
def found_own(thing: Any, given: Given, actor: Actor) -> None:
    _fill(thing, given)
    thing.kind, thing.institution, thing.owner = "own", thing.under, thing.under.scope


def _fill(thing: Any, given: Given) -> None:
    for name in ("name", "occupation", "direction", "level", "subject", "ranges", "points"):
        setattr(thing, name, given[name])
    thing.key_text = secrets.token_hex(32)
    thing.notices = given["notices"]


@bank.step(
    "revise_table", _("修订要素细目表"), source="open", target=STAY, who=HOLDERS, asks=ElementTable,
    records=("ranges", "points"), primary=False, clause="P2",
)  # fmt: skip
def revise_table(thing: Any, given: Given, actor: Actor) -> None:
    thing.ranges, thing.points = given["ranges"], given["points"]
    thing.notices = given["notices"]


@bank.step(
    "close", _("停用"), source="open", target="closed", who=HOLDERS, asks=Reason, primary=False, destructive=True,
    clause="K9",
)  # fmt: skip
def close(thing: Any, given: Given, actor: Actor) -> None: ...


@bank.step(
    "reopen", _("恢复使用"), source="closed", target="open", who=HOLDERS, requires=(rules.no_other_bank,),
    primary=False, clause="K9",
)  # fmt: skip
def reopen(thing: Any, given: Given, actor: Actor) -> None: ...
