"""Who may check in at the hall itself: one file per session, of which nothing can be read without a candidate's own
number and identity number (clause K13).

On the day of the examination nobody waits for the office: its database may be down, a place may have no line at all.
A line of the file is found by a keyed digest of (ticket, identity number) and sealed with a key derived from them too.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import wire

_TRIES = 8
_TRIES_OF_ADDRESS = 240
_WINDOW_SECONDS = 600
_LOOK_SECONDS = 1.0
_MOST_REMEMBERED = 10_000
_FILE = re.compile(r"[0-9]{1,19}\.json")


class NobodyKnown(Exception):
    """No candidate of an open session has this ticket with this identity number."""


class TooManyTries(Exception):
    """Too many wrong numbers; ``wait`` seconds until the next try."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(wait)


class Rosters:
    """The rosters of one hall, read again when one was published or withdrawn."""

    def __init__(self, home: Path, secret: bytes) -> None:
        self._folder = rosters_folder(home)
        self._secret = secret
        self._lines: dict[str, str] = {}
        self._stamp: tuple[int, ...] = ()
        self._looked = 0.0
        self._wrong: dict[str, list[float]] = {}

    def check_in(self, number: str, identity: str, address: str) -> wire.CheckedIn:
        """The candidate with that ticket and identity number; ``NobodyKnown`` alike when either is wrong."""
        number, identity = number.strip().upper(), identity.strip().upper()
        self._guard(f"ticket {number}", _TRIES)
        self._guard(f"address {address}", _TRIES_OF_ADDRESS)
        self._look()
        if len(self._wrong) > _MOST_REMEMBERED:
            for name in list(self._wrong):
                self._guard(name, sys.maxsize)
        line = self._lines.get(_place(self._secret, number, identity))
        if line is None:
            now = time.monotonic()
            for name in (f"ticket {number}", f"address {address}"):
                self._wrong.setdefault(name, []).append(now)
            raise NobodyKnown
        return _decoder.decode(_box(self._secret, number, identity).decrypt(bytes(12), bytes.fromhex(line), None))

    def _guard(self, name: str, most: int) -> None:
        now = time.monotonic()
        tries = [at for at in self._wrong.get(name, ()) if now - at < _WINDOW_SECONDS]
        if tries:
            self._wrong[name] = tries
        else:
            self._wrong.pop(name, None)
        if len(tries) >= most:
            raise TooManyTries(int(_WINDOW_SECONDS - (now - tries[-most])) + 1)

    def _look(self) -> None:
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        files = [file for file in sorted(self._folder.glob("*.json")) if _FILE.fullmatch(file.name)]
        stamp = tuple(number for file in files for number in (int(file.stem), file.stat().st_mtime_ns))
        if stamp != self._stamp:
            self._lines = {place: line for file in files for place, line in json.loads(file.read_bytes()).items()}
            self._stamp = stamp


def rosters_folder(home: Path) -> Path:
    """Where the rosters of an installation lie."""
    return home / "hall" / "rosters"


def publish(home: Path, secret: bytes, session: int, people: Iterable[tuple[str, str, wire.CheckedIn]]) -> None:
    """Write the roster of a session as (ticket, identity number, what a check-in gives); replaces an earlier one."""
    lines = {
        _place(secret, number, identity): _box(secret, number, identity)
        .encrypt(bytes(12), msgspec.json.encode(one), None)
        .hex()
        for number, identity, one in people
    }
    folder = rosters_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{session}.{os.getpid()}"
    with fresh.open("w", encoding="ascii") as file:
        json.dump(lines, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / f"{session}.json")


def withdraw(home: Path, session: int) -> None:
    """Nobody checks in to this session any more; those who are in go on."""
    (rosters_folder(home) / f"{session}.json").unlink(missing_ok=True)


def _place(secret: bytes, number: str, identity: str) -> str:
    return hmac.digest(secret, f"jiangheng/roster/1\n{number}\n{identity}".encode(), "sha256").hex()


def _box(secret: bytes, number: str, identity: str) -> AESGCM:
    return AESGCM(hmac.digest(secret, f"jiangheng/roster seal/1\n{number}\n{identity}".encode(), "sha256"))


_decoder = msgspec.json.Decoder(wire.CheckedIn)
