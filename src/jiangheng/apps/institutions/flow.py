"""机构备案: 登记 → 申报 → 受理并备案 → （终止）. The city centre files, the county sees (W6, W7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.parameters import parameter
from jiangheng.core.steps import NOTHING, flow, workdays
from jiangheng.core.trust import certno
from jiangheng.kernel import clock, files
from jiangheng.kernel.forms import Opinion, Reason
from jiangheng.kernel.serials import next_number

from .forms import FilingText, NewInstitution, NewRoom, NewSite
from .models import LETTERS
from .rules import documents_are_complete, not_filed_already, site_has_rooms, standard_is_in_force

institution = flow("institution", "institutions.Institution", _("评价机构"), final=("closed",))
site = flow("site", "institutions.Site", _("考点"))
room = flow("room", "institutions.Room", _("考场"))
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


def _write(thing: Any, given: Given) -> None:
    standard = standards.in_force(given["occupation"])
    assert standard is not None
    thing.standard, thing.occupation, thing.occupation_name = standard, standard.occupation, standard.name
    thing.site, thing.levels, thing.statement = given["site"], sorted(given["levels"], reverse=True), given["statement"]
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
    requires=(documents_are_complete, site_has_rooms, not_filed_already),
    records=("occupation", "levels", "site", "statement"), tells=(Role.CENTRE, Role.COUNTY), clause="W6",
)  # fmt: skip
def submit(thing: Any, given: Given, actor: Actor) -> None: ...


@filing.step(
    "accept", _("受理并备案"), source="submitted", target="filed", who=Role.CENTRE, other_than=("submit",),
    requires=(not_filed_already, standard_is_in_force), asks=Opinion,
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
