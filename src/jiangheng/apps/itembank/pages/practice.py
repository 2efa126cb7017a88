"""A practical paper: the notice for whoever reaches it, task and marking lines under a recorded look (K14)."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, display, level_face, state_filter

from .. import flow
from ..models import KEEPERS, Bank, Exercise
from ..queries import practice as exercises
from .items import watermark

STATE = Column("state", _("状态"), kind="state", sort="state")
HOLDERS = frozenset({Role.CENTRE, Role.KEEPER})
IN_STOCK = frozenset({"stock"})


def _told(name: str) -> Any:
    return lambda exercise: exercise.notice.get(name, [])


def _content(exercise: Exercise, actor: Actor) -> dict[str, Any]:
    content = flow.look_at_exercise(exercise, actor=actor)
    return {
        # reduced to the house's subset when it came in: nothing in it can act
        "task": mark_safe(content["task"]),  # noqa: S308
        "marked": [line for line in content["lines"] if line["kind"] != "veto"],
        "vetoes": [line for line in content["lines"] if line["kind"] == "veto"],
        "watermark": watermark(actor),
    }


def _looks(exercise: Exercise, actor: Actor) -> dict[str, Any]:
    return {"looks": exercises.looks_at(exercise)}


LEVEL = Column("level", _("级别"), value=lambda exercise: level_face(exercise.bank.level), sort="bank__level")

display(
    Display(
        flow="exercise",
        label=_("操作技能试题"),
        title=lambda exercise: f"{exercise.bank.name} {exercise.code}",
        columns=(
            Column("code", _("题号"), kind="code", sort="code"),
            Column("title", _("名称"), sort="title"),
            Column("bank", _("题库"), value="bank.name", sort="bank__name"),
            LEVEL,
            Column("minutes", _("考核时间（分钟）"), kind="number", sort="minutes"),
            STATE,
        ),
        filters=(
            state_filter(Exercise),
            Filter(
                "bank", _("题库"), "bank",
                lambda actor: list(Bank.reach(actor).filter(subject="practice").values_list("pk", "name")),
            ),
        ),
        search=("code", "title", "bank__name"),
        order="code",
        panels=(
            Panel(
                _("考核准备通知单"),
                columns=(
                    Column("title", _("名称")),
                    LEVEL,
                    Column("minutes", _("考核时间（分钟）"), kind="number"),
                    *(Column(name, label, value=_told(name), kind="list") for name, label in Exercise.NOTICE),
                ),
            ),
            Panel(_("考核任务和评分要点"), template="itembank/exercise.html", context=_content),
            Panel(_("查看记录"), template="itembank/exercise_looks.html", context=_looks),
        ),
        links=(
            Link(_("考核准备通知单"), lambda exercise: f"/d/exercise/{exercise.pk}/notice.pdf", KEEPERS),
            Link(_("考核试卷"), lambda exercise: f"/d/exercise/{exercise.pk}/task.pdf", HOLDERS, IN_STOCK, "lock"),
            Link(_("评分记录表"), lambda exercise: f"/d/exercise/{exercise.pk}/score.pdf", HOLDERS, IN_STOCK, "lock"),
        ),
        select_related=("bank",),
        icon="pen",
        menu_for=KEEPERS - {Role.SYSTEM},
    )
)  # fmt: skip
