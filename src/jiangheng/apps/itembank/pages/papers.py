"""Plans, draws and papers: what binds a draw is open to its readers, what is on a paper to nobody here (K9, K13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.exam.items import KINDS
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Link,
    Panel,
    Related,
    display,
    level_choices,
    level_face,
    state_filter,
)
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Draw, Paper, Plan

STATE = Column("state", _("状态"), kind="state", sort="state")
LEVEL = Filter("level", _("级别"), "level", lambda actor: level_choices())
HOLDERS = frozenset({Role.CENTRE, Role.KEEPER})


def _kind_words(kinds: Any) -> list[str]:
    return [
        _t("{kind} {count} 题，每题 {marks} 分").format(kind=spoken(KINDS[kind].name), count=count, marks=marks)
        for kind, count, marks in kinds
    ]


def _plan_kinds(plan: Plan) -> list[str]:
    return _kind_words(queries.blueprint_data(plan)["kinds"])


def _mode(thing: Plan | Draw) -> str:
    return str(dict(Draw.MODES)[thing.mode])


def _sufficiency(plan: Plan, actor: Actor) -> dict[str, Any]:
    lacking = [spoken(each) for each in queries.shortfalls(plan)]
    return {"lacking": lacking, "enough": not lacking}


display(
    Display(
        flow="plan",
        label=_("组卷计划"),
        title=lambda plan: f"{plan.bank.name} · {plan.name}",
        columns=(
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            Column("name", _("名称"), sort="name"),
            Column("mode", _("组卷方式"), value=_mode),
            STATE,
        ),
        filters=(state_filter(Plan),),
        search=("name", "bank__name"),
        order="bank__name",
        panels=(
            Panel(
                _("组卷计划"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("mode", _("组卷方式"), value=_mode),
                    Column("kinds", _("题型构成"), value=_plan_kinds, kind="list"),
                    Column("minutes", _("时长（分钟）"), value=lambda plan: plan.content.get("minutes"), kind="number"),
                ),
            ),
            Panel(_("题库是否够用"), template="itembank/sufficiency.html", context=_sufficiency),
        ),
        related=(Related(_("抽题组卷"), "draw", "plan", HOLDERS),),
        select_related=("bank",),
        icon="list",
        menu_for=HOLDERS,
    )
)


def _deviation(draw: Draw) -> str:
    found = draw.record.get("deviation")
    return "" if found is None else f"{100 * float(found):.3f}%"


def _impossible(draw: Draw) -> list[str]:
    return [spoken(each) for each in draw.record.get("impossible", [])]


def _proof(draw: Draw, actor: Actor) -> dict[str, Any]:
    return {"commitment": draw.commitment, "pledges": draw.pledges.order_by("at", "pk")}


display(
    Display(
        flow="draw",
        label=_("抽题组卷"),
        title=lambda draw: draw.title,
        columns=(
            Column("title", _("用途"), sort="title"),
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            Column("mode", _("组卷方式"), value=_mode, sort="mode"),
            Column("count", _("套数"), kind="number", sort="count"),
            STATE,
        ),
        filters=(state_filter(Draw), Filter("mode", _("组卷方式"), "mode", lambda actor: Draw.MODES)),
        search=("title", "bank__name"),
        order="-pk",
        panels=(
            Panel(
                _("抽题组卷"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("plan", _("组卷计划"), value="plan.name"),
                    Column("mode", _("组卷方式"), value=_mode),
                    Column("count", _("套数"), kind="number"),
                    Column("deviation", _("各卷与目标的最大偏差"), value=_deviation),
                ),
            ),
            Panel(
                _("组不出的原因"),
                columns=(Column("impossible", _("缺什么"), value=_impossible, kind="list"),),
                shown=lambda draw, actor: bool(_impossible(draw)),
            ),
            Panel(_("抽题存证"), template="itembank/draw.html", context=_proof),
        ),
        related=(Related(_("试卷"), "paper", "draw", HOLDERS),),
        links=(
            Link(
                _("重新计算核对"),
                lambda draw: f"/d/draw/{draw.pk}/check",
                HOLDERS | {Role.CITY},
                frozenset({"drawn"}),
                "check",
            ),
        ),
        select_related=("bank", "plan__bank"),
        icon="lock",
        menu_for=frozenset({Role.CENTRE, Role.KEEPER, Role.CITY}),
    )
)


PRINTED = frozenset({"released", "opened"})


def _at(document: str) -> Callable[[Paper], str]:
    return lambda paper: f"/d/paper/{paper.pk}/{document}.pdf"


def _kinds(paper: Paper) -> list[str]:
    return _kind_words(paper.blueprint["kinds"])


display(
    Display(
        flow="paper",
        label=_("试卷"),
        title=lambda paper: _t("{bank} {form} 卷 {digest}").format(
            bank=paper.bank.name, form=paper.form, digest=paper.digest[:8]
        ),
        columns=(
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            Column("level", _("级别"), value=lambda paper: level_face(paper.level), sort="level"),
            Column("form", _("卷别"), kind="code", sort="form"),
            Column("digest", _("试卷摘要"), value=lambda paper: paper.digest[:16], kind="code", sort="digest"),
            Column("draw", _("用途"), value=lambda paper: paper.draw.title if paper.draw else ""),
            STATE,
        ),
        filters=(state_filter(Paper), LEVEL),
        search=("digest", "bank__name", "draw__title"),
        order="-pk",
        panels=(
            Panel(
                _("试卷"),
                columns=(
                    Column("bank", _("题库"), value="bank.name"),
                    Column("level", _("级别"), value=lambda paper: level_face(paper.level)),
                    Column("form", _("卷别")),
                    Column("kinds", _("题型构成"), value=_kinds, kind="list"),
                    Column("minutes", _("时长（分钟）"), value=lambda paper: paper.blueprint["minutes"], kind="number"),
                    Column("pass_mark", _("及格分"), value=lambda paper: paper.blueprint["pass_mark"], kind="number"),
                    Column("digest", _("试卷摘要"), kind="code"),
                ),
            ),
        ),
        links=tuple(
            Link(label, _at(name), HOLDERS, PRINTED, "file")
            for name, label in (("paper", _("试卷")), ("answers", _("答题卡")), ("key", _("参考答案和评分要点")))
        ),
        select_related=("bank", "draw"),
        icon="lock",
        shelf_for=HOLDERS,
    )
)  # fmt: skip
