"""A file of items: previewed row by row, taken all or the good ones or not at all, damaged ones leave nothing (K7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bank_house import gift, sent, single, toml
from jiangheng.core.errors import OutOfReach, Refused
from jiangheng.kernel.models import Attachment, Entry


@pytest.fixture
def bank(house: Any) -> Any:
    return house.unified()


def many(count: int, *, first: int = 1) -> bytes:
    return toml([single(f"T{number:03d}") for number in range(first, first + count)])


def kept() -> set[Path]:
    return {path for path in (Path(settings.HOME) / "files").rglob("*") if path.is_file()}


def upload(play: Any, bank: Any, by: Any, data: bytes, name: str = "试题.toml") -> Any:
    return play("intake.upload", under=bank, by=by, files=sent(data, name))


def test_a_preview_writes_no_item(house: Any, bank: Any, play: Any) -> None:
    intake = upload(play, bank, house.writer, many(3))
    assert (intake.state, intake.rows, intake.good) == ("previewed", 3, 3)
    assert not bank.items.exists()


def test_all_rows_are_taken_when_all_are_good(house: Any, bank: Any, play: Any) -> None:
    intake = play("intake.take", upload(play, bank, house.writer, many(3)), by=house.writer, mode="all")
    assert intake.taken == 3
    assert sorted(bank.items.values_list("code", "state", "intake")) == [
        (f"T{number:03d}", "draft", intake.pk) for number in (1, 2, 3)
    ]
    assert bank.items.get(code="T002").content.answer == ("B",)


def test_only_the_good_rows_are_taken_or_none_when_all_were_asked_for(house: Any, bank: Any, play: Any) -> None:
    data = toml([single("T001"), single("T002", point="A-002"), single("T001", stem="题号重复的另一题问的是什么")])
    data = data.replace(b'code = "T002"', b'code = "T00X"')
    house.write(bank, single("T00X", stem="早已在库里的那一道题问什么"))
    intake = upload(play, bank, house.writer, toml([single("T001"), single("T00X"), single("T003")]))
    assert (intake.rows, intake.good) == (3, 2)
    [bad] = [row for row in intake.findings if row["problems"]]
    assert bad["code"] == "T00X" and "题号在题库中已有" in bad["problems"][0]
    with pytest.raises(Refused) as no:
        play("intake.take", intake, by=house.writer, mode="all")
    assert "一题也没有导入" in str(no.value.refusals[0].reason)
    assert bank.items.count() == 1
    assert play("intake.take", intake, by=house.writer, mode="good").taken == 2
    assert bank.items.count() == 3


def test_a_point_the_table_does_not_have_is_told_with_the_row(house: Any, bank: Any, play: Any) -> None:
    intake = upload(play, bank, house.writer, gift([("G1", "线圈的电感与什么有关")], point="没有的点"), "a.gift")
    assert intake.good == 0
    assert "“没有的点”不在要素细目表" in "".join(intake.findings[0]["problems"])
    with pytest.raises(Refused):
        play("intake.take", intake, by=house.writer, mode="good")


def test_an_item_without_a_point_is_told_so_and_where_to_name_one(house: Any, bank: Any, play: Any) -> None:
    intake = upload(play, bank, house.writer, gift([("G1", "线圈的电感与什么有关")], point=""), "a.gift")
    assert intake.good == 0
    assert "没有写鉴定点" in "".join(intake.findings[0]["problems"])


@pytest.mark.parametrize(("data", "name"), [(b"%PDF-1.7\n", "a.pdf"), (b"Rar!\x1a\x07\x01\x00", "a.rar")])
def test_a_file_of_another_kind_is_not_taken_for_a_text(
    house: Any, bank: Any, play: Any, data: bytes, name: str
) -> None:
    with pytest.raises(Refused, match="不认识这种文件"):
        upload(play, bank, house.writer, data, name)


@pytest.mark.parametrize(("data", "name"), [
    (b"PK\x03\x04 not really", "a.xlsx"), (b"PK\x03\x04 not really", "a.docx"), (b"PK\x03\x04", "a.zip"),
    (b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><quiz>&a;</quiz>", "a.xml"),
    (b"[[item]\n", "a.toml"), (b"\xff\xfe\x00\x01", "a.gift"), (b"", "a.txt"), (b"MZ\x90", "a.exe"),
])  # fmt: skip
def test_a_damaged_file_leaves_neither_rows_nor_files(house: Any, bank: Any, play: Any, data: bytes, name: str) -> None:
    before = (kept(), Attachment.everywhere.count(), Entry.objects.count())
    with pytest.raises(Refused) as no:
        upload(play, bank, house.writer, data, name)
    assert all(str(each.reason) for each in no.value.refusals)
    assert (kept(), Attachment.everywhere.count(), Entry.objects.count()) == before
    assert not bank.intakes.exists()


def test_a_code_that_was_taken_meanwhile_is_left_out(house: Any, bank: Any, play: Any) -> None:
    intake = upload(play, bank, house.writer, many(3))
    house.write(bank, single("T002", stem="在预览之后另外命的一道题"))
    with pytest.raises(Refused):
        play("intake.take", intake, by=house.writer, mode="all")
    assert play("intake.take", intake, by=house.writer, mode="good").taken == 2
    assert bank.items.get(code="T002").content.stem == "在预览之后另外命的一道题"


def test_one_file_taken_twice_brings_nothing_twice(house: Any, bank: Any, play: Any) -> None:
    first, second = (upload(play, bank, house.writer, many(2)) for _ in range(2))
    play("intake.take", first, by=house.writer, mode="good")
    with pytest.raises(Refused):
        play("intake.take", second, by=house.writer, mode="good")
    with pytest.raises(Refused):
        play("intake.take", first, by=house.writer, mode="good")
    assert bank.items.count() == 2


def test_a_discarded_intake_is_not_taken(house: Any, bank: Any, play: Any) -> None:
    intake = play("intake.discard", upload(play, bank, house.writer, many(2)), by=house.writer)
    with pytest.raises(Refused):
        play("intake.take", intake, by=house.writer, mode="good")


def test_five_hundred_items_are_taken_with_few_queries_and_a_leaf_each(house: Any, bank: Any, play: Any) -> None:
    intake = upload(play, bank, house.writer, many(500))
    assert intake.good == 500, [row["problems"] for row in intake.findings if row["problems"]][:3]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        play("intake.take", intake, by=house.writer, mode="all")
    assert len(asked) < 120, len(asked)
    leaves = Entry.objects.filter(step="item.take_in")
    assert leaves.count() == 500
    assert set(leaves.values_list("thing", flat=True)) == set(bank.items.values_list("pk", flat=True))
    act = Entry.objects.get(step="intake.take")
    assert set(leaves.values_list("correlation", flat=True)) == {act.correlation}


def test_taking_a_file_asks_no_more_for_more_items(house: Any, bank: Any, play: Any) -> None:
    counts = []
    for first, size in ((1, 10), (101, 60)):
        intake = upload(play, bank, house.writer, many(size, first=first))
        with CaptureQueriesContext(connection) as asked:
            play("intake.take", intake, by=house.writer, mode="all")
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 12, counts


def test_an_intake_of_an_own_bank_is_its_enterprises_alone(house: Any, play: Any, city: Any) -> None:
    own = house.own()
    intake = upload(play, own, house.own_writer, many(2))
    for who in ("centre", "city", "county", "writer", "stranger", "manager"):
        assert house.browser(who).get(f"/d/intake/{intake.pk}").status_code == 404
        with pytest.raises(OutOfReach):
            play("intake.take", intake, by=city.actor(who), mode="good")
    assert house.browser("own_writer").get(f"/d/intake/{intake.pk}").status_code == 200
    assert play("intake.take", intake, by=house.keeper, mode="all").taken == 2


def test_nobody_outside_is_told_of_an_own_banks_intake(house: Any, play: Any) -> None:
    own = house.own()
    play("intake.take", upload(play, own, house.own_writer, many(2)), by=house.own_writer, mode="all")
    told = house.browser("own_reviewer").get("/inbox").content.decode()
    assert own.name in told or "确认导入" in told
    for who in ("reviewer", "centre"):
        text = house.browser(who).get("/inbox").content.decode()
        assert own.name not in text and "确认导入" not in text, who


def test_the_preview_warns_of_look_alikes_in_the_bank_and_refuses_copies(house: Any, bank: Any, play: Any) -> None:
    stem = "三相异步电动机正常运行时允许的最高温升由什么决定"
    options = single("T001")["options"]
    house.write(bank, single("T001", stem=stem, options=options))
    rows = [single("T002", stem=stem, options=options), single("T003", stem=stem + "呢", options=options)]
    intake = upload(play, bank, house.writer, toml(rows))
    copy, near = intake.findings
    assert "T001" in copy["problems"][0] and not near["problems"]
    assert "T001" in {each["code"] for each in near["alike"]}
    assert intake.good == 1
