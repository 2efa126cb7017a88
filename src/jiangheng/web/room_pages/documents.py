"""Papers as PDF: tickets, door lists, sign-in sheets, certificates; and a candidate's photo (clauses K10, W10)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.batches.formats import rooms as room_papers
from jiangheng.apps.batches.formats.tickets import tickets_pdf
from jiangheng.core.errors import OutOfReach
from jiangheng.kernel import files
from jiangheng.kernel.perform import model_of

from .. import papers, things
from ..doors import members_only
from . import seats
from .ways import PDF, actor_of, handed_out, linked

# a neutral head and shoulders, drawn by us, where no photo has been handed in
PLACEHOLDER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 350 450"><rect width="350" height="450" fill="#ececE8"/>'
    b'<circle cx="175" cy="175" r="75" fill="#c4c8c2"/><path d="M35 450c0-95 60-150 140-150s140 55 140 150z" '
    b'fill="#c4c8c2"/></svg>'
)


@members_only
@require_safe
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """One candidate's admission ticket."""
    application = linked(request, "application", pk, "ticket.pdf")
    name = _("准考证-{ticket}.pdf").format(ticket=application.ticket)
    return handed_out(papers.ticket(application), kind=PDF, name=name, shown=True)


@members_only
@require_safe
def tickets(request: HttpRequest, pk: int) -> HttpResponse:
    """The tickets of a whole batch in the order of the seats."""
    batch = linked(request, "batch", pk, "tickets.pdf")
    people = seats.candidates(batch, actor_of(request))
    if not people:
        raise OutOfReach(f"batch:{pk}")
    data = tickets_pdf(papers.typesetter(), [papers.page(each) for each in people], head=papers.head(batch))
    return handed_out(data, kind=PDF, name=_("准考证-{number}.pdf").format(number=batch.number), shown=True)


@members_only
@require_safe
def doors(request: HttpRequest, pk: int) -> HttpResponse:
    """The seat plan of each room, to hang at its door."""
    batch = linked(request, "batch", pk, "doors.pdf")
    sheets = seats.sheets(batch, actor_of(request))
    if not sheets:
        raise OutOfReach(f"batch:{pk}")
    data = room_papers.door_list_pdf(papers.typesetter(), sheets, head=papers.head(batch))
    return handed_out(data, kind=PDF, name=_("座次表-{number}.pdf").format(number=batch.number), shown=True)


@members_only
@require_safe
def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheets that candidates sign."""
    batch = linked(request, "batch", pk, "signin.pdf")
    sheets = seats.sheets(batch, actor_of(request))
    if not sheets:
        raise OutOfReach(f"batch:{pk}")
    data = room_papers.sign_in_pdf(papers.typesetter(), sheets, head=papers.head(batch))
    return handed_out(data, kind=PDF, name=_("签到表-{number}.pdf").format(number=batch.number), shown=True)


@members_only
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """A certificate as it is printed."""
    found = linked(request, "certificate", pk, "certificate.pdf")
    return handed_out(papers.certificate(found), kind=PDF, name=f"{found.number}.pdf", shown=True)


@members_only
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo of a candidate one reaches, or a neutral drawing."""
    application = things.find("application", pk, actor_of(request))
    if not model_of("application").reach(actor_of(request)).filter(pk=pk).exists():
        raise OutOfReach(f"application:{pk}")
    if application.photo is None:
        return handed_out(PLACEHOLDER, kind="image/svg+xml", name="photo.svg", shown=True)
    kept = application.photo
    return handed_out(files.read(kept), kind=kept.media_type, name="photo.jpg", shown=True)
