"""我能评什么 from outside: the page, the API and the command give one answer and keep nothing of it (clause P3)."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from portal_stage import Stage, it_is, person

from jiangheng.cli import eligibility as command
from jiangheng.core.law.parameters import configure, parameter
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.web.path_form import written_day
from jiangheng.web.wording import plain_day
from kept import kept

pytestmark = pytest.mark.django_db

ELECTRICIAN, COOK = "6-31-01-03", "4-03-02-01"
TODAY = "2026-09-02"
WORKER = {"occupation": ELECTRICIAN, "birth": "19900307", "history-0-start": "20190902"}
PEOPLE: dict[str, dict[str, Any]] = {
    "a beginner": {"birth": "2009-01-01"},
    "too young": {"birth": "2011-05-05"},
    "seven years of work": {"birth": "1990-03-07", "history": [{"start": "2019-09-02", "occupation": ELECTRICIAN}]},
    "a related occupation and a certificate": {
        "birth": "1985-01-31",
        "history": [
            {"start": "2005-07-01", "end": "2012-02-29", "occupation": "6-29-03-05"},
            {"start": "2012-01-01", "end": "2020-12-31", "occupation": "4-03-02-01"},
        ],
        "certificates": [{"level": "4", "issued": "2012-06-15", "number": "1245000000401234"}],
    },
    "a student on the list": {
        "birth": "2005-02-01",
        "certificates": [{"level": "3", "issued": "2024-05-05"}],
        "education": [
            {"kind": "technician_class", "major_related": True, "final_year": True, "graduated": "2027-06-30",
             "programme": "GL-T-001"}
        ],
    },
    "a title and an apprenticeship": {
        "birth": "1980-10-10",
        "history": [{"start": "2001-03-01", "end": "2016-08-31", "occupation": "电工"}],
        "titles": [{"rank": "intermediate", "granted": "2012-12-01"}],
        "apprenticeship_ended": "2003-03-01",
        "preparatory_technician": "2010-01-01",
        "wish": "1",
    },
}  # fmt: skip


@pytest.fixture
@kept
def stage(play: Callable[..., Any]) -> Stage:
    made = Stage(play)
    city, ground = made.city, made.city.regions["450300"]
    cook = play("standard.draft", under=ground, by=city.actor("centre"), text=shipped_text("cooking-4-03-02-01"))
    play("standard.enact", cook, by=city.actor("centre2"), opinion="")
    it_is(TODAY)
    return made


def typed(account: dict[str, Any], occupation: str = ELECTRICIAN) -> dict[str, str]:
    """The same person as the page's form sends him."""
    plain = ("birth", "wish", "apprenticeship_ended", "preparatory_technician")
    found = {"occupation": occupation} | {name: account[name] for name in plain if name in account}
    for key in ("history", "certificates", "education", "titles"):
        for place, row in enumerate(account.get(key, ())):
            sent = {name: "on" if value is True else value for name, value in row.items()}
            found |= {f"{key}-{place}-{name}": value for name, value in sent.items() if value}
    return found


def asked(client: Client, **given: str) -> str:
    found = client.post("/paths", {**WORKER, **{name.replace("__", "-"): value for name, value in given.items()}})
    assert found.status_code == 200, found.content.decode()
    return words(found.content.decode())


def words(page: str) -> str:
    """The answer, without the form below it."""
    return plain(page.partition('<main id="main"')[2].partition("<form")[0])


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def api(client: Client, account: object, standard: str = ELECTRICIAN) -> Any:
    body = {**account, "standard": standard} if isinstance(account, dict) else account
    return client.post("/api/eligibility", json.dumps(body), content_type="application/json")


