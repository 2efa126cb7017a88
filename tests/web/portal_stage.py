"""An evaluation in small for the public's tests: three candidates from their application to their certificates."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from conftest import PASSWORD, found_city
from jiangheng.core.authority import SYSTEM
from jiangheng.core.law.identity import make_identity, org_check, uscc_check
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.kernel import clock

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n"
PHONE = "19900001111"
Play = Callable[..., Any]


def credit_code(serial: int) -> str:
    body = f"MA5DE{serial:03d}"
    first17 = f"91450305{body}{org_check(body)}"
    return first17 + uscc_check(first17)


def photo(shade: int = 200) -> SimpleUploadedFile:
    """A portrait of the right proportion, plain."""
    data = io.BytesIO()
    Image.new("RGB", (350, 450), (shade, shade, shade)).save(data, "JPEG")
    return SimpleUploadedFile("photo.jpg", data.getvalue(), "image/jpeg")


def person(sequence: int, *, sex: str = "1", born: dt.date = dt.date(1990, 3, 7)) -> str:
    """The identity number of an invented person of Guilin."""
    return make_identity("450302", birth=born, sequence=sequence, sex=sex)


def it_is(day: str, time: str = "09:00") -> None:
    clock.move_to(timezone.make_aware(dt.datetime.fromisoformat(f"{day}T{time}:00")))


class Stage:
    """An institution of Qixing with its people and one announced batch; every act is a step."""

    levels: tuple[str, ...] = ("5", "4")
    times: Mapping[str, str] = {"theory_at": "2026-10-14T09:00", "practical_at": "2026-10-15T09:00"}

    def __init__(self, play: Play) -> None:
        # before anybody is appointed: a grant holds from its day on
        it_is("2026-09-01")
        self.city, self.play = found_city(), play
        city = self.city
        centre = city.actor("centre")
        text = shipped_text("electrician-6-31-01-03")
        standard = play("standard.draft", under=city.regions["450300"], by=centre, text=text)
        play("standard.enact", standard, by=city.person("centre2", "centre", name="唐中心"), opinion="")
        self.institution = play(
            "institution.register", under=city.regions["450305"], by=centre, name="桂林漓光电气制造有限公司",
            kind="EMPLOYER", uscc=credit_code(1), address="七星区朝阳路8号", contact="办公室", telephone="0773-0000001",
        )  # fmt: skip
        for role in ("manager", "registrar", "checker", "approver", "exam_officer", "invigilator", "issuer"):
            setattr(self, role, self.person(role, role))
        self.site = play("site.open", under=self.institution, by=self.manager, name="朝阳路考点", address="朝阳路8号")
        self.rooms = {
            kind: play("room.add", under=self.site, by=self.manager, name=f"{kind}室", kind=kind, rows=2, columns=5)
            for kind in ("theory", "practical")
        }
        filing = play(
            "filing.draft", under=self.institution, by=self.manager, site=self.site.pk,
            standard=str(standard.pk),
            levels=list(self.levels), statement="场地设备齐全", files={"document": SimpleUploadedFile("备案.pdf", PDF)},
        )  # fmt: skip
        play("filing.submit", filing, by=self.manager)
        self.filing = play("filing.accept", filing, by=centre, opinion="同意")
        self.batch = self.announce("漓光电气第一批电工认定")

    def person(self, username: str, role: str) -> Any:
        """Somebody of the institution: his account lies in its scope."""
        given = {"username": username, "name": f"{username}甲", "unit": "漓光电气", "phone": "", "password": PASSWORD}
        account = self.play("account.open", under=self.institution, by=SYSTEM, **given)
        self.play("grant.appoint", under=account, by=SYSTEM, role=role, place=self.institution.scope)
        self.city.accounts[username] = account
        return self.city.actor(username)

    def announce(self, title: str) -> Any:
        """A batch that takes applications."""
        batch = self.play(
            "batch.plan", under=self.filing, by=self.manager, title=title, levels=list(self.levels),
            capacity=10, apply_until="2026-09-15", **self.times,
            theory_rooms=[self.rooms["theory"].pk], practical_rooms=[self.rooms["practical"].pk], notes="请带身份证",
        )  # fmt: skip
        self.play("batch.file", batch, by=self.manager)
        return self.play("batch.accept", batch, by=self.city.actor("county"), opinion="同意")

    def enrol(self, name: str, identity: str, *, level: str = "5") -> Any:
        """One person on the institution's list, with a photo."""
        row = self.play(
            "application.enrol", under=self.batch, by=self.registrar, level=level, name=name, identity=identity,
            phone=PHONE, education="高中", employer="漓光电气", work_since="2015-01-01",
        )  # fmt: skip
        return self.play("application.photograph", row, by=self.registrar, files={"photo": photo()})

    def seat(self) -> None:
        """Both reviews, the end of application, seats and tickets."""
        for row in self.batch.applications.filter(state="submitted").order_by("pk"):
            self.play("application.check", row, by=self.checker)
            self.play("application.approve", row, by=self.approver)
        it_is("2026-09-16")
        self.play("batch.close", self.batch, by=self.exam_officer)
        self.play("batch.seat", self.batch, by=self.exam_officer, order="plain")

    def publish(self, marks: dict[str, tuple[str, str]]) -> None:
        """Marks of theory and practice by name, the summary, publicity."""
        it_is("2026-10-16")
        for row in self.batch.applications.filter(state="seated").order_by("pk"):
            theory, practical = marks[row.name]
            self.play("application.enter_theory", row, by=SYSTEM, mark=theory)
            self.play("application.enter_practical", row, by=SYSTEM, mark=practical)
        self.play("batch.score", self.batch, by=self.exam_officer)
        self.play("batch.publish", self.batch, by=self.exam_officer)
        self.batch.refresh_from_db()

    def issue(self) -> None:
        """The end of publicity, approval, certificates."""
        it_is("2026-10-26")
        self.play("batch.conclude", self.batch, by=self.exam_officer)
        self.play("batch.approve", self.batch, by=self.city.actor("county"), opinion="同意")
        self.play("issuance.run", under=self.batch, by=self.issuer)
        self.batch.refresh_from_db()

    def certificate(self, name: str) -> Any:
        """The certificate of a person."""
        from jiangheng.apps.certificates.models import Certificate

        return Certificate.everywhere.get(name=name)
