"""The payload gate: what leaves the hall is on a list and carries nothing about the right answers (clauses K9, K13)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest
from hall_harness import EVERY_KIND, KEY, OPENS, Bench, play
from leaks import PAPERS, Face, Paper, Seen, in_the_authors_keys, leaks, made_up, published, watched
from test_seat_check import ROOM, SOUND

from jiangheng.core.exam import seat_check
from jiangheng.core.exam.items import Item
from jiangheng.hall import rosters, wire
from jiangheng.hall.desk import Desk
from jiangheng.hall.machines import Machines
from jiangheng.hall.papers import publish

MAY_LEAVE: dict[str, set[str]] = {
    "CheckedIn": {"pass", "name", "seat", "title", "photo"},
    "Entry": {
        "sitting", "seat", "title", "minutes", "opens", "kinds", "sealed", "order", "key", "answers", "flags", "seq",
        "fence", "camera", "calculator", "lock_after", "agreed", "standing",
    },
    "KindLine": {"kind", "label", "count", "marks"},
    "Order": {"items", "options", "targets"},
    "Standing": {"now", "deadline", "handed_in", "stage", "breaks", "rest", "large", "notes"},
    "Note": {"at", "text"},
    "Opened": {"key", "now"},
    "Saved": {"seq", "link", "receipt", "saved_at", "deadline"},
    "SavedAll": {"saved", "refused", "link", "receipt", "saved_at", "deadline"},
    "NotTaken": {"seq", "code", "reason"},
    "Noted": {"noted", "locked"},
    "HandedIn": {"handed_in", "answered", "total", "receipt", "proof"},
    "Proof": {"link", "receipt", "at", "key", "signature"},
    "Pulse": {"standing", "proof"},
    "Clock": {"now"},
    "Checkable": {"name", "seats", "camera"},
    "SeatSaid": {"number", "sound", "faults", "at"},
    "Problem": {"code", "reason"},
    "Face": {"digest", "title", "minutes", "kinds", "items"},
    "Item": {"id", "kind", "stem", "options", "blanks", "unit", "targets", "picture", "parts"},
    "Option": {"key", "text"},
}  # fmt: skip
"""Every message to a candidate and every field of it. A new line here is a decision: could a candidate use it?"""

HEADERS = {"content-type", "content-length", "cache-control", "x-content-type-options", "retry-after", "connection"}


def leaving() -> dict[str, msgspec.inspect.StructType]:
    """The messages that the hall's addresses give, by name, and whatever is in them."""
    given = [
        get_type_hints(act)["return"]
        for owner in (Desk, Machines)
        for name, act in inspect.getmembers(owner, inspect.isfunction)
        if name[0] != "_"
    ]
    roots = {one for one in given if isinstance(one, type) and issubclass(one, msgspec.Struct)}
    found: dict[str, msgspec.inspect.StructType] = {}

    def look(info: Any) -> None:
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls.__name__ not in found:
                found[info.cls.__name__] = info
                for field in info.fields:
                    look(field.type)
            return
        for inside in ("item_type", "value_type"):
            if hasattr(info, inside):
                look(getattr(info, inside))
        for each in getattr(info, "types", ()):
            look(each)

    for root in roots | {wire.Problem, wire.Face}:
        look(msgspec.inspect.type_info(root))
    return found


def test_no_message_has_a_field_that_is_not_on_the_list() -> None:
    assert {name: {field.encode_name for field in info.fields} for name, info in leaving().items()} == MAY_LEAVE


def unlisted(value: Any, info: Any, known: dict[str, msgspec.inspect.StructType], path: str = "") -> list[str]:
    """Where a message that was really sent has something that is not on the list."""
    if isinstance(info, msgspec.inspect.StructType):
        if not isinstance(value, dict):
            return [f"{path}: no {info.cls.__name__}"]
        own = {field.encode_name: field.type for field in known[info.cls.__name__].fields}
        extra = [f"{path}.{name}" for name in value if name not in MAY_LEAVE[info.cls.__name__]]
        return extra + [
            wrong
            for name in value
            if name in own
            for wrong in unlisted(value[name], own[name], known, f"{path}.{name}")
        ]
    if isinstance(info, msgspec.inspect.UnionType) and value is not None:
        return min((unlisted(value, each, known, path) for each in info.types), key=len)
    if isinstance(value, list) and hasattr(info, "item_type"):
        return [
            wrong for n, each in enumerate(value) for wrong in unlisted(each, info.item_type, known, f"{path}[{n}]")
        ]
    if isinstance(value, dict):
        return [
            wrong for name, each in value.items() for wrong in unlisted(each, info.value_type, known, f"{path}.{name}")
        ]
    return []


