"""Standards for other rooms: which is in force, what it says, which occupations and programmes there are."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from jiangheng.core.authority import Actor
from jiangheng.core.law.eligibility import APPROVED_LISTS, ApprovedList
from jiangheng.core.law.occupations import Occupation, occupation_of, problem_of, starter
from jiangheng.core.law.standard_text import StandardData, parse_standard
from jiangheng.kernel import clock
from jiangheng.kernel.spoken import spoken

from .formats.reading import reading
from .models import Catalogue, Programme, Standard

PUBLISHED = ("enacted", "superseded")


def _on(day: dt.date | None) -> Q:
    on = day or clock.today()
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def enacted(
    *, kinds: Iterable[str] = ("national", "specialty"), owner: str = "", on: dt.date | None = None
) -> list[Any]:
    """The city's standards that apply on a day, and those of the institution at ``owner``, by occupation code."""
    wanted = Q(owner="", kind__in=tuple(kinds))
    if owner:
        wanted |= Q(owner=owner, kind="evaluation")
    return list(Standard.everywhere.filter(_on(on), wanted, state__in=PUBLISHED).order_by("occupation", "owner", "pk"))


def applying(*, on: dt.date | None = None) -> list[Standard]:
    """Every published standard of the three kinds that applies on a day, those of enterprises included."""
    return list(Standard.everywhere.filter(_on(on), state__in=PUBLISHED).order_by("occupation", "owner", "pk"))


def occupation_choices(actor: Actor | None = None) -> list[tuple[str, str]]:
    """Code and name of every occupation with a city's standard that applies today (public), for filters.

    The texts, by far the largest part of a row, are not read.
    """
    rows = Standard.everywhere.filter(_on(None), state__in=PUBLISHED, kind__in=("national", "specialty"), owner="")
    return list(dict(rows.order_by("occupation", "pk").values_list("occupation", "name")).items())


def in_force(occupation: str, *, on: dt.date | None = None) -> Standard | None:
    """The version of an occupation's national standard that applies on a day, or ``None``."""
    rows = Standard.everywhere.filter(_on(on), state__in=PUBLISHED, kind="national", occupation=occupation, owner="")
    return rows.order_by("-pk").first()


def applies(standard: Standard, *, on: dt.date | None = None) -> bool:
    """Does this version apply on a day?"""
    day = on or clock.today()
    if standard.state not in PUBLISHED or standard.valid_from is None:
        return False
    return bool(standard.valid_from <= day and (standard.valid_to is None or day <= standard.valid_to))


def current(standard: Standard) -> Standard:
    """The version that applies today in a standard's place: itself while it does, else the one that followed it."""
    if applies(standard):
        return standard
    same = enacted(kinds=(standard.kind,), owner=standard.owner)
    followers = (row for row in same if row.occupation == standard.occupation and row.kind == standard.kind)
    return next((row for row in followers if row.directions == standard.directions), standard)


def overlapping(standard: Standard, *, start: dt.date, end: dt.date | None) -> Standard | None:
    """Another version of the same scope (and of a common direction) that applies on one of these days."""
    rows = _same_scope(standard).exclude(pk=standard.pk).filter(Q(valid_to=None) | Q(valid_to__gte=start))
    if end is not None:
        rows = rows.filter(valid_from__lte=end)
    for other in rows.order_by("pk"):
        apart = bool(standard.directions and other.directions) and not set(standard.directions) & set(other.directions)
        if not apart:
            return other
    return None


def _same_scope(standard: Standard) -> Any:
    """The published versions of a standard's scope: kind, owner, occupation; for a 专项能力 also its own title."""
    rows = Standard.everywhere.filter(
        state__in=PUBLISHED, kind=standard.kind, owner=standard.owner, occupation=standard.occupation
    )
    # several abilities may belong to one occupation
    return rows.filter(title=standard.title) if standard.kind == "specialty" else rows


