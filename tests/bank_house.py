"""Two enterprises, a college and the people of banks, with a small element table: for tests of the question bank."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from portal_stage import credit_code

from conftest import PASSWORD
from jiangheng.core.authority import SYSTEM

RANGES = [
    {"code": "A", "name": "基本要求", "weight": 40},
    {"code": "B", "name": "相关知识", "weight": 60},
]
POINTS = [
    {"code": f"{code}-{number:03d}", "range": code, "name": f"{code} 鉴定点 {number}", "importance": "X"}
    for code in "AB"
    for number in (1, 2, 3)
]
BASE_PLAN = {"kinds": [["single", 10, 10]], "minutes": 60, "pass_mark": 60}
_WORDS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def table(**more: Any) -> dict[str, Any]:
    """What founding a bank asks."""
    return {
        "name": "电工五级题库", "occupation": "6-31-01-03", "level": "5", "ranges": json.dumps(RANGES),
        "points": json.dumps(POINTS), **more,
    }  # fmt: skip


def words(number: int) -> str:
    """A text that looks like no other number's."""
    return "".join(
        _WORDS[(number * step + step * step) % 20] + _WORDS[(number // 20 + step) % 20] for step in (1, 3, 7, 9)
    )


def single(code: str, *, stem: str = "", point: str = "A-001", **more: Any) -> dict[str, Any]:
    """A single-choice item as data; its right answer is B."""
    number = int("".join(each for each in code if each.isdigit()) or 0)
    stem = stem or f"{words(number)}设备{number}号的额定值是"
    options = [{"key": key, "text": f"{words(number)[:4]}{number}{key}值"} for key in "ABCD"]
    return {"code": code, "kind": "single", "stem": stem, "options": options, "answer": ["B"], "point": point, **more}


def gift(rows: Sequence[tuple[str, str]], *, point: str = "A 鉴定点 1") -> bytes:
    """Single-choice items as a file that names its points: (code, stem)."""
    said = [f"$CATEGORY: {point}\n"]
    said += [
        f"::{code}::{stem}{{\n=对的{stem}\n~错的{stem}一\n~错的{stem}二\n~错的{stem}三\n}}\n" for code, stem in rows
    ]
    return "\n".join(said).encode()


def toml(rows: Sequence[dict[str, Any]]) -> bytes:
    """Items as the house's own text for the small table."""
    said = ['occupation = "6-31-01-03"\nlevel = "5"\n']
    for row in RANGES:
        said.append(f'[[range]]\ncode = "{row["code"]}"\nname = "{row["name"]}"\nweight = {row["weight"]}\n')
    for row in POINTS:
        said.append(
            f'[[point]]\ncode = "{row["code"]}"\nrange = "{row["range"]}"\nname = "{row["name"]}"\nimportance = "X"\n'
        )
    for row in rows:
        options = json.dumps([each["text"] for each in row["options"]], ensure_ascii=False)
        said.append(
            f'[[item]]\ncode = "{row["code"]}"\nkind = "single"\npoint = "{row["point"]}"\nstem = "{row["stem"]}"\n'
            f'options = {options}\ndifficulty = {row.get("difficulty", 3)}\nanswer = "{"".join(row["answer"])}"\n'
        )
    return "\n".join(said).encode()


def sent(data: bytes, name: str = "试题.toml") -> dict[str, Any]:
    """An upload."""
    return {"file": SimpleUploadedFile(name, data)}


class BankHouse:
    """Who keeps, writes and reviews: for the unified banks at the centre, for an own bank in the enterprise."""

    def __init__(self, play: Any, city: Any) -> None:
        self.play, self.city = play, city
        self.region, self.centre = city.regions["450300"], city.actor("centre")
        self.centre2 = city.person("centre2", "centre", name="唐中心")
        self.writer = city.person("writer", "writer", name="命题甲")
        self.reviewer = city.person("reviewer", "item_reviewer", name="审题甲")
        self.reviewer2 = city.person("reviewer2", "item_reviewer", name="审题乙")
        self.enterprise = self.institution("桂林漓光电气制造有限公司", "EMPLOYER", 1)
        self.other = self.institution("桂林试制厂", "EMPLOYER", 2)
        self.college = self.institution("桂林技师学院", "COLLEGE", 3)
        for name, role in (
            ("keeper", "keeper"), ("keeper2", "keeper"), ("own_writer", "writer"), ("own_reviewer", "item_reviewer"),
            ("own_reviewer2", "item_reviewer"), ("manager", "manager"),
        ):  # fmt: skip
            setattr(self, name, self.person(name, role, self.enterprise))
        self.stranger = self.person("stranger", "keeper", self.other)
        self.bursar = self.person("bursar", "keeper", self.college)

    def institution(self, name: str, kind: str, serial: int) -> Any:
        return self.play(
            "institution.register", under=self.city.regions["450305"], by=self.centre, name=name, kind=kind,
            uscc=credit_code(serial), address="七星区1号", contact="办公室", telephone="0773-1",
        )  # fmt: skip

    def person(self, username: str, role: str, institution: Any) -> Any:
        given = {"username": username, "name": f"{username}甲", "unit": "单位", "phone": "", "password": PASSWORD}
        account = self.play("account.open", under=institution, by=SYSTEM, **given)
        self.play("grant.appoint", under=account, by=SYSTEM, role=role, place=institution.scope)
        self.city.accounts[username] = account
        return self.city.actor(username)

    def unified(self, **more: Any) -> Any:
        """A unified bank, empty."""
        return self.play("bank.found", under=self.region, by=self.centre, **table(**more))

    def own(self, **more: Any) -> Any:
        """The enterprise's own bank, empty."""
        given = table(**{"name": "漓光自建题库", **more})
        return self.play("bank.found_own", under=self.enterprise, by=self.keeper, **given)

    def write(self, bank: Any, data: dict[str, Any], *, by: Any = None) -> Any:
        """An item written."""
        return self.play("item.write", under=bank, by=by or self.writer, data=json.dumps(data))

    def live(self, bank: Any, data: dict[str, Any]) -> Any:
        """An item through its whole life up to use."""
        item = self.write(bank, data)
        for step, by in (
            ("review", self.reviewer), ("second", self.reviewer2), ("stock", self.centre2), ("enact", self.centre),
        ):  # fmt: skip
            item = self.play(f"item.{step}", item, by=by)
        return item

    def stocked(self, bank: Any, count: int = 40) -> list[Any]:
        """Items in use, as many as asked, put in at once: how they come in is other tests' matter."""
        from jiangheng.apps.itembank.models import Item
        from jiangheng.core.exam import item_data

        rows = []
        for number in range(1, count + 1):
            point = POINTS[number % len(POINTS)]
            content = item_data.from_data(
                single(f"S{number:03d}", point=point["code"], range_code=point["range"], importance="X")
            )
            row = Item(bank=bank, scope=bank.scope, owner=bank.owner, state="live", code=content.code)
            row.hold(content)
            rows.append(row)
        return list(Item.everywhere.bulk_create(rows))

    def planned(self, bank: Any, content: dict[str, Any] | None = None, **more: Any) -> Any:
        """A plan, written by one and enacted by another of those who hold the bank."""
        first, second = (self.keeper, self.keeper2) if bank.owner else (self.centre, self.centre2)
        made = self.play(
            "plan.write", under=bank, by=first, name="理论试卷", content=json.dumps({**(content or BASE_PLAN), **more})
        )
        return self.play("plan.enact", made, by=second)

    def committed(self, bank: Any, *, mode: str = "one", count: int = 1, batch: int | None = None) -> Any:
        """A draw, committed."""
        given = {"plan": bank.plans.get(state="enacted").pk, "title": "七月五级", "mode": mode, "count": count}
        return self.play("draw.commit", under=bank, by=SYSTEM, **given, **({"batch": batch} if batch else {}))

    def pledged(self, draw: Any, *, words: Sequence[str] = ("31415", "27182")) -> Any:
        """Both shares in."""
        first, second = (self.keeper, self.keeper2) if draw.owner else (self.centre, self.city.actor("city"))
        self.play("draw.pledge", draw, by=first, words=words[0])
        return self.play("draw.second", draw, by=second, words=words[1])

    def drawn(self, bank: Any, **more: Any) -> Any:
        """A draw with its papers composed."""
        draw = self.pledged(self.committed(bank, **more))
        return self.play("draw.draw", draw, by=SYSTEM)

    def browser(self, username: str) -> Client:
        """Somebody's browser, logged in."""
        client = Client()
        client.force_login(self.city.accounts[username], backend="django.contrib.auth.backends.ModelBackend")
        return client
