"""What follows when an expert casts his ballot: the last ballot concludes the committee."""

from __future__ import annotations

from jiangheng.core.authority import SYSTEM
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.perform import perform

from .models import Ballot
from .rules import every_ballot_is_cast


@follow("ballot.cast")
def conclude_when_all_have_voted(thing: int, entry: int) -> None:
    """The clock would do the same within seconds; doing it here shows the result at once."""
    committee = Ballot.everywhere.select_related("committee").get(pk=thing).committee
    if committee.state == "convened" and every_ballot_is_cast(committee) is None:
        perform(step_of("committee.conclude"), committee.pk, actor=SYSTEM)