def versions_of(standard: Standard) -> list[Standard]:
    """Every published version of the same scope, newest first, for comparing."""
    return list(_same_scope(standard).order_by("-valid_from", "-pk"))


def comparable(standard: Standard) -> list[Standard]:
    """The published versions of the same scope; for a 评价规范 also those of the national standard."""
    found = [each for each in versions_of(standard) if each.pk != standard.pk]
    if standard.kind == "evaluation":
        found += versions_of(Standard(kind="national", occupation=standard.occupation))
    return found


def read_out(text: str) -> dict[str, Any]:
    """What a standard's text says, chapter by chapter for a template, the platform's words in the reader's language."""
    return {"reading": reading(_parsed(text), say=spoken)}


def label(standard: Standard) -> str:
    """A standard as a choice in a list: its number and name, and whose own specification it is."""
    return f"{standard} · {standard.title}" if standard.owner else str(standard)


def content(standard: Standard) -> StandardData:
    """What a standard says, parsed."""
    return _parsed(standard.text)


# a standard's text never changes once enacted, so its parse can be kept by the text itself
@functools.lru_cache(maxsize=64)
def _parsed(text: str) -> StandardData:
    return parse_standard(text)


def read_standard(text: str, *, kinds: Iterable[str]) -> StandardData:
    """A text as a standard that may be drafted today; ValueError says what is wrong with it or with its occupation."""
    found = parse_standard(text)
    if found.kind not in tuple(kinds):
        raise ValueError(_("这里不能起草这一类标准；企业评价规范由企业起草，专家评审后备案"))
    # a specialty (专项职业能力) is named for the ability, which is less than the occupation it lies in
    name = "" if found.kind == "specialty" else found.occupation
    if problem := problem_of(occupation(found.code), code=found.code, name=name):
        raise ValueError(spoken(problem))
    return found


def catalogue(on: dt.date | None = None) -> Catalogue | None:
    """The edition of the catalogue in force on a day, or ``None`` when only the shipped list is there."""
    rows = Catalogue.everywhere.filter(_on(on), state__in=("in_force", "superseded"))
    # its thousands of rows are read only by who asks for them
    return rows.defer("entries").order_by("-valid_from", "-pk").first()


def occupations(on: dt.date | None = None) -> tuple[Occupation, ...]:
    """The occupations of the edition in force that are valid on a day; of the shipped list while there is none."""
    day = on or clock.today()
    edition = catalogue(day)
    rows = _entries(edition.pk, edition.edition) if edition else starter().occupations
    return tuple(row for row in rows if row.valid(day))


# an edition in force is never changed, so its rows are read once in a process
@functools.lru_cache(maxsize=4)
def _entries(pk: int, edition: str) -> tuple[Occupation, ...]:
    return tuple(occupation_of(row) for row in Catalogue.everywhere.get(pk=pk).entries)


def occupation(code: str, *, on: dt.date | None = None) -> Occupation | None:
    """The occupation of a code in the edition in force, or ``None``."""
    return next((row for row in occupations(on) if row.code == code), None)


def programmes(*, list_name: str = "", occupation: str = "", on: dt.date | None = None) -> list[Programme]:
    """The programmes on the region's lists on a day, for one occupation or for all."""
    rows = Programme.everywhere.filter(_on(on), state__in=("listed", "withdrawn")).order_by(
        "list_name", "school", "code"
    )
    if list_name:
        rows = rows.filter(list_name=list_name)
    return [row for row in rows if not occupation or occupation in row.occupations]


def approved(occupation: str, *, on: dt.date | None = None) -> tuple[ApprovedList, ...]:
    """The region's lists as the law reads them: the codes of the programmes that count for an occupation."""
    rows = programmes(occupation=occupation, on=on)
    return tuple(
        ApprovedList(name, frozenset(row.code for row in rows if row.list_name == name)) for name in APPROVED_LISTS
    )
