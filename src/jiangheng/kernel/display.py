"""How a flow's things look: columns, filters, search, panels, masks. Declared by rooms in `pages`, drawn by `web`.

List page, detail page, API representation and spreadsheet export are all drawn from one Display, so what is
masked is masked once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from jiangheng.core.authority import Actor, Role
from jiangheng.core.law import levels, modes

from .models import Entry

Value = str | Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One value of a thing. ``value``: attribute path or function. ``sort``: ORM field. ``kind``: how it is drawn.

    Kinds: text, code, number, date, datetime, state, person, image, file, flag, list.
    ``mask`` hides the value from everyone but ``whole_for`` roles.
    """

    name: str
    label: Any
    value: Value = ""
    sort: str = ""
    kind: str = "text"
    mask: Callable[[str], str] | None = None
    whole_for: frozenset[Role] = frozenset()
    on_list: bool = True

    def of(self, thing: Any, actor: Actor) -> Any:
        """The value as this actor may see it."""
        found = self._raw(thing)
        if self.mask is not None and found not in (None, "") and not (self.whole_for & actor.roles_on(thing.scope)):
            return self.mask(str(found))
        return found

    def _raw(self, thing: Any) -> Any:
        value = self.value or self.name
        if callable(value):
            return value(thing)
        found = thing
        for part in value.split("."):
            found = getattr(found, part, None)
        return found() if callable(found) else found


@dataclass(frozen=True)
class Filter:
    """A chip above a list: a query key, an ORM lookup and its choices (for this actor)."""

    name: str
    label: Any
    lookup: str
    choices: Callable[[Actor], Sequence[tuple[str, Any]]]


@dataclass(frozen=True)
class Panel:
    """A part of a thing's page: a definition list of columns, or a template with its context."""

    label: Any
    columns: tuple[Column, ...] = ()
    template: str = ""
    context: Callable[[Any, Actor], dict[str, Any]] | None = None
    shown: Callable[[Any, Actor], bool] | None = None


@dataclass(frozen=True)
class Related:
    """A list of things of another flow that belong to this thing (``field`` is their foreign key)."""

    label: Any
    flow: str
    field: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Link:
    """A way from a thing's page to a special page or a document."""

    label: Any
    url: Callable[[Any], str]
    roles: frozenset[Role]
    states: frozenset[str] = frozenset()
    icon: str = "file"
    work: bool = False
    """Is this where the thing is worked on? Then it looks like a button, not like a document to fetch."""


@dataclass(frozen=True)
class Stage:
    """One stage of the chain bar: where the evaluation stands."""

    label: Any
    state: str
    url: str = ""


@dataclass(frozen=True)
class Display:
    """How the things of one flow are shown."""

    flow: str
    label: Any
    title: Callable[[Any], str]
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    search: tuple[str, ...] = ()
    order: str = "-pk"
    panels: tuple[Panel, ...] = ()
    related: tuple[Related, ...] = ()
    links: tuple[Link, ...] = ()
    icon: str = "list"
    menu_for: frozenset[Role] = frozenset()
    # who finds the list under 全部事项 alone: his menu keeps to his daily work
    shelf_for: frozenset[Role] = frozenset()
    select_related: tuple[str, ...] = ()
    prefetch_related: tuple[str, ...] = ()
    chain: Callable[[Any], Sequence[Stage]] | None = None
    sentence: Callable[[Entry], str] | None = None
    hidden: frozenset[str] = field(default_factory=frozenset)
    # is it worked on from the page of the whole (a room), so that 待办 does not list each one?
    in_whole: bool = False
    # finds rows by words in what no column of the database shows (sealed texts): the rows' numbers
    find: Callable[[Any, str], Sequence[int]] | None = None
    # among how many rows at most it looks (0: any number), and what to say when there are more
    find_most: int = 0
    find_narrower: Any = ""
    # what an empty list says to an actor, when neither filter nor search made it empty; "" leaves the usual words
    empty: Callable[[Actor], str] | None = None


@dataclass(frozen=True)
class Overview:
    """A page over many things that belongs to none of them; found under 全部事项."""

    label: Any
    url: str
    roles: frozenset[Role]
    icon: str = "chart"


OVERVIEWS: list[Overview] = []
"""Every Overview, in the order of the rooms."""


def overview(shown: Overview) -> Overview:
    """Register a page over many things."""
    OVERVIEWS.append(shown)
    return shown


DISPLAYS: dict[str, Display] = {}
"""Every Display by its flow."""


def display(shown: Display) -> Display:
    """Register how a flow's things look."""
    if shown.flow in DISPLAYS:
        raise ValueError(f"the display of {shown.flow} is declared twice")
    DISPLAYS[shown.flow] = shown
    return shown


def also(flow: str, panel: Panel) -> Panel:
    """Add a panel to the page of a flow that a lower room shows: what a room above knows of its things.

    The lower room's pages are loaded first and know nothing of it. ValueError when the flow has no Display yet.
    """
    if flow not in DISPLAYS:
        raise ValueError(f"the display of {flow} is not declared before a panel is added to it")
    DISPLAYS[flow] = replace(DISPLAYS[flow], panels=(*DISPLAYS[flow].panels, panel))
    return panel


def level_face(code: str) -> str:
    """A level in the rule's words (五级/初级工), in the reader's language; documents print the Chinese words."""
    return gettext(levels.level(code).face)


def aside(name: str, *, told: Any) -> str:
    """A name with what tells it from its like in brackets: 电工（2018 年版）."""
    return gettext("{name}（{told}）").format(name=name, told=told)


def level_choices() -> list[tuple[str, Any]]:
    """The national levels as choices, named in the reader's language when they are drawn."""
    return [(each.code, gettext_lazy(each.face)) for each in levels.NATIONAL]


def ladder_choices() -> list[tuple[str, Any]]:
    """All eight steps of the ladder as choices, for lists in which appointed posts stand beside national levels."""
    return [(each.code, gettext_lazy(each.face)) for each in levels.LADDER]


def mode_choices() -> list[tuple[str, Any]]:
    """The ways of recognition as choices."""
    return [(code, gettext_lazy(name)) for code, name in modes.MODES.items()]


def mode_label(code: str) -> str:
    """A way of recognition (考核认定), in the reader's language."""
    return gettext(modes.mode(code))


def state_filter(model: Any) -> Filter:
    """The filter by state that every list has."""
    return Filter("state", gettext_lazy("状态"), "state", lambda actor: [(key, label) for key, label in model.STATES])
