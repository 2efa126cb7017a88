"""A paper pins versions, marks by them, counts exposure when opened and is gone when destroyed (K9, K13)."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from bank_house import single
from jiangheng.apps.itembank.models import AnswerSheet
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused, WrongRole
from jiangheng.core.exam import marking
from jiangheng.kernel import clock


@pytest.fixture
def bank(house: Any) -> Any:
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    return bank


def revised(house: Any, item: Any, **more: Any) -> Any:
    """A new version of an item in use, reviewed by the usual hands."""
    play = house.play
    play("item.amend", item, by=house.centre, reason="标准修订，参数有变化")
    data = {**single(item.code, point=item.point, stem=f"修订以后的{item.code}号题问的是什么"), **more}
    play("item.revise", item, by=house.writer, data=json.dumps(data))
    for step, by in (
        ("review", house.reviewer), ("second", house.reviewer2), ("stock", house.centre2), ("enact", house.centre),
    ):  # fmt: skip
        item = play(f"item.{step}", item, by=by)
    return item


def test_a_paper_drawn_before_a_revision_marks_by_the_old_version(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank.queries import blueprint_of, paper_items

    paper = house.drawn(bank).papers.get()
    item = bank.items.get(code=paper.codes[0])
    old = item.content
    revised(house, item, answer=["C"])
    items = paper_items(paper)
    assert items[0].answer == ("B",) and items[0].stem == old.stem
    plan = blueprint_of(bank, paper.blueprint)
    marked = marking.mark_paper(items, {each.code: ("B",) for each in items}, plan)
    assert marked.total == Decimal(100)


def test_a_paper_drawn_after_a_revision_marks_by_the_new_one(house: Any) -> None:
    from jiangheng.apps.itembank.queries import paper_items

    bank = house.unified()
    # six items of range B for the six that a paper has of it: each of them is on every paper
    house.stocked(bank, count=12)
    house.planned(bank)
    item = revised(house, bank.items.get(code="S003"), answer=["C"])
    paper = house.drawn(bank).papers.get()
    [found] = [each for each in paper_items(paper) if each.code == "S003"]
    assert found.answer == ("C",) and found.stem == item.content.stem
    assert {code: number for code, number, _digest in paper.items}["S003"] == 2


def test_exposure_counts_rise_at_opening_and_not_at_drawing(house: Any, bank: Any, play: Any) -> None:
    paper = house.drawn(bank).papers.get()
    assert not bank.items.filter(exposure__gt=0).exists()
    paper = play("paper.release", paper, by=SYSTEM)
    assert not bank.items.filter(exposure__gt=0).exists()
    play("paper.open", paper, by=SYSTEM)
    assert set(bank.items.filter(exposure=1).values_list("code", flat=True)) == set(paper.codes)
    assert bank.items.filter(exposure=1).exclude(last_used=None).count() == 10


@pytest.mark.parametrize("step", ("release", "open"))
def test_no_person_opens_a_paper_by_itself(house: Any, bank: Any, play: Any, step: str) -> None:
    paper = house.drawn(bank).papers.get()
    with pytest.raises(WrongRole):
        play(f"paper.{step}", paper, by=house.centre)


def test_a_sealed_paper_does_not_open_without_release(house: Any, bank: Any, play: Any) -> None:
    with pytest.raises(Refused):
        play("paper.open", house.drawn(bank).papers.get(), by=SYSTEM)


def test_a_destroyed_paper_is_not_offered_for_its_batch(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.apps.itembank import queries

    paper = house.drawn(bank, batch=7).papers.get()
    assert queries.papers_of(7) == {"5": [paper]}
    assert queries.ordered(7, "5")
    play("paper.destroy", paper, by=house.centre, reason="保管中封条破损，按规定销毁")
    assert queries.papers_of(7) == {}
    for step in ("paper.release", "paper.open"):
        with pytest.raises(Refused):
            play(step, paper, by=SYSTEM)


def test_when_all_papers_of_a_level_are_destroyed_new_ones_may_be_drawn(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.apps.itembank import queries

    paper = house.drawn(bank, batch=7).papers.get()
    play("paper.destroy", paper, by=house.centre, reason="保管中封条破损，按规定销毁")
    assert not queries.ordered(7, "5")


def test_which_items_stand_on_a_paper_is_sealed_in_the_database_and_on_no_page(house: Any, bank: Any) -> None:
    from django.db import connection

    paper = house.drawn(bank).papers.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT items_text FROM itembank_paper")
        kept = b"".join(bytes(row[0]) for row in cursor.fetchall())
        cursor.execute("SELECT stock_text FROM itembank_draw")
        kept += b"".join(bytes(row[0]) for row in cursor.fetchall())
    text = "".join(
        house.browser("centre").get(address).content.decode()
        for address in (f"/d/paper/{paper.pk}", f"/d/paper/{paper.pk}/trail", f"/d/draw/{paper.draw_id}/trail")
    )
    for code in paper.codes:
        assert code.encode() not in kept and code not in text


@pytest.mark.parametrize("who", ("city", "writer", "reviewer", "keeper", "county"))
def test_a_paper_is_the_centres_alone(house: Any, bank: Any, who: str) -> None:
    paper = house.drawn(bank).papers.get()
    assert house.browser(who).get(f"/d/paper/{paper.pk}").status_code == 404


def test_neighbours_get_different_forms_and_everybody_his_own_when_each_has_one(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank import queries

    forms = queries.papers_of(house.drawn(bank, mode="ab", count=2, batch=8).batch)["5"]
    assert [queries.paper_for(forms, order=0, seat=seat).form for seat in (1, 2, 3)] == ["B", "A", "B"]
    own = queries.papers_of(house.drawn(bank, mode="each", count=4, batch=9).batch)["5"]
    assert len({queries.paper_for(own, order=order, seat=1).pk for order in range(4)}) == 4


def test_an_item_on_many_papers_of_one_draw_is_used_once(house: Any, bank: Any, play: Any) -> None:
    draw = house.drawn(bank, mode="each", count=6)
    for paper in draw.papers.order_by("pk"):
        play("paper.open", play("paper.release", paper, by=SYSTEM), by=SYSTEM)
    on = Counter(code for paper in draw.papers.all() for code in paper.codes)
    assert max(on.values()) > 1
    assert dict(bank.items.filter(code__in=on).values_list("code", "exposure")) == dict.fromkeys(on, 1)


def test_who_sits_again_meets_no_item_of_his_earlier_paper(house: Any, bank: Any, play: Any) -> None:
    first = house.drawn(bank).papers.get()
    person = "a" * 64
    sheet = AnswerSheet(paper=first, bank=bank, session=1, sitting=1, person=person, at=clock.now(), mark=1)
    sheet.answers = {code: {"v": 1, "given": [], "mark": 0, "letters": True} for code in first.codes}
    sheet.save()
    order = {"plan": bank.plans.get(state="enacted").pk, "title": "补考", "mode": "one", "count": 1}
    again = play("draw.commit", under=bank, by=SYSTEM, **order, persons=[person])
    again = play("draw.draw", house.pledged(again), by=SYSTEM)
    assert not set(first.codes) & set(again.papers.get().codes)
    assert {row["code"] for row in again.stock if row["resting"]} == set(first.codes)
