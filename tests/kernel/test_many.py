"""Many at once: all or none, the leaves of single performances, and refused where things must go one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bank_house import BankHouse, single
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.exam.item_data import to_data
from jiangheng.core.steps import FLOWS, FOLLOWERS, step_of
from jiangheng.kernel import trail
from jiangheng.kernel.models import Entry
from jiangheng.kernel.perform import create_many, perform, perform_many
from kept import kept


@pytest.fixture
@kept
def house(play: Any, city: Any) -> BankHouse:
    return BankHouse(play, city)


@pytest.fixture
def bank(house: BankHouse) -> Any:
    return house.unified()


def each(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"data": single(f"T{number:03d}", **more)} for number in range(1, count + 1)]


def said(entry: Any) -> dict[str, Any]:
    """A leaf without what differs between any two acts."""
    body = json.loads(bytes(entry.body))
    for name in ("at", "correlation", "thing"):
        body.pop(name)
    body["evidence"] = sorted(body["evidence"])
    return {**body, "kept": sorted(entry.evidence), "actor_name": entry.actor_name, "clause": entry.clause}


def test_many_are_made_with_the_leaves_of_single_ones(house: BankHouse, bank: Any) -> None:
    [one, *_] = create_many(step_of("item.write"), under=bank, actor=house.writer, each=each(3))
    alone = house.write(bank, single("T900"))
    leaves = [Entry.objects.get(step="item.write", thing=thing.pk) for thing in (one, alone)]
    assert said(leaves[0]) == said(leaves[1])
    assert (one.state, one.scope, one.owner, one.version) == (alone.state, alone.scope, alone.owner, alone.version)
    assert leaves[0].digest and len(leaves[0].salt) == 32


def test_many_that_are_made_share_one_act_and_each_has_its_own_salt(house: BankHouse, bank: Any) -> None:
    made = create_many(step_of("item.write"), under=bank, actor=house.writer, each=each(4))
    rows = Entry.objects.filter(step="item.write")
    assert sorted(rows.values_list("thing", flat=True)) == sorted(thing.pk for thing in made)
    assert len(set(rows.values_list("correlation", flat=True))) == 1
    assert len(set(rows.values_list("salt", flat=True))) == 4


def test_one_bad_among_many_leaves_none(house: BankHouse, bank: Any) -> None:
    rows = each(4)
    rows[2]["data"]["point"] = "Z-001"
    with pytest.raises(Refused):
        create_many(step_of("item.write"), under=bank, actor=house.writer, each=rows)
    assert not bank.items.exists() and not Entry.objects.filter(flow="item").exists()


def test_making_many_asks_reach_and_role_like_making_one(house: BankHouse, bank: Any) -> None:
    with pytest.raises(OutOfReach):
        create_many(step_of("item.write"), under=bank, actor=house.own_writer, each=each(1))
    with pytest.raises(WrongRole):
        create_many(step_of("item.write"), under=bank, actor=house.reviewer, each=each(1))


def test_no_step_that_waits_tells_is_followed_or_makes_a_place_is_done_in_bulk(house: BankHouse, bank: Any) -> None:
    refused = 0
    for flow in FLOWS.values():
        for step in flow.steps.values():
            if step.tells or step.code in FOLLOWERS or step.due:
                refused += 1
                with pytest.raises(ValueError, match="bulk"):
                    (create_many(step, under=bank, actor=house.writer, each=[]) if step.creates
                     else perform_many(step, [], actor=house.writer))  # fmt: skip
    assert refused > 20
    with pytest.raises(ValueError, match="bulk"):
        create_many(step_of("bank.found"), under=house.region, actor=house.centre, each=[])


def test_how_many_are_ready_is_told_as_it_goes(house: BankHouse, bank: Any) -> None:
    heard: list[int] = []
    create_many(step_of("item.write"), under=bank, actor=house.writer, each=each(5), done=heard.append)
    assert heard == [1, 2, 3, 4, 5]


@pytest.fixture
def drafts(house: BankHouse, bank: Any) -> list[int]:
    return [thing.pk for thing in create_many(step_of("item.write"), under=bank, actor=house.writer, each=each(6))]


def test_many_are_moved_with_the_leaves_of_single_performances(house: BankHouse, drafts: list[int]) -> None:
    perform(step_of("item.review"), drafts[0], actor=house.reviewer)
    moved = perform_many(step_of("item.review"), drafts[1:], actor=house.reviewer)
    leaves = [Entry.objects.get(step="item.review", thing=pk) for pk in drafts[:2]]
    one, other = (said(leaf) for leaf in leaves)
    assert one == other
    fresh = [type(thing).everywhere.get(pk=thing.pk) for thing in moved]
    assert {(row.state, row.version) for row in fresh} == {("reviewed", 1)}
    assert [(thing.pk, thing.state, thing.version) for thing in moved] == [(pk, "reviewed", 1) for pk in drafts[1:]]


def test_one_that_may_not_be_moved_keeps_all_where_they_are_and_its_reason_is_told(
    house: BankHouse, bank: Any, drafts: list[int]
) -> None:
    perform(step_of("item.review"), drafts[3], actor=house.reviewer)
    with pytest.raises(Refused) as no:
        perform_many(step_of("item.review"), drafts, actor=house.reviewer2)
    assert len(no.value.refusals) == 1 and "初审通过" in str(no.value.refusals[0].reason)
    assert bank.items.filter(state="draft").count() == 5
    assert Entry.objects.filter(step="item.review").count() == 1


def test_four_eyes_hold_for_many_as_for_one(house: BankHouse, bank: Any, drafts: list[int]) -> None:
    perform(step_of("item.review"), drafts[0], actor=house.reviewer)
    perform_many(step_of("item.review"), drafts[1:], actor=house.reviewer2)
    with pytest.raises(Refused) as no:
        perform_many(step_of("item.second"), drafts, actor=house.reviewer)
    assert len(no.value.refusals) == 1 and "另一人" in str(no.value.refusals[0].reason)
    assert bank.items.filter(state="reviewed").count() == 6


def test_something_out_of_reach_among_many_stops_all(house: BankHouse, bank: Any, drafts: list[int]) -> None:
    own = house.write(house.own(), single("T001"), by=house.own_writer)
    with pytest.raises(OutOfReach):
        perform_many(step_of("item.review"), [*drafts, own.pk], actor=house.reviewer)
    with pytest.raises(WrongRole):
        perform_many(step_of("item.review"), drafts, actor=house.writer)
    assert bank.items.filter(state="draft").count() == 6


def test_a_rule_holds_for_many_as_for_one(house: BankHouse, bank: Any, drafts: list[int]) -> None:
    from jiangheng.apps.itembank.models import Item

    first = Item.everywhere.get(pk=drafts[0])
    twin = house.write(bank, {**to_data(first.content), "code": "T999"})
    with pytest.raises(Refused) as no:
        perform_many(step_of("item.review"), [*drafts, twin.pk], actor=house.reviewer)
    assert first.code in str(no.value.refusals[0].reason)
    assert not bank.items.filter(state="reviewed").exists()


def test_what_a_step_changes_besides_the_state_is_written_for_many_too(house: BankHouse, bank: Any) -> None:
    rows = house.stocked(bank, count=5)
    bank.items.update(state="resting", exposure=6)
    perform_many(step_of("item.wake"), [row.pk for row in rows], actor=house.centre)
    assert set(bank.items.values_list("state", "exposure", "version")) == {("live", 0, 1)}


def test_moving_more_asks_hardly_more(house: BankHouse, bank: Any) -> None:
    house.stocked(bank, count=300)
    bank.items.update(state="stock")
    pks = list(bank.items.order_by("pk").values_list("pk", flat=True))
    counts = []
    for some in (pks[:10], pks[10:]):
        with CaptureQueriesContext(connection) as asked:
            perform_many(step_of("item.enact"), some, actor=house.centre)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 5, counts


def test_who_did_a_step_on_many_is_who_did_it_on_each(house: BankHouse, drafts: list[int]) -> None:
    perform_many(step_of("item.review"), drafts[:3], actor=house.reviewer)
    for actor in (house.writer, house.reviewer):
        found = trail.did_of(actor.id, "item", drafts, ("write", "review", "second"))
        for pk in drafts:
            for step in ("write", "review", "second"):
                assert ((pk, step) in found) == trail.did(actor.id, "item", pk, step)


def test_a_checkpoint_covers_every_leaf_and_changes_with_the_next(house: BankHouse, drafts: list[int]) -> None:
    first = trail.checkpoint()
    origin, count, root = first.splitlines()
    assert (origin, int(count)) == (trail.ORIGIN, Entry.objects.count())
    assert trail.checkpoint() == first
    perform(step_of("item.review"), drafts[0], actor=house.reviewer)
    again = trail.checkpoint().splitlines()
    assert int(again[1]) == int(count) + 1 and again[2] != root


def test_a_leafs_place_is_its_number_in_the_trail(house: BankHouse, drafts: list[int]) -> None:
    perform(step_of("item.review"), drafts[0], actor=house.reviewer)
    assert trail.place("item", drafts[0], "review") == Entry.objects.count() - 1
    with pytest.raises(LookupError):
        trail.place("item", drafts[0], "second")


def test_shredding_an_entry_leaves_the_checkpoint_as_it_was(house: BankHouse, drafts: list[int]) -> None:
    before = trail.checkpoint()
    trail.shred(Entry.objects.filter(flow="item").first())
    assert trail.checkpoint() == before
