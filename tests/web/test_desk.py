"""The desk through the browser's surface: lists, things, steps, refusals, export, API — drawn from declarations."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import desk_displays
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from jiangheng.core.law.identity import org_check, uscc_check
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.core.steps import FLOWS
from jiangheng.kernel import clock
from jiangheng.kernel.display import DISPLAYS
from jiangheng.kernel.models import Entry
from jiangheng.kernel.perform import model_of
from kept import kept

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n"


@pytest.fixture(autouse=True)
def _known_displays(monkeypatch: pytest.MonkeyPatch) -> None:
    for display in desk_displays.ALL:
        monkeypatch.setitem(DISPLAYS, display.flow, display)


def credit_code(serial: int) -> str:
    body = f"MA5DE{serial:03d}"
    first17 = f"91450305{body}{org_check(body)}"
    return first17 + uscc_check(first17)


class Desk:
    """One institution of Qixing with site, rooms and a manager; and ways to come in."""

    def __init__(self, city: Any, play: Callable[..., Any]) -> None:
        self.city, self.play = city, play
        self.centre = city.actor("centre")
        self.institution = self.register(1, "桂林漓光电气制造有限公司")
        scope = self.institution.scope
        self.manager = city.person("manager", "manager", place=scope, name="秦守正", unit="漓光电气")
        self.site = play("site.open", under=self.institution, by=self.manager, name="朝阳路考点", address="朝阳路8号")
        for kind in ("theory", "practical"):
            play("room.add", under=self.site, by=self.manager, name=f"{kind}1", kind=kind, rows=5, columns=6)
        text = shipped_text("electrician-6-31-01-03")
        self.standard = play("standard.draft", under=city.regions["450300"], by=self.centre, text=text)
        other = city.person("centre2", "centre", name="唐中心")
        play("standard.enact", self.standard, by=other, opinion="")

    def register(self, serial: int, name: str) -> Any:
        given = {
            "name": name, "kind": "EMPLOYER", "uscc": credit_code(serial), "address": "七星区", "contact": "办公室",
            "telephone": f"0773-{serial:07d}",
        }  # fmt: skip
        return self.play("institution.register", under=self.city.regions["450305"], by=self.centre, **given)

    def filing(self, *, document: bool = True) -> Any:
        files = {"document": SimpleUploadedFile("备案.pdf", PDF)} if document else None
        given = {
            "site": self.site.pk, "standard": str(self.standard.pk), "levels": ["5", "4"], "statement": "场地设备齐全",
        }  # fmt: skip
        return self.play("filing.draft", under=self.institution, by=self.manager, files=files, **given)

    def client(self, username: str) -> Client:
        client = Client()
        client.force_login(self.city.accounts[username], "django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
@kept
def desk(city: Any, play: Callable[..., Any]) -> Desk:
    return Desk(city, play)


@pytest.fixture
def queries() -> Callable[[], CaptureQueriesContext]:
    from django.db import connection

    return lambda: CaptureQueriesContext(connection)


def text(response: Any) -> str:
    return response.content.decode()


def sheet_rows(data: bytes) -> list[list[str]]:
    """The first sheet of a workbook, as text."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_a_stranger_is_led_to_the_door_and_back(desk: Desk) -> None:
    answer = Client().get("/d/filing/?state=filed")
    assert answer.status_code == 302
    assert answer["Location"] == "/login?next=%2Fd%2Ffiling%2F%3Fstate%3Dfiled"
    assert Client().get("/api/filing/").status_code == 401
    assert Client().get(f"/d/filing/{10**9}").status_code == 302


def test_every_answer_carries_the_strict_headers_and_pages_of_people_are_not_stored(desk: Desk) -> None:
    answer = desk.client("manager").get("/home")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store, private"
    assert "style=" not in text(answer) and "<style" not in text(answer)


def test_a_list_shows_the_own_territory_and_only_the_declared_columns(desk: Desk) -> None:
    desk.filing()
    page = text(desk.client("manager").get("/d/filing/"))
    assert "电工" in page and "草稿" in page and "场地设备齐全" not in page
    other = desk.register(2, "桂林象岭精工机械有限公司")
    desk.city.person("stranger", "manager", place=other.scope)
    assert "电工" not in text(desk.client("stranger").get("/d/filing/?where=all"))
    assert "漓光电气" not in text(desk.client("stranger").get("/search?q=电工"))


