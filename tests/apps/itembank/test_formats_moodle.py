"""Moodle XML: its kinds of questions in, ours out and back, and what is refused or left behind."""

from __future__ import annotations

import base64
import random
import time
from dataclasses import replace

import pytest
import sound_items
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn_items import MEDIA, items
from jiangheng.apps.itembank.formats import moodle
from jiangheng.apps.itembank.formats.found import Found, NotABank
from jiangheng.core.exam.items import KINDS, Item, check_item

DIGEST = min(MEDIA)
CARRIED = tuple(kind for kind in KINDS if kind not in ("hotspot", "case"))


def question(kind: str, inner: str = "", *, text: str = "题", name: str = "名", written: str = "html") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="{written}"><text><![CDATA[{text}]]>'
        f"</text></questiontext>{inner}</question>"
    )


def quiz(*questions: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>{"".join(questions)}</quiz>'.encode()


def answer(text: str, fraction: float, more: str = "", feedback: str = "") -> str:
    said = f'<feedback format="html"><text>{feedback}</text></feedback>' if feedback else ""
    return f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>{more}{said}</answer>'


def one(text: str) -> Found:
    (found,) = moodle.read(quiz(text)).items
    return found


def taken(text: str) -> Item:
    found = one(text)
    assert found.item is not None, found.problems
    return found.item


def test_single_choice_with_feedback_and_partial_marks() -> None:
    inner = (
        "<single>true</single>" + answer("<p>甲</p>", 0) + answer("乙", 100, feedback="对了") + answer("丙", 33.33333)
    )
    found = one(question("multichoice", inner + "<generalfeedback><text>因为</text></generalfeedback>"))
    assert found.item and (found.item.kind, found.item.answer) == ("single", ("B",))
    assert found.item.options[0].text == "甲"
    assert found.item.explanation == "<p>因为</p><p>对了</p>"
    assert any("部分分" in loss for loss in found.losses)


def test_several_answers_and_what_their_fractions_meant() -> None:
    rows = answer("甲", 50) + answer("乙", -100) + answer("丙", 50)
    found = one(question("multichoice", f"<single>false</single>{rows}"))
    assert found.item and (found.item.kind, found.item.answer) == ("multiple", ("A", "C"))
    assert any("倒扣" in loss for loss in found.losses)


@pytest.mark.parametrize(("right", "key"), [("true", "A"), ("false", "B")])
def test_true_and_false(right: str, key: str) -> None:
    rows = "".join(answer(word, 100 if word == right else 0) for word in ("true", "false"))
    assert taken(question("truefalse", rows)).answer == (key,)


def test_a_short_answer_is_a_blank_where_the_text_has_one_or_at_its_end() -> None:
    rows = answer("220", 100) + answer("二百二", 100) + answer("200", 50) + answer("*", 0)
    assert taken(question("shortanswer", rows, text="<p>电压_____V</p>")).stem == "电压____V"
    found = one(question("shortanswer", rows, text="<p>一</p><p>电压？</p>"))
    assert found.item and (found.item.stem, found.item.answer) == ("<p>一</p><p>电压？</p><p>____</p>", ("220|二百二",))
    assert any("200" in loss for loss in found.losses)
    found = one(question("shortanswer", answer("220*", 100)))
    assert found.item is None and "没有得满分" in found.problems[0]


def test_a_number_with_tolerance_and_unit() -> None:
    rows = answer("12,5", 100, "<tolerance>0.1</tolerance>") + answer("12.5", 50, "<tolerance>1</tolerance>")
    units = (
        "<units><unit><multiplier>1000</multiplier><unit_name>mΩ</unit_name></unit><unit>"
        "<multiplier>1</multiplier><unit_name>Ω</unit_name></unit></units>"
    )
    found = one(question("numerical", rows + units))
    assert found.item and (found.item.answer, found.item.tolerance, found.item.unit) == (("12.5",), "0.1", "Ω")
    assert {"mΩ" in loss or "接近" in loss for loss in found.losses} == {True}
    assert "2 个得满分的数" in one(question("numerical", answer("1", 100) + answer("9", 100))).problems[0]


def test_pairs_with_a_stray_and_steps_are_mixed() -> None:
    pairs = "".join(
        f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
        for left, right in (("甲", "一"), ("乙", "二"), ("", "三"), ("丙", "一"))
    )
    item = taken(question("matching", pairs))
    right = {target.key: target.text for target in item.targets}
    assert [right[token[1:]] for token in item.answer] == ["一", "二", "一"] and len(right) == 3
    steps = "".join(answer(text, place) for place, text in ((2, "验电"), (1, "断电"), (3, "挂接地线")))
    item = taken(question("ordering", steps))
    texts = {option.key: option.text for option in item.options}
    assert [texts[key] for key in item.answer] == ["断电", "验电", "挂接地线"]
    assert check_item(replace(item, point="p", range_code="r")) == []


def test_essays_bring_what_the_marker_is_told() -> None:
    lines = "<graderinfo format='html'><text>要点</text></graderinfo><responsefieldlines>{}</responsefieldlines>"
    short, long = (taken(question("essay", lines.format(count))) for count in (5, 20))
    assert (short.kind, long.kind, short.reference) == ("short", "essay", "要点")
    found = one(question("essay", "<attachmentsrequired>1</attachmentsrequired>"))
    assert found.item is None and "附件" in found.problems[0]


def test_embedded_answers_become_blanks() -> None:
    text = "<p>{1:SHORTANSWER:=a&lt;b#好~%50%b~%0%*}，{2:MULTICHOICE:甲~=乙}，{1:NM:=50:0}{1:SA:=x\\}y~%100%z}</p>"
    found = one(question("cloze", text=text))
    assert found.item and found.item.answer == ("a<b", "乙", "50", "x}y|z")
    assert found.item.stem == "____，____（甲／乙），____ ____"
    assert len(found.losses) >= 3
    item = taken(question("cloze", text="<p>约{1:NUMERICAL:=3.14:0.01#好}</p>"))
    assert (item.kind, item.answer, item.tolerance, item.stem) == ("numeric", ("3.14",), "0.01", "约（　　）")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (question("calculated", text="{a}+{b}"), "随机生成"),
        (question("ddmarker"), "拖到图上"),
        (question("stack"), "stack"),
        (question("multichoice", "<single>true</single>" + answer("甲", 100) + answer("乙", 100)), "2 个满分"),
        (question("multichoice", "<single>false</single>" + answer("甲", 0) + answer("乙", 0)), "没有正确"),
        (
            question("multichoice", answer("甲", 100) + "".join(answer(one, 0) for one in "乙丙丁戊己庚辛壬")),
            "9 个选项",
        ),
        (question("multichoice", answer("甲", 0).replace('"0"', '"x"')), "不是百分数"),
        (question("truefalse", answer("maybe", 100)), "判断题"),
        (question("numerical", answer("1e9999999", 100)), "不是数"),
        (question("numerical", answer("*", 100)), "任何数"),
        (question("cloze", text="没有空"), "没有可读的空"),
        (question("cloze", text="{1:MULTIRESPONSE:=甲~=乙}"), "MULTIRESPONSE"),
        (question("cloze", text="{1:NM:=1:0.5}和{1:NM:=2:0.5}"), "误差"),
        (question("matching"), "左栏"),
    ],
)
def test_what_cannot_be_one_of_ours_is_said_with_its_xml(text: str, reason: str) -> None:
    found = one(text)
    assert found.item is None and reason in found.problems[0] and found.original.startswith(b"<question")


