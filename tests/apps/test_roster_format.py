"""The roster workbook: read as people write it, refused when hostile, handed back with its problems (clause K10)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from jiangheng.apps.batches.formats.columns import COLUMNS
from jiangheng.apps.batches.formats.findings import Finding, check_rows
from jiangheng.apps.batches.formats.marking import marked_workbook, template_workbook, write_roster
from jiangheng.apps.batches.formats.roster import Roster, read_roster
from jiangheng.core.law.eligibility import Condition
from jiangheng.core.law.identity import make_identity
from jiangheng.core.law.levels import LADDER
from jiangheng.kernel.spreadsheet import NotAWorkbook

TODAY = date(2026, 11, 23)
HEADER = ["姓名", "性别", "证件号码", "手机号码", "申报职业", "申报级别"]


def number(sequence: int = 1, *, born: date = date(1990, 1, 31), sex: str = "1") -> str:
    return make_identity("450302", birth=born, sequence=sequence, sex=sex)


def person(sequence: int = 1, **other: str) -> dict[str, str]:
    plain = {
        "name": "韦秀兰",
        "document_number": number(sequence),
        "phone": f"1380000{sequence:04d}",
        "occupation": "电工",
        "level": "3",
    }
    return plain | other


def workbook(*lines: Iterable[object], title: str = "名单") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for line in lines:
        sheet.append(list(line))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def written(*rows: dict[str, str]) -> bytes:
    made = io.BytesIO()
    write_roster(rows, made)
    return made.getvalue()


def repacked(data: bytes, *, compression: int = zipfile.ZIP_DEFLATED, **parts: bytes) -> bytes:
    """The archive with parts replaced or added; in a part's name ``__`` stands for a slash and ``_dot_`` for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", compression) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, part in named.items():
            new.writestr(name, part)
    return made.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def checked(*rows: dict[str, str], **other: object) -> list[Finding]:
    plan: dict[str, object] = {"on": TODAY, "levels": {"5", "4", "3"}, "occupation": "电工"}
    return check_rows(read_roster(written(*rows)).rows, **(plan | other))


