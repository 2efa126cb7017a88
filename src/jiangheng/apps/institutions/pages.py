"""How institutions, their sites and rooms, and their filings look (clauses W6, W7, W9)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.identity import mask_name
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Link,
    Panel,
    Related,
    display,
    level_choices,
    level_face,
    state_filter,
)

from .models import KINDS, Filing, Institution, Room, Site, Specification
from .queries import reviews

BUREAUS = frozenset({Role.CITY, Role.CENTRE, Role.COUNTY})
EVERYBODY = frozenset(Role)
STATE = Column("state", _("状态"), kind="state", sort="state")
COUNTY = Filter("county", _("县（市、区）"), "scope__startswith", lambda actor: _counties(actor))
OCCUPATION = Filter("occupation", _("职业"), "occupation", standards.occupation_choices)
LEVEL = Filter(
    # the codes of a row are kept as a JSON list of single characters, so finding one in its text finds that level
    "level", _("级别"), "levels__icontains", lambda actor: level_choices()
)  # fmt: skip


def _counties(actor: Actor) -> list[tuple[str, str]]:
    # the directory is public, so every county can be asked for
    return [(row.scope, row.name) for row in offices.regions() if row.scope.count("/") == 3]


def _place(thing: Any) -> str:
    return offices.place(thing.scope)


def _faces(filing: Filing) -> list[str]:
    return [level_face(code) for code in filing.levels]


display(
    Display(
        flow="institution",
        label=_("评价机构"),
        title=lambda institution: institution.name,
        columns=(
            Column("name", _("机构名称"), sort="name"),
            Column("kind", _("类别"), value="kind_label", sort="kind"),
            Column("county", _("所在地"), value=_place, sort="scope"),
            Column("uscc", _("统一社会信用代码"), kind="code", sort="uscc"),
            Column("telephone", _("公开电话"), kind="code"),
            STATE,
        ),
        filters=(state_filter(Institution), COUNTY, Filter("kind", _("类别"), "kind", lambda actor: KINDS)),
        search=("name", "uscc", "site_serial"),
        order="name",
        panels=(
            Panel(
                _("登记信息"),
                columns=(
                    Column("uscc", _("统一社会信用代码"), kind="code"),
                    Column("kind", _("类别"), value="kind_label"),
                    Column("county", _("所在地"), value=_place),
                    Column("address", _("地址")),
                    Column(
                        "contact", _("联系人"), kind="person", mask=mask_name,
                        whole_for=BUREAUS | {Role.MANAGER, Role.ADMIN, Role.REGISTRAR, Role.EXAM_OFFICER},
                    ),
                    Column("telephone", _("公开电话"), kind="code"),
                    Column("org_code", _("评价机构代码"), kind="code"),
                    Column("site_serial", _("站点序列码"), kind="code"),
                ),
            ),
        ),
        related=(
            Related(_("备案"), "filing", "institution"),
            Related(_("考点"), "site", "institution", BUREAUS | {Role.MANAGER}),
            Related(_("认定批次"), "batch", "institution"),
        ),
        icon="institution",
        menu_for=BUREAUS,
    )
)  # fmt: skip


display(
    Display(
        flow="site",
        label=_("考点"),
        title=lambda site: site.name,
        columns=(
            Column("name", _("考点名称"), sort="name"),
            Column("institution", _("机构"), value="institution.name", sort="institution__name"),
            Column("address", _("地址")),
            STATE,
        ),
        filters=(state_filter(Site),),
        search=("name", "address", "institution__name"),
        order="name",
        related=(Related(_("考场"), "room", "site"), Related(_("备案"), "filing", "site")),
        select_related=("institution",),
        icon="place",
        menu_for=frozenset({Role.MANAGER}),
    )
)

display(
    Display(
        flow="room",
        label=_("考场"),
        title=str,
        columns=(
            Column("name", _("考场名称"), sort="name"),
            Column("site", _("考点"), value="site.name", sort="site__name"),
            Column("kind", _("用途"), value=lambda room: dict(Room.KINDS)[room.kind], sort="kind"),
            Column("rows", _("排数"), kind="number"),
            Column("columns", _("列数"), kind="number"),
            Column("capacity", _("机位（工位）"), kind="number"),
            STATE,
        ),
        filters=(state_filter(Room), Filter("kind", _("用途"), "kind", lambda actor: Room.KINDS)),
        search=("name", "site__name"),
        order="site__name",
        links=(
            Link(
                _("机位检测"),
                lambda room: f"/d/room/{room.pk}/machines",
                frozenset({Role.MANAGER, Role.EXAM_OFFICER, Role.INVIGILATOR}),
                frozenset({"open"}),
                "exam",
            ),
        ),
        select_related=("site",),
        icon="exam",
    )
)


def _steps(specification: Specification) -> list[str]:
    return [level_face(code) for code in specification.levels]


display(
    Display(
        flow="specification",
        label=_("评价规范"),
        title=lambda specification: specification.title,
        columns=(
            Column("title", _("规范名称"), sort="title"),
            Column("institution", _("机构"), value="institution.name", sort="institution__name"),
            Column("occupation", _("职业"), value="occupation_name", sort="occupation"),
            Column("edition", _("版本"), sort="edition"),
            Column("round", _("评审轮次"), kind="number"),
            Column("number", _("备案编号"), kind="code", sort="number"),
            STATE,
        ),
        filters=(state_filter(Specification), COUNTY),
        search=("title", "institution__name", "number", "occupation_name"),
        panels=(
            Panel(
                _("评价规范"),
                columns=(
                    Column("institution", _("机构"), value="institution.name"),
                    Column("occupation_code", _("职业编码"), value="occupation", kind="code"),
                    Column("occupation", _("职业"), value="occupation_name"),
                    Column("edition", _("版本")),
                    Column("levels", _("级别"), value=_steps, kind="list"),
                    Column("round", _("评审轮次"), kind="number"),
                    Column("number", _("备案编号"), kind="code"),
                ),
            ),
            Panel(
                _("专家意见"),
                template="institutions/reviews.html",
                context=lambda specification, actor: {"rounds": reviews(specification)},
                shown=lambda specification, actor: specification.round > 0,
            ),
            Panel(
                _("规范全文"),
                template="standards/content.html",
                context=lambda specification, actor: standards.read_out(specification.text),
            ),
        ),
        links=(
            Link(
                _("编辑"),
                lambda found: f"/d/specification/{found.pk}/edit",
                frozenset({Role.MANAGER}),
                states=frozenset({"draft", "returned"}),
                icon="pen",
            ),
            Link(_("版本对比"), lambda found: f"/d/specification/{found.pk}/compare", EVERYBODY, icon="look"),
            Link(
                _("打印文本（.pdf）"),
                lambda found: f"/d/specification/{found.pk}/standard.pdf",
                EVERYBODY,
                icon="print",
            ),
            Link(
                _("规范文本（.toml）"),
                lambda found: f"/d/specification/{found.pk}/standard.toml",
                EVERYBODY,
                icon="download",
            ),
        ),
        select_related=("institution",),
        icon="standard",
        menu_for=frozenset({Role.CENTRE, Role.COUNTY, Role.CITY, Role.MANAGER}),
    )
)


def _in_reach(filing: Filing, actor: Actor) -> bool:
    return actor.reaches(filing.scope)


display(
    Display(
        flow="filing",
        label=_("机构备案"),
        title=lambda filing: f"{filing.institution.name} · {filing.occupation_name}",
        columns=(
            Column("institution", _("机构"), value="institution.name", sort="institution__name"),
            Column("occupation", _("职业"), value="occupation_name", sort="occupation"),
            Column("levels", _("级别"), value=_faces, kind="list"),
            Column("county", _("所在地"), value=_place, sort="scope"),
            Column("number", _("备案编号"), kind="code", sort="number"),
            Column("valid_until", _("有效期至"), kind="date", sort="valid_until"),
            STATE,
        ),
        filters=(state_filter(Filing), COUNTY, OCCUPATION, LEVEL),
        search=("institution__name", "number", "occupation_name", "institution__uscc"),
        order="-pk",
        panels=(
            Panel(
                _("备案内容"),
                columns=(
                    Column("institution", _("机构"), value="institution.name"),
                    Column("kind", _("机构类别"), value="institution.kind_label"),
                    Column("occupation_code", _("职业编码"), value="occupation", kind="code"),
                    Column("occupation", _("职业"), value="occupation_name"),
                    Column("levels", _("级别"), value=_faces, kind="list"),
                    Column("site", _("考点"), value="site.name"),
                    Column("address", _("考点地址"), value="site.address"),
                    Column("standard", _("依据标准"), value=lambda filing: str(filing.standard)),
                    Column("number", _("备案编号"), kind="code"),
                    Column("filed_on", _("备案日期"), kind="date"),
                    Column("valid_until", _("有效期至"), kind="date"),
                ),
            ),
            Panel(
                _("申报材料"),
                columns=(
                    Column("document", _("备案申请材料"), kind="file"),
                    Column("statement", _("评价能力说明")),
                ),
                shown=_in_reach,
            ),
        ),
        related=(
            Related(_("认定批次"), "batch", "filing"),
            Related(_("直接认定和评聘"), "recognition", "filing", BUREAUS | {Role.MANAGER}),
            Related(_("学徒工"), "apprentice", "filing", BUREAUS | {Role.MANAGER}),
        ),
        select_related=("institution", "site", "document"),
        icon="items",
        menu_for=BUREAUS | {Role.MANAGER},
    )
)
