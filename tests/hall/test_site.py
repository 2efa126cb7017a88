"""A place holds its examination alone: before the key, the room's page, the clock, and what goes back (clause K13)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hall_harness import OPENS
from site_place import KEY, PIN, PLACE, SECRET, SESSION, SITTINGS, identity, number, sealed

from jiangheng.core.exam.events import decode
from jiangheng.core.exam.site_bundle import check, public_key, read
from jiangheng.core.exam.spoken_key import BadKey, new_opening_key, time_group
from jiangheng.hall.books import journal_path, replay
from jiangheng.hall.site import Site
from jiangheng.hall.site_clock import SiteClock
from jiangheng.hall.site_home import SiteHome, StillSitting, TooSoon

FIRST, SECOND = SITTINGS[:2]


class Place:
    """A machine at a place whose clocks a test moves."""

    def __init__(self, home: Path) -> None:
        self.folder = home
        self.wall = OPENS - 600_000
        self.steady = 5_000
        self.home = SiteHome(home, wall=lambda: self.wall / 1000)
        self.home.keep(sealed(starts_at=OPENS))
        self.start()

    def start(self, boot: str = "one") -> None:
        """The machine is switched on; it remembers nothing but its files."""
        self.home = SiteHome(self.folder, wall=lambda: self.wall / 1000)
        file = self.folder / "site" / "clock.json"
        self.home.clock = SiteClock(file, wall=lambda: self.wall, steady=lambda: self.steady, boot=boot)
        self.site = Site(self.home)

    def passes(self, milliseconds: int) -> None:
        """Time goes by."""
        self.wall += milliseconds
        self.steady += milliseconds

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One HTTP exchange."""
        sent: list[Any] = []
        address, _, query = path.partition("?")

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "method": method, "path": address, "query_string": query.encode(), "headers": named,
            "client": ("10.0.0.9", 1),
        }  # fmt: skip
        await self.site(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], told, b"".join(message["body"] for message in sent[1:])

    async def post(self, path: str, message: dict[str, Any]) -> Any:
        """A message of a candidate's page, which has to be taken."""
        status, _, body = await self.ask("POST", path, json.dumps(message).encode(), content_type="application/json")
        assert status == 200, body
        return json.loads(body)

    async def sit_down(self, sitting: int, device: str = "d1") -> tuple[str, dict[str, Any]]:
        """Check in and enter."""
        known = await self.post("/hall/checkin", {"number": number(sitting), "identity": identity(sitting)})
        return known["pass"], await self.post("/hall/enter", {"pass": known["pass"], "device": device})

    async def press(self, path: str, cookie: str = "", **fields: str) -> tuple[int, dict[str, str], bytes]:
        """A button of the room's page."""
        return await self.ask(
            "POST", path, urlencode(fields).encode(), cookie=f"room={cookie}", origin="http://x", host="x"
        )

    async def badge(self) -> str:
        """The invigilator has said who he is."""
        status, headers, _ = await self.press("/hall/room/in", name="李四", pin=PIN)
        assert status == 303
        return headers["set-cookie"].partition(";")[0].removeprefix("room=")


def play(home: Path, story: Callable[[Place], Coroutine[Any, Any, None]]) -> None:
    """Run one story at a fresh place."""

    async def run() -> None:
        place = Place(home)
        try:
            await story(place)
        finally:
            place.site.close()

    asyncio.run(run())


