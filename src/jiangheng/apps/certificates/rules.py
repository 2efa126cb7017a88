"""Requirements of the steps on certificates: none without a result that was published and approved (K10, W5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.apps.batches import queries as batches
from jiangheng.core.law import levels
from jiangheng.core.steps import rule
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face


@rule(_("没有已核准而未发证的认定结果"), clause="W5", mend=_("等公示期满并经属地人社部门核准；已全部发证的无需再制证"))
def results_are_recorded(issuance: Any) -> bool:
    return bool(batches.results_waiting(issuance.under.scope).exists())


@rule(_("有合格人员没有照片"), clause="W10", mend=_("请报名管理员或本人补传照片"))
def everybody_has_a_photo(issuance: Any) -> str:
    names = batches.results_waiting(issuance.under.scope).filter(photo=None).values_list("name", flat=True)
    return _t("这些人员没有照片：{names}").format(names=_t("、").join(names)) if names else ""


@rule(_("认定结果未经核准、已经发证或已被撤销"), clause="K10", mend=_("只有已核准而未发证的认定结果可以发证"))
def result_is_recorded(certificate: Any) -> bool:
    return bool(certificate.under.state == "recorded")


@rule(_("这一等级不核发职业技能等级证书"), clause="K6", mend=_("学徒工由企业自行考核，专项职业能力另行核发证书"))
def level_has_a_certificate(certificate: Any) -> str:
    level = certificate.under.level
    if level in levels.CERTIFIED:
        return ""
    return _t("{level}不核发职业技能等级证书").format(level=level_face(level))


@rule(_("没有照片，不能发证"), clause="W10", mend=_("请报名管理员或本人补传照片"))
def photo_is_there(certificate: Any) -> bool:
    return certificate.under.photo_id is not None


@rule(_("发证当日备案不在有效期内"), clause="W5", mend=_("请先办理备案续期，或由有备案的机构发证"))
def filing_is_in_force_today(certificate: Any) -> bool:
    filing = certificate.under.filing
    return filing is not None and filing.state == "filed" and filing.valid_until >= clock.today()