def told(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    return {(finding.column, finding.severity) for finding in findings}


# ---- reading ----------------------------------------------------------------------------------------------


def test_the_header_is_found_under_titles_and_whatever_it_is_called():
    data = workbook(
        ["桂林市某某公司职业技能等级认定报名表"],
        ["填报单位：某某公司", None, "填报日期：2026年11月"],
        ["序号", "姓 名", "身份证号码*", "联系电话\n（本人）", "职业名称", "技能等级（必填）", "学历", "爱好"],
        [1, "张　三", number(), "１３８ 0000 0001", "电工", "高级工", "大专", "钓鱼"],
    )
    roster = read_roster(data)
    assert (roster.sheet, roster.header_row, roster.unknown) == ("名单", 3, ("爱好",))
    (row,) = roster.rows
    assert row.number == 4
    assert dict(row.values) == {
        "seq": "1", "name": "张三", "document_number": number(), "phone": "13800000001", "occupation": "电工",
        "level": "3", "education": "大学专科和专科学校",
    }  # fmt: skip


def test_a_header_of_two_rows_is_understood():
    data = workbook(
        ["序号", "姓名", "身份信息", None, "联系方式", None],
        [None, None, "证件类型", "证件号码", "手机", "工作单位"],
        [1, "张三", "身份证", number(), "13800000001", "某某公司"],
    )
    roster = read_roster(data)
    assert [row.number for row in roster.rows] == [3]
    assert roster.rows[0]["document_kind"] == "居民身份证"
    assert roster.rows[0]["employer"] == "某某公司"


def test_the_first_candidate_is_never_taken_for_a_second_header_row():
    data = workbook([*HEADER, "说明文字"], ["张三", "男", number(), "13800000001", "电工", "三级", "学校"])
    assert [row["name"] for row in read_roster(data).rows] == ["张三"]


def test_blank_lines_and_the_lines_under_a_table_are_no_candidates():
    data = workbook(
        HEADER,
        ["张三", "男", number(1), "13800000001", "电工", "三级"],
        [],
        ["李四", "男", number(2), "13800000002", "电工", "三级"],
        ["合计：2 人"],
        ["填表人：某某", None, None, "审核人："],
    )
    assert [(row.number, row["name"]) for row in read_roster(data).rows] == [(2, "张三"), (4, "李四")]


def test_a_line_without_a_number_is_a_candidate_and_is_told_so():
    rows = read_roster(workbook(HEADER, ["张三", "男", None, "13800000001", "电工", "三级"])).rows
    assert ("document_number", "error") in told(check_rows(rows, on=TODAY, levels={"3"}, occupation="电工"))


@pytest.mark.parametrize(
    "habit",
    ["1990/1/31", "1990.1.31", "19900131", 19900131, 32904, "32904", "1990年1月31日", "1990-01-31",
     " １９９０．１．３１ ",
     date(1990, 1, 31), "1990-01-31 00:00:00", "1990年01月31"],
)  # fmt: skip
def test_a_date_is_read_in_each_habit(habit):
    data = workbook([*HEADER, "出生日期"], ["张三", "男", number(), "13800000001", "电工", "三级", habit])
    (row,) = read_roster(data).rows
    assert row["birth"] == "1990-01-31"
    assert check_rows([row], on=TODAY, levels={"3"}, occupation="电工") == []


@pytest.mark.parametrize(
    "habit", ["2015.7", "2015-07", "2015年7月", "201507", 201507, 2015.7, date(2015, 7, 9), "2015/7/9"]
)
def test_a_month_is_enough_where_a_month_is_asked(habit):
    data = workbook([*HEADER, "参加工作时间"], ["张三", "男", number(), "13800000001", "电工", "三级", habit])
    assert read_roster(data).rows[0]["work_since"] == "2015-07"


def test_october_turned_into_january_by_excel_is_asked_about():
    data = workbook([*HEADER, "参加工作时间"], ["张三", "男", number(), "13800000001", "电工", "三级", 2015.1])
    (finding,) = check_rows(read_roster(data).rows, on=TODAY, levels={"3"}, occupation="电工")
    assert (finding.column, finding.severity) == ("work_since", "warn")
    assert "10 月" in finding.problem and "2015-10" in finding.mend


@pytest.mark.parametrize(
    "spoken",
    ["三级", "高级工", "三级/高级工", "高级工（三级）", "国家职业资格三级", "3", 3, "３级", "三级 高级工", 3.0],
)
def test_a_level_is_read_in_each_way_it_is_spoken(spoken):
    data = workbook(HEADER, ["张三", "男", number(), "13800000001", "电工", spoken])
    assert read_roster(data).rows[0]["level"] == "3"


@pytest.mark.parametrize("ruined", ["4.50302E+17", "4.50302e+17", 450302199001310034.0])
def test_a_number_excel_has_destroyed_is_told_apart_from_a_slip_of_the_pen(ruined):
    data = workbook(HEADER, ["张三", "男", ruined, "13800000001", "电工", "三级"])
    (finding,) = check_rows(read_roster(data).rows, on=TODAY, levels={"3"}, occupation="电工")
    assert finding.column == "document_number" and finding.severity == "error"
    assert "Excel" in finding.problem and "文本" in finding.mend


def test_the_first_sheet_with_a_header_is_read_and_a_hidden_one_is_not():
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active["A1"] = "怎样填写"
    for title, name, state in (("旧名单", "旧人", "hidden"), ("新名单", "新人", "visible")):
        sheet = book.create_sheet(title)
        sheet.append(HEADER)
        sheet.append([name, "男", number(), "13800000001", "电工", "三级"])
        sheet.sheet_state = state
    roster = read_roster(saved(book))
    assert (roster.sheet, roster.rows[0]["name"]) == ("新名单", "新人")


def test_without_a_header_the_person_is_told_which_columns_to_name():
    with pytest.raises(NotAWorkbook) as refused:
        read_roster(workbook(["名字", "电话"], ["张三", "13800000001"]))
    assert "证件号码" in str(refused.value.refusals[0].mend)


# ---- what is refused at the door --------------------------------------------------------------------------


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(NotAWorkbook) as refused:
        read_roster(data)
    reason = refused.value.refusals[0]
    assert reason.mend, "a refusal says what to do"
    return str(reason.reason), str(reason.mend)


def test_an_old_xls_is_refused_with_how_to_save_it():
    reason, mend = refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096)
    assert ".xls" in reason and "另存为" in mend


def test_a_workbook_with_a_password_is_refused_as_such():
    reason, _ = refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"))
    assert "密码" in reason


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", b"\xd5\xc5\xc8\xfd,1", b"%PDF-1.7"])
def test_a_file_of_another_kind_is_refused(data):
    assert "不是 Excel" in refusal(data)[0]


