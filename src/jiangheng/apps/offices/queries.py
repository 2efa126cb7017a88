"""Who acts, and what places are called."""

from __future__ import annotations

import functools
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import PUBLIC, Actor, Grant, Role, within
from jiangheng.kernel import clock

from .models import Account, Region
from .models import Grant as GrantRow

NO_UNIT = "个人"
"""The unit of a person who applies for himself; kept as it is in every language, because rows are compared with it."""

ROLE_LABELS = {
    Role.SYSTEM: _("系统"),
    Role.PUBLIC: _("社会公众"),
    Role.SELF: _("本人"),
    Role.CITY: _("市局"),
    Role.CENTRE: _("市指导中心"),
    Role.COUNTY: _("县（市、区）局"),
    Role.ADMIN: _("账号管理员"),
    Role.WRITER: _("命题人员"),
    Role.ITEM_REVIEWER: _("审题人员"),
    Role.KEEPER: _("题库管理员"),
    Role.MANAGER: _("机构负责人"),
    Role.REGISTRAR: _("报名管理员"),
    Role.CHECKER: _("资格初审员"),
    Role.APPROVER: _("资格复审员"),
    Role.EXAM_OFFICER: _("考务员"),
    Role.INVIGILATOR: _("监考人员"),
    Role.EVALUATOR: _("考评人员"),
    Role.PANELIST: _("考评、评审小组成员"),
    Role.EXPERT: _("专家"),
    Role.CHAIR: _("评审组长"),
    Role.ISSUER: _("证书管理员"),
    Role.CANDIDATE: _("考生"),
}


def actor_of(account: Account) -> Actor:
    """The actor of an account now: its grants that have begun and not ended."""
    today = clock.today()
    rows = GrantRow.everywhere.filter(account=account, state="active", since__lte=today)
    rows = rows.filter(Q(until=None) | Q(until__gte=today))
    grants = tuple(Grant(Role(role), scope) for role, scope in rows.order_by("scope").values_list("role", "scope"))
    own = (Grant(Role.SELF, account.scope), *PUBLIC.grants)
    return Actor(f"account:{account.pk}", f"{account.unit} {account.name}", (*grants, *own))


def holders(role: Role, *, reaching: str) -> Any:
    """The open accounts that hold a role today on a scope that reaches the given one, by name."""
    today = clock.today()
    parts = reaching.strip("/").split("/")
    reach = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
    until = Q(held__until=None) | Q(held__until__gte=today)
    # one filter: role, place and days have to be those of one and the same grant
    rows = Account.everywhere.filter(
        until, state="open", held__role=role, held__state="active", held__since__lte=today, held__scope__in=reach
    )
    return rows.distinct().order_by("name", "pk")


def account_of(actor: Actor) -> Account | None:
    """The account an actor acts with, or ``None`` for the public, the system and ticket holders."""
    kind, _colon, pk = actor.id.partition(":")
    return Account.everywhere.filter(pk=int(pk)).first() if kind == "account" else None


@functools.cache
def _names() -> dict[str, str]:
    return dict(Region.everywhere.values_list("scope", "name"))


def place(scope: str) -> str:
    """The county or city a scope lies in, by name: ``45/03/05/0017/`` → 七星区."""
    parts = scope.strip("/").split("/")
    names = _names() or _fresh_names()
    for depth in (3, 2):
        found = names.get("/".join(parts[:depth]) + "/") if len(parts) >= depth else None
        if found:
            return found
    return "广西"


def _fresh_names() -> dict[str, str]:
    # an empty table must not be remembered: the first division may be established later in this process
    _names.cache_clear()
    return _names()


def regions() -> list[Region]:
    """All divisions in code order (they are public)."""
    return list(Region.everywhere.order_by("code"))


def counties(actor: Actor) -> list[tuple[str, str]]:
    """The counties an actor may tell apart in a list, as (scope, name): those he reaches into."""
    scopes = actor.scopes()
    return [
        (row.scope, row.name)
        for row in regions()
        if row.scope.count("/") == 3 and any(within(row.scope, each) or within(each, row.scope) for each in scopes)
    ]


def region(code: str) -> Region:
    """The division of a code; ``Region.DoesNotExist`` when there is none."""
    return Region.everywhere.get(code=code)
