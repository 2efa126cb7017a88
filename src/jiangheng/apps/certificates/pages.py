"""How issuances and certificates look; an identity number is always masked here (clauses W5, W10)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import Actor, Role
from jiangheng.core.law.identity import mask_identity
from jiangheng.core.notice import place_of
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Link,
    Panel,
    display,
    ladder_choices,
    level_face,
    mode_choices,
    state_filter,
)

from .models import Certificate, Issuance

PRINTERS = frozenset(
    {Role.ISSUER, Role.EXAM_OFFICER, Role.MANAGER, Role.CITY, Role.CENTRE, Role.COUNTY, Role.CANDIDATE}
)
STATE = Column("state", _("状态"), kind="state", sort="state")
NOBODY: frozenset[Role] = frozenset()


def _years(actor: Actor) -> list[tuple[str, str]]:
    days = Certificate.reach(actor).dates("issued_on", "year", order="DESC")
    return [(str(day.year), str(day.year)) for day in days]


display(
    Display(
        flow="issuance",
        label=_("制证"),
        title=lambda issuance: f"{issuance.title} · {_('制证')}",
        columns=(
            Column("title", _("批次或评审"), sort="title"),
            Column("count", _("证书数"), kind="number", sort="count"),
            STATE,
        ),
        filters=(state_filter(Issuance),),
        search=("title", "batch__number"),
        order="-pk",
        select_related=("batch",),
        icon="certificate",
    )
)


def _level(certificate: Certificate) -> str:
    return level_face(certificate.level)


def _clause(certificate: Certificate) -> str:
    return place_of(certificate.clause)


def _verify(certificate: Any) -> str:
    return f"/verify?number={certificate.number}"


display(
    Display(
        flow="certificate",
        label=_("证书"),
        title=lambda certificate: f"{certificate.name} · {certificate.number}",
        columns=(
            Column("number", _("证书编号"), kind="code", sort="number"),
            Column("name", _("姓名"), kind="person", sort="name"),
            Column("identity", _("证件号码"), mask=mask_identity, whole_for=NOBODY, kind="code"),
            Column("occupation", _("职业"), value="occupation_name", sort="occupation"),
            Column("level", _("职业技能等级"), value=_level, sort="level"),
            Column("mode", _("认定方式"), value="mode_label", sort="mode"),
            Column("institution", _("评价机构"), value="institution_name", sort="institution_name"),
            Column("issued_on", _("发证日期"), kind="date", sort="issued_on"),
            STATE,
        ),
        filters=(
            state_filter(Certificate),
            Filter("county", _("县（市、区）"), "scope__startswith", offices.counties),
            Filter( "occupation", _("职业"), "occupation", standards.occupation_choices            ),
            Filter("level", _("级别"), "level", lambda actor: ladder_choices()),
            Filter("mode", _("认定方式"), "mode", lambda actor: mode_choices()),
            Filter("year", _("发证年份"), "issued_on__year", _years),
        ),
        search=("number", "name", "identity_index", "institution_name"),
        order="-pk",
        panels=(
            Panel(
                _("证书"),
                columns=(
                    Column("photo", _("照片"), kind="image"),
                    Column("number", _("证书编号"), kind="code"),
                    Column("name", _("姓名"), kind="person"),
                    Column("identity", _("证件号码"), mask=mask_identity, whole_for=NOBODY, kind="code"),
                    Column("occupation", _("职业"), value="occupation_name"),
                    Column("direction", _("工种/职业方向")),
                    Column("level", _("职业技能等级"), value=_level),
                    Column("mode", _("认定方式"), value="mode_label"),
                    Column("clause", _("依据条款"), value=_clause),
                    Column("theory_mark", _("理论成绩"), kind="number"),
                    Column("practical_mark", _("实操成绩"), kind="number"),
                    Column("review_mark", _("综合评审成绩"), kind="number"),
                    Column("institution", _("评价机构"), value="institution_name"),
                    Column("issued_on", _("发证日期"), kind="date"),
                    Column("round", _("批次或评审"), value="result.round"),
                ),
            ),
            Panel(
                _("注销"),
                columns=(Column("void_reason", _("注销原因")),),
                shown=lambda certificate, actor: bool(certificate.state == "void"),
            ),
        ),
        links=(
            Link(
                _("证书 PDF"), lambda certificate: f"/d/certificate/{certificate.pk}/certificate.pdf", PRINTERS,
                frozenset({"issued", "delivered"}), "print",
            ),
            Link(_("公众查验页"), _verify, PRINTERS, icon="proof"),
        ),
        select_related=("result", "photo", "institution"),
        icon="certificate",
        menu_for=frozenset({Role.CITY, Role.CENTRE, Role.COUNTY, Role.ISSUER}),
    )
)  # fmt: skip
