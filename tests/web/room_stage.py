"""An evaluation on its examination days, for the tests of the rooms' pages: seated, watched, marked."""

from __future__ import annotations

import io
from typing import Any

import bank_stage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from portal_stage import Play, Stage, it_is, person

from jiangheng.apps.batches.formats.marking import write_roster

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PEOPLE = ("莫建军", "韦秀兰", "廖小满")


class RoomStage(Stage):
    """The small evaluation with invigilators and a panel."""

    def __init__(self, play: Play) -> None:
        super().__init__(play)
        self.invigilator2 = self.person("invigilator2", "invigilator")
        self.panelists = [self.person(f"evaluator{number}", "evaluator") for number in (1, 2, 3)]
        self.numbers = {name: person(number) for number, name in enumerate(PEOPLE, start=20)}

    def seated(self) -> None:
        """Three people with tickets."""
        for name, number in self.numbers.items():
            self.enrol(name, number)
        self.seat()
        self.batch.refresh_from_db()

    def bank(self) -> None:
        """The demonstration's bank of level five in use, and the batch's paper drawn from it."""
        bank = bank_stage.a_bank(self.play, self.city)
        bank_stage.papers(self.play, self.city, self.batch, bank)

    def session(self) -> Any:
        """The session of the theory room, prepared."""
        self.bank()
        accounts = [self.city.accounts[name].pk for name in ("invigilator", "invigilator2")]
        return self.play(
            "session.prepare", under=self.batch, by=self.exam_officer, room=self.rooms["theory"].pk,
            invigilators=accounts,
        )  # fmt: skip

    def opened(self) -> Any:
        """The session with its doors open; nobody has come in yet."""
        session = self.session()
        it_is("2026-10-14", "08:50")
        self.play("session.release", session, by=self.exam_officer)
        return self.play("session.open", session, by=self.invigilator)

    def panel(self) -> list[Any]:
        """The panel at work; the sheets of the first evaluator by code."""
        from jiangheng.apps.practicals.models import Sheet

        accounts = [self.city.accounts[f"evaluator{number}"].pk for number in (1, 2, 3)]
        self.play(
            "panel.appoint", under=self.batch, by=self.exam_officer, room=self.rooms["practical"].pk,
            evaluators=accounts, leader=accounts[0],
        )  # fmt: skip
        it_is("2026-10-15", "10:00")
        return list(Sheet.everywhere.filter(evaluator=accounts[0]).order_by("practical__code"))

    def roster(self, rows: list[dict[str, str]]) -> Any:
        """A roster of these rows, uploaded and not yet taken."""
        made = io.BytesIO()
        write_roster(rows, made)
        upload = SimpleUploadedFile("花名册.xlsx", made.getvalue(), XLSX)
        return self.play("roster.upload", under=self.batch, by=self.registrar, files={"file": upload})

    def row(self, name: str, identity: str, **more: str) -> dict[str, str]:
        """A sound row of a roster."""
        return {
            "name": name, "sex": "男", "document_kind": "居民身份证", "document_number": identity, "education": "高中",
            "phone": "19900001111", "employer": "漓光电气", "source": "私营企业", "occupation": "电工", "level": "5",
            "nature": "初次认定", "exam_nature": "正考", "condition": "2", "years": "3", **more,
        }  # fmt: skip

    def browser(self, username: str) -> Client:
        """Somebody's browser, logged in."""
        client = Client()
        client.force_login(self.city.accounts[username], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def admit(self, sitting: Any) -> Any:
        """Let a candidate in."""
        return self.play("sitting.admit", sitting, by=self.invigilator)
