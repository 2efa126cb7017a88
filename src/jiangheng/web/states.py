"""How a state looks: a tone (colour + shape) derived from the steps that lead into and out of it."""

from __future__ import annotations

import functools
from typing import Any

from jiangheng.core.authority import Role
from jiangheng.core.steps import FLOWS, NOTHING, Flow, Step
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
    if not any(_moves(step, state) for step in declared.steps.values()):
        return "done"
    return "wait"


def _moves(step: Step, state: str) -> bool:
    return not step.destructive and state in step.source and step.target != state


def _with_its_author(flow: Flow, state: str) -> bool:
    """Is it the turn of whoever made the thing (a draft, or something returned to him)?"""
    authors: frozenset[Role] = frozenset().union(*(step.who for step in flow.creating())) - {Role.SYSTEM}
    turn = [step for step in flow.steps.values() if state in step.source and step.target != state]
    if not turn or state == NOTHING:
        return False
    forward = [step for step in turn if not step.destructive and not step.creates]
    return bool(forward) and all(step.who <= authors for step in forward) and len(flow.steps) > 3


def next_steps(flow: str, thing: Any) -> list[Step]:
    """What is to be done next on the thing, by people."""
    return [step for step in FLOWS[flow].steps.values() if step.leads(thing.state)]
