"""The pages of files: brought in, previewed, marked and handed back; a bank leaves as a file only by its step (K7)."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from bank_house import BankHouse, gift, sent, single, toml
from jiangheng.apps.itembank import formats
from jiangheng.apps.itembank.formats import workbook_write
from jiangheng.apps.itembank.models import Item, Look
from jiangheng.core.exam import item_data
from jiangheng.kernel import underway
from jiangheng.kernel.models import Entry
from kept import kept
from qti_parts import choices, item, package, response


@pytest.fixture
@kept
def house(play: Any, city: Any) -> BankHouse:
    return BankHouse(play, city)


@pytest.fixture
def bank(house: BankHouse) -> Any:
    return house.unified()


def brought(house: BankHouse, bank: Any, data: bytes, name: str = "试题.toml") -> Any:
    return house.play("intake.upload", under=bank, by=house.writer, files=sent(data, name))


def workbook(*codes: str, bad: str = "") -> bytes:
    """A workbook of single-choice items; the answer of one of them is no option."""
    contents = [item_data.from_data(single(code, range_code="A", importance="X")) for code in codes]
    book = load_workbook(io.BytesIO(workbook_write.write(contents, media={}, title="试题").data))
    sheet = book.worksheets[0]
    (answer,) = [
        cell.column for row in sheet.iter_rows() for cell in row if str(cell.value).strip("* ") in ("答案", "正确答案")
    ]
    for row in sheet.iter_rows():
        if bad and any(cell.value == bad for cell in row):
            sheet.cell(row[0].row, answer).value = "G"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# ---- in ----


def test_a_file_is_brought_in_from_a_page_that_offers_the_template(house: BankHouse, bank: Any) -> None:
    client = house.browser("writer")
    page = client.get(f"/d/bank/{bank.pk}/bring").content.decode()
    assert "/banks/template.xlsx" in page and 'data-underway="/banks/underway"' in page
    assert "new/intake.upload" not in client.get(f"/d/bank/{bank.pk}").content.decode()
    answer = client.post(
        f"/d/bank/{bank.pk}/new/intake.upload", {"file": SimpleUploadedFile("a.toml", toml([single("T1")]))}
    )
    assert answer.status_code == 302 and bank.intakes.get().good == 1


def test_the_template_is_a_workbook_that_can_be_filled(house: BankHouse) -> None:
    answer = house.browser("writer").get("/banks/template.xlsx")
    assert len(load_workbook(io.BytesIO(body(answer))).worksheets) > 1


def test_the_preview_says_what_is_wrong_and_takes_the_good_items(house: BankHouse, bank: Any) -> None:
    house.write(bank, single("T001", stem="早已在库里的那一道题问什么"))
    intake = brought(house, bank, toml([single("T001"), single("T002")]))
    client = house.browser("writer")
    page = client.get(f"/d/intake/{intake.pk}/preview").content.decode()
    assert "题号在题库中已有" in page and "导入无误的 1 题" in page and "有 1 题不能导入" in page
    client.post(f"/d/intake/{intake.pk}/take", {"mode": "good", "version": intake.version})
    assert bank.items.count() == 2
    assert client.get(f"/d/intake/{intake.pk}/preview").status_code == 404


def test_how_far_a_file_is_is_told_to_the_one_who_brought_it(house: BankHouse, bank: Any) -> None:
    writer, other = house.browser("writer"), house.browser("centre")
    with underway.told(f"intake-{house.writer.id.replace(':', '-')}", of=100) as done:
        done(42)
        assert writer.get("/banks/underway").json() == {"done": 42, "of": 100}
        assert other.get("/banks/underway").json() == {"done": None, "of": None}
    intake = brought(house, bank, toml([single("T001")]))
    assert writer.get(f"/d/intake/{intake.pk}/underway").json() == {"done": None, "of": None}
    with underway.told(f"intake-{intake.pk}", of=7):
        assert writer.get(f"/d/intake/{intake.pk}/underway").json() == {"done": 0, "of": 7}


def test_a_workbook_comes_back_with_its_bad_rows_marked(house: BankHouse, bank: Any) -> None:
    intake = brought(house, bank, workbook("T001", "T002", bad="T002"), "试题.xlsx")
    assert (intake.rows, intake.good) == (2, 1)
    answer = house.browser("writer").get(f"/d/intake/{intake.pk}/marked.xlsx")
    sheet = load_workbook(io.BytesIO(body(answer))).worksheets[0]
    said = {row[0].row: " ".join(str(cell.value) for cell in row if cell.value) for row in sheet.iter_rows()}
    assert [word for word in ("√", "×") if any(word in line for line in said.values())] == ["√", "×"]
    (bad,) = [line for line in said.values() if "×" in line]
    assert "T002" in bad and "答案" in bad


def test_what_only_the_bank_knows_is_marked_in_the_workbook_too(house: BankHouse, bank: Any) -> None:
    house.write(bank, single("T002", stem="早已在库里的那一道题问什么"))
    intake = brought(house, bank, workbook("T001", "T002"), "试题.xlsx")
    answer = house.browser("writer").get(f"/d/intake/{intake.pk}/marked.xlsx")
    text = "\n".join(str(cell.value) for row in load_workbook(io.BytesIO(body(answer))).worksheets[0] for cell in row)
    assert "题号在题库中已有" in text


def test_other_formats_come_back_as_a_text_of_findings(house: BankHouse, bank: Any) -> None:
    intake = brought(house, bank, gift([("G1", "线圈的电感与什么有关")], point="没有的点"), "a.gift")
    answer = house.browser("writer").get(f"/d/intake/{intake.pk}/marked.xlsx")
    text = body(answer).decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/plain") and "G1" in text and "有误：" in text and "细目表" in text


def test_an_item_the_house_has_no_kind_for_is_handed_back_untouched(house: BankHouse, bank: Any) -> None:
    strange = item('<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="9"/>',
                   response("5", base="integer"))  # fmt: skip
    sound = item(choices("A", "B", "C"), response("A"))
    intake = brought(house, bank, package(items__slider_dot_xml=strange, items__choice_dot_xml=sound), "qti.zip")
    client = house.browser("writer")
    assert f"/d/intake/{intake.pk}/originals.zip" in client.get(f"/d/intake/{intake.pk}").content.decode()
    answer = client.get(f"/d/intake/{intake.pk}/originals.zip")
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [strange]


def test_a_file_of_known_kinds_has_no_originals(house: BankHouse, bank: Any) -> None:
    intake = brought(house, bank, toml([single("T001")]))
    client = house.browser("writer")
    assert client.get(f"/d/intake/{intake.pk}/originals.zip").status_code == 404
    assert "originals.zip" not in client.get(f"/d/intake/{intake.pk}").content.decode()


def test_the_files_of_an_own_bank_are_closed_to_everyone_above(house: BankHouse) -> None:
    own = house.own()
    intake = house.play("intake.upload", under=own, by=house.own_writer, files=sent(toml([single("T001")])))
    for page in ("preview", "marked.xlsx", "originals.zip", "underway"):
        for name in ("centre", "city", "writer", "stranger"):
            assert house.browser(name).get(f"/d/intake/{intake.pk}/{page}").status_code == 404
    assert house.browser("own_writer").get(f"/d/intake/{intake.pk}/preview").status_code == 200


# ---- out ----


def exported(house: BankHouse, bank: Any, kind: str, who: str = "centre", **given: str) -> Any:
    return house.browser(who).post(f"/d/bank/{bank.pk}/leaving/{kind}", {"which": "usable", **given})


def exports(bank: Any) -> list[Entry]:
    return list(Entry.objects.filter(step="bank.export", thing=bank.pk))


@pytest.mark.parametrize("kind", list(formats.WRITERS))
def test_a_bank_leaves_as_a_file_by_a_step_that_says_how_many_and_as_what(
    house: BankHouse, bank: Any, kind: str
) -> None:
    house.stocked(bank, 3)
    answer = exported(house, bank, kind)
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    ending = formats.WRITERS[kind][1]
    read = formats.read(body(answer), name=f"a.{ending}")
    assert sorted(found.item.code for found in read.items if found.item) == ["S001", "S002", "S003"]
    (entry,) = exports(bank)
    assert entry.evidence["given"] == {"format": kind, "which": "usable", "count": 3}
    assert entry.actor == house.centre.id


def test_every_item_that_leaves_is_a_look(house: BankHouse, bank: Any) -> None:
    rows = house.stocked(bank, 3)
    exported(house, bank, "xlsx")
    looks = Look.objects.filter(what="export", actor=house.centre.id)
    assert sorted(looks.values_list("item", flat=True)) == sorted(row.pk for row in rows)


def test_what_a_format_cannot_carry_is_said_before_anything_leaves(house: BankHouse, bank: Any) -> None:
    house.stocked(bank, 2)
    (row,) = Item.everywhere.filter(code="S001")
    row.hold(item_data.from_data(item_data.to_data(row.content) | {"enemies": ["S002"]}))
    row.save()
    losses = formats.write("qti", [row.content], media={}, title="").losses.get("S001", ())
    page = house.browser("centre").get(f"/d/bank/{bank.pk}/leaving/qti").content.decode()
    assert losses and all(said in page for said in losses) and "试用和正式使用的试题，2 题" in page
    assert not exports(bank) and not Look.objects.filter(what="export").exists()


def test_only_usable_items_leave_unless_all_are_asked_for(house: BankHouse, bank: Any) -> None:
    house.stocked(bank, 1)
    house.write(bank, single("D001"))
    few = formats.read(body(exported(house, bank, "xlsx")), name="a.xlsx")
    assert [found.item.code for found in few.items if found.item] == ["S001"]
    every = formats.read(body(exported(house, bank, "xlsx", which="all")), name="a.xlsx")
    assert sorted(found.item.code for found in every.items if found.item) == ["D001", "S001"]


def test_an_empty_export_is_refused_and_leaves_no_trace(house: BankHouse, bank: Any) -> None:
    answer = exported(house, bank, "xlsx")
    assert answer.status_code == 422 and "没有这样的试题" in answer.content.decode() and not exports(bank)


def test_only_those_who_hold_a_bank_export_it(house: BankHouse, bank: Any) -> None:
    house.stocked(bank, 1)
    own = house.own()
    house.stocked(own, 1)
    for who, where in (("writer", bank), ("reviewer", bank), ("keeper", bank), ("centre", own), ("stranger", own)):
        assert house.browser(who).get(f"/d/bank/{where.pk}/leaving").status_code == 404
        assert exported(house, where, "xlsx", who).status_code == 404
    assert exported(house, own, "xlsx", "keeper").status_code == 200
    assert house.browser("centre").get(f"/d/bank/{bank.pk}/leaving/pdf").status_code == 404
