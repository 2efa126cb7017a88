"""How theory sessions and sittings look; answers are counted and scored only after collection (clause K13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.calendar import CHINA
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, Related, display, level_face, state_filter

from .. import queries
from ..forms import KINDS_OF_REPORT
from ..models import Session, Sitting
from . import places
from .who import SCORERS, STATE, WATCHERS


def _room(session: Session) -> str:
    return f"/d/session/{session.pk}/room"


def _ends(session: Session) -> dt.datetime:
    return session.starts_at + dt.timedelta(minutes=session.minutes)


def _invigilators(session: Session) -> list[str]:
    return [account.name for account in session.invigilators.all()]


def _on_leaving(session: Session) -> str:
    if not session.lock_after:
        return gettext("只记录，不锁定")
    return ngettext("满 {n} 次锁定页面", "满 {n} 次锁定页面", session.lock_after).format(n=session.lock_after)


def _pictures(session: Session) -> str:
    if not session.camera:
        return gettext("不拍照")
    return ngettext("每 {n} 秒一张", "每 {n} 秒一张", session.camera).format(n=session.camera)


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
            places.PANEL,
            Panel(
                _("考试方式"),
                columns=(
                    Column("calculator", _("页面提供计算器"), kind="flag"),
                    Column("lock_after", _("离开页面"), value=_on_leaving),
                    Column("exam_browser", _("须用防作弊浏览器（SEB）"), kind="flag"),
                    Column("camera", _("摄像头拍照"), value=_pictures),
                ),
            ),
        ),
        related=(
            Related(_("考生"), "sitting", "session", WATCHERS),
            Related(_("纸质答卷录入"), "transcription", "session", SCORERS),
        ),
        links=(
            *places.LINKS,
            Link(_("监考"), _room, WATCHERS, frozenset({"released", "open"}), "exam", work=True),
            Link(_("考场座位"), _room, WATCHERS, frozenset({"planned", "returned", "closed"}), "exam"),
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
        # the clock destroys pictures by itself, also of sessions that never had any
        hidden=places.ON_ITS_PAGE | {"destroy_pictures"},
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


def _is_evidence(sitting: Sitting, actor: Actor) -> bool:
    return sitting.state == "submitted" and not sitting.by_hand


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
                ),
            ),
            Panel(
                _("存证"),
                columns=(
                    Column("answers_digest", _("答题链摘要"), value=_after("answers_digest"), kind="code"),
                    Column("bundle_digest", _("封存文件摘要"), kind="code"),
                    Column("bundle_key", _("封存签名公钥"), value=_bundle_key, kind="code"),
                ),
                shown=_is_evidence,
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
        # the invigilator works in his room, not through one line for each candidate
        in_whole=True,
    )
)
