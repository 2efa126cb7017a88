"""One evaluation on its way: pages by person, the moment it is, and the parts that nobody clicked, done by steps.

A part that was clicked by an earlier test is there; run alone, a test finds the parts before it done by steps.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import re
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from windows import look, watch

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.batches.formats.marking import write_roster
from jiangheng.apps.exams import queries as exams
from jiangheng.apps.itembank import queries as itembank
from jiangheng.apps.practicals import queries as practicals
from jiangheng.core.exam import rich
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.demo import banks, city, evaluation, foundation, roster
from jiangheng.demo.city import PASSWORD
from jiangheng.demo.hands import as_, do, it_is, make, upload
from jiangheng.demo.people import people, portrait
from jiangheng.kernel.perform import model_of

SEED = 1
TITLE = "漓光电气2026年第一批电工职业技能等级认定"
NOTES = "请携带身份证和准考证，开考前15分钟入场；实操请穿绝缘鞋。"
# of the sample roster: six sound rows, one of them mended by the import, and one that meets no condition
GOOD_ROWS = (1, 2, 21, 22, 31, 43)
NO_CONDITION = 25
TABLET = {"width": 1024, "height": 768}
DESK = {"width": 1280, "height": 800}


class Journey:
    """The batch as it stands, and a browser window for everybody who has to do with it."""

    def __init__(self, address: str, browser: Any, things: dict[str, Any]) -> None:
        self.address, self.things, self.errors = address, things, []
        self.notes: dict[str, Any] = {}
        self._browser, self._windows = browser, {}
        self._begun: list[str] = []
        self._ended: list[str] = []

    # ---- people and their windows

    def anybody(self, *, viewport: dict[str, int] = DESK) -> Any:
        """A fresh window of somebody nobody knows."""
        context = self._browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=viewport, reduced_motion="reduce",
            base_url=self.address,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch(page, self.errors)
        return page

    def as_(self, username: str, *, viewport: dict[str, int] = DESK) -> Any:
        """The window of a member of staff, signed in through the log-in page and standing on his first page."""
        if username not in self._windows:
            page = self._windows[username] = self.anybody(viewport=viewport)
            page.goto("/login")
            page.get_by_label("账号").fill(username)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url("**/home")
        else:
            self._windows[username].goto("/home")
        return self._windows[username]

    def leave(self) -> None:
        """Close the windows."""
        for page in self._windows.values():
            page.context.close()

    def look(self, page: Any, name: str) -> None:
        """Examine a page that only an evaluation under way has, and keep its picture."""
        self.errors += look(page, f"journey-{name}")

    # ---- what there is

    @property
    def filing(self) -> Any:
        """The enterprise's filing as the database has it now."""
        return model_of("filing").everywhere.get(institution=self.things["lg"])

    @property
    def batch(self) -> Any:
        """The batch as the database has it now."""
        return model_of("batch").everywhere.get(title=TITLE)

    def state(self, flow: str, pk: int) -> str:
        """The state of a thing as the database has it now."""
        return str(model_of(flow).everywhere.get(pk=pk).state)

    # ---- the parts in their order

    @contextmanager
    def part(self, name: str) -> Any:
        """Click a part. What comes before it is there afterwards or was there already; a broken part stops the rest."""
        for earlier in itertools.takewhile(lambda each: each != name, PARTS):
            self._have(earlier)
        self._begun.append(name)
        try:
            yield self
        except BaseException:
            self._picture(name)
            raise
        self._ended.append(name)
        assert self.errors == [], "\n".join(self.errors)

    def _picture(self, name: str) -> None:
        """How every open window looked when a part broke off."""
        folder = Path(__file__).resolve().parents[2] / "reports" / "broken"
        folder.mkdir(parents=True, exist_ok=True)
        for number, context in enumerate(self._browser.contexts):
            for page in context.pages:
                page.screenshot(path=folder / f"{name}-{number}.png", full_page=True)

    def have_all(self) -> None:
        """Every part."""
        for name in PARTS:
            self._have(name)

    def _have(self, name: str) -> None:
        if name in self._ended:
            return
        if name in self._begun:
            pytest.skip(f"the part before this one did not come to its end: {name}")
        self._begun.append(name)
        PARTS[name](self)
        self._ended.append(name)


