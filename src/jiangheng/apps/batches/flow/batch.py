"""认定批次: 计划 → 报送 → 受理公告 → 报名截止 → 编排 → 成绩汇总 → 公示 → 核准 → 归档 (K10, W2)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.institutions import queries as institutions
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.law import calendar
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import NOTHING, flow, step_of, workdays
from jiangheng.core.trust import certno
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Opinion, Reason
from jiangheng.kernel.perform import create, perform
from jiangheng.kernel.serials import next_number

from .. import rules
from ..forms import Plan, Seating

batch = flow("batch", "batches.Batch", _("认定批次"), final=("archived", "cancelled"))

Given = Mapping[str, Any]


def _write(thing: Any, given: Given) -> None:
    for name in ("title", "capacity", "apply_until", "theory_at", "practical_at", "review_at", "bank", "notes"):
        setattr(thing, name, given[name])
    thing.levels = sorted(given["levels"], reverse=True)


def _rooms(thing: Any, given: Given) -> None:
    thing.theory_rooms.set(given["theory_rooms"])
    thing.practical_rooms.set(given["practical_rooms"])


@batch.step(
    "plan", _("制定计划"), source=NOTHING, target="draft", who=Role.MANAGER, under=("filing",), asks=Plan,
    requires=(rules.filing_is_in_force,), records=("title", "levels", "capacity", "bank"), clause="K10",
)  # fmt: skip
def plan(thing: Any, given: Given, actor: Actor) -> None:
    filing = thing.under
    thing.filing, thing.institution, thing.site = filing, filing.institution, filing.site
    thing.standard = standards.current(filing.standard)
    thing.occupation, thing.occupation_name = filing.occupation, filing.occupation_name
    _write(thing, given)
    # rooms are many-to-many rows: they need the batch's own row first
    thing.state = "draft"
    thing.save()
    _rooms(thing, given)


@batch.step(
    "revise", _("修改计划"), source=("draft", "returned"), target="draft", who=Role.MANAGER, asks=Plan,
    records=("title", "levels", "capacity", "apply_until", "theory_at", "practical_at", "review_at", "bank"),
    primary=False, leads_from=frozenset({"returned"}), clause="K10",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)
    _rooms(thing, given)


@batch.step(
    "cancel", _("取消计划"), source=("draft", "returned"), target="cancelled", who=Role.MANAGER, asks=Reason,
    primary=False, destructive=True, clause="K10",
)  # fmt: skip
def cancel(thing: Any, given: Given, actor: Actor) -> None: ...


@batch.step(
    "file", _("报送计划"), source="draft", target="filed", who=Role.MANAGER,
    requires=(
        rules.filing_is_in_force, rules.standard_applies_on_the_exam_day, rules.filed_in_time_before_the_exam,
        rules.announced_long_enough, rules.applications_end_before_the_exam, rules.its_bank_may_be_used,
    ),
    records=("title", "levels", "capacity", "apply_until", "theory_at", "practical_at", "review_at"),
    tells=(Role.COUNTY,), clause="K10",
)  # fmt: skip
def file(thing: Any, given: Given, actor: Actor) -> None: ...


@batch.step(
    "accept", _("受理并公告"), source="filed", target="announced", who=Role.COUNTY,
    requires=(rules.filing_is_in_force, rules.announced_long_enough, rules.its_bank_may_be_used), asks=Opinion,
    records=("number", "title"),
    tells=(Role.MANAGER, Role.REGISTRAR, Role.CENTRE), due=workdays("plan.review", after="file"), clause="W2",
)  # fmt: skip
def accept(thing: Any, given: Given, actor: Actor) -> None:
    now = clock.now()
    year = timezone.localtime(now).year
    site = thing.institution.site_serial
    thing.number = certno.plan_number(year=year, site_serial=int(site), running=next_number(f"plan:{site}:{year}"))
    thing.announced_at = now


@batch.step(
    "return", _("退回并说明理由"), source="filed", target="returned", who=Role.COUNTY, asks=Reason, primary=False,
    tells=(Role.MANAGER,), clause="W2",
)  # fmt: skip
def return_plan(thing: Any, given: Given, actor: Actor) -> None: ...


@batch.step(
    "close", _("截止报名"), source="announced", target="closed", who=(Role.SYSTEM, Role.EXAM_OFFICER),
    requires=(rules.application_period_is_over,), tells=(Role.EXAM_OFFICER, Role.CHECKER, Role.APPROVER), clause="K10",
)  # fmt: skip
def close(thing: Any, given: Given, actor: Actor) -> None: ...


@batch.step(
    "seat", _("编排考场"), source="closed", target="seated", who=Role.EXAM_OFFICER,
    requires=(rules.every_application_is_decided, rules.somebody_is_approved, rules.seats_suffice), asks=Seating,
    tells=(Role.INVIGILATOR, Role.COUNTY), due=workdays("seating.before_exam", before_date="exam_date"), clause="K10",
)  # fmt: skip
def seat(thing: Any, given: Given, actor: Actor) -> None:
    people = list(thing.applications.filter(state="approved").order_by("pk"))
    if given["order"] == "shuffled":
        people = _colleagues_apart(people, seed=thing.pk)
    seats = [(room, place) for room in thing.theory_rooms.order_by("pk") for place in institutions.usable_seats(room)]
    stations = list(thing.practical_rooms.order_by("pk"))
    day = timezone.localtime(thing.theory_at).date()
    site = thing.institution.site_serial
    for order, person in enumerate(people):
        room, place = seats[order]
        practice = stations[order % len(stations)]
        running = next_number(f"ticket:{site}:{day}")
        perform(step_of("application.seat"), person.pk, actor=SYSTEM, given={
            "ticket": certno.ticket_number(day, site_serial=int(site), running=running),
            "theory_room": room.pk, "seat": place,
            "practical_room": practice.pk, "station": order // len(stations) % practice.capacity + 1,
        })  # fmt: skip


def _colleagues_apart(people: list[Any], *, seed: int) -> list[Any]:
    """Deal the candidates of each employer in turn, largest employer first, so that colleagues seldom sit together."""
    order = random.Random(seed)  # noqa: S311 - a seating order is published, it keeps no secret
    by_employer: dict[str, list[Any]] = {}
    for person in people:
        by_employer.setdefault(person.employer, []).append(person)
    groups = sorted(by_employer.values(), key=len, reverse=True)
    for group in groups:
        order.shuffle(group)
    # neighbours in the dealt list come from the far ends of a list in which employers lie together
    flat = [person for group in groups for person in group]
    half = (len(flat) + 1) // 2
    return [flat[place // 2 + (half if place % 2 else 0)] for place in range(len(flat))]


@batch.step(
    "score", _("汇总成绩"), source="seated", target="scored", who=Role.EXAM_OFFICER, requires=(rules.every_mark_is_in,),
    records=("marks_digest",), due=workdays("score.summary", after_date="last_exam_at"), clause="K10",
)  # fmt: skip
def score(thing: Any, given: Given, actor: Actor) -> None: ...


@batch.step(
    "rescore", _("重新汇总"), source=("scored", "published"), target="scored", who=Role.EXAM_OFFICER, asks=Reason,
    records=("marks_digest",), requires=(rules.every_mark_is_in,), primary=False, clause="K10",
)  # fmt: skip
def rescore(thing: Any, given: Given, actor: Actor) -> None:
    thing.published_at = thing.publicity_until = None


def _decide(thing: Any) -> None:
    for person in thing.applications.filter(state="seated").order_by("pk"):
        verdict = "pass" if rules.overall_of(person).passed else "fail"
        perform(step_of(f"application.{verdict}"), person.pk, actor=SYSTEM)


@batch.step(
    "publish", _("公示结果"), source="scored", target="published", who=Role.EXAM_OFFICER,
    requires=(rules.every_mark_is_in,), records=("publicity_until", "marks_digest"), tells=(Role.COUNTY, Role.MANAGER),
    clause="K10",
)  # fmt: skip
def publish(thing: Any, given: Given, actor: Actor) -> None:
    # passed and failed are said to the candidates at the moment the public hears it, not before
    _decide(thing)
    thing.published_at = clock.now()
    thing.publicity_until = calendar.deadline(timezone.localtime(thing.published_at), parameter("publicity.workdays"))


@batch.step(
    "conclude", _("结束公示"), source="published", target="concluded", who=(Role.SYSTEM, Role.EXAM_OFFICER),
    requires=(rules.publicity_is_over, rules.every_objection_is_answered, rules.every_result_is_decided),
    tells=(Role.COUNTY,), clause="K10",
)  # fmt: skip
def conclude(thing: Any, given: Given, actor: Actor) -> None: ...


@batch.step(
    "approve", _("核准结果"), source="concluded", target="approved", who=Role.COUNTY, asks=Opinion,
    tells=(Role.ISSUER, Role.EXAM_OFFICER, Role.CENTRE), due=workdays("hrss.review", after="conclude"), clause="W2",
)  # fmt: skip
def approve(thing: Any, given: Given, actor: Actor) -> None:
    for person in thing.applications.filter(state="passed").order_by("ticket"):
        create(step_of("result.record"), under=person, actor=SYSTEM)


@batch.step(
    "reject", _("退回重核"), source="concluded", target="scored", who=Role.COUNTY, asks=Reason, primary=False,
    tells=(Role.EXAM_OFFICER, Role.MANAGER), clause="W2",
)  # fmt: skip
def reject(thing: Any, given: Given, actor: Actor) -> None:
    thing.published_at = thing.publicity_until = None


@batch.step(
    "archive", _("归档"), source="approved", target="archived", who=Role.EXAM_OFFICER,
    requires=(rules.everybody_who_passed_is_certified,), due=workdays("archive.close", after="approve"), clause="K10",
)  # fmt: skip
def archive(thing: Any, given: Given, actor: Actor) -> None: ...
