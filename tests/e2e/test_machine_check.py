"""A machine is checked, and its camera takes pictures in an exam, in a browser against the real hall (K13)."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hall_harness import FACE, KEY
from windows import violations

from jiangheng.core.exam import seat_check
from jiangheng.core.exam.events import Agreed, Pictured
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.hall import pictures
from jiangheng.hall.app import hall_app
from jiangheng.hall.books import journal_path, replay, seats_of
from jiangheng.hall.door import publish_rules
from jiangheng.hall.papers import publish

BUILT = Path(__file__).resolve().parents[2] / "src" / "jiangheng" / "web" / "static" / "built"
SIGN = "each => getComputedStyle(each, '::before').content"
REFUSED = """if (navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"""
LIMITS = seat_check.Limits(width=1024, height=600, skew=60_000, median=1_000, worst=5_000, camera=True)


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[str]:
    """The hall alone, as a machine of the room reaches it; its address."""
    import uvicorn

    app = hall_app(tmp_path, KEY, now, assets=BUILT)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hall/"
        server.should_exit = True
        thread.join(15)


def until(holds: Callable[[], bool], *, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to the disk"
        time.sleep(0.1)


def test_a_machine_is_green_and_red_when_its_page_is_too_small(page: Any, hall: str, tmp_path: Path) -> None:
    ticket = seat_check.CheckPass(room=4, name="一号机房", seats=30, limits=LIMITS, until=now() + 600_000)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{hall}check#{seat_check.sign(ticket, KEY)}")
    page.get_by_label("机位号").fill("31")
    page.keyboard.press("Enter")
    assert "1 到 30" in page.get_by_role("alert").inner_text()
    page.get_by_label("机位号").fill("7")
    page.keyboard.press("Enter")
    page.get_by_text("7 号机位合格", exact=True).wait_for()
    assert [(one.number, one.sound) for one in seats_of(journal_path(tmp_path), 4)] == [(7, True)]
    assert violations(page) == []
    # a sign beside the colour, for those who do not see it
    assert page.locator(".check-green").evaluate(SIGN) == '"✓"'
    page.set_viewport_size({"width": 800, "height": 500})
    page.get_by_role("button", name="重新检测").click()
    page.get_by_text("7 号机位不合格").wait_for()
    assert page.get_by_text("页面太小").count() == 1 and violations(page) == []
    assert page.locator(".check-red").evaluate(SIGN) == '"✗"'
    assert [(one.number, one.sound) for one in seats_of(journal_path(tmp_path), 4)] == [(7, False)]


def test_a_machine_whose_camera_gives_no_picture_is_red_where_pictures_are_taken(
    page: Any, hall: str, tmp_path: Path
) -> None:
    page.emulate_media(reduced_motion="reduce")
    # somebody at the machine says no when the browser asks
    page.add_init_script(REFUSED)
    for camera, sound in ((True, False), (False, True)):
        limits = msgspec.structs.replace(LIMITS, camera=camera)
        ticket = seat_check.CheckPass(room=4, name="一号机房", seats=30, limits=limits, until=now() + 600_000)
        page.goto("about:blank")
        page.goto(f"{hall}check#{seat_check.sign(ticket, KEY)}")
        page.get_by_label("机位号").wait_for()
        assert page.get_by_text("浏览器会询问能否使用摄像头").count() == camera
        page.get_by_label("机位号").fill("9")
        page.keyboard.press("Enter")
        page.get_by_text(re.compile("^9 号机位合格$" if sound else "^9 号机位不合格")).wait_for()
        assert page.get_by_text("没有可用的摄像头").count() == camera and violations(page) == []
        assert [(one.number, one.sound) for one in seats_of(journal_path(tmp_path), 4)] == [(9, sound)]


@pytest.mark.parametrize("agrees", [True, False])
def test_the_camera_takes_pictures_of_those_alone_who_agreed(
    page: Any, hall: str, tmp_path: Path, agrees: bool
) -> None:
    publish_rules(tmp_path, ["不带手机"])
    opens = now() - 1_000
    ticket = Pass(
        sitting=7, paper=publish(tmp_path, FACE), seed="5eed" * 8, opens=opens, closes=opens + 3_600_000, fence=1,
        seat="A-01", issued=0, camera=2,
    )  # fmt: skip
    page.add_init_script(f"sessionStorage.setItem('jiangheng-exam-pass', '{sign(ticket, KEY)}')")
    page.goto(hall)
    if agrees:
        page.get_by_label("我同意拍照").check()
    page.locator("#exam-read").check()
    page.locator(".exam-rules .btn-primary").click()
    page.locator(".exam-stem").first.wait_for()
    if agrees:
        until(lambda: len(pictures.moments(tmp_path, 7)) >= 3)
    else:
        page.wait_for_timeout(3_000)
    page.close()
    time.sleep(0.5)
    moments = pictures.moments(tmp_path, 7)
    events = [entry.event for entry in replay(journal_path(tmp_path), 7)]
    assert [one.yes for one in events if isinstance(one, Agreed) and one.to == "camera"] == [agrees]
    assert sum(isinstance(one, Pictured) for one in events) == len(moments) and bool(moments) is agrees
    for at in moments:
        assert pictures.is_jpeg(pictures.opened(tmp_path, KEY, sitting=7, at=at))
