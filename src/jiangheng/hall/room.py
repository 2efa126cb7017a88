"""The invigilator's page where there is no office: who may act, and what each act writes into the journal (clause K13).

An invigilator gives his name and his PIN; both come with the sealed package. Every act is one control entry for each
sitting it concerns, and his name stands in it.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import msgspec

from jiangheng.core.exam import ticket
from jiangheng.core.exam.events import Event, Extended, Freed, HandedIn, Paused, Resumed, Told, Voided, encode
from jiangheng.core.exam.site_bundle import Act
from jiangheng.core.exam.site_package import Package, Session, is_pin
from jiangheng.core.exam.spoken_key import wait_after

from . import room_page
from .entries import Draft, Standing, Store

_VERSION = "r1"
_HOURS = 12
_MOST_MINUTES = 180
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, or the address of the page to go to; ``cookie`` is one to set."""

    page: bytes = b""
    to: str = ""
    cookie: str = ""
    status: int = 200


class _Badge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is at the page: his name, the sessions he may act in, until when (UTC milliseconds)."""

    name: str
    sessions: tuple[int, ...]
    until: int


@dataclass
class Room:
    """The page of one opened package. ``open_store`` opens the journal through which acts are written; ``noted`` hears
    of every act; ``notices`` says what the invigilators should know of the machines."""

    package: Package
    now: Callable[[], int]
    open_store: Callable[[], Store]
    noted: Callable[[Act], None]
    notices: Callable[[], Sequence[str]]
    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)

    def get(self, path: str, query: str, cookie: str) -> Shown:
        """The page at that address."""
        badge = self._badge(cookie)
        if badge is None:
            return Shown(room_page.pin_form(self.package.sessions))
        asked = {name: values[-1] for name, values in parse_qs(query).items()}
        if path == "/hall/room/seat":
            return self._seat(badge, asked.get("sitting", ""))
        if path == "/hall/room/all":
            found = [each for each in self._sessions(badge) if str(each.session) == asked.get("session")]
            if not found:
                return Shown(to="/hall/room")
            heading = f"全场 {len(found[0].people)} 人 · {found[0].title}"
            return Shown(room_page.acts(heading, f"session {found[0].session}", []))
        sessions = self._sessions(badge)
        return Shown(
            room_page.room(sessions, self._standings(sessions), now=self.now(), name=badge.name, notices=self.notices())
        )

    def post(self, path: str, body: bytes, cookie: str, address: str) -> Shown:
        """What pressing a button does."""
        given = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if path == "/hall/room/in":
            return self._enter(given.get("name", ""), given.get("pin", ""), address)
        badge = self._badge(cookie)
        if badge is None:
            return Shown(room_page.pin_form(self.package.sessions), status=401)
        if path != "/hall/room/act":
            return Shown(to="/hall/room")
        return self._act(badge, given)

    def _enter(self, name: str, pin: str, address: str) -> Shown:
        wrong, at = self._wrong.get(address, (0, 0.0))
        left = wait_after(wrong) - (time.monotonic() - at)
        if left > 0:
            told = f"口令输错次数过多，请 {int(left) + 1} 秒后再试。"
            return Shown(room_page.pin_form(self.package.sessions, told), status=429)
        sessions = tuple(
            each.session
            for each in self.package.sessions
            for one in each.invigilators
            if one.name == name and is_pin(one, pin)
        )
        if not sessions:
            self._wrong[address] = (wrong + 1, time.monotonic())
            return Shown(room_page.pin_form(self.package.sessions, "口令不对。请核对姓名和口令。"), status=401)
        self._wrong.pop(address, None)
        self.noted(Act(at=self.now(), name=name, act="in"))
        badge = _Badge(name, sessions, self.now() + _HOURS * 3_600_000)
        return Shown(to="/hall/room", cookie=ticket.signed(_VERSION, msgspec.json.encode(badge), self._key))

    def _seat(self, badge: _Badge, number: str) -> Shown:
        for session in self._sessions(badge):
            for person in session.people:
                if str(person.sitting) == number:
                    standing = self._standings([session]).get(person.sitting)
                    lines = room_page.seat_lines(person, standing, self.now())
                    return Shown(room_page.acts(f"{person.seat} {person.name}", f"sitting {person.sitting}", lines))
        return Shown(to="/hall/room")

    def _act(self, badge: _Badge, given: dict[str, str]) -> Shown:
        kind, _, number = given.get("to", "").partition(" ")
        sessions = self._sessions(badge)
        everybody = {person.sitting: session for session in sessions for person in session.people}
        sittings = [
            sitting
            for sitting, session in everybody.items()
            if (kind, number) in (("sitting", str(sitting)), ("session", str(session.session)))
        ]
        act, reason = given.get("act", ""), given.get("text", "").strip()[:_MOST_TEXT]
        typed = given.get("minutes", "")
        minutes = int(typed) if re.fullmatch("[0-9]{1,4}", typed) else 0
        if not sittings or not reason or act not in room_page.ACTS or not 0 <= minutes <= _MOST_MINUTES:
            return Shown(to="/hall/room")
        if (act == "extend" and not minutes) or (act == "void" and "sure" not in given):
            return Shown(to="/hall/room")
        if act == "collect" and kind == "session":
            # who is not here has nothing to hand in
            there = self._standings(sessions)
            sittings = [sitting for sitting in sittings if sitting in there]
        events = events_of(act, name=badge.name, reason=reason, minutes=minutes, at=self.now())
        store = self.open_store()
        try:
            store.append([Draft(sitting, encode(event)) for sitting in sittings for event in events])
        finally:
            store.close()
        self.noted(Act(at=self.now(), name=badge.name, act=act, sittings=tuple(sittings), reason=reason))
        return Shown(to=f"/hall/room/seat?sitting={number}" if kind == "sitting" else "/hall/room")

    def _sessions(self, badge: _Badge) -> list[Session]:
        return [each for each in self.package.sessions if each.session in badge.sessions]

    def _standings(self, sessions: Sequence[Session]) -> dict[int, Standing]:
        store = self.open_store()
        try:
            return {one.sitting: one for one in store.standings(sessions=[each.session for each in sessions])}
        finally:
            store.close()

    @property
    def _key(self) -> bytes:
        return hmac.digest(bytes.fromhex(self.package.secret), b"jiangheng/room badge/1", "sha256")

    def _badge(self, cookie: str) -> _Badge | None:
        try:
            payload = ticket.payload_of(_VERSION, cookie, ticket.keyring(self._key))
            badge = msgspec.json.decode(payload, type=_Badge)
        except (ticket.BadPass, msgspec.DecodeError):
            return None
        return badge if badge.until > self.now() else None


def events_of(act: str, *, name: str, reason: str, minutes: int, at: int) -> list[Event]:
    """The control entries of an act, with the name of who did it; ``ValueError`` for an act that does not exist."""
    why = f"{reason}（监考人员：{name}）"
    match act:
        case "tell":
            return [Told(f"{reason}（监考人员：{name}）", at=at)]
        case "pause":
            return [Paused(why, at=at)]
        case "resume":
            return [Resumed(why, at=at)]
        case "extend":
            return [Extended(minutes * 60, why, at=at)]
        case "free":
            return [Freed(why, at=at)]
        case "collect":
            return [Told(f"已收卷：{why}", at=at), HandedIn(True, at=at)]
        case "void":
            return [Voided(why, at=at)]
    raise ValueError(act)
