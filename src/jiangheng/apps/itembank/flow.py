"""题库: an item is written, reviewed by another person, and taken into stock by a third; papers are drawn (K7-K9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.exam.assembly import CannotAssemble, assemble, verify_paper
from jiangheng.core.steps import NOTHING, flow, rule
from jiangheng.core.trust import canon
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.spoken import spoken

from . import queries
from .forms import ItemText, NewBank, PaperOrder

bank = flow("bank", "itembank.Bank", _("题库"))
item = flow("item", "itembank.Item", _("试题"), final=("retired",))
paper = flow("paper", "itembank.Paper", _("试卷"), final=("opened",))

Given = Mapping[str, Any]


@rule(_("同一职业和级别已有在用的统一题库"), clause="K9", mend=_("在原题库中增补试题，或先停用原题库"))
def no_other_bank(thing: Any) -> bool:
    return not (thing.pk and queries.bank_for(thing.occupation, thing.level))


@bank.step(
    "found", _("建立题库"), source=NOTHING, target="open", who=Role.CENTRE, under=("region",), asks=NewBank,
    records=("name", "kind", "occupation", "level", "ranges"), clause="W7",
)  # fmt: skip
def found(thing: Any, given: Given, actor: Actor) -> None:
    for name in ("name", "kind", "occupation", "level", "ranges", "points"):
        setattr(thing, name, given[name])


@bank.step(
    "close", _("停用"), source="open", target="closed", who=Role.CENTRE, asks=Reason, primary=False, destructive=True,
    clause="K9",
)  # fmt: skip
def close(thing: Any, given: Given, actor: Actor) -> None: ...


@bank.step(
    "reopen", _("恢复使用"), source="closed", target="open", who=Role.CENTRE, requires=(no_other_bank,), primary=False,
    clause="K9",
)  # fmt: skip
def reopen(thing: Any, given: Given, actor: Actor) -> None: ...


def _write(thing: Any, given: Given) -> None:
    for name in ("code", "kind", "point", "stem", "options", "answer", "difficulty", "explanation"):
        setattr(thing, name, given[name])


@item.step(
    "write", _("命题"), source=NOTHING, target="draft", who=Role.WRITER, under=("bank",), asks=ItemText,
    records=("code", "kind", "point"), clause="K7",
)  # fmt: skip
def write(thing: Any, given: Given, actor: Actor) -> None:
    thing.bank = thing.under
    _write(thing, given)


@item.step(
    "revise", _("修改"), source=("draft", "returned"), target="draft", who=Role.WRITER, asks=ItemText,
    records=("code", "kind", "point"), clause="K7",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@item.step(
    "review", _("初审通过"), source="draft", target="reviewed", who=Role.ITEM_REVIEWER, other_than=("write", "revise"),
    bulk=True, records=("code", "stem", "options", "answer"), clause="P2",
)  # fmt: skip
def review(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "return", _("退回并说明理由"), source=("draft", "reviewed"), target="returned",
    who=(Role.ITEM_REVIEWER, Role.CENTRE), asks=Reason, primary=False, tells=(Role.WRITER,), clause="P2",
)  # fmt: skip
def return_item(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "stock", _("复审入库"), source="reviewed", target="stock", who=Role.CENTRE,
    other_than=("write", "revise", "review"), bulk=True, records=("code", "stem", "options", "answer"), clause="P2",
)  # fmt: skip
def stock(thing: Any, given: Given, actor: Actor) -> None: ...


@item.step(
    "retire", _("停用"), source="stock", target="retired", who=Role.CENTRE, asks=Reason, primary=False,
    destructive=True, clause="P2",
)  # fmt: skip
def retire(thing: Any, given: Given, actor: Actor) -> None: ...


@paper.step(
    "assemble", _("组卷"), source=NOTHING, target="sealed", who=Role.SYSTEM, asks=PaperOrder,
    records=("batch", "level", "digest", "items", "blueprint", "seed"), clause="K9",
)  # fmt: skip
def assemble_paper(thing: Any, given: Given, actor: Actor) -> None:
    thing.bank, thing.batch, thing.level = thing.under, given["batch"], thing.under.level
    thing.blueprint, thing.seed = given["blueprint"], given["seed"]
    plan = queries.blueprint_of(thing.bank, given["blueprint"])
    try:
        chosen = assemble(queries.stock(thing.bank), plan, seed=bytes.fromhex(given["seed"]))
    except CannotAssemble as no:
        raise Refused([Refusal(spoken(no), "K9", _("补充试题或调整组卷计划"))]) from no
    problems = verify_paper(chosen, plan)
    if problems:
        raise RuntimeError("; ".join(problems))
    thing.items = [each.code for each in chosen]
    content = [[each.code, each.stem, [[o.key, o.text] for o in each.options], list(each.answer)] for each in chosen]
    thing.digest = canon.digest({"blueprint": given["blueprint"], "items": content}, given["seed"])


@paper.step(
    "open", _("启封"), source="sealed", target="opened", who=Role.SYSTEM, records=("digest",), primary=False,
    clause="K13",
)  # fmt: skip
def open_paper(thing: Any, given: Given, actor: Actor) -> None: ...
