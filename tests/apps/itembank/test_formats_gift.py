"""GIFT in: every kind of question it knows, its signs and formats, and errors by line."""

from __future__ import annotations

import contextlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.apps.itembank.formats import gift
from jiangheng.apps.itembank.formats.found import Found, NotABank
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import Item


def one(text: str) -> Found:
    (found,) = gift.read(text.encode()).items
    return found


def taken(text: str) -> Item:
    found = one(text)
    assert found.item is not None, found.problems
    return found.item


def test_a_choice_with_title_comment_and_feedback() -> None:
    found = one(
        "// 第一题\n::安全-1::测绝缘用什么？{\n  ~万用表#不行\n  // 中间的注\n"
        "  =兆欧表 # 对\n  ~钳形表\n####都要校验。\n}"
    )
    assert found.item and (found.item.code, found.item.kind, found.item.answer) == ("安全-1", "single", ("B",))
    assert [option.text for option in found.item.options] == ["万用表", "兆欧表", "钳形表"]
    assert found.item.explanation == "<p>都要校验。</p><p>不行</p><p>对</p>" and found.place == "第 2 行"


def test_weights_make_several_right_and_partial_ones_are_said() -> None:
    item = taken("谁？{~%-100%甲 ~%50%乙 ~%50%丙}")
    assert (item.kind, item.answer) == ("multiple", ("B", "C"))
    found = one("谁？{=甲 ~%50%乙 ~丙}")
    assert found.item and found.item.kind == "single" and any("部分分" in loss for loss in found.losses)


@pytest.mark.parametrize(
    ("inside", "key"),
    [("T", "A"), ("TRUE", "A"), ("F", "B"), ("false", "B"), ("T#错#对", "A"), ("=对 ~错", "A"), ("~正确 =错误", "B")],
)
def test_true_and_false(inside: str, key: str) -> None:
    item = taken(f"地是圆的。{{{inside}}}")
    assert (item.kind, item.answer) == ("judgement", (key,))


@pytest.mark.parametrize(
    ("text", "stem", "token"),
    [
        ("二加二等于{=四 =4 =%50%五}。", "二加二等于____。", "四|4"),
        ("二加二？{=四 =4}", "二加二？ ____", "四|4"),
        ("二加二____等于{四}", "二加二____等于", "四"),
        ("a { = \\= 2 } b___", "a ____ b＿＿＿", "= 2"),
    ],
)
def test_a_short_answer_is_a_blank(text: str, stem: str, token: str) -> None:
    item = taken(text)
    assert (item.kind, item.stem, item.answer) == ("fill", stem, (token,))


@pytest.mark.parametrize(
    ("inside", "answer", "tolerance"),
    [
        ("#1822", "1822", ""),
        ("#1822:0", "1822", ""),
        ("#3.1415:0.0005", "3.1415", "0.0005"),
        ("#3.141..3.142", "3.1415", "0.0005"),
        ("#=1822:1 =%50%1822:9 # 近", "1822", "1"),
        ("#3:2~#全错", "3", "2"),
        ("#-2..-1", "-1.5", "0.5"),
        ("#\n=%100%5:1#好\n~#差", "5", "1"),
    ],
)
def test_a_number(inside: str, answer: str, tolerance: str) -> None:
    item = taken(f"多少？{{{inside}}}")
    assert (item.kind, item.answer, item.tolerance) == ("numeric", (answer,), tolerance)


def test_pairs_in_several_formats() -> None:
    item = taken("[html]连<b>线</b>{\n=[html]<i>甲</i> -> 一\n=[plain]a < b -> 二\n= -> 三\n}")
    right = {target.key: target.text for target in item.targets}
    assert item.stem == "连<strong>线</strong>"
    assert [option.text for option in item.options] == ["<em>甲</em>", "a &lt; b"]
    assert [right[token[1:]] for token in item.answer] == ["一", "二"] and "三" in right.values()


def test_an_essay_takes_its_feedback_as_reference_and_a_description_is_passed_over() -> None:
    found = gift.read("论述。{####要点}\n\n这只是说明。".encode()).items
    assert found[0].item and (found[0].item.kind, found[0].item.reference) == ("short", "要点")
    assert found[1].item is None and not found[1].problems and found[1].losses


def test_categories_ids_and_codes() -> None:
    text = "$CATEGORY: $course$/电工/接地\n\n// [id:Q-77] [tag:x]\n甲{T}\n\n::甲::乙{F}\n\n::甲::丙{T}"
    found = gift.read(text.encode()).items
    assert [one.item and one.item.code for one in found] == ["Q-77", "甲", "甲"]
    assert {one.point_name for one in found} == {"接地"} and "重复" in found[2].problems[0]


def test_signs_behind_a_backslash_are_letters() -> None:
    item = taken("集合 \\{1\\:2\\} \\\\ \\#\\n行{=\\~\\=\\#\\{\\}\\:\\\\ ~x ~y}")
    assert item.stem == "集合 {1:2} \\ #<br/>行" and item.options[0].text == "~=#{}:\\"