def test_categories_name_the_point_and_descriptions_are_passed_over() -> None:
    category = '<question type="category"><category><text>$course$/电工/安全//防火</text></category></question>'
    rows = answer("true", 100) + answer("false", 0)
    first, second = moodle.read(quiz(category, question("description"), question("truefalse", rows, name="Q2"))).items
    assert first.item is None and not first.problems and "说明" in first.losses[0]
    assert second.item and (second.point_name, second.place) == ("安全/防火", "第 3 题“Q2”")


def test_pictures_come_from_the_files_of_the_question() -> None:
    data = base64.b64encode(MEDIA[DIGEST].data).decode()
    file = f'<file name="图 1.png" path="/" encoding="base64">{data}</file>'
    rows = answer("true", 100) + answer("false", 0)

    def shown(source: str, files: str = file) -> Found:
        text = question("truefalse", rows, text=f"<p>看<img src='{source}' alt='图' width='90'></p>")
        return one(text.replace("</text></questiontext>", f"</text>{files}</questiontext>"))

    for source in ("@@PLUGINFILE@@/%E5%9B%BE%201.png", f"data:image/png;base64,{data}"):
        found = shown(source)
        assert found.item and not found.problems
        assert found.item.stem == f'看<img src="media:{DIGEST}" alt="图" width="90"/>'
    for source, files, reason in (
        ("@@PLUGINFILE@@/a.png", file, "没有图片"),
        ("http://example.org/a.png", "", "题库外"),
        ("@@PLUGINFILE@@/a.png", '<file name="a.png" encoding="base64">%%%</file>', "损坏"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "", "PNG"),
    ):
        assert reason in shown(source, files).problems[0]


