"""Bank workbooks: read as people write them, refused when hostile, handed back marked, written and read again (K7)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.drawing.image import Image as Drawn
from PIL import Image

from jiangheng.apps.itembank.formats import workbook, workbook_marked, workbook_write
from jiangheng.apps.itembank.formats.found import Found, Media, NotABank, digest_of
from jiangheng.apps.itembank.formats.workbook_columns import REMEDY, RESULT, column_of, kind_of
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS, Area, Item, Option, RubricLine, check_item

HEADER = ["题号", "题型", "题干", "答案", "选项A", "选项B", "选项C", "选项D", "鉴定点代码", "难度"]


def saved(book: openpyxl.Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def file_of(*lines: Iterable[object], title: str = "题库") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for line in lines:
        book.active.append(list(line))
    return saved(book)


def row(**other: object) -> list[object]:
    plain: dict[str, object] = {
        "题号": "S1",
        "题型": "单选题",
        "题干": "电流的单位是（　）。",
        "答案": "B",
        "选项A": "伏特",
        "选项B": "安培",
        "选项C": "欧姆",
        "选项D": "瓦特",
        "鉴定点代码": "A-A-A-001",
        "难度": 2,
    }
    return [(plain | other)[title] for title in HEADER]


def only(data: bytes) -> Found:
    (found,) = workbook.read(data).items
    return found


def problems(**other: object) -> str:
    return "；".join(only(file_of(HEADER, row(**other))).problems)


def png(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(made, "PNG")
    return made.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The archive with parts replaced or added; in a part's name ``__`` stands for a slash and ``_dot_`` for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, part in named.items():
            new.writestr(name, part)
    return made.getvalue()


# What is read


def test_a_sound_row_is_an_item_with_its_place():
    found = only(file_of(HEADER, row()))
    assert found.place == "第 2 行" and not found.problems and not found.losses
    item = found.item
    assert item is not None and not check_item(item)
    assert (item.code, item.kind, item.answer, item.point, item.range_code) == (
        "S1",
        "single",
        ("B",),
        "A-A-A-001",
        "A-A-A",
    )
    assert [option.text for option in item.options] == ["伏特", "安培", "欧姆", "瓦特"]


@pytest.mark.parametrize(
    "header",
    [
        ["试题GUID", "试题类型", "试题题干", "正确答案", "A", "B", "C", "D", "知识点", "难易度"],
        [
            "编号",
            "题类",
            "题目内容（必填）",
            "标准答案",
            "答案选项A",
            "答案选项B",
            "答案选项C",
            "答案选项D",
            "考点",
            "难度系数",
        ],
        ["ID", "*题型", "试 题", "参考答案", "选项1", "选项2", "选项3", "选项4", "鉴定点", "难度等级"],
    ],
)
def test_headers_of_other_systems_are_understood(header: list[str]):
    found = only(file_of(["某某题库"], [], header, row()))
    assert found.item is not None and not found.problems
    assert found.item.answer == ("B",) and len(found.item.options) == 4 and found.item.point == "A-A-A-001"


def test_options_in_one_cell_are_parted_by_letters_lines_or_strokes():
    header = ["题型", "题干", "选项", "答案"]
    for together in (
        "A.伏特 B.安培 C.欧姆 D.瓦特",
        "A、伏特\nB、安培\nC、欧姆\nD、瓦特",
        "伏特|安培|欧姆|瓦特",
        "伏特\n安培\n欧姆\n瓦特",
    ):
        found = only(file_of(header, ["单选", "电流的单位是（　）。", together, "B"]))
        assert found.item is not None and not found.problems, found
        assert [option.text for option in found.item.options] == ["伏特", "安培", "欧姆", "瓦特"]


def test_letters_in_front_of_options_go_also_before_a_number():
    found = only(file_of(HEADER, row(选项A="A.220V", 选项B="B.380V", 选项C="C.1.5kV", 选项D="D.10kV")))
    assert found.item is not None
    assert [option.text for option in found.item.options] == ["220V", "380V", "1.5kV", "10kV"]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("ABD", "ABD"),
        ("A,B,D", "ABD"),
        ("A、B", "AB"),
        ("abd", "ABD"),
        ("ＡＢＤ", "ABD"),
        ("d;a", "AD"),
        ("伏特|欧姆", "AC"),
    ],
)
def test_answers_of_several_letters_are_read_as_people_write_them(written: str, answer: str):
    found = only(file_of(HEADER, row(题型="多项选择题", 答案=written)))
    assert found.item is not None and found.item.answer == tuple(answer) and not found.problems


@pytest.mark.parametrize("word", ["√", "对", "正确", "T", "true", "A", "Y", "1", "✓"])
def test_what_means_right(word: str):
    found = only(file_of(HEADER, row(题型="是非题", 答案=word, 选项A=None, 选项B=None, 选项C=None, 选项D=None)))
    assert found.item is not None and found.item.answer == ("A",) and not found.problems


@pytest.mark.parametrize("word", ["×", "错", "错误", "F", "X", "B", "否", 0, False])
def test_what_means_wrong(word: object):
    found = only(file_of(HEADER, row(题型="判断", 答案=word, 选项A="正确", 选项B="错误", 选项C=None, 选项D=None)))
    assert found.item is not None and found.item.answer == ("B",) and not found.problems


def test_a_judgement_whose_options_stand_the_other_way_round_is_not_turned_over():
    found = only(file_of(HEADER, row(题型="判断", 答案="A", 选项A="错误", 选项B="正确", 选项C=None, 选项D=None)))
    assert found.item is not None and found.item.answer == ("B",)


@pytest.mark.parametrize(
    ("written", "grade"),
    [(3, 3), ("易", 1), ("较易", 2), ("中等", 3), ("较难", 4), ("难", 5), (0.65, 3), ("0.9", 1), (None, 3), ("★★", 2)],
)
def test_difficulty_in_grades_words_coefficients_and_stars(written: object, grade: int):
    found = only(file_of(HEADER, row(难度=written)))
    assert found.item is not None and found.item.difficulty == grade


def test_kinds_by_the_words_people_use():
    words = {
        "单选": "single", "单项选择题": "single", "多选题": "multiple", "判断题": "judgement", "是非题": "judgement",
        "填空": "fill", "数值题": "numeric", "简答题": "short", "问答题": "short", "计算题": "calculation",
        "论述题": "essay", "案例分析题": "case", "连线题": "matching", "匹配题": "matching", "排序题": "ordering",
        "一、单项选择题": "single", "选择题": "choice", "画图题": "",
    }  # fmt: skip
    assert {word: kind_of(word) for word in words} == words


def test_a_choice_item_is_single_or_multiple_by_its_answer():
    found = workbook.read(file_of(HEADER, row(题型="选择题"), row(题号="S2", 题型="选择题", 答案="AB"))).items
    assert [one.item.kind for one in found if one.item] == ["single", "multiple"]


def test_every_sheet_is_read_and_may_say_the_kind():
    book = openpyxl.Workbook()
    book.active.title = "单选题"
    book.active.append(["题干", "A", "B", "C", "答案"])
    book.active.append(["电流的单位是（　）。", "伏特", "安培", "欧姆", "B"])
    other = book.create_sheet("判断题")
    other.append(["题干", "答案"])
    other.append(["电流表应并联。", "×"])
    book.create_sheet("说明").append(["随便写点什么"])
    found = workbook.read(saved(book)).items
    assert [(one.place, one.item.kind, one.item.code) for one in found if one.item] == [
        ("工作表“单选题”第 2 行", "single", "R1-00002"),
        ("工作表“判断题”第 2 行", "judgement", "R2-00002"),
    ]
    assert not any(one.problems for one in found)


def test_titles_headings_merged_kinds_and_blank_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["桂林市电工题库"])
    sheet.merge_cells("A1:J1")
    sheet.append(HEADER)
    sheet.append(row(题号="S1"))
    sheet.append(row(题号="S2", 题型=None))
    sheet.merge_cells("B3:B4")
    sheet.append([])
    sheet.append(["二、多项选择题（每题2分）"])
    sheet.append(row(题号="S3", 题型=None, 答案="AB"))
    sheet.append(["合计：3题"])
    found = workbook.read(saved(book)).items
    assert [(one.place, one.item.kind) for one in found if one.item] == [
        ("第 3 行", "single"),
        ("第 4 行", "single"),
        ("第 7 行", "multiple"),
    ]
    assert not any(one.problems for one in found)


def test_a_header_of_two_rows():
    lines = (["题型", "题干", "选项", None, None, "答案"], [None, None, "A", "B", "C", None])
    found = only(file_of(*lines, ["单选", "电流的单位是（　）。", "伏特", "安培", "欧姆", "B"]))
    assert found.item is not None and len(found.item.options) == 3 and not found.problems


def test_raised_letters_stay_raised_and_a_bold_cell_is_no_bold_text():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        raised, bold = book.add_format({"font_script": 1}), book.add_format({"bold": True})
        sheet.write_row(0, 0, ["题型", "题干", "答案"])
        sheet.write_string(1, 0, "判断", bold)
        sheet.write_rich_string(1, 1, "光速约为3×10", raised, "8", "m/s。")
        sheet.write_string(1, 2, "√")
        sheet.write_string(2, 0, "判断")
        sheet.write_rich_string(2, 1, bold, "整段", bold, "加粗。")
        sheet.write_string(2, 2, "√")
    found = workbook.read(made.getvalue()).items
    assert [one.item.stem for one in found if one.item] == ["光速约为3×10<sup>8</sup>m/s。", "整段加粗。"]


def test_percentages_and_decimals_are_read_as_they_are_shown():
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(row(选项A=0.05, 选项B=0.1, 选项C=2, 选项D=0.125))
    for cell, form in (("E2", "0%"), ("F2", "0%"), ("G2", "0.00"), ("H2", "0%")):
        book.active[cell].number_format = form
    item = only(saved(book)).item
    assert item is not None and [option.text for option in item.options] == ["5%", "10%", "2.00", "12.5%"]


def test_a_picture_belongs_to_the_cell_it_stands_at():
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(row())
    book.active.add_image(Drawn(io.BytesIO(png("red"))), "C2")
    book.active.add_image(Drawn(io.BytesIO(png("blue"))), "F2")
    read = workbook.read(saved(book))
    item = read.items[0].item
    assert item is not None and not read.items[0].problems
    (in_stem,), (in_option,) = rich.media_of(item.stem), rich.media_of(item.options[1].text)
    assert in_stem != in_option and set(read.media) == {in_stem, in_option}
    assert read.media[in_stem].media_type == "image/png" and digest_of(read.media[in_stem].data) == in_stem


def test_a_picture_within_a_cell_as_another_program_keeps_it():
    data = file_of(HEADER, row(题干=None))
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    formula = '<c r="C2" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
    sheet = sheet.replace('<c r="D2"', formula + '<c r="D2"', 1)
    images = (
        b'<e:cellImages xmlns:e="http://www.wps.cn/officeDocument/2017/etCustomData" '
        b'xmlns:x="urn:x" xmlns:a="urn:a" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        b'<e:cellImage><x:pic><x:cNvPr id="1" name="ID_1"/><a:blip r:embed="rId1"/></x:pic></e:cellImage>'
        b"</e:cellImages>"
    )
    relation = b'<Relationship Id="rId1" Type="http://x/image" Target="media/image1.png"/>'
    book = zipfile.ZipFile(io.BytesIO(data)).read("xl/_rels/workbook.xml.rels")
    book = book.replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://x/cellImage" Target="cellimages.xml"/></Relationships>',
    )
    wrapped = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    found = workbook.read(
        repacked(
            data,
            xl__worksheets__sheet1_dot_xml=sheet.encode(),
            xl__cellimages_dot_xml=images,
            xl___rels__cellimages_dot_xml_dot_rels=wrapped % relation,
            xl___rels__workbook_dot_xml_dot_rels=book,
            xl__media__image1_dot_png=png(),
        )
    )
    item = found.items[0].item
    assert item is not None and rich.media_of(item.stem) == set(found.media)


def test_a_case_is_its_material_and_the_rows_of_its_group():
    header = ["题组", *HEADER, "占比"]
    head = [
        "C1",
        *row(
            题号="C1",
            题型="案例分析题",
            题干="一台电动机起动时熔断器熔断。",
            答案=None,
            选项A=None,
            选项B=None,
            选项C=None,
            选项D=None,
        ),
        None,
    ]
    parts = [["C1", *row(题号=None), 40], ["C1", *row(题号=None, 题干="电压的单位是（　）。", 答案="A"), 60]]
    found = only(file_of(header, head, *parts))
    assert found.place == "第 2–4 行" and not found.problems
    assert found.item is not None and [(part.code, part.share) for part in found.item.parts] == [
        ("C1.1", 40),
        ("C1.2", 60),
    ]


def test_what_has_no_place_in_the_house_is_said():
    found = only(file_of([*HEADER, "一致性", "分数", "审核人"], [*row(), 5, 0.5, "韦工"]))
    assert not found.problems
    said = "；".join(found.losses)
    assert "一致性“5”" in said and "分数“0.5”" in said and "审核人" in said and "韦工" in said


def test_progress_is_told_and_ends_at_the_whole():
    told: list[tuple[int, int]] = []
    workbook.read(
        file_of(HEADER, *(row(题号=f"S{n}") for n in range(450))), progress=lambda done, of: told.append((done, of))
    )
    assert told[-1] == (451, 451) and len(told) >= 3 and told == sorted(told)


# What is wrong, in words

MISTAKES = {
    "还没有答案": ({"答案": None}, "【答案】没有写答案"),
    "答案字母超出选项": ({"答案": "E"}, "答案“E”中的 E 不是本题的选项"),
    "单选写了两个": ({"答案": "AB"}, "单选题的答案应有 1 个选项，现有 2 个"),
    "答案看不懂": ({"答案": "见教材"}, "答案“见教材”看不懂"),
    "多选字母重复": ({"题型": "多选题", "答案": "ABA"}, "重复的字母"),
    "多选只有一个": ({"题型": "多选题", "答案": "A"}, "多选题的答案应有 至少 2 个选项"),
    "多选全选": ({"题型": "多选题", "答案": "ABCD"}, "全选即可得分"),
    "选项相同": ({"选项C": "安培"}, "选项 C 与选项 B 文字相同"),
    "选项中间空着": ({"选项B": None, "答案": "A"}, "选项 B 没有文字"),
    "选项太少": ({"选项C": None, "选项D": None, "答案": "A"}, "有 2 个选项"),
    "题干空着": ({"题干": None}, "【题干】题干为空"),
    "题型不认识": ({"题型": "画图题"}, "题型“画图题”不认识"),
    "识图题": ({"题型": "识图题"}, "识图题的区域不能写在表格里"),
    "难度超出": ({"难度": 9}, "难度“9”看不懂"),
    "难度写成字母": ({"难度": "L"}, "难度“L”看不懂"),
    "判断答案写成字": ({"题型": "判断题", "答案": "也许"}, "判断题的答案“也许”看不懂"),
    "填空没有空": ({"题型": "填空题", "题干": "频率为50Hz", "答案": "50"}, "题干有 0 个空"),
    "填空答案数目不对": ({"题型": "填空题", "题干": "____和____", "答案": "甲；乙；丙"}, "题干有 2 个空，答案有 3 个"),
    "数值答案不是数": ({"题型": "数值题", "答案": "很多"}, "答案“很多”不是一个数"),
    "连线答案不成对": ({"题型": "连线题", "答案": "ABC"}, "连线题的答案“ABC”看不懂"),
    "排序答案不全": ({"题型": "排序题", "答案": "CA"}, "答案“CA”应把"),
    "公式": ({"答案": "=CHAR(66)"}, "【答案】单元格是公式"),
    "案例只有一行": ({"题型": "案例分析题", "答案": None}, "案例分析题要分行写"),
    "题号有空格": ({"题号": "S 1"}, "试题编号为空或含空白"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_of_real_life_gets_its_sentence(mistake: str):
    wrong, sentence = MISTAKES[mistake]
    blank = dict.fromkeys(("选项A", "选项B", "选项C", "选项D")) if wrong.get("题型") in ("填空题", "数值题") else {}
    assert sentence in problems(**(blank | wrong))


def test_a_date_excel_made_of_an_option_is_pointed_out():
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(row(选项B=45292))
    book.active["F2"].number_format = "m-d"
    assert any("【选项B】内容被 Excel 变成了日期（2024-01-01）" in problem for problem in only(saved(book)).problems)


def test_a_number_that_occurs_twice_names_the_other_row():
    found = workbook.read(file_of(HEADER, row(), row(题干="电压的单位是（　）。", 答案="A"))).items
    assert not found[0].problems
    assert found[1].problems == ("【题号】题号“S1”与第 2 行相同，请改成不同的题号",)


def test_a_stem_merged_over_several_rows_is_pointed_out():
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(row())
    book.active.append(row(题号="S2", 题干=None))
    book.active.merge_cells("C2:C3")
    assert any("取消合并" in problem for problem in workbook.read(saved(book)).items[1].problems)


def test_a_missing_column_is_named():
    with pytest.raises(NotABank, match="缺少“答案”列"):
        workbook.read(file_of(["题型", "题干", "选项A"], ["单选", "甲", "乙"]))
    with pytest.raises(NotABank, match="没有找到题库的表头"):
        workbook.read(file_of(["姓名", "电话"], ["韦秀兰", "1380000"]))
    with pytest.raises(NotABank, match="没有一道题"):
        workbook.read(file_of(HEADER))


# What is refused


def test_hostile_and_foreign_files_are_refused_with_a_reason():
    good = file_of(HEADER, row())
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    types = zipfile.ZipFile(io.BytesIO(good)).read("[Content_Types].xml")
    cases = {
        "文档类型声明": repacked(good, xl__worksheets__sheet1_dot_xml=bomb),
        "展开后过大": repacked(good, xl__junk_dot_xml=b" " * 300_000_000),
        "损坏": good[: len(good) // 2],
        "宏程序": repacked(good, xl__vbaProject_dot_bin=b"x"),
        "旧版 Excel": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
        "不是 Excel 工作簿": b"hello",
        "别的 Office 文件": repacked(good, **{"[Content_Types]_dot_xml": types.replace(b"spreadsheetml", b"word")}),
        "不正常的单元格地址": repacked(
            good,
            xl__worksheets__sheet1_dot_xml=b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b'<sheetData><row r="1"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>',
        ),
    }
    for reason, data in cases.items():
        with pytest.raises(NotABank, match=reason) as refused:
            workbook.read(data)
        assert refused.value.refusals[0].mend


def test_a_file_that_contradicts_itself_is_refused_and_does_not_break():
    good = file_of(HEADER, row())
    sheet = zipfile.ZipFile(io.BytesIO(good)).read("xl/worksheets/sheet1.xml")
    for cell in (b't="s"><v>999</v></c>', b't="s"><v>x</v></c>', b's="x"><v>1</v></c>', b"><v>many</v></c>"):
        wrong = re.sub(rb'(<c r="A1" )[^>]*>.*?</c>', rb"\1" + cell, sheet, count=1)
        with pytest.raises(NotABank):
            workbook.read(repacked(good, xl__worksheets__sheet1_dot_xml=wrong))


# What is handed back


def test_the_same_file_comes_back_with_red_cells_and_reasons_and_can_go_round():
    data = file_of(HEADER, row(), row(题号="S2", 答案="AB"), row(题号="S3", 难度="L"))
    found = workbook.read(data).items
    once = workbook_marked.marked(data, found)
    sheet = openpyxl.load_workbook(io.BytesIO(once)).active
    assert [sheet.cell(1, 11).value, sheet.cell(1, 12).value] == [RESULT, REMEDY]
    assert sheet["K2"].value.startswith("√") and sheet["K3"].value.startswith("×")
    assert "【答案】" in sheet["L3"].value and sheet["D3"].fill.fgColor.rgb == "00F4B6AE" and sheet["D3"].comment
    assert sheet["J4"].fill.fgColor.rgb == "00F4B6AE" and sheet["D2"].fill.fgColor.rgb != "00F4B6AE"
    twice = workbook_marked.marked(once, workbook.read(once).items)
    again = openpyxl.load_workbook(io.BytesIO(twice)).active
    assert again.max_column == sheet.max_column and again["L3"].value == sheet["L3"].value
    assert [one.item for one in workbook.read(twice).items] == [one.item for one in found]


def test_problems_found_later_go_to_their_row_too():
    data = file_of(HEADER, row())
    (found,) = workbook.read(data).items
    later = replace(found, problems=("与题库中的 S9 相似（100%）",))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_marked.marked(data, [later]))).active
    assert sheet["K2"].value.startswith("×") and sheet["L2"].value == "与题库中的 S9 相似（100%）"


def test_a_reason_that_begins_like_a_formula_is_no_formula():
    data = file_of(HEADER, row(题型="=1+1"))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_marked.marked(data, workbook.read(data).items))).active
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


# What is written


def texts(*, raised: bool = True) -> st.SearchStrategy[str]:
    letters = st.text(st.sampled_from("电流单位是甲乙丙 ab=+-0123.,<>&_（）()|\\；;\n“”×÷"), min_size=1, max_size=20)
    plain = letters.map(rich.from_plain).filter(lambda text: rich.plain(text).strip() and rich.is_canonical(text))
    marked = st.tuples(plain, st.sampled_from(("sup", "sub", "strong", "em", "u")), st.sampled_from(("2", "甲", "n")))
    formula = st.just(rich.clean("\\( \\frac{U}{I} \\)").text)
    table = st.just("<table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>")
    dressed = marked.map(lambda one: f"{one[0]}<{one[1]}>{one[2]}</{one[1]}>").filter(rich.is_canonical)
    return st.one_of(plain, dressed, formula, table) if raised else plain


@st.composite
def items(draw: st.DrawFn, *, part: bool = False) -> Item:
    kinds = [kind for kind in KINDS if kind != "hotspot" and not (part and kind == "case")]
    kind = draw(st.sampled_from(kinds))
    item = Item(
        code="S1", kind=kind, stem=draw(texts()), point="A-A-A-001", range_code="A-A-A",
        difficulty=draw(st.integers(1, 5)), importance=draw(st.sampled_from("XYZ")),
        explanation=draw(st.one_of(st.just(""), texts())),
        source=draw(st.sampled_from(("", "教材第三章"))), seconds=draw(st.sampled_from((0, 40))),
        enemies=draw(st.sampled_from(((), ("S2",), ("S2", "S3")))),
    )  # fmt: skip
    answered = KINDS[kind].answered
    if kind in ("single", "multiple", "matching", "ordering"):
        words = draw(st.lists(texts(), min_size=3, max_size=5, unique=True))
        item = replace(item, options=tuple(Option(k, t) for k, t in zip("ABCDE", words, strict=False)))
    if kind == "single":
        item = replace(item, answer=(draw(st.sampled_from(item.keys)),))
    elif kind == "multiple":
        item = replace(item, answer=item.keys[:2])
    elif kind == "judgement":
        item = replace(item, options=KINDS[kind].options, answer=(draw(st.sampled_from("AB")),))
    elif kind == "fill":
        item = replace(item, stem="频率____与周期____。", answer=("50|五十", draw(st.sampled_from(("0.02", "甲、乙")))))
    elif kind == "numeric":
        tolerance = draw(st.sampled_from(("", "0.1", "2%")))
        item = replace(item, answer=("12.5",), tolerance=tolerance, unit=draw(st.sampled_from(("", "Ω", "m/s"))))
    elif kind == "matching":
        targets = draw(st.lists(texts(), min_size=len(item.options), max_size=len(item.options), unique=True))
        item = replace(item, targets=tuple(Option(str(n), t) for n, t in enumerate(targets, 1)))
        item = replace(
            item, answer=tuple(sorted(f"{k}{n}" for k, n in zip(item.keys[::-1], range(1, 6), strict=False)))
        )
    elif kind == "ordering":
        item = replace(item, answer=item.keys[::-1])
    elif answered == "open":
        item = replace(
            item, reference=draw(texts()), rubric=(RubricLine(draw(texts()), 40), RubricLine(draw(texts()), 60))
        )
        item = replace(item, answer=("2",) if kind == "calculation" else ())
    elif kind == "case":
        parts = [draw(items(part=True)) for _ in range(2)]
        item = replace(item, parts=tuple(replace(p, code=f"S1.{n}", share=50) for n, p in enumerate(parts, 1)))
    return item


@settings(max_examples=120)
@given(items())
def test_what_is_written_is_read_back_the_same(item: Item):
    written = workbook_write.write([item], media={}, title="题库")
    assert not written.losses
    assert [one.item for one in workbook.read(written.data).items] == [item]


def test_every_kind_a_row_can_carry_is_carried():
    found = _examples()
    assert {item.kind for item in found} == KINDS.keys() - {"hotspot"}
    written = workbook_write.write(found, media={}, title="题库")
    assert not written.losses
    assert [one.item for one in workbook.read(written.data).items] == list(found)


def test_a_plain_item_is_written_as_a_person_would_type_it():
    written = workbook_write.write(_examples()[:1], media={}, title="题库")
    sheet = openpyxl.load_workbook(io.BytesIO(written.data)).worksheets[0]
    assert "我国低压动力用电的线电压为（　）V。" in [cell.value for cell in sheet[3]]


def test_pictures_travel_with_their_items():
    data = png()
    digest = digest_of(data)
    item = replace(_examples()[0], stem=f'看图：<img src="media:{digest}" alt="电路"/>')
    written = workbook_write.write([item], media={digest: Media(data, "image/png", "a.png")}, title="题库")
    read = workbook.read(written.data)
    assert [one.item for one in read.items] == [item] and read.media[digest].data == data
    lacking = workbook_write.write([item], media={}, title="题库")
    assert "没有写入" in lacking.losses[item.code][0]


def test_a_hotspot_item_is_left_out_and_said():
    spot = Item(
        "H1", "hotspot", "指出熔断器", answer=("A",), picture="0" * 64, areas=(Area("A", "rect", (1, 1, 9, 9)),)
    )
    written = workbook_write.write([spot, *_examples()[:1]], media={}, title="题库")
    assert "识图题" in written.losses["H1"][0]
    assert len(workbook.read(written.data).items) == 1


def test_the_template_has_its_lists_and_examples_and_no_item():
    data = workbook_write.template()
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["试题", "示例", "填写说明"]
    assert any("单选题" in (rule.formula1 or "") for rule in book["试题"].data_validations.dataValidation)
    assert all(column_of(str(cell.value)) for cell in book["试题"][2])
    assert len(_examples()) == len(KINDS) - 1 and book["示例"].max_row == 2 + len(_examples()) + 2
    with pytest.raises(NotABank, match="没有一道题"):
        workbook.read(data)


def _examples() -> Sequence[Item]:
    """The examples of the template, as they would be read if somebody copied them to the sheet to fill."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_write.template()))
    lines = [[cell.value for cell in line] for line in book["示例"].iter_rows(min_row=3)]
    header = [cell.value for cell in book["试题"][2]]
    found = workbook.read(file_of(header, *lines)).items
    assert not [problem for one in found for problem in one.problems]
    return [one.item for one in found if one.item is not None]
