"""Every kind of item through the hall: what is shown, taken, refused, and read back after a restart."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hall_harness import CLOSES, EVERY_KIND, KEY, OPENS, PICTURE, Bench, asking, play

from jiangheng.core.exam.sitting import Terms, begin, fold
from jiangheng.hall.app import hall_app
from jiangheng.hall.books import journal_path, replay
from jiangheng.hall.entries import chain_head
from jiangheng.hall.papers import check, papers_folder, publish

GIVEN: dict[str, tuple[str, ...]] = {
    "s1": ("B",),
    "m1": ("A", "C"),
    "j1": ("B",),
    "f1": ("", "50"),
    "n1": ("1.25×10^1 Ω",),
    "n2": ("-3",),
    "p1": ("A4", "B1", "C1"),
    "o1": ("C", "A", "B", "D"),
    "h1": ("120,88", "4,0"),
    "r1": ("先断电，再验电\n最后挂牌",),
    "k1": ("I = U/R = 2 A",),
    "e1": ("字" * 20_000,),
    "c1.1": ("D",),
    "c1.2": ("接地",),
    "c1.3": ("因为 a < b & c",),
}


def units(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is answered on its own, by id."""
    return {unit["id"]: unit for item in items for unit in item.get("parts", [item])}


def test_every_kind_is_taken_and_stands_the_same_after_a_restart(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        entry = await bench.enter(ticket)
        assert set(units(entry["items"])) == set(GIVEN)
        for seq, (item, keys) in enumerate(GIVEN.items(), start=1):
            saved = await bench.answer(ticket, entry["fence"], seq, item, *keys)
            assert saved.status == 200, (item, saved.body)
        bench.hall.close()
        bench.open()
        again = await bench.enter(ticket)
        assert {item: tuple(keys) for item, keys in again["answers"].items()} == GIVEN
        written = replay(journal_path(tmp_path), 7)
        assert chain_head(7, written) == written[-1].receipt
        assert dict(fold(begin(Terms(opens=OPENS, closes=CLOSES)), [line.event for line in written]).answers) == GIVEN
        done = await bench.post("/hall/submit", {"pass": ticket, "fence": again["fence"]})
        assert (done.body["answered"], done.body["total"]) == (15, 15)

    play(tmp_path, story, face=EVERY_KIND)


@pytest.mark.parametrize(
    ("item", "keys", "code"),
    [
        ("f1", ["220"], "unfit"),
        ("f1", ["x" * 201, ""], "too_long"),
        ("n1", ["1", "2"], "unfit"),
        ("n1", ["1" * 41], "too_long"),
        ("p1", ["A5"], "unknown_option"),
        ("p1", ["A1", "A2"], "unfit"),
        ("o1", ["A", "A"], "unknown_option"),
        ("h1", ["1.5,2"], "unfit"),
        ("h1", ["10001,2"], "unfit"),
        ("e1", ["字" * 20_001], "too_long"),
        ("r1", ["一\x00二"], "unfit"),
        ("c1", ["A"], "foreign_item"),
        ("c1.1", ["E"], "unknown_option"),
        ("c1.4", ["A"], "foreign_item"),
    ],
)
def test_what_a_kind_does_not_take_is_refused_with_its_reason(
    tmp_path: Path, item: str, keys: list[str], code: str
) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        refused = await bench.answer(ticket, fence, 1, item, *keys)
        assert (refused.status, refused.body["code"]) == (422, code)
        assert "请" in refused.body["reason"]
        assert (await bench.enter(ticket))["answers"] == {}

    play(tmp_path, story, face=EVERY_KIND)


def test_more_tokens_than_any_kind_has_and_broken_characters_are_no_message(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        many = await bench.answer(ticket, fence, 1, "h1", *(f"{n},1" for n in range(21)))
        assert (many.status, many.body["code"]) == (400, "malformed")
        message = {"pass": ticket, "fence": fence, "seq": 1, "item": "e1", "keys": ["\ud83d"]}
        half = await bench.post("/hall/answer", json.dumps(message).encode())
        assert (half.status, half.body["code"]) == (400, "malformed")
        assert (await bench.answer(ticket, fence, 1, "e1", "😀" * 10_000)).status == 200

    play(tmp_path, story, face=EVERY_KIND)


def test_each_kind_shows_its_own_fields_and_no_others(tmp_path: Path) -> None:
    plain = {"id", "kind", "stem", "options"}
    own = {"f1": {"blanks"}, "n1": {"unit"}, "p1": {"targets"}, "h1": {"picture"}, "c1": {"parts"}}

    async def story(bench: Bench) -> None:
        entry = await bench.enter(bench.ticket())
        shown = {item["id"]: item for item in entry["items"]}
        assert {id: set(item) - plain for id, item in shown.items()} == {id: own.get(id, set()) for id in shown}
        assert [part["id"] for part in shown["c1"]["parts"]] == ["c1.1", "c1.2", "c1.3"]
        assert (shown["h1"]["picture"], shown["n1"]["unit"], shown["f1"]["blanks"]) == (PICTURE, "Ω", 2)

    play(tmp_path, story, face=EVERY_KIND)


def test_targets_and_steps_stand_differently_at_each_seat_and_hold_the_same_things(tmp_path: Path) -> None:
    def column(entry: dict[str, Any], item: str, name: str) -> list[tuple[str, str]]:
        return [(one["key"], one["text"]) for one in units(entry["items"])[item][name]]

    async def story(bench: Bench) -> None:
        entries = [await bench.enter(bench.ticket(number, seed=f"{number:016x}")) for number in range(8)]
        for item, name in (("p1", "targets"), ("o1", "options"), ("c1.1", "options")):
            orders = [column(entry, item, name) for entry in entries]
            assert len({tuple(order) for order in orders}) > 1, item
            assert len({tuple(sorted(order)) for order in orders}) == 1, item
        assert len({tuple(column(entry, "p1", "options")) for entry in entries}) == 1

    play(tmp_path, story, face=EVERY_KIND)


def test_a_paper_published_before_the_new_kinds_keeps_its_digest(tmp_path: Path) -> None:
    face = {"title": "t", "minutes": 1, "kinds": [], "items": [asking("s1", "single", "ABC")]}
    assert publish(tmp_path, face) == check(face) == "707080ce1692932b18d8d092e3d259df9b87a5d5d39a03483d1b1884791bc1ce"


def test_a_page_that_comes_before_the_paper_is_unsealed_hears_when_to_try_again(tmp_path: Path) -> None:
    async def story() -> None:
        bench = Bench(tmp_path, EVERY_KIND)
        (papers_folder(tmp_path) / f"{bench.digest}.json").unlink()
        early = await bench.post("/hall/enter", {"pass": bench.ticket()})
        assert (early.status, early.body["code"], early.headers["retry-after"]) == (503, "no_paper", "5")
        assert "还没有启封" in early.body["reason"]
        assert replay(journal_path(tmp_path), 7) == []
        publish(tmp_path, EVERY_KIND)
        assert (await bench.enter(bench.ticket()))["fence"] >> 32 == 1
        bench.hall.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("item", "spoil"),
    [
        ("f1", lambda face: face.update(blanks=3)),
        ("f1", lambda face: face.pop("blanks")),
        ("f1", lambda face: face.update(options=[{"key": "A", "text": "x"}])),
        ("n1", lambda face: face.update(tolerance="0.5")),
        ("p1", lambda face: face.update(targets=[])),
        ("p1", lambda face: face["targets"].append(face["targets"][0])),
        ("o1", lambda face: face["options"].clear()),
        ("h1", lambda face: face.update(picture="ab" * 32)),
        ("h1", lambda face: face.update(picture="https://elsewhere.test/a.png")),
        ("h1", lambda face: face.update(picture="//elsewhere.test/a.png")),
        ("h1", lambda face: face.update(areas=[])),
        ("e1", lambda face: face.update(reference="x")),
        ("s1", lambda face: face.update(id="c1")),
        ("s1", lambda face: face.update(id="c1.2")),
        ("c1", lambda face: face.update(parts=[])),
        ("c1", lambda face: face["parts"][1].update(id="c1.3")),
        ("c1", lambda face: face["parts"].append(asking("c1.4", "case", parts=[asking("c1.4.1", "essay")]))),
        ("c1", lambda face: face["parts"][0].update(answer=["A"])),
    ],
)
def test_a_face_that_tells_more_or_could_not_be_answered_is_not_published(
    tmp_path: Path, item: str, spoil: Callable[[dict[str, Any]], None]
) -> None:
    face = copy.deepcopy(EVERY_KIND)
    spoil(next(one for one in face["items"] if one["id"] == item))
    with pytest.raises(ValueError, match="试"):
        publish(tmp_path, face)
    assert not papers_folder(tmp_path).exists()


def test_a_hall_that_was_closed_between_two_answers_goes_on_with_the_open_page(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        ticket = bench.ticket()
        fence = (await bench.enter(ticket))["fence"]
        first = await bench.answer(ticket, fence, 1, "e1", "一")
        bench.hall.close()
        bench.hall = hall_app(tmp_path, KEY, lambda: bench.now)
        assert (await bench.answer(ticket, fence, 1, "e1", "一")).body == first.body
        changed = await bench.answer(ticket, fence, 1, "e1", "二")
        assert (changed.status, changed.body["code"]) == (409, "seq_conflict")
        assert (await bench.answer(ticket, fence, 2, "e1", "")).status == 200
        assert (await bench.enter(ticket))["answers"] == {}

    play(tmp_path, story, face=EVERY_KIND)