def test_a_list_is_filtered_searched_sorted_and_paged(desk: Desk) -> None:
    for serial in range(2, 31):
        desk.register(serial, f"桂林第{serial:02d}评价有限公司")
    client = desk.client("centre")
    first = text(client.get("/d/institution/?sort=name"))
    assert "共 30 条，显示第 1–25 条" in first and 'aria-sort="ascending"' in first
    assert "第02" in first and "第30" not in first
    assert "第30" in text(client.get("/d/institution/?sort=name&page=2"))
    assert "第30" in text(client.get("/d/institution/?sort=-name"))
    assert "共 1 条" in text(client.get("/d/institution/?q=第17"))
    assert "没有符合条件的" in text(client.get("/d/institution/?state=closed"))
    assert "共 30 条" in text(client.get("/d/institution/?state=nonsense&page=99999&size=7"))


def test_htmx_gets_the_table_alone(desk: Desk) -> None:
    answer = desk.client("centre").get("/d/institution/", headers={"HX-Request": "true", "HX-Target": "list"})
    assert "<html" not in text(answer) and "漓光电气" in text(answer)


def test_what_is_masked_is_masked_on_page_api_search_and_sheet(desk: Desk) -> None:
    whole, short = "0773-0000001", "077****0001"
    for username, seen, hidden in (("centre", whole, short), ("county", short, whole)):
        client = desk.client(username)
        for url in ("/d/institution/", f"/d/institution/{desk.institution.pk}", "/api/institution/", "/search?q=漓光"):
            page = text(client.get(url))
            assert seen in page and hidden not in page, (username, url)
        sheet = client.get("/d/institution/export")
        cells = {str(cell) for row in sheet_rows(sheet.content) for cell in row}
        assert seen in cells and hidden not in cells


def test_a_sheet_holds_exactly_what_was_asked_for_and_says_so(desk: Desk) -> None:
    desk.register(2, "=HYPERLINK(桂林)有限公司")
    sheet = desk.client("centre").get("/d/institution/export?q=HYPERLINK&state=active")
    rows = sheet_rows(sheet.content)
    assert "状态：在册" in rows[0][0] and "含“HYPERLINK”" in rows[0][0]
    assert "导出时间" in rows[1][0] and "莫中心" in rows[1][0] and "共 1 条" in rows[1][0]
    assert rows[2] == ["名称", "类别", "电话", "状态"]
    assert [row[0] for row in rows[3:]] == ["=HYPERLINK(桂林)有限公司"]


def test_a_thing_says_whose_turn_it_is_and_greys_what_is_not_open_with_clause_and_mend(desk: Desk) -> None:
    filing = desk.filing(document=False)
    page = text(desk.client("manager").get(f"/d/filing/{filing.pk}"))
    assert "机构负责人" in page and "未上传备案材料" in page and "加盖公章" in page
    assert "五(三)" in page and "aria-disabled" in page
    assert "秦守正" in page and "起草备案" in page


def test_a_step_without_a_form_is_done_at_once_and_tells_what_comes_next(desk: Desk) -> None:
    filing = desk.filing()
    client = desk.client("manager")
    assert "btn-primary" in text(client.get(f"/d/filing/{filing.pk}"))
    answer = client.post(f"/d/filing/{filing.pk}/submit", {"version": filing.version}, follow=True)
    assert answer.redirect_chain == [(f"/d/filing/{filing.pk}", 302)]
    assert "已办理“申报”" in text(answer) and "市指导中心" in text(answer) and "前办理“受理并备案”" in text(answer)
    filing.refresh_from_db()
    assert filing.state == "submitted"


def test_a_refused_form_keeps_what_was_typed_and_names_every_reason(desk: Desk) -> None:
    filing = desk.filing()
    desk.play("filing.submit", filing, by=desk.manager)
    answer = desk.client("centre").post(f"/d/filing/{filing.pk}/return", {"reason": "短", "version": 1})
    page = text(answer)
    assert answer.status_code == 422
    assert "短</textarea>" in page and 'aria-invalid="true"' in page
    filing.refresh_from_db()
    assert filing.state == "submitted"


def test_a_thing_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    filing = desk.filing()
    desk.play("filing.submit", filing, by=desk.manager)
    given = {"reason": "材料缺少公章，请补盖后再报", "version": 0}
    answer = desk.client("centre").post(f"/d/filing/{filing.pk}/return", given)
    assert answer.status_code == 422
    assert "已被他人更新" in text(answer) and "材料缺少公章" in text(answer)


