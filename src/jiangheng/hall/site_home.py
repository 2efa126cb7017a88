"""The home of a place's own hall: its sealed package, the opened one, and the bundle it gives back (clause K13).

The package lies sealed until the key comes. Opening it publishes papers, rosters and rules where the hall looks for
them, and keeps the key, so that a machine that lost its power goes on without a telephone call.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from jiangheng.core.exam import site_bundle, spoken_key, ticket
from jiangheng.core.exam.attempt import Line
from jiangheng.core.exam.events import decode
from jiangheng.core.exam.site_package import Header, Package, header_of, open_
from jiangheng.core.exam.sitting import begin, ended, fold
from jiangheng.core.exam.spoken_key import BadKey

from . import door, papers, rosters, wire
from .books import journal_path, open_store
from .entries import Entry
from .site_clock import SiteClock
from .site_files import add_line, replace, whole_lines

_Kind = TypeVar("_Kind")


class TooSoon(Exception):
    """Too many wrong keys: ``wait`` seconds until the next try."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(wait)


class StillSitting(Exception):
    """So many candidates are still sitting: the bundle would not be the last."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(count)


class _Tries(msgspec.Struct, frozen=True):
    wrong: int = 0
    at: float = 0.0


class SiteHome:
    """The folder of one place. ``clock`` is the hall's; ``wall`` the machine's, in seconds, for the wait after wrong
    keys alone."""

    def __init__(self, home: Path, *, wall: Callable[[], float] = time.time) -> None:
        self.home = home
        self._folder = home / "site"
        self._wall = wall
        self.clock = SiteClock(self._folder / "clock.json")

    @property
    def sealed_file(self) -> Path:
        """Where the sealed package lies."""
        return self._folder / "package.jhsite"

    @property
    def machine(self) -> str:
        """A random name of this machine, made when it is first asked for."""
        file = self._folder / "machine"
        if not file.exists():
            replace(file, secrets.token_hex(8).encode())
        return file.read_text(encoding="ascii")

    def keep(self, content: bytes, *, trusted: Sequence[str] = ()) -> Header:
        """Keep a sealed package that is whole; ``BadPackage`` otherwise. Another one is not replaced once it is open:
        ``ValueError``."""
        header = header_of(content, trusted=trusted)
        if self.is_open and header.digest != self.header.digest:
            raise ValueError("这个目录里的试卷包已经启封，不能换成另一个。请另用一个目录（--home）。")
        replace(self.sealed_file, content)
        return header

    @property
    def header(self) -> Header:
        """What the kept package says of itself; ``FileNotFoundError`` when there is none."""
        return header_of(self.sealed_file.read_bytes())

    @property
    def is_open(self) -> bool:
        """Has the package been opened here?"""
        return self._opened.exists()

    def open(self, code: str) -> Package:
        """Open the package and lay everything out for the hall; the clock is set by the time in the code if it has one.

        ``TooSoon`` after too many wrong keys, ``BadKey`` and ``BadPackage`` as :func:`open_` raises them.
        """
        tries = self._wrong()
        left = spoken_key.wait_after(tries.wrong) - (self._wall() - tries.at)
        if left > 0:
            raise TooSoon(int(left) + 1)
        try:
            package = open_(self.sealed_file.read_bytes(), code)
        except BadKey:
            replace(self._folder / "tries.json", msgspec.json.encode(_Tries(tries.wrong + 1, self._wall())))
            raise
        seconds = spoken_key.understood(code).seconds
        first = min((each.starts_at for each in package.sessions), default=self.clock.now())
        bureau = spoken_key.moment(seconds, near=first) if seconds is not None else 0
        self._lay_out(package)
        if bureau or not self.clock.notes:
            self.clock.set("启封", bureau=bureau)
        replace(self._opened, code.encode())
        (self._folder / "tries.json").unlink(missing_ok=True)
        return package

    def package(self) -> Package:
        """The package that has been opened; ``FileNotFoundError`` when none has."""
        return open_(self.sealed_file.read_bytes(), self.code())

    def code(self) -> str:
        """The key with which it was opened."""
        return self._opened.read_text(encoding="utf-8")

    def go_on(self) -> None:
        """The hall starts again after it was opened: set the clock on, if the machine was off."""
        entries = self._entries(journal_path(self.home))
        self.clock.go_on(floor=max((entry.event.at for entry in entries), default=0))

    def arrived(self, sitting: int, address: str) -> None:
        """Somebody checked in."""
        add_line(self._arrivals, site_bundle.Arrival(at=self.clock.now(), sitting=sitting, address=address))

    def acted(self, act: site_bundle.Act) -> None:
        """An invigilator did something."""
        add_line(self._acts, act)

    def bundle(self, *, partial: bool = False) -> bytes:
        """The signed bundle. ``StillSitting`` while candidates sit, unless a ``partial`` one is wanted."""
        package, now = self.package(), self.clock.now()
        entries = self._entries(journal_path(self.home))
        sitting = self._still_sitting(package, entries, now)
        if sitting and not partial:
            raise StillSitting(sitting)
        people = list(package.people)
        store = open_store(journal_path(self.home))
        try:
            stood = store.standings(sessions=[each.session for each in package.sessions])
            turned = store.turned_away([*people, 0])
        finally:
            store.close()
        fields = site_bundle.Stood.__struct_fields__
        made = site_bundle.Bundle(
            format=site_bundle.FORMAT, package=self.header.digest, place=package.place, machine=self.machine,
            sessions=tuple(each.session for each in package.sessions), partial=bool(sitting),
            journals=_journals(entries), set_aside=self._set_aside(),
            standings=tuple(
                site_bundle.Stood(**{name: getattr(one, name) for name in fields})
                for one in sorted(stood, key=lambda one: one.sitting)
            ),
            turned_away={str(number): counted for number, counted in sorted(turned.items())},
            arrivals=_read(self._arrivals, site_bundle.Arrival), acts=_read(self._acts, site_bundle.Act),
            clock=self.clock.notes,
        )  # fmt: skip
        return site_bundle.seal(made, bytes.fromhex(package.secret))

    @property
    def _opened(self) -> Path:
        return self._folder / "opened"

    @property
    def _arrivals(self) -> Path:
        return self._folder / "arrivals.jsonl"

    @property
    def _acts(self) -> Path:
        return self._folder / "acts.jsonl"

    def _wrong(self) -> _Tries:
        try:
            return msgspec.json.decode((self._folder / "tries.json").read_bytes(), type=_Tries)
        except FileNotFoundError:
            return _Tries()

    def _lay_out(self, package: Package) -> None:
        secret = bytes.fromhex(package.secret)
        for face in package.papers:
            papers.publish(self.home, face)
        for session in package.sessions:
            people = [
                (
                    person.number, person.identity,
                    wire.CheckedIn(
                        ticket=person.ticket, name=person.name, seat=person.seat, title=person.title, photo=person.photo
                    ),
                )
                for person in session.people
            ]  # fmt: skip
            rosters.publish(self.home, secret, session.session, people)
        door.publish_rules(self.home, list(package.rules))

    def _entries(self, journal: Path) -> list[Entry]:
        if not journal.exists():
            return []
        store = open_store(journal)
        try:
            return store.tail(0)
        finally:
            store.close()

    def _set_aside(self) -> tuple[site_bundle.Journal, ...]:
        found: list[site_bundle.Journal] = []
        for file in sorted(journal_path(self.home).parent.glob("journal.aside-*.sqlite3")):
            found += _journals(self._entries(file))
        return tuple(found)

    def _still_sitting(self, package: Package, entries: Iterable[Entry], now: int) -> int:
        keys = ticket.keyring(bytes.fromhex(package.secret))
        people, count = package.people, 0
        for number, lines in _by_sitting(entries).items():
            if number in people:
                terms = ticket.verify(people[number].ticket, keys).terms
                state = fold(begin(terms), (decode(line.text) for line in lines))
                count += state.fence > 0 and not ended(state, now)
        return count


def _by_sitting(entries: Iterable[Entry]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for entry in entries:
        found.setdefault(entry.sitting, []).append(Line(entry.link, entry.text, entry.receipt))
    return found


def _journals(entries: Iterable[Entry]) -> tuple[site_bundle.Journal, ...]:
    return tuple(
        site_bundle.Journal(sitting=number, lines=tuple(lines)) for number, lines in _by_sitting(entries).items()
    )


def _read(file: Path, kind: type[_Kind]) -> tuple[_Kind, ...]:
    return tuple(msgspec.json.decode(line, type=kind) for line in whole_lines(file))
