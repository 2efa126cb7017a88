"""The hall's ASGI callable: its addresses, and what each failure is to a page (clause K13).

Every request carries the signed pass; there is no session, no cookie and no database of people. Refusals are
``{code, reason}``: 4xx will not succeed by repeating, 503 will (``retry-after`` says when). Nothing is logged that
names a person or carries a pass.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec

from jiangheng.core.exam.ticket import BadPass

from . import wire
from .books import journal_path, open_store
from .callers import Caller, Refused
from .desk import Desk
from .door import POLICY, Door
from .entries import StoreError, StoreFull
from .exam_browser import CONFIG_HEADER, EXAM_HEADER
from .http import Headers, TooLarge, TooSlow, read_body, respond, respond_stream
from .journal import Busy, Full, Lost, Overtaken
from .machines import NoSuchSeat
from .papers import NoPaper
from .rosters import NobodyKnown, TooManyTries

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_In = TypeVar("_In", bound=msgspec.Struct)
_Handler: TypeAlias = Callable[[bytes, Caller], Awaitable[msgspec.Struct]]

_Body: TypeAlias = Callable[[], Awaitable[bytes]]

Said: TypeAlias = tuple[int, bytes, int]
"""Status, answer, and when trying again makes sense, after how many seconds."""

_log = logging.getLogger("jiangheng.hall")

_STATUS = {
    "unknown_kind": 422,
    "bad_seq": 422,
    "foreign_item": 422,
    "unknown_option": 422,
    "one_only": 422,
    "unfit": 422,
    "too_long": 422,
    "too_many": 429,
    "too_soon": 429,
    "no_picture": 422,
    "no_consent": 403,
    "exam_browser": 403,
}
_UNREAD = (408, 413)
_BODY_SECONDS = 20.0
_SEALED = "/hall/sealed/"
_FILES = "/hall/page/"
_PAGES = {"/hall/": "exam", "/hall/check": "check"}
_A_WEEK = "public, max-age=604800, immutable"


class Hall:
    """The application. ``close`` (or the lifespan's end) writes what is waiting."""

    def __init__(self, desk: Desk, door: Door) -> None:
        self._desk = desk
        self._door = door
        self._routes: dict[str, _Handler] = {
            "/hall/answer": _taking(wire.Answer, _alone(desk.answer)),
            "/hall/clock": _taking(wire.Beat, _alone(desk.beat)),
            "/hall/flag": _taking(wire.Flag, _alone(desk.flag)),
            "/hall/answers": _taking(wire.Answers, _alone(desk.answers)),
            "/hall/checkin": _taking(wire.CheckIn, desk.check_in),
            "/hall/enter": _taking(wire.Enter, desk.enter),
            "/hall/key": _taking(wire.Key, _alone(desk.key)),
            "/hall/event": _taking(wire.Notice, _alone(desk.notice)),
            "/hall/rest": _taking(wire.Rest, _alone(desk.rest)),
            "/hall/agree": _taking(wire.Agreement, _alone(desk.agree)),
            "/hall/picture": _taking(wire.Picture, _alone(desk.picture)),
            "/hall/submit": _taking(wire.Submit, _alone(desk.submit)),
            "/hall/machine": _taking(wire.Checking, _alone(desk.machines.room)),
            "/hall/seat": _taking(wire.SeatFound, _alone(desk.machines.seat)),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    def close(self) -> None:
        """Write what is waiting and close the journal; the next request opens it again."""
        self._desk.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/hall/watch" and scope["method"] == "POST":
            await self._watch(scope, receive, send)
        elif scope["method"] == "POST" and (handler := self._routes.get(path)) is not None:
            status, message, wait = await self._answer(handler, scope, _body_of(receive))
            await respond(send, status, wire.encode(message), retry_after=wait, close=status in _UNREAD)
        elif scope["method"] in ("GET", "HEAD"):
            await self._get(path, scope.get("query_string", b""), send)
        else:
            await self._nothing_there(path, send)

    async def _watch(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The events of a room or of a place; a refusal as any other message has it."""
        told: list[AsyncIterator[bytes]] = []

        async def ask(body: bytes, _caller: Caller) -> msgspec.Struct:
            told.append(self._desk.watch(_watching.decode(body)))
            return wire.Noted()

        status, message, wait = await self._answer(ask, scope, _body_of(receive))
        if told:
            await respond_stream(receive, send, told[0])
        else:
            await respond(send, status, wire.encode(message), retry_after=wait, close=status in _UNREAD)

    async def _get(self, path: str, query: bytes, send: Send) -> None:
        if path == "/hall/clock":
            await respond(send, 200, wire.encode(self._desk.clock()))
        elif path in _PAGES and (page := self._door.page("en" if b"lang=en" in query else "", name=_PAGES[path])):
            await respond(send, 200, page, kind=b"text/html; charset=utf-8", policy=POLICY)
        elif path.startswith(_FILES):
            try:
                content, kind = self._door.file(path[len(_FILES) :])
            except KeyError:
                await self._nothing_there(path, send)
            else:
                await respond(send, 200, content, kind=kind, keep=_A_WEEK)
        elif path.startswith(_SEALED):
            try:
                sealed = self._desk.sealed(path[len(_SEALED) :])
            except NoPaper:
                await self._nothing_there(path, send)
            else:
                await respond(send, 200, sealed, kind=b"application/octet-stream", keep=_A_WEEK)
        else:
            await self._nothing_there(path, send)

    async def _nothing_there(self, path: str, send: Send) -> None:
        known = path in self._routes
        problem = ("method", "此地址不接受这种请求。") if known else ("not_found", "考场没有这个地址。")
        await respond(send, 405 if known else 404, wire.encode(wire.Problem(code=problem[0], reason=problem[1])))

    async def post(self, path: str, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> tuple[int, bytes, int]:
        """A message that is there as a whole: status, answer, and when trying again makes sense, after how many
        seconds. Only for addresses whose handlers do not ask who calls."""

        async def whole() -> bytes:
            if len(body) > wire.MOST_BYTES:
                raise TooLarge
            return body

        scope = {"path": path, "headers": headers}
        status, message, wait = await self._answer(self._routes[path], scope, whole)
        return status, wire.encode(message), wait

    def swiftly(self, path: str, body: bytes, told: Callable[[Said | None], object]) -> bool:
        """Take a good answer or a sign of life of this host's page without a task of its own; ``told`` gets what to say
        as :meth:`post` returns it, or None when the message is to go that way after all. False, and nothing has
        happened, when it is to go there at once."""
        if len(body) > wire.MOST_BYTES:
            return False
        try:
            if path == "/hall/answer":
                return self._save(_answer.decode(body), told)
            if path == "/hall/clock" and (pulse := self._desk.pulse(_beat.decode(body))) is not None:
                told((200, wire.encode(pulse), 0))
                return True
        except msgspec.DecodeError:
            return False
        return False

    def _save(self, message: wire.Answer, told: Callable[[Said | None], object]) -> bool:

        def written(saved: wire.Saved | None, failed: Lost | None) -> None:
            if isinstance(failed, Overtaken):
                told(None)
            elif saved is None:
                status, problem, wait = _not_on_disk(failed)
                told((status, wire.encode(problem), wait))
            else:
                told((200, wire.encode(saved), 0))

        return self._desk.save(message, written)

    async def _answer(self, handler: _Handler, scope: Scope, body_of: _Body) -> tuple[int, msgspec.Struct, int]:
        """Status, message and, when trying again makes sense, after how many seconds."""
        headers = Headers(scope["headers"])
        try:
            if headers.foreign:
                self._desk.refused("", "foreign")
                return _problem(403, "foreign", "请求来自别的网站或不是 JSON，已拒绝。请从考试页面作答。")
            return 200, await handler(await body_of(), _caller(scope, headers)), 0
        except TooSlow:
            self._desk.refused("", "too_slow")
            return _problem(408, "too_slow", "请求迟迟没有传完，已断开，页面会自动重交。持续出现请告知监考人员。")
        except TooLarge:
            self._desk.refused("", "too_large")
            return _problem(413, "too_large", "请求过大，已拒绝。请刷新页面后再作答。")
        except msgspec.DecodeError as error:
            self._desk.refused("", "malformed")
            return _problem(400, "malformed", f"请求内容不合要求：{error}。请刷新页面后再作答。")
        except BadPass as error:
            self._desk.refused("", error.code)
            return _problem(401, error.code, error.reason)
        except Refused as error:
            return _problem(_STATUS.get(error.code, 409), error.code, error.reason)
        except NobodyKnown:
            self._desk.refused("", "nobody")
            return _problem(401, "nobody", "准考证号与证件号码不符，或本场考试还没有开放入场。请核对后重新输入。")
        except TooManyTries as error:
            self._desk.refused("", "too_many_tries")
            return _problem(
                429, "too_many_tries", f"输错次数过多，请 {error.wait} 秒后再试，或请监考人员协助。", wait=error.wait
            )
        except NoSuchSeat as error:
            return _problem(422, "no_seat", f"本考场只有 {error.seats} 个机位，没有这个机位号。请核对后重新填写。")
        except NoPaper as error:
            _log.error("a paper is missing or altered: %s", error)
            return _problem(
                503, "no_paper", "试卷还没有启封，或未能送达本考场。页面会自动重试；久等不来请告知监考人员。", wait=5
            )
        except Busy:
            return _problem(503, "busy", "考场正忙，答案稍后自动重交。", wait=1)
        except (Lost, StoreError, OSError) as error:
            return _not_on_disk(error)


def hall_app(
    home: Path,
    key: bytes,
    now: Callable[[], int],
    *,
    old_keys: Sequence[bytes] = (),
    journal: str = "",
    assets: Path | None = None,
) -> Hall:
    """The hall of an installation.

    ``key`` signs passes (at least 32 bytes), ``old_keys`` are still honoured after a change; ``now`` is the server's
    clock in UTC epoch milliseconds. ``journal`` is a ``postgresql://`` address; without one the journal is a file of
    the home, which one process serves: a second one is found out and gets 503. ``assets`` is the folder of the built
    client; with it the hall shows the exam page itself.
    """
    address = journal or journal_path(home)
    return Hall(Desk(home, (key, *old_keys), now, lambda: open_store(address)), Door(home, assets))


_watching = msgspec.json.Decoder(wire.Watching)
_answer = msgspec.json.Decoder(wire.Answer)
_beat = msgspec.json.Decoder(wire.Beat)


def _taking(kind: type[_In], act: Callable[[_In, Caller], Awaitable[msgspec.Struct]]) -> _Handler:
    decoder = msgspec.json.Decoder(kind)

    def handle(body: bytes, caller: Caller) -> Awaitable[msgspec.Struct]:
        return act(decoder.decode(body), caller)

    return handle


def _body_of(receive: Receive) -> _Body:
    return lambda: read_body(receive, wire.MOST_BYTES, seconds=_BODY_SECONDS)


def _alone(act: Callable[[_In], Awaitable[msgspec.Struct]]) -> Callable[[_In, Caller], Awaitable[msgspec.Struct]]:
    return lambda message, _caller: act(message)


def _caller(scope: Scope, headers: Headers) -> Caller:
    peer = scope.get("client") or ("", 0)
    hashes = tuple(value.decode("latin-1") for value in (headers.get(CONFIG_HEADER), headers.get(EXAM_HEADER)) if value)
    return Caller(peer[0], headers.get(b"host").decode("latin-1"), scope["path"], hashes)


def _not_on_disk(error: Exception | None) -> tuple[int, msgspec.Struct, int]:
    if isinstance(error, (Full, StoreFull)):
        return _problem(
            503, "disk_full",
            "考场服务器的磁盘已满，新的答案暂时存不进去，此前显示已保存的都在。请立即告知监考人员，腾出空间后会自动重交。",
            wait=5,
        )  # fmt: skip
    _log.error("an entry could not be saved: %s", error)
    return _problem(503, "store", "答案暂时无法存盘，页面会自动重交。持续出现请告知监考人员。", wait=2)


def _problem(status: int, code: str, reason: str, *, wait: int = 0) -> tuple[int, msgspec.Struct, int]:
    return status, wire.Problem(code=code, reason=reason), wait
