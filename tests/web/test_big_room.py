"""A room at a glance: marks instead of cards where there are many seats, two taps with a reason, errors told once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from portal_stage import Play, it_is
from room_stage import PEOPLE, RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.web.room_pages import crowd


@pytest.fixture
def running(play: Play) -> Iterator[Any]:
    """A stage, its session at ten past nine, and the sitting of the first candidate who came in; an empty hall."""
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)
    stage = RoomStage(play)
    stage.seated()
    session = stage.opened()
    sitting = stage.admit(session.sittings.order_by("application__seat")[0])
    it_is("2026-10-14", "09:10")
    yield stage, session, sitting
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)


def test_many_seats_are_marks_with_their_row_and_everything_in_the_title(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, session, sitting = running
    client, address = stage.browser("invigilator"), f"/d/session/{session.pk}/room"
    assert "seat-mark m-" not in client.get(address).content.decode()
    monkeypatch.setattr(crowd, "CARDS", 2)
    text = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert text.count('class="seat-mark m-') == len(PEOPLE) and "第 1 排" in text
    assert f'href="/d/session/{session.pk}/seat/{sitting.pk}"' in text
    assert f"{sitting.application.seat} 号 {sitting.application.name}：考试中" in text
    assert "发消息" in client.get(f"/d/session/{session.pk}/seat/{sitting.pk}").content.decode()


def test_a_name_in_a_mark_is_text_and_nothing_else() -> None:
    class Seat:
        number, tone, alarming, address = 7, "now", True, "/d/session/1/seat/1"
        said = '7 号 <b onmouseover="x">'

    text = crowd.marks([[None, Seat()], [None, None]])
    assert "<b" not in text and "&lt;b onmouseover=&quot;x&quot;&gt;" in text
    assert text.count("<li>") == 1 and 'class="seat-mark m-now is-alarming"' in text


def test_a_reason_has_a_button_of_its_own_and_that_button_does_it(running: Any) -> None:
    stage, session, sitting = running
    client, address = stage.browser("invigilator"), f"/d/session/{session.pk}/seat/{sitting.pk}"
    assert (
        '<button class="btn" type="submit" name="reason" value="核对考生身份">' in client.get(address).content.decode()
    )
    # the field above the button is empty: both come, the button's last
    answer = client.post(
        address, {"step": "pause", "version": sitting.version, "reason": ["", "核对考生身份"]}, follow=True
    )
    text = answer.content.decode()
    assert "已办理“暂停作答”。" in text and "接下来" not in text


def test_what_is_wrong_with_a_reason_is_told_at_its_field_in_the_words_of_the_house(running: Any) -> None:
    stage, session, sitting = running
    answer = stage.browser("invigilator").post(
        f"/d/session/{session.pk}/seat/{sitting.pk}", {"step": "pause", "version": sitting.version, "reason": "核对"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "写得太短：至少 4 个字，现在是 2 个" in text and "确保该变量" not in text and "<h2>原因</h2>" not in text


def test_candidates_who_are_to_come_in_do_not_fill_the_inbox_of_the_invigilator(running: Any) -> None:
    stage, session, _sitting = running
    text = stage.browser("invigilator").get("/home").content.decode()
    assert session.batch.title in text and not any(name in text for name in PEOPLE)


def test_a_room_that_is_over_says_on_which_day_and_asks_for_nothing_more(running: Any) -> None:
    stage, session, sitting = running
    it_is("2026-10-14", "11:00")
    stage.play("sitting.submit", sitting, by=stage.invigilator)
    stage.play("session.close", session, by=stage.invigilator)
    it_is("2026-10-20", "09:00")
    text = stage.browser("invigilator").get(f"/d/session/{session.pk}/room").content.decode()
    assert "2026年10月14日" in text and "考试时间结束" in text and "hx-trigger" not in text.split('id="room"')[1][:200]


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-10-14", "08:55", "等候开考"),
        ("2026-10-14", "09:10", "考试中"),
        ("2026-10-15", "09:00", "已到时间，待结束"),
    ],
)
def test_the_wall_says_how_a_session_stands_by_the_clock(running: Any, day: str, time: str, said: str) -> None:
    stage, session, _sitting = running
    it_is(day, time)
    text = stage.browser("county").get("/exams/wall").content.decode()
    row = text.split(f'data-session="{session.pk}"')[1].split("</tr>")[0]
    assert said in row
