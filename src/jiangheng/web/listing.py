"""The list of a flow's things: reach, filters, search, sort, pages — read from the query string and the Display."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from jiangheng.core.authority import Actor
from jiangheng.core.law.identity import normalise
from jiangheng.core.steps import FLOWS, Flow, Step
from jiangheng.kernel import vault
from jiangheng.kernel.display import DISPLAYS, Column, Display, Filter
from jiangheng.kernel.perform import model_of

SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Choice:
    """One filter with what it is set to; reads as part of a sentence."""

    filter: Filter
    choices: Sequence[tuple[str, Any]]
    value: str

    @property
    def chosen(self) -> str:
        return next((str(label) for key, label in self.choices if str(key) == self.value), "")


@dataclass(frozen=True)
class Parent:
    """The thing whose children alone are listed."""

    field: str
    thing: Any
    title: str
    url: str


def drawn(display: Display, rows: Any) -> Any:
    """Rows with what their columns need, so that drawing a row asks nothing more."""
    return rows.select_related(*display.select_related).prefetch_related(*display.prefetch_related)


def matches(display: Display, words: str) -> Q:
    """Every word in one of the search fields. An identity number is looked up whole, by its blind index."""
    found = Q()
    for word in words.split()[:6]:
        either = Q(pk__in=[])
        for field in display.search:
            if field.endswith("identity_index"):
                if len(normalise(word)) >= 15:
                    either |= Q(**{field: vault.index_of(word)})
            else:
                either |= Q(**{f"{field}__icontains": word})
        found &= either
    return found


class Listing:
    """One list as one actor asked for it."""

    def __init__(self, flow: str, actor: Actor, asked: Mapping[str, str]) -> None:
        self.flow: Flow = FLOWS[flow]
        self.display: Display = DISPLAYS[flow]
        self.model: Any = model_of(flow)
        self.actor = actor
        self.asked = asked
        self.words = asked.get("q", "").strip()[:80]
        self.columns: list[Column] = [column for column in self.display.columns if column.on_list]
        # too many rows to look for the words in what is not a column; known when ``rows`` is
        self.unsearched = False

    @functools.cached_property
    def choices(self) -> list[Choice]:
        """The filters with their present values; a value that is no choice counts as none."""
        found = []
        for filter in self.display.filters:
            choices = [(str(key), label) for key, label in filter.choices(self.actor)]
            value = self.asked.get(filter.name, "")
            found.append(Choice(filter, choices, value if value in {key for key, _label in choices} else ""))
        return found

    @functools.cached_property
    def has_public(self) -> bool:
        """May rows beyond the actor's territory be listed because they are public?"""
        return bool(self.model.public_states)

    @functools.cached_property
    def where(self) -> str:
        """``own`` territory or ``all`` that is visible. Who has rows of his own begins with them."""
        if not self.has_public:
            return "own"
        asked = self.asked.get("where", "")
        if asked in ("own", "all"):
            return asked
        return "own" if self.model.reach(self.actor).exists() else "all"

    @functools.cached_property
    def parent(self) -> Parent | None:
        """``in=batch.12``: only what belongs to that thing, where a Display declares the relation."""
        field, _dot, pk = self.asked.get("in", "").partition(".")
        if not pk.isdecimal():
            return None
        for display in DISPLAYS.values():
            if any(related.flow == self.flow.name and related.field == field for related in display.related):
                thing = model_of(display.flow).visible(self.actor).filter(pk=int(pk)).first()
                if thing is not None:
                    return Parent(field, thing, display.title(thing), f"/d/{display.flow}/{thing.pk}")
        return None

    @functools.cached_property
    def rows(self) -> QuerySet[Any]:
        """All rows asked for, in order, unsliced."""
        rows = self.model.reach(self.actor) if self.where == "own" else self.model.visible(self.actor)
        if self.asked.get("in"):
            # a parent out of reach lists nothing rather than everything
            rows = rows.filter(**{self.parent.field: self.parent.thing.pk}) if self.parent else rows.none()
        for choice in self.choices:
            if choice.value:
                rows = rows.filter(**{choice.filter.lookup: choice.value})
        if self.words:
            wanted = matches(self.display, self.words)
            if self.display.find is not None:
                self.unsearched = 0 < self.display.find_most < rows.order_by().count()
                if not self.unsearched:
                    wanted |= Q(pk__in=self.display.find(rows, self.words))
            rows = rows.filter(wanted)
        return drawn(self.display, rows).order_by(*self._order())  # type: ignore[no-any-return]

    def _order(self) -> list[Any]:
        field = self.sort[1]
        if not field:
            return [self.display.order, "pk"] if self.display.order.lstrip("-") != "pk" else [self.display.order]
        falling = self.sort[2]
        ordered = F(field).desc(nulls_last=True) if falling else F(field).asc(nulls_last=True)
        return [ordered, "-pk" if falling else "pk"]

    @functools.cached_property
    def sort(self) -> tuple[str, str, bool]:
        """Column name, ORM field and whether falling; empty when the Display's own order holds."""
        asked = self.asked.get("sort", "")
        name, falling = asked.removeprefix("-"), asked.startswith("-")
        field = next((column.sort for column in self.columns if column.name == name and column.sort), "")
        return (name, field, falling) if field else ("", "", False)

    @functools.cached_property
    def size(self) -> int:
        asked = self.asked.get("size", "")
        return int(asked) if asked.isdecimal() and int(asked) in SIZES else SIZES[0]

    @functools.cached_property
    def count(self) -> int:
        return self.rows.order_by().count()

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))

    @functools.cached_property
    def page(self) -> int:
        asked = self.asked.get("page", "")
        return min(max(int(asked), 1), self.pages) if asked.isdecimal() else 1

    @functools.cached_property
    def things(self) -> list[Any]:
        """The rows of this page."""
        start = (self.page - 1) * self.size
        return list(self.rows[start : start + self.size]) if self.count else []

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.count else 0

    @property
    def last(self) -> int:
        return min(self.page * self.size, self.count)

    @property
    def near_pages(self) -> list[int | None]:
        """Page numbers to offer: the ends and what is near; ``None`` is a gap."""
        wanted = sorted({1, self.pages, *range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)})
        offered: list[int | None] = []
        for number in wanted:
            if offered and offered[-1] is not None and number - offered[-1] > 1:
                offered.append(None)
            offered.append(number)
        return offered

    @property
    def bulk_steps(self) -> list[Step]:
        """The bulk steps this actor could do on at least one row of this page."""
        return [
            step
            for step in self.flow.steps.values()
            if step.bulk and any(step.open_to(self.actor, thing) for thing in self.things)
        ]

    @property
    def narrowed(self) -> bool:
        """Does anything keep rows out?"""
        return bool(self.words or self.asked.get("in") or any(choice.value for choice in self.choices))

    def nothing(self) -> str:
        """What the empty list says to this actor; "" leaves it to the usual words."""
        return str(self.display.empty(self.actor)) if self.display.empty is not None else ""

    def sentence(self) -> str:
        """What is listed, as words for a sheet's head: 机构备案；状态：待受理；含“电工”."""
        parts = [str(self.display.label)]
        if self.has_public:
            parts.append(_("本辖区") if self.where == "own" else _("全部公开"))
        if self.parent:
            parts.append(self.parent.title)
        parts += [
            _("{label}：{chosen}").format(label=choice.filter.label, chosen=choice.chosen)
            for choice in self.choices
            if choice.value
        ]
        if self.words:
            parts.append(_("含“{words}”").format(words=self.words))
        return _("；").join(parts)
