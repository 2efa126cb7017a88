"""Drives the hall as a server would: raw ASGI messages on one event loop, a clock that tests move."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.hall.app import Hall, hall_app
from jiangheng.hall.papers import publish

KEY = b"test key of the hall, 32 bytes.."
OPENS, CLOSES = 1_700_000_000_000, 1_700_005_400_000

FACE: dict[str, Any] = {
    "title": "车工 四级 理论知识",
    "minutes": 90,
    "kinds": [
        {"kind": "single", "label": "单选题", "count": 2, "marks": "1"},
        {"kind": "multiple", "label": "多选题", "count": 1, "marks": "2"},
        {"kind": "judgement", "label": "判断题", "count": 1, "marks": "0.5"},
    ],
    "items": [
        {
            "id": name,
            "kind": kind,
            "stem": f"题干 {name}",
            "options": [{"key": key, "text": f"{name} 选项 {key}"} for key in keys],
        }
        for name, kind, keys in (
            ("s1", "single", "ABCD"),
            ("s2", "single", "ABCD"),
            ("m1", "multiple", "ABCDE"),
            ("j1", "judgement", "AB"),
        )
    ],
}

PICTURE = "data:image/png;base64,iVBORw0KGgo="


def asking(name: str, kind: str, keys: str = "", **more: Any) -> dict[str, Any]:
    """An item as the office gives it to the hall."""
    options = [{"key": key, "text": f"{name} 选项 {key}"} for key in keys]
    return {"id": name, "kind": kind, "stem": f"题干 {name}", "options": options, **more}


EVERY_KIND: dict[str, Any] = {
    "title": "车工 三级 理论知识",
    "minutes": 120,
    "kinds": [{"kind": "fill", "label": "填空题", "count": 1, "marks": "2"}],
    "items": [
        asking("s1", "single", "ABCD"),
        asking("m1", "multiple", "ABCDE"),
        asking("j1", "judgement", "AB"),
        asking("f1", "fill", stem="电压____伏，频率____赫", blanks=2),
        asking("n1", "numeric", unit="Ω"),
        asking("n2", "numeric", unit=""),
        asking("p1", "matching", "ABC", targets=[{"key": key, "text": f"右 {key}"} for key in "1234"]),
        asking("o1", "ordering", "ABCD"),
        asking("h1", "hotspot", picture=PICTURE),
        asking("r1", "short"),
        asking("k1", "calculation"),
        asking("e1", "essay"),
        asking(
            "c1",
            "case",
            parts=[
                asking("c1.1", "single", "ABCD"),
                asking("c1.2", "fill", stem="____", blanks=1),
                asking("c1.3", "essay"),
            ],
        ),
    ],
}
"""One item of every kind, and one numeric without a unit."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Bench:
    """A home, a clock and a hall that can be closed and opened again."""

    home: Path
    face: dict[str, Any] = field(default_factory=lambda: FACE)
    now: int = OPENS + 1000
    digest: str = ""
    hall: Hall = field(init=False)

    def __post_init__(self) -> None:
        self.digest = publish(self.home, self.face)
        self.open()

    def open(self) -> None:
        """A hall that remembers nothing but its files."""
        self.hall = hall_app(self.home, KEY, lambda: self.now)

    def ticket(self, sitting: int = 7, **changes: Any) -> str:
        """A signed pass."""
        good = Pass(
            sitting=sitting,
            paper=self.digest,
            seed="5eed" * 8,
            opens=OPENS,
            closes=CLOSES,
            fence=1,
            seat="A-01",
            issued=0,
        )
        return sign(msgspec.structs.replace(good, **changes), KEY)

    async def post(self, path: str, message: Any, **headers: str) -> Reply:
        """A POST as the exam page sends it; keyword arguments replace or add headers (underscores are hyphens)."""
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        sent = {"host": "exam.test", "origin": "https://exam.test", "content-type": "application/json"}
        return await self.request("POST", path, body, sent | {k.replace("_", "-"): v for k, v in headers.items()})

    async def request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """One HTTP exchange; the body comes in two pieces, as it may over a slow line."""
        middle = len(body) // 2
        pieces = [
            {"type": "http.request", "body": body[:middle], "more_body": True},
            {"type": "http.request", "body": body[middle:], "more_body": False},
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return pieces.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        await self.hall(scope, receive, send)
        start, content = sent
        named = {name.decode(): value.decode() for name, value in start["headers"]}
        return Reply(start["status"], named, json.loads(content["body"]))

    async def enter(self, ticket: str) -> dict[str, Any]:
        """Enter and insist that it worked; ``items`` is the paper as the page opens it, when it has the key."""
        reply = await self.post("/hall/enter", {"pass": ticket})
        assert reply.status == 200, reply.body
        return reply.body | {"items": await self.opened(reply.body)}

    async def opened(self, entry: dict[str, Any]) -> list[dict[str, Any]] | None:
        """The items in the order of the seat, from the sealed paper and its key; None without a key."""
        if entry["key"] is None:
            return None
        sealed = await self.fetch(f"/hall/sealed/{entry['sealed']}")
        face = json.loads(AESGCM(bytes.fromhex(entry["key"])).decrypt(bytes(12), sealed, None))
        items = {item["id"]: item for item in face["items"]}
        return [_in_order(items[id], entry["order"]) for id in entry["order"]["items"]]

    async def fetch(self, path: str) -> bytes:
        """The bytes at an address that anyone may get."""
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.hall({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)
        assert sent[0]["status"] == 200
        return sent[1]["body"]

    async def answer(self, ticket: str, fence: int, seq: int, item: str, *keys: str) -> Reply:
        """Send one answer."""
        message = {"pass": ticket, "fence": fence, "seq": seq, "item": item, "keys": list(keys)}
        return await self.post("/hall/answer", message)


def _in_order(item: dict[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    laid = dict(item)
    for field_, orders in (("options", order["options"]), ("targets", order.get("targets", {}))):
        if item.get(field_):
            named = {option["key"]: option for option in item[field_]}
            laid[field_] = [named[key] for key in orders[item["id"]]]
    if item.get("parts"):
        laid["parts"] = [_in_order(part, order) for part in item["parts"]]
    return laid


def play(home: Path, story: Callable[[Bench], Coroutine[Any, Any, None]], *, face: dict[str, Any] = FACE) -> None:
    """Run one story with that paper on a fresh loop, and close the hall after it."""

    async def run() -> None:
        bench = Bench(home, face)
        try:
            await story(bench)
        finally:
            bench.hall.close()

    asyncio.run(run())
