"""Sittings for pages, and their way to the hall: faces out, passes out, answers in. Keys never leave this process.

Answers written on paper come in by a transcription: its tables, its differences, what stands of it (K13).
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.authority import Actor
from jiangheng.core.exam import answer_sheet, marking, rich
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import sitting as core_sitting
from jiangheng.core.exam.ticket import Pass, sign
from jiangheng.core.law.identity import mask_name, sex_of
from jiangheng.core.trust import canon
from jiangheng.hall import store_sqlite as journal
from jiangheng.hall.papers import check, publish
from jiangheng.kernel import clock, trail, vault
from jiangheng.kernel.display import level_face

from .formats import tables as written
from .models import Session, Sitting, Transcription


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


def order_in(everyone: Iterable[Any]) -> dict[int, int]:
    """Each candidate's number among those of his level in the batch; they come in the order of their tickets."""
    count: dict[str, int] = {}
    order = {}
    for person in everyone:
        order[person.pk] = count.get(person.level, 0)
        count[person.level] = order[person.pk] + 1
    return order


def without_paper(session: Session) -> list[Sitting]:
    """The sittings of a session whose candidate has not come in and whose paper was destroyed."""
    rows = session.sittings.filter(state="ready", paper__state="destroyed")
    return list(rows.select_related("application", "paper").order_by("pk"))


def exchanges(session: Session) -> dict[int, Any]:
    """Which newly drawn paper each of these sittings gets, by the sitting's number; none where there is none yet.

    New is what came from a later draw than the destroyed paper: what lay beside it in one draw is no substitute, for
    a neighbour may sit on it. A paper that another room has opened meanwhile serves this one too.
    """
    lost = without_paper(session)
    everyone = session.batch.applications.filter(state="seated").order_by("ticket") if lost else ()
    order, papers = order_in(everyone), itembank.papers_of(session.batch_id) if lost else {}
    found = {}
    for sitting in lost:
        person = sitting.application
        later = [each for each in papers.get(person.level, []) if (each.draw_id or 0) > (sitting.paper.draw_id or 0)]
        latest = [each for each in later if each.draw_id == later[-1].draw_id]
        if latest:
            own = person_key(person.identity)
            seat = person.seat or 0
            found[sitting.pk] = itembank.paper_for(latest, order=order[person.pk], seat=seat, person=own)
    return found


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
    given, marks = answers_of(sitting, paper)
    marked = marking.mark_paper(items, given, plan, open_marks=marks)
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


def answers_of(sitting: Sitting, paper: Any) -> tuple[dict[str, tuple[str, ...]], dict[str, Decimal]]:
    """What was answered in a sitting by item code, at a computer or on paper, and the marks that persons gave."""
    if not sitting.by_hand:
        return answers_by_code(paper, replay(sitting)[0]), {}
    kept = json.loads(sitting.written)
    answers = {code: tuple(said) for code, said in kept["answers"].items()}
    return answers, {code: Decimal(mark) for code, mark in kept["marks"].items()}


def has_answers_in_the_hall(sitting: Sitting) -> bool:
    """Has anything of this sitting been answered at a computer?"""
    return any(replay(sitting)[0].answers.values())


def is_printed(session: Session) -> bool:
    """Has a print of the session's papers been registered?"""
    return bool(trail.last_by("session", session.pk, "print"))


def keep_written(sitting: Sitting, paper: Any, row: Mapping[str, Any]) -> None:
    """Give a sitting what was written: the paper it was written on, answers, mark, and the digest of all of it.

    The digest is salted, and the salt is sealed with the answers: whoever may open them can check it, nobody can find
    the answers from it by trying.
    """
    items, plan = itembank.paper_items(paper), itembank.blueprint_of(paper.bank, paper.blueprint)
    answers, marks = answer_sheet.given(answer_sheet.lines(items, plan), row["cells"])
    marked = marking.mark_paper(items, answers, plan, open_marks=marks)
    said = {"answers": answers, "marks": {code: str(mark) for code, mark in marks.items()}}
    salt = secrets.token_hex(16)
    sitting.paper, sitting.written = paper, json.dumps({**said, "salt": salt}, ensure_ascii=False)
    sitting.answers_digest = canon.digest({"paper": paper.digest, **said}, salt)
    # a share for each right blank may end beyond the tenth; a result sheet has tenths
    sitting.mark = marked.total.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    sitting.answered = len(answers) + len(marks)


