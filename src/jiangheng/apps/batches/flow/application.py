"""报名与资格审核: a person applies, two others review, results are entered, a certificate follows (K10, P3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law import identity
from jiangheng.core.steps import NOTHING, STAY, flow, workdays
from jiangheng.kernel import clock, files, vault
from jiangheng.kernel.forms import Opinion, Reason

from .. import rules
from ..formats.portraits import clean_portrait
from ..forms import Applicant, Correction, Mark, Photo, Seat, SelfApplication
from .result import bring_photo

application = flow(
    "application", "batches.Application", _("申报"), final=("refused", "withdrawn", "failed", "certified")
)

Given = Mapping[str, Any]
MARKS = ("theory_mark", "practical_mark", "review_mark")
FACTS = (
    "work_since", "held_level", "held_number", "held_issued", "school", "school_related", "final_year", "graduated",
    "programme", "title_rank", "title_granted", "apprenticeship_ended", "preparatory_technician",
)  # fmt: skip


def _write(thing: Any, given: Given) -> None:
    person = identity.check_identity(given["identity"], on=clock.today())
    assert isinstance(person, identity.Identity)
    thing.identity, thing.identity_index = person.number, vault.index_of(person.number)
    thing.birth, thing.sex = person.birth, person.sex
    for name in ("level", "name", "phone", "education", "employer"):
        setattr(thing, name, given[name])
    thing.facts = {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name in FACTS
        if (value := given.get(name)) not in (None, "", False)
    }


def _keep_photo(thing: Any, upload: Any) -> None:
    portrait = clean_portrait(upload.read())
    thing.photo = files.keep(portrait, name="photo.jpg", media_type="image/jpeg", scope=thing.scope)


@application.step(
    "enrol", _("登记报名"), source=NOTHING, target="submitted", who=Role.REGISTRAR, under=("batch",), asks=Applicant,
    requires=(rules.batch_takes_applications, rules.places_are_left), records=("level", "identity_index", "facts"),
    clause="K10",
)  # fmt: skip
def enrol(thing: Any, given: Given, actor: Actor) -> None:
    thing.batch = thing.under
    _write(thing, given)


@application.step(
    "apply", _("个人报名"), source=NOTHING, target="submitted", who=Role.PUBLIC, asks=SelfApplication,
    requires=(rules.batch_takes_applications, rules.places_are_left), records=("level", "identity_index", "facts"),
    tells=(Role.CHECKER,), clause="P3",
)  # fmt: skip
def apply(thing: Any, given: Given, actor: Actor) -> None:
    thing.batch = thing.under
    thing.account = offices.account_of(actor)
    _write(thing, given)
    _keep_photo(thing, given["photo"])


@application.step(
    "amend", _("更正申报"), source="submitted", target="submitted", who=(Role.REGISTRAR, Role.CANDIDATE),
    asks=Applicant, requires=(rules.batch_is_before_seating,),
    records=("level", "identity_index", "facts"), primary=False, clause="K10",
)  # fmt: skip
def amend(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@application.step(
    "photograph", _("上传照片"), source=("submitted", "checked", "approved", "seated", "passed"), target=STAY,
    who=(Role.REGISTRAR, Role.CANDIDATE), asks=Photo, records=("photo",), primary=False, clause="W10",
)  # fmt: skip
def photograph(thing: Any, given: Given, actor: Actor) -> None:
    _keep_photo(thing, given["photo"])
    bring_photo(thing)


@application.step(
    "check", _("初审通过"), source="submitted", target="checked", who=Role.CHECKER, other_than=("enrol", "apply"),
    requires=(rules.a_condition_is_met,), bulk=True, records=("facts", "level"), tells=(Role.APPROVER,),
    due=workdays("review.first", after=("apply", "enrol", "amend", "return")), clause="K10",
)  # fmt: skip
def check(thing: Any, given: Given, actor: Actor) -> None: ...


@application.step(
    "approve", _("复审通过"), source="checked", target="approved", who=Role.APPROVER,
    other_than=("check", "enrol", "apply"), requires=(rules.a_condition_is_met,), bulk=True,
    records=("facts", "level", "met"), tells=(Role.CANDIDATE,),
    due=workdays("review.second", after="check"), clause="K10",
)  # fmt: skip
def approve(thing: Any, given: Given, actor: Actor) -> None:
    met = rules.verdict_of(thing).met
    assert met is not None
    thing.met = f"（{met.seq}）{met.text}"


@application.step(
    "return", _("退回补正"), source="checked", target="submitted", who=Role.APPROVER, asks=Reason, primary=False,
    tells=(Role.CHECKER, Role.CANDIDATE), clause="W1",
)  # fmt: skip
def return_application(thing: Any, given: Given, actor: Actor) -> None: ...


@application.step(
    "refuse", _("审核不通过"), source=("submitted", "checked"), target="refused", who=(Role.CHECKER, Role.APPROVER),
    asks=Reason, primary=False, destructive=True, tells=(Role.CANDIDATE, Role.REGISTRAR), clause="W1",
)  # fmt: skip
def refuse(thing: Any, given: Given, actor: Actor) -> None: ...


@application.step(
    "withdraw", _("撤回申报"), source=("submitted", "checked", "approved"), target="withdrawn",
    who=(Role.CANDIDATE, Role.REGISTRAR), requires=(rules.batch_is_before_seating,), asks=Opinion, primary=False,
    destructive=True, clause="K10",
)  # fmt: skip
def withdraw(thing: Any, given: Given, actor: Actor) -> None: ...


@application.step(
    "seat", _("编排座位"), source="approved", target="seated", who=Role.SYSTEM, asks=Seat,
    records=("ticket", "theory_room", "seat", "practical_room", "station"), tells=(Role.CANDIDATE,), primary=False,
    clause="K10",
)  # fmt: skip
def seat(thing: Any, given: Given, actor: Actor) -> None:
    thing.ticket, thing.seat, thing.station = given["ticket"], given["seat"], given["station"]
    thing.theory_room_id, thing.practical_room_id = given["theory_room"], given["practical_room"]


@application.step(
    "enter_theory", _("登记理论成绩"), source="seated", target="seated", who=Role.SYSTEM, asks=Mark,
    records=("theory_mark", "theory_absent"), primary=False, clause="K13",
)  # fmt: skip
def enter_theory(thing: Any, given: Given, actor: Actor) -> None:
    thing.theory_mark, thing.theory_absent = given["mark"], given["absent"]


@application.step(
    "enter_practical", _("登记实操成绩"), source="seated", target="seated", who=Role.SYSTEM, asks=Mark,
    records=("practical_mark", "practical_absent", "practical_vetoed"), primary=False, clause="K14",
)  # fmt: skip
def enter_practical(thing: Any, given: Given, actor: Actor) -> None:
    thing.practical_mark, thing.practical_absent = given["mark"], given["absent"]
    thing.practical_vetoed = given["vetoed"]


@application.step(
    "enter_review", _("登记综合评审成绩"), source="seated", target="seated", who=Role.SYSTEM, asks=Mark,
    requires=(rules.level_needs_a_review,), records=("review_mark", "review_absent", "review_vetoed"), primary=False,
    clause="K1",
)  # fmt: skip
def enter_review(thing: Any, given: Given, actor: Actor) -> None:
    thing.review_mark, thing.review_absent = given["mark"], given["absent"]
    thing.review_vetoed = given["vetoed"]


@application.step(
    "correct_mark", _("更正成绩"), source=("seated", "passed", "failed"), target="seated",
    who=(Role.EXAM_OFFICER, Role.SYSTEM), asks=Correction, requires=(rules.batch_is_published,),
    records=MARKS, tells=(Role.CANDIDATE, Role.COUNTY), primary=False, clause="P2",
)  # fmt: skip
def correct_mark(thing: Any, given: Given, actor: Actor) -> None:
    setattr(thing, f"{given['part']}_mark", given["mark"])
    setattr(thing, f"{given['part']}_absent", False)


@application.step(
    "pass", _("登记合格"), source="seated", target="passed", who=Role.SYSTEM,
    requires=(rules.every_part_is_marked, rules.result_is_a_pass), records=MARKS,
    tells=(Role.CANDIDATE,), primary=False, clause="K1",
)  # fmt: skip
def pass_(thing: Any, given: Given, actor: Actor) -> None: ...


@application.step(
    "fail", _("登记不合格"), source="seated", target="failed", who=Role.SYSTEM,
    requires=(rules.every_part_is_marked, rules.result_is_not_a_pass), records=MARKS,
    tells=(Role.CANDIDATE,), primary=False, clause="K1",
)  # fmt: skip
def fail(thing: Any, given: Given, actor: Actor) -> None: ...


@application.step(
    "certify", _("登记发证"), source="passed", target="certified", who=Role.SYSTEM, tells=(Role.CANDIDATE,),
    primary=False, clause="W5",
)  # fmt: skip
def certify(thing: Any, given: Given, actor: Actor) -> None: ...