@pytest.mark.parametrize(
    ("written", "stem"),
    [
        ("html", "<strong>粗</strong> &amp;"),
        ("plain_text", "&lt;b&gt;粗&lt;/b&gt;\n&amp;amp;".replace("\n", "<br/>")),
        ("moodle_auto_format", "<strong>粗</strong><br/>&amp;"),
    ],
)
def test_texts_are_read_in_the_format_they_name(written: str, stem: str) -> None:
    rows = answer("true", 100) + answer("false", 0)
    assert taken(question("truefalse", rows, text="<b>粗</b>\n&amp;", written=written)).stem == stem


@pytest.mark.parametrize("kind", CARRIED)
def test_what_is_written_is_read_back_the_same(kind: str) -> None:
    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(items(kind))
    def there_and_back(item: Item) -> None:
        written = moodle.write([item], media=MEDIA, title="题库/四级")
        read = moodle.read(written.data)
        (found,) = read.items
        assert found.item == item, written.losses
        assert not found.problems and found.point_name == "题库/四级"
        assert all(media.data == MEDIA[digest].data for digest, media in read.media.items())

    there_and_back()


def test_kinds_moodle_has_not_are_left_out_and_said() -> None:
    hotspot = replace(sound_items.HOTSPOT, code="H1")
    written = moodle.write([hotspot, sound_items.CASE, sound_items.SINGLE], media=MEDIA, title="")
    assert [found.item for found in moodle.read(written.data).items] == [sound_items.SINGLE]
    assert "图上点选" in written.losses["H1"][0] and sound_items.CASE.code in written.losses


def test_a_right_column_with_formulas_is_not_flattened_in_silence() -> None:
    targets = (*sound_items.MATCHING.targets[:3], replace(sound_items.MATCHING.targets[3], text="<strong>瓦</strong>"))
    written = moodle.write([replace(sound_items.MATCHING, targets=targets)], media=MEDIA, title="t")
    assert "纯文字" in written.losses[sound_items.MATCHING.code][0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "无法解析"),
        (b"PK\x03\x04", "压缩包"),
        (b"<manifest/>", "manifest"),
        (b"<quiz>", "无法解析"),
        (b"<quiz/>", "没有试题"),
        (b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>', "DOCTYPE"),
        (b"<quiz>" * 2_000_000, "嵌套"),
        ("<?xml version='1.0' encoding='UTF-8'?><quiz>电</quiz>".encode("gbk"), "UTF-8"),
    ],
)
def test_what_is_no_bank_is_refused_with_a_reason_and_a_way_out(data: bytes, reason: str) -> None:
    with pytest.raises(NotABank) as refused:
        moodle.read(data)
    (refusal,) = refused.value.refusals
    assert reason in str(refusal.reason) and refusal.mend


@pytest.mark.parametrize(
    "text", ["{1:SA:" * 30_000, "<img src='" * 30_000, "{1:SA:=a}" * 9_000, "____" * 40_000, "<b>" * 60_000]
)
def test_texts_made_to_be_slow_are_not(text: str) -> None:
    started = time.perf_counter()
    for kind in ("cloze", "shortanswer", "truefalse"):
        one(question(kind, answer("true", 100) + answer("false", 0), text=text))
    assert time.perf_counter() - started < 5


GOOD = moodle.write(
    [item for kind, item in sound_items.SOUND.items() if kind in CARRIED], media=MEDIA, title="题库"
).data


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(chance: random.Random) -> None:
    data = bytearray(GOOD)
    for _accident in range(chance.randint(1, 5)):
        place = chance.randrange(len(data))
        words = (
            b"",
            b"<",
            b"{1:SA:",
            b"-",
            b"1e99",
            b"text",
            b"NaN",
            b"%%",
            b"&#x1F;",
            chance.randbytes(3),
            b"</answer>",
        )
        data[place : place + chance.choice((0, 1, 4, 40))] = chance.choice(words)
    try:
        read = moodle.read(bytes(data))
    except NotABank as refused:
        assert all(refusal.reason and refusal.mend for refusal in refused.refusals)
    else:
        assert all(found.item or found.problems or found.losses for found in read.items)
