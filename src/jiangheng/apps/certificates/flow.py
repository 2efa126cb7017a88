"""证书: the institution issues what it examined and answers for it (W5); anyone can verify it (W10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.batches import queries as batches
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
COPIED = (
    "mode", "clause", "occupation", "occupation_name", "direction", "level", "name", "identity", "identity_index",
    "photo", "theory_mark", "practical_mark", "review_mark",
)  # fmt: skip


@issuance.step(
    "run", _("为全部合格人员制证"), source=NOTHING, target="done", who=Role.ISSUER, under=("batch", "recognition"),
    requires=(rules.results_are_recorded, rules.everybody_has_a_photo), records=("title", "count"),
    tells=(Role.COUNTY, Role.EXAM_OFFICER), clause="W5",
)  # fmt: skip
def run(thing: Any, given: Given, actor: Actor) -> None:
    """Its parent is any thing with a ``title`` below which results are recorded; a batch is also kept as such."""
    thing.title = thing.under.title
    if batches.is_batch(thing.under):
        thing.batch = thing.under
    results = list(batches.results_waiting(thing.scope))
    for one in results:
        create(step_of("certificate.issue"), under=one, actor=actor)
    thing.count = len(results)


@certificate.step(
    "issue", _("签发证书"), source=NOTHING, target="issued", who=Role.ISSUER,
    requires=(
        rules.result_is_recorded, rules.level_has_a_certificate, rules.filing_is_in_force_today, rules.photo_is_there,
    ),
    records=(
        "number", "name", "level", "occupation", "direction", "issued_on", "mode", "clause", "identity_index",
        "theory_mark", "practical_mark", "review_mark",
    ),
    tells=(Role.CANDIDATE,), clause="W5",
)  # fmt: skip
def issue(thing: Any, given: Given, actor: Actor) -> None:
    found, today = thing.under, clock.today()
    institution = found.institution
    series = (
        f"certificate:{institution.letter}{institution.org_code}{institution.site_serial}:{today.year}:{found.level}"
    )
    thing.number = certno.compose_certno(
        org_class=institution.letter,
        org_code=institution.org_code,
        province=institution.scope.split("/")[0],
        site_serial=int(institution.site_serial),
        year=today.year,
        level_code=found.level,
        serial=next_number(series),
    )
    thing.result, thing.institution, thing.institution_name = found, institution, institution.name
    for name in COPIED:
        setattr(thing, name, getattr(found, name))
    thing.issued_on = today
    perform(step_of("result.certify"), found.pk, actor=SYSTEM)


@certificate.step(
    "deliver", _("登记送达"), source="issued", target="delivered", who=Role.ISSUER, bulk=True, clause="W10"
)
def deliver(thing: Any, given: Given, actor: Actor) -> None: ...


@certificate.step(
    "void", _("注销"), source=("issued", "delivered"), target="void", who=(Role.ISSUER, Role.SYSTEM), asks=Reason,
    primary=False, destructive=True, records=("number",), tells=(Role.COUNTY, Role.CENTRE, Role.CANDIDATE),
    clause="W10",
)  # fmt: skip
def void(thing: Any, given: Given, actor: Actor) -> None:
    thing.void_reason = given["reason"]
