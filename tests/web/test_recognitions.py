"""What the public reads of recognition without examination, and objects to (R1–R4, W5)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from portal_stage import it_is, person
from routes_stage import Rounds
from test_portal import answered

from jiangheng.apps.batches.models import Objection
from jiangheng.apps.routes.models import Post
from jiangheng.kernel.clockwork import tick
from kept import kept

pytestmark = pytest.mark.django_db
TOLD = {"name": "陈思源", "phone": "19900007777", "content": "请说明申报人承担的工作，是否为第一完成人。"}


@pytest.fixture
@kept
def rounds(play: Any) -> Rounds:
    return Rounds(play)


def page(client: Client, path: str, **asked: str) -> str:
    found = client.get(path, asked)
    assert found.status_code == 200, (path, found.status_code)
    return found.content.decode()


def test_without_any_round_the_list_says_what_will_stand_there(client: Client, db: None) -> None:
    assert "目前没有公示" in page(client, "/recognitions")


def test_a_round_is_public_from_its_publicity_on_and_not_before(rounds: Rounds, client: Client) -> None:
    thing = rounds.open("exceptional")
    rounds.nominate(thing, "秦荔红")
    rounds.play("recognition.submit", thing, by=rounds.manager)
    rounds.convene(thing)
    rounds.judge(thing, (4, 93))
    assert thing.title not in page(client, "/recognitions")
    for path in ("", "/objection"):
        assert client.get(f"/recognitions/{thing.pk}{path}").status_code == 404
    it_is("2026-09-09")
    rounds.play("recognition.publish", thing, by=rounds.exam_officer)
    assert thing.title in page(client, "/recognitions")
    assert thing.title in page(client, "/")
    assert thing.title in page(client, f"/institutions/{rounds.institution.pk}")


def test_the_page_says_who_why_by_what_law_and_until_when_with_names_masked(rounds: Rounds, client: Client) -> None:
    thing = rounds.published("exceptional", (4, 93))
    nominee = thing.nominees.get()
    text = page(client, f"/recognitions/{thing.pk}")
    for told in (
        "秦**", "电机车间", "二级/技师", "93.0", "解决重大工艺技术难题或重大质量问题", "专家同意4人、不同意1人",
        "学历、资历", "破格晋升", "桂林漓光电气制造有限公司", "2026年9月16日", thing.number, thing.scheme, "提出异议",
    ):  # fmt: skip
        assert told in text, told
    for hidden in (nominee.name, nominee.identity, nominee.achievements, "专家1"):
        assert hidden not in text, hidden


def test_the_list_is_narrowed_by_route_county_stage_and_words(rounds: Rounds, client: Client) -> None:
    thing = rounds.published("exceptional")
    other = rounds.published("outstanding")
    titles = {thing.title, other.title}

    def listed(**asked: str) -> set[str]:
        text = page(client, "/recognitions", **asked)
        return {title for title in titles if title in text}

    assert listed() == titles
    assert listed(route="exceptional") == {thing.title}
    assert listed(route="chief") == set() and "没有符合条件的公示" in page(client, "/recognitions", route="chief")
    assert listed(county="450305") == titles and listed(county="450381") == set()
    assert listed(when="open") == titles and listed(when="done") == set()
    assert listed(q="outstanding") == {other.title}
    # what nobody could choose is not asked of the database
    assert listed(route="' or 1=1", county="x", when="y", page="-3") == titles


def test_after_publicity_nobody_is_named_unless_a_post_was_filled(rounds: Rounds, client: Client) -> None:
    promoted = rounds.published("exceptional")
    appointed = rounds.published("special")
    rounds.finish(promoted)
    rounds.finish(appointed)
    text = page(client, f"/recognitions/{promoted.pk}")
    assert "名单不再公开" in text and "秦**" not in text and "已核准" in text
    text = page(client, f"/recognitions/{appointed.pk}")
    assert "秦**" in text and "市人社〔2026〕31号" in text
    text = page(client, f"/institutions/{rounds.institution.pk}")
    assert "特级技师 · 电工" in text and "1 人" in text and "秦**" in text and "秦荔甲" not in text


def test_who_left_his_post_is_no_longer_on_the_institutions_page(rounds: Rounds, client: Client, play: Any) -> None:
    rounds.finish(rounds.published("special"))
    play("post.dismiss", Post.everywhere.get(), by=rounds.manager, reason="调离一线技能岗位")
    assert "在聘的特级技师" not in page(client, f"/institutions/{rounds.institution.pk}")


def test_anybody_objects_and_finds_the_answer_by_number_and_telephone(rounds: Rounds, client: Client) -> None:
    thing = rounds.published("exceptional")
    raised = answered(client, f"/recognitions/{thing.pk}/objection", **TOLD)
    code = re.search(r"YY\w+", raised.content.decode())
    assert raised.status_code == 200 and code, raised.content.decode()
    found = Objection.everywhere.get(code=code[0])
    assert (found.about_flow, found.about, found.batch) == ("recognition", thing.pk, None)
    text = answered(client, "/objections", code=code[0], phone="19900007777").content.decode()
    assert "正在核查" in text and f'href="/recognitions/{thing.pk}"' in text
    rounds.play("objection.dismiss", found, by=rounds.exam_officer, answer="经核对任务书，申报人为第一完成人。")
    assert "第一完成人。" in answered(client, "/objections", code=code[0], phone="19900007777").content.decode()
    assert "没有这样的" in answered(client, "/objections", code=code[0], phone="19900001234").content.decode()


def test_nobody_objects_after_the_publicity(rounds: Rounds, client: Client) -> None:
    thing = rounds.published("exceptional")
    it_is("2026-09-17", "08:00")
    assert "公示期已满" in page(client, f"/recognitions/{thing.pk}")
    found = client.get(f"/recognitions/{thing.pk}/objection")
    assert found.status_code == 422 and "不在公示期内" in found.content.decode()
    tick()
    assert client.get(f"/recognitions/{thing.pk}/objection").status_code == 422
    assert Objection.everywhere.count() == 0


def test_who_was_declined_or_disqualified_is_not_published(rounds: Rounds, client: Client) -> None:
    thing = rounds.published("exceptional", (5, 90), (2, 40))
    assert page(client, f"/recognitions/{thing.pk}").count("秦**") == 1
    gone = thing.nominees.get(state="recommended")
    rounds.play("nominee.disqualify", gone, by=rounds.exam_officer, reason="破格依据的证明不实")
    text = page(client, f"/recognitions/{thing.pk}")
    assert "秦**" not in text and "没有公示人员" in text
    assert person(1)[-4:] not in text