def test_a_web_page_called_xls_is_refused_as_such():
    assert "网页" in refusal(b"\r\n<html><table><tr><td>\xd0\xd5</td></tr></table></html>")[0]


def test_another_office_file_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    assert "不是 Excel" in refusal(made.getvalue())[0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_half_a_file_is_refused_as_incomplete(share):
    data = written(person())
    assert "没有传完整" in refusal(data[: int(len(data) * share)])[0]


def test_macros_are_refused():
    assert "宏" in refusal(repacked(written(person()), xl__vbaProject_dot_bin=b"\0" * 64))[0]


def test_a_macro_type_without_its_part_is_refused_too():
    data = written(person())
    types = part_of(data, "[Content_Types].xml").replace(
        b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    assert "宏" in refusal(repacked(data, **{"[Content_Types]_dot_xml": types}))[0]


def test_embedded_programs_are_refused():
    assert "嵌有" in refusal(repacked(written(person()), xl__embeddings__oleObject1_dot_bin=b"\0"))[0]


def test_a_zip_bomb_is_refused_before_it_unfolds():
    bomb = repacked(written(person()), xl__media__image1_dot_xml=b"<a>" + b" " * (64 * 1024 * 1024) + b"</a>")
    assert len(bomb) < 200_000
    assert "过大" in refusal(bomb)[0]


def test_an_entity_bomb_is_refused_unread():
    lol = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert "恶意" in refusal(repacked(written(person()), xl__worksheets__sheet1_dot_xml=lol))[0]


def test_an_entity_bomb_in_another_encoding_is_refused_too():
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>&a;</sst>'
    assert "恶意" in refusal(repacked(written(person()), xl__sharedStrings_dot_xml=text.encode("utf-16")))[0]


def test_a_cell_far_to_the_right_or_far_below_is_refused_before_a_reader_makes_room_for_it():
    for place, word in (("XFD2", "列"), ("A1048576", "行")):
        book = openpyxl.load_workbook(io.BytesIO(written(person())))
        book["名单"][place] = "x"
        assert word in refusal(saved(book))[0]


def test_one_long_text_repeated_in_every_cell_is_refused():
    strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>' % (
        b"x" * 200_000
    )
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 400))
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (space, cells)
    data = repacked(
        written(person()), xl__sharedStrings_dot_xml=strings, xl__worksheets__sheet1_dot_xml=sheet,
        compression=zipfile.ZIP_STORED,
    )  # fmt: skip
    assert "文字总量" in refusal(data)[0]


@pytest.mark.parametrize("place", ["9" * 5000, "4294967295", "-1", "²", "", "0x10", "1 "])
@pytest.mark.parametrize("form", ['<row r="{}"><c>{{}}</c></row>', '<row r="1"><c r="A{}">{{}}</c></row>'])
def test_an_address_that_would_drown_the_reader_is_refused_before_it_reads(place, form):
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cells = form.format(place).format("<v>1</v>")
    sheet = f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>"
    assert "地址" in refusal(repacked(written(person()), xl__worksheets__sheet1_dot_xml=sheet.encode()))[0]


@pytest.mark.parametrize("index", ["9" * 5000, "-1", "²", "1e3", ""])
def test_a_reference_to_a_text_that_is_no_number_is_refused(index):
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cells = f'<row r="1"><c r="A1" t="s"><v>{index}</v></c></row>'
    sheet = f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>"
    assert "地址" in refusal(repacked(written(person()), xl__worksheets__sheet1_dot_xml=sheet.encode()))[0]


def sheet_of(inner: str) -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f"<worksheet {space}>{inner}</worksheet>".encode()
    return repacked(written(person()), xl__worksheets__sheet1_dot_xml=sheet, compression=zipfile.ZIP_STORED)


def test_a_merge_of_whole_columns_is_refused_before_a_reader_makes_its_cells():
    merged = '<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert "合并" in refusal(sheet_of(merged))[0]


def test_a_sea_of_empty_formatted_cells_is_refused_with_how_to_clear_it():
    row = "<c/>" * 4_000
    reason, mend = refusal(sheet_of(f"<sheetData>{f'<row>{row}</row>' * 101}</sheetData>"))
    assert "单元格过多" in reason and "删除" in mend


