"""core/exam/rich_typst.py: what is printed compiles, shows the words, and never runs a text as Typst."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pytest
import typst as compiler
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jiangheng.core.exam.rich import clean, from_plain, plain
from jiangheng.core.exam.rich_typst import typst

DIGEST = "ab" * 32


def compiled(markup: str, folder: Path) -> bytes:
    source = folder / "main.typ"
    source.write_text(markup, encoding="utf-8")
    page = compiler.compile(str(source), format="svg", root=str(folder))
    assert isinstance(page, bytes)
    return page


STRING = r'"(?:[^"\\]|\\["\\nt])*"'


def bare_signs(markup: str) -> str:
    """What Typst reads as its own: neither strings nor escaped signs."""
    return re.sub(rf"{STRING}|\\.", "", markup)


@given(st.text())
def test_words_stand_in_strings_and_nowhere_else(words: str) -> None:
    assert re.fullmatch(rf"(#{STRING};|#linebreak\(\);)*", typst(from_plain(words), {}))


@given(st.text("\\\"#$[](){};,_^&*`~<>@'/=+-|√a1 中", max_size=30))
def test_no_sign_of_a_formula_is_read_as_typst(signs: str) -> None:
    tokens = "".join(f"<mo>{escape(sign)}</mo><mi>{escape(sign)}</mi><mn>{escape(sign)}</mn>" for sign in signs)
    markup = typst(clean(f"<math><msqrt>{tokens}</msqrt><mtext>{escape(signs)}</mtext></math>").text, {})
    bare = bare_signs(markup)
    # Only our own calls and letters are left: no code, no argument, no end of the formula.
    assert not re.search(r'[#\[\]{};,&/"@<>`*_^]', bare), bare


HOSTILE = [
    '#read("/etc/passwd")', '#include "x"', "$ #sys.version $", "]#panic()[", '"#panic()"', "\\u{23}panic()",
    "*/ #panic()", "// comment", "`#panic()`", "<label> @label", "= heading", "- item", "1. item", "_a_ *b* ~ -- ---",
    "\\", '\\\\"', "#", "https://example.com", "/* open",
]  # fmt: skip


def test_everything_the_house_can_write_compiles_and_is_shown(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10), "red").save(tmp_path / "p.png")
    picture = f"<img src='media:{DIGEST}' alt='\"#电路]' width=50>"
    html = (
        "<p><b>粗</b><i>斜</i><u>下</u><s>删</s>H<sub>2</sub>O m<sup>2</sup><code>#c`</code></p>"
        "<ul><li>甲<ol><li>乙</ol></ul>"
        "<table><thead><tr><th colspan=2>头<tbody><tr><td rowspan=2>一<td>二<tr><td>三</table>"
        f"<pre>行\n  列 #x</pre>{picture}<table><tr><td></table>"
        r"\(\frac{a_1}{\sqrt[3]{b+1}}\) \[\sum_{i=1}^{n} x_i^2 \le \lim_{x\to 0}\sin x\] \(\vec{a}\cdot\overline{AB}\) "
        r"\(\begin{bmatrix}1&amp;2\\3&amp;4\end{bmatrix}\) \(\begin{cases}1,&amp;x\\2\end{cases}\) \(\binom{n}{k}\) "
        r"\(\left(\frac12\right] f' \% \{x\} [0,1) \text{当 a;b,c}\) \(\mathrm{kW}\cdot\mathrm{h}\) "
        r"\(\hat{x}\dot{y}\ddot{z}\bar{w}\) \(\underbrace{a+b}_{c}\) \(\overset{a}{b}\) \(\int_0^1 |x|\,dx\) "
        r"\(\lfloor x \rfloor\) \(\mathbf{v}\) \(\ce{H}\)"
    )
    cleaned = clean(html)
    assert [words for words in cleaned.dropped if "ce" not in words] == []
    markup = typst(cleaned.text, {DIGEST: "p.png"})
    page = compiled(markup + "\n#metadata(1)", tmp_path)
    assert page.count(b"<image") == 1
    assert '#box(image("p.png", width: 37.5pt, alt: "\\"#电路]"));' in markup


# What a reader of the page sees, put together by Typst itself.
WORDS = """#let words(it) = {
  if it.has("text") { it.text } else if it.has("children") { it.children.map(words).join("") } else { "?" }
}
"""


@pytest.mark.parametrize("words", HOSTILE)
def test_texts_that_look_like_typst_are_printed_as_they_are(words: str, tmp_path: Path) -> None:
    letters = ", ".join(f"str.from-unicode({ord(sign)})" for sign in words)
    markup = typst(from_plain(words), {})
    compiled(f'{WORDS}#assert.eq(words([{markup}]), ({letters},).join(""))', tmp_path)


SCRAPS = [
    *HOSTILE, "<b>", "</b>", "<ul><li>", "</ul>", "<table><tr><td>", "</table>", "<math><mi>", "<mo>", "<mfrac>",
    "</math>", "<td colspan=2>", "<pre>", "</pre>", "<br>", "中",
]  # fmt: skip


@given(st.lists(st.sampled_from(SCRAPS), max_size=10).map("".join))
@settings(max_examples=30, deadline=None)
def test_whatever_was_cleaned_compiles(tmp_path_factory: pytest.TempPathFactory, html: str) -> None:
    compiled(typst(clean(html).text, {}), tmp_path_factory.getbasetemp())


def test_markup_can_be_evaluated_by_a_template_that_lends_it_image(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10), "red").save(tmp_path / "p.png")
    markup = typst(f'甲<img src="media:{DIGEST}" alt="图"/>', {DIGEST: "p.png"})
    literal = markup.replace("\\", "\\\\").replace('"', '\\"')
    page = compiled(
        f'#eval("{literal}", mode: "markup", scope: (image: (path, ..rest) => image("p.png", ..rest)))', tmp_path
    )
    assert page.count(b"<image") == 1


def test_a_picture_that_cannot_be_printed_is_named() -> None:
    text = f'甲<img src="media:{DIGEST}" alt="电路"/>'
    assert typst(text, {}) == '#"甲";#"〔图：电路〕";'
    assert plain(text) == "甲〔图：电路〕"


def test_cells_that_hang_down_count_as_columns() -> None:
    table = clean("<table><tr><td rowspan=2>1<td>2<td>3<tr><td>4<td>5</table>").text
    assert "columns: 3" in typst(table, {})
    wide = clean("<table><tr><td colspan=4>1<tr><td>2</table>").text
    assert "columns: 4" in typst(wide, {})
