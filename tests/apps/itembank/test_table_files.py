"""Element tables as files: what people's sheets look like is read, what is wrong is said at its row and column (K7)."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bank_house import POINTS, RANGES, single, table, toml
from jiangheng.apps.itembank.formats.found import NotABank
from jiangheng.apps.itembank.formats.table_header import TITLES
from jiangheng.apps.itembank.formats.table_read import TableRead, read_table
from jiangheng.apps.itembank.formats.table_write import template, write_table
from jiangheng.apps.itembank.models import Bank
from jiangheng.core.errors import Refused

HEAD = list(TITLES.values())
ROWS: list[list[Any]] = [
    ["A", "基本要求", 40, "A1", "职业道德", 10, "", "", "", "A1-001", "职业守则", "X"],
    ["", "", "", "", "", "", "", "", "", "A1-002", "爱岗敬业", "Y"],
    ["", "", "", "A2", "基础知识", 30, "", "", "", "A2-001", "安全用电", "X"],
    ["B", "相关知识", 60, "B1", "安装", 60, "B1a", "选用", 35, "B1a-001", "熔断器", "Z"],
    ["", "", "", "", "", "", "B1b", "接线", 25, "B1b-001", "导线", "X"],
]


def book(*sheets: Sequence[Sequence[Any]], merge: Sequence[str] = (), names: Sequence[str] = ()) -> bytes:
    """A workbook with these sheets, the first one with merged cells."""
    made, out = Workbook(), io.BytesIO()
    for number, rows in enumerate(sheets):
        sheet = made.active if number == 0 else made.create_sheet()
        sheet.title = names[number] if names else f"表{number + 1}"
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
        for block in merge if number == 0 else ():
            sheet.merge_cells(block)
    made.save(out)
    return out.getvalue()


def read(*rows: Sequence[Any], **more: Any) -> TableRead:
    return read_table(book([HEAD, *rows], **more), name="表.xlsx")


def changed(row: int, column: str, value: Any) -> TableRead:
    """The sound table with one cell changed."""
    rows = [list(each) for each in ROWS]
    rows[row][HEAD.index(column)] = value
    return read(*rows)


def test_a_range_holds_for_the_rows_below_it_until_the_next_one() -> None:
    found = read(*ROWS)
    assert found.problems == () and found.notices == ()
    assert [(row.code, row.parent, row.weight) for row in found.ranges] == [
        ("A", "", 40), ("A1", "A", 10), ("A2", "A", 30), ("B", "", 60), ("B1", "B", 60), ("B1a", "B1", 35),
        ("B1b", "B1", 25),
    ]  # fmt: skip
    assert [(row.code, row.range_code, row.importance) for row in found.points] == [
        ("A1-001", "A1", "X"), ("A1-002", "A1", "Y"), ("A2-001", "A2", "X"), ("B1a-001", "B1a", "Z"),
        ("B1b-001", "B1b", "X"),
    ]  # fmt: skip


def test_merged_cells_and_repeated_cells_say_the_same_as_cells_left_empty() -> None:
    filled = [list(row) for row in ROWS]
    filled[1][:6] = ROWS[0][:6]
    filled[2][:3] = ROWS[0][:3]
    filled[4][:6] = ROWS[3][:6]
    merged = read(*ROWS, merge=("A2:A4", "B2:B4", "C2:C4", "D2:D3", "E2:E3", "F2:F3", "A5:A6", "D5:D6"))
    assert merged == read(*filled) == read(*ROWS)


def test_a_header_of_three_rows_under_a_title_is_understood_and_other_columns_are_left_with_a_notice() -> None:
    groups = ["鉴定范围", *[""] * 8, "认定点", "", "", ""]
    levels = ["一级", "", "", "二级", "", "", "三级", "", "", "代码", "名称", "重要程度", "教材页码"]
    fields = ["代码", "名称", "鉴定比重（%）"] * 3
    rows = [["电工三级（高级工）鉴定点细目表"], groups, levels, fields, *([*row, "12"] for row in ROWS)]
    found = read_table(book(rows, merge=("A1:M1", "A2:I2", "A3:C3", "J3:J4")), name="x.xlsx")
    assert found.problems == ()
    assert (found.ranges, found.points) == (read(*ROWS).ranges, read(*ROWS).points)
    assert found.notices == ("“教材页码”列没有用到，已略过",)


def test_codes_counted_anew_under_each_heading_are_made_whole() -> None:
    rows = [
        ["A", "基本要求", "40%", "A", "职业道德", "40%", "A", "守则", "40%", "001", "职业守则", "核心"],
        ["", "", "", "", "", "", "", "", "", "002", "爱岗敬业", "x"],
        ["B", "相关知识", "60%", "A", "安装", "25%", "A", "选用", "25%", "001", "熔断器", "Y（一般）"],
        ["", "", "", "B", "接线", "35%", "A", "导线", "35%", "001", "连接", "Ｘ"],
    ]
    found = read(*rows)
    assert found.problems == ()
    assert [row.code for row in found.ranges] == ["A", "A-A", "A-A-A", "B", "B-A", "B-A-A", "B-B", "B-B-A"]
    assert [(row.code, row.importance) for row in found.points] == [
        ("A-A-A-001", "X"), ("A-A-A-002", "X"), ("B-A-A-001", "Y"), ("B-B-A-001", "X"),
    ]  # fmt: skip
    assert len(found.notices) == 2 and all("完整代码" in each for each in found.notices)


def test_a_code_that_occurs_twice_by_mistake_is_told_and_not_made_whole() -> None:
    found = changed(4, "鉴定点代码", "B1a-001")
    assert [row.code for row in found.points].count("B1a-001") == 2
    assert len(found.problems) == 1 and "鉴定点 B1a-001" in found.problems[0] and "第 " in found.problems[0]


@pytest.mark.parametrize(("row", "column", "value", "told"), [
    (1, "重要程度", "W", "第 3 行“重要程度”列：“W”不认识；请填写 X"),
    (1, "重要程度", "", "第 3 行“重要程度”列：没有填写"),
    (1, "鉴定点代码", "", "第 3 行“鉴定点代码”列：没有填写"),
    (2, "鉴定点名称", "", "第 4 行“鉴定点名称”列：没有填写"),
    (2, "二级名称", "", "第 4 行“二级名称”列：没有名称"),
    (2, "二级代码", "", "第 4 行“二级代码”列：有名称或权重，没有代码"),
    (0, "一级权重", "四十", "第 2 行“一级权重”列：“四十”不是百分数"),
    (0, "一级权重", 400, "第 2 行“一级权重”列：“400”不是百分数"),
    (0, "一级权重", "-1", "不是百分数"), (0, "一级权重", "NaN", "不是百分数"), (0, "一级权重", "1e1", "合计"),
    (2, "二级权重", "", "第 4 行“二级权重”列：没有填写"),
    (2, "二级权重", 20, "第 2 行：鉴定范围 A：下级范围的权重合计为 30，应为 40"),
    (3, "二级代码", "", "没有代码"),
    (0, "鉴定点名称", "长" * 121, "第 2 行“鉴定点名称”列：超过 120 个字"),
    (0, "一级代码", "", "第 2 行“一级代码”列：有名称或权重，没有代码"),
    (3, "一级代码", "A", "与工作表“表1”第 2 行写的“基本要求”不同"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_sheet_row_column_and_mend(row: int, column: str, value: Any, told: str) -> None:
    problems = changed(row, column, value).problems
    assert any(told in each for each in problems), problems
    assert any("工作表“表1”第 " in each for each in problems)


def test_everything_wrong_is_said_at_once() -> None:
    rows = [list(row) for row in ROWS]
    rows[1][11], rows[2][10], rows[4][8] = "W", "", "?"
    told = read(*rows).problems
    assert len(told) == 3
    assert [each[: each.index("行")] for each in told] == [f"工作表“表1”第 {n} " for n in (3, 4, 6)]


def test_a_range_without_weight_has_that_of_those_below_it_and_says_so() -> None:
    rows = [list(row) for row in ROWS]
    rows[0][2] = rows[3][2] = rows[3][5] = ""
    found = read(*rows)
    assert found.problems == () and found.ranges == read(*ROWS).ranges
    assert len(found.notices) == 3 and "已按下级合计为 40" in "".join(found.notices)


def test_a_code_that_excel_made_a_date_is_told_and_not_taken() -> None:
    from datetime import date

    problems = changed(1, "鉴定点代码", date(2026, 1, 2)).problems
    assert len(problems) == 1 and "第 3 行“鉴定点代码”列：被当成了日期；请把单元格格式设为“文本”" in problems[0]


def test_rows_of_sums_notes_and_repeated_headers_are_no_points() -> None:
    rows = [*ROWS[:3], HEAD, *ROWS[3:], ["合计", "", 100], ["注：本表由专家组审定"]]
    assert read(*rows) == read(*ROWS)


def test_sheets_of_one_workbook_are_one_table() -> None:
    data = book([HEAD, *ROWS[:3]], [HEAD, *ROWS[3:]], names=("基本要求", "相关知识"))
    assert read_table(data, name="x.xlsx") == read(*ROWS)
    rows = [list(row) for row in ROWS[3:]]
    rows[0][11] = "Q"
    told = read_table(book([HEAD, *ROWS[:3]], [HEAD, *rows], names=("基本要求", "相关知识")), name="x.xlsx").problems
    assert len(told) == 1 and told[0].startswith("工作表“相关知识”第 2 行“重要程度”列")


def test_a_level_that_is_skipped_is_told() -> None:
    rows = [list(row) for row in ROWS]
    rows[3][3:6] = ["", "", ""]
    assert any("第 5 行“三级代码”列：上一级没有填写；请填写“二级代码”" in each for each in read(*rows).problems)


def test_a_header_that_lacks_a_column_names_it() -> None:
    short = [row[:11] for row in (HEAD, *ROWS)]
    assert any("表头缺少“重要程度”列" in each for each in read_table(book(short), name="x.xlsx").problems)


@pytest.mark.parametrize("data", [
    b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, b"<html><table></table>", b"name,code\n1,2\n",
    book([["姓名", "身份证号"], ["张三", "1"]]), book([HEAD]), template(),
])  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_a_mend(data: bytes) -> None:
    with pytest.raises(NotABank) as no:
        read_table(data, name="表.xlsx")
    assert str(no.value.refusals[0].reason) and str(no.value.refusals[0].mend)


def test_the_houses_own_text_is_taken_and_its_items_are_left_with_a_notice() -> None:
    found = read_table(toml([single("T1")]), name="题库.toml")
    assert [row.code for row in found.ranges] == ["A", "B"] and len(found.points) == len(POINTS)
    assert len(found.notices) == 1 and "试题没有读入" in found.notices[0]
    with pytest.raises(NotABank):
        read_table(b"[[range", name="题库.toml")
    assert read_table(b'[[range]]\ncode = "A"\n', name="x.toml").problems


codes = st.text("ABCabc123", min_size=1, max_size=6)


@st.composite
def tables(draw: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A sound table of one to three levels."""
    ranges: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []

    def grow(parent: str, whole: int, level: int) -> None:
        parts = draw(st.integers(1, min(3, whole)))
        cuts = (
            sorted(draw(st.sets(st.integers(1, whole - 1), min_size=parts - 1, max_size=parts - 1)))
            if whole > 1
            else []
        )
        for number, (low, high) in enumerate(zip([0, *cuts], [*cuts, whole], strict=True)):
            code, weight = f"{parent}{'ABC'[number]}{level}", high - low
            ranges.append({"code": code, "name": f"范围{code}", "weight": str(Decimal(weight) / 4), "parent": parent})
            if level < 3 and draw(st.booleans()):
                grow(code, weight, level + 1)
                continue
            for each in range(draw(st.integers(0, 3))):
                letter = draw(st.sampled_from("XYZ"))
                name = draw(st.text("甲乙丙丁（）：，ab ", min_size=1, max_size=12).map(str.strip).filter(bool))
                points.append({"code": f"{code}-{each:03d}", "range": code, "name": name, "importance": letter})

    grow("", 400, 1)
    if not points:
        leaf = ranges[-1]["code"]
        points.append({"code": f"{leaf}-000", "range": leaf, "name": "甲", "importance": "X"})
    return ranges, points


