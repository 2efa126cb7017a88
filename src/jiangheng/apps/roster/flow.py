"""专家评审: an upper room convenes a committee, each expert votes alone, the last vote concludes it (K4, R1–R4, W8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import NOTHING, STAY, flow, step_of, workdays
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import create, flow_of, perform

from . import queries, rules
from .forms import Comment, Convening, Minutes, NewBallot, Vote, votes_in

# the rooms above, which convene, enter by this door
from .forms import Experts as Experts

committee = flow("committee", "roster.Committee", _("专家评审组"), final=("minuted", "dissolved"))
ballot = flow("ballot", "roster.Ballot", _("评审票"), final=("cast", "void"))

Given = Mapping[str, Any]


@committee.step(
    "convene", _("组建评审组"), source=NOTHING, target="convened", who=Role.SYSTEM, asks=Convening,
    records=("about_flow", "about", "kind", "subject", "chair", "matters", "paragraphs", "majority"), clause="W8",
)  # fmt: skip
def convene(thing: Any, given: Given, actor: Actor) -> None:
    """Made below any thing of a room above; its own place begins with the committee, so it needs its row first."""
    thing.about_flow, thing.about = flow_of(thing.under), thing.under.pk
    for name in ("kind", "subject", "chair", "matters", "paragraphs"):
        setattr(thing, name, given[name])
    members = given["members"]
    known = {account.pk: account.name for account in members}
    thing.apart = [known.get(each, each) for each in given["apart"]]
    thing.majority = parameter("committee.majority")
    thing.state = "convened"
    thing.save()
    thing.scope += f"k{thing.pk:05d}/"
    thing.save(update_fields=["scope"])
    thing.members.set(members)
    # ballots are not reached by a chair's role, so the grant on the whole committee opens none of them
    _give_place(thing.chair, Role.CHAIR, thing.scope)
    for member in members:
        create(step_of("ballot.issue"), under=thing, actor=SYSTEM, given={"member": member.pk})
        _give_place(member, Role.PANELIST, _place(thing, member.pk))


def _place(thing: Any, member: int) -> str:
    """The one place where a member's ballot of this committee lies; no other member's grant reaches it."""
    return f"{thing.scope}e{member:06d}/"


def _give_place(account: Any, role: Role, place: str) -> None:
    given = {"role": role, "place": place, "until": None}
    create(step_of("grant.appoint"), under=account, actor=SYSTEM, given=given)


@committee.step(
    "conclude", _("统计表决"), source="convened", target="concluded", who=Role.SYSTEM,
    requires=(rules.every_ballot_is_cast,), records=("outcome",), tells=(Role.CHAIR,), clause="W8",
)  # fmt: skip
def conclude(thing: Any, given: Given, actor: Actor) -> None:
    thing.outcome = {
        key: {
            "for": found.approve, "against": found.against, "abstain": found.abstain,
            "mean": None if found.mean is None else str(found.mean), "carried": found.carried,
        }
        for key, found in queries.counted(thing).items()
    }  # fmt: skip


@committee.step(
    "minute", _("写评审纪要"), source="concluded", target="minuted", who=Role.CHAIR, asks=Minutes,
    records=("minutes", "outcome"), clause="W8",
)  # fmt: skip
def minute(thing: Any, given: Given, actor: Actor) -> None:
    thing.minutes = given["minutes"].strip()


@committee.step(
    "dissolve", _("解散评审组"), source="convened", target="dissolved", who=Role.SYSTEM, asks=Reason, primary=False,
    destructive=True, tells=(Role.CHAIR,), clause="W8",
)  # fmt: skip
def dissolve(thing: Any, given: Given, actor: Actor) -> None:
    for open_one in thing.ballots.exclude(state="void").order_by("pk"):
        perform(step_of("ballot.void"), open_one.pk, actor=SYSTEM)


@ballot.step(
    "issue", _("发放评审票"), source=NOTHING, target="open", who=Role.SYSTEM, asks=NewBallot,
    records=("committee", "member"), tells=(Role.PANELIST,), clause="W8",
)  # fmt: skip
def issue(thing: Any, given: Given, actor: Actor) -> None:
    thing.committee, thing.member_id = thing.under, given["member"]
    # blindness is a place: the ballot lies in its member's own scope below the committee
    thing.scope = _place(thing.under, given["member"])


@ballot.step(
    "comment", _("提分段意见"), source="open", target=STAY, who=Role.PANELIST, asks=Comment,
    requires=(rules.committee_is_sitting, rules.there_is_a_text), records=("comments",), primary=False, clause="K4",
)  # fmt: skip
def comment(thing: Any, given: Given, actor: Actor) -> None:
    thing.comments = [*thing.comments, {"paragraph": given["paragraph"], "comment": given["comment"].strip()}]


@ballot.step(
    "cast", _("投票并签字"), source="open", target="cast", who=Role.PANELIST, asks=Vote,
    requires=(rules.committee_is_sitting,), records=("votes", "comments"),
    due=workdays("committee.vote", after="issue"), clause="W8",
)  # fmt: skip
def cast(thing: Any, given: Given, actor: Actor) -> None:
    thing.votes = votes_in(thing.committee.matters, given)


@ballot.step(
    "void", _("作废"), source=("open", "cast"), target="void", who=Role.SYSTEM, primary=False, destructive=True,
    clause="W8",
)  # fmt: skip
def void(thing: Any, given: Given, actor: Actor) -> None: ...
