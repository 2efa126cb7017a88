"""Sittings for pages, and their way to the hall: faces out, passes out, answers in. Keys never leave this process."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings

from jiangheng.apps.itembank import queries as itembank
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import sitting as core_sitting
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.core.law import levels
from jiangheng.hall import store_sqlite as journal
from jiangheng.hall.papers import publish
from jiangheng.kernel import clock, vault

from .models import Session, Sitting


def hall_key() -> bytes:
    """The key with which the office signs passes and the hall checks them."""
    return vault.subkey("hall")


def _home() -> Path:
    return Path(settings.HOME)


def public_ids(paper: Any) -> dict[str, str]:
    """What a candidate's page calls each item: its place on the paper, so that no code tells its point or range."""
    return {code: f"q{place:03d}" for place, code in enumerate(paper.items, start=1)}


def _title(paper: Any) -> str:
    # the examination's name is part of the paper, in Chinese as the paper is
    standard = standards.in_force(paper.bank.occupation)
    name = standard.name if standard is not None else paper.bank.occupation
    return f"{name} {levels.level(paper.level).face} 理论知识考试"


def publish_face(paper: Any) -> str:
    """Write what candidates may see of a paper to the hall; the digest under which the hall knows it."""
    ids = public_ids(paper)
    plan = itembank.blueprint_of(paper.bank, paper.blueprint)
    face = {
        "title": _title(paper),
        "minutes": plan.minutes,
        "kinds": [
            {"kind": row.kind, "label": core_items.KINDS[row.kind].name, "count": row.count, "marks": str(row.marks)}
            for row in plan.kinds
        ],
        "items": [core_items.face(item, public_id=ids[item.code]) for item in itembank.paper_items(paper)],
    }
    return publish(_home(), face)


def window(session: Session) -> tuple[int, int]:
    """Opening and close of a session in epoch milliseconds."""
    opens = int(session.starts_at.timestamp() * 1000)
    return opens, opens + session.minutes * 60_000


def pass_for(sitting: Sitting) -> str:
    """The signed pass with which a candidate's page enters the hall."""
    opens, closes = window(sitting.session)
    return sign(
        Pass(
            sitting=sitting.pk,
            paper=sitting.face,
            seed=sitting.seed,
            opens=opens,
            closes=closes,
            fence=sitting.version,
            seat=f"{sitting.session.room.name} {sitting.application.seat}",
            issued=clock.epoch_ms(),
        ),
        hall_key(),
    )


def replay(sitting: Sitting) -> tuple[core_sitting.State, str]:
    """The state a sitting has come to and the head of its receipt chain, from the hall's journal."""
    entries = journal.replay(journal.journal_path(_home()), sitting.pk)
    opens, closes = window(sitting.session)
    state = core_sitting.fold(core_sitting.begin(opens, closes), (entry.event for entry in entries))
    return state, journal.chain_head(sitting.pk, entries)


def is_over(sitting: Sitting) -> bool:
    """Has the candidate handed in, or is his time up?"""
    state, _head = replay(sitting)
    return core_sitting.ended(state, clock.epoch_ms())


def extend(sitting: Sitting, *, minutes: int, reason: str) -> None:
    """Give a candidate more time; the running hall sees it within a second."""
    journal.append_control(
        journal.journal_path(_home()), sitting.pk,
        core_sitting.Extended(at=clock.epoch_ms(), seconds=minutes * 60, reason=reason),
    )  # fmt: skip


def sitting_of(actor: Actor, application: int) -> Sitting | None:
    """The sitting of an application the actor reaches."""
    rows = Sitting.reach(actor).select_related("session__room", "application", "paper__bank")
    return rows.filter(application_id=application).first()


def last_seen(session: Session) -> dict[int, dt.datetime]:
    """When the page of each sitting was last heard of."""
    pks = list(session.sittings.values_list("pk", flat=True))
    seen = journal.last_seen(journal.journal_path(_home()), pks)
    return {pk: dt.datetime.fromtimestamp(at / 1000, dt.UTC) for pk, at in seen.items()}
