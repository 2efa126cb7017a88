"""The trail and the messages as sentences: 七星区人社局 李某 于 2026年11月23日 （周一） 14:30 受理了备案."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jiangheng.core.authority import PUBLIC, SYSTEM, Actor
from jiangheng.core.notice import CLAUSES
from jiangheng.core.steps import FLOWS, Step, step_of
from jiangheng.kernel.display import DISPLAYS
from jiangheng.kernel.models import Entry
from jiangheng.kernel.perform import model_of
from jiangheng.kernel.spoken import spoken
from jiangheng.kernel.trail import timeline, timeline_under

from . import wording

PAGE = 20
# an act may be an import of thousands of rows
MOST_ENTRIES = 20 * PAGE


@dataclass
class Line:
    """One entry as it reads, with what followed from the same act below it."""

    entry: Entry
    text: str
    place: str
    about: str
    title: str = ""
    url: str = ""
    more: list[Line] = field(default_factory=list)

    @property
    def proof(self) -> str:
        """The beginning of the leaf's digest, enough to compare by eye."""
        return self.entry.digest[:8]

    @property
    def said(self) -> str:
        """The reason or opinion that was written with the step: whoever has to mend something must read why."""
        given = self.entry.evidence.get("given", {})
        return str(given.get("reason") or given.get("opinion") or "")

    @property
    def sequenced(self) -> bool:
        return self.entry.number is not None


def declared(entry: Entry) -> Step | None:
    """The step an entry was made by; ``None`` when a later version no longer has it."""
    try:
        return step_of(entry.step)
    except LookupError:
        return None


def sentence(entry: Entry) -> str:
    """Who did what when."""
    display = DISPLAYS.get(entry.flow)
    if display is not None and display.sentence is not None:
        return str(display.sentence(entry))
    step = declared(entry)
    act = wording.done(step) if step else _("办理了 {step}").format(step=entry.step)
    # the system and the public are named by core, people by themselves
    nobody = entry.actor in (SYSTEM.id, PUBLIC.id)
    who = (spoken(entry.actor_name) if nobody else entry.actor_name) or _("（姓名已按期销毁）")
    return _("{who} 于 {when} {act}").format(who=who, when=wording.moment(entry.made_at), act=act)


def line(entry: Entry) -> Line:
    """An entry with its clause."""
    clause = CLAUSES.get(entry.clause)
    return Line(entry, sentence(entry), clause.place if clause else "", clause.title if clause else "")


def things_of(entries: Iterable[Any], actor: Actor) -> dict[tuple[str, int], Any]:
    """The things that entries speak of and the actor may see: one query a kind."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        if entry.flow in FLOWS:
            wanted.setdefault(entry.flow, set()).add(entry.thing)
    found = {}
    for flow, pks in wanted.items():
        rows = model_of(flow).visible(actor).filter(pk__in=pks)
        display = DISPLAYS.get(flow)
        for thing in rows.select_related(*(display.select_related if display else ())):
            found[flow, thing.pk] = thing
    return found


def entries_about(flow: str, thing: Any, actor: Actor) -> QuerySet[Entry]:
    """What was done on the thing and on everything below it that this actor may see, newest first."""
    if not type(thing).segment:
        return timeline(flow, thing.pk).order_by("-id")
    roles = actor.roles_on(thing.scope)
    closed = [name for name in FLOWS if (readers := model_of(name).readers) is not None and not readers & roles]
    found = timeline_under(thing.scope).exclude(flow__in=closed)
    for name in FLOWS:
        if name not in closed and model_of(name).closed:
            # its place is reached, the thing itself perhaps not
            found = found.exclude(Q(flow=name) & ~Q(thing__in=model_of(name).reach(actor).values("pk")))
    return found.order_by("-id")


def _acts(entries: Any) -> tuple[list[Entry], int]:
    """The entries of the newest acts: what follows from one decision does not push others off the page."""
    page: list[Entry] = []
    known: set[Any] = set()
    for entry in entries[: MOST_ENTRIES + 1]:
        known.add(entry.correlation)
        if len(known) > PAGE or len(page) == MOST_ENTRIES:
            return page, page[-1].pk
        page.append(entry)
    return page, 0


def trail_page(flow: str, thing: Any, actor: Actor, *, before: int = 0) -> tuple[list[Line], int]:
    """A page of the trail and the id to go on from (0: that was all). Entries of one act stand together as one."""
    entries = entries_about(flow, thing, actor)
    if before:
        entries = entries.filter(id__lt=before)
    page, further = _acts(entries)
    others = things_of([entry for entry in page if (entry.flow, entry.thing) != (flow, thing.pk)], actor)
    lines: list[Line] = []
    for entry in page:
        made = line(entry)
        other = others.get((entry.flow, entry.thing))
        if other is not None:
            display = DISPLAYS.get(entry.flow)
            made.title = display.title(other) if display else str(other)
            made.url = f"/d/{entry.flow}/{entry.thing}"
        if lines and lines[-1].entry.correlation == entry.correlation:
            lines[-1].more.append(made)
        else:
            lines.append(made)
    return lines, further
