"""A room with one hall for browsers: a paper of every kind with its key, two candidates, one real process (K13).

The hall's hour is the bureau's, said with the opening key, so every test begins at the moment it is about.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import site_place
from site_place import KEY, OFFICE, PIN, SECRET, identity, number
from test_killed import free_port
from two_machines import ask, until

from jiangheng.core.exam import marking
from jiangheng.core.exam.blueprint import Blueprint, KindRow
from jiangheng.core.exam.events import Event
from jiangheng.core.exam.items import Area, Item, Option, face
from jiangheng.core.exam.site_package import Package, Person, seal
from jiangheng.core.exam.sitting import State, Terms, begin, deadline, fold
from jiangheng.core.exam.spoken_key import time_group
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.hall.books import journal_path, replay
from jiangheng.hall.papers import face_digest
from jiangheng.hall.site_home import SiteHome

OPENS = 1_764_550_800_000
"""When the examination opens by the bureau's clock: 2025-12-01 09:00 in Guilin."""
CLOSES = OPENS + 90 * 60_000
QUIET, TROUBLED = 701, 702
"""The two candidates: one whom nothing happens to, one to whom everything does."""
PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='800' height='400'%3E"
    "%3Crect width='800' height='400' fill='white'/%3E%3Crect x='300' y='150' width='90' height='80'/%3E%3C/svg%3E"
)


def _item(code: str, kind: str, answer: tuple[str, ...] = (), keys: str = "", **more: Any) -> Item:
    options = tuple(Option(key, f"{code} 选项 {key}") for key in keys)
    more = {"stem": f"题干 {code}。", **more}
    return Item(code, kind, options=options, answer=answer, **more)


PAPER = (
    _item("s1", "single", ("B",), "ABCD"),
    _item("s2", "single", ("D",), "ABCD"),
    _item("m1", "multiple", ("A", "C"), "ABCDE"),
    _item("j1", "judgement", ("A",), "AB"),
    _item("f1", "fill", ("220", "50"), stem="题干 f1。电压____伏，频率____赫"),
    _item("n1", "numeric", ("12.5",), unit="Ω", tolerance="0.5"),
    _item("p1", "matching", ("A1", "B3", "C2"), "ABC", targets=tuple(Option(key, f"右 {key}") for key in "1234")),
    _item("o1", "ordering", ("C", "A", "B", "D"), "ABCD"),
    _item("h1", "hotspot", ("A",), picture=PICTURE, areas=(Area("A", "rect", (300, 150, 390, 230)),)),
    _item("r1", "short"),
    _item(
        "c1", "case",
        parts=(
            _item("c1.1", "single", ("A",), "ABCD", share=40),
            _item("c1.2", "fill", ("1.73",), stem="题干 c1.2。____倍", share=20),
            _item("c1.3", "essay", share=40),
        ),
    ),
)  # fmt: skip
GIVEN = {
    "s1": ("B",), "s2": ("A",), "m1": ("A", "C"), "j1": ("A",), "f1": ("220", "60"), "n1": ("12.7",),
    "p1": ("A1", "B3", "C4"), "o1": ("C", "A", "B", "D"), "h1": ("352,184",), "r1": ("先断电，再验电。",),
    "c1.1": ("A",), "c1.2": ("1.73",), "c1.3": ("按规程停电、验电、挂牌。",),
}  # fmt: skip
"""What both candidates answer: right, wrong and partly right."""
MARKS = Blueprint("3", tuple(KindRow(kind, 1, Decimal(10)) for kind in dict.fromkeys(item.kind for item in PAPER)))


def _face() -> dict[str, Any]:
    kinds = [{"kind": row.kind, "label": row.kind, "count": row.count, "marks": str(row.marks)} for row in MARKS.kinds]
    return {"title": "电工 三级", "minutes": 90, "kinds": kinds, "items": [face(item) for item in PAPER]}


