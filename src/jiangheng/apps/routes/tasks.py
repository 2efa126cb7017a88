"""What follows by itself: a panel's decision is taken over, and an approved round without posts is settled (R1–R4)."""

from __future__ import annotations

from jiangheng.apps.roster import queries as roster
from jiangheng.core.authority import SYSTEM
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.perform import perform

from .models import Recognition


@follow("committee.minute")
def take_the_decision(thing: int, entry: int) -> None:
    """The clock would do the same within seconds; doing it here shows the outcome at once."""
    about = roster.is_about(roster.committee(thing), "recognition")
    if about is not None and Recognition.everywhere.filter(pk=about, state="in_review").exists():
        perform(step_of("recognition.decide"), about, actor=SYSTEM)


@follow("recognition.approve")
def settle_what_appoints_nobody(thing: int, entry: int) -> None:
    """Only a round that appoints goes on to the city's list; any other must not wait for a report nobody makes."""
    found = Recognition.everywhere.filter(pk=thing, state="approved").first()
    if found is not None and not found.way.appoints:
        perform(step_of("recognition.settle"), thing, actor=SYSTEM)