def test_what_is_really_sent_has_nothing_but_what_is_on_the_list(tmp_path: Path) -> None:
    sent: list[tuple[str, Any]] = []

    async def story(bench: Bench) -> None:
        async def said(kind: str, path: str, message: Any, *, refused: bool = False) -> Any:
            reply = await bench.post(path, message)
            assert (reply.status != 200) == refused, (path, reply.body)
            assert set(reply.headers) <= HEADERS
            sent.append((kind, reply.body))
            return reply.body

        person = wire.CheckedIn(ticket=bench.ticket(), name="李示范", seat="A-01", title="车工", photo="")
        rosters.publish(tmp_path, KEY, 1, [("1", "2", person)])
        ticket = (await said("CheckedIn", "/hall/checkin", {"number": "1", "identity": "2"}))["pass"]
        bench.now = OPENS - 1
        await said("Entry", "/hall/enter", {"pass": ticket})
        await said("Problem", "/hall/key", {"pass": ticket}, refused=True)
        bench.now = OPENS
        entry = await said("Entry", "/hall/enter", {"pass": ticket})
        both = {"pass": ticket, "fence": entry["fence"]}
        key = (await said("Opened", "/hall/key", {"pass": ticket}))["key"]
        assert key == entry["key"]
        sent.append(("Face", {**await _opened(bench, entry)}))
        await said("Saved", "/hall/answer", {**both, "seq": 1, "item": "s1", "keys": ["A"]})
        await said("Saved", "/hall/flag", {**both, "seq": 2, "item": "s1", "on": True})
        many = [{"seq": 3, "item": "m1", "keys": ["A"]}, {"seq": 4, "item": "s9", "keys": ["A"]}]
        await said("SavedAll", "/hall/answers", {**both, "entries": many})
        await said("Noted", "/hall/event", {**both, "kind": "blur"})
        await said("Noted", "/hall/agree", {**both, "to": "rules", "yes": True})
        await said("Standing", "/hall/rest", {**both, "on": False})
        await said("Pulse", "/hall/clock", both)
        await said("HandedIn", "/hall/submit", both)
        again = await said("Entry", "/hall/enter", {"pass": ticket})
        assert set(again["answers"]) <= {item["id"] for item in EVERY_KIND["items"]}
        checking = {"pass": seat_check.sign(ROOM, KEY)}
        await said("Checkable", "/hall/machine", checking)
        await said("SeatSaid", "/hall/seat", {**checking, "number": 1, "found": msgspec.to_builtins(SOUND)})
        clock = await bench.request("GET", "/hall/clock", b"", {"host": "exam.test"})
        sent.append(("Clock", clock.body))

    play(tmp_path, story, face=EVERY_KIND)
    known = leaving()
    assert [wrong for kind, body in sent for wrong in unlisted(body, known[kind], known, kind)] == []
    # The list was tried: every message but those inside others was really sent.
    assert {kind for kind, _body in sent} >= set(known) - {
        "KindLine",
        "Order",
        "Note",
        "NotTaken",
        "Proof",
        "Item",
        "Option",
    }
    # And the walk would have seen a stranger wherever it hid.
    for spoil in ({"answer": ["A"]}, {"standing": {"mark": 1}}, {"kinds": [{"right": 1}]}):
        assert unlisted(spoil, known["Entry"], known) != []


async def _opened(bench: Bench, entry: dict[str, Any]) -> Face:
    items = await bench.opened(entry)
    return {"digest": "", "title": "", "minutes": 1, "kinds": [], "items": items}


@lru_cache(maxsize=1)
def papers() -> tuple[Paper, ...]:
    return tuple(made_up(number) for number in range(PAPERS))


def test_nothing_that_is_sent_carries_information_about_the_right_answers(tmp_path: Path) -> None:
    assert leaks(watched(tmp_path, papers())) == {}


def _changed(change: Callable[[Face, Paper], None]) -> Callable[[Paper], Face]:
    def make(paper: Paper) -> Face:
        shown = published(paper)
        change(shown, paper)
        return shown

    return make


def _is_right(option: dict[str, str], item: Item) -> bool:
    return any(one.text == option["text"] and one.key in item.answer[:1] for one in item.options)


