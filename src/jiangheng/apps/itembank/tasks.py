"""What follows by itself in the question bank: papers are composed when both shares are in (K9), items measured when
answers have come back (P2), an institution told what of its offer cannot be taken (K8)."""

from __future__ import annotations

from django.db import transaction

from jiangheng.core.authority import SYSTEM
from jiangheng.core.errors import Refused
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel import trail
from jiangheng.kernel.perform import create, perform

from . import queries
from .models import Bank, Contribution, Paper


@follow("draw.second")
def compose(draw: int, entry: int) -> None:
    """Compose at once; where it is impossible, say why on the draw."""
    # one order of the log for both tries: what fails is what would have been drawn
    trail.sequence()
    try:
        perform(step_of("draw.draw"), draw, actor=SYSTEM)
    except Refused:
        perform(step_of("draw.fail"), draw, actor=SYSTEM)


@follow("contribution.adopt")
def explain(contribution: int, entry: int) -> None:
    """Tell the institution when not every item it offered can be taken; what and why is on the offer's page."""
    if queries.left_out(Contribution.everywhere.get(pk=contribution)):
        perform(step_of("contribution.explain"), contribution, actor=SYSTEM)


@follow("paper.collect")
def measure(paper: int, entry: int) -> None:
    """Measure a bank when answers have come back: once a session, though each of its papers comes here by itself.

    All papers of a session are collected in one transaction, so the first that comes here finds every answer, and the
    others, like whoever comes a second time, nothing new.
    """
    with transaction.atomic():
        # locked, so that two that come at the same time do not both find something new
        bank = Bank.everywhere.select_for_update().get(pk=Paper.everywhere.get(pk=paper).bank_id)
        if queries.waits_for_analysis(bank):
            create(step_of("measurement.run"), under=bank, actor=SYSTEM, given={})
