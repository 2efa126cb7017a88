"""A plan of composition: wrong text told, enacted by another person, only when the bank suffices (K9, K13)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bank_house import BASE_PLAN
from jiangheng.core.errors import OutOfReach, Refused


@pytest.fixture
def bank(house: Any) -> Any:
    bank = house.unified()
    house.stocked(bank)
    return bank


def write(house: Any, bank: Any, content: Any) -> Any:
    return house.play("plan.write", under=bank, by=house.centre, name="理论试卷", content=json.dumps(content))


@pytest.mark.parametrize(("content", "told"), [
    ({"kinds": [["single", 9, 10]], "minutes": 60}, "90"),
    ({"kinds": [["single", 10, 10]]}, "minutes"),
    ({"kinds": [["single", 10, 10]], "minutes": 0}, "minutes"),
    ({"kinds": [["sinlge", 10, 10]], "minutes": 60}, "sinlge"),
    ({"kinds": [["single", 10, 10]], "minutes": 60, "colour": "red"}, "colour"),
    ({"minutes": 60}, "题型"),
    ([], ""), ("文字", "JSON"), (7, "JSON"),
    ({"kinds": "single", "minutes": 60}, ""),
    ({"kinds": [["single", -1, 10]], "minutes": 60}, ""),
    ({"kinds": [["single", 10, 10]], "minutes": 60, "mode": "sometimes"}, "mode"),
    ({"kinds": [["single", 10, 10]], "minutes": 60, "papers": "many"}, "papers"),
    ({"kinds": [["single", 10, 10]], "minutes": 60, "pass_mark": "sixty"}, "pass_mark"),
    ({"kinds": [["single", 10, 10]], "minutes": 60, "pass_mark": 160}, "pass_mark"),
])  # fmt: skip
def test_a_wrong_plan_is_refused_with_what_is_wrong(house: Any, bank: Any, content: Any, told: str) -> None:
    with pytest.raises(Refused) as no:
        write(house, bank, content)
    assert told in "；".join(str(each.reason) for each in no.value.refusals)
    assert not bank.plans.exists()


def test_a_plan_is_enacted_by_another_than_who_wrote_or_revised_it(house: Any, bank: Any, play: Any) -> None:
    plan = write(house, bank, BASE_PLAN)
    with pytest.raises(Refused) as no:
        play("plan.enact", plan, by=house.centre)
    assert "另一人" in str(no.value.refusals[0].reason)
    play("plan.revise", plan, by=house.centre2, name="理论试卷", content=json.dumps(BASE_PLAN))
    with pytest.raises(Refused):
        play("plan.enact", plan, by=house.centre2)
    third = house.city.person("centre3", "centre")
    assert play("plan.enact", plan, by=third).state == "enacted"


def test_a_bank_has_one_plan_in_force(house: Any, bank: Any, play: Any) -> None:
    first = house.planned(bank)
    second = write(house, bank, BASE_PLAN)
    with pytest.raises(Refused) as no:
        play("plan.enact", second, by=house.centre2)
    assert "已有启用" in str(no.value.refusals[0].reason)
    play("plan.retire", first, by=house.centre, reason="改用新的组卷计划")
    assert play("plan.enact", second, by=house.centre2).state == "enacted"


def test_a_plan_the_bank_cannot_serve_is_refused_with_what_is_missing(house: Any, play: Any) -> None:
    bank = house.unified()
    house.stocked(bank, count=6)
    plan = write(house, bank, BASE_PLAN)
    with pytest.raises(Refused) as no:
        play("plan.enact", plan, by=house.centre2)
    said = str(no.value.refusals[0].reason)
    assert "10" in said and ("6" in said or "4" in said) and ("单选" in said or "single" in said), said


def test_the_page_of_a_plan_shows_what_the_bank_lacks(house: Any) -> None:
    bank = house.unified()
    house.stocked(bank, count=6)
    plan = write(house, bank, BASE_PLAN)
    assert "10" in house.browser("centre").get(f"/d/plan/{plan.pk}").content.decode()
    assert house.browser("city").get(f"/d/plan/{plan.pk}").status_code == 200


def test_an_own_banks_plan_is_its_keepers(house: Any, play: Any) -> None:
    own = house.own()
    house.stocked(own)
    with pytest.raises(OutOfReach):
        write(house, own, BASE_PLAN)
    assert house.planned(own).state == "enacted"


def test_an_enacted_plan_is_not_revised(house: Any, bank: Any, play: Any) -> None:
    plan = house.planned(bank)
    with pytest.raises(Refused):
        play("plan.revise", plan, by=house.centre, name="别的", content=json.dumps(BASE_PLAN))