@settings(max_examples=60, deadline=None)
@given(tables())
def test_what_is_written_is_read_back(table: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    ranges, points = table
    found = read_table(write_table(ranges, points, title="电工"), name="x.xlsx")
    assert found.problems == () and found.notices == ()
    told = [{"code": r.code, "name": r.name, "weight": r.weight, "parent": r.parent} for r in found.ranges]
    assert told == [{**row, "weight": Decimal(row["weight"])} for row in ranges]
    told = [{"code": p.code, "range": p.range_code, "name": p.name, "importance": p.importance} for p in found.points]
    assert told == points


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["", "A", "B", "A1", "名", "5", "50", "X", "合计", "=1+1"]), max_size=12), max_size=6
    )
)
def test_whatever_stands_below_the_header_is_read_or_told(rows: list[list[str]]) -> None:
    try:
        found = read(*rows)
    except NotABank as no:
        assert no.refusals
        return
    assert found.problems or (found.ranges and found.points)


# ---- the steps ----


def upload(data: bytes, name: str = "细目表.xlsx") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, data)}


def typed(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in table(**more).items() if name not in ("ranges", "points")}


def test_a_bank_is_founded_with_a_workbook(house: Any, play: Any) -> None:
    data = book([HEAD, *ROWS])
    bank = play("bank.found", under=house.region, by=house.centre, files=upload(data), **typed())
    assert [row["code"] for row in bank.ranges] == ["A", "A1", "A2", "B", "B1", "B1a", "B1b"]
    assert bank.points[0] == {"code": "A1-001", "range": "A1", "name": "职业守则", "importance": "X"}


