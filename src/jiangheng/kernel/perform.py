"""Carry out a step: reach, lock, check, do, save, record, tell, follow — in one transaction (clause K10).

There is no other way to write. Order of failure: out of reach (404), wrong role (403), then every reason of
state, four eyes, rules and input together (422); nothing is written unless all hold.
"""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refusal, Refused, WrongRole
from jiangheng.core.steps import FLOWS, FOLLOWERS, NOTHING, Step, step_of

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


def create_many(
    step: Step,
    *,
    under: Any,
    actor: Actor,
    each: Sequence[Mapping[str, Any]],
    done: Callable[[int], None] = lambda count: None,
) -> list[Any]:
    """:func:`create` for many under one parent, all or none, their rows and leaves written together.

    For steps without deadlines, messages and followers, whose things add nothing to their parent's scope: those would
    need each row's number before the next. ``done`` hears how many are ready. The first refusal ends it.
    """  # fmt: skip
    model = model_of(step.flow)
    if step.due or step.tells or step.code in FOLLOWERS or model.segment:
        raise ValueError(f"{step.code} cannot be done in bulk: it waits, tells, is followed or makes a place")
    with transaction.atomic(), _one_act() as act:
        if not type(under).visible(actor).filter(pk=under.pk).exists():
            raise OutOfReach(f"{type(under).__name__}:{under.pk}")
        parent = type(under).everywhere.select_for_update().get(pk=under.pk)
        if not step.may(actor, parent.scope):
            raise WrongRole(step.label, step.who)
        things = [_unborn(step, parent) for _given in each]
        said = []
        for count, (thing, given) in enumerate(zip(things, each, strict=True), start=1):
            cleaned = _check(step, thing, actor, given, None, _rules(step, thing))
            step.effect(thing, cleaned, actor)
            thing.state = step.target
            said.append(_said(step, cleaned))
            done(count)
        at = clock.now()
        model.everywhere.bulk_create(things, batch_size=500)
        leaves = (
            trail.leaf(step, thing, actor=actor, before=NOTHING, given=given, made_at=at, correlation=act)
            for thing, given in zip(things, said, strict=True)
        )
        Entry.objects.bulk_create(leaves, batch_size=500)
    return things


def _unborn(step: Step, parent: Any) -> Any:
    thing = model_of(step.flow)()
    thing.state, thing.scope, thing.under = NOTHING, parent.scope, parent
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
    refusals = _state_refusals(step, thing)
    refusals += [refusal for name in step.other_than if (refusal := _four_eyes(step, name, thing, actor))]
    return refusals + _rules(step, thing) if thing.state in step.source else refusals


def _state_refusals(step: Step, thing: Any) -> list[Refusal]:
    if thing.state in step.source:
        return []
    return [
        Refusal(
            _("当前状态“{state}”不能办理“{step}”").format(state=_state_label(thing), step=step.label),
            step.clause,
            _("请刷新页面查看最新进展"),
        )
    ]


def _rules(step: Step, thing: Any) -> list[Refusal]:
    return step.refusals(thing)


def _four_eyes(step: Step, other: str, thing: Any, actor: Actor) -> Refusal | None:
    # whoever ever did it: else two authors who take turns could review each other's words in their own
    flow, row = step.other_place(other, thing)
    if row is None or not trail.did(actor.id, flow, row, other.rpartition(".")[2]):
        return None
    return _other_person(step, other)


def _done_before(step: Step, things: Sequence[Any], actor: Actor) -> set[tuple[int, str]]:
    """Which of these things that step may not be done on, because the actor did another that it must differ from."""
    found: set[tuple[int, str]] = set()
    for other in step.other_than:
        places = {thing.pk: step.other_place(other, thing) for thing in things}
        rows = sorted({row for _flow, row in places.values() if row is not None})
        flow, _dot, name = step.other_code(other).partition(".")
        done = {row for row, _name in trail.did_of(actor.id, flow, rows, [name])}
        found |= {(pk, other) for pk, (_flow, row) in places.items() if row in done}
    return found


def _other_person(step: Step, other: str) -> Refusal:
    return Refusal(
        _("“{step}”须由另一人办理：“{other}”是您办理的").format(
            step=step.label, other=step_of(step.other_code(other)).label
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
    said = _said(step, given)
    entry = trail.record(step, thing, actor=actor, before=before, given=said, made_at=at, correlation=act)
    deadlines.keep(step, thing, at=at)
    messages.tell(step, thing, entry=entry)
    followers.enqueue(step, entry=entry)
    return entry


def _said(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    private = step.asks.private if step.asks is not None else frozenset()
    return {name: value for name, value in given.items() if name not in private}


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


def perform_many(step: Step, pks: Sequence[int], *, actor: Actor, given: Mapping[str, Any] | None = None) -> list[Any]:
    """:func:`perform` on many things, all or none, their rows and leaves written together; the things.

    For steps that start no clock, tell nobody and are followed by nothing. Raises like ``perform``; the refusals of
    everything that may not be done come together.
    """
    if step.tells or step.code in FOLLOWERS or any(each.due for each in FLOWS[step.flow].steps.values()):
        raise ValueError(f"{step.code} cannot be done in bulk: its flow waits, tells or is followed")
    model = model_of(step.flow)
    with transaction.atomic(), _one_act() as act:
        seen = set(model.visible(actor).filter(pk__in=pks).values_list("pk", flat=True))
        if strangers := [pk for pk in pks if pk not in seen]:
            raise OutOfReach(f"{step.flow}:{strangers[0]}")
        things = list(model.everywhere.select_for_update().filter(pk__in=seen).order_by("pk"))
        if not all(step.may(actor, thing.scope) for thing in things):
            raise WrongRole(step.label, step.who)
        mine = _done_before(step, things, actor)
        entries: list[Entry] = []
        refused: list[Refusal] = []
        changed: set[str] = set()
        at = clock.now()
        for thing in things:
            refusals = _state_refusals(step, thing)
            refusals += [_other_person(step, name) for name in step.other_than if (thing.pk, name) in mine]
            try:
                cleaned = _check(step, thing, actor, given, None, refusals or _rules(step, thing))
            except Refused as no:
                refused += no.refusals
                continue
            before, was = thing.state, _columns(thing)
            step.effect(thing, cleaned, actor)
            thing.state, thing.version = step.state_after(before), thing.version + 1
            changed |= {name for name, value in _columns(thing).items() if value != was[name]}
            said = _said(step, cleaned)
            entries.append(trail.leaf(step, thing, actor=actor, before=before, given=said, made_at=at, correlation=act))
        if refused:
            raise Refused(refused)
        _save_all(model, things, changed)
        Entry.objects.bulk_create(entries, batch_size=500)
    return things


def _save_all(model: Any, things: Sequence[Any], changed: set[str]) -> None:
    """Write what changed. Mostly it is the state alone, the same for all: then one statement does it."""
    after = {thing.state for thing in things}
    if changed <= {"state", "version"} and len(after) == 1:
        for start in range(0, len(things), 500):
            rows = model.everywhere.filter(pk__in=[thing.pk for thing in things[start : start + 500]])
            rows.update(state=things[0].state, version=models.F("version") + 1)
    elif things:
        model.everywhere.bulk_update(things, sorted(changed), batch_size=200)


def _columns(thing: Any) -> dict[str, Any]:
    return {field.name: getattr(thing, field.attname) for field in type(thing)._meta.concrete_fields}


NO_SUCH_THING = gettext_lazy("没有这一事项，或它不在您的管辖范围内")
