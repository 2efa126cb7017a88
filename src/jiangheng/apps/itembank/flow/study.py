"""合格线研究: a panel judges a paper, each alone, in rounds; the cut and how sure it is follow from the record (P2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.steps import NOTHING, STAY, flow, step_of, workdays
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import create, perform
from jiangheng.kernel.spoken import spoken

from ..forms.study import GivenRatings, NewOpinion, Panel, Ratings
from ..queries import study as studies
from ..rules import study as rules

study = flow("study", "itembank.Study", _("合格线研究"), final=("closed", "dropped"))
opinion = flow("opinion", "itembank.Opinion", _("合格线评判"), final=("given", "void"))

Given = Mapping[str, Any]
HOLDERS = (Role.CENTRE, Role.KEEPER)


@study.step(
    "convene", _("研究合格线"), source=NOTHING, target="open", who=HOLDERS, under=("paper",), asks=Panel,
    requires=(rules.paper_may_be_studied,), records=("method",), primary=False, clause="P2",
)  # fmt: skip
def convene(thing: Any, given: Given, actor: Actor) -> None:
    paper = thing.under
    thing.paper, thing.bank, thing.owner, thing.method = paper, paper.bank, paper.owner, given["method"]
    thing.sheets = [] if thing.by_items else studies.sheets_to_grade(paper)
    # judges and their opinions point at the study's row, and the opinions lie in its place
    thing.state = "open"
    thing.save()
    thing.judges.set(given["judges"])
    _ask(thing)


def _ask(thing: Any) -> None:
    for judge in thing.judges.order_by("pk"):
        create(step_of("opinion.ask"), under=thing, actor=SYSTEM, given={"judge": judge.pk, "round": thing.round})


@study.step(
    "next_round", _("再议一轮"), source="open", target=STAY, who=HOLDERS, requires=(rules.everybody_has_judged,),
    records=("round",), primary=False, clause="P2",
)  # fmt: skip
def next_round(thing: Any, given: Given, actor: Actor) -> None:
    _worked_out(thing)
    thing.round += 1
    # opinions are asked for the round of the row
    thing.save(update_fields=["round"])
    _ask(thing)


@study.step(
    "close", _("得出合格线"), source="open", target="closed", who=HOLDERS, requires=(rules.everybody_has_judged,),
    records=("round", "cut", "result_digest"), tells=HOLDERS, clause="P2",
)  # fmt: skip
def close(thing: Any, given: Given, actor: Actor) -> None:
    found = _worked_out(thing)
    thing.cut, thing.result = round(found.cut, 2), studies.record_of_cut(thing, found)


def _worked_out(thing: Any) -> Any:
    try:
        return studies.cut_of(thing)
    except ValueError as problem:
        raise Refused([Refusal(spoken(str(problem)), "P2", _t("再议一轮，或中止后改用其他方法"))]) from problem


@study.step(
    "drop", _("中止研究"), source="open", target="dropped", who=HOLDERS, asks=Reason, primary=False, destructive=True,
    clause="P2",
)  # fmt: skip
def drop(thing: Any, given: Given, actor: Actor) -> None:
    for each in thing.opinions.filter(state="open").order_by("pk"):
        perform(step_of("opinion.void"), each.pk, actor=SYSTEM)


@opinion.step(
    "ask", _("请专家评判"), source=NOTHING, target="open", who=Role.SYSTEM, under=("study",), asks=NewOpinion,
    records=("judge", "round"), clause="P2",
)  # fmt: skip
def ask(thing: Any, given: Given, actor: Actor) -> None:
    study = thing.under
    thing.study, thing.owner = study, study.owner
    thing.judge_id, thing.round = given["judge"], given["round"]


@opinion.step(
    "keep", _("保存评判"), source="open", target=STAY, who=Role.EXPERT, asks=Ratings, requires=(rules.round_is_on,),
    records=("round", "digest"), primary=False, clause="P2",
)  # fmt: skip
def keep(thing: Any, given: Given, actor: Actor) -> None:
    thing.ratings = given["ratings"]


@opinion.step(
    "give", _("提交评判"), source="open", target="given", who=Role.EXPERT, asks=GivenRatings,
    requires=(rules.round_is_on,), records=("round", "digest"), due=workdays("bank.cut_opinion", after="ask"),
    clause="P2",
)  # fmt: skip
def give(thing: Any, given: Given, actor: Actor) -> None:
    thing.ratings = given["ratings"]


@opinion.step(
    "void", _("作废评判"), source="open", target="void", who=Role.SYSTEM, primary=False, clause="P2",
)  # fmt: skip
def void(thing: Any, given: Given, actor: Actor) -> None: ...
