"""How committees and ballots look: before the end nobody learns who voted what, not even how many are for (K4, W8)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.skill.votes import CHOICES
from jiangheng.kernel.display import Column, Display, Filter, Panel, display, state_filter
from jiangheng.kernel.spoken import spoken

from . import queries
from .models import KINDS, OFFICERS, Ballot, Committee

STATE = Column("state", _("状态"), kind="state", sort="state")
VOTERS = OFFICERS | {Role.CHAIR, Role.SYSTEM}


def _members(committee: Committee) -> list[str]:
    return [account.name for account in committee.members.all()]


def _cast(committee: Committee) -> str:
    cast, every = queries.waiting_for(committee)
    return f"{cast} / {every}"


def _kind(committee: Committee) -> str:
    return committee.kind_label


def _outcome(committee: Committee, actor: Actor) -> dict[str, Any]:
    return {"lines": list(queries.tally(committee).values()), "matters": committee.matters, "committee": committee}


def _votes(committee: Committee, actor: Actor) -> dict[str, Any]:
    return {
        "matters": [
            {**matter, "votes": [{**vote, "word": spoken(CHOICES[vote["choice"]])} for vote in matter["votes"]]}
            for matter in queries.votes_of(committee)
        ]
    }


def _comments(committee: Committee, actor: Actor) -> dict[str, Any]:
    return {"paragraphs": queries.comments_of(committee)}


def _may_read_votes(committee: Committee, actor: Actor) -> bool:
    return committee.decided and bool(VOTERS & actor.roles_on(committee.scope))


def _may_read_comments(committee: Committee, actor: Actor) -> bool:
    return _may_read_votes(committee, actor) and bool(queries.comments_of(committee))


display(
    Display(
        flow="committee",
        label=_("专家评审组"),
        title=lambda committee: committee.subject,
        columns=(
            Column("subject", _("评审事项"), sort="subject"),
            Column("kind", _("评审类别"), value=_kind, sort="kind"),
            Column("chair", _("组长"), value="chair.name", sort="chair__name", kind="person"),
            Column("members", _("评审专家"), value=_members, kind="list"),
            Column("cast", _("已投票"), value=_cast, kind="number"),
            STATE,
        ),
        filters=(state_filter(Committee), Filter("kind", _("评审类别"), "kind", lambda actor: KINDS)),
        search=("subject", "chair__name"),
        order="-pk",
        panels=(
            Panel(_("表决"), template="roster/outcome.html", context=_outcome),
            Panel(
                _("评审组"),
                columns=(
                    Column("kind", _("评审类别"), value=_kind),
                    Column("chair", _("组长"), value="chair.name", kind="person"),
                    Column("members", _("评审专家"), value=_members, kind="list"),
                    Column("cast", _("已投票"), value=_cast, kind="number"),
                    Column("minutes", _("评审纪要")),
                ),
            ),
            Panel(_("各专家意见"), template="roster/votes.html", context=_votes, shown=_may_read_votes),
            Panel(_("分段意见"), template="roster/comments.html", context=_comments, shown=_may_read_comments),
        ),
        select_related=("chair",),
        prefetch_related=("members", "ballots"),
        icon="people",
        menu_for=frozenset({Role.CHAIR}),
    )
)


def _lines(ballot: Ballot, actor: Actor) -> dict[str, Any]:
    titles = {each["key"]: each["title"] for each in ballot.committee.paragraphs}
    return {
        "lines": [{**line, "word": spoken(CHOICES.get(line.get("choice", ""), ""))} for line in ballot.lines],
        "comments": [{**said, "title": titles.get(said["paragraph"], said["paragraph"])} for said in ballot.comments],
        "open": ballot.committee.state in ("convened", "concluded"),
    }


def _result(ballot: Ballot, actor: Actor) -> dict[str, Any]:
    return _outcome(ballot.committee, actor)


display(
    Display(
        flow="ballot",
        label=_("我的评审"),
        title=lambda ballot: ballot.committee.subject,
        columns=(
            Column("subject", _("评审事项"), value="committee.subject", sort="committee__subject"),
            Column("kind", _("评审类别"), value=lambda ballot: ballot.committee.kind_label, sort="committee__kind"),
            Column("chair", _("组长"), value="committee.chair.name", sort="committee__chair__name", kind="person"),
            STATE,
        ),
        filters=(state_filter(Ballot),),
        search=("committee__subject",),
        order="-pk",
        panels=(
            Panel(_("我的表决意见"), template="roster/ballot.html", context=_lines),
            Panel(
                _("评审组"),
                columns=(
                    Column("kind", _("评审类别"), value=lambda ballot: ballot.committee.kind_label),
                    Column("chair", _("组长"), value="committee.chair.name", kind="person"),
                    Column("members", _("评审专家"), value=lambda ballot: _members(ballot.committee), kind="list"),
                    Column("member", _("投票人"), value="member.name", kind="person"),
                ),
            ),
            Panel(
                _("表决结果"), template="roster/outcome.html", context=_result,
                shown=lambda ballot, actor: ballot.committee.decided,
            ),
        ),
        select_related=("committee__chair", "member"),
        icon="pen",
        menu_for=frozenset({Role.EXPERT}),
    )
)  # fmt: skip
