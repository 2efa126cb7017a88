"""What the tests of hostile messages share: an attack on an attempt, and what must be true of the attempt after it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hall_harness import Bench, Reply

from jiangheng.hall import journal, news
from jiangheng.hall.books import journal_path, open_store, replay
from jiangheng.hall.entries import Entry, chain_head

Act = Callable[[Bench, str, int], Awaitable[Reply]]
MINE, OTHERS = 7, 8


@pytest.fixture(autouse=True)
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts of refusals come to the journal without the usual wait."""
    monkeypatch.setattr(news, "STAND_SECONDS", 0.0)
    monkeypatch.setattr(journal, "_TICK_SECONDS", 0.02)
    monkeypatch.setattr(journal, "_LISTEN_SECONDS", 0.02)


async def recorded(bench: Bench, sitting: int, code: str, *, least: int = 1) -> None:
    """Insist that the refusal comes to the journal's count."""
    count = 0
    for _ in range(200):
        store = open_store(journal_path(bench.home))
        count = store.turned_away([sitting]).get(sitting, {}).get(code, 0)
        store.close()
        if count >= least:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{code} of sitting {sitting}: {count} recorded, {least} wanted")


def entries(bench: Bench, sitting: int = MINE) -> list[Entry]:
    return replay(journal_path(bench.home), sitting)


async def attempt(bench: Bench, act: Act, **terms: Any) -> Reply:
    """A sitting with one answer, then the attack on it; insist that the attempt is as it was and a right save works."""
    ticket = bench.ticket(MINE, **terms)
    fence = (await bench.enter(ticket))["fence"]
    assert (await bench.answer(ticket, fence, 1, "s1", "A")).status == 200
    before, others = entries(bench), entries(bench, OTHERS)
    now = bench.now
    reply = await act(bench, ticket, fence)
    assert entries(bench) == before
    assert entries(bench, OTHERS) == others
    assert set(reply.body) == {"code", "reason"} and reply.body["reason"]
    bench.now = now
    saved = await bench.answer(ticket, fence, 2, "m1", "B", "D")
    assert saved.status == 200, saved.body
    assert chain_head(MINE, entries(bench)) == saved.body["receipt"]
    assert (await bench.enter(ticket))["answers"] == {"s1": ["A"], "m1": ["B", "D"]}
    return reply


def told(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.body["code"]
