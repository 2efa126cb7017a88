"""How the story acts: as a person, through the same doors as the pages. Nothing here writes by any other way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import PUBLIC, SYSTEM, Actor
from jiangheng.core.errors import Refused
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock
from jiangheng.kernel.clockwork import tick
from jiangheng.kernel.perform import create, model_of, perform


def as_(username: str) -> Actor:
    """The actor who logs in with that name; ``system`` and ``public`` are themselves."""
    if username in ("system", "public"):
        return {"system": SYSTEM, "public": PUBLIC}[username]
    account = model_of("account").everywhere.get(username=username)
    return offices.actor_of(account)


def do(code: str, thing: Any, who: str | Actor, files: Mapping[str, Any] | None = None, /, **given: Any) -> Any:
    """Perform a step on a thing as a person."""
    actor = as_(who) if isinstance(who, str) else who
    return perform(step_of(code), thing.pk, actor=actor, given=given, files=files)


def make(code: str, under: Any, who: str | Actor, files: Mapping[str, Any] | None = None, /, **given: Any) -> Any:
    """Perform a step that makes a thing, as a person."""
    actor = as_(who) if isinstance(who, str) else who
    return create(step_of(code), under=under, actor=actor, given=given, files=files)


def upload(name: str, data: bytes, media_type: str) -> SimpleUploadedFile:
    """A file as a browser would send it."""
    return SimpleUploadedFile(name, data, media_type)


def it_is(day: str, time: str = "09:00") -> None:
    """Move the demo's clock to a moment in the city's time and let the clock do what has come due."""
    clock.move_to(timezone.make_aware(dt.datetime.fromisoformat(f"{day}T{time}:00")))
    tick()


def all_done(outcomes: list[Any]) -> None:
    """Raise the first refusal of a bulk step, if there is one."""
    refused = [outcome for outcome in outcomes if not outcome.done]
    if refused:
        raise Refused(refused[0].refusals)
