"""Answers written on paper are typed or uploaded twice, compared, decided and settled (K13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import perform, perform_many

from .. import queries, rules
from ..forms import (
    AnswerBook,
    AnswerRow,
    Decision,
    ThirdMark,
)

transcription = flow("transcription", "exams.Transcription", _("纸质答卷录入"), final=("settled", "dropped"))

Given = Mapping[str, Any]


@transcription.step(
    "begin", _("录入纸质答卷"), source=NOTHING, target="first", who=Role.EXAM_OFFICER, under=("session",),
    requires=(
        rules.session_is_under_way, rules.papers_were_printed, rules.writing_time_is_over, rules.somebody_sat_on_paper,
    ),
    records=("sittings",), clause="K13",
)  # fmt: skip
def begin(thing: Any, given: Given, actor: Actor) -> None:
    thing.session, thing.begun_at = thing.under, clock.now()
    # whoever is not in a hall at the end of the examination sat on paper or stayed away; the sheets will tell
    thing.sittings = list(thing.session.sittings.filter(state="ready").order_by("pk").values_list("pk", flat=True))
    perform_many(step_of("sitting.hold"), thing.sittings, actor=SYSTEM)


FIRST = ("enter", "upload")
"""The steps of the first typing; whoever did one of them has no part in the second."""


@transcription.step(
    "upload", _("上传第一遍录入表"), source="first", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerBook,
    records=("first_digest",), clause="K13",
)  # fmt: skip
def upload(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("first", given["rows"])


@transcription.step(
    "enter", _("录入一名考生（第一遍）"), source="first", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerRow,
    records=("first_digest",), primary=False, clause="K13",
)  # fmt: skip
def enter(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("first", thing.held("first") | {str(given["sitting"]): given["row"]})


@transcription.step(
    "hand_on", _("完成第一遍录入"), source="first", target="second", who=Role.EXAM_OFFICER,
    requires=(rules.first_typing_is_complete,), records=("first_digest",), tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def hand_on(thing: Any, given: Given, actor: Actor) -> None: ...


@transcription.step(
    "upload_again", _("上传第二遍录入表"), source="second", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerBook,
    other_than=FIRST, records=("second_digest",), clause="K13",
)  # fmt: skip
def upload_again(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("second", given["rows"])


@transcription.step(
    "enter_again", _("录入一名考生（第二遍）"), source="second", target=STAY, who=Role.EXAM_OFFICER, asks=AnswerRow,
    other_than=FIRST, records=("second_digest",), primary=False, clause="K13",
)  # fmt: skip
def enter_again(thing: Any, given: Given, actor: Actor) -> None:
    thing.hold("second", thing.held("second") | {str(given["sitting"]): given["row"]})


@transcription.step(
    "compare", _("完成第二遍录入并比对"), source="second", target="compared", who=Role.EXAM_OFFICER, other_than=FIRST,
    requires=(rules.second_typing_is_complete,), records=("first_digest", "second_digest"),
    tells=(Role.EXAM_OFFICER,), clause="K13",
)  # fmt: skip
def compare(thing: Any, given: Given, actor: Actor) -> None: ...


@transcription.step(
    "decide", _("核定差异"), source="compared", target=STAY, who=Role.EXAM_OFFICER, asks=Decision,
    requires=(rules.something_is_to_be_decided,), records=("settled_digest",), primary=False, clause="K13",
)  # fmt: skip
def decide(thing: Any, given: Given, actor: Actor) -> None:
    _decided(thing, given)


@transcription.step(
    "third", _("第三人评分"), source="compared", target=STAY, who=Role.EXAM_OFFICER, asks=ThirdMark,
    other_than=(*FIRST, "enter_again", "upload_again"), requires=(rules.a_third_mark_is_wanted,),
    records=("settled_digest",), primary=False, clause="K13",
)  # fmt: skip
def third(thing: Any, given: Given, actor: Actor) -> None:
    _decided(thing, given)


def _decided(thing: Any, given: Given) -> None:
    rows, key = thing.held("settled"), str(given["sitting"])
    thing.hold("settled", rows | {key: rows.get(key, {}) | given["values"]})


@transcription.step(
    "settle", _("确认登分"), source="compared", target="settled", who=Role.EXAM_OFFICER,
    requires=(rules.nothing_is_undecided,), records=("first_digest", "second_digest", "settled_digest"),
    tells=(Role.INVIGILATOR,), clause="K13",
)  # fmt: skip
def settle(thing: Any, given: Given, actor: Actor) -> None:
    for sitting, row in queries.agreed(thing).items():
        if row["there"] == "absent":
            perform(step_of("sitting.miss_paper"), sitting, actor=SYSTEM)
        else:
            perform(step_of("sitting.transcribe"), sitting, actor=SYSTEM, given={"paper": row["paper"], "row": row})


@transcription.step(
    "drop", _("作废本次录入"), source=("first", "second", "compared"), target="dropped", who=Role.EXAM_OFFICER,
    asks=Reason, primary=False, destructive=True, clause="K13",
)  # fmt: skip
def drop(thing: Any, given: Given, actor: Actor) -> None:
    perform_many(step_of("sitting.free"), thing.sittings, actor=SYSTEM)
