"""An institution offers items to the unified bank; adopted they go the way of all items and earn credit (K8)."""

from __future__ import annotations

from typing import Any

import pytest

from bank_house import sent, single, toml
from jiangheng.core.errors import OutOfReach, Refused
from jiangheng.kernel.models import Attachment


@pytest.fixture
def bank(house: Any) -> Any:
    return house.unified()


def offer(house: Any, bank: Any, *, first: int = 1, count: int = 3) -> Any:
    file = toml([single(f"C{number:03d}") for number in range(first, first + count)])
    return house.play(
        "contribution.offer", under=house.enterprise, by=house.manager, bank=str(bank.pk), note="安全类试题",
        files=sent(file),
    )  # fmt: skip


def test_a_manager_offers_items_for_a_bank_he_cannot_read(house: Any, bank: Any) -> None:
    made = offer(house, bank)
    assert (made.state, made.rows, made.scope) == ("offered", 3, house.enterprise.scope)
    client = house.browser("manager")
    assert client.get(f"/d/contribution/{made.pk}").status_code == 200
    assert client.get(f"/d/bank/{bank.pk}").status_code == 404
    assert client.get("/api/item/").json().get("count", 0) == 0


def test_an_offer_goes_to_an_open_unified_bank_only(house: Any, bank: Any, play: Any) -> None:
    own = house.own()
    with pytest.raises(Refused) as no:
        offer(house, own)
    assert no.value.refusals[0].field == "bank"
    play("bank.close", bank, by=house.centre, reason="题库换代停用")
    with pytest.raises(Refused):
        offer(house, bank)


def test_a_file_that_cannot_be_read_is_refused_at_the_offer(house: Any, bank: Any, play: Any) -> None:
    before = Attachment.everywhere.count()
    with pytest.raises(Refused):
        play(
            "contribution.offer", under=house.enterprise, by=house.manager, bank=str(bank.pk), note="",
            files=sent(b"PK\x03\x04", "a.xlsx"),
        )  # fmt: skip
    assert Attachment.everywhere.count() == before


def test_an_adopted_offer_becomes_a_preview_and_its_taken_items_drafts(house: Any, bank: Any, play: Any) -> None:
    made = play("contribution.adopt", offer(house, bank), by=house.centre)
    assert (made.state, made.intake.state, made.intake.good) == ("adopted", "previewed", 3)
    assert not bank.items.exists()
    play("intake.take", made.intake, by=house.writer, mode="all")
    assert set(bank.items.values_list("state", flat=True)) == {"draft"}
    assert made.intake.items.count() == 3


def test_the_offerer_never_reads_what_became_of_the_bank(house: Any, bank: Any, play: Any) -> None:
    made = play("contribution.adopt", offer(house, bank), by=house.centre)
    play("intake.take", made.intake, by=house.writer, mode="all")
    client = house.browser("manager")
    assert client.get(f"/d/intake/{made.intake.pk}").status_code == 404
    assert client.get(f"/d/item/{bank.items.first().pk}").status_code == 404
    assert client.get(f"/d/contribution/{made.pk}").status_code == 200


def test_another_enterprise_sees_nothing_of_an_offer(house: Any, bank: Any, play: Any) -> None:
    made = offer(house, bank)
    assert house.browser("stranger").get(f"/d/contribution/{made.pk}").status_code == 404
    with pytest.raises(OutOfReach):
        play("contribution.withdraw", made, by=house.stranger)


def test_a_withdrawn_offer_is_not_adopted(house: Any, bank: Any, play: Any) -> None:
    made = play("contribution.withdraw", offer(house, bank), by=house.manager)
    with pytest.raises(Refused):
        play("contribution.adopt", made, by=house.centre)


def test_credit_rises_when_items_are_adopted_and_again_when_they_are_measured_sound(
    house: Any, bank: Any, play: Any
) -> None:
    from jiangheng.apps.itembank import queries
    from jiangheng.apps.itembank.models import Item

    made = offer(house, bank)
    [nothing] = queries.credits()
    made = play("contribution.adopt", made, by=house.centre)
    play("intake.take", made.intake, by=house.writer, mode="all")
    [drafts] = queries.credits(institution=house.enterprise)
    Item.everywhere.filter(bank=bank).update(state="live")
    [adopted] = queries.credits(institution=house.enterprise)
    Item.everywhere.filter(bank=bank).update(answered=300, p=0.6, rest_r=0.35)
    [measured] = queries.credits(institution=house.enterprise)
    assert (nothing.points, nothing.given, nothing.adopted) == (0, 3, 0)
    assert drafts.points == 0
    assert adopted.points == 30 and adopted.adopted == 3
    assert measured.points > adopted.points and measured.measured == 3
    assert queries.credits(institution=house.other) == []


def test_a_declined_or_withdrawn_offer_earns_nothing(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.apps.itembank import queries

    play("contribution.decline", offer(house, bank), by=house.centre, reason="试题与标准不符，不采纳")
    play("contribution.withdraw", offer(house, bank, first=10), by=house.manager)
    assert sum(each.points for each in queries.credits()) == 0
