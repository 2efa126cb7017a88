"""How a state looks: a tone (colour + shape) derived from the steps that lead into and out of it."""

from __future__ import annotations

import functools
from typing import Any

from jiangheng.core.authority import Role
from jiangheng.core.steps import FLOWS, NOTHING, STAY, Flow, Step
from jiangheng.kernel.perform import model_of


def label(flow: str, state: str) -> str:
    """The state's word."""
    return str(dict(model_of(flow).STATES).get(state, state))


@functools.cache
def tone(flow: str, state: str) -> str:
    """``done``, ``void``, ``draft``, ``soon`` (came back to its author) or ``wait``: what the mark says at a glance."""
    declared = FLOWS[flow]
    into = [step for step in declared.steps.values() if step.target == state and state not in step.source]
    if into and all(step.destructive for step in into):
        return "void"
    if _with_its_author(declared, state):
        return "draft" if any(step.creates for step in into) else "soon"
    if not any(_moves(step, state) for step in declared.steps.values()) or _in_use(declared, state):
        return "done"
    return "wait"


def _moves(step: Step, state: str) -> bool:
    return not step.destructive and state in step.source and step.target not in (state, STAY)


def _in_use(flow: Flow, state: str) -> bool:
    """Does it wait for nobody, neither people nor the system, until somebody puts an end to it?"""
    after = [step for step in flow.steps.values() if state in step.source and step.target not in (state, STAY)]
    awaited = any(step.leads(state) or step.who == {Role.SYSTEM} for step in after)
    return not awaited and any(step.destructive for step in after)


def _with_its_author(flow: Flow, state: str) -> bool:
    """Is it the turn of whoever made the thing (a draft, or something returned to him)?"""
    made = flow.creating()
    # who may make it on the side as well (an import, on somebody's behalf) is not who has to mend it
    made = [step for step in made if step.primary] or made
    authors: frozenset[Role] = frozenset().union(*(step.who for step in made)) - {Role.SYSTEM}
    turn = [step for step in flow.steps.values() if state in step.source and step.target != state]
    if not turn or state == NOTHING:
        return False
    forward = [step for step in turn if not step.destructive and not step.creates]
    return bool(forward) and all(step.who <= authors for step in forward) and len(flow.steps) > 3


def next_steps(flow: str, thing: Any) -> list[Step]:
    """What is to be done next on the thing, by people."""
    return [step for step in FLOWS[flow].steps.values() if step.leads(thing.state)]
