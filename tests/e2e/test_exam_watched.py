"""What comes over a candidate's page: the end, a second tab, another machine, and what the invigilator does (K13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from exam_place import (
    CLOSES,
    GIVEN,
    OPENS,
    TROUBLED,
    Place,
    act,
    answer_shown,
    check_in,
    come_to_the_desk,
    hand_in,
    is_safe,
    place,
    sit_down,
    turn,
)
from two_machines import until

from jiangheng.core.exam.events import Answered, Entered, Focus, HandedIn, Told
from jiangheng.hall.books import journal_path, opened

pytestmark = pytest.mark.slow
BEAT_SECONDS = 15
"""How often a page asks how things stand: whatever the invigilator does is seen within that time."""


class Machines:
    """The machines of the room, each a browser of its own."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self.contexts: list[Any] = []

    def new(self, *, width: int = 1280) -> Any:
        """A page at a machine nobody has sat at."""
        context = self._browser.new_context(locale="zh-CN", viewport={"width": width, "height": 800})
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        return context.new_page()


@pytest.fixture
def machines(browser: Any) -> Iterator[Machines]:
    made = Machines(browser)
    yield made
    for context in made.contexts:
        context.close()


def refused(room: Place, code: str) -> int:
    """How many messages of the candidate were refused with that code, as the offices see it."""
    with opened(journal_path(room.home)) as store:
        return store.turned_away([TROUBLED]).get(TROUBLED, {}).get(code, 0)


def recorded(room: Place, code: str) -> None:
    """Counts go to the disk every few seconds."""
    until(lambda: refused(room, code) > 0, f"a message refused as {code} is not on record")


def test_the_paper_is_handed_in_by_itself_at_the_end_with_what_was_being_written(
    machines: Machines, tmp_path: Path
) -> None:
    with place(tmp_path, at=CLOSES - 40_000) as room:
        page = machines.new()
        sit_down(page, room, TROUBLED)
        # less than a minute is left, and whoever does not see the clock hears of it
        page.locator("[aria-live=polite]", has_text="还有 1 分钟").wait_for(state="attached")
        answered: set[str] = set()
        while page.locator(".exam-body").get_by_text("题干 r1").count() == 0:
            answered |= set(answer_shown(page))
            turn(page)
        is_safe(page, room, TROUBLED, answered)
        page.evaluate(WRITES_ON)
        page.get_by_role("heading", name="已交卷").wait_for(timeout=60_000)
        (closed,) = (event for event in room.events(TROUBLED) if isinstance(event, HandedIn))
        assert closed.auto and CLOSES <= closed.at <= CLOSES + 5_000
        written = page.evaluate("window.written")
        assert len(written) > 1 and room.answers(TROUBLED)["r1"] == (written,)
        # there was no pause in which it could have been saved before
        (last,) = (event for event in room.events(TROUBLED) if isinstance(event, Answered) and event.item == "r1")
        assert last.at >= CLOSES
        assert room.answers(TROUBLED) == {name: GIVEN[name] for name in answered} | {"r1": (written,)}


WRITES_ON = """() => {
  const area = document.querySelector('textarea');
  window.written = '';
  setInterval(() => {
    if (area.disabled) return;
    area.value = window.written += '字';
    area.dispatchEvent(new InputEvent('input', {bubbles: true}));
  }, 200);
}"""
"""Somebody who writes a letter every fifth of a second until he may no more."""


def test_time_given_while_the_line_was_dead_over_the_end_is_not_lost(machines: Machines, tmp_path: Path) -> None:
    with place(tmp_path, at=CLOSES - 30_000) as room:
        page, chief = machines.new(), machines.new(width=375)
        sit_down(page, room, TROUBLED)
        answered = set(answer_shown(page))
        is_safe(page, room, TROUBLED, answered)
        page.context.set_offline(True)
        turn(page)
        answered |= set(answer_shown(page))
        page.get_by_text("考试时间已到，正在自动交卷").wait_for(timeout=60_000)
        come_to_the_desk(chief, room)
        act(chief, room, TROUBLED, "延长时间", 分钟="5", 事由="网络中断")
        # the hall has heard of it when the room page says so
        until(lambda: "10:35:00" in (chief.reload() and chief.inner_text("main")), "the hall does not know of the time")
        page.context.set_offline(False)
        page.locator(".exam-stem").first.wait_for()
        assert page.locator(".exam-cell[aria-label*=已答]").count() == len(answered)
        assert room.answers(TROUBLED) == {name: GIVEN[name] for name in answered}
        assert room.state(TROUBLED).handed_in is None and room.ends(TROUBLED) == CLOSES + 300_000
        answered |= set(answer_shown(page))
        is_safe(page, room, TROUBLED, answered)


def test_of_two_tabs_the_later_saves_and_both_are_on_record(machines: Machines, tmp_path: Path) -> None:
    with place(tmp_path, at=OPENS + 60_000) as room:
        first = machines.new()
        sit_down(first, room, TROUBLED)
        answered = set(answer_shown(first))
        is_safe(first, room, TROUBLED, answered)
        second = first.context.new_page()
        check_in(second, room, TROUBLED)
        second.locator(".exam-stem").first.wait_for()
        # the first hears of it from the browser itself, speaks, and is told that it is no longer the one
        first.get_by_text("已在另一个页面或另一台机器上打开").wait_for()
        assert first.locator(".exam-stem").count() == 0
        recorded(room, "superseded")
        answered |= set(answer_shown(second))
        is_safe(second, room, TROUBLED, answered)
        events = room.events(TROUBLED)
        assert sum(isinstance(event, Entered) for event in events) == 2
        assert "second_tab" in {event.kind for event in events if isinstance(event, Focus)}


