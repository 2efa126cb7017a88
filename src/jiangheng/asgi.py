"""The one port (clause K13): ``/hall/…`` to the exam hall, everything else to Django on a fixed pool of threads.

Answers of an examination never wait for Django: the hall runs on the event loop with a journal of its own, Django stays
synchronous behind a bridge. The server's lifespan is the hall's, so a stop writes what the journal still holds.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, TypeAlias

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from jiangheng.hall_asgi import hall_alone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangheng.settings")

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

THREADS = 8
"""Django's threads. Each keeps its database connection, so this is also the number of connections held."""


def one_port(hall: App, pages: App) -> App:
    """The application that shares one port between the hall and the pages."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope.get("path", "").startswith("/hall/"):
            await hall(scope, receive, send)
        elif scope["type"] == "http":
            await pages(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    return app


def build() -> App:
    """The application of this installation; loads Django."""
    # whitenoise serves from the packages themselves, but warns of a collected folder that is not there
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    django: Any = get_wsgi_application()
    pages: Any = WSGIMiddleware(django, workers=THREADS)
    return one_port(hall_alone(), pages)


application = build()
