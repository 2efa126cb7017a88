"""Every look at a content is written down before it is shown, once in ten minutes (K7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bank_house import single
from jiangheng.kernel import clock


@pytest.fixture
def item(house: Any) -> Any:
    return house.write(house.unified(), single("T001"))


def test_a_page_that_shows_an_item_writes_who_saw_which_version_when(house: Any, item: Any) -> None:
    text = house.browser("reviewer").get(f"/d/item/{item.pk}").content.decode()
    assert item.content.stem in text
    [look] = item.looks.all()
    assert (look.actor, look.what, look.revision) == (house.reviewer.id, "item", 1)
    assert "审题甲" in look.name and look.bank_id == item.bank_id


def test_turning_back_within_ten_minutes_is_one_look_and_after_that_another(house: Any, item: Any) -> None:
    from jiangheng.apps.itembank.flow import look_at

    start = clock.now()
    for minutes in (0, 3, 9):
        clock.move_to(start + dt.timedelta(minutes=minutes))
        look_at(item, actor=house.reviewer)
    assert item.looks.count() == 1
    clock.move_to(start + dt.timedelta(minutes=11))
    look_at(item, actor=house.reviewer)
    assert item.looks.count() == 2


def test_two_people_and_two_versions_are_different_looks(house: Any, item: Any, play: Any) -> None:
    import json

    from jiangheng.apps.itembank.flow import look_at

    look_at(item, actor=house.reviewer)
    look_at(item, actor=house.reviewer2)
    item = play("item.revise", item, by=house.writer, data=json.dumps(single("T001", stem="改写后的题干问的是什么")))
    look_at(item, actor=house.reviewer)
    assert sorted(item.looks.values_list("revision", flat=True)) == [1, 1, 2]


def test_nothing_is_shown_when_the_look_cannot_be_written(house: Any, item: Any, monkeypatch: Any) -> None:
    from jiangheng.apps.itembank.flow import look_at
    from jiangheng.apps.itembank.models import Item, Look

    opened: list[str] = []
    monkeypatch.setattr(Item, "content", property(lambda row: opened.append(row.code)))

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Look, "save", full)
    with pytest.raises(OSError, match="no space"):
        look_at(item, actor=house.reviewer)
    assert opened == []


def test_a_list_and_a_search_are_no_looks(house: Any, item: Any) -> None:
    client = house.browser("reviewer")
    for address in ("/d/item/", "/d/item/?q=设备", "/api/item/", "/search?q=T001"):
        assert client.get(address).status_code == 200
    assert not item.looks.exists()


def test_a_program_that_reads_an_item_gets_no_content_without_a_look(house: Any, item: Any) -> None:
    answer = house.browser("reviewer").get(f"/api/item/{item.pk}")
    assert answer.status_code == 200
    assert item.content.stem not in answer.content.decode() or item.looks.exists()


def test_an_export_is_a_look_at_every_item_in_it(house: Any, play: Any) -> None:
    bank = house.unified()
    house.stocked(bank, count=7)
    play("bank.export", bank, by=house.centre, format="xlsx", which="usable")
    from jiangheng.apps.itembank.models import Look

    assert Look.objects.filter(bank=bank, what="export", actor=house.centre.id).count() == 7


def test_looks_are_shown_on_the_items_page(house: Any, item: Any) -> None:
    house.browser("reviewer").get(f"/d/item/{item.pk}")
    assert "审题甲" in house.browser("reviewer2").get(f"/d/item/{item.pk}").content.decode()


def test_the_writers_edit_page_is_a_look_too(house: Any, item: Any) -> None:
    house.browser("writer").get(f"/d/item/{item.pk}/revise")
    house.browser("writer").get(f"/d/item/{item.pk}/edit")
    assert item.looks.filter(actor=house.writer.id).exists()