def by_command(account: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> Any:
    import argparse

    file = folder / "person.json"
    file.write_text(json.dumps(account), encoding="utf-8")
    parser = argparse.ArgumentParser()
    command.options(parser)
    command.run(parser.parse_args(["check", str(file), "--standard", ELECTRICIAN, "--on", TODAY, "--json", *more]))
    return json.loads(capsys.readouterr().out)


def list_a_class(stage: Stage) -> None:
    stage.play(
        "programme.list", under=stage.city.regions["450300"], by=stage.city.actor("centre"),
        list_name="technician_class", school="桂林虚构技师学院", major="电工预备技师班", code="GL-T-001",
        occupations=[ELECTRICIAN], document="虚构批文1号", valid_from=TODAY,
    )  # fmt: skip


@pytest.mark.parametrize("who", PEOPLE)
def test_page_api_and_command_give_one_answer(
    stage: Stage, client: Client, who: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    list_a_class(stage)
    lists = tmp_path / "lists.json"
    lists.write_text(json.dumps({"technician_class": ["GL-T-001"]}), encoding="utf-8")
    account = PEOPLE[who]
    told = by_command(account, tmp_path, capsys, "--approved", str(lists))
    answer = api(client, account)
    assert answer.status_code == 200
    assert answer.json() == told
    found = client.post("/paths", typed(account))
    assert found.status_code == 200, words(found.content.decode())
    shown = found.context["found"][0]["levels"]
    assert [each["level"] for each in shown] == [each["level"] for each in told["levels"]]
    for each, level in zip(shown, told["levels"], strict=True):
        assert each["eligible"] == level["eligible"]
        assert each["met"] == level["met"]
        assert bool(each["held"]) == bool(level["held"])
        assert str(each["first_date"]) == str(level["first_date"])
        steps = [(step["level"], step["eligible"].isoformat()) for step in each["path"]["steps"]]
        assert steps == [(step["level"], step["eligible"]) for step in level["path"]["steps"]]
    page = words(found.content.decode())
    for level in told["levels"]:
        for short in () if level["eligible"] or level["held"] else level["failed"]:
            assert short["condition"]["text"] in page
            for part in short["missing"]:
                assert part["what"] in page


def test_a_listed_class_opens_level_two_in_all_three(
    stage: Stage, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = PEOPLE["a student on the list"]
    before = {each["level"]: each["eligible"] for each in api(client, account).json()["levels"]}
    list_a_class(stage)
    after = {each["level"]: each["eligible"] for each in api(client, account).json()["levels"]}
    assert (before["2"], after["2"]) == (False, True)


def test_what_was_typed_is_in_no_row_no_log_no_cookie_no_address_and_no_file(
    stage: Stage, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    telling = {
        **WORKER, "birth": "1977-11-23", "history-0-start": "1999-08-17", "history-0-occupation": "捏泥人的匠人",
        "history-0-related": "yes", "certificates-0-number": "1245000000409877", "certificates-0-issued": "2012-10-19",
    }  # fmt: skip
    secrets = ["1977-11-23", "1999-08-17", "捏泥人的匠人", "1245000000409877", "2012-10-19", "1977", "捏泥人"]
    before = _rows()
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/paths", telling)
        wrong = client.post("/paths", {**telling, "history-0-end": "1999-01-01"})
        program = api(
            client, {"birth": "1977-11-23", "history": [{"start": "1999-08-17", "occupation": "捏泥人的匠人"}]}
        )
    assert (answer.status_code, wrong.status_code, program.status_code) == (200, 422, 422)
    assert "1977年11月23日" in answer.content.decode()
    assert _rows() == before
    for record in caplog.records:
        assert not [each for each in secrets if each in record.getMessage()], record.getMessage()
    for response in (answer, wrong, program):
        assert "no-store" in response["Cache-Control"]
        assert not [each for each in secrets if each in str(response.headers) + str(response.cookies)]
        assert "Location" not in response.headers
    assert "sessionid" not in client.cookies
    kept = "".join(morsel.OutputString() for morsel in client.cookies.values())
    assert not [each for each in secrets if each in kept]
    for file in (Path(settings.HOME) / "lookups").rglob("*"):
        assert not file.is_file() or set(file.read_bytes()) <= {ord(".")}


def _rows() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.managed
    }


def test_the_form_cannot_be_sent_by_address(stage: Stage, client: Client) -> None:
    page = client.get("/paths", {"birth": "19771123", "history-0-start": "19990817", "occupation": ELECTRICIAN})
    text = page.content.decode().partition('<main id="main"')[2]
    assert page.status_code == 200
    assert "19771123" not in text
    assert "19990817" not in text
    assert f'<option value="{ELECTRICIAN}" selected>' in text
    assert client.put("/paths").status_code == 405


def test_a_worker_sees_what_is_open_by_which_condition_and_when_the_rest_will_be(stage: Stage, client: Client) -> None:
    page = asked(client)
    assert "现在可以报：五级/初级工、四级/中级工" in page
    assert "累计从事本职业或相关职业工作满5年" in page
    assert "2023年版通用申报条件" in page
    # seven years are done today, ten will be on the same day in three years
    assert f"最早 {plain_day(dt.date(2029, 9, 2))}" in page
    assert "以评价机构审核材料为准" in page


def test_the_quickest_way_names_the_certificates_between(stage: Stage, client: Client) -> None:
    page = asked(client, wish="2")
    way = page[page.index("最快的路") :]
    assert way.index("2029年9月2日") < way.index("报三级/高级工") < way.index("2034年9月2日") < way.index("报二级/技师")


def test_announcements_and_institutions_of_the_level_are_linked(stage: Stage, client: Client) -> None:
    page = client.post("/paths", WORKER).content.decode()
    assert f'href="/announcements/{stage.batch.pk}"' in page
    assert f'href="/institutions?occupation={ELECTRICIAN}"' in page
    third = page[page.index("三级/高级工</h3>") if "三级/高级工</h3>" in page else page.index("三级/高级工") :]
    assert "本市目前没有机构备案评这一级" in third
    it_is("2026-09-16")
    assert f'href="/announcements/{stage.batch.pk}"' not in client.post("/paths", WORKER).content.decode()


def test_ways_without_examination_are_told_with_their_clauses(stage: Stage, client: Client) -> None:
    page = client.post("/paths", WORKER).content.decode()
    for clause in ("R1", "R2", "R3", "R5", "R6"):
        assert f'href="/clauses/{clause}"' in page
    assert "只能由您所在的企业提出" in page


def test_a_level_that_is_held_is_not_offered_again(stage: Stage, client: Client) -> None:
    page = asked(client, certificates__0__level="4", certificates__0__issued="20200515")
    assert "现在可以报：三级/高级工" in page
    assert "您 2020年5月15日 已取得本职业四级/中级工证书" in page


def test_all_occupations_are_answered_at_once(stage: Stage, client: Client) -> None:
    found = client.post("/paths", {**WORKER, "occupation": "", "history-0-occupation": "电工"})
    assert [each["row"].occupation for each in found.context["found"]] == [COOK, ELECTRICIAN]
    cook, electrician = ({row["level"] for row in each["ready"]} for each in found.context["found"])
    assert (cook, electrician) == ({"5"}, {"5", "4"})
    one = client.post("/paths", {**WORKER, "occupation": "", "history-0-occupation": "电工", "only": COOK})
    assert [each["row"].occupation for each in one.context["found"]] == [COOK]
    assert f'<option value="{COOK}" selected>' in one.content.decode()


def test_of_all_occupations_work_without_a_name_is_asked_for_its_name(stage: Stage, client: Client) -> None:
    found = client.post(
        "/paths", {**WORKER, "occupation": "", "certificates-0-level": "5", "certificates-0-issued": "2020"}
    )
    text = found.content.decode()
    assert found.status_code == 422
    assert "看全部职业时，这里要写清是什么职业" in text
    assert 'href="#id_history-0-occupation"' in text
    assert 'href="#id_certificates-0-occupation"' in text


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"birth": ""}, "birth", "没有填写"),
        ({"birth": "19990230"}, "birth", "不是日期"),
        ({"birth": "20300101"}, "birth", "之后"),
        ({"history-0-end": "20150101"}, "history-0-end", "早于开始日期"),
        ({"history-0-start": "19800101"}, "history-0-start", "早于出生日期"),
        ({"history-0-start": "20000101"}, "history-0-start", "未满16周岁"),
        ({"history-0-start": "20300101"}, "history-0-start", "之后"),
        ({"history-7-start": "十年前"}, "history-7-start", "不是日期"),
        ({"certificates-0-number": "12345", "certificates-0-issued": "2020-01-01"}, "certificates-0-number", "5位"),
        ({"certificates-0-issued": "2020-01-01"}, "certificates-0-level", "没有填写"),
        ({"certificates-0-level": "9", "certificates-0-issued": "2020-01-01"}, "certificates-0-level", "9"),
        ({"education-0-graduated": "2020-01-01"}, "education-0-kind", "没有填写"),
        ({"titles-0-rank": "junior"}, "titles-0-granted", "没有填写"),
        ({"wish": "C"}, "wish", "没有首席技师"),
        ({"occupation": "1-01-01-01"}, "occupation", "1-01-01-01"),
        ({"history-0-occupation": "捏泥人", "history-0-related": "也许"}, "history-0-related", "也许"),
    ],
)
def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(
    stage: Stage, client: Client, given: dict[str, str], field: str, told: str
) -> None:
    found = client.post("/paths", {**WORKER, **given})
    text = found.content.decode()
    assert found.status_code == 422
    at = re.search(rf'id="id_{field}_error">(.*?)</div>', text, re.S)
    assert at, field
    assert told in at[1]
    assert f'href="#id_{field}"' in text
    for name, value in given.items():
        if name not in ("occupation", "wish", "certificates-0-level", "history-0-related") and value:
            assert f'value="{value}"' in text, name
    assert found.context.get("found") is None


