"""A candidate's way through the pages: account, application, progress, ticket, examination, result (P2, P3, K13)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import bank_stage
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from portal_stage import PHONE, Stage, it_is, person, photo

from conftest import PASSWORD
from jiangheng.apps.batches.models import Application
from jiangheng.core.authority import SYSTEM
from jiangheng.demo import candidates
from kept import kept

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "韦秀兰"
NUMBER = person(1, sex="2")
ACCOUNT = {"username": "weixiulan", "name": NAME, "unit": "", "phone": PHONE, "password": PASSWORD}


@pytest.fixture
@kept
def stage(play: Callable[..., Any]) -> Stage:
    return Stage(play)


@pytest.fixture
def member(stage: Stage, client: Client) -> Client:
    """Somebody who opened an account on the page."""
    made = client.post("/register", ACCOUNT)
    assert made.status_code == 302, made.content.decode()
    return client


def form(**changes: Any) -> dict[str, Any]:
    given = {
        "level": "4", "name": NAME, "identity": NUMBER, "phone": PHONE, "education": "高中", "employer": "漓光电气",
        "work_since": "2015-01-01", "honest": "on", "photo": photo(),
    }  # fmt: skip
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def apply(client: Client, stage: Stage, **changes: Any) -> Any:
    return client.post(f"/announcements/{stage.batch.pk}/apply", form(**changes))


def test_whoever_is_not_logged_in_is_shown_the_way_and_comes_back(stage: Stage, client: Client) -> None:
    url = f"/announcements/{stage.batch.pk}/apply"
    page = client.get(url).content.decode()
    way = f"/register?next=%2Fannouncements%2F{stage.batch.pk}%2Fapply"
    assert way in page


def test_a_person_applies_and_sees_where_the_application_stands(stage: Stage, member: Client) -> None:
    made = apply(member, stage)
    application = Application.everywhere.get()
    assert made.status_code == 302 and made["Location"] == f"/my/{application.pk}"
    page = member.get(f"/my/{application.pk}").content.decode()
    for told in ("电工", "四级/中级工", "待初审", "等待评价机构初审", "符合第 1 条", "更正申报", "撤回申报"):
        assert told in page
    assert NUMBER not in page
    assert f"/my/{application.pk}" in member.get("/my").content.decode()


def test_nothing_typed_is_lost_when_something_is_wrong_not_even_the_photo(stage: Stage, member: Client) -> None:
    refused = apply(member, stage, identity=NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), employer="漓水机械厂")
    page = refused.content.decode()
    assert refused.status_code == 422
    assert Application.everywhere.count() == 0
    for typed in (NAME, PHONE, "漓水机械厂", "2015-01-01"):
        assert f'value="{typed}"' in page
    kept = re.search(r'name="photo_kept" value="([^"]+)"', page)
    assert kept and "校验位" in page
    again = apply(member, stage, photo=None, photo_kept=kept[1])
    assert again.status_code == 302
    assert Application.everywhere.get().photo is not None


def test_a_picture_that_is_none_is_refused_and_not_kept(stage: Stage, member: Client) -> None:
    page = apply(member, stage, photo=SimpleUploadedFile("photo.jpg", b"no picture", "image/jpeg")).content.decode()
    assert "不是能打开的 JPG 照片" in page
    assert 'name="photo_kept"' not in page
    assert "photo_kept" not in apply(member, stage, photo=None, photo_kept="%%%").content.decode()


def test_private_fields_are_marked_so_that_no_draft_holds_them(stage: Stage, member: Client) -> None:
    page = member.get(f"/announcements/{stage.batch.pk}/apply").content.decode()
    for name in ("identity", "phone", "held_number"):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert field and "data-private" in field[0], name
    assert 'data-draft="apply.' in page


def test_a_second_application_of_one_person_to_a_batch_is_refused(stage: Stage, member: Client) -> None:
    apply(member, stage)
    refused = apply(member, stage)
    assert refused.status_code == 422
    assert "此人已在本批次申报" in refused.content.decode()


def test_after_the_last_day_nobody_applies(stage: Stage, member: Client) -> None:
    it_is("2026-09-16")
    member.force_login(stage.city.accounts["city"], "django.contrib.auth.backends.ModelBackend")
    refused = apply(member, stage)
    assert refused.status_code == 422
    assert "现在不接受报名" in refused.content.decode()
    assert Application.everywhere.count() == 0


def test_who_meets_no_condition_is_told_what_is_missing_and_from_when(stage: Stage, member: Client) -> None:
    apply(member, stage, work_since="2025-01-01")
    page = member.get(f"/my/{Application.everywhere.get().pk}").content.decode()
    assert "还不符合任何一条" in page
    assert "满5年" in page and "起符合" in page
    assert "最早 2030年1月1日 可以再报" in page and 'href="/paths?occupation=6-31-01-03"' in page


def test_the_reason_of_a_refusal_is_told_as_it_was_written(stage: Stage, member: Client) -> None:
    apply(member, stage)
    row = Application.everywhere.get()
    stage.play("application.refuse", row, by=stage.checker, reason="工作证明与社保记录不一致，请补充劳动合同")
    page = member.get(f"/my/{row.pk}").content.decode()
    assert "审核不通过" in page and "请补充劳动合同" in page


def test_nobody_sees_the_application_of_another(stage: Stage, member: Client) -> None:
    other = stage.enrol("秦守正", person(2))
    for path in (f"/my/{other.pk}", f"/my/{other.pk}/ticket", f"/my/{other.pk}/certificate"):
        assert member.get(path).status_code == 404
        assert Client().get(path).status_code == 302
    assert "秦守正" not in member.get("/my").content.decode()


def test_marks_are_not_told_before_publicity_and_then_with_what_is_missing(stage: Stage, member: Client) -> None:
    apply(member, stage)
    row = Application.everywhere.get()
    stage.seat()
    it_is("2026-10-16")
    stage.play("application.enter_theory", row, by=SYSTEM, mark="41.5")
    stage.play("application.enter_practical", row, by=SYSTEM, mark="88")
    stage.play("batch.score", stage.batch, by=stage.exam_officer)
    page = member.get(f"/my/{row.pk}").content.decode()
    assert "41.5" not in page and "不合格" not in page
    assert "成绩待公示" in page
    stage.play("batch.publish", stage.batch, by=stage.exam_officer)
    page = member.get(f"/my/{row.pk}").content.decode()
    assert "41.5" in page and "不合格" in page and "未达到合格分 60 分" in page


def test_ticket_and_certificate_are_handed_to_their_holder_as_pdf(stage: Stage, member: Client) -> None:
    apply(member, stage)
    row = Application.everywhere.get()
    assert member.get(f"/my/{row.pk}/ticket").status_code == 422
    stage.seat()
    ticket = member.get(f"/my/{row.pk}/ticket")
    assert ticket.status_code == 200 and ticket.content.startswith(b"%PDF")
    stage.publish({NAME: ("71", "82")})
    assert member.get(f"/my/{row.pk}/certificate").status_code == 404
    stage.issue()
    page = member.get(f"/my/{row.pk}").content.decode()
    certificate = stage.certificate(NAME)
    assert certificate.number in page
    paper = member.get(f"/my/{row.pk}/certificate")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    stage.play("certificate.void", certificate, by=stage.issuer, reason="持证人申请注销")
    assert member.get(f"/my/{row.pk}/certificate").status_code == 422


# ---- the examination


class Room:
    """The theory room on the day: a bank, a session with one candidate, and the way through the hall's own protocol."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        bank = bank_stage.a_bank(stage.play, stage.city)
        stage.enrol(NAME, NUMBER)
        stage.seat()
        bank_stage.papers(stage.play, stage.city, stage.batch, bank)
        self.row = stage.batch.applications.get()
        stage.person("invigilator2", "invigilator")
        both = [stage.city.accounts[name].pk for name in ("invigilator", "invigilator2")]
        self.session = stage.play(
            "session.prepare", under=stage.batch, by=stage.exam_officer, room=stage.rooms["theory"].pk,
            invigilators=both,
        )  # fmt: skip
        self.sitting = self.session.sittings.get()

    def open(self) -> None:
        it_is("2026-10-14", "08:46")
        self.stage.play("session.release", self.session, by=self.stage.exam_officer)
        self.stage.play("session.open", self.session, by=self.stage.invigilator)

    def answer_and_hand_in(self) -> None:
        """What the candidate's page does between entering and leaving."""
        self.sitting.refresh_from_db()
        candidates.sit_all([self.sitting], abilities={self.sitting.pk: 0.9}, seed=1)


