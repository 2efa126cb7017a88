"""Institutions for other rooms and for the public directory (W9)."""

from __future__ import annotations

from typing import Any

from jiangheng.kernel.scoping import ScopedQuerySet

from .models import Filing, Institution, Room, Site


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
