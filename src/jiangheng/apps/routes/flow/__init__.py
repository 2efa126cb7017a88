"""The steps of rounds, nominees, posts and apprentices."""

from __future__ import annotations

from . import apprentice, nominee, post, recognition

__all__ = ["apprentice", "nominee", "post", "recognition"]