@pytest.fixture
def room(stage: Stage) -> Room:
    return Room(stage)


def holder(room: Room, *, number: str = NUMBER) -> Client:
    """A browser in the examination room, with ticket and identity number typed in."""
    client = Client()
    client.post("/exam/enter", {"ticket": room.row.ticket, "identity": number})
    return client


def test_without_a_ticket_the_examination_leads_to_its_door(room: Room, client: Client) -> None:
    for path in ("/exam", "/exam/", f"/exam/{room.sitting.pk}/paper"):
        found = client.get(path)
        assert found.status_code == 302 and found["Location"] == "/exam/enter"
    wrong = holder(room, number=person(2))
    assert wrong.get("/exam")["Location"] == "/exam/enter"


def test_before_the_doors_open_the_page_waits_and_asks_again_by_itself(room: Room) -> None:
    it_is("2026-10-14", "08:20")
    page = holder(room).get("/exam").content.decode()
    assert NAME in page and room.row.ticket in page
    assert "请在座位上等候入场" in page
    assert re.search(r'http-equiv="refresh" content="\d+"', page)
    assert "/admit" not in page
    assert NUMBER not in page


def test_a_candidate_enters_answers_hands_in_and_is_told_what_was_received(room: Room) -> None:
    client, pk = holder(room), room.sitting.pk
    room.open()
    assert f"/exam/{pk}/admit" in client.get("/exam").content.decode()
    entered = client.post(f"/exam/{pk}/admit")
    assert entered["Location"] == f"/exam/{pk}/paper"
    assert client.post(f"/exam/{pk}/admit")["Location"] == f"/exam/{pk}/paper", "pressing twice is no harm"
    paper = client.get(f"/exam/{pk}/paper")
    page = paper.content.decode()
    assert paper["Cache-Control"] == "no-store, private"
    assert f'data-done="/exam/{pk}/done"' in page and 'data-hall="/hall"' in page
    assert re.search(r'data-pass="[^"]{80,}"', page) and re.search(r'data-csrf="[^"]{32,}"', page)
    it_is("2026-10-14", "09:10")
    early = client.post(f"/exam/{pk}/done", follow=True).content.decode()
    assert "考生还没有交卷" in early and "回到试卷" in early
    room.answer_and_hand_in()
    received = client.post(f"/exam/{pk}/done", follow=True).content.decode()
    room.sitting.refresh_from_db()
    assert "已交卷" in received
    assert "作答 100 题，共 100 题" in received
    assert room.sitting.answers_digest[:16] in received
    assert str(room.sitting.mark) not in received.replace(room.sitting.answers_digest[:16], "")
    assert client.post(f"/exam/{pk}/done", follow=True).status_code == 200
    assert client.get(f"/exam/{pk}/paper")["Location"] == "/exam"


