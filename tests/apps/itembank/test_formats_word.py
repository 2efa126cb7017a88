"""Question lists in Word: numbers, options, answers wherever they stand, formulas, pictures, hostile files (K7)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jiangheng.apps.itembank.formats import word
from jiangheng.apps.itembank.formats.found import Found, NotABank
from jiangheng.apps.itembank.formats.word_lines import heading
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import Item

Part = str | Callable[[Document], None]
MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OPTIONS = "A. 伏特 B. 安培 C. 欧姆 D. 瓦特"


def document(*parts: Part) -> bytes:
    made = docx.Document()
    for part in parts:
        if isinstance(part, str):
            made.add_paragraph(part)
        else:
            part(made)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def read(*parts: Part) -> tuple[Found, ...]:
    return word.read(document(*parts)).items


def item(*parts: Part) -> Item:
    (found,) = read(*parts)
    assert found.item is not None and not found.problems, found
    return found.item


def texts(one: Item) -> list[str]:
    return [rich.plain(option.text) for option in one.options]


def table(*rows: tuple[str, ...]) -> Callable[[Document], None]:
    def put(made: Document) -> None:
        grid = made.add_table(len(rows), len(rows[0]))
        for line, row in zip(grid.rows, rows, strict=True):
            for cell, text in zip(line.cells, row, strict=True):
                cell.text = text

    return put


def paragraph(xml: str) -> Callable[[Document], None]:
    return lambda made: made.element.body.insert(
        len(made.element.body) - 1, parse_xml(f"<w:p {WORD} {MATH}>{xml}</w:p>")
    )


def formula(inside: str) -> Callable[[Document], None]:
    return paragraph(f"<w:r><w:t>1. 求 </w:t></w:r><m:oMath>{inside}</m:oMath><w:r><w:t>的值</w:t></w:r>")


def repacked(data: bytes, name: str, part: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return made.getvalue()


# Questions and options


@pytest.mark.parametrize("number", ["1.", "1、", "1．", "（1）", "(1)", "1)", "第1题 "])
def test_numbers_as_people_write_them(number: str):
    found = read("一、单项选择题（每题1分，共80分）", f"{number}电流的单位是（ B ）。", OPTIONS)
    assert [(one.place, one.item.answer, one.problems) for one in found if one.item] == [
        ("第 1 题（第 2 段）", ("B",), ())
    ]


@pytest.mark.parametrize(
    "options",
    [
        (OPTIONS,),
        ("A. 伏特 B. 安培", "C. 欧姆 D. 瓦特"),
        ("A、伏特", "B、安培", "C、欧姆", "D、瓦特"),
        ("（A）伏特 （B）安培 （C）欧姆 （D）瓦特",),
        ("A．伏特；B．安培；C．欧姆；D．瓦特",),
        ("A.伏特\tB.安培\tC.欧姆\tD.瓦特",),
        (table(("A. 伏特", "B. 安培"), ("C. 欧姆", "D. 瓦特")),),
        (table(("A", "伏特"), ("B", "安培"), ("C", "欧姆"), ("D", "瓦特")),),
    ],
)
def test_options_on_one_line_on_several_and_in_tables(options: tuple[Part, ...]):
    one = item("一、单选题", "1. 电流的单位是（　）。", *options, "答案：B")
    assert texts(one) == ["伏特", "安培", "欧姆", "瓦特"] and one.answer == ("B",)


def test_options_that_begin_with_a_number_are_not_taken_for_questions():
    found = read("一、单选题", "1.220V属于（ A ）。", "A.1.5mm", "B.2.5mm", "C.4mm", "2.380V属于（ B ）。", OPTIONS)
    assert [(one.item.code, texts(one.item)[1]) for one in found if one.item] == [
        ("W1-001", "2.5mm"),
        ("W1-002", "安培"),
    ]


def test_sub_points_in_brackets_stay_in_their_question():
    one = item("一、简答题", "1. 简述检修步骤：", "（1）停电前", "（2）停电后", "答：先验电。", "再接地。")
    assert rich.plain(one.stem).count("停电") == 2 and rich.plain(one.reference) == "先验电。\n再接地。"


def test_headings_give_the_kind():
    assert heading("一、单项选择题（每题1分，共80分）") == "single"
    assert heading("（二）多选题") == "multiple"
    assert heading("第三部分 判断题") is None or heading("三、判断题") == "judgement"
    assert heading("一、电流的单位") is None
    found = read(
        "一、单项选择题", "1. 电流的单位是（ B ）。", OPTIONS,
        "二、多项选择题", "1. 下列是单位的有（ABD）。", OPTIONS,
        "三、判断题", "1. 电流表应并联。（×）", "（√）2. 电压表应并联。",
        "四、填空题", "1. 频率为____Hz，周期为____s。", "答案：50；0.02",
        "五、论述题", "1. 论述防火措施。", "答案：从设计选型谈起。",
    )  # fmt: skip
    assert [(one.item.kind, one.item.answer) for one in found if one.item] == [
        ("single", ("B",)),
        ("multiple", ("A", "B", "D")),
        ("judgement", ("B",)),
        ("judgement", ("A",)),
        ("fill", ("50", "0.02")),
        ("essay", ()),
    ]
    assert not any(one.problems for one in found)


def test_named_fields_in_one_line_or_in_many():
    one = item(
        "一、单选题", "1. 电流的单位是（　）。", OPTIONS, "【答案】B 【难度】易", "【解析】安培是电流的单位，",
        "符号为A。", "知识点：A-A-A-001 电流",
    )  # fmt: skip
    assert (one.answer, one.difficulty, one.point) == (("B",), 1, "A-A-A-001")
    assert rich.plain(one.explanation) == "安培是电流的单位，\n符号为A。"


def test_numbers_that_word_writes_itself():
    def numbered(made: Document) -> None:
        for _ in range(3):
            made.add_paragraph("电流的单位是（ B ）。", style="List Number")
            made.add_paragraph(OPTIONS)

    found = read(numbered)
    assert [one.item.code for one in found if one.item] == ["W001", "W002", "W003"]
    assert not any(one.problems for one in found)


# Answers at the end


@pytest.mark.parametrize(
    "lines",
    [
        ("参考答案", "1-3 BAD"),
        ("参考答案：", "1～3：B A D"),
        ("参考答案", "1.B 2.A 3.D"),
        ("附：参考答案", "1、B", "2、A", "3、D"),
        ("答案", "一、单选题", "1—3 BAD"),
        ("参考答案", table(("题号", "1", "2", "3"), ("答案", "B", "A", "D"))),
        ("答案：1-3 BAD",),
    ],
)
def test_answer_lists_at_the_end(lines: tuple[Part, ...]):
    questions = [part for n in (1, 2, 3) for part in (f"{n}. 电流的单位是（　）。", OPTIONS)]
    found = read("一、单选题", *questions, *lines)
    assert ["".join(one.item.answer) for one in found if one.item] == ["B", "A", "D"]
    assert not any(one.problems for one in found)


def test_answers_of_several_sections_go_to_their_own():
    found = read(
        "一、单选题", "1. 甲（　）。", OPTIONS, "2. 乙（　）。", OPTIONS,
        "二、多选题", "1. 丙（　）。", OPTIONS, "2. 丁（　）。", OPTIONS,
        "三、判断题", "1. 对的。", "2. 错的。",
        "四、简答题", "1. 为什么？",
        "参考答案", "一、单选题", "1-2 CA", "二、多选题", "1-2 AB ACD", "三、判断题", "1.√ 2.×", "四、简答题",
        "1. 答：因为", "所以。",
    )  # fmt: skip
    assert ["".join(one.item.answer) for one in found if one.item] == ["C", "A", "AB", "ACD", "A", "B", ""]
    assert found[-1].item is not None and rich.plain(found[-1].item.reference) == "因为\n所以。"
    assert not any(one.problems for one in found)


def test_answers_that_fit_two_questions_are_given_to_none():
    found = read("一、单选题", "1. 甲（　）。", OPTIONS, "二、判断题", "1. 乙。", "参考答案", "1.B")
    assert all("没有找到答案" in "".join(one.problems) for one in found[:2])
    assert found[2].item is None and "找不到对应的题目" in found[2].problems[0]


# What is wrong


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("1. 电流的单位是（　）。", OPTIONS), "没有找到答案"),
        (("1. 电流的单位是（ B ）。", OPTIONS, "参考答案", "1.C"), "题目处的答案“B”与文末的答案“C”不一致"),
        (("1. 电流的单位是（　）。", OPTIONS, "答案：E"), "E 不是本题的选项"),
        (("1. 电流的单位是（　）。", "答案：B"), "有 0 个选项"),
        (("1. 电流的单位是（　）。", OPTIONS, "答案：B", "难度：L"), "难度“L”看不懂"),
    ],
)
def test_each_mistake_gets_its_sentence(lines: tuple[str, ...], sentence: str):
    assert sentence in "；".join(read("一、单选题", *lines)[0].problems)


def test_a_number_given_twice_is_pointed_out_at_both():
    found = read("一、单选题", "1. 甲是（A）。", OPTIONS, "1. 乙是（B）。", OPTIONS)
    assert len(found) == 2 and all("出现了不止一次" in "".join(one.problems) for one in found)


def test_a_document_without_questions_is_refused():
    with pytest.raises(NotABank, match="没有找到题目"):
        read("通知", "各单位：", "请于周五前报送。")


# Marks, formulas, pictures


def test_marks_of_letters_are_kept():
    def put(made: Document) -> None:
        line = made.add_paragraph("1. 光速约为3×10")
        line.add_run("8").font.superscript = True
        line.add_run("m/s，水是H")
        line.add_run("2").font.subscript = True
        line.add_run("O，")
        line.add_run("不").bold = True
        line.add_run("正确的是（ A ）")

    assert item("一、单选题", put, OPTIONS).stem == (
        "光速约为3×10<sup>8</sup>m/s，水是H<sub>2</sub>O，<strong>不</strong>正确的是（　）"
    )


def test_an_underlined_gap_is_a_blank():
    def put(made: Document) -> None:
        line = made.add_paragraph("1. 频率为")
        line.add_run("      ").underline = True
        line.add_run("Hz。")

    assert item("一、填空题", put, "答案：50").stem == "频率为____Hz。"


R = "<m:r><m:t>{}</m:t></m:r>"
FORMULAS = {
    "fraction": (f"<m:f><m:num>{R.format('U')}</m:num><m:den>{R.format('I')}</m:den></m:f>", "U/I"),
    "root": (
        f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/><m:e>{R.format("x")}</m:e></m:rad>',
        "√x",
    ),
    "third root": (f"<m:rad><m:deg>{R.format('3')}</m:deg><m:e>{R.format('x')}</m:e></m:rad>", "3√x"),
    "scripts": (
        f"<m:sSubSup><m:e>{R.format('x')}</m:e><m:sub>{R.format('1')}</m:sub><m:sup>{R.format('2')}</m:sup></m:sSubSup>",
        "x_1^2",
    ),
    "brackets": (f"<m:d><m:e>{R.format('a+b')}</m:e></m:d>", "(a+b)"),
    "sum": (
        '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
        f"<m:sub>{R.format('i=1')}</m:sub><m:sup>{R.format('n')}</m:sup><m:e>{R.format('x')}</m:e></m:nary>",
        "∑_(i=1)^nx",
    ),
    "matrix": (f"<m:m><m:mr><m:e>{R.format('1')}</m:e><m:e>{R.format('2')}</m:e></m:mr></m:m>", "[1, 2]"),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_become_formulas_of_the_house(name: str):
    inside, line = FORMULAS[name]
    one = item("一、计算题", formula(inside), "答案：2")
    assert "<math>" in one.stem and rich.is_canonical(one.stem)
    assert line in rich.plain(one.stem)


def test_what_a_formula_loses_is_said():
    found = read("一、计算题", formula("<m:strange><m:e/></m:strange>" + R.format("x")), "答案：2")
    assert "strange 无法转换" in "".join(found[0].losses)


def test_pictures_come_with_their_question():
    file = io.BytesIO()
    Image.new("RGB", (9, 7), "green").save(file, "PNG")

    def put(made: Document) -> None:
        made.add_picture(io.BytesIO(file.getvalue()))

    found = word.read(document("一、单选题", "1. 看图回答（ A ）。", put, OPTIONS))
    one = found.items[0].item
    assert one is not None and rich.media_of(one.stem) == set(found.media) and len(found.media) == 1
    assert next(iter(found.media.values())).media_type == "image/png" and not found.items[0].problems


def test_what_word_hides_or_embeds_is_said_or_left_out():
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>（A）</w:t></w:r><w:r><w:t>1. 电流的单位是（ B ）。</w:t></w:r>"
    embedded = "<w:r><w:t>2. 求</w:t></w:r><w:r><w:object/></w:r><w:r><w:t>（ B ）。</w:t></w:r>"
    found = read("一、单选题", paragraph(hidden), OPTIONS, paragraph(embedded), OPTIONS)
    assert found[0].item is not None and found[0].item.answer == ("B",)
    assert "嵌入对象" in "".join(found[1].losses)


def test_a_table_of_data_stays_a_table():
    one = item("一、简答题", "1. 根据下表回答：", table(("时间", "温度"), ("早", "20")), "答案：升高")
    assert "<table>" in one.stem and "温度" in one.stem


# Hostile files


def test_foreign_and_hostile_files_are_refused_with_a_reason():
    good = document("一、单选题", "1. 甲（ A ）。", OPTIONS)
    ole = bytes.fromhex("d0cf11e0a1b11ae1")
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    types = zipfile.ZipFile(io.BytesIO(good)).read("[Content_Types].xml")
    cases = {
        "旧版 Word": ole + b"\0" * 600,
        "打开密码": ole + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "宏程序": repacked(good, "word/vbaProject.bin", b"x"),
        "DOCTYPE": repacked(good, "word/document.xml", entity),
        "展开后过大": repacked(good, "word/document.xml", b" " * 200_000_000),
        "损坏": good[: len(good) // 2],
        "已损坏": repacked(good, "word/document.xml", b"<w:document"),
        "不是 Word 文档": b"hello",
        "别的 Office 文件": repacked(good, "[Content_Types].xml", types.replace(b"wordprocessingml", b"spreadsheetml")),
        "嵌套": repacked(good, "word/document.xml", b"<a>" * 500 + b"</a>" * 500),
    }
    for reason, data in cases.items():
        with pytest.raises(NotABank, match=reason) as refused:
            word.read(data)
        assert refused.value.refusals[0].mend


@pytest.mark.parametrize(
    "line",
    ["1-5 " + "A" * 999 + "!", "1-5" + " A,B" * 900 + "!", "1." + " " * 9_000 + "x", "（" * 9_000, "A. " * 9_000 + "√"],
)
def test_lines_made_to_keep_patterns_busy_are_read_all_the_same(line: str):
    first, *_others = read("一、单选题", "1. 甲（ A ）。", OPTIONS, "2. 乙（ B ）。", line, "参考答案", line)
    assert first.item is not None and first.item.answer == ("A",)


words = st.text(st.sampled_from("电流单位是甲乙 ab+-=，。12（）"), min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(words, st.lists(words, min_size=4, max_size=4, unique=True), st.sampled_from("ABCD")), max_size=4
    )
)
def test_every_question_is_found_once_with_its_options_and_answer(questions):
    lines: list[str] = ["一、单选题"]
    for number, (stem, options, answer) in enumerate(questions, 1):
        lines += [f"{number}. 问{stem}问"]
        lines += [f"{letter}. 选{text}" for letter, text in zip("ABCD", options, strict=True)]
        lines += [f"答案：{answer}"]
    if not questions:
        with pytest.raises(NotABank):
            read(*lines)
        return
    found = read(*lines)
    assert [(one.item.answer, texts(one.item)) for one in found if one.item] == [
        ((answer,), [f"选{text}" for text in options]) for _stem, options, answer in questions
    ]


def test_a_letter_in_the_middle_of_an_option_does_not_cut_it():
    one = item("一、单选题", "1. 甲（ A ）。", "A. 如图 B. 所示", "B. 乙 b）", "C. 丙", "D. 丁")
    assert texts(one) == ["如图 B. 所示", "乙 b）", "丙", "丁"]


@settings(max_examples=30)
@given(st.lists(st.text(st.sampled_from("一二、单选题答案：.．ABCD12（）()√× \t解析-～"), max_size=20), max_size=12))
def test_no_text_breaks_the_reader(lines: list[str]):
    try:
        found = read(*lines)
    except NotABank:
        return
    assert all(one.item is not None or one.problems for one in found)
