"""Safe Exam Browser for one session: its settings, their file and the key by which the hall knows them (clause K13)."""

from __future__ import annotations

from django.conf import settings

from jiangheng.core.exam import seb
from jiangheng.kernel import vault

from ..models import Session


def quit_word(session: Session) -> str:
    """The word with which an invigilator closes the browser before the end."""
    return seb.quit_word(vault.subkey("exam browser"), session.pk)


def browser_settings(session: Session, *, camera: bool) -> dict[str, seb.Value]:
    """The settings of a session, made anew each time and always the same; ``camera`` when it takes pictures."""
    start = settings.CONFIG.public_url.rstrip("/") + "/hall/"
    return seb.settings(start=start, quit_password=quit_word(session), camera=camera)


def browser_keys(session: Session, *, camera: bool) -> tuple[str, ...]:
    """What the passes of a session that asks for the browser hold: the keys the hall accepts, in hex."""
    return (seb.config_key(browser_settings(session, camera=camera)),)


def browser_file(session: Session, *, camera: bool) -> bytes:
    """The ``.seb`` file for the machines of the room."""
    return seb.file_of(browser_settings(session, camera=camera))
