"""QTI packages: cases, metadata, manifests; there and back for every kind; hostile and broken files."""

from __future__ import annotations

import io
import random
import time
import zipfile
from dataclasses import replace

import pytest
import sound_items
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from drawn_items import MEDIA, items
from jiangheng.apps.itembank.formats import qti, qti_read
from jiangheng.apps.itembank.formats.found import NotABank
from jiangheng.apps.itembank.formats.qti_score import Patience
from jiangheng.core.exam.items import KINDS, Item

DIGEST = min(MEDIA)
QTI3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
ITEM = (
    '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="{code}" title="题">'
    '<qti-response-declaration identifier="R1" cardinality="single" base-type="identifier"><qti-correct-response>'
    "<qti-value>B</qti-value></qti-correct-response></qti-response-declaration>"
    '<qti-response-declaration identifier="R2" cardinality="single" base-type="string"><qti-correct-response>'
    "<qti-value>220</qti-value></qti-correct-response></qti-response-declaration>"
    '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
    "<qti-item-body>{body}</qti-item-body>{rules}{after}</qti-assessment-item>"
)
CHOICE = (
    '<qti-choice-interaction response-identifier="R1" max-choices="1"><qti-prompt>用什么表？</qti-prompt>'
    '<qti-simple-choice identifier="A">甲</qti-simple-choice><qti-simple-choice identifier="B">乙</qti-simple-choice>'
    '<qti-simple-choice identifier="C">丙</qti-simple-choice></qti-choice-interaction>'
)
ENTRY = '<p>电压是<qti-text-entry-interaction response-identifier="R2"/>伏。</p>'


def earned(name: str, worth: str) -> str:
    return (
        f'<qti-response-condition><qti-response-if><qti-match><qti-variable identifier="{name}"/>'
        f'<qti-correct identifier="{name}"/></qti-match><qti-set-outcome-value identifier="SCORE"><qti-sum>'
        f'<qti-variable identifier="SCORE"/><qti-base-value base-type="float">{worth}</qti-base-value></qti-sum>'
        "</qti-set-outcome-value></qti-response-if></qti-response-condition>"
    )


def item(body: str, rules: str = "", *, code: str = "Q1", after: str = "") -> bytes:
    inner = f"<qti-response-processing>{rules}</qti-response-processing>" if rules else ""
    return ITEM.format(code=code, body=body, rules=inner, after=after).encode()


