"""Where everybody has a paper of his own, only his own goes without what he has had before (K9, K13)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from jiangheng.apps.itembank import queries
from jiangheng.apps.itembank.models import AnswerSheet
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.core.exam.draw import verify_draw
from jiangheng.kernel import clock
from jiangheng.kernel.models import Entry

PEOPLE = [letter * 64 for letter in "abcd"]


@pytest.fixture
def bank(house: Any) -> Any:
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    return bank


def had(bank: Any, paper: Any, codes: list[str], *, person: str, sitting: int) -> None:
    """Somebody has had these items on an earlier paper."""
    sheet = AnswerSheet(
        paper=paper, bank=bank, session=1, sitting=sitting, person=person, at=clock.now(), mark=1
    )  # fmt: skip
    sheet.answers = {code: {"v": 1, "given": [], "mark": 0, "letters": True} for code in codes}
    sheet.save()


def codes_of(bank: Any, part: slice) -> list[str]:
    return list(bank.items.order_by("code").values_list("code", flat=True))[part]


def committed(house: Any, bank: Any, *, mode: str = "each", people: list[str] | None = None, count: int = 4) -> Any:
    given = {"plan": bank.plans.get(state="enacted").pk, "title": "补考", "mode": mode, "count": count}
    persons = PEOPLE if people is None else people
    return house.play("draw.commit", under=bank, by=SYSTEM, batch=7, persons=persons, **given)


def drawn(house: Any, bank: Any, **more: Any) -> Any:
    return house.play("draw.draw", house.pledged(committed(house, bank, **more)), by=SYSTEM)


def test_nobody_meets_an_item_he_has_had_and_others_may(house: Any, bank: Any) -> None:
    first = house.drawn(bank).papers.get()
    # two of four have had half of the bank each, together all of it: a rest for everybody would leave nothing
    had(bank, first, codes_of(bank, slice(0, 20)), person=PEOPLE[1], sitting=1)
    had(bank, first, codes_of(bank, slice(20, 40)), person=PEOPLE[2], sitting=2)
    draw = drawn(house, bank)
    assert not any(row["resting"] for row in draw.stock)
    papers = {paper.person: paper for paper in draw.papers.all()}
    assert sorted(papers) == PEOPLE
    assert set(papers[PEOPLE[1]].codes) <= set(codes_of(bank, slice(20, 40)))
    assert set(papers[PEOPLE[2]].codes) <= set(codes_of(bank, slice(0, 20)))
    both = set(papers[PEOPLE[0]].codes) | set(papers[PEOPLE[3]].codes)
    assert both & set(codes_of(bank, slice(0, 20))) and both & set(codes_of(bank, slice(20, 40)))


def test_such_a_draw_is_made_again_and_checked_by_anybody(house: Any, bank: Any) -> None:
    first = house.drawn(bank).papers.get()
    had(bank, first, first.codes, person=PEOPLE[3], sitting=1)
    draw = drawn(house, bank)
    assert verify_draw(queries.draw_record(draw)) == []
    page = house.browser("centre").get(f"/d/draw/{draw.pk}/check")
    assert page.status_code == 200 and "逐题相同" in page.content.decode()


@pytest.mark.parametrize(("mode", "count"), [("one", 1), ("ab", 2), ("library", 2)])
def test_on_a_shared_paper_nobody_gets_what_one_of_them_has_had(house: Any, bank: Any, mode: str, count: int) -> None:
    first = house.drawn(bank).papers.get()
    had(bank, first, first.codes, person=PEOPLE[2], sitting=1)
    draw = drawn(house, bank, mode=mode, count=count)
    assert {row["code"] for row in draw.stock if row["resting"]} == set(first.codes)
    assert all(paper.person == "" and not set(paper.codes) & set(first.codes) for paper in draw.papers.all())
    assert draw.people == []


def test_papers_that_are_not_as_many_as_people_are_nobodys_own(house: Any, bank: Any) -> None:
    first = house.drawn(bank).papers.get()
    had(bank, first, first.codes, person=PEOPLE[0], sitting=1)
    draw = drawn(house, bank, people=PEOPLE[:2], count=3)
    assert all(paper.person == "" and not set(paper.codes) & set(first.codes) for paper in draw.papers.all())


def test_everybody_gets_the_paper_made_for_him_wherever_he_stands_in_the_order(house: Any, bank: Any) -> None:
    papers = queries.papers_of(drawn(house, bank).batch)["5"]
    for order, person in enumerate(reversed(PEOPLE)):
        assert queries.paper_for(papers, order=order, seat=1, person=person).person == person
    # somebody nobody knew of when papers were drawn gets one by his place, as where papers are nobody's own
    assert queries.paper_for(papers, order=2, seat=1, person="f" * 64) == papers[2]


def test_when_it_is_drawn_again_the_latest_of_his_papers_is_his(house: Any, bank: Any) -> None:
    drawn(house, bank)
    again = drawn(house, bank)
    papers = queries.papers_of(again.batch)["5"]
    assert len(papers) == 8
    assert queries.paper_for(papers, order=0, seat=1, person=PEOPLE[3]).draw_id == again.pk


def test_a_candidate_who_cannot_be_served_is_named_by_his_place(house: Any, bank: Any) -> None:
    first = house.drawn(bank).papers.get()
    had(bank, first, codes_of(bank, slice(0, 35)), person=PEOPLE[2], sitting=1)
    draw = house.pledged(committed(house, bank))
    with pytest.raises(Refused):
        house.play("draw.draw", draw, by=SYSTEM)
    draw = house.play("draw.fail", draw, by=SYSTEM)
    [words] = draw.record["impossible"]
    assert words.startswith("第 3 卷：考生做过其中 35 题，避开以后余下 5 题，组不出一份卷")


def test_whose_a_paper_is_stands_sealed_with_the_draw_and_in_no_leaf_of_the_trail(house: Any, bank: Any) -> None:
    draw = drawn(house, bank)
    assert draw.people == PEOPLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_text FROM itembank_draw")
        kept = b"".join(bytes(row[0]) for row in cursor.fetchall())
    said = json.dumps([entry.evidence for entry in Entry.objects.filter(flow__in=("draw", "paper"))])
    assert all(person.encode() not in kept and person not in said for person in PEOPLE)