def test_a_sheet_that_lies_about_its_own_size_is_read_by_what_is_there():
    sheet = part_of(_SOUND, "xl/worksheets/sheet1.xml")
    lying = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', sheet)
    assert lying != sheet
    assert len(read_roster(repacked(_SOUND, xl__worksheets__sheet1_dot_xml=lying)).rows) == 2


def test_an_unknown_encoding_and_a_bottomless_nesting_are_refused():
    strange = b'<?xml version="1.0" encoding="x-unheard-of"?><worksheet/>'
    assert "损坏" in refusal(repacked(_SOUND, xl__worksheets__sheet1_dot_xml=strange))[0]
    assert "过深" in refusal(repacked(_SOUND, xl__styles_dot_xml=b"<a>" * 5_000 + b"</a>" * 5_000))[0]


def test_two_parts_of_one_name_are_refused():
    data = repacked(written(person()), XL__WORKBOOK_dot_XML=b"<a/>")
    assert "重名" in refusal(data)[0]


def test_more_than_ten_megabytes_are_refused_unopened():
    assert "10 MB" in refusal(b"PK\x03\x04" + b"\0" * (10 * 1024 * 1024))[0]


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(data):
    sound = _SOUND
    spoiled = bytearray(repacked(sound, compression=zipfile.ZIP_STORED))
    for _ in range(data.draw(st.integers(1, 6))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(read_roster(bytes(spoiled)), Roster)
    except NotAWorkbook as refused:
        assert refused.refusals[0].mend


@given(cut=st.integers(0, 4000), junk=st.text("<>/cvrtis=\"'0A1 ", max_size=40))
@settings(max_examples=80, deadline=None)
def test_a_sheet_whose_xml_is_tampered_with_is_read_or_refused(cut, junk):
    sheet = part_of(_SOUND, "xl/worksheets/sheet1.xml")
    place = cut % len(sheet)
    try:
        read_roster(repacked(_SOUND, xl__worksheets__sheet1_dot_xml=sheet[:place] + junk.encode() + sheet[place:]))
    except NotAWorkbook as refused:
        assert refused.refusals[0].mend


_SOUND = written(person(1), person(2))


# ---- checking ---------------------------------------------------------------------------------------------


def test_a_sound_row_has_no_finding():
    assert checked(person(1), person(2)) == []


@pytest.mark.parametrize(
    ("wrong", "column", "severity"),
    [
        ({"document_number": number()[:-1] + ("0" if number()[-1] != "0" else "1")}, "document_number", "error"),
        ({"document_number": number()[:17]}, "document_number", "error"),
        ({"document_number": "450302900131003"}, "document_number", "error"),
        ({"sex": "女"}, "sex", "error"),
        ({"sex": "不详"}, "sex", "error"),
        ({"birth": "1990-01-30"}, "birth", "error"),
        ({"birth": "1990-02"}, "birth", "error"),
        ({"document_number": number(born=date(2010, 11, 24))}, "document_number", "error"),
        ({"document_number": number(born=date(2008, 1, 1))}, "level", "warn"),
        ({"phone": "1380000000"}, "phone", "error"),
        ({"phone": "0773-2800000"}, "phone", "error"),
        ({"phone": ""}, "phone", "error"),
        ({"name": ""}, "name", "error"),
        ({"name": "张三1"}, "name", "error"),
        ({"level": "八级"}, "level", "error"),
        ({"level": "2"}, "level", "error"),
        ({"occupation": "钳工"}, "occupation", "error"),
        ({"direction": "不存在的方向"}, "direction", "error"),
        ({"education": "博士后"}, "education", "error"),
        ({"ethnic_group": "汉人"}, "ethnic_group", "error"),
        ({"held_level": "3"}, "held_level", "warn"),
        ({"held_issued": "2020-01"}, "held_issued", "error"),
        ({"held_issued": "2027-01-01"}, "held_issued", "error"),
        ({"work_since": "去年"}, "work_since", "error"),
        ({"work_since": "2015"}, "work_since", "error"),
        ({"years": "十年"}, "years", "error"),
        ({"years": "²"}, "years", "error"),
        ({"nature": "晋级"}, "held_number", "error"),
        ({"document_kind": "军官证"}, "document_kind", "error"),
        ({"document_kind": "护照", "document_number": "E12345678"}, "birth", "error"),
        ({"document_kind": "护照", "document_number": "护照号", "birth": "1990-01-31"}, "document_number", "error"),
    ],
)
def test_each_fault_is_found_in_its_own_cell_and_told_how_to_mend(wrong, column, severity):
    findings = checked(person(1, **wrong), directions=("维修电工",))
    assert told(findings) == {(column, severity)}
    assert told(checked(person(1, **wrong), directions=("维修电工",), conditions=CONDITIONS)) == told(findings)
    assert all(finding.problem and finding.mend and finding.row == 3 for finding in findings)


@pytest.mark.parametrize(
    "right",
    [
        {"birth": "1990-01"}, {"sex": "男"}, {"occupation": "6-31-01-03"}, {"ethnic_group": "壮"},
        {"education": "本科"},
        {"document_number": number(born=date(2006, 11, 23))}, {"phone": "+86 138-0000-0001"}, {"years": "10年"},
        {"condition": "第1条"}, {"document_kind": "护照", "document_number": "E12345678", "birth": "1990-01-31"},
        {"document_kind": "台湾居民居住证", "document_number": "830000199001010012"}, {"direction": "维修电工"},
    ],
)  # fmt: skip
def test_what_people_may_write_is_not_held_against_them(right):
    assert checked(person(1, **right), occupation_code="6-31-01-03", directions=("维修电工",)) == []


def test_a_person_may_apply_on_the_day_of_turning_sixteen_and_not_a_day_before():
    turning = person(1, document_number=number(born=date(2010, 11, 23)), level="5")
    assert checked(turning) == []
    assert told(checked(turning, on=date(2026, 11, 22))) == {("document_number", "error")}


def test_one_person_twice_names_both_rows():
    findings = checked(person(1), person(2), person(1, phone="13900000001"))
    assert [(finding.row, finding.column) for finding in findings] == [(3, "document_number"), (5, "document_number")]
    assert "第 5 行" in findings[0].problem and "第 3 行" in findings[1].problem


def test_two_ruined_numbers_are_not_called_one_person():
    ruined = {"document_number": "4.50302E+17"}
    problems = [finding.problem for finding in checked(person(1, **ruined), person(2, **ruined))]
    assert len(problems) == 2 and not any("同一个人" in problem for problem in problems)


def test_a_phone_shared_by_two_people_is_asked_about():
    findings = checked(person(1), person(2, phone="13800000001"))
    assert [(finding.row, finding.column, finding.severity) for finding in findings] == [
        (3, "phone", "warn"),
        (4, "phone", "warn"),
    ]


@pytest.mark.parametrize("known", [{number(2)}, [number(2)], lambda asked: asked == number(2)])
def test_who_has_applied_already_is_named(known):
    (finding,) = checked(person(1), person(2), known=known)
    assert finding.row == 4 and "已在本批次报名" in finding.problem


CONDITIONS = (
    Condition("3", 1, "累计工作满 10 年", "标准", "P3", (), total_years=10),
    Condition(
        "3", 2, "持四级证书后工作满 4 年", "标准", "P3", ("6-31-01-03",), requires_level="4", years_after_level=4
    ),
    Condition("3", 3, "高级工班毕业", "标准", "P3", (), school_kinds=("senior_class",)),
)


def test_the_condition_named_is_held_against_what_the_row_tells():
    def at(**told_in_row: str) -> set[tuple[str, str]]:
        return told(checked(person(1, **told_in_row), conditions=CONDITIONS))

    assert at(condition="4") == {("condition", "error")}
    assert at(condition="1", work_since="2016-11") == set()
    assert at(condition="1", work_since="2017-02") == {("condition", "warn")}
    assert at(condition="1", years="10") == set()
    assert at(condition="1", years="9") == {("condition", "warn")}
    assert at(condition="2", held_level="4", held_issued="2020-05-01", work_since="2015-01") == set()
    assert at(condition="2", held_level="4", held_issued="2024-05-01", work_since="2015-01") == {("condition", "warn")}
    assert at(condition="3", years="1") == set()
    assert at(condition="2") == set()


def test_the_import_preview_names_what_is_missing_and_the_first_date_on_which_it_is_not():
    (late,) = checked(person(1, condition="1", work_since="2017-02"), conditions=CONDITIONS)
    assert "须累计满10年" in late.problem and "最早 2027-02-01 满足" in late.problem
    (never,) = checked(person(1, condition="2", held_level="5", work_since="2015-01"), conditions=CONDITIONS)
    assert "须持有本职业或相关职业四级/中级工证书（不能只靠时间满足）" in never.problem


# ---- handing back -----------------------------------------------------------------------------------------


def test_the_workbook_comes_back_with_its_own_face_and_our_marks():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名单"
    sheet.append(["某某公司报名表"])
    sheet.append([*HEADER, "合计公式"])
    sheet.append(["张三", "男", number(1), "13800000001", "电工", "三级", "=1+1"])
    sheet.append(["李四", "女", number(2), "138", "电工", "三级"])
    sheet["A1"].font = Font(size=20, bold=True, color="FF123456")
    sheet.column_dimensions["A"].width = 33
    data = saved(book)
    findings = check_rows(read_roster(data).rows, on=TODAY, levels={"3"}, occupation="电工")
    back = openpyxl.load_workbook(io.BytesIO(marked_workbook(data, findings)))["名单"]
    assert back["A1"].font.size == 20 and back.column_dimensions["A"].width == 33
    assert [back.cell(2, column).value for column in (8, 9)] == ["导入结果", "问题与改法"]
    assert back["H3"].value == "√ 可导入" and back["I3"].value is None
    assert back["H4"].value == "× 不能导入"
    assert "【性别】" in back["I4"].value and "【手机号码】" in back["I4"].value
    assert back["D4"].fill.fgColor.rgb.endswith("F4B6AE") and "11 位" in back["D4"].comment.text
    assert back["D3"].comment is None and back["D3"].fill.fill_type is None
    assert back["G3"].data_type != "f"


def test_a_workbook_marked_twice_keeps_its_width_and_loses_marks_that_are_mended():
    data = written(person(1, phone="138"))
    rows = read_roster(data).rows
    once = marked_workbook(data, check_rows(rows, on=TODAY, levels={"3"}, occupation="电工"))
    twice = marked_workbook(once, [])
    first, second = (openpyxl.load_workbook(io.BytesIO(made))["名单"] for made in (once, twice))
    assert first.max_column == second.max_column == len(COLUMNS) + 2
    phone = [column.key for column in COLUMNS].index("phone") + 1
    assert first.cell(3, phone).comment is not None and first.cell(3, phone).fill.fill_type == "solid"
    assert second.cell(3, phone).comment is None and second.cell(3, phone).fill.fill_type is None
    assert second.cell(3, len(COLUMNS) + 1).value == "√ 可导入"
    assert read_roster(twice).unknown == ()


def test_what_a_cell_says_is_never_run_in_the_workbook_we_hand_back():
    data = written(person(1, occupation='=HYPERLINK("http://x.example","点")'))
    assert read_roster(data).rows[0]["occupation"].startswith("=HYPERLINK")
    findings = check_rows(read_roster(data).rows, on=TODAY, levels={"3"}, occupation="电工")
    marked = openpyxl.load_workbook(io.BytesIO(marked_workbook(data, findings)))
    kinds = {cell.data_type for sheet in marked for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds


def test_the_template_reads_as_an_empty_roster_with_every_column():
    roster = read_roster(template_workbook())
    assert roster.rows == () and roster.unknown == ()
    assert list(roster.columns) == [column.key for column in COLUMNS]


def test_the_template_keeps_numbers_as_text_and_offers_the_lists():
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    assert book.sheetnames[0] == "名单" and "填写说明" in book.sheetnames
    sheet = book["名单"]
    place = [column.key for column in COLUMNS].index("document_number") + 1
    letter = openpyxl.utils.get_column_letter(place)
    styles = [dimension for dimension in sheet.column_dimensions.values() if dimension.min <= place <= dimension.max]
    assert [style.number_format for style in styles] == ["@"], letter
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) == sum(bool(column.choices) for column in COLUMNS)


names = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


@given(
    people=st.lists(
        st.fixed_dictionaries(
            {
                "name": names,
                "sequence": st.integers(0, 499),
                "born": st.dates(date(1940, 1, 1), date(2006, 1, 1)),
                "level": st.sampled_from([step.code for step in LADDER]),
                "employer": names,
                "phone": st.integers(13_000_000_000, 19_999_999_999).map(str),
            }
        ),
        max_size=8,
    )
)
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_what_is_read(people):
    rows = [
        {
            "name": each["name"],
            "document_number": number(each["sequence"], born=each["born"]),
            "birth": each["born"].isoformat(),
            "level": each["level"],
            "employer": each["employer"],
            "phone": each["phone"],
            "occupation": "电工",
        }
        for each in people
    ]
    read = read_roster(written(*rows)).rows
    assert [{key: row[key] for key in rows[0]} for row in read] == rows
