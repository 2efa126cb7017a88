"""What the mechanism itself keeps: the trail, deadlines, messages, serial numbers, files, followers."""

from __future__ import annotations

import uuid

from django.db import models

from .scoping import Scoped, ScopeField


class Entry(models.Model):
    """One step that was performed: a leaf of the trail (clause K10).

    ``body`` is the leaf: canonical JSON of ids, step, clause and salted digests, without personal data. The
    private part (``evidence``, ``salt``, ``actor_name``) can be destroyed later and the leaf still verifies.
    ``number`` is given when the leaf is sequenced into the log.
    """

    number = models.BigIntegerField(null=True, unique=True)
    correlation = models.UUIDField(default=uuid.uuid4, db_index=True)
    step = models.CharField(max_length=64)
    clause = models.CharField(max_length=8)
    flow = models.CharField(max_length=32)
    thing = models.BigIntegerField()
    scope = ScopeField()
    actor = models.CharField(max_length=40)
    before = models.CharField(max_length=24)
    after = models.CharField(max_length=24)
    made_at = models.DateTimeField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    salt = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=120)
    evidence = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["flow", "thing", "id"]),
            models.Index(fields=["made_at"]),
        ]


class Deadline(models.Model):
    """By when a step on a thing is to be done; closed by the step itself or by the thing going another way."""

    flow = models.CharField(max_length=32)
    thing = models.BigIntegerField()
    step = models.CharField(max_length=64)
    scope = ScopeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    met = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["flow", "thing"]), models.Index(fields=["closed_at", "due_at"])]


class Message(models.Model):
    """What a step tells the people of a role within a scope; the text is made from the step when it is read."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(max_length=24)
    scope = ScopeField()

    class Meta:
        indexes = [models.Index(fields=["role", "scope"])]


class MessageRead(models.Model):
    """That an actor has seen a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reads")
    actor = models.CharField(max_length=40)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "actor"], name="message_read_once")]


class Serial(models.Model):
    """The last number given in a series; numbers are taken inside the step's transaction, so none is lost."""

    name = models.CharField(max_length=96, unique=True)
    last = models.BigIntegerField(default=0)


class Follow(models.Model):
    """A follower that has to run because a step committed: written with the step, run after it, once."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE)
    follower = models.CharField(max_length=120)
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "follower"], name="follow_once")]


class Attachment(Scoped):
    """A file that was handed in, kept by its digest in the home folder."""

    read_only = "written only by the steps that take a file"

    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
