"""A room while its examination runs: doors at the hall, what happens there, and what the invigilator does (K13)."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hall_door import Door, check_in, come_in, fresh, opened, rows, state_of
from portal_stage import it_is
from room_stage import RoomStage

from jiangheng.apps.exams import queries as exams
from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused, WrongRole
from jiangheng.core.exam import ticket
from jiangheng.core.exam.events import Voided
from jiangheng.core.exam.sitting import deadline, ended
from jiangheng.kernel import clock, clockwork, followers
from jiangheng.kernel.models import Entry
from kept import kept

DAY = "2026-10-14"


@pytest.fixture
@kept
def seated(play: Any) -> RoomStage:
    made = RoomStage(play)
    made.seated()
    return made


@pytest.fixture(autouse=True)
def empty_hall() -> Iterator[None]:
    """Rows of another test had the same numbers; what was answered under them must not be replayed."""
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)
    yield
    shutil.rmtree(exams.home() / "hall", ignore_errors=True)


@pytest.fixture
def door() -> Door:
    return Door()


# ---- the doors ----


def test_who_is_seated_checks_in_at_the_hall_once_the_session_is_open(seated: RoomStage, door: Door) -> None:
    session = seated.session()
    one = rows(session)[0]
    numbers = {"number": one.application.ticket, "identity": one.application.identity}
    assert door.says("/hall/checkin", numbers, status=401)["code"] == "nobody"
    opened_now(seated, session)
    known = check_in(door, one)
    assert known["name"] == one.application.name and known["seat"].endswith(str(one.application.seat))
    assert known["photo"].startswith("data:image/jpeg;base64,") and len(known["photo"]) < 12_000
    assert "理论知识考试" in known["title"]
    assert (exams.home() / "hall" / "rules.json").read_text(encoding="utf-8").count("不得入场")


def opened_now(stage: RoomStage, session: Any) -> None:
    it_is(DAY, "08:50")
    stage.play("session.release", session, by=stage.exam_officer)
    stage.play("session.open", session, by=stage.invigilator)
    followers.run()


def test_an_entry_at_the_hall_admits_the_candidate_at_its_own_moment(seated: RoomStage, door: Door) -> None:
    session = opened(seated)
    one, other, *_more = rows(session)
    it_is(DAY, "09:29")
    come_in(door, one)
    it_is(DAY, "09:45")
    clockwork.tick()
    came = fresh(one)
    assert came.state == "admitted" and fresh(other).state == "ready"
    assert came.admitted_at.astimezone(dt.UTC).strftime("%H:%M") == "01:29"
    assert Entry.objects.filter(step="sitting.admit", thing=one.pk).get().actor == SYSTEM.id


def test_nobody_enters_the_hall_after_the_late_limit_and_nobody_is_admitted_for_trying(
    seated: RoomStage, door: Door
) -> None:
    session = opened(seated)
    one = rows(session)[0]
    it_is(DAY, "09:31")
    shown = check_in(door, one)["pass"]
    assert door.says("/hall/enter", {"pass": shown}, status=409)["code"] == "late"
    clockwork.tick()
    assert fresh(one).state == "ready"


def test_a_paper_handed_in_at_the_hall_is_collected_by_the_clock(seated: RoomStage, door: Door) -> None:
    session = opened(seated)
    one, other, *_more = rows(session)
    it_is(DAY, "09:05")
    shown, entry = come_in(door, one)
    come_in(door, other)
    clockwork.tick()
    assert fresh(one).state == fresh(other).state == "admitted"
    door.says("/hall/submit", {"pass": shown, "fence": entry["fence"]})
    clockwork.tick()
    assert fresh(one).state == "submitted" and fresh(one).mark == Decimal(0)
    assert fresh(other).state == "admitted"


def test_the_clock_looks_into_no_journal_while_everybody_is_writing(
    seated: RoomStage, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(seated)
    it_is(DAY, "09:05")
    for one in rows(session):
        come_in(door, one)
    clockwork.tick()
    looked: list[Any] = []
    monkeypatch.setattr("jiangheng.hall.books.replay", lambda *given: looked.append(given) or [])
    clockwork.tick()
    assert not looked
    it_is(DAY, "11:00")
    clockwork.tick()
    assert len({given[1] for given in looked}) == 3


def test_a_session_is_not_closed_over_somebody_who_entered_the_hall(seated: RoomStage, door: Door) -> None:
    session = opened(seated)
    one = rows(session)[0]
    it_is(DAY, "09:05")
    come_in(door, one)
    it_is(DAY, "11:00")
    with pytest.raises(Refused, match="已在考场入场"):
        seated.play("session.close", session, by=seated.invigilator)
    with pytest.raises(Refused, match="已在考场入场"):
        seated.play("sitting.miss", one, by=seated.invigilator)
    clockwork.tick()
    clockwork.tick()
    assert fresh(one).state == "submitted"
    seated.play("session.close", session, by=seated.invigilator)
    followers.run()
    numbers = {"number": one.application.ticket, "identity": one.application.identity}
    assert door.says("/hall/checkin", numbers, status=401)["code"] == "nobody"


# ---- at a seat ----


@pytest.fixture
def sitting(seated: RoomStage, door: Door) -> Any:
    """Somebody who writes since the start."""
    one = rows(opened(seated))[0]
    it_is(DAY, "09:05")
    come_in(door, one)
    clockwork.tick()
    return fresh(one)


def test_a_pause_stops_the_clock_of_one_candidate_until_it_is_lifted(seated: RoomStage, sitting: Any) -> None:
    with pytest.raises(Refused, match="理由"):
        seated.play("sitting.pause", sitting, by=seated.invigilator, reason="")
    with pytest.raises(WrongRole):
        seated.play("sitting.pause", sitting, by=seated.exam_officer, reason="考生身体不适")
    before = deadline(state_of(sitting))
    seated.play("sitting.pause", sitting, by=seated.invigilator, reason="考生身体不适")
    assert state_of(sitting).paused is not None
    it_is(DAY, "09:15")
    seated.play("sitting.resume", fresh(sitting), by=seated.invigilator, reason="可以继续作答")
    state = state_of(sitting)
    assert state.paused is None and round((deadline(state) - before) / 60_000) == 10


def test_a_message_reaches_the_candidates_page(seated: RoomStage, door: Door, sitting: Any) -> None:
    seated.play("sitting.tell", sitting, by=seated.invigilator, text="请把证件放在桌面上")
    _shown, entry = come_in(door, sitting)
    assert [note["text"] for note in entry["standing"]["notes"]] == ["请把证件放在桌面上"]


def test_another_machine_is_let_in_only_after_the_move_was_allowed(seated: RoomStage, door: Door, sitting: Any) -> None:
    old = check_in(door, sitting)["pass"]
    assert door.says("/hall/enter", {"pass": old, "device": "seat two"}, status=409)["code"] == "other_device"
    with pytest.raises(Refused, match="2 号座位已有考生"):
        seated.play("sitting.allow_move", sitting, by=seated.invigilator, seat=2, reason="机器蓝屏")
    with pytest.raises(Refused, match="只有 10 个座位"):
        seated.play("sitting.allow_move", sitting, by=seated.invigilator, seat=11, reason="机器蓝屏")
    seated.play("sitting.allow_move", sitting, by=seated.invigilator, seat=9, reason="机器蓝屏")
    followers.run()
    _shown, entry = come_in(door, sitting, device="seat two")
    assert entry["seat"].endswith(" 9") and fresh(sitting).seat == 9
    late = door.says("/hall/enter", {"pass": old, "device": "seat one"}, status=409)
    assert late["code"] == "superseded"


def test_a_report_is_kept_with_the_sitting_and_told_to_the_exam_officer(seated: RoomStage, sitting: Any) -> None:
    from jiangheng.kernel.models import Message

    seated.play("sitting.report", sitting, by=seated.invigilator, kind="cheating", text="座位下发现纸条，已收存")
    [line] = fresh(sitting).reported
    assert line["kind"] == "cheating" and line["text"].startswith("座位下") and line["by"] == seated.invigilator.name
    assert Message.objects.filter(entry__step="sitting.report").exists()
    assert "座位下" not in str(Entry.objects.filter(step="sitting.report").values())


def test_a_voided_sitting_counts_nothing_and_takes_nothing(seated: RoomStage, door: Door, sitting: Any) -> None:
    shown, entry = come_in(door, sitting)
    seated.play("sitting.void", sitting, by=seated.exam_officer, reason="经查实由他人替考")
    gone = door.says("/hall/clock", {"pass": shown, "fence": entry["fence"], "noted": 0}, status=409)
    assert gone["code"] == "voided" and fresh(sitting).state == "voided"
    application = fresh(sitting).application
    assert application.theory_mark == 0 and not application.theory_absent


def test_what_a_place_has_voided_is_not_marked_but_left_to_the_exam_officer(seated: RoomStage, sitting: Any) -> None:
    exams.control([sitting], Voided(reason="在考点作废"))
    it_is(DAY, "11:00")
    clockwork.tick()
    assert fresh(sitting).state == "admitted"
    with pytest.raises(Refused, match="已将该考生的答卷作废"):
        seated.play("sitting.submit", sitting, by=SYSTEM)
    assert (
        seated.play("sitting.void", fresh(sitting), by=seated.exam_officer, reason="核实无误，作废").state == "voided"
    )


def test_what_was_granted_before_the_doors_open_is_in_the_pass(seated: RoomStage, door: Door) -> None:
    session = seated.session()
    one = rows(session)[0]
    seated.play("sitting.grant", one, by=seated.exam_officer, extra=20, breaks=10, large=True, basis="残疾人证（视力）")
    opened_now(seated, session)
    it_is(DAY, "09:05")
    shown, entry = come_in(door, one)
    said = ticket.verify(shown, ticket.keyring(exams.hall_key()))
    assert (said.extra, said.breaks, said.large) == (1200, 600, True)
    assert entry["standing"]["large"] and entry["standing"]["breaks"] == 600
    assert entry["standing"]["deadline"] == exams.window(fresh(one).session)[1] + 1_200_000


def test_what_is_granted_while_he_writes_is_given_once_whatever_pass_he_shows(
    seated: RoomStage, door: Door, sitting: Any
) -> None:
    closes = exams.window(sitting.session)[1]
    for extra in (10, 25):
        seated.play(
            "sitting.grant", fresh(sitting), by=seated.exam_officer, extra=extra, breaks=5, large=False,
            basis="哺乳期，医院证明",
        )  # fmt: skip
    _shown, entry = come_in(door, sitting)
    assert entry["standing"]["deadline"] == closes + 25 * 60_000 and entry["standing"]["breaks"] == 300
    newer = door.says("/hall/enter", {"pass": exams.pass_for(fresh(sitting)), "device": "seat one"})
    assert newer["standing"]["deadline"] == closes + 25 * 60_000
    assert deadline(state_of(sitting)) == closes + 25 * 60_000


def test_nothing_is_recorded_that_the_journal_did_not_take(
    seated: RoomStage, sitting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jiangheng.hall.entries import StoreFull

    def full(*_given: Any) -> None:
        raise StoreFull("disk is full")

    monkeypatch.setattr("jiangheng.hall.books.append_controls", full)
    with pytest.raises(StoreFull):
        seated.play("sitting.pause", sitting, by=seated.invigilator, reason="考生身体不适")
    assert not Entry.objects.filter(step="sitting.pause").exists()


# ---- everybody at once ----


def test_an_outage_is_credited_to_everybody_in_the_room_and_to_nobody_outside(
    seated: RoomStage, door: Door, sitting: Any
) -> None:
    _one, other, absent = rows(sitting.session)
    come_in(door, other)
    seated.play("session.extend_all", sitting.session, by=seated.invigilator, minutes=7, reason="机房停电")
    assert [state_of(each).extended for each in (sitting, other, absent)] == [420, 420, 0]


def test_the_whole_room_stands_still_and_goes_on(seated: RoomStage, sitting: Any) -> None:
    everybody = rows(sitting.session)
    seated.play("session.pause_all", sitting.session, by=seated.invigilator, reason="消防警报")
    assert all(state_of(each).paused for each in everybody)
    it_is(DAY, "09:20")
    session = type(sitting.session).everywhere.get(pk=sitting.session.pk)
    seated.play("session.resume_all", session, by=seated.invigilator, reason="警报解除")
    seated.play("session.tell_all", session, by=seated.invigilator, text="继续考试，时间已补")
    state = state_of(sitting)
    assert state.paused is None and round(state.extended / 60) == 15 and state.notes[-1].text == "继续考试，时间已补"
    assert not ended(state, clock.epoch_ms())


# ---- how it is conducted ----


def test_what_was_decided_for_the_session_is_in_every_pass(seated: RoomStage) -> None:
    seated.bank()
    given = {
        "under": seated.batch, "by": seated.exam_officer, "room": seated.rooms["theory"].pk,
        "invigilators": [seated.city.accounts[name].pk for name in ("invigilator", "invigilator2")],
        "calculator": "1", "lock_after": 3, "exam_browser": "1", "camera": 60,
    }  # fmt: skip
    session = seated.play("session.prepare", **given, browser_keys="AB" * 32)
    said = ticket.verify(exams.pass_for(rows(session)[0]), ticket.keyring(exams.hall_key()))
    assert (said.calculator, said.lock_after, said.camera) == (True, 3, 60)
    # the key of the file that the platform makes for this session, and that of the centre's own
    assert said.seb == (*exams.browser_keys(session, camera=True), "ab" * 32)
    opens, _closes = exams.window(session)
    assert said.latest == opens + 30 * 60_000 and said.move_credit == 600
