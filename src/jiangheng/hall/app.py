"""The hall's ASGI callable: enter, answer, flag, event, submit, clock (clause K13).

Every request carries the signed pass; there is no session, no cookie and no database of people. Refusals are
``{code, reason}``: 4xx will not succeed by repeating, 503 will (``retry-after`` says when). Nothing is logged that
names a person or carries a pass.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec

from jiangheng.core.exam.ticket import BadPass, keyring

from . import wire
from .desk import Desk, Refused
from .http import TooLarge, foreign, read_body, respond
from .journal import Busy, Lost
from .papers import NoPaper

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_In = TypeVar("_In", bound=msgspec.Struct)
_Handler: TypeAlias = Callable[[bytes], Awaitable[msgspec.Struct]]

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
}


class Hall:
    """The application. ``close`` (or the lifespan's end) writes what is waiting."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._routes: dict[tuple[str, str], _Handler] = {
            ("POST", "/hall/enter"): _taking(wire.Enter, desk.enter),
            ("POST", "/hall/answer"): _taking(wire.Answer, desk.answer),
            ("POST", "/hall/flag"): _taking(wire.Flag, desk.flag),
            ("POST", "/hall/event"): _taking(wire.Notice, desk.notice),
            ("POST", "/hall/submit"): _taking(wire.Submit, desk.submit),
            ("POST", "/hall/clock"): _taking(wire.Beat, desk.beat),
            ("GET", "/hall/clock"): desk.clock,
        }
        self._paths = {path for _, path in self._routes}

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
        method, path = scope["method"], scope["path"]
        handler = self._routes.get((method, path))
        if handler is None:
            known = path in self._paths
            problem = ("method", "此地址不接受这种请求。") if known else ("not_found", "考场没有这个地址。")
            await respond(send, 405 if known else 404, wire.encode(wire.Problem(code=problem[0], reason=problem[1])))
            return
        status, message, wait = await self._answer(handler, scope, receive)
        await respond(send, status, wire.encode(message), retry_after=wait)

    async def _answer(self, handler: _Handler, scope: Scope, receive: Receive) -> tuple[int, msgspec.Struct, int]:
        """Status, message and, when trying again makes sense, after how many seconds."""
        try:
            if foreign(scope):
                return _problem(403, "foreign", "请求来自别的网站或不是 JSON，已拒绝。请从考试页面作答。")
            return 200, await handler(await read_body(receive, wire.MOST_BYTES)), 0
        except TooLarge:
            return _problem(413, "too_large", "请求过大，已拒绝。请刷新页面后再作答。")
        except msgspec.DecodeError as error:
            return _problem(400, "malformed", f"请求内容不合要求：{error}。请刷新页面后再作答。")
        except BadPass as error:
            return _problem(401, error.code, error.reason)
        except Refused as error:
            return _problem(_STATUS.get(error.code, 409), error.code, error.reason)
        except NoPaper as error:
            _log.error("a paper is missing or altered: %s", error)
            return _problem(
                503, "no_paper", "试卷还没有启封，或未能送达本考场。页面会自动重试；久等不来请告知监考人员。", wait=5
            )
        except Busy:
            return _problem(503, "busy", "考场正忙，答案稍后自动重交。", wait=1)
        except (Lost, sqlite3.Error, OSError) as error:
            _log.error("an entry could not be saved: %s", error)
            return _problem(503, "store", "答案暂时无法存盘，页面会自动重交。持续出现请告知监考人员。", wait=2)


def hall_app(home: Path, key: bytes, now: Callable[[], int], *, old_keys: Sequence[bytes] = ()) -> Hall:
    """The hall of an installation.

    ``key`` signs passes (at least 32 bytes), ``old_keys`` are still honoured after a change; ``now`` is the server's
    clock in UTC epoch milliseconds. One process serves one home; a second one is found out and gets 503.
    """
    return Hall(Desk(home, keyring(key, *old_keys), now))


def _taking(kind: type[_In], act: Callable[[_In], Awaitable[msgspec.Struct]]) -> _Handler:
    decoder = msgspec.json.Decoder(kind)

    async def handle(body: bytes) -> msgspec.Struct:
        return await act(decoder.decode(body))

    return handle


def _problem(status: int, code: str, reason: str, *, wait: int = 0) -> tuple[int, msgspec.Struct, int]:
    return status, wire.Problem(code=code, reason=reason), wait
