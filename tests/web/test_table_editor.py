"""The pages on which element tables and plans are written: what the script is told, files out and in (K7, K13)."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import load_workbook

from bank_house import BASE_PLAN, POINTS, RANGES, BankHouse, table
from jiangheng.apps.itembank.formats.table_read import read_table
from jiangheng.apps.itembank.formats.table_write import write_table
from jiangheng.apps.itembank.models import Bank


@pytest.fixture
def house(play: Any, city: Any) -> BankHouse:
    return BankHouse(play, city)


@pytest.fixture
def bank(house: BankHouse) -> Any:
    return house.unified()


def carried(page: str, name: str) -> Any:
    """What a field of the form holds, as the script reads it."""
    text = re.search(rf'<textarea name="{name}"[^>]*>(.*?)</textarea>', page, re.S)
    assert text, name
    return json.loads(html.unescape(text[1]))


def told(page: str, name: str) -> dict[str, Any]:
    """What the script is told beside."""
    text = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page, re.S)
    assert text, name
    found: dict[str, Any] = json.loads(text[1])
    return found


def test_the_page_of_a_revision_has_the_present_table_in_its_fields(house: BankHouse, bank: Any) -> None:
    house.stocked(bank, count=6)
    page = house.browser("centre").get(f"/d/bank/{bank.pk}/revise_table").content.decode()
    assert carried(page, "ranges") == bank.ranges and carried(page, "points") == bank.points
    given = told(page, "table-told")
    assert given["items"] == {code: bank.items.filter(point=code).count() for code in given["items"]}
    assert sum(given["items"].values()) == 6 and given["limits"]["perWeight"] == 2 and given["faults"] == []
    assert "built/bank.js" in page and "built/bank.css" in page and f"/d/bank/{bank.pk}/table.xlsx" in page


def test_a_table_is_not_opened_inside_another_page_where_its_script_would_be_missing(
    house: BankHouse, bank: Any
) -> None:
    page = house.browser("centre").get(f"/d/bank/{bank.pk}").content.decode()
    assert f'href="/d/bank/{bank.pk}/revise_table"' in page
    assert f'hx-get="/d/bank/{bank.pk}/revise_table"' not in page
    assert f'hx-get="/d/bank/{bank.pk}/close"' in page
    assert f'hx-get="/d/bank/{bank.pk}/new/plan.write"' not in page


def test_a_table_typed_in_the_page_is_kept(house: BankHouse, bank: Any) -> None:
    points = [*POINTS, {"code": "B-004", "range": "B", "name": "新点", "importance": "Z"}]
    sent = {"ranges": json.dumps(RANGES), "points": json.dumps(points), "version": bank.version}
    answer = house.browser("centre").post(f"/d/bank/{bank.pk}/revise_table", sent)
    assert answer.status_code == 302
    bank.refresh_from_db()
    assert bank.points[-1] == {"code": "B-004", "range": "B", "name": "新点", "importance": "Z"}


def test_what_the_server_finds_in_a_typed_table_comes_back_with_what_was_typed(house: BankHouse, bank: Any) -> None:
    points = [*POINTS, {"code": "B-004", "range": "Q", "name": "新点", "importance": "Z"}]
    sent = {"ranges": json.dumps(RANGES), "points": json.dumps(points), "version": bank.version}
    answer = house.browser("centre").post(f"/d/bank/{bank.pk}/revise_table", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and carried(page, "points") == points
    (fault,) = told(page, "table-told")["faults"]
    assert fault["said"].startswith("鉴定点 B-004：") and fault["what"] in html.unescape(page)


@pytest.mark.parametrize("ranges", ["", "null", "[]", "7", '"x"', "{", '[{"code": {}}]', '[["A"]]', "[null]"])
def test_no_table_and_a_broken_one_are_told_and_nothing_is_founded(house: BankHouse, ranges: str) -> None:
    client = house.browser("centre")
    sent = table(ranges=ranges)
    answer = client.post(f"/d/region/{house.region.pk}/new/bank.found", sent)
    assert answer.status_code == 422 and not Bank.everywhere.exists()


def test_a_workbook_with_wrong_rows_is_told_row_by_row_on_the_page_and_nothing_is_stored(
    house: BankHouse, bank: Any
) -> None:
    book = load_workbook(io.BytesIO(write_table(bank.ranges, bank.points, title="电工")))
    sheet = book.worksheets[0]
    for row in (3, 4, 5, 6):
        sheet.cell(row, 12).value = "Q"
    out = io.BytesIO()
    book.save(out)
    sent = {"file": SimpleUploadedFile("表.xlsx", out.getvalue()), "version": bank.version}
    answer = house.browser("centre").post(f"/d/bank/{bank.pk}/revise_table", sent)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert all(f"工作表“要素细目表”第 {row} 行“重要程度”列：“Q”不认识" in page for row in (3, 4, 5, 6))
    assert page.count("第 3 行“重要程度”列") == 1 and "4 处需要改正，逐条列在本页上方" in page
    before = bank.points
    bank.refresh_from_db()
    assert bank.points == before


def test_what_a_file_said_besides_is_told_when_it_was_taken(house: BankHouse, bank: Any) -> None:
    book = load_workbook(io.BytesIO(write_table(bank.ranges, bank.points, title="电工")))
    book.worksheets[0].cell(2, 13).value = "教材页码"
    out = io.BytesIO()
    book.save(out)
    client = house.browser("centre")
    sent = {"file": SimpleUploadedFile("表.xlsx", out.getvalue()), "version": bank.version}
    page = client.post(f"/d/bank/{bank.pk}/revise_table", sent, follow=True).content.decode()
    assert "“教材页码”列没有用到，已略过" in html.unescape(page)


def test_the_present_table_leaves_as_the_workbook_that_comes_back(house: BankHouse, bank: Any) -> None:
    answer = house.browser("writer").get(f"/d/bank/{bank.pk}/table.xlsx")
    found = read_table(answer.content, name="x.xlsx")
    assert found.problems == () and [row.code for row in found.points] == [row["code"] for row in POINTS]
    assert "no-store" in answer["Cache-Control"]


def test_a_strangers_table_is_out_of_reach(house: BankHouse) -> None:
    own = house.own()
    assert house.browser("keeper").get(f"/d/bank/{own.pk}/table.xlsx").status_code == 200
    for who in ("centre", "city", "stranger"):
        assert house.browser(who).get(f"/d/bank/{own.pk}/table.xlsx").status_code == 404, who


def test_the_template_is_for_members_and_has_the_columns(house: BankHouse) -> None:
    from django.test import Client

    assert Client().get("/banks/table.xlsx").status_code == 302
    book = load_workbook(io.BytesIO(house.browser("centre").get("/banks/table.xlsx").content))
    assert book.sheetnames == ["要素细目表", "示例", "填写说明"]
    heads = [cell.value for cell in book.worksheets[0][2]]
    assert heads[:3] == ["一级代码", "一级名称", "一级权重"] and heads[-1] == "重要程度"
    example = only_sheet(book, "示例")
    found = read_table(example, name="x.xlsx")
    assert found.problems == () and found.points[0].code == "A1-001"


def only_sheet(book: Any, name: str) -> bytes:
    """The one sheet, under a name that is read."""
    for sheet in list(book.worksheets):
        if sheet.title != name:
            book.remove(sheet)
    book.worksheets[0].title = "表"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ---- plans ----


def test_the_page_of_a_new_plan_knows_the_banks_ranges_and_what_it_holds(house: BankHouse, bank: Any) -> None:
    house.stocked(bank, count=12)
    page = house.browser("centre").get(f"/d/bank/{bank.pk}/new/plan.write").content.decode()
    given = told(page, "plan-told")
    assert [row["code"] for row in given["ranges"]] == ["A", "B"]
    assert sum(row[2] for row in given["holdings"]) == 12 and {row[0] for row in given["holdings"]} == {"single"}
    assert ["single", "单选题"] in given["kinds"] and [row[0] for row in given["modes"]] == [
        "one",
        "ab",
        "library",
        "each",
    ]
    assert re.search(r'<textarea name="content"[^>]*>\s*</textarea>', page)


def test_a_plans_text_is_in_its_field_when_it_is_revised(house: BankHouse, bank: Any) -> None:
    plan = house.play("plan.write", under=bank, by=house.centre, name="理论试卷", content=json.dumps(BASE_PLAN))
    page = house.browser("centre").get(f"/d/plan/{plan.pk}/revise").content.decode()
    assert carried(page, "content") == BASE_PLAN


def test_what_is_wrong_with_a_plan_comes_back_to_its_line(house: BankHouse, bank: Any) -> None:
    content = {"kinds": [["single", 9, 10], ["single", 1, 10]], "minutes": 60}
    sent = {"name": "理论试卷", "content": json.dumps(content)}
    answer = house.browser("centre").post(f"/d/bank/{bank.pk}/new/plan.write", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and carried(page, "content") == content
    (fault,) = told(page, "plan-told")["faults"]
    assert fault["said"] == "题型“single”写了 2 行，请合并为一行"


def test_a_plan_as_the_form_writes_it_is_taken(house: BankHouse, bank: Any) -> None:
    content = {
        "mode": "library", "papers": 3, "kinds": [{"kind": "single", "count": 10, "marks": "10"}],
        "ranges": [{"code": "A", "weight": "40", "count": 4}, {"code": "B", "weight": "60"}],
        "difficulty": {"shares": {"1": 20, "2": 20, "3": 20, "4": 20, "5": 20}, "tolerance": 10},
        "importance": {"bounds": {"X": [5, 10]}}, "minutes": 60, "pass_mark": 60, "overlap": 2, "exposure_cap": 5,
        "per_point": 4, "uses": 2,
    }  # fmt: skip
    answer = house.browser("centre").post(
        f"/d/bank/{bank.pk}/new/plan.write", {"name": "理论试卷", "content": json.dumps(content)}
    )
    assert answer.status_code == 302 and bank.plans.get().content == content


def test_the_editors_speak_the_readers_language(house: BankHouse, bank: Any) -> None:
    page = house.browser("centre").get(f"/d/bank/{bank.pk}/revise_table").content.decode()
    words = told(page, "table-told")["words"]
    assert words["addPoint"] == "添加鉴定点" and all(words.values())
    with translation.override("en"):
        from jiangheng.apps.itembank.forms.editors import PlanEditor, TableEditor

        for editor in (TableEditor(), PlanEditor()):
            assert set(editor.words()) >= {"up", "remove", "undo", "found"}
