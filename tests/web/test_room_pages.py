"""The rooms' special pages through a browser's eyes: roster, papers, seats, the watched room, the score sheet."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hall_door import Door, check_in, come_in, fresh, opened, rows, state_of
from openpyxl import load_workbook
from portal_stage import it_is, person
from room_stage import PEOPLE, RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.core.exam.events import Granted, Paused, Resumed
from jiangheng.core.law.identity import mask_identity, mask_name
from jiangheng.hall import books
from jiangheng.kernel.perform import model_of
from kept import kept

PDF = b"%PDF-"


@pytest.fixture
@kept
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


@pytest.fixture
@kept
def seated(stage: RoomStage) -> RoomStage:
    stage.seated()
    return stage


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# ---- roster ----


@pytest.fixture
def roster(stage: RoomStage) -> Any:
    sound = person(40)
    return stage.roster(
        [stage.row("覃明远", sound), stage.row("唐玉兰", sound[:-1] + ("1" if sound[-1] != "1" else "2"))]
    )


def test_a_preview_says_which_row_is_wrong_and_how_to_mend_it(stage: RoomStage, roster: Any) -> None:
    text = stage.browser("registrar").get(f"/d/roster/{roster.pk}/preview").content.decode()
    assert "导入无误的 1 行" in text and "唐玉兰" in text and "校验位不符" in text and "请" in text
    assert text.count('class="bad"') == 1


def test_taking_the_good_rows_from_the_preview_enrols_them_and_leaves_the_bad(stage: RoomStage, roster: Any) -> None:
    client = stage.browser("registrar")
    answer = client.post(f"/d/roster/{roster.pk}/take", {"mode": "good", "version": roster.version}, follow=True)
    assert answer.status_code == 200
    assert list(stage.batch.applications.values_list("name", flat=True)) == ["覃明远"]


def test_all_or_none_takes_none_while_a_row_is_wrong(stage: RoomStage, roster: Any) -> None:
    answer = stage.browser("registrar").post(f"/d/roster/{roster.pk}/take", {"mode": "all"})
    assert answer.status_code == 422 and not stage.batch.applications.exists()


def test_the_marked_workbook_is_the_persons_own_with_the_problem_in_its_row(stage: RoomStage, roster: Any) -> None:
    answer = stage.browser("registrar").get(f"/d/roster/{roster.pk}/marked.xlsx")
    cells = [str(cell.value) for line in load_workbook(io.BytesIO(body(answer))).worksheets[0] for cell in line]
    assert "唐玉兰" in cells and any("校验位不符" in cell for cell in cells)
    assert "no-store" in answer["Cache-Control"] and "attachment" in answer["Content-Disposition"]


def test_the_template_can_be_opened_and_asks_for_name_and_number(stage: RoomStage) -> None:
    answer = stage.browser("registrar").get("/batches/template.xlsx")
    cells = [str(cell.value) for line in load_workbook(io.BytesIO(body(answer))).worksheets[0] for cell in line]
    assert any(cell.startswith("姓名") for cell in cells) and any(cell.startswith("证件号码") for cell in cells)


def test_a_roster_that_was_taken_has_no_preview_any_more(stage: RoomStage, roster: Any, play: Any) -> None:
    play("roster.take", roster, by=stage.registrar, mode="good")
    assert stage.browser("registrar").get(f"/d/roster/{roster.pk}/preview").status_code == 404


# ---- papers ----


@pytest.mark.parametrize("name", ["tickets.pdf", "doors.pdf", "signin.pdf"])
def test_the_papers_of_a_batch_are_pdf_for_the_officer_and_nothing_for_others(seated: RoomStage, name: str) -> None:
    address = f"/d/batch/{seated.batch.pk}/{name}"
    answer = seated.browser("exam_officer").get(address)
    assert answer["Content-Type"] == "application/pdf" and body(answer).startswith(PDF)
    assert "no-store" in answer["Cache-Control"]
    assert seated.browser("issuer").get(address).status_code == 404
    assert seated.browser("evaluator1").get(address).status_code == 404


def test_a_ticket_is_made_for_one_candidate(seated: RoomStage) -> None:
    row = seated.batch.applications.first()
    answer = seated.browser("registrar").get(f"/d/application/{row.pk}/ticket.pdf")
    assert body(answer).startswith(PDF)
    assert seated.browser("checker").get(f"/d/application/{row.pk}/ticket.pdf").status_code == 404


def test_a_ticket_is_made_even_when_the_photo_is_missing(stage: RoomStage, play: Any) -> None:
    row = play(
        "application.enrol", under=stage.batch, by=stage.registrar, level="5", name="莫建军", identity=person(30),
        phone="19900001111", education="高中", employer="", work_since="2015-01-01",
    )  # fmt: skip
    stage.seat()
    assert body(stage.browser("registrar").get(f"/d/application/{row.pk}/ticket.pdf")).startswith(PDF)
    picture = stage.browser("registrar").get(f"/d/application/{row.pk}/photo")
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in body(picture)


def test_a_photo_is_shown_to_those_in_reach_and_kept_by_no_cache(seated: RoomStage) -> None:
    row = seated.batch.applications.first()
    answer = seated.browser("invigilator").get(f"/d/application/{row.pk}/photo")
    assert answer["Content-Type"] == "image/jpeg" and body(answer)[:2] == b"\xff\xd8"
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert seated.browser("evaluator1").get(f"/d/application/{row.pk}/photo").status_code == 404


def test_a_certificate_is_printed_by_the_issuer(seated: RoomStage) -> None:
    seated.publish(dict.fromkeys(PEOPLE, ("80", "85")))
    seated.issue()
    found = seated.certificate("莫建军")
    answer = seated.browser("issuer").get(f"/d/certificate/{found.pk}/certificate.pdf")
    assert body(answer).startswith(PDF) and found.number in answer["Content-Disposition"]


# ---- seats and results ----


def test_the_seating_chart_shows_every_candidate_at_his_seat(seated: RoomStage) -> None:
    text = seated.browser("exam_officer").get(f"/d/batch/{seated.batch.pk}/seating").content.decode()
    for row in seated.batch.applications.all():
        assert row.name in text and row.ticket[-5:] in text
    assert not any(number in text for number in seated.numbers.values())


def test_stations_used_again_make_rounds_in_which_nobody_shares_one() -> None:
    from types import SimpleNamespace as One

    from jiangheng.web.room_pages.seats import rounds

    people = [One(ticket=f"{n:02d}", station=n % 4 + 1) for n in range(10)]
    found = rounds(people)
    assert sorted(each.ticket for party in found for each in party) == [each.ticket for each in people]
    assert len(found) == 3
    assert all(len({each.station for each in party}) == len(party) for party in found)


def test_the_result_list_that_is_handed_out_shows_no_whole_name_and_no_whole_number(seated: RoomStage) -> None:
    seated.publish(dict.fromkeys(PEOPLE, ("80", "55")))
    client = seated.browser("exam_officer")
    page = client.get(f"/d/batch/{seated.batch.pk}/results").content.decode()
    sheet = load_workbook(io.BytesIO(body(client.get(f"/d/batch/{seated.batch.pk}/results.xlsx")))).worksheets[0]
    cells = [str(cell.value) for line in sheet for cell in line]
    for name, number in seated.numbers.items():
        assert mask_name(name) in cells and mask_identity(number) in cells and "不合格" in cells
        assert name not in cells and number not in cells and number not in page
        assert name in page
    assert seated.browser("invigilator").get(f"/d/batch/{seated.batch.pk}/results").status_code == 404


# ---- the watched room ----


@pytest.fixture
def door() -> Iterator[Door]:
    """The hall, empty: rows of another test had the same numbers."""
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)
    yield Door()
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)


def test_the_room_shows_who_has_come_and_who_has_not(seated: RoomStage) -> None:
    session = seated.opened()
    first, *_rest = session.sittings.order_by("application__seat")
    seated.admit(first)
    client = seated.browser("invigilator")
    text = client.get(f"/d/session/{session.pk}/room").content.decode()
    assert text.count("is-admitted") == 1 and text.count("is-ready") == 2 and "还有 10 分钟开考" in text
    part = client.get(f"/d/session/{session.pk}/room", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and part.count("is-ready") == 2


def test_more_time_is_given_at_a_seat_with_a_reason_and_reaches_the_hall(seated: RoomStage) -> None:
    session = seated.opened()
    one = session.sittings.order_by("application__seat").first()
    seated.admit(one)
    it_is("2026-10-14", "09:20")
    client, address = seated.browser("invigilator"), f"/d/session/{session.pk}/seat/{one.pk}"
    refused = client.post(address, {"step": "extend", "minutes": "10", "reason": ""})
    assert refused.status_code == 422 and 'value="10"' in refused.content.decode()
    assert client.post(address, {"step": "extend", "minutes": "10", "reason": "机器故障重启"}).status_code == 302
    state, _head = exams.replay(one)
    assert state.extended == 600
    assert "已延长 10 分钟" in client.get(address).content.decode()


def test_a_refused_step_at_a_seat_says_why(seated: RoomStage) -> None:
    session = seated.opened()
    one = session.sittings.first()
    answer = seated.browser("invigilator").post(f"/d/session/{session.pk}/seat/{one.pk}", {"step": "miss"})
    assert answer.status_code == 422 and "入场时限还没有过" in answer.content.decode()
    one.refresh_from_db()
    assert one.state == "ready"


def test_the_session_is_opened_from_the_room_itself(seated: RoomStage) -> None:
    session = seated.session()
    it_is("2026-10-14", "08:50")
    refused = seated.browser("invigilator").post(f"/d/session/{session.pk}/room", {"step": "open", "version": "0"})
    assert refused.status_code == 422, "nobody opens a paper alone"
    seated.play("session.release", session, by=seated.exam_officer)
    answer = seated.browser("invigilator").post(f"/d/session/{session.pk}/room", {"step": "open", "version": "1"})
    session.refresh_from_db()
    assert answer.status_code == 302 and session.state == "open"


def test_a_seat_of_another_room_is_not_found_from_this_one(seated: RoomStage) -> None:
    session = seated.opened()
    client = seated.browser("invigilator")
    assert client.get(f"/d/session/{session.pk}/seat/999999").status_code == 404
    assert seated.browser("evaluator1").get(f"/d/session/{session.pk}/room").status_code == 404


def test_the_room_is_drawn_from_the_standings_and_no_journal_is_read_for_it(
    seated: RoomStage, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(seated)
    one, other, _absent = rows(session)
    it_is("2026-10-14", "09:05")
    come_in(door, one)
    come_in(door, other)
    door.says("/hall/enter", {"pass": check_in(door, other)["pass"], "device": "elsewhere"}, status=409)
    seen: list[str] = []
    real = books.opened

    def counted(address: Any) -> Any:
        seen.append("opened")
        return real(address)

    def read(*_given: Any) -> Any:
        raise AssertionError("a journal was read")

    monkeypatch.setattr(books, "opened", counted)
    monkeypatch.setattr(books, "replay", read)
    text = seated.browser("invigilator").get(f"/d/session/{session.pk}/room").content.decode()
    assert text.count("is-admitted") == 2 and text.count("is-ready") == 1
    assert text.count("is-alarming") == 1 and "被拒绝：换了机器 1 次" in text
    assert seen == ["opened", "opened"], "one question for how the seats stand, one for what was refused"


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ([Paused(reason="考场断电")], "paused"),
        ([Paused(reason="考场断电"), Resumed(reason="来电")], "admitted"),
        ([Granted(breaks=300, large=False)], "admitted"),
    ],
)
def test_a_seat_shows_how_it_stands_in_the_hall(
    seated: RoomStage, door: Door, events: list[Any], standing: str
) -> None:
    session = opened(seated)
    one = rows(session)[0]
    it_is("2026-10-14", "09:05")
    shown, entry = come_in(door, one)
    exams.control([one], *events)
    # the next sign of life brings the standings up to date
    door.says("/hall/clock", {"pass": shown, "fence": entry["fence"], "noted": 0})
    text = seated.browser("invigilator").get(f"/d/session/{session.pk}/room").content.decode()
    assert text.count(f"is-{standing}") == 1


def test_a_page_not_heard_of_is_marked_and_one_turned_away_for_being_late_is_not_in(
    seated: RoomStage, door: Door
) -> None:
    session = opened(seated)
    one, other, _absent = rows(session)
    it_is("2026-10-14", "09:05")
    come_in(door, one)
    it_is("2026-10-14", "09:31")
    door.says("/hall/enter", {"pass": check_in(door, other)["pass"]}, status=409)
    text = seated.browser("invigilator").get(f"/d/session/{session.pk}/room").content.decode()
    assert text.count("is-silent") == 1 and text.count("is-ready") == 2 and "被拒绝：迟到 1 次" in text


def test_everybody_gets_time_from_the_top_of_the_page_in_one_form(seated: RoomStage, door: Door) -> None:
    session = opened(seated)
    one = rows(session)[0]
    it_is("2026-10-14", "09:05")
    come_in(door, one)
    client, address = seated.browser("invigilator"), f"/d/session/{session.pk}/room"
    refused = client.post(address, {"step": "extend_all", "minutes": "8", "reason": ""})
    text = refused.content.decode()
    assert refused.status_code == 422 and 'value="8"' in text and text.count('name="act" open>') == 1
    assert client.post(address, {"step": "extend_all", "minutes": "8", "reason": "考场断电"}).status_code == 302
    assert state_of(one).extended == 480
    again = client.post(address, {"step": "extend_all", "minutes": "8", "reason": "考场断电", "version": "2"})
    assert again.status_code == 422 and state_of(one).extended == 480, "a button touched twice"


def test_what_is_said_and_reported_at_a_seat_is_shown_to_those_who_watch_and_not_to_others(
    seated: RoomStage, door: Door
) -> None:
    session = opened(seated)
    one = rows(session)[0]
    it_is("2026-10-14", "09:05")
    come_in(door, one)
    client, address = seated.browser("invigilator"), f"/d/session/{session.pk}/seat/{one.pk}"
    assert client.post(address, {"step": "tell", "text": "请把证件放在桌面上"}).status_code == 302
    said = {"step": "report", "kind": "order", "text": "与邻座交谈，已警告"}
    assert client.post(address, said).status_code == 302
    text = client.get(address).content.decode()
    assert "请把证件放在桌面上" in text and "扰乱秩序：与邻座交谈，已警告" in text
    assert "与邻座交谈" in seated.browser("exam_officer").get(f"/d/sitting/{one.pk}").content.decode()
    assert client.post(address, {"step": "void", "reason": "经查实由他人替考"}).status_code in (403, 422)
    assert fresh(one).state == "ready"


# ---- the score sheet ----


def marks_of(sheet: Any, *, short: str = "") -> dict[str, str]:
    from jiangheng.apps.practicals import queries as practicals

    found = {
        aspect.code: "no" if aspect.kind == "veto" else str(aspect.marks)
        for aspect in practicals.aspects_of(sheet.practical)
    }
    return {code: value for code, value in found.items() if code != short}


def test_a_sheet_is_saved_and_its_total_shown(seated: RoomStage) -> None:
    sheet, *_more = seated.panel()
    client, address = seated.browser("evaluator1"), f"/d/sheet/{sheet.pk}/score"
    assert client.post(address, {**marks_of(sheet), "act": "save", "version": "0"}).status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == "marked" and sheet.total == Decimal(100)
    assert "<output data-total>100" in client.get(address).content.decode()


def test_a_mark_beyond_full_marks_is_refused_at_its_field_and_stays_typed(seated: RoomStage) -> None:
    sheet, *_more = seated.panel()
    code = next(iter(marks_of(sheet)))
    answer = seated.browser("evaluator1").post(
        f"/d/sheet/{sheet.pk}/score", {**marks_of(sheet), code: "99", "act": "save"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422 and 'value="99"' in text and f'id="id_{code}_error"' in text
    sheet.refresh_from_db()
    assert sheet.state == "open" and not sheet.marks


def test_a_signature_on_a_sheet_with_a_gap_is_refused_and_loses_no_mark(seated: RoomStage) -> None:
    sheet, *_more = seated.panel()
    code = next(iter(marks_of(sheet)))
    answer = seated.browser("evaluator1").post(
        f"/d/sheet/{sheet.pk}/score", {**marks_of(sheet, short=code), "act": "lock"}
    )
    assert answer.status_code == 422 and "还没有评分的项目" in answer.content.decode()
    sheet.refresh_from_db()
    assert sheet.state == "marked" and len(sheet.marks) == len(marks_of(sheet)) - 1


def test_signing_locks_the_sheet_and_leads_to_the_next_one(seated: RoomStage) -> None:
    first, second, *_more = seated.panel()
    client = seated.browser("evaluator1")
    answer = client.post(f"/d/sheet/{first.pk}/score", {**marks_of(first), "act": "lock"})
    assert answer["Location"] == f"/d/sheet/{second.pk}/score"
    first.refresh_from_db()
    assert first.state == "locked"
    text = client.get(f"/d/sheet/{first.pk}/score").content.decode()
    assert "已签字锁定" in text and 'value="lock"' not in text
    assert client.post(f"/d/sheet/{first.pk}/score", {**marks_of(first), "act": "save"}).status_code == 422


def test_nobody_opens_another_evaluators_sheet_and_no_sheet_names_the_candidate(seated: RoomStage) -> None:
    sheet, *_more = seated.panel()
    address = f"/d/sheet/{sheet.pk}/score"
    assert seated.browser("evaluator2").get(address).status_code == 404
    assert seated.browser("exam_officer").get(address).status_code == 404
    text = seated.browser("evaluator1").get(address).content.decode()
    assert sheet.practical.code in text and not any(name in text for name in PEOPLE)
    ticket = model_of("application").everywhere.get(pk=sheet.practical.application_id).ticket
    assert ticket not in text
