"""Displays as rooms declare them, small and known, so that the desk's tests do not depend on how a room looks today."""

from __future__ import annotations

from typing import Any

from jiangheng.apps.institutions.models import KINDS, Filing, Institution
from jiangheng.core.authority import Role
from jiangheng.kernel.display import Column, Display, Filter, Link, Panel, Related, Stage, state_filter

STAFF = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.MANAGER})


def shortened(value: str) -> str:
    """A mask."""
    return value[:3] + "****" + value[-4:]


def title(thing: Any) -> str:
    return str(thing)


NAME = Column("name", "名称", sort="name")
STATE = Column("state", "状态", sort="state", kind="state")

INSTITUTION = Display(
    flow="institution",
    label="评价机构",
    title=title,
    columns=(
        NAME,
        Column("kind", "类别", value="kind_label", sort="kind"),
        Column("telephone", "电话", kind="code", mask=shortened, whole_for=frozenset({Role.CENTRE})),
        STATE,
    ),
    filters=(state_filter(Institution), Filter("kind", "类别", "kind", lambda actor: KINDS)),
    search=("name", "uscc"),
    order="name",
    menu_for=STAFF,
    icon="institution",
    related=(Related("备案", "filing", "institution"), Related("考点", "site", "institution")),
)
SITE = Display(
    flow="site", label="考点", title=title, columns=(NAME, Column("address", "地址"), STATE), search=("name",)
)
ROOM = Display(flow="room", label="考场", title=title, columns=(NAME, Column("capacity", "容量", kind="number"), STATE))
FILING = Display(
    flow="filing",
    label="机构备案",
    title=title,
    columns=(
        Column("institution", "机构", value="institution.name", sort="institution__name"),
        Column("occupation_name", "职业", sort="occupation_name"),
        Column("levels", "级别", kind="list"),
        Column("number", "备案编号", kind="code", sort="number"),
        Column("valid_until", "有效期至", kind="date", sort="valid_until"),
        STATE,
    ),
    filters=(state_filter(Filing),),
    search=("institution__name", "occupation_name", "number"),
    menu_for=STAFF,
    select_related=("institution", "site", "standard", "document"),
    panels=(
        Panel(
            "申报内容",
            columns=(
                Column("site", "考点", value="site.name"),
                Column("statement", "评价能力说明"),
                Column("document", "备案申请材料", kind="file"),
            ),
        ),
    ),
    links=(
        Link("打印备案表", lambda thing: f"/print/filing/{thing.pk}", frozenset({Role.MANAGER}), frozenset({"filed"})),
    ),
    chain=lambda thing: [
        Stage("申报", "done" if thing.state != "draft" else "now"),
        Stage("受理备案", "done" if thing.state == "filed" else "next"),
    ],
    icon="certificate",
)
REGION = Display(flow="region", label="行政区划", title=title, columns=(NAME, Column("code", "代码", kind="code")))
ACCOUNT = Display(
    flow="account", label="账号", title=title, columns=(NAME, Column("username", "账号", kind="code"), STATE),
    menu_for=frozenset({Role.ADMIN}), search=("username", "name"),
)  # fmt: skip

ALL = (INSTITUTION, SITE, ROOM, FILING, REGION, ACCOUNT)
