"""我能评什么: a worker tells his situation and sees every path open to him, without an account (clause P3).

What is typed comes in one request and leaves with its answer: no row, no session, no cookie, no address and no log
line holds it. The answer is that of core/law/advice, as the command and the API give it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.institutions import queries as institutions
from jiangheng.apps.standards import queries as standards
from jiangheng.apps.standards.models import Standard
from jiangheng.core.law.advice import advise, person_of
from jiangheng.core.law.direct import GROUNDS, ROUTES
from jiangheng.core.law.facts import SCHOOL_KINDS, TITLE_RANKS, Education, Facts, WorkPeriod
from jiangheng.core.law.person import Fault, Person, PersonFaults
from jiangheng.core.law.standard_data import StandardData
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face
from jiangheng.kernel.spoken import spoken

from . import brake
from .path_form import Account
from .verification import too_many
from .wording import plain_day

PUBLIC_PAGE = "paths"
LIMIT = "eligibility.per_hour"
DATES = ("first_date", "from", "eligible", "obtained", "reached", "issued", "on")


@dataclass(frozen=True, slots=True)
class Offer:
    """A published standard that applies today, and what it says."""

    row: Standard
    content: StandardData

    @property
    def code(self) -> str:
        """What `picked` goes by."""
        return self.content.code

    @property
    def edition(self) -> str:
        """What `picked` goes by."""
        return self.content.edition

    @property
    def kind(self) -> str:
        """What `picked` goes by."""
        return self.content.kind


def offers() -> list[Offer]:
    """Every standard that somebody can be judged by today: national ones first."""
    rank = {"national": 0, "specialty": 1, "evaluation": 2}
    rows = sorted(standards.applying(), key=lambda row: (row.occupation, rank[row.kind], row.pk))
    return [Offer(row, standards.content(row)) for row in rows]


def names() -> dict[str, str]:
    """Names of occupations that may stand for their codes."""
    return {each.name: each.code for each in standards.occupations()}


def judged(raw: object, offer: Offer, *, on: dt.date, known: dict[str, str]) -> tuple[Person, dict[str, Any]]:
    """The person and the whole answer of one standard; PersonFaults tells every fault."""
    approved = standards.approved(offer.code, on=on)
    person = person_of(raw, offer.content, on=on, approved=approved, names=known)
    return person, advise(person, offer.content, on=on)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def paths(request: HttpRequest) -> HttpResponse:
    """The form, and below the answer the form again with what was typed, to change one thing and ask anew."""
    on, every, known = clock.today(), offers(), names()
    if request.method != "POST":
        asked = request.GET.get("occupation", "")
        account = _account(None, every, known, on, start={"occupation": asked})
        return render(request, "portal/paths.html", _context(account, every, known))
    if brake.too_often(request, "paths", most=LIMIT):
        return too_many(request, why=_("这是为了不让程序占用这项服务。您也可以直接向评价机构咨询。"))
    typed = request.POST.copy()
    if "only" in typed:
        typed["occupation"] = str(typed["only"])
    account = _account(typed, every, known, on)
    answered = _answered(account, every, known)
    context = _context(account, every, known) | {"asked": True, "errors": account.errors()}
    if context["errors"]:
        return render(request, "portal/paths.html", context, status=422)
    return render(request, "portal/paths.html", context | _answer(account, answered, on))


def _account(
    typed: Any, every: list[Offer], known: dict[str, str], on: dt.date, *, start: dict[str, str] | None = None
) -> Account:
    codes = {code: name for name, code in known.items()}
    occupations = {each.code: codes.get(each.code, each.content.occupation) for each in every}
    listed = [(row.code, str(row)) for row in standards.programmes(on=on)]
    return Account(
        typed, on=on, occupations=list(occupations.items()), codes=known, programmes=listed, start=start
    )  # fmt: skip


def _context(account: Account, every: list[Offer], known: dict[str, str]) -> dict[str, Any]:
    counted = {code for each in every for code in (each.code, *each.content.related)}
    return {
        "public_page": PUBLIC_PAGE,
        "account": account,
        # the list helps to spell what counts for some standard; other names of the catalogue are understood as well
        "occupations": sorted(name for name, code in known.items() if code in counted),
        "offered": bool(every),
    }


def _answered(
    account: Account, every: list[Offer], known: dict[str, str]
) -> list[tuple[Offer, Person, dict[str, Any]]]:
    """What each standard asked for says; the faults are at their fields."""
    asked = [each for each in every if account.wanted in ("", each.code)]
    wish = account.head.said("wish")
    fitting = [each for each in asked if not wish or wish in each.content.levels]
    raw, found = account.raw(), []
    faults: list[Fault] = account.gaps()
    # with no standard that knows the wish, the first one says what may be wished for
    for offer in fitting or asked[:1]:
        try:
            found.append((offer, *judged(raw, offer, on=account.on, known=known)))
        except PersonFaults as wrong:
            faults.extend(wrong.faults)
    account.take(faults)
    return found


def _answer(account: Account, answered: list[tuple[Offer, Person, dict[str, Any]]], on: dt.date) -> dict[str, Any]:
    found = [_told(offer, answer) for offer, _person, answer in answered]
    wish = account.head.said("wish")
    return {
        "on": on,
        "found": found,
        "single": bool(account.wanted),
        "wish": wish,
        "wish_face": level_face(wish) if wish else "",
        "summary": _summary(answered[0][1].facts) if answered else [],
        "grounds": [spoken(ground) for ground in GROUNDS.values()],
    }


def _told(offer: Offer, answer: dict[str, Any]) -> dict[str, Any]:
    """One standard's answer with what a worker can do next."""
    open_batches = [
        batch
        for batch in batches.announcements().filter(state="announced", occupation=offer.code).select_related("standard")
        if batches.takes_applications(batch)
        and (batch.standard.kind, batch.standard.owner) == (offer.kind, offer.row.owner)
    ]
    filings = _filings(offer)
    levels = [_dated(each) for each in answer["levels"]]
    for each in levels:
        code = each["level"]
        each["face"] = level_face(code)
        for step in each["path"]["steps"]:
            step["face"] = level_face(step["level"])
        each["batches"] = [batch for batch in open_batches if code in batch.levels]
        each["evaluators"] = len({row.institution_id for row in filings if code in row.levels})
        each["routes"] = [way for way in ROUTES.values() if code in way.levels]
        each["wished"] = code == answer["wish"]
        # lower certificates on the way count: whoever can take the next one today can name the day of the one after
        each["soonest"] = (
            None if each["held"] else each["path"]["steps"][-1]["eligible"] if each["path"]["steps"] else None
        )
        if each["held"]:
            each["held"]["face"] = level_face(each["held"]["level"])
    waiting = [each for each in levels if not each["eligible"]]
    # what can be done now is open, else what comes next; the rest is one line each
    shown = [each for each in levels if each["wished"] or (each["eligible"] and not each["held"])] or waiting[:1]
    for each in shown:
        each["shown"] = True
    return {
        "row": offer.row,
        "own": institutions.institution_of(offer.row.owner) if offer.row.owner else None,
        "levels": levels,
        "ready": [each for each in levels if each["eligible"] and not each["held"]],
        "soonest": min((each for each in waiting if each["soonest"]), key=lambda each: each["soonest"], default=None),
        "wished": next((each for each in levels if each["wished"]), None),
    }


