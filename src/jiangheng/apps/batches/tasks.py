"""What follows when a person applies by himself: his account reaches his application."""

from __future__ import annotations

from jiangheng.core.authority import SYSTEM, Role
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.perform import create

from .models import Application


@follow("application.apply")
def let_the_applicant_reach_it(thing: int, entry: int) -> None:
    """Grant the applicant's account the role of candidate on the application's scope."""
    application = Application.everywhere.select_related("account").get(pk=thing)
    if application.account is not None:
        create(step_of("grant.appoint"), under=application.account, actor=SYSTEM, given={
            "role": Role.CANDIDATE, "place": application.scope,
        })  # fmt: skip
