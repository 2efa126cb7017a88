"""An item's life: four hands, every version kept, copies refused, contents nowhere in plain text (K7, K8, P2)."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.db import connection

from bank_house import sent, single, toml
from jiangheng.core.authority import SYSTEM, Actor, Grant, Role
from jiangheng.core.errors import OutOfReach, Refused, WrongRole

REASON = "题干表述含糊，请改写后再送审"


def hands(*roles: str, id: str = "account:77") -> Actor:
    """One person with several roles at the centre: only the four eyes hold him back."""
    return Actor(id, "多面手", tuple(Grant(Role(role), "45/03/") for role in roles))


@pytest.fixture
def bank(house: Any) -> Any:
    return house.unified()


@pytest.fixture
def many(house: Any) -> Actor:
    return hands("writer", "item_reviewer", "centre")


def refusal(no: Any) -> str:
    return "；".join(str(each.reason) for each in no.value.refusals)


def test_an_item_goes_through_four_hands_into_use(house: Any, bank: Any) -> None:
    item = house.live(bank, single("T001"))
    assert (item.state, item.revision, item.author) == ("live", 1, "市局 命题甲")


def test_the_writer_never_reviews_his_item(house: Any, bank: Any, play: Any, many: Any) -> None:
    item = house.write(bank, single("T001"), by=many)
    with pytest.raises(Refused) as no:
        play("item.review", item, by=many)
    assert "另一人" in refusal(no)
    play("item.review", item, by=house.reviewer)
    with pytest.raises(Refused):
        play("item.second", item, by=many)


def test_who_took_an_item_in_never_reviews_it(house: Any, bank: Any, play: Any, many: Any) -> None:
    intake = play("intake.upload", under=bank, by=many, files=sent(toml([single("T001")])))
    play("intake.take", intake, by=many, mode="all")
    item = bank.items.get()
    with pytest.raises(Refused) as no:
        play("item.review", item, by=many)
    assert "另一人" in refusal(no)
    assert play("item.review", item, by=house.reviewer).state == "reviewed"


def test_who_revised_an_item_never_reviews_it(house: Any, bank: Any, play: Any, many: Any) -> None:
    item = house.write(bank, single("T001"))
    play("item.revise", item, by=many, data=json.dumps(single("T001", stem="另一种说法的题干是什么")))
    with pytest.raises(Refused) as no:
        play("item.review", item, by=many)
    assert "另一人" in refusal(no)


def test_the_two_reviewers_and_the_stocker_are_three_people(house: Any, bank: Any, play: Any, many: Any) -> None:
    item = play("item.review", house.write(bank, single("T001")), by=many)
    with pytest.raises(Refused) as no:
        play("item.second", item, by=many)
    assert "另一人" in refusal(no)
    item = play("item.second", item, by=house.reviewer2)
    with pytest.raises(Refused):
        play("item.stock", item, by=many)
    assert play("item.stock", item, by=house.centre).state == "stock"


def test_the_second_reviewer_does_not_stock(house: Any, bank: Any, play: Any, many: Any) -> None:
    item = play("item.review", house.write(bank, single("T001")), by=house.reviewer)
    item = play("item.second", item, by=many)
    with pytest.raises(Refused):
        play("item.stock", item, by=many)


def test_a_returned_item_is_revised_and_reviewed_afresh(house: Any, bank: Any, play: Any) -> None:
    item = play("item.review", house.write(bank, single("T001")), by=house.reviewer)
    item = play("item.return", item, by=house.reviewer2, reason=REASON)
    with pytest.raises(Refused):
        play("item.second", item, by=house.reviewer2)
    item = play("item.revise", item, by=house.writer, data=json.dumps(single("T001", stem="改写以后的题干怎么问")))
    assert (item.state, item.revision) == ("draft", 2)
    assert play("item.review", item, by=house.reviewer2).state == "reviewed"


def test_every_earlier_version_stays_readable(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.apps.itembank.queries.items import version

    stems = ["第一版的题干问的是什么", "第二版的题干又问什么", "第三版的题干还问什么"]
    item = house.write(bank, single("T001", stem=stems[0]))
    for stem in stems[1:]:
        item = play("item.revise", item, by=house.writer, data=json.dumps(single("T001", stem=stem)))
    assert [version(item, number).stem for number in (1, 2, 3)] == stems
    assert list(item.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_the_code_of_an_item_never_changes(house: Any, bank: Any, play: Any) -> None:
    item = house.write(bank, single("T001"))
    with pytest.raises(Refused) as no:
        play("item.revise", item, by=house.writer, data=json.dumps(single("T002")))
    assert "不能更改" in refusal(no)


def test_a_code_is_used_once_in_a_bank(house: Any, bank: Any) -> None:
    house.write(bank, single("T001"))
    with pytest.raises(Refused) as no:
        house.write(bank, single("T001", stem="同一题号的另一道题是什么"))
    assert "已存在" in refusal(no)


def test_a_point_that_is_not_in_the_table_is_refused(house: Any, bank: Any) -> None:
    with pytest.raises(Refused) as no:
        house.write(bank, single("T001", point="Z-001"))
    assert "细目表" in refusal(no)


def test_an_item_with_the_same_text_is_refused_at_review_and_a_look_alike_is_shown(
    house: Any, bank: Any, play: Any
) -> None:
    stem = "三相异步电动机正常运行时允许的最高温升由什么决定"
    options = single("T001")["options"]
    house.write(bank, single("T001", stem=stem, options=options))
    same = house.write(bank, single("T002", stem=stem, options=options))
    with pytest.raises(Refused) as no:
        play("item.review", same, by=house.reviewer)
    assert "T001" in refusal(no) and "内容相同" in refusal(no)
    near = house.write(bank, single("T003", stem=stem + "呢", options=options))
    shown = house.browser("reviewer").get(f"/d/item/{near.pk}").content.decode()
    assert {each["code"] for each in near.alike} >= {"T001"} and "T001" in shown
    assert play("item.review", near, by=house.reviewer).state == "reviewed"


def test_a_copy_whose_original_came_in_between_preview_and_taking_is_refused_at_review(
    house: Any, bank: Any, play: Any
) -> None:
    stem = "三相异步电动机正常运行时允许的最高温升由什么决定"
    options = single("T001")["options"]
    file = toml([single("T002", stem=stem, options=options)])
    intake = play("intake.upload", under=bank, by=house.writer, files=sent(file))
    first = house.write(bank, single("T001", stem=stem, options=options))
    play("intake.take", intake, by=house.writer, mode="good")
    play("item.review", first, by=house.reviewer)
    with pytest.raises(Refused):
        play("item.review", bank.items.get(code="T002"), by=house.reviewer)


@pytest.mark.parametrize(("step", "who"), [
    ("review", "writer"), ("review", "centre"), ("stock", "reviewer"), ("retire", "writer"), ("write", "reviewer"),
])  # fmt: skip
def test_each_step_is_its_roles_alone(house: Any, bank: Any, play: Any, city: Any, step: str, who: str) -> None:
    item = house.write(bank, single("T001"))
    with pytest.raises(WrongRole):
        if step == "write":
            house.write(bank, single("T002"), by=city.actor(who))
        else:
            play(f"item.{step}", item, by=city.actor(who), reason=REASON)


def test_a_tried_item_is_enacted_only_after_enough_answers(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.apps.itembank.models import Item

    item = house.write(bank, single("T001"))
    for step, by in (("review", house.reviewer), ("second", house.reviewer2), ("stock", house.centre2)):
        item = play(f"item.{step}", item, by=by)
    item = play("item.try", item, by=house.centre)
    with pytest.raises(Refused) as no:
        play("item.enact", item, by=house.centre)
    assert "200" in refusal(no)
    Item.everywhere.filter(pk=item.pk).update(answered=200)
    assert play("item.enact", item, by=house.centre).state == "live"


def test_an_item_in_use_is_amended_by_way_of_new_reviews(house: Any, bank: Any, play: Any) -> None:
    item = house.live(bank, single("T001"))
    with pytest.raises(Refused):
        play("item.revise", item, by=house.writer, data=json.dumps(single("T001")))
    item = play("item.amend", item, by=house.centre, reason="标准修订，参数有变化")
    item = play("item.revise", item, by=house.writer, data=json.dumps(single("T001", stem="修订之后的题干怎么问")))
    assert item.state == "draft"


def test_altered_ciphertext_is_refused(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank.models import Item

    item = house.write(bank, single("T001"))
    sealed = bytearray(item.sealed)
    sealed[-1] ^= 1
    Item.everywhere.filter(pk=item.pk).update(sealed=bytes(sealed))
    with pytest.raises(InvalidTag):
        _ = Item.everywhere.get(pk=item.pk).content


def test_a_content_moved_to_another_bank_does_not_open(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank.models import Item

    item, own = house.write(bank, single("T001")), house.own()
    other = house.write(own, single("T001"), by=house.own_writer)
    Item.everywhere.filter(pk=other.pk).update(sealed=bytes(item.sealed))
    with pytest.raises(InvalidTag):
        _ = Item.everywhere.get(pk=other.pk).content


def test_one_content_has_another_digest_in_another_bank(house: Any, bank: Any) -> None:
    one, other = house.write(bank, single("T001")), house.write(house.own(), single("T001"), by=house.own_writer)
    assert one.content == other.content and one.digest != other.digest


def test_a_program_may_not_take_an_item_in_around_its_file(house: Any, bank: Any) -> None:
    """The step of intakes checks nothing by itself: it must not be a way round the checks of writing."""
    hostile = single("T001", stem="<script>alert(1)</script>电压是多少", point="Z-9")
    answer = house.browser("writer").post(
        f"/api/bank/{bank.pk}/new/item.take_in", json.dumps({"data": hostile}), content_type="application/json"
    )
    assert answer.status_code in (404, 422), answer.content.decode()
    assert not bank.items.exists()


def test_a_script_in_a_stem_is_refused(house: Any, bank: Any) -> None:
    with pytest.raises(Refused):
        house.write(bank, single("T001", stem="<script>alert(1)</script>电压是多少"))
    assert not bank.items.exists()


def test_data_that_is_no_item_is_refused_with_a_sentence(house: Any, bank: Any) -> None:
    for data in ([], {"code": "T001"}, {**single("T001"), "evil": 1}, {**single("T001"), "options": "AB"}, 7, None):
        with pytest.raises(Refused):
            house.write(bank, data)


SECRETS = ("泽尔尼克电桥的平衡条件", "相邻臂阻抗乘积相等", "对臂阻抗乘积相等", "由对臂相等推得平衡")


def secret(code: str) -> dict[str, Any]:
    options = [{"key": "A", "text": SECRETS[1]}, {"key": "B", "text": SECRETS[2]},
               {"key": "C", "text": "相邻臂阻抗之和相等"}, {"key": "D", "text": "对臂阻抗之和相等"}]  # fmt: skip
    return single(code, stem=f"{SECRETS[0]}是（{code}）", options=options, explanation=SECRETS[3])


def cells() -> Any:
    """Every cell of every table as the database holds it."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            name = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {name}")  # noqa: S608
            columns = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield model._meta.label, column, value


