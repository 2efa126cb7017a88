"""Look-alikes: the fast search against a slow one that looks at every pair, and what a reviewer is told (K7-K9)."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam.alike import LEAST_PIECES, Alike, twins
from jiangheng.core.exam.items import KINDS, Item, Option


def single(code: str, stem: str, *options: str, answer: str = "A") -> Item:
    made = tuple(Option(key, text) for key, text in zip("ABCDEFGH", options, strict=False))
    return Item(code=code, kind="single", stem=stem, options=made, answer=tuple(answer), point="P", range_code="A")


def judgement(code: str, stem: str, answer: str = "A") -> Item:
    return Item(code=code, kind="judgement", stem=stem, options=KINDS["judgement"].options, answer=(answer,), point="P")


def pieces(*segments: str) -> set[str]:
    """The bigrams of some texts, the obvious way: numbers whole, negations and punctuation out."""
    found: set[str] = set()
    for segment in segments:
        plain = unicodedata.normalize("NFKC", segment).lower()
        letters = re.findall(r"\d+(?:\.\d+)?|[^\W\d_]", plain)
        text = "\x00".join(letters)
        for word, other in (("禁止", "允许"), ("错误", "正确"), ("错", "正确")):
            text = text.replace("\x00".join(word), "\x00".join(other))
        kept = [letter for letter in text.split("\x00") if letter and letter not in "不非未无没勿莫"]
        bordered = ["|", *kept, "|"]
        found |= {f"{a}\x00{b}" for a, b in pairwise(bordered) if (a, b) != ("|", "|")}
    return found


def slow(items: list[Item], threshold: float) -> dict[tuple[str, str], float]:
    """Every pair, by the two measures, by sets."""
    whole = [pieces(one.stem, *(o.text for o in one.options if one.kind != "judgement")) for one in items]
    stated = []
    for one in items:
        if one.kind == "judgement":
            stated.append(pieces(one.stem))
        else:
            right = next(o.text for o in one.options if o.key == one.answer[0])
            filled = one.stem.replace("（）", right, 1)
            stated.append(pieces(filled) if filled != one.stem else pieces(one.stem, right))
    found = {}
    for here in range(len(items)):
        for there in range(here):
            a, b = whole[here], whole[there]
            value = len(a & b) / len(a | b) if a | b else 0.0
            c, d = stated[here], stated[there]
            small, shared = min(len(c), len(d)), len(c & d)
            if small >= LEAST_PIECES:
                value = max(value, shared / (2 * small - shared))
            elif c | d:
                value = max(value, shared / len(c | d))
            if value >= threshold:
                found[items[here].code, items[there].code] = value
    return found


WORDS = ("电流", "电压", "电阻", "的单位", "是", "不是", "安培", "伏特", "测量", "220", "380", "仪表", "错误", "并联")
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map("".join)
choices = st.tuples(sentences, st.booleans(), st.lists(sentences, min_size=3, max_size=4))


@given(st.lists(st.one_of(choices, sentences), min_size=2, max_size=14), st.sampled_from((0.5, 0.8, 0.95)))
def test_the_fast_search_finds_what_looking_at_every_pair_finds(texts, threshold):
    items = [
        judgement(f"S{n}", one)
        if isinstance(one, str)
        else single(f"S{n}", one[0] + ("（）。" if one[1] else ""), *one[2])
        for n, one in enumerate(texts)
    ]
    fast = {(one.code, one.other): one.likeness for one in twins(items, threshold=threshold) if one.why == "text"}
    wanted = slow(items, threshold)
    assert fast.keys() == wanted.keys()
    assert all(fast[pair] == pytest.approx(wanted[pair], abs=1e-4) for pair in wanted)


def test_nothing_is_lost_among_eight_hundred_items_of_one_vocabulary():
    draw = random.Random(7)
    items = [
        single(
            f"S{n}", "".join(draw.choices(WORDS, k=9)) + "（）", *("".join(draw.choices(WORDS, k=3)) for _ in "abcd")
        )
        for n in range(800)
    ]
    items += [replace(one, code=f"T{n}", stem="本题中" + one.stem) for n, one in enumerate(items[::40])]
    found = {(one.code, one.other) for one in twins(items, most=800) if one.why == "text"}
    assert found == slow(items, 0.8).keys()
    assert len(found) >= 20


def test_an_item_and_its_negation_are_reported_as_such():
    pairs = (
        ("熔断器可以串联在零线上", "熔断器不可以串联在零线上"),
        ("下列说法正确的是", "下列说法错误的是"),
        ("在带电设备附近允许使用钢卷尺", "在带电设备附近禁止使用钢卷尺"),
    )
    for one, other in pairs:
        found = twins([judgement("S1", one), judgement("S2", other, "B")])
        assert found == [Alike("S2", "S1", 1.0, "text", "negation")]


def test_items_that_differ_in_a_number_only_are_said_to_be_variants():
    text = "一台三相异步电动机接在电压为{}伏的三相交流电源上运行时其额定功率为七千五百瓦"
    found = twins([judgement("S1", text.format(220)), judgement("S2", text.format(380))])
    assert [(one.code, one.differs) for one in found] == [("S2", "numbers")]
    assert found[0].likeness < 1


def test_a_number_is_compared_whole():
    one, other = judgement("S1", "额定电压220V"), judgement("S2", "额定电压2200V")
    assert not twins([one, other])


def test_the_same_text_with_another_answer_is_pointed_out():
    options = ("伏特", "安培", "欧姆", "瓦特")
    items = [
        single("S1", "电流的单位是（　）。", *options, answer="A"),
        single("S2", "电流的单位是( )", *options, answer="B"),
    ]
    assert twins(items) == [Alike("S2", "S1", 1.0, "text", "answer")]


def test_a_choice_and_a_judgement_that_state_the_same_meet():
    choice = single("S1", "三相异步电动机的额定电压是指（　）。", "定子绕组的线电压", "相电压", "空载电压", answer="A")
    stated = judgement("S2", "三相异步电动机的额定电压是指定子绕组的线电压。")
    filled = Item(
        code="S3", kind="fill", stem="三相异步电动机的额定电压是指____。", answer=("定子绕组的线电压|线电压",)
    )
    found = twins([choice, stated, filled])
    assert [(one.code, one.other, one.likeness) for one in found] == [
        ("S2", "S1", 1.0),
        ("S3", "S1", 1.0),
        ("S3", "S2", 1.0),
    ]


def test_the_same_options_with_the_same_right_one_are_a_reason_of_their_own():
    options = ("减小接触电阻", "增大机械强度", "防止氧化腐蚀", "提高导电能力")
    one = single("S1", "导线连接处镀锡的主要作用是什么", *options, answer="C")
    other = single("S2", "为什么室外铜排要涂漆", *options[::-1], answer="B")
    found = twins([one, other])
    assert [(a.code, a.other, a.why) for a in found] == [("S2", "S1", "options")]
    assert not twins([one, replace(other, answer=("A",))])


def test_options_too_short_to_tell_anything_are_no_reason():
    assert not twins(
        [single("S1", "变压器的铁芯有几柱", "1", "2", "3"), single("S2", "熔断器一相用几只", "1", "2", "3")]
    )


def test_new_items_are_compared_with_the_bank_and_the_bank_not_with_itself():
    bank = [judgement(f"B{n}", "电流表应当与被测电路串联连接") for n in range(3)]
    new = [judgement("N1", "电流表应当与被测电路串联连接。"), judgement("N2", "断路器可以切断短路电流并且能够频繁操作")]
    assert {(one.code, one.other) for one in twins(new, bank)} == {("N1", "B0"), ("N1", "B1"), ("N1", "B2")}


def test_an_item_is_not_its_own_look_alike():
    item = judgement("S1", "电流表应当与被测电路串联连接")
    assert not twins([item], [item])


def test_a_crowd_of_copies_is_bounded_per_item():
    copies = [judgement(f"S{n}", "电流表应当与被测电路串联连接") for n in range(700)]
    found = twins(copies, most=5)
    assert len(found) == sum(min(5, n) for n in range(700))


def test_markup_width_and_punctuation_make_no_difference():
    one = judgement("S1", "导线截面为１０ｍｍ<sup>2</sup>时，其载流量约为六十安培。")
    other = judgement("S2", "导线截面为10mm<sup>2</sup>时其载流量约为六十安培")
    assert [a.likeness for a in twins([one, other])] == [1.0]


def test_nothing_has_no_look_alikes_and_a_wrong_threshold_is_refused():
    assert twins([]) == []
    assert twins([judgement("S1", ""), judgement("S2", "____")]) == []
    for threshold in (0, 1.5):
        with pytest.raises(ValueError, match="阈值"):
            twins([], threshold=threshold)
