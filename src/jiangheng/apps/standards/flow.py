"""标准: catalogues and standards are drafted, enacted by another person, ended on a day; programmes are listed (K3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.law.standard_text import parse_standard
from jiangheng.core.steps import NOTHING, flow, step_of
from jiangheng.kernel.perform import perform

from .forms import CatalogueEnd, CatalogueFile, CatalogueStart, Enactment, Ending, ProgrammeText, Recorded, StandardText
from .queries import catalogue as catalogue_on
from .rules import catalogue_is_not_empty, text_still_holds

catalogue = flow("catalogue", "standards.Catalogue", _("职业目录"), final=("superseded", "discarded"))
standard = flow("standard", "standards.Standard", _("标准"), final=("superseded",))
programme = flow("programme", "standards.Programme", _("经批准的专业和班级"), final=("withdrawn",))

Given = Mapping[str, Any]
DAY = dt.timedelta(days=1)


@catalogue.step(
    "load", _("导入目录"), source=NOTHING, target="draft", who=Role.CENTRE, under=("region",), asks=CatalogueFile,
    records=("edition", "source", "count"), clause="K1",
)  # fmt: skip
def load(thing: Any, given: Given, actor: Actor) -> None:
    for name in ("edition", "source", "entries"):
        setattr(thing, name, given[name])


@catalogue.step(
    "enact", _("启用"), source="draft", target="in_force", who=Role.CENTRE, other_than=("load",), asks=CatalogueStart,
    requires=(catalogue_is_not_empty,), records=("edition", "count", "valid_from"), clause="K1",
)  # fmt: skip
def enact_catalogue(thing: Any, given: Given, actor: Actor) -> None:
    thing.valid_from = given["valid_from"]
    before = catalogue_on(thing.valid_from)
    if before is not None and before.state == "in_force":
        perform(step_of("catalogue.supersede"), before.pk, actor=SYSTEM, given={
            "last_day": thing.valid_from - DAY,
        })  # fmt: skip


@catalogue.step(
    "supersede", _("被新版替代"), source="in_force", target="superseded", who=Role.SYSTEM, asks=CatalogueEnd,
    records=("edition", "valid_to"), clause="K1",
)  # fmt: skip
def supersede_catalogue(thing: Any, given: Given, actor: Actor) -> None:
    thing.valid_to = given["last_day"]


@catalogue.step(
    "discard",
    _("放弃"),
    source="draft",
    target="discarded",
    who=Role.CENTRE,
    primary=False,
    destructive=True,
    clause="K1",
)
def discard(thing: Any, given: Given, actor: Actor) -> None: ...


def _write(thing: Any, given: Given) -> None:
    content = parse_standard(given["text"])
    thing.text, thing.kind, thing.occupation = given["text"], content.kind, content.code
    thing.name, thing.title, thing.edition = content.occupation, content.title, content.edition
    thing.directions, thing.levels = list(content.directions), list(content.levels)


@standard.step(
    "draft", _("起草"), source=NOTHING, target="draft", who=Role.CENTRE, under=("region",), asks=StandardText,
    records=("kind", "occupation", "edition"), clause="K3",
)  # fmt: skip
def draft(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@standard.step(
    "revise", _("修改"), source="draft", target="draft", who=Role.CENTRE, asks=StandardText,
    records=("kind", "occupation", "edition"), primary=False, clause="K3",
)  # fmt: skip
def revise(thing: Any, given: Given, actor: Actor) -> None:
    _write(thing, given)


@standard.step(
    "enact", _("颁布"), source="draft", target="enacted", who=Role.CENTRE, other_than=("draft",), asks=Enactment,
    requires=(text_still_holds,), records=("kind", "occupation", "edition", "text", "valid_from"), clause="K3",
)  # fmt: skip
def enact(thing: Any, given: Given, actor: Actor) -> None:
    thing.valid_from = given["valid_from"]


@standard.step(
    "record", _("备案"), source=NOTHING, target="enacted", who=Role.SYSTEM, asks=Recorded,
    records=("occupation", "edition", "owner", "number", "text", "valid_from"), clause="K4",
)  # fmt: skip
def record(thing: Any, given: Given, actor: Actor) -> None:
    """An enterprise's specification enters the standards; only the recording step of the room above comes here."""
    _write(thing, given)
    thing.owner, thing.number, thing.valid_from = given["owner"], given["number"], given["valid_from"]


@standard.step(
    "supersede", _("停止使用"), source="enacted", target="superseded", who=Role.CENTRE, asks=Ending, primary=False,
    destructive=True, records=("occupation", "edition", "valid_to"), clause="K3",
)  # fmt: skip
def supersede(thing: Any, given: Given, actor: Actor) -> None:
    thing.valid_to = given["last_day"]


@programme.step(
    "list", _("列入名单"), source=NOTHING, target="listed", who=Role.CENTRE, under=("region",), asks=ProgrammeText,
    records=("list_name", "school", "major", "code", "document"), clause="R6",
)  # fmt: skip
def enlist(thing: Any, given: Given, actor: Actor) -> None:
    for name in ("list_name", "school", "major", "code", "occupations", "document", "valid_from", "valid_to"):
        setattr(thing, name, given[name])


@programme.step(
    "withdraw", _("移出名单"), source="listed", target="withdrawn", who=Role.CENTRE, asks=Ending, primary=False,
    destructive=True, records=("list_name", "code", "valid_to"), clause="R6",
)  # fmt: skip
def withdraw(thing: Any, given: Given, actor: Actor) -> None:
    thing.valid_to = given["last_day"]