def test_the_level_is_read_from_the_number(stage: Stage, client: Client) -> None:
    page = asked(client, certificates__0__number="1245000000401234", certificates__0__issued="20120615")
    assert "四级/中级工（2012年6月15日）" in page


def test_a_month_without_its_day_counts_the_day_that_promises_less() -> None:
    on = dt.date(2026, 9, 2)
    assert written_day("201502", on=on) == "2015-02-28"
    assert written_day("2015年2月", on=on, first=True) == "2015-02-01"
    assert written_day("２０１５.２.３", on=on) == "2015-02-03"
    assert written_day("202609", on=on) == "2026-09-02"
    assert written_day("202706", on=on, plan=True) == "2027-06-30"
    for odd in ("201513", "0000", "明天", "20150", "000001"):
        assert written_day(odd, on=on) == odd


def test_a_job_begun_and_left_in_one_month_is_no_fault_but_reversed_days_are(stage: Stage, client: Client) -> None:
    asked(client, history__0__start="201503", history__0__end="201503")
    wrong = client.post("/paths", {**WORKER, "history-0-start": "20150320", "history-0-end": "20150310"})
    assert wrong.status_code == 422


def test_hundreds_of_rows_are_not_read(stage: Stage, client: Client) -> None:
    many = {f"history-{number}-start": "十年前" for number in range(200)}
    found = client.post("/paths", {**WORKER, **many})
    assert found.status_code == 422
    assert found.content.decode().count('name="history-') < 200