def test_revising_begins_with_what_is_there(desk: Desk) -> None:
    filing = desk.filing()
    page = text(desk.client("manager").get(f"/d/filing/{filing.pk}/revise"))
    assert "场地设备齐全</textarea>" in page
    assert page.count("checked") >= 2


def test_the_step_of_another_role_is_forbidden_and_says_whose_it_is(desk: Desk) -> None:
    filing = desk.filing()
    desk.play("filing.submit", filing, by=desk.manager)
    answer = desk.client("manager").post(f"/d/filing/{filing.pk}/accept", {"opinion": ""})
    assert answer.status_code == 403
    assert "市指导中心" in text(answer)


def test_out_of_reach_is_not_found_on_page_form_file_and_api(desk: Desk) -> None:
    filing = desk.filing()
    other = desk.register(2, "桂林象岭精工机械有限公司")
    desk.city.person("stranger", "manager", place=other.scope)
    client = desk.client("stranger")
    for end in ("", "/submit", "/revise", "/trail", "/file/document"):
        assert client.get(f"/d/filing/{filing.pk}{end}").status_code == 404, end
    answer = client.post(f"/api/filing/{filing.pk}/submit", "{}", "application/json")
    assert answer.status_code == 404 and answer.json()["refusals"] == []


def test_a_handed_in_file_is_read_through_its_thing_and_can_do_nothing(desk: Desk) -> None:
    filing = desk.filing()
    answer = desk.client("county").get(f"/d/filing/{filing.pk}/file/document")
    assert answer.content == PDF
    assert "sandbox" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    assert desk.client("county").get(f"/d/filing/{filing.pk}/file/statement").status_code == 404


def test_a_child_is_made_from_its_parents_page(desk: Desk) -> None:
    client = desk.client("manager")
    assert f"/d/institution/{desk.institution.pk}/new/site.open" in text(
        client.get(f"/d/institution/{desk.institution.pk}")
    )
    url = f"/d/institution/{desk.institution.pk}/new/site.open"
    assert "考点名称" in text(client.get(url))
    assert client.post(url, {"name": "", "address": "东江路"}).status_code == 422
    answer = client.post(url, {"name": "东江考点", "address": "东江路1号"}, follow=True)
    assert "东江考点" in text(answer) and "已办理“登记考点”" in text(answer)
    assert client.get(f"/d/site/{desk.site.pk}/new/site.open").status_code == 404


def test_the_trail_of_an_institution_holds_what_was_done_below_it_in_sentences(desk: Desk) -> None:
    desk.filing()
    page = text(desk.client("county").get(f"/d/institution/{desk.institution.pk}"))
    assert "漓光电气 秦守正" in page and "办理了“起草备案”" in page
    assert Entry.objects.latest("id").digest[:8] in page
    earlier = text(desk.client("county").get(f"/d/institution/{desk.institution.pk}/trail?before=1000000"))
    assert "登记机构" in earlier


def test_home_lists_what_waits_overdue_first_and_leaves_out_what_another_must_do(desk: Desk) -> None:
    filing = desk.filing()
    desk.play("filing.submit", filing, by=desk.manager)
    page = text(desk.client("centre").get("/home"))
    assert "受理并备案" in page and "个工作日" in page
    assert "都办完了" in text(desk.client("manager").get("/home"))
    clock.move_to(clock.now() + timedelta(days=40))
    assert "已超期" in text(desk.client("centre").get("/home"))


def test_home_shows_what_i_started_and_where_it_stands(desk: Desk) -> None:
    filing = desk.filing()
    desk.play("filing.submit", filing, by=desk.manager)
    page = text(desk.client("manager").get("/home"))
    assert "我发起的" in page and "待受理" in page


def test_messages_are_counted_read_and_marked(desk: Desk) -> None:
    filing = desk.filing()
    desk.play("filing.submit", filing, by=desk.manager)
    client = desk.client("county")
    assert "消息，1 条未读" in text(client.get("/home"))
    page = text(client.get("/inbox"))
    assert "秦守正" in page and f"/d/filing/{filing.pk}" in page
    client.post("/inbox/read", {"all": "1"})
    assert "消息，没有未读" in text(client.get("/home"))
    assert "没有消息" in text(client.get("/inbox?unread=1"))


