"""Tags of the desk: dates in office form, deadlines, state marks, clauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jiangheng.apps.standards import queries as standards
from jiangheng.core.law.parameters import parameter
from jiangheng.core.notice import CLAUSES, place_of
from jiangheng.kernel.spoken import spoken

from .. import states, wording

register = template.Library()
register.filter(spoken)


@register.filter
def faults(errors: Mapping[str, Sequence[Any]]) -> int:
    """How many things are wrong on a form: one field, such as a file, may have many."""
    return sum(len(each) for each in errors.values())


@register.filter
def office_date(value: dt.date | None) -> str:
    """2026年11月23日 （周一）."""
    return wording.day(value) if value else ""


@register.filter
def plain_date(value: dt.date | None) -> str:
    """2026年11月23日."""
    return wording.plain_day(value) if value else ""


@register.filter
def office_time(value: dt.datetime | None) -> SafeString | str:
    """2026年11月23日 （周一） 14:30 in a <time> element."""
    if not value:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), wording.moment(value))


@register.filter
def due(value: dt.datetime | None) -> SafeString | str:
    """还有 2 个工作日, with the exact moment in the title."""
    if not value:
        return ""
    left = wording.time_left(value)
    tone = f" due-{left.tone}" if left.tone else ""
    return format_html('<span class="due{}" title="{}">{}</span>', tone, left.title, left.text)


@register.filter
def clause_place(id: str) -> str:
    """The place of a clause in the notice: K10 → 三(四)一."""
    return place_of(id)


@register.filter
def clause_title(id: str) -> str:
    """What the clause asks, in a few words."""
    found = CLAUSES.get(id)
    return _(found.title) if found else ""


@register.filter
def occupation_named(code: str) -> SafeString | str:
    """An occupation's name with its code, the bare code when the catalogue does not know it."""
    found = standards.occupation(code)
    marked = format_html('<span class="code">{}</span>', code)
    return format_html("{} {}", found.name, marked) if found is not None else marked


@register.inclusion_tag("partials/state.html")
def state_mark(flow: str, state: str, large: bool = False) -> dict[str, Any]:
    """The mark of a state: colour, shape and word."""
    return {"tone": states.tone(flow, state), "label": states.label(flow, state), "large": large}


@register.simple_tag
def login_limits() -> dict[str, int]:
    """How many failures lock the door, and for how many minutes."""
    return {"most": parameter("login.max_failures"), "minutes": parameter("login.lock_minutes")}


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """This page's query string with some keys changed (empty: removed); paging starts anew unless it is changed."""
    asked = context["request"].GET.copy()
    if "page" not in changes:
        asked.pop("page", None)
    for key, value in changes.items():
        if value in ("", None):
            asked.pop(key, None)
        else:
            asked[key] = value
    return f"?{asked.urlencode()}" if asked else "?"
