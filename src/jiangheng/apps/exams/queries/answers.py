"""What was answered, at a computer or on paper: for marking and for measurement (K13, P2)."""

from __future__ import annotations

import hmac
import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from jiangheng.apps.itembank import queries as itembank
from jiangheng.core.exam import items as core_items
from jiangheng.core.exam import marking
from jiangheng.core.exam import sitting as core_sitting
from jiangheng.core.law.identity import sex_of
from jiangheng.kernel import vault

from ..models import Marking, Session, Sitting
from .faces import public_ids, relabelling
from .hall import replay


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


def tenths(total: Decimal) -> Decimal:
    """A total as a result sheet shows it: shares for right blanks may end beyond the tenth."""
    return total.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


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
        "mark": str(tenths(marked.total) if sitting.mark is None else sitting.mark),
        "groups": {"sex": sex_of(identity)} if sex_of(identity) else {},
        "answers": {
            item.code: {
                "v": versions[item.code], "given": list(given.get(item.code, ())),
                "mark": float(sum(marked.per_item.get(each.code, 0) for each in core_items.units(item))
                              / worth[item.kind]),
                "letters": core_items.KINDS[item.kind].answered == "keys",
            }
            for item in items
            # a session may be over before its open answers are marked; what has no mark yet is not measured
            if not any(each.code in marked.waiting for each in core_items.units(item))
        },
    }  # fmt: skip


def answers_by_code(paper: Any, state: core_sitting.State) -> dict[str, tuple[str, ...]]:
    """What was answered, by item code; a case's parts by "<code>.<number>"."""
    codes = {public: code for code, public in public_ids(paper).items()}
    dealt, found = relabelling(paper), {}
    for public, keys in state.answers.items():
        item, dot, part = public.partition(".")
        if keys:
            code = codes[item] + dot + part
            found[code] = dealt.author(code, keys)
    return found


def answers_of(sitting: Sitting, paper: Any) -> tuple[dict[str, tuple[str, ...]], dict[str, Decimal]]:
    """What was answered in a sitting by item code, at a computer or on paper, and the marks that persons gave."""
    if not sitting.by_hand:
        return answers_by_code(paper, replay(sitting)[0]), given_by_markers(sitting)
    kept = json.loads(sitting.written)
    answers = {code: tuple(said) for code, said in kept["answers"].items()}
    return answers, {code: Decimal(mark) for code, mark in kept["marks"].items()}


def given_by_markers(sitting: Sitting) -> dict[str, Decimal]:
    """What stands of the marks that persons gave for answers at a computer, by item code."""
    marking_of = Marking.everywhere.filter(sitting=sitting, state="settled").first()
    return marking_of.held("settled") if marking_of else {}


def has_answers_in_the_hall(sitting: Sitting) -> bool:
    """Has anything of this sitting been answered at a computer?"""
    return any(replay(sitting)[0].answers.values())
