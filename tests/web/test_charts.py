"""Charts through a browser's eyes: counted right, scoped, told in a table; short pages; the sign; the public's menu."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some
from portal_stage import it_is
from room_stage import PEOPLE, RoomStage

from jiangheng.web import charts
from kept import kept

BLOCK = re.compile(r'<script id="chart-data-(\w+)" type="application/json">(.*?)</script>', re.DOTALL)


@pytest.fixture
@kept
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


def drawn(client: Client, address: str) -> tuple[str, dict[str, Any] | None]:
    """The page's text and what its chart would be drawn from."""
    text = client.get(address).content.decode()
    found = BLOCK.search(text)
    return text, json.loads(found.group(2)) if found else None


def test_the_results_page_shows_how_the_marks_are_spread_and_where_the_pass_line_is(stage: RoomStage) -> None:
    stage.seated()
    stage.publish(dict(zip(PEOPLE, (("59.5", "60"), ("60", "100"), ("7", "99.5")), strict=True)))
    text, chart = drawn(stage.browser("exam_officer"), f"/d/batch/{stage.batch.pk}/results")
    assert chart is not None and chart["labels"][0] == "0–9" and chart["labels"][-1] == "90–100"
    theory, practical = (one["values"] for one in chart["series"])
    assert theory == [1, 0, 0, 0, 0, 1, 1, 0, 0, 0]
    assert practical == [0, 0, 0, 0, 0, 0, 1, 0, 0, 2]
    assert chart["line"] == {"at": 60.0, "from": 0, "to": 100, "label": "合格线 60 分"}
    assert "built/chart.js" in text and "查看数据" in text
    assert "理论 3 人有成绩，1 人达到 60 分；实操 3 人有成绩，3 人达到 60 分" in text


@given(some.lists(some.decimals(0, 100, places=1)))
def test_every_mark_falls_in_one_class(values: list[Decimal]) -> None:
    found = charts.spread(values)
    assert len(found) == 10 and sum(found) == len(values)
    assert found[9] == sum(value >= 90 for value in values)


def test_officers_see_the_batches_of_their_territory_by_month_and_nobody_elses(stage: RoomStage) -> None:
    _text, chart = drawn(stage.browser("county"), "/home")
    assert chart is not None
    planned, finished = (one["values"] for one in chart["series"])
    assert chart["labels"][5:7] == ["2026-09", "2026-10"] and planned == [0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert finished == [0] * 9
    stage.city.person("elsewhere", "county", place="45/03/81/", name="罗荔浦", unit="荔浦市人社局")
    text, chart = drawn(stage.browser("elsewhere"), "/home")
    assert chart is None and "chart.js" not in text
    assert drawn(stage.browser("manager"), "/home")[1] is None


def test_a_batch_counts_as_finished_when_its_results_are_approved(stage: RoomStage) -> None:
    stage.seated()
    stage.publish(dict.fromkeys(PEOPLE, ("80", "85")))
    stage.issue()
    it_is("2026-10-27")
    _text, chart = drawn(stage.browser("city"), "/home")
    assert chart is not None and [one["values"][5] for one in chart["series"]] == [1, 1]


def test_the_page_of_a_new_batch_folds_what_is_empty_into_one_line_each(stage: RoomStage) -> None:
    text = stage.browser("exam_officer").get(f"/d/batch/{stage.batch.pk}").content.decode()
    folded = re.findall(r'<details class="panel folded">\s*<summary class="panel-head"><h2>([^<\s]+)', text)
    assert {"报名和审核", "理论考试场次", "申报"} <= set(folded) and "计划" not in folded
    stage.enrol("莫建军", stage.numbers["莫建军"])
    text = stage.browser("exam_officer").get(f"/d/batch/{stage.batch.pk}").content.decode()
    folded = re.findall(r'<details class="panel folded">\s*<summary class="panel-head"><h2>([^<\s]+)', text)
    assert not {"报名和审核", "申报"} & set(folded)


def test_the_sign_is_kept_by_browsers_and_a_members_page_is_not(stage: RoomStage) -> None:
    member = stage.browser("manager")
    answer = member.get("/favicon.ico")
    assert answer["Content-Type"] == "image/svg+xml" and b"<svg" in answer.content
    assert "public" in answer["Cache-Control"] and "max-age" in answer["Cache-Control"]
    assert member.get("/home")["Cache-Control"] == "no-store, private"


def test_the_publics_ways_are_in_a_menu_that_needs_no_script(client: Client, db: None) -> None:
    text = client.get("/").content.decode()
    menu = text[text.index('<details class="menu narrow-only">') :]
    menu = menu[: menu.index("</details>")]
    for address in ("/verify", "/announcements", "/institutions", "/exam/enter", "/login"):
        assert f'href="{address}"' in menu
