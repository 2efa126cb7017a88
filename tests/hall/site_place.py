"""A place without a good line, made up: its sealed package, its people, and the office that sealed it."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hall_harness import FACE

from jiangheng.core.exam.site_package import Package, Person, Session, invigilator, seal, site_secret
from jiangheng.core.exam.spoken_key import new_opening_key
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.hall.papers import face_digest

PLACE = "45/03/05/0017/"
SESSION = 31
MASTER = b"the office's own key, 32 bytes.."
SECRET = site_secret(MASTER, place=PLACE, sessions=[SESSION])
OFFICE = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"office").digest())
OFFICE_PUBLIC = OFFICE.public_key().public_bytes_raw().hex()
KEY = new_opening_key(lambda count: bytes(range(7, 7 + count)))
PIN = "204816"
SITTINGS = range(701, 707)


def number(sitting: int) -> str:
    """The ticket of a candidate."""
    return f"T{sitting}"


def identity(sitting: int) -> str:
    """His identity number; nobody has it."""
    return f"45030019900101{sitting:04d}"


def person(sitting: int, *, starts_at: int, minutes: int, **more: Any) -> Person:
    """A candidate with his pass."""
    seat = f"A-{sitting % 100:02d}"
    good = Pass(
        sitting=sitting, session=SESSION, place=PLACE, paper=face_digest(FACE), seed="5eed" * 8, opens=starts_at,
        closes=starts_at + minutes * 60_000, fence=1, seat=seat, issued=0, **more,
    )  # fmt: skip
    return Person(
        sitting=sitting, number=number(sitting), identity=identity(sitting), name=f"考生{sitting}", seat=seat,
        title="车工 四级", ticket=sign(good, SECRET),
    )  # fmt: skip


def package(*, starts_at: int, minutes: int = 90) -> Package:
    """The package of one session."""
    session = Session(
        session=SESSION, title="车工 四级 理论知识", room="一号机房", seats=30, starts_at=starts_at, minutes=minutes,
        invigilators=(invigilator("李四", PIN, bytes(16)),),
        people=tuple(person(sitting, starts_at=starts_at, minutes=minutes) for sitting in SITTINGS),
    )  # fmt: skip
    return Package(
        place=PLACE, place_name="阳朔县职业技能评价站", made_at=starts_at - 86_400_000, rules=("不得交谈。",),
        papers=(FACE,), sessions=(session,), secret=SECRET.hex(),
    )  # fmt: skip


def sealed(*, starts_at: int, minutes: int = 90) -> bytes:
    """Its file, as the place gets it."""
    return seal(package(starts_at=starts_at, minutes=minutes), KEY, OFFICE)
