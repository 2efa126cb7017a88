"""Institutions for other rooms and for the public directory (W9)."""

from __future__ import annotations

from typing import Any

from jiangheng.apps.roster import queries as roster
from jiangheng.core.law.levels import level
from jiangheng.core.law.standard_text import parse_standard
from jiangheng.kernel import trail
from jiangheng.kernel.scoping import ScopedQuerySet

from .models import Filing, Institution, Room, Site, Specification


def directory(*, words: str = "", place: str = "", occupation: str = "") -> Any:
    """Filed institutions with their filings in force, for everyone."""
    filings = Filing.everywhere.filter(state="filed").select_related("institution", "site")
    if words:
        filings = filings.filter(institution__name__icontains=words)
    if place:
        filings = ScopedQuerySet.under(filings, place)
    if occupation:
        filings = filings.filter(occupation=occupation)
    return filings.order_by("institution__name", "occupation")


def sites_of(institution: Institution) -> Any:
    """The open sites of an institution, which its public page names."""
    return Site.everywhere.filter(institution=institution, state="open").order_by("pk")


def rooms_of(site: Site, *, kind: str) -> Any:
    """The open rooms of a site for theory or practice."""
    return Room.everywhere.filter(site=site, kind=kind, state="open").order_by("pk")


def institution_of(scope: str) -> Institution | None:
    """The institution in whose scope a thing lies, or ``None`` for a bureau's thing."""
    path = "/".join(scope.split("/")[:4]) + "/"
    return Institution.everywhere.filter(scope=path).first()


def outline(text: str) -> list[dict[str, str]]:
    """The paragraphs of a standard's text that an expert may comment on, as key and title."""
    content = parse_standard(text)
    titles = ["职业概况", "基本要求"]
    for code in content.levels:
        face = level(code).zh
        titles += [f"{face}：申报条件", f"{face}：考核方案"]
        titles += [f"{face}：{part.code} {part.name}" for part in content.functions if part.level == code]
    titles += ["权重表", "评分表", "等级折算"]
    return [{"key": f"p{place}", "title": title} for place, title in enumerate(titles, start=1)]


def drafters(specification: Specification) -> list[int]:
    """The accounts that wrote or handed in a specification: they do not sit in judgement over it."""
    acts = (trail.last_by("specification", specification.pk, step) for step in ("draft", "revise", "submit"))
    return sorted({int(actor.partition(":")[2]) for actor in acts if actor and actor.startswith("account:")})


def reviews(specification: Specification) -> list[dict[str, Any]]:
    """Every concluded review of a specification, newest first: the vote, the comments by paragraph, the minutes."""
    return [
        {
            "committee": found,
            "lines": list(roster.tally(found).values()),
            "comments": roster.comments_of(found),
        }
        for found in roster.committees_of(specification, kind="specification")
        if found.decided
    ]
