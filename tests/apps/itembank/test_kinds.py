"""A draft made into one of another kind: nothing lost unsaid, what is lost confirmed, never after stock (K7, P2)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_house import single
from drawn_items import items as drawn
from jiangheng.core.errors import Refused
from jiangheng.core.exam.item_checks import OWN_FIELDS
from jiangheng.core.exam.items import KINDS, Item, check_item
from jiangheng.core.exam.rekind import rekinded

REASON = "题干表述含糊，请改写后再送审"


@pytest.fixture
def bank(house: Any) -> Any:
    return house.unified()


def refusal(no: Any) -> str:
    return "；".join(str(each.reason) for each in no.value.refusals)


ANY = st.sampled_from(sorted(KINDS)).flatmap(drawn)


@given(ANY, st.sampled_from(sorted(KINDS)))
def test_nothing_strange_stays_and_nothing_is_lost_unsaid(item: Item, kind: str) -> None:
    made = rekinded(item, kind)
    assert made.item.kind == kind
    assert not [fault for fault in check_item(made.item) if "请删去" in fault and "改正题型" in fault]
    for name in ("code", "stem", "point", "range_code", "importance", "difficulty", "explanation", "enemies", "source"):
        assert getattr(made.item, name) == getattr(item, name)
    for field, name, _kinds in (*OWN_FIELDS, ("answer", "答案", ())):
        before, after = getattr(item, field), getattr(made.item, field)
        fixed = field == "options" and item.kind == "judgement"
        assert before == after or name in made.dropped or not before or fixed


@given(ANY)
def test_its_own_kind_leaves_an_item_as_it_is(item: Item) -> None:
    assert rekinded(item, item.kind).item is item


def test_a_draft_may_become_one_of_another_kind_and_is_reviewed_as_that(house: Any, bank: Any, play: Any) -> None:
    item = house.write(bank, single("T001"))
    data = single("T001") | {"kind": "multiple", "answer": ["A", "B"]}
    item = play("item.revise", item, by=house.writer, data=json.dumps(data))
    assert (item.kind, item.revision) == ("multiple", 2)
    assert play("item.review", item, by=house.reviewer).state == "reviewed"


def test_an_item_that_was_in_stock_keeps_its_kind(house: Any, bank: Any, play: Any) -> None:
    item = house.live(bank, single("T001"))
    item = play("item.amend", item, by=house.centre, reason=REASON)
    data = single("T001") | {"kind": "multiple", "answer": ["A", "B"]}
    with pytest.raises(Refused) as no:
        play("item.revise", item, by=house.writer, data=json.dumps(data))
    assert "题型" in refusal(no)
    page = house.browser("writer").get(f"/d/item/{item.pk}/edit").content.decode()
    assert 'value="rekind"' not in page
    assert play("item.revise", item, by=house.writer, data=json.dumps(single("T001"))).state == "draft"


CHOICE = {
    "kind": "single", "code": "T001", "point": "A-001 A 鉴定点 1", "difficulty": "3", "stem": "额定电压是多少伏特",
    "row-1": "110 V", "row-2": "220 V", "row-3": "380 V", "right": "2", "explanation": "见教材第三章",
}  # fmt: skip


@pytest.fixture
def choice(house: Any, bank: Any) -> Any:
    client = house.browser("writer")
    assert client.post(f"/d/bank/{bank.pk}/write", CHOICE | {"act": "save"}).status_code == 302
    return bank.items.get()


def test_the_writer_turns_a_choice_into_a_number_and_confirms_what_is_left_behind(house: Any, choice: Any) -> None:
    client, address = house.browser("writer"), f"/d/item/{choice.pk}/edit"
    version = {"version": str(choice.version)}
    asked = client.post(address, CHOICE | version | {"act": "rekind", "to-kind": "numeric", "stem": "额定电压是几伏"})
    page = asked.content.decode()
    assert 'name="kind" value="numeric"' in page and "选项、答案" in page and 'name="dropping"' in page
    assert "额定电压是几伏" in page and "见教材第三章" in page and "220 V" not in page
    number = {
        "kind": "numeric", "code": "T001", "point": "A-001", "difficulty": "3", "stem": "额定电压是几伏",
        "answer": "220", "unit": "V", "explanation": "见教材第三章", "act": "save", **version,
    }  # fmt: skip
    unsure = client.post(address, number)
    choice.refresh_from_db()
    assert unsure.status_code == 422 and "确认不再保留" in unsure.content.decode() and choice.kind == "single"
    assert client.post(address, number | {"dropping": "1"}).status_code == 302
    choice.refresh_from_db()
    assert (choice.kind, choice.content.answer, choice.content.options) == ("numeric", ("220",), ())


def test_nothing_is_confirmed_where_nothing_is_lost(house: Any, choice: Any) -> None:
    client, address = house.browser("writer"), f"/d/item/{choice.pk}/edit"
    page = client.post(address, CHOICE | {"act": "rekind", "to-kind": "multiple"}).content.decode()
    assert 'name="dropping"' not in page and "220 V" in page
    both = CHOICE | {"kind": "multiple", "right": ["2", "3"], "act": "save", "version": str(choice.version)}
    assert client.post(address, both).status_code == 302
    choice.refresh_from_db()
    assert choice.kind == "multiple"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_sheet_to_go_on_with(house: Any, choice: Any, kind: str) -> None:
    answer = house.browser("writer").post(f"/d/item/{choice.pk}/edit", CHOICE | {"act": "rekind", "to-kind": kind})
    page = answer.content.decode()
    assert answer.status_code == 200 and f'name="kind" value="{kind}"' in page
    assert ('name="p2-stem"' in page) == (kind == "case")
    assert ("220 V" in page) == (kind in ("single", "multiple", "ordering", "matching"))
