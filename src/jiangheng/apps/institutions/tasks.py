"""What follows when the experts have decided on a specification: it is adopted or goes back to be mended (K4)."""

from __future__ import annotations

from jiangheng.apps.roster import queries as roster
from jiangheng.core.authority import SYSTEM
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.perform import perform

from .models import Specification


@follow("committee.minute")
def take_the_decision(thing: int, entry: int) -> None:
    """The committee's decision becomes the specification's state."""
    committee = roster.committee(thing)
    about = roster.is_about(committee, "specification")
    if about is None or not Specification.everywhere.filter(pk=about, state="in_review").exists():
        return
    step = "specification.adopt" if roster.all_carried(committee) else "specification.send_back"
    perform(step_of(step), about, actor=SYSTEM)
