"""A draw is bound before its seed exists, seeded by two persons and checked by anybody again (K9)."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from typing import Any

import pytest

from bank_house import BASE_PLAN, single
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.exam.draw import verify_draw
from kept import kept


@pytest.fixture
@kept
def bank(house: Any) -> Any:
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    return bank


def papers(draw: Any) -> list[list[str]]:
    return [paper.codes for paper in draw.papers.order_by("pk")]


def checked(draw: Any) -> list[str]:
    from jiangheng.apps.itembank.queries import draw_record

    return verify_draw(draw_record(draw))


def test_the_commitment_stands_in_the_trail_before_any_share_or_seed(house: Any, bank: Any) -> None:
    from jiangheng.kernel import trail

    draw = house.committed(bank)
    assert len(draw.commitment) == 64 and not draw.seed and not draw.pledges.exists()
    draw = house.play("draw.draw", house.pledged(draw), by=SYSTEM)
    places = [trail.place("draw", draw.pk, step) for step in ("commit", "pledge", "second", "draw")]
    assert places == sorted(places) and draw.seed
    size = int(draw.checkpoint.splitlines()[1])
    assert places[2] < size <= places[3]


def test_one_person_cannot_give_both_shares(house: Any, bank: Any, play: Any) -> None:
    draw = play("draw.pledge", house.committed(bank), by=house.centre, words="1")
    with pytest.raises(Refused) as no:
        play("draw.second", draw, by=house.centre, words="2")
    assert "另一人" in str(no.value.refusals[0].reason)
    with pytest.raises(Refused):
        play("draw.pledge", draw, by=house.centre, words="3")
    assert draw.pledges.count() == 1


@pytest.mark.parametrize("who", ("writer", "reviewer", "admin", "manager", "keeper", "county"))
def test_only_officials_give_shares(house: Any, bank: Any, play: Any, city: Any, who: str) -> None:
    with pytest.raises((WrongRole, OutOfReach)):
        play("draw.pledge", house.committed(bank), by=city.actor(who), words="1")


def test_nothing_is_composed_before_the_second_share(house: Any, bank: Any, play: Any) -> None:
    draw = play("draw.pledge", house.committed(bank), by=house.centre, words="1")
    with pytest.raises(Refused):
        play("draw.draw", draw, by=SYSTEM)
    assert not bank.papers.exists()


def test_each_share_changes_the_seed(house: Any, bank: Any) -> None:
    seeds = set()
    for shares in (("1", "2"), ("1", "3"), ("4", "2")):
        seeds.add(house.play("draw.draw", house.pledged(house.committed(bank), words=shares), by=SYSTEM).seed)
    assert len(seeds) == 3


def test_shares_are_sealed_in_the_database_and_only_their_digests_are_in_the_trail(house: Any, bank: Any) -> None:
    from django.db import connection

    from jiangheng.kernel.models import Entry

    draw = house.pledged(house.committed(bank))
    shares = [each.share_text for each in draw.pledges.all()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT share_text FROM itembank_pledge")
        kept = b"".join(bytes(row[0]) for row in cursor.fetchall())
    said = json.dumps([entry.evidence for entry in Entry.objects.filter(flow="draw")])
    assert all(share.encode() not in kept and bytes.fromhex(share) not in kept for share in shares)
    assert all(share not in said for share in shares) and "31415" not in said
    assert all(each.digest in said for each in draw.pledges.all())


@pytest.mark.parametrize(("mode", "count"), [("one", 1), ("ab", 2), ("library", 3), ("each", 5)])
def test_a_mode_gives_as_many_papers_as_it_says_and_every_draw_can_be_checked(
    house: Any, bank: Any, mode: str, count: int
) -> None:
    draw = house.drawn(bank, mode=mode, count=count)
    forms = papers(draw)
    assert len(forms) == count
    assert all(len(form) == len(set(form)) == 10 for form in forms)
    if mode in ("ab", "library"):
        used = Counter(code for form in forms for code in form)
        assert set(used.values()) == {1}
    if mode == "each":
        assert len({tuple(sorted(form)) for form in forms}) == count
    assert len({paper.form for paper in draw.papers.all()}) == count
    assert checked(draw) == []


def test_a_paper_follows_the_plans_ranges(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank.queries import paper_items

    items = paper_items(house.drawn(bank).papers.get())
    assert Counter(item.range_code for item in items) == {"A": 4, "B": 6}


TAMPERED = {
    "bank": lambda record: "0" * 64,
    "plan_digest": lambda record: "0" * 64,
    "mode": lambda record: "each",
    "forms": lambda record: record.forms + 1,
    "commitment": lambda record: "0" * 64,
    "commitment_leaf": lambda record: 10**6,
    "share_leaves": lambda record: (record.share_leaves[0], 10**6),
    "share_commitments": lambda record: (record.share_commitments[0], "0" * 64),
    "shares": lambda record: (record.shares[0], bytes(32)),
    "checkpoint": lambda record: record.checkpoint.replace(b"\n", b"\n1", 1),
    "seed": lambda record: bytes(32),
    "papers": lambda record: (tuple(reversed(record.papers[0])), *record.papers[1:]),
    "stock": lambda record: record.stock[1:],
    "plan": lambda record: dataclasses.replace(record.plan, kinds=record.plan.kinds[:0]),
}


@pytest.mark.parametrize("field", sorted(TAMPERED))
def test_a_record_that_was_tampered_with_does_not_verify(house: Any, bank: Any, field: str) -> None:
    from jiangheng.apps.itembank.queries import draw_record

    record = draw_record(house.drawn(bank, mode="ab", count=2))
    assert verify_draw(record) == []
    assert verify_draw(dataclasses.replace(record, **{field: TAMPERED[field](record)}))


def test_every_field_of_a_record_is_covered_by_a_tampering() -> None:
    from jiangheng.core.exam.draw import DrawRecord

    assert {field.name for field in dataclasses.fields(DrawRecord)} == set(TAMPERED)


def test_items_added_after_the_commitment_do_not_come_onto_its_papers(house: Any, bank: Any) -> None:
    draw = house.committed(bank)
    for number in range(900, 903):
        house.live(bank, single(f"N{number}", point="A-001"))
    draw = house.play("draw.draw", house.pledged(draw), by=SYSTEM)
    assert not any(code.startswith("N") for form in papers(draw) for code in form)
    assert checked(draw) == []


def test_the_seed_is_settled_with_the_second_share_and_no_later_moment_gives_another(
    house: Any, bank: Any, play: Any
) -> None:
    from jiangheng.apps.itembank.queries import seed_of
    from jiangheng.kernel import trail

    draw = house.pledged(house.committed(bank))
    checkpoint, seed = seed_of(draw)
    assert checkpoint.splitlines()[1] == str(trail.place("draw", draw.pk, "second") + 1)
    # whatever happens before it is composed, or however often that is tried
    play("item.rest", bank.items.first(), by=house.centre, reason="例行轮休一段时间")
    draw = play("draw.draw", draw, by=SYSTEM)
    assert (draw.checkpoint, draw.seed) == (checkpoint, seed.hex())


def unlucky(monkeypatch: pytest.MonkeyPatch, seed: bytes) -> list[bytes]:
    """An assembler that finds nothing from this one seed; the seeds it was asked with."""
    from jiangheng.core.exam import parallel
    from jiangheng.core.exam.sufficiency import Impossible, Lack, Report

    asked: list[bytes] = []
    true = parallel.assemble

    def assemble(stock: Any, plan: Any, **more: Any) -> Any:
        asked.append(more["seed"])
        if more["seed"] == seed:
            raise Impossible(Report(1, 40, (), (), (Lack("search", "search", 1, 0, "没有找到组法"),)), proven=False)
        return true(stock, plan, **more)

    monkeypatch.setattr(parallel, "assemble", assemble)
    return asked


def test_a_draw_fails_for_its_own_seed_and_says_that_another_may_do(
    house: Any, bank: Any, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jiangheng.apps.itembank.queries import seed_of

    draw = house.pledged(house.committed(bank))
    seed = seed_of(draw)[1]
    asked = unlucky(monkeypatch, seed)
    with pytest.raises(Refused):
        play("draw.draw", draw, by=SYSTEM)
    draw = play("draw.fail", draw, by=SYSTEM)
    assert set(asked) == {seed} and draw.seed == seed.hex() and draw.checkpoint
    assert draw.record["impossible"] == ["没有找到组法", "以上是按本次种子组卷的结果，重新承诺、换种子后可能组得出"]


def test_a_seed_that_serves_is_not_recorded_as_failed_though_the_commitment_itself_would_fail(
    house: Any, bank: Any, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = house.pledged(house.committed(bank))
    unlucky(monkeypatch, bytes.fromhex(draw.commitment))
    with pytest.raises(Refused, match="能够组出"):
        play("draw.fail", draw, by=SYSTEM)
    assert play("draw.draw", draw, by=SYSTEM).state == "drawn"


def test_items_rested_after_the_commitment_do_not_change_its_papers(house: Any, bank: Any, play: Any) -> None:
    draw = house.committed(bank)
    for item in bank.items.order_by("code")[:25]:
        play("item.rest", item, by=house.centre, reason="例行轮休一段时间")
    draw = house.play("draw.draw", house.pledged(draw), by=SYSTEM)
    assert draw.state == "drawn" and checked(draw) == []


def test_a_paper_has_the_versions_of_its_commitment_not_a_draft_written_since(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.apps.itembank.queries import paper_items

    draw = house.committed(bank)
    before = {item.code: item.content for item in bank.items.all()}
    for item in bank.items.all():
        play("item.amend", item, by=house.centre, reason="标准修订，参数有变化")
        fresh = single(item.code, point=item.point, stem=f"修订后尚未审过的{item.code}号题干是什么")
        play("item.revise", item, by=house.writer, data=json.dumps(fresh))
    draw = house.play("draw.draw", house.pledged(draw), by=SYSTEM)
    assert [item.stem for item in paper_items(draw.papers.get())] == [
        before[code].stem for code in draw.papers.get().codes
    ]


def test_what_cannot_be_composed_fails_with_reasons_and_the_centre_is_told(house: Any, bank: Any, play: Any) -> None:
    draw = house.pledged(house.committed(bank, mode="ab", count=9))
    with pytest.raises(Refused) as no:
        play("draw.draw", draw, by=SYSTEM)
    assert no.value.refusals[0].clause == "K9"
    draw = play("draw.fail", draw, by=SYSTEM)
    assert draw.state == "failed" and draw.record["impossible"]
    assert "记录未能组卷" in house.browser("centre").get("/inbox").content.decode()
    assert draw.record["impossible"][0][:6] in house.browser("centre").get(f"/d/draw/{draw.pk}").content.decode()
    assert not bank.papers.exists()


def test_what_can_be_composed_may_not_be_recorded_as_failed(house: Any, bank: Any, play: Any) -> None:
    with pytest.raises(Refused):
        play("draw.fail", house.pledged(house.committed(bank)), by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_the_second_share_composes_at_once_and_an_impossible_draw_fails_at_once(house: Any) -> None:
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    good, bad = house.pledged(house.committed(bank)), house.pledged(house.committed(bank, mode="ab", count=9))
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("drawn", "failed")


def test_a_draw_by_an_enterprise_from_its_own_bank_is_its_own_affair(house: Any, play: Any) -> None:
    own = house.own()
    house.stocked(own)
    house.planned(own)
    draw = house.committed(own)
    with pytest.raises(OutOfReach):
        play("draw.pledge", draw, by=house.centre, words="1")
    draw = house.play("draw.draw", house.pledged(draw), by=SYSTEM)
    assert draw.state == "drawn" and draw.papers.get().owner == house.enterprise.scope
    assert house.browser("city").get(f"/d/draw/{draw.pk}").status_code == 404


def test_a_plan_of_another_bank_draws_nothing(house: Any, bank: Any, play: Any) -> None:
    own = house.own()
    house.stocked(own)
    house.planned(own)
    with pytest.raises(Refused):
        play("draw.commit", under=bank, by=house.centre, plan=own.plans.get().pk, title="七月五级", mode="one", count=1)
    assert BASE_PLAN["minutes"] == bank.plans.get().content["minutes"]
