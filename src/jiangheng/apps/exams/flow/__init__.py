"""The steps of the theory examination: a session and its running room, its sittings, and what follows them (K13)."""

from . import room
from .correction import correction
from .marking import marking
from .session import session, sitting, transcription

__all__ = ["correction", "marking", "room", "session", "sitting", "transcription"]