def plain_bytes(value: Any) -> bytes:
    """A cell as somebody with the database's file could read it, JSON escapes undone."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    text = str(value)
    if "\\u" in text:
        text += text.encode("ascii", "backslashreplace").decode("unicode_escape", "replace")
    return text.encode("utf-8", "surrogatepass")


def test_no_content_lies_open_anywhere_after_an_items_whole_life(
    house: Any, bank: Any, play: Any, caplog: Any, city: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    item = house.write(bank, secret("T001"))
    for step, by in (("review", house.reviewer), ("second", house.reviewer2), ("stock", house.centre2)):
        item = play(f"item.{step}", item, by=by)
    item = play("item.amend", item, by=house.centre, reason=REASON)
    item = play("item.revise", item, by=house.writer, data=json.dumps(secret("T001") | {"difficulty": 2}))
    file = toml([secret("T002"), secret("T003"), single("T004")])
    intake = play("intake.upload", under=bank, by=house.writer, files=sent(file))
    play("intake.take", intake, by=house.writer, mode="good")
    offer = play(
        "contribution.offer", under=house.enterprise, by=house.manager, bank=str(bank.pk), note="五道",
        files=sent(toml([secret("T009")])),
    )  # fmt: skip
    play("contribution.adopt", offer, by=house.centre)
    for who in ("writer", "reviewer", "centre"):
        client = house.browser(who)
        client.get(f"/d/item/{item.pk}")
        client.get(f"/d/item/?q={SECRETS[0]}")
        client.get(f"/d/intake/{intake.pk}")
    house.stocked(bank)
    house.planned(bank)
    draw = house.drawn(bank)
    wanted = [text.encode() for text in SECRETS] + [bank.items.get(code="S001").content.stem.encode()]
    seen = 0
    for table, column, value in cells():
        seen += 1
        for text in wanted:
            assert text not in plain_bytes(value), f"{table}.{column}: {text.decode()}"
    assert seen > 1000
    assert draw.papers.exists()
    said = caplog.text.encode()
    for path in Path(settings.HOME).rglob("*"):
        if path.is_file() and not path.name.startswith("test.sqlite3"):
            data = path.read_bytes()
            assert not any(text in data for text in wanted), path
    assert not any(text in said for text in wanted)


def test_no_answer_lies_open_in_the_trail_or_in_an_items_columns(house: Any, bank: Any, play: Any) -> None:
    from jiangheng.kernel.models import Entry

    one = house.write(bank, {**single("T001"), "answer": ["B"]})
    [entry] = Entry.objects.filter(flow="item", thing=one.pk)
    assert set(entry.evidence) == {"code", "kind", "point", "revision", "digest"}
    other = house.write(bank, {**single("T001"), "code": "T002", "answer": ["C"]})
    assert not set(other.digest) - set("0123456789abcdef") and other.digest != one.digest


def test_how_far_an_intake_has_come_is_told_in_numbers_only(house: Any, bank: Any, play: Any, monkeypatch: Any) -> None:
    from jiangheng.kernel import underway

    kept: list[str] = []
    told = Path.write_text

    def spy(path: Path, text: str, *rest: Any, **more: Any) -> int:
        kept.append(path.name + " " + text)
        return told(path, text, *rest, **more)

    monkeypatch.setattr(Path, "write_text", spy)
    intake = play("intake.upload", under=bank, by=house.writer, files=sent(toml([secret("T002"), single("T003")])))
    play("intake.take", intake, by=house.writer, mode="good")
    monkeypatch.undo()
    assert kept and not any(text in line for text in SECRETS for line in kept)
    assert not list((Path(settings.HOME) / "underway").glob("*"))
    assert underway.how_far(f"intake-{intake.pk}") is None


def test_an_item_out_of_reach_cannot_be_looked_at(house: Any, bank: Any, play: Any) -> None:
    item = house.write(bank, single("T001"))
    with pytest.raises(OutOfReach):
        play("item.review", item, by=house.own_reviewer)
    assert house.browser("own_reviewer").get(f"/d/item/{item.pk}").status_code == 404


def test_only_the_system_puts_an_item_into_the_review_queue(house: Any, bank: Any, play: Any) -> None:
    item = house.live(bank, single("T001"))
    with pytest.raises(WrongRole):
        play("item.flag", item, by=house.centre, reasons=json.dumps(["太难"]))
    assert play("item.flag", item, by=SYSTEM, reasons=json.dumps(["太难"])).flagged


def test_who_wrote_an_earlier_version_does_not_review_a_later_one(house: Any, bank: Any, play: Any, many: Any) -> None:
    item = house.write(bank, single("T001"))
    play("item.revise", item, by=many, data=json.dumps(single("T001", stem="第二版的题干问的是什么")))
    play("item.revise", item, by=house.writer, data=json.dumps(single("T001", stem="第三版的题干问的是什么")))
    with pytest.raises(Refused):
        play("item.review", item, by=many)