def test_the_api_and_the_page_refuse_with_the_same_sentences(desk: Desk) -> None:
    filing = desk.filing(document=False)
    client = desk.client("manager")
    answer = client.post(f"/api/filing/{filing.pk}/submit", "{}", "application/json")
    assert answer.status_code == 422
    reason = answer.json()["refusals"][0]
    assert set(reason) == {"reason", "clause", "place", "mend", "field"}
    assert reason["reason"] in text(client.post(f"/d/filing/{filing.pk}/submit"))
    listed = {step["step"]: step for step in client.get(f"/api/filing/{filing.pk}/steps").json()["steps"]}
    assert listed["filing.submit"]["refusals"][0]["reason"] == reason["reason"]
    assert "filing.accept" not in listed


def test_a_filing_goes_through_the_api_from_draft_to_filed(desk: Desk) -> None:
    filing = desk.filing()
    done = desk.client("manager").post(
        f"/api/filing/{filing.pk}/submit", json.dumps({"version": 0}), "application/json"
    )
    assert done.json()["state"] == "submitted"
    done = desk.client("centre").post(
        f"/api/filing/{filing.pk}/accept", json.dumps({"opinion": "同意"}), "application/json"
    )
    assert done.status_code == 200 and done.json()["values"]["number"]
    bad = desk.client("centre").post(f"/api/filing/{filing.pk}/accept", "[1]", "application/json")
    assert bad.status_code == 422 and "JSON" in bad.json()["refusals"][0]["reason"]