def test_who_comes_too_late_is_sent_to_the_invigilator(room: Room) -> None:
    room.open()
    client = holder(room)
    it_is("2026-10-14", "09:31")
    page = client.get("/exam").content.decode()
    assert "已过入场时限" in page and "/admit" not in page
    refused = client.post(f"/exam/{room.sitting.pk}/admit", follow=True).content.decode()
    room.sitting.refresh_from_db()
    assert room.sitting.state == "ready"
    assert "迟到超过时限" in refused


def test_a_paper_left_when_the_time_is_over_is_collected_by_a_button(room: Room) -> None:
    room.open()
    client, pk = holder(room), room.sitting.pk
    client.post(f"/exam/{pk}/admit")
    it_is("2026-10-14", "10:40")
    assert "完成收卷" in client.get("/exam").content.decode()
    assert "作答 0 题，共 100 题" in client.post(f"/exam/{pk}/done", follow=True).content.decode()


def test_the_examination_of_another_is_out_of_reach(room: Room) -> None:
    client, other = holder(room), room.sitting.pk + 1
    assert client.post(f"/exam/{other}/admit").status_code == 404
    assert client.post(f"/exam/{other}/done").status_code == 404
    assert client.get(f"/exam/{other}/paper").status_code == 404


def test_leaving_ends_the_session_of_the_ticket(room: Room) -> None:
    client = holder(room)
    assert client.get("/exam").status_code == 200
    client.post("/logout")
    assert client.get("/exam").status_code == 302
    assert client.get("/my").status_code == 302


def test_with_the_ticket_a_candidate_reads_his_own_result_after_publicity_began(room: Room) -> None:
    room.stage.publish({NAME: ("71", "82.5")})
    page = holder(room).get(f"/my/{room.row.pk}").content.decode()
    assert "82.5" in page and "合格" in page
