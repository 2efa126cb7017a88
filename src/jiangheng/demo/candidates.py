"""Candidates who sit the theory examination through the hall's own protocol, as their browsers would."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

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


async def _sit(app: Any, ticket: str, *, key: dict[str, tuple[str, ...]], ability: float, seed: str) -> None:
    entry = await _post(app, "/hall/enter", {"pass": ticket})
    for number, item in enumerate(entry["items"], start=entry["seq"] + 1):
        # drawn by item, not in the order of the seat: the layout's secret differs from home to home
        draw = random.Random(f"{seed}:{item['id']}")
        options = sorted(option["key"] for option in item["options"])
        knows = draw.random() < ability
        keys = list(key[item["id"]]) if knows else [draw.choice(options)]
        if not knows and item["kind"] == "multiple":
            keys = sorted(draw.sample(options, 2))
        await _post(app, "/hall/answer", {
            "pass": ticket, "fence": entry["fence"], "seq": number, "item": item["id"], "keys": keys,
        })  # fmt: skip
    await _post(app, "/hall/submit", {"pass": ticket, "fence": entry["fence"]})


def sit_all(sittings: list[Any], *, abilities: dict[int, float], seed: int) -> None:
    """Let every admitted candidate answer his paper and hand in; ``abilities`` by sitting."""
    keys: dict[int, dict[str, tuple[str, ...]]] = {}
    for one in sittings:
        if one.paper_id not in keys:
            ids = exams.public_ids(one.paper)
            keys[one.paper_id] = {ids[item.code]: item.answer for item in itembank.paper_items(one.paper)}
    jobs = [(exams.pass_for(one), keys[one.paper_id], abilities[one.pk], one.application.ticket) for one in sittings]

    async def everyone() -> None:
        app = hall_app(Path(settings.HOME), exams.hall_key(), clock.epoch_ms)
        try:
            await asyncio.gather(*(
                _sit(app, ticket, key=key, ability=ability, seed=f"{seed}:{name}")
                for ticket, key, ability, name in jobs
            ))  # fmt: skip
        finally:
            app.close()

    asyncio.run(everyone())
