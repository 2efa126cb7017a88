"""Sittings for pages, and their way to the hall: faces out, passes out, answers in. Keys never leave this process."""

from __future__ import annotations

import datetime as dt
import hmac
from pathlib import Path
from typing import Any

from django.conf import settings

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import Actor
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import marking, rich
from jiangheng.core.exam import sitting as core_sitting
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.core.law.identity import sex_of
from jiangheng.hall import store_sqlite as journal
from jiangheng.hall.papers import check, publish
from jiangheng.kernel import clock, vault

from .models import Session, Sitting


def hall_key() -> bytes:
    """The key with which the office signs passes and the hall checks them."""
    return vault.subkey("hall")


def _home() -> Path:
    return Path(settings.HOME)


def public_ids(paper: Any) -> dict[str, str]:
    """What a candidate's page calls each item: its place on the paper, so that no code tells its point or range."""
    return {code: f"q{place:03d}" for place, code in enumerate(paper.codes, start=1)}


def _title(paper: Any) -> str:
    # the examination's name is part of the paper, in Chinese as the paper is
    return f"{itembank.printed_name(paper.bank)} 理论知识考试"


def face_of(paper: Any) -> tuple[str, dict[str, Any]]:
    """What candidates may see of a paper, and the digest under which the hall will know it. Writes nothing."""
    ids = public_ids(paper)
    plan = itembank.blueprint_of(paper.bank, paper.blueprint)
    face = {
        "title": _title(paper),
        "minutes": plan.minutes,
        "kinds": [
            {"kind": row.kind, "label": core_items.KINDS[row.kind].name, "count": row.count, "marks": str(row.marks)}
            for row in plan.kinds
        ],
        "items": _with_pictures(paper, itembank.paper_items(paper), ids),
    }
    return check(face), face


def _with_pictures(paper: Any, items: list[core_items.Item], ids: dict[str, str]) -> list[dict[str, Any]]:
    """The items' faces with their pictures in them: a paper needs nothing from elsewhere once it is open."""
    inside = itembank.pictures_inline(paper.bank, items)
    faces = [core_items.face(item, public_id=ids[item.code]) for item in items]
    return [_drawn(face, inside) for face in faces] if inside else faces


def _drawn(face: Any, inside: dict[str, str]) -> Any:
    if isinstance(face, dict):
        return {
            name: inside.get(value, value) if name == "picture" else _drawn(value, inside)
            for name, value in face.items()
        }
    if isinstance(face, list):
        return [_drawn(each, inside) for each in face]
    return rich.with_media(face, inside) if isinstance(face, str) and "media:" in face else face


def publish_face(paper: Any) -> str:
    """Write what candidates may see of a paper to the hall; its digest."""
    return publish(_home(), face_of(paper)[1])


def papers_in(session: Session) -> list[Any]:
    """The papers that the sittings of a session are on."""
    return list(
        {sitting.paper_id: sitting.paper for sitting in session.sittings.select_related("paper__bank")}.values()
    )


def seats_in(session: Session) -> list[Sitting]:
    """The sittings of a session in the order of their seats, with who sits there."""
    rows = session.sittings.select_related("application", "paper__bank")
    return sorted(rows, key=lambda sitting: sitting.application.seat or 0)


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


def session(pk: int) -> Session:
    """A session for what follows its steps."""
    found: Session = Session.everywhere.get(pk=pk)
    return found


def answer_sheets(session: Session) -> dict[int, list[dict[str, Any]]]:
    """The collected answers of a session by paper: items by code, the candidate as a keyed hash, no name or number."""
    found: dict[int, list[dict[str, Any]]] = {}
    rows = session.sittings.filter(state="submitted").select_related("paper__bank", "application").order_by("pk")
    known: dict[int, Any] = {}
    for sitting in rows:
        if sitting.paper_id not in known:
            paper = sitting.paper
            known[paper.pk] = (paper, itembank.paper_items(paper), itembank.blueprint_of(paper.bank, paper.blueprint))
        found.setdefault(sitting.paper_id, []).append(_sheet(sitting, *known[sitting.paper_id]))
    return found


def person_key(identity: str) -> str:
    """A candidate as measurement knows him: the same for the same person, telling nobody who he is."""
    return hmac.new(vault.subkey("measure"), identity.encode(), "sha256").hexdigest()


def _sheet(sitting: Sitting, paper: Any, items: list[core_items.Item], plan: Any) -> dict[str, Any]:
    state, _head = replay(sitting)
    given = answers_by_code(paper, state)
    marked = marking.mark_paper(items, given, plan)
    worth = {row.kind: row.marks for row in plan.kinds}
    versions = {code: number for code, number, _digest in paper.items}
    identity = sitting.application.identity
    return {
        "sitting": sitting.pk,
        "person": person_key(identity),
        "at": sitting.submitted_at.isoformat() if sitting.submitted_at else "",
        "mark": str(sitting.mark),
        "groups": {"sex": sex_of(identity)} if sex_of(identity) else {},
        "answers": {
            item.code: {
                "v": versions[item.code], "given": list(given.get(item.code, ())),
                "mark": float(sum(marked.per_item.get(each.code, 0) for each in core_items.units(item))
                              / worth[item.kind]),
                "letters": core_items.KINDS[item.kind].answered == "keys",
            }
            for item in items
        },
    }  # fmt: skip


def answers_by_code(paper: Any, state: core_sitting.State) -> dict[str, tuple[str, ...]]:
    """What was answered, by item code; a case's parts by "<code>.<number>"."""
    codes = {public: code for code, public in public_ids(paper).items()}
    found = {}
    for public, keys in state.answers.items():
        item, dot, part = public.partition(".")
        if keys:
            found[codes[item] + dot + part] = keys
    return found
