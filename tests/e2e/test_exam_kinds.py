"""The exam page with a paper of every kind, in a browser against the real hall; the office's page is a stand-in."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hall_harness import CLOSES, KEY, OPENS, asking
from windows import PHONE, WIDE, violations

from jiangheng.core.exam import rich
from jiangheng.core.exam.sitting import Terms, begin, fold
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.hall.app import hall_app
from jiangheng.hall.books import journal_path, replay
from jiangheng.hall.papers import publish
from jiangheng.web.middleware import POLICY

BUILT = Path(__file__).resolve().parents[2] / "src" / "jiangheng" / "web" / "static" / "built"
PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='800' height='400'%3E"
    "%3Crect width='800' height='400' fill='white'/%3E%3Crect x='300' y='150' width='90' height='80'/%3E%3C/svg%3E"
)
FORMULA = rich.clean(r"电压 \(U\)、电阻 \(R\) 时，功率 \(P=\frac{U^2}{R}\)").text
TABLE = rich.clean("<p>用电量：</p><table><tr><th>周一</th><td>120</td></tr></table>").text
ITEMS = [
    asking("s1", "single", "ABCD", stem=FORMULA),
    asking("m1", "multiple", "ABCD", stem=TABLE),
    asking("f1", "fill", stem="电压____伏，频率____赫", blanks=2),
    asking("n1", "numeric", unit="Ω"),
    asking("p1", "matching", "ABC", targets=[{"key": key, "text": f"右 {key}"} for key in "1234"]),
    asking("o1", "ordering", "ABCD"),
    asking("h1", "hotspot", picture=PICTURE),
    asking("r1", "short"),
    asking(
        "c1",
        "case",
        parts=[
            asking("c1.1", "single", "ABCD"),
            asking("c1.2", "fill", stem="____倍", blanks=1),
            asking("c1.3", "essay"),
        ],
    ),
]
HOSTILE = (
    '<p onclick="window.bad=1">可读</p><img src="x" onerror="window.bad=1"><script>window.bad=1</script>'
    '<img src="https://elsewhere.test/a.png" alt="外图"><a href="javascript:window.bad=1">链接</a><form><input></form>'
    '<math><mtext><style><img src=x onerror="window.bad=1"></style></mtext></math><iframe srcdoc="x"></iframe>'
)


@dataclass
class Room:
    """A hall with one paper, and the page of each sitting."""

    home: Path
    address: str = ""
    paper: str = ""

    def page(self, sitting: int) -> str:
        """Where that sitting sits."""
        return f"{self.address}/sit/{sitting}"

    def answers(self, sitting: int) -> dict[str, tuple[str, ...]]:
        """What stands in the journal."""
        entries = replay(journal_path(self.home), sitting)
        return dict(fold(begin(Terms(opens=OPENS, closes=CLOSES)), [entry.event for entry in entries]).answers)

    def html(self, sitting: int) -> bytes:
        """The office's page, as far as the script needs it."""
        ticket = Pass(
            sitting=sitting,
            paper=self.paper,
            seed="5eed" * 8,
            opens=OPENS,
            closes=CLOSES,
            fence=1,
            seat="A-01",
            issued=0,
        )
        return (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>考试</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="/exam.css"><script src="/exam.js" defer></script></head><body>'
            f'<div id="exam" lang="zh-CN" data-pass="{sign(ticket, KEY)}" data-hall="/hall"></div></body></html>'
        ).encode()


