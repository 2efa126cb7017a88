"""Whom a step tells: a message to the people of a role in whose scope the thing lies; inbox of an actor."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from jiangheng.core.authority import UNREACHING, Actor, span
from jiangheng.core.steps import FLOWS, Step

from . import clock
from .models import Entry, Message, MessageRead


def tell(step: Step, thing: Any, *, entry: Entry) -> None:
    """Write the messages of a step, in its transaction."""
    Message.objects.bulk_create(Message(entry=entry, role=role, scope=thing.scope) for role in step.tells)


def inbox(actor: Actor) -> models.QuerySet[Message]:
    """The messages to this actor's roles within his scopes, newest first, with ``seen``."""
    condition = models.Q(pk__in=[])
    for grant in actor.grants:
        if grant.role not in UNREACHING:
            low, high = span(grant.scope)
            condition |= models.Q(role=grant.role, scope__gte=low, scope__lt=high)
    for flow in FLOWS.values():
        model: Any = apps.get_model(flow.model)
        if model.closed and any(step.tells for step in flow.steps.values()):
            # told by place, read by reach: an enterprise's own bank is nothing to the offices above it
            kept_out = ~models.Q(entry__thing__in=model.reach(actor).values("pk"))
            condition &= ~(models.Q(entry__flow=flow.name) & kept_out)
    seen = MessageRead.objects.filter(message=models.OuterRef("pk"), actor=actor.id)
    found = Message.objects.filter(condition).exclude(entry__actor=actor.id)
    return found.select_related("entry").annotate(seen=models.Exists(seen)).order_by("-id")


def mark_read(actor: Actor, messages: models.QuerySet[Message]) -> None:
    """Remember that the actor has seen these messages."""
    MessageRead.objects.bulk_create(
        (MessageRead(message=message, actor=actor.id, read_at=clock.now()) for message in messages),
        ignore_conflicts=True,
    )