def test_page_and_api_share_the_count_of_an_hour(stage: Stage) -> None:
    before = parameter("eligibility.per_hour")
    client = Client(REMOTE_ADDR="203.0.113.7")
    configure({"eligibility.per_hour": 2})
    try:
        assert client.post("/paths", WORKER).status_code == 200
        assert api(client, PEOPLE["a beginner"]).status_code == 200
        page, program = client.post("/paths", WORKER), api(client, PEOPLE["a beginner"])
        assert (page.status_code, program.status_code) == (429, 429)
        assert int(page["Retry-After"]) > 0
        assert int(program["Retry-After"]) > 0
        assert client.get("/paths").status_code == 200
    finally:
        configure({"eligibility.per_hour": before})


def test_the_api_lists_the_standards_and_takes_code_and_edition(stage: Stage, client: Client) -> None:
    listed = client.get("/api/standards").json()
    assert [each["code"] for each in listed["items"]] == [COOK, ELECTRICIAN]
    for each in listed["items"]:
        answer = api(client, PEOPLE["a beginner"], each["standard"]).json()
        assert (answer["standard"]["code"], answer["standard"]["edition"]) == (each["code"], each["edition"])
        assert client.get(each["url"]).status_code == 200
    described = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/standards", "/api/eligibility"} <= set(described)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"standard": ELECTRICIAN}, "birth"),
        ({"standard": "1-01-01-01", "birth": "1990-01-01"}, "standard"),
        ({"standard": ["x"], "birth": "1990-01-01"}, "standard"),
        ({"birth": "1990-01-01"}, "standard"),
        ({"standard": ELECTRICIAN, "birth": "\ud800"}, "birth"),
        (
            {"standard": ELECTRICIAN, "birth": "1990-01-01", "history": [{"start": "2020-01-01"}]},
            "history[0].occupation",
        ),
        ({"standard": ELECTRICIAN, "birth": "1990-01-01", "wish": "T"}, "wish"),
        ({"standard": ELECTRICIAN, "birth": "1990-01-01", "histroy": []}, "histroy"),
        ([], ""),
    ],
)
def test_the_api_refuses_with_place_fault_and_mend(stage: Stage, client: Client, body: object, place: str) -> None:
    refused = client.post("/api/eligibility", json.dumps(body), content_type="application/json")
    assert refused.status_code == 422
    faults = refused.json()["faults"]
    assert place in [each["place"] for each in faults]
    assert all(each["what"] and each["mend"] for each in faults)


