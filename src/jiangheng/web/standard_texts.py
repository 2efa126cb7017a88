"""A standard's or a specification's text as file, as paper, and beside another version (clauses K3, K4)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from jiangheng.apps.standards.formats.compared import compared
from jiangheng.apps.standards.formats.paper import Imprint, standard_pdf
from jiangheng.apps.standards.models import Standard
from jiangheng.core.errors import OutOfReach
from jiangheng.core.law.standard_text import parse_standard
from jiangheng.core.law.standard_write import write_standard
from jiangheng.kernel import clock
from jiangheng.kernel.spoken import spoken

from . import papers

TOML = "application/toml; charset=utf-8"
UNPUBLISHED = frozenset({"draft", "submitted", "in_review", "returned", "adopted"})


@dataclass(frozen=True, slots=True)
class Version:
    """One text among those that can be compared. ``key``: what the address says; ``order``: earlier ones sort first."""

    key: str
    label: str
    text: str
    order: str


FOUNDATION, NEWEST = "0", "9"
"""Before every date, and after: what others rest on, and what is still being written."""


def version(standard: Standard, *, beside: Standard | None = None) -> Version:
    """A standard as a version; a draft is the newest, another kind's standard is what ``beside`` rests on."""
    since = standard.valid_from.isoformat() if standard.valid_from else ""
    told = _("{title} {edition}（{since} 起）") if since else _("{title} {edition}（草案）")
    label = told.format(title=standard.title, edition=standard.edition, since=since)
    beneath = beside is not None and beside.kind != standard.kind
    return Version(str(standard.pk), label, standard.text, FOUNDATION if beneath else since or NEWEST)


def comparison(request: HttpRequest, own: Version, others: Sequence[Version]) -> dict[str, Any]:
    """The context of the comparison of a text with the one asked for, from the earlier to the later."""
    asked = request.GET.get("with", "")
    other = next((each for each in others if each.key == asked), None)
    if asked and other is None:
        raise OutOfReach(f"with:{asked}")
    other = other or next((each for each in others if each.order <= own.order), others[0] if others else None)
    whole = request.GET.get("show") == "all"
    context: dict[str, Any] = {"own": own, "others": others, "other": other, "whole": whole}
    if other is not None:
        old, new = sorted((other, own), key=lambda each: each.order)
        chapters = compared(parse_standard(old.text), parse_standard(new.text), say=spoken, whole=whole)
        total = sum(each["count"] for chapter in chapters for each in chapter["counts"])
        context |= {"old": old, "new": new, "chapters": chapters, "total": total}
    return context


def canonical(text: str) -> bytes:
    """A standard's text as the writer prints it."""
    return write_standard(parse_standard(text)).encode()


def name_of(thing: Any, suffix: str) -> str:
    """A file name that says which standard and which version it is."""
    return get_valid_filename(f"{thing.title}-{thing.edition}") + f".{suffix}"


def paper(thing: Any) -> bytes:
    """A standard or a specification as PDF; what is not in force is marked as a draft."""
    draft = thing.state in UNPUBLISHED
    imprint = Imprint(
        dated=getattr(thing, "valid_from", None) or clock.today(),
        draft=draft,
        number=thing.number,
        valid_from=getattr(thing, "valid_from", None),
        valid_to=getattr(thing, "valid_to", None),
        demo=settings.CONFIG.demo,
    )
    return _set(thing.text, imprint)


# setting takes seconds, the page is public, and equal input gives equal bytes
@functools.lru_cache(maxsize=16)
def _set(text: str, imprint: Imprint) -> bytes:
    return standard_pdf(papers.typesetter(), parse_standard(text), imprint=imprint)