def _person(sitting: int, digest: str, more: dict[str, Any]) -> Person:
    found = site_place.person(sitting, starts_at=OPENS, minutes=90)
    good = Pass(
        sitting=sitting, session=site_place.SESSION, place=site_place.PLACE, paper=digest, seed=f"{sitting:016x}" * 2,
        opens=OPENS, closes=CLOSES, fence=1, seat=found.seat, issued=0, **more,
    )  # fmt: skip
    return msgspec.structs.replace(found, ticket=sign(good, SECRET), title="电工 三级")


def _package(more: dict[str, Any]) -> Package:
    made = site_place.package(starts_at=OPENS)
    paper = _face()
    people = tuple(_person(sitting, face_digest(paper), more) for sitting in (QUIET, TROUBLED))
    session = msgspec.structs.replace(made.sessions[0], people=people)
    return msgspec.structs.replace(made, papers=(paper,), sessions=(session,))


class Place:
    """The room's machine: what it serves, what its journal holds, and what its invigilator does."""

    def __init__(self, home: Path, **terms: Any) -> None:
        self.home, self.port, self._terms = home, free_port(), terms
        self.process: subprocess.Popen[bytes] | None = None
        SiteHome(home).keep(seal(_package(terms), KEY, OFFICE))

    @property
    def address(self) -> str:
        """What a machine of the room opens."""
        return f"http://127.0.0.1:{self.port}/hall/"

    def start(self) -> None:
        """Switch it on, or on again: the same home, the same port."""
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        words = ["site", "serve", "--home", str(self.home), "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jiangheng", *words], env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
            )  # fmt: skip
        until(lambda: ask(self.port, "GET", "/hall/room")[0] == 200, "the hall did not start", seconds=60)

    def open_at(self, moment: int) -> None:
        """The bureau says the key, and that it is now that moment (UTC milliseconds)."""
        sent = urlencode({"code": f"{KEY} {time_group(moment)}"})
        assert ask(self.port, "POST", "/hall/room/key", sent)[0] == 303

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def events(self, sitting: int) -> list[Event]:
        """What stands in the journal of a candidate."""
        return [entry.event for entry in replay(journal_path(self.home), sitting)]

    def state(self, sitting: int) -> State:
        """What it adds up to."""
        terms = {name: value for name, value in self._terms.items() if name in Terms.__dataclass_fields__}
        return fold(begin(Terms(opens=OPENS, closes=CLOSES, **terms)), self.events(sitting))

    def answers(self, sitting: int) -> dict[str, tuple[str, ...]]:
        """The answers that are on disk."""
        return dict(self.state(sitting).answers)

    def ends(self, sitting: int) -> int:
        """When the candidate's time is over, UTC milliseconds, once nothing goes on that moves it."""
        return deadline(self.state(sitting))

    def marks(self, sitting: int) -> marking.PaperMark:
        """His paper marked: what a machine can mark."""
        return marking.mark_paper(PAPER, self.answers(sitting), MARKS)


@contextmanager
def place(home: Path, *, at: int, **terms: Any) -> Iterator[Place]:
    """A hall whose clock begins ``at`` that moment; ``terms`` are what the passes of its candidates say besides."""
    made = Place(home, **terms)
    made.start()
    made.open_at(at)
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()


def check_in(page: Any, room: Place, sitting: int) -> None:
    """Ticket, identity number, “it is I”."""
    page.goto(room.address)
    page.get_by_label("准考证号").fill(number(sitting))
    page.get_by_label("证件号码").fill(identity(sitting))
    page.get_by_role("button", name="入场", exact=True).click()
    page.get_by_text(f"考生{sitting}").wait_for()
    page.get_by_role("button", name="是本人，继续").click()


def read_the_rules(page: Any) -> None:
    """See that the machine is fit, tick that they were read, and go on."""
    page.get_by_text("机器检查合格").wait_for()
    page.get_by_label("我已阅读并遵守考场规则").check()
    page.get_by_role("button", name="进入考试").click()


