"""The steps of a batch, its rosters, photo packs, applications, results and objections; one module a kind of thing."""

from __future__ import annotations

from .application import application
from .batch import batch
from .objection import objection
from .photos import photopack
from .result import bring_photo, result
from .roster import roster

__all__ = ["application", "batch", "bring_photo", "objection", "photopack", "result", "roster"]
