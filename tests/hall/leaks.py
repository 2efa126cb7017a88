"""Made-up papers with their keys, what a candidate's machine gets of them, and a search for the keys in it.

An attacker sees ids, letters, orders and lengths. Each of them is set against the right answers over many papers: were
they independent, the chi-square statistic of the table would stay below a bound that chance passes three times in a
million. Everything is drawn from one fixed seed, so a result does not change from run to run.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hall_harness import Bench, play

from jiangheng.core.exam.items import KINDS, Item, Option, face
from jiangheng.core.exam.public_keys import public_keys
from jiangheng.hall.papers import publish

PAPERS = 240
LETTERS = "甲乙丙丁戊己庚辛子丑寅卯辰巳午未申酉"
HABIT = (8, 3, 2, 1, 1)
"""How often authors write the right answer first, second …: what must not be seen outside."""

Face = dict[str, Any]
Plant = Callable[[Face, "Paper"], Face]
Published = Callable[["Paper"], Face]


@dataclass(frozen=True)
class Paper:
    """The items of a paper in the author's keys, and the secret its public keys are dealt from."""

    number: int
    items: tuple[Item, ...]

    @property
    def secret(self) -> bytes:
        return self.number.to_bytes(16, "big")


@dataclass(frozen=True)
class Seen:
    """What a candidate's machine got of one paper: the opened face, the order of the seat, and lengths in bytes."""

    face: Face
    order: dict[str, Any]
    lengths: dict[str, int]


def made_up(number: int) -> Paper:
    """A paper of 16 items whose texts know nothing of their keys."""
    dice = random.Random(number)
    kinds = ["single"] * 6 + ["multiple"] * 3 + ["judgement"] * 3 + ["ordering"] * 2 + ["matching"] * 2
    return Paper(number, tuple(_item(dice, f"码{place:02d}", kind) for place, kind in enumerate(kinds)))


def _item(dice: random.Random, code: str, kind: str) -> Item:
    count = {"multiple": 5, "judgement": 2}.get(kind, 4)
    options = KINDS[kind].options or _column(dice, "ABCDE"[:count])
    keys = [option.key for option in options]
    habit = dice.choices(keys, HABIT[:count])[0]
    item = Item(code, kind, _words(dice, 30), options, (habit,))
    if kind == "multiple":
        return replace(item, answer=tuple(sorted({habit, dice.choice([key for key in keys if key != habit])})))
    if kind == "ordering":
        return replace(item, answer=tuple(sorted(keys, key=lambda key: (key != habit, key))))
    if kind == "matching":
        targets = _column(dice, "1234")
        # the habit of columns: what stands opposite belongs together
        pairs = [*"1234"] if dice.random() < 0.5 else dice.sample("1234", 4)
        return replace(item, targets=targets, answer=tuple(a + b for a, b in zip(keys, pairs, strict=True)))
    return item


def _column(dice: random.Random, keys: str) -> tuple[Option, ...]:
    return tuple(Option(key, _words(dice, 12)) for key in keys)


