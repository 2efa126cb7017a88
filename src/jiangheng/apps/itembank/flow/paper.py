"""试卷: sealed when composed, released and opened by two persons at its time, destroyed with a reason (K9, K13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import NOTHING, STAY, flow
from jiangheng.core.trust import canon
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Reason

from .. import queries
from ..forms.measures import Collected
from ..forms.papers import SealedForm
from ..forms.printing import PrintOrder
from ..models import AnswerSheet, Draw, Item

paper = flow("paper", "itembank.Paper", _("试卷"), final=("opened", "destroyed"))

Given = Mapping[str, Any]
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@paper.step(
    "seal", _("密封"), source=NOTHING, target="sealed", who=Role.SYSTEM, under=("bank",), asks=SealedForm,
    records=("batch", "level", "form", "digest"), clause="K9",
)  # fmt: skip
def seal(thing: Any, given: Given, actor: Actor) -> None:
    bank, made = thing.under, Draw.everywhere.defer("stock_text").get(pk=given["draw"])
    thing.bank, thing.owner, thing.draw, thing.batch, thing.level = bank, bank.owner, made, made.batch, bank.level
    number = given["number"]
    thing.form = LETTERS[number] if made.mode in ("one", "ab") else f"{number + 1:03d}"
    thing.person = given.get("person", "")
    thing.blueprint = queries.blueprint_data(made.plan)
    # in the versions of the commitment: an item may have been rested, retired or rewritten since
    thing.items = [(code, number, digest) for code, number, digest in given["items"]]
    thing.digest = canon.digest({"blueprint": thing.blueprint, "items": [list(row) for row in thing.items]}, made.seed)


@paper.step(
    "release", _("核准启封"), source="sealed", target="released", who=Role.SYSTEM, records=("digest",), primary=False,
    clause="K13",
)  # fmt: skip
def release(thing: Any, given: Given, actor: Actor) -> None: ...


@paper.step(
    "open", _("启封"), source="released", target="opened", who=Role.SYSTEM, records=("digest",), primary=False,
    clause="K13",
)  # fmt: skip
def open_paper(thing: Any, given: Given, actor: Actor) -> None:
    # an item counts as used when somebody may have read it, not when it was drawn; once a draw, on however many papers
    rows = Item.everywhere.filter(bank=thing.bank_id, code__in=thing.codes).exclude(last_draw=thing.draw_id)
    rows.update(exposure=F("exposure") + 1, last_used=clock.today(), last_draw=thing.draw_id)


@paper.step(
    "print", _("印制试卷"), source=("released", "opened"), target=STAY, who=(Role.CENTRE, Role.KEEPER), asks=PrintOrder,
    records=("digest",), primary=False, clause="K13",
)  # fmt: skip
def print_paper(thing: Any, given: Given, actor: Actor) -> None: ...


@paper.step(
    "destroy", _("销毁"), source=("sealed", "released"), target="destroyed", who=(Role.CENTRE, Role.KEEPER),
    asks=Reason, primary=False, destructive=True, clause="K9",
)  # fmt: skip
def destroy(thing: Any, given: Given, actor: Actor) -> None: ...


@paper.step(
    "collect", _("收集作答"), source="opened", target="opened", who=Role.SYSTEM, asks=Collected, primary=False,
    clause="P2",
)  # fmt: skip
def collect(thing: Any, given: Given, actor: Actor) -> None:
    for sheet in given["sheets"]:
        kept = AnswerSheet.objects.filter(sitting=sheet["sitting"]).first() or AnswerSheet(sitting=sheet["sitting"])
        kept.paper, kept.bank_id, kept.session = thing, thing.bank_id, given["session"]
        for name in ("person", "at", "mark", "groups", "answers"):
            setattr(kept, name, sheet[name])
        kept.save()
