"""Institutions for other rooms and for the public directory (W9)."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from jiangheng.apps.roster import queries as roster
from jiangheng.core.exam import seat_check
from jiangheng.core.law.levels import level
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.standard_text import parse_standard
from jiangheng.hall import books
from jiangheng.kernel import clock, trail, vault
from jiangheng.kernel.scoping import ScopedQuerySet

from .models import Filing, Institution, Room, SeatCheck, Site, Specification


def directory(*, words: str = "", place: str = "", occupation: str = "") -> Any:
    """Filed institutions with their filings in force, for everyone."""
    filings = Filing.everywhere.filter(state="filed").select_related("institution", "site")
    if words:
        filings = filings.filter(institution__name__icontains=words)
    if place:
        filings = ScopedQuerySet.under(filings, place)
    if occupation:
        filings = filings.filter(occupation=occupation)
    return filings.order_by("institution__name", "occupation")


def sites_of(institution: Institution) -> Any:
    """The open sites of an institution, which its public page names."""
    return Site.everywhere.filter(institution=institution, state="open").order_by("pk")


def rooms_of(site: Site, *, kind: str) -> Any:
    """The open rooms of a site for theory or practice."""
    return Room.everywhere.filter(site=site, kind=kind, state="open").order_by("pk")


def institution_of(scope: str) -> Institution | None:
    """The institution in whose scope a thing lies, or ``None`` for a bureau's thing."""
    path = "/".join(scope.split("/")[:4]) + "/"
    return Institution.everywhere.filter(scope=path).first()


def outline(text: str) -> list[dict[str, str]]:
    """The paragraphs of a standard's text that an expert may comment on, as key and title."""
    content = parse_standard(text)
    titles = ["职业概况", "基本要求"]
    for code in content.levels:
        face = level(code).zh
        titles += [f"{face}：申报条件", f"{face}：考核方案"]
        titles += [f"{face}：{part.code} {part.name}" for part in content.functions if part.level == code]
    titles += ["权重表", "评分表", "等级折算"]
    return [{"key": f"p{place}", "title": title} for place, title in enumerate(titles, start=1)]


def drafters(specification: Specification) -> list[int]:
    """The accounts that wrote or handed in a specification: they do not sit in judgement over it."""
    acts = (trail.last_by("specification", specification.pk, step) for step in ("draft", "revise", "submit"))
    return sorted({int(actor.partition(":")[2]) for actor in acts if actor and actor.startswith("account:")})


def reviews(specification: Specification) -> list[dict[str, Any]]:
    """Every concluded review of a specification, newest first: the vote, the comments by paragraph, the minutes."""
    return [
        {
            "committee": found,
            "lines": list(roster.tally(found).values()),
            "comments": roster.comments_of(found),
        }
        for found in roster.committees_of(specification, kind="specification")
        if found.decided
    ]


@dataclass(frozen=True)
class FreshCheck:
    """The check of a machine that the hall has and the office has not taken over yet."""

    number: int
    at: dt.datetime
    sound: bool
    findings: dict[str, Any]


# a check is stamped before it is written, so one that was stamped earlier may become visible later
_LOOK_BACK = dt.timedelta(minutes=5)


def fresh_checks(room: Room) -> list[FreshCheck]:
    """What the hall has found at the machines of a room since the office last took it over. A room nobody checks, or
    not lately, is not asked for: the clock asks for every room, every minute."""
    if room.check_until is None or clock.now() > room.check_until + _LOOK_BACK:
        return []
    known = dict(SeatCheck.objects.filter(room=room).values_list("number", "checked_at"))
    since = max(known.values()) - _LOOK_BACK if known else dt.datetime.fromtimestamp(0, dt.UTC)
    journal = settings.CONFIG.hall_journal or books.journal_path(Path(settings.HOME))
    found = [
        FreshCheck(row.number, dt.datetime.fromtimestamp(row.at / 1000, dt.UTC), row.sound, json.loads(row.findings))
        for row in books.seats_of(journal, room.pk, since=int(since.timestamp() * 1000))
    ]
    return [each for each in found if each.number not in known or each.at > known[each.number]]


def check_pass(room: Room, *, camera: bool) -> str:
    """The signed pass with which the room's people check its machines; empty while nobody may.

    ``camera``: an exam there takes pictures, so a machine without a camera is not sound.
    """
    if room.check_until is None or clock.now() > room.check_until:
        return ""
    # in the demo the hall's clock stands at another hour than the machine's, which is no fault of the machine
    shifted = abs(int(clock.shift().total_seconds() * 1000))
    limits = seat_check.Limits(
        width=parameter("seat.width"), height=parameter("seat.height"), skew=parameter("seat.clock") * 1000 + shifted,
        median=parameter("seat.median"), worst=parameter("seat.worst"), camera=camera,
    )  # fmt: skip
    until = int(room.check_until.timestamp() * 1000)
    ticket = seat_check.CheckPass(room=room.pk, name=str(room), seats=room.capacity, limits=limits, until=until)
    return seat_check.sign(ticket, vault.subkey("hall"))


WORD = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What cannot be read as something else when it is typed."""


def check_word(room: Room) -> str:
    """The eight letters of the address that is typed at a machine to check it; empty while nobody may."""
    if room.check_until is None or clock.now() > room.check_until:
        return ""
    digest = hmac.digest(vault.subkey("seat check"), f"{room.pk} {room.check_until.isoformat()}".encode(), "sha256")
    return "".join(WORD[byte % len(WORD)] for byte in digest[:8])


def room_of_word(word: str) -> Room | None:
    """The room whose machines may be checked with that word just now."""
    rooms = Room.everywhere.filter(check_until__gte=clock.now())
    return next((room for room in rooms if hmac.compare_digest(check_word(room).encode(), word.upper().encode())), None)


def seat_checks(room: Room) -> dict[int, Any]:
    """The latest check of every machine of a room that was checked, by its number."""
    return {row.number: row for row in SeatCheck.objects.filter(room=room).order_by("number")}


def is_red(room: Room, number: int) -> bool:
    """Was the latest check of that machine bad? One that was never checked is not red."""
    return bool(SeatCheck.objects.filter(room=room, number=number, sound=False).exists())


def usable_seats(room: Room) -> list[int]:
    """The numbers of the seats that may be given to somebody: all but the red ones."""
    red = set(room.red_seats)
    return [number for number in range(1, room.capacity + 1) if number not in red]
