"""A candidate who sat an examination in the hall, and the bundle of it: for tests of sealed attempts."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hall_harness import CLOSES, OPENS, Bench

from jiangheng.core.exam import attempt, item_data
from jiangheng.core.exam.events import Extended
from jiangheng.core.exam.items import Item, Option, face
from jiangheng.core.exam.shuffle import individual_paper
from jiangheng.core.exam.sitting import Terms
from jiangheng.hall.books import append_control, journal_path, replay
from jiangheng.hall.entries import chain_head

OFFICE = Ed25519PrivateKey.from_private_bytes(b"office key of the tests, 32 byte")
PUBLIC = OFFICE.public_key().public_bytes_raw().hex()
SEED = "5eed" * 8
ITEMS = [
    Item(
        f"q{number:03d}",
        "single",
        f"第 {number} 题的题干",
        tuple(Option(key, f"{number} 的 {key}") for key in "ABCD"),
        answer=("B",),
    )
    for number in range(1, 5)
]
ESSAY = Item("q005", "essay", "论述", answer=("要点",))
KINDS = [attempt.KindMarks("single", 4, "2"), attempt.KindMarks("essay", 1, "10")]


def sat(home: Path) -> dict[str, Any]:
    """A candidate sits: two right, one wrong, an essay, ten minutes more; the parts of a bundle."""
    everything = [*ITEMS, ESSAY]
    content = {
        "title": "电工 四级",
        "minutes": 90,
        "kinds": [{"kind": row.kind, "label": row.kind, "count": row.count, "marks": row.marks} for row in KINDS],
        "items": [face(item, public_id=item.code) for item in everything],
    }
    bench = Bench(home, content)

    async def story() -> dict[str, Any]:
        ticket = bench.ticket(seed=SEED)
        fence = (await bench.enter(ticket))["fence"]
        for seq, (item, key) in enumerate([("q001", "B"), ("q002", "A"), ("q002", "B"), ("q003", "C")], start=1):
            assert (await bench.answer(ticket, fence, seq, item, key)).status == 200
        await bench.answer(ticket, fence, 5, "q005", "论述的答案")
        append_control(journal_path(home), 7, Extended(600, "停电", at=bench.now))
        bench.now += 1000
        return (await bench.post("/hall/submit", {"pass": ticket, "fence": fence})).body

    try:
        handed = asyncio.run(story())
    finally:
        bench.hall.close()
    return {"lines": replay(journal_path(home), 7), "proof": handed["proof"], "digest": bench.digest}


def bundle(home: Path, **changes: Any) -> attempt.Attempt:
    """The bundle of that sitting as the office makes it, before it is signed."""
    had = sat(home)
    entries = had["lines"]
    made = attempt.Attempt(
        format=attempt.FORMAT,
        sitting=7,
        ticket="2311230001",
        paper=had["digest"],
        seed=SEED,
        order=list(individual_paper([*ITEMS, ESSAY], seed=bytes.fromhex(SEED)).items),
        terms=asdict(Terms(opens=OPENS, closes=CLOSES)),
        level="4",
        kinds=KINDS,
        items=[item_data.to_data(item) for item in [*ITEMS, ESSAY]],
        journal=[attempt.Line(entry.link, entry.text, entry.receipt) for entry in entries],
        open_marks={"q005": "7.5"},
        per_item={"q001": "2", "q002": "2", "q003": "0", "q004": "0", "q005": "7.5"},
        total="11.5",
        head=chain_head(7, entries),
        proof=had["proof"],
    )
    return msgspec.structs.replace(made, **changes)
