"""The page and the file of the exam browser: for the room's own people, with the key the hall will ask for (K13)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.core.exam import seb
from kept import kept


@pytest.fixture
@kept
def stage(play: Any) -> RoomStage:
    stage = RoomStage(play)
    stage.seated()
    return stage


@pytest.fixture
@kept
def session(stage: RoomStage) -> Any:
    return stage.session()


def test_the_file_holds_the_settings_whose_key_the_page_shows(stage: RoomStage, session: Any) -> None:
    client = stage.browser("invigilator")
    answer = client.get(f"/d/session/{session.pk}/exam.seb")
    assert answer.headers["content-disposition"] == f'attachment; filename="exam-{session.pk}.seb"'
    found = seb.settings_in(answer.content)
    text = client.get(f"/d/session/{session.pk}/browser").content.decode()
    assert seb.config_key(found) in text and str(found["startURL"]) in text
    assert exams.browser_keys(session, camera=False) == (seb.config_key(found),)


def test_the_word_that_closes_the_browser_is_on_the_page_and_only_its_hash_in_the_file(
    stage: RoomStage, session: Any
) -> None:
    word = exams.quit_word(session)
    assert word in stage.browser("exam_officer").get(f"/d/session/{session.pk}/browser").content.decode()
    found = exams.browser_settings(session, camera=False)
    assert found["hashedQuitPassword"] == hashlib.sha256(word.encode()).hexdigest() and word not in str(found)


@pytest.mark.parametrize("name", ["browser", "exam.seb"])
def test_nobody_else_gets_either(stage: RoomStage, session: Any, name: str) -> None:
    for other in ("county", "registrar"):
        assert stage.browser(other).get(f"/d/session/{session.pk}/{name}").status_code == 404
    assert Client().get(f"/d/session/{session.pk}/{name}").status_code == 302


def test_a_session_with_a_camera_has_another_key(session: Any) -> None:
    assert exams.browser_keys(session, camera=True) != exams.browser_keys(session, camera=False)
