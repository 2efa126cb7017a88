"""How divisions, accounts and grants look (clause W2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Role
from jiangheng.core.law.identity import mask_phone
from jiangheng.kernel.display import Column, Display, Filter, Panel, Related, aside, display, state_filter

from .models import Account, Grant
from .queries import ROLE_LABELS, counties, place

STATE = Column("state", _("状态"), kind="state", sort="state")

display(
    Display(
        flow="region",
        label=_("行政区划"),
        title=lambda region: region.name,
        columns=(
            Column("name", _("名称"), sort="name"),
            Column("code", _("区划代码"), kind="code", sort="code"),
            STATE,
        ),
        search=("name", "code"),
        order="code",
        icon="place",
    )
)


def _place(thing: Any) -> str:
    return place(thing.scope)


display(
    Display(
        flow="account",
        label=_("账号"),
        title=lambda account: aside(account.name, told=account.unit),
        columns=(
            Column("name", _("姓名"), sort="name", kind="person"),
            Column("username", _("账号"), kind="code", sort="username"),
            Column("unit", _("单位"), sort="unit"),
            Column("place", _("所在地"), value=_place, sort="scope"),
            STATE,
        ),
        filters=(state_filter(Account), Filter("county", _("县（市、区）"), "scope__startswith", counties)),
        search=("name", "username", "unit"),
        order="username",
        panels=(
            Panel(
                _("账号"),
                columns=(
                    Column("name", _("姓名"), kind="person"),
                    Column("username", _("账号"), kind="code"),
                    Column("unit", _("单位")),
                    Column("phone", _("手机号码"), mask=mask_phone, whole_for=frozenset({Role.SELF})),
                    Column("place", _("所在地"), value=_place),
                ),
            ),
        ),
        related=(Related(_("授权"), "grant", "account"),),
        icon="person",
        menu_for=frozenset({Role.ADMIN}),
    )
)


def _role(grant: Grant) -> str:
    return str(ROLE_LABELS[Role(grant.role)])


def _reach(grant: Grant) -> str:
    return aside(place(grant.scope), told=grant.scope)


display(
    Display(
        flow="grant",
        label=_("授权"),
        title=lambda grant: f"{grant.account.name} · {_role(grant)}",
        columns=(
            Column("account", _("姓名"), value="account.name", sort="account__name", kind="person"),
            Column("username", _("账号"), value="account.username", sort="account__username", kind="code"),
            Column("role", _("角色"), value=_role, sort="role"),
            Column("reach", _("管辖范围"), value=_reach, sort="scope"),
            Column("since", _("起"), kind="date", sort="since"),
            Column("until", _("止"), kind="date", sort="until"),
            STATE,
        ),
        filters=(
            state_filter(Grant),
            Filter(
                "role", _("角色"), "role", lambda actor: [(role.value, label) for role, label in ROLE_LABELS.items()]
            ),
            Filter("county", _("县（市、区）"), "scope__startswith", counties),
        ),
        search=("account__name", "account__username"),
        order="-pk",
        select_related=("account",),
        icon="supervise",
        menu_for=frozenset({Role.ADMIN}),
    )
)
