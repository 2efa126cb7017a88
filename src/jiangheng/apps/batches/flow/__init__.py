"""The steps of a batch, of its rosters, applications and objections; one module a kind of thing."""

from __future__ import annotations

from .application import application
from .batch import batch
from .objection import objection
from .roster import roster

__all__ = ["application", "batch", "objection", "roster"]