def people_in_place() -> dict[str, Any]:
    """The divisions, the bureaus' and the institutions' people; the institutions by name."""
    it_is("2026-09-01")
    city.establish_regions()
    city.city_staff()
    return city.institutions()


def ground() -> dict[str, Any]:
    """What is there before an enterprise files: bureaus, people, the standard, the banks; the institutions by name."""
    things = people_in_place()
    standard = make("standard.draft", city.region("450300"), "gl.center1", text=shipped_text("electrician-6-31-01-03"))
    do("standard.enact", standard, "gl.center2")
    banks.unified(report=foundation.quiet, which=[("电工", "electrician", "543")])
    things["standard"] = standard
    return things


def filed(journey: Journey) -> None:
    """The enterprise's filing is accepted."""
    it_is("2026-09-03", "10:20")
    foundation.file_enterprise(journey.things["lg"], journey.things["standard"])


def planned(journey: Journey) -> None:
    """The plan is filed and announced."""
    it_is("2026-09-10")
    rooms = {room.name: room.pk for room in model_of("room").reach(as_("lg.manager"))}
    batch = make(
        "batch.plan", journey.filing, "lg.manager", title=TITLE, levels=["5", "4", "3"], capacity=30,
        apply_until="2026-09-29", theory_at="2026-10-14T09:00", practical_at="2026-10-15T08:30",
        theory_rooms=[rooms["机考一室"]], practical_rooms=[rooms["电工实训场"]], notes=NOTES,
    )  # fmt: skip
    do("batch.file", batch, "lg.manager")
    do("batch.accept", batch, "qixing", opinion="同意组织")


def enrolled(journey: Journey) -> None:
    """The short roster is taken and has its photos; one more person applied."""
    it_is("2026-09-14")
    file = upload("花名册.xlsx", short_roster(), evaluation.XLSX)
    sheet = make("roster.upload", journey.batch, "lg.registrar", {"file": file})
    do("roster.take", sheet, "lg.registrar", mode="good")
    photograph_everybody(journey)


def reviewed(journey: Journey) -> None:
    """Everybody is checked and approved, who meets no condition is refused."""
    evaluation.review(journey.batch)


def seated(journey: Journey) -> None:
    """Seats, a session and a panel."""
    it_is("2026-09-30")
    batch = journey.batch
    do("batch.seat", batch, "lg.officer", order="shuffled")
    evaluation.pledge(batch)
    ids = {row.username: row.pk for row in model_of("account").reach(as_("lg.officer"))}
    watchers = [ids["lg.invigilator1"], ids["lg.invigilator2"]]
    markers = [ids[f"lg.evaluator{number}"] for number in (1, 2, 3)]
    make("session.prepare", batch, "lg.officer", room=batch.theory_rooms.get().pk, invigilators=watchers)
    room = batch.practical_rooms.get().pk
    make("panel.appoint", batch, "lg.officer", room=room, evaluators=markers, leader=markers[0])


def sat(journey: Journey) -> None:
    """Everybody sits the theory examination."""
    it_is("2026-10-14", "08:46")
    evaluation.unseal([the_session(journey)])
    sit_the_rest(journey)
    it_is("2026-10-14", "10:40")
    do("session.close", the_session(journey), "lg.invigilator1")


def marked(journey: Journey) -> None:
    """Three evaluators mark everybody."""
    it_is("2026-10-15", "16:30")
    mark_the_rest()


def published(journey: Journey) -> None:
    """Scores, publicity, and the county's approval."""
    it_is("2026-10-16", "10:00")
    do("batch.score", journey.batch, "lg.officer")
    do("batch.publish", journey.batch, "lg.officer")
    it_is("2026-10-26")
    do("batch.approve", journey.batch, "qixing", opinion="同意核准")


def certified(journey: Journey) -> None:
    """Certificates for everybody who passed."""
    it_is("2026-10-27", "10:00")
    make("issuance.run", journey.batch, "lg.issuer")


