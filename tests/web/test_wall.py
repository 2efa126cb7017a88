"""The wall and the passes of its streams: what is running within one's reach, and nothing beside it (K13, W2)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from portal_stage import Play, it_is
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.core.exam import watch_pass
from jiangheng.core.exam.ticket import BadPass, keyring
from jiangheng.hall import books
from jiangheng.hall.entries import Standing
from jiangheng.kernel import clock


@pytest.fixture
def open_room(play: Play) -> Any:
    """A stage and its session with open doors."""
    stage = RoomStage(play)
    stage.seated()
    return stage, stage.opened()


def _pass(client: Client, address: str, *, minutes: int = 0) -> watch_pass.WatchPass:
    text = client.get(address).json()["pass"]
    return watch_pass.verify(text, keyring(exams.hall_key()), clock.epoch_ms() + minutes * 60_000)


def test_the_county_sees_its_running_sessions_and_gets_a_pass_for_its_territory(open_room: Any) -> None:
    stage, session = open_room
    client = stage.browser("county")
    text = client.get("/exams/wall").content.decode()
    assert f'data-session="{session.pk}"' in text and 'data-passes="/exams/wall/pass"' in text
    assert session.scope.startswith(_pass(client, "/exams/wall/pass").place)


def test_another_county_sees_none_of_it(open_room: Any) -> None:
    stage, session = open_room
    stage.city.person("elsewhere", "county", place="45/03/12/")
    client = stage.browser("elsewhere")
    text = client.get("/exams/wall").content.decode()
    assert "现在没有正在进行或即将开始的理论考试" in text and f'data-session="{session.pk}"' not in text
    assert _pass(client, "/exams/wall/pass").place == "45/03/12/"
    assert client.get(f"/d/session/{session.pk}/room/pass").status_code == 404


def test_who_watches_no_examinations_finds_no_wall(open_room: Any) -> None:
    stage, _session = open_room
    client = stage.browser("registrar")
    assert client.get("/exams/wall").status_code == 404
    assert client.get("/exams/wall/pass").status_code == 404
    assert Client().get("/exams/wall").status_code == 302


def test_a_pass_for_a_room_is_for_that_room_and_ends_by_itself(open_room: Any) -> None:
    stage, session = open_room
    client, address = stage.browser("invigilator"), f"/d/session/{session.pk}/room/pass"
    assert _pass(client, address).session == session.pk
    with pytest.raises(BadPass):
        _pass(client, address, minutes=31)
    assert client.get(address)["cache-control"].find("no-store") >= 0


def test_a_session_that_is_over_leaves_the_wall(open_room: Any) -> None:
    stage, session = open_room
    it_is("2026-10-14", "11:00")
    for sitting in session.sittings.all():
        stage.play("sitting.miss", sitting, by=stage.invigilator)
    stage.play("session.close", session, by=stage.invigilator)
    assert f'data-session="{session.pk}"' not in stage.browser("county").get("/exams/wall").content.decode()


def test_a_snapshot_keeps_the_figures_of_the_moment_and_the_seats_that_want_a_look(open_room: Any) -> None:
    stage, session = open_room
    first, second = exams.expected(session)[:2]
    now = clock.epoch_ms()
    with books.opened(exams.journal()) as store:
        common = {"session": session.pk, "place": session.scope, "total": 20, "deadline": now + 60_000}
        store.stand([
            Standing(sitting=first.pk, stage="open", seen=now, answered=7, focus_lost=2, **common),
            Standing(sitting=second.pk, stage="handed", seen=now, answered=20, focus_lost=0, **common),
        ])  # fmt: skip
    book = load_workbook(io.BytesIO(stage.browser("county").get("/exams/wall.xlsx").content))
    sessions, seats = ([list(row) for row in sheet.iter_rows(min_row=4, values_only=True)] for sheet in book)
    assert [row[0] for row in sessions] == [str(session.room)]
    assert sessions[0][4:] == [len(exams.seats_in(session)), 1, 1, 0, 1, 0, 27, 40]
    assert seats == [[str(session.room), first.seat, "考试中", 2, 7, 20]]
    names = {row.application.name for row in exams.seats_in(session)}
    assert not any(name in str(cell) for name in names for row in (*sessions, *seats) for cell in row)


def test_a_snapshot_holds_nothing_of_a_neighbour(open_room: Any) -> None:
    stage, _session = open_room
    stage.city.person("elsewhere", "county", place="45/03/12/")
    book = load_workbook(io.BytesIO(stage.browser("elsewhere").get("/exams/wall.xlsx").content))
    assert all(sheet.max_row == 3 for sheet in book)
    assert stage.browser("registrar").get("/exams/wall.xlsx").status_code == 404
