"""What people put into a bank besides items, and what leaves it as a file (K7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import STAY

from .. import queries
from ..forms.files import Export, NewPicture
from ..rules.banks import bank_is_open
from .bank import HOLDERS, bank
from .intake import keep_picture
from .looks import look_at_each

Given = Mapping[str, Any]


@bank.step(
    "illustrate", _("上传题图"), source="open", target=STAY, who=Role.WRITER, asks=NewPicture,
    requires=(bank_is_open,), primary=False, clause="K7",
)  # fmt: skip
def illustrate(thing: Any, given: Given, actor: Actor) -> None:
    keep_picture(thing, given["digest"], given["picture"])
    thing.newest_picture = given["digest"]


@bank.step(
    "export", _("导出试题"), source=("open", "closed"), target=STAY, who=HOLDERS, asks=Export, primary=False,
    clause="K7",
)  # fmt: skip
def export(thing: Any, given: Given, actor: Actor) -> None:
    # whoever has the file can read every item in it: each is a look
    look_at_each(given["rows"], actor=actor, what="export")
    thing.written = queries.written(thing, given["rows"], kind=given["format"])