def tables_of(thing: Transcription) -> list[written.Table]:
    """The people of a transcription in tables: one for each level and form of its papers' questions, by seats."""
    rows = thing.session.sittings.filter(pk__in=thing.sittings).select_related("application", "paper__bank")
    people = sorted(rows, key=lambda sitting: sitting.application.seat or 0)
    found: dict[Any, dict[str, Any]] = {}
    for paper in sorted(papers_in(thing.session), key=lambda paper: paper.pk):
        sheet = _lines_of(paper)
        group = found.setdefault((paper.level, *(line.shape for line in sheet)), {"forms": {}, "people": []})
        group["forms"][paper.form] = sheet
        group["level"] = paper.level
        group["people"] += [_person(sitting) for sitting in people if sitting.paper_id == paper.pk]
    return [
        written.Table(_table_title(found, group), group["forms"], tuple(sorted(group["people"], key=lambda p: p.seat)))
        for group in found.values()
        if group["people"]
    ]


_KNOWN: dict[str, tuple[answer_sheet.Line, ...]] = {}
_MOST_KNOWN = 64


def _lines_of(paper: Any) -> tuple[answer_sheet.Line, ...]:
    """The questions of a paper, kept in this process while its answers are typed: opening its items takes a while.

    Known by what is on it, each item by the digest of its content, so a change would not be missed.
    """
    key = json.dumps([paper.bank_id, paper.items, paper.blueprint])
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        plan = itembank.blueprint_of(paper.bank, paper.blueprint)
        _KNOWN[key] = answer_sheet.lines(itembank.paper_items(paper), plan)
    return _KNOWN[key]


def _person(sitting: Sitting) -> written.Person:
    person = sitting.application
    return written.Person(sitting.pk, person.ticket, mask_name(person.name), person.seat or 0, sitting.paper.form)


def _table_title(found: Mapping[Any, dict[str, Any]], group: dict[str, Any]) -> str:
    """A level's name; with the forms where papers of one level differ in their questions. No sheet's name is longer."""
    face = level_face(group["level"]).replace("/", " ")
    alone = sum(each["level"] == group["level"] for each in found.values()) == 1
    return face if alone else f"{face} {'、'.join(group['forms'])}"[:30]


def differences(thing: Transcription) -> list[written.Difference]:
    """Where the two typings of a transcription differ, with what has been decided; who is not in both is left out."""
    first, second, settled = (thing.held(name) for name in ("first", "second", "settled"))
    found: list[written.Difference] = []
    for table in tables_of(thing):
        for person in table.people:
            key = str(person.sitting)
            if key not in first or key not in second:
                continue
            found += written.differences(table, person, first[key], second[key], settled.get(key, {}))
    return found


def agreed(thing: Transcription) -> dict[int, dict[str, Any]]:
    """What stands of a transcription in which nothing is undecided, by sitting: the row, with the paper's number."""
    first, second, settled = (thing.held(name) for name in ("first", "second", "settled"))
    papers = {(paper.level, paper.form): paper.pk for paper in papers_in(thing.session)}
    levels = dict(thing.session.sittings.values_list("pk", "application__level"))
    found = {}
    for table in tables_of(thing):
        for person in table.people:
            key = str(person.sitting)
            row = written.agreed(table, person, first[key], second[key], settled.get(key, {}))
            found[person.sitting] = {**row, "paper": papers[levels[person.sitting], row["form"]]}
    return found
