"""Requirements of the steps on institutions, named as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.roster import queries as roster
from jiangheng.apps.standards import queries as standards
from jiangheng.core.law.occupations import problem_of
from jiangheng.core.steps import rule
from jiangheng.kernel.spoken import spoken

from . import queries
from .models import Filing


@rule(_("未上传备案材料"), clause="W6", mend=_("点“修改”，上传加盖公章的备案申请材料（PDF）"))
def documents_are_complete(filing: Any) -> bool:
    return filing.document_id is not None


@rule(_("实操场地没有可检测的机位"), clause="K13", mend=_("请到理论机房办理"))
def room_is_for_theory(room: Any) -> bool:
    return bool(room.kind == "theory")


@rule(_("没有新的机位检测结果"), clause="K13")
def machines_were_checked(room: Any) -> bool:
    return bool(queries.fresh_checks(room))


@rule(_("考点没有启用的理论机房或实操场地"), clause="W6", mend=_("先在考点下登记至少一间理论机房和一处实操场地"))
def site_has_rooms(filing: Any) -> bool:
    return {"theory", "practical"} <= set(filing.site.rooms.filter(state="open").values_list("kind", flat=True))


@rule(_("同一考点、同一职业已有有效备案"), clause="W6", mend=_("请对原备案办理增项，不要重复申报"))
def not_filed_already(filing: Any) -> str:
    same = Filing.everywhere.filter(site=filing.site, occupation=filing.occupation, state="filed").exclude(pk=filing.pk)
    first = same.first()
    return _t("同一考点、同一职业已有有效备案 {number}").format(number=first.number) if first else ""


@rule(_("备案所依据的职业标准已不是现行版本"), clause="K3", mend=_("退回机构，按现行标准重新申报"))
def standard_is_in_force(filing: Any) -> bool:
    return standards.applies(filing.standard)


@rule(_("按现行职业目录，该职业不能开展认定"), clause="K1")
def occupation_may_be_evaluated(filing: Any) -> str:
    problem = problem_of(standards.occupation(filing.occupation), code=filing.occupation)
    return spoken(problem) if problem else ""


@rule(_("只有企业可以编制新八级工评价规范"), clause="K4", mend=_("院校和社会培训评价组织使用国家职业标准"))
def institution_is_an_enterprise(specification: Any) -> bool:
    return bool(specification.under.kind == "EMPLOYER")


def _vote(specification: Any) -> bool | None:
    """Did the committee of this round adopt it? ``None`` while its minutes are not written."""
    found = roster.committee_of(specification, kind="specification")
    return roster.all_carried(found) if found and found.state == "minuted" else None


@rule(_("专家评审没有通过，或评审纪要还没有写"), clause="K4", mend=_("等评审组长写完评审纪要"))
def committee_has_adopted(specification: Any) -> bool:
    return _vote(specification) is True


@rule(_("专家评审没有结束，或已经通过"), clause="K4", mend=_("等评审组长写完评审纪要"))
def committee_has_not_adopted(specification: Any) -> bool:
    return _vote(specification) is False
