"""How theory sessions and sittings look; answers are counted and scored only after collection (clause K13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.calendar import CHINA
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, Related, display, level_face, state_filter

from . import queries
from .forms import CORRECTIONS, KINDS_OF_REPORT
from .models import Correction, Marking, Session, Sitting, Transcription

WATCHERS = frozenset({Role.INVIGILATOR, Role.EXAM_OFFICER, Role.COUNTY, Role.CENTRE, Role.CITY, Role.MANAGER})
SCORERS = frozenset({Role.EXAM_OFFICER, Role.MANAGER, Role.CITY, Role.CENTRE, Role.COUNTY})
STATE = Column("state", _("状态"), kind="state", sort="state")


def _ends(session: Session) -> dt.datetime:
    return session.starts_at + dt.timedelta(minutes=session.minutes)


def _invigilators(session: Session) -> list[str]:
    return [account.name for account in session.invigilators.all()]


def _seated(session: Session) -> int:
    return len(session.sittings.all())


display(
    Display(
        flow="session",
        label=_("理论考试场次"),
        title=lambda session: f"{session.batch.title} · {session.room.name}",
        columns=(
            Column("room", _("考场"), value="room.name", sort="room__name"),
            Column("batch", _("批次"), value="batch.title", sort="batch__title"),
            Column("starts_at", _("开始时间"), kind="datetime", sort="starts_at"),
            Column("minutes", _("时长（分钟）"), kind="number", sort="minutes"),
            Column("seated", _("考生数"), value=_seated, kind="number"),
            STATE,
        ),
        filters=(state_filter(Session), Filter("county", _("县（市、区）"), "scope__startswith", offices.counties)),
        search=("batch__title", "batch__number", "room__name"),
        order="-starts_at",
        prefetch_related=("sittings", "invigilators"),
        panels=(
            Panel(
                _("场次"),
                columns=(
                    Column("batch", _("批次"), value="batch.title"),
                    Column("room", _("考场"), value=lambda session: str(session.room)),
                    Column("starts_at", _("开始时间"), kind="datetime"),
                    Column("ends_at", _("结束时间"), value=_ends, kind="datetime"),
                    Column("seated", _("考生数"), value=_seated, kind="number"),
                    Column("invigilators", _("监考人员"), value=_invigilators, kind="list"),
                ),
            ),
            Panel(
                _("考试方式"),
                columns=(
                    Column("calculator", _("页面提供计算器"), kind="flag"),
                    Column("lock_after", _("离开页面几次后锁定（0 不锁定）"), kind="number"),
                    Column("exam_browser", _("须用防作弊浏览器（SEB）"), kind="flag"),
                    Column("camera", _("摄像头拍照间隔（秒，0 不拍照）"), kind="number"),
                ),
            ),
        ),
        related=(
            Related(_("考生"), "sitting", "session", WATCHERS),
            Related(_("纸质答卷录入"), "transcription", "session", SCORERS),
        ),
        links=(
            Link(_("监考"), lambda session: f"/d/session/{session.pk}/room", WATCHERS, icon="exam"),
            Link(
                _("纸质试卷和答题卡"),
                lambda session: f"/d/session/{session.pk}/papers.pdf",
                frozenset({Role.EXAM_OFFICER}),
                frozenset({"released", "open"}),
            ),
            Link(
                _("防作弊浏览器"),
                lambda session: f"/d/session/{session.pk}/browser",
                frozenset({Role.EXAM_OFFICER, Role.INVIGILATOR}),
                frozenset({"planned", "released", "open"}),
                "download",
            ),
            Link(
                _("质量证据"),
                lambda session: f"/d/session/{session.pk}/evidence",
                SCORERS,
                frozenset({"closed"}),
                "chart",
            ),
        ),
        select_related=("batch", "room__site"),
        icon="exam",
        menu_for=frozenset({Role.EXAM_OFFICER, Role.INVIGILATOR}),
    )
)


def _after(name: str) -> Any:
    """A value that exists for readers only once the paper has been collected."""
    return lambda sitting: getattr(sitting, name) if sitting.state == "submitted" else None


def _hidden(value: str) -> str:
    return str(_("公示时公布"))


def _place(sitting: Sitting) -> str:
    return f"{sitting.session.room.name} {sitting.seat}"


def reports_of(sitting: Sitting) -> list[str]:
    """The irregularities of a sitting in words, oldest first."""
    kinds = dict(KINDS_OF_REPORT)
    told = gettext("{at} {kind}：{text}（{by}）")
    return [
        told.format(
            at=f"{dt.datetime.fromisoformat(line['at']).astimezone(CHINA):%m-%d %H:%M}", kind=kinds[line["kind"]],
            text=line["text"], by=line["by"],
        )
        for line in sitting.reported
    ]  # fmt: skip


def _knows_reports(sitting: Sitting, actor: Actor) -> bool:
    # a candidate asks for what was written about him in the way of an objection
    return bool(sitting.reports) and bool(WATCHERS & actor.roles_on(sitting.scope))


def _granted(sitting: Sitting, actor: Actor) -> bool:
    return bool(sitting.extra or sitting.breaks or sitting.large)


def _bundle_key(sitting: Sitting) -> str:
    """The public key that the bundle of this sitting is checked with."""
    return queries.office_key() if sitting.bundle_digest else ""


MARK = Column("mark", _("得分"), value=_after("mark"), kind="number", sort="mark", mask=_hidden, whole_for=SCORERS)
ANSWERED = Column("answered", _("已答题数"), value=_after("answered"), kind="number")

display(
    Display(
        flow="sitting",
        label=_("理论考试"),
        title=lambda sitting: f"{sitting.application.name} · {_place(sitting)}",
        columns=(
            Column("name", _("姓名"), value="application.name", sort="application__name", kind="person"),
            Column("ticket", _("准考证号"), value="application.ticket", sort="application__ticket", kind="code"),
            Column("place", _("考场和座位"), value=_place, sort="application__seat"),
            Column("level", _("级别"), value=lambda sitting: level_face(sitting.application.level)),
            ANSWERED,
            MARK,
            STATE,
        ),
        filters=(state_filter(Sitting),),
        search=("application__name", "application__ticket", "session__batch__title"),
        order="application__seat",
        panels=(
            Panel(
                _("理论考试"),
                columns=(
                    Column("name", _("姓名"), value="application.name", kind="person"),
                    Column("ticket", _("准考证号"), value="application.ticket", kind="code"),
                    Column("level", _("级别"), value=lambda sitting: level_face(sitting.application.level)),
                    Column("place", _("考场和座位"), value=_place),
                    Column("starts_at", _("开始时间"), value="session.starts_at", kind="datetime"),
                    Column("admitted_at", _("入场时间"), kind="datetime"),
                    Column("submitted_at", _("交卷时间"), kind="datetime"),
                    Column("by_hand", _("纸笔作答"), kind="flag"),
                    ANSWERED,
                    MARK,
                    Column("answers_digest", _("答题链摘要"), value=_after("answers_digest"), kind="code"),
                    Column("bundle_digest", _("封存文件摘要"), kind="code"),
                    Column("bundle_key", _("封存签名公钥"), value=_bundle_key, kind="code"),
                ),
            ),
            Panel(
                _("便利安排"),
                columns=(
                    Column("extra", _("延长时间（分钟）"), kind="number"),
                    Column("breaks", _("休息时间（分钟）"), kind="number"),
                    Column("large", _("大字版"), kind="flag"),
                    Column("basis", _("依据")),
                ),
                shown=_granted,
            ),
            Panel(
                _("异常情况"),
                columns=(Column("reports", _("异常情况"), value=reports_of, kind="list"),),
                shown=_knows_reports,
            ),
        ),
        links=(
            Link(
                _("抓拍照片"),
                lambda sitting: f"/d/sitting/{sitting.pk}/pictures",
                frozenset({Role.INVIGILATOR, Role.EXAM_OFFICER}),
                frozenset({"admitted", "submitted"}),
            ),
            Link(
                _("下载封存的作答"),
                lambda sitting: f"/d/sitting/{sitting.pk}/attempt.json",
                SCORERS,
                frozenset({"submitted"}),
                "download",
            ),
        ),
        select_related=("session__room", "session__batch", "application"),
        icon="exam",
        hidden=frozenset({"look"}),
    )
)


def _people(transcription: Transcription) -> int:
    return len(transcription.sittings)


def _typed(name: str) -> Any:
    """How many candidates one typing has; what was typed stays on its own page."""
    return lambda transcription: len(transcription.held(name))


OFFICER = frozenset({Role.EXAM_OFFICER})
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

MARKER = frozenset({Role.EVALUATOR})


def _questions(marking: Marking) -> int:
    return len(marking.codes)


display(
    Display(
        flow="marking",
        label=_("主观题评分"),
        # nothing here tells whose answers they are: markers see it
        title=lambda marking: str(_("主观题 {number}")).format(number=marking.number),
        columns=(
            Column("number", _("评分号"), sort="number", kind="code"),
            Column("questions", _("题数"), value=_questions, kind="number"),
            STATE,
        ),
        filters=(state_filter(Marking),),
        search=("number",),
        order="number",
        panels=(
            Panel(
                _("主观题评分"),
                columns=(
                    Column("number", _("评分号"), kind="code"),
                    Column("questions", _("题数"), value=_questions, kind="number"),
                ),
            ),
        ),
        links=(
            Link(
                _("评分"),
                lambda marking: f"/d/marking/{marking.pk}/give",
                MARKER,
                frozenset({"first", "second", "third"}),
                "pen",
                work=True,
            ),
        ),
        icon="exam",
        hidden=frozenset({"first", "second", "third"}),
        menu_for=frozenset({Role.EVALUATOR}),
        shelf_for=OFFICER,
    )
)

CORRECTORS = frozenset({Role.CENTRE, Role.CITY, Role.KEEPER, Role.MANAGER})


def _way(correction: Correction) -> str:
    return str(dict(CORRECTIONS)[correction.way])


def _effect(name: str) -> Any:
    """A number of what applying came to; nothing before."""
    return lambda correction: correction.effect.get(name)


display(
    Display(
        flow="correction",
        label=_("更正答案"),
        title=lambda correction: str(_("更正 {code}")).format(code=correction.item.code),
        columns=(
            Column("code", _("题号"), value="item.code", sort="item__code", kind="code"),
            Column("bank", _("题库"), value="item.bank.name", sort="item__bank__name"),
            Column("way", _("更正方式"), value=_way),
            STATE,
        ),
        filters=(state_filter(Correction),),
        search=("item__code", "item__bank__name"),
        panels=(
            Panel(
                _("更正答案"),
                columns=(
                    Column("code", _("题号"), value="item.code", kind="code"),
                    Column("bank", _("题库"), value="item.bank.name"),
                    Column("way", _("更正方式"), value=_way),
                    Column("reason", _("更正依据")),
                    Column("people", _("涉及人数"), value=_effect("people"), kind="number"),
                    Column("changed", _("分数变化人数"), value=_effect("changed"), kind="number"),
                    Column("up", _("变为合格"), value=_effect("up"), kind="number"),
                    Column("down", _("变为不合格"), value=_effect("down"), kind="number"),
                ),
            ),
        ),
        links=(
            Link(
                _("试算"),
                lambda correction: f"/d/correction/{correction.pk}/trial",
                CORRECTORS,
                frozenset({"proposed", "checked"}),
                "chart",
                work=True,
            ),
            Link(
                _("更正前后"),
                lambda correction: f"/d/correction/{correction.pk}/changes",
                CORRECTORS,
                frozenset({"applied"}),
                "chart",
            ),
        ),
        select_related=("item__bank",),
        icon="pen",
        shelf_for=CORRECTORS,
    )
)
