"""Who founds a bank, and that an enterprise's own is closed to everyone outside it (K7, K9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bank_house import single, table
from jiangheng.core.authority import Actor, Grant, Role
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.exam.items import KINDS
from kept import kept

OUTSIDE = ("city", "centre", "county", "stranger", "writer", "reviewer", "manager", "admin")
INSIDE = ("keeper", "own_writer", "own_reviewer")


@pytest.fixture
@kept
def own(house: Any) -> Any:
    """An own bank with one item, one plan and one draw."""
    bank = house.own()
    house.stocked(bank)
    house.planned(bank)
    house.drawn(bank)
    return bank


def things(bank: Any) -> list[tuple[str, int]]:
    item, draw = bank.items.first(), bank.draws.get()
    found = [("bank", bank), ("item", item), ("plan", bank.plans.get()), ("draw", draw), ("paper", draw.papers.get())]
    return [(flow, thing.pk) for flow, thing in found]


@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_outside_reaches_an_own_bank_by_page_or_program(house: Any, own: Any, who: str) -> None:
    client = house.browser(who)
    for flow, pk in things(own):
        for address in (f"/d/{flow}/{pk}", f"/d/{flow}/{pk}/trail", f"/api/{flow}/{pk}", f"/api/{flow}/{pk}/steps"):
            assert client.get(address).status_code == 404, address
    item = own.items.first()
    for address in (f"/d/bank/{own.pk}/leaving", f"/d/item/{item.pk}/retire", f"/d/bank/{own.pk}/new/item.write"):
        assert client.get(address).status_code in (404, 403), address


@pytest.mark.parametrize("who", OUTSIDE)
def test_an_own_bank_is_on_nobodys_list_and_in_nobodys_search(house: Any, own: Any, who: str) -> None:
    client = house.browser(who)
    for address in ("/d/bank/", "/api/bank/", "/search?q=漓光自建", "/d/bank/?q=漓光", "/home", "/inbox"):
        answer = client.get(address)
        assert answer.status_code in (200, 403, 404)
        assert own.name not in answer.content.decode(), address
    for flow in ("item", "plan", "draw", "paper"):
        answer = client.get(f"/api/{flow}/")
        assert answer.status_code in (403, 404) or answer.json()["count"] == 0, flow
        assert (
            client.get(f"/d/{flow}/export").status_code != 200 or b"S001" not in client.get(f"/d/{flow}/export").content
        )


@pytest.mark.parametrize("who", ("city", "centre", "county", "stranger"))
def test_a_step_on_an_own_bank_by_somebody_outside_is_out_of_reach(
    house: Any, own: Any, play: Any, city: Any, who: str
) -> None:
    by = city.actor(who)
    for code, thing in (("bank.close", own), ("item.retire", own.items.first()), ("plan.retire", own.plans.get())):
        with pytest.raises(OutOfReach):
            play(code, thing, by=by, reason="不再使用这一题库")
    with pytest.raises(OutOfReach):
        play("item.write", under=own, by=by, data=json.dumps(single("T001")))
    with pytest.raises(OutOfReach):
        play("measurement.run", under=own, by=by)


@pytest.mark.parametrize("who", INSIDE)
def test_an_own_bank_is_open_to_its_own_people(house: Any, own: Any, who: str) -> None:
    client = house.browser(who)
    assert client.get(f"/d/bank/{own.pk}").status_code == 200
    assert own.name in client.get("/d/bank/").content.decode()
    item = own.items.first()
    assert client.get(f"/d/item/{item.pk}").status_code == 200
    assert client.get("/api/item/").json()["count"] == own.items.count()


def test_another_role_inside_the_enterprise_opens_nothing_to_an_office(house: Any, own: Any, city: Any) -> None:
    """Somebody of the centre who sits an examination of the enterprise does not read its bank."""
    from jiangheng.apps.itembank.models import Bank, Item

    both = Actor("account:0", "莫中心", (
        Grant(Role.CENTRE, "45/03/"), Grant(Role.CANDIDATE, f"{house.enterprise.scope}b00001/a000001/"),
        Grant(Role.INVIGILATOR, house.enterprise.scope),
    ))  # fmt: skip
    assert not Bank.reach(both).exists()
    assert not Item.reach(both).exists()


def test_an_expert_who_writes_for_the_centre_too_still_reads_his_own_enterprises_bank(house: Any, own: Any) -> None:
    from jiangheng.apps.itembank.models import Item

    both = Actor("account:0", "技师", (Grant(Role.WRITER, "45/03/"), Grant(Role.WRITER, house.enterprise.scope)))
    assert Item.reach(both).count() == own.items.count()
    elsewhere = Actor("account:0", "技师", (Grant(Role.WRITER, "45/03/"), Grant(Role.WRITER, house.other.scope)))
    assert not Item.reach(elsewhere).exists()


def test_a_search_by_text_finds_items_of_reached_banks_only_and_never_shows_the_stem(house: Any, own: Any) -> None:
    bank = house.unified()
    house.live(bank, single("U001", stem="泽尔尼克电桥的平衡条件是"))
    content = own.items.first().content
    mine = house.browser("centre").get("/d/item/", {"q": "泽尔尼克"}).content.decode()
    assert "U001" in mine and "平衡条件" not in mine
    assert house.browser("centre").get("/api/item/", {"q": content.stem[:6]}).json()["count"] == 0
    found = house.browser("keeper").get("/api/item/", {"q": content.stem[:6]})
    assert found.json()["count"] >= 1 and content.stem not in found.content.decode()
    assert house.browser("keeper").get("/api/item/", {"q": "泽尔尼克"}).json()["count"] == 0


def test_a_list_of_items_shows_neither_stem_nor_option_nor_answer(house: Any, own: Any) -> None:
    for address in ("/d/item/", "/api/item/", "/d/item/export", "/search?q=S001"):
        text = house.browser("keeper").get(address).content.decode("utf-8", "replace")
        for row in own.items.all()[:5]:
            assert row.content.stem not in text
            assert row.content.options[0].text not in text


@pytest.mark.parametrize("kind", ("college", "centre"))
def test_only_an_employer_founds_a_bank_of_its_own(house: Any, play: Any, kind: str) -> None:
    if kind == "college":
        with pytest.raises(Refused) as no:
            play("bank.found_own", under=house.college, by=house.bursar, **table())
        assert "用人单位" in str(no.value.refusals[0].reason)
        assert no.value.refusals[0].clause == "K9"
    else:
        with pytest.raises(WrongRole):
            play("bank.found_own", under=house.enterprise, by=house.centre, **table())


def test_a_keeper_founds_no_bank_in_another_enterprise(house: Any, play: Any) -> None:
    with pytest.raises(WrongRole):
        play("bank.found_own", under=house.enterprise, by=house.stranger, **table())


def test_a_second_open_bank_for_the_same_purpose_is_refused_until_the_first_is_closed(house: Any, play: Any) -> None:
    bank = house.unified()
    with pytest.raises(Refused) as no:
        house.unified(name="又一个")
    assert "已有在用的题库" in str(no.value.refusals[0].reason)
    play("bank.close", bank, by=house.centre, reason="题库换代停用")
    second = house.unified(name="新题库")
    assert second.state == "open"
    with pytest.raises(Refused):
        play("bank.reopen", bank, by=house.centre)


def test_own_and_unified_banks_of_one_level_stand_side_by_side(house: Any) -> None:
    assert house.unified().state == house.own().state == "open"


def test_a_table_whose_weights_do_not_add_up_is_refused_with_the_sum(house: Any) -> None:
    ranges = [{"code": "A", "name": "基本要求", "weight": 40}, {"code": "B", "name": "相关知识", "weight": 50}]
    with pytest.raises(Refused) as no:
        house.unified(ranges=json.dumps(ranges))
    assert "100" in str(no.value.refusals[0].reason)


def test_nothing_is_written_into_a_closed_bank(house: Any, play: Any) -> None:
    bank = house.unified()
    play("bank.close", bank, by=house.centre, reason="题库换代停用")
    with pytest.raises(Refused) as no:
        house.write(bank, single("T001"))
    assert "停用" in str(no.value.refusals[0].reason)


def test_supervision_learns_what_an_own_bank_is_for_and_nothing_of_its_content(house: Any, own: Any) -> None:
    from jiangheng.apps.itembank import queries

    [told] = queries.banks_of(house.enterprise)
    assert told == {
        "name": own.name, "occupation": "6-31-01-03", "level": "5", "state": "open", "live": own.items.count(),
    }  # fmt: skip


def test_every_kind_of_item_has_a_chinese_name_on_the_list(house: Any, own: Any) -> None:
    text = house.browser("keeper").get("/d/item/").content.decode()
    assert KINDS["single"].name in text


@pytest.mark.parametrize("who", ("city", "centre", "county"))
def test_the_enterprises_own_page_tells_the_offices_nothing_of_what_is_done_in_its_bank(
    house: Any, own: Any, who: str
) -> None:
    client = house.browser(who)
    for address in (f"/d/institution/{house.enterprise.pk}", f"/d/institution/{house.enterprise.pk}/trail"):
        text = client.get(address).content.decode()
        assert own.name not in text and "建立自建题库" not in text and "编制组卷计划" not in text, address