def test_nothing_is_founded_when_a_row_is_wrong(house: Any, play: Any) -> None:
    rows = [list(row) for row in ROWS]
    rows[1][11] = "W"
    with pytest.raises(Refused) as no:
        play("bank.found", under=house.region, by=house.centre, files=upload(book([HEAD, *rows])), **typed())
    assert [refusal.field for refusal in no.value.refusals] == ["file"]
    assert "第 3 行“重要程度”列" in str(no.value.refusals[0].reason)
    assert not Bank.everywhere.exists()


def test_a_bank_without_table_and_file_is_not_founded(house: Any, play: Any) -> None:
    with pytest.raises(Refused) as no:
        play("bank.found", under=house.region, by=house.centre, **typed())
    assert {refusal.field for refusal in no.value.refusals} == {"ranges", "points"}


def test_a_table_goes_out_is_changed_and_comes_back(house: Any, play: Any) -> None:
    bank = house.unified()
    made = load_workbook(io.BytesIO(write_table(bank.ranges, bank.points, title=bank.name)))
    made.worksheets[0].cell(3, HEAD.index("鉴定点名称") + 1).value = "新的名称"
    out = io.BytesIO()
    made.save(out)
    done = play("bank.revise_table", bank, by=house.centre, files=upload(out.getvalue()))
    assert done.points[0]["name"] == "新的名称" and len(done.points) == len(POINTS)
    assert [row["code"] for row in done.ranges] == [row["code"] for row in RANGES] and done.notices == []


def test_items_whose_point_is_gone_are_told_of(house: Any, play: Any) -> None:
    bank = house.unified()
    house.stocked(bank, count=6)
    held = bank.items.filter(point="A-001").count()
    assert held
    rest = [row for row in POINTS if row["code"] != "A-001"]
    done = play("bank.revise_table", bank, by=house.centre, ranges=json.dumps(RANGES), points=json.dumps(rest))
    assert len(done.notices) == 1 and f"A-001 已不在表中，它的 {held} 道试题" in done.notices[0]
