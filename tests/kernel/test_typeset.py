"""What printing promises: equal bytes, data that is never source, and no wrong glyph (clauses W10, K10)."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import jiangheng
from jiangheng.kernel.typeset import BadPicture, CannotPrint, FontsMissing, Typesetter

FONTS = Path(jiangheng.__file__).parent / "web" / "fonts"
DAY = date(2026, 11, 23)
SOURCE = """
#set document(title: "试印")
#set text(font: "Noto Serif SC", fallback: false, lang: "zh", region: "cn")
#let d = json("/data.json")
#d.name
#if "photo" in d.images { image(d.images.photo, width: 20mm, alt: "照片") }
"""


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter(FONTS)


def picture(kind: str = "JPEG", colour: str = "white") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (70, 90), colour).save(made, kind)
    return made.getvalue()


def printed(setter: Typesetter, name: str, *, dated: date = DAY, **images: bytes) -> bytes:
    return setter.typeset(SOURCE, data={"name": name}, images=images, dated=dated, labels={"name": "姓名"})


def test_equal_input_gives_equal_bytes_whoever_prints_it(setter):
    first = printed(setter, "韦秀兰", photo=picture())
    assert first == printed(Typesetter(FONTS), "韦秀兰", photo=picture())
    assert first != printed(setter, "韦秀芝", photo=picture())
    assert first != printed(setter, "韦秀兰", photo=picture(colour="red"))
    assert first != printed(setter, "韦秀兰", photo=picture(), dated=date(2026, 11, 24))


def test_threads_share_one_typesetter_without_mixing_their_pages(setter):
    names = [f"考生{number}" for number in range(12)]
    alone = [printed(setter, name) for name in names]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda name: printed(setter, name), names)) == alone


def test_the_document_declares_the_archival_and_the_accessible_standard(setter):
    made = printed(setter, "韦秀兰", photo=picture("PNG"))
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made


@pytest.mark.parametrize(
    "hostile",
    [
        '#panic("owned")',
        ']#read("/etc/passwd")[',
        "*粗* _斜_ $x^2$",
        '"+sys.inputs+"',
        "// 注释",
        '#include "/a.typ"',
        "\\#{",
    ],
)
def test_a_name_that_looks_like_markup_is_printed_as_it_is_written(setter, hostile):
    assert printed(setter, hostile).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("name", "culprit", "advice"),
    [
        ("张\ue000", "\ue000", "自造字"),
        ("𠮷田", "𠮷", "生僻字"),
        ("李\u200b四", "\u200b", "控制字符"),
        ("王\x07五", "\x07", "控制字符"),
        ("\U0001f600", "\U0001f600", "生僻字"),
    ],
)
def test_a_character_without_a_true_glyph_is_refused_with_what_to_do(setter, name, culprit, advice):
    with pytest.raises(CannotPrint) as refused:
        printed(setter, name)
    assert refused.value.field == "name"
    assert refused.value.characters == [culprit]
    reason = refused.value.refusals[0]
    assert "姓名" in str(reason.reason) and f"U+{ord(culprit):04X}" in str(reason.reason)
    assert advice in str(reason.mend)
    assert culprit not in str(reason.reason) or culprit in ("𠮷", "\U0001f600")


def test_a_character_deep_inside_the_data_is_found_and_its_place_named(setter):
    data = {"name": "x", "rooms": [{"seats": [{"name": "好"}, {"name": "坏\ue123"}]}]}
    with pytest.raises(CannotPrint) as refused:
        setter.typeset(SOURCE, data=data, images={}, dated=DAY)
    assert refused.value.field == "rooms.1.seats.2.name"


def test_the_brush_face_is_asked_for_its_own_characters(setter):
    assert setter.unprintable("职业技能等级证书", "Ma Shan Zheng") == []
    assert setter.unprintable("韦①", "Ma Shan Zheng") == ["①"]
    assert setter.unprintable("韦①\n") == []


@given(text=st.text(max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_text_is_either_refused_or_printed_with_glyphs_of_the_face(text):
    setter = shared()
    if setter.unprintable(text):
        with pytest.raises(CannotPrint):
            printed(setter, text)
    else:
        # PDF/A makes the compiler fail on a character without a glyph, so coming back means that each had one.
        assert printed(setter, text).startswith(b"%PDF")


_KEPT: list[Typesetter] = []


def shared() -> Typesetter:
    if not _KEPT:
        _KEPT.append(Typesetter(FONTS))
    return _KEPT[0]


@pytest.mark.parametrize("broken", [b"", b"not a picture", picture()[:400], b"GIF89a" + b"\0" * 40])
def test_a_photo_that_cannot_be_opened_is_refused_by_name(setter, broken):
    with pytest.raises(BadPicture) as refused:
        printed(setter, "韦秀兰", photo=broken)
    assert refused.value.refusals[0].field == "photo"
    assert "JPG" in str(refused.value.refusals[0].mend)


def test_a_picture_name_cannot_leave_the_folder(setter):
    with pytest.raises(ValueError, match="plain word"):
        setter.typeset(SOURCE, data={"name": "x"}, images={"../photo": picture()}, dated=DAY)


def test_without_the_typefaces_nothing_is_promised(tmp_path):
    with pytest.raises(FontsMissing):
        Typesetter(tmp_path)
