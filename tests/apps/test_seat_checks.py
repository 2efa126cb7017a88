"""What the hall finds at the machines of a room is taken over by the clock, and a red seat is given to nobody (K13)."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook
from room_stage import PEOPLE, RoomStage

from jiangheng.apps.institutions import queries as institutions
from jiangheng.core.errors import Refused, WrongRole
from jiangheng.core.exam import seat_check
from jiangheng.core.exam.ticket import BadPass, keyring
from jiangheng.hall import books
from jiangheng.hall.entries import SeatCheck
from jiangheng.kernel import clock, vault
from jiangheng.kernel.clockwork import tick
from jiangheng.kernel.models import Entry
from kept import kept


@pytest.fixture
@kept
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


def found(room: Any, number: int, *faults: str, later: int = 0) -> None:
    """The hall keeps the check of a machine."""
    measured = {
        "missing": [], "width": 1280, "height": 720, "keeps": True, "skew": -40, "median": 12, "worst": 80,
        "camera": False,
    }  # fmt: skip
    with books.opened(books.journal_path(Path(settings.HOME))) as store:
        store.note_seat(
            SeatCheck(
                room=room.pk, number=number, at=clock.epoch_ms() + later, sound=not faults,
                findings=msgspec.json.encode({"faults": faults, "found": measured}).decode(),
            )
        )  # fmt: skip


@pytest.fixture
def room(stage: RoomStage) -> Any:
    """The theory room, open for checks."""
    return stage.play("room.check_seats", stage.rooms["theory"], by=stage.manager)


def test_the_clock_takes_over_what_was_found_and_the_trail_names_the_red_seats(room: Any) -> None:
    found(room, 1)
    found(room, 2, "clock", "latency")
    assert tick() == 1
    room.refresh_from_db()
    assert {number: row.sound for number, row in institutions.seat_checks(room).items()} == {1: True, 2: False}
    assert room.red_seats == [2] and institutions.is_red(room, 2)
    assert not institutions.is_red(room, 1) and not institutions.is_red(room, 3)
    entry = Entry.objects.order_by("pk").last()
    assert entry is not None and (entry.flow, entry.step, entry.actor) == ("room", "room.take_checks", "system")
    assert tick() == 0


def test_a_seat_that_was_mended_is_green_after_its_next_check(room: Any) -> None:
    found(room, 2, "storage")
    tick()
    found(room, 2, later=1_000)
    assert tick() == 1
    assert room.red_seats == [] and institutions.usable_seats(room) == list(range(1, 11))


def test_a_check_that_becomes_visible_late_is_still_taken(room: Any) -> None:
    found(room, 5, later=2_000)
    tick()
    found(room, 6, "screen")
    assert tick() == 1
    assert room.red_seats == [6]


def test_nobody_is_seated_at_a_red_machine(stage: RoomStage, room: Any) -> None:
    for number in (1, 3):
        found(room, number, "latency")
    tick()
    stage.seated()
    seats = sorted(stage.batch.applications.exclude(seat=None).values_list("seat", flat=True))
    assert seats == [2, 4, 5] and len(seats) == len(PEOPLE)


def test_where_too_few_machines_are_left_the_refusal_says_how_many_are_red(stage: RoomStage, room: Any) -> None:
    for number in range(1, 9):
        found(room, number, "camera")
    tick()
    with pytest.raises(Refused, match=r"只有 2 个机位.*8 个机位检测不合格"):
        stage.seated()


def test_only_the_rooms_own_people_open_it_for_checks_and_only_a_theory_room(stage: RoomStage) -> None:
    with pytest.raises(WrongRole):
        stage.play("room.check_seats", stage.rooms["theory"], by=stage.invigilator)
    with pytest.raises(Refused, match="实操场地"):
        stage.play("room.check_seats", stage.rooms["practical"], by=stage.manager)


def test_the_pass_is_for_this_room_and_ends_with_the_hours_that_were_given(stage: RoomStage, room: Any) -> None:
    keys = keyring(vault.subkey("hall"))
    ticket = seat_check.verify(institutions.check_pass(room, camera=False), keys, clock.epoch_ms())
    assert (ticket.room, ticket.seats, ticket.until) == (room.pk, 10, int(room.check_until.timestamp() * 1000))
    with pytest.raises(BadPass):
        seat_check.verify(institutions.check_pass(room, camera=False), keys, ticket.until + 1)
    room.check_until = None
    assert institutions.check_pass(room, camera=False) == ""


def test_the_page_shows_each_machine_and_what_to_mend_and_its_table_the_measures(stage: RoomStage, room: Any) -> None:
    found(room, 2, "storage")
    found(room, 4)
    tick()
    client = stage.browser("manager")
    text = client.get(f"/d/room/{room.pk}/machines").content.decode()
    assert "要修的机位" in text and "退出无痕模式" in text and len(word_on(text)) == 8
    assert client.get(f"/d/room/{room.pk}/machines.svg").headers["content-type"] == "image/svg+xml"
    sheet = load_workbook(io.BytesIO(client.get(f"/d/room/{room.pk}/machines.xlsx").content)).active
    rows = {row[0]: row[1:] for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert [rows[number][0] for number in (1, 2, 4)] == ["未检测", "不合格", "合格"]
    assert rows[4][2:5] == (-40, 12, 80) and len(rows) == 10


def word_on(page: str) -> str:
    """The word in the address that the page shows to be typed."""
    return page.split("/check/")[1].split("<")[0]


def pass_on(page: str) -> seat_check.CheckPass:
    """The check pass to which that address leads."""
    text = Client().get(f"/check/{word_on(page)}")["Location"].split("/hall/check#")[1]
    return seat_check.verify(text, keyring(vault.subkey("hall")), clock.epoch_ms())


def test_a_camera_is_asked_for_while_a_session_of_the_room_is_to_take_pictures(stage: RoomStage) -> None:
    stage.seated()
    session = stage.session()
    room = stage.play("room.check_seats", stage.rooms["theory"], by=stage.manager)
    found(room, 3)
    tick()
    client, address = stage.browser("manager"), f"/d/room/{room.pk}/machines"
    text = client.get(address).content.decode()
    assert not pass_on(text).limits.camera and "合格 1" in text
    type(session).everywhere.filter(pk=session.pk).update(camera=60)
    text = client.get(address).content.decode()
    # the machine that was sound without anybody having looked at its camera is to be checked again
    assert pass_on(text).limits.camera and "合格 0" in text and "未检测 10" in text and "要拍照" in text
    type(session).everywhere.filter(pk=session.pk).update(state="closed")
    assert not pass_on(client.get(address).content.decode()).limits.camera


def test_the_page_opens_the_room_for_checks_and_shows_no_address_before(stage: RoomStage) -> None:
    room = stage.rooms["theory"]
    client, address = stage.browser("manager"), f"/d/room/{room.pk}/machines"
    assert "/check/" not in client.get(address).content.decode()
    assert client.get(f"{address}.svg").status_code == 404
    assert client.post(address, {"version": room.version}).status_code == 302
    word = word_on(client.get(address).content.decode())
    assert Client().get(f"/check/{word.lower()}")["Location"].count("/hall/check#c1.") == 1


def test_a_word_nobody_gave_or_whose_time_is_over_leads_nowhere(stage: RoomStage, room: Any) -> None:
    word = institutions.check_word(room)
    wrong = ("2" if word[0] != "2" else "3") + word[1:]
    assert Client().get(f"/check/{wrong}").status_code == 404
    type(room).everywhere.filter(pk=room.pk).update(check_until=clock.now() - dt.timedelta(seconds=1))
    assert Client().get(f"/check/{word}").status_code == 404


def test_who_has_nothing_to_do_with_the_room_finds_no_page(stage: RoomStage) -> None:
    for name in ("county", "registrar"):
        assert stage.browser(name).get(f"/d/room/{stage.rooms['theory'].pk}/machines").status_code == 404
    assert stage.browser("manager").get(f"/d/room/{stage.rooms['practical'].pk}/machines").status_code == 404
