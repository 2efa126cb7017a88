"""A bank in use and papers drawn from it, for tests of what comes after: how items come in is other tests' matter."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from typing import Any

PLAN = {"kinds": [["single", 60, 1], ["multiple", 20, 1], ["judgement", 20, 1]], "minutes": 90, "pass_mark": 60}


@cache
def content_of(file: str) -> tuple[dict[str, Any], Any]:
    """A bank's text of the demonstration, as data and as read."""
    from jiangheng.core.exam.bank_text import parse_bank

    data = tomllib.loads((resources.files("jiangheng.demo") / "items" / f"{file}.toml").read_text("utf-8"))
    return data, parse_bank(data)


def a_bank(play: Any, city: Any, *, file: str = "electrician_5", plan: dict[str, Any] | None = None) -> Any:
    """The unified bank of a text with every item in use, and an enacted plan."""
    from jiangheng.apps.itembank.models import Item, Plan

    data, read = content_of(file)
    bank = play(
        "bank.found", under=city.regions["450300"], by=city.actor("centre"), name="电工五级统一题库",
        occupation=data["occupation"], level=data["level"], ranges=json.dumps(data["range"]),
        points=json.dumps(data["point"]),
    )  # fmt: skip
    rows = []
    for content in read.items:
        row = Item(bank=bank, scope=bank.scope, state="live", code=content.code)
        row.hold(content)
        rows.append(row)
    Item.everywhere.bulk_create(rows)
    Plan.everywhere.create(bank=bank, scope=bank.scope, state="enacted", name="理论试卷", content=plan or PLAN)
    return bank


def a_bank_of(play: Any, institution: Any, keeper: Any, *, file: str = "electrician_5") -> Any:
    """An enterprise's own bank with the same element table and an enacted plan; no items."""
    from jiangheng.apps.itembank.models import Plan

    data, _read = content_of(file)
    bank = play(
        "bank.found_own", under=institution, by=keeper, name="电工五级自建题库", occupation=data["occupation"],
        level=data["level"], ranges=json.dumps(data["range"]), points=json.dumps(data["point"]),
    )  # fmt: skip
    Plan.everywhere.create(
        bank=bank, scope=bank.scope, owner=bank.owner, state="enacted", name="理论试卷", content=PLAN
    )
    return bank


def papers(play: Any, city: Any, batch: Any, bank: Any, *, mode: str = "one", count: int = 1) -> Any:
    """A draw for a batch, committed, seeded by two officials and composed."""
    from jiangheng.apps.itembank.models import Draw
    from jiangheng.core.authority import SYSTEM

    # where transactions end as in an office the seating has ordered it already, and the second share composes
    draw = Draw.everywhere.filter(batch=batch.pk, bank=bank, state="committed").first() or play(
        "draw.commit", under=bank, by=SYSTEM, plan=bank.plans.get().pk, title=f"{batch.title} {bank.level}",
        batch=batch.pk, mode=mode, count=count,
    )  # fmt: skip
    play("draw.pledge", draw, by=city.actor("centre"), words="31415")
    play("draw.second", draw, by=city.actor("city"))
    draw.refresh_from_db()
    return draw if draw.state == "drawn" else play("draw.draw", draw, by=SYSTEM)
