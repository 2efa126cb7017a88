"""The doors of the hall: who may check in there without the office, and the rules he reads (clause K13)."""

from __future__ import annotations

import base64
from typing import Any

from jiangheng.apps.batches.formats.portraits import small_portrait
from jiangheng.apps.batches.formats.tickets import rules as conduct
from jiangheng.hall import door, rosters, wire
from jiangheng.kernel import files

from ..models import Session, Sitting
from .faces import title_of
from .hall import hall_key, home, pass_for, seat_name


def admit_at_the_hall(session: Session) -> None:
    """Publish who sits where with which pass, and the rules; replaces what was published of this session before."""
    rows = session.sittings.filter(state__in=("ready", "admitted"))
    rows = rows.select_related("session__room", "application__photo", "paper__bank").order_by("pk")
    titles: dict[int, str] = {}
    people = []
    for sitting in rows:
        if sitting.paper_id not in titles:
            titles[sitting.paper_id] = title_of(sitting.paper)
        person = sitting.application
        people.append((person.ticket.upper(), person.identity.upper(), _known(sitting, titles[sitting.paper_id])))
    door.publish_rules(home(), conduct())
    rosters.publish(home(), hall_key(), session.pk, people)


def withdraw_from_the_hall(session: int) -> None:
    """Nobody checks in to this session any more."""
    rosters.withdraw(home(), session)


def _known(sitting: Sitting, title: str) -> wire.CheckedIn:
    person = sitting.application
    return wire.CheckedIn(
        ticket=pass_for(sitting),
        name=person.name,
        seat=seat_name(sitting),
        title=title,
        photo=small_photo(person.photo),
    )


def small_photo(photo: Any) -> str:
    """A photo small enough to lie in a roster, as a data address; empty when there is none."""
    if photo is None:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(small_portrait(files.read(photo))).decode()}"
