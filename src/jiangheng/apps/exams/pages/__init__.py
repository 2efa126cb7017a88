"""How the theory examination looks (clause K13)."""

from . import corrections, markings, sessions, transcriptions, who
from .sessions import reports_of
from .who import WATCHERS

__all__ = ["WATCHERS", "corrections", "markings", "reports_of", "sessions", "transcriptions", "who"]
