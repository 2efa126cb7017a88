"""A candidate's own theory paper afterwards: subtotals, receipt, and where the rules allow it the paper itself (K13).

The receipt proves what was answered and says nothing of marks, so it is there from the hand-in on; everything else
waits for publicity.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiangheng.apps.exams import queries as exams
from jiangheng.apps.exams.models import Sitting
from jiangheng.core.errors import OutOfReach
from jiangheng.core.law.parameters import parameter

from . import progress
from .exam import own_sitting, ticket_holders
from .room_pages.ways import handed_out


def _published(request: HttpRequest, pk: int) -> Sitting:
    """The candidate's own sitting once results are public; OutOfReach before."""
    sitting = own_sitting(request, pk)
    if sitting.state != "submitted" or sitting.mark is None or progress.results(sitting.application) is None:
        raise OutOfReach(f"result:{pk}")
    return sitting


def may_review(sitting: Sitting) -> bool:
    """May its candidate see items and keys: where the authority allows it, and only what was taken at a computer."""
    return parameter("theory.review") == 1 and not sitting.by_hand


@never_cache
@ticket_holders
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """The theory mark by kinds, and the items where that is allowed."""
    sitting = _published(request, pk)
    context: dict[str, Any] = {
        "sitting": sitting, "application": sitting.application, "subtotals": exams.subtotals(sitting),
        "review": may_review(sitting), "key": exams.office_key(),
        "changes": exams.mark_changes(sitting),
    }  # fmt: skip
    if context["review"]:
        context["questions"] = [
            {"row": row, "stem": _shown(row.stem), "options": [(key, _shown(text)) for key, text in row.options]}
            for row in exams.reviewed(sitting)
        ]
    return render(request, "exam/result.html", context)


@never_cache
@ticket_holders
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The hall's signature over the last answer, to be kept: ``jiangheng attempt verify --receipt`` reads it."""
    sitting = own_sitting(request, pk)
    if sitting.state != "submitted" or sitting.by_hand:
        raise OutOfReach(f"receipt:{pk}")
    content = json.dumps(exams.proof_of(sitting), indent=1).encode()
    return handed_out(content, kind="application/json", name=f"receipt-{sitting.application.ticket}.json")


@never_cache
@ticket_holders
@require_safe
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """The sealed attempt. It holds items and keys, so it leaves only where they may be seen."""
    sitting = _published(request, pk)
    if not may_review(sitting):
        raise OutOfReach(f"attempt:{pk}")
    return handed_out(exams.bundle_of(sitting), kind="application/json", name=exams.bundle_name(sitting))


def _shown(text: str) -> Any:
    """A rich text of the bank: it was reduced to the house's subset when it was taken in, so nothing in it can act."""
    return mark_safe(text)  # noqa: S308