def package(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in files.items():
            made.writestr(name, part)
    return data.getvalue()


def manifest(*places: str, metadata: str = "") -> bytes:
    rows = "".join(
        (
            f'<resource identifier="r{place}" type="imsqti_item_xmlv3p0" href="{place}"><metadata>'
            f"{metadata}</metadata></resource>"
        )
        for place in places
    )
    head = '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="m">'
    return f"{head}<resources>{rows}</resources></manifest>".encode()


def test_questions_that_are_scored_apart_are_a_case_with_their_shares() -> None:
    (found,) = qti.read(item(f"<p>某车间</p>{CHOICE}{ENTRY}", earned("R1", "3") + earned("R2", "1"))).items
    assert found.item and found.item.kind == "case" and found.item.stem == "某车间"
    assert [(part.code, part.kind, part.stem, part.share) for part in found.item.parts] == [
        ("Q1.1", "single", "用什么表？", 75),
        ("Q1.2", "fill", "电压是____伏。", 25),
    ]


def test_questions_whose_scores_hang_together_are_no_case() -> None:
    both = "".join(
        f'<qti-match><qti-variable identifier="{name}"/><qti-correct identifier="{name}"/></qti-match>'
        for name in ("R1", "R2")
    )
    rules = (
        f"<qti-response-condition><qti-response-if><qti-and>{both}</qti-and><qti-set-outcome-value identifier='SCORE'>"
        '<qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value></qti-response-if>'
        "</qti-response-condition>"
    )
    (found,) = qti.read(item(f"{CHOICE}{ENTRY}", rules)).items
    assert found.item is None and "牵连" in found.problems[0]


def test_what_scorers_and_candidates_are_told_goes_where_it_belongs() -> None:
    body = (
        '<qti-rubric-block view="candidate"><qti-content-body><p>先读题。</p></qti-content-body></qti-rubric-block>'
        '<qti-extended-text-interaction response-identifier="R2" expected-lines="4"><qti-prompt>简述。</qti-prompt>'
        '</qti-extended-text-interaction><qti-rubric-block view="scorer"><p>要点一</p></qti-rubric-block>'
    )
    after = '<qti-modal-feedback outcome-identifier="F" identifier="x" show-hide="show">因为如此。</qti-modal-feedback>'
    (found,) = qti.read(item(body, after=after)).items
    assert found.item and (found.item.kind, found.item.stem) == ("short", "<p>先读题。</p><p>简述。</p>")
    assert found.item.reference == "<p>220</p><p>要点一</p>"
    assert found.item.explanation == "因为如此。"


def test_script_in_a_text_is_left_behind_and_said() -> None:
    nasty = '<p onclick="x()">题<script>alert(1)</script><a href="javascript:x()">链</a><iframe src="http://x"/></p>'
    (found,) = qti.read(item(nasty + CHOICE, earned("R1", "1"))).items
    assert found.item and found.item.stem == "<p>题链</p><p>用什么表？</p>"
    assert any("script" in loss for loss in found.losses)


def test_metadata_say_difficulty_and_place() -> None:
    lom = (
        '<l:lom xmlns:l="http://ltsc.ieee.org/xsd/LOM"><l:educational><l:difficulty><l:source>LOMv1.0</l:source>'
        "<l:value>very difficult</l:value></l:difficulty></l:educational><l:classification><l:taxonPath><l:taxon>"
        "<l:entry><l:string>电工</l:string></l:entry></l:taxon><l:taxon><l:entry><l:string>接地</l:string></l:entry>"
        "</l:taxon></l:taxonPath></l:classification></l:lom>"
    )
    files = {"imsmanifest.xml": manifest("q.xml", metadata=lom), "q.xml": item(CHOICE, earned("R1", "1"))}
    (found,) = qti.read(package(files)).items
    assert found.item and (found.item.difficulty, found.point_name) == (5, "接地")


def test_the_manifest_says_which_files_are_items_and_what_is_missing() -> None:
    files = {
        "bank/imsmanifest.xml": manifest("a%20b.xml", "gone.xml", "broken.xml"),
        "bank/a b.xml": item(CHOICE, earned("R1", "1")),
        "bank/broken.xml": b"<qti-assessment-item>",
        "bank/unlisted.xml": item(CHOICE, earned("R1", "1"), code="Q2"),
    }
    found = qti.read(package(files)).items
    assert [one.place for one in found] == ["bank/a b.xml", "bank/gone.xml", "bank/broken.xml"]
    assert [bool(one.item) for one in found] == [True, False, False]
    assert "不在包里" in found[1].problems[0] and "无法解析" in found[2].problems[0]
    assert found[2].original == b"<qti-assessment-item>"


def test_without_a_manifest_every_item_file_is_read_and_namesakes_are_said() -> None:
    one = item(CHOICE, earned("R1", "1"))
    found = qti.read(package({"b.xml": one, "a.xml": one, "readme.txt": b"x", "other.xml": b"<x/>"})).items
    assert [one.place for one in found] == ["a.xml", "b.xml"]
    assert not found[0].problems and "重复" in found[1].problems[0]


def test_a_shared_passage_stands_before_the_question() -> None:
    passage = (
        '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="s">'
        "<qti-stimulus-body>"
        '<p>短文<img src="p.png" alt=""/></p></qti-stimulus-body></qti-assessment-stimulus>'
    )
    named = item(CHOICE, earned("R1", "1")).replace(
        b"<qti-item-body>", b'<qti-assessment-stimulus-ref identifier="s" href="../texts/s.xml"/><qti-item-body>'
    )
    files = {"items/q.xml": named, "texts/s.xml": passage.encode(), "texts/p.png": MEDIA[DIGEST].data}
    (found,) = qti.read(package(files)).items
    assert found.item and found.item.stem.startswith(f'<p>短文<img src="media:{DIGEST}"') and not found.problems
    del files["texts/s.xml"]
    (found,) = qti.read(package(files)).items
    assert "共用材料" in found.problems[0]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read_back_the_same(kind: str) -> None:
    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(items(kind))
    def there_and_back(item: Item) -> None:
        written = qti.write([item], media=MEDIA, title="题库")
        read = qti.read(written.data)
        (found,) = read.items
        assert found.item == item, written.losses
        assert not found.problems
        assert read.media.keys() <= MEDIA.keys()
        assert all(one.data == MEDIA[digest].data for digest, one in read.media.items())

    there_and_back()


def sound_bank() -> list[Item]:
    bank = [replace(item, code=f"电-{kind}") for kind, item in sound_items.SOUND.items() if kind != "case"]
    hotspot = replace(sound_items.HOTSPOT, picture=DIGEST, code="H 1".replace(" ", "_"))
    parts = (sound_items.part(sound_items.NUMERIC, 1, share=40), sound_items.part(sound_items.MATCHING, 2, share=60))
    return [*(one for one in bank if one.kind != "hotspot"), hotspot, replace(sound_items.CASE, parts=parts)]


def test_a_whole_bank_comes_back_in_its_order() -> None:
    bank = sound_bank()
    written = qti.write(bank, media=MEDIA, title="电工--四级")
    assert [found.item for found in qti.read(written.data).items] == bank
    assert qti.write(bank, media=MEDIA, title="电工--四级").data == written.data


def test_the_package_uses_nothing_but_qti_beside_our_extension() -> None:
    written = qti.write(sound_bank(), media=MEDIA, title="题库")
    templates = set()
    with zipfile.ZipFile(io.BytesIO(written.data)) as archive:
        names = archive.namelist()
        root = etree.fromstring(archive.read("imsmanifest.xml"))
        listed = {one.get("href") for one in root.iter("{*}file")}
        assert listed | {"imsmanifest.xml"} == set(names)
        for name in names:
            if name.startswith("items/"):
                body = etree.fromstring(archive.read(name))
                assert {etree.QName(one).namespace for one in body.iter()} == {QTI3}
                templates |= {
                    one.get("template", "").rpartition("/")[2] for one in body.iter("{*}qti-response-processing")
                }
    assert templates == {"match_correct.xml", "map_response_point.xml", ""}


def test_what_another_system_does_not_see_is_named() -> None:
    written = qti.write(sound_bank(), media=MEDIA, title="题库")
    assert "鉴定点" in written.losses["电-single"][0]
    assert any("误差" in loss for loss in written.losses["电-numeric"])
    assert any("得数" in loss for loss in written.losses["电-calculation"])


def test_an_item_whose_picture_is_missing_is_left_out_and_said() -> None:
    lost = replace(sound_items.HOTSPOT, code="H1")
    written = qti.write([lost, sound_items.SINGLE], media=MEDIA, title="题库")
    assert [found.item for found in qti.read(written.data).items] == [sound_items.SINGLE]
    assert "图片" in written.losses["H1"][0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "无法解析"),
        (b"PK\x03\x04", "损坏"),
        (b"%PDF-1.7", "无法解析"),
        (b"<quiz/>", "Moodle"),
        (b"<questestinterop/>", "QTI 1"),
        (b"<html/>", "html"),
        (package({"a.txt": b"x"}), "没有 QTI"),
        (package({"imsmanifest.xml": b"<manifest>"}), "清单"),
        (
            package({"q.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><qti-assessment-item>&b;</qti-assessment-item>"}),
            "DOCTYPE",
        ),
        (b"<a>" * 3_500_000, "嵌套"),
    ],
)
def test_what_is_no_bank_is_refused_with_a_reason_and_a_way_out(data: bytes, reason: str) -> None:
    with pytest.raises(NotABank) as refused:
        qti.read(data)
    (refusal,) = refused.value.refusals
    assert reason in str(refusal.reason) and refusal.mend