@given(st.text("abc电~=#{}:\\<>&%-.", min_size=1, max_size=12).map(str.strip).filter(bool))
def test_any_text_can_be_written_with_backslashes_and_comes_back(text: str) -> None:
    escaped = "".join(f"\\{letter}" if letter in "~=#{}:\\" else letter for letter in text)
    item = taken(f"题[plain] ::{{=[plain]{escaped}\n~[plain]x{escaped}\n~[plain]y{escaped}}}")
    assert [rich.plain(option.text) for option in item.options] == [text, f"x{text}", f"y{text}"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("好{T}\n\n\n坏{=a", 4, "不成对"),
        ("坏 =a}", 1, "不成对"),
        ("坏{=a ~b {c}}", 1, "几处"),
        ("坏{=a}{=b}", 1, "几处"),
        ("坏{=甲 =乙 ~丙}", 1, "2 个满分"),
        ("坏{~甲 ~乙}", 1, "没有正确"),
        ("坏{甲 ~乙 =丙}", 1, "缺“=”"),
        ("坏{=甲 ~ ~丙}", 1, "没有文字"),
        ("坏{#abc}", 1, "不是数"),
        ("坏{#}", 1, "0 个得满分"),
        ("坏{#5..1}", 1, "下限大于上限"),
        ("坏{#1:x}", 1, "不是数"),
        ("坏{=a->1 =b}", 1, "缺“->”"),
        ("坏{=*}", 1, "没有得满分"),
        ("坏{~%9999%甲}", 1, "没有正确"),
        ("坏{" + "~甲" * 9 + "}", 1, "9 个选项"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, reason: str) -> None:
    wrong = [found for found in gift.read(text.encode()).items if found.problems]
    assert [found.place for found in wrong] == [f"第 {line} 行"] and reason in wrong[0].problems[0]


def test_an_empty_line_within_the_answers_does_not_tear_a_question_apart() -> None:
    first, second = gift.read("甲{\n\n=对\n\n~错\n}\n\n乙{T}".encode()).items
    assert first.item and second.item and first.item.kind == "judgement" and second.place == "第 8 行"


def test_a_question_that_is_not_closed_does_not_swallow_the_next() -> None:
    first, second = gift.read("甲{=对\n\n乙{T}".encode()).items
    assert first.problems and second.item and second.place == "第 3 行"


def test_html_without_its_pictures_is_a_problem_and_script_is_dropped() -> None:
    assert "图片" in one("[html]看<img src='@@PLUGINFILE@@/a.png'>{T}").problems[0]
    found = one("[html]看<script>x()</script>图{T}")
    assert found.item and found.item.stem == "看图" and "script" in found.losses[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_common_encodings_and_line_ends(encoding: str) -> None:
    found = gift.read("电工{T}\r\n\r\n接地{F}\r\n".encode(encoding)).items
    assert [one.item and one.item.stem for one in found] == ["电工", "接地"]


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02", b"PK\x03\x04\x00", b"\xff\xfe\x00", b"\x80", "只有说明".encode(), b"//x"]
)
def test_what_is_no_bank_is_refused_with_a_way_out(data: bytes) -> None:
    with pytest.raises(NotABank) as refused:
        gift.read(data)
    assert refused.value.refusals[0].mend


@pytest.mark.parametrize(
    "text", ["{\n\n=" * 300_000, "{" * 2_000_000, "a{=b\n\n" * 100_000, "\\" * 2_000_000, "~%" * 900_000]
)
def test_files_made_to_be_slow_are_not(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(NotABank):
        gift.read(text.encode() + b"\n\n" + b"\x00")
    with contextlib.suppress(NotABank):
        gift.read(text.encode())
    assert time.perf_counter() - started < 20


GOOD = (
    "$CATEGORY: a/b\n\n::t::[html]甲<b>x</b>"
    "{=乙#f ~%50%丙 ~丁####g}\n\n乙{#1:2~#x}\n\n丙{=a->b =c->d}\n\n丁{T#a#b}\n\n戊{=x =y}后"
).encode()


@settings(max_examples=300)
@given(st.randoms(use_true_random=False))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(chance: random.Random) -> None:
    data = bytearray(GOOD)
    for _accident in range(chance.randint(1, 5)):
        place = chance.randrange(len(data))
        words = (
            b"",
            b"{",
            b"}",
            b"~",
            b"=",
            b"#",
            b"->",
            b"::",
            b"\\",
            b"%5%",
            b"..",
            b"\n\n",
            b"//",
            chance.randbytes(2),
        )
        data[place : place + chance.choice((0, 1, 3))] = chance.choice(words)
    try:
        read = gift.read(bytes(data))
    except NotABank as refused:
        assert all(refusal.reason and refusal.mend for refusal in refused.refusals)
    else:
        assert all(found.item or found.problems or found.losses for found in read.items)
