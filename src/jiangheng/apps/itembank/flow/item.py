"""试题: written, reviewed by two others, taken into stock by a fourth hand; tried, used, rested, retired (K7, P2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.exam import items as core_items
from jiangheng.core.steps import NOTHING, STAY, flow
from jiangheng.kernel import clock

from .. import queries
from ..forms.items import Flagged, ItemContent, Kept, TakenContent, Why
from ..models import Revision
from ..rules import items as rules
from ..rules.banks import bank_is_open
from .looks import look_at

item = flow("item", "itembank.Item", _("试题"), final=("retired",))

Given = Mapping[str, Any]
HOLDERS = (Role.CENTRE, Role.KEEPER)
# who uploaded or offered the file has seen and chosen what came of it, whoever took it in
WRITERS = ("write", "take_in", "revise", "intake.upload", "contribution.offer")
# the trail holds the keyed digest of a content, never the content
WHAT = ("code", "kind", "point", "revision", "digest")


class Rewritten(ItemContent):
    """The content again as it stands. Opening it is a look, which only the flow may write down."""

    def content(self) -> core_items.Item:
        return look_at(self.thing, actor=self.actor, what="edit")


@item.step(
    "write", _("命题"), source=NOTHING, target="draft", who=Role.WRITER, under=("bank",), asks=ItemContent,
    requires=(bank_is_open,), records=WHAT, clause="K7",
)  # fmt: skip
def write(thing: Any, given: Given, actor: Actor) -> None:
    _new(thing, given, actor)
    thing.alike = queries.alike_in(thing.bank, [given["content"]]).get(thing.code, [])


@item.step(
    "take_in", _("导入试题"), source=NOTHING, target="draft", who=(Role.WRITER, *HOLDERS), under=("bank",),
    asks=TakenContent, records=WHAT, primary=False, clause="K7",
)  # fmt: skip
def take_in(thing: Any, given: Given, actor: Actor) -> None:
    _new(thing, given, actor)


def _new(thing: Any, given: Given, actor: Actor) -> None:
    thing.bank, thing.owner = thing.under, thing.under.owner
    thing.code, thing.author = given["content"].code, actor.name[:60]
    thing.hold(given["content"])


@item.step(
    "revise", _("修改"), source=("draft", "returned"), target="draft", who=Role.WRITER, asks=Rewritten,
    records=WHAT, leads_from=("returned",), primary=False, clause="K7",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    Revision.objects.create(
        item=thing, number=thing.revision, sealed=bytes(thing.sealed), digest=thing.digest, made_at=clock.now(),
        author=thing.author,
    )  # fmt: skip
    thing.revision += 1
    thing.author = actor.name[:60]
    thing.hold(given["content"])
    thing.answered, thing.p, thing.rest_r, thing.parameters = 0, None, None, {}
    thing.flags, thing.flagged = [], False
    thing.alike = queries.alike_in(thing.bank, [given["content"]], other_than=thing.pk).get(thing.code, [])


@item.step(
    "review", _("初审通过"), source="draft", target="reviewed", who=Role.ITEM_REVIEWER, other_than=WRITERS,
    requires=(rules.is_no_copy,), bulk=True, records=WHAT, clause="P2",
)  # fmt: skip
def review(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "second", _("复审通过"), source="reviewed", target="approved", who=Role.ITEM_REVIEWER,
    other_than=(*WRITERS, "review"), bulk=True, records=WHAT, clause="P2",
)  # fmt: skip
def second(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "return", _("退回并说明理由"), source=("draft", "reviewed", "approved"), target="returned",
    who=(Role.ITEM_REVIEWER, *HOLDERS), asks=Why, primary=False, tells=(Role.WRITER,), clause="P2",
)  # fmt: skip
def return_item(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "stock", _("入库"), source="approved", target="stock", who=HOLDERS, other_than=(*WRITERS, "review", "second"),
    bulk=True, records=WHAT, clause="P2",
)  # fmt: skip
def stock(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "try", _("投入试用"), source="stock", target="trial", who=HOLDERS, bulk=True, primary=False,
    leads_from=("stock",), clause="P2",
)  # fmt: skip
def try_out(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "enact", _("正式启用"), source=("stock", "trial"), target="live", who=HOLDERS, bulk=True,
    requires=(rules.was_tried_enough, rules.nothing_is_flagged), clause="P2",
)  # fmt: skip
def enact(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "rest", _("轮休"), source=("trial", "live"), target="resting", who=(*HOLDERS, Role.ITEM_REVIEWER), asks=Why,
    primary=False, clause="P2",
)  # fmt: skip
def rest(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "wake", _("恢复使用"), source="resting", target="live", who=HOLDERS, requires=(rules.nothing_is_flagged,),
    bulk=True, clause="P2",
)  # fmt: skip
def wake(thing: Any, given: Given, actor: Actor) -> None:
    thing.exposure = 0


@item.step(
    "amend", _("退回修订"), source=("stock", "trial", "live", "resting"), target="returned", who=HOLDERS, asks=Why,
    primary=False, tells=(Role.WRITER,), clause="P2",
)  # fmt: skip
def amend(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "retire", _("停用"), source=("stock", "trial", "live", "resting", "returned"), target="retired", who=HOLDERS,
    asks=Why, primary=False, destructive=True, clause="P2",
)  # fmt: skip
def retire(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "flag", _("列入复核"), source=("trial", "live", "resting"), target=STAY, who=Role.SYSTEM, asks=Flagged,
    records=("revision", "answered"), primary=False, tells=(Role.ITEM_REVIEWER,), clause="P2",
)  # fmt: skip
def flag(thing: Any, given: Given, actor: Actor) -> None:
    thing.flags, thing.flagged = given["reasons"], True


@item.step(
    "keep", _("复核保留"), source=("trial", "live", "resting"), target=STAY, who=Role.ITEM_REVIEWER, asks=Kept,
    requires=(rules.something_is_flagged,), primary=False, clause="P2",
)  # fmt: skip
def keep(thing: Any, given: Given, actor: Actor) -> None:
    thing.flags, thing.flagged = [], False
