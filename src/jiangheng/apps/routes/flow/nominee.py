"""申报人: put forward by the enterprise, judged by the panel, confirmed with the round (R1–R4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.batches.flow import bring_photo
from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.law import identity
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel import clock, files, vault
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import create, perform

from .. import rules
from ..forms import Nomination, Portrait, Verdict, media_type
from ..models import Post

nominee = flow("nominee", "routes.Nominee", _("申报人"), final=("withdrawn", "declined", "disqualified", "confirmed"))

Given = Mapping[str, Any]
PLAIN = ("name", "level", "department", "front_line", "hired_on", "insured_months", "achievements")
NAMES = {"evidence": "业绩材料", "proof": "破格依据证明", "statement": "在岗声明"}


def keep(upload: Any, *, name: str, scope: str) -> Any:
    """Keep an uploaded paper under a name of ours: what people call their files may say who they are."""
    data = upload.read()
    kind = media_type(data)
    return files.keep(data, name=f"{name}.{kind.rpartition('/')[2]}", media_type=kind, scope=scope)


def who(thing: Any, number: str) -> None:
    """Fill in what an identity number says of its holder."""
    found = identity.check_identity(number, on=clock.today())
    assert isinstance(found, identity.Identity)
    thing.identity, thing.identity_index = number, vault.index_of(number)
    thing.birth, thing.sex = found.birth, found.sex


def _write(thing: Any, given: Given) -> None:
    for name in PLAIN:
        setattr(thing, name, given[name])
    who(thing, given["identity"])
    thing.grounds = given.get("grounds", "")
    thing.held = (
        [{"level": given["held_level"], "issued": given["held_issued"].isoformat(), "number": given["held_number"]}]
        if given["held_level"]
        else []
    )
    for name in NAMES:
        if given.get(name):
            setattr(thing, name, keep(given[name], name=NAMES[name], scope=thing.scope))
    if given["photo"]:
        thing.photo = keep(given["photo"], name="证件照", scope=thing.scope)


@nominee.step(
    "nominate", _("登记申报人"), source=NOTHING, target="nominated", who=(Role.REGISTRAR, Role.MANAGER),
    under=("recognition",), asks=Nomination, requires=(rules.round_is_open,), records=("level", "grounds"), clause="R1",
)  # fmt: skip
def nominate(thing: Any, given: Given, actor: Actor) -> None:
    thing.recognition = thing.under
    _write(thing, given)


@nominee.step(
    "amend", _("修改"), source="nominated", target="nominated", who=(Role.REGISTRAR, Role.MANAGER), asks=Nomination,
    requires=(rules.round_is_open,), records=("level", "grounds"), primary=False, clause="R1",
)  # fmt: skip
def amend(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@nominee.step(
    "withdraw", _("撤回申报"), source="nominated", target="withdrawn", who=(Role.REGISTRAR, Role.MANAGER), asks=Reason,
    requires=(rules.round_is_open,), primary=False, destructive=True, clause="R1",
)  # fmt: skip
def withdraw(thing: Any, given: Given, actor: Actor) -> None: ...


@nominee.step(
    "photograph", _("上传照片"), source=("nominated", "recommended", "confirmed"), target=STAY,
    who=(Role.REGISTRAR, Role.MANAGER), asks=Portrait, primary=False, clause="W10",
)  # fmt: skip
def photograph(thing: Any, given: Given, actor: Actor) -> None:
    thing.photo = keep(given["photo"], name="证件照", scope=thing.scope)
    bring_photo(thing)


@nominee.step(
    "recommend", _("评审通过"), source="nominated", target="recommended", who=Role.SYSTEM, asks=Verdict,
    records=("level", "review_mark", "reason"), primary=False, clause="R1",
)  # fmt: skip
def recommend(thing: Any, given: Given, actor: Actor) -> None:
    thing.review_mark, thing.reason = given["mark"], given["reason"]


@nominee.step(
    "decline", _("评审未通过"), source="nominated", target="declined", who=Role.SYSTEM, asks=Verdict,
    records=("level", "review_mark", "reason"), primary=False, destructive=True, clause="R1",
)  # fmt: skip
def decline(thing: Any, given: Given, actor: Actor) -> None:
    thing.review_mark, thing.reason = given["mark"], given["reason"]


@nominee.step(
    "disqualify", _("取消资格"), source="recommended", target="disqualified", who=Role.EXAM_OFFICER, asks=Reason,
    requires=(rules.round_is_published,), records=("level", "reason"), tells=(Role.COUNTY, Role.MANAGER), primary=False,
    destructive=True, clause="W5",
)  # fmt: skip
def disqualify(thing: Any, given: Given, actor: Actor) -> None:
    thing.reason = given["reason"]


@nominee.step(
    "confirm", _("核准"), source="recommended", target="confirmed", who=Role.SYSTEM,
    records=("level", "review_mark"), primary=False, clause="R1",
)  # fmt: skip
def confirm(thing: Any, given: Given, actor: Actor) -> None:
    create(step_of("result.record"), under=thing, actor=SYSTEM)
    if thing.recognition.way.appoints:
        _end_the_post_before(thing)
        create(step_of("post.take"), under=thing, actor=SYSTEM)


def _end_the_post_before(thing: Any) -> None:
    """Who becomes chief technician leaves his post as special technician."""
    rows = Post.everywhere.filter(nominee__identity_index=thing.identity_index, occupation=thing.occupation)
    for held in rows.filter(institution=thing.institution, state="in_office"):
        perform(step_of("post.succeed"), held.pk, actor=SYSTEM)
