"""What every page's frame shows: menu, place acted for, unread messages, the demo's clock. Found only when drawn."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from jiangheng.apps.institutions import queries as institutions
from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import PUBLIC, Actor, Role
from jiangheng.core.steps import FLOWS
from jiangheng.kernel import clock, messages
from jiangheng.kernel.display import DISPLAYS, OVERVIEWS, Display

MOST_ENTRIES = 7
MOST_COUNTED = 100
"""Counting stops here; the page then says 99+."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's context. Nothing is looked up until a template asks, so public pages cost nothing."""

    def actor() -> Actor:
        return getattr(request, "actor", PUBLIC)

    return {
        "menu": SimpleLazyObject(lambda: menu(actor(), request.path)),
        "acting_for": SimpleLazyObject(lambda: acting_for(actor())),
        "user": SimpleLazyObject(lambda: getattr(request, "user", AnonymousUser())),
        "account_name": SimpleLazyObject(lambda: getattr(request.user, "name", "") or actor().name),
        "account_role": SimpleLazyObject(lambda: role_names(actor())),
        "inbox_count": SimpleLazyObject(lambda: unread(actor())),
        "demo": settings.CONFIG.demo,
        "demo_clock": clock.now() if settings.CONFIG.demo else None,
    }


def menu(actor: Actor, path: str) -> list[dict[str, Any]]:
    """At most seven entries: 待办, then the flows declared for the actor's roles, the rest behind 全部事项."""
    if actor.id == PUBLIC.id:
        return []
    roles = actor.roles()
    entries: list[dict[str, Any]] = [{"label": _("待办"), "url": "/home", "icon": "todo"}]
    flows = [
        {"label": display.label, "url": f"/d/{display.flow}/", "icon": display.icon}
        for display in sorted(DISPLAYS.values(), key=_place_in_menu)
        if display.menu_for & roles
    ]
    room = MOST_ENTRIES - 1
    # what stands under 全部事项 alone needs the way there, which takes one place
    more = len(flows) > room or _shelved(roles)
    entries += flows[: room - 1] if more else flows
    if more:
        entries.append({"label": _("全部事项"), "url": "/d/", "icon": "filter"})
    for entry in entries:
        entry["active"] = path == entry["url"] or (entry["url"] != "/d/" and path.startswith(entry["url"]))
    return entries


def _shelved(roles: frozenset[Role]) -> bool:
    on_shelf = any(display.shelf_for & roles and not display.menu_for & roles for display in DISPLAYS.values())
    return on_shelf or any(each.roles & roles for each in OVERVIEWS)


# daily work first, what is looked up now and then behind it; who also keeps accounts has his work in the chain first
_FIRST = ("batches", "exams", "practicals", "roster", "institutions", "itembank", "certificates", "routes", "standards")


def _place_in_menu(display: Display) -> int:
    room = FLOWS[display.flow].model.partition(".")[0]
    return _FIRST.index(room) if room in _FIRST else len(_FIRST)


def acting_for(actor: Actor) -> str:
    """The institution or the place of the actor's outermost scope, by name; empty for who has none."""
    scopes = actor.scopes(set(Role) - {Role.SELF, Role.CANDIDATE, Role.PUBLIC})
    if not scopes:
        return ""
    widest = min(scopes, key=len)
    institution = institutions.institution_of(widest)
    return institution.name if institution is not None else offices.place(widest)


def role_names(actor: Actor) -> str:
    """The actor's roles, for people."""
    held = actor.roles() - {Role.SELF, Role.PUBLIC}
    return _("、").join(str(offices.ROLE_LABELS[role]) for role in Role if role in held)


def unread(actor: Actor) -> int:
    """Unread messages, counted up to a limit."""
    if not actor.scopes():
        return 0
    return len(messages.inbox(actor).filter(Q(seen=False)).order_by().values_list("pk")[:MOST_COUNTED])