def test_rules_that_double_their_values_stop_early() -> None:
    doubled = (
        '<qti-set-outcome-value identifier="F"><qti-multiple><qti-variable identifier="F"/>'
        '<qti-variable identifier="F"/>'
        '<qti-base-value base-type="string">x</qti-base-value></qti-multiple></qti-set-outcome-value>'
    )
    outcome = '<qti-outcome-declaration identifier="F" cardinality="multiple" base-type="string"/><qti-item-body>'
    data = item(CHOICE, doubled * 400 + earned("R1", "1")).replace(b"<qti-item-body>", outcome.encode())
    started = time.perf_counter()
    (found,) = qti.read(data).items
    assert found.item is None and time.perf_counter() - started < 2


def test_a_package_of_costly_rules_is_given_up_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qti_read, "Patience", lambda: Patience(package=100_000))
    rules = earned("R1", "1") * 400
    files = {f"{number:03}.xml": item(CHOICE, rules, code=f"Q{number}") for number in range(40)}
    found = qti.read(package(files)).items
    assert found[0].item and found[-1].item is None and "过于复杂" in found[-1].problems[0]


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


GOOD = qti.write(sound_bank(), media=MEDIA, title="题库").data
PARTS = unpacked(GOOD)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes after a few accidents: changed, cut out, doubled, overwritten by what means something."""
    parts = bytearray(data)
    for _accident in range(chance.randint(1, 4)):
        place = chance.randrange(len(parts) + 1)
        length = chance.choice((1, 1, 2, 8, 60))
        kind = chance.randrange(4)
        if kind == 0:
            parts[place : place + length] = chance.randbytes(length)
        elif kind == 1:
            del parts[place : place + length]
        elif kind == 2:
            parts[place:place] = parts[place : place + length * 5]
        else:
            words = (
                b"<",
                b">",
                b'"',
                b"-1",
                b"999999999999",
                b"",
                b"/",
                b"&#0;",
                b"1e999",
                b"identifier",
                b"0",
                b"NaN",
            )
            parts[place : place + length] = chance.choice(words)
    return bytes(parts)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.sampled_from([None, *sorted(PARTS)]))
def test_a_damaged_package_is_read_or_refused_and_nothing_else(chance: random.Random, name: str | None) -> None:
    data = damaged(GOOD, chance) if name is None else package({**PARTS, name: damaged(PARTS[name], chance)})
    started = time.perf_counter()
    try:
        read = qti.read(data)
    except NotABank as refused:
        assert all(refusal.reason and refusal.mend for refusal in refused.refusals)
    else:
        assert all(found.item or found.problems for found in read.items)
    assert time.perf_counter() - started < 10
