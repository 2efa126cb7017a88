"""Invented stocks and plans for the tests of assembly, from a seed."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import Any

from jiangheng.core.exam.blueprint import apportion
from jiangheng.core.exam.plan import GRADES, Aim, CellQuota, KindQuota, Plan, RangeQuota, Split, Stock

KINDS = ("single", "judgement", "multiple")
RANGES = ("A", "B", "C-A", "C-B", "D")
SEED = bytes(range(32))


def stock(size: int, *, seed: int = 7, irt: bool = True, enemies: float = 0.05) -> list[Stock]:
    """A stock in which every range and kind is well held."""
    draw = random.Random(seed)
    return [
        Stock(
            code=f"Q{number:04}",
            kind=draw.choices(KINDS, (5, 3, 2))[0],
            range_code=RANGES[number % len(RANGES)],
            point=f"P{draw.randrange(size // 3 + 1):03}",
            importance=draw.choice("XXXXYYZ"),
            difficulty=draw.randint(1, 5),
            seconds=draw.randint(20, 60),
            enemies=(f"Q{draw.randrange(size):04}",) if draw.random() < enemies else (),
            a=round(draw.uniform(0.6, 1.8), 3) if irt else None,
            b=round(draw.gauss(0, 1), 3) if irt else None,
            c=round(draw.uniform(0, 0.25), 3) if irt else None,
        )
        for number in range(size)
    ]


def plan(size: int = 20, **more: Any) -> Plan:
    """Half single choice, the rest judgement and multiple choice; ranges alike."""
    counts = (size // 2, size * 3 // 10, size - size // 2 - size * 3 // 10)
    kinds = tuple(KindQuota(kind, count) for kind, count in zip(KINDS, counts, strict=True))
    return Plan(kinds, tuple(RangeQuota(code, Decimal(20)) for code in RANGES), **more)


def random_request(seed: int) -> tuple[list[Stock], Plan, str, int]:
    """A small stock, a plan with some of every constraint, a mode and a number of papers."""
    draw = random.Random(seed)
    kinds, ranges = KINDS[: draw.randint(1, 3)], RANGES[: draw.randint(1, 5)]
    rows = _rows(draw, draw.randint(8, 45), kinds, ranges)
    mode = draw.choice(("one", "ab", "library", "each"))
    forms = {"one": 1, "ab": 2}.get(mode) or draw.randint(1, 4)
    part = draw.uniform(0.2, 0.7) if mode == "each" else draw.uniform(0.2, 0.8) / forms
    size = max(1, int(len(rows) * part))
    shares = [Decimal(str(round(sum(row.kind == kind for row in rows) + draw.random(), 3))) for kind in kinds]
    quotas = tuple(
        KindQuota(kind, count, Decimal(draw.choice(("0.5", "1", "2"))))
        for kind, count in zip(kinds, apportion(size, weights=shares), strict=True)
        if count
    )
    wanted = Plan(
        quotas,
        _range_quotas(draw, rows, ranges, size),
        per_point=draw.choice((None, 1, 2)),
        aim=Aim(goal=Decimal("0.2")),
        **_limits(draw, rows, size),
    )
    if wanted.ranges and draw.random() < 0.2:
        cell = CellQuota(draw.choice(wanted.ranges).code, draw.choice(quotas).kind, draw.randint(0, 2))
        wanted = Plan(**{**{name: getattr(wanted, name) for name in Plan.__dataclass_fields__}, "cells": (cell,)})
    return rows, wanted, mode, forms


def _rows(draw: random.Random, count: int, kinds: tuple[str, ...], ranges: tuple[str, ...]) -> list[Stock]:
    irt = draw.random() < 0.6
    rows = []
    for number in range(count):
        enemies = [f"q{draw.randrange(count):02}"] if draw.random() < 0.12 else []
        enemies += [draw.choice(("g1", "g2"))] if draw.random() < 0.08 else []
        rows.append(
            Stock(
                code=f"q{number:02}",
                kind=draw.choice(kinds),
                range_code=draw.choice(ranges) + draw.choice(("", "-X")),
                point=f"p{draw.randrange(count)}",
                importance=draw.choice("XXXYYZ"),
                difficulty=draw.randint(1, 5),
                seconds=draw.randint(10, 90),
                enemies=tuple(enemies),
                exposure=draw.randint(0, 3),
                resting=draw.random() < 0.05,
                a=round(draw.uniform(0.5, 2), 2) if irt else None,
                b=round(draw.gauss(0, 1), 2) if irt else None,
                c=round(draw.uniform(0, 0.3), 2) if irt else None,
            )
        )
    return rows


def _range_quotas(draw: random.Random, rows: list[Stock], ranges: tuple[str, ...], size: int) -> tuple[RangeQuota, ...]:
    if draw.random() < 0.2:
        return ()
    near = [row.range_code.removesuffix("-X") for row in rows]
    if draw.random() < 0.5:
        return tuple(RangeQuota(code, Decimal(1 + near.count(code))) for code in ranges)
    counts = Counter(draw.choice(near) for _ in range(size))
    return tuple(RangeQuota(code, count=counts[code]) for code in ranges)


def _limits(draw: random.Random, rows: list[Stock], size: int) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if draw.random() < 0.5:
        counts = Counter(str(draw.choice(rows).difficulty) for _ in range(size))
        more["difficulty"] = Split.by_counts(counts, tolerance=draw.randint(0, 2), marks=GRADES)
    if draw.random() < 0.5:
        counts = Counter(draw.choice(rows).importance for _ in range(size))
        more["importance"] = Split.by_counts(counts, tolerance=draw.randint(0, 2), marks="XYZ")
    if draw.random() < 0.4:
        more["seconds"] = max(1, int(size * draw.uniform(35, 60)))
    if draw.random() < 0.5:
        more["overlap"] = draw.randint(0, max(1, size // 2))
    if draw.random() < 0.3:
        more["uses"] = draw.randint(1, 3)
    if draw.random() < 0.3:
        more["exposure_cap"] = draw.randint(2, 4)
    if draw.random() < 0.2:
        more["avoid"] = frozenset(row.code for row in rows if draw.random() < 0.1)
    if draw.random() < 0.2:
        more["enemies"] = (tuple(row.code for row in draw.sample(rows, 3)),)
    return more
