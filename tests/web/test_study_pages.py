"""The pages of measurement: judging a paper, its report, a session's evidence, credit, a draw checked (K8, K9, P2)."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from portal_stage import it_is
from room_stage import RoomStage

from bank_house import BankHouse, single
from jiangheng.apps.itembank import queries as itembank
from jiangheng.apps.itembank.models import AnswerSheet, Contribution, Intake, Look
from jiangheng.apps.itembank.queries import study as studies
from jiangheng.core.authority import SYSTEM
from jiangheng.kernel import clock, files
from jiangheng.kernel.display import DISPLAYS, Panel, also
from kept import kept


@pytest.fixture
@kept
def house(play: Any, city: Any) -> BankHouse:
    return BankHouse(play, city)


@pytest.fixture
def panel(house: BankHouse) -> list[Any]:
    return [house.city.person(f"expert{n}", "expert", name=name) for n, name in ((1, "申远"), (2, "毛和"))]


@pytest.fixture
@kept
def paper(house: BankHouse, panel: list[Any]) -> Any:
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    return house.drawn(bank).papers.get()


def convened(house: BankHouse, paper: Any, method: str = "angoff") -> Any:
    judges = [house.city.accounts[name].pk for name in ("expert1", "expert2")]
    return house.play("study.convene", under=paper, by=house.centre, method=method, judges=judges)


def browser(house: BankHouse, name: str) -> Client:
    return house.browser(name)


def form(values: dict[int, Any], act: str = "keep", version: int = 0) -> dict[str, Any]:
    return {"act": act, "version": version, **{f"rating-{place}": value for place, value in values.items()}}


# ---- judging ----


def test_a_judge_sees_every_item_with_its_answer_and_each_look_is_written_down(house: Any, paper: Any) -> None:
    study = convened(house, paper)
    text = browser(house, "expert1").get(f"/d/study/{study.pk}/rate").content.decode()
    assert text.count('name="rating-') == 10 and "答案" in text
    looks = Look.objects.filter(what="study")
    assert looks.count() == 10 and set(looks.values_list("actor", flat=True)) == {
        f"account:{house.city.accounts['expert1'].pk}"
    }


def test_an_open_opinion_waits_on_the_judges_own_page_and_on_nobody_elses(house: Any, paper: Any) -> None:
    study = convened(house, paper)
    house.city.person("expert3", "expert", name="旁人")
    mine, other = (study.opinions.get(judge__username=name) for name in ("expert1", "expert2"))
    text = browser(house, "expert1").get("/home").content.decode()
    assert f"/d/opinion/{mine.pk}" in text and f"/d/opinion/{other.pk}" not in text
    assert "/d/opinion/1" not in browser(house, "expert3").get("/home").content.decode()


def test_nobody_but_a_judge_opens_the_page_of_judging(house: Any, paper: Any) -> None:
    study = convened(house, paper)
    house.city.person("expert3", "expert", name="旁人")
    for name in ("centre", "city", "expert3", "writer", "manager"):
        assert browser(house, name).get(f"/d/study/{study.pk}/rate").status_code == 404, name
    assert not Look.objects.filter(what="study").exists()


def test_ratings_are_kept_piece_by_piece_and_then_given(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    client, address = browser(house, "expert1"), f"/d/study/{study.pk}/rate"
    assert client.post(address, form({1: "55", 2: "72.5"})).status_code == 302
    text = client.get(address).content.decode()
    assert 'value="72.5"' in text and "已评 2 / 10" in text
    unfinished = client.post(address, form({1: "55"}, "give", 1))
    assert unfinished.status_code == 422 and "还有 9 项没有评" in unfinished.content.decode()
    done = client.post(address, form(dict.fromkeys(range(1, 11), "60"), "give", 2))
    assert done.status_code == 302
    assert study.opinions.get(judge__username="expert1").state == "given"


def test_a_typing_error_is_told_at_the_item_and_nothing_typed_is_lost(house: Any, paper: Any) -> None:
    study = convened(house, paper)
    answer = browser(house, "expert1").post(f"/d/study/{study.pk}/rate", form({1: "6o", 2: "41", 3: "nan", 4: "1e999"}))
    text = answer.content.decode()
    assert answer.status_code == 422 and 'value="41"' in text and 'value="6o"' in text
    assert text.count("应是 0 到 100 的数") == 3


def test_ebel_is_judged_with_its_grid(house: Any, paper: Any) -> None:
    study = convened(house, paper, "ebel")
    posted = {"act": "give", "version": 0, "grid-important/hard": "45"}
    for place in range(1, 11):
        posted |= {f"relevance-{place}": "important", f"difficulty-{place}": "hard"}
    assert browser(house, "expert1").post(f"/d/study/{study.pk}/rate", posted).status_code == 302
    assert study.opinions.get(judge__username="expert1").ratings["grid"] == {"important/hard": 45}


def test_others_ratings_are_not_shown_before_the_round_is_over(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    values = dict.fromkeys(range(1, 11), "37")
    browser(house, "expert1").post(f"/d/study/{study.pk}/rate", form(values, "give"))
    first = study.opinions.get(judge__username="expert1")
    for name in ("centre", "expert2"):
        for address in (f"/d/study/{study.pk}", f"/d/opinion/{first.pk}", f"/api/opinion/{first.pk}"):
            assert "37" not in re.sub(r"\d{4,}|[0-9a-f]{8,}", "", _words(browser(house, name).get(address))), address


def _words(answer: Any) -> str:
    text = answer.content.decode()
    return re.sub(r"<[^>]*>", " ", text.partition("<main")[2].partition("履历")[0])


def test_the_next_round_shows_the_spread_but_no_names(house: Any, paper: Any, panel: list[Any]) -> None:
    study = convened(house, paper)
    for name, value in (("expert1", "30"), ("expert2", "70")):
        browser(house, name).post(f"/d/study/{study.pk}/rate", form(dict.fromkeys(range(1, 11), value), "give"))
    house.play("study.next_round", study, by=house.centre)
    text = _words(browser(house, "expert1").get(f"/d/study/{study.pk}/rate"))
    assert "您上一轮：30%" in text and "平均 50.0，最低 30，最高 70" in text and "毛和" not in text
    rounds = browser(house, "expert1").get(f"/d/study/{study.pk}").content.decode().partition("各轮情况")[2]
    assert "毛和" not in rounds.partition("<h3>")[0]


def test_a_picture_of_the_paper_is_handed_to_its_judges_and_to_nobody_else(house: Any, paper: Any) -> None:
    from jiangheng.apps.itembank.models import Item, Picture

    digest = "ab" * 32
    row = Item.everywhere.get(bank=paper.bank, code=paper.codes[0])
    from jiangheng.core.exam import item_data

    data = single(row.code, stem=f'看图<img src="media:{digest}" alt="电路图"/>选择')
    row.hold(item_data.from_data(data))
    row.save()
    for mark, word in ((digest, b"PNG here"), ("cd" * 32, b"another")):
        kept = files.keep(paper.bank.seal(word, place="file"), name="p.png", media_type="image/png", scope=row.scope)
        Picture.objects.create(bank=paper.bank, digest=mark, media_type="image/png", file=kept)
    study = convened(house, paper)
    address = f"/d/study/{study.pk}/media/{digest}"
    assert address in browser(house, "expert1").get(f"/d/study/{study.pk}/rate").content.decode()
    answer = browser(house, "expert1").get(address)
    assert answer.content == b"PNG here" and "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert browser(house, "expert1").get(f"/d/study/{study.pk}/media/{'cd' * 32}").status_code == 404
    assert browser(house, "writer").get(address).status_code == 404


def test_a_closed_study_is_reported_with_cut_interval_judges_and_the_pass_mark(house: Any, paper: Any) -> None:
    study = convened(house, paper)
    for name, value in (("expert1", "64"), ("expert2", "66")):
        browser(house, name).post(f"/d/study/{study.pk}/rate", form(dict.fromkeys(range(1, 11), value), "give"))
    study = house.play("study.close", study, by=house.centre)
    for name, address in (("centre", f"/d/study/{study.pk}"), ("expert1", f"/d/study/{study.pk}/report")):
        text = _words(browser(house, name).get(address))
        assert "建议合格线 65.0 分" in text and "95% 区间" in text and "申远" in text and "去掉本人后" in text
        assert "现行及格分 60 分" in text and "只有 2 名专家" in text
    record = json.loads(browser(house, "city").get(f"/d/study/{study.pk}/record.json").content)
    assert record["cut"] == pytest.approx(65) and len(record["ratings"]["1"]) == 2
    assert browser(house, "expert1").get(f"/d/study/{study.pk}/record.json").status_code == 404
    assert browser(house, "expert1").get(f"/d/study/{study.pk}/rate").status_code == 404


# ---- a draw checked ----


def test_a_fair_draw_is_checked_line_by_line_for_the_city_too(house: Any, paper: Any) -> None:
    for name in ("centre", "city"):
        text = _words(browser(house, name).get(f"/d/draw/{paper.draw_id}/check"))
        assert "全部相符" in text and text.count("相符") > 10 and "不符 " not in text
    for name in ("writer", "expert1", "county", "keeper"):
        assert browser(house, name).get(f"/d/draw/{paper.draw_id}/check").status_code == 404, name


def test_a_tampered_draw_is_told_in_red(house: Any, paper: Any) -> None:
    from jiangheng.apps.itembank.models import Draw

    Draw.everywhere.filter(pk=paper.draw_id).update(seed="11" * 32)
    text = browser(house, "city").get(f"/d/draw/{paper.draw_id}/check").content.decode()
    assert "与记录不符" in text and '<tr class="bad">' in text


def test_a_checker_outside_gets_the_same_papers_from_the_file(house: Any, paper: Any) -> None:
    from decimal import Decimal

    from jiangheng.core.exam import draw as fair

    house.play("paper.release", paper, by=SYSTEM)
    house.play("paper.open", paper, by=SYSTEM)
    told = json.loads(browser(house, "city").get(f"/d/draw/{paper.draw_id}/record.json").content)
    seed = fair.seed_from(
        told["commitment"], [bytes.fromhex(each) for each in told["shares"]], told["checkpoint"].encode()
    )
    assert seed.hex() == told["seed"] and told["papers"] == [paper.codes]
    assert {row["code"] for row in told["stock"]} >= set(paper.codes)
    assert Decimal(told["plan"]["kinds"][0]["marks"]) == 10


# ---- evidence ----


@pytest.fixture
@kept
def stage(play: Any) -> RoomStage:
    """A session that was opened and is over, nobody having come: its answers are put in by each test."""
    stage = RoomStage(play)
    stage.seated()
    session = stage.opened()
    it_is("2026-10-14", "12:00")
    stage.sat = play("session.close", session, by=stage.invigilator)  # type: ignore[attr-defined]
    return stage


def answered(stage: Any, count: int) -> Any:
    """Answers of so many candidates, more and less able in turn: all know the first item, nobody the second."""
    paper = stage.sat.sittings.first().paper
    for number in range(count):
        ability = number % 10
        right = {code: int((number * 7 + place * 3) % 10 < ability) for place, code in enumerate(paper.codes)}
        right |= {paper.codes[0]: 1, paper.codes[1]: 0}
        AnswerSheet.objects.create(
            paper=paper, bank=paper.bank, session=stage.sat.pk, sitting=9000 + number, person=f"{number:064d}",
            at=clock.now(), mark=sum(right.values()), groups={"sex": "男" if number % 2 else "女"},
            answers={
                code: {"v": 1, "given": ["B" if good else "A"], "mark": float(good), "letters": True}
                for code, good in right.items()
            },
        )  # fmt: skip
    return paper


def test_a_session_whose_answers_are_not_collected_says_so(stage: Any) -> None:
    answer = stage.browser("manager").get(f"/d/session/{stage.sat.pk}/evidence")
    assert answer.status_code == 200 and "还没有收到本场的答卷" in answer.content.decode()
    told = json.loads(stage.browser("manager").get(f"/d/session/{stage.sat.pk}/evidence.json").content)
    assert told == {"format": "jiangheng/evidence/1", "computed": False}


def test_evidence_stands_under_the_terms_of_the_standard_and_shows_no_content(stage: Any) -> None:
    paper = answered(stage, 240)
    stems = [item.stem for item in itembank.paper_items(paper)]
    for name in ("centre", "city", "county", "manager", "exam_officer"):
        text = _words(stage.browser(name).get(f"/d/session/{stage.sat.pk}/evidence"))
        for term in ("可靠（", "有效（", "公平（", "施测条件", "计算方法", "未能得出的项目"):
            assert term in text, (name, term)
        assert "240" in text and "应到 3 人，交卷 0 人，缺考 3 人" in text and "答对率过低" in text
        assert "选答案" not in text and not any(stem in text for stem in stems)
    for name in ("registrar", "invigilator", "issuer"):
        assert stage.browser(name).get(f"/d/session/{stage.sat.pk}/evidence").status_code == 404, name


def test_items_are_named_only_to_those_who_reach_their_bank(stage: Any) -> None:
    paper = answered(stage, 240)
    address = f"/d/session/{stage.sat.pk}/evidence.json"
    told = json.loads(stage.browser("manager").get(address).content)
    rows = {row["rule"]: row for row in told["findings"]}
    assert rows["easy"]["items"] >= 1 and rows["hard"]["items"] >= 1
    assert all(row["codes"] == [] for row in told["findings"])
    assert not any(f'"{code}"' in json.dumps(told) for code in paper.codes)
    named = {row["rule"]: row["codes"] for row in json.loads(stage.browser("centre").get(address).content)["findings"]}
    assert paper.codes[0] in named["easy"] and paper.codes[1] in named["hard"]


def test_a_session_that_is_not_closed_has_no_evidence_yet(play: Any) -> None:
    stage = RoomStage(play)
    stage.seated()
    session = stage.opened()
    assert stage.browser("manager").get(f"/d/session/{session.pk}/evidence").status_code == 404


# ---- credit ----


@pytest.fixture
@kept
def contributed(house: BankHouse) -> Any:
    """The college gave three items: two adopted, one of them well measured; and one is still a draft."""
    bank = house.unified()
    rows = house.stocked(bank, 3)
    kept = files.keep(bank.seal(b"x", place="file"), name="f.toml", media_type="text/plain", scope=bank.scope)
    intake = Intake.everywhere.create(
        bank=bank, file=kept, parsed=kept, format="toml", rows=3, scope=bank.scope, state="taken"
    )
    for row, state in zip(rows, ("live", "live", "draft"), strict=True):
        row.intake, row.state = intake, state
        row.save()
    rows[0].answered, rows[0].p, rows[0].rest_r = 400, 0.6, 0.4
    rows[0].save()
    return Contribution.everywhere.create(
        institution=house.college, bank=bank, file=kept, rows=3, intake=intake, state="adopted",
        scope=house.college.scope,
    )  # fmt: skip


def test_credit_is_compared_by_centre_and_city_and_by_nobody_else(house: Any, contributed: Any) -> None:
    text = _words(browser(house, "city").get("/credits"))
    assert "桂林技师学院" in text and "难度合适" in text and "电工五级题库 S001" in text
    for name in ("county", "manager", "bursar", "writer"):
        assert browser(house, name).get("/credits").status_code == 404, name
        assert browser(house, name).get("/credits.xlsx").status_code == 404, name


def test_credit_can_be_taken_along_as_a_workbook(house: Any, contributed: Any) -> None:
    answer = browser(house, "centre").get("/credits.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    cells = [cell.value for line in book.worksheets[0] for cell in line]
    assert "桂林技师学院" in cells and 3 in cells and len(book.worksheets) == 2


def test_an_institutions_page_shows_its_credit_to_itself_and_to_the_bureaus(house: Any, contributed: Any) -> None:
    address = f"/d/institution/{house.college.pk}"
    for name, seen in (("centre", True), ("county", True), ("bursar", True), ("manager", False), ("writer", False)):
        assert ("提供试题 3 道，采用 2 道" in browser(house, name).get(address).content.decode()) is seen, name


def test_who_gave_nothing_is_told_so(house: Any, contributed: Any) -> None:
    text = browser(house, "centre").get(f"/d/institution/{house.other.pk}").content.decode()
    assert "还没有向统一题库投稿" in text


def test_a_panel_from_above_needs_a_page_to_stand_on_and_becomes_one_of_its_own() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        also("nowhere", Panel("x"))
    for flow in ("institution", "filing"):
        assert [panel.template for panel in DISPLAYS[flow].panels].count("itembank/credit.html") == 1
    assert studies.FULL == 100
