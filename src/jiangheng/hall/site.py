"""The hall of a place without a good line, alone on one port (clause K13).

Before the key comes it shows a page to wait at and nothing else. Afterwards it is the hall as everywhere, with the page
of the room beside it; with a second machine in the room the two keep each other's copy, and the one that does not lead
sends candidates' pages to the other.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from jiangheng.core.exam import ticket
from jiangheng.core.exam.site_package import BadPackage, Package
from jiangheng.core.exam.spoken_key import BadKey

from . import room_page, twin_line, wire
from .app import Hall, Receive, Scope, Send
from .books import journal_path, open_store
from .desk import Desk
from .door import POLICY, Door
from .entries import Store, StoreError
from .http import TooLarge, TooSlow, read_body, respond
from .room import Room, Shown
from .site_home import SiteHome, TooSoon
from .twin import Twin
from .twin_store import TwinStore

_log = logging.getLogger("jiangheng.hall")
_HTML = b"text/html; charset=utf-8"
_DRIFT_MS = 500
_READ_SECONDS = 10.0
_NOT_HERE = wire.Problem(code="not_here", reason="考场正由另一台机器服务，页面会自动转到那里。")
_NOT_OPENED = wire.Problem(code="not_opened", reason="试卷尚未启封，请等待监考人员。")


@dataclass(frozen=True, slots=True)
class _Opened:
    package: Package
    hall: Hall
    room: Room


class Site:
    """The application. ``twin`` is the address of the other machine and the secret of the two, or nothing."""

    def __init__(self, home: SiteHome, *, assets: Path | None = None, twin: tuple[str, str] | None = None) -> None:
        self.home = home
        self._assets = assets
        self._door = Door(home.home, assets)
        self._opened: _Opened | None = None
        self._served = 0
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="hall-site")
        self._other = twin[0].rstrip("/") if twin else ""
        self.twin = (
            Twin(
                url=self._other, secret=twin[1], journal=journal_path(home.home), machine=home.machine,
                now=home.clock.now, code=lambda: home.code() if home.is_open else "", learn=self._learn,
            )
            if twin
            else None
        )  # fmt: skip
        if home.is_open:
            home.go_on()
            self._lay_out(home.package())

    @property
    def is_open(self) -> bool:
        """Have the papers been opened?"""
        return self._opened is not None

    def open(self, code: str) -> Package:
        """Open the papers; refusals as :meth:`SiteHome.open` raises them."""
        package = self.home.open(code)
        self._lay_out(package)
        return package

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, self._for_twin(scope, send))
        else:
            await send({"type": "websocket.close", "code": 1003})

    def close(self) -> None:
        """Write what is waiting and let go of everything."""
        # The hall first: what waits there still wants to be on both disks.
        if self._opened is not None:
            self._opened.hall.close()
        if self.twin is not None:
            self.twin.stop()
        self._threads.shutdown(wait=False)

    def notices(self) -> list[str]:
        """What the invigilators should know of the machines."""
        told: list[str] = []
        if self.twin is not None and not self.twin.leading:
            told.append("本机为备用机：考场正由另一台机器服务，请在那台机器上操作。")
        elif self.twin is not None and not self.twin.together:
            told.append("另一台机器没有应答：本机单独运行，答案只有一份。请检查那台机器的电源和网线。")
        if abs(self.home.clock.difference) > 1000:
            seconds = abs(self.home.clock.difference) / 1000
            side = "快" if self.home.clock.difference > 0 else "慢"
            told.append(f"本机时钟比考场时间{side} {seconds:.0f} 秒；考试以考场时间为准，不必调整本机时钟。")
        return told

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                if self.twin is not None:
                    self.twin.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path == twin_line.PATH and self.twin is not None and method == "POST":
            await self._hear(receive, send)
        elif path == "/hall/room.css":
            await respond(send, 200, room_page.STYLE.encode(), kind=b"text/css; charset=utf-8")
        elif path == "/hall/room" or path.startswith("/hall/room/"):
            await self._room(scope, receive, send)
        elif path in ("/", "/hall"):
            await _go(send, "/hall/")
        elif method == "OPTIONS":
            await respond(send, 204, b"")
        elif path == "/hall/" and (self._opened is None or self._other):
            await self._page(scope, send)
        elif self._opened is None:
            await respond(send, 503, wire.encode(_NOT_OPENED), retry_after=5)
        elif method == "POST" and not await self._leads():
            await respond(send, 503, wire.encode(_NOT_HERE), retry_after=1)
        else:
            await self._hall(self._opened, scope, receive, send)

    async def _page(self, scope: Scope, send: Send) -> None:
        language = "en" if b"lang=en" in scope.get("query_string", b"") else ""
        page = self._door.page(language) if self._opened is not None else b""
        if not page:
            waiting = room_page.waiting(self.home.header if self.home.sealed_file.exists() else None)
            await respond(send, 200, waiting, kind=_HTML, policy=room_page.POLICY)
            return
        # The page knows both machines, so it finds the other by itself when this one is silent.
        both = page.replace(b'data-hall="/hall"', f'data-hall="/hall {self._other}/hall"'.encode())
        policy = POLICY.replace(b"connect-src 'self'", b"connect-src 'self' " + self._other.encode())
        await respond(send, 200, both, kind=_HTML, policy=policy)

    async def _hall(self, opened: _Opened, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/hall/checkin":
            send = self._noting(scope, send, opened.package)
        await opened.hall({**scope, "headers": self._as_ours(scope["headers"])}, receive, send)

    async def _leads(self) -> bool:
        if self.twin is None:
            return True
        if not self.twin.leading:
            await asyncio.get_running_loop().run_in_executor(self._threads, self.twin.take_over)
        if self.twin.leading and self._opened is not None and self._served != self.twin.epoch:
            # What this hall remembers of an earlier lead is older than the journal.
            self._opened.hall.close()
            self._served = self.twin.epoch
        return self.twin.leading

    async def _hear(self, receive: Receive, send: Send) -> None:
        """A message of the other machine."""
        assert self.twin is not None
        if not self.twin.leading and self._opened is not None:
            # Who follows may be told to put his journal aside: nobody else may hold it open.
            self._opened.hall.close()
        try:
            sealed = await read_body(receive, twin_line.MOST_BYTES, seconds=_READ_SECONDS)
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, self.twin.answer, sealed)
        except (twin_line.Unheard, TooLarge, TooSlow):
            await respond(send, 403, b"", kind=b"text/plain")
        except (StoreError, OSError) as error:
            _log.error("what the other machine sent could not be written: %s", error)
            await respond(send, 503, b"", kind=b"text/plain")
        else:
            await respond(send, 200, answer, kind=b"application/octet-stream")

    async def _room(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc != headers.get(b"host", b""):
            await respond(send, 403, "请从考场页面操作。".encode(), kind=b"text/plain; charset=utf-8")
            return
        try:
            body = (
                await read_body(receive, wire.MOST_BYTES, seconds=_READ_SECONDS) if scope["method"] == "POST" else None
            )
        except (TooLarge, TooSlow):
            body = b""
        address, cookie = (scope.get("client") or ("", 0))[0], _badge(headers)
        query = scope.get("query_string", b"").decode("latin-1")
        shown = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._shown, scope["path"], query, body, cookie, address
        )
        if shown.to:
            await _go(send, shown.to, cookie=shown.cookie)
        else:
            await respond(send, shown.status, shown.page, kind=_HTML, policy=room_page.POLICY)

    def _shown(self, path: str, query: str, body: bytes | None, cookie: str, address: str) -> Shown:
        opened = self._opened
        try:
            if opened is None:
                return self._key(body if path == "/hall/room/key" else None)
            if body is None:
                return opened.room.get(path, query, cookie)
            return opened.room.post(path, body, cookie, address)
        except StoreError as error:
            _log.error("an act of the room could not be written: %s", error)
            return Shown(room_page.waiting(None, "暂时不能写入，请稍后再试，或到另一台机器上操作。"), status=503)

    def _key(self, body: bytes | None) -> Shown:
        header = self.home.header if self.home.sealed_file.exists() else None
        if body is None or header is None:
            return Shown(room_page.key_form(header))
        code = parse_qs(body.decode("utf-8", "replace")).get("code", [""])[-1]
        try:
            self.open(code)
        except TooSoon as error:
            return Shown(room_page.key_form(header, f"输错次数过多，请 {error.wait} 秒后再试。"), status=429)
        except (BadKey, BadPackage) as error:
            return Shown(room_page.key_form(header, str(error)), status=422)
        return Shown(to="/hall/room")

    def _learn(self, code: str, now: int) -> None:
        """The other machine has a key, or a time, that this one should have too."""
        if code and not self.home.is_open:
            self.open(code)
        if self.home.clock.notes and abs(self.home.clock.now() - now) > _DRIFT_MS:
            self.home.clock.set("与另一台机器对时", hall=now)

    def _lay_out(self, package: Package) -> None:
        secret = bytes.fromhex(package.secret)
        hall = Hall(
            Desk(self.home.home, (secret,), self.home.clock.now, self._store), Door(self.home.home, self._assets)
        )
        room = Room(package, self.home.clock.now, self._store, self.home.acted, self.notices)
        self._opened = _Opened(package, hall, room)

    def _store(self) -> Store:
        here = open_store(journal_path(self.home.home))
        return TwinStore(self.twin, here) if self.twin is not None else here

    def _noting(self, scope: Scope, send: Send, package: Package) -> Send:
        """Hear which sitting a good check-in gave."""
        status = 0

        async def heard(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            if status == 200 and message["type"] == "http.response.body":
                known = msgspec.json.decode(message["body"], type=wire.CheckedIn)
                sitting = ticket.verify(known.ticket, ticket.keyring(bytes.fromhex(package.secret))).sitting
                self.home.arrived(sitting, (scope.get("client") or ("", 0))[0])
            await send(message)

        return heard

    def _as_ours(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """A request of the other machine's page counts as one of ours."""
        if not self._other or (b"origin", self._other.encode()) not in headers:
            return headers
        return [(name, value) for name, value in headers if name not in (b"origin", b"sec-fetch-site")]

    def _for_twin(self, scope: Scope, send: Send) -> Send:
        """Let a page that came from the other machine read the answer."""
        if not self._other or (b"origin", self._other.encode()) not in scope["headers"]:
            return send
        allowed = [
            (b"access-control-allow-origin", self._other.encode()),
            (b"access-control-allow-headers", b"content-type"),
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-expose-headers", b"retry-after"),
            (b"access-control-max-age", b"600"),
            (b"vary", b"origin"),
        ]

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *allowed]}
            await send(message)

        return told


async def _go(send: Send, to: str, *, cookie: str = "") -> None:
    headers = [(b"location", to.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    if cookie:
        headers.append((b"set-cookie", f"room={cookie}; Path=/hall/room; HttpOnly; SameSite=Strict".encode()))
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _badge(headers: dict[bytes, bytes]) -> str:
    try:
        found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get("room")
    except CookieError:
        return ""
    return found.value if found is not None else ""
