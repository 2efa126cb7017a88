"""core/exam/rich.py: hostile markup comes out harmless, plain words come back, and nothing changes twice."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiangheng.core.exam.rich import LARGEST, clean, from_plain, is_canonical, media_of, plain, with_media
from jiangheng.core.exam.rich_tree import UNSPEAKABLE

DIGEST = "0123456789abcdef" * 4
PICTURE = f'<img src="media:{DIGEST}" alt="图"/>'

# The allow-list written down a second time, so that a slip in the code's own does not pass unseen.
ALLOWED: dict[str, set[str]] = {
    "p": set(), "br": set(), "strong": set(), "em": set(), "u": set(), "s": set(), "sub": set(), "sup": set(),
    "ul": set(), "ol": set(), "li": set(), "table": set(), "thead": set(), "tbody": set(), "tr": set(),
    "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}, "pre": set(), "code": set(),
    "img": {"src", "alt", "width"}, "math": {"display"}, "mrow": set(), "mi": {"mathvariant"}, "mn": set(),
    "mo": {"stretchy"}, "mtext": set(), "mspace": {"width"}, "mfrac": {"linethickness"}, "msqrt": set(),
    "mroot": set(), "msub": set(), "msup": set(), "msubsup": set(), "munder": set(), "mover": {"accent"},
    "munderover": set(), "mtable": set(), "mtr": set(), "mtd": set(),
}  # fmt: skip
VOID = {"br", "img", "mspace"}


class Reader(HTMLParser):
    """Fails at the first thing that may not be in a rich text, or that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        assert {name for name, _ in attrs} <= ALLOWED[tag], attrs
        for name, value in attrs:
            assert name != "src" or re.fullmatch("media:[0-9a-f]{64}", value or ""), value
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_harmless(text: str) -> None:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    # Every tag the reader did not see must be no tag to any other reader either.
    assert not re.search(r"<(?!/?[a-z])", text)
    assert not UNSPEAKABLE.search(text)


VECTORS = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror=alert(1)//",
    f'<img src="media:{DIGEST}" onload=alert(1)>',
    f'<img src="media:{DIGEST}&quot; onload=alert(1)">',
    f'<img src="media:{DIGEST}" alt="x&quot; onload=&quot;alert(1)">',
    "<img src=javascript:alert(1)>",
    "<img src=`javascript:alert(1)`>",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    '<img """><script>alert(1)</script>">',
    "<IMG SRC=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>",
    "<img src='jav\tascript:alert(1)'>",
    "<img src=' &#14; javascript:alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></iframe></foreignObject></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math><maction actiontype='statusline#http://evil.example' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java&Tab;script:alert(1)'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<p style='position:fixed;inset:0' class=overlay id=x>x</p>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=javascript:alert(1)//>",
    "<input onfocus=alert(1) autofocus>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<table background=javascript:alert(1)><tr><td background=javascript:alert(1)>x</table>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><img src=x onerror=alert(1)></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php echo 1 ?>",
    "<x onclick=alert(1)>x</x>",
    "<p/onmouseover=alert(1)>x",
    "<p\x00 onmouseover=alert(1)>x",
    "<\x00script>alert(1)</script>",
    "\ufeff<script\x0c>alert(1)</script\x0c>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<plaintext><script>alert(1)</script>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    r"\( \href{javascript:alert(1)}{x} \)",
    r"\( \text{<img src=x onerror=alert(1)>} \)",
    r"\( \text{&lt;img src=x onerror=alert(1)&gt;} \)",
    r"\( \text{&#60;script&#62;alert(1)&#60;/script&#62;} \)",
    r"\( \class{x\" onclick=\"alert(1)}{y} \)",
]  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS)
def test_known_attacks_come_out_harmless_wherever_they_stand(vector: str) -> None:
    for hostile in (vector, f"甲{vector}乙", f"<p>{vector}</p>", f"<table><tr><td>{vector}", f"<math>{vector}</math>"):
        text = clean(hostile).text
        assert_harmless(text)
        assert is_canonical(text)
        assert clean(text).text == text