@contextmanager
def open_room(home: Path, items: list[dict[str, Any]]) -> Iterator[Room]:
    """A hall with these items behind an address, until the end of the block."""
    import uvicorn

    kinds = [{"kind": item["kind"], "label": item["kind"], "count": 1, "marks": "5"} for item in items]
    room = Room(home, paper=publish(home, {"title": "电工 三级", "minutes": 90, "kinds": kinds, "items": items}))
    started = time.time_ns() // 1_000_000
    hall = hall_app(home, KEY, lambda: OPENS + 60_000 + time.time_ns() // 1_000_000 - started)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith("/hall"):
            return await hall(scope, receive, send)
        static = path in ("/exam.js", "/exam.css")
        body = (BUILT / path[1:]).read_bytes() if static else room.html(int(path.rsplit("/", 1)[1]))
        kind = {"/exam.js": b"text/javascript", "/exam.css": b"text/css"}.get(path, b"text/html; charset=utf-8")
        headers = [(b"content-type", kind), (b"content-security-policy", POLICY.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return None

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        room.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield room
        server.should_exit = True
        thread.join(15)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path, ITEMS) as opened:
        yield opened


def enter(page: Any, address: str) -> None:
    page.goto(address)
    page.locator(".exam-stem").first.wait_for()


def until(holds: Callable[[], bool], *, seconds: float = 5) -> None:
    """Wait for what the page sends to be on disk."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to the journal"
        time.sleep(0.05)


def turn(page: Any) -> None:
    page.get_by_role("button", name="下一题", exact=True).click()


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_every_kind_is_answered_and_stands_in_the_journal(page: Any, room: Room, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    # Colours that are still changing have no contrast to be judged.
    page.emulate_media(reduced_motion="reduce")
    enter(page, room.page(width))
    wrong: list[str] = []

    def done() -> None:
        wrong.extend(violations(page))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        turn(page)

    first = page.locator("input[name=choice]").first.get_attribute("value")
    page.keyboard.press("1")
    done()
    page.keyboard.press("2")
    done()
    page.get_by_label("第 2 空").press_sequentially("50 m1")
    done()
    page.get_by_label("答案，单位 Ω").fill("12.5")
    done()
    page.get_by_label("p1 选项 B").select_option(value="B3")
    page.get_by_label("p1 选项 A").select_option(value="A1")
    done()
    top = page.locator(".exam-steps li").first.inner_text()
    page.locator(".exam-steps li").nth(1).get_by_role("button", name="上移").press("Enter")
    assert top not in page.locator(".exam-steps li").first.inner_text()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("下移")
    done()
    page.locator(".exam-plate").press("Enter")
    for key in ("ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    done()
    page.get_by_role("textbox", name="答案").fill("先断电。\n再验电。")
    done()
    page.locator(".exam-part").nth(1).get_by_label("第 1 空").fill("1.73")
    page.get_by_role("textbox", name="答案").fill("写一半")
    wrong += violations(page)
    page.get_by_role("button", name="交卷", exact=True).click()
    dialog = page.get_by_role("dialog")
    assert "还有 1 题没有作答" in dialog.inner_text()
    dialog.get_by_role("button", name="第 9 题").click()
    page.locator(".exam-part").first.locator(".exam-option").nth(1).click()
    page.get_by_role("button", name="交卷", exact=True).click()
    dialog.get_by_role("button", name="确认交卷").click()
    page.get_by_text("作答 11 题，共 11 题").wait_for()
    found = room.answers(width)
    assert found["s1"] == (first,)
    assert sorted(found["o1"]) == list("ABCD")
    assert {item: found[item] for item in ("f1", "n1", "p1", "h1", "r1", "c1.2", "c1.3")} == {
        "f1": ("", "50 m1"),
        "n1": ("12.5",),
        "p1": ("A1", "B3"),
        "h1": ("416,201",),
        "r1": ("先断电。\n再验电。",),
        "c1.2": ("1.73",),
        "c1.3": ("写一半",),
    }
    assert (len(found["m1"]), len(found["c1.1"])) == (1, 1)
    assert wrong == []


def test_a_tap_sets_a_point_in_pixels_of_the_picture_and_it_can_be_taken_back(page: Any, room: Room) -> None:
    page.set_viewport_size({"width": PHONE, "height": 800})
    enter(page, room.page(1))
    for _ in range(6):
        turn(page)
    box = page.locator(".exam-plate img").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 345 / 800, box["y"] + box["height"] * 190 / 400)
    until(lambda: "h1" in room.answers(1))
    x, y = map(int, page.locator(".exam-points li").inner_text().split("横 ")[1].split("删")[0].split("，纵 "))
    assert (abs(x - 345) <= 2, abs(y - 190) <= 2) == (True, True)
    page.get_by_role("button", name="删去 第 1 处").click()
    assert page.locator(".exam-point").count() == 0
    until(lambda: room.answers(1) == {})


def test_what_is_being_written_survives_a_reload_in_mid_sentence(page: Any, room: Room) -> None:
    enter(page, room.page(2))
    page.get_by_role("button", name="第 8 题").click()
    page.get_by_role("textbox", name="答案").press_sequentially("先断电1m")
    page.reload()
    page.get_by_role("button", name="第 8 题, 已答").click()
    assert page.get_by_role("textbox", name="答案").input_value() == "先断电1m"
    until(lambda: room.answers(2) == {"r1": ("先断电1m",)})


def test_the_number_of_a_part_leads_to_that_part_and_a_mark_is_the_parts(page: Any, room: Room) -> None:
    enter(page, room.page(3))
    page.get_by_role("button", name="第 11 题").click()
    assert page.locator("h2").inner_text().startswith("第 9–11 题")
    assert page.evaluate("document.activeElement.textContent") == "第 11 题"
    page.keyboard.press("m")
    page.get_by_role("button", name="第 11 题, 未答, 已标记").wait_for()
    page.locator(".exam-part").first.locator("input").first.focus()
    assert page.get_by_role("button", name="第 9 题").get_attribute("aria-current") == "true"
    page.keyboard.press("3")
    page.get_by_role("button", name="第 9 题, 已答").wait_for()


def test_markup_in_an_item_never_becomes_more_than_text(browser: Any, tmp_path: Path) -> None:
    options = [{"key": key, "text": HOSTILE} for key in "AB"]
    with open_room(tmp_path, [asking("s1", "single", stem=HOSTILE) | {"options": options}]) as room:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        enter(page, room.page(4))
        page.keyboard.press("1")
        page.get_by_text("已保存").wait_for()
        assert page.evaluate("window.bad") is None
        assert not any("elsewhere" in url for url in asked)
        shown = page.locator(".exam-rich").first
        assert "可读" in shown.inner_text() and "外图" in shown.inner_text()
        tags = page.evaluate("[...document.querySelectorAll('.exam-rich *')].map(node => node.localName)")
        assert set(tags) <= {"p", "img", "math", "mtext"}
        assert page.evaluate("[...document.querySelectorAll('.exam-rich [onclick], .exam-rich [onerror]')].length") == 0
        page.close()
