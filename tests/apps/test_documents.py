"""Certificates, admission tickets and room papers as files (clauses W5, W10, K10)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

import jiangheng
from jiangheng.apps.batches.formats.rooms import RoomSeat, RoomSheet, door_list_pdf, sign_in_pdf
from jiangheng.apps.batches.formats.tickets import Session, Ticket, TicketHead, day_and_hours, tickets_pdf
from jiangheng.apps.certificates.formats import CertificateFace, certificate_pdf, qr_svg
from jiangheng.core.law.calendar import CHINA
from jiangheng.core.law.levels import LADDER
from jiangheng.core.law.modes import MODES
from jiangheng.kernel.typeset import CannotPrint, Typesetter

HOUSE = Path(jiangheng.__file__).parent
TEMPLATES = sorted((HOUSE / "apps").glob("*/documents/*.typ"))


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter(HOUSE / "web" / "fonts")


@pytest.fixture(scope="module")
def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (358, 441), "white").save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def face(photo: bytes) -> CertificateFace:
    return CertificateFace(
        name="韦秀兰",
        document_kind="居民身份证",
        document_number="**************0010",
        occupation="电工",
        direction="",
        level="三级/高级工",
        number="S000045990001263000362",
        institution="桂林市漓江职业技能评价中心",
        issued=date(2026, 11, 23),
        photo=photo,
        check_url="https://check.example/c/S000045990001263000362",
        check_site="check.example",
    )


def at(hour: int, minute: int = 0, day: int = 28) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


@pytest.fixture
def head() -> TicketHead:
    return TicketHead(
        institution="桂林市漓江职业技能评价中心",
        batch="2026年第四批",
        contact="考务咨询：0773-0000000",
        issued=at(9, day=18),
    )


def ticket(photo: bytes, number: int) -> Ticket:
    return Ticket(
        number=f"2611284599000100{number:02d}",
        name="莫建军",
        document_number="**************0036",
        occupation="电工",
        direction="",
        level="三级/高级工",
        employer="",
        photo=photo,
        sessions=(
            Session(
                part="理论知识考试", starts=at(9), ends=at(10, 30), place="第 3 考场 12 号座", address="示例路 1 号"
            ),
        ),
    )


def room(rows: int = 5, columns: int = 6, taken: int = 27) -> RoomSheet:
    seats = tuple(
        RoomSeat(
            row=place // columns + 1,
            column=place % columns + 1,
            label=f"{place + 1:02d}",
            name="阿卜杜热依木·麦麦提吐尔逊江" if place % 5 == 0 else "莫建军",
            number=f"2611284599000100{place:02d}",
            document_number="**************0036",
        )
        for place in range(taken)
    )
    return RoomSheet(
        name="第 3 考场", place="实训楼 201", part="理论知识考试", starts=at(9), ends=at(10, 30), rows=rows,
        columns=columns, seats=seats,
    )  # fmt: skip


def pages(pdf: bytes) -> list[tuple[int, int]]:
    """The size of each page in whole millimetres, as the file declares it."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in boxes]


def test_a_certificate_is_one_landscape_page_and_the_same_every_time(setter, face):
    first = certificate_pdf(setter, face)
    assert pages(first) == [(297, 210)]
    assert certificate_pdf(Typesetter(HOUSE / "web" / "fonts"), face) == first


@pytest.mark.parametrize(
    "field", ["name", "document_number", "occupation", "level", "number", "institution", "check_url", "mode"]
)
def test_every_field_of_the_face_changes_the_certificate(setter, face, field):
    assert certificate_pdf(
        setter, replace(face, **{field: "甲乙丙" if field != "check_url" else "https://b.example/"})
    ) != (certificate_pdf(setter, face))


def test_a_demo_certificate_says_so_and_a_real_one_does_not(setter, face):
    assert certificate_pdf(setter, replace(face, demo=True)) != certificate_pdf(setter, face)


def test_a_name_the_typeface_lacks_stops_the_certificate_and_names_the_field(setter, face):
    with pytest.raises(CannotPrint) as refused:
        certificate_pdf(setter, replace(face, name="张\ue5e5"))
    assert "姓名" in str(refused.value)
    assert refused.value.characters == ["\ue5e5"]