def test_there_are_enough_attacks_to_speak_of() -> None:
    assert len(VECTORS) == len(set(VECTORS)) >= 40


OTHER_TAGS = [
    "div", "span", "b", "i", "h2", "object", "a", "font", "svg", "tfoot", "caption", "semantics", "mstyle", "mfenced",
    "template", "select",
]  # fmt: skip
TAGS = [f"<{close}{tag}>" for tag in [*ALLOWED, *OTHER_TAGS] for close in ("", "/")]
CRUMBS = [
    PICTURE, "<td colspan=3 rowspan='2'>", "\n", "  ", "\t", "&amp;", "&lt;", "&#13;", "&#0;", "&nbsp;", "&amp;lt;",
    "<", ">", "&", '"', "'", "____", r"\(", r"\)", r"\[", r"\]", "x^2", r"\frac",
]  # fmt: skip
PIECES = st.one_of(st.text(max_size=6), st.sampled_from(VECTORS), st.sampled_from(TAGS), st.sampled_from(CRUMBS))


@given(st.lists(PIECES, max_size=24).map("".join))
@settings(max_examples=400)
def test_whatever_comes_in_only_the_allowed_goes_out_and_a_second_cleaning_changes_nothing(hostile: str) -> None:
    text = clean(hostile).text
    assert_harmless(text)
    assert clean(text).text == text
    assert is_canonical(text)


@given(st.text())
def test_plain_words_come_back_as_they_were(words: str) -> None:
    expected = UNSPEAKABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    text = from_plain(words)
    assert plain(text) == expected
    assert is_canonical(text)
    assert_harmless(text)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_text_is_canonical_exactly_when_cleaning_it_would_only_read_its_formulas(text: str) -> None:
    assert is_canonical(text) == (clean(text).text == text) or "\\" in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>甲</p>", "甲"),
        ("<p>甲</p><p>乙</p>", "<p>甲</p><p>乙</p>"),
        ("<div>甲</div>乙", "<p>甲</p>乙"),
        ("<b>甲</b><i>乙</i><del>丙</del><ins>丁</ins>", "<strong>甲</strong><em>乙</em><s>丙</s><u>丁</u>"),
        ("<b><p>甲</p><ul><li>乙</ul></b>", "<p><strong>甲</strong></p><ul><li><strong>乙</strong></li></ul>"),
        ("<h2>题</h2>文", "<p><strong>题</strong></p>文"),
        ("<p>甲\n   乙</p>", "甲 乙"),
        ("a &lt; b &amp; c &quot;d&quot;", 'a &lt; b &amp; c "d"'),
        ("一行<BR>二行", "一行<br/>二行"),
        ("<ul><li>甲<ul><li>乙</ul></ul>", "<ul><li>甲<ul><li>乙</li></ul></li></ul>"),
        ("<ul><li>甲</li><ol><li>乙</li></ol></ul>", "<ul><li>甲<ol><li>乙</li></ol></li></ul>"),
        ("<li>甲</li>", "甲"),
        (
            "<table class=x><caption>表</caption><tr><th>甲<td colspan=2 style='x'>乙</table>",
            '<p>表</p><table><tbody><tr><th>甲</th><td colspan="2">乙</td></tr></tbody></table>',
        ),
        ("<table></table>甲", "甲"),
        ("<pre>\n  一\n    二</pre>", "<pre>  一\n    二</pre>"),
        ("<span style='color:red'>甲</span>乙", "甲乙"),
        (f"<img width=120px src='media:{DIGEST}' title=x>", f'<img src="media:{DIGEST}" alt="" width="120"/>'),
        ("<p> </p><strong></strong>", ""),
        ("H<sub>2</sub>O", "H<sub>2</sub>O"),
        ("____与<u>____</u>", "____与<u>____</u>"),
    ],
)
def test_foreign_markup_gets_the_form_of_the_house(html: str, text: str) -> None:
    assert clean(html).text == text


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<script>x</script>甲", "script 连同内容已删去"),
        ("<p onclick=x()>甲</p>", "事件属性 onclick 已删去"),
        ("<a href=' javascript:x'>甲</a>", "以 javascript: 开头的地址已删去"),
        ("<a href='/x'>甲</a>", "链接已删去，文字保留"),
        ("<blink>甲</blink>", "不支持的标记 blink 已删去，文字保留"),
        ("<img src='data:image/png;base64,AAAA' alt='电路'>甲", "图片“电路”不在题库的图片中"),
        ("<img src='/x.png'>甲", "图片不在题库的图片中"),
        (r"甲 \( \frac{1} \)", r"公式 \( \frac{1} \) 写法有误"),
        (f"<pre>甲{PICTURE}</pre>", "预排文本中的图片已删去"),
    ],
)
def test_what_was_taken_out_is_said_and_the_words_stay(html: str, words: str) -> None:
    cleaned = clean(html)
    assert any(words in sentence for sentence in cleaned.dropped), cleaned.dropped
    assert "甲" in plain(cleaned.text)


