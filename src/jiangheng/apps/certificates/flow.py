"""证书: the institution issues what it examined and answers for it (W5); anyone can verify it (W10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.steps import NOTHING, flow, step_of
from jiangheng.core.trust import certno
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import create, perform
from jiangheng.kernel.serials import next_number

from . import rules

issuance = flow("issuance", "certificates.Issuance", _("制证"), final=("done",))
certificate = flow("certificate", "certificates.Certificate", _("证书"), final=("void",))

Given = Mapping[str, Any]


@issuance.step(
    "run", _("为全部合格人员制证"), source=NOTHING, target="done", who=Role.ISSUER, under=("batch",),
    requires=(rules.batch_is_approved, rules.somebody_passed, rules.everybody_has_a_photo), records=("batch", "count"),
    tells=(Role.COUNTY, Role.EXAM_OFFICER), clause="W5",
)  # fmt: skip
def run(thing: Any, given: Given, actor: Actor) -> None:
    thing.batch = thing.under
    people = list(thing.batch.applications.filter(state="passed").order_by("ticket"))
    for person in people:
        create(step_of("certificate.issue"), under=person, actor=actor)
    thing.count = len(people)


@certificate.step(
    "issue", _("签发证书"), source=NOTHING, target="issued", who=Role.ISSUER,
    requires=(rules.application_passed_and_is_approved, rules.filing_is_in_force_today),
    records=(
        "number", "name", "level", "occupation", "issued_on", "mode", "identity_index", "theory_mark", "practical_mark",
    ),
    tells=(Role.CANDIDATE,), clause="W5",
)  # fmt: skip
def issue(thing: Any, given: Given, actor: Actor) -> None:
    person = thing.under
    batch, today = person.batch, clock.today()
    institution = batch.institution
    series = (
        f"certificate:{institution.letter}{institution.org_code}{institution.site_serial}:{today.year}:{person.level}"
    )
    thing.number = certno.compose_certno(
        org_class=institution.letter,
        org_code=institution.org_code,
        province=institution.scope.split("/")[0],
        site_serial=int(institution.site_serial),
        year=today.year,
        level_code=person.level,
        serial=next_number(series),
    )
    thing.application, thing.institution, thing.institution_name = person, institution, institution.name
    thing.occupation, thing.occupation_name = batch.occupation, batch.occupation_name
    for name in ("name", "identity", "identity_index", "level", "photo", "theory_mark", "practical_mark"):
        setattr(thing, name, getattr(person, name))
    thing.issued_on = today
    perform(step_of("application.certify"), person.pk, actor=SYSTEM)


@certificate.step(
    "deliver", _("登记送达"), source="issued", target="delivered", who=Role.ISSUER, bulk=True, clause="W10"
)
def deliver(thing: Any, given: Given, actor: Actor) -> None: ...


@certificate.step(
    "void", _("注销"), source=("issued", "delivered"), target="void", who=Role.ISSUER, asks=Reason, primary=False,
    destructive=True, records=("number",), tells=(Role.COUNTY, Role.CENTRE, Role.CANDIDATE), clause="W10",
)  # fmt: skip
def void(thing: Any, given: Given, actor: Actor) -> None:
    thing.void_reason = given["reason"]
