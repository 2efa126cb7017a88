"""What surrounds every request: security headers, the actor, and what becomes of a refusal (clause K10)."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import PUBLIC, Actor
from jiangheng.core.errors import OutOfReach, Refused, WrongRole

from . import errors

Respond = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # the camera is for evaluators' photographs and inspectors' records; nothing else is ever asked for
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Content-Type-Options": "nosniff",
}

TICKET = "application"
"""The session key of a candidate who came in with his admission ticket: the id of his application."""

SEEN = "seen"
SEEN_EVERY = 60
"""Seconds between two notes of use in a session; its end is exact to this."""


class SecurityHeaders:
    """Strict headers on every answer; pages of logged-in people are never stored by a browser or a proxy."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # what a view itself calls public is the same for everybody; nothing else is kept once there is a session
        same_for_all = "public" in response.headers.get("Cache-Control", "") and not response.cookies
        with_session = (
            settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies
        )
        if with_session and not same_for_all:
            response.headers["Cache-Control"] = "no-store, private"
        return response


class CurrentActor:
    """Puts ``request.actor``: who acts, with today's grants. Found when first asked for: public pages pay nothing."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        response = self.respond(request)
        _keep_awake(request)
        return response


def _keep_awake(request: HttpRequest) -> None:
    # the idle time begins anew with use, but a page that only reads must not take the database's write lock each time
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.session.is_empty():
        return
    now = int(time.time())
    if now - request.session.get(SEEN, 0) >= SEEN_EVERY:
        request.session[SEEN] = now


def actor_of(request: HttpRequest) -> Actor:
    """The account's actor, the candidate's, or the public."""
    if request.user.is_authenticated:
        return offices.actor_of(request.user)  # type: ignore[arg-type]
    ticket = request.session.get(TICKET)
    if ticket is not None:
        return batches.candidate_actor(ticket) or PUBLIC
    return PUBLIC


class Errors:
    """The one family of refusals becomes an answer; every other exception stays a bug."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """404 out of reach, 403 the step of other roles, 422 with every reason."""
        if isinstance(error, OutOfReach):
            return errors.out_of_reach(request)
        if isinstance(error, WrongRole):
            return errors.wrong_role(request, error)
        if isinstance(error, Refused):
            return errors.refused(request, error)
        return None
