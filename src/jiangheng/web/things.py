"""A thing's page, gathered: what may be done and why not, whose turn it is, panels, what belongs to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jiangheng.apps.offices.queries import ROLE_LABELS
from jiangheng.core.authority import Actor, Role
from jiangheng.core.errors import OutOfReach
from jiangheng.core.steps import FLOWS, NOTHING, Step
from jiangheng.kernel.display import DISPLAYS, Column, Display, Link, Stage
from jiangheng.kernel.models import Deadline
from jiangheng.kernel.perform import model_of, standing_refusals

from . import cells, errors, states
from .listing import drawn

RELATED = 20


BY_SYSTEM = frozenset({Role.SYSTEM})


@dataclass
class Button:
    """A step on the page: open (``refusals`` empty) or greyed with every reason."""

    step: Step
    url: str
    refusals: list[dict[str, str]] = field(default_factory=list)
    filled: bool = False
    place: str = ""

    @property
    def direct(self) -> bool:
        """Is it done at once, without a page of its own?"""
        return self.step.asks is None and not self.step.destructive

    @property
    def apart(self) -> bool:
        """Does its form bring a script? Then it needs a page: what is put into a page brings none."""
        fields = self.step.asks.base_fields.values() if self.step.asks else ()
        return any(field.widget.media._js for field in fields)


@dataclass(frozen=True)
class Turn:
    """What is to happen next: the step, by whom, by when."""

    step: Step
    who: str
    due_at: dt.datetime | None

    @property
    def automatic(self) -> bool:
        return self.step.who == BY_SYSTEM


@dataclass(frozen=True)
class Kin:
    """Things of another flow that belong to this one: the first rows, and where all of them are."""

    label: Any
    flow: str
    columns: list[Column]
    rows: list[dict[str, Any]]
    count: int
    url: str


def find(flow: str, pk: int, actor: Actor) -> Any:
    """The thing, if the actor may see it; otherwise OutOfReach, as if it did not exist."""
    if flow not in FLOWS:
        raise OutOfReach(flow)
    display = DISPLAYS.get(flow)
    rows = model_of(flow).visible(actor)
    if display is not None:
        rows = drawn(display, rows)
    thing = rows.filter(pk=pk).first()
    if thing is None:
        raise OutOfReach(f"{flow}:{pk}")
    return thing


def title_of(flow: str, thing: Any) -> str:
    """What the thing is called."""
    display = DISPLAYS.get(flow)
    return display.title(thing) if display else str(thing)


def unborn(step: Step, under: Any) -> Any:
    """The thing a creating step would make, as its form and rules see it beforehand."""
    thing = model_of(step.flow)()
    thing.state, thing.under = NOTHING, under
    thing.scope = under.scope if under is not None else ""
    return thing


def roles(who: Iterator[Role] | frozenset[Role] | tuple[Role, ...]) -> str:
    """Role names for people, in a fixed order."""
    return _("、").join(str(ROLE_LABELS[role]) for role in Role if role in set(who) and role != Role.SYSTEM)


def buttons(flow: str, thing: Any, actor: Actor) -> tuple[list[Button], list[Button]]:
    """The steps of this state, and those that are not open in it, each with all reasons."""
    now: list[Button] = []
    later: list[Button] = []
    hidden = DISPLAYS[flow].hidden if flow in DISPLAYS else frozenset()
    for step in FLOWS[flow].steps.values():
        if step.creates or step.name in hidden or not step.may(actor, thing.scope):
            continue
        why_not = [errors.shown(refusal) for refusal in standing_refusals(step, thing, actor)]
        button = Button(step, f"/d/{flow}/{thing.pk}/{step.name}", why_not)
        (now if thing.state in step.source else later).append(button)
    now += [
        Button(step, f"/d/{flow}/{thing.pk}/new/{step.code}", _birth_refusals(step, thing))
        for step in births(flow)
        if step.name not in _hidden(step.flow) and step.may(actor, thing.scope)
    ]
    now.sort(key=lambda one: (one.step.destructive, one.step.creates, not _leads(one.step, thing)))
    _fill(now, thing)
    return now, later


def _leads(step: Step, thing: Any) -> bool:
    return step.primary if step.creates else step.leads(thing.state)


def _fill(shown: list[Button], thing: Any) -> None:
    # one filled button: what comes next on this thing; what could be made under it only if it is the one thing to do
    own = [one for one in shown if not one.step.creates and _leads(one.step, thing) and not one.refusals]
    births_open = [button for button in shown if button.step.creates and button.step.primary and not button.refusals]
    if own:
        own[0].filled = True
    elif len(births_open) == 1:
        births_open[0].filled = True


def _hidden(flow: str) -> frozenset[str]:
    return DISPLAYS[flow].hidden if flow in DISPLAYS else frozenset()


def beginnings(flow: str, actor: Actor) -> list[Button]:
    """The steps that make a thing of this flow at the actor's own place (a division, an institution).

    A list offers them, for nobody would look for them on the page of the place itself.
    """
    found = []
    for step in FLOWS[flow].creating():
        if step.name in _hidden(flow) or not step.who & actor.roles():
            continue
        made = [one for above in sorted(step.under) for one in _beginnings_under(above, step, actor)]
        # a place where it cannot be done is of interest only when there is no other
        found += [one for one in made if not one.refusals] or made[:1]
    if len(found) == 1 and not found[0].refusals:
        found[0].filled = True
    return found


def _beginnings_under(above: str, step: Step, actor: Actor) -> list[Button]:
    places = list(model_of(above).reach(actor).filter(scope__in=actor.scopes(step.who)).order_by("pk"))
    return [
        Button(
            step, f"/d/{above}/{place.pk}/new/{step.code}", _birth_refusals(step, place),
            place=(getattr(place, "number", "") or title_of(above, place)) if len(places) > 1 else "",
        )
        for place in places
    ]  # fmt: skip


def births(flow: str) -> list[Step]:
    """The steps that make things of other flows under things of this one."""
    return [step for other in FLOWS.values() for step in other.creating() if flow in step.under]


def _birth_refusals(step: Step, under: Any) -> list[dict[str, str]]:
    return [errors.shown(refusal) for refusal in step.refusals(unborn(step, under))]


def turns(flow: str, thing: Any) -> list[Turn]:
    """Who must act next, and by when."""
    open_ones = Deadline.objects.filter(flow=flow, thing=thing.pk, closed_at=None).order_by("due_at")
    due = {deadline.step: deadline.due_at for deadline in reversed(open_ones)}
    return [
        Turn(step, roles(step.who), due.get(step.code))
        for step in states.next_steps(flow, thing)
        # what the system does as part of another act comes with that act and waits for no date
        if step.who != BY_SYSTEM or step.asks is None
    ]


def links(display: Display, thing: Any, actor: Actor) -> list[dict[str, Any]]:
    """The ways from here to special pages and documents."""
    return [
        {"label": link.label, "url": link.url(thing), "icon": link.icon, "work": link.work}
        for link in display.links
        if _offered(link, thing, actor)
    ]


def _offered(link: Link, thing: Any, actor: Actor) -> bool:
    return bool(link.roles & actor.roles_on(thing.scope)) and (not link.states or thing.state in link.states)


def chain(display: Display, thing: Any) -> list[Stage]:
    """The stages of the evaluation the thing is, or nothing."""
    return list(display.chain(thing)) if display.chain else []


def panels(display: Display, thing: Any, actor: Actor, request: Any) -> list[dict[str, Any]]:
    """The panels of the page, drawn."""
    found = []
    for panel in cells.panels_of(display, thing, actor):
        html, told = "", {}
        if panel.template:
            told = panel.context(thing, actor) if panel.context else {"thing": thing}
            html = render_to_string(panel.template, {"thing": thing, **told}, request=request)
        row = cells.row(panel.columns, display.flow, thing, actor)
        # nothing to read: no value in any cell, and nothing in what the template was given
        empty = not any(cell.text for cell in row) and not any(told.values())
        found.append({"label": panel.label, "cells": row, "html": html, "empty": empty})
    return found


def kin(display: Display, thing: Any, actor: Actor) -> list[Kin]:
    """The lists of what belongs to the thing: its first rows and a way to the full list."""
    found = []
    for related in display.related:
        if related.flow not in DISPLAYS or (related.roles and not related.roles & actor.roles_on(thing.scope)):
            continue
        child = DISPLAYS[related.flow]
        columns = _few(child, leave_out=related.field)
        rows = model_of(related.flow).visible(actor).filter(**{related.field: thing.pk})
        first = list(drawn(child, rows).order_by(child.order)[: RELATED + 1])
        count = rows.order_by().count() if len(first) > RELATED else len(first)
        asked = urlencode({"in": f"{related.field}.{thing.pk}"})
        found.append(
            Kin(
                related.label, related.flow, columns,
                [listed(child, each, columns, actor) for each in first[:RELATED]],
                count, f"/d/{related.flow}/?{asked}",
            )
        )  # fmt: skip
    return found


def _few(display: Display, *, leave_out: str) -> list[Column]:
    """The columns of a short list: without the one that would repeat the page's own title, the state always."""
    shown = [column for column in display.columns if column.on_list and column.name != leave_out]
    state = [column for column in shown if column.kind == "state"]
    return [column for column in shown if column.kind != "state"][: 6 - len(state)] + state


def listed(display: Display, thing: Any, columns: list[Column], actor: Actor) -> dict[str, Any]:
    """A thing as a row."""
    return {
        "pk": thing.pk,
        "thing": thing,
        "title": display.title(thing),
        "url": f"/d/{display.flow}/{thing.pk}",
        "cells": cells.row(columns, display.flow, thing, actor),
    }


def overdue(flow: str, pks: list[int], now: dt.datetime) -> set[int]:
    """Which of these things have a deadline that has passed."""
    late = Deadline.objects.filter(flow=flow, thing__in=pks, closed_at=None, due_at__lt=now)
    return set(late.values_list("thing", flat=True))


def initial(step: Step, thing: Any) -> dict[str, Any]:
    """What the thing already says, for the form that changes it. Private fields are typed anew."""
    if step.asks is None or thing.pk is None:
        return {}
    # a form that asks for many things of another kind begins with them by itself (StepForm.prepare)
    fields = (found for found in thing._meta.get_fields() if isinstance(found, models.Field))
    names = {found.name for found in fields if not found.many_to_many}
    asked = set(step.asks.base_fields) - step.asks.private
    return {name: value for name in asked & names if (value := getattr(thing, name)) not in (None, "")}
