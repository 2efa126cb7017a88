"""Standards, specifications and catalogues on the desk: compared, printed, as text, as a workbook (K1, K3, K4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jiangheng.apps.standards import queries as standards
from jiangheng.apps.standards.formats.catalogue import write_catalogue
from jiangheng.apps.standards.models import Standard
from jiangheng.core.law.occupations import occupation_of
from jiangheng.kernel import trail

from .. import standard_texts as texts
from .. import wording
from ..doors import members_only
from .ways import PDF, XLSX, crumbs, handed_out, linked


@members_only
@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """A standard, or its draft, against another version."""
    found = linked(request, "standard", pk, "compare")
    others = [texts.version(each, beside=found) for each in standards.comparable(found)]
    return _compared(request, "standard", found, texts.comparison(request, texts.version(found), others))


@members_only
@require_safe
def compare_specification(request: HttpRequest, pk: int) -> HttpResponse:
    """An enterprise's specification against what it submitted, what it had recorded, and what it rests on."""
    found = linked(request, "specification", pk, "compare")
    own = texts.Version("now", _("{title} 现在的文本").format(title=found.title), found.text, texts.NEWEST)
    mine = Standard(kind="evaluation", occupation=found.occupation, owner=found.institution.scope, pk=found.standard_id)
    others = [*submitted(found), *(texts.version(each, beside=mine) for each in standards.comparable(mine))]
    return _compared(request, "specification", found, texts.comparison(request, own, others))


def submitted(specification: Any) -> list[texts.Version]:
    """The texts that were handed in for review before and have been changed since, the newest first."""
    found = []
    handed_in = trail.timeline("specification", specification.pk).filter(step="specification.submit")
    for number, entry in enumerate(handed_in, start=1):
        # a shredded entry no longer says what was handed in
        text = entry.evidence.get("text", "")
        if text and text != specification.text:
            label = _("第 {number} 次报送的文本（{when}）").format(number=number, when=wording.moment(entry.made_at))
            found.append(texts.Version(f"submitted-{number}", label, text, entry.made_at.isoformat()))
    return found[::-1]


def _compared(request: HttpRequest, flow: str, found: Any, context: dict[str, Any]) -> HttpResponse:
    context |= {"base": "office.html", "back": f"/d/{flow}/{found.pk}", "crumbs": crumbs(flow, found, _("版本对比"))}
    return render(request, "standards/compare.html", context)


@members_only
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A standard as it is printed; a draft says on every page that it is one."""
    return _paper(linked(request, "standard", pk, "standard.pdf"))


@members_only
@require_safe
def paper_of_specification(request: HttpRequest, pk: int) -> HttpResponse:
    """A specification as it is printed."""
    return _paper(linked(request, "specification", pk, "standard.pdf"))


def _paper(found: Any) -> HttpResponse:
    return handed_out(texts.paper(found), kind=PDF, name=texts.name_of(found, "pdf"), shown=True)


@members_only
@require_safe
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """A standard's readable text, canonical."""
    return _text(linked(request, "standard", pk, "standard.toml"))


@members_only
@require_safe
def text_of_specification(request: HttpRequest, pk: int) -> HttpResponse:
    """A specification's readable text, canonical."""
    return _text(linked(request, "specification", pk, "standard.toml"))


def _text(found: Any) -> HttpResponse:
    return handed_out(texts.canonical(found.text), kind=texts.TOML, name=texts.name_of(found, "toml"))


@members_only
@require_safe
def catalogue(request: HttpRequest, pk: int) -> HttpResponse:
    """An edition of the catalogue as a workbook that can be imported again."""
    found = linked(request, "catalogue", pk, "catalogue.xlsx")
    data = write_catalogue((occupation_of(row) for row in found.entries), title=_("职业目录"))
    return handed_out(data, kind=XLSX, name=_("职业目录-{edition}.xlsx").format(edition=found.edition))