def test_of_harmless_markup_nothing_is_said() -> None:
    assert clean(f"<p>甲<b>乙</b> a &lt; b {PICTURE}</p><ul><li>丙</ul>").dropped == ()


def test_a_text_that_is_too_large_is_not_taken_and_says_so() -> None:
    for huge in ("甲" * (LARGEST // 3 + 1), "<b>" * 10_001, "&" * (LARGEST - 1)):
        cleaned = clean(huge)
        assert cleaned.text == ""
        assert "超过上限" in cleaned.dropped[0]
    assert clean("甲" * (LARGEST // 3)).text == "甲" * (LARGEST // 3)
    assert not is_canonical("x" * (LARGEST + 1))


@pytest.mark.parametrize(
    "unit",
    [
        "<b ",
        "<!--",
        "<div>",
        "<ul><li>",
        "<table><tr><td>",
        "<math><mrow>",
        "<b><i><u><p>",
        r"\(",
        "\n ",
        " ",
        "= ",
        "&",
    ],
)
def test_bombs_of_every_shape_are_dealt_with_in_a_moment(unit: str) -> None:
    bomb = unit * (9_999 if "<" in unit else 190_000 // len(unit))
    for html in (bomb, f"<a x='{bomb}'>", f"{bomb}>"):
        for work in (lambda text: assert_harmless(clean(text).text), is_canonical, plain):
            began = time.process_time()
            work(html)
            assert time.process_time() - began < 8


def test_formatting_that_is_never_closed_does_not_multiply() -> None:
    bomb = "".join(f"<b a={number}>" for number in range(4_900)) + "<p>" * 4_900
    began = time.process_time()
    assert_harmless(clean(bomb).text)
    assert time.process_time() - began < 10


def test_deep_nesting_leaves_the_words() -> None:
    text = clean("<ul><li>" * 500 + "甲" + "</ul>" * 500).text
    assert plain(text).strip() == "甲"
    assert text.count("<ul>") < 40


@pytest.mark.parametrize(
    ("tex", "mathml", "words"),
    [
        (r"U=IR", "<mi>U</mi><mo>=</mo><mi>I</mi><mi>R</mi>", "U=IR"),
        (r"a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>", "a<b"),
        (r"\frac{1}{R_1}", "<mfrac><mn>1</mn><msub><mi>R</mi><mn>1</mn></msub></mfrac>", "1/(R_1)"),
        (r"\sqrt{2}", "<msqrt><mn>2</mn></msqrt>", "√2"),
        (r"\sqrt[3]{x+1}", "<mroot><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow><mn>3</mn></mroot>", "3√(x+1)"),
        (r"x^2", "<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
        (r"\mathrm{V}x", '<mi mathvariant="normal">V</mi><mi>x</mi>', "Vx"),
        (r"\mathrm{kW}", '<mi mathvariant="normal">k</mi><mi mathvariant="normal">W</mi>', "kW"),
        (r"\text{当 }x", "<mtext>当\u00a0</mtext><mi>x</mi>", "当\u00a0x"),
    ],
)
def test_tex_becomes_a_formula_and_reads_on_one_line(tex: str, mathml: str, words: str) -> None:
    cleaned = clean(f"甲 \\({tex}\\) 乙".replace("<", "&lt;"))
    assert cleaned.text == f"甲 <math>{mathml}</math> 乙"
    assert cleaned.dropped == ()
    assert plain(cleaned.text) == f"甲 {words} 乙"


def test_a_formula_between_square_brackets_stands_on_its_own_line() -> None:
    assert clean(r"\[x\]").text == '<math display="block"><mi>x</mi></math>'


@pytest.mark.parametrize(
    "text",
    [r"\(\)", r"\(\foo{x}\)", r"\(\frac{1}\)", r"\(x", r"x\)", r"\(x\]", r"\(" + "{" * 30 + "x" + "}" * 30 + r"\)",
     r"\(" + "x" * 2001 + r"\)", r"\(\begin{matrix}1\)"],
)  # fmt: skip
def test_tex_that_cannot_be_read_stays_as_it_was_written(text: str) -> None:
    assert clean(text).text == text
    assert is_canonical(text)


def test_tex_is_read_across_markup_that_goes_but_not_in_code() -> None:
    assert clean(r"\(<span>x</span>\)").text == "<math><mi>x</mi></math>"
    assert clean(r"<code>\(x\)</code><pre>\(x\)</pre>").text == r"<code>\(x\)</code><pre>\(x\)</pre>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<math xmlns='http://www.w3.org/1998/Math/MathML'><semantics><mrow><mi>x</mi><mo>+</mo></mrow>"
            "<annotation encoding='application/x-tex'>x+</annotation></semantics></math>",
            "<math><mi>x</mi><mo>+</mo></math>",
        ),
        ("<math><mstyle mathcolor='red'><mn>1</mn></mstyle></math>", "<math><mn>1</mn></math>"),
        ("<math><mfrac><mn>1</mn></mfrac></math>", "<math><mn>1</mn></math>"),
        ("<math><mfenced open='['><mi>x</mi></mfenced></math>", "<math><mo>[</mo><mi>x</mi><mo>)</mo></math>"),
        ("<math>甲<mi></mi></math>", "<math><mtext>甲</mtext></math>"),
        ("<math></math>乙", "乙"),
        ("<math><mfrac><mrow></mrow><mn>2</mn></mfrac></math>", "<math><mfrac><mrow></mrow><mn>2</mn></mfrac></math>"),
        (
            "<math display='block' onclick='x'><mi mathvariant='bold'>x</mi></math>",
            '<math display="block"><mi>x</mi></math>',
        ),
        ("<math><mi>x<script>y</script></mi></math>", "<math><mi>x</mi></math>"),
    ],
)  # fmt: skip
def test_foreign_formulas_are_reduced_to_what_is_seen(html: str, text: str) -> None:
    assert clean(html).text == text


def test_words_of_lists_tables_and_pictures_stand_on_their_own_lines() -> None:
    text = clean(f"甲<ul><li>乙<li>丙</ul><table><tr><td>1<td>2<tr><td>3<td>4</table><p>丁{PICTURE}<p>a &lt; b").text
    assert plain(text) == "甲\n乙\n丙\n1\t2\n3\t4\n丁〔图：图〕\na < b"
    assert plain(f'<img src="media:{DIGEST}" alt=""/>') == "〔图〕"


def test_the_pictures_of_a_text_are_known_by_their_digests() -> None:
    other = "f" * 64
    text = clean(f"{PICTURE}甲<table><tr><td><img src='media:{other}'></table>").text
    assert media_of(text) == {DIGEST, other}
    assert media_of("没有图") == media_of(from_plain(PICTURE)) == frozenset()


def test_pictures_get_their_addresses_when_shown_and_their_names_when_there_is_none() -> None:
    text = f"<p>甲{PICTURE}</p>"
    shown = with_media(text, {DIGEST: '/media/1?a=1&b="2"'})
    assert shown == '<p>甲<img src="/media/1?a=1&amp;b=&quot;2&quot;" alt="图"/></p>'
    assert with_media(text, {}) == "<p>甲〔图：图〕</p>"
    assert with_media("甲 &lt; 乙", {}) == "甲 &lt; 乙"
