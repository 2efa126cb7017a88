"""机构备案: 登记 → 申报 → 受理并备案 → （终止）. The city centre files, the county sees (W6, W7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.law.codes import GUILIN
from jiangheng.core.law.levels import LADDER, SPECIALTY
from jiangheng.core.law.parameters import parameter
from jiangheng.core.law.standard_text import parse_standard
from jiangheng.core.steps import NOTHING, STAY, flow, step_of, workdays
from jiangheng.core.trust import certno
from jiangheng.kernel import clock, files
from jiangheng.kernel.forms import Opinion, Reason
from jiangheng.kernel.perform import create
from jiangheng.kernel.serials import next_number

from . import queries
from .forms import FilingText, NewInstitution, NewRoom, NewSite, Recording, Reviewers, SpecificationText
from .models import LETTERS
from .rules import (
    committee_has_adopted,
    committee_has_not_adopted,
    documents_are_complete,
    institution_is_an_enterprise,
    machines_were_checked,
    not_filed_already,
    occupation_may_be_evaluated,
    room_is_for_theory,
    site_has_rooms,
    standard_is_in_force,
)

institution = flow("institution", "institutions.Institution", _("评价机构"), final=("closed",))
site = flow("site", "institutions.Site", _("考点"))
room = flow("room", "institutions.Room", _("考场"))
specification = flow("specification", "institutions.Specification", _("评价规范"), final=("recorded",))
filing = flow("filing", "institutions.Filing", _("机构备案"), final=("terminated",))

Given = Mapping[str, Any]


@institution.step(
    "register", _("登记机构"), source=NOTHING, target="active", who=Role.CENTRE, under=("region",), asks=NewInstitution,
    records=("name", "uscc", "kind"), clause="W7",
)  # fmt: skip
def register(thing: Any, given: Given, actor: Actor) -> None:
    thing.number = next_number(f"institution:{thing.scope}")
    for name in ("name", "kind", "uscc", "address", "contact", "telephone"):
        setattr(thing, name, given[name])
    # the provincial department assigns site serials; until its register is connected they run from 450301 on
    thing.site_serial = f"{parameter('certificate.first_site_serial') + next_number('site_serial') - 1:06d}"


@institution.step(
    "close", _("注销"), source="active", target="closed", who=Role.CENTRE, asks=Reason, primary=False, destructive=True,
    records=("name", "uscc"), clause="K12",
)  # fmt: skip
def close_institution(thing: Any, given: Given, actor: Actor) -> None: ...


@site.step(
    "open", _("登记考点"), source=NOTHING, target="open", who=Role.MANAGER, under=("institution",), asks=NewSite,
    records=("name", "address"), clause="W6",
)  # fmt: skip
def open_site(thing: Any, given: Given, actor: Actor) -> None:
    thing.institution, thing.name, thing.address = thing.under, given["name"], given["address"]


@site.step(
    "close", _("停用"), source="open", target="closed", who=Role.MANAGER, asks=Reason, primary=False, destructive=True,
    clause="W6",
)  # fmt: skip
def close_site(thing: Any, given: Given, actor: Actor) -> None: ...


@site.step("reopen", _("恢复启用"), source="closed", target="open", who=Role.MANAGER, primary=False, clause="W6")
def reopen_site(thing: Any, given: Given, actor: Actor) -> None: ...


@room.step(
    "add", _("登记考场"), source=NOTHING, target="open", who=Role.MANAGER, under=("site",), asks=NewRoom,
    records=("name", "kind", "rows", "columns"), clause="W6",
)  # fmt: skip
def add_room(thing: Any, given: Given, actor: Actor) -> None:
    thing.site = thing.under
    for name in ("name", "kind", "rows", "columns"):
        setattr(thing, name, given[name])


@room.step(
    "close", _("停用"), source="open", target="closed", who=Role.MANAGER, asks=Reason, primary=False, destructive=True,
    clause="W6",
)  # fmt: skip
def close_room(thing: Any, given: Given, actor: Actor) -> None: ...


@room.step("reopen", _("恢复启用"), source="closed", target="open", who=Role.MANAGER, primary=False, clause="W6")
def reopen_room(thing: Any, given: Given, actor: Actor) -> None: ...


@room.step(
    "check_seats", _("检测机位"), source="open", target=STAY, who=(Role.MANAGER, Role.EXAM_OFFICER),
    requires=(room_is_for_theory,), records=("check_until",), primary=False, clause="K13",
)  # fmt: skip
def check_seats(thing: Any, given: Given, actor: Actor) -> None:
    thing.check_until = clock.now() + dt.timedelta(hours=parameter("seat.check_hours"))


@room.step(
    "take_checks", _("接收机位检测结果"), source="open", target=STAY, who=Role.SYSTEM,
    requires=(machines_were_checked,), records=("red_seats",), clause="K13",
)  # fmt: skip
def take_checks(thing: Any, given: Given, actor: Actor) -> None:
    for check in queries.fresh_checks(thing):
        kept = {"checked_at": check.at, "sound": check.sound, "findings": check.findings}
        thing.seat_checks.update_or_create(number=check.number, defaults=kept)


def _write_text(thing: Any, given: Given) -> None:
    content = parse_standard(given["text"])
    thing.text, thing.title, thing.edition = given["text"], content.title, content.edition
    thing.occupation, thing.occupation_name, thing.levels = content.code, content.occupation, list(content.levels)


@specification.step(
    "draft", _("起草评价规范"), source=NOTHING, target="draft", who=Role.MANAGER, under=("institution",),
    asks=SpecificationText, requires=(institution_is_an_enterprise,), records=("title", "occupation", "edition"),
    clause="K4",
)  # fmt: skip
def draft_specification(thing: Any, given: Given, actor: Actor) -> None:
    thing.institution = thing.under
    _write_text(thing, given)


@specification.step(
    "revise", _("修改"), source=("draft", "returned"), target="draft", who=Role.MANAGER, asks=SpecificationText,
    records=("title", "occupation", "edition"), primary=False, leads_from=frozenset({"returned"}), clause="K4",
)  # fmt: skip
def revise_specification(thing: Any, given: Given, actor: Actor) -> None:
    _write_text(thing, given)


@specification.step(
    "submit", _("报送评审"), source="draft", target="submitted", who=Role.MANAGER, records=("title", "edition", "text"),
    tells=(Role.CENTRE, Role.COUNTY), clause="K4",
)  # fmt: skip
def submit_specification(thing: Any, given: Given, actor: Actor) -> None: ...


@specification.step(
    "return", _("退回并说明理由"), source="submitted", target="returned", who=Role.CENTRE, asks=Reason, primary=False,
    tells=(Role.MANAGER,), clause="K4",
)  # fmt: skip
def return_specification(thing: Any, given: Given, actor: Actor) -> None: ...


@specification.step(
    "convene", _("组织专家评审"), source="submitted", target="in_review", who=Role.CENTRE, asks=Reviewers,
    records=("title", "round"), tells=(Role.MANAGER,), due=workdays("specification.convene", after="submit"),
    clause="K4",
)  # fmt: skip
def convene(thing: Any, given: Given, actor: Actor) -> None:
    thing.round += 1
    create(step_of("committee.convene"), under=thing, actor=SYSTEM, given={
        "kind": "specification", "subject": f"{thing.title}（{thing.edition}，第{thing.round}轮）",
        "members": [account.pk for account in given["members"]], "chair": given["chair"].pk,
        "apart": queries.drafters(thing),
        "matters": [{"key": "adopt", "title": str(_("通过该评价规范")), "marked": False}],
        "paragraphs": queries.outline(thing.text),
    })  # fmt: skip


@specification.step(
    "adopt", _("评审通过"), source="in_review", target="adopted", who=Role.SYSTEM, requires=(committee_has_adopted,),
    tells=(Role.MANAGER, Role.CENTRE), clause="K4",
)  # fmt: skip
def adopt(thing: Any, given: Given, actor: Actor) -> None: ...


@specification.step(
    "send_back", _("评审未通过，修改后再报"), source="in_review", target="returned", who=Role.SYSTEM,
    requires=(committee_has_not_adopted,), tells=(Role.MANAGER, Role.CENTRE), clause="K4",
)  # fmt: skip
def send_back(thing: Any, given: Given, actor: Actor) -> None: ...


@specification.step(
    "record", _("备案"), source="adopted", target="recorded", who=Role.CENTRE, other_than=("convene",), asks=Recording,
    records=("number", "title", "edition", "text"), tells=(Role.MANAGER, Role.COUNTY),
    due=workdays("specification.record", after="adopt"), clause="K4",
)  # fmt: skip
def record(thing: Any, given: Given, actor: Actor) -> None:
    year = clock.today().year
    thing.number = f"GL-GF-{year}-{next_number(f'specification:{year}'):04d}"
    thing.standard = create(step_of("standard.record"), under=offices.region(GUILIN), actor=SYSTEM, given={
        "text": thing.text, "owner": thing.institution.scope, "number": thing.number, "valid_from": given["valid_from"],
    })  # fmt: skip


def _write(thing: Any, given: Given) -> None:
    standard = given["standard"]
    thing.standard, thing.occupation, thing.occupation_name = standard, standard.occupation, standard.name
    order = [step.code for step in (*LADDER, SPECIALTY)]
    thing.site, thing.statement = given["site"], given["statement"]
    thing.levels = sorted(given["levels"], key=order.index)
    if given["document"]:
        thing.document = files.keep(
            given["document"].read(), name="filing.pdf", media_type="application/pdf", scope=thing.scope
        )


@filing.step(
    "draft", _("起草备案"), source=NOTHING, target="draft", who=Role.MANAGER, under=("institution",), asks=FilingText,
    records=("occupation", "levels", "site"), clause="W6",
)  # fmt: skip
def draft(thing: Any, given: Given, actor: Actor) -> None:
    thing.institution = thing.under
    _write(thing, given)


@filing.step(
    "revise", _("修改"), source=("draft", "returned"), target="draft", who=Role.MANAGER, asks=FilingText,
    records=("occupation", "levels", "site"), primary=False, leads_from=frozenset({"returned"}), clause="W6",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@filing.step(
    "submit", _("申报"), source="draft", target="submitted", who=Role.MANAGER,
    requires=(documents_are_complete, occupation_may_be_evaluated, site_has_rooms, not_filed_already),
    records=("occupation", "levels", "site", "statement"), tells=(Role.CENTRE, Role.COUNTY), clause="W6",
)  # fmt: skip
def submit(thing: Any, given: Given, actor: Actor) -> None: ...


@filing.step(
    "accept", _("受理并备案"), source="submitted", target="filed", who=Role.CENTRE, other_than=("submit",),
    requires=(not_filed_already, standard_is_in_force, occupation_may_be_evaluated), asks=Opinion,
    records=("number", "occupation", "levels", "site", "valid_until"), tells=(Role.MANAGER, Role.COUNTY),
    due=workdays("filing.accept", after="submit"), clause="W7",
)  # fmt: skip
def accept(thing: Any, given: Given, actor: Actor) -> None:
    today = clock.today()
    years = parameter("filing.validity_years")
    county = "".join(thing.scope.split("/")[:3])
    serial = next_number(f"filing:{thing.institution.kind}:{county}:{today.year}")
    thing.number = certno.filing_number(LETTERS[thing.institution.kind], county=county, year=today.year, serial=serial)
    thing.filed_on = today
    thing.valid_until = _years_later(today, years) - dt.timedelta(days=1)


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


@filing.step(
    "return", _("退回并说明理由"), source="submitted", target="returned", who=Role.CENTRE, asks=Reason, primary=False,
    tells=(Role.MANAGER,), clause="W7",
)  # fmt: skip
def return_filing(thing: Any, given: Given, actor: Actor) -> None: ...


@filing.step(
    "terminate", _("终止备案"), source="filed", target="terminated", who=Role.CITY, asks=Reason, primary=False,
    destructive=True, records=("number",), tells=(Role.MANAGER, Role.COUNTY, Role.CENTRE), clause="K12",
)  # fmt: skip
def terminate(thing: Any, given: Given, actor: Actor) -> None: ...
