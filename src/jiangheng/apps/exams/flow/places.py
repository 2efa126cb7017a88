"""A session that runs at a place without a good line: sealed, fetched, opened by a key that is told, returned (K13)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.steps import STAY, step_of
from jiangheng.kernel.perform import perform

from .. import queries, rules
from ..forms import Bundle, Fetching, Packing, Telling, Versions
from .session import Given, session

BUREAUS = (Role.COUNTY, Role.CITY, Role.CENTRE)


@session.step(
    "pack", _("封装给考点"), source=("planned", "released"), target="away", who=Role.EXAM_OFFICER,
    requires=(
        rules.session_has_not_begun, rules.somebody_sits_in_it, rules.no_paper_is_destroyed, rules.nothing_was_printed,
        rules.browser_of_the_place_is_known,
    ),
    records=("package_digest", "paper_digests"), tells=(Role.INVIGILATOR, Role.COUNTY), primary=False,
    asks=Packing, clause="K13",
)  # fmt: skip
def pack(thing: Any, given: Given, actor: Actor) -> None:
    queries.pack(thing)
    thing.notices = [_t("请到“考点”页生成领用单，连同试卷包交给考点")]


@session.step(
    "recall", _("收回试卷包"), source="away", target="planned", who=Role.EXAM_OFFICER,
    requires=(rules.key_is_not_told,), tells=(Role.INVIGILATOR, Role.COUNTY),
    primary=False, destructive=True, clause="K13",
)  # fmt: skip
def recall(thing: Any, given: Given, actor: Actor) -> None:
    queries.recall(thing)


@session.step(
    "hand_over", _("生成领用单"), source="away", target=STAY, who=Role.EXAM_OFFICER,
    requires=(rules.a_package_is_out,), records=("package_digest",), primary=False, clause="K13",
)  # fmt: skip
def hand_over(thing: Any, given: Given, actor: Actor) -> None:
    thing.token = queries.new_token(thing.package)


@session.step(
    "fetch", _("取走试卷包"), source="away", target=STAY, who=(Role.SYSTEM, Role.EXAM_OFFICER),
    asks=Fetching, requires=(rules.a_package_is_out,), records=("package_digest",), primary=False, clause="K13",
)  # fmt: skip
def fetch(thing: Any, given: Given, actor: Actor) -> None: ...


@session.step(
    "tell_key", _("告知启封码"), source="away", target=STAY, who=BUREAUS, other_than=("pack",), asks=Telling,
    requires=(rules.a_package_is_out, rules.key_may_be_told, rules.no_paper_is_destroyed), records=("package_digest",),
    tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def tell_key(thing: Any, given: Given, actor: Actor) -> None:
    # whoever has the key may read the papers: from now on they count as opened
    for paper in queries.papers_in(thing):
        if paper.state == "sealed":
            perform(step_of("paper.release"), paper.pk, actor=SYSTEM)
        if paper.state in ("sealed", "released"):
            perform(step_of("paper.open"), paper.pk, actor=SYSTEM)
    thing.notices = [_t("请到“启封码”页逐组读给对方")]


@session.step(
    "deliver", _("上传考点回传"), source=("away", "returned", "closed"), target=STAY,
    who=(Role.SYSTEM, Role.EXAM_OFFICER), asks=Bundle, records=("bundle_digests",), tells=(Role.EXAM_OFFICER,),
    primary=False, clause="K13",
)  # fmt: skip
def deliver(thing: Any, given: Given, actor: Actor) -> None:
    queries.keep_bundle(thing, given["bundle"], given["content"])


@session.step(
    "take_in", _("收入回传"), source="away", target="returned", who=Role.EXAM_OFFICER, asks=Versions,
    requires=(rules.key_is_told, rules.something_came_back), records=("bundle_digests", "taken_in"),
    tells=(Role.INVIGILATOR, Role.COUNTY), clause="K13",
)  # fmt: skip
def take_in(thing: Any, given: Given, actor: Actor) -> None:
    thing.taken_in = queries.take_in(thing, given["choices"])
