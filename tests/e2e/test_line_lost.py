"""A whole examination through all that can break, and one in peace: the marks are the same, item by item (K13)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exam_place import (
    CLOSES,
    GIVEN,
    MARKS,
    OPENS,
    QUIET,
    TROUBLED,
    Place,
    act,
    answer_shown,
    check_in,
    come_to_the_desk,
    hand_in,
    is_safe,
    place,
    read_the_rules,
    sit_down,
    turn,
)
from site_place import SECRET

from jiangheng.core.exam import seat_check
from jiangheng.core.exam.events import Agreed, Answered, Entered, HandedIn
from jiangheng.hall.books import journal_path, replay, seats_of
from jiangheng.hall.entries import chain_head

pytestmark = pytest.mark.slow
LIMITS = seat_check.Limits(width=1024, height=600, skew=10**15, median=5_000, worst=30_000)


def the_machine_is_checked(page: Any, room: Place) -> None:
    ticket = seat_check.CheckPass(room=4, name="一号机房", seats=30, limits=LIMITS, until=CLOSES)
    page.goto(f"{room.address}check#{seat_check.sign(ticket, SECRET)}")
    page.get_by_label("机位号").fill("2")
    page.keyboard.press("Enter")
    page.get_by_text("2 号机位合格", exact=True).wait_for()
    assert [(one.number, one.sound) for one in seats_of(journal_path(room.home), 4)] == [(2, True)]


def waits_for_the_start(page: Any, room: Place) -> None:
    """Check in, rules, waiting room; the paper opens by itself and was not here before."""
    check_in(page, room, TROUBLED)
    read_the_rules(page)
    page.get_by_text("请等待开考").wait_for()
    assert page.locator(".exam-stem").count() == 0 and "题干" not in page.content()
    page.locator(".exam-stem").first.wait_for(timeout=40_000)
    (agreed,) = (event for event in room.events(TROUBLED) if isinstance(event, Agreed))
    assert agreed.yes and agreed.at < OPENS


def not_yet_safe(page: Any, room: Place, waiting: set[str]) -> None:
    """The page says how many are not safe, does not say “saved”, and the journal has none of them."""
    page.get_by_text(f"（{len(waiting)} 项待上交）").wait_for()
    assert not page.locator(".exam-saved").inner_text().startswith("已保存")
    assert not waiting & room.answers(TROUBLED).keys()


def here_i_was(page: Any, answered: set[str]) -> None:
    """Everything is shown as it was given, and the first item without an answer is looked at."""
    page.locator(".exam-stem").first.wait_for()
    shown = page.locator(".exam-grid .exam-cell[aria-label*=已答]").count()
    assert shown == len(answered)
    here = page.locator(".exam-body .exam-stem").last.inner_text().split("题干 ")[1].split("。")[0]
    assert here not in answered


def all_in_peace(page: Any, room: Place) -> None:
    sit_down(page, room, QUIET)
    answered: set[str] = set()
    while True:
        answered |= set(answer_shown(page))
        if len(answered) == len(GIVEN):
            break
        turn(page)
    is_safe(page, room, QUIET, answered)
    hand_in(page)
    page.get_by_text(f"作答 {len(GIVEN)} 题，共 {len(GIVEN)} 题").wait_for()


def test_the_marks_are_the_same_with_the_line_the_tab_and_the_server_lost(browser: Any, tmp_path: Path) -> None:
    with place(tmp_path, at=OPENS - 25_000) as room:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
        context.set_default_timeout(30_000)
        page = context.new_page()
        the_machine_is_checked(page, room)
        waits_for_the_start(page, room)
        answered: set[str] = set()

        # in peace
        for _ in range(2):
            answered |= set(answer_shown(page))
            turn(page)
        is_safe(page, room, TROUBLED, answered)

        # the network is cut: what is answered stays here, and the page says so
        context.set_offline(True)
        waiting: set[str] = set()
        for _ in range(2):
            waiting |= set(answer_shown(page))
            turn(page)
        not_yet_safe(page, room, waiting)
        context.set_offline(False)
        answered |= waiting
        is_safe(page, room, TROUBLED, answered)

        # a reload goes on where he was, without asking who he is
        page.reload()
        here_i_was(page, answered)

        # an answer that only the tab has, and the tab crashes
        context.set_offline(True)
        waiting = set(answer_shown(page))
        not_yet_safe(page, room, waiting)
        with pytest.raises(Exception, match="crash"):
            page.goto("chrome://crash")
        page.close()
        context.set_offline(False)
        page = context.new_page()
        check_in(page, room, TROUBLED)
        answered |= waiting
        here_i_was(page, answered)
        is_safe(page, room, TROUBLED, answered)

        # kill -9 of the hall in the middle, and a new one over the same home
        room.kill()
        waiting = set(answer_shown(page))
        turn(page)
        not_yet_safe(page, room, waiting)
        waiting |= set(answer_shown(page))
        not_yet_safe(page, room, waiting)
        room.start()
        answered |= waiting
        is_safe(page, room, TROUBLED, answered)

        # no outage by itself moves the end; the invigilator gives three minutes, and he reads of it
        assert room.ends(TROUBLED) == CLOSES
        chief = browser.new_context(locale="zh-CN").new_page()
        come_to_the_desk(chief, room)
        act(chief, room, TROUBLED, "延长时间", 分钟="3", 事由="服务器重启")
        page.get_by_text("考试结束时间已改为").wait_for(state="attached")
        assert room.ends(TROUBLED) == CLOSES + 180_000
        chief.context.close()

        # the rest in peace but for the last, which with the hand-in falls into the second cut
        while len(answered) < len(GIVEN):
            turn(page)
            if len(answered) + page.locator(".exam-body [data-place]").count() == len(GIVEN):
                context.set_offline(True)
            answered |= set(answer_shown(page))
        hand_in(page)
        page.get_by_text("项答案正在上交").wait_for()
        assert room.state(TROUBLED).handed_in is None
        context.set_offline(False)
        page.get_by_text(f"作答 {len(GIVEN)} 题，共 {len(GIVEN)} 题").wait_for()
        page.close()

        quiet = context.new_page()
        all_in_peace(quiet, room)
        context.close()
        the_same_in_every_item(room)


def the_same_in_every_item(room: Place) -> None:
    troubled, quiet = room.marks(TROUBLED), room.marks(QUIET)
    assert room.answers(TROUBLED) == room.answers(QUIET) == GIVEN
    assert troubled == quiet and troubled.unanswered == ()
    assert 0 < troubled.total < sum(row.marks for row in MARKS.kinds)
    for sitting in (TROUBLED, QUIET):
        chain_head(sitting, replay(journal_path(room.home), sitting))
    events = room.events(TROUBLED)
    # the first entry, the reload, the new tab; a restart of the hall asks nobody to enter again
    assert sum(isinstance(event, Entered) for event in events) == 3
    numbers = [event.seq for event in events if isinstance(event, Answered)]
    assert len(numbers) == len(set(numbers))
    assert [event.auto for event in events if isinstance(event, HandedIn)] == [False]
