"""A candidate's own documents as PDF: admission ticket and certificate, set from what the rooms know (K10, W10)."""

from __future__ import annotations

import datetime as dt
import functools
import io
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from jiangheng.apps.batches.formats import tickets
from jiangheng.apps.batches.models import Application, Batch
from jiangheng.apps.certificates.formats import CertificateFace, certificate_pdf
from jiangheng.apps.certificates.models import Certificate
from jiangheng.apps.practicals import queries as practicals
from jiangheng.apps.standards import queries as standards
from jiangheng.core.law import identity, levels, modes
from jiangheng.kernel import files, trail
from jiangheng.kernel.typeset import Typesetter

DOCUMENT_KINDS = {"8": "港澳台居民居住证", "9": "外国人永久居留身份证"}


@functools.cache
def typesetter() -> Typesetter:
    """One compiler for all pages of this process."""
    return Typesetter(settings.FONTS)


def document_kind(number: str) -> str:
    """What kind of document a number of eighteen characters stands on."""
    return DOCUMENT_KINDS.get(number[:1], "居民身份证")


def ticket(application: Application) -> bytes:
    """The admission ticket of a seated candidate."""
    return tickets.tickets_pdf(typesetter(), [page(application)], head=head(application.batch))


def head(batch: Batch) -> tickets.TicketHead:
    """What all papers of a batch share."""
    return tickets.TicketHead(
        institution=batch.institution.name,
        batch=batch.title,
        contact=batch.institution.telephone,
        issued=_seated_at(batch),
        demo=settings.CONFIG.demo,
    )


def page(application: Application) -> tickets.Ticket:
    """One candidate's page of the admission tickets."""
    batch = application.batch
    return tickets.Ticket(
        number=application.ticket,
        name=application.name,
        document_number=identity.mask_identity(application.identity),
        occupation=batch.occupation_name,
        direction="",
        level=levels.level(application.level).face,
        employer=application.employer,
        photo=_portrait(application.photo),
        sessions=parts(application),
    )


def parts(application: Application) -> tuple[tickets.Session, ...]:
    """The parts of the examination for one candidate: when, how long, where."""
    batch = application.batch
    design = standards.content(batch.standard).design(application.level)
    theory, practical = application.theory_room, application.practical_room
    found = (
        ("theory", _("理论知识考试"), batch.theory_at, theory, application.seat, _("座位 {n}")),
        ("practical", _("操作技能考核"), batch.practical_at, practical, application.station, _("工位 {n}")),
    )
    address = f"{batch.site.name}，{batch.site.address}"
    sessions = [
        tickets.Session(
            part=label,
            starts=starts,
            ends=starts + dt.timedelta(minutes=design.part(kind).minutes),
            place=f"{room.name} {place.format(n=number)}",
            address=address,
        )
        for kind, label, starts, room, number, place in found
        if room is not None
    ]
    if application.has_review and batch.review_at is not None:
        minutes = design.part("review").minutes
        sessions.append(_review(application, batch.review_at, minutes=minutes, address=address))
    return tuple(sessions)


def _review(application: Application, starts: dt.datetime, *, minutes: int, address: str) -> tickets.Session:
    # one after another before one committee: whoever is to be reviewed last waits for all the others
    seated = application.batch.applications.exclude(ticket="").values_list("level", flat=True)
    people = sum(levels.needs_review(code) for code in seated)
    return tickets.Session(
        part=_("综合评审"),
        starts=starts,
        ends=starts + dt.timedelta(minutes=minutes * max(people, 1)),
        place=practicals.review_place(application) or _("到考点后由工作人员引导"),
        address=address,
    )


def certificate(found: Certificate) -> bytes:
    """The certificate of its holder."""
    site = settings.CONFIG.public_url.rstrip("/")
    face = CertificateFace(
        name=found.name,
        document_kind=document_kind(found.identity),
        document_number=found.identity,
        occupation=found.occupation_name,
        direction=found.direction,
        level=found.face,
        number=found.number,
        mode="" if found.mode == "EXAM" else modes.mode(found.mode),
        institution=found.institution_name,
        issued=found.issued_on,
        photo=_portrait(found.photo),
        check_url=f"{site}/verify?number={found.number}",
        check_site=f"{site}/verify",
        demo=settings.CONFIG.demo,
    )
    return certificate_pdf(typesetter(), face)


def _seated_at(batch: Batch) -> dt.datetime:
    seated = trail.timeline("batch", batch.pk).filter(step="batch.seat").last()
    return seated.made_at if seated else batch.theory_at  # type: ignore[no-any-return]


def _portrait(photo: Any) -> bytes:
    return files.read(photo) if photo is not None else _no_portrait()


@functools.cache
def _no_portrait() -> bytes:
    # a ticket is needed at the door even when the photo is still missing: an empty frame to paste one into
    empty = io.BytesIO()
    Image.new("RGB", (350, 450), (236, 236, 232)).save(empty, format="PNG")
    return empty.getvalue()
