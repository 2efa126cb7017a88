"""The way to the hall: passes out, what happened there in (clause K13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from django.conf import settings

from jiangheng.core.exam import sitting as core_sitting
from jiangheng.core.exam import watch_pass
from jiangheng.core.exam.events import Entered, Event, Extended
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.core.law.parameters import parameter
from jiangheng.hall import books
from jiangheng.hall.entries import Standing, chain_head
from jiangheng.kernel import clock, vault

from ..models import Session, Sitting
from .browser import browser_keys


def hall_key() -> bytes:
    """The key with which the office signs passes and the hall checks them."""
    return vault.subkey("hall")


def home() -> Path:
    """The folder of the installation."""
    return Path(settings.HOME)


def journal() -> str | Path:
    """Where the hall's journal lies."""
    return settings.CONFIG.hall_journal or books.journal_path(home())


def window(session: Session) -> tuple[int, int]:
    """Opening and close of a session in epoch milliseconds."""
    opens = int(session.starts_at.timestamp() * 1000)
    return opens, opens + session.minutes * 60_000


def latest(session: Session) -> int:
    """Until when a candidate may come in, epoch milliseconds."""
    return int(session.starts_at.timestamp() * 1000) + parameter("candidate.late_limit") * 60_000


def terms_of(sitting: Sitting) -> core_sitting.Terms:
    """The hours of a sitting and what its candidate was granted, as its passes say and the journal begins with."""
    opens, closes = window(sitting.session)
    own = sitting.first_terms or {"extra": sitting.extra, "breaks": sitting.breaks, "large": sitting.large}
    return core_sitting.Terms(
        opens=opens,
        closes=closes,
        extra=own["extra"] * 60,
        breaks=own["breaks"] * 60,
        large=own["large"],
        lock_after=sitting.session.lock_after,
        # whoever was let in by hand came in time, however long he takes to his machine
        latest=0 if sitting.admitted_at else latest(sitting.session),
        move_credit=parameter("exam.move_credit") * 60,
    )


def pass_for(sitting: Sitting) -> str:
    """The signed pass with which a candidate's page enters the hall."""
    session = sitting.session
    keys = _browser_keys(session) if session.exam_browser else ()
    return sign(_pass_of(sitting, camera=session.camera, browser_keys=keys), hall_key())


def pass_at_a_place(sitting: Sitting, secret: bytes) -> str:
    """The pass with which he enters the hall of a place that has this secret.

    No pictures are asked for, because nobody could destroy them there; a browser's keys are those that were named for
    the session, because ours open the centre's address.
    """
    session = sitting.session
    keys = tuple(session.browser_keys) if session.exam_browser else ()
    return sign(_pass_of(sitting, camera=0, browser_keys=keys), secret)


def _pass_of(sitting: Sitting, *, camera: int, browser_keys: tuple[str, ...]) -> Pass:
    session, terms = sitting.session, terms_of(sitting)
    return Pass(
        sitting=sitting.pk,
        session=sitting.session_id,
        place=session.scope,
        paper=sitting.face,
        seed=sitting.seed,
        opens=terms.opens,
        closes=terms.closes,
        fence=sitting.fence,
        seat=seat_name(sitting),
        issued=clock.epoch_ms(),
        extra=terms.extra,
        breaks=terms.breaks,
        large=terms.large,
        lock_after=terms.lock_after,
        latest=terms.latest,
        move_credit=terms.move_credit,
        camera=camera,
        calculator=session.calculator,
        seb=browser_keys,
    )


def _browser_keys(session: Session) -> tuple[str, ...]:
    """The keys of the file we hand out, and those of another one that was named for the session."""
    return (*browser_keys(session, camera=bool(session.camera)), *session.browser_keys)


def seat_name(sitting: Sitting) -> str:
    """What the candidate reads on his desk."""
    return f"{sitting.session.room.name} {sitting.seat}"


WATCH_MS = 30 * 60 * 1000
"""How long a page may watch before it asks again: whoever lost his role sees no more after that."""


def watch_session(session: Session) -> str:
    """The signed pass with which a page watches the seats of a room."""
    return watch_pass.sign(watch_pass.WatchPass(session=session.pk, until=clock.epoch_ms() + WATCH_MS), hall_key())


def watch_place(place: str) -> str:
    """The signed pass with which a page watches every session within a place."""
    return watch_pass.sign(watch_pass.WatchPass(place=place, until=clock.epoch_ms() + WATCH_MS), hall_key())


def replay(sitting: Sitting) -> tuple[core_sitting.State, str]:
    """The state a sitting has come to and the head of its receipt chain, from the hall's journal."""
    entries = books.replay(journal(), sitting.pk)
    state = core_sitting.fold(core_sitting.begin(terms_of(sitting)), (entry.event for entry in entries))
    return state, chain_head(sitting.pk, entries)


def entered_at(sitting: Sitting) -> dt.datetime | None:
    """When the candidate first entered the hall, if he did."""
    for entry in books.replay(journal(), sitting.pk):
        if isinstance(event := entry.event, Entered):
            return dt.datetime.fromtimestamp(event.at / 1000, dt.UTC)
    return None


def is_over(sitting: Sitting) -> bool:
    """Has the candidate handed in, or is his time up?"""
    state, _head = replay(sitting)
    return core_sitting.ended(state, clock.epoch_ms())


def control(sittings: Iterable[Sitting], *events: Event) -> None:
    """Write these events for each of the sittings, all or none; the running hall sees them within a second.

    Called by the effect of a step, before its transaction commits. So what the journal cannot take is refused, nothing
    is recorded, and the invigilator hears of it. Should the commit fail after the journal took it, the candidate has
    what was given to him and the journal the reason; the other way round the trail would tell of time, of a break
    or of a machine that the candidate never got, and nobody would know in time.
    """
    now = clock.epoch_ms()
    timed = [msgspec.structs.replace(event, at=now) for event in events]
    books.append_controls(journal(), [(sitting.pk, event) for sitting in sittings for event in timed])


def extend(sitting: Sitting, *, minutes: int, reason: str) -> None:
    """Give a candidate more time; the running hall sees it within a second."""
    control([sitting], Extended(seconds=minutes * 60, reason=reason))


def standings(session: Session) -> dict[int, Standing]:
    """How the sittings of a session were last seen to stand, by their number; none of those nobody has entered."""
    return {one.sitting: one for one in books.standings(journal(), sessions=[session.pk])}


def standings_of(sessions: Sequence[int]) -> list[Standing]:
    """How the sittings of these sessions were last seen to stand; none of those nobody has entered."""
    return books.standings(journal(), sessions=sessions) if sessions else []


def expected(session: Session) -> list[Sitting]:
    """The sittings of a session that may still be answered in the hall."""
    return list(session.sittings.filter(state__in=("ready", "admitted")).order_by("pk"))


def present(session: Session) -> list[Sitting]:
    """Those of them whose candidates are there: admitted by hand, or seen in the hall."""
    seen = standings(session)
    return [one for one in expected(session) if one.state == "admitted" or one.pk in seen]


def turned_away(sittings: Iterable[int]) -> dict[int, dict[str, int]]:
    """How often which messages of these sittings were refused, by code."""
    return books.turned_away(journal(), list(sittings))
