"""What a session's page says of it when it runs at a place without a good line (clause K13)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel.display import Column, Link, Panel

from .. import queries
from ..models import Session

BUREAUS = frozenset({Role.COUNTY, Role.CITY, Role.CENTRE})
ON_ITS_PAGE = frozenset({"fetch", "hand_over"})
"""Steps that are done on the page of the place and nowhere else: what they make is shown there once."""


def _packed_at(session: Session) -> dt.datetime | None:
    package = session.package
    return package.made_at if package is not None else None


def _check_code(session: Session) -> str:
    return session.package_digest[: queries.SHOWN]


def _fetched(session: Session) -> int:
    return len(queries.fetched(session))


def _key_told(session: Session) -> list[str]:
    told = [each for each in queries.happenings(session) if each.step == "tell_key"]
    text = gettext("{who} 告知 {name}")
    return [text.format(who=each.who, name=each.given.get("listener", "")) for each in told]


def _came_back(session: Session) -> list[str]:
    text = gettext("{code}：{people} 人，{count} 条记录")
    return [
        text.format(code=one.digest[: queries.SHOWN], people=one.people, count=one.count)
        for one in session.deliveries.order_by("pk")
    ]


def _is_packed(session: Session, actor: Actor) -> bool:
    return session.package is not None


PANEL = Panel(
    _("在考点考试"),
    columns=(
        Column("packed_at", _("封装时间"), value=_packed_at, kind="datetime"),
        Column("check_code", _("核对码"), value=_check_code, kind="code"),
        Column("fetched", _("下载次数"), value=_fetched, kind="number"),
        Column("key_told", _("告知启封码"), value=_key_told, kind="list"),
        Column("came_back", _("收到的回传"), value=_came_back, kind="list"),
    ),
    shown=_is_packed,
)

LINKS = (
    Link(
        _("考点"),
        lambda session: f"/d/session/{session.pk}/place",
        BUREAUS | {Role.EXAM_OFFICER},
        frozenset({"away", "returned"}),
        work=True,
    ),
    Link(_("启封码"), lambda session: f"/d/session/{session.pk}/key", BUREAUS, frozenset({"away"})),
)