def _filings(offer: Offer) -> list[Any]:
    rows = institutions.directory(occupation=offer.code).filter(
        institution__state="active", valid_until__gte=clock.today(), standard__kind=offer.kind,
        standard__owner=offer.row.owner,
    )  # fmt: skip
    return list(rows)


def _dated(value: Any, key: str = "") -> Any:
    """The answer with days in place of their text, for a template."""
    if isinstance(value, dict):
        return {name: _dated(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_dated(each) for each in value]
    return dt.date.fromisoformat(value) if key in DATES and isinstance(value, str) else value


def _summary(facts: Facts) -> list[dict[str, Any]]:
    """What the answer rests on, as it was understood: the days that were taken, the levels that were read."""
    told = [
        (_("出生日期"), [_said(facts.birth)]),
        (_("工作经历"), [_worked(each) for each in facts.history]),
        (_("证书"), [_("{what}（{day}）").format(what=level_face(each.level), day=_said(each.issued))
                     for each in facts.certificates]),
        (_("学历"), [_studied(each) for each in facts.education]),
        (_("职称"), [_("{what}（{day}）").format(what=spoken(TITLE_RANKS[each.rank]), day=_said(each.granted))
                     for each in facts.titles]),
        (_("学徒期满日期"), [_said(facts.apprenticeship_ended)] if facts.apprenticeship_ended else []),
        (_("预备技师证书取得日期"), [_said(facts.preparatory_technician)] if facts.preparatory_technician else []),
    ]  # fmt: skip
    return [{"label": label, "told": rows} for label, rows in told if rows]


def _said(day: dt.date) -> str:
    return plain_day(day)


def _worked(each: WorkPeriod) -> str:
    until = _said(each.end) if each.end else _("今天")
    told = _("{start} 至 {end}").format(start=_said(each.start), end=until)
    return told if each.related else _("{told}（不是这个职业，也不是相关职业，不计年限）").format(told=told)


def _studied(each: Education) -> str:
    until = _said(each.graduated) if each.graduated else _("在读")
    return _("{what}（{day}）").format(what=spoken(SCHOOL_KINDS[each.kind]), day=until)
