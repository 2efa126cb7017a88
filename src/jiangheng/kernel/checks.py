"""Checks of all declarations at start: a wrong declaration stops the start, not a person's step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist

from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import FLOWS, FOLLOWERS, NOTHING, STAY, Flow, Step, step_of

from .display import DISPLAYS
from .forms import StepForm
from .scoping import Scoped


@checks.register()
def declarations(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """Every error of every flow, follower, display and scoped model."""
    found = [message for flow in FLOWS.values() for message in _flow(flow)]
    found += [
        _error(f"follower {code} waits for a step that does not exist") for code in FOLLOWERS if not _exists(code)
    ]
    found += [_error(f"the display {name} belongs to no flow") for name in DISPLAYS if name not in FLOWS]
    found += [_error(f"the flow {name} has no display") for name in FLOWS if name not in DISPLAYS]
    moved = {flow.model.lower() for flow in FLOWS.values()}
    for model in apps.get_models():
        if issubclass(model, Scoped) and model._meta.label_lower not in moved and not model.read_only:
            found.append(_error(f"{model._meta.label} is scoped but has no flow and no read_only reason"))
    return found


def _flow(flow: Flow) -> Iterator[checks.CheckMessage]:
    model: Any = apps.get_model(flow.model)
    states = {key for key, _ in model.STATES}
    reached = {step.target for step in flow.steps.values()} - {STAY}
    left = {state for step in flow.steps.values() for state in step.source if step.target not in (state, STAY)}
    for state in sorted(states - reached):
        yield _error(f"{flow.name}: no step reaches the state {state}")
    for state in sorted(states - left - flow.final):
        yield _error(f"{flow.name}: the state {state} has no way out and is not declared final")
    for step in flow.steps.values():
        yield from _step(step, flow, states, model)


def _step(step: Step, flow: Flow, states: set[str], model: Any) -> Iterator[checks.CheckMessage]:
    for state in sorted((step.source | {step.target}) - states - {NOTHING, STAY}):
        yield _error(f"{step.code}: {state} is not a state of {flow.model}")
    for name in step.other_than:
        origin, dot, _verb = name.partition(".")
        if not _exists(step.other_code(name)):
            yield _error(f"{step.code}: other_than names no step {name}")
        elif dot and not _has(model, f"{origin}_id"):
            yield _error(f"{step.code}: other_than names {name}, but {flow.model} has no {origin}_id")
    for name in step.records:
        if not _has(model, name):
            yield _error(f"{step.code}: records {name}, which {flow.model} does not have")
    if step.asks is not None and not issubclass(step.asks, StepForm):
        yield _error(f"{step.code}: asks must be a StepForm")
    for parent in step.under:
        if parent not in FLOWS:
            yield _error(f"{step.code}: under names no flow {parent}")
    if step.due:
        for name in step.due.after - set(flow.steps):
            yield _error(f"{step.code}: due after {name}, which is no step")
        if step.due.moment and not _has(model, step.due.moment):
            yield _error(f"{step.code}: due by {step.due.moment}, which {flow.model} does not have")
        try:
            parameter(step.due.parameter)
        except ValueError:
            yield _error(f"{step.code}: due by {step.due.parameter}, which is no parameter")


def _has(model: Any, path: str) -> bool:
    first = path.split(".")[0]
    try:
        model._meta.get_field(first)
    except FieldDoesNotExist:
        return hasattr(model, first)
    return True


def _exists(code: str) -> bool:
    try:
        step_of(code)
    except LookupError:
        return False
    return True


def _error(text: str) -> checks.Error:
    return checks.Error(text, id="jiangheng.E001")
