"""The public's pages from outside: verification, announcements, publicity, objections, the directory (W5, W9, W10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from portal_stage import Stage, it_is, person

from jiangheng.core.law.parameters import configure, parameter
from jiangheng.web import brake
from kept import kept

pytestmark = pytest.mark.django_db

HOLDER, FAILED, OTHER = "韦秀兰", "秦守正", "莫如玉"


@pytest.fixture
@kept
def stage(play: Callable[..., Any]) -> Stage:
    return Stage(play)


@pytest.fixture
@kept
def issued(stage: Stage) -> Stage:
    """韦秀兰 passed and holds a certificate; 秦守正 did not pass."""
    stage.enrol(HOLDER, person(1, sex="2"))
    stage.enrol(FAILED, person(2))
    stage.seat()
    stage.publish({HOLDER: ("71", "82.5"), FAILED: ("40", "90")})
    stage.issue()
    return stage


def answered(client: Client, url: str, **given: str) -> Any:
    """Ask for the form, answer its question as a person does, and send it."""
    page = client.get(url).content.decode()
    return client.post(url.partition("?")[0], {**given, **solved(page)})


def solved(page: str) -> dict[str, str]:
    token = re.search(r'name="token" value="([^"]+)"', page)
    asked = re.search(r"验证题：(.)(加|减)(.)等于几", page)
    assert token and asked
    first, second = (brake.WORDS.index(asked[place]) for place in (1, 3))
    return {"token": token[1], "answer": str(first + second if asked[2] == "加" else first - second)}


def bare(response: Any) -> str:
    """A page without what changes from one request to the next for everybody: form tokens and the clock."""
    text = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]+"', r"\1", response.content.decode())
    return re.sub(r"<time[^>]*>[^<]*</time>", "", text)


def verify(client: Client, number: str, name: str) -> Any:
    return answered(client, "/verify", number=number, name=name)


def test_a_certificate_in_force_is_shown_as_valid_with_its_content_and_its_proof(issued: Stage, client: Client) -> None:
    certificate = issued.certificate(HOLDER)
    found = verify(client, certificate.number, HOLDER)
    page = found.content.decode()
    assert found.status_code == 200
    assert "证书有效" in page
    for told in (HOLDER, certificate.number, "五级/初级工", "电工", "桂林漓光电气", "2026年10月26日", "71.0", "82.5"):
        assert told in page
    assert "与签发时的存证一致" in page


def test_the_identity_number_is_masked_by_the_one_rule(issued: Stage, client: Client) -> None:
    certificate = issued.certificate(HOLDER)
    page = verify(client, certificate.number, HOLDER).content.decode()
    assert "*" * 14 + certificate.identity[-4:] in page
    assert certificate.identity not in page


def test_number_and_name_may_be_typed_with_spaces_and_full_width_signs(issued: Stage, client: Client) -> None:
    number = issued.certificate(HOLDER).number
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number[:4]) + " " + number[4:].lower()
    assert "证书有效" in verify(client, wide, " 韦 秀兰 ").content.decode()


def test_an_annulled_certificate_says_so_with_the_day_and_no_private_reason(issued: Stage, client: Client) -> None:
    certificate = issued.certificate(HOLDER)
    it_is("2026-11-02")
    issued.play("certificate.void", certificate, by=issued.issuer, reason="持证人提供虚假工作证明，已核实")
    page = verify(client, certificate.number, HOLDER).content.decode()
    assert "证书已注销" in page
    assert "证书有效" not in page
    assert "2026年11月2日" in page
    assert "虚假工作证明" not in page


def test_a_record_changed_behind_the_steps_is_not_confirmed(issued: Stage, client: Client) -> None:
    certificate = issued.certificate(HOLDER)
    type(certificate).everywhere.filter(pk=certificate.pk).update(level="4")
    page = verify(client, certificate.number, HOLDER).content.decode()
    assert "不能确认" in page
    assert "证书有效" not in page


def test_an_unknown_number_and_a_wrong_name_get_the_same_answer_to_the_byte(issued: Stage, client: Client) -> None:
    number = issued.certificate(HOLDER).number
    unknown = f"{number[:-1]}{(int(number[-1]) + 5) % 10}"
    wrong_name = verify(client, number, OTHER)
    no_such = verify(client, unknown, OTHER)
    assert wrong_name.status_code == no_such.status_code == 200
    assert bare(wrong_name).replace(number, "编号") == bare(no_such).replace(unknown, "编号")
    kept = ("Content-Type", "Cache-Control", "Vary", "Content-Language")
    assert [wrong_name.get(name) for name in kept] == [no_such.get(name) for name in kept]


def test_the_name_is_never_filled_in_from_the_address(issued: Stage, client: Client) -> None:
    number = issued.certificate(HOLDER).number
    page = client.get("/verify", {"number": number, "name": HOLDER}).content.decode()
    assert f'value="{number}"' in page
    assert HOLDER not in page
    assert "证书有效" not in page


def test_a_number_of_the_wrong_shape_is_told_what_is_wrong_with_it(client: Client, db: None) -> None:
    found = verify(client, "S0003", HOLDER)
    assert found.status_code == 422
    assert "证书编号" in found.content.decode()


@pytest.mark.parametrize("answer", ["", "99", "三十"])
def test_without_the_answer_to_the_question_nothing_is_looked_up(issued: Stage, client: Client, answer: str) -> None:
    number = issued.certificate(HOLDER).number
    given = solved(client.get("/verify").content.decode()) | {"answer": answer}
    found = client.post("/verify", {"number": number, "name": HOLDER, **given})
    page = found.content.decode()
    assert found.status_code == 422
    assert "证书有效" not in page
    assert number in page and HOLDER in page


def test_a_question_answered_once_does_not_serve_twice(issued: Stage, client: Client) -> None:
    number = issued.certificate(HOLDER).number
    given = {"number": number, "name": HOLDER, **solved(client.get("/verify").content.decode())}
    assert client.post("/verify", given).status_code == 200
    again = client.post("/verify", given)
    assert again.status_code == 422
    assert "已经用过" in again.content.decode()


def test_a_refused_form_brings_a_new_question_that_can_be_answered(issued: Stage, client: Client) -> None:
    number = issued.certificate(HOLDER).number
    given = {"number": number, "name": HOLDER, **solved(client.get("/verify").content.decode()), "answer": "99"}
    refused = client.post("/verify", given)
    assert "证书有效" in client.post("/verify", given | solved(refused.content.decode())).content.decode()


def test_an_answer_may_be_given_in_chinese_numerals(client: Client, db: None) -> None:
    given = solved(client.get("/verify").content.decode())
    number = int(given["answer"])
    word = brake.WORDS[number] if number <= 10 else "十" + brake.WORDS[number - 10]
    assert brake.wrong_answer(given["token"], word) == ""


def test_an_address_over_the_limit_of_the_hour_waits_and_others_do_not(client: Client, db: None) -> None:
    configure({"lookup.per_hour": 3})
    try:
        far, near = {"REMOTE_ADDR": "203.0.113.9"}, {"REMOTE_ADDR": "203.0.113.10"}
        it_is("2026-03-02", "10:20")
        for _ in range(3):
            assert client.post("/verify", {}, **far).status_code == 422
        late = client.post("/verify", {}, **far)
        assert late.status_code == 429
        assert int(late["Retry-After"]) == 40 * 60
        assert client.post("/verify", {}, **near).status_code == 422
        it_is("2026-03-02", "11:00")
        assert client.post("/verify", {}, **far).status_code == 422
    finally:
        configure({})


def test_neighbours_in_one_ipv6_network_are_counted_as_one(client: Client, db: None) -> None:
    configure({"lookup.per_hour": 1})
    try:
        it_is("2026-03-02", "12:00")
        assert client.post("/verify", {}, REMOTE_ADDR="2001:db8:1:2::7").status_code == 422
        assert client.post("/verify", {}, REMOTE_ADDR="2001:db8:1:2::8").status_code == 429
        assert client.post("/verify", {}, REMOTE_ADDR="2001:db8:1:3::7").status_code == 422
    finally:
        configure({})


def test_the_counts_hold_no_address(client: Client, db: None, settings: Any) -> None:
    client.post("/verify", {}, REMOTE_ADDR="203.0.113.77")
    kept = [path for path in (settings.HOME / "lookups").rglob("*") if path.is_file()]
    assert kept
    assert not any("203.0.113.77" in path.name or b"203" in path.read_bytes() for path in kept)


def test_announcements_are_found_by_words_county_and_stage(stage: Stage, client: Client) -> None:
    title = "漓光电气第一批电工认定"
    assert title in client.get("/").content.decode()
    for asked in ({"q": "漓光"}, {"q": "电工"}, {"county": "450305"}, {"when": "open"}, {}):
        assert title in client.get("/announcements", asked).content.decode()
    for asked in ({"q": "焊工"}, {"county": "450304"}, {"when": "done"}):
        assert title not in client.get("/announcements", asked).content.decode()


def test_a_plan_that_is_not_announced_is_nowhere_to_be_seen(stage: Stage, client: Client) -> None:
    plan = stage.play(
        "batch.plan", under=stage.filing, by=stage.manager, title="还没报送的计划", levels=["5"], capacity=5,
        apply_until="2026-09-15", theory_at="2026-10-14T09:00", practical_at="2026-10-15T09:00",
        theory_rooms=[stage.rooms["theory"].pk], practical_rooms=[stage.rooms["practical"].pk], notes="",
    )  # fmt: skip
    assert "还没报送的计划" not in client.get("/announcements").content.decode()
    hidden, none = client.get(f"/announcements/{plan.pk}"), client.get("/announcements/999999")
    assert hidden.status_code == none.status_code == 404
    assert bare(hidden).replace(f"/announcements/{plan.pk}", "") == bare(none).replace("/announcements/999999", "")


def test_an_announcement_tells_the_facts_and_offers_to_apply_while_it_is_open(stage: Stage, client: Client) -> None:
    url = f"/announcements/{stage.batch.pk}"
    page = client.get(url).content.decode()
    facts = ("电工", "五级/初级工", "2026年9月15日", "2026年10月14日", "朝阳路考点", "请带身份证")
    assert all(told in page for told in (*facts, stage.filing.number))
    assert f"{url}/apply" in page
    it_is("2026-09-16")
    assert f"{url}/apply" not in client.get(url).content.decode()


def test_publicity_shows_who_passed_masked_and_nobody_who_failed(stage: Stage, client: Client) -> None:
    stage.enrol(HOLDER, person(1, sex="2"))
    stage.enrol(FAILED, person(2))
    stage.seat()
    url = f"/announcements/{stage.batch.pk}/publicity"
    assert "还没有公示" in client.get(url).content.decode()
    stage.publish({HOLDER: ("71", "82.5"), FAILED: ("40", "90")})
    page = client.get(url).content.decode()
    assert "韦**" in page and "*" * 14 + person(1, sex="2")[-4:] in page
    assert "秦**" not in page and HOLDER not in page and FAILED not in page
    assert "个工作日" in page
    stage.issue()
    assert "韦**" not in client.get(url).content.decode()


def test_anybody_objects_and_finds_the_answer_by_number_and_telephone(stage: Stage, client: Client) -> None:
    stage.enrol(HOLDER, person(1, sex="2"))
    stage.seat()
    stage.publish({HOLDER: ("71", "82.5")})
    text = {"name": OTHER, "phone": "19900002222", "content": "认为实操评分与当场公布的不一致，请复核"}
    made = answered(client, f"/announcements/{stage.batch.pk}/objection", **text)
    code = re.search(r"YY\d+", made.content.decode())
    assert code, made.content.decode()
    assert "正在核查" in answered(client, "/objections", code=code[0], phone="19900002222").content.decode()
    wrong_phone = answered(client, "/objections", code=code[0], phone="19900003333")
    no_such = answered(client, "/objections", code="YY0", phone="19900003333")
    assert wrong_phone.status_code == no_such.status_code == 422
    assert "请复核" not in wrong_phone.content.decode()
    objection = stage.batch.objections.get()
    stage.play("objection.dismiss", objection, by=stage.exam_officer, answer="已复核三份评分表，维持原成绩")
    found = answered(client, "/objections", code=code[0].lower(), phone="19900002222").content.decode()
    assert "维持原成绩" in found
    assert OTHER not in found


def test_an_objection_outside_publicity_is_refused_with_its_reason(stage: Stage, client: Client) -> None:
    found = client.get(f"/announcements/{stage.batch.pk}/objection")
    assert found.status_code == 422
    assert "不在公示期内" in found.content.decode()


def test_what_was_typed_into_an_objection_comes_back_when_the_answer_was_wrong(stage: Stage, client: Client) -> None:
    stage.enrol(HOLDER, person(1, sex="2"))
    stage.seat()
    stage.publish({HOLDER: ("71", "82.5")})
    url = f"/announcements/{stage.batch.pk}/objection"
    text = {"name": OTHER, "phone": "19900002222", "content": "认为实操评分与当场公布的不一致，请复核"}
    given = solved(client.get(url).content.decode()) | {"answer": "99"}
    found = client.post(url, {**text, **given})
    assert found.status_code == 422
    assert all(value in found.content.decode() for value in text.values())
    assert stage.batch.objections.count() == 0


def test_the_directory_lists_institutions_with_a_filing_in_force(stage: Stage, client: Client) -> None:
    name = stage.institution.name
    for asked in ({}, {"q": "漓光"}, {"county": "450305"}, {"occupation": "6-31-01-03"}):
        page = client.get("/institutions", asked).content.decode()
        assert name in page and stage.filing.number in page
    assert name not in client.get("/institutions", {"county": "450304"}).content.decode()
    page = client.get(f"/institutions/{stage.institution.pk}").content.decode()
    for told in (stage.institution.uscc, "0773-0000001", "朝阳路考点", stage.filing.number):
        assert told in page
    it_is("2029-10-01")
    assert name not in client.get("/institutions").content.decode()


@pytest.mark.parametrize("path", ["/", "/verify", "/announcements", "/institutions", "/objections", "/register"])
def test_public_pages_need_no_log_in_and_no_inline_script_or_style(client: Client, city: Any, path: str) -> None:
    found = client.get(path)
    page = found.content.decode()
    assert found.status_code == 200
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert " style=" not in page and " onclick=" not in page
    assert "default-src 'self'" in found["Content-Security-Policy"]


def test_the_limit_is_a_parameter_of_the_rules() -> None:
    assert parameter("lookup.per_hour") == 30