PARTS: dict[str, Callable[[Journey], None]] = {
    each.__name__: each for each in (filed, planned, enrolled, reviewed, seated, sat, marked, published, certified)
}


# ---- what fifty repetitions would add nothing to


def short_roster() -> bytes:
    """A few rows of the sample roster, as a workbook."""
    rows = roster.rows(seed=SEED)
    out = io.BytesIO()
    write_roster([rows[number - 1] for number in (*GOOD_ROWS, NO_CONDITION)], out)
    return out.getvalue()


def photograph_everybody(journey: Journey) -> None:
    """The photos that are still missing."""
    persons = {person.identity: person for person in people(roster.SIZE, seed=SEED)}
    for row in journey.batch.applications.filter(photo=None).order_by("pk"):
        photo = upload("photo.jpg", portrait(persons[row.identity]), "image/jpeg")
        do("application.photograph", row, "lg.registrar", {"photo": photo})


def the_session(journey: Journey) -> Any:
    """The batch's one theory session."""
    return model_of("session").everywhere.get(batch=journey.batch)


def answers_by_stem(sitting: Any) -> dict[str, tuple[str, ...]]:
    """The right keys of a candidate's items as he sees them, by their text."""
    right, ids = exams.right_answers(sitting.paper), exams.public_ids(sitting.paper)
    return {rich.plain(item.stem): right[ids[item.code]] for item in itembank.paper_items(sitting.paper)}


def sit_the_rest(journey: Journey) -> None:
    """Everybody who has not come in yet does so, answers rightly through the running hall, and hands in."""
    session = the_session(journey)
    rows = list(session.sittings.filter(state="ready").order_by("pk"))
    for row in rows:
        do("sitting.admit", row, batches.candidate_actor(row.application_id))
    it_is("2026-10-14", "09:05")
    for row in rows:
        row.refresh_from_db()
        key = {item: list(answer) for item, answer in exams.right_answers(row.paper).items()}
        _sit(journey.address, exams.pass_for(row), key)
        do("sitting.submit", row, "system")


def _sit(address: str, ticket: str, key: dict[str, list[str]]) -> None:
    entry = _say(address, "enter", {"pass": ticket})
    mine = {"pass": ticket, "fence": entry["fence"]}
    for number, item in enumerate(entry["order"]["items"], start=entry["seq"] + 1):
        _say(address, "answer", {**mine, "seq": number, "item": item, "keys": key[item]})
    _say(address, "submit", mine)


def _say(address: str, word: str, message: dict[str, Any]) -> dict[str, Any]:
    asked = urllib.request.Request(
        f"{address}/hall/{word}", json.dumps(message).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return dict(json.load(answer))


def mark_the_rest() -> None:
    """Every sheet that is not signed gets four fifths of the marks."""
    for sheet in model_of("sheet").everywhere.exclude(state="locked").select_related("evaluator", "practical"):
        marks = {
            aspect.code: "no" if aspect.kind == "veto" else str((aspect.marks * 8 // 5) / 2)
            for aspect in practicals.aspects_of(sheet.practical)
        }
        do("sheet.mark", sheet, sheet.evaluator.username, remark="", **marks)
        do("sheet.lock", sheet, sheet.evaluator.username)


def sum_in_words(question: str) -> str:
    """The answer to the public pages' question: 七 加 三 等于几."""
    digits = {word: number for number, word in enumerate("零一二三四五六七八九十")}
    word = "([零一二三四五六七八九十])"
    first, sign, second = re.search(rf"{word}\s*(加|减)\s*{word}", question).groups()  # type: ignore[union-attr]
    return str(digits[first] + digits[second] if sign == "加" else digits[first] - digits[second])


def pages_of(pdf: bytes) -> int:
    """How many pages a document has, as it says itself."""
    assert pdf.startswith(b"%PDF-")
    return len(re.findall(rb"/MediaBox", pdf))


def at(day: str, time: str = "09:00") -> dt.datetime:
    """Move the clock of the city; the moment."""
    it_is(day, time)
    return dt.datetime.fromisoformat(f"{day}T{time}:00")