def test_before_the_key_there_is_a_page_to_wait_at_and_nothing_else(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        status, _, page = await place.ask("GET", "/hall/")
        assert status == 200
        assert "试卷尚未启封" in page.decode()
        for path in ("/hall/enter", "/hall/checkin", "/hall/key", "/hall/answer"):
            status, headers, body = await place.ask("POST", path, b"{}", content_type="application/json")
            assert (status, json.loads(body)["code"], headers["retry-after"]) == (503, "not_opened", "5")
        assert not list((tmp_path / "hall").glob("**/*.json"))
        assert "题干" not in b"".join(file.read_bytes() for file in (tmp_path / "site").iterdir()).decode(
            "utf-8", "ignore"
        )

    play(tmp_path, story)


def test_a_candidate_sits_his_examination_with_no_line_out(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        assert (await place.press("/hall/room/key", code=f"{KEY}-{time_group(place.wall)}"))[0] == 303
        place.passes(601_000)
        ticket, entry = await place.sit_down(FIRST)
        said = {"pass": ticket, "fence": entry["fence"]}
        assert (await place.post("/hall/key", {"pass": ticket}))["key"]
        await place.post("/hall/answer", said | {"seq": 1, "item": "s1", "keys": ["A"]})
        with pytest.raises(StillSitting):
            place.home.bundle()
        assert read(place.home.bundle(partial=True)).partial
        await place.post("/hall/submit", said)
        place.site.close()
        content = place.home.bundle()
        made = read(content)
        found = check(made, package=place.home.header.digest, sittings=set(SITTINGS), key=public_key(SECRET))
        assert [finding.about for finding in found if not finding.sound] == []
        kinds = [type(decode(line.text)).__name__ for line in made.journals[0].lines]
        assert (made.journals[0].sitting, kinds) == (FIRST, ["Entered", "Answered", "HandedIn"])
        assert [(one.sitting, one.address) for one in made.arrivals] == [(FIRST, "10.0.0.9")]
        assert [(one.sitting, one.stage, one.answered) for one in made.standings] == [(FIRST, "handed", 1)]
        assert made.place == PLACE
        # once more is the same file
        assert place.home.bundle() == content

    play(tmp_path, story)


def test_five_wrong_keys_and_then_a_wait_that_a_restart_does_not_end(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        for _ in range(5):
            with pytest.raises(BadKey):
                place.site.open(new_opening_key())
        place.start()
        with pytest.raises(TooSoon) as found:
            place.site.open(KEY)
        assert found.value.wait == 31
        status, _, page = await place.press("/hall/room/key", code=KEY)
        assert (status, "31 秒" in page.decode()) == (429, True)
        place.passes(31_000)
        assert place.site.open(KEY).place == PLACE

    play(tmp_path, story)


def test_the_bureau_says_the_time_and_a_clock_put_right_later_does_nothing(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        bureau = place.wall
        place.wall += 3 * 3_600_000  # the machine is three hours ahead
        place.site.open(f"{KEY}-{time_group(bureau)}")
        assert place.home.clock.difference == 3 * 3_600_000
        assert "快 10800 秒" in "".join(place.site.notices())
        place.passes(300_000)
        place.wall -= 3 * 3_600_000
        (_, _, body) = await place.ask("GET", "/hall/clock")
        assert json.loads(body)["now"] == bureau + 300_000
        _, entry = await place.sit_down(FIRST)
        assert entry["key"] is None, "five minutes before the start, whatever the machine's clock says"
        place.site.close()
        (note,) = read(place.home.bundle(partial=True)).clock
        assert (note.wall - note.hall, note.bureau) == (3 * 3_600_000, bureau)

    play(tmp_path, story)


def test_a_machine_that_lost_its_power_goes_on_without_a_key_and_never_backwards(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.site.open(f"{KEY}-{time_group(place.wall)}")
        place.passes(700_000)
        ticket, entry = await place.sit_down(FIRST)
        answer = {"pass": ticket, "fence": entry["fence"], "seq": 1, "item": "s1", "keys": ["A"]}
        saved = await place.post("/hall/answer", answer)
        place.site.close()
        place.steady += 2_000  # the process alone died: the clock counts on
        place.start()
        assert place.home.clock.now() == saved["saved_at"] + 2_000
        place.site.close()
        place.wall, place.steady = 0, 100  # the machine was off and its battery is empty: 1970
        place.start(boot="two")
        assert place.home.clock.now() == saved["saved_at"]
        assert await place.post("/hall/answer", answer) == saved

    play(tmp_path, story)


def test_every_act_of_the_invigilator_is_in_the_journal_with_his_name(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.site.open(KEY)
        place.passes(601_000)
        _, entry = await place.sit_down(FIRST)
        end = entry["standing"]["deadline"]
        cookie = await place.badge()
        one = {"to": f"sitting {FIRST}", "text": "屏幕损坏"}
        assert (await place.press("/hall/room/act", cookie, act="extend", minutes="7", **one))[0] == 303
        await place.press("/hall/room/act", cookie, act="tell", **one)
        await place.press("/hall/room/act", cookie, act="free", **one)
        place.passes(20_000)
        await asyncio.sleep(1)  # the running hall hears of it within a second
        again = await place.sit_down(FIRST, device="d2")
        assert again[1]["standing"]["deadline"] == end + 7 * 60_000 + 20_000
        assert [note["text"] for note in again[1]["standing"]["notes"]] == ["屏幕损坏（监考人员：李四）"]
        await place.press("/hall/room/act", cookie, act="pause", to=f"session {SESSION}", text="停电")
        await place.press("/hall/room/act", cookie, act="resume", to=f"session {SESSION}", text="来电")
        await place.press("/hall/room/act", cookie, act="void", sure="on", to=f"sitting {SECOND}", text="替考")
        await asyncio.sleep(1)
        await place.press("/hall/room/act", cookie, act="collect", to=f"session {SESSION}", text="时间到")
        lines = replay(journal_path(tmp_path), FIRST)
        acts = [type(entry.event).__name__ for entry in lines if not entry.link]
        assert acts == ["Extended", "Told", "Freed", "Paused", "Resumed", "Told", "HandedIn"]
        assert all("李四" in entry.text for entry in lines if not entry.link and "handed_in" not in entry.text)
        assert [type(entry.event).__name__ for entry in replay(journal_path(tmp_path), SECOND)] == [
            "Paused",
            "Resumed",
            "Voided",
        ]
        place.site.close()
        acted = read(place.home.bundle()).acts
        assert {act.name for act in acted} == {"李四"}
        assert [act.act for act in acted] == ["in", "extend", "tell", "free", "pause", "resume", "void", "collect"]

    play(tmp_path, story)


def test_the_room_shows_every_seat_and_opens_to_the_pin_alone(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.site.open(KEY)
        _, _, page = await place.ask("GET", "/hall/room")
        assert "考生701" not in page.decode()
        for pin in ("", "000000", PIN[:-1]):
            assert (await place.press("/hall/room/in", name="李四", pin=pin))[0] == 401
        cookie = await place.badge()
        _, _, page = await place.ask("GET", "/hall/room", cookie=f"room={cookie}")
        assert all(f"考生{sitting}" in page.decode() for sitting in SITTINGS)
        assert "未到 6" in page.decode()
        forged = cookie[:-2] + ("AA" if cookie[-2:] != "AA" else "BB")
        assert "考生701" not in (await place.ask("GET", "/hall/room", cookie=f"room={forged}"))[2].decode()
        status, _, _ = await place.ask(
            "POST", "/hall/room/act", b"", cookie=f"room={cookie}", origin="http://evil", host="x"
        )
        assert status == 403
        for _ in range(5):
            await place.press("/hall/room/in", name="李四", pin="1")
        assert (await place.press("/hall/room/in", name="李四", pin=PIN))[0] == 429

    play(tmp_path, story)


def test_a_package_that_is_open_is_not_replaced_by_another(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.home.keep(sealed(starts_at=OPENS, minutes=60))
        place.home.keep(sealed(starts_at=OPENS))
        place.site.open(KEY)
        place.home.keep(sealed(starts_at=OPENS))
        with pytest.raises(ValueError, match="已经启封"):
            place.home.keep(sealed(starts_at=OPENS, minutes=60))

    play(tmp_path, story)
