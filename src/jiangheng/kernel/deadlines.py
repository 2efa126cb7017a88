"""By when: deadlines are opened by the step that starts their clock and closed by the step they wait for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from jiangheng.core.law import calendar
from jiangheng.core.law.parameters import parameter, unit
from jiangheng.core.steps import FLOWS, Due, Step

from .models import Deadline


def keep(step: Step, thing: Any, *, at: dt.datetime) -> None:
    """After a step: close what it met or made moot, open what it starts."""
    for open_one in Deadline.objects.filter(flow=step.flow, thing=thing.pk, closed_at=None):
        waited_for = FLOWS[step.flow].steps[open_one.step.partition(".")[2]]
        if waited_for.code == step.code:
            open_one.closed_at, open_one.met = at, at <= open_one.due_at
        elif thing.state not in waited_for.source:
            open_one.closed_at, open_one.met = at, None
        else:
            continue
        open_one.save(update_fields=["closed_at", "met"])
    for other in FLOWS[step.flow].steps.values():
        if other.due and _starts(other.due, step, other, thing):
            moment = _moment(other.due, thing, at)
            if moment:
                Deadline.objects.create(
                    flow=step.flow, thing=thing.pk, step=other.code, scope=thing.scope, due_at=moment
                )


def _starts(due: Due, step: Step, waiting: Step, thing: Any) -> bool:
    if thing.state not in waiting.source:
        return False
    if due.after:
        return step.name in due.after
    # a deadline relative to a date of the thing starts when the thing comes into a state in which the step waits
    return not Deadline.objects.filter(flow=step.flow, thing=thing.pk, step=waiting.code, closed_at=None).exists()


def _moment(due: Due, thing: Any, at: dt.datetime) -> dt.datetime | None:
    days = parameter(due.parameter)
    if due.after:
        if unit(due.parameter) == "day":
            last = timezone.localtime(at).date() + dt.timedelta(days=days)
            return timezone.make_aware(dt.datetime.combine(last, dt.time(23, 59, 59)))
        return calendar.deadline(timezone.localtime(at), days)
    start = getattr(thing, due.moment)
    if start is None:
        return None
    day = timezone.localtime(start).date() if isinstance(start, dt.datetime) else start
    last = calendar.add_workdays(day, -days if due.before else days)
    return timezone.make_aware(dt.datetime.combine(last, dt.time(23, 59, 59)))