def _longer(shown: Face, paper: Paper) -> None:
    for item, face in zip(paper.items, shown["items"], strict=True):
        for option in face["options"]:
            option["text"] += " " * (8 * (item.kind == "single" and _is_right(option, item)))


def _first(shown: Face, paper: Paper) -> None:
    for item, face in zip(paper.items, shown["items"], strict=True):
        if item.kind == "single":
            face["options"].sort(key=lambda option, item=item: not _is_right(option, item))


def _suffix(shown: Face, paper: Paper) -> None:
    for item, face in zip(paper.items, shown["items"], strict=True):
        right = [n for n, option in enumerate(face["options"]) if _is_right(option, item)] or [0]
        face["id"] += f"{right[0] % 2}" if item.kind != "judgement" else "x" * right[0]


def _stem(shown: Face, paper: Paper) -> None:
    for item, face in zip(paper.items, shown["items"], strict=True):
        right = next((n for n, option in enumerate(face["options"]) if _is_right(option, item)), 0)
        face["stem"] += " " * 100 * right


def _title(shown: Face, paper: Paper) -> None:
    pairs = zip(paper.items, shown["items"], strict=True)
    early = sum(_is_right(option, item) for item, face in pairs for option in face["options"][:2])
    shown["title"] += "　" * 40 * early


@pytest.mark.parametrize(
    ("make", "signs"),
    [
        (
            in_the_authors_keys,
            {f"{kind}: letter" for kind in ("single", "multiple", "ordering", "matching")}
            | {"single: place in the face"},
        ),
        (_changed(_first), {"single: place in the face"}),
        (_changed(_longer), {"single: length"}),
        (_changed(_suffix), {"single: last of id", "judgement: length of id"}),
        (_changed(_stem), {"single: length of item", "judgement: length of item"}),
        (_changed(_title), {"length of sealed", "length of entry"}),
    ],
    ids=["the author's keys", "key first", "longer", "id", "stem", "title"],
)
def test_the_same_search_finds_a_leak_that_was_planted(
    tmp_path: Path, make: Callable[[Paper], Face], signs: set[str]
) -> None:
    # A planted leak shows in a third of the papers already.
    found = leaks(watched(tmp_path, papers()[: PAPERS // 3], make))
    assert {sign: found.get(sign, 0) for sign in signs if found.get(sign, 0) <= 1.2} == {}


def test_an_order_at_the_seat_that_follows_the_key_is_found(tmp_path: Path) -> None:
    def sorted_by_key(paper: Paper, seen: Seen) -> Seen:
        options = dict(seen.order["options"])
        for item, face in zip(paper.items, seen.face["items"], strict=True):
            right = {option["key"]: _is_right(option, item) for option in face["options"]}
            options[face["id"]] = sorted(options[face["id"]], key=lambda key, right=right: not right[key])
        return replace(seen, order=seen.order | {"options": options})

    found = leaks([(paper, sorted_by_key(paper, seen)) for paper, seen in watched(tmp_path, papers()[: PAPERS // 3])])
    assert found["single: place at the seat"] > 1.5


def test_two_papers_that_differ_in_their_keys_alone_are_the_same_to_the_last_bit(tmp_path: Path) -> None:
    paper = made_up(1)
    other = Paper(1, tuple(replace(item, answer=item.answer[::-1] or ("B",)) for item in paper.items))
    third = Paper(1, tuple(replace(item, answer=(), explanation="因为", difficulty=5) for item in paper.items))
    assert published(paper) == published(other) == published(third)
    [(_, one)], [(_, two)] = (watched(tmp_path / name, [each]) for name, each in (("a", paper), ("b", other)))
    assert one == two


def test_a_right_and_a_wrong_answer_get_the_same_reply(tmp_path: Path) -> None:
    paper = made_up(2)

    async def story(bench: Bench) -> None:
        digest = publish(tmp_path, published(paper))
        replies = []
        for sitting, column in ((1, 0), (2, 1)):
            ticket = bench.ticket(sitting, paper=digest)
            fence = (await bench.enter(ticket))["fence"]
            said = []
            for seq, item in enumerate(published(paper)["items"][:9], start=1):
                reply = await bench.answer(ticket, fence, seq, item["id"], item["options"][column]["key"])
                said.append((reply.status, reply.headers, {**reply.body, "receipt": len(reply.body["receipt"])}))
            done = await bench.post("/hall/submit", {"pass": ticket, "fence": fence})
            said.append((done.status, done.headers, done.body["answered"]))
            replies.append(said)
        assert replies[0] == replies[1]

    play(tmp_path, story)