def sit_down(page: Any, room: Place, sitting: int) -> None:
    """All the way to the paper of an exam that has begun."""
    check_in(page, room, sitting)
    read_the_rules(page)
    page.locator(".exam-stem").first.wait_for()


def answer_shown(page: Any) -> list[str]:
    """Answer what is on the page as ``GIVEN`` says; the names of what was answered."""
    answered = []
    for section in page.locator(".exam-body [data-place]").all():
        name = section.locator(".exam-stem").inner_text().split("题干 ")[1].split("。")[0]
        _answer(page, section, name)
        answered.append(name)
    # what was being written is saved when the field is left
    page.locator(".exam-main > h2").focus()
    return answered


def _answer(page: Any, section: Any, name: str) -> None:
    given = GIVEN[name]
    kind = next(unit.kind for item in PAPER for unit in (item, *item.parts) if unit.code == name)
    if kind in ("single", "judgement", "multiple"):
        for key in given:
            section.locator(f"input[value={key}]").check()
    elif kind == "matching":
        for pair in given:
            section.locator("select", has=page.locator(f"option[value={pair}]")).select_option(value=pair)
    elif kind == "ordering":
        _put_in_order(section, [f"{name} 选项 {key}" for key in given])
    elif kind == "hotspot":
        # with the keys, which hit the pixel: three steps to the left of the middle and one up
        page.wait_for_function("() => document.querySelector('.exam-plate img').naturalWidth > 0")
        for press in ("Enter", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowUp", "Enter"):
            section.locator(".exam-plate").press(press)
    else:
        for place_, text in enumerate(given):
            section.locator("input[type=text], textarea").nth(place_).fill(text)


def _put_in_order(section: Any, wanted: list[str]) -> None:
    steps = section.locator(".exam-steps li")
    for to, text in enumerate(wanted):
        there = [row.split("\n")[-1].strip() for row in steps.locator(".exam-rich").all_inner_texts()]
        for at in range(there.index(text), to, -1):
            steps.nth(at).get_by_role("button", name="上移").click()
    section.get_by_role("button", name="就按现在的次序作答").or_(section.locator("[data-chosen]")).first.wait_for()
    if section.locator(".exam-steps[data-chosen]").count() == 0:
        section.get_by_role("button", name="就按现在的次序作答").click()


def turn(page: Any) -> None:
    """To the next leaf."""
    page.get_by_role("button", name="下一题", exact=True).click()


SAFE = """() => /^已保存 \\d/.test(document.querySelector('.exam-saved')?.textContent ?? '')
  && document.querySelector('.exam-offline').hidden"""


def is_safe(page: Any, room: Place, sitting: int, answered: set[str]) -> None:
    """Wait until the page says that all is saved; at that moment every answer is on disk as it was given."""
    page.wait_for_function(SAFE)
    on_disk = room.answers(sitting)
    wrong = {name: (on_disk.get(name), GIVEN[name]) for name in answered if on_disk.get(name) != GIVEN[name]}
    assert wrong == {}, f"shown as saved and not on disk as given: {wrong}"


def hand_in(page: Any) -> None:
    """Press it and say yes."""
    page.get_by_role("button", name="交卷", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="确认交卷").click()


def come_to_the_desk(page: Any, room: Place) -> None:
    """The invigilator opens his page."""
    page.goto(f"{room.address}room")
    page.get_by_label("口令").fill(PIN)
    page.get_by_role("button", name="进入考场").click()
    page.locator(".seats").wait_for()


def act(page: Any, room: Place, sitting: int, name: str, **fields: str) -> None:
    """The invigilator does that to a candidate's seat on his page."""
    page.goto(f"{room.address}room/seat?sitting={sitting}")
    form = page.locator("form", has=page.get_by_role("button", name=name, exact=True))
    for label, text in fields.items():
        form.get_by_label(label).fill(text)
    form.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()
