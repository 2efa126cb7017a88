"""Pictures of the camera for the office: looked at on record, destroyed when their days are over (clause K13)."""

from __future__ import annotations

import base64
import datetime as dt

from jiangheng.core.law.parameters import parameter
from jiangheng.hall import pictures
from jiangheng.kernel import clock

from ..models import Session, Sitting
from .hall import hall_key, home


def picture_moments(sitting: Sitting) -> list[dt.datetime]:
    """When pictures of a sitting were taken, as far as they are kept."""
    return [dt.datetime.fromtimestamp(at / 1000, dt.UTC) for at in pictures.moments(home(), sitting.pk)]


def pictures_of(sitting: Sitting) -> list[tuple[dt.datetime, str]]:
    """The pictures of a sitting as data addresses, in order; an empty address for one that does not open."""
    found = []
    for at in pictures.moments(home(), sitting.pk):
        try:
            seen = pictures.opened(home(), hall_key(), sitting=sitting.pk, at=at)
        except pictures.NoPicture:
            seen = b""
        address = f"data:image/jpeg;base64,{base64.b64encode(seen).decode()}" if seen else ""
        found.append((dt.datetime.fromtimestamp(at / 1000, dt.UTC), address))
    return found


def pictures_are_due(session: Session) -> bool:
    """Are pictures of a session still kept though their days are over?"""
    ends = session.starts_at + dt.timedelta(minutes=session.minutes)
    if clock.now() < ends + dt.timedelta(days=parameter("camera.keep_days")):
        return False
    return pictures.there_are(home(), session.sittings.values_list("pk", flat=True))


def destroy_pictures(session: Session) -> int:
    """Destroy every picture of a session; how many there were."""
    return pictures.destroy(home(), list(session.sittings.values_list("pk", flat=True)))