def test_the_api_describes_every_step_of_every_displayed_flow(desk: Desk) -> None:
    described = Client().get("/api/openapi.json").json()
    assert "/api/filing/{pk}/accept" in described["paths"]
    made = described["paths"]["/api/institution/{pk}/new/filing.draft"]["post"]
    assert set(made["responses"]) >= {"201", "403", "404", "422"}
    body = made["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert body["properties"]["document"]["format"] == "binary" and "site" in body["required"]
    ids = [act["operationId"] for path in described["paths"].values() for act in path.values()]
    assert len(ids) == len(set(ids))


def test_the_api_wants_the_csrf_token_of_a_session(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.city.accounts["manager"], "django.contrib.auth.backends.ModelBackend")
    filing = desk.filing()
    answer = client.post(f"/api/filing/{filing.pk}/submit", "{}", "application/json")
    assert answer.status_code == 403 and "页面已过期" in answer.json()["error"]


@pytest.fixture
def bulk() -> Iterator[None]:
    """The rooms' own bulk steps need whole batches; the mechanism is tried on closing examination rooms."""
    steps = [FLOWS["room"].steps[name] for name in ("close", "reopen")]
    for step in steps:
        object.__setattr__(step, "bulk", True)
    yield
    for step in steps:
        object.__setattr__(step, "bulk", False)


def test_many_are_done_at_once_and_what_may_not_be_done_does_not_stop_the_rest(desk: Desk, bulk: None) -> None:
    from jiangheng.apps.institutions.models import Room

    rooms = list(Room.everywhere.order_by("pk"))
    client = desk.client("manager")
    assert "/d/room/bulk/close" in text(client.get("/d/room/"))
    chosen = {"pk": [room.pk for room in rooms]}
    asked = client.post("/d/room/bulk/close", chosen)
    assert "对选中的 2 项一并办理" in text(asked) and Room.everywhere.filter(state="closed").count() == 0
    assert client.post("/d/room/bulk/close", {**chosen, "sure": "1", "reason": ""}).status_code == 422
    desk.play("room.close", rooms[0], by=desk.manager, reason="设备检修停用")
    answer = client.post("/d/room/bulk/close", {**chosen, "sure": "1", "reason": "设备检修停用"})
    assert "已办理 1 项" in text(answer) and "1 项没有办理" in text(answer) and "当前状态" in text(answer)
    client.post("/d/room/bulk/reopen", {"all": "1", "query": "state=closed"})
    assert Room.everywhere.filter(state="open").count() == 2


def test_pages_stay_within_their_queries(desk: Desk, queries: Callable[[], CaptureQueriesContext]) -> None:
    for serial in range(2, 31):
        desk.register(serial, f"桂林第{serial:02d}评价有限公司")
    filing = desk.filing()
    client = desk.client("manager")
    for url, most in (
        ("/d/filing/", 13), ("/d/institution/?where=all", 12), (f"/d/filing/{filing.pk}", 25),
        (f"/d/institution/{desk.institution.pk}", 25),
    ):  # fmt: skip
        with queries() as counted:
            assert client.get(url).status_code == 200
        assert len(counted) <= most, (url, len(counted))


def test_a_list_offers_what_can_be_begun_at_ones_own_place(desk: Desk) -> None:
    own, region = desk.institution.pk, model_of("region").everywhere.get(code="450300").pk
    assert f"/d/institution/{own}/new/filing.draft" in text(desk.client("manager").get("/d/filing/"))
    centre = desk.client("centre")
    assert f"/d/region/{region}/new/institution.register" in text(centre.get("/d/institution/"))
    assert "/new/filing.draft" not in text(centre.get("/d/filing/"))


def test_only_the_children_of_a_thing_are_listed_and_none_of_one_out_of_reach(desk: Desk) -> None:
    desk.filing()
    other = desk.register(2, "桂林象岭精工机械有限公司")
    client = desk.client("centre")
    assert "电工" in text(client.get(f"/d/filing/?in=institution.{desk.institution.pk}"))
    assert "电工" not in text(client.get(f"/d/filing/?in=institution.{other.pk}"))
    assert "共 0 条" in text(client.get("/d/filing/?in=institution.999999"))


def test_somebody_logs_in_changes_his_password_and_stays_in(desk: Desk) -> None:
    client = Client()
    wrong = client.post("/login", {"username": "manager", "password": "wrong"})
    assert "账号或密码不对" in text(wrong)
    answer = client.post("/login", {"username": "manager", "password": desk.city.password}, follow=True)
    assert answer.redirect_chain[-1][0] == "/home"
    pk = desk.city.accounts["manager"].pk
    assert client.get("/account", follow=True).redirect_chain == [(f"/d/account/{pk}", 302)]
    fresh = "漓江夜泊-灯火-2026"
    client.post(f"/d/account/{pk}/change_password", {"password": fresh, "again": fresh})
    assert client.get("/home").status_code == 200
    assert client.post("/logout").status_code == 302
    assert client.get("/home").status_code == 302
    assert client.post("/login", {"username": "manager", "password": fresh}).status_code == 302


def test_too_many_failures_lock_the_door_and_say_for_how_long(desk: Desk) -> None:
    client = Client()
    for _ in range(6):
        answer = client.post("/login", {"username": "manager", "password": "wrong"})
    assert answer.status_code == 429 and "15 分钟" in text(answer)
    assert client.post("/login", {"username": "manager", "password": desk.city.password}).status_code == 429


def test_a_wrong_ticket_is_counted_and_its_identity_number_is_kept_nowhere(db: None) -> None:
    from axes.models import AccessAttempt

    client = Client()
    given = {"ticket": "2611230001", "identity": "450305199001011234"}
    assert client.post("/exam/enter", given).status_code == 422
    attempt = AccessAttempt.objects.get()
    assert attempt.username == "ticket:2611230001"
    assert "450305199001011234" not in f"{attempt.get_data}{attempt.post_data}{attempt.username}"
    for _ in range(5):
        answer = client.post("/exam-login", given)
    assert answer.status_code == 429 and "监考员" in text(answer)


def test_the_clock_is_moved_only_where_it_may_be(desk: Desk, settings: Any) -> None:
    import dataclasses

    client = desk.client("centre")
    before = clock.now()
    answer = client.post("/demo/clock", {"days": "3"}, follow=True)
    assert clock.now() - before >= timedelta(days=3)
    assert "演示时钟已拨到" in text(answer)
    assert "没有看懂" in text(client.post("/demo/clock", {"to": "昨天"}, follow=True))
    settings.CONFIG = dataclasses.replace(settings.CONFIG, demo=False)
    assert client.post("/demo/clock", {"days": "3"}).status_code == 404


def test_the_pages_speak_english_too(desk: Desk) -> None:
    client = desk.client("manager")
    client.post("/i18n/setlang/", {"language": "en"})
    assert 'lang="en"' in text(client.get("/home"))


def test_a_clause_shows_the_steps_that_rest_on_it(db: None) -> None:
    page = text(Client().get("/clauses/W7"))
    assert "五(三)" in page and "受理并备案" in page
    assert Client().get("/clauses/Z9").status_code == 404


def test_the_state_marks_follow_from_the_steps() -> None:
    from jiangheng.web.states import tone

    seen = {state: tone("filing", state) for state in ("draft", "submitted", "returned", "filed", "terminated")}
    assert seen == {"draft": "draft", "submitted": "wait", "returned": "soon", "filed": "done", "terminated": "void"}
