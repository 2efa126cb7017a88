"""聘任: a term of office, reviewed each year, renewed, ended (K5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.direct import term_end
from jiangheng.core.steps import NOTHING, STAY, flow, workdays
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Opinion, Reason

from .. import rules
from ..forms import TermReview

post = flow("post", "routes.Post", _("聘任"), final=("dismissed", "expired"))

Given = Mapping[str, Any]
DAY = dt.timedelta(days=1)


@post.step(
    "take", _("聘任"), source=NOTHING, target="in_office", who=Role.SYSTEM,
    records=("level", "occupation", "since", "until"), tells=(Role.MANAGER, Role.COUNTY), clause="K5",
)  # fmt: skip
def take(thing: Any, given: Given, actor: Actor) -> None:
    person = thing.under
    thing.nominee, thing.institution, thing.name, thing.level = person, person.institution, person.name, person.level
    thing.occupation, thing.occupation_name = person.occupation, person.occupation_name
    thing.since = clock.today()
    thing.until = term_end(thing.since)


@post.step(
    "review", _("登记任期考核"), source="in_office", target=STAY, who=Role.MANAGER, asks=TermReview,
    requires=(rules.term_is_running,), records=("reviews",), tells=(Role.COUNTY,),
    due=workdays("appointment.review_days", after=("take", "review", "renew")), clause="K5",
)  # fmt: skip
def review(thing: Any, given: Given, actor: Actor) -> None:
    line = {"on": clock.today().isoformat(), "result": given["result"], "opinion": given["opinion"]}
    thing.reviews = [*thing.reviews, line]


@post.step(
    "renew", _("续聘"), source="in_office", target=STAY, who=Role.MANAGER, asks=Opinion,
    requires=(rules.term_is_running, rules.renewal_may_begin, rules.last_review_was_good),
    records=("since", "until", "terms"), tells=(Role.COUNTY, Role.CITY), primary=False, clause="K5",
)  # fmt: skip
def renew(thing: Any, given: Given, actor: Actor) -> None:
    thing.since = thing.until + DAY
    thing.until = term_end(thing.since)
    thing.terms += 1


@post.step(
    "dismiss", _("解聘"), source="in_office", target="dismissed", who=Role.MANAGER, asks=Reason, records=("until",),
    tells=(Role.COUNTY, Role.CITY), primary=False, destructive=True, clause="K5",
)  # fmt: skip
def dismiss(thing: Any, given: Given, actor: Actor) -> None:
    thing.until, thing.reason = clock.today(), given["reason"]


@post.step(
    "succeed", _("转任更高职务"), source="in_office", target="expired", who=Role.SYSTEM, records=("until",),
    primary=False, clause="K5",
)  # fmt: skip
def succeed(thing: Any, given: Given, actor: Actor) -> None:
    thing.until = clock.today()


@post.step(
    "expire", _("任期届满"), source="in_office", target="expired", who=Role.SYSTEM, requires=(rules.term_is_over,),
    records=("until",), tells=(Role.MANAGER, Role.COUNTY), clause="K5",
)  # fmt: skip
def expire(thing: Any, given: Given, actor: Actor) -> None: ...