def test_the_longest_names_still_make_one_page(setter, face):
    long = replace(
        face,
        name="阿卜杜热依木·麦麦提吐尔逊江·阿卜来提",
        occupation="工业机器人系统操作员（智能制造单元运维方向）",
        direction="工业机器人系统运维与离线编程、视觉集成",
        institution="广西壮族自治区桂林市临桂区现代智能制造职业技术学院有限责任公司",
        level="一级/高级技师",
    )
    assert pages(certificate_pdf(setter, long)) == [(297, 210)]


def test_an_institution_of_one_character_still_has_a_seal(setter, face):
    assert pages(certificate_pdf(setter, replace(face, institution="甲"))) == [(297, 210)]


def test_the_codes_drawn_differ_with_the_address_and_are_plain_drawings():
    drawn = qr_svg("https://check.example/c/1")
    assert drawn.startswith(b"<svg") and b"<script" not in drawn
    assert drawn != qr_svg("https://check.example/c/2")


def test_every_word_of_every_template_has_its_glyph(setter):
    assert len(TEMPLATES) >= 3
    for template in TEMPLATES:
        words = "".join(re.findall(r"[^\x00-\x7f]", template.read_text(encoding="utf-8")))
        assert setter.unprintable(words) == [], template.name
    for said in (*(step.face for step in LADDER), *MODES.values()):
        assert setter.unprintable(said) == []


def test_tickets_of_a_batch_are_one_page_each(setter, photo, head):
    made = tickets_pdf(setter, [ticket(photo, number) for number in range(3)], head=head)
    assert pages(made) == [(210, 297)] * 3
    assert made == tickets_pdf(setter, [ticket(photo, number) for number in range(3)], head=head)


def test_a_ticket_with_every_part_still_fits_its_page(setter, photo, head):
    session = Session(
        part="操作技能考核", starts=at(14), ends=at(16), place="电工实训车间 3 号工位", address="示例路 1 号"
    )
    full = replace(
        ticket(photo, 1), sessions=(session,) * 5, employer="广西壮族自治区桂林市某某现代制造有限责任公司第三分公司"
    )
    assert pages(tickets_pdf(setter, [full], head=head)) == [(210, 297)]


def test_no_ticket_is_no_document(setter, head):
    with pytest.raises(ValueError, match="no ticket"):
        tickets_pdf(setter, [], head=head)


def test_times_are_told_in_chinas_clock_with_the_weekday():
    assert day_and_hours(datetime(2026, 11, 28, 1, 0, tzinfo=UTC), datetime(2026, 11, 28, 2, 30, tzinfo=UTC)) == (
        "2026年11月28日（周六）",
        "09:00–10:30",
    )
    assert day_and_hours(at(22), at(1, day=29))[1] == "22:00–11月29日 01:00"


@pytest.mark.parametrize(("rows", "columns", "taken"), [(5, 6, 27), (8, 10, 80), (1, 1, 1), (10, 12, 120)])
def test_a_door_list_is_one_landscape_page_for_each_room(setter, head, rows, columns, taken):
    assert pages(door_list_pdf(setter, [room(rows, columns, taken)] * 2, head=head)) == [(297, 210)] * 2


def test_a_sign_in_sheet_goes_on_to_further_pages_when_the_room_is_large(setter, head):
    assert len(pages(sign_in_pdf(setter, [room(taken=15)], head=head))) == 1
    assert len(pages(sign_in_pdf(setter, [room(8, 10, 80)], head=head))) == 4


def test_two_candidates_on_one_seat_or_a_seat_outside_the_room_are_never_printed(setter, head):
    whole = room()
    with pytest.raises(ValueError, match="share a seat"):
        door_list_pdf(setter, [replace(whole, seats=(*whole.seats, whole.seats[0]))], head=head)
    with pytest.raises(ValueError, match="outside"):
        door_list_pdf(setter, [replace(whole, rows=4)], head=head)
