"""Committees for other rooms: who may sit, what a committee came to, and its votes once all are cast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.parameters import parameter
from jiangheng.core.skill.votes import Count, Vote, count
from jiangheng.kernel.perform import flow_of

from .models import Ballot, Committee


def experts(scope: str) -> Any:
    """The accounts that may be called to a committee on a thing of that scope, by name: a queryset for choices."""
    return offices.holders(Role.EXPERT, reaching=scope)


def composition_problems(
    *, members: Sequence[Any], chair: Any, scope: str, apart: Iterable[int | str] = ()
) -> dict[str, list[str]]:
    """What is wrong with a committee, by field (``members``, ``chair``); empty when it may be convened.

    apart: who may not sit, by account id or by name (whom the decision is about, who drafted the text).
    """
    found: dict[str, list[str]] = {}
    people = list(members)
    least = parameter("committee.min")
    if len(people) < least or len(people) % 2 == 0:
        text = _t("评审专家须为 {n} 人以上的单数，现在选了 {m} 人；请增减专家").format(n=least, m=len(people))
        found.setdefault("members", []).append(text)
    if len({person.pk for person in people}) < len(people):
        found.setdefault("members", []).append(_t("同一名专家选了两次；请换一名专家"))
    able = set(experts(scope).values_list("pk", flat=True))
    barred = set(apart)
    for person in dict.fromkeys(people):
        if person.pk not in able:
            text = _t("{name} 不是管辖本事项的在任专家；请换人，或请账号管理员先授予“专家”角色")
            found.setdefault("members", []).append(text.format(name=person.name))
        if person.pk in barred or person.name in barred:
            text = _t("{name} 与评审事项有关，须回避；请换一名专家").format(name=person.name)
            found.setdefault("members", []).append(text)
    if chair is not None and chair not in people:
        found.setdefault("chair", []).append(_t("组长须是评审组成员；请从所选专家中指定"))
    return found


def committees_of(thing: Any, *, kind: str = "") -> Any:
    """Every committee convened on a thing the caller has reached, newest first; the dissolved ones too."""
    rows = Committee.everywhere.filter(about_flow=flow_of(thing), about=thing.pk).order_by("-pk")
    return rows.filter(kind=kind) if kind else rows


def committee_of(thing: Any, *, kind: str = "") -> Committee | None:
    """The committee that decides (or has decided) on a thing: the newest that was not dissolved."""
    found: Committee | None = committees_of(thing, kind=kind).exclude(state="dissolved").first()
    return found


def ballot_on(thing: Any, *, actor: Actor) -> Ballot | None:
    """An actor's own ballot on a thing, while its committee has the thing in hand; ``None`` for everybody else."""
    found = committee_of(thing)
    if found is None or found.state not in ("convened", "concluded"):
        return None
    own: Ballot | None = Ballot.reach(actor, [Role.PANELIST]).filter(committee=found).first()
    return own


def committee(pk: int) -> Committee:
    """The committee a follower of ``committee.conclude`` is told of."""
    found: Committee = Committee.everywhere.get(pk=pk)
    return found


def is_about(found: Committee, flow: str) -> int | None:
    """The id of the thing of that flow which the committee is about, or ``None`` when it is about another kind."""
    return found.about if found.about_flow == flow else None


def minuted(thing: Any, *, kind: str = "") -> bool:
    """Is the committee's decision on a thing written down by its chair? For rules of the steps that follow."""
    found = committee_of(thing, kind=kind)
    return found is not None and found.state == "minuted"


def counted(found: Committee) -> dict[str, Count]:
    """Every matter counted from the signed ballots as they lie there; only the conclusion asks before the end."""
    cast = list(found.ballots.filter(state="cast"))
    members = found.members.count()
    return {
        matter["key"]: count(
            [_vote(ballot.votes[matter["key"]]) for ballot in cast], members=members, majority=found.majority
        )
        for matter in found.matters
    }


def _vote(given: dict[str, Any]) -> Vote:
    return Vote(given["choice"], Decimal(given["mark"]) if given.get("mark") is not None else None)


def tally(found: Committee) -> dict[str, dict[str, Any]]:
    """The result by matter as it was concluded; nothing while anybody may still vote.

    Each: ``for``, ``against``, ``abstain``, ``mean`` (Decimal or None), ``carried``, ``title``.
    """
    if not found.decided:
        return {}
    return {
        matter["key"]: {**line, "mean": Decimal(line["mean"]) if line["mean"] else None, "title": matter["title"]}
        for matter in found.matters
        if (line := found.outcome.get(matter["key"]))
    }


def all_carried(found: Committee) -> bool:
    """Was every matter carried?"""
    result = tally(found)
    return bool(result) and all(line["carried"] for line in result.values())


def votes_of(found: Committee) -> list[dict[str, Any]]:
    """Who voted how, by matter: ``{"key", "title", "votes": [{"name", "choice", "mark", "comment"}]}``.

    Empty before the conclusion, whoever asks. The caller has reached the committee.
    """
    if not found.decided:
        return []
    cast = list(found.ballots.filter(state="cast").select_related("member").order_by("pk"))
    return [
        {**matter, "votes": [{"name": ballot.member.name, **ballot.votes[matter["key"]]} for ballot in cast]}
        for matter in found.matters
    ]


def comments_of(found: Committee) -> list[dict[str, Any]]:
    """The comments by paragraph, in the document's order.

    Each: ``{"paragraph", "title", "comments": [{"name", "comment"}]}``. Empty before the conclusion, whoever asks. The
    caller has reached the committee.
    """
    if not found.decided:
        return []
    titles = {each["key"]: each["title"] for each in found.paragraphs}
    by_place: dict[str, list[dict[str, str]]] = {key: [] for key in titles}
    for ballot in found.ballots.filter(state="cast").select_related("member").order_by("pk"):
        for said in ballot.comments:
            line = {"name": ballot.member.name, "comment": said["comment"]}
            by_place.setdefault(said["paragraph"], []).append(line)
    return [
        {"paragraph": place, "title": titles.get(place, place), "comments": said}
        for place, said in by_place.items()
        if said
    ]


def waiting_for(found: Committee) -> tuple[int, int]:
    """How many ballots are cast, and how many there are: all that may be known before the end."""
    rows: list[Ballot] = list(found.ballots.all())
    return sum(ballot.state == "cast" for ballot in rows), len(rows)
