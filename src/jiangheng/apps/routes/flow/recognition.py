"""认定与评聘: 申报 → 报送 → 专家评审 → 公示 → 核准 (→ 上报 → 列入名单) (K5, R1–R4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.roster import queries as roster
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.law import calendar, direct
from jiangheng.core.law.levels import level
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import NOTHING, flow, step_of, workdays
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Opinion, Reason
from jiangheng.kernel.perform import create, perform
from jiangheng.kernel.serials import next_number

from .. import rules
from ..forms import Listing, Panel, Round

recognition = flow(
    "recognition", "routes.Recognition", _("直接认定和评聘"), final=("settled", "listed", "refused", "cancelled")
)

Given = Mapping[str, Any]


def _write(thing: Any, given: Given) -> None:
    for name in ("route", "title", "posts", "scheme"):
        setattr(thing, name, given[name])


@recognition.step(
    "open", _("发起认定"), source=NOTHING, target="draft", who=Role.MANAGER, under=("filing",), asks=Round,
    requires=(rules.institution_is_an_enterprise, rules.filing_is_in_force), records=("route", "title", "posts"),
    clause="R1",
)  # fmt: skip
def open_(thing: Any, given: Given, actor: Actor) -> None:
    filing = thing.under
    thing.filing, thing.institution, thing.standard = filing, filing.institution, filing.standard
    thing.occupation, thing.occupation_name = filing.occupation, filing.occupation_name
    _write(thing, given)
    year = clock.today().year
    thing.number = f"RD{filing.institution.site_serial}{year}{next_number(f'recognition:{filing.scope}:{year}'):03d}"


@recognition.step(
    "revise", _("修改"), source=("draft", "returned"), target="draft", who=Role.MANAGER, asks=Round,
    records=("route", "title", "posts"), primary=False, leads_from=frozenset({"returned"}), clause="R1",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@recognition.step(
    "cancel", _("取消本轮"), source=("draft", "returned", "submitted", "decided"), target="cancelled", who=Role.MANAGER,
    asks=Reason, primary=False, destructive=True, clause="R1",
)  # fmt: skip
def cancel(thing: Any, given: Given, actor: Actor) -> None: ...


@recognition.step(
    "submit", _("报送"), source="draft", target="submitted", who=Role.MANAGER,
    requires=(rules.filing_is_in_force, rules.somebody_is_nominated, rules.every_nomination_is_lawful),
    records=("route", "title", "number"), tells=(Role.COUNTY, Role.EXAM_OFFICER), clause="R1",
)  # fmt: skip
def submit(thing: Any, given: Given, actor: Actor) -> None: ...


@recognition.step(
    "return", _("退回并说明理由"), source="submitted", target="returned", who=Role.COUNTY, asks=Reason, primary=False,
    tells=(Role.MANAGER,), clause="W2",
)  # fmt: skip
def return_(thing: Any, given: Given, actor: Actor) -> None: ...


@recognition.step(
    "convene", _("组织专家评审"), source="submitted", target="in_review", who=Role.EXAM_OFFICER,
    requires=(rules.every_nomination_is_lawful,), asks=Panel, records=("number",), tells=(Role.COUNTY,),
    due=workdays("recognition.convene", after="submit"), clause="R1",
)  # fmt: skip
def convene(thing: Any, given: Given, actor: Actor) -> None:
    people = list(thing.nominees.filter(state="nominated").order_by("pk"))
    create(step_of("committee.convene"), under=thing, actor=SYSTEM, given={
        "kind": rules.KIND[thing.way.mode], "subject": thing.title,
        "members": [account.pk for account in given["members"]], "chair": given["chair"].pk,
        "apart": [person.name for person in people],
        "matters": [
            {"key": f"n{person.pk}", "title": f"{person.name}（{level(person.level).face}）",
             "note": person.achievements[:200], "url": f"/d/nominee/{person.pk}/material", "marked": True}
            for person in people
        ],
        "paragraphs": [],
    })  # fmt: skip


@recognition.step(
    "decide", _("评审完成"), source="in_review", target="decided", who=Role.SYSTEM,
    requires=(rules.committee_has_decided,), records=("number",), tells=(Role.EXAM_OFFICER, Role.COUNTY), clause="R1",
)  # fmt: skip
def decide(thing: Any, given: Given, actor: Actor) -> None:
    """The votes say who is able; where posts are filled, the best marks fill them."""
    found = roster.committee_of(thing, kind=rules.KIND[thing.way.mode])
    assert found is not None
    tally = roster.tally(found)
    people = list(thing.nominees.filter(state="nominated").order_by("pk"))
    lines = {person.pk: tally[f"n{person.pk}"] for person in people}
    chosen = direct.fill_posts({pk: line["mean"] for pk, line in lines.items() if line["carried"]}, thing.posts)
    for person in people:
        line = lines[person.pk]
        said = direct.panel_words(approve=line["for"], against=line["against"], abstain=line["abstain"])
        if line["carried"] and person.pk not in chosen:
            said += f"；{direct.left_out_words(thing.posts)}"
        step = "recommend" if person.pk in chosen else "decline"
        mean = line["mean"]
        perform(step_of(f"nominee.{step}"), person.pk, actor=SYSTEM, given={
            "mark": "" if mean is None else str(mean), "reason": said,
        })  # fmt: skip


@recognition.step(
    "publish", _("公示"), source="decided", target="published", who=Role.EXAM_OFFICER,
    requires=(rules.somebody_is_recommended,), records=("publicity_until",), tells=(Role.COUNTY, Role.MANAGER),
    clause="R1",
)  # fmt: skip
def publish(thing: Any, given: Given, actor: Actor) -> None:
    days = parameter("appointment.publicity" if thing.way.appoints else "publicity.workdays")
    thing.published_at = clock.now()
    thing.publicity_until = calendar.deadline(timezone.localtime(thing.published_at), days)


@recognition.step(
    "conclude", _("结束公示"), source="published", target="concluded", who=(Role.SYSTEM, Role.EXAM_OFFICER),
    requires=(rules.publicity_is_over, rules.every_objection_is_answered), tells=(Role.COUNTY,), clause="R1",
)  # fmt: skip
def conclude(thing: Any, given: Given, actor: Actor) -> None: ...


@recognition.step(
    "approve", _("核准"), source="concluded", target="approved", who=Role.COUNTY, asks=Opinion,
    requires=(rules.somebody_is_recommended,), records=("number",),
    tells=(Role.MANAGER, Role.ISSUER, Role.EXAM_OFFICER, Role.CENTRE),
    due=workdays("recognition.approve", after="conclude"), clause="W2",
)  # fmt: skip
def approve(thing: Any, given: Given, actor: Actor) -> None:
    # the appointed are recognised when the city has put them on its list, not before
    if not thing.way.appoints:
        _confirm(thing)


def _confirm(thing: Any) -> None:
    for person in thing.nominees.filter(state="recommended").order_by("pk"):
        perform(step_of("nominee.confirm"), person.pk, actor=SYSTEM)


@recognition.step(
    "refuse", _("不予核准"), source="concluded", target="refused", who=Role.COUNTY, asks=Reason, primary=False,
    destructive=True, tells=(Role.MANAGER, Role.EXAM_OFFICER, Role.CENTRE), clause="W2",
)  # fmt: skip
def refuse(thing: Any, given: Given, actor: Actor) -> None: ...


@recognition.step(
    "settle", _("办结"), source="approved", target="settled", who=Role.SYSTEM, requires=(rules.round_does_not_appoint,),
    records=("number",), primary=False, clause="R1",
)  # fmt: skip
def settle(thing: Any, given: Given, actor: Actor) -> None:
    """Without a post to fill there is no list to report: the round has come to its end and waits for nobody."""


@recognition.step(
    "report", _("上报名单"), source="approved", target="reported", who=Role.COUNTY, requires=(rules.round_appoints,),
    records=("number",), tells=(Role.CITY,), due=workdays("recognition.approve", after="approve"), clause="R4",
)  # fmt: skip
def report(thing: Any, given: Given, actor: Actor) -> None: ...


@recognition.step(
    "enlist", _("列入名单"), source="reported", target="listed", who=Role.CITY, asks=Listing,
    records=("number", "list_number"), tells=(Role.MANAGER, Role.ISSUER, Role.COUNTY, Role.CENTRE), clause="R4",
)  # fmt: skip
def enlist(thing: Any, given: Given, actor: Actor) -> None:
    thing.list_number = given["list_number"]
    _confirm(thing)
