"""Sessions and their sittings (clause K13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Count, Q

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import Actor
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import trail

from ..models import Session, Sitting
from .answers import person_key


def papers_in(session: Session) -> list[Any]:
    """The papers that the sittings of a session are on."""
    return list(
        {sitting.paper_id: sitting.paper for sitting in session.sittings.select_related("paper__bank")}.values()
    )


def order_in(everyone: Iterable[Any]) -> dict[int, int]:
    """Each candidate's number among those of his level in the batch; they come in the order of their tickets."""
    count: dict[str, int] = {}
    order = {}
    for person in everyone:
        order[person.pk] = count.get(person.level, 0)
        count[person.level] = order[person.pk] + 1
    return order


def without_paper(session: Session) -> list[Sitting]:
    """The sittings of a session whose candidate has not come in and whose paper was destroyed."""
    rows = session.sittings.filter(state="ready", paper__state="destroyed")
    return list(rows.select_related("application", "paper").order_by("pk"))


def exchanges(session: Session) -> dict[int, Any]:
    """Which newly drawn paper each of these sittings gets, by the sitting's number; none where there is none yet.

    New is what came from a later draw than the destroyed paper: what lay beside it in one draw is no substitute, for
    a neighbour may sit on it. A paper that another room has opened meanwhile serves this one too.
    """
    lost = without_paper(session)
    everyone = session.batch.applications.filter(state="seated").order_by("ticket") if lost else ()
    order, papers = order_in(everyone), itembank.papers_of(session.batch_id) if lost else {}
    found = {}
    for sitting in lost:
        person = sitting.application
        later = [each for each in papers.get(person.level, []) if (each.draw_id or 0) > (sitting.paper.draw_id or 0)]
        latest = [each for each in later if each.draw_id == later[-1].draw_id]
        if latest:
            own = person_key(person.identity)
            seat = person.seat or 0
            found[sitting.pk] = itembank.paper_for(latest, order=order[person.pk], seat=seat, person=own)
    return found


def seats_in(session: Session) -> list[Sitting]:
    """The sittings of a session in the order of their seats, with who sits there."""
    rows = session.sittings.select_related("application", "paper__bank")
    return sorted(rows, key=lambda sitting: sitting.application.seat or 0)


def seat_numbers(actor: Actor, sittings: Collection[int]) -> dict[int, int | None]:
    """The numbers of the seats of those of these sittings that the actor reaches."""
    rows = Sitting.reach(actor).filter(pk__in=sittings).select_related("application")
    return {row.pk: row.seat for row in rows}


def sitting_of(actor: Actor, application: int) -> Sitting | None:
    """The sitting of an application the actor reaches."""
    rows = Sitting.reach(actor).select_related("session__room", "application", "paper__bank")
    return rows.filter(application_id=application).first()


def session(pk: int) -> Session:
    """A session for what follows its steps."""
    found: Session = Session.everywhere.get(pk=pk)
    return found


def running(actor: Actor) -> list[Session]:
    """The sessions an actor reaches that are open or about to be, those that began first above; each with how many
    are ``seated`` and how many of them sit ``on_paper``."""
    rows = Session.reach(actor).filter(state__in=("released", "open")).select_related("batch", "room__site")
    rows = rows.annotate(seated=Count("sittings"), on_paper=Count("sittings", filter=Q(sittings__state="on_paper")))
    return list(rows.order_by("starts_at", "room__name", "pk"))


def takes_pictures(actor: Actor, room: int) -> bool:
    """Does a session in that room that is still to come, or going on, take pictures; or would one prepared now?"""
    coming = Session.reach(actor).filter(room_id=room, state__in=("planned", "released", "open"), camera__gt=0)
    return parameter("exam.camera") > 0 or bool(coming.exists())


def is_printed(session: Session) -> bool:
    """Has a print of the session's papers been registered?"""
    return bool(trail.last_by("session", session.pk, "print"))