def test_another_machine_is_let_in_by_the_invigilator_alone(machines: Machines, tmp_path: Path) -> None:
    with place(tmp_path, at=OPENS + 60_000) as room:
        old, new, chief = machines.new(), machines.new(), machines.new(width=375)
        sit_down(old, room, TROUBLED)
        answered = set(answer_shown(old))
        is_safe(old, room, TROUBLED, answered)
        check_in(new, room, TROUBLED)
        new.get_by_role("alert").get_by_text("正在另一台机器上进行").wait_for()
        recorded(room, "other_device")
        assert room.ends(TROUBLED) == CLOSES
        # the refused one has done no harm to the one that sits there
        turn(old)
        answered |= set(answer_shown(old))
        is_safe(old, room, TROUBLED, answered)

        come_to_the_desk(chief, room)
        act(chief, room, TROUBLED, "准许换机", 事由="键盘损坏")
        # the running hall hears of it within a second
        until(lambda: is_let_in(new, room), "the other machine is not let in", seconds=30)
        assert new.locator(".exam-cell[aria-label*=已答]").count() == len(answered)
        freed, entered = (room.events(TROUBLED)[place_].at for place_ in (-2, -1))
        # what the move cost is given back, to the millisecond
        assert room.ends(TROUBLED) == CLOSES + entered - freed
        answered |= set(answer_shown(new))
        is_safe(new, room, TROUBLED, answered)
        old.locator("input:visible, textarea:visible, select:visible").first.wait_for()
        answer_late(old)
        old.get_by_text("已在另一个页面或另一台机器上打开").wait_for()
        is_safe(new, room, TROUBLED, answered)


def is_let_in(page: Any, room: Place) -> bool:
    """Check in at that machine, and see whether the paper or the refusal comes."""
    check_in(page, room, TROUBLED)
    page.locator(".exam-stem").or_(page.get_by_role("heading", name="此页面已停止")).first.wait_for()
    return bool(page.locator(".exam-stem").count())


def answer_late(page: Any) -> None:
    """Somebody at the old machine turns the page and goes on as if nothing had happened: it is in vain."""
    turn(page)
    page.keyboard.press("m")


def test_a_message_a_pause_and_more_time_reach_the_candidate_within_a_beat(machines: Machines, tmp_path: Path) -> None:
    with place(tmp_path, at=OPENS + 60_000) as room:
        page, chief = machines.new(), machines.new(width=375)
        sit_down(page, room, TROUBLED)
        come_to_the_desk(chief, room)
        act(chief, room, TROUBLED, "发送通知", 内容="第三题的图在黑板上")
        page.get_by_role("alert").get_by_text("第三题的图在黑板上").wait_for(timeout=2_000 * BEAT_SECONDS)
        page.get_by_role("button", name="知道了").click()
        assert page.locator(".exam-note").count() == 0

        act(chief, room, TROUBLED, "暂停", 事由="消防演练")
        page.get_by_role("alertdialog", name="考试已暂停").wait_for(timeout=2_000 * BEAT_SECONDS)
        page.keyboard.press("Escape")
        assert page.get_by_role("alertdialog").count() == 1
        act(chief, room, TROUBLED, "恢复作答", 事由="演练结束")
        page.get_by_role("alertdialog").wait_for(state="detached", timeout=2_000 * BEAT_SECONDS)
        paused, resumed = (room.events(TROUBLED)[place_].at for place_ in (-2, -1))
        assert room.ends(TROUBLED) == CLOSES + resumed - paused

        act(chief, room, TROUBLED, "延长时间", 分钟="7", 事由="断电")
        page.get_by_text("考试结束时间已改为").wait_for(state="attached", timeout=2_000 * BEAT_SECONDS)
        assert room.ends(TROUBLED) == CLOSES + resumed - paused + 7 * 60_000
        (told,) = (event.text for event in room.events(TROUBLED) if isinstance(event, Told))
        assert told.startswith("第三题的图在黑板上")
        answered = set(answer_shown(page))
        is_safe(page, room, TROUBLED, answered)


def test_nothing_that_is_forged_or_late_harms_the_attempt(machines: Machines, tmp_path: Path) -> None:
    with place(tmp_path, at=OPENS + 60_000) as room:
        page = machines.new()
        sent: list[dict[str, Any]] = []
        page.on("request", lambda asked: asked.url.endswith("/answer") and sent.append(json.loads(asked.post_data)))
        sit_down(page, room, TROUBLED)
        answered = set(answer_shown(page))
        is_safe(page, room, TROUBLED, answered)
        hand_in(page)
        page.get_by_role("heading", name="已交卷").wait_for()
        before = room.events(TROUBLED)
        (message, *_) = sent
        said = {
            name: page.evaluate(SAY, message | change)
            for name, change in {
                "a save after the end": {"seq": 99},
                "a number used with another answer": {"keys": ["x"], "item": "j1"},
                "a guessed entry": {"fence": message["fence"] + 1},
                "a forged pass": {"pass": f"{message['pass'][:-4]}AAAA"},
                "the answer once more": {},
            }.items()
        }
        assert said == {
            "a save after the end": [409, "handed_in"],
            "a number used with another answer": [409, "seq_conflict"],
            "a guessed entry": [409, "superseded"],
            "a forged pass": [401, "pass_forged"],
            "the answer once more": [200, None],
        }
        assert room.events(TROUBLED) == before
        recorded(room, "handed_in")


SAY = """message => fetch('/hall/answer', {method: 'POST', headers: {'content-type': 'application/json'},
  body: JSON.stringify(message)}).then(async reply => [reply.status, (await reply.json()).code ?? null])"""
