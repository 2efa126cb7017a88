"""The steps of the theory examination: a session and its running room, its sittings, and what follows them (K13)."""

from . import places, room
from .correction import correction
from .marking import marking
from .session import session
from .sitting import sitting
from .transcription import transcription

__all__ = ["correction", "marking", "places", "room", "session", "sitting", "transcription"]
