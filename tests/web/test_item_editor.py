"""The item editor through a browser's eyes: every kind typed, previewed without its key, saved by the step (K7, P2)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bank_house import BankHouse, single
from drawn_items import items as drawn
from jiangheng.apps.itembank import queries as banks
from jiangheng.apps.itembank.models import Bank, Item, Look
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS, check_item
from jiangheng.core.exam.items import Item as CoreItem
from jiangheng.web import item_sheet
from kept import kept

CHOICE = {
    "kind": "single", "act": "save", "code": "S900", "point": "A-001 A 鉴定点 1", "difficulty": "2",
    "stem": "某回路 U=220 V、I=5 A，由 \\( P=UI \\) 得功率为", "row-1": "1100 W", "row-2": "44 W", "row-3": "220 W",
    "row-4": "", "right": "1",
}  # fmt: skip


@pytest.fixture
@kept
def house(play: Any, city: Any) -> BankHouse:
    return BankHouse(play, city)


@pytest.fixture
def bank(house: BankHouse) -> Any:
    return house.unified()


@pytest.fixture
def writer(house: BankHouse) -> Client:
    return house.browser("writer")


def png(size: tuple[int, int] = (64, 48), colour: str = "red", kind: str = "PNG", **more: Any) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, kind, **more)
    return SimpleUploadedFile("题图.png", data.getvalue())


def write(client: Client, bank: Any, **given: Any) -> Any:
    return client.post(f"/d/bank/{bank.pk}/write", CHOICE | given)


def saved(code: str = "S900") -> CoreItem:
    return Item.everywhere.get(code=code).content


# ---- writing ----


def test_the_desk_leads_to_the_editor_and_not_to_the_bare_step(writer: Client, bank: Any) -> None:
    text = writer.get(f"/d/bank/{bank.pk}").content.decode()
    assert f"/d/bank/{bank.pk}/write" in text and "new/item.write" not in text and "new/item.take_in" not in text


def test_every_kind_has_its_sheet(writer: Client, bank: Any) -> None:
    start = writer.get(f"/d/bank/{bank.pk}/write").content.decode()
    for kind in KINDS:
        assert f"?kind={kind}" in start
        assert writer.get(f"/d/bank/{bank.pk}/write?kind={kind}").status_code == 200


def test_only_a_writer_reaches_the_editor(house: BankHouse, bank: Any) -> None:
    for name in ("reviewer", "centre", "keeper", "own_writer"):
        assert house.browser(name).get(f"/d/bank/{bank.pk}/write?kind=single").status_code == 404


def test_what_is_typed_becomes_an_item_by_the_step(writer: Client, bank: Any) -> None:
    answer = write(writer, bank)
    item = Item.everywhere.get(code="S900")
    assert answer.status_code == 302 and answer.url == f"/d/item/{item.pk}" and item.state == "draft"
    content = item.content
    assert [rich.plain(option.text) for option in content.options] == ["1100 W", "44 W", "220 W"]
    assert content.answer == ("A",) and content.point == "A-001" and "<math>" in content.stem


def test_a_refusal_stands_at_the_top_and_at_its_field_and_nothing_typed_is_lost(writer: Client, bank: Any) -> None:
    answer = write(writer, bank, point="没有的点", right="", stem="题干 a<b 且 c>d 甲")
    text = answer.content.decode()
    assert answer.status_code == 422 and not Item.everywhere.exists()
    assert text.count("鉴定点不在本题库的要素细目表中") == 2 and text.count("答案应有 1 个选项") == 2
    assert "题干 a&lt;b 且 c&gt;d 甲" in text and "没有的点" in text and "1100 W" in text


def test_what_the_gate_takes_out_is_said(writer: Client, bank: Any) -> None:
    text = writer.post(
        f"/d/bank/{bank.pk}/write", CHOICE | {"stem": "功率<script>alert(1)</script>为"}, follow=True
    ).content.decode()
    assert "script 连同内容已删去" in text and "alert" not in saved().stem


def test_a_look_alike_is_shown_after_saving(house: BankHouse, writer: Client, bank: Any) -> None:
    house.write(bank, single("S001", stem="三相异步电动机的额定转速与同步转速之差同同步转速之比称为"))
    given = {"stem": "三相异步电动机的额定转速与同步转速之差同同步转速之比叫做"}
    given |= {f"row-{n}": f"{option['text']}" for n, option in enumerate(single("S001")["options"], start=1)}
    text = writer.post(f"/d/bank/{bank.pk}/write", CHOICE | given, follow=True).content.decode()
    assert "与已有试题相近：S001" in text


def test_the_number_offered_follows_the_last(house: BankHouse, writer: Client, bank: Any) -> None:
    for code in ("5-008", "5-009"):
        house.write(bank, single(code))
    assert 'value="5-010"' in writer.get(f"/d/bank/{bank.pk}/write?kind=single").content.decode()


def test_a_number_that_is_none_is_said_at_its_field(writer: Client, bank: Any) -> None:
    text = write(writer, bank, seconds="一分钟").content.decode()
    assert text.count("作答时间“一分钟”不是整数") == 2 and not Item.everywhere.exists()


def test_steps_are_typed_in_order_and_dealt(writer: Client, bank: Any) -> None:
    steps = ["停电", "验电", "装设接地线", "悬挂标示牌"]
    given = {f"row-{n}": step for n, step in enumerate(steps, start=1)}
    assert write(writer, bank, kind="ordering", right="", **given).status_code == 302
    content = saved()
    texts = {option.key: option.text for option in content.options}
    assert [texts[key] for key in content.answer] == steps and content.answer != content.keys


def test_pairs_are_typed_beside_each_other_and_dealt(writer: Client, bank: Any) -> None:
    pairs = {"电阻": "欧姆", "电容": "法拉", "电感": "亨利"}
    given: dict[str, Any] = {"row-4": "", "right": "", "extra": ["特斯拉"]}
    for n, (left, right) in enumerate(pairs.items(), start=1):
        given |= {f"row-{n}": left, f"other-{n}": right}
    assert write(writer, bank, kind="matching", **given).status_code == 302
    content = saved()
    left = {option.key: option.text for option in content.options}
    right = {target.key: target.text for target in content.targets}
    assert {left[token[0]]: right[token[1:]] for token in content.answer} == pairs and "特斯拉" in right.values()


def test_a_case_has_parts_of_other_kinds(writer: Client, bank: Any) -> None:
    answer = write(
        writer, bank, kind="case", stem="某车间发生触电事故，材料如下。", right="",
        **{
            "p1-kind": "judgement", "p1-stem": "应先断电。", "p1-right": "1", "p1-share": "40",
            "p2-kind": "short", "p2-stem": "写出急救步骤。", "p2-reference": "断电、呼救、心肺复苏", "p2-share": "60",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    parts = saved().parts
    assert [(part.code, part.kind, part.share) for part in parts] == [
        ("S900.1", "judgement", 40), ("S900.2", "short", 60),
    ]  # fmt: skip


def test_a_fault_of_a_part_stands_at_that_part(writer: Client, bank: Any) -> None:
    given = {"p1-kind": "judgement", "p1-stem": "甲。", "p1-right": "1", "p1-share": "40"}
    given |= {"p2-kind": "numeric", "p2-stem": "多少？", "p2-answer": "很多", "p2-share": "60"}
    text = write(writer, bank, kind="case", stem="材料", **given).content.decode()
    second = text[text.index('id="p2-stem"') :]
    assert "答案“很多”不是一个数" in second and 'value="很多"' in second


# ---- a row more, another kind, the preview ----


def test_a_button_asks_for_a_row_and_keeps_what_was_typed(writer: Client, bank: Any) -> None:
    text = write(writer, bank, act="row:").content.decode()
    assert 'name="row-5"' in text and "1100 W" in text and not Item.everywhere.exists()
    many = {f"row-{n}": f"选项{n}" for n in range(1, 9)}
    assert 'name="row-9"' not in write(writer, bank, act="row:", **many).content.decode()


def test_parts_come_and_go_by_buttons(writer: Client, bank: Any) -> None:
    given = {"p1-kind": "single", "p1-stem": "一", "p2-kind": "single", "p2-stem": "二"}
    more = write(writer, bank, kind="case", act="part", **given).content.decode()
    assert 'name="p3-stem"' in more
    fewer = write(writer, bank, kind="case", act="drop:1", **given | {"p3-kind": "fill", "p3-stem": "三"})
    stems = re.findall(r'name="p\d-stem"[^>]*>([^<]*)<', fewer.content.decode())
    assert stems == ["二", "三"]


def test_the_preview_shows_the_face_and_never_the_key(writer: Client, bank: Any) -> None:
    given = {"act": "preview", "explanation": "因为功率等于电压乘电流", "reference": "参考"}
    text = write(writer, bank, **given).content.decode()
    assert "<math>" in text and "1100 W" in text
    assert "因为功率" not in text and "答案" not in text and 'class="right"' not in text
    assert not Item.everywhere.exists()


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_unfinished_sheet_can_be_previewed(writer: Client, bank: Any, kind: str) -> None:
    answer = writer.post(f"/d/bank/{bank.pk}/write", {"kind": kind, "act": "preview", "p1-kind": "fill"})
    assert answer.status_code == 200


# ---- editing ----


def test_editing_makes_a_new_version_and_opening_is_a_look(house: BankHouse, writer: Client, bank: Any) -> None:
    write(writer, bank)
    item = Item.everywhere.get(code="S900")
    page = writer.get(f"/d/item/{item.pk}/edit").content.decode()
    assert "\\( P=UI \\)" in page and "1100 W" in page
    assert Look.objects.filter(item=item, what="edit", actor=house.writer.id).count() == 1
    given = CHOICE | {"row-2": "45 W", "version": item.version}
    assert writer.post(f"/d/item/{item.pk}/edit", given).status_code == 302
    item.refresh_from_db()
    assert item.revision == 2 and rich.plain(item.content.options[1].text) == "45 W"


def test_what_another_changed_meanwhile_is_not_overwritten(writer: Client, bank: Any) -> None:
    write(writer, bank)
    item = Item.everywhere.get(code="S900")
    first = CHOICE | {"row-2": "45 W", "version": item.version}
    writer.post(f"/d/item/{item.pk}/edit", first)
    answer = writer.post(f"/d/item/{item.pk}/edit", first | {"row-2": "46 W"})
    assert answer.status_code == 422 and "46 W" in answer.content.decode()
    assert rich.plain(saved().options[1].text) == "45 W"


def test_an_item_under_review_has_no_editor(house: BankHouse, writer: Client, bank: Any) -> None:
    write(writer, bank)
    item = Item.everywhere.get(code="S900")
    house.play("item.review", item, by=house.reviewer)
    assert writer.get(f"/d/item/{item.pk}/edit").status_code == 404


def _kept(item: CoreItem) -> CoreItem:
    """The item with what the editor deals anew left out: compared by what is right, not by its letters."""
    if item.kind == "case":
        return replace(item, parts=tuple(_kept(part) for part in item.parts))
    if item.kind not in ("ordering", "matching"):
        return item
    return replace(item, options=(), targets=(), answer=())


def _right(item: CoreItem) -> list[Any]:
    if item.kind == "case":
        return [_right(part) for part in item.parts]
    left = {option.key: option.text for option in item.options}
    if item.kind == "ordering":
        return [left[key] for key in item.answer]
    if item.kind == "matching":
        right = {target.key: target.text for target in item.targets}
        return [sorted((left[token[0]], right[token[1:]]) for token in item.answer), sorted(right.values())]
    return []


@pytest.mark.parametrize("kind", list(KINDS))
@settings(max_examples=25)
@given(data=st.data())
def test_an_item_opened_and_saved_unchanged_is_the_same_item(kind: str, data: st.DataObject) -> None:
    item = data.draw(drawn(kind))
    made = item_sheet.item_of(
        item_sheet.of_item(item, pictures=banks.pictures_in(item)), points={item.point: item.range_code}
    )
    assert made.faults == () and made.said == ()
    again = replace(made.item, importance=item.importance)
    assert _kept(again) == _kept(item) and _right(again) == _right(item)
    assert check_item(again) == []


_NAMES = ("code", "point", "stem", "row-1", "row-2", "other-1", "answer", "picture", "p1-kind", "p1-stem", "p1-share")


@settings(max_examples=60)
@given(
    kind=st.sampled_from(list(KINDS)),
    typed=st.dictionaries(st.sampled_from(_NAMES), st.text(max_size=30)),
    act=st.sampled_from(["draw", "row:", "row:p1-", "part", "drop:1", "drop:x", "::"]),
)
def test_whatever_is_posted_makes_a_sheet(kind: str, typed: dict[str, str], act: str) -> None:
    given = QueryDict(mutable=True)
    given.update(typed)
    sheet = item_sheet.posted(given, kind=kind)
    item_sheet.changed(sheet, act)
    made = item_sheet.item_of(sheet, points={})
    assert made.item.kind == kind and rich.is_canonical(made.item.stem)


# ---- pictures ----


def illustrated(client: Client, bank: Any, file: Any, **given: Any) -> Any:
    return client.post(f"/d/bank/{bank.pk}/write", CHOICE | {"act": "draw", "picture-file": file} | given)


def test_a_picture_is_kept_sealed_by_a_step_and_shown_in_the_item(writer: Client, bank: Any) -> None:
    text = illustrated(writer, bank, png()).content.decode()
    digest = Bank.everywhere.get(pk=bank.pk).pictures.get().digest
    assert f'name="pictures" value="{digest}"' in text and "[图1]" in text
    assert write(writer, bank, pictures=digest, stem="看图 [图1：接线图] 选出功率").status_code == 302
    item = Item.everywhere.get(code="S900")
    assert rich.media_of(item.content.stem) == {digest}
    answer = writer.get(f"/d/item/{item.pk}/media/{digest}")
    assert answer.status_code == 200 and answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"] and answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (64, 48)


def test_a_picture_is_shown_only_to_those_who_reach_an_item_that_shows_it(
    house: BankHouse, writer: Client, bank: Any
) -> None:
    illustrated(writer, bank, png())
    digest = Bank.everywhere.get(pk=bank.pk).pictures.get().digest
    write(writer, bank)
    plain = Item.everywhere.get(code="S900")
    assert writer.get(f"/d/item/{plain.pk}/media/{digest}").status_code == 404
    write(writer, bank, code="S901", pictures=digest, stem="见[图1]，功率为多少")
    shown = Item.everywhere.get(code="S901")
    assert house.browser("reviewer").get(f"/d/item/{shown.pk}/media/{digest}").status_code == 200
    assert house.browser("stranger").get(f"/d/item/{shown.pk}/media/{digest}").status_code == 404
    assert house.browser("reviewer").get(f"/d/bank/{bank.pk}/picture/{digest}").status_code == 404


def test_nothing_but_the_pixels_of_a_picture_is_kept(writer: Client, bank: Any) -> None:
    exif = Image.Exif()
    exif[0x010E] = "机密地点 25.28N"
    illustrated(writer, bank, png(kind="JPEG", exif=exif))
    media = banks.picture_of(bank, Bank.everywhere.get(pk=bank.pk).pictures.get().digest)
    assert media is not None and media.media_type == "image/jpeg" and "机密".encode() not in media.data
    assert not Image.open(io.BytesIO(media.data)).getexif()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "已损坏或不是"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "已损坏或不是"),
        (b"\0" * (1024 * 1024 + 1), "超过 1 MB"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_sheet_stays(writer: Client, bank: Any, data: bytes, said: str) -> None:
    answer = illustrated(writer, bank, SimpleUploadedFile("a.png", data))
    assert answer.status_code == 422 and said in answer.content.decode() and "1100 W" in answer.content.decode()
    assert not Bank.everywhere.get(pk=bank.pk).pictures.exists()


def test_a_hotspot_is_drawn_on_the_picture_that_was_uploaded(writer: Client, bank: Any) -> None:
    given = {"kind": "hotspot", "stem": "点出 QF1", "right": "1", "row-1": "4, 4，30,20", "other-1": "rect"}
    text = illustrated(writer, bank, png(), **given).content.decode()
    assert '<rect x="4" y="4" width="26" height="16"' in text
    digest = Bank.everywhere.get(pk=bank.pk).pictures.get().digest
    empty = {"row-2": "", "row-3": ""}
    assert write(writer, bank, picture="1", pictures=digest, **given, **empty).status_code == 302
    content = saved()
    assert content.picture == digest and content.areas[0].coords == (4, 4, 30, 20) and content.answer == ("A",)


def test_a_picture_the_bank_does_not_have_is_refused_by_the_step(house: BankHouse, bank: Any) -> None:
    from jiangheng.core.errors import Refused

    data = single("S001", stem=f'见<img src="media:{"c" * 64}" alt=""/>')
    with pytest.raises(Refused, match="1 张图片不在本题库中"):
        house.write(bank, data)
