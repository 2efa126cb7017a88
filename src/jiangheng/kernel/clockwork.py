"""Steps of the SYSTEM role whose time has come. `tick` tries them; their own rules say whether it is time."""

from __future__ import annotations

from jiangheng.core.authority import SYSTEM, Role
from jiangheng.core.errors import Refused
from jiangheng.core.steps import FINDERS, FLOWS, Step

from . import followers
from .perform import model_of, perform


def automatic() -> list[Step]:
    """The steps the clock may do: they belong to SYSTEM, ask nothing, make nothing, and have a rule to wait for."""
    return [
        step
        for flow in FLOWS.values()
        for step in flow.steps.values()
        if Role.SYSTEM in step.who and step.primary and step.requires and step.asks is None and not step.creates
    ]


def tick() -> int:
    """Try every automatic step on every thing in its source state once; the number performed."""
    done = followers.run()
    for step in automatic():
        waiting = model_of(step.flow).everywhere.filter(state__in=step.source).order_by("pk")
        if find := FINDERS.get(step.code):
            waiting = waiting.filter(pk__in=list(find()))
        for thing in waiting.iterator():
            # asked without a lock first: most things wait for a date, and a lock for each would stop the offices
            if step.refusals(thing):
                continue
            try:
                perform(step, thing.pk, actor=SYSTEM)
                done += 1
            except Refused:
                continue
    return done
