"""What a newcomer met in the question bank: searching, going on, files, languages, long papers to judge (K7, P2)."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bank_house import BankHouse, gift, single, toml
from jiangheng.apps.itembank import queries, tasks
from jiangheng.apps.itembank.models import Item, Look
from jiangheng.apps.itembank.queries import papers
from jiangheng.cli import sample
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.kernel.display import DISPLAYS
from jiangheng.kernel.kept import again, kept, said
from jiangheng.web.room_pages import evidence


@pytest.fixture
def house(play: Any, city: Any) -> BankHouse:
    return BankHouse(play, city)


def page(house: BankHouse, who: str, address: str, **asked: Any) -> str:
    answer = house.browser(who).get(address, asked)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


# ---- searching ----


def test_a_search_opens_each_item_once_and_asks_for_no_bank_again(
    house: BankHouse, django_assert_max_num_queries: Any
) -> None:
    bank = house.unified()
    house.stocked(bank, 60)
    with django_assert_max_num_queries(3):
        found = queries.stems_like(Item.reach(house.centre), "设备7号 额定值")
    assert [Item.everywhere.get(pk=pk).code for pk in found] == ["S007"]


def test_a_search_finds_in_options_too_and_in_either_case(house: BankHouse) -> None:
    bank = house.unified()
    house.write(bank, single("S001", stem="接触器 KM1 的线圈电压"))
    assert "S001" in page(house, "writer", "/d/item/", q="km1")
    assert "S001" in page(house, "writer", "/d/item/", q="1B值")
    assert "S001" not in page(house, "writer", "/d/item/", q="变压器")


def test_too_many_items_are_not_all_opened_and_the_list_asks_for_a_bank(
    house: BankHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    bank = house.unified()
    house.stocked(bank, 4)
    other = house.unified(name="焊工五级题库", occupation="6-18-02-04")
    house.write(other, single("W001"))
    monkeypatch.setitem(DISPLAYS, "item", replace(DISPLAYS["item"], find_most=4))
    everywhere = page(house, "centre", "/d/item/", q="额定值")
    assert "请先在上方选定题库" in everywhere and "S001" not in everywhere
    within = page(house, "centre", "/d/item/", q="额定值", bank=str(bank.pk))
    assert "请先在上方选定题库" not in within and "S001" in within
    assert "S001" in page(house, "centre", "/d/item/", q="S001")


# ---- one after another ----


def test_the_next_item_is_the_next_that_waits_for_this_reviewer(house: BankHouse, play: Any) -> None:
    bank = house.unified()
    rows = [house.write(bank, single(f"S00{number}")) for number in (1, 2, 3)]
    play("item.review", rows[1], by=house.reviewer)
    client = house.browser("reviewer")
    assert client.get(f"/d/item/{rows[0].pk}/next")["Location"] == f"/d/item/{rows[2].pk}"
    # past the last it begins again
    assert client.get(f"/d/item/{rows[2].pk}/next")["Location"] == f"/d/item/{rows[0].pk}"
    # the second reading of what he read first is another's
    assert house.browser("reviewer2").get(f"/d/item/{rows[0].pk}/next")["Location"] == f"/d/item/{rows[1].pk}"


def test_when_nothing_waits_any_more_the_reviewer_is_told_so(house: BankHouse, play: Any) -> None:
    bank = house.unified()
    row = house.write(bank, single("S001"))
    play("item.review", row, by=house.reviewer)
    answer = house.browser("reviewer").get(f"/d/item/{row.pk}/next", follow=True)
    assert answer.redirect_chain[-1][0] == f"/d/item/?bank={bank.pk}"
    assert "本题库没有别的试题等您办理" in answer.content.decode()


def test_a_copy_is_the_next_item_too_for_somebody_has_to_return_it(house: BankHouse) -> None:
    bank = house.unified()
    rows = [house.write(bank, single(code, stem="同一道题问的是什么")) for code in ("S001", "S002", "S003")]
    assert house.browser("reviewer").get(f"/d/item/{rows[0].pk}/next")["Location"] == f"/d/item/{rows[1].pk}"


def test_the_next_item_of_a_bank_out_of_reach_does_not_exist(house: BankHouse) -> None:
    row = house.write(house.own(), single("S001"), by=house.own_writer)
    assert house.browser("reviewer").get(f"/d/item/{row.pk}/next").status_code == 404
    assert house.browser("own_writer").get(f"/d/item/{row.pk}/next").status_code == 404


def test_everything_of_a_bank_stands_under_all_matters(house: BankHouse) -> None:
    for who in ("centre", "keeper"):
        text = page(house, who, "/d/")
        for flow in ("paper", "intake", "measurement"):
            assert f'href="/d/{flow}/"' in text, (who, flow)
    assert 'href="/d/paper/"' not in page(house, "writer", "/d/")


def test_who_can_found_no_bank_is_not_told_to_found_one(house: BankHouse) -> None:
    assert "题库涉密" in page(house, "county", "/d/bank/")
    assert "题库涉密" not in page(house, "centre", "/d/bank/")
    assert "建立后会列在这里" in page(house, "writer", "/d/bank/")


# ---- files ----


def test_a_file_brought_in_ends_on_its_preview(house: BankHouse) -> None:
    bank = house.unified()
    client = house.browser("writer")
    file = SimpleUploadedFile("a.toml", toml([single("T001")]))
    answer = client.post(f"/d/bank/{bank.pk}/bring", {"file": file, "point": ""})
    intake = bank.intakes.get()
    assert answer["Location"] == f"/d/intake/{intake.pk}/preview"
    thing = client.get(f"/d/intake/{intake.pk}").content.decode()
    assert f'href="/d/intake/{intake.pk}/preview"' in thing and f"/d/intake/{intake.pk}/take" not in thing


@pytest.mark.parametrize(("data", "said"), [(b"\xff\xfe nothing", "这个文件没有导入"), (None, "没有填写")])
def test_a_refused_file_stays_on_its_page_with_template_and_progress(
    house: BankHouse, data: bytes | None, said: str
) -> None:
    bank = house.unified()
    given = {"file": SimpleUploadedFile("a.gift", data)} if data else {}
    answer = house.browser("writer").post(f"/d/bank/{bank.pk}/bring", given)
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text
    assert "/banks/template.xlsx" in text and 'data-underway="/banks/underway"' in text
    assert not bank.intakes.exists()


def test_nobody_brings_a_file_into_a_bank_out_of_his_reach(house: BankHouse) -> None:
    own = house.own()
    file = SimpleUploadedFile("a.toml", toml([single("T001")]))
    assert house.browser("writer").post(f"/d/bank/{own.pk}/bring", {"file": file}).status_code == 404
    assert house.browser("reviewer").post(f"/d/bank/{own.pk}/bring", {"file": file}).status_code == 404


# ---- judging a long paper ----


@pytest.fixture
def study(house: BankHouse) -> Any:
    for number, name in ((1, "申远"), (2, "毛和")):
        house.city.person(f"expert{number}", "expert", name=name)
    bank = house.unified()
    house.stocked(bank, 60)
    house.planned(bank, {"kinds": [["single", 50, 2]], "minutes": 60, "pass_mark": 60})
    paper = house.drawn(bank).papers.get()
    judges = [house.city.accounts[name].pk for name in ("expert1", "expert2")]
    return house.play("study.convene", under=paper, by=house.centre, method="angoff", judges=judges)


def numbers(text: str) -> list[int]:
    return [int(found) for found in re.findall(r'name="rating-(\d+)"', text)]


def rated(places: range, leaf: int, **more: Any) -> dict[str, Any]:
    return {"leaf": leaf, **{f"rating-{place}": "50" for place in places}, **more}


def test_a_long_paper_is_judged_page_by_page_and_only_what_is_shown_is_a_look(house: BankHouse, study: Any) -> None:
    address = f"/d/study/{study.pk}/rate"
    assert numbers(page(house, "expert1", address)) == list(range(1, 21))
    assert Look.objects.filter(what="study").count() == 20
    assert numbers(page(house, "expert1", address, page="3")) == list(range(41, 51))
    assert numbers(page(house, "expert1", address, page="99")) == list(range(41, 51))


def test_going_on_keeps_what_was_typed_and_what_other_pages_hold(house: BankHouse, study: Any) -> None:
    client, address = house.browser("expert1"), f"/d/study/{study.pk}/rate"
    answer = client.post(address, rated(range(1, 21), 1, to="2"))
    assert answer["Location"] == f"{address}?page=2"
    answer = client.post(address, rated(range(21, 31), 2, to="1"))
    assert answer["Location"] == f"{address}?page=1"
    kept = study.opinions.get(judge__name="申远").ratings["judged"]
    assert len(kept) == 30 and set(kept.values()) == {50}
    # emptied on its page, the rating is gone; the other pages' stay
    client.post(address, rated(range(1, 20), 1, act="keep"))
    assert len(study.opinions.get(judge__name="申远").ratings["judged"]) == 29


def test_giving_too_early_leads_to_what_is_missing(house: BankHouse, study: Any) -> None:
    client, address = house.browser("expert1"), f"/d/study/{study.pk}/rate"
    client.post(address, rated(range(1, 21), 1, to="3"))
    answer = client.post(address, rated(range(41, 51), 3, act="give"))
    assert answer.status_code == 422 and "第 21、22、23、24、25 项" in answer.content.decode()
    assert numbers(answer.content.decode()) == list(range(21, 41))
    client.post(address, rated(range(21, 41), 2, to="3"))
    client.post(address, rated(range(41, 51), 3, act="give"))
    assert study.opinions.get(judge__name="申远").state == "given"


def test_enter_goes_on_to_the_next_page(house: BankHouse, study: Any) -> None:
    text = page(house, "expert1", f"/d/study/{study.pk}/rate")
    form = text[text.index('<form class="score"') :]
    first = re.search(r'<button [^>]*type="submit"[^>]*>', form)
    assert first is not None and 'name="to" value="2"' in first[0]


def test_a_page_that_does_not_exist_is_the_first(house: BankHouse, study: Any) -> None:
    for asked in ("0", "-3", "x", "9" * 30):
        assert numbers(page(house, "expert1", f"/d/study/{study.pk}/rate", page=asked))[0] == 1


# ---- who reads it in which language ----


@contextlib.contextmanager
def reading(language: str) -> Iterator[None]:
    with translation.override(language):
        yield


def test_findings_are_read_in_the_readers_language_whoever_brought_the_file(house: BankHouse) -> None:
    bank = house.unified()
    house.write(bank, single("G1"))
    file = {"file": SimpleUploadedFile("a.gift", gift([("G1", "线圈的电感与什么有关")]))}
    with reading("en"):
        intake = house.play("intake.upload", under=bank, by=house.writer, files=file)
        english = intake.findings[0]
    with reading("zh-hans"):
        chinese = intake.findings[0]
    assert chinese["problems"] == ["试题 G1：题号在题库中已有，请换一个题号"] and chinese["place"].startswith("第 ")
    assert english["place"].isascii() and "G1" in english["problems"][0]


def test_a_sentence_that_is_kept_is_said_again_with_all_that_fills_it() -> None:
    with reading("en"):
        made = said("编号“%(code)s”与 %(place)s 重复，请改编号") % {
            "code": "S1",
            "place": said("第 %(line)d 行") % {"line": 7},
        }
        joined = "【题干】" + said("没有写答案，请补写")
        form, pieces = json.loads(json.dumps([kept(made), kept(joined)]))
        assert again(form) == str(made) and "第" not in made
    with reading("zh-hans"):
        assert again(form) == "编号“S1”与 第 7 行 重复，请改编号"
        assert again(pieces) == "【题干】没有写答案，请补写"


def test_a_kept_sentence_stays_one_inside_an_exception() -> None:
    assert str(ValueError(said("没有写答案，请补写"))) == "没有写答案，请补写"
    assert kept(str(ValueError(said("没有写答案，请补写")))) == {"said": "没有写答案，请补写"}


@given(st.text(), st.integers())
def test_whatever_fills_a_kept_sentence_comes_back_as_it_was(text: str, number: int) -> None:
    hypothesis.assume(not re.search("[\u3400-\u9fff]", text))
    made = said("试题 {code}：题号在文件中出现 {times} 次，请各用一个题号").format(code=text, times=number)
    assert again(json.loads(json.dumps(kept(made)))) == str(made)


# ---- look-alikes, and what becomes of an offer ----


def test_items_that_differ_by_a_negation_are_said_to(house: BankHouse) -> None:
    bank = house.unified()
    stem = "断路器在线路发生短路的时候{}自动切断电路的保护电器，以下说法中选一项"
    first = single("S001", stem=stem.format("是"))
    house.write(bank, first)
    item = house.write(bank, {**first, "code": "S002", "stem": stem.format("不是")})
    text = page(house, "writer", f"/d/item/{item.pk}")
    assert "只差否定词" in text and "文字相近" not in text


def offered(house: BankHouse, bank: Any, *codes: str) -> Any:
    file = {"file": SimpleUploadedFile("a.toml", toml([single(code) for code in codes]))}
    return house.play(
        "contribution.offer", under=house.enterprise, by=house.manager, bank=str(bank.pk), note="", files=file
    )


def test_an_institution_reads_which_of_its_items_could_not_be_taken_and_why(house: BankHouse) -> None:
    bank = house.unified()
    house.write(bank, single("C001", stem="早已在库里的那一道题问什么"))
    house.write(bank, single("Z900") | {"stem": single("C002")["stem"], "options": single("C002")["options"]})
    offer = house.play("contribution.adopt", offered(house, bank, "C001", "C002"), by=house.centre)
    assert offer.intake.good == 0
    tasks.explain(offer.pk, 0)
    text = page(house, "manager", f"/d/contribution/{offer.pk}")
    assert "没有一题可以入稿" in text and "题号在题库中已有" in text
    # which item of the bank says the same is the bank's secret
    assert "与题库或本文件中的试题重复" in text and "Z900" not in text
    assert "告知有试题未能采用" in page(house, "manager", "/inbox")
    assert "告知有试题未能采用" in page(house, "keeper", "/inbox")


def test_an_offer_of_which_all_is_taken_needs_no_explaining(house: BankHouse) -> None:
    bank = house.unified()
    offer = house.play("contribution.adopt", offered(house, bank, "C001"), by=house.centre)
    tasks.explain(offer.pk, 0)
    assert "未能采用" not in page(house, "manager", f"/d/contribution/{offer.pk}")
    assert "告知有试题未能采用" not in page(house, "manager", "/inbox")
    with pytest.raises(Refused, match="都能采用"):
        house.play("contribution.explain", offer, by=SYSTEM)


# ---- drawing papers ----


def test_a_draw_is_ordered_by_a_name_that_says_what_and_a_line_that_says_why(house: BankHouse) -> None:
    bank = house.unified()
    house.stocked(bank)
    plan = house.planned(bank)
    assert "发起抽题组卷" in page(house, "centre", f"/d/bank/{bank.pk}")
    text = page(house, "centre", f"/d/bank/{bank.pk}/new/draw.commit")
    assert "这就是“承诺”" in text and "---------" not in text
    assert f'<option value="{plan.pk}" selected' in text


@pytest.mark.django_db(transaction=True)
def test_after_the_second_share_notice_and_page_say_the_same(house: BankHouse) -> None:
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    draw = house.committed(bank)
    house.play("draw.pledge", draw, by=house.centre, words="1")
    draw.refresh_from_db()
    answer = house.browser("city").post(
        f"/d/draw/{draw.pk}/second", {"words": "2", "version": draw.version}, follow=True
    )
    text = answer.content.decode()
    assert "现为“已组卷”" in text and "待组卷" not in text


def test_what_a_bank_lacks_is_named(house: BankHouse) -> None:
    bank = house.unified()
    assert papers.with_names(bank, ["鉴定范围 A 的单项选择题：缺 3", "鉴定范围 A-1：缺 1", "鉴定范围 B：缺 2"]) == [
        "鉴定范围 A 基本要求 的单项选择题：缺 3", "鉴定范围 A-1：缺 1", "鉴定范围 B 相关知识：缺 2",
    ]  # fmt: skip


def test_an_analysis_is_one_press_without_an_empty_form(house: BankHouse) -> None:
    bank = house.unified()
    text = page(house, "centre", f"/d/bank/{bank.pk}")
    assert f'<form action="/d/bank/{bank.pk}/new/measurement.run" method="post">' in text
    assert 'data-busy="正在分析试题…"' in text
    answer = house.browser("centre").post(f"/d/bank/{bank.pk}/new/measurement.run")
    assert answer.status_code == 422 and "等有考试收卷后再分析" in answer.content.decode()


# ---- evidence ----


def test_what_holds_for_several_papers_is_said_once_and_what_the_table_says_not_again() -> None:
    class Form:
        def __init__(self, name: str) -> None:
            self.name = name

    class Found:
        forms = (Form("A"), Form("B"))

        def sentences(self) -> tuple[str, ...]:
            return (
                "七月五级：60 人参加，合格线 60%，合格率 70.0%", "试卷 A：30 人、100 题，平均 70.0%",
                "试卷 B：30 人、100 题，平均 68.0%", "未能得出：试卷 A：成绩没有差异或试题太少，信度无法计算",
                "未能得出：试卷 B：成绩没有差异或试题太少，信度无法计算", "未能得出：未计算公平性：没有分组的合格人数",
            )  # fmt: skip

    told = {str(row["label"]): row["sentences"] for row in evidence.sections(Found())}  # type: ignore[arg-type]
    assert told["概况"] == ["七月五级：60 人参加，合格线 60%，合格率 70.0%"]
    assert told["未能得出的项目和原因"] == [
        "试卷 A、B：成绩没有差异或试题太少，信度无法计算", "未计算公平性：没有分组的合格人数",
    ]  # fmt: skip


def test_the_sample_citys_certificate_is_verified_at_the_port_that_is_served() -> None:
    chosen = argparse.Namespace(port=8123)
    built = {"verify_url": "http://127.0.0.1:8000/verify?number=S1", "verify_name": "甲"}
    assert sample._at_port(built, chosen)["verify_url"] == "http://127.0.0.1:8123/verify?number=S1"
    public = {"verify_url": "https://jineng.example.cn/verify?number=S1"}
    assert sample._at_port(public, chosen) == public and sample._at_port({}, chosen) == {}
