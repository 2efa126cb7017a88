"""A session sealed for a place without a good line: its package, what opens it, what happened to it (clause K13)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jiangheng.apps.batches.formats.tickets import rules as conduct
from jiangheng.core.authority import Actor
from jiangheng.core.exam import site_bundle, site_package, spoken_key
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel import clock, files, trail, vault
from jiangheng.kernel.models import Entry

from ..models import Session, SitePackage, Sitting
from .bundle import office_signing
from .doors import small_photo
from .faces import face_of, title_of
from .hall import pass_at_a_place, seat_name, window

SHOWN = 16
"""So much of a digest is read out and compared."""
PACKAGE_KIND = "application/vnd.jiangheng.site-package"
_PIN_DIGITS = 6
_STEPS = ("pack", "hand_over", "fetch", "tell_key", "deliver", "take_in", "recall")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a package: the step's name, when, who did it, what he gave and what it came to."""

    step: str
    at: dt.datetime
    who: str
    given: dict[str, Any]
    came_to: dict[str, int]


def place_secret(session: Session) -> bytes:
    """The secret of the hall that a place runs for this session alone; made anew each time, kept nowhere."""
    return site_package.site_secret(vault.subkey("places"), place=session.scope, sessions=[session.pk])


def place_key(session: Session) -> str:
    """The public key (hex) with which that place signs what it returns."""
    return site_bundle.public_key(place_secret(session))


def pack(session: Session) -> SitePackage:
    """Seal the session for its place: papers, who sits where with which pass, PINs, the rules of the room.

    Papers are in memory in the clear while this runs, and nowhere else: what is kept is sealed under a key that only
    the office has.
    """
    key = spoken_key.new_opening_key()
    pins = [(each.name, _pin()) for each in session.invigilators.order_by("pk")]
    content = site_package.seal(_content(session, pins), key, office_signing())
    header = site_package.header_of(content)
    file = files.keep(content, name=package_name(session), media_type=PACKAGE_KIND, scope=session.scope)
    return SitePackage.objects.create(
        session=session, digest=header.digest, file=file, mark=header.mark, key=key,
        pins=json.dumps(pins, ensure_ascii=False), made_at=clock.now(),
    )  # fmt: skip


def package_name(session: Session) -> str:
    """What the package's file is called."""
    return f"exam-{session.pk}.jhsite"


def package_file(package: SitePackage) -> bytes:
    """The whole file as the place gets it."""
    return files.read(package.file)


def recall(session: Session) -> None:
    """The package is worth nothing any more: nobody gets it by line, and its key is never told."""
    session.packages.filter(recalled_at=None).update(recalled_at=clock.now(), token="")


def new_token(package: SitePackage) -> str:
    """A fresh word for the place, instead of an earlier one. Only its digest is kept."""
    token = secrets.token_urlsafe(24)
    package.token = hashlib.sha256(token.encode()).hexdigest()
    package.save(update_fields=["token"])
    return token


def let_in(session: int, token: str) -> Session | None:
    """The session whose place has this word; None for any other, whether there is such a session or not."""
    package = SitePackage.objects.filter(session=session, recalled_at=None).select_related("session").last()
    known = package.token if package is not None else ""
    said = hashlib.sha256(token.encode()).hexdigest()
    if not hmac.compare_digest(said, known or "0" * 64) or package is None:
        return None
    return package.session


def key_told_to(session: Session, actor: Actor) -> str:
    """The key, for whoever has told it lately and is on record for it; empty for everybody else."""
    since = clock.now() - dt.timedelta(minutes=parameter("site.key_shown"))
    told = trail.timeline("session", session.pk).filter(step="session.tell_key", actor=actor.id, made_at__gt=since)
    package = session.package
    if package is None or session.state != "away" or not told.filter(made_at__gte=package.made_at).exists():
        return ""
    return str(package.key)


def is_key_told(session: Session) -> bool:
    """Has somebody been told the key of the present package?"""
    package = session.package
    rows = trail.timeline("session", session.pk).filter(step="session.tell_key")
    return package is not None and rows.filter(made_at__gte=package.made_at).exists()


def key_opens_at(session: Session) -> dt.datetime:
    """From when on the key may be told."""
    return session.starts_at - dt.timedelta(minutes=parameter("site.key_before"))


def times_to_say(at: int, *, every: int = 10, count: int = 6) -> list[tuple[dt.datetime, str]]:
    """The next moments (each ``every`` seconds from ``at``, UTC milliseconds) with the group that says each."""
    first = (at // (every * 1000) + 1) * every * 1000
    moments = [first + number * every * 1000 for number in range(count)]
    return [(dt.datetime.fromtimestamp(each / 1000, dt.UTC), spoken_key.time_group(each)) for each in moments]


def happenings(session: Session) -> list[Happening]:
    """What happened to the session's packages, oldest first."""
    rows = trail.timeline("session", session.pk).filter(step__in=[f"session.{name}" for name in _STEPS])
    return [Happening(row.step.partition(".")[2], row.made_at, row.actor_name, *_said(row)) for row in rows]


def fetched(session: Session) -> list[dt.datetime]:
    """When the place got the present package whole by line."""
    package = session.package
    return [
        each.at for each in happenings(session)
        if each.step == "fetch" and package is not None and each.at >= package.made_at
    ]  # fmt: skip


def _said(row: Entry) -> tuple[dict[str, Any], dict[str, int]]:
    return dict(row.evidence.get("given") or {}), dict(row.evidence.get("taken_in") or {})


def _pin() -> str:
    return f"{secrets.randbelow(10**_PIN_DIGITS):0{_PIN_DIGITS}d}"


def _content(session: Session, pins: list[tuple[str, str]]) -> site_package.Package:
    rows = session.sittings.filter(state="ready").select_related(
        "session__room", "session__batch", "application__photo", "paper__bank"
    )
    sittings = list(rows.order_by("pk"))
    secret = place_secret(session)
    papers = {sitting.paper_id: sitting.paper for sitting in sittings}
    titles = {pk: title_of(paper) for pk, paper in papers.items()}
    return site_package.Package(
        place=session.scope,
        place_name=session.room.site.name,
        made_at=clock.epoch_ms(),
        rules=tuple(str(line) for line in conduct()),
        papers=tuple(face_of(paper)[1] for _pk, paper in sorted(papers.items())),
        sessions=(
            site_package.Session(
                session=session.pk,
                title=session.batch.title,
                room=session.room.name,
                seats=session.room.capacity,
                starts_at=window(session)[0],
                minutes=session.minutes,
                invigilators=tuple(site_package.invigilator(name, pin, secrets.token_bytes(16)) for name, pin in pins),
                people=tuple(_person(each, titles[each.paper_id], secret) for each in sittings),
            ),
        ),
        secret=secret.hex(),
    )


def _person(sitting: Sitting, title: str, secret: bytes) -> site_package.Person:
    person = sitting.application
    return site_package.Person(
        sitting=sitting.pk, number=person.ticket.upper(), identity=person.identity.upper(), name=person.name,
        seat=seat_name(sitting), title=title, ticket=pass_at_a_place(sitting, secret), photo=small_photo(person.photo),
    )  # fmt: skip


def seat_told(sitting: Sitting) -> str:
    """A sitting as the office speaks of it: seat and name."""
    return _("{seat} 号 {name}").format(seat=sitting.seat, name=sitting.application.name)
