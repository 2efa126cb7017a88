"""认定结果: every way to a level ends in one and the same record, of which the certificate is made (K13, R1–R4, W5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.law import modes
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import perform

from .. import queries
from ..forms import KeptPhoto
from ..models import Application

result = flow("result", "batches.Result", _("认定结果"), final=("certified", "annulled"))

Given = Mapping[str, Any]
COPIED = (
    "mode", "clause", "ground", "round", "institution", "filing", "standard", "occupation", "occupation_name",
    "direction", "level", "name", "identity", "identity_index", "birth", "sex", "photo", "theory_mark",
    "practical_mark", "review_mark",
)  # fmt: skip


class Recognised(Protocol):
    """What a thing must say of a person so that a result can be recorded under it: an application, a nominee.

    The thing lies in the person's own scope, and SYSTEM is among its model's readers. ``mode`` is a code of
    core/law/modes; ``clause`` the clause of the notice by which (K13, R1 …); ``ground`` why, in words; ``round`` what
    it was part of (the batch's title). ``filing`` and ``standard`` may be None only where no certificate follows;
    marks are None where nothing was examined.
    """

    mode: str
    clause: str
    ground: str
    round: str
    institution: Any
    filing: Any
    standard: Any
    occupation: str
    occupation_name: str
    direction: str
    level: str
    name: str
    identity: str
    identity_index: str
    birth: dt.date
    sex: str
    photo: Any
    theory_mark: Decimal | None
    practical_mark: Decimal | None
    review_mark: Decimal | None


@result.step(
    "record", _("登记认定结果"), source=NOTHING, target="recorded", who=Role.SYSTEM,
    records=(
        "mode", "clause", "round", "level", "occupation", "direction", "identity_index", "theory_mark",
        "practical_mark", "review_mark", "decided_on",
    ),
    clause="W5",
)  # fmt: skip
def record(thing: Any, given: Given, actor: Actor) -> None:
    person: Recognised = thing.under
    modes.mode(person.mode)
    for name in COPIED:
        setattr(thing, name, getattr(person, name))
    thing.application = thing.under if isinstance(thing.under, Application) else None
    thing.decided_on = clock.today()


@result.step(
    "photograph", _("补照片"), source="recorded", target=STAY, who=Role.SYSTEM, asks=KeptPhoto, records=("photo",),
    primary=False, clause="W10",
)  # fmt: skip
def photograph(thing: Any, given: Given, actor: Actor) -> None:
    """A photo that came after the approval: the step on the person's own thing brings it here."""
    thing.photo = given["photo"]


def bring_photo(person: Any) -> None:
    """Carry a photo over to what was recorded of a person before it came: the certificate is made from that copy."""
    for waiting in queries.results_waiting(person.scope):
        perform(step_of("result.photograph"), waiting.pk, actor=SYSTEM, given={"photo": person.photo.pk})


@result.step(
    "certify", _("登记发证"), source="recorded", target="certified", who=Role.SYSTEM, primary=False, clause="W5"
)
def certify(thing: Any, given: Given, actor: Actor) -> None:
    if thing.application_id:
        perform(step_of("application.certify"), thing.application_id, actor=SYSTEM)


@result.step(
    "annul", _("撤销认定结果"), source=("recorded", "certified"), target="annulled", who=Role.CENTRE, asks=Reason,
    primary=False, destructive=True, records=("mode", "level", "occupation"),
    tells=(Role.COUNTY, Role.MANAGER, Role.ISSUER, Role.CANDIDATE), clause="W5",
)  # fmt: skip
def annul(thing: Any, given: Given, actor: Actor) -> None:
    """The certificate of an annulled result becomes void: certificates follow this step."""
    thing.annul_reason = given["reason"]