def _words(dice: random.Random, most: int) -> str:
    return "".join(dice.choices(LETTERS, k=dice.randint(most // 3, most)))


def published(paper: Paper) -> Face:
    """The face of a paper as the office gives it to the hall."""
    made = public_keys(paper.items, secret=paper.secret)
    return _face([face(made.face(item), public_id=_id(place)) for place, item in enumerate(paper.items)])


def in_the_authors_keys(paper: Paper) -> Face:
    """The same without dealing the keys anew: a leak to be found."""
    return _face([face(item, public_id=_id(place)) for place, item in enumerate(paper.items)])


def _face(items: list[Any]) -> Face:
    return {"title": "车工 四级", "minutes": 90, "kinds": [], "items": items}


def _id(place: int) -> str:
    return f"q{place + 1:03d}"


def watched(home: Path, papers: Iterable[Paper], make: Published = published) -> list[tuple[Paper, Seen]]:
    """Take every paper through the hall at a seat of its own."""
    found: list[tuple[Paper, Seen]] = []

    async def story(bench: Bench) -> None:
        for paper in papers:
            digest = publish(home, make(paper))
            ticket = bench.ticket(paper.number + 1, paper=digest, seed=random.Random(-paper.number).randbytes(16).hex())
            entry = await bench.post("/hall/enter", {"pass": ticket})
            key = await bench.post("/hall/key", {"pass": ticket})
            sealed = await bench.fetch(f"/hall/sealed/{entry.body['sealed']}")
            opened = json.loads(AESGCM(bytes.fromhex(key.body["key"])).decrypt(bytes(12), sealed, None))
            sizes = {"entry": entry, "key": key}
            lengths = {name: int(reply.headers["content-length"]) for name, reply in sizes.items()}
            found.append((paper, Seen(opened, entry.body["order"], lengths | {"sealed": len(sealed)})))

    play(home, story)
    return found


def leaks(found: list[tuple[Paper, Seen]]) -> dict[str, float]:
    """Where the right answers show: by name of the sign, how many times its statistic passes the bound."""
    tables: dict[str, Counter[tuple[Any, Any]]] = {}
    uniform: dict[str, Counter[Any]] = {}
    quarter = {name: _quarters([seen.lengths[name] for _paper, seen in found]) for name in found[0][1].lengths}
    dice = random.Random(0)
    for paper, seen in found:
        first_half = 0
        for place, item in enumerate(paper.items):
            shown = _shown(seen, item, place)
            right, signs = _right(item, shown), _signs(seen, shown, dice)
            first_half += right < 2
            for name, ranks in signs.items():
                if item.kind != "judgement":
                    uniform.setdefault(f"{item.kind}: {name}", Counter(dict.fromkeys(range(len(ranks)), 0)))
                    uniform[f"{item.kind}: {name}"][ranks[right]] += 1
            about = {
                "last of id": shown["id"][-1], "length of id": len(shown["id"]), "place": place // 4,
                "length of item": len(json.dumps(shown)) // 40, "fields": ",".join(sorted(shown)),
                "shown as": seen.order["items"].index(shown["id"]) // 4,
            }  # fmt: skip
            for name, value in about.items():
                # Among items of one kind: which kind an item is everybody may see.
                tables.setdefault(f"{item.kind}: {name}", Counter())[value, right] += 1
        for name, length in seen.lengths.items():
            tables.setdefault(f"length of {name}", Counter())[quarter[name](length), first_half // 2] += 1
    measured = {name: _goodness(counts) for name, counts in uniform.items()}
    measured |= {name: _independence(table) for name, table in tables.items()}
    return {name: round(value, 2) for name, value in measured.items() if value > 1}


def _shown(seen: Seen, item: Item, place: int) -> dict[str, Any]:
    # By its stem: an attacker who plants signs may have changed its id and its place.
    return next(one for one in seen.face["items"] if one["stem"].startswith(item.stem))


def _right(item: Item, shown: dict[str, Any]) -> int:
    """Which of the options as they lie in the face is right; the first right one where there are several."""
    if item.kind == "matching":
        text = next(target.text for target in item.targets if target.key == item.answer[0][1:])
        return next(n for n, target in enumerate(shown["targets"]) if target["text"].startswith(text))
    text = next(option.text for option in item.options if option.key == item.answer[0])
    return next(n for n, option in enumerate(shown["options"]) if option["text"].startswith(text))


def _signs(seen: Seen, shown: dict[str, Any], dice: random.Random) -> dict[str, list[int]]:
    """What can be seen of each option, as ranks; equal ones are ranked by chance."""
    column, order = ("targets", "targets") if shown.get("targets") else ("options", "options")
    laid = seen.order[order][shown["id"]]
    options = shown[column]
    letters = sorted(option["key"] for option in options)
    return {
        "letter": [letters.index(option["key"]) for option in options],
        "place in the face": list(range(len(options))),
        "place at the seat": [laid.index(option["key"]) for option in options],
        "length": _ranks([len(json.dumps(option)) for option in options], dice),
    }


def _quarters(values: list[int]) -> Callable[[int], int]:
    cuts = [sorted(values)[len(values) * n // 4] for n in (1, 2, 3)]
    return lambda value: sum(value > cut for cut in cuts)


def _ranks(values: list[int], dice: random.Random) -> list[int]:
    order = sorted(range(len(values)), key=lambda n: (values[n], dice.random()))
    return [order.index(n) for n in range(len(values))]


def _goodness(counts: Counter[Any]) -> float:
    expected = counts.total() / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts.values()) / _bound(len(counts) - 1)


def _independence(table: Counter[tuple[Any, Any]]) -> float:
    rows, columns = Counter[Any](), Counter[Any]()
    for (row, column), count in table.items():
        rows[row] += count
        columns[column] += count
    total = table.total()
    # Thin rows and columns make the statistic unreliable; they are told together.
    row_of = {row: row if count >= total / 12 else "rest" for row, count in rows.items()}
    column_of = {column: column if count >= total / 12 else "rest" for column, count in columns.items()}
    told = Counter[tuple[Any, Any]]()
    for (row, column), count in table.items():
        told[row_of[row], column_of[column]] += count
    rows, columns = Counter(), Counter()
    for (row, column), count in told.items():
        rows[row] += count
        columns[column] += count
    freedom = (len(rows) - 1) * (len(columns) - 1)
    if freedom == 0:
        return 0.0
    statistic = sum(
        (told[row, column] - rows[row] * columns[column] / total) ** 2 / (rows[row] * columns[column] / total)
        for row in rows
        for column in columns
    )
    return statistic / _bound(freedom)


def _bound(freedom: int, *, deviations: float = 4.5) -> float:
    """The value that chance passes three times in a million (Wilson and Hilferty 1931)."""
    spread = 2 / (9 * freedom)
    return float(freedom * (1 - spread + deviations * spread**0.5) ** 3)
