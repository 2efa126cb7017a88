"""How results look, by whatever way a level was recognised; an identity number is always masked here (K13, R1–R4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiangheng.apps.offices import queries as offices
from jiangheng.core.authority import Role
from jiangheng.core.law.identity import mask_identity
from jiangheng.core.notice import place_of
from jiangheng.kernel.display import (
    Column,
    Display,
    Filter,
    Panel,
    Related,
    display,
    ladder_choices,
    level_face,
    mode_choices,
    mode_label,
    state_filter,
)

from ..models import Result
from .batch import SCORERS, STATE

NOBODY: frozenset[Role] = frozenset()
IDENTITY = Column("identity", _("证件号码"), mask=mask_identity, whole_for=NOBODY, kind="code")


def _level(result: Result) -> str:
    return level_face(result.level)


def _clause(result: Result) -> str:
    return place_of(result.clause)


def _mode(result: Result) -> str:
    return mode_label(result.mode)


display(
    Display(
        flow="result",
        label=_("认定结果"),
        title=lambda result: f"{result.name} · {_level(result)}",
        columns=(
            Column("name", _("姓名"), sort="name", kind="person"),
            IDENTITY,
            Column("occupation", _("职业"), value="occupation_name", sort="occupation"),
            Column("level", _("职业技能等级"), value=_level, sort="level"),
            Column("mode", _("认定方式"), value=_mode, sort="mode"),
            Column("round", _("批次或评审"), sort="round"),
            Column("decided_on", _("核准日期"), sort="decided_on", kind="date"),
            STATE,
        ),
        filters=(
            state_filter(Result),
            Filter("mode", _("认定方式"), "mode", lambda actor: mode_choices()),
            Filter("county", _("县（市、区）"), "scope__startswith", offices.counties),
            Filter("level", _("级别"), "level", lambda actor: ladder_choices()),
        ),
        search=("name", "identity_index", "round", "occupation_name"),
        order="-pk",
        panels=(
            Panel(
                _("认定结果"),
                columns=(
                    Column("photo", _("照片"), kind="image"),
                    Column("name", _("姓名"), kind="person"),
                    IDENTITY,
                    Column("mode", _("认定方式"), value=_mode),
                    Column("clause", _("依据条款"), value=_clause),
                    Column("ground", _("认定依据")),
                    Column("round", _("批次或评审")),
                    Column("institution", _("评价机构"), value="institution.name"),
                    Column("standard", _("依据标准")),
                    Column("occupation", _("职业"), value="occupation_name"),
                    Column("direction", _("工种/职业方向")),
                    Column("level", _("职业技能等级"), value=_level),
                    Column("theory_mark", _("理论成绩"), kind="number"),
                    Column("practical_mark", _("实操成绩"), kind="number"),
                    Column("review_mark", _("综合评审成绩"), kind="number"),
                    Column("decided_on", _("核准日期"), kind="date"),
                ),
            ),
            Panel(
                _("撤销"),
                columns=(Column("annul_reason", _("撤销原因")),),
                shown=lambda result, actor: bool(result.state == "annulled"),
            ),
        ),
        related=(Related(_("证书"), "certificate", "result", SCORERS | {Role.CANDIDATE}),),
        select_related=("institution", "photo"),
        icon="done",
    )
)