def test_the_api_refuses_what_is_no_json(stage: Stage, client: Client) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        assert client.post("/api/eligibility", body, content_type="application/json").status_code == 422


def test_the_way_in_is_on_the_home_page_in_the_navigation_and_on_an_announcement(stage: Stage, client: Client) -> None:
    assert client.get("/").content.decode().count('href="/paths"') >= 2
    page = client.get(f"/announcements/{stage.batch.pk}").content.decode()
    assert f'href="/paths?occupation={ELECTRICIAN}"' in page


def test_without_a_standard_in_force_the_page_says_so(play: Callable[..., Any], client: Client) -> None:
    assert "目前没有施行中的标准" in client.get("/paths").content.decode()


def test_the_reviewer_sees_first_dates_the_levels_beside_and_a_repeat(stage: Stage, client: Client) -> None:
    row = stage.play(
        "application.enrol", under=stage.batch, by=stage.registrar, level="4", name="韦秀兰",
        identity=person(1, sex="2"), phone="19900001111", education="高中", employer="漓光电气",
        work_since="2023-01-01", held_level="5",
        held_issued="2024-02-01", held_number="Y000045450305245000017",
    )  # fmt: skip
    client.force_login(stage.city.accounts["checker"])

    def shown(pk: int) -> str:
        return plain(client.get(f"/d/application/{pk}").content.decode())

    page = shown(row.pk)
    assert "不符合任何一项申报条件" in page
    assert "（2027年2月1日 满足）" in page
    assert "五级/初级工 符合第（1）项" in page
    assert "三级/高级工 不符合，最早" in page
    again = stage.play(
        "application.enrol", under=stage.batch, by=stage.registrar, level="4", name="秦守正", identity=person(3),
        phone="19900001112", education="高中", employer="漓光电气", work_since="2010-01-01", held_level="4",
        held_issued="2018-02-01", held_number="Y000045450305184000017",
    )  # fmt: skip
    page = shown(again.pk)
    assert "重复取证" in page
    assert "2018年2月1日 已取得本职业同级或更高级证书" in page
