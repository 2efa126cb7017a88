r"""Typed texts: what people type becomes the house's rich text, and comes back as it would be typed (K7-K9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiangheng.core.exam import rich
from jiangheng.core.exam.rich_typed import from_typed, typed

PICTURES = ["a" * 64, "b" * 64]


def test_a_blank_line_parts_paragraphs_and_a_line_break_stays() -> None:
    assert from_typed("第一段\n\n第二段\n第二行").text == "<p>第一段</p><p>第二段<br/>第二行</p>"


@pytest.mark.parametrize("text", ["a<b 且 c>d", "若a<b则c>d", "R&D 与 A&B", "x < y", "I<5 A"])
def test_a_sign_that_begins_no_tag_is_a_sign_like_any_other(text: str) -> None:
    found = from_typed(text)
    assert rich.plain(found.text) == text and found.dropped == ()
    assert typed(found.text) == text


def test_a_picture_is_named_by_its_number_with_width_and_words() -> None:
    found = from_typed("见[图2 300：接线图]", pictures=PICTURES)
    assert found.text == f'见<img src="media:{"b" * 64}" alt="接线图" width="300"/>'
    assert typed(found.text, pictures=PICTURES) == "见[图2 300：接线图]"


def test_a_picture_that_is_not_there_is_said_and_stays_as_words() -> None:
    found = from_typed("见[图3]", pictures=PICTURES)
    assert found.text == "见[图3]" and "没有图 3" in found.dropped[0]


@pytest.mark.parametrize(
    "tex",
    [
        "U=IR", r"\frac{U^2}{R}", r"\sqrt{x+1}", r"\sqrt[3]{x_1^2}", r"\alpha =2\pi f", r"P=UI\cos \varphi",
        r"I\le 5\, \mathrm{A}", r"\overline{AB}", r"\left(\frac{1}{2}\right)", "a<b",
    ],
)  # fmt: skip
def test_a_formula_comes_back_as_the_tex_it_was_typed_in(tex: str) -> None:
    found = from_typed(f"由 \\( {tex} \\) 得")
    assert "<math>" in found.text and found.dropped == ()
    assert typed(found.text) == f"由 \\( {tex} \\) 得"


def test_a_formula_no_tex_of_ours_would_give_is_shown_as_markup() -> None:
    strange = '<math><mi>x</mi><mspace width="7em"/><mi>y</mi></math>'
    text = rich.clean(strange).text
    assert typed(text) == text and from_typed(text).text == text


def test_what_is_dropped_is_said() -> None:
    found = from_typed("甲<script>alert(1)</script><a href='https://example.org'>乙</a>")
    assert found.text == "甲乙" and len(found.dropped) == 2


def test_a_table_stands_between_paragraphs() -> None:
    found = from_typed("表：\n\n<table><tr><td>a</td></tr>\n<tr><td>b</td></tr></table>\n\n问？")
    assert found.text.startswith("<p>表：</p><table>") and found.text.endswith("</table><p>问？</p>")
    assert "<br/>" not in found.text


_WORDS = st.text(st.sampled_from("电压 <>&\\()[]图1：\n_a;bp/=\"'"), max_size=40)


@given(_WORDS)
def test_typing_again_what_came_back_gives_the_same_text(text: str) -> None:
    once = from_typed(text, pictures=PICTURES).text
    assert rich.is_canonical(once)
    assert from_typed(typed(once, pictures=PICTURES), pictures=PICTURES).text == once


@given(st.text(st.sampled_from("电压<>&图[]1：ab \\"), max_size=30).filter(str.strip).map(rich.from_plain))
def test_any_stored_text_survives_the_editor(text: str) -> None:
    stored = rich.clean(text).text
    assert from_typed(typed(stored, pictures=PICTURES), pictures=PICTURES).text == stored
