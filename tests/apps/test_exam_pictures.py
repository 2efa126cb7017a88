"""Pictures of the camera are looked at on record and destroyed when their days are over; the trail counts (K13)."""

from __future__ import annotations

from typing import Any

import pytest
from portal_stage import it_is
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.core.authority import SYSTEM
from jiangheng.hall import pictures
from jiangheng.kernel.clockwork import tick
from jiangheng.kernel.models import Entry

SEEN = b"\xff\xd8\xff\xe0 a face \xff\xd9"


@pytest.fixture
def stage(play: Any) -> RoomStage:
    return RoomStage(play)


@pytest.fixture
def session(stage: RoomStage) -> Any:
    stage.seated()
    return stage.opened()


def keep(sitting: Any, *moments: int) -> None:
    for at in moments:
        pictures.keep(exams.home(), exams.hall_key(), sitting=sitting.pk, at=at, picture=SEEN)


def looks() -> int:
    return Entry.objects.filter(step="sitting.look").count()


def test_a_picture_is_shown_only_after_a_look_that_is_on_record(stage: RoomStage, session: Any) -> None:
    sitting = stage.admit(session.sittings.first())
    keep(sitting, 1_000, 2_000)
    client, address = stage.browser("invigilator"), f"/d/sitting/{sitting.pk}/pictures"
    text = client.get(address).content.decode()
    assert "2 张照片" in text and "data:image/jpeg" not in text and looks() == 0
    answer = client.post(address)
    assert answer.content.decode().count("data:image/jpeg;base64,") == 2 and looks() == 1
    assert "no-store" in answer["cache-control"]


def test_a_picture_that_was_altered_is_said_to_be(stage: RoomStage, session: Any) -> None:
    sitting = stage.admit(session.sittings.first())
    keep(sitting, 1_000)
    file = exams.home() / "hall" / "pictures" / str(sitting.pk) / "1000"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    text = stage.browser("exam_officer").post(f"/d/sitting/{sitting.pk}/pictures").content.decode()
    assert "无法显示" in text and "data:image/jpeg" not in text


def test_nobody_else_sees_them_and_where_there_are_none_no_look_is_recorded(stage: RoomStage, session: Any) -> None:
    sitting = stage.admit(session.sittings.first())
    for name in ("county", "registrar", "manager"):
        assert stage.browser(name).post(f"/d/sitting/{sitting.pk}/pictures").status_code == 404
    assert stage.browser("invigilator").post(f"/d/sitting/{sitting.pk}/pictures").status_code == 422
    assert looks() == 0


def test_when_their_days_are_over_the_clock_destroys_them_and_the_trail_counts(stage: RoomStage, session: Any) -> None:
    here = list(session.sittings.order_by("pk"))
    keep(here[0], 1_000, 2_000)
    keep(here[1], 3_000)
    for each in here:
        stage.admit(each)
    it_is("2026-10-14", "11:00")
    for each in here:
        stage.play("sitting.submit", each, by=SYSTEM)
    stage.play("session.close", session, by=stage.invigilator)
    destroyed = Entry.objects.filter(step="session.destroy_pictures")
    it_is("2026-11-13", "09:00")
    tick()
    assert not destroyed.exists() and pictures.there_are(exams.home(), [here[0].pk])
    it_is("2026-11-14", "09:00")
    tick()
    assert not pictures.there_are(exams.home(), [each.pk for each in here])
    assert [entry.evidence["pictures_destroyed"] for entry in destroyed] == [3]
    tick()
    assert destroyed.count() == 1
