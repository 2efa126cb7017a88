"""Candidates who sit the theory examination through the hall's own protocol, as their browsers would."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank import queries as itembank
from jiangheng.hall.app import hall_app
from jiangheng.kernel import clock


async def _post(app: Any, path: str, message: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(message).encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 1), "headers": [(b"content-type", b"application/json"), (b"host", b"127.0.0.1:8000")],
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await app(scope, receive, send)
    answer = json.loads(b"".join(event.get("body", b"") for event in sent[1:]))
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{path}: {sent[0]['status']} {answer}")
    return dict(answer)


async def _paper(app: Any, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The items in the order of the seat, opened with the key as a page opens them."""
    face = json.loads(AESGCM(bytes.fromhex(entry["key"])).decrypt(bytes(12), await _fetch(app, entry["sealed"]), None))
    items = {item["id"]: item for item in face["items"]}
    return [items[code] for code in entry["order"]["items"]]


async def _fetch(app: Any, seal: str) -> bytes:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await app({"type": "http", "method": "GET", "path": f"/hall/sealed/{seal}", "headers": []}, receive, send)
    return b"".join(event.get("body", b"") for event in sent[1:])


KNOWN = "先断开电源并验电，挂牌上锁，再按图逐级检查，记录故障现象、原因和处理结果。"
"""What somebody writes who knows what an open question asks for."""

Key = dict[str, tuple[tuple[str, ...], list[str]]]
"""Of each item what is right, and its options in the order its author wrote them, both as a candidate gives them."""


async def _sit(app: Any, ticket: str, *, key: Key, ability: float, seed: str) -> None:
    entry = await _post(app, "/hall/enter", {"pass": ticket})
    for number, item in enumerate(await _paper(app, entry), start=entry["seq"] + 1):
        # drawn by item, not in the order of the seat: the layout's secret differs from home to home
        draw = random.Random(f"{seed}:{item['id']}")
        right, options = key[item["id"]]
        knows = draw.random() < ability
        keys = list(right) if knows else [draw.choice(options or ["记不清了。"])]
        if knows and not right:
            keys = [KNOWN]
        if not knows and item["kind"] == "multiple":
            keys = sorted(draw.sample(options, 2))
        await _post(app, "/hall/answer", {
            "pass": ticket, "fence": entry["fence"], "seq": number, "item": item["id"], "keys": keys,
        })  # fmt: skip
    await _post(app, "/hall/submit", {"pass": ticket, "fence": entry["fence"]})


def speak(messages: list[tuple[Any, str, dict[str, Any]]]) -> None:
    """Send messages from pages of candidates, each entered anew: the sitting, the address, what the message adds."""
    passes = {one.pk: exams.pass_for(one) for one, _path, _more in messages}

    async def everything(app: Any) -> None:
        for one, path, more in messages:
            ticket = passes[one.pk]
            entry = await _post(app, "/hall/enter", {"pass": ticket})
            await _post(app, path, {"pass": ticket, "fence": entry["fence"], **more})

    _in_the_hall(everything)


def check_machines(ticket: str, found: dict[int, dict[str, Any]]) -> None:
    """What the check page found at the machines of a room, by number, said to the hall as the page says it."""

    async def everything(app: Any) -> None:
        for number, each in found.items():
            await _post(app, "/hall/seat", {"pass": ticket, "number": number, "found": each})

    _in_the_hall(everything)


def _in_the_hall(talk: Callable[[Any], Awaitable[Any]]) -> None:
    """Let somebody talk to the hall of this installation; it is closed afterwards."""

    async def whole() -> None:
        app = hall_app(Path(settings.HOME), exams.hall_key(), clock.epoch_ms)
        try:
            await talk(app)
        finally:
            app.close()

    asyncio.run(whole())


def _key(paper: Any) -> Key:
    right, dealt, ids = exams.right_answers(paper), exams.relabelling(paper), exams.public_ids(paper)
    return {
        ids[item.code]: (right[ids[item.code]], list(dealt.public(item.code, item.keys)))
        for item in itembank.paper_items(paper)
    }


def sit_all(sittings: list[Any], *, abilities: dict[int, float], seed: int) -> None:
    """Let every admitted candidate answer his paper and hand in; ``abilities`` by sitting."""
    keys: dict[int, Key] = {}
    for one in sittings:
        if one.paper_id not in keys:
            keys[one.paper_id] = _key(one.paper)
    jobs = [(exams.pass_for(one), keys[one.paper_id], abilities[one.pk], one.application.ticket) for one in sittings]

    async def everyone(app: Any) -> None:
        await asyncio.gather(*(
            _sit(app, ticket, key=key, ability=ability, seed=f"{seed}:{name}") for ticket, key, ability, name in jobs
        ))  # fmt: skip

    _in_the_hall(everyone)
