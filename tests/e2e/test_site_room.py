"""A room with two machines in a browser: opened by the key, its plug pulled, and the candidate goes on (clause K13)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_place import KEY, PIN, SITTINGS, identity, number, sealed
from test_killed import free_port
from two_machines import Machine, until

from jiangheng.core.exam.events import Answered
from jiangheng.core.exam.spoken_key import time_group
from jiangheng.hall.books import journal_path, replay
from jiangheng.hall.site_home import SiteHome

pytestmark = pytest.mark.slow
SITTING = SITTINGS[0]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    """Two machines that have the sealed package; nobody has said the key yet."""
    content = sealed(starts_at=int(time.time() * 1000) - 60_000)
    ports = free_port(), free_port()
    pair = Machine(tmp_path / "a", *ports), Machine(tmp_path / "b", *ports[::-1])
    for machine in pair:
        machine.home.mkdir()
        SiteHome(machine.home).keep(content)
        machine.start()
    yield pair
    for machine in pair:
        if machine.process is not None and machine.process.poll() is None:
            machine.process.kill()
            machine.process.wait()


def test_the_plug_is_pulled_and_the_page_goes_on_at_the_other_machine(
    browser: Any, room: tuple[Machine, Machine]
) -> None:
    a, b = room
    context = browser.new_context(locale="zh-CN", viewport={"width": 375, "height": 800})
    context.set_default_timeout(15_000)
    chief, page = context.new_page(), context.new_page()
    try:
        page.goto(f"http://127.0.0.1:{a.port}/hall/")
        assert "试卷尚未启封" in page.inner_text("main")
        chief.goto(f"http://127.0.0.1:{a.port}/hall/room")
        chief.fill("#code", "H7K3")
        chief.click("button")
        assert "启封码是 7 组" in chief.inner_text("[role=alert]")
        chief.fill("#code", f"{KEY} {time_group(int(time.time() * 1000))}")
        chief.click("button")
        chief.fill("#pin", PIN)
        chief.click("button")
        assert "未到 6" in chief.inner_text("main")
        assert chief.evaluate("document.documentElement.scrollWidth") <= 375
        until(lambda: SiteHome(b.home).is_open and "没有应答" not in a.notices(), "the two did not come together")

        page.goto(f"http://127.0.0.1:{a.port}/hall/")
        page.fill("#exam-number", number(SITTING))
        page.fill("#exam-identity", identity(SITTING))
        page.click("button[type=submit]")
        page.click(".exam-me .btn-primary")
        page.check("#exam-read")
        page.click(".exam-rules .btn-primary")
        page.click(".exam-option >> nth=0")
        until(lambda: answered(b) == 1, "the second machine did not get the answer")
        a.pull_the_plug()
        page.click(".exam-option >> nth=1")
        until(lambda: answered(b) == 2, "the page did not go on", seconds=30)
        chief.goto(f"http://127.0.0.1:{b.port}/hall/room")
        until(
            lambda: "作答中 1" in (chief.reload() and chief.inner_text("main")),
            "the room of the second machine does not show the seat",
            # the seat is noted anew with every sign of life of its page
            seconds=40,
        )
        assert "本机单独运行" in chief.inner_text("main")
        chief.click(".seats a >> nth=0")
        assert chief.evaluate("document.documentElement.scrollWidth") <= 375
        chief.fill("#tell-text", "请继续作答")
        chief.click("form:has(#tell-text) button")
        until(lambda: "请继续作答" in page.inner_text("#exam"), "the candidate does not read the message", seconds=30)
    finally:
        context.close()


def answered(machine: Machine) -> int:
    """How many answers of the candidate are on that machine's disk."""
    return sum(isinstance(entry.event, Answered) for entry in replay(journal_path(machine.home), SITTING))
