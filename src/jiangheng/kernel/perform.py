"""Carry out a step: reach, lock, check, do, save, record, tell, follow — in one transaction (clause K10).

There is no other way to write. Order of failure: out of reach (404), wrong role (403), then every reason of
state, four eyes, rules and input together (422); nothing is written unless all hold.
"""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refusal, Refused, WrongRole
from jiangheng.core.steps import FLOWS, NOTHING, Step

from . import clock, deadlines, followers, messages, trail
from .models import Entry

# joins the steps that one act performs (a decision and what follows from it) in the trail; nothing else reads it
_act: contextvars.ContextVar[uuid.UUID | None] = contextvars.ContextVar("act", default=None)


@dataclass(frozen=True)
class Outcome:
    """What became of one thing in a bulk step."""

    thing: int
    refusals: tuple[Refusal, ...] = ()

    @property
    def done(self) -> bool:
        return not self.refusals


def model_of(flow: str) -> Any:
    """The model whose rows a flow moves."""
    return apps.get_model(FLOWS[flow].model)


def flow_of(thing: Any) -> str:
    """The flow that moves things of this kind."""
    label = type(thing)._meta.label
    return next(name for name, flow in FLOWS.items() if flow.model == label)


def perform(
    step: Step,
    pk: int,
    *,
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Any:
    """Perform a step on an existing thing and return it.

    ``version`` is the version the person saw; a thing changed since is refused instead of overwritten.
    Raises OutOfReach, WrongRole or Refused.
    """  # fmt: skip
    with transaction.atomic(), _one_act() as act:
        model = model_of(step.flow)
        thing = model.visible(actor).filter(pk=pk).values_list("pk", flat=True).first()
        if thing is None:
            raise OutOfReach(f"{step.flow}:{pk}")
        # the lock is taken on the row alone: a row lock on a filtered range would lock its neighbours on PostgreSQL
        thing = model.everywhere.select_for_update().get(pk=pk)
        if not step.may(actor, thing.scope):
            raise WrongRole(step.label, step.who)
        stale = [_changed_meanwhile()] if version is not None and version != thing.version else []
        cleaned = _check(step, thing, actor, given, files, [*stale, *standing_refusals(step, thing, actor)])
        before = thing.state
        step.effect(thing, cleaned, actor)
        thing.state = step.state_after(before)
        thing.version += 1
        thing.save()
        _close(step, thing, actor=actor, before=before, given=cleaned, act=act)
    return thing


def create(
    step: Step,
    *,
    under: Any,
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
) -> Any:
    """Perform a step that makes a new thing under an existing one and return the new thing.

    ``under`` is the parent row (a batch for an application). It must be visible to the actor.
    """  # fmt: skip
    with transaction.atomic(), _one_act() as act:
        model = model_of(step.flow)
        thing = model()
        thing.state, thing.scope, thing.under = NOTHING, "", under
        if under is not None:
            if not type(under).visible(actor).filter(pk=under.pk).exists():
                raise OutOfReach(f"{type(under).__name__}:{under.pk}")
            # two creations under one parent queue here, so capacity and numbers are counted right
            thing.under = type(under).everywhere.select_for_update().get(pk=under.pk)
            thing.scope = thing.under.scope
        if not step.may(actor, thing.scope or _widest(actor)):
            raise WrongRole(step.label, step.who)
        cleaned = _check(step, thing, actor, given, files, _rules(step, thing))
        step.effect(thing, cleaned, actor)
        thing.state = step.target
        thing.save()
        if model.segment:
            thing.scope += model.segment.format(pk=thing.pk, thing=thing)
            thing.save(update_fields=["scope"])
        _close(step, thing, actor=actor, before=NOTHING, given=cleaned, act=act)
    return thing


def perform_each(
    step: Step, pks: Iterable[int], *, actor: Actor, given: Mapping[str, Any] | None = None
) -> list[Outcome]:
    """The same step on many things, each in a transaction of its own: what may not be done does not stop the rest."""
    outcomes = []
    for pk in pks:
        try:
            perform(step, pk, actor=actor, given=given)
            outcomes.append(Outcome(pk))
        except Refused as no:
            outcomes.append(Outcome(pk, no.refusals))
        except (OutOfReach, WrongRole):
            outcomes.append(Outcome(pk, (Refusal(_("该项不在您的办理范围内")),)))
    return outcomes


def standing_refusals(step: Step, thing: Any, actor: Actor) -> list[Refusal]:
    """Why the step cannot be done now, input aside: state, four eyes, rules. Pages show the same sentences."""
    refusals = []
    if thing.state not in step.source:
        refusals.append(
            Refusal(
                _("当前状态“{state}”不能办理“{step}”").format(state=_state_label(thing), step=step.label),
                step.clause,
                _("请刷新页面查看最新进展"),
            )
        )
    refusals += [refusal for name in step.other_than if (refusal := _four_eyes(step, name, thing, actor))]
    return refusals + _rules(step, thing) if thing.state in step.source else refusals


def _rules(step: Step, thing: Any) -> list[Refusal]:
    return step.refusals(thing)


def _four_eyes(step: Step, other: str, thing: Any, actor: Actor) -> Refusal | None:
    if trail.last_by(step.flow, thing.pk, other) != actor.id:
        return None
    return Refusal(
        _("“{step}”须由另一人办理：“{other}”是您办理的").format(
            step=step.label, other=FLOWS[step.flow].steps[other].label
        ),
        step.clause,
        _("请由另一位有权限的同事办理"),
    )


def _changed_meanwhile() -> Refusal:
    return Refusal(_("此事项已被他人更新，您看到的不是最新内容"), "K10", _("请刷新后核对再办理；您填写的内容已保留"))


def _state_label(thing: Any) -> str:
    return str(dict(getattr(type(thing), "STATES", {})).get(thing.state, thing.state))


def _check(
    step: Step, thing: Any, actor: Actor, given: Mapping[str, Any] | None, files: Mapping[str, Any] | None,
    refusals: list[Refusal],
) -> Mapping[str, Any]:  # fmt: skip
    if step.asks is None:
        if refusals:
            raise Refused(refusals)
        return {}
    if refusals and given is None:
        raise Refused(refusals)
    form = step.asks(given or {}, files or {}, thing=thing, actor=actor, step=step)
    if refusals or not form.is_valid():
        raise Refused([*refusals, *form.refusals()])
    return dict(form.cleaned_data)


def _close(step: Step, thing: Any, *, actor: Actor, before: str, given: Mapping[str, Any], act: uuid.UUID) -> Entry:
    at = clock.now()
    private = step.asks.private if step.asks is not None else frozenset()
    said = {name: value for name, value in given.items() if name not in private}
    entry = trail.record(step, thing, actor=actor, before=before, given=said, made_at=at, correlation=act)
    deadlines.keep(step, thing, at=at)
    messages.tell(step, thing, entry=entry)
    followers.enqueue(step, entry=entry)
    return entry


def _widest(actor: Actor) -> str:
    scopes = actor.scopes()
    return scopes[0] if scopes else ""


class _one_act:
    """Give nested steps the correlation of the outermost one."""

    def __enter__(self) -> uuid.UUID:
        found = _act.get()
        self._token = None if found else _act.set(uuid.uuid4())
        act = _act.get()
        assert act is not None
        return act

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _act.reset(self._token)


NO_SUCH_THING = gettext_lazy("没有这一事项，或它不在您的管辖范围内")
