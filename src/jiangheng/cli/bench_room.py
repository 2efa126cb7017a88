"""What the bench examines with: a home, a made-up paper of mixed kinds, made-up candidates (clause K13)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.hall import rosters, wire
from jiangheng.hall.papers import publish
from jiangheng.kernel import keys

SESSION = 1
PLACE = "45/03/05/0017/"
HOURS_MS = 90 * 60_000
_LETTERS = "ABCD"
_WORDS = "车削加工中，工件的定位基准与夹紧方式应当怎样选择，才能保证尺寸精度与表面粗糙度的要求？"
# of twenty items of a paper
_SHARES = (
    ("single", 11), ("judgement", 3), ("multiple", 2), ("fill", 1), ("numeric", 1), ("matching", 1), ("short", 1),
)  # fmt: skip
_LABELS = {
    "single": "单选题", "judgement": "判断题", "multiple": "多选题", "fill": "填空题", "numeric": "数值题",
    "matching": "连线题", "short": "简答题",
}  # fmt: skip
_GIVEN: dict[str, tuple[tuple[str, ...], ...]] = {
    "single": (("A",), ("C",), ("B",), ("D",)),
    "judgement": (("A",), ("B",)),
    "multiple": (("A", "C"), ("A", "B", "D"), ("C",)),
    "fill": (("220", "50"), ("380", "50")),
    "numeric": (("12.5",), ("12.50 mm",), ("0.8",)),
    "matching": (("A1", "B2", "C3"), ("A3", "B1")),
    "short": (("先粗车后精车，分两次装夹。",), ("先粗车后精车，分两次装夹；精车前应充分冷却，并校验百分表。",)),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a candidate may give at one item, and the same as the end of a message."""

    item: str
    keys: tuple[str, ...]
    tail: bytes


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up candidate."""

    sitting: int
    number: str
    identity: str
    ticket: str


@dataclass(frozen=True)
class Room:
    """One examination on made-up premises; moments are UTC milliseconds."""

    home: Path
    secret: bytes
    paper: str
    choices: tuple[tuple[Choice, ...], ...]
    opens: int
    closes: int

    def choice(self, sitting: int, seq: int) -> Choice:
        """What this candidate gives with his answer of that number: he walks through the paper again and again and
        changes his mind every time."""
        given = self.choices[(seq - 1 + sitting) % len(self.choices)]
        return given[(seq // len(self.choices) + seq) % len(given)]

    def person(self, sitting: int) -> Person:
        """The candidate of that sitting, with his pass."""
        ticket = Pass(
            sitting=sitting, session=SESSION, place=PLACE, paper=self.paper, seed=secrets.token_hex(32),
            opens=self.opens, closes=self.closes, fence=1, seat=f"{sitting % 1000:03}", issued=_now(),
        )  # fmt: skip
        return Person(sitting, f"J{sitting:011}", f"4503{sitting:014}", sign(ticket, self.secret))


def furnish(home: Path, *, items: int, opens_in: float) -> Room:
    """A home with a paper of so many items, whose examination opens in so many seconds."""
    secret = keys.subkey(home, "hall")
    face = made_up(items)
    opens = _now() + round(opens_in * 1000)
    return Room(home, secret, publish(home, face), _choices(face["items"]), opens, opens + HOURS_MS)


def admit(room: Room, people: Sequence[Person]) -> None:
    """Publish the roster by which they check in."""
    rosters.publish(room.home, room.secret, SESSION, ((one.number, one.identity, _known(one)) for one in people))


def made_up(items: int) -> dict[str, Any]:
    """The face of a paper: mixed kinds, texts as long as those of a real one."""
    whole = sum(share for _kind, share in _SHARES)
    counts = {kind: max(1, items * share // whole) for kind, share in _SHARES[1:]}
    counts = {"single": max(1, items - sum(counts.values()))} | counts
    listed = [_item(kind, number) for kind, count in counts.items() for number in range(1, count + 1)]
    kinds = [{"kind": kind, "label": _LABELS[kind], "count": count, "marks": "1"} for kind, count in counts.items()]
    return {"title": "车工 四级 理论知识（压力测试）", "minutes": HOURS_MS // 60_000, "kinds": kinds, "items": listed}


def _item(kind: str, number: int) -> dict[str, Any]:
    stem = f"（{number}）{_WORDS}" + ("电压____伏，频率____赫。" if kind == "fill" else "")
    item: dict[str, Any] = {"id": f"{kind[0]}{kind[-1]}{number}", "kind": kind, "stem": stem, "options": []}
    if kind in ("single", "multiple", "matching"):
        item["options"] = [{"key": key, "text": f"{_WORDS[number % 9 : 22]}{key}"} for key in _LETTERS]
    elif kind == "judgement":
        item["options"] = [{"key": key, "text": text} for key, text in (("A", "正确"), ("B", "错误"))]
    own: dict[str, dict[str, Any]] = {
        "fill": {"blanks": 2},
        "numeric": {"unit": "mm"},
        "matching": {"targets": [{"key": key, "text": f"右栏 {key}"} for key in "1234"]},
    }
    return item | own.get(kind, {})


def _choices(items: Sequence[dict[str, Any]]) -> tuple[tuple[Choice, ...], ...]:
    return tuple(tuple(_choice(item["id"], keys) for keys in _GIVEN[item["kind"]]) for item in items)


def _choice(item: str, keys: tuple[str, ...]) -> Choice:
    return Choice(item, keys, b',"item":%b,"keys":%b}' % (msgspec.json.encode(item), msgspec.json.encode(keys)))


def _known(one: Person) -> wire.CheckedIn:
    return wire.CheckedIn(ticket=one.ticket, name="考生", seat=one.number[-3:], title="车工 四级 理论知识")


def _now() -> int:
    return time.time_ns() // 1_000_000
