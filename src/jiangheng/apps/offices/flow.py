"""属地与授权: divisions are established once; accounts are opened and locked; roles are granted and withdrawn (W2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.steps import NOTHING, flow, rule
from jiangheng.kernel import clock
from jiangheng.kernel.forms import Reason

from . import queries
from .forms import Appointment, NewAccount, NewPassword, NewRegion, Registration

region = flow("region", "offices.Region", _("行政区划"), final=("active",))
account = flow("account", "offices.Account", _("账号"))
grant = flow("grant", "offices.Grant", _("授权"), final=("withdrawn",))

Given = Mapping[str, Any]


@region.step(
    "establish", _("建立"), source=NOTHING, target="active", who=Role.SYSTEM, asks=NewRegion, records=("code", "name"),
    clause="W2",
)  # fmt: skip
def establish(thing: Any, given: Given, actor: Actor) -> None:
    thing.code, thing.name = given["code"], given["name"]
    province, city, county = given["code"][:2], given["code"][2:4], given["code"][4:]
    thing.scope = f"{province}/{city}/" if county == "00" else f"{province}/{city}/{county}/"


def _fill(thing: Any, given: Given) -> None:
    thing.username, thing.name, thing.unit = given["username"], given["name"], given["unit"]
    thing.phone, thing.password = given["phone"], make_password(given["password"])


@account.step(
    "open", _("开通账号"), source=NOTHING, target="open", who=(Role.ADMIN, Role.SYSTEM),
    under=("region", "institution"), asks=NewAccount, records=("username",), clause="W2",
)  # fmt: skip
def open_account(thing: Any, given: Given, actor: Actor) -> None:
    _fill(thing, given)


@account.step(
    "register", _("注册考生账号"), source=NOTHING, target="open", who=Role.PUBLIC, asks=Registration,
    records=("username",), clause="P3",
)  # fmt: skip
def register(thing: Any, given: Given, actor: Actor) -> None:
    _fill(thing, {**given, "unit": given["unit"] or queries.NO_UNIT})


@account.step(
    "change_password", _("修改密码"), source="open", target="open", who=Role.SELF, asks=NewPassword, primary=False,
    clause="W2",
)  # fmt: skip
def change_password(thing: Any, given: Given, actor: Actor) -> None:
    thing.password = make_password(given["password"])


@account.step(
    "reset_password", _("重置密码"), source="open", target="open", who=Role.ADMIN, asks=NewPassword, primary=False,
    clause="W2",
)  # fmt: skip
def reset_password(thing: Any, given: Given, actor: Actor) -> None:
    thing.password = make_password(given["password"])


@account.step(
    "lock", _("停用"), source="open", target="locked", who=Role.ADMIN, asks=Reason, records=("username",),
    primary=False, destructive=True, clause="W2",
)  # fmt: skip
def lock(thing: Any, given: Given, actor: Actor) -> None: ...


@account.step(
    "unlock", _("恢复启用"), source="locked", target="open", who=Role.ADMIN, asks=Reason, primary=False, clause="W2"
)
def unlock(thing: Any, given: Given, actor: Actor) -> None: ...


@rule(_("账号已停用，不能授权"), clause="W2", mend=_("先恢复启用该账号"))
def account_is_open(thing: Any) -> bool:
    return bool(thing.under.state == "open")


@grant.step(
    "appoint", _("授予角色"), source=NOTHING, target="active", who=(Role.ADMIN, Role.SYSTEM), under=("account",),
    requires=(account_is_open,), asks=Appointment, records=("account", "role", "scope"), clause="W2",
)  # fmt: skip
def appoint(thing: Any, given: Given, actor: Actor) -> None:
    thing.account, thing.role, thing.scope = thing.under, given["role"], given["place"]
    thing.since, thing.until = clock.today(), given["until"]


@grant.step(
    "withdraw", _("撤销角色"), source="active", target="withdrawn", who=(Role.ADMIN, Role.SYSTEM), asks=Reason,
    records=("account", "role", "scope"), primary=False, destructive=True, clause="W2",
)  # fmt: skip
def withdraw(thing: Any, given: Given, actor: Actor) -> None:
    thing.until = clock.today()
