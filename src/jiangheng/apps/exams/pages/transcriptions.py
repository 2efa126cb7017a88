"""How the typing of answers written on paper looks (clause K13)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.kernel.display import Column, Display, Link, Panel, display, state_filter

from ..models import Transcription
from .who import OFFICER, STATE


def _people(transcription: Transcription) -> int:
    return len(transcription.sittings)


def _typed(name: str) -> Any:
    """How many candidates one typing has; what was typed stays on its own page."""
    return lambda transcription: len(transcription.held(name))


PEOPLE = Column("people", _("纸笔考生数"), value=_people, kind="number")
BEGUN = Column("begun_at", _("开始录入时间"), kind="datetime", sort="begun_at")

display(
    Display(
        flow="transcription",
        label=_("纸质答卷录入"),
        title=lambda one: str(_("纸质答卷 {session}")).format(session=one.session),
        columns=(
            Column("room", _("考场"), value="session.room.name", sort="session__room__name"),
            Column("batch", _("批次"), value="session.batch.title", sort="session__batch__title"),
            BEGUN,
            PEOPLE,
            STATE,
        ),
        filters=(state_filter(Transcription),),
        search=("session__batch__title", "session__room__name"),
        order="-begun_at",
        panels=(
            Panel(
                _("纸质答卷录入"),
                columns=(
                    Column("batch", _("批次"), value="session.batch.title"),
                    Column("room", _("考场"), value=lambda one: str(one.session.room)),
                    BEGUN,
                    PEOPLE,
                    Column("first_typed", _("第一遍已录入"), value=_typed("first"), kind="number"),
                    Column("second_typed", _("第二遍已录入"), value=_typed("second"), kind="number"),
                ),
            ),
        ),
        links=(
            Link(
                _("下载录入表（.xlsx）"),
                lambda one: f"/d/transcription/{one.pk}/sheet.xlsx",
                OFFICER,
                frozenset({"first", "second"}),
                "download",
            ),
            Link(
                _("逐人录入"),
                lambda one: f"/d/transcription/{one.pk}/typing",
                OFFICER,
                frozenset({"first", "second"}),
                "pen",
            ),
            Link(
                _("核对差异"),
                lambda one: f"/d/transcription/{one.pk}/differences",
                OFFICER,
                frozenset({"compared", "settled"}),
                "todo",
            ),
        ),
        select_related=("session__room__site", "session__batch"),
        icon="exam",
        hidden=frozenset({"enter", "enter_again", "decide", "third"}),
    )
)
